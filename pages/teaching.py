"""Ten minutes before class: what docs/teaching.md says, for whoever opens the dashboard first."""

from pathlib import Path

import streamlit as st

TEACHING = Path(__file__).resolve().parents[1] / "docs" / "teaching.md"

heading, _, body = TEACHING.read_text(encoding="utf-8").partition("\n")
st.title(heading.removeprefix("# "), anchor=False)
with st.container(key="teaching", width=800):
    st.markdown(body)

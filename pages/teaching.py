"""Ten minutes before class: what docs/teaching.md says, for whoever opens the dashboard first."""

import streamlit as st

from mnist_core import environment

TEACHING = environment.PROJECT / "docs" / "teaching.md"

heading, _, body = TEACHING.read_text(encoding="utf-8").partition("\n")
st.title(heading.removeprefix("# "), anchor=False)
with st.container(key="teaching", width=800):
    st.page_link("teacher.py", label="Your classes", icon=":material/groups:")
    st.markdown(body)

"""What tests read on a page, and how they find what they press."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button


def words(app: AppTest) -> str:
    """Everything a person reads on the page."""
    blocks = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    metrics = [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join([block.value for each in blocks for block in each] + metrics)


def button(app: AppTest, label: str) -> Button:
    [found] = [each for each in app.button if each.label == label]
    return found

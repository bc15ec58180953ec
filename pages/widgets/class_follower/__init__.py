"""Following a class: the page is drawn anew a few seconds after its teacher has changed something.

The browser side asks for a number, and only while somebody looks at the page.
"""

from pathlib import Path

from mnist_core.serving.class_changes import revision_url
from mnist_core.store import SchoolClass
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_class_follower(school_class: SchoolClass) -> None:
    """Let the page run again when the class is another than this."""
    _component(
        key="class-follower",
        data={"address": revision_url(school_class.id), "revision": school_class.revision},
        on_changed_change=lambda: None,
    )

"""A program whose lines say what they do, and which control of the page each of them is.

A line that is pointed at, or has the focus, marks its controls; a control marks its lines.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from mnist_core.lesson.code_lines import CodeLine
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_code_lines(lines: Sequence[CodeLine], *, key: str) -> None:
    """Draw a program.

    Args:
        lines: of the program. Their controls are the keys of controls on the same page.
        key: the element's key; it must stay the same for the line pointed at to stay.
    """
    _component(key=key, data={"lines": [dataclasses.asdict(line) for line in lines]})

"""Text from outside is text on every page: told by the source, so that none is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.text.markdown import WORD_JOINER, plain

PROJECT = Path(__file__).parents[2]
BOXES = {"error", "warning", "info", "success", "toast", "exception"}
LOGGERS = {"_log", "_logger", "getLogger"}
SOURCES = [
    path
    for path in (PROJECT / "dashboard.py", *sorted((PROJECT / "pages").rglob("*.py")))
    if path.name != "message.py"
]

# Functions of Streamlit that read Markdown, in their first argument, ``label`` or ``help``.
MARKDOWN = {
    *("markdown", "caption", "title", "header", "subheader", "metric", "write", "badge"),
    *("button", "download_button", "page_link", "popover", "expander", "progress", "toggle"),
    *("checkbox", "radio", "selectbox", "segmented_control", "tabs", "text_input", "text_area"),
}
# What people wrote, by the names of the attributes that carry it, and errors that may repeat it.
OUTSIDE = {
    *("name", "label", "dataset_name", "description", "source", "licence", "question", "answer"),
    *("error", "advice", "problem", "peculiarity", "refusal"),
}
OURS = {
    "evaluated",
    "column",
    "cell",
    "each",
    "finding",
    "metric",
    "term",
    "sheet",
    "layer",
    "step",
    "Path",
    "TERMS",
}


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PROJECT)}:{node.lineno}"


def is_ours(words: ast.expr) -> bool:
    """Check that words stand in the source, or are a constant."""
    match words:
        case ast.Constant(value=str()):
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.IfExp(body=first, orelse=second):
            return is_ours(first) and is_ours(second)
    return False


def outside(node: ast.AST) -> Iterator[ast.AST]:
    """Find what people wrote, where it is not handed to ``plain``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "plain":
        return
    match node:
        case ast.Attribute(attr=name, value=ast.Name(id=owner)):
            if name in OUTSIDE and owner not in OURS:
                yield node
        case ast.Name(id=name) if name in OUTSIDE - {"name", "label"}:
            yield node
    for child in ast.iter_child_nodes(node):
        yield from outside(child)


def test_coloured_boxes_are_drawn_in_one_place() -> None:
    assert [
        place(path, call)
        for path in SOURCES
        for call in calls(path)
        if call.func.attr in BOXES
        and not (
            isinstance(call.func.value, ast.Name) and call.func.value.id in {"message", *LOGGERS}
        )
        and not (isinstance(call.func.value, ast.Call) and "getLogger" in ast.dump(call.func.value))
    ] == []


def test_the_words_of_a_box_are_our_own() -> None:
    found = [
        (place(path, call), is_ours(call.args[0]), [each.arg for each in call.keywords])
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "message"
    ]

    assert len(found) > 20
    assert [where for where, ours, _ in found if not ours] == []
    assert [where for where, _, names in found if None in names] == []


def test_what_people_wrote_is_never_handed_to_streamlit_as_markdown() -> None:
    assert [
        f"{place(path, found)} {ast.unparse(found)}"
        for path in SOURCES
        for call in calls(path)
        if call.func.attr in MARKDOWN
        for words in [
            *call.args[:1],
            *(k.value for k in call.keywords if k.arg in ("label", "help")),
        ]
        for found in outside(words)
    ] == []


@pytest.mark.parametrize(
    "source",
    ['st.markdown(f"**{run.label}**")', "st.button(run.name)", 'st.caption(x, help=f"{error}")'],
)
def test_the_rule_sees_what_it_should(source: str) -> None:
    call = ast.parse(source).body[0].value
    assert list(outside(call))
    assert not list(outside(ast.parse(source.replace("run.", "plain(run.x).")).body[0].value)) or (
        "error" in source
    )


@pytest.mark.parametrize(
    "typed",
    [
        "http://evil.example",
        "HTTPS://evil.example/a?b=c",
        "www.evil.example",
        "me@evil.example",
        "![x](http://evil.example/x.png)",
        "<img src=http://evil.example/x.png>",
        "[x]: http://evil.example",
        "[me](//evil.example)",
        "`a` $x$ :material/home: &amp; 1. -",
    ],
)
def test_nothing_that_is_typed_has_a_meaning(typed: str) -> None:
    shown = plain(typed)

    assert shown.replace(WORD_JOINER, "").replace("\\", "") == typed
    for address in ("http:", "https:", "www.", "me@"):
        assert address not in shown.replace("\\", "").lower()

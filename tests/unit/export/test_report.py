"""A run as one page: what it says, and that nothing in it asks another computer."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import RunNotFoundError
from mnist_core.evaluation.accuracy import count_right, describe_accuracy
from mnist_core.export import run_report
from mnist_core.formatting import percent
from mnist_core.store import RunStatus, Store
from tests.unit.export.export_helpers import finished_run

CARD = [
    *("What it is for", "Data and licence", "Settings", "Results", "Hardest digits", "Limits"),
]


class Read(HTMLParser):
    """Texts, headings and attributes of a document, as a browser reads them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["h2"] and data.strip():
            self.headings.append(data)
        self.text += data


def test_the_first_page_is_a_model_card(store: Store, sample: Dataset) -> None:
    run = finished_run(store, sample)
    page = Read(run_report(store, run.id))
    assert page.headings[: len(CARD)] == CARD
    assert "CC BY-SA 3.0, Yann LeCun and Corinna Cortes" in page.text
    accuracy = describe_accuracy(count_right(run.test_accuracy, 1000), 1000)
    assert f"between {percent(accuracy.low)} and {percent(accuracy.high)}" in page.text
    assert re.search(r"It has most trouble with an? \d \(\d+ of \d+ right\)", page.text)
    assert "Trained on: CPU." in page.text
    assert {"svg", "img", "table"} <= set(page.tags)


def test_nothing_in_it_asks_another_computer(store: Store, tiny: Dataset) -> None:
    document = run_report(store, finished_run(store, tiny).id)
    page = Read(document)
    assert not {"script", "link", "iframe", "a"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href"):
            assert str(value).startswith("data:image/png;base64,")
    assert "default-src 'none'" in document
    assert "url(" not in document


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=http://evil.example/x.png onerror=alert(1)>',
        "&lt;b&gt;",
        "שלום \u0627\u0644\u0639",
        "</title><h2>no",
    ],
)
def test_a_name_is_text(store: Store, tiny: Dataset, name: str) -> None:
    named = Read(run_report(store, finished_run(store, tiny, name=name).id))
    other = Read(run_report(store, finished_run(store, tiny, name="x").id))
    assert named.tags == other.tags
    assert named.text.count(name) == 2  # as the title and as the heading


def test_a_run_without_a_test_says_so(store: Store, tiny: Dataset) -> None:
    run = finished_run(store, tiny, status=RunStatus.FAILED)
    page = Read(run_report(store, run.id))
    assert "This run never came to its test. It overflowed. Try less." in page.text
    assert "Hardest digits" not in page.headings


def test_a_run_without_an_epoch_has_a_report(store: Store, tiny: Dataset) -> None:
    store.save_dataset(tiny)
    run = store.create_run(
        TrainingConfig(layers=()), dataset_digest=tiny.digest, dataset_name=tiny.name
    )
    assert "layersno hidden layer" in Read(run_report(store, run.id)).text


def test_a_run_that_is_not_there_has_none(store: Store) -> None:
    with pytest.raises(RunNotFoundError):
        run_report(store, "0" * 12)

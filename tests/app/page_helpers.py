"""What tests read on a page, how they find what they press, and digits to give it."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from mnist_core.data import load_mnist
from pages.text.markdown import WORD_JOINER

SAMPLE = load_mnist("sample")
PATIENCE = 180  # seconds; the first page of all reads its modules, maybe from a slow disk


def sample_digits(*digits: int) -> list[np.ndarray]:
    """A test digit of each kind, the first one: uint8 (28, 28)."""
    return [SAMPLE.x_test[np.flatnonzero(SAMPLE.y_test == digit)[0]] for digit in digits]


def picture(*digits: int, ending: str = "PNG") -> bytes:
    """Digits in a row, black on white, as a file."""
    sheet = Image.new("L", (60 + 200 * len(digits), 260), 255)
    for place, image in enumerate(sample_digits(*digits)):
        large = Image.fromarray(255 - image).resize((160, 160), Image.Resampling.BICUBIC)
        sheet.paste(large, (50 + 200 * place, 50))
    file = io.BytesIO()
    sheet.save(file, ending)
    return file.getvalue()


def nearest_mean(certainty: float = 1.0) -> list[np.ndarray]:
    """Weights of a network without hidden layers that takes the most similar average digit."""
    images = SAMPLE.x_train.reshape(-1, 784) / 255
    means = np.stack([images[SAMPLE.y_train == digit].mean(axis=0) for digit in range(10)])
    return [certainty * means.T, -certainty * (means**2).sum(axis=1) / 2]


def words(app: AppTest) -> str:
    """Everything a person reads on the page; what is escaped, as it is shown."""
    return as_shown(markdown(app))


def markdown(app: AppTest) -> str:
    """Everything on the page as browsers get it."""
    blocks = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    metrics = [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join([block.value for each in blocks for block in each] + metrics)


def as_shown(markdown: str) -> str:
    """What a browser shows of escaped text."""
    return re.sub(r"\\([^\w\s])", r"\1", markdown.replace(WORD_JOINER, ""))


def button(app: AppTest, label: str) -> Button:
    [found] = [each for each in app.button if each.label == label]
    return found


def component(app: AppTest, key: str) -> dict[str, Any] | None:
    """What a component of ours was given to show; None where it is not on the page."""
    found = [each.proto for each in app.get("bidi_component") if each.proto.id.endswith(f"-{key}")]
    assert len(found) <= 1
    return json.loads(found[0].json) if found else None

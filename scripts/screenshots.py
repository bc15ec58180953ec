"""Photograph every page at three widths, light and dark, and compare two such sets.

    python -m scripts.screenshots take FOLDER --store runs.db
    python -m scripts.screenshots compare FOLDER OTHER_FOLDER

The store is made, with two runs in it, where there is none: give both sets the same one, so that
names, times and weights are alike. A change of the pages shows as a list of pictures that differ,
each with how many of its pixels do.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from mnist_core.config import TrainingConfig
from tests.e2e.browser import launched_browser
from tests.e2e.server import Server
from tests.e2e.train_page import FIGURE, PATIENCE, wait_until_at_rest

EPOCHS: Final = 5
SIZES: Final = {"laptop": (1366, 2400), "projector": (1920, 2400), "phone": (390, 4200)}
THEMES: Final = ("light", "dark")
PAGES: Final = {
    "home": "",
    "data": "data",
    "train": "train",
    "results": "results",
    "mistakes": "mistakes",
    "mistakes-by-digit": "mistakes?view=Digit by digit",
    "mistakes-two-runs": "mistakes?view=Two runs",
    "mistakes-labels": "mistakes?view=Label court",
    "mistakes-round": "mistakes?view=You against the network",
    "look_inside": "look_inside",
    "look_inside-map": "look_inside?view=Map",
    "look_inside-shake": "look_inside?view=Shake it",
    "look_inside-update": "look_inside?view=One update",
    "draw": "draw",
    "draw-upload": "draw?way=Upload",
    "my_digits": "my_digits",
    "worksheets": "worksheets",
    "runs": "runs",
    "compare": "compare",
    "grid": "grid",
    "glossary": "glossary",
    "teaching": "ten_minutes_before_class",
}
ALL_EPOCHS: Final = re.compile(rf"epoch {EPOCHS}\b")
VISIBLE: Final = 24
"""A pixel differs where one of its colours does by more than this, 0 to 255: text is smoothed."""


@contextlib.contextmanager
def served(store: Path) -> Iterator[tuple[Server, str]]:
    """Start a dashboard on a copy of the store; yield it and the id of the newest run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if store.exists():
            shutil.copy(store, folder / "runs.db")
        server = Server(folder, MNIST_PATH=None, KERAS_HOME=name).start()
        try:
            if not store.exists():
                server.train(
                    TrainingConfig(layers=(64, 32), epochs=4), TrainingConfig(epochs=EPOCHS)
                )
            with server.store() as opened:
                run = opened.list_runs()[0]
            yield server, run.id
        finally:
            server.stop()
        if not store.exists():  # not by copying the file: a part of it may lie in its log
            with sqlite3.connect(folder / "runs.db") as made, sqlite3.connect(store) as kept:
                made.backup(kept)


def photograph(page: Page, server: Server, run_id: str, name: str, picture: Path) -> None:
    """Open a page on a run and take its picture once nothing moves any more."""
    sign = "&" if "?" in PAGES[name] else "?"
    page.goto(f"{server.url}/{PAGES[name]}{sign}run={run_id}", wait_until="commit")
    wait_until_at_rest(page)
    if name == "train":  # its figure fetches the run by itself
        expect(page.locator(FIGURE)).to_have_attribute("aria-label", ALL_EPOCHS)
        page.locator(f"{FIGURE} .main-svg .points").first.wait_for()
        wait_until_at_rest(page)
    page.screenshot(path=picture, animations="disabled")


def take(folder: Path, store: Path) -> None:
    """Write one PNG a page, size and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with served(store) as (server, run_id), launched_browser() as browser:
        for size, (width, height) in SIZES.items():
            for theme in THEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.set_default_timeout(PATIENCE)
                for name in PAGES:
                    photograph(page, server, run_id, name, folder / f"{name}-{size}-{theme}.png")
                context.close()


def difference(first: Path, second: Path) -> float:
    """Measure which share of two pictures' pixels differs, 0 to 1; 1 where the sizes do."""
    before, after = (
        np.asarray(Image.open(path).convert("RGB"), np.int16) for path in (first, second)
    )
    if before.shape != after.shape:
        return 1.0
    return float((np.abs(before - after).max(axis=2) > VISIBLE).mean())


def compare(folder: Path, other: Path) -> int:
    """Print the pictures that differ, the most different first.

    Returns:
        how many do.
    """
    shares = {path.name: difference(path, other / path.name) for path in folder.glob("*.png")}
    differing = {name: share for name, share in shares.items() if share}
    for name, share in sorted(differing.items(), key=lambda item: -item[1]):
        print(f"{share:8.3%}  {name}")
    print(f"{len(differing)} of {len(shares)} pictures differ.")
    return len(differing)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    taking = commands.add_parser("take")
    taking.add_argument("folder", type=Path)
    taking.add_argument("--store", type=Path, required=True)
    comparing = commands.add_parser("compare")
    comparing.add_argument("folder", type=Path)
    comparing.add_argument("other", type=Path)
    wanted = parser.parse_args()
    if wanted.command == "take":
        os.environ.pop("MNIST_PATH", None)
        take(wanted.folder, wanted.store.resolve())
    else:
        sys.exit(bool(compare(wanted.folder, wanted.other)))


if __name__ == "__main__":
    main()

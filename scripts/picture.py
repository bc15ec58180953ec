"""Take the README's picture from the running dashboard: ``python -m scripts.picture``.

Trains the default network on the data that ``load_mnist`` finds here, and shows it at epoch 4.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import ARGUMENTS, BROWSERS
from tests.e2e.server import Server
from tests.e2e.train_page import TrainPage

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "train.png"
SIZE = {"width": 1366, "height": 900}


def main() -> None:
    """Start a dashboard, train, take the picture in the middle, end it all."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        server = Server(Path(folder), MNIST_OFFLINE="0").start()
        try:
            server.wait_for_workers()
            tab = TrainPage(browser.new_context(viewport=SIZE).new_page(), server).open()
            tab.train()
            tab.wait_for_points("val_accuracy", 4)
            tab.page.screenshot(path=PICTURE)
        finally:
            server.stop()
            browser.close()
    print(PICTURE)


if __name__ == "__main__":
    main()

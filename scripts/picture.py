"""Take the README's picture from the running dashboard: ``python -m scripts.picture``.

Trains the default network on the data that ``load_mnist`` finds here, and shows it at epoch 4.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.e2e.browser import launched_browser
from tests.e2e.server import Server
from tests.e2e.train_page import TrainPage

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "train.png"
SIZE = {"width": 1366, "height": 900}


def main() -> None:
    """Start a dashboard, train, take the picture in the middle, end it all."""
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        server = Server(Path(folder), MNIST_OFFLINE="0").start()
        try:
            server.wait_for_workers()
            tab = TrainPage(browser.new_context(viewport=SIZE).new_page(), server).open()
            tab.train()
            tab.wait_for_points("val_accuracy", 4)
            tab.page.screenshot(path=PICTURE)
        finally:
            server.stop()
    print(PICTURE)


if __name__ == "__main__":
    main()

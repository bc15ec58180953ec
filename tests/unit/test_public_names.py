"""What the package offers, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mnist_core

PROJECT = Path(__file__).parents[2]


def heavy_modules_after(statement: str) -> set[str]:
    """Import in a fresh interpreter and say what heavy packages that has loaded."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return {"keras", "tensorflow", "pandas", "sqlalchemy", "plotly"} & set(done.stdout.split())


PUBLIC = {
    *("Dataset", "MnistError", "TrainingConfig", "load_mnist", "plot_accuracy_and_loss"),
    *("Store", "export_runs", "import_runs", "run_notebook", "run_report"),
}
PUBLIC_WITH_KERAS = {"build_model", "train"}  # loaded in tests/training


def test_the_public_names_are_these() -> None:
    assert set(mnist_core.__all__) == PUBLIC | PUBLIC_WITH_KERAS
    assert set(mnist_core.__all__) <= set(dir(mnist_core))


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there_and_has_its_own_name(name: str) -> None:
    assert getattr(mnist_core, name).__name__ == name


def test_an_unknown_name_is_refused_as_python_does_it() -> None:
    with pytest.raises(AttributeError, match="'mnist_core' has no attribute 'Trainer'"):
        _ = mnist_core.Trainer


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert heavy_modules_after("import mnist_core; mnist_core.TrainingConfig") == set()


def test_the_command_line_begins_without_what_tensorflow_must_not_find() -> None:
    assert "pandas" not in heavy_modules_after("import mnist_core.__main__")


EVERYTHING_THE_SERVER_MAY_IMPORT = """
import importlib, pkgutil, mnist_core, pages.services, pages.session, pages.views, pages.widgets
for package in (mnist_core, pages.services, pages.session, pages.views, pages.widgets):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith(
            ("mnist_core.training", "mnist_core.__main__", "mnist_core.store.migrations")
        ):
            importlib.import_module(module.name)
"""


def test_what_the_server_imports_never_loads_tensorflow() -> None:
    loaded = heavy_modules_after(EVERYTHING_THE_SERVER_MAY_IMPORT)
    assert "sqlalchemy" in loaded  # the imports did happen
    assert not {"keras", "tensorflow"} & loaded

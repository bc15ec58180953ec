"""The rules of the imports: a file that is added to any package falls under them unasked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROOTS = ("mnist_core", "pages")
PACKAGES = sorted(
    ".".join(path.parent.relative_to(PROJECT).parts)
    for root in ROOTS
    for path in (PROJECT / root).rglob("__init__.py")
)
REFUSING = ("mnist_core", "pages.views")  # each file in these has its own place in a rule
ROOMS = [package for package in PACKAGES if package not in REFUSING]

# What is imported in one place only, and the packages where a new file may do so.
PROTECTED = {
    "keras": ("mnist_core.training",),
    "tensorflow": ("mnist_core.training",),
    "mnist_core.training": (),
    "dask": (),
    "distributed": (),
    "cryptography": (),
    "prometheus_client": (),
    "sklearn": (),
    "mnist_core.serving.tsne": (),
    "sqlalchemy": ("mnist_core.store",),
    "alembic": ("mnist_core.store",),
    "plotly": ("mnist_core.charts",),
    "h5py": ("mnist_core.export",),
    "nbformat": ("mnist_core.export",),
    "PIL": ("mnist_core.handwriting", "pages.views.draw"),
    "pandas": ("pages",),
}

# What lies above a room, or beside it.
OUT_OF_REACH = {
    "mnist_core": ("streamlit", "pages.services", "mnist_core.__main__"),
    "mnist_core.charts": ("mnist_core.lesson", "mnist_core.export"),
    "mnist_core.data": ("mnist_core.handwriting", "mnist_core.store"),
    "mnist_core.evaluation": ("mnist_core.charts", "mnist_core.serving"),
    "mnist_core.export": ("streamlit", "mnist_core.__main__"),
    "mnist_core.handwriting": ("mnist_core.data", "mnist_core.store"),
    "mnist_core.inspection": ("mnist_core.store", "mnist_core.evaluation", "scipy", "starlette"),
    "mnist_core.lesson": ("mnist_core.charts", "numpy"),
    "mnist_core.serving": ("mnist_core.charts", "mnist_core.lesson"),
    "mnist_core.store": ("mnist_core.inspection", "mnist_core.serving"),
    "mnist_core.training": ("mnist_core.evaluation", "mnist_core.serving"),
    "pages.services": ("pages.session", "pages.widgets", "pages.views.train"),
    "pages.session": ("pages.widgets", "pages.views.train"),
    "pages.text": ("pages.services", "pages.session", "pages.widgets"),
    "pages.views.shared": ("pages.views.train",),
    "pages.views": ("pages.views.home",),  # but in home itself
    "pages.widgets": ("pages.views.train", "pages.session", "pages.services"),
}


def within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def forbidden_in(room: str) -> list[str]:
    """Name what a new file of a package must not import."""
    protected = [
        module
        for module, allowed in PROTECTED.items()
        if not any(within(room, package) for package in allowed)
    ]
    above = [
        module
        for package, modules in OUT_OF_REACH.items()
        if within(room, package)
        for module in modules
    ]
    return [module for module in (*protected, *above) if not within(room, module)]


def lint(folder: Path) -> str:
    """Check the imports of a copy of the packages; gives the report."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "500"},  # a line of the report is one line
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their rules, to be changed."""
    folder: Path = tmp_path_factory.mktemp("copy")
    for root in ROOTS:
        shutil.copytree(
            PROJECT / root,
            folder / root,
            ignore=lambda path, names: {
                name for name in names if Path(path, name).is_file() and not name.endswith(".py")
            },
        )
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def report(copy: Path) -> str:
    """What is said of a new file in each package that imports all that it must not."""
    for package in PACKAGES:
        imports = [f"import {module}\n" for module in forbidden_in(package)]
        copy.joinpath(*package.split("."), "added.py").write_text("".join(imports))
    return lint(copy)


@pytest.mark.parametrize("room", ROOMS)
def test_a_forbidden_import_in_a_new_file_is_found(report: str, room: str) -> None:
    found = set(re.findall(rf"{re.escape(room)}\.added -> (\S+) ", report))
    assert found == set(forbidden_in(room))


@pytest.mark.parametrize("package", REFUSING)
def test_a_new_room_needs_its_place_among_the_floors(report: str, package: str) -> None:
    assert re.search(rf"^- {re.escape(package)}\.added$", report, re.MULTILINE)

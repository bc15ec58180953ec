"""Whose the runs of the command line are: of the computer, and of whoever sits there."""

from __future__ import annotations

import pytest
import streamlit as st

from mnist_core.store import RunStatus
from pages.session import address
from tests.app.page_helpers import button

HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch):
    """Say how a page was asked for, and where the server listens."""

    def ask(headers: dict[str, str], listens: str = "127.0.0.1") -> None:
        monkeypatch.setattr(st.context.__class__, "headers", headers)
        asked = st.get_option
        options = {"server.address": listens}
        monkeypatch.setattr(address.st, "get_option", lambda name: options.get(name) or asked(name))

    return ask


@pytest.mark.parametrize(
    ("headers", "listens"),
    [
        (HERE, "0.0.0.0"),
        (HERE | {"Host": "192.168.1.20:8501"}, "127.0.0.1"),
        (HERE | {"Origin": "https://school.example"}, "127.0.0.1"),
        (HERE | {"Origin": "null"}, "127.0.0.1"),
        (HERE | {"Host": "[", "Origin": "http://["}, "127.0.0.1"),
        (HERE | {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"),
    ],
)
def test_from_elsewhere_the_computers_runs_can_only_be_looked_at(
    ask, open_page, store, finished, headers, listens
) -> None:
    ask(headers, listens)
    assert not address.is_at_this_computer()
    run = _waiting(store, finished)
    app = open_page("train", run=run.id)
    assert not app.exception
    assert button(app, "Stop").disabled


@pytest.mark.parametrize("headers", [HERE, {"Host": "[::1]:8501"}, {"Host": "127.0.0.1"}])
def test_who_sits_at_the_computer_changes_them(ask, open_page, store, finished, headers) -> None:
    ask(headers)
    run = _waiting(store, finished)
    app = open_page("train", run=run.id)
    button(app, "Stop").click().run()
    assert not app.exception
    assert store.get_run(run.id).status is RunStatus.STOPPED


def _waiting(store, finished):
    return store.create_run(
        finished.config, dataset_digest=finished.dataset_digest, dataset_name="sample"
    )

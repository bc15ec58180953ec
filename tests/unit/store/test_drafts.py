"""What people have written for a task and not handed in: one draft a browser and question."""

from __future__ import annotations

import pytest

from mnist_core.config import LONGEST_ANSWER
from mnist_core.errors import ConfigError
from mnist_core.store import Draft, Store
from mnist_core.store.drafts import MOST_DRAFTS
from tests.unit.store.store_helpers import ANNA, BEN, Clock, make_older, new_run

TASK = "0123456789ab"


def test_answer_and_runs_are_kept_apart_and_only_for_this_browser(store: Store) -> None:
    store.keep_answer(TASK, "It is lower:\n é 手", owner=ANNA)
    store.keep_answer_runs(TASK, ["b" * 12, "a" * 12], owner=ANNA)
    assert store.read_draft(TASK, owner=ANNA) == Draft(
        answer="It is lower:\n é 手", run_ids=("b" * 12, "a" * 12)
    )
    store.keep_answer(TASK, "", owner=ANNA)
    assert store.read_draft(TASK, owner=ANNA) == Draft(run_ids=("b" * 12, "a" * 12))
    assert store.read_draft(TASK, owner=BEN) == Draft()
    assert store.read_draft("other", owner=ANNA) == Draft()


def test_an_answer_that_is_too_long_leaves_the_one_before(store: Store) -> None:
    longest = "x" * LONGEST_ANSWER
    store.keep_answer(TASK, longest, owner=ANNA)
    with pytest.raises(ConfigError, match="There is room for 5,000"):
        store.keep_answer(TASK, f"{longest}y", owner=ANNA)
    assert store.read_draft(TASK, owner=ANNA).answer == longest


def test_the_draft_that_was_touched_longest_ago_makes_room(store: Store, clock: Clock) -> None:
    for number in range(MOST_DRAFTS):
        store.keep_answer(f"{number}", "words", owner=ANNA)
        clock.advance(1)
    store.keep_answer("0", "touched", owner=ANNA)
    store.keep_answer("0", "by somebody else", owner=BEN)
    clock.advance(1)
    store.keep_answer("new", "words", owner=ANNA)
    assert store.read_draft("1", owner=ANNA) == Draft()
    kept = [store.read_draft(task, owner=ANNA).answer for task in ("0", "2", "new")]
    assert kept == ["touched", "words", "words"]
    assert store.read_draft("0", owner=BEN).answer == "by somebody else"


def test_a_store_from_before_there_were_drafts_gets_them(url: str) -> None:
    with Store(url) as store:
        run, address = new_run(store), store.url
    make_older(address, "004")
    with Store(url) as store:
        assert store.get_run(run.id) == run
        store.keep_answer(TASK, "It is lower.", owner=ANNA)
        assert store.read_draft(TASK, owner=ANNA).answer == "It is lower."

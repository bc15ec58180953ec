"""How often something may be guessed at: by one browser, and by all that make themselves new."""

from __future__ import annotations

import pytest

from mnist_core.errors import ConfigError, TooManyTriesError
from mnist_core.serving.tries import Tries
from tests.unit.store.store_helpers import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(now=0.0)


@pytest.fixture
def tries(clock: Clock) -> Tries:
    return Tries(per_browser=3, in_all=5, seconds=300, clock=clock)


def guess_wrong(tries: Tries, browser: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ConfigError), tries.guess(browser):
            raise ConfigError("wrong", "code")


def test_a_browser_that_guessed_wrong_too_often_waits_and_is_told_how_long(
    tries: Tries, clock: Clock
) -> None:
    guess_wrong(tries, "anna")
    clock.advance(100)
    guess_wrong(tries, "anna", 2)
    with (
        pytest.raises(TooManyTriesError, match=r"Too many tries\. In 4 minutes you may try again"),
        tries.guess("anna"),
    ):
        raise AssertionError("must not be looked at")
    guess_wrong(tries, "ben")
    clock.advance(200)
    guess_wrong(tries, "anna")


def test_browsers_that_make_themselves_new_have_an_end_as_well(tries: Tries, clock: Clock) -> None:
    for number in range(5):
        guess_wrong(tries, f"browser {number}")
    with pytest.raises(TooManyTriesError, match="In 5 minutes"), tries.guess("one more"):
        raise AssertionError("must not be looked at")
    clock.advance(299)
    with pytest.raises(TooManyTriesError, match="In 1 minute you"), tries.guess("one more"):
        raise AssertionError("must not be looked at")
    clock.advance(1)
    guess_wrong(tries, "one more")


def test_right_guesses_do_not_count(tries: Tries) -> None:
    for _ in range(20):
        with tries.guess("anna") as right:
            right()
    guess_wrong(tries, "anna", 2)
    with tries.guess("anna") as right:
        right()
    guess_wrong(tries, "anna")
    with pytest.raises(TooManyTriesError), tries.guess("anna"):
        raise AssertionError("must not be looked at")


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(tries: Tries) -> None:
    under_way = [tries.guess("anna") for _ in range(4)]
    for guess in under_way[:3]:
        guess.__enter__()
    with pytest.raises(TooManyTriesError):
        under_way[3].__enter__()

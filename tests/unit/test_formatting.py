"""Numbers, moments and lists as a person reads them."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import NO_GUESS
from mnist_core.formatting import (
    about,
    article,
    capitalized,
    counted,
    date_and_time,
    duration,
    epochs_named,
    guessed,
    listed,
    loss_text,
    metric_text,
    moment,
    percent,
    points,
    size,
    time_of_day,
)


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0.978, "97.8 %"),
        (1.0, "100.0 %"),
        (0.0, "0.0 %"),
        (None, "–"),
        (math.nan, "–"),
        (1e308, "–"),
    ],
)
def test_a_share_is_written_in_percent_and_nothing_as_a_dash(fraction, written: str) -> None:
    assert percent(fraction) == written


@pytest.mark.parametrize(("right", "written"), [(385, "96.3 %"), (383, "95.8 %"), (387, "96.8 %")])
def test_a_share_on_the_half_is_rounded_up(right: int, written: str) -> None:
    assert percent(right / 400) == written


@given(st.integers(0, 1000), st.integers(0, 10_000))
def test_points_are_what_a_reader_gets_who_subtracts(predicted: int, right: int) -> None:
    shares = right / 10_000, predicted / 1000
    first, second = (Decimal(percent(share).removesuffix(" %")) for share in shares)

    assert points(*shares) == first - second


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0034, "0.0034"),
        (0.31254, "0.3125"),
        (0.03125, "0.0313"),
        (2300, "2,300"),
        (0.0, "0.0000"),
        (0.000_01, "under 0.0001"),
        (3e38, "3.0e+38"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_a_loss_is_written_with_four_places_and_a_large_one_with_none(value, written: str) -> None:
    assert loss_text(value) == written


def test_a_number_of_a_history_is_written_by_its_name() -> None:
    names = ("accuracy", "val_accuracy", "loss", "val_loss")
    assert [metric_text(name, 0.5) for name in names] == ["50.0 %", "50.0 %", "0.5000", "0.5000"]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.4, "under a second"),
        (1.0, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds: float, written: str) -> None:
    assert duration(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "about 1 s"),
        (6.2, "about 6 s"),
        (9.7, "about 10 s"),
        (33.0, "about 35 s"),
        (58.0, "about 60 s"),
        (92.0, "about 90 s"),
        (118.0, "about 2 min"),
        (3590.0, "about 1.0 h"),
    ],
)
def test_a_guess_is_written_no_finer_than_it_can_be(seconds: float, written: str) -> None:
    assert about(seconds) == written


@pytest.mark.parametrize(
    ("bytes_used", "written"),
    [
        (0, "0 kB"),
        (10, "1 kB"),
        (120_000, "120 kB"),
        (3_400_000, "3.4 MB"),
        (1_250_000_000, "1.2 GB"),
    ],
)
def test_bytes_are_written_in_thousands_millions_or_more(bytes_used: int, written: str) -> None:
    assert size(bytes_used) == written


def test_things_are_counted_in_the_singular_and_the_plural() -> None:
    assert [counted(number, "digit") for number in (0, 1, 1200)] == [
        "0 digits",
        "1 digit",
        "1,200 digits",
    ]


def test_several_things_are_listed_with_an_and() -> None:
    assert listed(["one"]) == "one"
    assert listed(["one", "two"]) == "one and two"
    assert listed(["one", "two", "three"]) == "one, two and three"


def test_epochs_are_named_from_1_on_and_in_stretches() -> None:
    assert epochs_named([2]) == "epoch 3"
    assert epochs_named([2, 4, 7, 8, 9]) == "epochs 3, 5 and 8 to 10"


@given(st.sets(st.integers(0, 30), min_size=1).map(sorted))
def test_epochs_named_can_be_read_back(epochs: list[int]) -> None:
    words = epochs_named(epochs).split(" ", 1)[1].replace(" and ", ", ")
    read = []
    for stretch in words.split(", "):
        first, _, last = stretch.partition(" to ")
        read += range(int(first) - 1, int(last or first))
    assert read == epochs


def test_moments_articles_and_guesses_are_written_as_they_are_spoken() -> None:
    assert [moment(-1), moment(2)] == ["before the first batch", "after epoch 3"]
    assert [article(digit) for digit in range(10)] == ["a"] * 8 + ["an", "a"]
    assert [guessed(7), guessed(NO_GUESS)] == ["7", "?"]


@pytest.mark.parametrize(
    ("words", "written"), [("t-SNE of MNIST", "T-SNE of MNIST"), ("8", "8"), ("", "")]
)
def test_only_the_first_letter_is_written_large(words: str, written: str) -> None:
    assert capitalized(words) == written


def test_an_instant_is_written_as_the_clock_on_the_wall_shows_it() -> None:
    morning = datetime.datetime(2026, 11, 7, 9, 5).astimezone()
    assert date_and_time(morning.astimezone(datetime.UTC)) == "07 Nov 2026, 09:05"


def test_of_an_instant_of_today_the_time_is_enough() -> None:
    now = datetime.datetime.now(datetime.UTC)
    assert time_of_day(now) == f"{now.astimezone():%H:%M}"
    yesterday = now - datetime.timedelta(days=1)
    assert time_of_day(yesterday) == date_and_time(yesterday)

"""The page Mistakes as a script: every state that a run can be in, and what people say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_predictions, pack_weights
from mnist_core.errors import StoreError
from mnist_core.store import Run, RunStatus, Store
from tests.app.page_helpers import SAMPLE, button, component, words


def perfect() -> np.ndarray:
    """Likelihoods of a network that reads every test digit right: float32 (n, 10)."""
    return np.eye(10, dtype=np.float32)[SAMPLE.y_test] * 0.91 + np.float32(0.009)


def with_mistakes(count: int) -> np.ndarray:
    """Likelihoods that take the first digits for the next higher one."""
    y_prob = perfect()
    y_prob[:count] = np.roll(y_prob[:count], 1, axis=1)
    return y_prob


@pytest.fixture
def add_run(store: Store):
    """Put a run into the store as a worker leaves it."""

    def add_run(
        y_prob: np.ndarray | None = None,
        status: RunStatus = RunStatus.FINISHED,
        *,
        has_weights: bool = False,
    ) -> Run:
        store.save_dataset(SAMPLE)
        run = store.create_run(
            TrainingConfig(layers=(8,), epochs=2),
            dataset_digest=SAMPLE.digest,
            dataset_name=SAMPLE.name,
            lease_seconds=60,
        )
        if has_weights:
            rng = np.random.default_rng(0)
            shapes = ((784, 8), (8,), (8, 10), (10,))
            weights = [rng.normal(size=shape, scale=0.1) for shape in shapes]
            store.record(run.claim, snapshot=(-1, pack_weights(weights)))
        if y_prob is None:
            store.finish(run.claim, status)
        else:
            right = float((y_prob.argmax(axis=1) == SAMPLE.y_test).mean())
            store.finish(
                run.claim,
                status,
                test_accuracy=right,
                test_loss=0.5,
                predictions=pack_predictions(y_prob),
            )
        return store.get_run(run.id)

    return add_run


def test_without_a_run_the_page_says_what_to_do(open_page):
    app = open_page("mistakes")
    assert "Train a network first" in words(app)
    assert [link.value for link in app.get("page_link")] == ["Train a network"]


def test_a_run_with_mistakes_says_how_many_and_which(open_page, add_run):
    add_run(with_mistakes(30))
    app = open_page("mistakes")
    assert f"**30 of {len(SAMPLE.y_test):,}** test digits are read wrong" in words(app)
    assert "30 wrong: all digits" in words(app)


@pytest.mark.parametrize(
    ("mistakes", "said"), [(30, "even a good network like this one"), (300, "A better network")]
)
def test_what_a_good_network_still_reads_wrong_is_called_an_outlier(
    open_page, add_run, mistakes, said
):
    add_run(with_mistakes(mistakes))
    app = open_page("mistakes")
    [named] = [caption.value for caption in app.caption if "outliers" in caption.value]
    assert said in named
    assert "](glossary#outlier " in named


def test_a_run_without_a_mistake_says_so(open_page, add_run):
    add_run(perfect())
    app = open_page("mistakes")
    assert f"every one of these {len(SAMPLE.y_test):,} digits is read right" in words(app)
    assert not app.error
    for view in (
        "Digit by digit",
        "I don't know",
        "Two runs",
        "Label court",
        "You against the network",
    ):
        app.segmented_control(key="view").set_value(view).run()
        assert not app.error
        assert not app.exception


def test_a_run_whose_numbers_overflowed_is_shown_as_what_it_is(open_page, add_run):
    y_prob = with_mistakes(10)
    y_prob[20:25] = np.nan
    add_run(y_prob)
    app = open_page("mistakes")
    assert "**15 of" in words(app)
    assert "For 5 digits its numbers overflowed" in words(app)


def test_a_stopped_run_offers_the_network_it_has(open_page, add_run):
    run = add_run(status=RunStatus.STOPPED, has_weights=True)
    app = open_page("mistakes", run=run.id)
    assert "it never came to its test" in words(app)
    button(app, "Let the network read the test digits as it was before the first batch").click()
    app.run()
    assert "Guesses of the weights as they were before the first batch" in words(app)
    assert "test digits are read wrong" in words(app)


def test_a_run_without_anything_kept_says_so(open_page, add_run):
    run = add_run(status=RunStatus.FAILED)
    app = open_page("mistakes", run=run.id)
    assert "Nothing of its network was kept" in words(app)
    assert not [each for each in app.button if each.label.startswith("Let the network")]


def test_validation_digits_are_read_by_the_newest_weights(open_page, add_run):
    run = add_run(with_mistakes(3), has_weights=True)
    app = open_page("mistakes", run=run.id)
    app.segmented_control(key="part").set_value("Validation").run()
    assert "validation digits are read wrong" in words(app)


def test_filters_leave_the_digits_they_name(open_page, add_run):
    add_run(with_mistakes(30))
    app = open_page("mistakes", true_digit=str(SAMPLE.y_test[0]))
    expected = int((SAMPLE.y_test[:30] == SAMPLE.y_test[0]).sum())
    assert f"{expected} wrong: true digit {SAMPLE.y_test[0]}" in words(app)
    button(app, "Show all mistakes").click().run()
    assert "30 wrong: all digits" in words(app)
    app.slider(key="confidence").set_value((0, 10)).run()
    assert "No digit is left by these filters" in words(app)


def test_an_address_with_a_digit_that_is_none_shows_all(open_page, add_run):
    add_run(with_mistakes(30))
    app = open_page("mistakes", true_digit="eleven", guess="-1", view="nonsense")
    assert "30 wrong: all digits" in words(app)
    assert not app.exception


def test_a_network_that_may_say_i_dont_know_leaves_out_what_it_is_not_sure_of(open_page, add_run):
    y_prob = with_mistakes(30)  # 91 % sure of everything
    y_prob[:40] = (y_prob[:40] + 0.1) / 2  # 50.5 %: the thirty mistakes, and ten that are right
    add_run(y_prob)
    app = open_page("mistakes", view="I don't know")
    assert not app.exception
    assert "It answers **960 of 1,000** test digits; **all of these are right**." in words(app)
    assert "It leaves out **40**, of which **30** would have been wrong." in words(app)
    app.select_slider(key="sure_enough").set_value(0.5).run()
    assert "It answers **1,000 of 1,000** test digits; **30 of these are wrong**" in words(app)
    app.select_slider(key="sure_enough").set_value(0.999).run()
    assert "It answers **none of 1,000** test digits." in words(app)


def test_two_runs_show_what_was_fixed_and_what_was_broken(open_page, add_run):
    add_run(with_mistakes(12))
    first = add_run(with_mistakes(30))
    app = open_page("mistakes", run=first.id, view="Two runs")
    assert "A wrong, B right 18" in words(app)
    assert "A right, B wrong 0" in words(app)
    assert "Both wrong 12" in words(app)
    app.segmented_control(key="changes").set_value("fixed").run()
    captions = component(app, "gallery-fixed")["captions"]
    assert len(captions) == 18
    for caption in captions:
        assert re.fullmatch(r"(\d): A says (?!\1)\d, B says \1", caption)


def test_the_second_run_may_stand_in_the_address(open_page, add_run):
    first, other, _newest = (add_run(with_mistakes(count)) for count in (30, 12, 5))
    app = open_page("mistakes", run=first.id, view="Two runs", other_run=other.id)
    assert "A wrong, B right 18" in words(app)
    assert app.query_params["other_run"] == other.id
    for nonsense in ("0123456789ab", "<b>"):
        app = open_page("mistakes", run=first.id, view="Two runs", other_run=nonsense)
        assert "A wrong, B right 25" in words(app)


def test_two_runs_need_a_second_one(open_page, add_run):
    add_run(with_mistakes(12))
    app = open_page("mistakes", view="Two runs")
    assert "There is no other run on the same data" in words(app)


def test_the_court_keeps_a_verdict_and_shows_both_accuracies(open_page, add_run, store):
    for _ in range(3):
        add_run(with_mistakes(30))
    app = open_page("mistakes", view="Label court")
    assert "30 digits before the court" in words(app)
    app.text_input(key="court_name").set_value("Anna")  # and judged before the page has heard of it
    button(app, "Unreadable").click().run()
    [verdict] = store.read_verdicts(SAMPLE.digest)
    assert (verdict.digit, verdict.name) == (0, "Anna")
    assert "Without the 1 that people doubt" in words(app)
    assert "Anna: unreadable" in words(app)
    button(app, "Take my verdict back").click().run()
    assert store.read_verdicts(SAMPLE.digest) == []


def test_a_verdict_that_can_t_be_kept_says_why_beside_the_digits(
    open_page, add_run, store, monkeypatch
):
    def refuse(*arguments, **words) -> None:
        raise StoreError("The disk is full.")

    for _ in range(3):
        add_run(with_mistakes(30))
    app = open_page("mistakes", view="Label court")
    monkeypatch.setattr(store, "give_verdict", refuse)
    button(app, "The label is wrong").click().run()
    assert "The disk is full. Nothing was lost." in words(app)
    assert store.read_verdicts(SAMPLE.digest) == []


def test_the_court_waits_for_three_runs(open_page, add_run):
    add_run(with_mistakes(30))
    app = open_page("mistakes", view="Label court")
    assert "The court hears at least 3 runs" in words(app)
    assert "so far there are 1." in words(app)
    for _ in range(3):
        add_run(with_mistakes(850))  # these doubt nearly every label
    assert "so far there are 1." in words(open_page("mistakes", view="Label court"))


def test_a_round_is_read_blind_and_scored_at_its_end(open_page, add_run):
    add_run(with_mistakes(60))
    app = open_page("mistakes", view="You against the network")
    button(app, "Start the round").click().run()
    for _ in range(20):
        assert not app.metric
        button(app, "3").click().run()
    assert {metric.label for metric in app.metric} == {"You", "The network"}
    assert all(metric.value.endswith("of 20") for metric in app.metric)
    assert "10 of 10 easy ones" in words(app)  # by the network, which reads those right
    assert "0 of 10 hard ones" in words(app)

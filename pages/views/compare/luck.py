"""Is it luck? Two runs over the same test digits, and their two settings over five seeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from mnist_core.charts import LETTERS, plot_seed_pairs
from mnist_core.config import TrainingConfig
from mnist_core.evaluation.luck import (
    DigitComparison,
    SeedComparison,
    choose_seeds,
    describe_digits,
    describe_seeds,
    describe_start,
)
from mnist_core.evaluation.predictions import compare
from mnist_core.formatting import counted, duration
from mnist_core.store import Run, RunStatus
from pages.services.datasets import run_dataset
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.text import message
from pages.views.shared.background import going_on, request_runs, unfinished
from pages.views.shared.chart import render_chart
from pages.views.shared.cost import expected_seconds
from pages.views.shared.evaluated_run import evaluate
from pages.widgets.run_follower import render_run_follower


@dataclass(frozen=True)
class Setting:
    """One of the two settings that are compared.

    Attributes:
        config: of the run that is shown.
        name: its letter and what sets it apart: "A (batch 100)".
        runs: a run for each seed that somebody has tried it with.
    """

    config: TrainingConfig
    name: str
    runs: Mapping[int, Run]

    @property
    def accuracies(self) -> dict[int, float]:
        """The test accuracy, 0 to 1, of each seed that is finished."""
        return {
            seed: run.test_accuracy
            for seed, run in sorted(self.runs.items())
            if run.status is RunStatus.FINISHED and run.test_accuracy is not None
        }

    @property
    def tried(self) -> set[int]:
        """The seeds that are finished or under way."""
        return {
            seed
            for seed, run in self.runs.items()
            if run.status is RunStatus.FINISHED or not run.status.is_over
        }

    def with_seeds(self, seeds: Iterable[int]) -> list[TrainingConfig]:
        """Return the setting with each of these seeds."""
        return [self.config.replace(seed=seed) for seed in seeds]


def render_luck(a: Run, b: Run) -> None:
    """Draw what is luck in the difference of two runs: the test digits, and the seeds."""
    st.subheader("Is it luck?", anchor=False)
    if a.dataset_digest != b.dataset_digest:
        message.info("These two runs have learned from different digits: no seed compares them.")
        return
    st.markdown("**Which digits are in the test?**")
    _render_digits(a, b)
    st.markdown("**Which seed did it begin with?**")
    st.caption(describe_start(a.config, b.config))
    if a.config.replace(seed=0) == b.config.replace(seed=0):
        st.markdown(
            "The two have the same settings and differ by their seed alone: what is different "
            "between them is luck."
            if a.config.seed != b.config.seed
            else "The two have the same settings and the same seed: they are one and the same."
        )
    else:
        _render_seeds(a, b)


def _render_digits(a: Run, b: Run) -> None:
    first, second = evaluate(a), evaluate(b)
    if first is None or second is None:
        missed = any(each.status.is_over and each.test_accuracy is None for each in (a, b))
        st.markdown(
            "One of the two never came to its test."
            if missed
            else "This can be told when both have had their test."
        )
        return
    changes = compare(first.evaluation, second.evaluation)
    counts = DigitComparison(len(changes.broken), len(changes.fixed), len(first.evaluation))
    st.markdown(" ".join(describe_digits(counts, *LETTERS[:2])))


@st.fragment
def _render_seeds(a: Run, b: Run) -> None:
    """Draw every run of both settings, and what is missing for five seeds each."""
    render_refusal()
    one, other = a.config, b.config.replace(seed=a.config.seed)
    beside = one.describe_beside(other), other.describe_beside(one)
    names = [f"{letter} ({words})" for letter, words in zip(LETTERS, beside, strict=False)]
    first, second = (
        Setting(run.config, name, get_store().runs_by_seed(run.config, run.dataset_digest))
        for run, name in zip((a, b), names, strict=True)
    )
    comparison = SeedComparison(first.accuracies, second.accuracies)
    seeds = choose_seeds(first.tried, second.tried, [a.config.seed, b.config.seed])
    # Pair by pair, so that the first one is there soon.
    wanted = [
        setting
        for seed in seeds
        for setting in (*first.with_seeds([seed]), *second.with_seeds([seed]))
    ]
    said = describe_seeds(comparison, *names)
    points, words = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with words:
        st.markdown("\n\n".join(said))
        _render_order(wanted, a)
    with points:
        if first.accuracies or second.accuracies:
            figure = plot_seed_pairs(comparison, *names)
            render_chart(figure, key="chart-seeds", alt=" ".join(said))


def _render_order(wanted: list[TrainingConfig], run: Run) -> None:
    """Draw the button that queues what is missing, or how far that is."""
    there = get_store().runs_with(wanted, run.dataset_digest)
    finished = sum(each.status is RunStatus.FINISHED for each in there.values())
    if finished == len(wanted):
        return
    on_their_way = going_on(there.values())
    if on_their_way:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{finished} of {counted(len(wanted), 'run')} are finished.")
            st.button("Stop the others", on_click=_stop, args=(wanted, run), icon=":material/stop:")
        render_run_follower(on_their_way, "seeds-follower")
        return
    missing = unfinished(wanted, there)
    seconds = expected_seconds(missing, run_dataset(run.dataset_digest))
    st.button(
        "Try both with five seeds", on_click=_request, args=(wanted, run), icon=":material/casino:"
    )
    st.caption(
        f"Trains {counted(len(missing), 'more run')}, about {duration(seconds)}, behind other "
        f"people's. {finished} of {len(wanted)} are there already."
    )


@with_refusals_shown
def _request(wanted: list[TrainingConfig], run: Run) -> None:
    request_runs(wanted, run.dataset_digest, run.dataset_name)


@with_refusals_shown
def _stop(wanted: list[TrainingConfig], run: Run) -> None:
    get_store().stop_runs(wanted, run.dataset_digest, owner())

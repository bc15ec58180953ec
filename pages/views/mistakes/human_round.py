"""Human against network: hard and easy digits, read blind, then both beside each other."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.config import CLASSES
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import percent
from pages.views.shared.evaluated_run import EvaluatedRun
from pages.widgets.confusion_matrix import render_confusion_matrix
from pages.widgets.digit_grid import render_digit_grid

ROUND = 20
HARDEST = 60  # of which a round has half of its digits
ROUND_KEY = "human_round"


@dataclass
class Round:
    """A round that is being played.

    Attributes:
        run_id, part: whose mistakes, on which digits.
        positions: intp (k,), the digits in the order in which they are shown.
        hard: bool (k,), which of them the network finds hard.
        answers: what the person has said so far.
    """

    run_id: str
    part: str
    positions: npt.NDArray[np.intp]
    hard: npt.NDArray[np.bool_]
    answers: list[int] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """True where every digit has an answer."""
        return len(self.answers) >= len(self.positions)


def render_human_round(evaluated: EvaluatedRun) -> None:
    """Draw the start, the digit to read, or the result."""
    played = st.session_state.get(ROUND_KEY)
    if played is None or (played.run_id, played.part) != (evaluated.run.id, evaluated.part):
        _render_start(evaluated)
    elif played.is_over:
        _render_result(evaluated, played)
    else:
        _render_digit(evaluated, played)


def _render_start(evaluated: EvaluatedRun) -> None:
    count = min(ROUND, len(evaluated.evaluation))
    st.markdown(
        f"You see {count} digits, one after the other, and say what they are: half of them are "
        "among those that this network finds hardest, the other half it reads with ease. Labels "
        "and guesses stay hidden until the end."
    )
    st.button("Start the round", type="primary", on_click=_start, args=(evaluated,))


def _start(evaluated: EvaluatedRun) -> None:
    rng = np.random.default_rng()
    by_loss = evaluated.evaluation.select("all", order="loss")
    # Few digits are all hard; a round never has more than there are.
    hard = rng.permutation(by_loss[:HARDEST])[: ROUND // 2]
    easy = rng.permutation(by_loss[len(by_loss) // 2 :])[: ROUND - len(hard)]
    positions = rng.permutation(np.union1d(hard, easy))
    st.session_state[ROUND_KEY] = Round(
        evaluated.run.id, evaluated.part, positions, np.isin(positions, hard)
    )


def _render_digit(evaluated: EvaluatedRun, played: Round) -> None:
    place = len(played.answers)
    st.progress(
        place / len(played.positions), f"Digit {place + 1} of {len(played.positions)}: what is it?"
    )
    render_digit_grid(
        evaluated.images(played.positions[place : place + 1]),
        [""],
        ["The digit to read"],
        label="The digit to read",
        key="blind-digit",
        picture_size=14,
    )
    with st.container(horizontal=True, key="answers"):
        for digit in range(CLASSES):
            st.button(
                str(digit),
                key=f"answer-{digit}",
                shortcut=str(digit),
                on_click=_answer,
                args=(digit,),
            )
    st.caption("Press the key of the digit, or choose it here.")


def _answer(digit: int) -> None:
    played = st.session_state.get(ROUND_KEY)
    if played is not None and not played.is_over:
        played.answers.append(digit)


def _render_result(evaluated: EvaluatedRun, played: Round) -> None:
    network, person = score(evaluated.evaluation, played.positions, played.answers)
    yours, its = st.columns(2, gap="medium")
    for column, name, each in ((yours, "You", person), (its, "The network", network)):
        with column:
            right = int(each.right.sum())
            st.metric(name, f"{right} of {len(each)}", help=percent(each.accuracy))
            st.caption(_by_difficulty(each.right, played.hard))
            render_confusion_matrix(
                each.confusion,
                label=f"{name}: each row is a true digit, each column a guess.",
                key=f"chart-confusion-{name}",
            )
    st.caption("Under each digit: the label → your answer, then the network's guess; ◆ is hard.")
    render_digit_grid(
        evaluated.images(played.positions),
        [
            f"{'◆ ' * hard}{true} → {answer}, {evaluated.guess(position)}"
            for true, answer, position, hard in zip(
                person.y_true, played.answers, played.positions, played.hard.tolist(), strict=True
            )
        ],
        [
            f"{evaluated.describe(position)}, your answer {answer}, {'hard' if hard else 'easy'}"
            for answer, position, hard in zip(
                played.answers, played.positions, played.hard.tolist(), strict=True
            )
        ],
        label="The digits of the round",
        key="round-digits",
        right=person.right,
        picture_size=4.5,
    )
    st.button("Another round", on_click=_start, args=(evaluated,), icon=":material/replay:")


def _by_difficulty(right: npt.NDArray[np.bool_], hard: npt.NDArray[np.bool_]) -> str:
    parts = (("hard", hard), ("easy", ~hard))
    return ", ".join(
        f"{int(right[part].sum())} of {int(part.sum())} {name} ones" for name, part in parts
    )


def score(
    evaluation: Evaluation, positions: npt.NDArray[np.intp], answers: list[int]
) -> tuple[Evaluation, Evaluation]:
    """Evaluate network and person on the same few digits.

    Args:
        evaluation: of the network.
        positions: intp (k,), which of its digits.
        answers: what the person said to each.

    Returns:
        The network's evaluation, the person's, who is always quite sure.
    """
    y_true, indices = evaluation.y_true[positions], evaluation.indices[positions]
    sure = np.eye(CLASSES, dtype=np.float32)[answers]
    return (
        Evaluation(y_true, evaluation.y_prob[positions], indices),
        Evaluation(y_true, sure, indices),
    )

"""What the guesses of a run say beside the truth."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import classification_report, confusion_matrix

from mnist_core.config import NO_GUESS
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.predictions import KINDS, ORDERS, Confused, Evaluation, compare


def row(**probabilities: float) -> list[float]:
    """Ten likelihoods, those named d0 to d9 as given and the rest sharing what is left."""
    given_ones = {int(name[1:]): value for name, value in probabilities.items()}
    rest = (1 - sum(given_ones.values())) / (10 - len(given_ones))
    return [given_ones.get(digit, rest) for digit in range(10)]


def random_evaluation(seed: int, digits: int = 300, classes: int = 10) -> Evaluation:
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, classes, digits, dtype=np.uint8)
    scores = rng.normal(size=(digits, 10)) + 2 * np.eye(10)[y_true]
    y_prob = np.exp(scores)
    y_prob /= y_prob.sum(axis=1, keepdims=True)
    return Evaluation(y_true, y_prob.astype(np.float32))


# Position: 0 right and sure, 1 right but unsure, 2 wrong and sure, 3 wrong and close,
# 4 wrong as 2 is, 5 wrong and unsure.
SIX = Evaluation(
    np.array([3, 4, 4, 5, 4, 7], np.uint8),
    np.array(
        [
            row(d3=0.99),
            row(d4=0.5, d9=0.4),
            row(d9=0.9, d4=0.05),
            row(d3=0.46, d5=0.45),
            row(d9=0.9, d4=0.05),
            row(d1=0.3, d7=0.1),
        ],
        np.float32,
    ),
)
# The same, but three of the rows are not numbers; one of them only in part.
BROKEN = Evaluation(
    SIX.y_true,
    np.vstack([np.full((2, 10), np.nan), [[np.nan] + [0.1] * 9], SIX.y_prob[3:]]).astype("f4"),
)


def test_the_guess_is_the_likeliest_digit_and_its_likelihood_the_confidence() -> None:
    assert SIX.y_pred.tolist() == [3, 4, 9, 3, 9, 1]
    assert SIX.second.tolist()[1:] == [9, 4, 5, 4, 7]
    np.testing.assert_array_equal(SIX.confidence, SIX.y_prob.max(axis=1))
    np.testing.assert_allclose(SIX.margin[1:], [0.1, 0.85, 0.01, 0.85, 0.2], rtol=1e-5)
    assert SIX.right.tolist() == [True, True, False, False, False, False]
    assert SIX.accuracy == pytest.approx(2 / 6)
    assert (SIX.y_pred.dtype, SIX.confidence.dtype) == (np.uint8, np.float32)


def test_of_two_digits_alike_the_smaller_is_the_guess_and_the_larger_the_second() -> None:
    alike = Evaluation(np.array([2], np.uint8), np.array([row(d2=0.4, d8=0.4)], np.float32))
    assert (alike.y_pred.tolist(), alike.second.tolist()) == ([2], [8])


def test_the_loss_of_a_sure_mistake_stays_a_number() -> None:
    sure = Evaluation(np.array([0, 1], np.uint8), np.eye(10, dtype=np.float32)[[0, 0]])
    np.testing.assert_allclose(sure.loss, [1e-7, -np.log(1e-7)], rtol=1e-6)
    np.testing.assert_allclose(SIX.loss[:2], -np.log([0.99, 0.5]), rtol=1e-6)


@pytest.mark.parametrize("classes", [10, 7])
def test_confusion_and_report_are_those_of_scikit_learn(classes: int) -> None:
    some = random_evaluation(1, classes=classes)
    expected = confusion_matrix(some.y_true, some.y_pred, labels=range(10))
    np.testing.assert_array_equal(some.confusion, expected)
    peer = classification_report(
        some.y_true, some.y_pred, labels=range(10), output_dict=True, zero_division=0
    )
    report = some.report()
    for digit in range(10):
        theirs = peer[str(digit)]
        ours = report.loc[digit]
        assert ours["support"] == theirs["support"]
        for mine, name in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            assert ours[mine] == pytest.approx(theirs[name], abs=1e-12)


def test_a_confused_digit_stands_in_the_row_of_its_truth() -> None:
    assert SIX.confusion[4, 9] == 2
    assert SIX.confusion[9, 4] == 0
    assert SIX.confusion.dtype == np.int64


def test_the_most_frequent_mistakes_come_first_and_what_never_happened_not_at_all() -> None:
    assert SIX.frequent_mistakes() == [Confused(4, 9, 2), Confused(5, 3, 1), Confused(7, 1, 1)]
    assert SIX.frequent_mistakes(1) == [Confused(4, 9, 2)]


@pytest.mark.parametrize(
    ("kind", "positions"),
    [("wrong", [2, 3, 4, 5]), ("unsure", [1]), ("right", [0, 1]), ("all", [0, 1, 2, 3, 4, 5])],
)
def test_each_kind_chooses_its_digits(kind: str, positions: list[int]) -> None:
    chosen = SIX.select(kind, order="index")
    assert chosen.tolist() == positions
    assert chosen.dtype == np.intp


@pytest.mark.parametrize(
    ("order", "positions"),
    [
        ("confident", [2, 4, 3, 5]),
        ("unconfident", [5, 3, 2, 4]),
        ("close", [3, 5, 2, 4]),
        ("loss", [2, 4, 5, 3]),
        ("index", [2, 3, 4, 5]),
    ],
)
def test_each_order_sorts_and_digits_alike_stand_by_their_index(
    order: str, positions: list[int]
) -> None:
    assert SIX.select("wrong", order=order).tolist() == positions


def test_digits_alike_stand_by_their_index_even_where_the_data_is_mixed() -> None:
    mixed = Evaluation(SIX.y_true, SIX.y_prob, np.array([50, 40, 30, 20, 10, 0]))
    assert mixed.select("wrong", order="confident").tolist() == [4, 2, 3, 5]
    assert mixed.select("wrong", order="index").tolist() == [5, 4, 3, 2]


def test_a_cell_of_the_confusion_matrix_opens_its_digits() -> None:
    some = random_evaluation(2)
    for true in range(10):
        for guess in range(10):
            cell = some.select("all", true=true, guess=guess)
            assert len(cell) == some.confusion[true, guess]
            assert set(some.y_true[cell]) <= {true}
            assert set(some.y_pred[cell]) <= {guess}


def test_the_ends_of_a_range_of_confidence_belong_to_it() -> None:
    tenths = Evaluation(
        np.zeros(5, np.uint8), np.array([row(d1=share / 10) for share in range(5, 10)], np.float32)
    )
    assert tenths.select("wrong", confidence=(0.6, 0.8), order="index").tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "worst"}, "no kind of digits “worst”. Choose one of: wrong, unsure, right, all"),
        ({"order": "size"}, "no order “size”. Choose one of: confident, unconfident, close"),
        ({"true": 10}, "10 is no digit. Choose 0 to 9"),
        ({"guess": -1}, "-1 is no digit. Choose 0 to 9"),
        ({"true": True}, "True is no digit"),
        ({"guess": 1.5}, "1.5 is no digit"),
        ({"confidence": (0.8, 0.2)}, "from 0.8 to 0.2 is not allowed"),
        ({"confidence": (0, 1.2)}, "from 0 to 1.2 is not allowed"),
        ({"confidence": (float("nan"), 1)}, "from nan to 1 is not allowed"),
    ],
)
def test_a_wish_that_is_not_allowed_is_answered_by_what_is(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(EvaluationError, match=message):
        SIX.select(**options)


@given(
    seed=st.integers(0, 50),
    kind=st.sampled_from(sorted(KINDS)),
    order=st.sampled_from(sorted(ORDERS)),
    low=st.floats(0, 1),
)
@settings(deadline=None)
def test_sorting_neither_loses_nor_doubles_a_digit(
    seed: int, kind: str, order: str, low: float
) -> None:
    some = random_evaluation(seed, digits=40)
    sorted_ones = some.select(kind, order=order, confidence=(low, 1))
    plain = some.select(kind, order="index", confidence=(low, 1))
    assert sorted(sorted_ones.tolist()) == plain.tolist()


def test_calibration_counts_each_guess_in_the_bin_of_its_confidence() -> None:
    y_prob = np.array([row(d0=0.95), row(d0=0.95), row(d0=0.85), row(d0=0.55)], np.float32)
    found = Evaluation(np.array([0, 1, 0, 0], np.uint8), y_prob).calibration()
    assert found.count.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 1, 2]
    np.testing.assert_allclose(found.accuracy[[5, 8, 9]], [1, 1, 0.5])
    np.testing.assert_allclose(found.confidence[[5, 8, 9]], [0.55, 0.85, 0.95], rtol=1e-6)
    assert np.isnan(found.accuracy[:5]).all()
    assert np.isnan(found.confidence[:5]).all()
    # |1 - 0.55| / 4 + |1 - 0.85| / 4 + |0.5 - 0.95| * 2 / 4
    assert found.ece == pytest.approx(0.375, abs=1e-6)
    np.testing.assert_allclose(found.edges, np.arange(11) / 10)


def test_a_network_as_often_right_as_it_is_confident_has_no_calibration_error() -> None:
    y_prob = np.array([row(d0=0.75)] * 4, np.float32)
    assert Evaluation(np.array([0, 0, 0, 1], np.uint8), y_prob).calibration().ece == 0


@given(seed=st.integers(0, 50), bins=st.integers(1, 100))
@settings(deadline=None)
def test_calibration_loses_no_guess_and_its_error_is_the_weighted_gap(seed: int, bins: int) -> None:
    some = random_evaluation(seed, digits=60)
    found = some.calibration(bins)
    assert found.count.sum() == len(some)
    gaps = np.nan_to_num(np.abs(found.accuracy - found.confidence))
    assert found.ece == pytest.approx((found.count * gaps).sum() / len(some))


@pytest.mark.parametrize("bins", [0, 101, 2.5, True])
def test_a_number_of_bins_that_is_not_allowed_is_refused(bins: object) -> None:
    with pytest.raises(EvaluationError, match="bins are not allowed"):
        SIX.calibration(bins)


def test_pandas_reads_the_mistakes_back_to_the_same_numbers() -> None:
    some = Evaluation(*(getattr(random_evaluation(3), name) for name in ("y_true", "y_prob")))
    back = pd.read_csv(io.StringIO(some.mistakes_csv()))
    assert list(back) == ["index", "true", "guess", *(f"p{digit}" for digit in range(10))]
    wrong = np.flatnonzero(~some.right)
    assert len(wrong) > 10
    assert back["index"].tolist() == wrong.tolist()
    assert back["true"].tolist() == some.y_true[wrong].tolist()
    assert back["guess"].tolist() == some.y_pred[wrong].tolist()
    probabilities = back[[f"p{digit}" for digit in range(10)]].to_numpy().astype(np.float32)
    np.testing.assert_array_equal(probabilities, some.y_prob[wrong])


def test_the_table_names_the_digits_by_their_place_in_the_data() -> None:
    named = Evaluation(SIX.y_true, SIX.y_prob, np.array([60, 50, 40, 30, 20, 10]))
    assert named.mistakes_table()["index"].tolist() == [10, 20, 30, 40]


def test_likelihoods_that_are_not_numbers_are_no_guess_and_wrong() -> None:
    assert BROKEN.has_guess.tolist() == [False] * 3 + [True] * 3
    assert BROKEN.y_pred.tolist() == [NO_GUESS] * 3 + [3, 9, 1]
    assert BROKEN.second.tolist()[:3] == [NO_GUESS] * 3
    assert BROKEN.confidence.tolist()[:3] == [0, 0, 0]
    assert BROKEN.margin.tolist()[:3] == [0, 0, 0]
    np.testing.assert_allclose(BROKEN.loss[:3], -np.log(1e-7))
    assert not BROKEN.right.any()


def test_likelihoods_that_are_not_numbers_break_nothing() -> None:
    assert BROKEN.confusion.sum() == 3
    assert BROKEN.report()["support"].sum() == 6
    assert np.isfinite(BROKEN.report().to_numpy()).all()
    assert BROKEN.calibration().count[0] == 3
    assert np.isfinite(BROKEN.calibration().ece)
    assert BROKEN.select("wrong", order="unconfident").tolist() == [0, 1, 2, 5, 3, 4]
    back = pd.read_csv(io.StringIO(BROKEN.mistakes_csv()))
    assert back["guess"].isna().tolist() == [True] * 3 + [False] * 3
    assert back["p0"].isna().tolist() == [True] * 3 + [False] * 3


def test_a_run_of_nothing_but_nan_can_still_be_shown() -> None:
    lost = Evaluation(SIX.y_true, np.full((6, 10), np.nan, np.float32))
    assert lost.accuracy == 0
    assert not lost.confusion.any()
    assert lost.frequent_mistakes() == []
    assert len(lost.select("wrong")) == 6


def test_two_runs_differ_in_what_was_fixed_and_what_was_broken() -> None:
    truth = np.array([0, 0, 0, 0, 0], np.uint8)
    first = Evaluation(truth, np.eye(10, dtype=np.float32)[[0, 1, 0, 1, 0]])
    second = Evaluation(truth, np.eye(10, dtype=np.float32)[[0, 0, 1, 2, 0]])
    changes = compare(first, second)
    assert changes.fixed.tolist() == [1]
    assert changes.broken.tolist() == [2]
    assert changes.still_wrong.tolist() == [3]
    assert changes.both_right == 2


def test_the_digits_of_which_both_runs_are_surest_come_first() -> None:
    truth = np.zeros(3, np.uint8)
    sure = np.array([0.6, 0.9, 0.7], np.float32)
    first, second = np.zeros((2, 3, 10), np.float32)
    first[:, 0], first[:, 1] = sure, 1 - sure
    second[:, 2], second[:, 3] = [0.8, 0.55, 0.9], [0.2, 0.45, 0.1]
    changes = compare(Evaluation(truth, first), Evaluation(truth, second))
    assert changes.broken.tolist() == [2, 0, 1]


def test_runs_on_other_digits_are_not_compared() -> None:
    elsewhere = Evaluation(SIX.y_true, SIX.y_prob, np.arange(6) + 1)
    for other in (random_evaluation(0), elsewhere):
        with pytest.raises(EvaluationError, match="tested with different digits"):
            compare(SIX, other)


@pytest.mark.parametrize(
    ("y_true", "y_prob", "message"),
    [
        (np.zeros(3, np.uint8), np.zeros((2, 10), np.float32), "3 labels, 2 rows"),
        (np.zeros(3, np.uint8), np.zeros((3, 9), np.float32), "10 a digit"),
        (np.zeros((3, 1), np.uint8), np.zeros((3, 10), np.float32), "one a digit"),
        (np.array([10], np.uint8), np.zeros((1, 10), np.float32), "Labels are 0 to 9"),
        (np.zeros(0, np.uint8), np.zeros((0, 10), np.float32), "no digits to look at"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(
    y_true: np.ndarray, y_prob: np.ndarray, message: str
) -> None:
    with pytest.raises(EvaluationError, match=message):
        Evaluation(y_true, y_prob)


def test_the_arrays_of_an_evaluation_cannot_be_written_to() -> None:
    for array in (SIX.y_true, SIX.y_prob, SIX.indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_hardest_digit_is_named_with_what_it_is_taken_for() -> None:
    y_true = np.array([4, 4, 4, 9, 9, 7], np.uint8)
    y_pred = [4, 9, 9, 9, 4, 7]
    found = Evaluation(y_true, np.eye(10, dtype=np.float32)[y_pred]).hardest()
    assert found == (4, 1, 3, 9)


def test_no_digit_is_hard_where_all_are_right() -> None:
    y_true = np.array([4, 9], np.uint8)
    assert Evaluation(y_true, np.eye(10, dtype=np.float32)[y_true]).hardest() is None


def test_a_digit_without_any_guess_is_taken_for_nothing() -> None:
    y_prob = np.full((2, 10), np.nan, np.float32)
    assert Evaluation(np.array([4, 4], np.uint8), y_prob).hardest() == (4, 0, 2, None)


def test_a_network_that_may_say_i_dont_know_answers_what_it_is_sure_of() -> None:
    y_prob = np.full((4, 10), 0.01, np.float32)
    y_prob[[0, 1, 2], [3, 4, 5]] = 0.5, 0.7, 0.9
    y_prob[3] = np.nan
    evaluation = Evaluation(np.array([3, 9, 5, 0], np.uint8), y_prob)
    abstention = evaluation.abstention([0, 0.5, 0.6, 0.8, 1])
    assert abstention.answered.tolist() == [3, 3, 2, 1, 0]
    assert abstention.right.tolist() == [2, 2, 1, 1, 0]
    assert abstention.answered_share.tolist() == [0.75, 0.75, 0.5, 0.25, 0]
    np.testing.assert_allclose(abstention.wrong_share, [1 / 3, 1 / 3, 0.5, 0, np.nan])

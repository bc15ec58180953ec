"""Figures: data in, ``plotly.graph_objects.Figure`` out, one figure a file.

Knows nothing of Streamlit, the store or Keras.
"""

from mnist_core.charts.abstention import plot_abstention, threshold_name
from mnist_core.charts.accuracy_against import RunPoint, plot_accuracy_against
from mnist_core.charts.accuracy_and_loss import plot_accuracy_and_loss
from mnist_core.charts.accuracy_axis import HALVING, PLAIN, PLAIN_IN_WORDS, AccuracyAxis
from mnist_core.charts.both_curves import both_curves_svg
from mnist_core.charts.calibration import plot_calibration
from mnist_core.charts.class_balance import ClassBalance, gather_class_balance, plot_class_balance
from mnist_core.charts.comparison import (
    BY,
    LETTERS,
    ComparedRun,
    gather_comparison,
    plot_comparison,
)
from mnist_core.charts.evidence import plot_evidence
from mnist_core.charts.expected_against_reached import (
    ExpectedPoint,
    plot_expected_against_reached,
)
from mnist_core.charts.guesses import RANGES, count_guesses, guesses_words, plot_guesses
from mnist_core.charts.live import live_figure
from mnist_core.charts.probabilities import plot_probabilities
from mnist_core.charts.robustness import plot_robustness
from mnist_core.charts.seed_pairs import plot_seed_pairs
from mnist_core.charts.sizes import enlarged
from mnist_core.charts.small_curve import (
    Scale,
    common_scale,
    scale_words,
    small_curve_svg,
    small_curve_words,
)
from mnist_core.charts.update_losses import plot_update_losses, update_losses_words

__all__ = [
    "BY",
    "HALVING",
    "LETTERS",
    "PLAIN",
    "PLAIN_IN_WORDS",
    "RANGES",
    "AccuracyAxis",
    "ClassBalance",
    "ComparedRun",
    "ExpectedPoint",
    "RunPoint",
    "Scale",
    "both_curves_svg",
    "common_scale",
    "count_guesses",
    "enlarged",
    "gather_class_balance",
    "gather_comparison",
    "guesses_words",
    "live_figure",
    "plot_abstention",
    "plot_accuracy_against",
    "plot_accuracy_and_loss",
    "plot_calibration",
    "plot_class_balance",
    "plot_comparison",
    "plot_evidence",
    "plot_expected_against_reached",
    "plot_guesses",
    "plot_probabilities",
    "plot_robustness",
    "plot_seed_pairs",
    "plot_update_losses",
    "scale_words",
    "small_curve_svg",
    "small_curve_words",
    "threshold_name",
    "update_losses_words",
]

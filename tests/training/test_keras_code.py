"""A run as Keras code: both forms run, and the script gives the numbers on the screen."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Arrays, Dataset, load_mnist, pack_npz, scale
from mnist_core.lesson.keras_code import lesson_code, run_script
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from mnist_core.training.trainer_cache import TrainerCache
from tests.training.training_helpers import SMALL

PROJECT = Path(__file__).parents[2]
PATIENCE = 120

TWO_LAYERS = SMALL.replace(
    layers=(20, 10), activation="tanh", optimizer="rmsprop", l2=0.001, seed=3
)
# One after the other in one interpreter, to spare the time of importing TensorFlow.
TOGETHER = {
    "two layers": TWO_LAYERS,
    "no hidden layer": SMALL.replace(layers=(), optimizer="sgd", learning_rate=0.1),
    "momentum": SMALL.replace(activation="elu", optimizer="momentum", learning_rate=0.01),
    "one batch": SMALL.replace(activation="sigmoid", batch_size=360, learning_rate=0.003),
    "the largest seed": SMALL.replace(seed=2**31 - 1, validation_split=0.01),
    "four layers": SMALL.replace(layers=(9, 8, 7, 6), optimizer="sgd", l2=0.01, epochs=2),
    "four digits": SMALL.replace(fraction=0.01, batch_size=3),
}
ON_THE_SAMPLE = SMALL.replace(fraction=0.1, validation_split=0.25, batch_size=32)
WITH_DROPOUT = SMALL.replace(layers=(64,), dropout=0.5)

# Runs scripts as they are, each as __main__; "downloaded" stands in for Keras's own download.
RUNNER = """
import contextlib, io, json, runpy, sys
import keras, numpy

def downloaded(path):
    with numpy.load(path) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])

answers = {}
for name, script, arguments, download in json.load(sys.stdin):
    keras.datasets.mnist.load_data = lambda: downloaded(download)
    sys.argv = [script, *arguments]
    output, ended = io.StringIO(), None
    with contextlib.redirect_stdout(output):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            ended = end.code
    answers[name] = [output.getvalue(), ended]
print(json.dumps(answers))
"""

# Runs what the page shows; each ends when somebody has asked for its figure.
LESSONS_RUNNER = """
import json, runpy, sys
print(json.dumps([runpy.run_path(path)["history"].history for path in sys.argv[1:]]))
"""


class Printed(NamedTuple):
    """What a script said."""

    epochs: list[dict[str, float]]
    test_accuracy: float

    @classmethod
    def read(cls, output: str) -> Printed:
        *epochs, last = output.splitlines()
        assert [line.partition(":")[0] for line in epochs] == [
            f"epoch {number}" for number in range(1, len(epochs) + 1)
        ]
        pairs = [re.findall(r"(\w+) (\d+\.\d+)", line) for line in epochs]
        [accuracy] = re.fullmatch(r"test accuracy (\d\.\d+)", last).groups()
        logs = [{name: float(value) for name, value in each} for each in pairs]
        return cls(logs, float(accuracy))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, tiny: Dataset) -> dict[str, Path]:
    """Digits as files: the tiny data set, its labels as int64, one pixel changed; the sample."""
    folder = tmp_path_factory.mktemp("digits")
    arrays = {key: getattr(tiny, key) for key in Arrays._fields}
    labels = {key: arrays[key].astype(np.int64) for key in ("y_train", "y_test")}
    changed = arrays["x_test"].copy()
    changed[0, 0, 0] += 1
    paths = {name: folder / f"{name}.npz" for name in ("tiny", "wide_labels", "changed", "sample")}
    paths["tiny"].write_bytes(pack_npz(tiny))
    paths["sample"].write_bytes(pack_npz(load_mnist("sample")))
    np.savez(paths["wide_labels"], **arrays | labels)
    np.savez(paths["changed"], **arrays | {"x_test": changed})
    return paths


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, tiny: Dataset, files: dict[str, Path]
) -> dict[str, list[str]]:
    """What the scripts of one interpreter printed, and what they said on leaving."""
    folder = tmp_path_factory.mktemp("together")
    nothing, usual = str(files["sample"]), [str(files["tiny"])]
    jobs = [
        *((name, config, usual, nothing) for name, config in TOGETHER.items()),
        ("the sample", ON_THE_SAMPLE, [str(files["sample"])], nothing),
        ("dropout", WITH_DROPOUT, usual, nothing),
        ("downloaded", SMALL.replace(epochs=1), [], str(files["tiny"])),
        ("wide labels", SMALL.replace(epochs=1), [str(files["wide_labels"])], nothing),
        ("other download", SMALL, [], nothing),
        ("other pixel", SMALL, [str(files["changed"])], nothing),
    ]
    work = []
    for number, (name, config, arguments, download) in enumerate(jobs):
        script = folder / f"{number}.py"
        dataset = load_mnist("sample") if config is ON_THE_SAMPLE else tiny
        script.write_text(run_script(config, dataset), encoding="utf-8")
        work.append((name, str(script), arguments, download))
    done = run(["-I", "-c", RUNNER], cwd=folder, input=json.dumps(work))
    return json.loads(done.stdout.splitlines()[-1])


def run(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=PATIENCE, **options
    )
    assert done.returncode == 0, done.stderr
    return done


def assert_gives_the_numbers(printed: Printed, config: TrainingConfig, dataset: Dataset) -> None:
    model = build_model(config)
    history = train(model, dataset, config).history
    assert len(printed.epochs) == config.epochs
    for name in ("loss", "val_loss"):
        assert printed.epochs[0][name] == pytest.approx(history[name][0], rel=1e-4)
    for name in ("accuracy", "val_accuracy"):
        assert printed.epochs[-1][name] == pytest.approx(history[name][-1], abs=0.003)
    _, accuracy = model.evaluate(scale(dataset.x_test), dataset.y_test, verbose=0)
    assert printed.test_accuracy == pytest.approx(accuracy, abs=0.003)


def test_a_script_runs_alone_with_keras(
    tiny: Dataset, files: dict[str, Path], tmp_path: Path
) -> None:
    script = tmp_path / "this_run.py"
    script.write_text(run_script(SMALL, tiny), encoding="utf-8")
    done = run(["-I", script.name, str(files["tiny"])], cwd=tmp_path)
    assert_gives_the_numbers(Printed.read(done.stdout), SMALL, tiny)


@pytest.mark.parametrize("name", TOGETHER)
def test_a_script_gives_the_numbers_of_the_run_whatever_the_settings(
    tiny: Dataset, answers: dict[str, list[str]], name: str
) -> None:
    assert_gives_the_numbers(Printed.read(answers[name][0]), TOGETHER[name], tiny)


def test_a_script_takes_a_part_of_the_digits_as_the_run_did(answers: dict[str, list[str]]) -> None:
    printed = Printed.read(answers["the sample"][0])
    assert_gives_the_numbers(printed, ON_THE_SAMPLE, load_mnist("sample"))


def test_with_dropout_a_script_comes_as_close_as_another_seed_would(
    tiny: Dataset, answers: dict[str, list[str]]
) -> None:
    printed = Printed.read(answers["dropout"][0]).epochs[-1]["loss"]
    trainers, ours = TrainerCache(), []  # compiles once for all seeds, as a worker does
    for config in (WITH_DROPOUT.replace(seed=seed) for seed in range(4)):
        trainer = trainers.trainer(config, tiny)
        trainer.start_from(build_model(config))
        ours.append(trainer.train(config).history["loss"][-1])
    without = WITH_DROPOUT.replace(dropout=0.0)
    assert printed == pytest.approx(np.mean(ours), abs=4 * np.std(ours))
    assert printed > 1.05 * train(build_model(without), tiny, without).history["loss"][-1]


@pytest.mark.parametrize("name", ["downloaded", "wide labels"])
def test_a_script_takes_the_digits_that_keras_downloads_and_labels_of_any_whole_type(
    tiny: Dataset, answers: dict[str, list[str]], name: str
) -> None:
    assert_gives_the_numbers(Printed.read(answers[name][0]), SMALL.replace(epochs=1), tiny)


@pytest.mark.parametrize(("name", "found"), [("other download", "5,000"), ("other pixel", "500")])
def test_a_script_says_in_a_sentence_that_these_are_other_digits_and_trains_nothing(
    answers: dict[str, list[str]], name: str, found: str
) -> None:
    output, sentence = answers[name]
    assert output == ""
    assert sentence.startswith(
        f"These {found} digits are not the 500 digits of this run (tiny.npz), "
        "so its numbers can't come out."
    )


@pytest.fixture
def browser(tmp_path: Path) -> str:
    """A command in place of a browser: it asks for the page that it is given."""
    program = tmp_path / "browser.py"
    program.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(program))} %s &"


def test_the_lesson_runs_as_it_stands_and_shows_its_figure(
    tmp_path: Path, files: dict[str, Path], browser: str
) -> None:
    configs = [
        TrainingConfig(epochs=2),
        TWO_LAYERS.replace(dropout=0.1, fraction=0.5, learning_rate=0.003),
    ]
    for number, config in enumerate(configs):
        (tmp_path / f"{number}.py").write_text(lesson_code(config), encoding="utf-8")
    environment = {**os.environ, "MNIST_PATH": str(files["sample"]), "BROWSER": browser}
    lessons = [str(tmp_path / f"{number}.py") for number in range(len(configs))]
    done = run(["-c", LESSONS_RUNNER, *lessons], cwd=PROJECT, env=environment)
    histories = json.loads(done.stdout.splitlines()[-1])
    assert [len(each["loss"]) for each in histories] == [config.epochs for config in configs]
    assert all(each["val_accuracy"][-1] > 0.7 for each in histories)

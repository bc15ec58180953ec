"""The command line: what it prints, how it ends, and what it leaves in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mnist_core.__main__ as main_module
from mnist_core.__main__ import main
from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.formatting import percent
from mnist_core.store import Claim, Run, RunStatus, Store
from mnist_core.training import terminal, worker
from tests.training.training_helpers import OVERFLOWING, events_of, same, stored_weights

PROJECT = Path(__file__).parents[2]
QUICK = ["--data", "sample", "--layers", "8", "--epochs", "2", "--fraction", "0.1"]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'mnist.db'}"
    monkeypatch.setenv("MNIST_STORE_URL", address)
    monkeypatch.delenv("MNIST_PATH", raising=False)
    return address


def last_run(url: str) -> Run:
    with Store(url) as store:
        return store.list_runs(limit=1)[0]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_json_gives_a_line_an_epoch_and_one_with_the_results(url: str) -> None:
    done = run_python("-m", "mnist_core", "train", *QUICK, "--json", "--seed", "3")

    assert done.returncode == 0, done.stderr
    *epochs, results = map(json.loads, done.stdout.splitlines())
    fields = {"epoch", "accuracy", "loss", "val_accuracy", "val_loss", "seconds"}
    assert [epoch.keys() for epoch in epochs] == [fields, fields]
    assert [epoch["epoch"] for epoch in epochs] == [0, 1]
    assert results.keys() == {
        "test_accuracy",
        "test_loss",
        "seconds",
        "parameters",
        "dataset",
        "run_id",
    }
    sample = load_mnist("sample")
    assert results["dataset"] == {"name": "Built-in sample", "digest": sample.digest}
    assert results["parameters"] == 785 * 8 + 9 * 10
    assert results["seconds"] >= sum(epoch["seconds"] for epoch in epochs)

    run = last_run(url)
    assert run.id == results["run_id"]
    assert run.status is RunStatus.FINISHED
    assert run.config == TrainingConfig(layers=(8,), epochs=2, fraction=0.1, seed=3)
    assert (run.test_accuracy, run.test_loss) == (results["test_accuracy"], results["test_loss"])
    with Store(url) as store:
        assert [epoch.val_loss for epoch in store.read_epochs(run.id)] == [
            epoch["val_loss"] for epoch in epochs
        ]
        assert len(events_of(store, run.id, "progress")) >= 2 * 4


def test_without_json_it_prints_a_table_and_the_test_accuracy(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *QUICK]) == 0

    run = last_run(url)
    shown = capsys.readouterr()
    with Store(url) as store:
        for epoch in store.read_epochs(run.id):
            assert percent(epoch.val_accuracy) in shown.out
    assert f"Test accuracy {percent(run.test_accuracy)}, test loss" in shown.out
    assert run.id in shown.out
    assert "Epoch 2 of 2" in shown.err  # the bar, apart from the results


def test_every_setting_has_its_argument(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = TrainingConfig(
        layers=(12, 7),
        batch_size=30,
        epochs=1,
        activation="tanh",
        optimizer="momentum",
        learning_rate=0.02,
        dropout=0.1,
        l2=0.001,
        validation_split=0.2,
        fraction=0.1,
        seed=4,
    )
    arguments = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in (config.to_dict() | {"layers": "12,7"}).items()
    ]
    monkeypatch.setattr(worker, "execute", lambda *_: None)
    main(["train", "--data", "sample", *arguments])
    assert last_run(url).config == config


def test_empty_layers_are_no_hidden_layer(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "execute", lambda *_: None)
    main(["train", "--data", "sample", "--layers", ""])
    assert last_run(url).config.layers == ()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--epochs", "300"], "1 to 100"),
        (["--epochs", "2.5"], "1 to 100"),
        (["--batch-size", "many"], "1 to 10,000"),
        (["--learning-rate", "nan"], "0.00001 to 10"),
        (["--dropout", "-0.1"], "0 to 0.9"),
        (["--layers", "128,x"], "1 to 1,024"),
        (["--layers", "1,2,3,4,5"], "0 to 4"),
        (["--layers", "128,"], "1 to 1,024"),
        (["--activation", "softplus"], "relu, sigmoid, tanh, elu"),
        (["--optimizer", ""], "adam, sgd, momentum, rmsprop"),
        (["--batch-size", "4000"], "1 to 3,600"),
        (["--data", "nowhere.npz"], "no such file"),
        (["--data="], "No data is named. Write auto, sample or the path"),
        (["--data", "~nobody-of-this-name/x.npz"], "no such home folder"),
        (["--epochs"], "--help"),
        (["--epoch", "3"], "--help"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_one_line_that_says_what_is_allowed(
    url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], allowed: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "--data", "sample", *arguments])
    shown = capsys.readouterr()
    assert caught.value.code == 2
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert allowed in shown.err
    with Store(url) as store:
        assert store.list_runs() == []


def test_a_wrong_argument_is_told_without_loading_tensorflow(url: str) -> None:
    done = run_python("-X", "importtime", "-m", "mnist_core", "train", "--epochs", "300")
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert said == ["python -m mnist_core: Epochs 300 is not allowed. Choose 1 to 100."]
    assert "tensorflow" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MNIST_OFFLINE", "perhaps"),
        ("MNIST_PATH", "~nobody-of-this-name/x.npz"),
        ("MNIST_STORE_URL", "nonsense"),
    ],
)
def test_a_wrong_variable_ends_with_2_and_one_line(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        main(["train", *QUICK])
    assert caught.value.code == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"python -m mnist_core: {name}")
    assert len(shown.splitlines()) == 1


def test_a_run_that_fails_ends_with_1_and_says_what_to_try(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = OVERFLOWING.to_dict() | {"layers": "64,64,64", "fraction": 0.1}
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    assert main(["train", "--data", "sample", "--json", *arguments]) == 1
    run = last_run(url)
    assert run.status is RunStatus.FAILED
    assert capsys.readouterr().err == f"{run.error} {run.advice}\n"


def test_a_reader_that_goes_away_is_no_reason_to_fail(url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mnist_core", "train", *QUICK, "--json"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as training:
        assert training.stdout
        assert training.stderr
        assert json.loads(training.stdout.readline())["epoch"] == 0
        training.stdout.close()
        assert "Error" not in training.stderr.read()

    assert training.returncode == 0
    run = last_run(url)
    assert (run.status, run.epochs_done) == (RunStatus.FINISHED, 2)


def test_a_table_that_nobody_reads_vanishes() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        output = terminal.Output(file=stream)
        output.print("the table")
        output.print("the test accuracy")


def test_ctrl_c_leaves_a_run_that_goes_on_in_the_dashboard(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal.JsonLines, "on_epoch_end", interrupt)
    assert main(["train", *QUICK, "--json"]) == 130

    run = last_run(url)
    assert (run.status, run.epochs_done) == (RunStatus.PAUSED, 1)
    assert capsys.readouterr().err == f"Run {run.id} is paused. Continue it in the dashboard.\n"
    with Store(url) as store:
        store.continue_run(run.id, None)
        claim = store.claim_next(60, "this one")
        assert claim is not None
        worker.run(url, claim.run_id, claim.attempt, "this one")
    run = last_run(url)
    assert (run.status, run.epochs_done) == (RunStatus.FINISHED, 2)


def test_ctrl_c_at_the_very_end_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish(store: Store, claim: Claim, *_: Any) -> None:
        store.finish(claim, RunStatus.FINISHED)
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "execute", finish)
    assert main(["train", *QUICK]) == 130
    assert last_run(url).status is RunStatus.FINISHED


def test_ctrl_c_before_the_training_begins_is_quiet(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "load_mnist", interrupt)
    assert main(["train", *QUICK]) == 130
    assert capsys.readouterr().err == ""


def test_a_store_that_cannot_be_opened_ends_with_1_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mnist.db").write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("MNIST_STORE_URL", f"sqlite:///{tmp_path / 'mnist.db'}")
    assert main(["train", *QUICK]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (lambda store, run: store.finish(run.claim, RunStatus.STOPPED), "stopped"),
        (lambda store, run: store.pause(run.claim, b""), "paused"),
        (lambda store, run: store.interrupt(run.claim), "another process"),
    ],
)
def test_a_run_that_did_not_finish_here_is_explained(
    store: Store,
    start: Callable[..., Run],
    end: Callable[[Store, Run], None],
    words: str,
) -> None:
    run = start(TrainingConfig())
    end(store, run)
    assert words in terminal.why_not_finished(store.get_run(run.id))


def test_a_run_goes_out_of_one_store_and_into_another(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["train", *QUICK])
    run, file, other = last_run(url), tmp_path / "runs.zip", f"sqlite:///{tmp_path / 'other.db'}"
    capsys.readouterr()
    assert main(["export", run.id, "--output", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"1 run written to {file}, ")
    assert [path.name for path in tmp_path.glob(".export-*")] == []

    monkeypatch.setenv("MNIST_STORE_URL", other)
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().out == f"1 run brought back. {run.id}\n"
    there = last_run(other)
    assert (there.test_accuracy, there.test_loss) == (run.test_accuracy, run.test_loss)
    with Store(url) as first, Store(other) as second:
        assert first.read_history(run.id) == second.read_history(run.id)
        assert first.load_predictions(run.id) == second.load_predictions(run.id)
        assert same(stored_weights(first, run.id), stored_weights(second, run.id))

    assert_refused(["import", str(file)], "This run is here already. Nothing was changed.", capsys)


def assert_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    shown = capsys.readouterr()
    assert (caught.value.code, shown.out) == (2, "")
    assert len(shown.err.splitlines()) == 1
    assert words in shown.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "0" * 12, "--output", "runs.zip"], "There is no run"),
        (["export", "../etc", "--output", "runs.zip"], "There is no run"),
        (["export", "0" * 12, "--output", "no/such/folder/runs.zip"], "can't be written"),
        (["export", "0" * 12], "--output"),
        (["import", "nowhere.zip"], "can't be read: No such file"),
        (["import", "."], "can't be read"),
        (["import", "broken.zip"], "no file of runs"),
        (["import"], "--help"),
        (["take"], "--help"),
    ],
)
def test_what_can_not_be_taken_away_or_brought_back_ends_with_2_and_one_line(
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.zip").write_bytes(b"PK\3\4 and so on")
    assert_refused(arguments, words, capsys)
    assert not Path("runs.zip").exists()


def test_housekeeping_tells_first_and_deletes_when_told_to(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["train", *QUICK])
    capsys.readouterr()
    assert main(["housekeeping", "--older-than", "0"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("The store takes ")
    assert "1 run;" in shown
    assert "Older than 0 days: 1 run. Deleting the runs frees" in shown
    run = last_run(url)

    assert main(["housekeeping", "--older-than", "0", "--what", "models", "--delete"]) == 0
    assert "Deleted: models of 1 run" in capsys.readouterr().out
    with Store(url) as store:
        assert not store.has_model(run.id)
        assert store.get_run(run.id) == run

    assert main(["housekeeping", "--older-than", "0", "--delete"]) == 0
    assert "smaller now." in capsys.readouterr().out
    with Store(url) as store:
        assert store.list_runs() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--delete"], "needs --older-than DAYS"),
        (["--older-than", "-1"], "Choose 0 to 36,500"),
        (["--older-than", "old"], "--help"),
        (["--what", "everything"], "--help"),
    ],
)
def test_housekeeping_refuses_what_it_does_not_understand(
    url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert_refused(["housekeeping", *arguments], words, capsys)

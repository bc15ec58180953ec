"""The measurements: a real process answers what was agreed, and the arithmetic is right."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from benchmarks import published
from benchmarks.__main__ import main
from benchmarks.bars import draw_bars
from benchmarks.figures import SECONDS, median_epoch, ratios, summarise
from benchmarks.machine import describe_machine
from benchmarks.peers import FLOOR, OURS, PEERS, PLAIN
from benchmarks.results import save_results
from benchmarks.rounds import Measurement, Omission, environment, find_unable, run_process
from benchmarks.stopwatch import Stopwatch
from benchmarks.tables import as_rich, make_sheets, write_spread
from benchmarks.task import WORKS, Task, Work
from mnist_core.__main__ import _build_parser, _config

PROJECT = Path(__file__).parents[2]
TINY = Work((8,))


def made_up(peer: str, number: int, epoch: float, work: str = "784-8-10") -> Measurement:
    """Figures that nobody measured: an epoch of so many seconds, the first one ten times that."""
    fit = {
        "seconds": 13 * epoch,
        "first_point": epoch,
        "training": [10 * epoch, epoch, epoch],
        "with_validation": [11 * epoch, 1.1 * epoch, 1.1 * epoch],
    }
    fresh = {
        "peer": peer,
        "epochs": 3,
        "fits": [fit, fit],
        "test_accuracy": None if peer == FLOOR else 0.5,
        "peak_memory_mb": 100.0,
        "import_seconds": 1.0,
        "dataset": {"name": "made up", "training_digits": 90, "validation_digits": 10},
    }
    return Measurement(number, peer, work, fresh)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MNIST_PATH", raising=False)


@pytest.mark.parametrize("peer", [FLOOR, PLAIN])
def test_a_process_answers_with_the_agreed_fields(offline: None, tmp_path: Path, peer: str) -> None:
    answer = run_process(Task(peer, TINY, "sample", epochs=2, fits=2), tmp_path)

    assert answer["peer"] == peer
    assert (answer["work"], answer["epochs"], answer["seed"]) == ("784-8-10", 2, 0)
    assert answer["dataset"]["training_digits"] == 3600
    assert answer["dataset"]["validation_digits"] == 400
    assert answer["peak_memory_mb"] > 20
    assert answer["import_seconds"] > 0
    assert (answer["test_accuracy"] is None) == (peer == FLOOR)
    if peer != FLOOR:
        assert answer["test_accuracy"] > 0.5  # it has learnt, and from the right digits
    assert len(answer["fits"]) == 2
    for fit in answer["fits"]:
        assert fit.keys() == {"seconds", "first_point", "training", "with_validation"}
        assert len(fit["training"]) == len(fit["with_validation"]) == 2
        assert 0 < fit["first_point"] <= fit["training"][0]
        assert all(
            alone < validated
            for alone, validated in zip(fit["training"], fit["with_validation"], strict=True)
        )
        assert sum(fit["with_validation"]) <= fit["seconds"]
    Measurement(0, peer, TINY.name, answer).to_dict()
    assert all(figure(Measurement(0, peer, TINY.name, answer)) for figure in SECONDS.values())


def test_a_missing_peer_is_named_and_left_out(offline: None, tmp_path: Path) -> None:
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("raise ImportError('not installed here')")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--peers", "sklearn_mlp", FLOOR, "--data", "sample"]
        + ["--epochs", "1", "--rounds", "2", "--output", str(tmp_path)]
        + ["--work", "784-128-10", "784-128-10-dropout-0.2"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("Left out")]
    title = PEERS["sklearn_mlp"].title
    assert said == [
        f"Left out of 784-128-10-dropout-0.2: {title}. It has no dropout.",
        f"Left out: {title}. not installed here",  # once, not again in the second round
    ]
    assert PEERS[FLOOR].title.split(":")[0] in done.stdout
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert {(one["peer"], one["round"]) for one in kept["measurements"]} == {(FLOOR, 0), (FLOOR, 1)}
    assert [each["reason"] for each in kept["left_out"]] == [
        "It has no dropout.",
        "not installed here",
    ]
    assert f"{title}. not installed here" in (tmp_path / "latest.md").read_text(encoding="utf-8")


def test_a_wrong_argument_is_refused_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments in (["--rounds", "0"], ["--peers", "nobody"], ["--data", "nowhere.npz"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
    assert "no such file" in capsys.readouterr().err


def test_a_task_survives_its_way_into_another_process() -> None:
    task = Task(OURS, WORKS["784-128-10-dropout-0.2"], "sample", epochs=3, seed=2, fits=1)
    assert Task.from_json(task.to_json()) == task


def test_the_works_are_those_that_the_readme_names() -> None:
    assert list(WORKS) == ["784-128-10", "784-128-10-dropout-0.2", "784-512-512-10"]
    readme = (PROJECT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in (*WORKS, *PEERS))


def test_ratios_are_taken_pair_by_pair() -> None:
    # The machine is ten times slower in the second round, which must not show in the ratios.
    measured = [
        made_up(PLAIN, 0, 1.0),
        made_up(OURS, 0, 0.5),
        made_up(PLAIN, 1, 10.0),
        made_up(OURS, 1, 2.0),
        made_up(OURS, 2, 9.0),  # alone in its round
        made_up(PLAIN, 1, 4.0, "784-9-10"),  # of another network
    ]
    assert ratios(measured, SECONDS["epoch"], PLAIN, OURS) == [2.0, 5.0]
    assert ratios(measured, SECONDS["epoch"], OURS, PLAIN) == [0.5, 0.2]
    assert ratios(measured, SECONDS["epoch"], OURS, FLOOR) == []

    ours = summarise(measured)["784-8-10"][OURS]
    assert ours["ratios"]["faster_than_plain"]["epoch"]["median"] == 3.5
    assert ours["ratios"]["times_the_floor"]["epoch"] is None
    assert ours["epoch"] == {"median": 2.0, "min": 0.5, "max": 9.0, "rounds": [0.5, 2.0, 9.0]}


def test_the_first_epoch_of_each_fit_is_counted_apart() -> None:
    answer = {"fits": [{"training": [9.0, 1.0, 2.0]}, {"training": [8.0, 3.0, 4.0]}]}
    assert median_epoch(answer, "training") == 2.5
    assert median_epoch({"fits": [{"training": [9.0]}]}, "training") == 9.0
    assert SECONDS["first_epoch"](made_up(OURS, 0, 1.0)) == 10.0


def test_a_warm_cache_is_the_second_process_where_there_is_one() -> None:
    alone = made_up(OURS, 0, 1.0)
    cached = Measurement(0, OURS, "784-8-10", alone.fresh, made_up(OURS, 0, 0.1).fresh)
    assert SECONDS["fit_cache_warm"](alone) == 13.0
    assert SECONDS["fit_cache_warm"](cached) == pytest.approx(1.3)
    assert SECONDS["fit_nothing_cached"](cached) == 13.0


def test_nothing_is_lost_between_the_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 101.0, 103.0, 104.0, 106.0, 107.0, 110.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(times))
    stopwatch = Stopwatch()
    stopwatch.start()
    stopwatch.point()
    for _ in range(2):
        stopwatch.trained()
        stopwatch.validated()
        stopwatch.point()  # the second point is not the first
    stopwatch.stop()
    assert stopwatch.to_dict() == {
        "seconds": 10.0 - 3.0,
        "first_point": 1.0,
        "training": [3.0, 2.0],
        "with_validation": [4.0, 3.0],
    } or pytest.fail(str(stopwatch.to_dict()))


def test_results_are_kept_as_json_markdown_and_picture(tmp_path: Path) -> None:
    measured = [
        made_up(peer, number, seconds)
        for number in range(2)
        for peer, seconds in ((OURS, 0.125), (PLAIN, 1.0 + number), (FLOOR, 0.1))
    ]
    omissions = [Omission("jax_scan", "made up: not installed")]
    summary = save_results(tmp_path, describe_machine(), measured, omissions)

    page = (tmp_path / "latest.md").read_text(encoding="utf-8")
    assert "made up: 90 training digits, 10 for validation, 3 epochs, 2 rounds." in page
    assert "Left out: JAX, one jitted scan an epoch. made up: not installed" in page
    assert "| This project | 0.125 (0.125–0.125) |" in page
    assert "| This project | 12.00 (8.00–16.00) | 1.25 (1.25–1.25) | 1.00" in page
    widths = [line.count("|") for line in page.splitlines() if line.startswith("|")]
    assert min(widths) > 3
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert kept["summary"] == summary
    assert kept["measurements"][0] == measured[0].to_dict()

    picture = ElementTree.fromstring((tmp_path / "latest.svg").read_text(encoding="utf-8"))
    texts = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "784-8-10: median epoch, training alone (seconds)" in texts
    assert texts.count(PEERS[OURS].title) == 2
    assert texts.count(PEERS[FLOOR].title) == 1  # it has no fit worth the name


def test_longer_bars_take_longer() -> None:
    drawn = draw_bars(summarise([made_up(OURS, 0, 1.0), made_up(PLAIN, 0, 4.0)]))
    ours, plain = map(float, re.findall(r'<rect x="\d+" y="\d+" width="([\d.]+)"', drawn)[:2])
    assert plain == pytest.approx(4 * ours, rel=0.01)


def test_the_terminal_shows_the_same_cells() -> None:
    sheets = list(make_sheets(summarise([made_up(OURS, 0, 0.125), made_up(FLOOR, 0, 0.1)])))
    console = Console(width=200, record=True, quiet=True)
    for sheet in sheets:
        console.print(as_rich(sheet))
    shown = console.export_text()
    for cell in ("0.125", "1.25", "1.62", "0.5000", "784-8-10: an epoch, seconds"):
        assert cell in shown


def test_a_range_is_written_where_there_is_one() -> None:
    assert write_spread(None, ".2f") == "–"
    once = {"median": 1.0, "min": 1.0, "max": 1.0, "rounds": [1.0]}
    assert write_spread(once, ".2f") == "1.00"
    assert write_spread(once | {"rounds": [1.0, 1.0]}, ".1f") == "1.0 (1.0–1.0)"


def test_who_cannot_do_dropout_is_named_for_that_work_only() -> None:
    omissions = list(find_unable(PEERS, list(WORKS.values())))
    assert [(each.peer, each.works) for each in omissions] == [
        ("sklearn_mlp", ("784-128-10-dropout-0.2",))
    ]
    assert list(find_unable(PEERS, [Work((128,))])) == []


def test_nothing_is_chosen_for_the_peers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", "/somewhere/else")
    given = environment(tmp_path)
    assert "OPENBLAS_CORETYPE" not in given
    assert given["MNIST_COMPILATION_CACHE"].startswith(str(tmp_path))


def test_the_description_of_the_machine_does_not_name_it() -> None:
    machine = describe_machine()
    assert machine["cores"] >= 1
    assert machine["libraries"].keys() >= {"tensorflow", "keras", "numpy"}
    assert os.uname().nodename not in json.dumps(machine)


def test_every_published_network_has_settings_that_the_program_takes() -> None:
    readme = (PROJECT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    layers = {}
    for name, network in published.NETWORKS.items():
        options = _build_parser().parse_args(["train", *network.arguments])
        layers[name] = _config(options).layers
        assert f"`{network.command}`" in readme
    assert layers == {
        "none": (),
        "300": (300,),
        "300-100": (300, 100),
        "800": (800,),
        "1024": (1024, 1024, 1024),
    }


def test_a_network_not_trained_this_time_keeps_its_result(tmp_path: Path) -> None:
    def result(error: float) -> dict[str, Any]:
        return {
            "command": f"made up {error}",
            "test_error": error,
            "epochs": 3,
            "seconds": 1.0,
            "dataset": {"name": "made up"},
        }

    published.save(tmp_path, "300", result(0.25))
    published.save(tmp_path, "800", result(0.5))
    published.save(tmp_path, "800", result(0.125))
    page = (tmp_path / "published.md").read_text(encoding="utf-8")
    assert "| 300 | 4.7 % | LeCun et al. 1998 | 25.00 % (made up) | 3 | 1 |" in page
    assert "12.50 % (made up)" in page
    assert "50.00 %" not in page
    assert "| 300-100 | 3.05 % | LeCun et al. 1998 | – | – | – |" in page

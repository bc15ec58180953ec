"""The measurements: a real process answers what was agreed, and the arithmetic is right."""

from __future__ import annotations

import io
import json
import os
import platform
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
TINY = Work((32,))


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


def check_answer(answer: dict[str, Any], peer: str, fits: int) -> None:
    assert answer["peer"] == peer
    assert (answer["work"], answer["epochs"], answer["seed"]) == ("784-32-10", 2, 0)
    assert answer["dataset"]["training_digits"] == 3600
    assert answer["dataset"]["validation_digits"] == 400
    assert answer["peak_memory_mb"] > 20
    assert answer["import_seconds"] > 0
    assert len(answer["fits"]) == fits
    for fit in answer["fits"]:
        assert fit.keys() == {"seconds", "first_point", "training", "with_validation"}
        assert len(fit["training"]) == len(fit["with_validation"]) == 2
        assert 0 < fit["first_point"] <= fit["training"][0]
        for alone, validated in zip(fit["training"], fit["with_validation"], strict=True):
            assert alone < validated
        assert sum(fit["with_validation"]) <= fit["seconds"]
    measured = Measurement(0, peer, TINY.name, answer)
    assert all(figure(measured) for figure in SECONDS.values())


def test_a_process_answers_with_the_agreed_fields(offline: None, tmp_path: Path) -> None:
    answer = run_process(Task(FLOOR, TINY, "sample", epochs=2), tmp_path)
    check_answer(answer, FLOOR, fits=2)
    assert answer["test_accuracy"] is None


def test_a_missing_peer_is_named_and_left_out(offline: None, tmp_path: Path) -> None:
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("raise ImportError('not installed here')")
    arguments = ["--peers", "sklearn_mlp", FLOOR, "--work", "784-128-10", "--data", "sample"]
    arguments += ["--epochs", "1", "--rounds", "2", "--output", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    words = f"{PEERS['sklearn_mlp'].title}. not installed here"
    # Once: it is not asked again in the second round.
    assert [line for line in said if line.startswith("Left out")] == [f"Left out: {words}"]
    assert "784-128-10: an epoch, seconds" in done.stdout
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert [(one["peer"], one["round"]) for one in kept["measurements"]] == [(FLOOR, 0), (FLOOR, 1)]
    assert [each["peer"] for each in kept["left_out"]] == ["sklearn_mlp"]
    assert f"Left out: {words}" in (tmp_path / "latest.md").read_text(encoding="utf-8")


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
        "seconds": 10.0,
        "first_point": 1.0,
        "training": [3.0, 2.0],
        "with_validation": [4.0, 3.0],
    }


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
    shown = io.StringIO()
    console = Console(width=200, file=shown)
    for sheet in sheets:
        console.print(as_rich(sheet))
    for cell in ("0.125", "1.25", "1.62", "0.5000", "784-8-10: an epoch, seconds"):
        assert cell in shown.getvalue()


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
    assert platform.node() not in json.dumps(machine)


def test_every_published_network_has_settings_that_the_program_takes() -> None:
    layers = {}
    for name, network in published.NETWORKS.items():
        options = _build_parser().parse_args(["train", *network.arguments])
        layers[name] = _config(options).layers
    assert layers == {
        "none": (),
        "300": (300,),
        "300-100": (300, 100),
        "800": (800,),
        "1024": (1024, 1024, 1024),
    }


def test_the_readme_has_the_table_of_the_kept_results() -> None:
    readme = published.README.read_text(encoding="utf-8")
    kept = published.read(PROJECT / "benchmarks" / "results" / "published.json")
    # After a change of settings: python -m benchmarks.published --networks
    assert published.TABLE.findall(readme) == [published.make_table(kept)]


def test_a_network_not_trained_this_time_keeps_its_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = iter([0.25, 0.5, 0.125])

    def made_up_training(network: published.Network) -> dict[str, Any]:
        dataset = {"name": "made up"}
        error = next(errors)
        return {
            "command": network.command,
            "test_error": error,
            "seconds": 1.0,
            "dataset": dataset,
        }

    monkeypatch.setattr(published, "train", made_up_training)
    readme = tmp_path / "README.md"
    readme.write_text("before\n\n<!-- published -->\n\nold\n\n<!-- /published -->\n\nafter\n")
    paths = ["--results", str(tmp_path / "new" / "published.json"), "--readme", str(readme)]
    assert published.main([*paths, "--networks", "300", "800"]) == 0
    assert published.main([*paths, "--networks", "800"]) == 0

    page = readme.read_text(encoding="utf-8")
    assert page.startswith("before\n")
    assert page.endswith("\nafter\n")
    assert "| `300` | 300 | 4.7 % | LeCun et al. 1998 | 25.00 % (made up) | 1 | `python -m" in page
    assert "| 12.50 % (made up) |" in page
    assert "50.00 %" not in page
    assert "| `300-100` | 300-100 | 3.05 % | LeCun et al. 1998 | – | – |" in page
    with pytest.raises(SystemExit):
        published.main([*paths, "--networks", "9000"])
    assert "not a network: 9000" in capsys.readouterr().err


def test_a_result_of_other_settings_does_not_count() -> None:
    result = {"command": "made up", "test_error": 0.1, "seconds": 1.0, "dataset": {"name": "-"}}
    assert published.make_row("800", result)[4] == "–"

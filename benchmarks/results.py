"""Where results are kept: as JSON with everything, as Markdown to read, as SVG to look at."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.bars import draw_bars
from benchmarks.figures import summarise
from benchmarks.peers import PEERS
from benchmarks.rounds import Measurement, Omission
from benchmarks.tables import as_markdown, make_sheets

READING: Final = (
    "Each figure is the median of the rounds, in brackets the smallest and the largest; ratios "
    "are taken within each round first. What they mean: [README.md](../README.md)."
)
RESULTS: Final = Path(__file__).resolve().parent / "results"


def save_results(
    folder: Path,
    machine: Mapping[str, Any],
    measurements: Sequence[Measurement],
    omissions: Sequence[Omission],
) -> dict[str, Any]:
    """Write ``latest.json``, ``latest.md`` and ``latest.svg``.

    Returns:
        the summary of all rounds so far.
    """
    summary = summarise(measurements)
    content = {
        "machine": machine,
        "summary": summary,
        "left_out": list(map(dataclasses.asdict, omissions)),
        "measurements": [one.to_dict() for one in measurements],
    }
    write(folder / "latest.json", json.dumps(content, indent=1, ensure_ascii=False))
    write(folder / "latest.svg", draw_bars(summary))
    write(folder / "latest.md", describe(machine, measurements, omissions, summary))
    return summary


def describe(
    machine: Mapping[str, Any],
    measurements: Sequence[Measurement],
    omissions: Sequence[Omission],
    summary: Mapping[str, Any],
) -> str:
    """Write the page that a person reads."""
    parts = [
        "# Results of `python -m benchmarks`",
        f"{describe_work(measurements)} {READING}",
        describe_machine_in_words(machine),
        *(f"Left out: {PEERS[each.peer].title}. {each.reason}" for each in omissions),
        "![The same as bars](latest.svg)",
        *(
            f"## {sheet.title}\n\n{as_markdown(sheet.head, sheet.rows)}"
            for sheet in make_sheets(summary)
        ),
    ]
    return "\n\n".join(parts) + "\n"


def describe_work(measurements: Sequence[Measurement]) -> str:
    """Put into words on which digits, for how many epochs and how often everybody trained."""
    answer = measurements[0].fresh
    digits = answer["dataset"]
    rounds = len({one.round for one in measurements})
    return (
        f"{digits['name']}: {digits['training_digits']:,} training digits, "
        f"{digits['validation_digits']:,} for validation, {answer['epochs']} "
        f"epoch{'s' * (answer['epochs'] != 1)}, "
        f"{rounds} round{'s' * (rounds != 1)}."
    )


def describe_machine_in_words(machine: Mapping[str, Any]) -> str:
    """Describe in one paragraph what the measurements were taken on."""
    libraries = ", ".join(f"{name} {number}" for name, number in machine["libraries"].items())
    return (
        f"{describe_computer(machine)}, {libraries}; "
        f"load before the first round {machine['load_before']}."
    )


def describe_computer(machine: Mapping[str, Any]) -> str:
    """Name the day, and what was there whatever was measured."""
    return (
        f"{machine['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB of memory, {machine['system']}, Python {machine['python']}"
    )


def read(path: Path) -> dict[str, Any]:
    """Read the results that are there, by their names."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path: Path, text: str) -> None:
    """Write a text file, all or nothing; its folder is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def marked(name: str) -> re.Pattern[str]:
    """Find the table of a page that stands between two marks of this name."""
    return re.compile(rf"(?<=<!-- {name} -->\n\n).*?(?=\n\n<!-- /{name} -->)", re.DOTALL)


def fill_in_table(page: Path, place: re.Pattern[str], table: str) -> None:
    """Write a table into a page, in place of the one that stands there."""
    write(page, place.sub(lambda _: table, page.read_text(encoding="utf-8")))

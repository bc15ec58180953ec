"""The command line: ``python -m mnist_core train`` trains in this process, into the same store.

``export`` and ``import`` carry runs from one store to another; ``housekeeping`` makes room in it.
``scheduler`` and ``worker`` let other computers train for a dashboard, with ``certificates``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import Progress

from mnist_core import environment
from mnist_core.config import CHOICES, DEFAULTS, LIMITS, TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.errors import ArchiveError, ConfigError, MnistError, RunStateError
from mnist_core.formatting import counted, size
from mnist_core.logs import lines
from mnist_core.store import LEASE_SECONDS, Cleaning, Run, RunStatus, Store


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.refuse(f"{message}. Add --help to see what is allowed.")

    def refuse(self, sentence: str) -> NoReturn:
        """Exit with a sentence that says itself what is allowed."""
        self.exit(2, f"{self.prog}: {sentence}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        the exit status: 0 done, 1 not trained to the end, 2 refused, 130 interrupted.
    """
    parser = _build_parser()
    options = parser.parse_args(arguments)
    try:
        environment.check()
        if hasattr(options, "serve"):
            options.serve(options)
            return 0
        if options.command != "train":
            with Store() as store:
                _say(options.act(store, options))
            return 0
        config = _config(options)
        dataset = _load(options.data)
        digits = dataset.training_digits(config.validation_split, config.fraction)
        config.check_fits(digits)
    except MnistError as error:
        parser.refuse(str(error))
    except KeyboardInterrupt:
        return 130
    try:
        return _train(config, dataset, digits, as_json=options.json)
    except MnistError as error:
        _complain(error)
        return 1
    except KeyboardInterrupt:
        return 130


def _build_parser() -> _Parser:
    parser = _Parser(prog="python -m mnist_core", description=__doc__, allow_abbrev=False)
    command = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    train = command.add_parser(
        "train", help="train one network and store the run", allow_abbrev=False
    )
    train.add_argument(
        "--layers", default="128", metavar="128,64", help='nodes of the hidden layers; "" for none'
    )
    for field, allowed in (*LIMITS.items(), *CHOICES.items()):
        default = getattr(DEFAULTS, field)
        train.add_argument(
            _flag(field),
            type=_value,
            default=default,
            metavar=str(default),
            help=str(allowed) if field in LIMITS else ", ".join(map(str, allowed)),
        )
    train.add_argument("--data", default="auto", help="auto, sample, or the path of an .npz file")
    train.add_argument("--json", action="store_true", help="print one JSON object a line")
    export = command.add_parser("export", help="write runs into a file", allow_abbrev=False)
    export.add_argument("run_ids", nargs="+", metavar="RUN_ID", help="as the dashboard's address")
    export.add_argument("--output", required=True, type=Path, metavar="FILE.zip")
    export.set_defaults(act=_export)
    bring_back = command.add_parser("import", help="bring runs back from it", allow_abbrev=False)
    bring_back.add_argument("file", type=Path, metavar="FILE.zip")
    bring_back.set_defaults(act=_import)
    _add_housekeeping(command)
    _add_lab(command)
    return parser


def _add_housekeeping(command: Any) -> None:
    housekeeping = command.add_parser(
        "housekeeping", help="tell what the store takes, and delete what is old", allow_abbrev=False
    )
    housekeeping.add_argument("--older-than", type=float, metavar="DAYS", help="tell what is old")
    housekeeping.add_argument(
        "--what",
        type=Cleaning,
        default=Cleaning.RUNS,
        metavar="|".join(Cleaning),
        help="whole runs (those with a star stay), all snapshots between the first and the last, "
        "or models",
    )
    housekeeping.add_argument("--delete", action="store_true", help="delete it, and --shrink")
    housekeeping.add_argument("--shrink", action="store_true", help="give unused space back")
    housekeeping.set_defaults(act=_housekeep)


def _add_lab(command: Any) -> None:
    scheduler = command.add_parser(
        "scheduler", help="let workers on other computers be found", allow_abbrev=False
    )
    scheduler.add_argument("--host", default="127.0.0.1", help="what it listens on: 127.0.0.1")
    scheduler.add_argument("--port", type=_port, default=8786, help="8786")
    scheduler.set_defaults(serve=_run_scheduler)
    worker = command.add_parser(
        "worker", help="train for the dashboards of a scheduler", allow_abbrev=False
    )
    worker.add_argument("address", metavar="tls://HOST:PORT", help="of the scheduler")
    worker.add_argument(
        "--processes",
        type=_processes,
        metavar="N",
        help="how many: one per two cores (MNIST_WORKERS)",
    )
    worker.set_defaults(serve=_run_workers)
    for part in (scheduler, worker):
        part.add_argument(
            "--insecure",
            action="store_true",
            help="talk to other computers in the open: whoever is in the network can then run any "
            "program here and read the store's password",
        )
        part.add_argument(
            "--certificates",
            type=Path,
            metavar="FOLDER",
            help="let in only who has the same folder (MNIST_CERTIFICATES)",
        )
    certificates = command.add_parser(
        "certificates", help="make those of a lab: copy them to each computer", allow_abbrev=False
    )
    certificates.add_argument("folder", type=Path, metavar="FOLDER")
    certificates.set_defaults(serve=_make_certificates)


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= environment.LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is no port. Choose a whole number to {environment.LAST_PORT}"
    )


def _processes(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= environment.MOST_WORKERS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} workers can't be started. Choose a whole number from 1 to "
        f"{environment.MOST_WORKERS}"
    )


def _run_scheduler(options: argparse.Namespace) -> None:
    from mnist_core.serving import lab

    # After Dask, which would leave its own lines to our log otherwise: they may hold passwords.
    lines.set_up()
    secured = _secured(options)
    lab.check_exposure(options.host, secured, insecure=options.insecure)
    asyncio.run(lab.run_scheduler(options.host, options.port, secured, say=_say))


def _run_workers(options: argparse.Namespace) -> None:
    from mnist_core.serving import lab
    from mnist_core.serving.cluster import host_of

    lines.set_up()
    address = environment.checked_scheduler_address(options.address)
    secured = _secured(options)
    lab.check_exposure(host_of(address), secured, insecure=options.insecure)
    count = options.processes or environment.worker_count()
    asyncio.run(lab.run_workers(address, count, secured, say=_say))


def _secured(options: argparse.Namespace) -> Any:
    from mnist_core.serving.cluster import security

    return security(options.certificates or environment.certificates())


def _make_certificates(options: argparse.Namespace) -> None:
    from mnist_core.serving.certificates import make_certificates

    end = make_certificates(options.folder)
    _say(
        f"The certificates are in {options.folder}, valid until {end:%d %B %Y}. Copy the folder to "
        "every computer of the lab, where only its owner can read it, and name it there: "
        "MNIST_CERTIFICATES, or --certificates. Who has it can run programs on all of them."
    )


def _export(store: Store, options: argparse.Namespace) -> str:
    """Write the file whole or not at all: what was there before stays until it is complete."""
    # Not with the others: it brings pandas, which must not be there before TensorFlow.
    from mnist_core.export import export_runs

    output: Path = options.output
    try:
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export-") as folder:
            written = Path(folder) / "runs.zip"
            export_runs(store, options.run_ids, written)
            written.replace(output)
    except OSError as error:
        raise ArchiveError(f"{output} can't be written: {error.strerror}.") from error
    runs = counted(len(set(options.run_ids)), "run")
    return f"{runs} written to {output}, {size(output.stat().st_size)}."


def _import(store: Store, options: argparse.Namespace) -> str:
    from mnist_core.export import import_runs

    brought = import_runs(store, options.file)
    if not brought.added:
        raise ArchiveError(f"{brought.sentence} Nothing was changed.")
    return f"{brought.sentence} {' '.join(brought.added)}"


def _flag(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def _value(text: str) -> Any:
    """Read a number if it is one; ``TrainingConfig`` says what is wrong with anything else."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def _config(options: argparse.Namespace) -> TrainingConfig:
    layers = options.layers.split(",") if options.layers.strip() else []
    return TrainingConfig(
        layers=tuple(map(_value, layers)),
        **{field: getattr(options, field) for field in (*LIMITS, *CHOICES)},
    )


def _housekeep(store: Store, options: argparse.Namespace) -> str:
    if options.delete and options.older_than is None:
        raise ConfigError("Say how old: --delete needs --older-than DAYS.", "older_than_days")
    space = store.space()
    parts = ", ".join(f"{name} {size(taken)}" for name, taken in space.parts.items() if taken)
    runs = counted(space.runs, "run")
    said = [f"The store takes {size(space.total)}: {runs}; {parts}; unused {size(space.unused)}."]
    if options.older_than is not None:
        act = store.clean if options.delete else store.would_free
        freed = act(options.what, options.older_than)
        runs = counted(freed.runs, "run")
        if options.delete:
            said.append(f"Deleted: {options.what} of {runs}, {size(freed.bytes)}.")
        else:
            said.append(
                f"Older than {options.older_than:g} days: {runs}. Deleting the {options.what} "
                f"frees {size(freed.bytes)}; add --delete to do it."
            )
    if options.delete or options.shrink:
        said.append(f"The store is {size(store.compact())} smaller now.")
    return "\n".join(said)


@contextlib.contextmanager
def _waiting_for(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar that moves while something takes its time; yields how to say how far it is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def show(words: str, done: int, total: int) -> None:
            bar.update(task, description=words, completed=done, total=total or None)

        yield show


def _load(source: str) -> Dataset:
    with _waiting_for("Reading the digits") as show:
        return load_mnist(source, progress=functools.partial(show, "Downloading MNIST"))


def _train(config: TrainingConfig, dataset: Dataset, digits: int, *, as_json: bool) -> int:
    # TensorFlow is loaded once the arguments are right, and by the worker, which quietens it.
    with _waiting_for("Starting TensorFlow"):
        from mnist_core.training import worker, terminal  # noqa: I001

    with Store() as store:
        store.save_dataset(dataset)
        run = store.create_run(
            config,
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
            training_digits=digits,
            lease_seconds=LEASE_SECONDS,
        )
        report = (terminal.JsonLines if as_json else terminal.ProgressBar)(store, run)
        try:
            worker.execute(store, run.claim, [report], dataset)
        except KeyboardInterrupt:
            _pause(store, run)
            return 130
        finally:
            report.close()
        run = store.get_run(run.id)
        if run.status is not RunStatus.FINISHED:
            _complain(terminal.why_not_finished(run))
            return 1
        report.conclude(run)
        return 0


def _pause(store: Store, run: Run) -> None:
    """Leave a run where it can go on from its last checkpoint, in the dashboard."""
    with contextlib.suppress(RunStateError):  # it came to its end meanwhile
        store.request_pause(run.id, None)
        store.interrupt(run.claim, counts=False)
        _complain(f"Run {run.id} is paused. Continue it in the dashboard.")


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - the command line speaks by printing


def _complain(sentence: object) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201 - the command line speaks by printing


if __name__ == "__main__":
    sys.exit(main())

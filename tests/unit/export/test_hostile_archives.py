"""Archives that are broken, foreign or made to do harm: refused whole, in a sentence."""

from __future__ import annotations

import io
import json
import pickle
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import SERIES
from mnist_core.data import MNIST_DIGEST, Dataset
from mnist_core.errors import ArchiveError
from mnist_core.export import archive_bytes, import_runs, layout, told
from mnist_core.export.keras_file import read_model
from mnist_core.store import Run, Store
from tests.unit.export.export_helpers import (
    Members,
    finished_run,
    members_of,
    resealed,
    with_json,
    zipped,
)

Change = Callable[[Members, str], Any]


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


class Harm:
    """Pickled, it would make a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return Path.touch, (Path(self.path),)


def put(member: str, data: bytes) -> Change:
    return lambda members, run_id: members.update({f"{run_id}/{member}": data})


def of_run(**changes: Any) -> Change:
    return with_json(layout.RUN, lambda run: run | changes)


def of_settings(**changes: Any) -> Change:
    return with_json(layout.RUN, lambda run: run | {"settings": run["settings"] | changes})


def of_manifest(**changes: Any) -> Change:
    return with_json(layout.MANIFEST, lambda manifest: manifest | changes)


def of_history(**changes: Any) -> Change:
    return with_json(layout.HISTORY, lambda history: history | changes)


def of_events(*events: Any) -> Change:
    return with_json(layout.EVENTS, lambda _: list(events))


def huge_array() -> bytes:
    """An array that says it has a petabyte."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000000), }"
    header += b" " * (117 - len(header)) + b"\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    return zipped({"arr_0.npy": data})


RESEALED: dict[str, tuple[Change, str]] = {
    "a path upwards": (lambda m, _: m.update({"../../evil.txt": b"x"}), "no part of a run"),
    "an absolute path": (lambda m, _: m.update({"/etc/passwd": b"x"}), "no part of a run"),
    "a path of Windows": (lambda m, _: m.update({"C:\\evil.txt": b"x"}), "no part of a run"),
    "a program": (put("run.py", b"print()"), "no part of a run"),
    "letters that can't be shown": (lambda m, _: m.update({"a\x1b[2J": b"x"}), "“a.\\[2J”"),
    "a bomb": (put(layout.SUMMARY, b"\0" * 200_000), "would unpack to"),
    "a newer format": (of_manifest(version=2), "newer version of the program, in format 2"),
    "a format that is no number": (of_manifest(version="1"), "“version”"),
    "another program's zip": (of_manifest(format="photos"), "no file of runs"),
    "a manifest that is a list": (with_json(layout.MANIFEST, lambda _: []), "can't be read"),
    "no run": (of_manifest(runs=[]), "“runs”"),
    "a run that is not there": (of_manifest(runs=["0" * 12]), "“runs”"),
    "an id that is none": (of_manifest(runs=["../../../etc"]), "“runs”"),
    "another run's folder": (of_run(id="0" * 12), "another run"),
    "a huge shape": (put(layout.WEIGHTS, huge_array()), "Only plain numbers"),
    "weights of another network": (
        put(layout.WEIGHTS, npz(arr_0=np.zeros((784, 3), np.float32))),
        "Only plain numbers",
    ),
    "doubles": (put(layout.PREDICTIONS, npz(arr_0=np.zeros((1000, 10)))), "Only plain numbers"),
    "too few guesses": (
        put(layout.PREDICTIONS, npz(arr_0=np.zeros((9, 10), np.float32))),
        "Only plain numbers",
    ),
    "arrays that are no zip": (put(layout.WEIGHTS, b"PK\3\4"), "Only plain numbers"),
    "a snapshot of text": (put("snapshots/001.npz", b"hello"), "Only plain numbers"),
    "no settings": (with_json(layout.RUN, lambda run: {"id": run["id"]}), "“status”"),
    "a million nodes": (of_settings(layers=[1_000_000]), "Choose 1 to 1,024"),
    "a setting that nobody knows": (of_settings(rm="-rf"), "is not a setting"),
    "settings that are a text": (of_run(settings="128"), "can't be read"),
    "an accuracy of two": (of_run(test_accuracy=2), "“test_accuracy”"),
    "an accuracy of text": (of_run(test_accuracy="<b>"), "“test_accuracy”"),
    "a state that there is not": (of_run(status="HACKED"), "“status”"),
    "a state that is no text": (of_run(status=[]), "“status”"),
    "a name of a book's length": (of_run(name="x" * 10_000), "“name”"),
    "a note of a book's length": (of_run(note="x" * 10_000), "“note”"),
    "a run before it that is none": (of_run(continued_from="../.."), "“continued_from”"),
    "a start in the year 9999": (of_run(created_at="9999-12-31T23:59:59-23:59"), "“created_at”"),
    "a start that is no time": (of_run(created_at="now"), "“created_at”"),
    "digits that nobody has": (of_run(dataset_digest="0" * 64), "“dataset_digest”"),
    "a thousand epochs": (of_history(accuracy=[0.5] * 1000), "“accuracy”"),
    "epochs of unlike length": (of_history(accuracy=[0.5]), "“seconds”"),
    "a loss of text": (of_history(loss=["x", "y"]), "“loss”"),
    "a loss that is no number": (put(layout.HISTORY, b'{"loss": [NaN]}'), "can't be read"),
    "a number of a million places": (put(layout.HISTORY, b"9" * 90_000), "can't be read"),
    "brackets without end": (put(layout.HISTORY, b"[" * 90_000), "can't be read"),
    "no text at all": (put(layout.RUN, b"\xff\xfe"), "can't be read"),
    "an event of another kind": (of_events([1.8e9, "script", {}]), "“events”"),
    "an event whose kind is no text": (of_events([1.8e9, {}, {}]), "“events”"),
    "a point nowhere": (
        of_events([1.8e9, "epoch", dict.fromkeys((*SERIES, "seconds"), None)]),
        "“seconds”",
    ),
    "an epoch of no time": (of_history(seconds=[None, None]), "“seconds”"),
    "an event of no kind": (of_events(["x"]), "event 1"),
    "an event with a text for a number": (
        of_events([1.8e9, "test", {"accuracy": "<script>", "loss": 1}]),
        "“accuracy”",
    ),
    "a guess that is no digit": (
        of_events([1.8e9, "digits", {"epoch": 0, "guesses": [11], "confidence": [1]}]),
        "“guesses”",
    ),
    "a missing member": (lambda m, run_id: m.pop(f"{run_id}/{layout.RUN}"), "is missing"),
}


@pytest.mark.parametrize("name", RESEALED)
def test_an_archive_made_to_do_harm_is_refused_whole(
    packed: tuple[Run, bytes], other: Store, name: str
) -> None:
    change, words = RESEALED[name]
    run, archive = packed
    members = members_of(archive)
    change(members, run.id)
    assert_refused(other, resealed(members), words)


def assert_refused(store: Store, archive: bytes, words: str) -> None:
    with pytest.raises(ArchiveError, match=words) as caught:
        import_runs(store, io.BytesIO(archive))
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 400
    assert store.list_runs() == []


def changed(archive: bytes, change: Callable[[zipfile.ZipInfo], None], name: str) -> bytes:
    """Pack the members anew, one of them with another entry in the zip's list."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for member, data in members_of(archive).items():
            info = zipfile.ZipInfo(member)
            packed.writestr(info, data)
            if member.endswith(name):
                change(info)
    return buffer.getvalue()


def link(member: zipfile.ZipInfo) -> None:
    member.external_attr = (stat.S_IFLNK | 0o777) << 16


def lock(member: zipfile.ZipInfo) -> None:
    member.flag_bits |= 0x1


def squeeze(member: zipfile.ZipInfo) -> None:
    member.compress_type = zipfile.ZIP_LZMA


@pytest.mark.parametrize(
    ("change", "words"),
    [(link, "a link or a folder"), (lock, "a password"), (squeeze, "no file of runs")],
)
def test_links_passwords_and_other_compressions_are_refused(
    packed: tuple[Run, bytes],
    other: Store,
    change: Callable[[zipfile.ZipInfo], None],
    words: str,
) -> None:
    assert_refused(other, changed(packed[1], change, layout.SUMMARY), words)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(packed: tuple[Run, bytes], other: Store) -> None:
    buffer = io.BytesIO(packed[1])
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(f"{packed[0].id}/{layout.RUN}", b"{}")
    assert_refused(other, buffer.getvalue(), "two members of one name")


def test_a_member_that_the_manifest_does_not_name_is_refused(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    members = members_of(archive) | {f"{run.id}/snapshots/050.npz": b""}
    assert_refused(other, zipped(members), "other members than its manifest names")


@pytest.mark.parametrize("name", [layout.RUN, layout.MODEL, layout.WEIGHTS, "snapshots/000.npz"])
def test_a_member_that_is_not_as_it_was_written_is_refused(
    packed: tuple[Run, bytes], other: Store, name: str
) -> None:
    run, archive = packed
    members = members_of(archive)
    data = members[f"{run.id}/{name}"]
    members[f"{run.id}/{name}"] = data[:-1] + bytes([data[-1] ^ 1])
    assert_refused(other, zipped(members), f"{name} is not as it was written")


@pytest.mark.parametrize(
    "archive",
    [b"", b"hello", b"PK\5\6" + bytes(18), b"\x80\x04N.", zipped({"photo.png": b""})],
    ids=["empty", "text", "empty zip", "pickle", "another zip"],
)
def test_other_files_are_refused(other: Store, archive: bytes) -> None:
    assert_refused(other, archive, "no file of runs")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_part_of_a_file_is_refused(packed: tuple[Run, bytes], other: Store, share: float) -> None:
    archive = packed[1]
    assert_refused(other, archive[: int(len(archive) * share)], "no file of runs")


def test_a_list_of_a_million_members_is_refused_before_it_is_read(other: Store) -> None:
    entry = b"PK\1\2" + bytes(42)
    many = entry * 100_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(many), 0, 0)
    assert_refused(other, many + end, "no file of runs")


def test_a_pickle_is_not_opened(packed: tuple[Run, bytes], other: Store, tmp_path: Path) -> None:
    run, archive = packed
    harm = Harm(tmp_path / "harm")
    pickled = npz(**{f"arr_{n}": np.array([harm], object) for n in range(6)})
    members = members_of(archive) | {f"{run.id}/{layout.WEIGHTS}": pickled}
    assert_refused(other, resealed(members), "Only plain numbers")
    members[f"{run.id}/{layout.WEIGHTS}"] = pickle.dumps(harm)
    assert_refused(other, resealed(members), "Only plain numbers")
    assert not (tmp_path / "harm").exists()


def test_a_model_with_a_program_in_it_never_reaches_the_store(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    members = members_of(archive)
    weights, optimizer = read_model(members[f"{run.id}/{layout.MODEL}"])
    evil = {"class_name": "Lambda", "config": {"function": "import os"}}
    members[f"{run.id}/{layout.MODEL}"] = zipped({"config.json": json.dumps(evil).encode()})

    import_runs(other, io.BytesIO(resealed(members)))

    model = other.load_model(run.id)
    assert model is not None
    assert b"Lambda" not in model
    again, state = read_model(model)
    assert [a.tobytes() for a in again] == [a.tobytes() for a in weights]
    assert [a.tobytes() for a in state] == [a.tobytes() for a in optimizer]


def test_what_can_not_be_shown_in_a_name_is_left_out(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    members = members_of(archive)
    of_run(name="a\x00b\u202ec\n<script>")(members, run.id)
    import_runs(other, io.BytesIO(resealed(members)))
    assert other.get_run(run.id).name == "a b c <script>"


def test_all_of_mnist_is_asked_for_where_it_is_not_here(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    members = members_of(archive)
    of_manifest(datasets=[{"digest": MNIST_DIGEST, "name": "Full MNIST", "carried": False}])(
        members, run.id
    )
    with pytest.raises(ArchiveError, match="all of MNIST, which is not here yet"):
        import_runs(other, io.BytesIO(resealed(members)), find_dataset=lambda _: None)


def test_digits_that_are_not_what_they_are_called_are_refused(
    store: Store, other: Store, tiny: Dataset, sample: Dataset
) -> None:
    run = finished_run(store, tiny)
    members = members_of(archive_bytes(store, [run.id]))
    member = layout.digits_member(tiny.digest)
    for data, words in [
        (npz(x_train=np.zeros(3)), "can't be used"),
        (
            npz(
                **{
                    name: getattr(sample, name)
                    for name in ("x_train", "y_train", "x_test", "y_test")
                }
            ),
            "other digits",
        ),
    ]:
        assert_refused(other, resealed(members | {member: data}), words)


def test_own_digits_can_not_pass_for_those_of_the_program(
    store: Store, other: Store, tiny: Dataset
) -> None:
    run = finished_run(store, tiny)
    members = members_of(archive_bytes(store, [run.id]))
    named = [{"digest": tiny.digest, "name": "Built-in sample", "carried": True}]
    of_manifest(datasets=named)(members, run.id)
    import_runs(other, io.BytesIO(resealed(members)))
    assert not other.load_dataset(tiny.digest).is_sample


def test_a_bomb_takes_no_memory(packed: tuple[Run, bytes], other: Store) -> None:
    run, archive = packed
    members = members_of(archive) | {f"{run.id}/{layout.MODEL}": bytes(70_000_000)}
    bomb = resealed(members)
    assert len(bomb) < 1_000_000
    del members
    tracemalloc.start()
    try:
        assert_refused(other, bomb, "would unpack to 70 MB")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_run_that_fails_late_leaves_nothing_of_those_before(
    store: Store, other: Store, tiny: Dataset
) -> None:
    first, second = finished_run(store, tiny), finished_run(store, tiny)
    members = members_of(archive_bytes(store, [first.id, second.id]))
    of_run(seconds=-1)(members, second.id)
    assert_refused(other, resealed(members), "“seconds”")
    assert not other.has_dataset(tiny.digest)


ODD = [
    None,
    True,
    -1,
    0,
    1e308,
    10**400,
    "",
    "x" * 5000,
    "\u202e\x00",
    [],
    [[]],
    {},
    {"a": 1},
    2**63,
]


def mutated(value: Any, random: Random) -> Any:
    """Change one place of what JSON says."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(sorted(value))
        rest = {name: each for name, each in value.items() if name != key}
        return rest if random.random() < 0.1 else rest | {key: mutated(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        return [*value[:place], mutated(value[place], random), *value[place + 1 :]]
    return random.choice(ODD)


@given(name=st.sampled_from([layout.RUN, layout.HISTORY, layout.EVENTS]), random=st.randoms())
def test_whatever_is_told_is_a_run_or_is_refused_in_a_sentence(
    packed: tuple[Run, bytes], name: str, random: Random
) -> None:
    run, archive = packed
    members = members_of(archive)
    digits = {run.dataset_digest: told.Digits(run.dataset_name, 1000)}

    def read(changed: str) -> Any:
        values = {
            each: json.loads(members[f"{run.id}/{each}"])
            for each in (layout.RUN, layout.HISTORY, layout.EVENTS)
        }
        if changed == name:
            values[name] = mutated(values[name], random)
        whole = told.read_run(values[layout.RUN], layout.RUN, digits)
        epochs = told.read_epochs(values[layout.HISTORY], layout.HISTORY, whole)
        assert len(epochs) <= whole.config.epochs
        return told.read_events(values[layout.EVENTS], layout.EVENTS, whole)

    before = read("nothing")
    try:
        after = read(name)
    except ArchiveError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert len(after) <= len(before)
    assert refusal == "" or (refusal.isprintable() and len(refusal) < 400)

"""The tables. A change here needs a migration in `migrations/versions/`; a test compares them.

Times are seconds since 1970 in UTC, by the store's clock (`clock.py`).
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mnist_core.config import SERIES
from mnist_core.store.records import LONGEST_DEVICE, Ruling, RunStatus

metadata: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

datasets: Final = sa.Table(
    "datasets",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("licence", sa.Text, nullable=False),
    sa.Column("arrays", sa.LargeBinary, nullable=False),
)

runs: Final = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("starred", sa.Boolean, nullable=False, default=False),
    sa.Column("status", sa.Enum(RunStatus, native_enum=False, length=16), nullable=False),
    sa.Column("config", sa.JSON, nullable=False),
    sa.Column("dataset_digest", sa.ForeignKey("datasets.digest"), nullable=False),
    sa.Column("dataset_name", sa.Text, nullable=False),
    sa.Column("owner", sa.String(64)),
    # Whose weights it goes on with; that run may be gone by now.
    sa.Column("continued_from", sa.String(12)),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("queued_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    sa.Column("deleted_at", sa.Double),
    # What people want of it.
    sa.Column("pace", sa.Double, nullable=False),
    sa.Column("background", sa.Boolean, nullable=False, default=False),
    sa.Column("prediction", sa.Double, key="expected_accuracy"),
    sa.Column("epoch_limit", sa.Integer),
    sa.Column("stop_requested", sa.Boolean, nullable=False, default=False),
    sa.Column("pause_requested", sa.Boolean, nullable=False, default=False),
    # Its class was paused, not it alone: it goes on with the class.
    sa.Column("paused_by_class", sa.Boolean, nullable=False, default=False),
    # Who works on it: `lease_until` is set while a worker does. A RUNNING run without it waits for
    # its next turn. `worker` is null where a process trains the run that it created.
    # `turn_seconds` is how long the last turn took that is over, `deaths` counts the attempts in a
    # row that got no step further.
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("lease_until", sa.Double),
    sa.Column("worker", sa.String(64)),
    sa.Column("turn_began_at", sa.Double),
    sa.Column("turn_ended_at", sa.Double),
    sa.Column("turn_seconds", sa.Double),
    sa.Column("deaths", sa.Integer, nullable=False, default=0),
    # How far it got. `digits_epoch` is the last epoch whose guesses are among the events;
    # the guesses before the first batch have epoch -1.
    sa.Column("epochs_done", sa.Integer, nullable=False, default=0),
    sa.Column("step", sa.Integer, nullable=False, default=0),
    sa.Column("digits_epoch", sa.Integer, nullable=False, default=-2),
    sa.Column("last_seq", sa.BigInteger, nullable=False, default=0),
    sa.Column("event_bytes", sa.BigInteger, nullable=False, default=0),
    sa.Column("seconds", sa.Double, nullable=False, default=0.0),
    sa.Column("parameters", sa.Integer),
    sa.Column("training_digits", sa.Integer),
    # One, or several where it went on elsewhere; see `Run.devices`.
    sa.Column("device", sa.String(LONGEST_DEVICE)),
    # What came out.
    *(sa.Column(name, sa.Double) for name in (*SERIES, "test_accuracy", "test_loss")),
    sa.Column("error", sa.Text),
    sa.Column("advice", sa.Text),
    sa.Index(None, "status", "queued_at"),
    sa.Index(None, "created_at"),
    sa.Index(None, "owner", "turn_ended_at"),
)


def _run_id() -> sa.Column[str]:
    return sa.Column(
        "run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, nullable=False
    )


events: Final = sa.Table(
    "events",
    metadata,
    _run_id(),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    # Rows lie in the order in which they are read.
    sqlite_with_rowid=False,
)

epochs: Final = sa.Table(
    "epochs",
    metadata,
    _run_id(),
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Double) for name in SERIES),
    sa.Column("seconds", sa.Double, nullable=False),
)

# Large values live apart, so that no query on runs ever reads past them.
blobs: Final = sa.Table(
    "blobs",
    metadata,
    _run_id(),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# One a person and digit: a second thought replaces the first.
verdicts: Final = sa.Table(
    "verdicts",
    metadata,
    sa.Column("dataset_digest", sa.ForeignKey("datasets.digest"), primary_key=True, nullable=False),
    sa.Column("digit", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("ruling", sa.Enum(Ruling, native_enum=False, length=16), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("given_at", sa.Double, nullable=False),
)

# A digit set is there as long as it has a digit.
kept_digits: Final = sa.Table(
    "kept_digits",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("set_name", sa.String(80), nullable=False),
    sa.Column("label", sa.Integer, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("founder", sa.String(64), nullable=False),  # of the set, the same for all its digits
    sa.Column("kept_at", sa.Double, nullable=False),
    # Several can be kept in one go: their order is that on the sheet.
    sa.Column("place", sa.Integer, nullable=False),
    sa.Index(None, "set_name", "kept_at", "place"),
)

# What t-SNE makes of the pixels of a data set. Its maps of layers are blobs of their run.
pixel_maps: Final = sa.Table(
    "pixel_maps",
    metadata,
    sa.Column("dataset_digest", sa.ForeignKey("datasets.digest"), primary_key=True, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# What somebody writes for a task; a browser has one for each question.
drafts: Final = sa.Table(
    "drafts",
    metadata,
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("task", sa.String(12), primary_key=True),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    sa.Column("run_ids", sa.JSON, nullable=False, default=list),
    sa.Column("kept_at", sa.Double, nullable=False),
)

# Which runs belong to a grid follows from its plan: any run of these settings and digits.
grids: Final = sa.Table(
    "grids",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("dataset_digest", sa.ForeignKey("datasets.digest"), nullable=False),
    sa.Column("dataset_name", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Index(None, "owner", "created_at"),
)

classes: Final = sa.Table(
    "classes",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("code", sa.String(5), nullable=False),
    sa.Column("salt", sa.String(32), nullable=False),  # of its return codes
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("opened_at", sa.Double, nullable=False),
    sa.Column("closed_at", sa.Double),
    sa.Column("archived_at", sa.Double),
    # Its rules.
    sa.Column("needs_approval", sa.Boolean, nullable=False),
    sa.Column("typed_names", sa.Boolean, nullable=False),
    sa.Column("most_epochs", sa.Integer),
    sa.Column("most_nodes", sa.Integer),
    sa.Column("most_runs", sa.Integer),
    sa.Column("task", sa.JSON, nullable=False),
    sa.Column("forget_at", sa.Double),
    sa.Column("forget_runs", sa.Boolean, nullable=False),
    sa.Column("guess_first", sa.JSON, nullable=False),
    # What the teacher does with it just now; `revision` counts the changes of this row.
    sa.Column("is_paused", sa.Boolean, nullable=False, default=False),
    sa.Column("called_at", sa.Double),
    sa.Column("call_page", sa.String(40)),
    sa.Column("call_run", sa.String(12)),
    sa.Column("revision", sa.Integer, nullable=False, default=0),
    sa.Index(None, "code", unique=True),
)

# Whoever was removed stays, without a name, until the class is forgotten with their runs.
members: Final = sa.Table(
    "members",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("return_code", sa.String(64), nullable=False),  # its hash
    sa.Column("joined_at", sa.Double, nullable=False),
    sa.Column("approved_at", sa.Double),
    sa.Column("removed_at", sa.Double),
    sa.Column("seen_at", sa.Double, nullable=False),
    sa.Index(None, "owner", unique=True),
    sa.Index(None, "class_id"),
)

# A browser at which somebody sits acts as that person.
seats: Final = sa.Table(
    "seats",
    metadata,
    sa.Column("browser", sa.String(64), primary_key=True),
    sa.Column("member_id", sa.ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    sa.Column("sealed_code", sa.String(64), nullable=False),  # the return code, for this browser
    sa.Column("taken_at", sa.Double, nullable=False),
)

# Browsers that have shown the teacher's secret.
teachers: Final = sa.Table(
    "teachers",
    metadata,
    sa.Column("browser", sa.String(64), primary_key=True),
    sa.Column("proof", sa.String(64), nullable=False),
    sa.Column("since", sa.Double, nullable=False),
)

# What a class is asked to predict; it has one such round at a time. Its run may be gone by now.
guess_rounds: Final = sa.Table(
    "guess_rounds",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    sa.Column("config", sa.JSON, nullable=False),
    sa.Column("run_id", sa.String(12)),
    sa.Column("asked_at", sa.Double, nullable=False),
    sa.Column("closed_at", sa.Double),
    sa.Index(None, "class_id", unique=True),
)

# One a person: a second thought replaces the first.
guesses: Final = sa.Table(
    "guesses",
    metadata,
    sa.Column("round_id", sa.ForeignKey("guess_rounds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("member_id", sa.ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("expected_accuracy", sa.Double, nullable=False),
    sa.Column("given_at", sa.Double, nullable=False),
    sa.Index(None, "member_id"),
)

# What a class writes is seen by its teacher only, and gone with the class.
handwriting_rounds: Final = sa.Table(
    "handwriting_rounds",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("digits", sa.JSON, nullable=False),
    sa.Column("each", sa.Integer, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("closed_at", sa.Double),
    sa.Index(None, "class_id", "number", unique=True),
)

# One for each task of a person, by its place among them: written again, it replaces the first.
handwriting_digits: Final = sa.Table(
    "handwriting_digits",
    metadata,
    sa.Column(
        "round_id", sa.ForeignKey("handwriting_rounds.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("member_id", sa.ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(12), nullable=False),
    sa.Column("label", sa.Integer, nullable=False),
    sa.Column("image", sa.LargeBinary, nullable=False),
    sa.Column("written_at", sa.Double, nullable=False),
    sa.Index(None, "member_id"),
)

dispatchers: Final = sa.Table(
    "dispatchers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("workers", sa.Integer, nullable=False),
    sa.Column("workers_ready", sa.Integer, nullable=False),
    sa.Column("seen_at", sa.Double, nullable=False),
    sa.Column("problem", sa.String(200), nullable=False, server_default=""),
)

# Which server gives runs to a worker that several of them reach: no other one until `held_until`.
held_workers: Final = sa.Table(
    "held_workers",
    metadata,
    sa.Column("worker", sa.String(200), primary_key=True),
    sa.Column("dispatcher", sa.String(64), nullable=False),
    sa.Column("held_until", sa.Double, nullable=False),
)

# What a class's board shows; without a row, as at first.
boards: Final = sa.Table(
    "boards",
    metadata,
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("names_shown", sa.Boolean, nullable=False),
)

# When the test digits of a challenge were looked at: once.
test_looks: Final = sa.Table(
    "test_looks",
    metadata,
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("challenge", sa.String(32), primary_key=True),
    sa.Column("looked_at", sa.Double, nullable=False),
)

# What people of a class have handed in, one answer a person and task.
answers: Final = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),  # random: it tells of no person and no time
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    sa.Column("member_id", sa.ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    sa.Column("task", sa.String(12), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("run_ids", sa.JSON, nullable=False),
    sa.Column("first_at", sa.Double, nullable=False),
    sa.Column("last_at", sa.Double, nullable=False),
    sa.Index(None, "member_id", "task", unique=True),
    sa.Index(None, "class_id", "task"),
)

# Tasks for which a class hands in nothing more.
closed_tasks: Final = sa.Table(
    "closed_tasks",
    metadata,
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("task", sa.String(12), primary_key=True),
    sa.Column("closed_at", sa.Double, nullable=False),
)

# Answers for everybody of the class to read, with the words that they had when they were chosen.
wall: Final = sa.Table(
    "wall",
    metadata,
    sa.Column("answer_id", sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False),
    sa.Column("task", sa.String(12), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Index(None, "class_id", "task"),
)

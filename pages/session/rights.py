"""What whoever sits here may do with runs and other things, and in whose name the store does it."""

from mnist_core.store import Run
from pages.session.address import is_at_this_computer
from pages.session.browser import owner
from pages.session.teacher import is_teacher


def changes_as(whose: str | None) -> str | None:
    """Return as whom a thing is changed here: as who sits here, or for the computer itself.

    What the command line has trained belongs to the computer. Who has the dashboard to themselves,
    and a teacher, changes it like their own runs; a class that opens the page from elsewhere can
    only look.

    Args:
        whose: the owner of what is to be changed; None for the computer.
    """
    may_be_computer = whose is None and (is_at_this_computer() or is_teacher())
    return None if may_be_computer else owner()


def ends_as(whose: str | None) -> str | None:
    """Return as whom a thing is stopped or deleted here: a teacher does so in its owner's name."""
    return whose if is_teacher() else changes_as(whose)


def may_change(run: Run) -> bool:
    """Check whether whoever sits here may change a run: their own, or one of this computer."""
    return run.owner == changes_as(run.owner)


def may_end(run: Run) -> bool:
    """Check whether whoever sits here may stop or delete a run: a teacher may, whosever it is."""
    return may_change(run) or is_teacher()

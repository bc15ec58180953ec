"""Whether this browser is a teacher's: it has shown the secret that is set on the server."""

import functools
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from mnist_core import environment
from mnist_core.errors import NotYoursError
from pages.services.server import get_secret_tries, get_store
from pages.session.browser import once_a_run, this_browser
from pages.session.refusal import with_refusals_shown

SECRET_PARAMETER = "secret"  # noqa: S105 - of an address
_TEACHER = "is-teacher"

Action = TypeVar("Action", bound=Callable[..., None])


def is_teacher() -> bool:
    """Check whether this browser has shown the secret that is set now."""
    secret = environment.teacher_secret()
    if secret is None:
        return False
    return once_a_run(_TEACHER, lambda: get_store().is_teacher(this_browser(), secret))


def enter(typed: str) -> None:
    """Let this browser be a teacher's, if it shows the secret; compared in constant time.

    Raises:
        NotYoursError: it is another one, or none is set.
        TooManyTriesError: it was guessed too often.
    """
    secret = environment.teacher_secret()
    with get_secret_tries().guess(this_browser()) as right:
        shown = typed.strip().encode(errors="replace")
        if secret is None or not hmac.compare_digest(shown, secret.encode(errors="replace")):
            raise NotYoursError("This is not the teacher's secret of this server.")
        right()
    get_store().let_teacher_in(this_browser(), secret)
    st.session_state.pop(_TEACHER, None)


def leave() -> None:
    """Let this browser be a teacher's no more."""
    get_store().let_teacher_out(this_browser())
    st.session_state.pop(_TEACHER, None)


def for_teachers(action: Action) -> Action:
    """Let an action happen where a teacher asks for it, and show why not where it can't."""

    @with_refusals_shown
    @functools.wraps(action)
    def checked(*arguments: Any, **named: Any) -> None:
        if not is_teacher():
            raise NotYoursError("This browser is not a teacher's any more.")
        action(*arguments, **named)

    return checked  # type: ignore[return-value]

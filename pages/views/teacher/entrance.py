"""The way to the teacher's page: the secret in its link, or typed."""

import streamlit as st

from mnist_core import environment
from pages.session.browser import has_gone_back
from pages.session.refusal import with_refusals_shown
from pages.session.teacher import SECRET_PARAMETER, enter, leave
from pages.text import message

_TYPED = "secret-typed"


def enter_by_link() -> None:
    """Take the secret out of the address, where it would stay to be seen, and try it."""
    secret = st.query_params.get(SECRET_PARAMETER)
    if secret is not None:
        del st.query_params[SECRET_PARAMETER]
        if not has_gone_back():  # somebody else may press Back after a teacher has left
            _enter(secret)


def render_entrance() -> None:
    """Draw the field for the secret, or say how to set one."""
    if environment.teacher_secret() is None:
        message.info(
            "This server has no secret for teachers. Start it with scripts/run, which prints a "
            "link to this page, or set MNIST_TEACHER_SECRET."
        )
        return
    with st.container(width=600):
        st.markdown("Open the link that the terminal shows at the start, or type its secret.")
        st.text_input("The teacher's secret", type="password", key=_TYPED, max_chars=200)
        st.button("Open", on_click=_enter_typed, icon=":material/login:")


def render_way_out() -> None:
    """Draw the button that shuts this page on this browser."""
    st.button("Leave the teacher's page", on_click=_leave, icon=":material/logout:")


def _enter_typed() -> None:
    _enter(str(st.session_state.pop(_TYPED, "") or ""))


@with_refusals_shown
def _enter(secret: str) -> None:
    enter(secret)


@with_refusals_shown
def _leave() -> None:
    leave()

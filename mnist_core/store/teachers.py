"""Which browsers have shown the teacher's secret."""

from __future__ import annotations

import hmac
from typing import Final

import sqlalchemy as sa

from mnist_core.store.engine import upsert
from mnist_core.store.hashing import slow_hash
from mnist_core.store.part import StorePart
from mnist_core.store.schema import teachers

TEACHER_SECONDS: Final = 30 * 86_400.0
"""So long a browser is a teacher's after it has shown the secret."""


class TeacherPart(StorePart):
    """Teachers' browsers. With another secret on the server none of them is one any more."""

    def let_teacher_in(self, browser: str, secret: str) -> None:
        """Remember that a browser has shown the secret, by a hash that only this browser fits."""
        now = self._clock()
        values = {"proof": slow_hash(secret, browser), "since": now}
        with self._database.write() as connection:
            upsert(connection, teachers, {"browser": browser}, values)
            connection.execute(sa.delete(teachers).where(teachers.c.since < now - TEACHER_SECONDS))

    def is_teacher(self, browser: str, secret: str) -> bool:
        """Check whether a browser has shown the secret that the server has now."""
        query = sa.select(teachers.c.proof).where(
            teachers.c.browser == browser, teachers.c.since >= self._clock() - TEACHER_SECONDS
        )
        proof = self._value(query)
        return proof is not None and hmac.compare_digest(proof, slow_hash(secret, browser))

    def let_teacher_out(self, browser: str) -> None:
        """Let a browser be a teacher's no more."""
        with self._database.write() as connection:
            connection.execute(sa.delete(teachers).where(teachers.c.browser == browser))

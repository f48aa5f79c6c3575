"""What addresses of the desk call a submission: neither its order of arrival nor the key of its receipt."""

from __future__ import annotations

import sqlalchemy as sa

from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.secrets import key_digest
from consult.submissions.models import Submission


def code_of(submission: Submission, *, among: str = "") -> str:
    """The code of a submission.

    Args:
        submission: which.
        among: names a list whose readers must not find the same submission again in another list.
    """
    return _code(submission.key, among)


def get_by_code(code: str, *which: sa.ColumnElement[bool], among: str = "") -> Submission:
    """The one of these submissions that has this code, read without who wrote the others.

    Args:
        code: as an address holds it.
        which: conditions of the submissions that are looked through.
        among: as in `code_of`.

    Raises:
        NotFound: none of them has it.
    """
    rows = db.session.execute(sa.select(Submission.id, Submission.key).where(*which).order_by(Submission.key))
    for submission_id, key in rows:
        if _code(key, among) == code:
            return db.session.get_one(Submission, submission_id)
    raise NotFound


def _code(key: str, among: str) -> str:
    return key_digest(f"{among}:{key}" if among else key)[:16]

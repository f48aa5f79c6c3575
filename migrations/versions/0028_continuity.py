"""Texts that were opened, what continues what, and what is said of their changes: on record, whatever program asks."""

from __future__ import annotations

import re

from alembic import op

from consult.core.migrations import guard

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# What the rules ask of other tables, by key: functions in PostgreSQL, whose conditions hold no subquery.
FACTS = {
    "version_is_fixed": """
SELECT EXISTS (
    SELECT 1 FROM document_version
    LEFT JOIN round ON round.id = document_version.round_id
    WHERE document_version.id = {key} AND (
        round.opened_at IS NOT NULL
        OR (document_version.round_id IS NULL AND EXISTS (
            SELECT 1 FROM outcome WHERE outcome.consultation_id = document_version.consultation_id
        ))
    )
)""",
    "is_concluded": "SELECT EXISTS (SELECT 1 FROM outcome WHERE outcome.consultation_id = {key})",
    "version_is_concluded": """
SELECT EXISTS (
    SELECT 1 FROM outcome
    JOIN document_version ON document_version.consultation_id = outcome.consultation_id
    WHERE document_version.id = {key}
)""",
    # Of what was withdrawn or struck everything goes.
    "point_is_concluded": """
SELECT EXISTS (
    SELECT 1 FROM comment
    JOIN round ON round.id = comment.round_id
    JOIN outcome ON outcome.consultation_id = round.consultation_id
    WHERE comment.id = {key} AND comment.withdrawn_at IS NULL
)""",
    "point_is_answered": """
SELECT EXISTS (
    SELECT 1 FROM comment
    WHERE comment.id = {key} AND comment.response_status = 'sent' AND comment.withdrawn_at IS NULL
)""",
    "round_has_input": """
SELECT EXISTS (SELECT 1 FROM comment WHERE comment.round_id = {key} AND comment.reference IS NOT NULL)""",
}
_FIXED, _SOURCED = "version_is_fixed(OLD.version_id)", "version_is_concluded(OLD.version_id)"
GUARDED = {
    # What people commented on was opened, and stays so: all else here hangs on it.
    "round": (
        (
            "opened",
            "UPDATE",
            "opened_at",
            "OLD.opened_at IS NOT NULL AND NEW.opened_at IS NULL AND round_has_input(OLD.id)",
        ),
        # Addresses and the order of versions hang on its number.
        ("numbered", "UPDATE", "number, consultation_id", "OLD.opened_at IS NOT NULL"),
    ),
    "document_version": (
        ("placed", "UPDATE", "round_id, consultation_id", "TRUE"),
        ("changed", "UPDATE", None, "version_is_fixed(OLD.id)"),
        ("deleted", "DELETE", None, "version_is_fixed(OLD.id)"),
    ),
    # A picture is made once, from a file; another one is another row.
    "figure": (("changed", "UPDATE", None, "TRUE"),),
    "paragraph": (
        ("added", "INSERT", None, "version_is_fixed(NEW.version_id)"),
        ("changed", "UPDATE", None, _FIXED),
        ("deleted", "DELETE", None, _FIXED),
    ),
    # An edition may come after the opening, in a language that was in preparation; none changes or goes.
    "edition": (("changed", "UPDATE", None, _FIXED), ("deleted", "DELETE", None, _FIXED)),
    "correspondence": (
        ("added", "INSERT", None, "version_is_fixed(NEW.version_id)"),
        ("changed", "UPDATE", None, "TRUE"),
        ("deleted", "DELETE", None, _FIXED),
    ),
    # A link may be made late. Once it can have been read it is only taken back, once, with its reason beside it.
    "change_trace": (
        ("made", "UPDATE", "comment_id, version_id, eid, made_by, made_at", "TRUE"),
        ("moved", "UPDATE", "paragraph_id", f"OLD.paragraph_id IS NOT NULL AND {_FIXED}"),
        ("taken_back", "UPDATE", "removed_by, removed_at, removal_reason", "OLD.removed_at IS NOT NULL"),
        ("deleted", "DELETE", None, f"{_FIXED} AND point_is_answered(OLD.comment_id)"),
    ),
    "unreflected_reason": (
        ("changed", "UPDATE", None, "point_is_concluded(OLD.comment_id)"),
        ("deleted", "DELETE", None, "point_is_concluded(OLD.comment_id)"),
    ),
    "change_source": (
        ("changed", "UPDATE", None, "is_concluded(OLD.consultation_id)"),
        ("deleted", "DELETE", None, "is_concluded(OLD.consultation_id)"),
    ),
    "sourced_change": (("changed", "UPDATE", None, _SOURCED), ("deleted", "DELETE", None, _SOURCED)),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        for name, question in FACTS.items():
            op.execute(
                f"CREATE FUNCTION {name}(bigint) RETURNS boolean LANGUAGE sql STABLE AS $${question.format(key='$1')}$$"
            )

    def asked(condition: str) -> str:
        """The condition as its database takes it."""
        return re.sub(r"(\w+)\((\w+\.\w+)\)", lambda call: f"({FACTS[call[1]].format(key=call[2])})", condition)

    guard(
        {
            table: [
                (name, event, columns, asked(condition) if is_sqlite else condition)
                for name, event, columns, condition in rules
            ]
            for table, rules in GUARDED.items()
        }
    )

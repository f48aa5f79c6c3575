"""Texts that were opened, and what continues what, never change again, whatever program asks."""

from __future__ import annotations

from alembic import op

from consult.core.migrations import KEY, Rule, guard, rebuild

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_FIXED = """
SELECT EXISTS (
    SELECT 1 FROM document_version
    LEFT JOIN round ON round.id = document_version.round_id
    WHERE document_version.id = {key} AND (
        round.opened_at IS NOT NULL
        OR (document_version.round_id IS NULL AND EXISTS (
            SELECT 1 FROM outcome WHERE outcome.consultation_id = document_version.consultation_id
        ))
    )
)
"""


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with rebuild("correspondence") as batch:
        batch.alter_column("confirmed_by", existing_type=KEY, nullable=True)
        batch.create_check_constraint(
            op.f("ck_correspondence_somebody_confirmed"), "confirmed_by IS NOT NULL OR ground = 'same_words'"
        )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:  # a trigger's condition holds no subquery there, but may call a function
        op.execute(
            "CREATE FUNCTION version_is_fixed(bigint) RETURNS boolean LANGUAGE sql STABLE AS "
            f"$${_FIXED.format(key='$1')}$$"
        )

    def fixed(row: str) -> str:
        key = f"{row}.version_id"
        return f"({_FIXED.format(key=key)})" if is_sqlite else f"version_is_fixed({key})"

    def rules(*, changes: str) -> list[Rule]:
        return [
            ("changed", "UPDATE", None, changes),
            ("deleted", "DELETE", None, fixed("OLD")),
        ]

    arrives: Rule = ("added", "INSERT", None, fixed("NEW"))
    # An edition may come after the opening, in a language that was in preparation; none changes or goes.
    guard(
        {
            "paragraph": [arrives, *rules(changes=fixed("OLD"))],
            "edition": rules(changes=fixed("OLD")),
            "correspondence": [arrives, *rules(changes="TRUE")],
        }
    )

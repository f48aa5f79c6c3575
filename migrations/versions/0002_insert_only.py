"""What is on record is not changed: triggers that refuse it, whatever program asks.

A table that batch mode rebuilds on SQLite loses its triggers silently: a later migration that does so ends by
calling `create_triggers` of this file again. `tests/migrations` looks whether all of them are there.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Rows that are never changed nor deleted.
FROZEN = (
    "moderation_decision",
    "credential",
    "response_version",
    "clearance_decision",
    "delivery",
    "publication_change",
)
# table: (name, event, columns that the event is about or none, condition under which it is refused)
GUARDED = {
    "comment": (
        ("words", "UPDATE", "reference, comment_type, text, proposed_change, language, paragraph_id, question_id",
         ("OLD.reference IS NOT NULL AND NOT (NEW.withdrawn_at IS NOT NULL AND NEW.text = '' "
         "AND NEW.proposed_change = '' AND NEW.reference = OLD.reference)")),
        ("deleted", "DELETE", None, "OLD.reference IS NOT NULL"),
    ),
    "submission": (
        ("who", "UPDATE", "account_id, capacity, language, submitted_at, round_id",
         "OLD.status <> 'draft'"),
        ("deleted", "DELETE", None, "OLD.status <> 'draft'"),
    ),
    "ledger_entry": (
        ("entry", "UPDATE", "act, subject, subject_id, host_id, actor_kind, actor_id, at, digest", "TRUE"),
        ("place", "UPDATE", "sequence", "OLD.sequence IS NOT NULL"),
        ("salt", "UPDATE", "salt", "NEW.salt IS NOT NULL"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
    "release_file": (
        ("bytes", "UPDATE", "release_id, kind, issue, sha256, size, issued_at", "TRUE"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
}  # fmt: skip


def triggers() -> list[tuple[str, str, str, str | None, str]]:
    """(trigger, table, event, columns, condition) of each."""
    found: list[tuple[str, str, str, str | None, str]] = []
    for table in FROZEN:
        found.append((f"frozen_{table}_changed", table, "UPDATE", None, "TRUE"))
        found.append((f"frozen_{table}_deleted", table, "DELETE", None, "TRUE"))
    for table, rules in GUARDED.items():
        found += [(f"frozen_{table}_{name}", table, event, columns, when) for name, event, columns, when in rules]
    return found


def create_triggers() -> None:
    """Create those that are not there."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the record is insert-only: %', TG_NAME; END $$"
        )
    for name, table, event, columns, condition in triggers():
        what = f"{event} OF {columns}" if columns else event
        if sqlite:
            # SQLite fires for columns that are named in a statement, changed or not, as PostgreSQL does.
            op.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {what} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, 'the record is insert-only: {name}'); END"
            )
        else:
            op.execute(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW WHEN ({condition}) "
                "EXECUTE FUNCTION refuse_change()"
            )


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    create_triggers()

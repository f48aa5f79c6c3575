"""Protected and delayed submissions, accounts without e-mail, claim codes, who employs staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import Rule, guard, rebuild, trigger_of

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SETTINGS = "'named', 'organisation_only', 'pseudonym', 'anonymous', 'aggregate', 'not_published'"
ROLES = "'manager', 'moderator', 'responder', 'approver', 'translator', 'protection'"
# Erasing a person takes the account away from what they submitted; nothing gives it to somebody else.
GUARDED: dict[str, tuple[Rule, ...]] = {
    "submission": (
        ("who", "UPDATE", "capacity, language, submitted_at, round_id", "OLD.status <> 'draft'"),
        ("owner", "UPDATE", "account_id", "OLD.status <> 'draft' AND NEW.account_id IS NOT NULL"),
    ),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _drop_triggers()
    _account()
    _submission()
    _settings()
    _staff()
    guard(GUARDED)


def _drop_triggers() -> None:
    trigger = trigger_of("submission", GUARDED["submission"][0])
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON submission"
    op.execute(f"DROP TRIGGER {trigger}{on}")


def _account() -> None:
    with rebuild("account") as batch:
        batch.alter_column("email", existing_type=sa.Text(), nullable=True)
        for name in ("sign_in_name", "recovery_digest"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
            batch.create_unique_constraint(op.f(f"uq_account_{name}"), [name])
        batch.add_column(sa.Column("typed_name", sa.Text(), nullable=True))
        batch.add_column(sa.Column("recovery_checked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("active_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_account_can_be_signed_in_to"),
            "email IS NOT NULL OR sign_in_name IS NOT NULL OR closed_on IS NOT NULL",
        )
        batch.create_check_constraint(
            op.f("ck_account_name_has_both_forms"), "(sign_in_name IS NULL) = (typed_name IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_account_closed_is_empty"),
            "closed_on IS NULL OR (email IS NULL AND sign_in_name IS NULL AND recovery_digest IS NULL "
            "AND password_hash IS NULL AND name = '' AND organisation = '' AND country IS NULL AND capacity IS NULL)",
        )


def _submission() -> None:
    with rebuild("submission") as batch:
        batch.add_column(sa.Column("asked_for_protection", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("publication_delay", sa.String(40), nullable=False, server_default="none"))
        batch.add_column(sa.Column("publish_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("claim_digest", sa.Text(), nullable=True))
        batch.add_column(sa.Column("claim_checked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("forgotten_on", sa.Date(), nullable=True))
        batch.alter_column("begun_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.alter_column("saved_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.drop_constraint(op.f("ck_submission_has_an_owner"), type_="check")
        batch.drop_constraint(op.f("ck_submission_submitted_is_complete"), type_="check")
    with rebuild("submission") as batch:
        for name in ("asked_for_protection", "publication_delay", "is_held"):
            batch.alter_column(name, server_default=None)
        batch.create_unique_constraint(op.f("uq_submission_claim_digest"), ["claim_digest"])
        batch.create_check_constraint(
            op.f("ck_submission_publicationdelay"), "publication_delay IN ('none', 'round_end', 'date')"
        )
        batch.create_check_constraint(
            op.f("ck_submission_has_an_owner"),
            "account_id IS NOT NULL OR draft_key_digest IS NOT NULL OR claim_digest IS NOT NULL "
            "OR forgotten_on IS NOT NULL OR source <> 'online'",
        )
        batch.create_check_constraint(
            op.f("ck_submission_submitted_is_complete"),
            "status = 'draft' OR (submitted_at IS NOT NULL "
            "AND capacity IS NOT NULL AND publication_setting IS NOT NULL AND language IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_submission_forgotten_has_no_owner"),
            "forgotten_on IS NULL OR (account_id IS NULL AND claim_digest IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_submission_delayed_to_a_day"), "(publication_delay = 'date') = (publish_on IS NOT NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_submission_draft_has_times"),
            "status <> 'draft' OR (begun_at IS NOT NULL AND saved_at IS NOT NULL)",
        )


def _settings() -> None:
    """One more publication setting: only counted."""
    for table, column, name in (
        ("submission", "publication_setting", "publicationsetting"),
        ("publication_change", "setting_before", "setting_before"),
        ("publication_change", "setting_after", "setting_after"),
        ("release_row", "setting", "publicationsetting"),
        ("comment_import", "setting", "publicationsetting"),
    ):
        with rebuild(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({SETTINGS})")


def _staff() -> None:
    with rebuild("membership") as batch:
        batch.add_column(sa.Column("standing", sa.String(40), nullable=False, server_default="own"))
        batch.drop_constraint(op.f("ck_membership_staffrole"), type_="check")
        batch.create_check_constraint(op.f("ck_membership_staffrole"), f"role IN ({ROLES})")
    with rebuild("membership") as batch:
        batch.alter_column("standing", server_default=None)
        batch.create_check_constraint(
            op.f("ck_membership_staffstanding"), "standing IN ('own', 'seconded', 'government')"
        )
        batch.create_check_constraint(
            op.f("ck_membership_protection_is_own_staff"), "role <> 'protection' OR standing = 'own'"
        )
    with rebuild("host") as batch:
        batch.add_column(sa.Column("safety_contact", sa.Text(), nullable=False, server_default=""))
    with rebuild("host") as batch:
        batch.alter_column("safety_contact", server_default=None)

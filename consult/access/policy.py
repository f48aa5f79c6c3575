"""The policy: for each permission, the relations that have it. One table, one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from consult.access.permissions import Permission as P
from consult.access.roles import Actor, Relation, has_relation
from consult.access.roles import Relation as R

Subject = TypeVar("Subject")
DESK = frozenset({R.MANAGER, R.MODERATOR, R.RESPONDER, R.APPROVER})

POLICY: Mapping[P, frozenset[Relation]] = {
    P.HOSTS_MANAGE: frozenset({R.ADMINISTRATOR}),
    P.ACCOUNT_USE: frozenset({R.SIGNED_IN}),
    P.OWN_INPUT_USE: frozenset({R.SIGNED_IN, R.CLAIMANT}),
    P.DESK_ENTER: frozenset({R.STAFF}),
    P.STAFF_MANAGE: frozenset({R.ADMINISTRATOR, R.MANAGER}),
    P.PROTECTION_GIVE: frozenset({R.ADMINISTRATOR}),
    P.MEMBERS_MANAGE: frozenset({R.ADMINISTRATOR, R.MANAGER}),
    P.CONSULTATION_CREATE: frozenset({R.MANAGER}),
    P.CONSULTATION_READ: frozenset({R.ANYONE}),
    P.DRAFT_READ: DESK | {R.READER},
    P.INPUT_READ: frozenset({R.INPUT_READER}),
    P.TAKE_PART: frozenset({R.PARTICIPANT}),
    P.SUBMIT: frozenset({R.AUTHOR}),
    P.SUBMISSION_OWN: frozenset({R.AUTHOR}),
    P.DESK_READ: DESK,
    P.SETUP_EDIT: frozenset({R.MANAGER}),
    P.TEXT_TRANSLATE: frozenset({R.MANAGER, R.TRANSLATOR}),
    P.INPUT_TRANSLATE: DESK | {R.TRANSLATOR},
    P.LANGUAGE_ADD: frozenset({R.MANAGER}),
    P.ROUND_OPEN: frozenset({R.MANAGER}),
    P.ROUND_EXTEND: frozenset({R.MANAGER}),
    P.CORRIGENDUM_ISSUE: frozenset({R.MANAGER}),
    P.TIMELINE_EDIT: frozenset({R.MANAGER}),
    P.OUTCOME_RECORD: frozenset({R.MANAGER}),
    P.INVITATIONS_MANAGE: frozenset({R.MANAGER}),
    P.TABLE_IMPORT: frozenset({R.MANAGER, R.MODERATOR}),
    P.INPUT_SCREEN: frozenset({R.MODERATOR}),
    P.LATE_ACCEPT: frozenset({R.MANAGER}),
    P.CREDENTIAL_RECORD: frozenset({R.MANAGER, R.MODERATOR}),
    P.RESPONSE_DRAFT: frozenset({R.RESPONDER}),
    P.RESPONSE_CLEAR: frozenset({R.APPROVER}),
    P.RESPONSE_SEND: frozenset({R.APPROVER, R.MANAGER}),
    P.TRACE_EDIT: frozenset({R.MANAGER, R.RESPONDER}),
    P.RELEASE_BUILD: frozenset({R.MANAGER}),
    P.IDENTITY_REVEAL: frozenset({R.PROTECTION}),
    P.TEXT_STRIKE: frozenset({R.PROTECTION}),
    P.FILES_MANAGE: frozenset({R.MANAGER}),
    P.RETENTION_SET: frozenset({R.MANAGER}),
    P.COMMITMENT_MANAGE: frozenset({R.MANAGER}),
}


def permits(actor: Actor, permission: P, subject: Any = None) -> bool:
    """Whether the policy lets ``actor`` do ``permission`` to ``subject``.

    Args:
        actor: who asks; a visitor is an actor too.
        permission: what.
        subject: the consultation, round, submission or host; None for the instance itself.
    """
    return any(has_relation(actor, relation, subject) for relation in sorted(POLICY[permission]))


def permitted(actor: Actor, permission: P, subjects: Iterable[Subject]) -> list[Subject]:
    """Those of these subjects to which the policy lets ``actor`` do ``permission``, in their order."""
    return [subject for subject in subjects if permits(actor, permission, subject)]


def permission_table() -> str:
    """The role × permission table in Markdown, as ``docs/permissions.md`` holds it."""
    relations = list(Relation)
    lines = [
        "| permission | " + " | ".join(relations) + " |",
        "|---|" + "---|" * len(relations),
    ]
    for permission in P:
        cells = ["yes" if relation in POLICY[permission] else "" for relation in relations]
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"

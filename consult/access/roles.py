"""The relations that an actor can have to a subject; the policy names these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class StaffRole(Labelled):
    """What somebody does for one host organisation."""

    MANAGER = "manager", _p("role", "Manager")
    MODERATOR = "moderator", _p("role", "Moderator")
    RESPONDER = "responder", _p("role", "Responder")
    APPROVER = "approver", _p("role", "Approver")
    TRANSLATOR = "translator", _p("role", "Translator")
    PROTECTION = "protection", _p("role", "Protection officer")


class Relation(StrEnum):
    """How an actor stands to a subject."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    CLAIMANT = "claimant"
    AUTHOR = "author"
    READER = "reader"
    PARTICIPANT = "participant"
    INPUT_READER = "input reader"
    STAFF = "staff"
    MANAGER = "manager"
    MODERATOR = "moderator"
    RESPONDER = "responder"
    APPROVER = "approver"
    TRANSLATOR = "translator"
    PROTECTION = "protection"
    ADMINISTRATOR = "administrator"


ROLE_OF: Mapping[Relation, StaffRole] = {Relation(role.value): role for role in StaffRole}

MEANING: Mapping[Relation, str] = {
    Relation.ANYONE: "every visitor, signed in or not",
    Relation.SIGNED_IN: "anybody with a confirmed account",
    Relation.CLAIMANT: "who came back with the code of a submission without an account",
    Relation.AUTHOR: "who made the submission, or holds the key to the draft or the code of the submission",
    Relation.READER: "who may read the draft: everybody in a public round, otherwise those invited, or the delegates "
    "of members",
    Relation.PARTICIPANT: "who may take part in the round: everybody in a public round, otherwise those invited, or "
    "the delegates of members",
    Relation.INPUT_READER: "who may see the input, by the visibility of the round; where it is for participants only, "
    "those invited, the delegates of members, or in a public round who has submitted in it",
    Relation.STAFF: "anybody with a role at any host, and the administrator",
    Relation.MANAGER: "manager at the subject's host",
    Relation.MODERATOR: "moderator at the subject's host",
    Relation.RESPONDER: "responder at the subject's host",
    Relation.APPROVER: "approver at the subject's host",
    Relation.TRANSLATOR: "translator at the subject's host: the translation pages of its consultations, nothing else",
    Relation.PROTECTION: "protection officer at the subject's host, never seconded or from a government: who is behind "
    "protected submissions, each look recorded and shown to the person; texts struck for safety or law",
    Relation.ADMINISTRATOR: "administrator of the instance: hosts and their staff, never their desks",
}


class Actor(Protocol):
    """Whoever acts: a person with an account, or an anonymous visitor."""

    @property
    def actor_id(self) -> int | None:
        """Key of the account, None for a visitor."""

    @property
    def claimed_id(self) -> int | None:
        """Key of the submission that the actor has opened with its code, None for everybody else."""

    @property
    def is_administrator(self) -> bool:
        """Whether the actor looks after the instance."""

    @property
    def staff_roles(self) -> Mapping[int, frozenset[StaffRole]]:
        """Roles by key of the host."""


Predicate = Callable[[Actor, Any], bool]
_predicates: dict[Relation, Predicate] = {}


def register_relation(relation: Relation, predicate: Predicate) -> None:
    """Let the feature that knows the subject decide a relation; once each."""
    if relation in _predicates and _predicates[relation] is not predicate:
        raise RuntimeError(f"{relation} is registered twice")
    _predicates[relation] = predicate


def has_relation(actor: Actor, relation: Relation, subject: Any) -> bool:
    """Whether ``actor`` stands in ``relation`` to ``subject`` (None for the instance itself)."""
    if relation is Relation.ANYONE:
        return True
    if relation is Relation.SIGNED_IN:
        return actor.actor_id is not None
    if relation is Relation.CLAIMANT:
        return actor.claimed_id is not None
    if relation is Relation.ADMINISTRATOR:
        return actor.is_administrator
    if relation is Relation.STAFF:
        return bool(actor.staff_roles) or actor.is_administrator
    if relation in ROLE_OF:
        host_id = getattr(subject, "host_id", None)
        return host_id is not None and ROLE_OF[relation] in actor.staff_roles.get(host_id, frozenset())
    predicate = _predicates.get(relation)
    return subject is not None and predicate is not None and predicate(actor, subject)


def is_staff_of(actor: Actor, subject: Any) -> bool:
    """Whether the actor has any role at the subject's host."""
    return bool(actor.staff_roles.get(getattr(subject, "host_id", 0) or 0))

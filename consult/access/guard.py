"""The mark that every view carries: ``@requires(permission, loader)`` or ``@public``.

Views, never services, ask the policy. The app refuses to start while a route has no mark (``core.web.routes``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, session, url_for
from flask_login import current_user

from consult.access.permissions import Permission
from consult.access.policy import POLICY, permits
from consult.access.roles import Actor, Relation, is_staff_of
from consult.core.errors import NotFound, NotPermitted, SignInEnded
from consult.core.secrets import key_digest
from consult.core.web.csrf import resend_fields
from consult.core.web.lending import is_lent
from consult.core.web.switching import brings_input

View = TypeVar("View", bound=Callable[..., Any])
# Relations that a visitor without an account can have; any other permission sends visitors to sign in first.
OPEN_TO_VISITORS = {Relation.ANYONE, Relation.READER, Relation.PARTICIPANT, Relation.INPUT_READER, Relation.AUTHOR}


def current_actor() -> Actor:
    """Whoever makes this request."""
    return current_user._get_current_object()  # type: ignore[no-any-return]  # noqa: SLF001


def public(view: View) -> View:
    """Mark a view that everybody may use, with no subject to protect."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def can(permission: Permission, subject: Any = None) -> bool:
    """For templates: whether to offer an act to whoever reads the page."""
    return permits(current_actor(), permission, subject)


def to_sign_in() -> Any:
    """Send a visitor to sign in and back here afterwards.

    Raises:
        SignInEnded: something was typed that the way through the sign-in page would lose.
    """
    if brings_input() and any(value.strip() for _name, value in resend_fields()):
        raise SignInEnded
    here = None if brings_input() else request.full_path.rstrip("?")
    return redirect(url_for("accounts.sign_in", next=here))


def requires(
    permission: Permission, load: Callable[..., Any] | None = None, *, refusal: Any = ""
) -> Callable[[View], View]:
    """Mark a view with its permission and guard it.

    Args:
        permission: what the policy is asked.
        load: takes the URL's values, returns the subject, raises NotFound; the view gets the subject as its
            first argument and no URL values. Without it the subject is the instance and the view keeps the values.
        refusal: a lazily translated sentence for those who are refused, where the general one says too little.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if actor.actor_id is None and not POLICY[permission] & OPEN_TO_VISITORS and not permits(actor, permission):
                return to_sign_in()
            subject = load(**kwargs) if load else None
            if not permits(actor, permission, subject):
                if actor.actor_id is None and brings_input() and Relation.PARTICIPANT in POLICY[permission]:
                    return to_sign_in()  # invited, and the sign-in expired while they were writing
                refuse(actor, permission, subject, str(refusal))
            return view(subject, *args) if load else view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def refuse(actor: Actor, permission: Permission, subject: Any, message: str = "") -> None:
    """Refuse without telling outsiders that the thing exists.

    Raises:
        NotPermitted: the actor may know of the subject: staff of its host, or the instance itself.
        NotFound: everybody else.
    """
    if subject is None or is_staff_of(actor, subject) or POLICY[permission] & {Relation.READER, Relation.PARTICIPANT}:
        raise NotPermitted(message)
    raise NotFound


def remember_draft(key: str) -> None:
    """Keep the key to a draft begun before signing in, in this browser's signed cookie."""
    session["draft_keys"] = [*session.get("draft_keys", []), key][-20:]
    session.permanent = not is_lent()


def draft_keys() -> list[str]:
    """Keys to drafts that this browser holds."""
    return list(session.get("draft_keys", []))


def forget_draft(digest: str | None) -> None:
    """Let go of the key to a draft; a browser that holds no other keeps its cookie no longer than it is open.

    Args:
        digest: what is stored of the key.
    """
    session["draft_keys"] = [key for key in draft_keys() if key_digest(key) != digest]
    if not session["draft_keys"]:
        del session["draft_keys"]
        session.permanent = False


# In the session: the random key of an opening, and the second in which it was last used.
CLAIM = "claim"
CLAIM_IDLE_SECONDS = 30 * 60


def remember_claim(key: str, now: datetime) -> None:
    """Keep that this browser has opened a submission with its code, until it is idle for half an hour."""
    session[CLAIM] = [key, int(now.timestamp())]


def claim_key(now: datetime) -> str | None:
    """The key of the opening that this browser holds, unless it was idle; using it lets it go on.

    The database is not written for this: the cookie is signed, and the opening itself ends with its row.
    """
    key, seen = session.get(CLAIM, (None, 0))
    passed = now.timestamp() - seen
    if key is None or passed > CLAIM_IDLE_SECONDS:
        session.pop(CLAIM, None)
        return None
    if passed > 60:
        remember_claim(key, now)
    return str(key)


def forget_claim() -> None:
    """Let go of what this browser has opened with a code."""
    session.pop(CLAIM, None)


def claim_keys() -> list[str]:
    """What this browser has opened with a code, idle or not: for ending it."""
    return [session[CLAIM][0]] if CLAIM in session else []

"""How long things are kept, in sentences; and what a run of the worker forgot."""

from __future__ import annotations

from consult.core.context import settings
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.privacy.enums import NOTICE_DAYS, Kept
from consult.privacy.models import RetentionRun
from consult.privacy.queries import common_days, get_days
from consult.secretariats.models import Host


def days_in_words(days: int) -> str:
    """A number of days, as years where it is some whole ones."""
    if days % 365 == 0:
        return ngettext("%(num)s year", "%(num)s years", days // 365)
    return ngettext("%(num)s day", "%(num)s days", days)


def backups_sentence() -> str:
    """How long backups hold what was deleted: their operator alone knows."""
    return _(
        "Backups still hold what is deleted here, for as long as whoever looks after this instance keeps them; the "
        "contact of each consultation can tell you how long that is. They are for restoring a broken server alone."
    )


def retention_sentences(host: Host | None) -> list[str]:
    """How long what a person leaves is kept, for everybody to read.

    Args:
        host: whose consultations; None for what holds where no host has a say.
    """
    common = common_days()
    own = get_days(host) if host is not None else common
    return [
        *_about_drafts(own[Kept.DRAFT]),
        _(
            "An account that nobody has signed in to for %(time)s is closed. Who took part with several hosts is kept "
            "as long as the one that keeps longest.",
            time=days_in_words(own[Kept.ACCOUNT]),
        ),
        ngettext(
            "Its owner is told by e-mail %(num)s day before, once. Without an e-mail address nobody can be told.",
            "Its owner is told by e-mail %(num)s days before, once. Without an e-mail address nobody can be told.",
            NOTICE_DAYS,
        ),
        _(
            "Records of sign-ins that have ended, and of links in e-mails, are kept for %(time)s.",
            time=days_in_words(common[Kept.SECURITY]),
        ),
        _(
            "That an e-mail was sent, to whom and with which subject, is kept for %(time)s; its words only until it "
            "is sent.",
            time=days_in_words(common[Kept.DELIVERY]),
        ),
        _("Counts of attempts to sign in are kept for the hour, as check values that cannot be read back."),
        _("What was submitted stays on the public record under the setting that was chosen, until it is withdrawn."),
        backups_sentence(),
    ]


def _about_drafts(days: int) -> list[str]:
    time, alone = days_in_words(days), settings().draft_days + 1
    said = [
        _(
            "A draft in an account is kept for %(time)s after it was last saved or after its round closed, whichever "
            "is later.",
            time=time,
        )
    ]
    if days <= alone:
        return [*said, _("A draft without an account is kept for %(time)s after it was last saved.", time=time)]
    return [
        *said,
        _("A draft that a code opens is kept for %(time)s after it was last saved.", time=time),
        ngettext(
            "A draft with neither an account nor a code goes %(num)s day after it was last saved: no browser has the "
            "key to it any more.",
            "A draft with neither an account nor a code goes %(num)s days after it was last saved: no browser has the "
            "key to it any more.",
            alone,
        ),
    ]


def due_in_words(kept: Kept, number: int) -> str:
    """What the next run would do about what is kept no longer then."""
    return {
        Kept.DRAFT: ngettext("%(num)s draft would be deleted.", "%(num)s drafts would be deleted.", number),
        Kept.ACCOUNT: ngettext(
            "%(num)s account that nobody uses would be closed, or its owner be told that it closes.",
            "%(num)s accounts that nobody uses would be closed, or their owners be told that they close.",
            number,
        ),
        Kept.SECURITY: ngettext(
            "%(num)s record of a sign-in or a link would be deleted, of all hosts.",
            "%(num)s records of sign-ins or links would be deleted, of all hosts.",
            number,
        ),
        Kept.DELIVERY: ngettext(
            "%(num)s record of a sent e-mail would be deleted, of all hosts.",
            "%(num)s records of sent e-mails would be deleted, of all hosts.",
            number,
        ),
    }[kept]


def run_in_words(run: RetentionRun) -> list[str]:
    """What a run forgot, in sentences; none where there was nothing to forget."""
    counts = [
        (run.drafts, ngettext("%(num)s draft was deleted.", "%(num)s drafts were deleted.", run.drafts)),
        (
            run.accounts_told,
            ngettext(
                "%(num)s person was told that their account closes.",
                "%(num)s people were told that their accounts close.",
                run.accounts_told,
            ),
        ),
        (
            run.accounts_closed,
            ngettext(
                "%(num)s account that nobody used was closed.",
                "%(num)s accounts that nobody used were closed.",
                run.accounts_closed,
            ),
        ),
        (
            run.security_events,
            ngettext(
                "%(num)s record of a sign-in or a link was deleted.",
                "%(num)s records of sign-ins or links were deleted.",
                run.security_events,
            ),
        ),
        (
            run.deliveries,
            ngettext(
                "%(num)s record of a sent e-mail was deleted.",
                "%(num)s records of sent e-mails were deleted.",
                run.deliveries,
            ),
        ),
    ]
    return [sentence for number, sentence in counts if number]

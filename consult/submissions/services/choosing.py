"""What may be chosen of who sees a submission, and when; refused with the sentence for its author."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from consult.accounts.enums import Capacity
from consult.consultations.models import Round
from consult.core.clock import to_wall
from consult.core.errors import BadInput
from consult.core.locale import format_day
from consult.core.locale import gettext as _
from consult.submissions.enums import Nature, PublicationDelay, PublicationSetting
from consult.submissions.models import Submission, SubmissionIdentity

LONGEST_DELAY = timedelta(days=2 * 365)


def setting_fits(submission: Submission, setting: PublicationSetting) -> bool:
    """Whether a publication setting can be chosen by whoever speaks.

    Input in an official name needs a credential, which nobody can check behind a protected setting; and there is
    no "organisation only" without an organisation.
    """
    if submission.is_official and setting.is_protected:
        return False
    return not (setting is PublicationSetting.ORGANISATION_ONLY and submission.capacity is Capacity.INDIVIDUAL)


def protection_fits(submission: Submission, setting: PublicationSetting) -> bool:
    """Whether protection can be asked for beside a setting that does not bring it.

    With "organisation only" alone: a name that everybody reads protects nobody, and input in an official name needs
    a credential that staff check.
    """
    return setting is PublicationSetting.ORGANISATION_ONLY and not submission.is_official


def may_speak_as_state(submission: Submission) -> bool:
    """Whether its points may be reservations and statements of position: it speaks for a State, and shows for which."""
    return submission.capacity is Capacity.STATE_DELEGATION and not submission.is_protected


def require_nature(submission: Submission, nature: Nature) -> None:
    """Refuse a reservation or a statement of position where nobody could be named with it.

    Raises:
        BadInput: whoever speaks is no State delegation, or wants not to be named.
    """
    if not nature.is_of_state or may_speak_as_state(submission):
        return
    if submission.capacity is not Capacity.STATE_DELEGATION:
        raise BadInput(
            _(
                "Only a State delegation puts a reservation or a statement of position on record. Say under “About "
                "you” that you speak for one, or choose “Point”."
            ),
            "nature",
        )
    raise BadInput(
        _("A reservation or a statement of position always shows the name of the State. Choose “Point”."), "nature"
    )


def is_choice(submission: Submission, setting: PublicationSetting, *, asked_for_protection: bool) -> bool:
    """Whether a setting, and protection beside it, can be chosen by whoever speaks."""
    if asked_for_protection and not setting.is_protected and not protection_fits(submission, setting):
        return False
    return setting_fits(submission, setting)


def require_choice(
    submission: Submission, setting: PublicationSetting, *, pseudonym: str, asked_for_protection: bool
) -> None:
    """Refuse what does not go together.

    Raises:
        BadInput: a setting that does not fit who speaks, a pseudonym that is missing, protection that cannot be given.
    """
    if not setting_fits(submission, setting):
        raise BadInput(_("This choice does not fit who you speak for. Choose another one."), "setting")
    if setting is PublicationSetting.PSEUDONYM and not pseudonym:
        raise BadInput(_("Write the pseudonym that is to be shown."), "pseudonym")
    if is_choice(submission, setting, asked_for_protection=asked_for_protection):
        return
    if submission.is_official:
        raise BadInput(
            _(
                "You speak for a State, a government or an intergovernmental body. The secretariat must be able to "
                "check your credential, so protection cannot be asked for."
            ),
            "asked_for_protection",
        )
    raise BadInput(
        _("Your name cannot be shown and protected at once. Choose a setting that does not show it."),
        "asked_for_protection",
    )


def require_day(round_: Round, day: date | None, *, is_protected: bool, now: datetime) -> None:
    """Refuse a day that its author's words cannot wait for; days are those of the round's zone.

    Args:
        round_: what the words are said in.
        day: not before which they are to be published.
        is_protected: protected input waits for the end of the round, so an earlier day would promise what is not kept.
        now: when it is chosen.

    Raises:
        BadInput: no day, one that is past, too far, or before the closing where it is protected.
    """
    if day is None:
        raise BadInput(_("Choose the day before which your input is not published."), "publish_on")
    today = to_wall(now, round_.zone).date()
    if day <= today:
        raise BadInput(_("Choose a day that is still to come."), "publish_on")
    if day > today + LONGEST_DELAY:
        raise BadInput(_("Choose a day within the next two years."), "publish_on")
    closing = round_.closing_day
    if is_protected and day <= closing:
        raise BadInput(
            _(
                "Protected input is published after the round has closed on %(day)s. Choose a later day, or no day.",
                day=format_day(closing),
            ),
            "publish_on",
        )


def kept_delay(
    setting: PublicationSetting, delay: PublicationDelay, publish_on: date | None
) -> tuple[PublicationDelay, date | None]:
    """The delay that is kept: none where the words are never published, and a day only where one was to be chosen."""
    if not setting.gives_words:
        return PublicationDelay.NONE, None
    return delay, publish_on if delay is PublicationDelay.DATE else None


def names_lacking(submission: Submission, identity: SubmissionIdentity) -> list[str]:
    """Which names a draft cannot be submitted without: `name`, `organisation`.

    A name where it is to be shown; an organisation's where that is to be shown, or a credential is to be checked. Who
    asks for protection types neither.
    """
    official = submission.is_official
    return _names_lacking(submission, identity.name, identity.organisation, submission.capacity, is_official=official)


def _names_lacking(
    submission: Submission, name: str, organisation: str, capacity: Capacity | None, *, is_official: bool
) -> list[str]:
    setting = submission.publication_setting
    is_shown = setting is not None and not setting.is_protected
    speaks_for_others = capacity not in {None, Capacity.INDIVIDUAL}
    lacking = ["name"] if setting is PublicationSetting.NAMED and not name else []
    if not organisation and ((speaks_for_others and is_shown) or is_official):
        lacking.append("organisation")
    return lacking


def require_names(
    submission: Submission, name: str, organisation: str, capacity: Capacity | None, *, is_official: bool
) -> None:
    """Refuse what says who speaks without a name that cannot be done without; as `names_lacking`.

    Raises:
        BadInput: it is missing.
    """
    lacking = _names_lacking(submission, name, organisation, capacity, is_official=is_official)
    if "name" in lacking:
        raise BadInput(
            _("You chose “With my name”, so write it here; or choose another setting first, under “Who sees what”."),
            "name",
        )
    if lacking:
        raise BadInput(_("Write the name of the organisation, community or State that you speak for."), "organisation")

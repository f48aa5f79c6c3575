"""Who will see what, for each publication setting: the words for the choice and for the tables before submitting.

A test compares them with what `queries.speakers`, the pages, the response log and the read API really give out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.accounts.actors import SYSTEM
from consult.accounts.enums import Capacity
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.core.clock import to_wall
from consult.core.locale import format_day
from consult.core.locale import gettext as _
from consult.core.locale import pgettext as _p
from consult.submissions.enums import CredentialStatus, ModerationStatus, PublicationDelay, PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import is_input_reader
from consult.submissions.services.choosing import protection_fits, setting_fits

Setting = PublicationSetting


def setting_hints() -> Mapping[Setting, str]:
    """One plain sentence for each setting."""
    return {
        Setting.NAMED: _("The public sees your name, your organisation if you named one, and your country or area."),
        Setting.ORGANISATION_ONLY: _(
            "The public sees the organisation’s name and the country or area, not yours. The secretariat also sees "
            "your name."
        ),
        Setting.PSEUDONYM: _(
            "The public and the secretariat see a name that you make up, in place of yours, and not your organisation "
            "or country."
        ),
        Setting.ANONYMOUS: _("The public and the secretariat see your points, and no name, organisation or country."),
        Setting.AGGREGATE: _(
            "Your points are counted, and the secretariat reads and answers them. The public reads no word of them and "
            "sees nothing of you."
        ),
        Setting.NOT_PUBLISHED: _(
            "Only the secretariat reads your points, and it does not see who wrote them. The public sees that there is "
            "a point, what it is about, and our answer; never your words, and nothing of you."
        ),
    }


def offered_settings(submission: Submission) -> list[Setting]:
    """The settings that whoever speaks can choose."""
    return [setting for setting in Setting if setting_fits(submission, setting)]


def is_protection_offered(submission: Submission | None) -> bool:
    """Whether protection of the name can be asked for beside "organisation only"."""
    setting = Setting.ORGANISATION_ONLY
    return submission is None or (setting_fits(submission, setting) and protection_fits(submission, setting))


def can_ask_for_protection(submission: Submission) -> bool:
    """Whether the name of what was submitted can still be protected beside its present setting."""
    setting = submission.publication_setting
    is_open = submission.is_on_record and submission.withdrawn_at is None and not submission.is_protected
    return is_open and setting is not None and protection_fits(submission, setting)


def reasons_not_offered(submission: Submission) -> list[str]:
    """Why some settings are not offered, in sentences."""
    reasons = []
    if submission.is_official:
        reasons.append(
            _(
                "You speak for a State, a government or an intergovernmental body. The secretariat must be able to "
                "check your credential, so a pseudonym, no name, or no publication cannot be chosen."
            )
        )
    if submission.capacity is Capacity.INDIVIDUAL:
        reasons.append(_("“With the organisation’s name only” is for those who speak for an organisation."))
    return reasons


@dataclass(frozen=True)
class Chosen:
    """What somebody has chosen, or might choose.

    Args:
        setting: what the public sees.
        is_protected: whether the protection officer alone sees who is behind it.
        delay: when the words may be published, with its day.
        takes_positions: whether reasons for a position stand beside it.
    """

    setting: Setting
    is_protected: bool
    delay: str = ""
    takes_positions: bool = False

    @classmethod
    def of(cls, submission: Submission, setting: Setting) -> Chosen:
        """What a submission says under its setting."""
        delay = ""
        if submission.publication_delay is PublicationDelay.ROUND_END:
            delay = _("Yes, after the round has closed and a moderator has read them")
        elif submission.publish_on is not None:
            delay = _("Yes, not before %(day)s, once a moderator has read them", day=format_day(submission.publish_on))
        has_positions = any(comment.option_id is not None for comment in submission.comments)
        return cls(setting, submission.is_protected, delay, has_positions)


@dataclass(frozen=True)
class Disclosure:
    """One line of the table: something about the submission, and who sees it, in words.

    Args:
        what: of the submission.
        public: what the public sees of it.
        secretariat: what the staff of the host see of it.
        officer: what the protection officer of the host sees of it.
    """

    what: str
    public: str
    secretariat: str
    officer: str


def disclosures(submission: Submission, round_: Round) -> Sequence[Disclosure]:
    """Who sees what of this submission under the setting that it has; nothing where none is chosen yet.

    In a round for participants only, the public is those who take part; see `public_in_words`.
    """
    setting = submission.publication_setting
    return list(_lines(Chosen.of(submission, setting), round_)) if setting is not None else []


def disclosures_by_choice(offered: Iterable[Setting], round_: Round) -> Sequence[tuple[str, Sequence[Sequence[str]]]]:
    """The same for whoever has not chosen: each part, and for each reader what it sees with which choice.

    What is the same with every choice is one sentence; else there is one for each of the things that can be seen,
    with the choices that it holds for.
    """
    tables = {setting: list(_lines(Chosen(setting, setting.is_protected), round_)) for setting in offered}
    fullest = sorted(tables.values(), key=len, reverse=True)
    parts = list(dict.fromkeys(line.what for lines in fullest for line in lines))
    found = []
    for part in parts:
        lines = {setting: line for setting, lines in tables.items() for line in lines if line.what == part}
        readers = ("public", "secretariat", "officer")
        cells = [_grouped({one: getattr(line, reader) for one, line in lines.items()}, tables) for reader in readers]
        found.append((part, cells))
    return found


def _grouped(cells: Mapping[Setting, str], all_: Iterable[Setting]) -> list[str]:
    """What is seen, each with the choices that it holds for; the last that holds for several goes without them."""
    groups: dict[str, list[str]] = {}
    for setting in all_:
        groups.setdefault(cells.get(setting, _("No")), []).append(_("“%(choice)s”", choice=setting.label))
    if len(groups) == 1:
        return list(groups)
    *first, last = groups.items()
    said = [_("%(seen)s: %(choices)s", seen=seen, choices=_p("list", ", ").join(labels)) for seen, labels in first]
    return [*said, _("Otherwise: %(seen)s", seen=last[0])]


def _lines(choice: Chosen, round_: Round) -> Iterable[Disclosure]:
    """Every part of a submission and of the person who made it."""
    yes, no, never = _("Yes"), _("No"), _("Nobody: it is not kept")
    setting, hidden = choice.setting, choice.is_protected
    is_named = setting is Setting.NAMED
    has_words = setting.gives_words
    counted = _("Only counted") if has_words or setting is Setting.AGGREGATE else no
    shows_organisation = not setting.is_protected
    # Who is behind protected input; of what everybody reads, the protection officer sees no more than others.
    looked_up = _("Yes, for a reason that is recorded and that you can read") if hidden else yes
    in_words = _("Yes, with the words")
    logged = _("Yes, in the response log") if round_.asks_for_answers else _("Yes, in the compilation")
    staff_sees = no if hidden else yes

    yield Disclosure(_("Your points and answers"), _when(choice, round_) if has_words else counted, yes, yes)
    yield Disclosure(
        _("The reference of each point, and what it is about"), in_words if has_words else logged, yes, yes
    )
    yield Disclosure(_("Your name, if you give one"), yes if is_named else no, staff_sees, looked_up)
    yield Disclosure(
        _("Your organisation, community or State"),
        yes if shows_organisation else no,
        yes if shows_organisation else no,
        yes if shows_organisation else looked_up,
    )
    yield Disclosure(_("Your country or area"), no if hidden else yes, staff_sees, looked_up)
    if setting is Setting.PSEUDONYM:
        yield Disclosure(_("Your pseudonym"), yes, yes, yes)
    group = _("Only a broad group, such as “Communities and civil society”") if has_words else no
    told = group if hidden else yes
    yield Disclosure(_("Your constituencies"), told, yes, told)
    told = no if hidden else yes
    yield Disclosure(_("Whether you speak for yourself, an organisation or a State"), told, yes, told)
    positions = _("Counted; a position also beside the reasons that you give for it")
    chosen = positions if has_words and choice.takes_positions else counted
    yield Disclosure(_("The options that you chose"), chosen, counted, counted)
    told = yes if has_words else no
    yield Disclosure(_("Files that you add, if you make them public"), told, yes, told)
    yield Disclosure(_("Files that you add for the secretariat"), no, yes, no)
    yield Disclosure(_("The language that you write in"), told, yes, yes)
    yield Disclosure(_("The language that you want our answers in"), no, yes, no)
    if round_.asks_for_answers:
        yield Disclosure(_("Our answer to each point, and the reason"), yes, yes, yes)
    else:
        none = _("None: points of a compilation are not answered")
        yield Disclosure(_("Our answer to each point, and the reason"), none, none, none)
    closing = _("No; the day on which the round closes stands in its place")
    day = closing if hidden else _("The day")
    # The lists of the desk are in the order of arrival, but for protected ones.
    order = day if hidden else _("The day, and before and after which others it came")
    yield Disclosure(_("When you submitted"), day if has_words or not hidden else no, order, day)
    yield Disclosure(_("Your e-mail address, if you gave one"), no, no, looked_up if hidden else no)
    yield Disclosure(_("The name that you sign in with, if you have no e-mail address here"), no, no, no)
    secret = _("Nobody: we keep only what checks it")
    yield Disclosure(_("Your password, and codes that you wrote down"), secret, secret, secret)
    for what in never_kept():
        yield Disclosure(what, never, never, never)


def _when(choice: Chosen, round_: Round) -> str:
    if choice.is_protected and not choice.delay:
        return _(
            "Yes, after the round has closed, together with all other protected points, in no order, once a moderator "
            "has read them"
        )
    if choice.delay:
        return choice.delay
    if round_.visibility in {Visibility.AS_RECEIVED, Visibility.PARTICIPANTS_ONLY}:
        return _("Yes, once a moderator has read them")
    if round_.visibility is Visibility.AFTER_CLOSING:
        return _("Yes, after the round has closed and a moderator has read them")
    return _("Yes, in the compilation after the round has closed")


def delay_in_words(submission: Submission, now: datetime) -> str:
    """From when on the public reads what waits for it, for its author and the staff; empty where nothing waits."""
    setting = submission.publication_setting
    if not submission.is_held or submission.withdrawn_at is not None or setting is None or not setting.gives_words:
        return ""
    round_, day = submission.round, submission.publish_on
    if day is not None and to_wall(now, round_.zone).date() < day:
        return _("Public not before %(day)s", day=format_day(day))
    if round_.is_over(now):
        return _("Public with the next group of protected points")
    return _("Public after the round has closed")


def public_after(comment: Comment, now: datetime) -> str:
    """The same of one point: one that was screened after the others of its submission waits alone."""
    submission = comment.submission
    if comment.is_withdrawn:
        return ""
    if comment.is_held and not submission.is_held:
        return _("Public with the next group of protected points")
    return delay_in_words(submission, now)


def standing_of(comment: Comment) -> tuple[str, str]:
    """Where screening stands for the author, and the kind of the tag."""
    submission = comment.submission
    if comment.is_struck:
        return _p("strike", "Struck"), "neutral"
    if comment.is_withdrawn:
        return _("Withdrawn"), "neutral"
    if submission.credential_status is CredentialStatus.AWAITED:
        return _("Waits for your credential"), "attention"
    if comment.moderation_status is ModerationStatus.RESTRICTED:
        return ModerationStatus.RESTRICTED.label, "bad"
    if comment.moderation_status is ModerationStatus.WAITING:
        return ModerationStatus.WAITING.label, "neutral"
    if submission.publication_setting is not None and not submission.publication_setting.gives_words:
        return _("Read, and not published, as you chose"), "good"
    if submission.is_held or comment.is_held:
        return _("Read, not public yet"), "good"
    if submission.round.visibility is Visibility.PARTICIPANTS_ONLY:
        return _("Shown to those who take part"), "good"
    if not is_input_reader(SYSTEM, submission.round):
        return _("Read, not public yet"), "good"
    return ModerationStatus.PUBLISHED.label, "good"


def public_in_words(round_: Round) -> str:
    """Who reads what is published in a round: the public, or those alone who take part."""
    if round_.visibility is Visibility.PARTICIPANTS_ONLY:
        return _("Those who take part")
    return _("The public")


def never_kept() -> list[str]:
    """What is not kept with a submission at all."""
    return [
        _("Your network address and what device you use"),
        _("Earlier wordings of your draft"),
        _("The time at which each point was typed"),
        _("Place, author and device inside images and office files"),
    ]


def limits_of_protection() -> list[str]:
    """What we cannot promise, in sentences; the same wherever somebody chooses who sees what."""
    return [
        _("Your words may identify you: what only you could know, a place, a date, the way you write."),
        _("Your network provider, or somebody who watches the network, may see that you use this site."),
        _("Your phone or computer may keep traces, and others may have access to it."),
        _("A court may order us to hand over what we hold."),
        _("A server may be seized or broken into."),
        _("Published copies cannot be recalled: others may have saved them before you withdraw."),
    ]

"""Who will see what, for each publication setting: the words for the choice and for the table before submitting.

A test compares them with what `queries.speakers` and the response log really give out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.accounts.enums import Capacity
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.core.locale import gettext as _
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.services.drafting import setting_fits

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
            "The public and the secretariat see a name that you make up, in place of yours. They see your "
            "constituency, not your organisation or country."
        ),
        Setting.ANONYMOUS: _(
            "The public and the secretariat see your points and your constituency, and no name, organisation or "
            "country."
        ),
        Setting.NOT_PUBLISHED: _(
            "Only the secretariat reads your points, and it does not see who wrote them. The public sees that there is "
            "a point, what it is about, the constituency, and our answer; never your words."
        ),
    }


def offered_settings(submission: Submission) -> list[Setting]:
    """The settings that whoever speaks can choose."""
    return [setting for setting in Setting if setting_fits(submission, setting)]


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
class Disclosure:
    """One line of the table: something about the submission, and who sees it, in words.

    Args:
        what: of the submission.
        public: what the public sees of it.
        secretariat: what the staff of the host see of it.
    """

    what: str
    public: str
    secretariat: str


def disclosures(submission: Submission, round_: Round) -> Sequence[Disclosure]:
    """Who sees what of this submission under the setting that it has.

    In a round for participants only, the public is those who take part; see `public_in_words`.
    """
    setting = submission.publication_setting
    yes, no = _("Yes"), _("No")
    named = setting is Setting.NAMED
    open_ = named or setting is Setting.ORGANISATION_ONLY
    published = setting is not Setting.NOT_PUBLISHED
    counted = _("Only counted, by constituency") if published else _("No, and not counted")
    logged = _("Yes, in the response log") if round_.asks_for_answers else _("Yes, in the compilation")
    answered = (yes, yes) if round_.asks_for_answers else (_("None: points of a compilation are not answered"),) * 2
    lines = [
        Disclosure(_("Your points and answers"), _when(round_) if published else no, yes),
        Disclosure(
            _("The reference of each point, and what it is about"),
            yes if published else logged,
            yes,
        ),
        Disclosure(_("Your name"), yes if named else no, yes if open_ else no),
        Disclosure(_("Your organisation, community or State"), yes if open_ else no, yes if open_ else no),
        Disclosure(_("Your country or area"), yes if open_ else no, yes if open_ else no),
    ]
    if setting is Setting.PSEUDONYM:
        lines.append(Disclosure(_("Your pseudonym"), yes, yes))
    if published and any(comment.option_id is not None for comment in submission.comments):
        counted = _("Counted, by constituency; a position also beside the reasons that you give for it")
    lines += [
        Disclosure(_("Your constituencies"), yes if published else logged, yes),
        Disclosure(_("Whether you speak for yourself, an organisation or a State"), yes if published else no, yes),
        Disclosure(_("The options that you chose"), counted, counted),
        Disclosure(_("Our answer to each point, and the reason"), *answered),
        Disclosure(_("Your e-mail address"), no, no),
    ]
    return lines


def _when(round_: Round) -> str:
    if round_.visibility in {Visibility.AS_RECEIVED, Visibility.PARTICIPANTS_ONLY}:
        return _("Yes, once a moderator has read them")
    if round_.visibility is Visibility.AFTER_CLOSING:
        return _("Yes, after the round has closed and a moderator has read them")
    return _("Yes, in the compilation after the round has closed")


def public_in_words(round_: Round) -> str:
    """Who reads what is published in a round: the public, or those alone who take part."""
    if round_.visibility is Visibility.PARTICIPANTS_ONLY:
        return _("Those who take part")
    return _("The public")


def never_kept() -> list[str]:
    """What is not kept with a submission at all, in sentences."""
    return [
        _("Your network address and what device you use."),
        _("Earlier wordings of your draft."),
        _("The time at which each point was typed."),
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

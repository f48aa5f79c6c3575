"""What each address of the API gives and what its parameters mean: on the page and, in English, in the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.core.locale import lazy_gettext as _l

SUMMARIES: Mapping[str, Any] = {
    "consultations": _l("Consultations, with their rounds and where each stands."),
    "consultation": _l("One consultation: what is asked, of whom, on what terms, with its questions."),
    "comments": _l("Published points of all its rounds, with who speaks as far as they chose to show."),
    "annotations": _l("Published points on paragraphs, as an AnnotationPage of the W3C Web Annotation Data Model."),
    "responses": _l("How points were addressed and why, as the newest release of each round says it."),
    "commitments": _l("What was promised in it, by which office, by when, and what became of it."),
    "all_commitments": _l("The commitments of all hosts, those made outside any consultation too."),
    "releases": _l("Numbered response logs, with their files and digests."),
    "document": _l("The drafts of its rounds, and their paragraphs in every language."),
}

PARAMETERS: Mapping[str, Any] = {
    "after": _l("A cursor from an earlier answer: what stands behind that place is given."),
    "limit": _l("The most items on a page."),
    "words": _l("Words that it contains, or its code or reference."),
    "round": _l("The number of a round; without it, all rounds."),
    "section": _l("The eId of a paragraph; that of a heading finds everything below it."),
    "constituency": _l("The constituency that the respondent named. Points of protected authors are found by none."),
    "language": _l("The language that it is written in."),
    "disposition": _l("How the point was addressed."),
    "host": _l("The short name of the host organisation."),
    "state": _l("Where the newest round stands now."),
    "type": _l("The kind of text, or of point."),
    "nature": _l("Points, or reservations or statements of position of States, which nobody answers."),
    "status": _l("How far the commitment has got."),
    "overdue": _l("Only what is overdue today, or only what is not."),
}

SLUG = _l("The short name of the consultation, as in the address of its page.")

"""A paragraph that was split: wherever its parts are shown, what lives on in one of them was not removed."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.anchoring import make_quote
from consult.documents.comparing import Change
from consult.documents.enums import Continuation, Ground, SourceFormat
from consult.documents.importing import read_markdown
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.queries.changes import groups_of, list_changes, show_changes
from consult.documents.services.importing import import_document
from consult.documents.services.versions import Link, make_version
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses
from consult.responses.tracing.queries import changes_caused
from consult.responses.tracing.services import link_changes
from consult.responses.tracing.standing import likely_changes
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import save_quote, submit_submission, update_publication, update_speaker
from consult.texts.services import update_translations
from tests.support import build
from tests.support.continuing import Traced, answer, conclude

HERE, DESK = "/en/consultations/minerals", "/en/desk/minerals/rounds/1"
SAFEGUARD = "No donor provides more than a quarter of it in any two years, and none may tie a gift to a conclusion."
STAFF = "Staff take instructions from the co-chairs on their substance, and remain under the rules of the office."
DRAFT = f"""# 1 Funding

The fund is open to every donor. Every gift is published with its amount. {SAFEGUARD} {STAFF}

| Group | Seats |
|---|---|
| Governments | 6 |
| Trade unions | 2 |
| Youth groups | 2 |
"""
FINAL = f"""# 1 Funding

{STAFF.replace("the co-chairs", "the co-chairs alone")}

The fund is open to every donor. Every gift is published with its amount. {SAFEGUARD}

| Group | Seats |
|---|---|
| Governments | 6 |
| Trade unions | 3 |
| Youth groups | 2 |
"""


def split(*, send: bool = True) -> Traced:
    """A point on a paragraph that became two in the final text, accepted and answered."""
    staff = build.desk()
    round_ = build.consultation_in_setup(staff.host, staff.manager)
    import_document(round_, DRAFT, language="en", actor=staff.manager, now=utc_now())
    open_round(round_, actor=staff.manager, now=utc_now())
    author = build.person("Author")
    build.submit(round_, author, "Who may tell the staff on their substance what to do? The co-chairs alone.")
    build.publish(round_, staff.moderator)
    [point] = build.points_of(round_)
    answer(staff, point, Disposition.ACCEPTED)
    if send:
        send_answers(staff, round_)
    build.close(round_)
    return Traced(staff, round_, [point], final_of(round_, staff.manager), author)


def send_answers(staff: build.Desk, round_: Round) -> None:
    """Clear and send what is proposed."""
    clear_responses(build.points_of(round_), actor=staff.approver, now=utc_now())
    send_responses(round_, actor=staff.approver, now=utc_now())


def final_of(round_: Round, manager: Person) -> DocumentVersion:
    """The final text, as a manager decided what became of each paragraph of the draft."""
    base = get_version(round_)
    heading, paragraph, table = list_paragraphs(base)
    links = [
        Link(heading.id, 0, Continuation.UNCHANGED, Ground.SAME_WORDS, 1000),
        Link(paragraph.id, 1, Continuation.SPLIT, Ground.BY_HAND, 500),
        Link(paragraph.id, 2, Continuation.SPLIT, Ground.BY_HAND, 700),
        Link(table.id, 3, Continuation.EDITED, Ground.BY_HAND, 900),
    ]
    blocks, now = read_markdown(FINAL), utc_now()
    version = make_version(round_.consultation, None, blocks, base=base, links=links, actor=manager, now=now)
    version.editions.append(
        Edition(language="en", source_format=SourceFormat.MARKDOWN, source_digest="-", imported_at=now)
    )
    return version


def parts_of(one: Traced) -> tuple[str, str]:
    """The eIds of what the split paragraph became, in the order of the text."""
    _heading, first, second, _table = list_paragraphs(one.final)
    return first.eid, second.eid


def struck(shown: str) -> str:
    """What a page says was removed."""
    return " ".join(re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<del>(.*?)</del>", shown, re.DOTALL))


def test_each_part_has_its_own_share_and_says_where_the_rest_is(app: Flask) -> None:
    with app.app_context():
        one = split()
        first, second = parts_of(one)
        shown = show_changes(list_changes(one.final), "en")
        parts = [shown[(one.final.id, part)] for part in (first, second)]
        changed = [[piece for piece in part.pieces if piece.kind is not Change.SAME] for part in parts]
        assert [[piece.text.strip() for piece in pieces] for pieces in changed] == [["alone"], []]
        assert [[place.eid for place in part.rest] for part in parts] == [[second], [first]]


def test_what_was_split_and_merged_at_once_is_one_group_and_is_told_once(app: Flask) -> None:
    older = [f"{SAFEGUARD} {STAFF}", "Every gift is published with its amount. The books are open to whoever asks."]
    newer = [f"{STAFF} Every gift is published with its amount.", SAFEGUARD, "The books are open to whoever asks."]
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        import_document(round_, "\n\n".join(["# 1 Aim", *older]), language="en", actor=staff.manager, now=utc_now())
        open_round(round_, actor=staff.manager, now=utc_now())
        build.close(round_)
        base, now = get_version(round_), utc_now()
        heading, first, second = list_paragraphs(base)
        links = [
            Link(heading.id, 0, Continuation.UNCHANGED, Ground.SAME_WORDS, 1000),
            Link(first.id, 1, Continuation.SPLIT, Ground.BY_HAND, 500),
            Link(first.id, 2, Continuation.SPLIT, Ground.BY_HAND, 500),
            Link(second.id, 1, Continuation.SPLIT, Ground.BY_HAND, 500),
            Link(second.id, 3, Continuation.SPLIT, Ground.BY_HAND, 500),
        ]
        blocks = read_markdown("\n\n".join(["# 1 Aim", *newer]))
        version = make_version(
            round_.consultation, None, blocks, base=base, links=links, actor=staff.manager, now=now
        )  # fmt: skip
        changes = list_changes(version)
        assert len(changes) == 3
        assert len({id(group) for group in groups_of(changes).values()}) == 1
        shown = [show_changes(changes, "en")[one.key] for one in changes]
        assert [[piece.text for piece in one.pieces if piece.kind is Change.REMOVED] for one in shown] == [[], [], []]
        eids = [one.eid for one in changes]
        assert [[place.eid for place in one.rest] for one in shown] == [eids[1:], eids[:1], eids[:1]]


def test_no_page_tells_as_removed_what_stands_in_the_other_part(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = split()
        first, second = parts_of(one)
        link_changes(one.points, [one.change(first)], actor=one.staff.responder, now=utc_now())
        request_release(one.round, actor=one.staff.manager, now=utc_now())
        conclude(one.round, one.staff.manager)
        db.session.commit()
        sweep()
        reference, key = one.points[0].reference, one.points[0].submission.key
    rest = re.compile(
        rf'The rest of the older paragraph is now <a href="[^"]*/draft/paragraphs/{second}"><bdi>1 ¶ 2</bdi>'
    )
    for path in (f"/comments/{reference}", "/response-log/1", f"/draft/paragraphs/{first}", "/outcome/changes"):
        shown = client.get(f"{HERE}{path}").get_data(as_text=True)
        assert "The rest of the older paragraph is now" in shown, path
        assert SAFEGUARD[:20] not in struck(shown), path
        assert STAFF[:20] not in struck(shown), path
    assert rest.search(client.get(f"{HERE}/comments/{reference}").get_data(as_text=True))
    table = client.get(f"{HERE}/outcome/changes.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = {row["paragraph_eid"]: row["other_parts"] for row in csv.DictReader(io.StringIO(table))}
    assert rows[second] == first
    with app.app_context():
        build.sign_in(client, Person(db.session.merge(one.author.account)))
    mine = client.get(f"/en/take-part/minerals/receipt/{key}").get_data(as_text=True)
    assert rest.search(mine)
    assert struck(mine) == ""


def test_the_message_tells_of_the_rest_and_of_the_rows_of_a_table(app: Flask) -> None:
    with app.app_context():
        one = split(send=False)
        first, _second = parts_of(one)
        table = list_paragraphs(one.final)[-1].eid
        changes = [one.change(first), one.change(table)]
        link_changes(one.points, changes, actor=one.staff.responder, now=utc_now())
        conclude(one.round, one.staff.manager)
        send_answers(one.staff, one.round)
        body = db.session.scalars(sa.select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
    assert body is not None
    assert "The rest of the older paragraph is now 1 ¶ 2." in body
    assert SAFEGUARD[:20] not in body
    assert "Before: Group | Seats\nTrade unions | 2\n" in body
    assert "After: Group | Seats\nTrade unions | 3\n" in body


def test_the_likely_change_is_the_part_in_which_the_words_of_the_point_stand(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = split()
        first, second = parts_of(one)
        [point] = one.points
        likely = likely_changes([point])[point.id]
        assert likely[0].key == one.change(first)
        assert likely[0].is_likely
        assert one.change(second) not in [found.key for found in likely if found.is_likely]
        reference = point.reference
        db.session.commit()
        build.sign_in(client, one.staff.responder)
    waiting = client.get(f"{DESK}/traces/accepted").get_data(as_text=True)
    assert waiting.count(">Split</") == 1
    change = f"final:{first}"
    said = build.post(
        client, f"{DESK}/traces/link", {"point": reference, "change": change}, follow_redirects=True
    ).get_data(as_text=True)
    assert f"{reference} is linked to 1 ¶ 1." in said
    assert re.search(r'href="[^"]*/traces/links/\d+/take-back">Take back</a>', said)


def test_of_a_table_the_rows_that_changed_are_shown_below_its_head(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = split()
        table = list_paragraphs(one.final)[-1]
        conclude(one.round, one.staff.manager)
        db.session.commit()
        shown = show_changes(list_changes(one.final), "en")[one.change(table.eid)]
        rows = [["".join(piece.text for piece in cell) for cell in cells] for _kind, cells in shown.changed_rows]
        assert rows == [["Group", "Seats"], ["Trade unions", "23"]]
    page = client.get(f"{HERE}/outcome/changes").get_data(as_text=True)
    assert "Trade unions" in page
    assert "Governments" not in page


@pytest.mark.parametrize("said", ["Give the trade unions three seats.", "Three of them, not two.", "نقابة"])
def test_of_a_table_a_point_is_shown_the_rows_that_it_is_about(app: Flask, client: FlaskClient, said: str) -> None:
    in_arabic = said == "نقابة"
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        import_document(round_, DRAFT, language="en", actor=staff.manager, now=utc_now())
        older = list_paragraphs(get_version(round_))[-1]
        arabic = "| مجموعة | مقاعد |\n|---|---|\n| حكومات | 6 |\n| نقابة | 2 |\n| شباب | 2 |"
        translate(older, arabic, staff)
        open_round(round_, actor=staff.manager, now=utc_now())
        author = build.person("Author")
        submission = build.draft(round_, author, said, paragraph=1)
        if in_arabic:
            quote = make_quote(plain_text(older.kind, arabic), said).quote
            save_quote(submission, submission.comments[0], quote, language="ar", now=utc_now())
        update_speaker(
            submission, name="", capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=utc_now(),
        )  # fmt: skip
        update_publication(submission, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        submit_submission(submission, actor=author, now=utc_now())
        build.publish(round_, staff.moderator)
        [point] = build.points_of(round_)
        answer(staff, point, Disposition.ACCEPTED)
        send_answers(staff, round_)
        build.close(round_)
        final = final_of(round_, staff.manager)
        newer = list_paragraphs(final)[-1]
        newer.text = newer.text.replace("Youth groups | 2", "Youth groups | 3")
        translate(newer, "| مجموعة | مقاعد |\n|---|---|\n| حكومات | 6 |\n| نقابات | 3 |\n| شباب | 3 |", staff)
        link_changes([point], [(final.id, newer.eid)], actor=staff.responder, now=utc_now())
        conclude(round_, staff.manager)
        [caused] = changes_caused([point], language="en")[point.id]
        rows = ["".join(piece.text for piece in cells[0]) for _kind, cells in caused.change.changed_rows[1:]]
        key = point.submission.key
        db.session.commit()
        build.sign_in(client, author)
    expected = {"Three of them, not two.": ["Trade unions", "Youth groups"], "نقابة": ["نقابةنقابات"]}
    assert rows == expected.get(said, ["Trade unions"])
    page = client.get(f"/en/take-part/minerals/receipt/{key}?words=show").get_data(as_text=True)
    assert "What your words changed in the text" in page
    assert ("The table that it changed, with all that changed in it" in page) is (len(rows) > 1)


def translate(paragraph: Paragraph, words: str, staff: build.Desk) -> None:
    """Its words in Arabic."""
    update_translations(
        "paragraph", paragraph.id, language="ar", fields={"text": (paragraph.text, words)}, actor=staff.manager,
        now=utc_now(),
    )  # fmt: skip

"""Counting the figures of a round, once a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, Round
from consult.consultations.queries import list_questions
from consult.core.db import db
from consult.insight.enums import Who
from consult.insight.models import FigureCell, FigureCube, FigureMember
from consult.insight.queries import (
    CellKey,
    count_choices,
    counted_cells,
    day_in,
    find_cube,
    members_of,
    values_of,
)
from consult.insight.suppression import FEWEST, shown_cells, shown_choice
from consult.submissions.models import Submission


def count_figures(round_: Round, *, now: datetime) -> bool:
    """Count the figures of a round for this day of its zone; those of an earlier day are forgotten.

    How many submissions a row has is counted each day. What they say of options is counted anew only once five of the
    row have come, left or changed since it was last counted, and stands until then: between two days, nobody's choice
    is the difference. A row that has fewer than five shows nothing.

    Returns:
        Whether it was counted: not when this day was counted already.
    """
    # Of two workers, the second waits here and then sees what the first counted.
    db.session.refresh(round_, attribute_names=["opened_at"], with_for_update={"of": Round})
    day, before = day_in(round_, now), find_cube(round_)
    if not round_.has_begun(now) or (before is not None and before.day >= day):
        return False
    members = members_of(round_, now)
    earlier = _members_before(round_)
    departed = _forget_departed(before, members, earlier)
    standing = [who for who in Who if len(members[who]) >= FEWEST]
    fresh = [who for who in standing if departed[who] + len(members[who] - earlier[who]) >= FEWEST]
    cells = [FigureCell(who=who, number=len(members[who])) for who in standing]
    cells += [
        FigureCell(who=cell.who, option_id=cell.option_id, value=cell.value, number=cell.number)
        for who in standing
        if who not in fresh
        for cell in counted_cells(before, who)
    ]
    if fresh:
        cells += _count_positions(round_, members, fresh, now)
        _remember(members, earlier, fresh)
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    waiting = {who.value: number for who, number in departed.items() if number and who not in fresh}
    db.session.add(FigureCube(round_id=round_.id, day=day, departed=waiting, cells=cells))
    db.session.flush()
    return True


def _members_before(round_: Round) -> Mapping[Who, set[int]]:
    """The submissions that the positions of each row were last counted with."""
    rows = db.session.execute(
        sa.select(FigureMember.submission_id, FigureMember.who)
        .join(Submission, Submission.id == FigureMember.submission_id)
        .where(Submission.round_id == round_.id)
    )
    found: dict[Who, set[int]] = {who: set() for who in Who}
    for key, who in rows:
        found[who].add(key)
    return found


def _forget_departed(
    before: FigureCube | None, members: Mapping[Who, set[int]], earlier: Mapping[Who, set[int]]
) -> Mapping[Who, int]:
    """How many have left each row since its positions were counted; of who did, nothing is kept but that number."""
    departed = {}
    for who in Who:
        gone = earlier[who] - members[who]
        departed[who] = int(before.departed.get(who.value, 0) if before is not None else 0) + len(gone)
        _forget(who, gone)
    return departed


def _forget(who: Who, keys: set[int]) -> None:
    ordered = sorted(keys)
    for start in range(0, len(ordered), 500):
        chunk = ordered[start : start + 500]
        db.session.execute(
            sa.delete(FigureMember).where(FigureMember.who == who, FigureMember.submission_id.in_(chunk))
        )


def _remember(members: Mapping[Who, set[int]], earlier: Mapping[Who, set[int]], fresh: Sequence[Who]) -> None:
    new = [{"submission_id": key, "who": who} for who in fresh for key in sorted(members[who] - earlier[who])]
    if new:
        db.session.execute(sa.insert(FigureMember), new)


def _count_positions(
    round_: Round, members: Mapping[Who, set[int]], fresh: Sequence[Who], now: datetime
) -> Iterator[FigureCell]:
    """The numbers of these rows that may be shown."""
    counted = count_choices(round_, now)
    rows = [keys for question in list_questions(round_) for keys in _rows_of(question)]
    for who in fresh:
        total = len(members[who])
        for keys in rows:
            numbers = [counted[who].get(key, 0) for key in keys]
            shown = shown_cells(numbers, total) if len(keys) > 1 else [shown_choice(numbers[0], total)]
            for (option_id, value), number in zip(keys, shown, strict=True):
                if number is not None:
                    yield FigureCell(who=who, option_id=option_id, value=value, number=number)


def _rows_of(question: Question) -> list[list[CellKey]]:
    """The cells of a question, those together that exclude each other."""
    values = values_of(question)
    if values:
        return [[(option.id, value.value) for value in values] for option in question.options]
    if question.kind is QuestionKind.SINGLE_CHOICE:
        return [[(option.id, "") for option in question.options]]
    return [[(option.id, "")] for option in question.options]

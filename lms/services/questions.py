"""Which questions of a course the people of a group most get wrong, and what they chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from lms.content.plan import Kind, Sort
from lms.errors import NotFound
from lms.learning.answers import ASKED, letters_of
from lms.learning.people import Permission
from lms.learning.questions import First, Line, lines
from lms.learning.shapes import Shape
from lms.services.people import SignedIn
from lms.store import attendance, merges
from lms.store import events as event_rows
from lms.store import groups as group_rows
from lms.store.gate import Store


def of_group(store: Store, reader: SignedIn, public_id: str, shape: Shape, now_ms: int) -> tuple[Line, ...]:
    """The questions of a course, the hardest for this group first. NotFound where the group is out of reach.

    Four queries, however many are in it.
    """
    scope = reader.scope(Permission.GROUP_READ, now_ms)
    with store.read() as db:
        row = group_rows.group_by_public_id(db, public_id, scope)
        if row is None:
            raise NotFound
        return lines(_firsts(db, attendance.members(db, row.group_id), shape), _letters(shape), _one_of(shape))


def _firsts(db: Connection, ids: Collection[int], shape: Shape) -> Iterable[First]:
    """The first answer of each person to each question there is now; who is several ids is one person."""
    who = _persons(db, ids)
    asked = {no for no, step in shape.steps.items() if step.kind in ASKED}
    found: dict[tuple[int, int], First] = {}
    for it in sorted(event_rows.answers_of(db, who, shape.course_id), key=lambda it: it.at_ms):
        person_id = who[it.person_id]
        if it.step_no in asked and (person_id, it.step_no) not in found:
            found[person_id, it.step_no] = First(person_id, it.step_no, letters_of(it.choice), bool(it.mark))
    return found.values()


def _persons(db: Connection, ids: Collection[int]) -> dict[int, int]:
    """Id -> whose it is, of all ids of some people."""
    kept = merges.kept_each(db, ids)
    found = {its_id: kept.get(its_id, its_id) for its_id in ids}
    level = set(found.values())
    found |= {its_id: its_id for its_id in level}
    while level:
        rows = merges.made_into(db, level)
        found |= {row.other_id: found[row.person_id] for row in rows}
        level = {row.other_id for row in rows}
    return found


def _letters(shape: Shape) -> dict[int, tuple[str, ...]]:
    """The letters of the questions in which one or several are chosen."""
    return {no: step.letters for no, step in shape.steps.items() if step.kind is Kind.QUESTION and step.letters}


def _one_of(shape: Shape) -> set[int]:
    """The questions in which one of several is chosen."""
    return {no for no, step in shape.steps.items() if step.sort is Sort.ONE}

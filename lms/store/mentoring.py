"""Rows of what a learner and her mentor share: goals, check-ins and notes, answers, and how far she is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, update

from lms.learning.answers import MENTOR
from lms.learning.events import EventKind
from lms.learning.pairing import CHECK_IN, NOTE
from lms.store.pairings import PairingRow
from lms.store.ring import ContactRow
from lms.store.statements import insert_into
from lms.store.tables import contacts, events, goals, milestones, pairings, people, words


class GoalRow(NamedTuple):
    """What a learner wants to reach."""

    person_id: int
    goal_id: UUID
    body: str
    at_ms: int
    recorded_ms: int
    by_id: int | None
    reached_ms: int | None
    dropped_ms: int | None


def goals_of(db: Connection, ids: Sequence[int]) -> list[GoalRow]:
    """The goals of somebody that she has not dropped, the oldest first."""
    hers = goals.c.person_id.in_(list(ids)), goals.c.dropped_ms.is_(None)
    columns = (goals.c[name] for name in GoalRow._fields)
    return [GoalRow(*row) for row in db.execute(select(*columns).where(*hers).order_by(goals.c.at_ms, goals.c.goal_id))]


def add_goal(db: Connection, row: GoalRow) -> bool:
    """Keep a goal; False where the same form did it before."""
    new = insert_into(db, goals).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(goals.c.goal_id)).first() is not None


def mark_goal(db: Connection, ids: Sequence[int], goal_id: UUID, **values: int | None) -> bool:
    """Reach, reach no more, or drop a goal; False where there is none of hers."""
    one = goals.c.person_id.in_(list(ids)), goals.c.goal_id == goal_id, goals.c.dropped_ms.is_(None)
    return db.execute(update(goals).where(*one).values(**values)).rowcount == 1


def talks_of(db: Connection, ids: Sequence[int]) -> list[ContactRow]:
    """Check-ins with somebody and notes her mentor shared with her, the newest first."""
    hers = contacts.c.person_id.in_(list(ids)), contacts.c.kind.in_((CHECK_IN, NOTE)), contacts.c.seen_by == MENTOR
    columns = (contacts.c[name] for name in ContactRow._fields)
    found = select(*columns).where(*hers).order_by(contacts.c.at_ms.desc(), contacts.c.contact_id)
    return [ContactRow(*row) for row in db.execute(found)]


def last_check_ins(db: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Id -> when somebody and her mentor last spoke."""
    found = (
        select(contacts.c.person_id, func.max(contacts.c.at_ms))
        .where(contacts.c.person_id.in_(list(ids)), contacts.c.kind == CHECK_IN)
        .group_by(contacts.c.person_id)
    )
    return {row[0]: row[1] for row in db.execute(found)}


class SharedRow(NamedTuple):
    """Words her mentor may read."""

    course_id: int
    step_no: int
    release_id: int
    lang: str
    at_ms: int
    body: str
    event_id: UUID


def shared_words(db: Connection, ids: Sequence[int]) -> list[SharedRow]:
    """What somebody wrote where the page said that her mentor can see it, the newest first."""
    found = (
        select(
            events.c.course_id,
            events.c.step_no,
            events.c.release_id,
            events.c.lang,
            events.c.at_ms,
            words.c.body,
            events.c.event_id,
        )
        .join(words, (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id))
        .where(events.c.person_id.in_(list(ids)), words.c.seen_by == MENTOR, events.c.kind != EventKind.RETURNED.value)
        .order_by(events.c.at_ms.desc(), events.c.seq.desc())
    )
    return [SharedRow(*row) for row in db.execute(found)]


def finished(db: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Course -> how many lessons somebody has finished in it."""
    hers = milestones.c.person_id.in_(list(ids)), milestones.c.kind == "lesson"
    counted = select(milestones.c.course_id, func.count(func.distinct(milestones.c.name))).where(*hers)
    return {row[0]: row[1] for row in db.execute(counted.group_by(milestones.c.course_id))}


class HereRow(NamedTuple):
    """A learner who has a mentor, and her pairing."""

    public_id: str
    name: str
    pairing: PairingRow


def named(db: Connection, rows: Sequence[PairingRow]) -> list[HereRow]:
    """These pairings with the learners' names, without those who are no longer here."""
    hers = people.c.person_id.in_([row.person_id for row in rows]), people.c.erased_ms.is_(None)
    found = db.execute(select(people.c.person_id, people.c.public_id, people.c.display_name).where(*hers))
    who = {person_id: (public_id, name) for person_id, public_id, name in found}
    return [HereRow(*who[row.person_id], row) for row in rows if row.person_id in who]


def forget(db: Connection, person_id: int, at_ms: int) -> None:
    """Take out what somebody who is erased wanted to reach, and end what she was paired for; that she was stays."""
    db.execute(update(goals).where(goals.c.person_id == person_id).values(body=""))
    open_ones = pairings.c.person_id == person_id, pairings.c.ended_ms.is_(None)
    db.execute(update(pairings).where(*open_ones).values(ended_ms=at_ms))


def paired(db: Connection, visible: Select[tuple[int]], day: int) -> list[HereRow]:
    """The pairings on a day of the people who are visible."""
    columns = [pairings.c[name] for name in PairingRow._fields]
    found = (
        select(people.c.public_id, people.c.display_name, *columns)
        .join(pairings, pairings.c.person_id == people.c.person_id)
        .where(people.c.person_id.in_(visible), people.c.erased_ms.is_(None), pairings.c.ended_ms.is_(None))
        .where(pairings.c.starts_day <= day, pairings.c.ends_day >= day)
        .order_by(people.c.person_id)
    )
    return [HereRow(row[0], row[1], PairingRow(*row[2:])) for row in db.execute(found)]

"""Rows of pairings: who is whose mentor, and how many learners a mentor has room for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, and_, or_, select, update

from lms.learning.pairing import Pairing
from lms.learning.people import Role, ScopeKind
from lms.store.statements import insert_into
from lms.store.tables import groups, mentors, pairings, people, roles


class PairingRow(NamedTuple):
    """A learner and her mentor."""

    person_id: int
    pairing_id: UUID
    mentor_id: int
    organisation_id: int
    starts_day: int
    ends_day: int
    rhythm_days: int
    ended_ms: int | None
    after_id: UUID | None
    by_id: int | None
    recorded_ms: int

    @property
    def pairing(self) -> Pairing:
        """As the rules see it."""
        return Pairing(
            self.pairing_id,
            self.person_id,
            self.mentor_id,
            self.starts_day,
            self.ends_day,
            self.rhythm_days,
            self.ended_ms is not None,
        )


_ROW = tuple(pairings.c[name] for name in PairingRow._fields)
_IN_ORDER = (pairings.c.starts_day, pairings.c.recorded_ms, pairings.c.pairing_id)
_OPEN = pairings.c.ended_ms.is_(None)


def _holds(day: int) -> tuple[object, ...]:
    return _OPEN, pairings.c.starts_day <= day, pairings.c.ends_day >= day


def add(db: Connection, row: PairingRow) -> bool:
    """Keep a pairing; False where the same form made it before."""
    new = insert_into(db, pairings).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(pairings.c.pairing_id)).first() is not None


def of_learners(db: Connection, ids: Iterable[int]) -> list[PairingRow]:
    """All pairings of some learners, the earliest first."""
    found = select(*_ROW).where(pairings.c.person_id.in_(list(ids))).order_by(*_IN_ORDER)
    return [PairingRow(*row) for row in db.execute(found)]


def of_mentors(db: Connection, ids: Iterable[int], ending_from: int = 0) -> list[PairingRow]:
    """The pairings of some mentors that were not ended and last until a day at least, the earliest first."""
    theirs = pairings.c.mentor_id.in_(list(ids)), _OPEN, pairings.c.ends_day >= ending_from
    found = select(*_ROW).where(*theirs, pairings.c.person_id > 0).order_by(pairings.c.person_id, *_IN_ORDER)
    return [PairingRow(*row) for row in db.execute(found)]


def current(db: Connection, learner_ids: Iterable[int], day: int) -> list[PairingRow]:
    """The pairings of some learners that hold on a day."""
    return [row for row in of_learners(db, learner_ids) if row.pairing.holds(day)]


def learners_of(db: Connection, mentor_ids: Iterable[int], day: int) -> list[PairingRow]:
    """The pairings of some mentors that hold on a day."""
    return [row for row in of_mentors(db, mentor_ids, day) if row.pairing.holds(day)]


def paired_with(mentor_ids: Iterable[int], day: int) -> Select[tuple[int]]:
    """The ids of the learners of some mentors on a day, for the queries of a service."""
    return select(pairings.c.person_id).where(pairings.c.mentor_id.in_(list(mentor_ids)), *_holds(day))  # type: ignore[arg-type]


def end(db: Connection, person_id: int, pairing_id: UUID, at_ms: int) -> bool:
    """End a pairing now; False where it had ended."""
    one = pairings.c.person_id == person_id, pairings.c.pairing_id == pairing_id, _OPEN
    return db.execute(update(pairings).where(*one).values(ended_ms=at_ms)).rowcount == 1


def change(db: Connection, person_id: int, pairing_id: UUID, **values: int) -> bool:
    """Move its last day, or change its rhythm; False where it had ended."""
    one = pairings.c.person_id == person_id, pairings.c.pairing_id == pairing_id, _OPEN
    return db.execute(update(pairings).where(*one).values(**values)).rowcount == 1


def capacities(db: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Id -> how many learners a mentor has room for, of those for whom somebody said so."""
    found = select(mentors.c.person_id, mentors.c.capacity).where(mentors.c.person_id.in_(list(ids)))
    return {row.person_id: row.capacity for row in db.execute(found)}


def set_capacity(db: Connection, person_id: int, capacity: int, by_id: int | None, at_ms: int) -> None:
    """From now on a mentor has room for so many."""
    row = {"capacity": capacity, "by_id": by_id, "recorded_ms": at_ms}
    new = insert_into(db, mentors).values(person_id=person_id, **row)
    db.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=row))


class MentorRow(NamedTuple):
    """Somebody who can be a mentor."""

    person_id: int
    public_id: str
    display_name: str


def mentors_in(db: Connection, organisation_id: int, programme_ids: Iterable[int], at_ms: int) -> list[MentorRow]:
    """Who holds the role of a mentor at an instant that reaches an organisation, by name."""
    running = roles.c.starts_ms <= at_ms, or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms)
    reaches = or_(
        roles.c.scope == ScopeKind.SITE,
        and_(roles.c.scope == ScopeKind.ORGANISATION, roles.c.scope_id == organisation_id),
        and_(roles.c.scope == ScopeKind.PROGRAMME, roles.c.scope_id.in_(list(programme_ids))),
    )
    found = (
        select(people.c.person_id, people.c.public_id, people.c.display_name)
        .join(roles, roles.c.person_id == people.c.person_id)
        .where(people.c.person_id > 0, roles.c.role == Role.MENTOR, *running, reaches, people.c.erased_ms.is_(None))
        .distinct()
        .order_by(people.c.person_id)
    )
    return sorted((MentorRow(*row) for row in db.execute(found)), key=lambda it: (it.display_name, it.person_id))


def organisations_of(db: Connection, group_ids: Iterable[int]) -> list[int]:
    """The organisations of some groups, the first group's first."""
    found = select(groups.c.organisation_id).where(groups.c.group_id.in_(list(group_ids))).order_by(groups.c.group_id)
    return list(dict.fromkeys(db.execute(found).scalars()))

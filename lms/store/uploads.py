"""Rows of the files learners handed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from lms.store.statements import insert_into
from lms.store.tables import evidence, hours


class UploadRow(NamedTuple):
    """A file that was handed in and not taken back."""

    person_id: int
    evidence_id: UUID
    for_kind: str
    for_id: UUID
    seen_by: str
    name: str
    media_type: str
    bytes: int
    stored_as: str
    made_ms: int


_COLUMNS = tuple(evidence.c[name] for name in UploadRow._fields)
_LIVE = evidence.c.removed_ms.is_(None)


def add(db: Connection, row: UploadRow) -> bool:
    """Keep a file's row; False where one of this id is there."""
    new = insert_into(db, evidence).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(evidence.c.evidence_id)).first() is not None


def of(db: Connection, person_ids: Iterable[int], for_kind: str, for_id: UUID) -> list[UploadRow]:
    """The files handed in for one thing, under all ids of a person, the oldest first."""
    found = db.execute(
        select(*_COLUMNS)
        .where(evidence.c.person_id.in_(list(person_ids)), _LIVE)
        .where(evidence.c.for_kind == for_kind, evidence.c.for_id == for_id)
        .order_by(evidence.c.made_ms, evidence.c.evidence_id)
    )
    return [UploadRow(*row) for row in found]


def of_person(db: Connection, person_ids: Iterable[int]) -> list[UploadRow]:
    """Every file somebody handed in and did not take back, the oldest first."""
    wanted = select(*_COLUMNS).where(evidence.c.person_id.in_(list(person_ids)), _LIVE)
    return [UploadRow(*row) for row in db.execute(wanted.order_by(evidence.c.made_ms, evidence.c.evidence_id))]


def one(db: Connection, person_ids: Iterable[int], evidence_id: UUID) -> UploadRow | None:
    """A file of somebody's; None where there is none, or she took it back."""
    wanted = select(*_COLUMNS).where(evidence.c.person_id.in_(list(person_ids)), _LIVE)
    row = db.execute(wanted.where(evidence.c.evidence_id == evidence_id)).first()
    return UploadRow(*row) if row else None


def since(db: Connection, person_id: int, at_ms: int) -> int:
    """How many files somebody sent since an instant, also those she took back."""
    counted = select(func.count()).select_from(evidence)
    return db.execute(counted.where(evidence.c.person_id == person_id, evidence.c.made_ms >= at_ms)).scalar_one()


def remove(db: Connection, person_id: int, evidence_id: UUID, at_ms: int) -> bool:
    """She takes a file back: that there was one stays, its name does not. False where there is none."""
    mine = (evidence.c.person_id == person_id, evidence.c.evidence_id == evidence_id, _LIVE)
    gone = update(evidence).where(*mine).values(removed_ms=at_ms, name="")
    return bool(db.execute(gone).rowcount)


def works_on(db: Connection, person_ids: Iterable[int], hours_id: UUID) -> bool:
    """Whether a line of hours is somebody's."""
    mine = select(hours.c.hours_id).where(hours.c.person_id.in_(list(person_ids)), hours.c.hours_id == hours_id)
    return db.execute(mine).first() is not None


def was_hers(db: Connection, person_ids: Iterable[int], evidence_id: UUID) -> bool:
    """Whether a file was somebody's, also one she took back."""
    wanted = select(evidence.c.evidence_id).where(evidence.c.person_id.in_(list(person_ids)))
    return db.execute(wanted.where(evidence.c.evidence_id == evidence_id)).first() is not None

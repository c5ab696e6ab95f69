"""Rows of placements: the businesses, who works where, her hours, and what was said of each week."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from lms.learning.placing import Line, Said, Span
from lms.store.statements import insert_into
from lms.store.tables import businesses, confirmations, hours, people, placements


class BusinessRow(NamedTuple):
    """A local business that takes learners. `checks`: what was looked at, by spaces."""

    business_id: int
    public_id: str
    organisation_id: int
    name: str
    contact: str
    email: str
    phone: str
    checks: str
    checked_day: int | None
    agreement_day: int | None
    ended_ms: int | None


class PlacementRow(NamedTuple):
    """A learner's work at a business."""

    person_id: int
    placement_id: UUID
    business_id: int
    organisation_id: int
    mentor_id: int | None
    starts_day: int
    ends_day: int
    week_minutes: int
    paid: bool
    risks: str
    by_id: int | None
    recorded_ms: int
    ended: str | None
    ended_day: int | None
    ended_ms: int | None
    later: str | None
    later_ms: int | None
    completed_ms: int | None = None
    completed_note: str | None = None

    @property
    def span(self) -> Span:
        """Its days, as the rules see them."""
        return Span(self.starts_day, self.ends_day, self.ended_day)


class HoursRow(NamedTuple):
    """Minutes worked on a day."""

    person_id: int
    hours_id: UUID
    placement_id: UUID
    day: int
    minutes: int
    what: str
    link: str | None
    at_ms: int
    recorded_ms: int
    replaces: UUID | None

    @property
    def line(self) -> Line:
        """As the rules see it."""
        return Line(self.hours_id, self.day, self.minutes, self.what, self.link, self.replaces)


class ConfirmationRow(NamedTuple):
    """What the business, or the staff, say of a week."""

    person_id: int
    placement_id: UUID
    week: int
    confirmation_id: UUID
    by_business: bool
    minutes: int
    agreed: bool
    said: str | None
    by_id: int | None
    at_ms: int

    @property
    def word(self) -> Said:
        """As the rules see it."""
        return Said(self.week, self.by_business, self.minutes, self.agreed, self.said or "", self.at_ms, self.by_id)


_BUSINESS = tuple(businesses.c[name] for name in BusinessRow._fields)
_PLACEMENT = tuple(placements.c[name] for name in PlacementRow._fields)
_HOURS = tuple(hours.c[name] for name in HoursRow._fields)
_SAID = tuple(confirmations.c[name] for name in ConfirmationRow._fields)


def business(db: Connection, public_id: str) -> BusinessRow | None:
    """A business by its public id."""
    row = db.execute(select(*_BUSINESS).where(businesses.c.public_id == public_id)).first()
    return BusinessRow(*row) if row else None


def business_rows(db: Connection, ids: Iterable[int]) -> list[BusinessRow]:
    """Businesses by their ids, in order of name."""
    found = select(*_BUSINESS).where(businesses.c.business_id.in_(list(ids)))
    return [BusinessRow(*row) for row in db.execute(found.order_by(businesses.c.name, businesses.c.business_id))]


def businesses_of(db: Connection, organisation_ids: Iterable[int] | None) -> list[BusinessRow]:
    """The businesses of some organisations (None: of all), in order of name."""
    found = select(*_BUSINESS).order_by(businesses.c.name, businesses.c.business_id)
    if organisation_ids is not None:
        found = found.where(businesses.c.organisation_id.in_(list(organisation_ids)))
    return [BusinessRow(*row) for row in db.execute(found)]


def add_business(db: Connection, values: dict[str, object]) -> bool:
    """A business; False where one of this public id is there."""
    new = insert_into(db, businesses).values(**values).on_conflict_do_nothing(index_elements=["public_id"])
    return db.execute(new.returning(businesses.c.business_id)).first() is not None


def change_business(db: Connection, business_id: int, **values: object) -> None:
    """Say something else of a business."""
    db.execute(update(businesses).where(businesses.c.business_id == business_id).values(**values))


def add(db: Connection, row: PlacementRow) -> bool:
    """Keep a placement; False where the same form made it before."""
    new = insert_into(db, placements).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(placements.c.placement_id)).first() is not None


def change(db: Connection, person_id: int, placement_id: UUID, **values: object) -> None:
    """Say something else of a placement."""
    one = placements.c.person_id == person_id, placements.c.placement_id == placement_id
    db.execute(update(placements).where(*one).values(**values))


def of_learners(db: Connection, ids: Iterable[int]) -> list[PlacementRow]:
    """All placements of some learners, the earliest first."""
    found = select(*_PLACEMENT).where(placements.c.person_id.in_(list(ids)))
    in_order = placements.c.starts_day, placements.c.recorded_ms, placements.c.placement_id
    return [PlacementRow(*row) for row in db.execute(found.order_by(*in_order))]


class HereRow(NamedTuple):
    """A placement, and whose it is."""

    public_id: str
    name: str
    placement: PlacementRow


def here(db: Connection, organisation_ids: Iterable[int] | None, ending_from: int) -> list[HereRow]:
    """The placements some organisations (None: all) made that end on a day or later, of who is still here."""
    found = (
        select(people.c.public_id, people.c.display_name, *_PLACEMENT)
        .join(placements, placements.c.person_id == people.c.person_id)
        .where(people.c.person_id > 0, people.c.erased_ms.is_(None), placements.c.ends_day >= ending_from)
        .order_by(people.c.person_id, placements.c.starts_day, placements.c.placement_id)
    )
    if organisation_ids is not None:
        found = found.where(placements.c.organisation_id.in_(list(organisation_ids)))
    return [HereRow(row[0], row[1], PlacementRow(*row[2:])) for row in db.execute(found)]


def log(db: Connection, row: HoursRow) -> bool:
    """Keep a line of hours; False where the same form made it before."""
    new = insert_into(db, hours).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(hours.c.hours_id)).first() is not None


def hours_of(db: Connection, ids: Iterable[int]) -> list[HoursRow]:
    """All lines that some learners logged, by day."""
    found = select(*_HOURS).where(hours.c.person_id.in_(list(ids)))
    return [HoursRow(*row) for row in db.execute(found.order_by(hours.c.day, hours.c.recorded_ms, hours.c.hours_id))]


def confirm(db: Connection, row: ConfirmationRow) -> bool:
    """Keep what somebody said of a week; False where it was said before under this id."""
    new = insert_into(db, confirmations).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(confirmations.c.confirmation_id)).first() is not None


def said_of(db: Connection, ids: Iterable[int]) -> list[ConfirmationRow]:
    """All that was said of the weeks of some learners, in its order."""
    found = select(*_SAID).where(confirmations.c.person_id.in_(list(ids)))
    in_order = confirmations.c.at_ms, confirmations.c.confirmation_id
    return [ConfirmationRow(*row) for row in db.execute(found.order_by(*in_order))]


def forget(db: Connection, person_id: int, at_ms: int) -> None:
    """Empty what was written about somebody's work; that there was some stays, and what is not over ends."""
    hers = placements.c.person_id == person_id
    db.execute(update(placements).where(hers).values(risks="", completed_note=None))
    db.execute(update(placements).where(hers, placements.c.ended_ms.is_(None)).values(ended_ms=at_ms))
    db.execute(update(hours).where(hours.c.person_id == person_id).values(what="", link=None))
    db.execute(update(confirmations).where(confirmations.c.person_id == person_id).values(said=None))

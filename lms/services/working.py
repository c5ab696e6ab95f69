"""What there is to see of a placement: its weeks, the hours that were agreed and that count, her files.

One function makes it, for her own page, her mentor's and the page of whoever placed her: all see the same weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.days import day_of
from lms.learning.people import Permission, Scope
from lms.learning.placing import LATER_DAYS, State, Week, agreed_minutes, days_on
from lms.services import businesses, hours, pairings, placements
from lms.services.codes import visible_people
from lms.services.people import SignedIn
from lms.services.uploads import HOURS
from lms.store import merges
from lms.store import placements as rows
from lms.store import uploads as upload_rows
from lms.store.gate import Store
from lms.store.people import PersonRow
from lms.store.placements import BusinessRow, PlacementRow
from lms.store.ring import names_of
from lms.store.uploads import UploadRow


@dataclass(frozen=True)
class Work:
    """A placement with what was written down and said of it. Minutes."""

    row: PlacementRow
    business: BusinessRow
    weeks: tuple[Week, ...]
    """With something in them, the newest first."""
    agreed: int
    files: Mapping[UUID, list[UploadRow]]
    """First line -> the files she sent with it."""
    names: Mapping[int, str]
    """Of who said something of a week and is still here."""

    @property
    def logged(self) -> int:
        return sum(week.minutes for week in self.weeks)

    @property
    def counted(self) -> int:
        return sum(week.counted for week in self.weeks)

    def is_asked(self, today: int) -> bool:
        """Whether it is time to ask what became of it, and nobody has said so yet."""
        return self.row.later is None and placements.asked_now(self.row, today)


def _works(db: Connection, placed: list[PlacementRow], today: int) -> list[Work]:
    """The newest first."""
    ids = sorted({row.person_id for row in placed})
    found = hours.weeks_each(db, placed, today)
    there = {it.business_id: it for it in rows.business_rows(db, {row.business_id for row in placed})}
    files: dict[UUID, list[UploadRow]] = {}
    for it in upload_rows.of_person(db, ids) if ids else ():
        if it.for_kind == HOURS:
            files.setdefault(it.for_id, []).append(it)
    said = {week.staff.by_id for weeks in found.values() for week in weeks if week.staff and week.staff.by_id}
    names = names_of(db, said)
    return [
        Work(
            row,
            there[row.business_id],
            tuple(reversed(found[row.placement_id])),
            agreed_minutes(row.span, row.week_minutes),
            files,
            names,
        )
        for row in reversed(placed)
    ]


def has_any(store: Store, learner: SignedIn, now_ms: int, zone: ZoneInfo) -> tuple[bool, bool]:
    """Whether somebody has a placement, and whether it is time to ask what became of one."""
    with store.read() as db:
        hers = rows.of_learners(db, learner.ids)
    today = day_of(now_ms, zone)
    return bool(hers), any(row.later is None and placements.asked_now(row, today) for row in hers)


def mine(store: Store, learner: SignedIn, now_ms: int, zone: ZoneInfo) -> list[Work]:
    """Her own placements, the newest first."""
    with store.read() as db:
        return _works(db, rows.of_learners(db, learner.ids), day_of(now_ms, zone))


def for_mentor(
    store: Store, mentor: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo
) -> tuple[PersonRow, list[Work]]:
    """The same of a learner, for who is her mentor now. NotFound for anybody else."""
    with store.read() as db:
        learner = pairings.mentored(db, mentor, public_id, now_ms, zone)
        ids = merges.ids_of(db, learner.person_id)
        return learner, _works(db, rows.of_learners(db, ids), day_of(now_ms, zone))


def for_staff(
    store: Store, reader: SignedIn, public_id: str, placement_id: UUID, now_ms: int, zone: ZoneInfo
) -> tuple[PersonRow, Work]:
    """One placement, for whoever may place her. NotFound for any other."""
    with store.read() as db:
        learner, _ids, _organisations = placements.learner_in_reach(db, reader, public_id, now_ms)
        row = placements.in_reach(db, reader, public_id, placement_id, now_ms)
        (work,) = _works(db, [row], day_of(now_ms, zone))
    return learner, work


@dataclass(frozen=True)
class Listed:
    """A placement in a list."""

    public_id: str
    name: str
    work: Work
    disputed: bool
    over: bool
    """It is past its last day, and nobody wrote down what it led to."""
    asked: bool

    @property
    def waits(self) -> bool:
        """Whether somebody is to do something about it."""
        return self.disputed or self.over or self.asked


def listed(store: Store, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> list[Listed]:
    """The placements somebody may change: those that wait for her first, then the newest.

    One that ended leaves the list half a year after its last day.
    """
    scope, today = reader.scope(Permission.PLACEMENT_CHANGE, now_ms), day_of(now_ms, zone)
    with store.read() as db:
        theirs = None if scope.everywhere else [it for it, _name in businesses.organisations_in(db, scope)]
        here = {row.placement.placement_id: row for row in _in_reach(db, scope, theirs, today)}
        works = _works(db, [row.placement for row in here.values()], today)
    found = [
        Listed(
            here[work.row.placement_id].public_id,
            here[work.row.placement_id].name,
            work,
            any(week.state is State.DISPUTED for week in work.weeks),
            work.row.ended is None and today > work.row.span.last_day,
            work.is_asked(today),
        )
        for work in works
    ]
    return sorted(found, key=lambda it: (not it.waits, -it.work.row.starts_day, it.name.casefold(), it.public_id))


def _in_reach(db: Connection, scope: Scope, organisations: list[int] | None, today: int) -> list[rows.HereRow]:
    """By its organisation; or by a group of hers, for who works with single groups."""
    oldest = days_on(today, -2 * LATER_DAYS)
    found = rows.here(db, organisations, oldest)
    if scope.everywhere:
        return found
    seen = set(db.execute(visible_people(db, scope, 0)).scalars())
    return [
        row for row in found if row.placement.organisation_id in scope.organisations or row.placement.person_id in seen
    ]

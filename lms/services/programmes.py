"""Programmes: funded projects with partners, areas and targets, and how far each area has come."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import Permission, Role, Scope, scope_of
from lms.services.organisations import Area, and_below, tree
from lms.services.people import SignedIn, clean_name
from lms.store import audit, merges
from lms.store import groups as group_rows
from lms.store import programmes as rows
from lms.store.gate import Store, retried
from lms.store.programmes import ProgrammeRow
from lms.store.reports import staff_groups

LEARNERS = "learners"
"""The measure of a target: distinct people who joined a group of the programme in the area."""
ACTIVE_MS = 28 * DAY_MS
MOST = 1_000_000
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")


@dataclass(frozen=True)
class Wanted:
    """What a programme is to be. Days are yyyymmdd. `targets`: area id -> how many learners; its areas are those."""

    name: str
    starts_day: int
    ends_day: int
    partners: frozenset[int]
    targets: Mapping[int, int]


@dataclass(frozen=True)
class Numbers:
    """Different people: who joined, who did something of a course, lately, and who finished one."""

    joined: int
    started: int
    active: int
    finished: int


@dataclass(frozen=True)
class InArea:
    """How far a programme has come in one of its areas, with all inside it."""

    area: Area
    groups: int
    target: int
    numbers: Numbers


@dataclass(frozen=True)
class Programme:
    """A programme as those who may read it see it. `total` counts each person once, in however many areas she is."""

    row: ProgrammeRow
    partners: tuple[str, ...]
    areas: tuple[InArea, ...]
    total: Numbers
    staff: Numbers
    """Volunteers and staff who train: they are in no other number."""
    counts_only: bool
    """Whether the reader is told counts alone, small ones hidden: a funder."""


def readable(store: Store, reader: SignedIn, now_ms: int) -> list[ProgrammeRow]:
    """The programmes a reader may look at, the newest first."""
    scope = reader.scope(Permission.PROGRAMME_READ, now_ms)
    with store.read() as db:
        return _readable(db, scope)


def _readable(db: Connection, scope: Scope) -> list[ProgrammeRow]:
    found = rows.programme_rows(db)
    if scope.everywhere:
        return found
    mine = scope.programmes | rows.programmes_of(db, scope.organisations)
    return [it for it in found if it.programme_id in mine]


def see(store: Store, reader: SignedIn, slug: str, now_ms: int) -> Programme:
    """How far a programme has come. NotFound for one out of reach."""
    scope = reader.scope(Permission.PROGRAMME_READ, now_ms)
    with store.read() as db:
        row = _one(_readable(db, scope), slug)
        names = {its_id: name for its_id, _public, name in group_rows.organisation_rows(db)}
        partners = tuple(sorted(names[its_id] for its_id in rows.partners(db, row.programme_id)))
        groups = rows.groups_in_programme(db, row.programme_id)
        people = _People(db, groups, now_ms)
        areas, aims = tree(db), rows.targets_of(db, row.programme_id, LEARNERS)
        exact = row in _readable(db, _but_as_funder(reader, now_ms))
    learners = [it for it in groups if it.kind == LEARNERS]
    return Programme(
        row,
        partners,
        tuple(_in_area(area, areas, learners, aims, people) for area in areas if area.area_id in aims),
        people.numbers({it.group_id for it in learners}),
        people.numbers({it.group_id for it in groups if it.kind != LEARNERS}),
        counts_only=not exact,
    )


def _but_as_funder(reader: SignedIn, now_ms: int) -> Scope:
    """What she may read by her other roles. One elsewhere shows her no small numbers of what she funds."""
    others = (held for held in reader.roles if held.role is not Role.FUNDER)
    return scope_of(others, Permission.PROGRAMME_READ, now_ms)


def _one(found: Iterable[ProgrammeRow], slug: str) -> ProgrammeRow:
    row = next((it for it in found if it.slug == slug), None)
    if row is None:
        raise NotFound
    return row


def _in_area(
    area: Area, areas: tuple[Area, ...], groups: Iterable[rows.GroupIn], aims: Mapping[int, int], people: _People
) -> InArea:
    its = {it.group_id for it in groups if it.area_id in and_below(areas, area.area_id)}
    return InArea(area, len(its), aims[area.area_id], people.numbers(its))


class _People:
    """Who joined the groups of a programme. Somebody with several ids is one.

    What she does of a course is a learner's or training by the group she began it with, as in every report.
    """

    def __init__(self, db: Connection, groups: Collection[rows.GroupIn], now_ms: int) -> None:
        found = rows.standings(db, [it.group_id for it in groups])
        self._kept = merges.kept_each(db, {it.person_id for it in found})
        # What a merged person has done stands under the id that was kept, which may be in none of the groups.
        elsewhere = {(self._kept[it.person_id], it.group_id) for it in found if it.person_id in self._kept}
        self._rows = [*found, *rows.standings_of(db, elsewhere)]
        self._since_ms = now_ms - ACTIVE_MS
        self._staff = staff_groups(db)

    def numbers(self, group_ids: Collection[int]) -> Numbers:
        here = [it for it in self._rows if it.group_id in group_ids]
        did = [it for it in here if (it.began_in in self._staff) == (it.group_id in self._staff)]
        return Numbers(
            self._different(here),
            self._different(it for it in did if it.done_count),
            self._different(it for it in did if (it.last_at_ms or 0) >= self._since_ms),
            self._different(it for it in did if it.finished),
        )

    def _different(self, found: Iterable[rows.Standing]) -> int:
        return len({self._kept.get(it.person_id, it.person_id) for it in found})


@dataclass(frozen=True)
class Editable:
    """A programme and what there is to choose from."""

    row: ProgrammeRow
    partners: frozenset[int]
    targets: Mapping[int, int]
    organisations: tuple[tuple[int, str], ...]
    areas: tuple[Area, ...]


def to_change(store: Store, maker: SignedIn, slug: str, now_ms: int) -> Editable:
    """A programme as an administrator changes it."""
    maker.scope(Permission.PROGRAMME_CHANGE, now_ms)
    with store.read() as db:
        row = _one(rows.programme_rows(db), slug)
        organisations = tuple((its_id, name) for its_id, _public, name in group_rows.organisation_rows(db))
        partners = frozenset(rows.partners(db, row.programme_id))
        return Editable(row, partners, rows.targets_of(db, row.programme_id, LEARNERS), organisations, tree(db))


@retried
def add(store: Store, maker: SignedIn, slug: str, name: str, starts_day: int, ends_day: int, at_ms: int) -> str:
    """A new programme, without partners or areas; returns its slug."""
    maker.scope(Permission.PROGRAMME_CHANGE, at_ms)
    shown, plain, checks = "", slug.strip().lower(), AllAtOnce()
    with checks:
        shown = clean_name(name, longest=120)
    with checks:
        if not _SLUG.fullmatch(plain):
            raise Refused("Use 2 to 40 small letters, numbers and hyphens, such as mums-2026.", "slug")
    with checks:
        _check_days(starts_day, ends_day)
    checks.tell()
    with store.write() as db:
        if any(it.slug == plain for it in rows.programme_rows(db)):
            raise Refused("There is a programme with that short name.", "slug")
        days = {"starts_day": starts_day, "ends_day": ends_day}
        rows.add_programme(db, {"slug": plain, "name": shown, **days})
        audit.note(db, maker.person_id, "added-programme", at_ms, maker.person_id, plain)
    return plain


@retried
def change(store: Store, maker: SignedIn, slug: str, wanted: Wanted, at_ms: int) -> None:
    """Make a programme what is wanted. Refused, and nothing is changed, where something is wrong."""
    maker.scope(Permission.PROGRAMME_CHANGE, at_ms)
    shown, checks = "", AllAtOnce()
    with checks:
        shown = clean_name(wanted.name, longest=120)
    with checks:
        _check_days(wanted.starts_day, wanted.ends_day)
    with checks:
        if any(not 0 <= number <= MOST for number in wanted.targets.values()):
            raise Refused("Write how many as a whole number, such as 100.", "targets")
    checks.tell()
    with store.write() as db:
        row = _one(rows.programme_rows(db), slug)
        known = {its_id for its_id, _public, _name in group_rows.organisation_rows(db)}
        places = {it.area_id for it in tree(db)}
        if not wanted.partners <= known or not wanted.targets.keys() <= places:
            raise Refused("Choose from those shown.", "partners")
        rows.change_programme(db, row.programme_id, name=shown, starts_day=wanted.starts_day, ends_day=wanted.ends_day)
        rows.set_partners(db, row.programme_id, sorted(wanted.partners))
        rows.set_targets(db, row.programme_id, LEARNERS, wanted.targets)
        audit.note(db, maker.person_id, "changed-programme", at_ms, maker.person_id, slug)


def _check_days(starts_day: int, ends_day: int) -> None:
    if ends_day < starts_day:
        raise Refused("The last day is before the first. Look at both.", "ends")

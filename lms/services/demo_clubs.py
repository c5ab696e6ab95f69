"""The made-up programme: areas, partners, venues, monthly clubs with their registers, workshops, volunteers who train.

In: the instant it is made at and how many learners there are. All of it is placed in the months before and after.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.attendance import Tick
from lms.learning.days import DAY_MS
from lms.services.demo_learning import SPACE, Learner
from lms.store import attendance
from lms.store import groups as group_rows
from lms.store import meetings as meeting_rows
from lms.store import programmes as rows

SLUG = "mums-demo"
NINE_MONTHS, AHEAD = 273, 91
"""Days the programme has run, and will."""
_PARTNERS = (
    ("demo", "Demo Families"),
    ("demo-river", "Riverside Partners (demo)"),
    ("demo-hill", "Hill Trust (demo)"),
)
_COUNTY = ("DEMO", "Demo county")
_AREAS = (
    ("DEMO-N", "Northside (demo)", "Library", 0),
    ("DEMO-S", "Southside (demo)", "School", 0),
    ("DEMO-E", "Eastfield (demo)", "Children’s centre", 1),
    ("DEMO-W", "Westbrook (demo)", "Village hall", 1),
    ("DEMO-C", "Castle (demo)", "Church rooms", 2),
)
"""Code, name, where its clubs meet, whose venue that is: a place in _PARTNERS."""
_FIRST = (
    ("Library Tuesdays (demo)", 0, 175),
    ("School gate club (demo)", 1, 120),
    ("Evening phones (demo)", 0, 60),
)
"""Name, place in _AREAS, days ago it started: of the groups of the small demo."""
SMALL = 30
"""Learners of the small demo besides Lena."""
A_CLUB = 25
"""Learners of each group more."""
VOLUNTEERS = "Volunteers (demo)"
_EVERY_DAYS = 28
_HOUR = 10


@dataclass(frozen=True)
class Club:
    """A group to be made. `area` and `partner` are places in the lists."""

    number: int
    name: str
    area: int
    partner: int
    days_ago: int
    staff: bool = False

    @property
    def public_id(self) -> str:
        return f"demo-{self.number}"


@dataclass(frozen=True)
class Places:
    """What there is of the programme, by the place in its list."""

    organisations: Sequence[int]
    areas: Sequence[int]
    venues: Sequence[int]
    programme_id: int


def clubs(learners: int) -> list[Club]:
    """The groups of a demo of so many learners; the first three are the same in each, and the volunteers'."""
    first = [Club(number, name, area, 0, ago) for number, (name, area, ago) in enumerate(_FIRST, start=1)]
    volunteers = Club(len(first) + 1, VOLUNTEERS, 0, 0, 200, staff=True)
    return [*first, volunteers, *(_more(number) for number in range(-(-max(0, learners - SMALL) // A_CLUB)))]


def _more(number: int) -> Club:
    area = (number + 1) % len(_AREAS)
    town = _AREAS[area][1].removesuffix(" (demo)")
    ago = NINE_MONTHS - 20 - 9 * number % 150
    return Club(len(_FIRST) + 2 + number, f"{town} club {number + 1} (demo)", area, _AREAS[area][3], ago)


def make_places(db: Connection, learners: int, now_ms: int, zone: ZoneInfo) -> Places:
    """Areas, partners, venues and the programme, made where they are missing."""
    known = {public: its_id for its_id, public, _name in group_rows.organisation_rows(db)}
    partners = [
        known.get(public) or group_rows.add_organisation(db, public, name, "charity") for public, name in _PARTNERS
    ]
    areas = _make_areas(db)
    there = {venue.name: venue.venue_id for venue in rows.venue_rows(db)}
    venues = [
        there.get(name := f"{code[1].removesuffix(' (demo)')} {code[2].lower()} (demo)")
        or rows.add_venue(db, _venue(name, partners[code[3]], areas[place]))
        for place, code in enumerate(_AREAS)
    ]
    return Places(partners, areas, venues, _make_programme(db, partners, areas, learners, now_ms, zone))


def _make_areas(db: Connection) -> list[int]:
    known = {code: area_id for area_id, code, _name in group_rows.area_rows(db)}
    county = known.get(_COUNTY[0]) or group_rows.add_area(db, *_COUNTY)
    return [known.get(code) or group_rows.add_area(db, code, name, county) for code, name, _venue, _partner in _AREAS]


def _venue(name: str, organisation_id: int, area_id: int) -> dict[str, object]:
    told = {"address": "1 Made-up Street", "note": "Step-free. Buggies can stay in the hall. Tea and toys are there."}
    return {"name": name, "organisation_id": organisation_id, "area_id": area_id, **told}


def _make_programme(
    db: Connection, partners: Sequence[int], areas: Sequence[int], learners: int, now_ms: int, zone: ZoneInfo
) -> int:
    known = {programme.slug: programme.programme_id for programme in rows.programme_rows(db)}
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    dates = {"starts_day": _day(today - timedelta(NINE_MONTHS)), "ends_day": _day(today + timedelta(AHEAD))}
    programme_id = known.get(SLUG) or rows.add_programme(db, {"slug": SLUG, "name": "Mums connected (demo)", **dates})
    for organisation_id in partners:
        rows.add_partner(db, programme_id, organisation_id)
    reached = {areas[club.area] for club in clubs(learners)}  # an area without a club would say nothing
    for area_id in areas:
        if area_id in reached:
            rows.add_target(db, programme_id, area_id, "learners", max(20, learners // len(areas)))
    return programme_id


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def standing(club: Club, places: Places) -> dict[str, object]:
    """Where a group stands, as its row says it."""
    return {
        "organisation_id": places.organisations[club.partner],
        "area_id": places.areas[club.area],
        "venue_id": places.venues[club.area],
        "programme_id": places.programme_id,
        "kind": "staff" if club.staff else "learners",
    }


def make_meetings(
    db: Connection, made: Mapping[str, int], learners: int, places: Places, by_id: int, now_ms: int, zone: ZoneInfo
) -> dict[int, list[tuple[int, int]]]:
    """Meetings of every group and of the programme: group id -> (meeting id, when it begins) of those that are over."""
    over: dict[int, list[tuple[int, int]]] = {}
    for club in clubs(learners):
        group_id = made[club.name]
        values = standing(club, places)
        told = {name: values[name] for name in ("organisation_id", "area_id", "venue_id", "programme_id")}
        kind, name = ("training", "Volunteers’ evening") if club.staff else ("club", "Monthly club")
        for number, starts_ms in enumerate(_months(club, now_ms, zone)):
            its = {**told, "group_id": group_id, "kind": kind, "name": f"{name} (demo)", "series_id": club.public_id}
            meeting_id = _meet(db, f"{club.public_id}-{number}", its, starts_ms, by_id)
            if starts_ms + DAY_MS < now_ms:
                over.setdefault(group_id, []).append((meeting_id, starts_ms))
    for number, days in enumerate((-100, 20)):
        where = {"organisation_id": places.organisations[0], "venue_id": places.venues[0], "area_id": places.areas[0]}
        its = {**where, "programme_id": places.programme_id, "kind": "workshop", "name": "Safe online together (demo)"}
        _meet(db, f"demo-workshop-{number}", its, _at_ten(now_ms + days * DAY_MS, zone), by_id)
    return over


def _meet(db: Connection, public_id: str, values: Mapping[str, object], starts_ms: int, by_id: int) -> int:
    when = {"starts_ms": starts_ms, "minutes": 90, "capacity": 20, "made_ms": starts_ms - 60 * DAY_MS, "by_id": by_id}
    return meeting_rows.add(db, {"public_id": public_id, "place": "", **values, **when})


def _months(club: Club, now_ms: int, zone: ZoneInfo) -> Iterator[int]:
    """When a club meets: every four weeks since it began, and twice more."""
    for days in range(-club.days_ago, 2 * _EVERY_DAYS, _EVERY_DAYS):
        yield _at_ten(now_ms + days * DAY_MS, zone)


def _at_ten(at_ms: int, zone: ZoneInfo) -> int:
    day = datetime.fromtimestamp(at_ms / 1000, zone).date()
    return int(datetime(day.year, day.month, day.day, _HOUR, tzinfo=zone).timestamp() * 1000)


def make_ticks(
    db: Connection,
    learners: Sequence[Learner],
    over: Mapping[int, Sequence[tuple[int, int]]],
    group_ids: Sequence[int],
    by_id: int,
    dice: Callable[[], float],
) -> None:
    """Who came: the more willing the oftener. The last register but one of each club was filled in twenty days late."""
    for learner in learners:
        met = over.get(group_ids[learner.group], ())
        for place, (meeting_id, starts_ms) in enumerate(met):
            if starts_ms < learner.joined_ms:
                continue
            at_ms = starts_ms + (20 * DAY_MS if place == len(met) - 2 else 600_000)
            tick_id = uuid.uuid5(SPACE, f"tick {meeting_id} {learner.person_id}")
            present = dice() < 0.3 + 0.6 * learner.will
            attendance.add(db, Tick(learner.person_id, tick_id, meeting_id, present, False, at_ms, at_ms, by_id))

"""A made-up programme with nine months of made-up learning, so that a newcomer sees every page alive.

Everything goes through the same services as real learning, dated in the past. All ids come from the
demo's own seed, so making it again after being stopped half-way makes only what is missing.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.days import DAY_MS
from lms.learning.people import Held, Role, ScopeKind
from lms.services import demo_clubs, demo_mentors, passwords, people
from lms.services.courses import Catalogue
from lms.services.demo_clubs import A_CLUB, SMALL, Club, Places
from lms.services.demo_learning import SPACE, Learner, learn
from lms.services.groups import join_code, plain_code
from lms.store import groups as group_rows
from lms.store import handles
from lms.store import people as people_rows
from lms.store.gate import Store

SINCE_MS = demo_clubs.NINE_MONTHS * DAY_MS
_SEED = 20_261_122
_STAFF = (
    ("femi", "Femi (demo)", Role.FACILITATOR, ScopeKind.ORGANISATION),
    ("olu", "Olu (demo)", Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION),
    ("mira", "Mira (demo)", Role.MENTOR, ScopeKind.ORGANISATION),
    ("fola", "Fola (demo)", Role.FUNDER, ScopeKind.SITE),
    ("ada", "Ada (demo)", Role.ADMINISTRATOR, ScopeKind.SITE),
)
CAST = {"lena": "learner"} | {username: role.value for username, _name, role, _scope in _STAFF}
"""User name -> role of the people a newcomer can sign in as, all with the demo's password."""
_VOLUNTEERS = 4


def demo_is_made(store: Store, learners: int | None = None) -> bool:
    """Whether a demo of so many learners, or of any number, was made to its end."""
    with store.read() as db:
        return handles.find(db, "demo", _made(learners)) is not None


def _made(learners: int | None) -> str:
    return f"made {learners}" if learners else "made"


def make_demo(
    store: Store,
    password: str,
    secret: str,
    zone: ZoneInfo,
    now_ms: int,
    step: Callable[[int, int], None] = lambda _done, _all: None,
    learners: int | None = None,
) -> None:
    """Make the demo's people, groups and learning. A no-op once made; safe to stop and run again.

    `secret`: the site's, from which join codes are made. `step` is told (done, of how many). Asked for
    another number of `learners`, what there is more is made; what is there stays.
    """
    if demo_is_made(store, learners):
        _keep_password(store, password)
        return
    catalogue = Catalogue(store)
    if not catalogue.shelf(now_ms).courses:
        return
    many = learners or SMALL
    cast = _people(store, catalogue, passwords.hashed(password), secret, zone, now_ms, many)
    for done, learner in enumerate(cast, start=1):
        learn(store, catalogue, random.Random(learner.person_id), learner, zone, now_ms)  # noqa: S311
        step(done, len(cast))
    with store.write() as db:
        for made in (_made(None), _made(many)):
            if handles.find(db, "demo", made) is None:
                handles.add(db, "demo", made, 0, now_ms)


def _people(
    store: Store, catalogue: Catalogue, kept: str, secret: str, zone: ZoneInfo, now_ms: int, learners: int
) -> list[Learner]:
    """Everything but what they learn, in one transaction; returns who is to learn."""
    dice = random.Random(_SEED)  # noqa: S311 - made-up learning, not secrets
    with store.write() as db:
        places = demo_clubs.make_places(db, learners, now_ms, zone)
        made = _groups(db, catalogue, places, learners, secret, now_ms)
        _staff(db, kept, places.organisations[0], now_ms)
        group_ids = [made[club.name] for club in demo_clubs.clubs(learners)]
        found = [_learner(db, dice, number, group_ids, kept, now_ms) for number in range(learners + 1)]
        volunteers = [_volunteer(db, catalogue, number, group_ids, kept, now_ms) for number in range(_VOLUNTEERS)]
        femi = _id("femi")
        over = demo_clubs.make_meetings(db, made, learners, places, femi, now_ms, zone)
        chance = random.Random(_SEED + 1)  # noqa: S311
        demo_clubs.make_ticks(db, [*found, *volunteers], over, group_ids, femi, chance.random)
        demo_mentors.make(db, found[0].person_id, _id("mira"), places.organisations[0], now_ms, zone)
    if len(catalogue.shelf(now_ms).courses) > 1:
        found.insert(0, replace(found[0], course=0, will=1.0, care=1.0, pace=3))  # Lena has finished one before
    return [*found, *volunteers]


def _keep_password(store: Store, password: str) -> None:
    """The password printed at a start is the one that works, also when it was set anew since."""
    with store.read() as db:
        handle = handles.find(db, "username", "lena")
        kept = people_rows.secret(db, handle.person_id, "password") if handle else None
    if kept is None or passwords.fits(kept, password):
        return
    new = passwords.hashed(password)
    with store.write() as db:
        for username in CAST:
            person = handles.find(db, "username", username)
            if person is not None:
                people_rows.set_secret(db, person.person_id, "password", new)


def _id(what: str) -> int:
    return uuid.uuid5(SPACE, what).int >> 65 or 1


def _groups(
    db: Connection, catalogue: Catalogue, places: Places, learners: int, secret: str, now_ms: int
) -> Mapping[str, int]:
    """Name -> id of the groups, made where they are missing."""
    known = {name: group_id for group_id, name in group_rows.group_names(db)}
    courses = [shape.course_id for shape in catalogue.shelf(now_ms).courses.values()]
    return {
        club.name: known.get(club.name)
        or _group(db, club, demo_clubs.standing(club, places), secret, courses[-1:] if club.staff else courses)
        for club in demo_clubs.clubs(learners)
    }


def _group(db: Connection, club: Club, stands: Mapping[str, object], secret: str, courses: Sequence[int]) -> int:
    salt = uuid.uuid5(SPACE, club.name).hex[:16]
    values = {
        "public_id": club.public_id,
        "join_hash": handles.key_hash("join", plain_code(join_code(secret, club.public_id, salt))),
        "join_salt": salt,
        "name": club.name,
        "late_join": True,
        **stands,
    }
    return group_rows.add_group(db, values, courses)


def _staff(db: Connection, kept: str, organisation_id: int, now_ms: int) -> None:
    since = now_ms - SINCE_MS
    for username, name, role, scope in _STAFF:
        person_id = _id(username)
        if not _person(db, person_id, name, username, kept, since):
            continue
        scope_id = organisation_id if scope is ScopeKind.ORGANISATION else 0
        held = Held(role, scope, scope_id, since, None)
        people_rows.add_role(db, person_id, uuid.uuid5(SPACE, f"role {username}"), held, None, since)


def _person(db: Connection, person_id: int, name: str, username: str | None, kept: str, since_ms: int) -> bool:
    """A demo person; False if she is there."""
    if people_rows.person(db, person_id) is not None:
        return False
    values = people.person_values(person_id, name, username, {"adult": "yes"}, "en", since_ms)
    people_rows.add_person(db, values)
    if username:
        handles.add(db, "username", username, person_id, since_ms)
        people_rows.set_secret(db, person_id, "password", kept)
    return True


def _learner(
    db: Connection, dice: random.Random, number: int, group_ids: Sequence[int], kept: str, now_ms: int
) -> Learner:
    """Number 0 is Lena, half-way in her second course; the others go from not at all to all the way."""
    group, course = (2, 1) if number == 0 else (dice.randrange(3), dice.randrange(3))
    if number > SMALL:
        group = 4 + (number - SMALL - 1) // A_CLUB  # the fourth place is the volunteers'
    ago = demo_clubs.clubs(number)[group].days_ago
    joined = now_ms - (ago - dice.randrange(14)) * DAY_MS
    will = 0.4 if number == 0 else dice.choice((0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 1.0))
    learner = Learner(_id(f"learner {number}"), group, course, joined, will, 0.6 + 0.35 * dice.random())
    name, username = ("Lena (demo)", "lena") if number == 0 else (f"Demo learner {number:02}", None)
    _joins(db, learner, name, username, kept, group_ids[group], f"membership {number}")
    return learner


def _volunteer(
    db: Connection, catalogue: Catalogue, number: int, group_ids: Sequence[int], kept: str, now_ms: int
) -> Learner:
    """One of those who help at a club, and train for it."""
    place = next(at for at, club in enumerate(demo_clubs.clubs(0)) if club.staff)
    last = len(catalogue.shelf(now_ms).courses) - 1
    joined = now_ms - (190 - 11 * number) * DAY_MS
    learner = Learner(_id(f"volunteer {number}"), place, last, joined, 0.4 + 0.2 * number, 0.9)
    name = f"Demo volunteer {number + 1}"
    _joins(db, learner, name, None, kept, group_ids[place], f"volunteer {number}")
    return learner


def _joins(
    db: Connection, learner: Learner, name: str, username: str | None, kept: str, group_id: int, membership: str
) -> None:
    if _person(db, learner.person_id, name, username, kept, learner.joined_ms):
        its_id = uuid.uuid5(SPACE, membership)
        group_rows.join(db, learner.person_id, its_id, group_id, learner.joined_ms, learner.joined_ms, None)

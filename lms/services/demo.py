"""A made-up charity with half a year of made-up learning, so that a newcomer sees every page alive.

Everything goes through the same services as real learning, dated in the past. All ids come from the
demo's own seed, so making it again after being stopped half-way makes only what is missing.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.content.plan import Key, Kind, ModulePlan, Sort, StepPlan
from lms.learning.answers import ASKED, PARTED, Answer
from lms.learning.days import DAY_MS
from lms.learning.events import Event, EventKind
from lms.learning.marking import right_of
from lms.learning.people import Held, Role, ScopeKind
from lms.learning.shapes import Shape
from lms.services import passwords, people, quiz
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.groups import join_code, plain_code
from lms.store import groups as group_rows
from lms.store import handles
from lms.store import people as people_rows
from lms.store.gate import Store

HALF_A_YEAR_MS = 182 * DAY_MS
_SEED = 20_261_122
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms demo")
_STAFF = (
    ("femi", "Femi (demo)", Role.FACILITATOR, ScopeKind.ORGANISATION),
    ("mira", "Mira (demo)", Role.MENTOR, ScopeKind.ORGANISATION),
    ("fola", "Fola (demo)", Role.FUNDER, ScopeKind.SITE),
    ("ada", "Ada (demo)", Role.ADMINISTRATOR, ScopeKind.SITE),
)
CAST = {"lena": "learner"} | {username: role.value for username, _name, role, _scope in _STAFF}
"""User name -> role of the people a newcomer can sign in as, all with the demo's password."""
_AREAS = (("DEMO-N", "Northside (demo)"), ("DEMO-S", "Southside (demo)"))
_GROUPS = (
    ("Library Tuesdays (demo)", 0, 175),
    ("School gate club (demo)", 1, 120),
    ("Evening phones (demo)", 0, 60),
)
"""Name, place in _AREAS, days ago it started."""
_LEARNERS = 34


@dataclass(frozen=True)
class _Learner:
    """Who a made-up learner is and how she goes about it."""

    person_id: int
    group: int
    course: int
    joined_ms: int
    will: float
    """How much of the way she goes, 0 to 1."""
    care: float
    """How often her first answer is right."""
    pace: int = 24
    """In fewer days than these she comes back for the next lesson."""


def demo_is_made(store: Store) -> bool:
    """Whether the demo was made to its end."""
    with store.read() as db:
        return handles.find(db, "demo", "made") is not None


def make_demo(
    store: Store,
    password: str,
    secret: str,
    zone: ZoneInfo,
    now_ms: int,
    step: Callable[[int, int], None] = lambda _done, _all: None,
) -> None:
    """Make the demo's people, groups and learning. A no-op once made; safe to stop and run again.

    `secret`: the site's, from which join codes are made. `step` is told (done, of how many).
    """
    if demo_is_made(store):
        _keep_password(store, password)
        return
    catalogue = Catalogue(store)
    if not catalogue.shelf(now_ms).courses:
        return
    dice = random.Random(_SEED)  # noqa: S311 - made-up learning, not secrets
    kept = passwords.hashed(password)
    with store.write() as db:
        organisation_id, group_ids = _places(db, catalogue, secret, now_ms)
        _staff(db, kept, organisation_id, now_ms)
        learners = [_learner(db, dice, number, group_ids, kept, now_ms) for number in range(_LEARNERS + 1)]
    if len(catalogue.shelf(now_ms).courses) > 1:
        learners.insert(0, replace(learners[0], course=0, will=1.0, care=1.0, pace=3))  # Lena has finished one before
    for done, learner in enumerate(learners, start=1):
        _learn(store, catalogue, random.Random(learner.person_id), learner, zone, now_ms)  # noqa: S311
        step(done, len(learners))
    with store.write() as db:
        handles.add(db, "demo", "made", 0, now_ms)


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
    return uuid.uuid5(_SPACE, what).int >> 65 or 1


def _places(db: Connection, catalogue: Catalogue, secret: str, now_ms: int) -> tuple[int, list[int]]:
    """The organisation's id and its groups' ids, made where they are missing."""
    organisations = {public: its_id for its_id, public, _name in group_rows.organisation_rows(db)}
    organisation_id = organisations.get("demo") or group_rows.add_organisation(db, "demo", "Demo Families", "charity")
    areas = {code: area_id for area_id, code, _name in group_rows.area_rows(db)}
    area_ids = [areas.get(code) or group_rows.add_area(db, code, name) for code, name in _AREAS]
    known = {name: group_id for group_id, name in group_rows.group_names(db)}
    courses = [shape.course_id for shape in catalogue.shelf(now_ms).courses.values()]
    return organisation_id, [
        known.get(name) or _group(db, number, name, organisation_id, area_ids[area], secret, courses)
        for number, (name, area, _ago) in enumerate(_GROUPS, start=1)
    ]


def _group(
    db: Connection, number: int, name: str, organisation_id: int, area_id: int, secret: str, courses: Sequence[int]
) -> int:
    public_id, salt = f"demo-{number}", uuid.uuid5(_SPACE, name).hex[:16]
    values = {
        "public_id": public_id,
        "join_hash": handles.key_hash("join", plain_code(join_code(secret, public_id, salt))),
        "join_salt": salt,
        "name": name,
        "organisation_id": organisation_id,
        "area_id": area_id,
        "late_join": True,
    }
    return group_rows.add_group(db, values, courses)


def _staff(db: Connection, kept: str, organisation_id: int, now_ms: int) -> None:
    since = now_ms - HALF_A_YEAR_MS
    for username, name, role, scope in _STAFF:
        person_id = _id(username)
        if not _person(db, person_id, name, username, kept, since):
            continue
        scope_id = organisation_id if scope is ScopeKind.ORGANISATION else 0
        held = Held(role, scope, scope_id, since, None)
        people_rows.add_role(db, person_id, uuid.uuid5(_SPACE, f"role {username}"), held, None, since)


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
) -> _Learner:
    """Number 0 is Lena, half-way in her second course; the others go from not at all to all the way."""
    group, course = (2, 1) if number == 0 else (dice.randrange(3), dice.randrange(3))
    joined = now_ms - (_GROUPS[group][2] - dice.randrange(14)) * DAY_MS
    will = 0.4 if number == 0 else dice.choice((0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 1.0))
    learner = _Learner(_id(f"learner {number}"), group, course, joined, will, 0.6 + 0.35 * dice.random())
    name, username = ("Lena (demo)", "lena") if number == 0 else (f"Demo learner {number:02}", None)
    if _person(db, learner.person_id, name, username, kept, joined):
        membership = uuid.uuid5(_SPACE, f"membership {number}")
        group_rows.join(db, learner.person_id, membership, group_ids[group], joined, joined, None)
    return learner


def _learn(
    store: Store, catalogue: Catalogue, dice: random.Random, learner: _Learner, zone: ZoneInfo, now_ms: int
) -> None:
    """Her learning, lesson by lesson, a few days apart, until her will or the time runs out."""
    shapes = list(catalogue.shelf(now_ms).courses.values())
    shape = shapes[learner.course % len(shapes)]
    lessons = [(module, lesson.name) for module in shape.plan.modules for lesson in module.lessons]
    at_ms = learner.joined_ms
    for number, (module, lesson) in enumerate(lessons[: round(learner.will * len(lessons))]):
        at_ms += dice.randrange(1, learner.pace) * DAY_MS + dice.randrange(3 * 3_600_000)
        late_ms = dice.choice((0, 0, 0, dice.randrange(3 * DAY_MS)))
        if at_ms + late_ms >= now_ms:
            return
        events = list(_lesson(catalogue, dice, learner, shape, module, lesson, at_ms))
        record(store, catalogue, learner.person_id, events, at_ms + late_ms, zone)
        last_of_module = number + 1 == len(lessons) or lessons[number + 1][0] is not module
        if last_of_module and module.quiz and at_ms + late_ms + 600_000 < now_ms:
            at_ms += late_ms + 300_000
            _take_quiz(store, catalogue, dice, learner, shape, module.module, at_ms, zone)


def _lesson(
    catalogue: Catalogue,
    dice: random.Random,
    learner: _Learner,
    shape: Shape,
    module: ModulePlan,
    lesson: str,
    at_ms: int,
) -> Iterator[Event]:
    """The events of one lesson, a minute a step."""
    plan = module.lesson(lesson)
    opened = f"{learner.person_id} {module.module} {lesson} opened"
    yield _event(shape, module.module, lesson, EventKind.OPENED, (), opened, at_ms)
    for minute, step in enumerate(plan.steps if plan else (), start=1):
        key = catalogue.key(shape, shape.numbers[module.module, step.name])
        for order, (kind, answer) in enumerate(_acts(dice, learner, step, key)):
            what = f"{learner.person_id} {module.module} {step.name} {order}"
            yield _event(shape, module.module, step.name, kind, answer, what, at_ms + minute * 60_000 + order * 9_000)


def _event(shape: Shape, module: str, name: str, kind: EventKind, answer: Answer, what: str, at_ms: int) -> Event:
    plan = shape.plan
    own_id = uuid.uuid5(_SPACE, what)
    return Event(own_id, plan.course, shape.hash, module, name, kind, plan.lang, at_ms, 0, answer)


def _acts(dice: random.Random, learner: _Learner, step: StepPlan, key: Key) -> list[tuple[EventKind, Answer]]:
    if step.kind in ASKED:
        wrong = [] if dice.random() < learner.care else [(EventKind.ANSWERED, _wrong(step, key))]
        return [*wrong, (EventKind.ANSWERED, _right(step, key))]
    match step.kind:
        case Kind.RATE | Kind.RATE_AGAIN:
            return [(EventKind.RATED, (dice.choice(step.letters),))]
        case Kind.TASK:
            return [(EventKind.TICKED, step.letters)]
        case Kind.CODE:
            return [(EventKind.OPENED, ())]
        case _:
            return [(EventKind.DONE, ())]


def _right(step: StepPlan, key: Key) -> Answer:
    if step.sort in (Sort.WORDS, Sort.NUMBER):
        return str(key.number.low) if key.number else key.answers[0].value.replace("*", "")
    return right_of(step, key)


def _wrong(step: StepPlan, key: Key) -> Answer:
    if step.sort in (Sort.WORDS, Sort.NUMBER):
        return "not sure"
    if step.kind not in PARTED:
        return (step.letters[-1],)
    if step.kind is Kind.MATCH:
        return dict.fromkeys(step.letters, step.meanings[-1])
    return tuple(reversed(key.order)) if step.kind is Kind.ORDER else (step.letters[-1],) * step.gaps


def _take_quiz(
    store: Store,
    catalogue: Catalogue,
    dice: random.Random,
    learner: _Learner,
    shape: Shape,
    module: str,
    at_ms: int,
    zone: ZoneInfo,
) -> None:
    """Take a quiz until it is passed, three times at most."""
    for number in range(1, 4):
        quiz.start(store, catalogue, shape, module, learner.person_id, number, at_ms, zone)
        view = quiz.see(store, catalogue, shape, module, learner.person_id)
        if view.where.quiz_passed(module) or view.go is None:
            return
        for no in view.go.asked:
            key, step = catalogue.key(shape, no), shape.steps[no]
            given = _right(step, key) if dice.random() < learner.care + 0.1 * number else _wrong(step, key)
            own_id = UUID(int=uuid.uuid5(_SPACE, f"{learner.person_id} {no} {number}").int)
            quiz.answer(store, catalogue, view.go, no, given, own_id, learner.person_id, at_ms, zone)
        quiz.finish(store, catalogue, view.go, learner.person_id, at_ms, zone)

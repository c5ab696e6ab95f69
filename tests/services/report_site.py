"""A small site with two courses and a random half-year on it, for the tests of reports.

What people do goes through the services, at instants the test gives. What no service does yet (erasing
a person, taking her out of a group) is done to the rows as `docs/reference/data.md` says it is done.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import delete, event, update

from lms.errors import Refused
from lms.learning.days import DAY_MS, end_of_day
from lms.learning.events import Event, EventKind
from lms.learning.measures import SETTLED_MS
from lms.learning.shapes import Shape
from lms.services import merging, publishing
from lms.services.courses import Catalogue
from lms.services.events import record, record_batch
from lms.services.outbox import Batch
from lms.services.people import person_values
from lms.services.stores import Store, migrate, open_store
from lms.store import groups as group_rows
from lms.store import merges as merge_rows
from lms.store import people as people_rows
from lms.store.tables import METADATA, events, groups, handles, memberships, people, words

TODAY = date(2026, 11, 22)
BADGE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
FRONT = "---\n{of}: {name}\nlang: en\n{more}---\n"


def _tea(lessons: str, changes: str = "") -> dict[str, bytes]:
    course = FRONT.format(of="course", name="tea", more="order: [brewing, pouring]\nbadge: none\n")
    brewing = FRONT.format(of="module", name="brewing", more=f"badge: Brewer\nbadge-picture: badge.svg\n{changes}")
    pouring = FRONT.format(of="module", name="pouring", more="badge: Pourer\nbadge-picture: badge.svg\n")
    texts = {
        "course.md": f"{course}# Making tea\n\nEverything about a cup of tea.\n",
        "brewing.md": f"{brewing}# Brewing\n\nFirst the water.\n\n{lessons}{QUIZ}",
        "pouring.md": f"{pouring}# Pouring\n\nThen the cup.\n\n{_lesson('cup', 'hold-it', 'tilt-it')}",
    }
    return {path: text.encode() for path, text in texts.items()} | {"badge.svg": BADGE}


def _lesson(name: str, *steps: str) -> str:
    """A lesson of steps to read."""
    body = "".join(f"### Step {step} {{#{step}}}\n\nRead about {step}, then go on.\n\n" for step in steps)
    return f"## Lesson {name} {{#{name}}}\n\n- Skills: eds-2022/F1\n\n{body}"


QUIZ = """## Quiz: Brewing {#quiz}

- Pass: 2

### Question: How hot is the water? {#q-hot}

- [x] It has just boiled
- [ ] It is warm

### Question: How long does it stand? {#q-long}

- [x] Some minutes
- [ ] Until morning
"""
WATER, POT = _lesson("water", "fill-it", "boil-it"), _lesson("pot", "warm-it")
FIRST = _tea(WATER + POT)
SECOND = _tea(
    WATER.replace("boil-it", "heat-it") + POT + _lesson("leaves", "two-spoons"),
    f"changes:\n  - {TODAY} renamed boil-it to heat-it\n",
)
TOAST = {
    "course.md": FRONT.format(of="course", name="toast", more="order: [toasting]\nbadge: none\n") + "# Toast\n\nHi.\n",
    "toasting.md": FRONT.format(of="module", name="toasting", more="badge: none\n")
    + f"# Toasting\n\nBread.\n\n{_lesson('bread', 'slice-it')}{_lesson('butter', 'spread-it')}",
}
COURSES = ("tea", "toast")


def made_site(url: str, folder: Path) -> Store:
    """A database with both courses, the first release of tea shown and its second one known.

    It does not wait for the disk: what is tested is not whether it survives a power cut.
    """
    store = open_store(url, folder)
    if store.is_sqlite:
        event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    migrate(store, ZoneInfo("Europe/London"), 0)
    for files in (FIRST, SECOND, FIRST, {path: text.encode() for path, text in TOAST.items()}):
        publishing.publish(store, "a test", files, TODAY, 0)
    return store


def start_over(store: Store) -> None:
    """The same store before anyone came. Its statements need not be compiled again."""
    with store.write() as db:
        driver: Any = db.connection.driver_connection  # sweeping the floor is no work of a service
        for table in reversed(METADATA.sorted_tables):
            if table.info["class"] != "ref" or table.name in ("group_courses", "groups", "areas", "organisations"):
                driver.execute(f"DELETE FROM {table.name}")
        driver.execute("DELETE FROM publications WHERE from_ms > 0")


@dataclass
class Site:
    """A site while things happen on it. `happened`: how often each kind of thing did."""

    store: Store
    zone: ZoneInfo
    dice: random.Random
    merging: bool = False
    """Whether people turn out to be one here, and two again."""
    merged: list[tuple[int, uuid.UUID]] = field(default_factory=list)
    catalogue: Catalogue = field(init=False)
    organisation_id: int = field(init=False)
    persons: list[int] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    area_ids: list[int] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.store)
        with self.store.write() as db:
            self.organisation_id = group_rows.add_organisation(db, "org", "Organisation", "charity")

    def add_area(self) -> int:
        with self.store.write() as db:
            code = f"E{len(self.area_ids):04}"
            self.area_ids.append(group_rows.add_area(db, code, f"Area {code}"))
        return self.area_ids[-1]

    def add_group(self, area_id: int | None, kind: str = "learners") -> int:
        number = len(self.group_ids)
        values = {
            "public_id": f"{'-=@'[number % 3]}group-{number}",
            "join_hash": number.to_bytes(32),
            "join_salt": "",
            "name": f"Group {number}",
            "organisation_id": self.organisation_id,
            "area_id": area_id,
            "late_join": True,
            "kind": kind,
        }
        with self.store.write() as db:
            course_ids = [shape.course_id for shape in self.catalogue.shelf(0).courses.values()]
            self.group_ids.append(group_rows.add_group(db, values, course_ids))
        return self.group_ids[-1]

    def add_people(self, places: Iterable[tuple[int | None, int | None]], at_ms: int) -> None:
        """People by their (group, area), each of which can be none."""
        with self.store.write() as db:
            for group_id, area_id in places:
                person_id = self.dice.getrandbits(62) + 1
                values = person_values(person_id, "A learner", None, {}, "en", at_ms)
                people_rows.add_person(db, {**values, "area_id": area_id})
                if group_id is not None:
                    self._join(db, person_id, group_id, at_ms)
                self.persons.append(person_id)

    def _join(self, db, person_id: int, group_id: int, at_ms: int) -> None:
        membership = uuid.UUID(int=self.dice.getrandbits(128))
        group_rows.join(db, person_id, membership, group_id, at_ms, at_ms, None)

    # What people do.

    def learn(self, person_id: int, course: str, lessons: tuple[str, ...], at_ms: int, late_ms: int = 0) -> None:
        """All steps of some lessons (or the quiz, by its module), sent by a phone at once."""
        shape = self._seen(course, at_ms)
        made = [it for lesson in lessons for it in self._lesson(shape, lesson, at_ms - late_ms)]
        if made:
            self._send(person_id, made, at_ms)
            self.happened["late"] += late_ms > 0

    def _seen(self, course: str, at_ms: int) -> Shape:
        return self.catalogue.shelf(at_ms).course(course)

    def _lesson(self, shape: Shape, lesson: str, at_ms: int) -> Iterator[Event]:
        for module in shape.plan.modules:
            if plan := module.lesson(lesson):
                for step in plan.steps:
                    yield self._event(shape, module.module, step.name, EventKind.DONE, at_ms)
            if lesson == "quiz" and module.quiz:
                number = self.dice.randrange(1, 4)
                yield self._event(shape, module.module, "quiz", EventKind.STARTED, at_ms, number)
                for name in ("q-hot", "q-long"):
                    answer = (self.dice.choice("aab"),)
                    yield self._event(shape, module.module, name, EventKind.ANSWERED, at_ms, number, answer)
                yield self._event(shape, module.module, "quiz", EventKind.FINISHED, at_ms, number)

    def _event(self, shape, module, name, kind, at_ms, attempt=0, answer=()) -> Event:
        own_id = uuid.UUID(int=self.dice.getrandbits(128))
        return Event(own_id, shape.plan.course, shape.hash, module, name, kind, "en", at_ms, attempt, answer)

    def look(self, person_id: int, course: str, at_ms: int) -> None:
        """Open a step from a page of this server, and do no more."""
        shape = self._seen(course, at_ms)
        module = shape.plan.modules[0]
        step = module.lessons[0].steps[0].name
        opened = self._event(shape, module.module, step, EventKind.OPENED, at_ms)
        results = record(self.store, self.catalogue, person_id, [opened], at_ms, self.zone)
        assert [result.result for result in results] == ["new"]
        self.happened["looked"] += 1

    def _send(self, person_id: int, made: list[Event], at_ms: int) -> None:
        batch = Batch("", at_ms, tuple(map(_raw, made)))
        results = record_batch(self.store, self.catalogue, person_id, batch, at_ms, self.zone)
        assert {result.result for result in results} == {"new"}, results

    # What happens to the site.

    def merge(self, at_ms: int) -> None:
        """Two people turn out to be one, or two who are one do not."""
        if self.merged and self.dice.random() < 0.5:
            kept, merge_id = self.merged.pop(self.dice.randrange(len(self.merged)))
            merging.undo(self.store, kept, merge_id, None, at_ms)
            self.happened["undone"] += 1
            return
        kept, other = self.dice.sample(self.persons, 2)
        with suppress(Refused):  # they are one already
            merge_id = merging.merge(self.store, kept, other, None, at_ms)
            with self.store.read() as db:
                self.merged.append((merge_rows.kept_of(db, kept), merge_id))
            self.happened["merged"] += 1

    def publish(self, files: dict[str, bytes], at_ms: int) -> None:
        self.happened["release"] += publishing.publish(self.store, "a test", files, TODAY, at_ms).new

    def rename(self, at_ms: int) -> None:
        """A group gets another name, another area, and a facilitator says it is closed."""
        with self.store.write() as db:
            other = {"name": f"Renamed at {at_ms}", "area_id": self.dice.choice([None, *self.area_ids])}
            db.execute(update(groups).where(groups.c.group_id == self.dice.choice(self.group_ids)).values(**other))
        self.happened["renamed"] += 1

    def move(self, person_id: int, at_ms: int) -> None:
        """She leaves her group, joins another and lives somewhere else."""
        with self.store.write() as db:
            mine = memberships.c.person_id == person_id, memberships.c.left_ms.is_(None)
            db.execute(update(memberships).where(*mine).values(left_ms=at_ms))
            self._join(db, person_id, self.dice.choice(self.group_ids), at_ms)
            people_rows.change_person(db, person_id, area_id=self.dice.choice([None, *self.area_ids]))
        self.happened["moved"] += 1

    def erase(self, person_id: int, at_ms: int) -> None:
        """Her name and words go; what is counted stays. She does nothing any more."""
        with self.store.write() as db:
            db.execute(delete(words).where(words.c.person_id == person_id))
            db.execute(delete(handles).where(handles.c.person_id == person_id))
            db.execute(update(events).where(events.c.person_id == person_id).values(body_hash=None))
            gone = {"display_name": "", "username": None, "wishes": "{}", "area_id": None, "erased_ms": at_ms}
            db.execute(update(people).where(people.c.person_id == person_id).values(**gone))
        self.persons.remove(person_id)
        self.happened["erased"] += 1


def _raw(it: Event) -> bytes:
    """An event as a phone sends it."""
    at = datetime.fromtimestamp(it.at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sent = {"id": str(it.event_id), "course": it.course, "release": it.release, "module": it.module, "name": it.name}
    return msgspec.json.encode(
        {**sent, "kind": it.kind, "lang": it.lang, "at": at, "attempt": it.attempt, "answer": it.answer}
    )


def month_ends(first: date, count: int) -> list[date]:
    """The last day of a month and of those after it."""
    ends = []
    for number in range(first.month, first.month + count):
        year, month = first.year + number // 12, number % 12 + 1
        ends.append(date.fromordinal(date(year, month, 1).toordinal() - 1))
    return ends


def live(site: Site, first: date, months: int, at_month_end: Callable[[date, int], None]) -> None:
    """A random history of some months; `at_month_end` is told when a month is over and its instant."""
    dice = site.dice
    start_ms = end_of_day(first, site.zone) - DAY_MS
    for _ in range(2):
        site.add_area()
    for _ in range(3):
        site.add_group(dice.choice([*site.area_ids, *site.area_ids, None]))
    site.add_group(site.area_ids[0], "staff")
    ends = month_ends(first, months)
    over = [end_of_day(day, site.zone) for day in ends]
    groups_, areas = [site.group_ids[0], *site.group_ids, None], [None, *site.area_ids]
    site.add_people([(dice.choice(groups_), dice.choice(areas)) for _ in range(dice.randrange(14, 28))], start_ms)
    site.learn(site.persons[0], "tea", ("water",), start_ms + 1)  # so that no month's end finds an empty site
    acts = sorted(dice.randrange(start_ms + 2, over[-1]) for _ in range(dice.randrange(16, 32)))
    acts += [dice.choice((end - 1, end, end + 1)) for end in over[:-1] for _ in range(2)]
    for at_ms, day in sorted([(at_ms, None) for at_ms in acts] + list(zip(over, ends, strict=True)), key=_in_order):
        if day is None:
            _act(site, at_ms)
        else:
            at_month_end(day, at_ms + SETTLED_MS)


def _in_order(it: tuple[int, date | None]) -> tuple[int, bool]:
    """What happens at the instant a month is over belongs to the next: the report of the month comes first."""
    return it[0], it[1] is None


def _act(site: Site, at_ms: int) -> None:
    """Something happens: mostly someone learns."""
    dice = site.dice
    if site.merging and dice.random() < 0.5:
        site.merge(at_ms)
    lot = dice.random()
    person_id = dice.choice(site.persons)
    if lot < 0.62:
        course = dice.choice(("tea", "tea", "toast"))
        known = ("water", "pot", "quiz", "cup", "leaves") if course == "tea" else ("bread", "butter")
        late = dice.choice((0, 0, dice.randrange(1, 60 * DAY_MS)))
        lessons = tuple(dice.sample(known, dice.randrange(1, len(known) + 1)))
        site.learn(person_id, course, lessons, at_ms, late)
    elif lot < 0.70:
        site.look(person_id, dice.choice(COURSES), at_ms)
    elif lot < 0.76:
        site.publish(dice.choice((FIRST, SECOND)), at_ms)
    elif lot < 0.82:
        site.rename(at_ms)
    elif lot < 0.90:
        site.move(person_id, at_ms)
    elif lot < 0.94 and len(site.persons) > 5 and not site.merging:
        site.erase(person_id, at_ms)
    elif lot < 0.97:
        site.add_group(dice.choice([site.add_area(), *site.area_ids]))
    else:
        site.add_people([(dice.choice(site.group_ids), None)], at_ms)

"""A site that tests live on: its courses, its clock, the people they need, and phones that send events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from lms.content.plan import QUIZ
from lms.learning.people import Held, Role, ScopeKind
from lms.learning.shapes import Shape
from lms.services import changing, groups, people
from lms.services.changing import Standing
from lms.services.courses import Catalogue
from lms.services.events import Result, record_batch
from lms.services.outbox import read_batch
from lms.services.people import SignedIn
from lms.services.stores import Store
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store.tables import awards, enrolments, events, learner_months, milestones, progress, words
from tests.store.databases import NOW_MS, ZONE

SECRET = "a secret of forty letters for these tests"
ADDRESS = "192.0.2.7"
MINUTE_MS = 60_000

T = TypeVar("T")


@dataclass
class Site:
    """A store with its catalogue, and the instant it is there."""

    store: Store
    now_ms: int = NOW_MS
    zone = ZONE
    catalogue: Catalogue = field(init=False)
    _organisations: int = 0

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.store)

    def shape(self, course: str = "tea") -> Shape:
        """The release of a course that is shown now."""
        return self.catalogue.shelf(self.now_ms).course(course)

    def later(self, ms: int) -> int:
        """Let time pass; gives the new instant."""
        self.now_ms += ms
        return self.now_ms

    # People and groups.

    def person(self, name: str = "Lena", *roles: tuple[Role, ScopeKind, int], area_id: int | None = None) -> SignedIn:
        """Somebody signed in, without the time a password takes."""
        person_id = people.new_person_id()
        with self.store.write() as db:
            people_rows.add_person(db, people.person_values(person_id, name, None, {}, "en", self.now_ms))
            if area_id:
                people_rows.change_person(db, person_id, area_id=area_id)
            for role, scope, scope_id in roles:
                held = Held(role, scope, scope_id, self.now_ms, None)
                people_rows.add_role(db, person_id, uuid.uuid4(), held, None, self.now_ms)
        return self.again(person_id)

    def again(self, person_id: int) -> SignedIn:
        """The same person as her next page sees her."""
        with self.store.write() as db:
            token = people.sign_in_here(db, person_id, self.now_ms)
        signed = people.signed_in(self.store, person_id, token.secret, self.now_ms)
        assert signed
        return signed

    def administrator(self) -> SignedIn:
        return self.person("Ada", (Role.ADMINISTRATOR, ScopeKind.SITE, 0))

    def organisation(self) -> int:
        self._organisations += 1
        number = self._organisations
        with self.store.write() as db:
            return group_rows.add_organisation(db, f"org-{number}", f"Organisation {number}", "charity")

    def facilitator(self, organisation_id: int) -> SignedIn:
        return self.person("Femi", (Role.FACILITATOR, ScopeKind.ORGANISATION, organisation_id))

    def area(self, code: str) -> int:
        with self.store.write() as db:
            return group_rows.add_area(db, code, f"Area {code}")

    def group(self, femi: SignedIn, *courses: str, area_id: int | None = None) -> groups.Group:
        course_ids = [self.shape(course).course_id for course in courses or ("tea",)]
        wanted = Standing("Tuesdays", tuple(course_ids), area_id=area_id)
        return changing.add(self.store, femi, wanted, SECRET, self.now_ms)

    def join(self, person: SignedIn, group: groups.Group) -> None:
        groups.join(self.store, person, group.join_code, ADDRESS, self.now_ms)

    # What a phone sends.

    def event(
        self, name: str, kind: str, answer: Any = None, *, module: str = "brewing", course: str = "tea", **more: Any
    ) -> dict[str, Any]:
        """An event as a phone writes it down."""
        made = {
            "id": str(uuid.uuid4()),
            "course": course,
            "release": self.shape(course).hash,
            "module": module,
            "name": name,
            "kind": kind,
            "lang": "en",
            "at": clock(self.now_ms),
        }
        return made | ({} if answer is None else {"answer": answer}) | more

    def send(self, person: SignedIn | int, *sent: dict[str, Any] | bytes, at_ms: int | None = None) -> list[Result]:
        """Send a batch, as it is or as bytes."""
        person_id = person if isinstance(person, int) else person.person_id
        raw = b",".join(it if isinstance(it, bytes) else json.dumps(it).encode() for it in sent)
        body = b'{"person":"me","sent":"%s","events":[%s]}' % (clock(at_ms or self.now_ms).encode(), raw)
        return record_batch(self.store, self.catalogue, person_id, read_batch(body), self.now_ms, self.zone)

    def results(self, person: SignedIn | int, *sent: dict[str, Any] | bytes) -> list[str]:
        """What each event of a batch came to, with why: `new`, `new late`, `refused bad-event`."""
        return [f"{it.result} {it.why}".strip() for it in self.send(person, *sent)]

    def quiz(self, kind: str, attempt: int, name: str = QUIZ, answer: Any = None, **more: Any) -> dict[str, Any]:
        return self.event(name, kind, answer, attempt=attempt, **more)

    def lesson(self, *, wrong: bool = False) -> list[dict[str, Any]]:
        """Everything the lesson on the water asks, and the pot."""
        asked = [("q-hot", ["b" if wrong else "a"]), ("q-bag", "teapot"), ("q-minutes", "4")]
        return [
            self.event("can-you", "rated", ["b"]),
            self.event("fill-it", "done"),
            *(self.event(name, "answered", answer) for name, answer in asked),
            self.event("pot", "done"),
        ]

    def toast(self) -> list[dict[str, Any]]:
        """The whole of the other course."""
        return [self.event(name, "done", module="toasting", course="toast") for name in ("slice-it", "butter-it")]

    # What the rows hold.

    def rows(self, table: Any, person: SignedIn | int) -> list[dict[str, Any]]:
        """A person's rows of a table, events in the order of their numbers."""
        person_id = person if isinstance(person, int) else person.person_id
        found = select(table).where(table.c.person_id == person_id)
        with self.store.read() as db:
            return [dict(row) for row in db.execute(found.order_by(*table.primary_key)).mappings()]

    def events(self, person: SignedIn | int) -> list[dict[str, Any]]:
        return sorted(self.rows(events, person), key=lambda row: (row["course_id"], row["seq"]))

    def seqs(self, person: SignedIn | int, course: str = "tea") -> list[int]:
        course_id = self.shape(course).course_id
        return [row["seq"] for row in self.events(person) if row["course_id"] == course_id]

    def progress(self, person: SignedIn | int, course: str = "tea") -> dict[str, Any]:
        course_id = self.shape(course).course_id
        return next(row for row in self.rows(progress, person) if row["course_id"] == course_id)

    def milestones(self, person: SignedIn | int) -> set[tuple[str, str]]:
        return {(row["kind"], row["name"]) for row in self.rows(milestones, person)}

    def count(self, table: Any) -> int:
        with self.store.read() as db:
            return db.execute(select(func.count()).select_from(table)).scalar_one()


TABLES = (awards, enrolments, events, learner_months, milestones, progress, words)
"""Everything learning leaves behind."""


def clock(ms: int) -> str:
    """An instant as a phone writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at_once(calls: Sequence[Any]) -> list[Any]:
    """Call all of them at the same time, each in a thread of its own; what each gave, or the error it raised."""
    with ThreadPoolExecutor(len(calls)) as threads:
        running = [threads.submit(call) for call in calls]
        return [it.exception() or it.result() for it in running]

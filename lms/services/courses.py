"""The courses a site shows, ready to use: each worker's own copy of what never changes.

A release is never edited, so its shape, pages and keys are kept once read. Which release is shown
can change at any moment: a `Shelf` is one answer to that, used for one whole request, and a second
old at most.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lms.content.plan import Key
from lms.content.release import Fragment, body_from_json
from lms.content.stored import key_from_json, plan_from_json
from lms.errors import NotFound
from lms.learning.shapes import Shape, shape_of
from lms.store import courses as rows
from lms.store.gate import Store

LOOK_MS = 1_000
"""How old the last look at the publications may be."""


@dataclass(frozen=True)
class Shelf:
    """What is published, at one look. In the order the courses were first published."""

    courses: Mapping[str, Shape]
    badges: Mapping[int, Mapping[str, tuple[int, int]]]
    """Course id -> module (empty: the course) -> (badge id, version)."""
    looked_ms: int

    def course(self, slug: str) -> Shape:
        """The release of a course that is shown now; NotFound for no such course."""
        if slug not in self.courses:
            raise NotFound
        return self.courses[slug]


class Catalogue:
    """One process's view of the courses. Threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._shelf = Shelf({}, {}, -LOOK_MS)
        self._publications: list[rows.Newest] = []
        self._by_id = lru_cache(maxsize=64)(self._load)
        self._key = lru_cache(maxsize=4_096)(self._load_key)
        self._page = lru_cache(maxsize=1_024)(self._load_page)
        self._ids: dict[tuple[int, str], int] = {}

    def shelf(self, now_ms: int) -> Shelf:
        """What is published now. Looks again when the last look is a second old."""
        shelf = self._shelf
        if 0 <= now_ms - shelf.looked_ms < LOOK_MS:
            return shelf
        with self._lock:
            if self._shelf is not shelf:
                return self._shelf  # another thread has looked while this one waited
            return self._look(now_ms)

    def _look(self, now_ms: int) -> Shelf:
        with self._store.read() as db:
            newest = rows.newest_publications(db)
            changed = newest != self._publications
            badges = (
                {it.course_id: rows.badges_of(db, it.course_id) for it in newest} if changed else self._shelf.badges
            )
        courses = {it.slug: self._by_id(it.release_id) for it in newest} if changed else self._shelf.courses
        self._publications = newest
        self._shelf = Shelf(courses, badges, now_ms)
        return self._shelf

    def release(self, release_id: int) -> Shape:
        """Any release by its id."""
        return self._by_id(release_id)

    def release_by_hash(self, course_id: int, hash_: str) -> Shape | None:
        """Any release of a course by its content hash."""
        known = self._ids.get((course_id, hash_))
        if known is None:
            with self._store.read() as db:
                row = rows.release_by_hash(db, course_id, hash_)
            if row is None:
                return None
            known = self._ids[course_id, hash_] = row.release_id
        return self._by_id(known)

    def key(self, shape: Shape, step_no: int) -> Key:
        """What marks a question of a release."""
        return self._key(shape.release_id, step_no)

    def fragments(self, shape: Shape, module: str = "", lesson: str = "") -> tuple[Fragment, ...]:
        """The page of a lesson (or `quiz`), a module's welcome, or the course's."""
        return self._page(shape.release_id, shape.plan.lang, module, lesson)

    def _load(self, release_id: int) -> Shape:
        with self._store.read() as db:
            row = rows.release(db, release_id)
            if row is None:
                raise NotFound
            numbers = rows.numbers(db, row.course_id)
        plan = plan_from_json(json.loads(row.manifest)["plan"])
        places = {place: numbers[place] for place in plan.steps()}
        return shape_of(plan, places, row.release_id, row.course_id, row.hash)

    def _load_key(self, release_id: int, step_no: int) -> Key:
        with self._store.read() as db:
            text = rows.key_json(db, release_id, step_no)
        return key_from_json(json.loads(text)) if text else Key()

    def _load_page(self, release_id: int, lang: str, module: str, lesson: str) -> tuple[Fragment, ...]:
        with self._store.read() as db:
            body = rows.page_body(db, release_id, lang, module, lesson)
        return body_from_json(body) if body is not None else ()


def media_type(store: Store, file_hash: str) -> str:
    """The kind of a published file; NotFound for none."""
    with store.read() as db:
        found = rows.media_type_of(db, file_hash)
    if found is None:
        raise NotFound
    return found

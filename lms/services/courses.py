"""The courses a site shows, ready to use: each worker's own copy of what never changes.

A release is never edited, so its shape, pages and keys are kept once read. Which release is shown
can change at any moment: a `Shelf` is one answer to that, used for one whole request, and a second
old at most.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lms.content.plan import Key
from lms.content.planjson import key_from_json, plan_from_json
from lms.content.release import Fragment, body_from_json
from lms.errors import NotFound
from lms.learning.shapes import Shape, shape_of
from lms.services import packing
from lms.services.weights import Weight, weigh
from lms.store import courses as rows
from lms.store import remark as remark_rows
from lms.store.gate import Store

LOOK_MS = 1_000
"""How old the last look at the publications may be."""


REMARK = "remark"
"""The kind of the jobs that mark stored answers again; each stays, as the record of what was declared."""


@dataclass(frozen=True)
class Remark:
    """A publication that declares steps `remarked`: what was right in them was not."""

    publication_no: int
    release_id: int
    from_ms: int
    before: frozenset[int]
    """The releases that were shown earlier: an answer to a newer one is marked by that one alone."""
    steps: frozenset[int]


@dataclass(frozen=True)
class Shelf:
    """What is published, at one look. In the order the courses were first published."""

    courses: Mapping[str, Shape]
    badges: Mapping[int, Mapping[str, tuple[int, int]]]
    """Course id -> module (empty: the course) -> (badge id, version)."""
    looked_ms: int
    newest: Mapping[int, rows.Newest] = field(default_factory=dict)
    """Course id -> the publication that shows it."""
    remarks: Mapping[int, tuple[Remark, ...]] = field(default_factory=dict)
    """Course id -> what publications have declared `remarked`, the oldest first."""

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
        self._weight = lru_cache(maxsize=4_096)(self._load_weight)
        self._file_bytes = lru_cache(maxsize=4_096)(lambda digest: packing.sent(store, digest))
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
        remarks = self._remarks() if changed else self._shelf.remarks
        self._shelf = Shelf(courses, badges, now_ms, {it.course_id: it for it in newest}, remarks)
        return self._shelf

    def _remarks(self) -> dict[int, tuple[Remark, ...]]:
        found: dict[int, list[Remark]] = {}
        with self._store.read() as db:
            for args in map(json.loads, remark_rows.asked_for(db, REMARK)):
                course_id, number = args["course"], args["publication"]
                if it := remark_rows.publication(db, course_id, number):
                    remark = Remark(number, it.release_id, it.from_ms, it.before, frozenset(args["steps"]))
                    found.setdefault(course_id, []).append(remark)
        return {it: tuple(sorted(of, key=lambda remark: remark.publication_no)) for it, of in found.items()}

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

    def key(self, shape: Shape, step_no: int, lang: str = "") -> Key:
        """What marks a question of a release in a language; in the source's where the step is not translated."""
        return self._key(shape.release_id, step_no, lang)

    def fragments(self, shape: Shape, module: str = "", lesson: str = "", lang: str = "") -> tuple[Fragment, ...]:
        """The page of a lesson (or `quiz`), a module's welcome, or the course's, in a language (empty: the source's).

        What of it is not translated is in the source's language, and says so.
        """
        source = shape.plan.lang
        return self._page(shape.release_id, lang or source, source, module, lesson)

    def weight(self, shape: Shape, module: str, lesson: str, lang: str = "") -> Weight:
        """What the page of a lesson (or `quiz`) takes of somebody's data."""
        source = shape.plan.lang
        return self._weight(shape.release_id, lang or source, source, module, lesson)

    def file_bytes(self, digest: str) -> int:
        """What a file of a course takes."""
        return self._file_bytes(digest)

    def _load(self, release_id: int) -> Shape:
        with self._store.read() as db:
            row = rows.release(db, release_id)
            if row is None:
                raise NotFound
            manifest = json.loads(row.manifest)
            numbers = rows.numbers_in(manifest) or rows.numbers(db, row.course_id)
        plan = plan_from_json(manifest["plan"])
        places = {place: numbers[place] for place in plan.steps()}
        return shape_of(plan, places, row.release_id, row.course_id, row.hash)

    def _load_key(self, release_id: int, step_no: int, lang: str) -> Key:
        with self._store.read() as db:
            text = rows.key_json(db, release_id, step_no)
        return key_from_json(json.loads(text), lang) if text else Key()

    def _load_page(self, release_id: int, lang: str, source: str, module: str, lesson: str) -> tuple[Fragment, ...]:
        with self._store.read() as db:
            body = rows.page_body(db, release_id, lang, module, lesson)
        if body is not None:
            return body_from_json(body)
        if lang == source:
            return ()
        return tuple(replace(it, lang=source) for it in self._page(release_id, source, source, module, lesson))

    def _load_weight(self, release_id: int, lang: str, source: str, module: str, lesson: str) -> Weight:
        return weigh(self._page(release_id, lang, source, module, lesson), self.file_bytes)


def media_type(store: Store, file_hash: str) -> str:
    """The kind of a published file; NotFound for none."""
    with store.read() as db:
        found = rows.media_type_of(db, file_hash)
    if found is None:
        raise NotFound
    return found

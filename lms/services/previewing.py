"""Looking at a course's files after each save, and showing what they say on the throw-away site.

Files in, a `State` out. Nothing is written but in the preview's own folder: the course's `names.lock` is read, so that
the problems are those `lms check` finds, and each save is held against it anew: what was only ever previewed was
never published, and may be renamed, turned into another kind and thrown away without a line in `changes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lms.content.plan import Completion, StepPlan
from lms.content.problems import Problem, Severity
from lms.content.release import Names, Release
from lms.errors import CannotRun, LmsError
from lms.services.compiling import look, read_folder, sources_hash
from lms.services.courses import Catalogue
from lms.services.jobs import Tools
from lms.services.numbering import Numbering, Place, followed
from lms.services.preview import State, Told, keep_state
from lms.services.publishing import keep_files
from lms.services.released import enqueue, record_released
from lms.services.releases import store_release
from lms.services.stores import Store
from lms.store import courses as rows
from lms.store.gate import retried

if TYPE_CHECKING:
    from lms.content.course import Course

TEXTS = (".md", ".vtt", ".lock")
_MOST_REMEMBERED = 64 * 1024 * 1024
"""Bytes of modules read before that are kept, so that a save costs one module and not all."""
_MOST_RELEASES = 20
"""A form that is open may be from one of so many saves before; what somebody worked in stays too."""
_MODULE = re.compile(r"module:[ \t]*[\"']?([a-z][a-z0-9-]*)")
_HEADING = re.compile(r"(#{1,3})[ \t](?:.*\{#([a-z][a-z0-9-]*)\})?")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class _Found:
    """What files come to. `release` is None while there is something to mend."""

    problems: tuple[Problem, ...]
    release: Release | None = None
    drafts: tuple[str, ...] = ()


class Previewer:
    """One course's folder, and the site that shows it."""

    def __init__(self, store: Store, var: Path, folder: Path, zone: ZoneInfo) -> None:
        self.state = State(folder.absolute().name or str(folder))
        self._store, self._var, self._folder, self._zone = store, var, folder, zone
        self._remembered: dict[str, bytes] = {}
        self._steps: dict[Place, StepPlan] = {}
        """Every step as it was shown last."""

    def look(self, at_ms: int, today: date) -> State:
        """Read the files and show them, or say why not. Whatever is in them, this comes back."""
        try:
            new = self._look(at_ms, today)
        except LmsError as fault:
            new = replace(self.state, trouble=fault.sentence, told=(), sources={})
        if new != self.state or not self.state.version:
            self.state = replace(new, version=max(at_ms, self.state.version + 1))
            keep_state(self._var, self.state)
        return self.state

    def _look(self, at_ms: int, today: date) -> State:
        if not self._folder.is_dir():
            raise CannotRun(f"There is no {self._folder} any more. Put it back, or start the preview of another.")
        files = read_folder(self._folder)
        found = self._compile(files, today)
        if found.release and found.release.hash != self.state.release:
            course_id, publication_no = self._show(found.release, sources_hash(files), at_ms)
            record_released(self._tools(at_ms), course_id, publication_no)
        sources = _sources(files, found.problems)
        told = _told(found.problems, sources)
        state = replace(self.state, told=told, sources=sources, trouble="")
        if found.release is None:
            return state
        shown = found.release
        shown_ms = self.state.shown_ms if shown.hash == self.state.release else at_ms
        return replace(state, course=shown.plan.course, release=shown.hash, shown_ms=shown_ms, drafts=found.drafts)

    def _compile(self, files: Mapping[str, bytes], today: date) -> _Found:
        if sum(map(len, self._remembered.values())) > _MOST_REMEMBERED:
            self._remembered.clear()
        found = look(files, today, cache=self._remembered)
        release = found.frozen.release if found.frozen else None
        if found.course is None or found.names is None or release is None:
            return _Found(found.problems)
        return _Found(found.problems, *_with_drafts(found.course, found.names, release))

    @retried
    def _show(self, release: Release, sources: str, at_ms: int) -> tuple[int, int]:
        """Publish it on the throw-away site, whatever was shown there before; (course id, publication number)."""
        keep_files(self._store, release)
        with self._store.read() as db:
            worked_in = rows.worked_in(db)
        with self._store.write() as db:
            course_id = rows.lock_course(db, release.plan.course)
            numbering = _numbering(rows.numbers(db, course_id), release, self._steps)
            before = rows.last_release(db, release.plan.course)
            release_id = store_release(db, course_id, release, numbering, before, sources, at_ms)
            publication_no = rows.add_publication(db, course_id, release_id, at_ms, None)
            enqueue(db, course_id, publication_no, at_ms)
            rows.forget_releases(db, course_id, _MOST_RELEASES, worked_in)
        self._steps.update(release.plan.steps())
        return course_id, publication_no

    def _tools(self, at_ms: int) -> Tools:
        return Tools(self._store, Catalogue(self._store), self._zone, lambda: at_ms)


def _with_drafts(course: Course, known: Names, otherwise: Release) -> tuple[Release, tuple[str, ...]]:
    """The release as it would be with its drafts in it, those left out that are not fit for it yet; and their names.

    What completes the course stays what it is without them.
    """
    from lms.content.freeze import freeze

    order = tuple(module.module for module in course.modules)
    completed = course.completed if course.completed.of else Completion(course.completed.need or len(order), order)
    drafts = course.drafts
    while drafts:
        whole = replace(course, modules=(*course.modules, *drafts), drafts=(), completed=completed)
        frozen = freeze(whole, known)
        if frozen.release:
            return frozen.release, tuple(module.module for module in drafts)
        faulty = {problem.file for problem in frozen.problems if problem.severity is Severity.ERROR}
        sound = tuple(module for module in drafts if module.file not in faulty)
        drafts = sound if len(sound) < len(drafts) else ()
    return otherwise, ()


def _numbering(known: Mapping[Place, int], release: Release, before: Mapping[Place, StepPlan]) -> Numbering:
    """A name keeps its number, and so what was answered to it, as long as the answers can still be shown."""
    numbers = followed(known, release.names)
    steps = release.plan.steps()
    free = max(known.values(), default=0) + 1
    for place, step in steps.items():
        if place not in numbers or not _answers_fit(before.get(place, step), step):
            numbers[place] = free
            free += 1
    new = {place: (no, steps[place].kind.value) for place, no in numbers.items() if place not in known}
    again = {place: no for place, no in numbers.items() if known.get(place, no) != no}
    return Numbering(numbers, new, again)


def _answers_fit(before: StepPlan, now: StepPlan) -> bool:
    same = (before.kind, before.sort, before.gaps) == (now.kind, now.sort, now.gaps)
    return same and set(before.letters) <= set(now.letters) and set(before.meanings) <= set(now.meanings)


# --- where a problem is -----------------------------------------------------------------------------


def _sources(files: Mapping[str, bytes], problems: Iterable[Problem]) -> dict[str, str]:
    faulty = {problem.file for problem in problems if problem.file.endswith(TEXTS)}
    return {file: _text(files[file]) for file in sorted(faulty & files.keys())}


def _text(data: bytes) -> str:
    """With its lines as the compiler counts them."""
    return data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _told(problems: Iterable[Problem], sources: Mapping[str, str]) -> tuple[Told, ...]:
    names = {file: _names(text) for file, text in sources.items() if file.endswith(".md")}
    return tuple(Told(it, *_at(names.get(it.file, ()), it.line)) for it in problems)


def _at(names: Sequence[tuple[str, str, str]], line: int) -> tuple[str, str, str]:
    return names[line - 1] if 0 < line <= len(names) else ("", "", "")


def _names(text: str) -> list[tuple[str, str, str]]:
    """The module, lesson and step each line stands in, where they have names: read plainly, as the file is faulty."""
    found, module, lesson, step, fence = [], "", "", "", ""
    for line in text.split("\n"):
        mark, heading = _FENCE.match(line), _HEADING.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif heading and not fence:
            lesson, step = (lesson, heading[2] or "") if len(heading[1]) == 3 else (heading[2] or "", "")
        elif not module and (setting := _MODULE.match(line)):
            module = setting[1]
        found.append((module, lesson, step))
    return found

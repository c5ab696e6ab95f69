"""The lines of `changes`: what their author says became of published names.

The record of names and the lines in, the record after them out. A line acts once; one about a name
this site never published has nothing to act on and is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from lms.content.course import Change, Course, Module
from lms.content.folder import COURSE
from lms.content.nearest import listed
from lms.content.plan import QUIZ, Kind
from lms.content.problems import Problem
from lms.content.release import Act, Names, Place, acted_on

MARKED = (Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS)
"""Kinds whose stored answers are marked, and can be marked again."""
_RATES = (Kind.RATE, Kind.RATE_AGAIN)
_COVERING = (Kind.LESSON, Kind.QUIZ)
_TO = ("renamed", "moved")
"""What becomes of a name that goes on: a lesson that goes does not take it."""
_Line = tuple[str, Change]
"""A module and a line of its file."""


class Record:
    """The record of names while lines act on it."""

    def __init__(self, course: Course, known: Names) -> None:
        modules = (*course.modules, *course.drafts)
        self.modules = {module.module for module in course.modules}
        self.unread = course.unread
        self.inside = {place: inside for module in modules for place, inside in _pages_of(module)}
        self.present = {place for inside in self.inside.values() for place in inside}
        self.named = dict(known.named)
        self.earlier = dict(known.earlier)
        self.done = list(known.done)
        self.texts = known.texts
        self.acts: list[Act] = []
        self.problems: list[Problem] = []
        self.refused: set[Place] = set()
        """What lines wanted to call something, and may not: their headings need not be told so again."""
        self.offered: set[Place] = set()
        """What was suggested for headings without a name."""
        self._numbers: dict[Place, int] = {}
        """The last number behind each of these, so that a thousand headings alike are not counted a thousand times."""
        self.own_lines: set[tuple[str, Place]] = set()
        """What is to happen to which names by lines of their own."""
        self.put_off: list[tuple[int, Place, Change]] = []
        """Lines about what a name has or holds, and their places among `acts`."""

    def free(self, place: Place) -> str:
        """A name like this one that its module never had."""
        module, stem = place[0], place[1][:36].rstrip("-")
        number = self._numbers.get((module, stem), 1) + 1
        while self._is_used((module, f"{stem}-{number}")):
            number += 1
        self._numbers[module, stem] = number - 1
        return f"{stem}-{number}"

    def offer(self, place: Place) -> str:
        """This name, where its module never had it and it was suggested for nothing else in it; or one like it."""
        name = self.free(place) if self._is_used(place) else place[1]
        self.offered.add((place[0], name))
        return name

    def _is_used(self, place: Place) -> bool:
        every = (self.named, self.earlier, self.present, self.inside, self.offered)
        return place[1] == QUIZ or any(place in its for its in every)

    def may_be_published(self, module: str) -> bool:
        """Is it for faults of its file, or of course.md, that nobody knows?"""
        return self.unread.may_be(module) or COURSE in self.unread.files

    def knows(self, place: Place) -> bool:
        return place in self.named and not self.named[place].removed

    def went_with(self, place: Place, apart: Iterable[str]) -> list[Place]:
        """A lesson that goes takes the steps it had when last published, but those that stay in another lesson.

        Nor does it take one that has a line of its own, wherever that stands. `apart`: the verbs of such lines.
        """
        if self.named[place].kind != Kind.LESSON:
            return []
        parts = [(place[0], name) for name in self.named[place].letters]
        here = [self.earlier.get(part, part) for part in parts]
        own = {part for verb in apart for part in here if (verb, part) in self.own_lines}
        gone = [part for part in here if part[0] == place[0] and self.knows(part) and part not in self.present]
        return [part for part in gone if part not in own]

    def covered(self, place: Place) -> list[Place]:
        """A name that stays and, of a lesson or quiz, the published steps that stand in it now."""
        within = self.inside.get(place, ()) if self.named[place].kind in _COVERING else ()
        return [place, *(part for part in within if self.knows(part))]

    def rename(self, old: Place, new: Place) -> None:
        self.named[new] = self.named.pop(old)
        self.earlier = {was: new if now == old else now for was, now in self.earlier.items()}
        self.earlier[old] = new
        self.earlier.pop(new, None)

    def reopen(self, place: Place) -> None:
        """Its letters start anew, none of them used again; but a Rate's, whose points stay what they are."""
        old = self.named[place]
        gone = old.gone if old.kind in (Kind.LESSON, *_RATES) else tuple(old.letters)
        self.named[place] = replace(old, gone=gone, reopened=old.reopened + 1)

    def refuse(self, change: Change, code: str, message: str, instead: str) -> None:
        self.problems.append(Problem(change.file, change.line, change.column, code, message, instead))

    def note(self, change: Change, places: Iterable[Place]) -> None:
        self.acts.append(Act(change.file, typed_line(change), change.verb, tuple(places)))

    def touched(self, verb: str) -> set[Place]:
        """The names that lines of one kind were about just now, as they are called after all lines have acted."""
        return set(acted_on(self.finished_acts(), verb))

    def finished_acts(self) -> tuple[Act, ...]:
        """What was done, by the names after all of it."""
        return tuple(
            replace(act, places=tuple(self.earlier.get(place, place) for place in act.places)) for act in self.acts
        )


def act(course: Course, known: Names) -> Record:
    """Let every line that has not acted yet act, oldest first."""
    record = Record(course, known)
    new: list[_Line] = []
    drafts = {module.module for module in course.drafts}
    for module, change in _in_order((*course.modules, *course.drafts)):
        line = f"{module}: {typed_line(change)}"
        waits = module in drafts and change.verb in _AT_LAST  # for what it is about to be shown again
        if line not in record.done and not waits:
            record.done.append(line)
            new.append((module, change))
    record.own_lines = {(change.verb, (module, change.name)) for module, change in new}
    for _, lines in groupby(new, key=lambda line: line[1].on):
        _act_in_turn(record, list(lines))
    _act_at_last(record)
    return record


def _act_in_turn(record: Record, lines: list[_Line]) -> None:
    """Act the lines of a day; one about a name that another file's line has yet to bring here waits for it."""
    while now := next((line for line in lines if _can_act(record, line)), None):
        lines.remove(now)
        _act(record, *now)
    for _, change in lines:
        record.note(change, ())


def _can_act(record: Record, line: _Line) -> bool:
    place = (line[0], line[1].name)
    return record.knows(place) or place in record.earlier


def _act(record: Record, module: str, change: Change) -> None:
    place = (module, change.name)
    record.own_lines.discard((change.verb, place))
    if record.knows(place) and change.verb in _AT_LAST:
        record.put_off.append((len(record.acts), place, change))
        record.note(change, [place])
        return
    if record.knows(place):
        record.note(change, _VERBS[change.verb](record, place, change))
        return
    message = f'"{change.name}" is not a name here any more: it became "{"/".join(record.earlier[place])}".'
    record.refuse(change, "change-again", message, "Write the line for the name it has now.")


def _act_at_last(record: Record) -> None:
    """What covers the steps of a lesson is done when every name is the one its heading has: no line comes too early."""
    for at, place, change in record.put_off:
        now = record.earlier.get(place, place)
        if record.knows(now):
            places = _AT_LAST[change.verb](record, now, change)
            record.acts[at] = replace(record.acts[at], places=tuple(places))


def typed_line(change: Change) -> str:
    """A line as its author types it.

    >>> typed_line(Change(date(2026, 11, 21), "renamed", "q-pass", "q-strong", "passwords.md", 5))
    '2026-11-21 renamed q-pass to q-strong'
    """
    return f"{change.on} {change.verb} {change.name}" + (f" to {change.to}" if change.to else "")


def _pages_of(module: Module) -> Iterator[tuple[Place, list[Place]]]:
    """Each lesson, and the quiz, with the names of its steps."""
    pages = list(module.roll.lessons)
    pages += [(QUIZ, module.roll.questions)] if module.roll.questions is not None else []
    for page, steps in pages:
        yield (module.module, page or ""), [(module.module, step) for step in steps if step]


def _in_order(modules: Iterable[Module]) -> list[_Line]:
    """The lines of all files by day; those of one file never overtake each other."""

    def dated(module: Module) -> Iterator[tuple[str, _Line]]:
        day = ""
        for change in module.changes:
            day = max(day, change.on.isoformat())
            yield day, (module.module, change)

    lines = [line for module in modules for line in dated(module)]
    return [line for _, line in sorted(lines, key=lambda dated_line: dated_line[0])]


def _renamed(record: Record, place: Place, change: Change) -> list[Place]:
    _give(record, place, (place[0], change.to), change)
    return [place]


def _moved(record: Record, place: Place, change: Change) -> list[Place]:
    if change.to not in record.modules and not record.may_be_published(change.to):
        message = f'"{change.name}" can\'t move to "{change.to}": that is not a published module of this course.'
        instead = "Put that module into `order` in course.md, or mend its name."
        if others := sorted(record.modules - {place[0]}):
            instead += f" Published are {listed(others)}."
        record.refuse(change, "change-module", message, instead)
        return []
    going = [place, *record.went_with(place, ("moved",))]
    for part in going:
        _give(record, part, (change.to, part[1]), change)
    return going


def _removed(record: Record, place: Place, _: Change) -> list[Place]:
    going = [place, *record.went_with(place, _TO)]
    for part in going:
        record.named[part] = replace(record.named[part], removed=True)
    return going


def _corrected(record: Record, place: Place, _: Change) -> list[Place]:
    return record.covered(place)


def _remarked(record: Record, place: Place, change: Change) -> list[Place]:
    marked = [part for part in record.covered(place) if record.named[part].kind in MARKED]
    if not marked:
        message = f'"{change.name}" is a {record.named[place].kind}, and no answer of it was marked.'
        record.refuse(change, "change-kind", message, f"To have it done again, write `reopened {change.name}`.")
    return marked


def _reopened(record: Record, place: Place, _: Change) -> list[Place]:
    """A lesson that has steps is only asked again through them: it was finished once, and stays so."""
    covered = record.covered(place)
    if record.named[place].kind == Kind.LESSON and record.inside.get(place):
        covered = covered[1:]
    for part in covered:
        record.reopen(part)
    return covered


def _give(record: Record, old: Place, new: Place, change: Change) -> None:
    comes_back = record.earlier.get(new, old) == old
    if new in record.named or not comes_back:
        message = f'"{"/".join(new)}" was published before, and a name is never used twice.'
        instead = f"Choose a new name, such as {record.free(new)}, here and in the heading."
        if new[0] != old[0]:
            instead = f"Rename it first, to a new name such as {record.free(new)}."
        record.refused.add(new)
        record.refuse(change, "change-used", message, instead)
    else:
        record.rename(old, new)


_VERBS: dict[str, Callable[[Record, Place, Change], list[Place]]] = {
    "renamed": _renamed,
    "moved": _moved,
    "removed": _removed,
}
_AT_LAST: dict[str, Callable[[Record, Place, Change], list[Place]]] = {
    "corrected": _corrected,
    "remarked": _remarked,
    "reopened": _reopened,
}

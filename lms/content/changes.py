"""The lines of `changes`: what their author says became of published names.

The record of names and the lines in, the record after them out. A line acts once; one about a name
this site never published has nothing to act on and is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lms.content.course import Change, Course, Module
from lms.content.plan import Kind
from lms.content.problems import Problem
from lms.content.release import Names, Place


class Record:
    """The record of names while lines act on it."""

    def __init__(self, course: Course, known: Names) -> None:
        self.modules = {module.module for module in course.modules}
        self.present = {place for module in (*course.modules, *course.drafts) for place in _steps_of(module)}
        self.named = dict(known.named)
        self.earlier = dict(known.earlier)
        self.done = list(known.done)
        self.problems: list[Problem] = []

    def knows(self, place: Place) -> bool:
        return place in self.named and not self.named[place].removed

    def part_places(self, place: Place) -> list[Place]:
        """A lesson's line covers the steps it had when last published, but those that stay behind in another lesson."""
        if self.named[place].kind != Kind.LESSON:
            return []
        parts = [(place[0], name) for name in self.named[place].letters]
        here = [self.earlier.get(part, part) for part in parts]
        return [part for part in here if part[0] == place[0] and self.knows(part) and part not in self.present]

    def rename(self, old: Place, new: Place) -> None:
        self.named[new] = self.named.pop(old)
        self.earlier = {was: new if now == old else now for was, now in self.earlier.items()}
        self.earlier[old] = new
        self.earlier.pop(new, None)

    def refuse(self, change: Change, code: str, message: str, instead: str) -> None:
        self.problems.append(Problem(change.file, change.line, 1, code, message, instead))


def act(course: Course, known: Names) -> Record:
    """Let every line that has not acted yet act, oldest first."""
    record = Record(course, known)
    for module, change in _in_order((*course.modules, *course.drafts)):
        line = f"{module}: {change.on} {change.verb} {change.name}" + (f" to {change.to}" if change.to else "")
        if line not in record.done:
            record.done.append(line)
            _act(record, module, change)
    return record


def _steps_of(module: Module) -> Iterator[Place]:
    return ((module.module, step.name) for lesson in module.lessons for step in lesson.steps if step.name)


def _in_order(modules: Iterable[Module]) -> list[tuple[str, Change]]:
    """The lines of all files by day; those of one file never overtake each other."""

    def dated(module: Module) -> Iterator[tuple[str, tuple[str, Change]]]:
        day = ""
        for change in module.changes:
            day = max(day, change.on.isoformat())
            yield day, (module.module, change)

    lines = [line for module in modules for line in dated(module)]
    return [line for _, line in sorted(lines, key=lambda dated_line: dated_line[0])]


def _act(record: Record, module: str, change: Change) -> None:
    place = (module, change.name)
    if record.knows(place):
        _VERBS[change.verb](record, place, change)
    elif now := record.earlier.get(place):
        message = f'"{change.name}" is not a name here any more: it became "{"/".join(now)}".'
        record.refuse(change, "change-again", message, "Write the line for the name it has now.")


def _renamed(record: Record, place: Place, change: Change) -> None:
    _give(record, place, (place[0], change.to), change)


def _moved(record: Record, place: Place, change: Change) -> None:
    if change.to not in record.modules:
        message = f'"{change.name}" can\'t move to "{change.to}": that is not a published module of this course.'
        record.refuse(change, "change-module", message, "Put that module into `order` in course.md, or mend its name.")
        return
    for part in (place, *record.part_places(place)):
        _give(record, part, (change.to, part[1]), change)


def _removed(record: Record, place: Place, _: Change) -> None:
    for part in (place, *record.part_places(place)):
        record.named[part] = replace(record.named[part], removed=True)


def _give(record: Record, old: Place, new: Place, change: Change) -> None:
    comes_back = record.earlier.get(new, old) == old
    if new in record.named or not comes_back:
        message = f'"{"/".join(new)}" was published before, and a name is never used twice.'
        record.refuse(change, "change-used", message, "Choose a new name.")
    else:
        record.rename(old, new)


_VERBS: dict[str, Callable[[Record, Place, Change], None]] = {
    "renamed": _renamed,
    "moved": _moved,
    "removed": _removed,
}

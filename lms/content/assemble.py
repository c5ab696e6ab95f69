"""The parts of a course that has no faults, put together."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from urllib.parse import unquote

from lms.content.course import Course, Lesson, Module, Rating, Step, Text
from lms.content.courses import CourseFile
from lms.content.folder import Role, role
from lms.content.library import Library

_Points = dict[tuple[str, str], tuple[Text, ...]]


def assemble(library: Library, course: CourseFile) -> Course:
    """A Course of files that have no faults."""
    points = _points(library)
    modules = [_with_points(file.module, points) for file in library.modules if file.module]
    by_name = {module.module: module for module in modules}
    return Course(
        course=course.name or "",
        lang=course.lang,
        title=course.title,
        welcome=course.welcome,
        badge=course.badge,
        completed=course.completed,
        engaged=course.engaged,
        help=tuple(fact.name for fact in course.help),
        authors=course.authors,
        licence=course.licence,
        modules=tuple(by_name[name] for name in library.order),
        drafts=tuple(module for module in modules if module.module not in library.order),
        terms={term.name: term for term in library.terms},
        facts={fact.name: fact for fact in library.facts},
        files=_pictures(library),
    )


def _pictures(library: Library) -> dict[str, bytes]:
    """The pictures some page shows or leads to."""
    typed = (link.address for ms in library.manuscripts.values() for link in ms.links)
    used = {posixpath.normpath(unquote(address)) for address in typed}
    return {path: library.files[path] for path in sorted(used) if path in library.files and role(path) == Role.PICTURE}


def _points(library: Library) -> _Points:
    """The points of every named Rate."""
    found: _Points = {}
    for file in library.modules:
        for lesson in file.module.lessons if file.module else ():
            for step in lesson.steps:
                if isinstance(step.asked, Rating) and not step.asked.same_as and step.name:
                    found[file.name or "", step.name] = step.asked.points
    return found


def _with_points(module: Module, points: _Points) -> Module:
    """A module whose Rates again have the points of the Rates they repeat."""
    if not any(_repeats(step) for lesson in module.lessons for step in lesson.steps):
        return module
    lessons = tuple(replace(lesson, steps=_steps(module, lesson, points)) for lesson in module.lessons)
    return replace(module, lessons=lessons)


def _steps(module: Module, lesson: Lesson, points: _Points) -> tuple[Step, ...]:
    return tuple(_step(module, step, points) for step in lesson.steps)


def _step(module: Module, step: Step, points: _Points) -> Step:
    if not isinstance(step.asked, Rating) or not step.asked.same_as:
        return step
    owner, _, name = step.asked.same_as.rpartition("/")
    return replace(step, asked=replace(step.asked, points=points.get((owner or module.module, name), ())))


def _repeats(step: Step) -> bool:
    return isinstance(step.asked, Rating) and bool(step.asked.same_as)

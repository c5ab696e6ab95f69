"""Done together: a lesson done on the big screen at a meeting counts for those who were there and agreed.

It becomes events in each one's own stream, with `by_id` who entered them: the steps that are read and practised.
What is hers alone (a quiz, a Task, what she rates or thinks) is never entered for her.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lms.content.plan import LessonPlan, ModulePlan
from lms.errors import N_, Refused
from lms.learning.days import LATEST_MS
from lms.learning.events import TOGETHER, Event, EventKind
from lms.learning.shapes import Shape
from lms.services import meetings
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.people import SignedIn
from lms.services.registers import check_open, look
from lms.store import groups as group_rows
from lms.store.attendance import Named
from lms.store.gate import Store
from lms.store.meetings import MeetingRow

_SPACE = uuid.UUID("6f1f9a5e-2c57-4b0e-9d0c-8f4f1f6a7b21")
"""In which the ids of these events are made: the same lesson entered twice for somebody is entered once."""
TOO_LATE = N_("This meeting was more than three months ago. Lessons can't be entered for it any more.")


@dataclass(frozen=True)
class Choice:
    """A lesson that could have been done together."""

    value: str
    """`course/module/lesson`."""
    course: str
    module: str
    lesson: str
    hers: int
    """How many of its steps only she herself can do."""


@dataclass(frozen=True)
class Offer:
    """What can be entered for a meeting, and for whom."""

    meeting: MeetingRow
    lessons: tuple[Choice, ...]
    present: tuple[Named, ...]
    too_late: bool


def offer(store: Store, catalogue: Catalogue, reader: SignedIn, public_id: str, now_ms: int) -> Offer:
    """The lessons of the courses of a meeting's group, and who was there. NotFound for a meeting out of reach."""
    meeting, present, slugs = _look(store, reader, public_id, now_ms)
    shelf = catalogue.shelf(now_ms).courses
    lessons = tuple(it for slug in slugs if slug in shelf for it in _choices(shelf[slug]))
    return Offer(meeting, lessons, tuple(present.values()), now_ms - meeting.starts_ms > LATEST_MS)


def _look(
    store: Store, reader: SignedIn, public_id: str, now_ms: int
) -> tuple[MeetingRow, dict[int, Named], list[str]]:
    """A meeting, who was there by the id each is known by, and the courses of its group."""
    with store.read() as db:
        meeting = meetings.reached(db, reader, public_id, now_ms)
        seen = look(db, meeting)
        group = [meeting.group_id] if meeting.group_id is not None else []
        learns = group_rows.courses_of_groups(db, group)
    there = [(it.display_name.casefold(), person_id) for person_id, it in seen.people.items()]
    present = {its: seen.people[its] for _, its in sorted(there) if its in seen.counts and seen.counts[its].present}
    return meeting, present, [slug for of in learns.values() for _id, slug in of]


def _choices(shape: Shape) -> Iterator[Choice]:
    plan = shape.plan
    for module in plan.modules:
        for lesson in module.lessons:
            steps = _steps(shape, module, lesson)
            if steps:
                value = f"{plan.course}/{module.module}/{lesson.name}"
                hers = sum(not step.optional and step.kind not in TOGETHER for step in lesson.steps)
                yield Choice(value, plan.title, module.title, lesson.title, hers)


def _steps(shape: Shape, module: ModulePlan, lesson: LessonPlan) -> list[str]:
    """The names of what is entered for a lesson: its steps that are read or practised, or itself where it has none."""
    if not lesson.steps:
        return [lesson.name]
    return [step.name for step in lesson.steps if step.kind in TOGETHER and (module.module, step.name) in shape.numbers]


def enter(
    store: Store,
    catalogue: Catalogue,
    reader: SignedIn,
    public_id: str,
    lesson: str,
    agreed: Collection[str],
    now_ms: int,
    zone: ZoneInfo,
) -> int:
    """Enter a lesson for those who were there and agreed; for how many it was new. Twice is once.

    It is in the past: `at_ms` is when the meeting began. Refused, with why, for a lesson or somebody that can't be.
    """
    meeting, present, slugs = _look(store, reader, public_id, now_ms)
    check_open(meeting, now_ms)
    if now_ms - meeting.starts_ms > LATEST_MS:
        raise Refused(TOO_LATE)
    course, _, rest = lesson.partition("/")
    shelf = catalogue.shelf(now_ms).courses
    shape = shelf.get(course) if course in slugs else None
    found = next((it for it in _choices(shape) if it.value == lesson), None) if shape else None
    if shape is None or found is None:
        raise Refused("Choose the lesson you did.", "lesson")
    module, _, name = rest.partition("/")
    chosen = {its_id for its_id, it in present.items() if it.public_id in agreed}
    if not chosen or len(chosen) != len(set(agreed)):
        raise Refused("Choose who was there and agreed.", "agreed")
    return sum(
        any(
            it.result == "new"
            for it in record(
                store,
                catalogue,
                person_id,
                list(_events(shape, meeting, module, name, person_id)),
                now_ms,
                zone,
                by_id=reader.person_id,
            )
        )
        for person_id in sorted(chosen)
    )


def _events(shape: Shape, meeting: MeetingRow, module: str, lesson: str, person_id: int) -> Iterator[Event]:
    its_module = shape.plan.module(module)
    its_lesson = its_module.lesson(lesson) if its_module else None
    if its_module is None or its_lesson is None:
        return
    for name in _steps(shape, its_module, its_lesson):
        about = f"{meeting.public_id}|{person_id}|{shape.course_id}|{shape.numbers[module, name]}"
        yield Event(
            event_id=uuid.uuid5(_SPACE, about),
            course=shape.plan.course,
            release=shape.hash,
            module=module,
            name=name,
            kind=EventKind.DONE,
            lang=shape.plan.lang,
            at_ms=meeting.starts_ms,
        )

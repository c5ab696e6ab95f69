"""What somebody came to, and what was entered there for her: as she sees it, and what she can say against it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from lms.errors import NotFound
from lms.learning.attendance import Tick, newest
from lms.learning.events import is_text
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.store import attendance as rows
from lms.store import meetings as meeting_rows
from lms.store.gate import Store, retried
from lms.store.meetings import MeetingRow


@dataclass(frozen=True)
class Attended:
    """A meeting at which somebody said that she was, or was not. `by`: who; empty: somebody who is gone."""

    meeting: MeetingRow
    present: bool
    by: str
    by_herself: bool


@dataclass(frozen=True)
class Entered:
    """A lesson of which somebody entered steps for her."""

    course: str
    lesson: str
    href: str
    at_ms: int
    by: str


@dataclass(frozen=True)
class Clubs:
    """What she came to and what was entered for her, the newest first."""

    meetings: tuple[Attended, ...]
    entered: tuple[Entered, ...]

    @property
    def came(self) -> int:
        """To how many meetings she came."""
        return sum(it.present for it in self.meetings)


def mine(store: Store, catalogue: Catalogue, person: SignedIn) -> Clubs:
    """Her meetings, under all her ids. What was entered before she became a member, or a guest, is there too."""
    with store.read() as db:
        ticks = rows.of_person(db, person.ids)
        entered = [it for it in rows.entered_for(db, person.ids) if it.by_id not in person.ids]
        met = meeting_rows.by_id(db, {it.meeting_id for it in ticks})
        by = rows.named(db, {it.by_id for it in ticks if it.by_id is not None} | {it.by_id for it in entered})
    names = {its_id: it.display_name for its_id, it in by.items()}
    counts = newest(ticks, dict.fromkeys(person.others, person.person_id)).values()
    meetings = [_attended(it, met[it.meeting_id], names, person.ids) for it in counts]
    meetings.sort(key=lambda it: (-it.meeting.starts_ms, it.meeting.public_id))
    return Clubs(tuple(meetings), tuple(dict.fromkeys(_lessons(catalogue, entered, names))))


def _attended(tick: Tick, meeting: MeetingRow, names: dict[int, str], ids: tuple[int, ...]) -> Attended:
    by = names.get(tick.by_id, "") if tick.by_id is not None else ""
    return Attended(meeting, tick.present, by, tick.by_id in ids)


def _lessons(catalogue: Catalogue, entered: Iterable[rows.Entered], names: dict[int, str]) -> Iterable[Entered]:
    for it in entered:
        shape = catalogue.release(it.release_id)
        module = shape.module_of[it.step_no].module
        lesson_no = shape.lesson_of[it.step_no].no
        name = shape.places[lesson_no][1]
        planned = shape.plan.module(module)
        lesson = planned.lesson(name) if planned else None
        if lesson is not None:
            href = f"/courses/{shape.plan.course}/{module}/{name}"
            yield Entered(shape.plan.title, lesson.title, href, it.at_ms, names.get(it.by_id, ""))


@retried
def not_me(store: Store, person: SignedIn, public_id: str, form_id: UUID, at_ms: int) -> None:
    """She says that she was not at a meeting: a tick of her own, which is the newest. Twice is once.

    What was entered there for her stays in her course, as whatever was ever recorded: it takes nothing from her, and
    she can do each lesson again. NotFound for a meeting at which nobody said that she was.
    """
    with store.write() as db:
        meeting = meeting_rows.by_public_id(db, public_id) if is_text(public_id) else None
        hers = rows.of_person(db, person.ids) if meeting else []
        mine_ = newest(hers, dict.fromkeys(person.others, person.person_id))
        tick = mine_.get((meeting.meeting_id, person.person_id)) if meeting else None
        if tick is None or meeting is None:
            raise NotFound
        if tick.present:
            own_id = uuid.uuid5(form_id, public_id)
            said_ms = max(at_ms, tick.at_ms + 1)
            by_id = person.person_id
            rows.add(db, Tick(by_id, own_id, meeting.meeting_id, False, tick.guest, said_ms, at_ms, by_id))

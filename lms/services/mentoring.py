"""What a learner and her mentor share: one view for both, the check-ins, notes and goals in it, and what is overdue.

The page of the mentor and the learner's own are built by `_shared` alone: she sees exactly what the mentor sees.
A mentor has no notes of her own about a learner. What is for the safeguarding lead is passed on as a concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.answers import MENTOR
from lms.learning.days import DAY_MS, day_of
from lms.learning.pairing import CHECK_IN, NOTE, days_overdue, due_day
from lms.learning.people import Permission
from lms.learning.ring import Outcome
from lms.services import pairings, signoffs, typed, uploads
from lms.services.codes import visible_people
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.services.signoffs import Handed
from lms.services.uploads import Upload
from lms.store import audit, merges, people
from lms.store import mentoring as rows
from lms.store import pairings as pairing_rows
from lms.store import ring as contact_rows
from lms.store.gate import Store
from lms.store.mentoring import GoalRow, HereRow
from lms.store.pairings import PairingRow
from lms.store.ring import ContactRow

LONGEST_NOTE = 1_000
LONGEST_GOAL = 300
MOST_GOALS = 10
_BACK_MS = 31 * DAY_MS
"""How long ago a check-in may have been that is noted now."""
_SAYS = {CHECK_IN: "noted-check-in", NOTE: "noted-note"}
"""What stands in the record."""


@dataclass(frozen=True)
class Answer:
    """Something she wrote for her mentor as well."""

    course: str
    title: str
    words: str
    at_ms: int


@dataclass(frozen=True)
class Task:
    """A Task she handed in, with the files of hers that go with it."""

    handed: Handed
    files: tuple[Upload, ...]


@dataclass(frozen=True)
class Course:
    """How far she is in a course. `lessons`: how many it has now."""

    title: str
    done: int
    lessons: int


@dataclass(frozen=True)
class Talk:
    """A check-in, or a note. `by`: who noted it; empty for somebody who is no longer here."""

    kind: str
    at_ms: int
    by: str
    words: str


@dataclass(frozen=True)
class Shared:
    """What both see."""

    public_id: str
    name: str
    mentor: str
    pairing: PairingRow
    due_day: int
    overdue: int
    """For how many days a check-in is overdue; 0: it is not."""
    courses: tuple[Course, ...]
    goals: tuple[GoalRow, ...]
    tasks: tuple[Task, ...]
    answers: tuple[Answer, ...]
    talks: tuple[Talk, ...]


def for_mentor(
    store: Store, catalogue: Catalogue, mentor: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo
) -> Shared:
    """What a mentor sees of a learner of hers. NotFound for anybody else, and from the end of the pairing on."""
    with store.read() as db:
        person = pairings.mentored(db, mentor, public_id, now_ms, zone)
        found = _shared(db, catalogue, person.person_id, now_ms, zone)
    if found is None:
        raise NotFound
    return found


def for_learner(store: Store, catalogue: Catalogue, learner: SignedIn, now_ms: int, zone: ZoneInfo) -> Shared | None:
    """The same for the learner herself; None while she has no mentor."""
    with store.read() as db:
        return _shared(db, catalogue, learner.person_id, now_ms, zone)


def _shared(db: Connection, catalogue: Catalogue, person_id: int, now_ms: int, zone: ZoneInfo) -> Shared | None:
    ids = merges.ids_of(db, merges.kept_of(db, person_id))
    today = day_of(now_ms, zone)
    row = next(iter(pairing_rows.current(db, ids, today)), None)
    person = people.person(db, ids[0])
    if row is None or person is None:
        return None
    talks = rows.talks_of(db, ids)
    names = contact_rows.names_of(db, {row.mentor_id, *(it.by_id for it in talks if it.by_id is not None)})
    last = next((day_of(it.at_ms, zone) for it in talks if it.kind == CHECK_IN), None)
    handed = signoffs.of(db, catalogue, ids)
    known = {it.event_id for it in handed}
    return Shared(
        person.public_id,
        person.display_name,
        names.get(row.mentor_id, ""),
        row,
        due_day(row.pairing, last),
        days_overdue(row.pairing, last, today),
        _courses(catalogue, rows.finished(db, ids), now_ms),
        tuple(rows.goals_of(db, ids)),
        tuple(_task(db, ids, it) for it in handed),
        tuple(_answer(catalogue, it) for it in rows.shared_words(db, ids) if it.event_id not in known),
        tuple(Talk(it.kind, it.at_ms, names.get(it.by_id or 0, ""), it.note or "") for it in talks),
    )


def _courses(catalogue: Catalogue, finished: dict[int, int], now_ms: int) -> tuple[Course, ...]:
    shown = catalogue.shelf(now_ms).courses.values()
    return tuple(
        Course(it.plan.title, finished[it.course_id], sum(len(module.lessons) for module in it.modules))
        for it in shown
        if it.course_id in finished
    )


def _task(db: Connection, ids: Sequence[int], it: Handed) -> Task:
    return Task(it, tuple(uploads.found(db, ids, uploads.TASK, it.task_id)))


def _answer(catalogue: Catalogue, it: rows.SharedRow) -> Answer:
    shape = catalogue.release(it.release_id)
    module, name = shape.places[it.step_no]
    title = shape.plan.title_in(it.lang, module, name) or shape.steps[it.step_no].title
    return Answer(shape.plan.title, title, it.body, it.at_ms)


@dataclass(frozen=True)
class Listed:
    """A learner who has a mentor, in a list. `overdue`: days; 0: not."""

    public_id: str
    name: str
    mentor: str
    ends_day: int
    due_day: int
    overdue: int


def my_learners(store: Store, mentor: SignedIn, now_ms: int, zone: ZoneInfo) -> list[Listed]:
    """A mentor's learners now, the most overdue first."""
    with store.read() as db:
        mine = pairings.mine_now(db, mentor, now_ms, zone)
        here = rows.named(db, mine)
        return _listed(db, here, now_ms, zone)


def all_paired(store: Store, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> list[Listed]:
    """Who has a mentor now of those whom a lead may pair, the most overdue first."""
    scope = reader.scope(Permission.PAIRING_CHANGE, now_ms)
    with store.read() as db:
        here = rows.paired(db, visible_people(db, scope, 0), day_of(now_ms, zone))
        return _listed(db, here, now_ms, zone)


def _listed(db: Connection, here: list[HereRow], now_ms: int, zone: ZoneInfo) -> list[Listed]:
    today = day_of(now_ms, zone)
    spoke = _last_spoke(db, [it.pairing.person_id for it in here])
    names = contact_rows.names_of(db, {it.pairing.mentor_id for it in here})
    found = []
    for it in here:
        pairing, at_ms = it.pairing.pairing, spoke.get(it.pairing.person_id)
        last = day_of(at_ms, zone) if at_ms else None
        mentor = names.get(pairing.mentor_id, "")
        due, late = due_day(pairing, last), days_overdue(pairing, last, today)
        found.append(Listed(it.public_id, it.name, mentor, pairing.ends_day, due, late))
    return sorted(found, key=lambda it: (-it.overdue, it.due_day, it.name.casefold(), it.public_id))


def _last_spoke(db: Connection, ids: list[int]) -> dict[int, int]:
    """Id -> when they last spoke, whichever of her ids it was noted under."""
    kept = merges.kept_each(db, ids)
    heads = {its_id: kept.get(its_id, its_id) for its_id in ids}
    new = set(heads.values())
    while new:  # who was merged into somebody who was merged
        made = merges.made_into(db, new)
        more = {it.other_id: heads.get(it.person_id, it.person_id) for it in made if it.other_id not in heads}
        heads.update(more)
        new = set(more)
    last: dict[int, int] = {}
    for its_id, at_ms in rows.last_check_ins(db, {*heads, *heads.values()}).items():
        head = heads.get(its_id, its_id)
        last[head] = max(at_ms, last.get(head, at_ms))
    return {its_id: last[heads[its_id]] for its_id in ids if heads[its_id] in last}


def note(
    store: Store,
    mentor: SignedIn,
    public_id: str,
    contact_id: UUID,
    kind: str,
    words: str,
    spoke_ms: int,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Note that they spoke, or something for both to remember; False where this form did it before.

    `spoke_ms`: when they spoke. NotFound for who is not her learner now; Refused, with the field, for what can't be.
    """
    if kind not in (CHECK_IN, NOTE):
        raise Refused(N_("Choose what this is."), "kind")
    if not at_ms - _BACK_MS <= spoke_ms <= at_ms:
        raise Refused(N_("Choose a day from the last four weeks, not one that is to come."), "day")
    kept = typed.words(words, "words", LONGEST_NOTE)
    if kind == NOTE and not kept:
        raise Refused(N_("Write something to note."), "words")
    with store.write() as db:
        learner = pairings.mentored(db, mentor, public_id, at_ms, zone)
        person_id = merges.kept_of(db, learner.person_id)
        people.lock(db, person_id)
        row = ContactRow(
            person_id, contact_id, mentor.person_id, kind, spoke_ms, at_ms, Outcome.SPOKE, kept or None, MENTOR
        )
        new = contact_rows.add_contact(db, row)
        if new:
            audit.note(db, person_id, _SAYS[kind], at_ms, mentor.person_id)
    return new


def add_goal(store: Store, learner: SignedIn, goal_id: UUID, goal: str, at_ms: int) -> bool:
    """She sets herself a goal; False where this form did it before. Refused for none, and for one too many."""
    body = typed.words(goal, "goal", LONGEST_GOAL)
    if not body:
        raise Refused(N_("Write down what you want to reach."), "goal")
    with store.write() as db:
        person_id = merges.kept_of(db, learner.person_id)
        people.lock(db, person_id)
        before = rows.goals_of(db, learner.ids)
        if any(it.goal_id == goal_id for it in before):
            return False
        if len(before) >= MOST_GOALS:
            raise Refused(N_("{most} goals are enough at a time. Take one away first."), "goal", most=MOST_GOALS)
        return rows.add_goal(db, GoalRow(person_id, goal_id, body, at_ms, at_ms, learner.person_id, None, None))


def mark_goal(store: Store, learner: SignedIn, goal_id: UUID, act: str, at_ms: int) -> None:
    """She has reached a goal (`reached`), has not after all (`open`), or takes it away (`drop`). NotFound for none."""
    values: dict[str, dict[str, int | None]] = {
        "reached": {"reached_ms": at_ms},
        "open": {"reached_ms": None},
        "drop": {"dropped_ms": at_ms},
    }
    if act not in values:
        raise NotFound
    with store.write() as db:
        if not rows.mark_goal(db, learner.ids, goal_id, **values[act]):
            raise NotFound

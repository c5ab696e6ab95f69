"""The rows of one person in one course, in the one transaction that records her events.

Lock order (docs/reference/data.md): enrolment and progress are there or made, the progress row is
locked, events, words, milestones, months, awards, progress. Every statement carries `person_id`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, delete, select, update

from lms.learning.events import EventKind
from lms.learning.progress import Recorded
from lms.store.statements import Statement
from lms.store.tables import awards, enrolments, events, handles, learner_months, milestones, people, progress, words


class Standing(NamedTuple):
    """The locked progress row, and the seed of her draws."""

    last_seq: int
    fold_version: int
    state: str
    draw_seed: int


def _given(table: Any) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


def _insert_or_leave(table: Any, key: Sequence[str]) -> Statement:
    return Statement(
        lambda insert: insert(table).values(**_given(table)).on_conflict_do_nothing(index_elements=list(key))
    )


def _month(insert: Any) -> Any:
    new = insert(learner_months).values(**_given(learner_months))
    return new.on_conflict_do_update(
        index_elements=["person_id", "course_id", "month"],
        set_={
            "day_bits": learner_months.c.day_bits.op("|")(new.excluded.day_bits),
            "answers": learner_months.c.answers + new.excluded.answers,
            "lessons": learner_months.c.lessons + new.excluded.lessons,
        },
    )


def _mine(table: Any) -> Any:
    return (table.c.person_id == bindparam("p")) & (table.c.course_id == bindparam("c"))


_LOCK = Statement(
    lambda _: (
        select(progress.c.last_seq, progress.c.fold_version, progress.c.state, enrolments.c.draw_seed)
        .join(
            enrolments,
            (enrolments.c.person_id == progress.c.person_id) & (enrolments.c.course_id == progress.c.course_id),
        )
        .where(_mine(progress))
        .with_for_update(of=progress)
    )
)
_HERE = Statement(
    lambda _: (
        select(people.c.kind)
        .where(people.c.person_id == bindparam("p"), people.c.erased_ms.is_(None))
        .with_for_update(read=True, key_share=True)
    )
)
_ENROL = _insert_or_leave(enrolments, ("person_id", "course_id"))
_BEGIN = _insert_or_leave(progress, ("person_id", "course_id"))
_EVENT = _insert_or_leave(events, ("person_id", "event_id"))
_WORDS = _insert_or_leave(words, ("person_id", "event_id"))
_MILESTONE = _insert_or_leave(milestones, ("person_id", "course_id", "kind", "name"))
_AWARD = _insert_or_leave(awards, ("person_id", "badge_id"))
_HANDLE = _insert_or_leave(handles, ("key_hash", "kind"))
_MONTH = Statement(_month)
_NO_MONTHS = Statement(lambda _: delete(learner_months).where(_mine(learner_months)))
_BODY = Statement(
    lambda _: select(events.c.body_hash).where(
        events.c.person_id == bindparam("p"), events.c.event_id == bindparam("e", type_=events.c.event_id.type)
    )
)
_SAVE = Statement(
    lambda _: (
        update(progress)
        .where(_mine(progress))
        .values(
            {
                column: bindparam("new_" + column, type_=progress.c[column].type)
                for column in ("last_seq", "fold_version", "done_count", "score", "last_at_ms", "state")
            }
        )
    )
)


class Ledger:
    """One person's rows in one course. Made inside `store.write()`; used by one thread."""

    def __init__(self, db: Connection, person_id: int, course_id: int) -> None:
        self.person_id = person_id
        self.course_id = course_id
        self._dialect = db.dialect.name
        self._driver = cast(Any, db.connection.driver_connection)
        self._cursor = self._driver.cursor()
        self._key = {"person_id": person_id, "course_id": course_id}

    def together(self) -> AbstractContextManager[object]:
        """Send what follows in one round trip where the driver can. Only for the last of a transaction.

        psycopg ends a pipeline with a Flush, after which PostgreSQL no longer counts how long the
        transaction lies idle: a client stopped there would hold its rows for ever.
        """
        return nullcontext() if self._dialect == "sqlite" else self._driver.pipeline()

    def is_here(self) -> bool:
        """Whether she has not been erased, and can't be until the transaction ends."""
        return self._run(_HERE, p=self.person_id).fetchone() is not None

    def lock(self) -> Standing | None:
        """Her progress row, locked until the transaction ends; None if she has not begun."""
        row = self._run(_LOCK, p=self.person_id, c=self.course_id).fetchone()
        return Standing(*row) if row else None

    def begin(self, enrolment: dict[str, Any], state: str, fold_version: int = 0) -> None:
        """Make the enrolment and an empty progress row, unless another transaction has just made them."""
        self._run(_ENROL, **self._key, **enrolment)
        self.begin_again(state, fold_version)

    def begin_again(self, state: str, fold_version: int = 0) -> None:
        """Make an empty progress row where an enrolment has none."""
        empty = {
            "last_seq": 0,
            "fold_version": fold_version,
            "done_count": 0,
            "score": 0,
            "last_at_ms": None,
            "state": state,
        }
        self._run(_BEGIN, **self._key, **empty)

    def add(self, event_id: UUID, seq: int, row: dict[str, Any]) -> bool:
        """Append an event; False if its id is known already."""
        done = self._run(_EVENT, **self._key, event_id=self._id(event_id), seq=seq, **row)
        return bool(done.rowcount == 1)

    def body_hash(self, event_id: UUID) -> bytes | None:
        """What a known event said, to tell a repeat from a conflict."""
        row = self._run(_BODY, p=self.person_id, e=self._id(event_id)).fetchone()
        return bytes(row[0]) if row and row[0] is not None else None

    def add_words(self, event_id: UUID, body: str, seen_by: str) -> None:
        """Keep what she wrote beside the event, where erasure can reach it."""
        self._run(_WORDS, person_id=self.person_id, event_id=self._id(event_id), body=body, seen_by=seen_by)

    def add_milestone(self, kind: str, name: str, row: dict[str, Any]) -> None:
        """A first time; one that has been stays as it was."""
        self._run(_MILESTONE, **self._key, kind=kind, name=name, **row)

    def add_month(self, month: int, day_bits: int, answers: int, lessons: int) -> None:
        """Count what was recorded into the month it was recorded in."""
        self._run(_MONTH, **self._key, month=month, day_bits=day_bits, answers=answers, lessons=lessons)

    def drop_months(self) -> None:
        """Forget what was counted, to count it anew."""
        self._run(_NO_MONTHS, p=self.person_id, c=self.course_id)

    def award(self, award_id: UUID, key_hash: bytes, row: dict[str, Any]) -> bool:
        """Give a badge once; False if she has it."""
        done = self._run(_AWARD, person_id=self.person_id, award_id=self._id(award_id), **row)
        if done.rowcount != 1:
            return False
        handle = {"person_id": self.person_id, "ref": award_id.hex, "made_ms": row["recorded_ms"]}
        self._run(_HANDLE, key_hash=key_hash, kind="badge", expires_ms=None, used_ms=None, **handle)
        return True

    def save(self, **row: Any) -> None:
        """Write what the fold came to."""
        self._run(_SAVE, p=self.person_id, c=self.course_id, **{"new_" + name: value for name, value in row.items()})

    def _run(self, statement: Statement, **values: Any) -> Any:
        self._cursor.execute(statement.text(self._dialect), values)
        return self._cursor

    def _id(self, value: UUID) -> object:
        return value.bytes if self._dialect == "sqlite" else value


class Entry(NamedTuple):
    """A recorded event: what the fold may look at, the instant it was recorded, its number in the course."""

    event: Recorded
    recorded_ms: int
    seq: int


def recorded_events(db: Connection, person_id: int, course_id: int, whose: int = 0) -> Iterator[Entry]:
    """Everything somebody did in a course under one id, in order. `whose`: the place of that id among hers."""
    rows = db.execute(
        select(
            events.c.kind,
            events.c.step_no,
            events.c.release_id,
            events.c.attempt_no,
            events.c.mark,
            events.c.at_ms,
            events.c.recorded_ms,
            events.c.seq,
            case((events.c.kind == EventKind.REMARKED.value, events.c.choice)),
        )
        .where(events.c.person_id == person_id, events.c.course_id == course_id)
        .order_by(events.c.seq)
    )
    for kind, step_no, release_id, attempt, mark, at_ms, recorded_ms, seq, of in rows:
        quiz = json.loads(of)["quiz"] if of else 0
        event = Recorded(EventKind(kind), step_no or 0, release_id, attempt, mark, at_ms, quiz, whose)
        yield Entry(event, recorded_ms, seq)


_TOLD = (
    events.c.course_id,
    events.c.step_no,
    events.c.attempt_no,
    events.c.release_id,
    events.c.choice,
    events.c.mark,
    events.c.lang,
    words.c.body,
)


def event(db: Connection, person_id: int, event_id: UUID) -> Any:
    """One event of hers with her words, or None: all of `_TOLD`."""
    return db.execute(
        select(*_TOLD)
        .outerjoin(words, (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id))
        .where(events.c.person_id == person_id, events.c.event_id == event_id)
    ).first()


class Kept(NamedTuple):
    """The newest thing of a kind that she gave to a step, and who may read its words."""

    choice: str | None
    words: str | None
    seen_by: str | None


def newest(db: Connection, ids: Sequence[int], course_id: int, step_no: int, kind: EventKind) -> Kept | None:
    """What she last ticked or wrote at a step, under any of her ids; of what she wrote, the last that has words."""
    last = [events.c.recorded_ms.desc()] if len(ids) > 1 else []
    mine = events.c.person_id.in_(list(ids)) & (events.c.course_id == course_id) & (events.c.step_no == step_no)
    row = db.execute(
        select(events.c.choice, words.c.body, words.c.seen_by)
        .join(
            words,
            (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id),
            isouter=kind is not EventKind.REFLECTED,
        )
        .where(mine, events.c.kind == kind.value)
        .order_by(*last, events.c.seq.desc())
        .limit(1)
    ).first()
    return Kept(*row) if row else None


class Written(NamedTuple):
    """Something she handed in or wrote down, with her words where there are any."""

    event_id: UUID
    kind: str
    step_no: int
    release_id: int
    lang: str
    at_ms: int
    words: str | None
    seen_by: str | None


def written(db: Connection, person_id: int, course_id: int | None, also: Collection[UUID]) -> list[Written]:
    """All that she handed in or wrote down in a course, in its order, and these events whatever course they are of."""
    kinds = EventKind.TICKED.value, EventKind.REFLECTED.value
    asked = (events.c.course_id == course_id) & events.c.kind.in_(kinds) | events.c.event_id.in_(list(also))
    rows = db.execute(
        select(
            events.c.event_id,
            events.c.kind,
            events.c.step_no,
            events.c.release_id,
            events.c.lang,
            events.c.at_ms,
            words.c.body,
            words.c.seen_by,
        )
        .outerjoin(words, (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id))
        .where(events.c.person_id == person_id, asked)
        .order_by(events.c.seq)
    )
    return [Written(*row) for row in rows]


def words_of(db: Connection, person_id: int, event_ids: Collection[UUID]) -> dict[UUID, str]:
    """Her words beside some events, where they are still kept."""
    asked = (words.c.person_id == person_id) & words.c.event_id.in_(list(event_ids))
    return {row.event_id: row.body for row in db.execute(select(words.c.event_id, words.c.body).where(asked))}


class AnsweredRow(NamedTuple):
    """An answer to a question, of practice or of a quiz."""

    person_id: int
    step_no: int
    choice: str | None
    mark: int | None
    at_ms: int


def answers_of(db: Connection, ids: Collection[int], course_id: int) -> list[AnsweredRow]:
    """All answers of some people to the questions of a course, person by person."""
    asked = (events.c.course_id == course_id) & (events.c.kind == EventKind.ANSWERED.value)
    found = (
        select(events.c.person_id, events.c.step_no, events.c.choice, events.c.mark, events.c.at_ms)
        .where(events.c.person_id.in_(list(ids)), asked)
        .order_by(events.c.person_id, events.c.seq)
    )
    return [AnsweredRow(*row) for row in db.execute(found)]


def ticked_in_part(
    db: Connection, course_id: int, steps: Collection[int], first_id: int, last_id: int
) -> dict[int, set[int]]:
    """Person -> the Tasks among these steps that she has handed in, but not whole, of the people between two ids."""
    whose = events.c.person_id.between(first_id, last_id) & (events.c.course_id == course_id)
    what = (events.c.kind == EventKind.TICKED.value) & (events.c.mark == 0) & events.c.step_no.in_(sorted(steps))
    found: dict[int, set[int]] = {}
    for person_id, step_no in db.execute(select(events.c.person_id, events.c.step_no).where(whose, what).distinct()):
        found.setdefault(person_id, set()).add(step_no)
    return found


def attempt_answers(db: Connection, person_id: int, course_id: int, attempt_no: int) -> list[Any]:
    """Her events in every attempt of one number, in order: (kind, step_no, lang, choice, words)."""
    return list(
        db.execute(
            select(events.c.kind, events.c.step_no, events.c.lang, events.c.choice, words.c.body)
            .outerjoin(words, (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id))
            .where(events.c.person_id == person_id, events.c.course_id == course_id, events.c.attempt_no == attempt_no)
            .order_by(events.c.seq)
        )
    )

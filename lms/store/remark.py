"""Rows of answers that may have to be marked again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from lms.learning.events import EventKind
from lms.store.tables import events, jobs, progress, publications, words


class Publication(NamedTuple):
    """What was shown, and from when. `before`: the releases that were shown earlier, but for its own."""

    release_id: int
    from_ms: int
    before: frozenset[int]


class AnswerRow(NamedTuple):
    """An answer marked wrong. Of an answer in words `choice` is None, and `words` too where they are erased."""

    person_id: int
    event_id: UUID
    seq: int
    release_id: int
    step_no: int
    attempt_no: int
    lang: str
    choice: str | None
    words: str | None


def publication(db: Connection, course_id: int, publication_no: int) -> Publication | None:
    """A publication of a course."""
    upto = (publications.c.course_id == course_id) & (publications.c.publication_no <= publication_no)
    shown = select(publications.c.publication_no, publications.c.release_id, publications.c.from_ms).where(upto)
    found = list(db.execute(shown.order_by(publications.c.publication_no)))
    if not found or found[-1].publication_no != publication_no:
        return None
    release_id = found[-1].release_id
    before = frozenset(row.release_id for row in found) - {release_id}
    return Publication(release_id, found[-1].from_ms, before)


def asked_for(db: Connection, kind: str) -> list[str]:
    """The arguments of every job of this kind there ever was, as JSON."""
    return list(db.execute(select(jobs.c.args).where(jobs.c.kind == kind)).scalars())


def learners_after(db: Connection, course_id: int, person_id: int, most: int) -> list[int]:
    """The next learners of a course, by their ids."""
    found = select(progress.c.person_id).where(progress.c.person_id > person_id, progress.c.course_id == course_id)
    return list(db.execute(found.order_by(progress.c.person_id).limit(most)).scalars())


_ANSWER = select(
    events.c.person_id,
    events.c.event_id,
    events.c.seq,
    events.c.release_id,
    events.c.step_no,
    events.c.attempt_no,
    events.c.lang,
    events.c.choice,
    words.c.body,
).outerjoin(words, (words.c.person_id == events.c.person_id) & (words.c.event_id == events.c.event_id))


def wrong_answers(
    db: Connection, course_id: int, person_ids: Collection[int], steps: Collection[int]
) -> Iterator[AnswerRow]:
    """Every answer of these people to these steps that was marked wrong; person by person."""
    found = _ANSWER.where(
        events.c.person_id.in_(list(person_ids)),
        events.c.course_id == course_id,
        events.c.kind == EventKind.ANSWERED.value,
        events.c.mark == 0,
        events.c.step_no.in_(list(steps)),
    )
    for row in db.execute(found.order_by(events.c.person_id, events.c.seq)):
        yield AnswerRow(*row)


def raised_answers(db: Connection, person_id: int, course_id: int) -> set[UUID]:
    """The ids of her answers whose mark was raised before, by whichever publication."""
    rows = db.execute(
        select(events.c.choice).where(
            events.c.person_id == person_id,
            events.c.course_id == course_id,
            events.c.kind == EventKind.REMARKED.value,
        )
    )
    return {UUID(json.loads(of)["answer"]) for of in rows.scalars()}

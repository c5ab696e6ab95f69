"""kill -9 while answers are marked again: at whichever statement, run again it comes to the same."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from lms.learning.remark import answer_as_stored, counted, remark_id, rises
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.folding import ShapesById
from lms.services.jobs import LEASE_MS, State, every_job
from lms.services.stores import Store
from lms.store import progress as progress_rows
from lms.store import remark as rows
from lms.store.events import recorded_events
from lms.store.tables import awards, events
from tests.faults.found import worked, wrong
from tests.faults.nursery import LEARNERS, batch
from tests.services.site import Site
from tests.services.test_remark import ALL_B, publish
from tests.store.databases import NOW_MS, ZONE

KILLED = (
    (0, 3),
    (1, 1),
    (0, 6),
    (1, 8),
    (0, 14),
    (1, 2),
    (0, 4),
    (1, 9),
    (0, 16),
    (1, 3),
    (1, 10),
    (1, 5),
    (1, 7),
    (1, 12),
)
"""(learners saved, statements after that): taking the job, her rows, between her save and its commit, at a beat."""
TO_MARK = {"q-hot": {"right": ["b"]}, "q-bag": {"answers": [{"value": "coffee", "exact": False, "feedback": ""}]}}


def test_killed_again_and_again_it_raises_every_answer_once_and_nothing_else(durable: Store, tmp_path: Path):
    learned(durable)
    number = publish(Site(durable), {**ALL_B, **TO_MARK})
    expected = to_raise(durable, number)
    assert len(expected) > 3 * LEARNERS
    url, killed = durable.url.render_as_string(hide_password=False), 0
    for start, (saved, statement) in zip(count(NOW_MS + LEASE_MS, 10 * LEASE_MS), (*KILLED, (99, 1)), strict=False):
        died = worked(url, tmp_path, saved, statement, start)
        killed += died
        assert raised(durable) <= expected
        assert wrong(durable) == []
        if not died:
            break
    assert killed >= 6
    assert {job.state for job in every_job(durable)} == {State.DONE}
    assert raised(durable) == expected
    assert to_raise(durable, number) == set()
    assert badges(durable)


def learned(store: Store) -> None:
    """Everyone has answered, in practice and in attempts at the quiz, finished or not: half of it wrong."""
    catalogue, dice = Catalogue(store), random.Random(7)
    shape = catalogue.shelf(NOW_MS).course("tea")
    for person_id in range(1, LEARNERS + 1):
        for _ in range(6):
            record(store, catalogue, person_id, list(batch(shape, dice)), NOW_MS, ZONE)


def to_raise(store: Store, publication_no: int) -> set[UUID]:
    """The ids of the events that are to come: of every answer that counts, is wrong, and is right by the new key."""
    catalogue, found = Catalogue(store), set[UUID]()
    shape = catalogue.shelf(NOW_MS + 4_000).course("tea")
    steps = [shape.numbers["brewing", name] for name in (*ALL_B, *TO_MARK)]
    with store.read() as db:
        for person_id in range(1, LEARNERS + 1):
            row = progress_rows.progress_of(db, person_id, shape.course_id)
            entries = [(it.seq, it.event) for it in recorded_events(db, person_id, shape.course_id)]
            counts = counted(entries, ShapesById(catalogue), row.draw_seed).answers if row else {}
            known = rows.raised_answers(db, person_id, shape.course_id)
            for it in rows.wrong_answers(db, shape.course_id, [person_id], steps):
                answer = answer_as_stored(it.choice, it.words)
                right = answer is not None and rises(shape.steps[it.step_no], catalogue.key(shape, it.step_no), answer)
                if right and it.seq in counts and it.event_id not in known:
                    found.add(remark_id(shape.course_id, publication_no, it.event_id))
    return found


def raised(store: Store) -> set[UUID]:
    with store.read() as db:
        found = [
            event_id
            for person_id in range(1, LEARNERS + 1)
            for event_id in db.execute(
                select(events.c.event_id).where(events.c.person_id == person_id, events.c.kind == "remarked")
            ).scalars()
        ]
    assert len(found) == len(set(found))
    return set(found)


def badges(store: Store) -> int:
    with store.read() as db:
        return sum(
            len(db.execute(select(awards.c.badge_id).where(awards.c.person_id == person_id)).all())
            for person_id in range(1, LEARNERS + 1)
        )

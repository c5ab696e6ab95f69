"""kill -9 during the pass after a publication, of who published or of a worker: it comes to the same as without."""

from __future__ import annotations

import time
import uuid
from itertools import count
from pathlib import Path

from sqlalchemy import select

from lms.learning.events import Event, EventKind
from lms.services import publishing
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.jobs import LEASE_MS, State, Tools, every_job
from lms.services.released import record_released
from lms.services.stores import Store
from lms.store.tables import awards, events, milestones
from tests.faults import passing
from tests.faults.found import killed, worked, wrong
from tests.faults.nursery import LEARNERS
from tests.services import written
from tests.store.databases import NOW_MS, ZONE

TILT = "### Tilt it {#tilt-it}\n\nNot too far.\n"
KILLED = ((0, 2), (0, 5), (0, 9), (1, 1), (1, 2), (0, 12), (0, 15), (1, 4), (2, 1), (0, 17), (1, 6), (1, 9), (0, 7))
"""(learners saved, statements after that): taking the job, her rows, between her save and its commit, at a beat."""


def test_whoever_publishes_is_killed_again_and_again_and_everyone_has_finished_once(durable: Store, tmp_path: Path):
    shown = all_but_the_last_step(durable)
    url = durable.url.render_as_string(hide_password=False)
    for upto in (1, 2, 2):
        before = finished(durable)
        publisher_killed(url, tmp_path, upto)
        assert before <= finished(durable) <= before + upto
        assert wrong(durable) == []
    assert 1 < finished(durable) < LEARNERS
    tools = Tools(durable, Catalogue(durable), ZONE, lambda: NOW_MS + 9)
    record_released(tools, shown.course_id, shown.publication_no)
    assert finished(durable) == LEARNERS
    assert wrong(durable) == []
    assert {job.state for job in every_job(durable)} == {State.DONE}


def test_a_publisher_and_then_workers_are_killed_at_any_statement_and_it_is_ended(durable: Store, tmp_path: Path):
    all_but_the_last_step(durable)
    url, deaths = durable.url.render_as_string(hide_password=False), 0
    publisher_killed(url, tmp_path, 1)
    now_ms = time.time_ns() // 1_000_000
    for start, when in zip(count(now_ms + 2 * LEASE_MS, 10 * LEASE_MS), (*KILLED, (99, 1)), strict=False):
        died = worked(url, tmp_path, *when, start)
        deaths += died
        assert finished(durable) >= 1
        assert wrong(durable) == []
        if not died:
            break
    assert deaths >= 4
    assert finished(durable) == LEARNERS
    assert {job.state for job in every_job(durable)} == {State.DONE}


def publisher_killed(url: str, folder: Path, upto: int) -> None:
    """Somebody goes on with the second publication, and dies after so many learners."""
    assert killed(passing.main, url, folder, 2, upto)


def all_but_the_last_step(store: Store) -> publishing.Published:
    """Everyone has one step of a lesson left; then it is taken out."""
    catalogue = Catalogue(store)
    shape = catalogue.shelf(NOW_MS).course("tea")
    for person_id in range(1, LEARNERS + 1):
        kept = Event(uuid.uuid4(), "tea", shape.hash, "pouring", "hold-it", EventKind.DONE, "en", NOW_MS)
        record(store, catalogue, person_id, [kept], NOW_MS, ZONE)
    line = "changes:\n  - 2026-11-21 removed tilt-it\n---\n# Pouring"
    pouring = written._POURING.replace(TILT, "").replace("---\n# Pouring", line, 1)
    files = written.tea(pouring=pouring)
    return publishing.publish(store, "tea", files, written.TODAY, NOW_MS + 1)


def finished(store: Store) -> int:
    """How many have finished; everyone has one event for it, and no badge, since the module has none."""
    found = 0
    with store.read() as db:
        for person_id in range(1, LEARNERS + 1):
            kinds = db.execute(select(events.c.kind).where(events.c.person_id == person_id)).scalars().all()
            done = db.execute(select(milestones.c.kind).where(milestones.c.person_id == person_id)).scalars().all()
            assert kinds.count("released") == done.count("module") == done.count("lesson")
            assert not db.execute(select(awards).where(awards.c.person_id == person_id)).all()
            found += kinds.count("released")
    return found

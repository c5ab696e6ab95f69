"""kill -9 during the pass after a publication: run again, it comes to the same as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from pathlib import Path

from sqlalchemy import select

from lms.learning.events import Event, EventKind
from lms.services import publishing
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.released import record_released
from lms.services.stores import Store
from lms.store.tables import awards, events, milestones
from tests.faults.found import ROOT, wrong
from tests.faults.nursery import LEARNERS
from tests.services import written
from tests.store.databases import NOW_MS, ZONE

TILT = "### Tilt it {#tilt-it}\n\nNot too far.\n"


def test_a_pass_that_is_killed_again_and_again_finishes_everyone_once(durable: Store, tmp_path: Path):
    course_id = all_but_the_last_step(durable)
    url = durable.url.render_as_string(hide_password=False)
    for upto in (1, 2, 4, LEARNERS):
        command = [sys.executable, "-m", "tests.faults.passing", url, str(tmp_path), str(upto)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert finished(durable) == upto
        assert wrong(durable) == []
    assert record_released(durable, course_id, ZONE, NOW_MS + 9) == {}
    assert finished(durable) == LEARNERS


def all_but_the_last_step(store: Store) -> int:
    """Everyone has one step of a lesson left; then it is taken out. Gives the course's id."""
    catalogue = Catalogue(store)
    shape = catalogue.shelf(NOW_MS).course("tea")
    for person_id in range(1, LEARNERS + 1):
        kept = Event(uuid.uuid4(), "tea", shape.hash, "pouring", "hold-it", EventKind.DONE, "en", NOW_MS)
        record(store, catalogue, person_id, [kept], NOW_MS, ZONE)
    line = "changes:\n  - 2026-11-21 removed tilt-it\n---\n# Pouring"
    pouring = written._POURING.replace(TILT, "").replace("---\n# Pouring", line, 1)
    files = written.tea(pouring=pouring)
    return publishing.publish(store, "tea", files, written.TODAY, NOW_MS + 1).course_id


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

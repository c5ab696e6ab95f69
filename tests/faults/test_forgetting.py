"""kill -9 while what has expired is forgotten: whatever still counts stays, and the next worker ends it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from lms.learning.days import day_of
from lms.services import expiry
from lms.services.jobs import LEASE_MS, State, every_job
from lms.services.people import sign_in_here
from lms.services.stores import Store
from lms.store.tables import sign_ins, throttles
from tests.faults.found import worked, wrong
from tests.faults.nursery import LEARNERS
from tests.store.databases import NOW_MS, ZONE

DAY_MS = 86_400_000
START_MS = NOW_MS + 40 * DAY_MS
KILLED = (3, 7, 10, 13, 17)
"""Before which statement: taking the job, reading, between deleting and its commit, at a beat."""
OLD, NEW = 12 * expiry.BATCH + 50, 3


def test_forgetting_that_is_killed_again_and_again_ends_and_takes_nothing_that_counts(durable: Store, tmp_path: Path):
    filled(durable)
    url, left = durable.url.render_as_string(hide_password=False), [there(durable)]
    for start, statement in zip(count(START_MS, 10 * LEASE_MS), KILLED, strict=False):
        assert worked(url, tmp_path, 0, statement, start)
        left.append(there(durable))
        assert wrong(durable) == []
    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1] > 1 + NEW, "some batches were done, and not all"
    assert not worked(url, tmp_path, 99, 1, START_MS + 10 * LEASE_MS * len(KILLED))
    assert there(durable) == 1 + NEW
    (job,) = every_job(durable)
    assert (job.kind, job.args, job.state) == ("forget", {"day": day_of(START_MS, ZONE)}, State.DONE)


def filled(store: Store) -> None:
    """Every learner has a sign-in that expired and one has another; of the wrong tries a few are of today."""
    with store.write() as db:
        for person_id in range(1, LEARNERS + 1):
            sign_in_here(db, person_id, NOW_MS)
        sign_in_here(db, 1, START_MS)
        rows = [(number, NOW_MS) for number in range(OLD)] + [(OLD + number, START_MS) for number in range(NEW)]
        made = [{"key_hash": number.to_bytes(32), "window_ms": at_ms, "tries": 1} for number, at_ms in rows]
        db.execute(throttles.insert(), made)


def there(store: Store) -> int:
    """How many sign-ins and wrong tries there are."""
    with store.read() as db:
        return sum(db.execute(select(func.count()).select_from(table)).scalar_one() for table in (sign_ins, throttles))

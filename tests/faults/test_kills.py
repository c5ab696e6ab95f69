"""Killed in the middle of writes, fifty times and more: nothing acknowledged is lost, progress equals events."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lms.services import people, publishing, stores
from lms.services.courses import Catalogue
from lms.services.progress import rebuild
from lms.services.stores import Store
from lms.store import people as people_rows
from lms.store.tables import events, progress
from tests.services import written
from tests.store.databases import NOW_MS, ZONE

KILLS, ACKNOWLEDGED = 50, 2_000

pytestmark = pytest.mark.faults


def _kill(url: str, folder: Path) -> tuple[int, int]:
    command = [sys.executable, "-m", "tests.faults.kills", url, str(folder), str(KILLS), str(ACKNOWLEDGED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    killed, told = map(int, done.stdout.split())
    return killed, told


def _begin(store: Store, folder: Path) -> None:
    """An empty site with a course and forty learners."""
    stores.migrate(store, ZONE, NOW_MS)
    publishing.publish(store, "tea", written.tea(), written.TODAY, NOW_MS)
    ids = [people.new_person_id() for _ in range(40)]
    with store.write() as db:
        for person_id in ids:
            people_rows.add_person(db, people.person_values(person_id, "Lena", None, {}, "en", NOW_MS))
    (folder / "people").write_text("\n".join(map(str, ids)))


def _check(store: Store, folder: Path) -> None:
    told = {tuple(line.split()) for path in folder.glob("told-*") for line in path.read_text().splitlines()}
    with store.read() as db:
        rows = db.execute(select(events.c.person_id, events.c.event_id, events.c.seq)).all()
        last = dict(db.execute(select(progress.c.person_id, progress.c.last_seq)).all())
    kept = {(str(person_id), str(event_id)) for person_id, event_id, _ in rows}
    assert told <= kept, f"{len(told - kept)} acknowledged answers are lost"
    for person_id in last:
        numbers = sorted(seq for its_person, _, seq in rows if its_person == person_id)
        assert numbers == list(range(1, last[person_id] + 1)), "an answer is in progress and not in events, or twice"
    found = rebuild(store, Catalogue(store), ZONE, check_only=True)
    assert found.events == len(rows)
    assert not found.differences


def test_killed_writers_lose_nothing_on_sqlite(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/lms.db"
    with closing(stores.open_store(url, tmp_path)) as store:
        _begin(store, tmp_path)
    killed, told = _kill(url, tmp_path)
    assert killed >= KILLS
    assert told >= ACKNOWLEDGED
    with closing(stores.open_store(url, tmp_path)) as store:
        with store.read() as db:
            assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        _check(store, tmp_path)


def test_killed_writers_lose_nothing_on_postgresql(postgres_database: str, tmp_path: Path):
    with closing(stores.open_store(postgres_database, tmp_path)) as store:
        _begin(store, tmp_path)
    killed, told = _kill(postgres_database, tmp_path)
    assert killed >= KILLS
    assert told >= ACKNOWLEDGED
    with closing(stores.open_store(postgres_database, tmp_path)) as store:
        _check(store, tmp_path)

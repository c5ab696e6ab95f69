"""Looking at a store after a fault: is everything there that somebody was told is, and is it right?"""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from lms.services.courses import Catalogue
from lms.services.people import person_values
from lms.services.rebuild import rebuild
from lms.services.stores import Store
from lms.store import handles
from lms.store import people as people_rows
from lms.store.tables import awards, enrolments, events, learner_months, progress, words
from tests.faults import working
from tests.faults.nursery import LEARNERS
from tests.store.databases import NOW_MS, ZONE, fill

ROOT = Path(__file__).parents[2]
_READY = multiprocessing.get_context("forkserver")
"""Starts processes from one that has imported all and opened nothing: the imports take longer than the work."""
_READY.set_forkserver_preload([__name__, "tests.faults.passing"])


def prepared(store: Store) -> None:
    """The course, and the learners of the nursery."""
    fill(store)
    with store.write() as db:
        for person_id in range(1, LEARNERS + 1):
            people_rows.add_person(db, person_values(person_id, f"Learner {person_id}", None, {}, "en", NOW_MS))


def nursery(store: Store, folder: Path, kills: int, acked: int) -> int:
    """Run it to its end; gives how many of its children were killed."""
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.nursery", url, str(folder), str(kills), str(acked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def worked(url: str, folder: Path, *when: int, key: str = "", port: int = 0) -> bool:
    """Let a worker do what is due; whether it was killed, which is at (learners saved, statements, from_ms)."""
    return killed(working.main, url, folder, *when, key, port)


def killed(program: Callable[..., None], url: str, folder: Path, *more: int | str) -> bool:
    """Run a program in a process of its own; whether it was killed before its end."""
    process = _READY.Process(target=_run, args=(program, url, folder, *more))
    process.start()
    process.join(60)
    failed = folder / "failed"
    assert process.exitcode in (0, -signal.SIGKILL), failed.read_text() if failed.exists() else process.exitcode
    return process.exitcode != 0


def _run(program: Callable[..., None], url: str, folder: Path, *more: int | str) -> None:
    try:
        program(url, folder, *more)
    except BaseException:
        (folder / "failed").write_text(traceback.format_exc())
        raise


def lost(store: Store, told: set[UUID]) -> set[UUID]:
    """Events somebody was told are recorded, and that are not."""
    there: set[UUID] = set()
    with store.read() as db:
        for person_id in range(1, LEARNERS + 1):
            there |= set(db.execute(select(events.c.event_id).where(events.c.person_id == person_id)).scalars())
    return told - there


def wrong(store: Store) -> list[str]:
    """Whatever does not fit together: progress, numbers, months, words, badges, the file itself."""
    found = list(rebuild(store, Catalogue(store), ZONE, check_only=True).differences)
    with store.read(snapshot=True) as db:
        for person_id in range(1, LEARNERS + 1):
            found += [f"person {person_id}: {fault}" for fault in _of_person(db, person_id)]
        if store.is_sqlite:
            found += [it for it in db.exec_driver_sql("PRAGMA integrity_check").scalars() if it != "ok"]
            found += [f"foreign key: {it}" for it in db.exec_driver_sql("PRAGMA foreign_key_check")]
    return found


def _of_person(db: Any, person_id: int) -> list[str]:
    def of(table: Any, *columns: Any) -> list[Any]:
        return list(db.execute(select(*columns).where(table.c.person_id == person_id)))

    done = of(events, events.c.course_id, events.c.seq, events.c.kind, events.c.choice)
    last = {row.course_id: row.last_seq for row in of(progress, progress.c.course_id, progress.c.last_seq)}
    numbers = {course_id: sorted(row.seq for row in done if row.course_id == course_id) for course_id in last}
    counted = sum(row.answers for row in of(learner_months, learner_months.c.answers))
    answered = Counter(row.kind for row in done)
    typed = sum(row.kind == "answered" and row.choice is None for row in done)
    badges = of(awards, awards.c.badge_id, awards.c.public_id)
    leads = [handles.find(db, "badge", row.public_id) for row in badges]
    faults = {
        "numbers have gaps": any(numbers[it] != list(range(1, last[it] + 1)) for it in last),
        "enrolments and progress differ": {row[0] for row in of(enrolments, enrolments.c.course_id)} != set(last),
        "a month does not count its answers": counted != answered["answered"] + answered["rated"],
        "words and events differ": len(of(words, words.c.event_id)) != typed,
        "a badge twice": len(badges) != len({row.badge_id for row in badges}),
        "a badge without an address": any(it is None or it.person_id != person_id for it in leads),
    }
    return [fault for fault, is_so in faults.items() if is_so]


def count(store: Store) -> int:
    with store.read() as db:
        return db.execute(select(func.count()).select_from(events)).scalar_one()

"""Databases for benchmarks: one course, learners in the middle of it, rows put straight into tables.

The contents are those the services write: a few learners do learn through them, and where many are
asked for, the rows of these are copied under other ids.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lms.learning.events import Event, EventKind
from lms.services import publishing, stores
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.people import person_values
from lms.services.stores import Store
from lms.store import people as people_rows
from lms.store.tables import METADATA
from tests import postgres

ZONE = ZoneInfo("Europe/London")
COURSE, QUESTIONS = "answers", 24
Rows = Mapping[str, Iterable[Sequence[Any]]]
"""Table -> rows with every column, in the table's order."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def databases(kind: str, names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Name -> address of a database of its own: a file on a disk, or one in a private PostgreSQL."""
    with ExitStack() as opened:
        if kind == "sqlite":  # `/tmp` may be memory, where nothing is durable
            folder = opened.enter_context(tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")))
            yield {name: f"sqlite:///{folder}/{name}.db" for name in names}
        else:
            programs = postgres.programs()
            if programs is None:
                raise SystemExit(postgres.MISSING)
            cluster = opened.enter_context(postgres.cluster(programs))
            yield {name: opened.enter_context(postgres.database(cluster, name)) for name in names}


@contextmanager
def course_at(url: str) -> Iterator[tuple[Store, Catalogue]]:
    """A new site with the course published."""
    with closing(stores.open_store(url, Path(tempfile.gettempdir()))) as store:
        stores.migrate(store, ZONE, now_ms())
        publishing.publish(store, COURSE, _course(), date(2026, 11, 21), now_ms())
        yield store, Catalogue(store)


def _course() -> dict[str, bytes]:
    """A module of eight lessons with a step to read and three questions each."""
    lessons = [
        f"## Lesson {lesson} {{#lesson-{lesson}}}\n\n- Skills: eds-2022/F7\n\n### Read {{#read-{lesson}}}\n\nWords."
        for lesson in range(8)
    ]
    for number in range(QUESTIONS):
        lessons[number // 3] += f"\n\n### Question: Which {number}? {{#q-{number}}}\n\n- [x] This one\n- [ ] That one"
    settings = f"---\ncourse: {COURSE}\nlang: en\norder: [answers]\nbadge: none\n---\n# Answers\n\nWelcome.\n"
    head = "---\nmodule: answers\nlang: en\nbadge: none\n---\n# Answers\n\nWelcome.\n\n"
    return {"course.md": settings.encode(), "answers.md": (head + "\n\n".join(lessons) + "\n").encode()}


def answer(release: str, chance: random.Random) -> Event:
    """An answer to a practice question, right or wrong."""
    name, letter = f"q-{chance.randrange(QUESTIONS)}", chance.choice("ab")
    return Event(uuid.uuid4(), COURSE, release, "answers", name, EventKind.ANSWERED, "en", now_ms(), answer=(letter,))


def add_learner(store: Store, catalogue: Catalogue, person_id: int, answers: int) -> None:
    """A person who has given so many answers."""
    with store.write() as db:
        people_rows.add_person(db, person_values(person_id, "Learner", None, {}, "en", now_ms()))
    release, chance = catalogue.shelf(now_ms()).course(COURSE).hash, random.Random(person_id)
    record(store, catalogue, person_id, [answer(release, chance) for _ in range(answers)], now_ms(), ZONE)


def insert(url: str, rows: Rows) -> None:
    """Put rows straight into their tables: a hundred thousand learners in seconds."""
    if url.startswith("sqlite"):
        _into_sqlite(url.removeprefix("sqlite:///"), rows)
    else:
        _into_postgresql(url.replace("+psycopg", ""), rows)


def _into_sqlite(path: str, rows: Rows) -> None:
    sqlite3.register_adapter(uuid.UUID, lambda it: it.bytes)
    with closing(sqlite3.connect(path)) as db, db:
        for table, lines in rows.items():
            columns = METADATA.tables[table].columns.keys()
            signs = ", ".join("?" * len(columns))
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({signs})", lines)


def _into_postgresql(address: str, rows: Rows) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as db:
        for table, lines in rows.items():
            columns = ", ".join(METADATA.tables[table].columns.keys())
            with db.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        db.execute("VACUUM ANALYZE")

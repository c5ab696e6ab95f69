"""Record an answer durably, through the service, against the raw driver running the same statements.

    python benchmarks/bench_record.py                       # SQLite and PostgreSQL, five rounds each
    python benchmarks/bench_record.py --store sqlite --rounds 3 --seconds 2
    python benchmarks/bench_record.py --profile             # where one client of ours spends its time

Eight clients, two processes of four threads, answer practice questions of a course they are in the
middle of. A round is the floor, then ours, each on a database of its own with the same contents. The
floor is written out below: the statements, the gate and the pipeline of `lms.store`, on the driver's
own connections, without a rule of ours: it marks nothing, folds nothing, and writes back the progress
it read. Medians of the rounds are compared. Goals: half the floor's rate, the 99th of a hundred
answers within three times the floor's, the worst within half a second.
"""

from __future__ import annotations

import argparse
import fcntl
import multiprocessing
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from lms.learning.events import Event, EventKind
from lms.services import publishing, stores
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.people import person_values
from lms.store import people as people_rows
from tests import postgres

PROCESSES, THREADS, LEARNERS = 2, 4, 25
"""Learners: of each client."""
GOAL_RATE, GOAL_P99, GOAL_WORST_MS = 0.5, 3.0, 500.0
ZONE = ZoneInfo("Europe/London")
QUESTIONS = 24

Act = Callable[[int, random.Random], None]
"""Record one answer of a learner."""


@dataclass(frozen=True)
class Round:
    """What eight clients did in some seconds: answers a second, and how long answers took, in milliseconds."""

    rate: float
    p50: float
    p99: float
    worst: float


def main() -> int:
    options = _options()
    kinds = ["sqlite", "postgresql"] if options.store == "both" else [options.store]
    if options.profile:
        return _profile(kinds[0])
    return max(_compare(kind, options.rounds, options.seconds) for kind in kinds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--profile", action="store_true")
    return parser.parse_args()


def _compare(kind: str, rounds: int, seconds: float) -> int:
    """Run interleaved rounds on one kind of store and say how they compare."""
    print(f"{kind}: {PROCESSES} processes of {THREADS} threads, rounds of {seconds:g} s")
    found: dict[str, list[Round]] = {"floor": [], "ours": []}
    with _databases(kind) as urls, _clients(urls) as clients:
        _round(clients, "floor", 0.5), _round(clients, "ours", 0.5)
        for number in range(1, rounds + 1):
            for part in ("floor", "ours"):
                found[part].append(_round(clients, part, seconds))
            floor, ours = found["floor"][-1], found["ours"][-1]
            print(f"  round {number}: floor {_said(floor)}; ours {_said(ours)}", flush=True)
    return _judged(kind, found["floor"], found["ours"])


def _said(it: Round) -> str:
    return f"{it.rate:.0f}/s p50 {it.p50:.1f} p99 {it.p99:.1f} worst {it.worst:.0f} ms"


def _judged(kind: str, floors: list[Round], ours: list[Round]) -> int:
    rate = statistics.median(mine.rate / floor.rate for mine, floor in zip(ours, floors, strict=True))
    p99 = statistics.median(mine.p99 / floor.p99 for mine, floor in zip(ours, floors, strict=True))
    worst = statistics.median(mine.worst for mine in ours)
    print(f"{kind}: {rate:.2f} of the floor's rate (goal at least {GOAL_RATE}), "
          f"p99 {p99:.2f} times the floor's (at most {GOAL_P99:g}), "
          f"worst {worst:.0f} ms (at most {GOAL_WORST_MS:g})")  # fmt: skip
    return int(rate < GOAL_RATE or p99 > GOAL_P99 or worst > GOAL_WORST_MS)


# The clients: processes that wait to be told which part to run for how long.


@contextmanager
def _clients(urls: dict[str, str]) -> Iterator[list[Connection]]:
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(PROCESSES)]
    started = [context.Process(target=_client, args=(no, far, urls)) for no, (_, far) in enumerate(pipes)]
    for process in started:
        process.start()
    try:
        yield [near for near, _ in pipes]
    finally:
        for near, _ in pipes:
            near.send(None)
        for process in started:
            process.join()


def _round(clients: list[Connection], part: str, seconds: float) -> Round:
    for client in clients:
        client.send((part, seconds))
    took = sorted(ms for client in clients for ms in client.recv())
    worst = took[-1]
    return Round(len(took) / seconds, took[len(took) // 2], took[len(took) * 99 // 100], worst)


def _client(number: int, orders: Connection, urls: dict[str, str]) -> None:
    with ExitStack() as opened:
        parts = {part: opened.enter_context(PARTS[part](url)) for part, url in urls.items()}
        while order := orders.recv():
            part, seconds = order
            orders.send(_timed(parts[part], number, seconds))


def _timed(act: Act, process: int, seconds: float) -> list[float]:
    """Four threads answer until the time is up; gives what each answer took, in milliseconds."""
    end = time.perf_counter() + seconds
    took: list[list[float]] = [[] for _ in range(THREADS)]
    threads = [
        threading.Thread(target=_answer_on, args=(act, process * THREADS + no, end, took[no])) for no in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ms for one in took for ms in one]


def _answer_on(act: Act, client: int, end: float, took: list[float]) -> None:
    chance = random.Random(client)
    before = time.perf_counter()
    while before < end:
        act(_person_id(client, chance.randrange(LEARNERS)), chance)
        after = time.perf_counter()
        took.append((after - before) * 1000)
        before = after


def _person_id(client: int, number: int) -> int:
    return (client + 1) * 1_000 + number


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


# Ours.


@contextmanager
def _ours(url: str) -> Iterator[Act]:
    with closing(stores.open_store(url, Path(tempfile.gettempdir()))) as store:
        catalogue = Catalogue(store)
        shape = catalogue.shelf(_now_ms()).course("answers")

        def act(person_id: int, chance: random.Random) -> None:
            name = f"q-{chance.randrange(QUESTIONS)}"
            event = Event(
                uuid.uuid4(), "answers", shape.hash, "answers", name, EventKind.ANSWERED, "en", _now_ms(), 0,
                (chance.choice("ab"),),
            )  # fmt: skip
            result = record(store, catalogue, person_id, [event], _now_ms(), ZONE)
            assert result[0].result == "new", result

        yield act


# The floor.

LOCK = """
    SELECT progress.last_seq, progress.fold_version, progress.state, enrolments.draw_seed
    FROM progress JOIN enrolments
    ON enrolments.person_id = progress.person_id AND enrolments.course_id = progress.course_id
    WHERE progress.person_id = %(p)s AND progress.course_id = %(c)s
"""
LOCK_ROW = " FOR UPDATE OF progress"
EVENT = """
    INSERT INTO events (person_id, event_id, course_id, seq, kind, step_no, release_id, attempt_no, lang,
        choice, mark, at_ms, recorded_ms, day, by_id, body_hash)
    VALUES (%(p)s, %(event_id)s, %(c)s, %(seq)s, %(kind)s, %(step_no)s, %(release_id)s, %(attempt_no)s, %(lang)s,
        %(choice)s, %(mark)s, %(at_ms)s, %(recorded_ms)s, %(day)s, %(by_id)s, %(body_hash)s)
    ON CONFLICT (person_id, event_id) DO NOTHING
"""
MONTH = """
    INSERT INTO learner_months (person_id, course_id, month, day_bits, answers, lessons)
    VALUES (%(p)s, %(c)s, %(month)s, %(day_bits)s, %(answers)s, %(lessons)s)
    ON CONFLICT (person_id, course_id, month) DO UPDATE SET
        day_bits = learner_months.day_bits | excluded.day_bits,
        answers = learner_months.answers + excluded.answers,
        lessons = learner_months.lessons + excluded.lessons
"""
SAVE = """
    UPDATE progress SET last_seq = %(last_seq)s, fold_version = %(fold_version)s, done_count = %(done_count)s,
        score = %(score)s, last_at_ms = %(last_at_ms)s, state = %(state)s
    WHERE progress.person_id = %(p)s AND progress.course_id = %(c)s
"""


def _event_values(person_id: int, last_seq: int, event_id: object, now_ms: int) -> dict[str, object]:
    return {
        "p": person_id, "c": 1, "event_id": event_id, "seq": last_seq + 1, "kind": "answered", "step_no": 2,
        "release_id": 1, "attempt_no": 0, "lang": "en", "choice": '["a"]', "mark": 1, "at_ms": now_ms,
        "recorded_ms": now_ms, "day": 20261121, "by_id": None, "body_hash": bytes(32),
    }  # fmt: skip


def _month_values(person_id: int) -> dict[str, object]:
    return {"p": person_id, "c": 1, "month": 202611, "day_bits": 1 << 20, "answers": 1, "lessons": 0}


def _save_values(person_id: int, last_seq: int, state: str, now_ms: int) -> dict[str, object]:
    return {
        "p": person_id, "c": 1, "last_seq": last_seq + 1, "fold_version": 1, "done_count": 3, "score": 0,
        "last_at_ms": now_ms, "state": state,
    }  # fmt: skip


@contextmanager
def _floor(url: str) -> Iterator[Act]:
    database = url.rpartition("://")[2]
    with _sqlite_floor(database.removeprefix("/")) if url.startswith("sqlite") else _psycopg_floor(database) as act:
        yield act


@contextmanager
def _sqlite_floor(path: str) -> Iterator[Act]:
    own, lock = threading.local(), threading.Lock()
    lock_row, event, month, save = (_named(text) for text in (LOCK, EVENT, MONTH, SAVE))

    def act(person_id: int, _chance: random.Random) -> None:
        if not hasattr(own, "db"):
            own.db, own.gate = _sqlite_connection(path), os.open(path + ".gate", os.O_RDWR | os.O_CREAT, 0o600)
        now_ms, db = _now_ms(), own.db.cursor()
        with lock:
            fcntl.flock(own.gate, fcntl.LOCK_EX)
            db.execute("BEGIN IMMEDIATE")
            last_seq, _, state, _ = db.execute(lock_row, {"p": person_id, "c": 1}).fetchone()
            db.execute(event, _event_values(person_id, last_seq, uuid.uuid4().bytes, now_ms))
            db.execute(month, _month_values(person_id))
            db.execute(save, _save_values(person_id, last_seq, state, now_ms))
            db.execute("COMMIT")
            fcntl.flock(own.gate, fcntl.LOCK_UN)

    yield act


def _named(text: str) -> str:
    """The same statement with SQLite's placeholders."""
    return text.replace("%(", ":").replace(")s", "")


def _sqlite_connection(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


@contextmanager
def _psycopg_floor(address: str) -> Iterator[Act]:
    import psycopg

    own = threading.local()

    def act(person_id: int, _chance: random.Random) -> None:
        if not hasattr(own, "db"):
            own.db = psycopg.connect(f"postgresql://{address}")
        now_ms, db = _now_ms(), own.db.cursor()
        last_seq, _, state, _ = db.execute(LOCK + LOCK_ROW, {"p": person_id, "c": 1}).fetchone()
        db.execute(EVENT, _event_values(person_id, last_seq, uuid.uuid4(), now_ms))
        with own.db.pipeline():
            db.execute(MONTH, _month_values(person_id))
            db.execute(SAVE, _save_values(person_id, last_seq, state, now_ms))
        own.db.commit()

    yield act


PARTS: dict[str, Any] = {"floor": _floor, "ours": _ours}


# Two databases with the same contents.


@contextmanager
def _databases(kind: str) -> Iterator[dict[str, str]]:
    """Part -> address."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=_disk())))
        if kind == "sqlite":
            urls = {part: f"sqlite:///{folder}/{part}.db" for part in PARTS}
            _fill(urls["ours"], folder)
            shutil.copy(folder / "ours.db", folder / "floor.db")
        else:
            programs = postgres.programs()
            if programs is None:
                raise SystemExit(postgres.MISSING)
            cluster = opened.enter_context(postgres.cluster(programs))
            urls = {part: opened.enter_context(postgres.database(cluster, part)) for part in PARTS}
            for url in urls.values():
                _fill(url, folder)
        yield urls


def _disk() -> str | None:
    """A folder on a disk: `/tmp` may be memory, where nothing is durable."""
    return os.environ.get("TMPDIR")


def _fill(url: str, folder: Path) -> None:
    """The course, and learners in the middle of it."""
    with closing(stores.open_store(url, folder)) as store:
        stores.migrate(store, ZONE, _now_ms())
        publishing.publish(store, "answers", _course(), date(2026, 11, 21), _now_ms())
        catalogue = Catalogue(store)
        shape = catalogue.shelf(_now_ms()).course("answers")
        for client in range(PROCESSES * THREADS):
            for number in range(LEARNERS):
                person_id = _person_id(client, number)
                with store.write() as db:
                    people_rows.add_person(db, person_values(person_id, "Learner", None, {}, "en", _now_ms()))
                record(store, catalogue, person_id, _history(person_id, shape.hash), _now_ms(), ZONE)


def _history(person_id: int, release: str) -> list[Event]:
    chance, now_ms = random.Random(person_id), _now_ms()
    return [
        Event(
            uuid.UUID(int=chance.getrandbits(128), version=4), "answers", release, "answers",
            f"q-{chance.randrange(QUESTIONS)}", EventKind.ANSWERED, "en", now_ms, 0, (chance.choice("ab"),),
        )
        for _ in range(30)
    ]  # fmt: skip


def _course() -> dict[str, bytes]:
    """A module of eight lessons with a step to read and three questions each."""
    lessons = [
        f"## Lesson {lesson} {{#lesson-{lesson}}}\n\n- Skills: eds-2022/F7\n\n### Read {{#read-{lesson}}}\n\nWords."
        for lesson in range(8)
    ]
    for number in range(QUESTIONS):
        lessons[number // 3] += f"\n\n### Question: Which {number}? {{#q-{number}}}\n\n- [x] This one\n- [ ] That one"
    settings = "---\ncourse: answers\nlang: en\norder: [answers]\nbadge: none\n---\n# Answers\n\nWelcome.\n"
    head = "---\nmodule: answers\nlang: en\nbadge: none\n---\n# Answers\n\nWelcome.\n\n"
    return {"course.md": settings.encode(), "answers.md": (head + "\n\n".join(lessons) + "\n").encode()}


def _profile(kind: str) -> int:
    import cProfile
    import pstats

    with _databases(kind) as urls, _ours(urls["ours"]) as act:
        chance = random.Random(1)
        for _ in range(200):
            act(_person_id(0, chance.randrange(LEARNERS)), chance)
        with cProfile.Profile() as profile:
            for _ in range(2_000):
                act(_person_id(0, chance.randrange(LEARNERS)), chance)
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    return 0


if __name__ == "__main__":
    sys.exit(main())

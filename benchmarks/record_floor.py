"""The floor of recording an answer: the record transaction's own statements on the raw driver.

The statements, the gate and the pipeline of `lms.store`, on the driver's own connections, without a
rule of ours: it marks nothing, folds nothing, and writes back the progress it read.
"""

from __future__ import annotations

import fcntl
import os
import random
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.databases import now_ms

Act = Callable[[int, random.Random], None]
"""Record one answer of a learner."""

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
def floor(url: str) -> Iterator[Act]:
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
        at_ms, db = now_ms(), own.db.cursor()
        with lock:
            fcntl.flock(own.gate, fcntl.LOCK_EX)
            db.execute("BEGIN IMMEDIATE")
            last_seq, _, state, _ = db.execute(lock_row, {"p": person_id, "c": 1}).fetchone()
            db.execute(event, _event_values(person_id, last_seq, uuid.uuid4().bytes, at_ms))
            db.execute(month, _month_values(person_id))
            db.execute(save, _save_values(person_id, last_seq, state, at_ms))
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
        at_ms, db = now_ms(), own.db.cursor()
        last_seq, _, state, _ = db.execute(LOCK + LOCK_ROW, {"p": person_id, "c": 1}).fetchone()
        db.execute(EVENT, _event_values(person_id, last_seq, uuid.uuid4(), at_ms))
        with own.db.pipeline():
            db.execute(MONTH, _month_values(person_id))
            db.execute(SAVE, _save_values(person_id, last_seq, state, at_ms))
        own.db.commit()

    yield act

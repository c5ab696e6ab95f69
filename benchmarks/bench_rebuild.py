"""Rebuild: how many events a second are folded again and compared, against only reading them.

    python benchmarks/bench_rebuild.py                       # SQLite and PostgreSQL, 100,000 events, five rounds
    python benchmarks/bench_rebuild.py --store sqlite --learners 100 --rounds 3

A round is the floor, then `lms rebuild --check`, then a rebuild after the fold has changed meaning, which
puts every learner right. The floor is the plainest way to look at the same events: the raw driver, one
statement a learner, written out below. Processor time of this process is compared; on PostgreSQL the
server's own comes on top of both. Goal: at most sixteen times the floor's.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.databases import ZONE, add_learner, course_at, databases
from lms.services.rebuild import rebuild
from lms.services.stores import Store
from lms.store.tables import progress

GOAL = 16.0
ANSWERS = 200
"""Of each learner."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if options.store == "both" else [options.store]
    return max(_compare(kind, options.learners, options.rounds) for kind in kinds)


def _compare(kind: str, learners: int, rounds: int) -> int:
    with ExitStack() as opened:
        urls = opened.enter_context(databases(kind, ["rebuilt"]))
        store, catalogue = opened.enter_context(course_at(urls["rebuilt"]))
        for person_id in range(1, learners + 1):
            add_learner(store, catalogue, person_id, ANSWERS)
        again = partial(rebuild, store, catalogue, ZONE)
        found = [_round(store, urls["rebuilt"], again) for _ in range(rounds)]
    return _judged(kind, learners * ANSWERS, found)


def _round(store: Store, url: str, again: Callable[..., Any]) -> tuple[float, float, float]:
    """Processor seconds of the floor, of a check, of a rebuild that puts everybody right."""
    floor = _timed(partial(_floor, url))
    check = _timed(partial(again, check_only=True))
    with store.write() as db:
        db.execute(progress.update().where(progress.c.person_id > 0).values(fold_version=0))
    return floor, check, _timed(again)


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _judged(kind: str, events: int, found: list[tuple[float, float, float]]) -> int:
    floor, check, right = (statistics.median(its) for its in zip(*found, strict=True))
    ratio = statistics.median(it[1] / it[0] for it in found)
    print(f"{kind}: {events:,} events: read {events / floor:,.0f} a second, checked {events / check:,.0f}, "
          f"put right {events / right:,.0f}; a check takes {ratio:.1f} times the floor (goal at most {GOAL:g})",
          flush=True)  # fmt: skip
    return int(ratio > GOAL)


LEARNERS = "SELECT person_id FROM progress ORDER BY person_id"
EVENTS = """
    SELECT kind, step_no, release_id, attempt_no, mark, at_ms, recorded_ms, seq FROM events
    WHERE person_id = %(p)s AND course_id = 1 ORDER BY seq
"""


def _floor(url: str) -> None:
    address = url.replace("+psycopg", "")
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
            for (person_id,) in db.execute(LEARNERS).fetchall():
                db.execute(EVENTS.replace("%(p)s", ":p"), {"p": person_id}).fetchall()
        return
    import psycopg

    with psycopg.connect(address, autocommit=True) as db:
        for (person_id,) in db.execute(LEARNERS).fetchall():
            db.execute(EVENTS, {"p": person_id}).fetchall()


if __name__ == "__main__":
    sys.exit(main())

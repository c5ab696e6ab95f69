"""Record an answer durably, through the service, against the raw driver running the same statements.

    python benchmarks/bench_record.py                       # SQLite and PostgreSQL, five rounds each
    python benchmarks/bench_record.py --store sqlite --rounds 3 --seconds 2
    python benchmarks/bench_record.py --profile             # where one client of ours spends its time

Eight clients, two processes of four threads, answer practice questions of a course they are in the
middle of. A round is the floor, then ours, each on a database of its own with the same contents. The
floor is written out in `record_floor.py`. Medians of the rounds are compared. Goals: half the floor's
rate, the 99th of a hundred answers within three times the floor's, the worst within half a second.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.databases import COURSE, ZONE, add_learner, answer, course_at, databases, now_ms
from benchmarks.record_floor import Act, floor
from lms.services import stores
from lms.services.courses import Catalogue
from lms.services.events import record

PROCESSES, THREADS, LEARNERS = 2, 4, 25
"""Learners: of each client."""
GOAL_RATE, GOAL_P99, GOAL_WORST_MS = 0.5, 3.0, 500.0


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
            print(f"  round {number}: floor {_said(found['floor'][-1])}; ours {_said(found['ours'][-1])}", flush=True)
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


# Ours.


@contextmanager
def _ours(url: str) -> Iterator[Act]:
    with closing(stores.open_store(url, Path(tempfile.gettempdir()))) as store:
        catalogue = Catalogue(store)
        release = catalogue.shelf(now_ms()).course(COURSE).hash

        def act(person_id: int, chance: random.Random) -> None:
            event = answer(release, chance)
            result = record(store, catalogue, person_id, [event], now_ms(), ZONE)
            assert result[0].result == "new", result

        yield act


PARTS: dict[str, Any] = {"floor": floor, "ours": _ours}


@contextmanager
def _databases(kind: str) -> Iterator[dict[str, str]]:
    """Part -> address of its database: the same course, the same learners."""
    with databases(kind, PARTS) as urls:
        for url in urls.values():
            with course_at(url) as (store, catalogue):
                for client in range(PROCESSES * THREADS):
                    for number in range(LEARNERS):
                        add_learner(store, catalogue, _person_id(client, number), answers=30)
        yield urls


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

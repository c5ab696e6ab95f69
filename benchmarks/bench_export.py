"""Export a large site: how long, in how much memory, against PostgreSQL's own COPY of the same figures.

    python benchmarks/bench_export.py                        # 10,000 and 100,000 learners, both stores, five rounds
    python benchmarks/bench_export.py --learners 20000 --rounds 1 --store sqlite

Half a year of made-up facts is put straight into the tables; then both packages are made, the counts
and the rows about single learners, each in a fresh process. On PostgreSQL the floor runs beside them in
every round: the same figures by the plainest statements there are, written out below, sent by COPY into
a file as they come: no pseudonyms, no months of local time, no small numbers hidden, no hashes, no zip.

Goals: ten times the learners take no more memory (within 10 %) and no more than ten times as long
(within 20 %); on PostgreSQL at most three times as long as the floor.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.databases import databases, insert
from lms.learning.days import DAY_MS, day_of, end_of_day, month_of
from lms.services import reports, stores

GOAL_MEMORY, GOAL_GROWTH, GOAL_FLOOR = 1.1, 1.2, 3.0
ZONE = ZoneInfo("Europe/London")
AS_OF = date(2026, 9, 30)
END_MS = end_of_day(AS_OF, ZONE)
NOW_MS = END_MS + DAY_MS
LAST_MONTH = AS_OF.year * 100 + AS_OF.month
AREAS, GROUPS, COURSES, MODULES = 12, 400, 3, 4
PARTS = ("report", "learners")


def main() -> int:
    options = _options()
    if options.part:
        return _child(options.part, options.url, Path(options.folder))
    kinds = ["sqlite", "postgresql"] if options.store == "both" else [options.store]
    return max(_compare(kind, options.learners, options.rounds) for kind in kinds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(kind: str, learners: int, rounds: int) -> int:
    """Run interleaved rounds on one kind of store and say how they compare."""
    sizes = (learners // 10, learners)
    parts = [*PARTS, *(f"{part}-floor" for part in PARTS if kind == "postgresql")]
    print(f"{kind}: {sizes[0]:,} and {sizes[1]:,} learners", flush=True)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    with _databases(kind, sizes) as urls, tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):  # the first only warms the caches
            for size, part in ((size, part) for size in sizes for part in parts):
                took = _measured(part, urls[size], folder)
                if number:
                    found.setdefault((part, size), []).append(took)
            print(f"  round {number}" if number else "  warm", flush=True)
    return max(_judged(kind, part, sizes, found) for part in PARTS)


def _judged(
    kind: str, part: str, sizes: tuple[int, int], found: dict[tuple[str, int], list[tuple[float, float]]]
) -> int:
    small, large = (found[part, size] for size in sizes)
    memory = statistics.median(mine[1] for mine in large) / statistics.median(mine[1] for mine in small)
    growth = statistics.median(big[0] / one[0] for one, big in zip(small, large, strict=True)) * sizes[0] / sizes[1]
    seconds, megabytes = (statistics.median(mine[place] for mine in large) for place in (0, 1))
    print(f"{kind} {part}: {seconds:.2f} s and {megabytes:.0f} MB at the larger size; "
          f"memory {memory:.2f} times the smaller's (goal at most {GOAL_MEMORY}), "
          f"time a learner {growth:.2f} times (at most {GOAL_GROWTH})")  # fmt: skip
    missed = memory > GOAL_MEMORY or growth > GOAL_GROWTH
    if floors := found.get((f"{part}-floor", sizes[1])):
        ratio = statistics.median(mine[0] / floor[0] for mine, floor in zip(large, floors, strict=True))
        print(f"{kind} {part}: {ratio:.2f} times COPY's {statistics.median(it[0] for it in floors):.2f} s "
              f"(goal at most {GOAL_FLOOR:g})")  # fmt: skip
        missed = missed or ratio > GOAL_FLOOR
    return int(missed)


def _measured(part: str, url: str, folder: str) -> tuple[float, float]:
    """Seconds the work took and megabytes the process reached, in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--url", url, "--folder", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def _child(part: str, url: str, folder: Path) -> int:
    began = time.perf_counter()
    if part.endswith("-floor"):
        _floor(FLOOR[part.removesuffix("-floor")], url, folder / f"{part}.csv")
    else:
        with closing(stores.open_store(url, folder)) as store:
            make = {"report": reports.export, "learners": reports.export_learners}[part]
            make(store, ZONE, AS_OF, NOW_MS, folder)
    print(json.dumps([time.perf_counter() - began, _most_megabytes()]))
    return 0


def _most_megabytes() -> float:
    """The most this process held; getrusage would tell the most of the process it was forked from."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


# The floor: the same figures by COPY, as cheap as they can be had.

_MONTH = "{} / 2629800000"
"""No month of anybody's: as many pieces of equal length, the cheapest thing to group by."""
_JOINED = "JOIN enrolments e ON e.person_id = f.person_id AND e.course_id = f.course_id"


def _counted(unit: str) -> tuple[str, ...]:
    month = _MONTH.format("f.recorded_ms")
    return (
        f"SELECT unit, {_MONTH.format('first_ms')}, count(*) FROM (SELECT f.person_id, e.{unit} AS unit, "
        f"min(f.recorded_ms) AS first_ms FROM milestones f {_JOINED} WHERE f.kind = 'lesson' "
        f"AND f.recorded_ms < {END_MS} GROUP BY 1, 2) AS firsts GROUP BY 1, 2",
        f"SELECT unit, month, count(*) FROM (SELECT f.person_id, e.{unit} AS unit, f.month "
        f"FROM learner_months f {_JOINED} WHERE f.month <= {LAST_MONTH} GROUP BY 1, 2, 3) AS once GROUP BY 1, 2",
        f"SELECT e.{unit}, {month}, f.kind, count(*) FROM milestones f {_JOINED} WHERE f.kind IN ('lesson', 'module') "
        f"AND f.recorded_ms < {END_MS} GROUP BY 1, 2, 3",
        f"SELECT e.{unit}, {month}, count(*) FROM awards f JOIN badges b ON b.badge_id = f.badge_id "
        f"JOIN enrolments e ON e.person_id = f.person_id AND e.course_id = b.course_id "
        f"WHERE f.recorded_ms < {END_MS} GROUP BY 1, 2",
    )


_LEARNERS = f"""
    SELECT e.person_id, c.slug, a.code, g.public_id, {_MONTH.format("e.recorded_ms")},
           coalesce(m.months, 0), coalesce(d.lessons, 0), coalesce(d.modules, 0), coalesce(w.badges, 0)
    FROM enrolments e
    JOIN people p ON p.person_id = e.person_id AND p.erased_ms IS NULL
    JOIN courses c ON c.course_id = e.course_id
    LEFT JOIN areas a ON a.area_id = e.area_id
    LEFT JOIN groups g ON g.group_id = e.group_id
    LEFT JOIN (SELECT person_id, course_id, count(*) AS months FROM learner_months
               WHERE month <= {LAST_MONTH} GROUP BY 1, 2) m
           ON m.person_id = e.person_id AND m.course_id = e.course_id
    LEFT JOIN (SELECT person_id, course_id, count(*) FILTER (WHERE kind = 'lesson') AS lessons,
                      count(*) FILTER (WHERE kind = 'module') AS modules
               FROM milestones WHERE recorded_ms < {END_MS} GROUP BY 1, 2) d
           ON d.person_id = e.person_id AND d.course_id = e.course_id
    LEFT JOIN (SELECT f.person_id, b.course_id, count(*) AS badges FROM awards f
               JOIN badges b ON b.badge_id = f.badge_id WHERE f.recorded_ms < {END_MS} GROUP BY 1, 2) w
           ON w.person_id = e.person_id AND w.course_id = e.course_id
    WHERE e.recorded_ms < {END_MS} ORDER BY e.person_id, e.course_id
"""
FLOOR = {"report": (*_counted("area_id"), *_counted("group_id")), "learners": (_LEARNERS,)}


def _floor(statements: Iterable[str], url: str, path: Path) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as db, path.open("wb") as file:
        for statement in statements:
            with db.cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)") as copy:
                for block in copy:
                    file.write(block)


# What is exported: facts as the record transaction leaves them.


@contextmanager
def _databases(kind: str, sizes: tuple[int, ...]) -> Iterator[dict[int, str]]:
    with databases(kind, (f"export_{size}" for size in sizes)) as found:
        urls = dict(zip(sizes, found.values(), strict=True))
        for size, url in urls.items():
            _fill(url, size)
        yield urls


def _fill(url: str, learners: int) -> None:
    with closing(stores.open_store(url, Path(tempfile.gettempdir()))) as store:
        stores.migrate(store, ZONE, NOW_MS)
    rows: dict[str, list[tuple[Any, ...]]] = {}
    _places(rows)
    dice = random.Random(2026)
    for number in range(learners):
        _learner(rows, dice, (number + 1) * 90_071_992_547)
    insert(url, rows)


def _places(rows: dict[str, list[tuple[Any, ...]]]) -> None:
    rows["organisations"] = [(1, "org", "Organisation", "charity")]
    rows["areas"] = [(it, f"E{it:08}", f"Area {it}", None) for it in range(1, AREAS + 1)]
    rows["groups"] = [
        (it, f"group-{it}", _hash(it), "", f"Group {it}", 1, it % AREAS + 1, None, None, True)
        for it in range(1, GROUPS + 1)
    ]
    rows["courses"] = [(it, f"course-{it}", None) for it in range(1, COURSES + 1)]
    rows["releases"] = [(it, it, "0" * 64, "0", "0" * 64, "{}", 0) for it in range(1, COURSES + 1)]
    rows["badges"] = [
        (course * MODULES + module, f"course-{course}/module-{module}", course, f"module-{module}")
        for course in range(1, COURSES + 1)
        for module in range(MODULES)
    ]
    for table in ("people", "enrolments", "learner_months", "milestones", "awards"):
        rows[table] = []


def _hash(number: int) -> bytes:
    return number.to_bytes(32)


def _learner(rows: dict[str, list[tuple[Any, ...]]], dice: random.Random, person_id: int) -> None:
    """One person in one or two courses, a few months each."""
    at = END_MS - dice.randrange(1, 180) * DAY_MS - dice.randrange(DAY_MS)
    rows["people"].append(
        (person_id, f"p{person_id:x}", "account", "A learner", None, None, "en", None, "{}", 0, at, None)
    )
    group = dice.randrange(GROUPS) + 1
    for course in dice.sample(range(1, COURSES + 1), dice.choice((1, 1, 2))):
        rows["enrolments"].append((person_id, course, course, group, group % AREAS + 1, at, at, 1, None))
        _learning(rows, dice, person_id, course, at)


def _learning(rows: dict[str, list[tuple[Any, ...]]], dice: random.Random, person: int, course: int, at: int) -> None:
    months: dict[int, list[int]] = {}
    for lesson in range(dice.randrange(3, 16)):
        at += dice.randrange(1, 12) * DAY_MS
        day = day_of(at, ZONE)
        bits = months.setdefault(month_of(day), [0, 0])
        bits[0], bits[1] = bits[0] | 1 << (day % 100 - 1), bits[1] + 1
        fact = (at, day, at, course)
        rows["milestones"].append((person, course, "lesson", str(lesson), *fact))
        module, last = divmod(lesson, 4)
        if last == 3:
            rows["milestones"].append((person, course, "module", f"module-{module}", *fact))
            award, badge = uuid.UUID(int=person << 16 | course << 8 | lesson), course * MODULES + module
            rows["awards"].append((person, award, badge, 1, course, at, at, "", False, None, None, False, None))
    rows["learner_months"] += [(person, course, month, *bits, bits[1]) for month, bits in months.items()]


if __name__ == "__main__":
    sys.exit(main())

"""Roster: a list of 500 learners and one of 5,000, checked, put by, and added by the job.

    python benchmarks/bench_roster.py                          # SQLite and PostgreSQL, two rounds
    python benchmarks/bench_roster.py --store sqlite --rounds 1

Names are as long as may be, in letters of three bytes, and the list is a file on a disk. Floor: the same rows of one
person (two handles, her account, her membership, her entry in the record, the row that is deleted) by the raw driver on
the same connection, each in a transaction, with the same two hashes. It asks nothing, where we ask for every ten
whether they may still be added. Memory is what is held: what nobody holds any more is collected on the way, since when
Python does that by itself hangs on all else that lives. Goals: adding at least 0.25 of the floor's rate; 5,000 at least
0.8 of the rate of 500; and at most 1.25 times the memory, for checking as for adding.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import itertools
import secrets
import statistics
import sys
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import text

from benchmarks.bench_growth import _person
from benchmarks.bench_ring import _signed
from benchmarks.databases import COURSE, ZONE, course_at, databases, now_ms
from lms.learning.people import Role, ScopeKind
from lms.services import adding, changing, longlists, rosters
from lms.services.changing import Standing
from lms.services.courses import Catalogue
from lms.services.jobs import State, Tools, run_one
from lms.services.people import SignedIn
from lms.services.stores import Store
from lms.store import groups as group_rows
from lms.store.tables import METADATA

SIZES = (500, 5_000)
RATE, FLAT, MEMORY = 0.25, 0.8, 1.25
_turns, _steps = itertools.count(), itertools.count()


def main() -> int:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--store", choices=("sqlite", "postgresql"), action="append")
    about.add_argument("--rounds", type=int, default=2)
    asked = about.parse_args()
    met = [_one(kind, asked.rounds) for kind in asked.store or ("sqlite", "postgresql")]
    return int(not all(met))


def _one(kind: str, rounds: int) -> bool:
    with databases(kind, ("roster",)) as urls, course_at(urls["roster"]) as (store, catalogue):
        site = Site(store, catalogue)
        site.added(50, site.put_by(site.file(50)))  # what is made once is made before
        times: dict[tuple[str, int], list[float]] = {}
        for _round in range(rounds):
            for size in SIZES:
                for what, seconds in site.timed(size).items():
                    times.setdefault((what, size), []).append(size / seconds)
        peaks = {size: site.peaks(size) for size in SIZES}
    rate = {key: statistics.median(rates) for key, rates in times.items()}
    print(f"\n{kind}: rows a second, {rounds} rounds")
    for what in ("check", "add", "floor"):
        print(f"  {what:6}" + "".join(f"{size:>8,}: {rate[what, size]:>8,.0f}" for size in SIZES))
    small, large = SIZES
    of_floor = min(rate["add", size] / rate["floor", size] for size in SIZES)
    flat = min(rate[what, large] / rate[what, small] for what in ("check", "add"))
    more = max(peaks[large][what] / peaks[small][what] for what in ("check", "add"))
    for what in ("check", "add"):
        print(
            f"  memory at most, {what:6}"
            + "".join(f"{size:>8,}: {peaks[size][what] / 1e3:>8,.0f} kB" for size in SIZES)
        )
    print(f"  of the floor {of_floor:.2f} (goal {RATE}); 5,000 against 500: rate {flat:.2f} (goal {FLAT}), ", end="")
    print(f"memory {more:.2f} (goal {MEMORY})")
    return of_floor >= RATE and flat >= FLAT and more <= MEMORY


class Site:
    """A group and who may bring people into it."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self.store = store
        with store.write() as db:
            its_id = group_rows.add_organisation(db, "demo", "Demo charity", "charity")
        self.femi: SignedIn = _signed(store, _person(store, Role.FACILITATOR, ScopeKind.ORGANISATION, its_id))
        course = catalogue.shelf(now_ms()).course(COURSE).course_id
        made = changing.add(
            store, self.femi, Standing("Demo club", (course,)), "a benchmark keeps no secrets", now_ms()
        )
        self.group = made.public_id
        self.tools = Tools(store, catalogue, ZONE, now_ms)

    def file(self, size: int) -> BinaryIO:
        """A list that nobody has sent before."""
        turn = next(_turns)
        rows = (f"{_first(number)} {turn:03} {'ｗ' * 65}" for number in range(size))
        file = tempfile.TemporaryFile()  # noqa: SIM115 - gone when nobody holds it
        file.write(("Name\n" + "\n".join(rows)).encode())
        file.seek(0)
        return file

    def put_by(self, file: BinaryIO) -> uuid.UUID:
        measured = rosters.measure(file)
        assert not measured.faults, measured.faults
        kept = longlists.keep(self.store, self.femi, self.group, file, now_ms())
        assert kept.list_id, kept.faults
        return kept.list_id

    def added(self, size: int, list_id: uuid.UUID, between: Callable[[], bool] = lambda: False) -> None:
        longlists.ask(self.store, self.femi, self.group, list_id, now_ms())
        job = run_one(self.tools, {longlists.KIND: adding.run}, between)
        assert job, "there was no job"
        assert (job.state, job.result.count) == (State.DONE, size), job

    def timed(self, size: int) -> dict[str, float]:
        """Seconds of each part."""
        file = self.file(size)
        list_id: list[uuid.UUID] = []
        check = _seconds(lambda: list_id.append(self.put_by(file)))
        add = _seconds(lambda: self.added(size, list_id[0]))
        floor = self.floor(size)
        return {"check": check, "add": add, "floor": floor}

    def peaks(self, size: int) -> dict[str, int]:
        """The most memory that Python held more than before, of each part."""
        file = self.file(size)
        list_id: list[uuid.UUID] = []
        check = _peak(lambda: list_id.append(self.put_by(file)))
        return {"check": check, "add": _peak(lambda: self.added(size, list_id[0], _tidied))}

    def floor(self, size: int) -> float:
        """Seconds of the same rows by the raw driver."""
        waits, self_id = self.put_by(self.file(size)), self.femi.person_id
        bare = self.store.engine.raw_connection()
        driver: Any = bare.driver_connection
        sqlite, sign = self.store.is_sqlite, "?" if self.store.is_sqlite else "%s"
        templates = self._templates()
        statements = {name: _insert(name, list(row), sign) for name, row in templates}
        drop = f"DELETE FROM long_list_rows WHERE person_id = {sign} AND list_id = {sign} AND number = {sign}"
        begin = time.perf_counter()
        for number in range(1, size + 1):
            driver.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
            driver.execute(drop, (self_id, waits.bytes if sqlite else waits, number))
            her_id = secrets.randbits(63)
            for name, row in templates:
                driver.execute(statements[name], tuple(_fresh(row, her_id, sqlite).values()))
            driver.execute("COMMIT")
        seconds = time.perf_counter() - begin
        bare.close()
        return seconds

    def _templates(self) -> list[tuple[str, dict[str, Any]]]:
        """The rows of somebody who was added, as the driver takes them."""
        with self.store.read() as db:
            her_id = db.execute(text("select max(person_id) from memberships")).scalar_one()
            found = []
            for name in ("people", "handles", "memberships", "audit"):
                columns = ", ".join(METADATA.tables[name].columns.keys())
                rows = db.execute(text(f"select {columns} from {name} where person_id = :p"), {"p": her_id})
                found += [(name, dict(row)) for row in rows.mappings()]
        return found


def _first(number: int) -> str:
    """A first name of its own."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")


def _insert(name: str, columns: list[str], sign: str) -> str:
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join([sign] * len(columns))})"


def _fresh(row: dict[str, Any], her_id: int, sqlite: bool) -> dict[str, Any]:
    """The row of somebody else."""
    new = {**row, "person_id": her_id}
    if "key_hash" in row:
        new["key_hash"] = hashlib.sha256(f"{row['kind']}|{her_id}".encode()).digest()
    if "membership_id" in row:
        its_id = uuid.uuid4()
        new["membership_id"] = its_id.bytes if sqlite else its_id
    if "public_id" in row:
        new["public_id"] = secrets.token_urlsafe(12)
    return new


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _tidied() -> bool:
    """Collect what nobody holds any more, after every 200 people or so; never a reason to stop."""
    if next(_steps) % 20 == 0:
        gc.collect()
    return False


def _peak(act: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    sys.exit(main())

"""Jobs: work that outlives the request which asked for it, and whichever process was doing it.

A job is a kind, its arguments and how far it has come (`at_key`). A worker takes one by a lease: whoever
changes the row first has it, for a minute, and again a minute with every beat. A worker that is killed
beats no more, and the next one goes on from the key it wrote last; so what a job does must come to the
same when its last steps are done twice. One that fails is tried again, later each time; after six
failures without getting any further it is left alone, and says why.

There is at most one job of a kind with the same arguments: its id is made from them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.content.plan import canonical
from lms.services.courses import Catalogue
from lms.store import jobs as rows
from lms.store.gate import Store, retried
from lms.store.jobs import JobRow

if TYPE_CHECKING:  # a start asks for jobs and does none
    from lms.services.credentials import Signer
    from lms.services.smtp import Post

LEASE_MS = 60_000
"""How long a job is a worker's without a beat. No step of a job may take as long."""
BEAT_MS = 1_000
FAR_MS = 600_000
"""No job waits as long: one that is due later still was put off by a clock that was wrong."""
MOST_TRIES = 6
BACK_OFF_MS = 5_000
"""After the first failure; twice as long after each further one."""
_LOOKED_AT = 10
"""How many due jobs are read at once: other workers may take the first of them meanwhile."""
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms jobs")
_STOPPED = "Its worker stopped before it ended."


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


_ENDED = (State.DONE, State.FAILED)


@dataclass(frozen=True)
class At:
    """How far a job has come: where to go on from, and how much this step has written."""

    key: str
    count: int = 0


@dataclass(frozen=True)
class Tools:
    """What a job is given to work with."""

    store: Store
    catalogue: Catalogue
    zone: ZoneInfo
    clock: Callable[[], int]
    signer: Signer | None = None
    """Who signs badges; None where no key is there."""
    post: Post | None = None
    """What letters are sent with; None where none are."""


class Run(Protocol):
    """What a kind of job does: go on from a key (empty: the beginning), step by step, each complete in itself."""

    def __call__(self, tools: Tools, args: Mapping[str, Any], at_key: str, /) -> Iterator[At]: ...


@dataclass(frozen=True)
class Result:
    """What a job has come to so far, as its row keeps it."""

    count: int = 0
    """How much was written, as far as beats have told."""
    tries: int = 0
    """How often it failed without getting any further."""
    failure: str = ""
    """The last one."""
    began: str = ""
    """The key from which it was last taken up."""
    since_ms: int = 0
    """When the first of those failures was."""


@dataclass(frozen=True)
class Job:
    """A job for people to look at."""

    kind: str
    args: Mapping[str, Any]
    state: State
    at_key: str
    result: Result
    due_ms: int | None
    """When it may be taken: of one that waits, or whose worker was killed."""

    @property
    def failed(self) -> bool:
        """Whether it waits because it failed, or was left alone for that."""
        return self.state is not State.DONE and bool(self.result.tries)


class LeaseLost(Exception):
    """Somebody else has taken the job: this worker must leave it."""


def enqueue(db: Connection, kind: str, args: Mapping[str, Any], at_ms: int) -> UUID:
    """Ask for a job, in the transaction of what it follows from. One that has ended begins anew."""
    new = _new(kind, args, at_ms)
    if not rows.add(db, new):
        known = rows.job(db, new.job_id)
        if known and known.state in _ENDED:
            rows.change(db, known, state=State.WAITING, lease_ms=at_ms, at_key=None, result=None)
    return new.job_id


def enqueue_once(db: Connection, kind: str, args: Mapping[str, Any], at_ms: int) -> UUID:
    """Ask for a job that never begins anew."""
    new = _new(kind, args, at_ms)
    rows.add(db, new)
    return new.job_id


def ask_of_day(store: Store, kind: str, day: int, at_ms: int) -> None:
    """Ask for the job of a day: once, however many workers there are and however often they start."""
    args = {"day": day}
    with store.read() as db:
        known = state_of(db, kind, args)
    if known is None:
        _ask_once(store, kind, args, at_ms)


@retried
def _ask_once(store: Store, kind: str, args: Mapping[str, Any], at_ms: int) -> None:
    with store.write() as db:
        enqueue_once(db, kind, args, at_ms)


def state_of(db: Connection, kind: str, args: Mapping[str, Any]) -> State | None:
    """Where a job is; None where nobody has asked for it."""
    known = rows.job(db, _id_of(kind, canonical(args)))
    return State(known.state) if known else None


def known(db: Connection, kind: str, args: Mapping[str, Any]) -> Job | None:
    """A job as it stands; None where nobody has asked for it."""
    row = rows.job(db, _id_of(kind, canonical(args)))
    return _told(row) if row else None


def _new(kind: str, args: Mapping[str, Any], at_ms: int) -> JobRow:
    said = canonical(args)
    return JobRow(_id_of(kind, said), kind, said, State.WAITING, at_ms, None, None)


def _id_of(kind: str, args: str) -> UUID:
    return uuid.uuid5(_SPACE, f"{kind} {args}")


def every_job(store: Store) -> list[Job]:
    """All jobs, those still to do first."""
    with store.read() as db:
        return [_told(row) for row in rows.every_job(db)]


def left_alone(store: Store) -> list[Job]:
    """The jobs that failed too often: nobody does them until somebody says so."""
    with store.read() as db:
        return [_told(row) for row in rows.jobs_in(db, State.FAILED)]


@retried
def drop_ended(store: Store, kind: str) -> None:
    """Drop the jobs of a kind that nobody will look at again: those that are done or left alone."""
    with store.write() as db:
        rows.drop(db, kind, _ENDED)


@retried
def drop_done(store: Store, kind: str) -> None:
    """Drop the jobs of a kind that are done; those left alone stay to be looked at."""
    with store.write() as db:
        rows.drop(db, kind, (State.DONE,))


@retried
def try_again(store: Store, now_ms: int) -> int:
    """Let the jobs that were left alone be tried once more, from where they were; how many."""
    with store.write() as db:
        failed = rows.jobs_in(db, State.FAILED)
        return sum(rows.change(db, row, state=State.WAITING, lease_ms=now_ms, result=_forgiven(row)) for row in failed)


def _forgiven(row: JobRow) -> str:
    return canonical(asdict(Result(count=_result(row).count)))


def run_one(tools: Tools, kinds: Mapping[str, Run], stopping: Callable[[], bool] = lambda: False) -> Job | None:
    """Take a job that is due and do it, until it ends or `stopping` says so. What became of it; None for no job."""
    lease = _take(tools.store, list(kinds), tools.clock())
    if lease is None:
        return None
    if lease.row.state == State.FAILED:
        return _told(lease.row)
    return _do(tools, kinds[lease.row.kind], lease, stopping)


def run_now(tools: Tools, kind: str, args: Mapping[str, Any], run: Run) -> Job | None:
    """Do a job here, for somebody who waits for it: a worker that has it leaves it at its next beat.

    What became of it; None where nobody asked for it, or it is done.
    """
    lease = _take_over(tools, _id_of(kind, canonical(args)))
    return _do(tools, run, lease, lambda: False) if lease else None


def _do(tools: Tools, run: Run, lease: _Lease, stopping: Callable[[], bool]) -> Job:
    try:
        with closing(_steps(tools, run, lease)) as steps:
            for at in steps:
                lease.reach(at, tools.clock())
                if stopping():
                    lease.give_back(tools.clock())
                    break
            else:
                lease.end()
    except LeaseLost:
        pass
    except Exception as fault:
        lease.fail(_said(fault), tools.clock())
    return _told(lease.row)


def _steps(tools: Tools, run: Run, lease: _Lease) -> Generator[At, None, None]:
    yield from run(tools, json.loads(lease.row.args), lease.row.at_key or "")


def _take(store: Store, kinds: list[str], now_ms: int) -> _Lease | None:
    with store.read() as db:
        found = rows.due(db, (State.WAITING, State.RUNNING), kinds, now_ms, now_ms + FAR_MS, _LOOKED_AT)
    for seen in found:
        lease = _Lease(store, seen)
        if lease.take(now_ms):
            return lease
    return None


def _take_over(tools: Tools, job_id: UUID) -> _Lease | None:
    while True:
        with tools.store.read() as db:
            seen = rows.job(db, job_id)
        if seen is None or seen.state == State.DONE:
            return None
        lease = _Lease(tools.store, seen)
        if lease.take_over(tools.clock()):
            return lease  # else its worker has beaten meanwhile


class _Lease:
    """A job in one worker's hands. `row` is what this worker has last seen or written."""

    def __init__(self, store: Store, row: JobRow) -> None:
        self._store = store
        self.row = row
        self._result = _result(row)
        self._at = row.at_key
        self._beat_ms = 0

    def take(self, now_ms: int) -> bool:
        """Whether it is this worker's now: to do, or to say that it is left alone since it kills every worker."""
        killed = self.row.state == State.RUNNING
        if killed:
            self._failed(_STOPPED, now_ms)
        if killed and self._result.tries >= MOST_TRIES:
            return self._change(state=State.FAILED, lease_ms=None)
        return self._begin(now_ms)

    def take_over(self, now_ms: int) -> bool:
        """Whether it is this worker's now, whoever had it; how often it failed counts no more."""
        self._result = Result(count=self._result.count)
        return self._begin(now_ms)

    def _begin(self, now_ms: int) -> bool:
        self._result = replace(self._result, began=self._at or "")
        self._beat_ms = now_ms
        return self._change(state=State.RUNNING, lease_ms=now_ms + LEASE_MS)

    def reach(self, at: At, now_ms: int) -> None:
        """Take note of a step that is done; written down every second. LeaseLost where the job is another's."""
        self._at = at.key
        self._result = replace(self._result, count=self._result.count + at.count)
        if not 0 <= now_ms - self._beat_ms < BEAT_MS:
            self._beat_ms = now_ms
            self._must_change(lease_ms=now_ms + LEASE_MS)

    def end(self) -> None:
        self._must_change(state=State.DONE, lease_ms=None)

    def give_back(self, now_ms: int) -> None:
        """For any worker to go on with, at once."""
        self._must_change(state=State.WAITING, lease_ms=now_ms)

    def fail(self, failure: str, now_ms: int) -> None:
        """Try again later, or never."""
        self._failed(failure, now_ms)
        tries = self._result.tries
        if tries >= MOST_TRIES:
            self._change(state=State.FAILED, lease_ms=None)
        else:
            self._change(state=State.WAITING, lease_ms=now_ms + BACK_OFF_MS * 2 ** (tries - 1))

    def _failed(self, failure: str, now_ms: int) -> None:
        stuck = (self._at or "") == self._result.began
        tries, since_ms = (self._result.tries, self._result.since_ms or now_ms) if stuck else (0, now_ms)
        self._result = replace(self._result, failure=failure, tries=tries + 1, since_ms=since_ms)

    def _must_change(self, **values: Any) -> None:
        if not self._change(**values):
            raise LeaseLost

    @retried
    def _change(self, **values: Any) -> bool:
        own = {"at_key": self._at, "result": canonical(asdict(self._result)), **values}
        with self._store.write() as db:
            changed = rows.change(db, self.row, **own)
        if changed:
            self.row = self.row._replace(**own)
        return changed


def _said(fault: Exception) -> str:
    """A fault in one line, without what a statement was given: that may be somebody's words."""
    driver = getattr(fault, "orig", None) or fault
    return f"{type(fault).__name__}: {driver}".partition("\n")[0][:300]


def _told(row: JobRow) -> Job:
    return Job(row.kind, json.loads(row.args), State(row.state), row.at_key or "", _result(row), row.lease_ms)


def _result(row: JobRow) -> Result:
    return Result(**json.loads(row.result)) if row.result else Result()

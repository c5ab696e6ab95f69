"""Rows of jobs. A job is taken in two steps: read plainly, then changed where it is still as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from lms.store.statements import insert_into
from lms.store.tables import jobs


class JobRow(NamedTuple):
    """A job as it was read."""

    job_id: UUID
    kind: str
    args: str
    state: str
    lease_ms: int | None
    at_key: str | None
    result: str | None


_ROW = select(jobs.c.job_id, jobs.c.kind, jobs.c.args, jobs.c.state, jobs.c.lease_ms, jobs.c.at_key, jobs.c.result)


def add(db: Connection, job: JobRow) -> bool:
    """A new job; False where there is one of this id."""
    row = insert_into(db, jobs).values(**job._asdict())
    return bool(db.execute(row.on_conflict_do_nothing()).rowcount == 1)


def job(db: Connection, job_id: UUID) -> JobRow | None:
    """A job by its id."""
    row = db.execute(_ROW.where(jobs.c.job_id == job_id)).first()
    return JobRow(*row) if row else None


def due(
    db: Connection, states: Iterable[str], kinds: Iterable[str], now_ms: int, far_ms: int, most: int
) -> list[JobRow]:
    """The jobs of these states and kinds whose instant has come, or is too far away to be true; longest due first."""
    come = (jobs.c.lease_ms <= now_ms) | (jobs.c.lease_ms > far_ms)
    found = _ROW.where(jobs.c.state.in_(list(states)), jobs.c.kind.in_(list(kinds)), come)
    return [JobRow(*row) for row in db.execute(found.order_by(jobs.c.lease_ms, jobs.c.job_id).limit(most))]


def every_job(db: Connection) -> list[JobRow]:
    """All there are, those that are due or running first."""
    return [JobRow(*row) for row in db.execute(_ROW.order_by(jobs.c.lease_ms.is_(None), jobs.c.lease_ms, jobs.c.kind))]


def jobs_in(db: Connection, state: str) -> list[JobRow]:
    """Those in a state."""
    return [JobRow(*row) for row in db.execute(_ROW.where(jobs.c.state == state).order_by(jobs.c.kind, jobs.c.job_id))]


def change(db: Connection, seen: JobRow, **values: Any) -> bool:
    """Change a job that is still as it was read; False where somebody else has had it since."""
    still = (jobs.c.job_id == seen.job_id, jobs.c.state == seen.state, jobs.c.lease_ms == seen.lease_ms)
    return bool(db.execute(update(jobs).where(*still).values(**values)).rowcount == 1)


def drop(db: Connection, kind: str, states: Iterable[str]) -> None:
    """Delete the jobs of a kind that are in one of these states."""
    db.execute(delete(jobs).where(jobs.c.kind == kind, jobs.c.state.in_(list(states))))

"""The audit of what was done to or by a person: one chain of hashes a person, so there is no bottleneck."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from lms.content.plan import canonical
from lms.learning.events import is_text
from lms.store.people import lock
from lms.store.tables import audit

_WHOLE = (
    audit.c.n,
    audit.c.at_ms,
    audit.c.actor_id,
    audit.c.action,
    audit.c.object,
    audit.c.detail,
    audit.c.prev_hash,
)


def note(
    db: Connection, person_id: int, action: str, at_ms: int, actor_id: int | None, thing: str = "", detail: str = ""
) -> None:
    """Append an entry, holding the person's row: of two at once the second follows the first."""
    lock(db, person_id)
    last = db.execute(select(*_WHOLE).where(audit.c.person_id == person_id).order_by(audit.c.n.desc()).limit(1)).first()
    values = {"n": last.n + 1 if last else 1, "prev_hash": _hash(tuple(last)) if last else bytes(32)}
    db.execute(
        insert(audit).values(
            person_id=person_id, at_ms=at_ms, actor_id=actor_id, action=action, object=thing, detail=detail, **values
        )
    )


def begin(
    db: Connection, person_id: int, action: str, at_ms: int, actor_id: int | None, thing: str = "", detail: str = ""
) -> None:
    """The first entry of somebody whom the same transaction has made: nobody else can have noted anything."""
    first = {"n": 1, "at_ms": at_ms, "actor_id": actor_id, "action": action, "object": thing, "detail": detail}
    db.execute(insert(audit), {"person_id": person_id, "prev_hash": bytes(32), **first})


class Entry(NamedTuple):
    """What was done to or by a person, and by whom."""

    at_ms: int
    actor_id: int | None
    action: str
    object: str


def entries(db: Connection, person_id: int) -> list[Entry]:
    """All that a person's chain says, the oldest first."""
    told = select(audit.c.at_ms, audit.c.actor_id, audit.c.action, audit.c.object)
    return [Entry(*row) for row in db.execute(told.where(audit.c.person_id == person_id).order_by(audit.c.n))]


def did(db: Connection, person_id: int, action: str, thing: str) -> bool:
    """Whether her chain says that something was done with a thing."""
    said = select(audit.c.n).where(audit.c.person_id == person_id, audit.c.action == action, audit.c.object == thing)
    return is_text(thing) and db.execute(said.limit(1)).first() is not None


def _hash(entry: tuple[object, ...]) -> bytes:
    *told, prev = entry
    return hashlib.sha256(bytes(prev) + canonical(told).encode()).digest()  # type: ignore[call-overload]


def chain_holds(db: Connection, person_id: int) -> bool:
    """Whether no entry of a person's chain was changed or taken out."""
    rows = db.execute(select(*_WHOLE).where(audit.c.person_id == person_id).order_by(audit.c.n))
    return all(_follow(rows))


def broken_chains(db: Connection) -> Iterator[int | None]:
    """Of each person with a chain: None where it holds, else her id. One at a time, whatever their number."""
    found = db.execution_options(stream_results=True).execute(
        select(audit.c.person_id, *_WHOLE).order_by(audit.c.person_id, audit.c.n)
    )
    for person_id, rows in groupby(found.yield_per(1_000), key=lambda row: int(row.person_id)):
        yield None if all(_follow(row[1:] for row in rows)) else person_id


def _follow(rows: Iterable[Sequence[Any]]) -> Iterator[bool]:
    """Of each entry of a chain, whether it follows the one before."""
    expected = bytes(32)
    for number, row in enumerate(rows, start=1):
        yield row[0] == number and bytes(row[-1]) == expected
        expected = _hash(tuple(row))

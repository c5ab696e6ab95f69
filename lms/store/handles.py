"""Handles: what is typed, tapped or linked, kept as a hash, leading to a person. And throttles, kept alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from lms.store.statements import insert_for, insert_into
from lms.store.tables import handles, throttles


class Handle(NamedTuple):
    """Where a handle leads."""

    person_id: int
    ref: str | None
    expires_ms: int | None
    used_ms: int | None


def key_hash(kind: str, value: str) -> bytes:
    """The key of a handle: SHA-256 of its kind and its normalised value. No pepper: values are random or public.

    Any text has one, also what no database could keep: what is typed into an address is looked up as it is.
    """
    return hashlib.sha256(f"{kind}|{value}".encode(errors="surrogatepass")).digest()


def add(
    db: Connection, kind: str, value: str, person_id: int, at_ms: int, expires_ms: int | None = None, ref: str = ""
) -> bool:
    """Make a handle; False if it leads somewhere already."""
    row = {"key_hash": key_hash(kind, value), "kind": kind, "person_id": person_id, "ref": ref or None}
    return db.execute(_new(db.dialect.name), row | {"made_ms": at_ms, "expires_ms": expires_ms}).first() is not None


@lru_cache
def _new(database: str) -> Any:
    """Made once: a roster makes thousands of handles, and making this takes longer than running it."""
    return insert_for(database, handles).on_conflict_do_nothing().returning(handles.c.kind)


def find(db: Connection, kind: str, value: str) -> Handle | None:
    """Where a handle leads, live or not."""
    row = db.execute(
        select(handles.c.person_id, handles.c.ref, handles.c.expires_ms, handles.c.used_ms).where(
            handles.c.key_hash == key_hash(kind, value), handles.c.kind == kind
        )
    ).first()
    return Handle(*row) if row else None


def find_each(db: Connection, kind: str, values: Iterable[str]) -> dict[str, int]:
    """Value -> whom its handle of a kind leads to, for those that there are."""
    keys = {key_hash(kind, value): value for value in values}
    found = select(handles.c.key_hash, handles.c.person_id).where(handles.c.key_hash.in_(list(keys)))
    return {keys[bytes(key)]: person_id for key, person_id in db.execute(found.where(handles.c.kind == kind))}


def find_some(db: Connection, kind: str, values: Iterable[str]) -> list[int]:
    """The people to whom some handles lead."""
    keys = [key_hash(kind, value) for value in values]
    return list(db.execute(select(handles.c.person_id).where(handles.c.key_hash.in_(keys))).scalars())


def use(db: Connection, kind: str, value: str, at_ms: int) -> bool:
    """Spend a single-use handle; False if it is spent, expired or unknown. One of two at once wins."""
    live = (handles.c.expires_ms.is_(None)) | (handles.c.expires_ms > at_ms)
    done = db.execute(
        update(handles)
        .where(handles.c.key_hash == key_hash(kind, value), handles.c.kind == kind, handles.c.used_ms.is_(None), live)
        .values(used_ms=at_ms)
    )
    return bool(done.rowcount == 1)


def drop(db: Connection, kind: str, value: str) -> None:
    """Forget one handle."""
    db.execute(delete(handles).where(handles.c.key_hash == key_hash(kind, value), handles.c.kind == kind))


def leads_any(db: Connection, kind: str, person_id: int) -> bool:
    """Whether a handle of a kind leads to a person."""
    asked = select(handles.c.kind).where(handles.c.person_id == person_id, handles.c.kind == kind).limit(1)
    return db.execute(asked).first() is not None


def drop_all(db: Connection, kind: str, person_id: int) -> None:
    """Forget every handle of a kind that leads to a person."""
    db.execute(delete(handles).where(handles.c.person_id == person_id, handles.c.kind == kind))


def drop_some(db: Connection, kind: str, values: Iterable[str], person_id: int) -> None:
    """Forget those of some handles that lead to a person."""
    keys = [key_hash(kind, value) for value in values]
    db.execute(delete(handles).where(handles.c.person_id == person_id, handles.c.key_hash.in_(keys)))


def forget(db: Connection, person_id: int) -> None:
    """Forget every handle that leads to a person, but from a number to a number: that says who she was to nobody."""
    db.execute(delete(handles).where(handles.c.person_id == person_id, handles.c.kind != "merged"))


def expired(db: Connection, now_ms: int, after: bytes, limit: int) -> list[bytes]:
    """Keys of handles that no longer lead anywhere, in their order, from after one."""
    old = select(handles.c.key_hash).where(handles.c.expires_ms <= now_ms, handles.c.key_hash > after)
    return list(db.execute(old.order_by(handles.c.key_hash).limit(limit)).scalars())


def forget_expired(db: Connection, keys: Iterable[bytes], now_ms: int) -> None:
    """Drop those handles, unless they lead somewhere again."""
    old = delete(handles).where(handles.c.key_hash == bindparam("key"), handles.c.expires_ms <= now_ms)
    db.execute(old, [{"key": key} for key in keys])


_TURN = 0
"""A window in which nothing is counted: its row says whose turn it is. Only where there is no gate."""


def hold_tries(db: Connection, key: bytes, before_ms: int) -> None:
    """Drop what no longer counts of a key, and let nobody else look at it until the transaction ends."""
    if db.dialect.name != "sqlite":
        count_try(db, key, _TURN)
    forget_tries_before(db, {key}, before_ms)


def count_try(db: Connection, key: bytes, window_ms: int) -> None:
    """Count a try in a window."""
    new = insert_into(db, throttles).values(key_hash=key, window_ms=window_ms, tries=1)
    counted = {"tries": throttles.c.tries + 1}
    db.execute(new.on_conflict_do_update(index_elements=["key_hash", "window_ms"], set_=counted))


def tries(db: Connection, key: bytes, since_ms: int, until_ms: int) -> tuple[int, int]:
    """How many tries there have been between two instants, and the start of the last window that has any."""
    row = db.execute(
        select(func.coalesce(func.sum(throttles.c.tries), 0), func.coalesce(func.max(throttles.c.window_ms), 0)).where(
            throttles.c.key_hash == key, throttles.c.window_ms.between(since_ms, until_ms)
        )
    ).one()
    return int(row[0]), int(row[1])


def old_tries(db: Connection, before_ms: int, after: bytes, limit: int) -> list[bytes]:
    """Keys of which some tries no longer count, in their order, from after one."""
    old = select(throttles.c.key_hash).where(throttles.c.window_ms < before_ms, throttles.c.key_hash > after)
    return list(db.execute(old.distinct().order_by(throttles.c.key_hash).limit(limit)).scalars())


def forget_tries_before(db: Connection, keys: Iterable[bytes], before_ms: int) -> None:
    """Drop what no longer counts of some keys."""
    old = delete(throttles).where(throttles.c.key_hash == bindparam("key"), throttles.c.window_ms < before_ms)
    db.execute(old, [{"key": key} for key in keys])

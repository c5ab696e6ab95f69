"""Forgetting what has expired: sign-ins nobody uses any more, codes and invitations, wrong tries.

None of it does anything once its time is over, so this is tidiness and can wait: it is done when the
site starts, in small transactions that hold nobody up. What goes as people come (her own old
sign-ins when she signs in, an account's old tries at its next) is not done here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection

from lms.errors import Busy, DiskFull
from lms.services import throttles
from lms.store import handles, people
from lms.store.gate import Store, retried

BATCH = 200
"""How many people or handles one transaction is about."""
MOST_BATCHES = 250
"""Of each kind at one start, a few seconds: the site is to open. What is left goes at the next."""

Key = TypeVar("Key", int, bytes)
Find = Callable[[Connection, int, Key, int], list[Key]]
Forget = Callable[[Connection, list[Key], int], None]


def forget_expired(store: Store, now_ms: int) -> None:
    """Drop every row that no longer counts. Where nothing can be written now, the rest stays for next time."""
    with suppress(Busy, DiskFull):
        _in_batches(store, people.expired_sign_ins, people.forget_expired_sign_ins, 0, now_ms)
        _in_batches(store, handles.expired, handles.forget_expired, b"", now_ms)
        _in_batches(store, handles.old_tries, handles.forget_tries_before, b"", now_ms - throttles.HOUR_MS)


def _in_batches(store: Store, find: Find[Key], forget: Forget[Key], after: Key, before_ms: int) -> None:
    """Read the keys first, then forget by key: a statement about everybody is none for a distributed database."""
    for _ in range(MOST_BATCHES):
        with store.read() as db:
            keys = find(db, before_ms, after, BATCH)
        if not keys:
            return
        _forget(store, forget, keys, before_ms)
        after = keys[-1]


@retried
def _forget(store: Store, forget: Forget[Key], keys: list[Key], before_ms: int) -> None:
    with store.write() as db:
        forget(db, keys, before_ms)

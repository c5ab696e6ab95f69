"""Forgetting what has expired: sign-ins nobody uses any more, codes and invitations, wrong tries, letters of the
day before yesterday, the words of complaints that were answered long ago, what came of long lists, guests who left.

None of it does anything once its time is over, so this is tidiness and can wait: a worker does it once a day,
as a job named after the day, in small transactions that hold nobody up. A start does it too, as far as it gets
at once. What goes as people come (her own old sign-ins when she signs in, an account's old tries at its next)
is not done here.

Guests are a worker's alone: of one who has not been here for 90 days everything goes, and was never counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

from lms.errors import Busy, DiskFull
from lms.learning.days import DAY_MS
from lms.services import jobs, throttles, uploads
from lms.services.jobs import At, Tools
from lms.services.people import GUEST_IDLE_MS
from lms.store import complaints, guests, handles, longlists, mail, people
from lms.store.gate import Store, retried

KIND = "forget"
BATCH = 200
"""How many people or handles one transaction is about."""
COMPLAINT_MS = 365 * DAY_MS
"""How long the words of a complaint stay once it is closed."""
LIST_MS = 30 * DAY_MS
"""How long it is told what came of a long list of learners. The names on it went before."""
MOST_BATCHES = 250
"""At one start, a few seconds: the site is to open. The rest is left to the worker, or to the next start."""

Key = TypeVar("Key", int, bytes)
Find = Callable[[Connection, int, Key, int], list[Key]]
Forget = Callable[[Connection, list[Key], int], None]


def run(tools: Tools, _args: Mapping[str, Any], _at_key: str) -> Iterator[At]:
    """Do it, a batch a step. What is gone is gone: it goes on by beginning again. Earlier days' jobs go last."""
    now_ms = tools.clock()
    batches = itertools.chain(_batches(tools.store, now_ms), _guests(tools.store, now_ms))
    for number, count in enumerate(batches, start=1):
        yield At(str(number), count)
    uploads.sweep(tools.store, now_ms)
    jobs.drop_ended(tools.store, KIND)
    tools.store.settle()


def forget_expired(store: Store, now_ms: int) -> None:
    """Drop what no longer counts, as much as a start has time for. Where nothing can be written, it stays."""
    with suppress(Busy, DiskFull):
        for _ in islice(_batches(store, now_ms), MOST_BATCHES):
            pass


def _batches(store: Store, now_ms: int) -> Iterator[int]:
    """Forget everything, and say of each batch how many it was."""
    yield from _in_batches(store, people.expired_sign_ins, people.forget_expired_sign_ins, 0, now_ms)
    yield from _in_batches(store, handles.expired, handles.forget_expired, b"", now_ms)
    yield from _in_batches(store, complaints.old, complaints.forget_old, -1, now_ms - COMPLAINT_MS)
    yield from _in_batches(store, mail.old, mail.forget_old, 0, now_ms - DAY_MS)
    yield from _in_batches(store, longlists.old, longlists.forget_old, 0, now_ms - LIST_MS)
    yield from _in_batches(store, handles.old_tries, handles.forget_tries_before, b"", now_ms - throttles.HOUR_MS)


def _guests(store: Store, now_ms: int) -> Iterator[int]:
    after, since_ms = 0, now_ms - GUEST_IDLE_MS
    while ids := _found(store, guests.old, after, since_ms):
        yield _erase_idle(store, ids, since_ms, now_ms)
        after = ids[-1]


@retried
def _erase_idle(store: Store, ids: list[int], since_ms: int, at_ms: int) -> int:
    with store.write() as db:
        return guests.erase_idle(db, ids, since_ms, at_ms)


def _in_batches(store: Store, find: Find[Key], forget: Forget[Key], after: Key, before_ms: int) -> Iterator[int]:
    """Read the keys first, then forget by key: a statement about everybody is none for a distributed database."""
    while keys := _found(store, find, after, before_ms):
        _forget(store, forget, keys, before_ms)
        yield len(keys)
        after = keys[-1]


def _found(store: Store, find: Find[Key], after: Key, before_ms: int) -> list[Key]:
    with store.read() as db:
        return find(db, before_ms, after, BATCH)


@retried
def _forget(store: Store, forget: Forget[Key], keys: list[Key], before_ms: int) -> None:
    with store.write() as db:
        forget(db, keys, before_ms)

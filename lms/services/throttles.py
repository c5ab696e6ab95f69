"""Throttles on guessing: per account a growing wait, per address a ceiling; never a lock-out.

A partner who watches must not be able to lock her out by typing wrong passwords, so an account
waits at most a minute; a club shares one address, so an address may fail a hundred times in ten
minutes. Shared by all workers through the database.
"""

from __future__ import annotations

from lms.errors import TooManyTries
from lms.store import handles
from lms.store.gate import Store, retried

FREE = 5
LONGEST_MS = 60_000
HOUR_MS = 3_600_000
ADDRESS_MS = 600_000
ADDRESS_TRIES = 100


def check(store: Store, account: str, address: str, now_ms: int) -> None:
    """TooManyTries, with the seconds to wait, where a further try must wait. A code has no account: empty."""
    with store.read() as db:
        failures, last = handles.tries(db, _account(account), now_ms - HOUR_MS) if account else (0, 0)
        from_address, _ = handles.tries(db, _address(address), now_ms - ADDRESS_MS)
    wait = last + delay_ms(failures) - now_ms
    if wait > 0:
        raise TooManyTries(-(-wait // 1000))
    if from_address >= ADDRESS_TRIES:
        raise TooManyTries(LONGEST_MS // 1000)


def delay_ms(failures: int) -> int:
    """How long after its last failure an account waits: 1, 2, 4 ... 60 seconds after five free ones."""
    if failures < FREE:
        return 0
    return min(LONGEST_MS, 1000 << min(failures - FREE, 10))


@retried
def failed(store: Store, account: str, address: str, now_ms: int) -> None:
    """Count a failure."""
    with store.write() as db:
        handles.forget_tries_before(db, _account(account), now_ms - HOUR_MS)
        handles.forget_tries_before(db, _address(address), now_ms - ADDRESS_MS)
        if account:
            handles.count_try(db, _account(account), now_ms)
        handles.count_try(db, _address(address), now_ms - now_ms % 1000)


@retried
def passed(store: Store, account: str) -> None:
    """Begin afresh for an account after a success."""
    with store.write() as db:
        handles.forget_tries_before(db, _account(account), 2**62)


def _account(account: str) -> bytes:
    return handles.key_hash("tries", account)


def _address(address: str) -> bytes:
    return handles.key_hash("address", address)

"""Throttles on guessing: per account a growing wait, per address a ceiling; never a lock-out.

A partner who watches must not be able to lock her out by typing wrong passwords, so an account
waits at most a minute; a club shares one address, so an address may fail a hundred times in ten
minutes. Shared by all workers through the database.

A password takes long to check, so a guess at one is counted before it is looked at: else twenty
sent at once would all be looked at before the first was counted. Who was right begins afresh. The
address is counted only when a guess was wrong, so that a club that signs in all at once takes
nothing from it; as many as are looked at in that moment, two a process, may then come on top.
A code is looked up and counted in one transaction, so there nothing comes between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Connection

from lms.errors import Busy, TooManyTries
from lms.store import handles
from lms.store.gate import Store, retried

FREE = 5
LONGEST_MS = 60_000
HOUR_MS = 3_600_000
ADDRESS_MS = 600_000
ADDRESS_TRIES = 100
TURN_SECONDS = 10.0

# Two right passwords at once must not look like guesses: in a process an account is tried by one at a
# time. Few locks serve all accounts; whoever shares one waits as long as a password takes.
_TURNS = tuple(threading.Lock() for _ in range(64))
_LOOKED_AT = threading.BoundedSemaphore(2)


def guess(store: Store, account: str, address: str, now_ms: int, right: Callable[[], bool]) -> bool:
    """Whether a guess at an account is right. TooManyTries where it must wait; then `right` is not asked."""
    check(store, account, address, now_ms)
    with _turn(account), _LOOKED_AT:
        _begin(store, account, address, now_ms)
        if not right():
            _failed(store, address, now_ms)
            return False
        _passed(store, account)
        return True


def check(store: Store, account: str, address: str, now_ms: int) -> None:
    """TooManyTries where a further try must wait: by reading alone, so that a flood of them writes nothing.

    A code has no account: empty.
    """
    with store.read() as db:
        _check(db, account, address, now_ms)


def admit(db: Connection, account: str, address: str, now_ms: int) -> None:
    """The same within a transaction: until it ends nobody else is admitted to this account, or from this address."""
    key, counts_ms = (_account(account), HOUR_MS) if account else (_address(address), ADDRESS_MS)
    handles.hold_tries(db, key, now_ms - counts_ms)
    _check(db, account, address, now_ms)


def count_wrong(db: Connection, address: str, now_ms: int) -> None:
    """Count a wrong try of an address, within a transaction."""
    handles.forget_tries_before(db, {_address(address)}, now_ms - ADDRESS_MS)
    handles.count_try(db, _address(address), now_ms - now_ms % 1000)


def delay_ms(failures: int) -> int:
    """How long after its last failure an account waits: 1, 2, 4 ... 60 seconds after five free ones."""
    if failures < FREE:
        return 0
    return min(LONGEST_MS, 1000 << min(failures - FREE, 10))


def home_of(address: str) -> str:
    """What an address is counted by: of IPv6 the half that a household or club is given.

    The other half is each device's own choice, so by it nobody could be told from anybody.
    """
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    return str(read.ipv4_mapped or IPv6Address(int(read) >> 64 << 64))


def _check(db: Connection, account: str, address: str, now_ms: int) -> None:
    # What a clock since put back wrote into the future does not count: it would keep her out until then.
    until_ms = now_ms + LONGEST_MS
    failures, last = handles.tries(db, _account(account), now_ms - HOUR_MS, until_ms) if account else (0, 0)
    wait = min(delay_ms(failures), last + delay_ms(failures) - now_ms)
    if wait > 0:
        raise TooManyTries(-(-wait // 1000))
    from_address, _ = handles.tries(db, _address(address), now_ms - ADDRESS_MS, until_ms)
    if from_address >= ADDRESS_TRIES:
        raise TooManyTries(LONGEST_MS // 1000)


@contextmanager
def _turn(account: str) -> Iterator[None]:
    lock = _TURNS[_account(account)[0] % len(_TURNS)]
    if not lock.acquire(timeout=TURN_SECONDS):
        raise Busy
    try:
        yield
    finally:
        lock.release()


@retried
def _begin(store: Store, account: str, address: str, now_ms: int) -> None:
    with store.write() as db:
        admit(db, account, address, now_ms)
        handles.count_try(db, _account(account), now_ms)


@retried
def _failed(store: Store, address: str, now_ms: int) -> None:
    with store.write() as db:
        count_wrong(db, address, now_ms)


@retried
def _passed(store: Store, account: str) -> None:
    """Begin afresh: what was counted in advance goes, and what was wrong before."""
    with store.write() as db:
        handles.forget_tries_before(db, {_account(account)}, 2**62)


def _account(account: str) -> bytes:
    return handles.key_hash("tries", account)


def _address(address: str) -> bytes:
    return handles.key_hash("address", home_of(address))

"""The second step of signing in: six digits from an app on her phone, or a code on paper that works once.

Who has one is first signed in by half (`people.sign_in_here`): her token opens nothing until this file makes it whole.
The key is kept sealed with the site's own secret, so that a copy of the database makes no digits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from lms.errors import Forbidden, NotFound, Refused
from lms.learning import totp
from lms.learning.people import Permission, Role
from lms.services import people, throttles
from lms.services.codes import LETTERS, visible_people
from lms.services.people import SignedIn, Token
from lms.store import audit
from lms.store import people as person_rows
from lms.store import second as rows
from lms.store.gate import Store, retried

PAPER_CODES = 8
_PAPER_LETTERS = 10
"""Of 31 kinds: 50 bits, so that a plain hash keeps them."""
_WRONG = "That code does not work. Look at your app again, or use a code on paper."


@dataclass(frozen=True)
class Second:
    """Whether somebody has a second step, and how many codes on paper are left."""

    on: bool
    paper: int


def of(store: Store, person_id: int) -> Second:
    """How it stands with somebody."""
    with store.read() as db:
        return Second(rows.key(db, person_id) is not None, rows.paper_left(db, person_id))


def waits(store: Store, person_id: int) -> bool:
    """Whether she has begun to set it up, and not confirmed it."""
    with store.read() as db:
        return rows.key(db, person_id, rows.NEW_APP) is not None


@retried
def begin(store: Store, person: SignedIn, secret: str) -> bytes:
    """The key she is to put into her app: the same one however often she looks. It is asked for once she confirms."""
    with store.write() as db:
        person_rows.lock(db, person.person_id)
        kept = rows.key(db, person.person_id, rows.NEW_APP)
        if kept:
            return _opened(secret, person.person_id, kept[0])
        key = secrets.token_bytes(totp.KEY_BYTES)
        rows.keep_key(db, person.person_id, rows.NEW_APP, _sealed(secret, person.person_id, key), 0)
        return key


@retried
def confirm(store: Store, person: SignedIn, typed: str, secret: str, at_ms: int) -> tuple[Token, tuple[str, ...]]:
    """Ask for it from now on: (a sign-in here, her codes on paper). Signed out everywhere else. Refused if wrong."""
    paper = _new_paper()
    with store.write() as db:
        person_rows.lock(db, person.person_id)
        kept = rows.key(db, person.person_id, rows.NEW_APP)
        step = totp.step_of(_opened(secret, person.person_id, kept[0]), typed, at_ms, 0) if kept else None
        if kept is None or step is None:
            raise Refused("That is not what the app shows now. Wait for the next number and type that.", "code")
        rows.drop_all(db, person.person_id)
        rows.keep_key(db, person.person_id, rows.APP, kept[0], step)
        rows.keep_paper(db, person.person_id, _hashes(paper))
        people.end_ways_in(db, person.person_id)
        audit.note(db, person.person_id, "second-step-on", at_ms, person.person_id)
        return people.sign_in_here(db, person.person_id, at_ms, whole=True), paper


def renew_paper(store: Store, person: SignedIn, typed: str, secret: str, address: str, at_ms: int) -> tuple[str, ...]:
    """Other codes on paper; the old ones stop working. Refused unless the app's digits are right."""
    _prove(store, person.person_id, typed, secret, address, at_ms)
    return _renew(store, person.person_id, at_ms)


@retried
def _renew(store: Store, person_id: int, at_ms: int) -> tuple[str, ...]:
    paper = _new_paper()
    with store.write() as db:
        person_rows.lock(db, person_id)
        if rows.key(db, person_id) is None:
            raise NotFound
        rows.keep_paper(db, person_id, _hashes(paper))
        audit.note(db, person_id, "second-step-new-codes", at_ms, person_id)
    return paper


def turn_off(store: Store, person: SignedIn, typed: str, secret: str, address: str, at_ms: int) -> None:
    """No longer ask for it. Refused unless what was typed is right."""
    _prove(store, person.person_id, typed, secret, address, at_ms)
    take_away(store, person.person_id, "second-step-off", person.person_id, at_ms)


def reset_by(store: Store, maker: SignedIn, public_id: str, at_ms: int) -> None:
    """An administrator takes it away from somebody whose phone and paper are lost; she sets it up anew."""
    if not any(held.role is Role.ADMINISTRATOR and held.holds(at_ms) for held in maker.roles):
        raise Forbidden
    scope = maker.scope(Permission.ROLE_GIVE, at_ms)
    with store.read() as db:
        person = person_rows.by_public_id(db, visible_people(db, scope, maker.person_id), public_id)
    if person is None:
        raise NotFound
    take_away(store, person.person_id, "second-step-reset", maker.person_id, at_ms)


@retried
def take_away(store: Store, person_id: int, action: str, by_id: int | None, at_ms: int) -> bool:
    """Take a second step away; False where there was none."""
    with store.write() as db:
        person_rows.lock(db, person_id)
        if not rows.drop_all(db, person_id):
            return False
        audit.note(db, person_id, action, at_ms, by_id)
        return True


def pass_(store: Store, half: Token, typed: str, secret: str, address: str, at_ms: int) -> Token:
    """Make a half sign-in whole. Refused where the code is wrong or the first step is too long ago."""
    with store.read() as db:
        live = people.half_lives(db, half, at_ms)
    if not live:
        raise Refused("That took more than ten minutes. Go back and sign in again.", "code")
    _prove(store, half.person_id, typed, secret, address, at_ms)
    return _make_whole(store, half, at_ms)


@retried
def _make_whole(store: Store, half: Token, at_ms: int) -> Token:
    with store.write() as db:
        made = people.make_whole(db, half, at_ms)
        audit.note(db, half.person_id, "second-step-passed", at_ms, half.person_id)
        return made


def _prove(store: Store, person_id: int, typed: str, secret: str, address: str, at_ms: int) -> None:
    """Refused where neither her app's digits nor a code on paper were typed; TooManyTries after many failures."""
    right = partial(_spend, store, person_id, typed, secret, at_ms)
    if not throttles.guess(store, f"second|{person_id}", address, at_ms, right):
        raise Refused(_WRONG, "code")


@retried
def _spend(store: Store, person_id: int, typed: str, secret: str, at_ms: int) -> bool:
    """Use up what was typed: digits of this half minute, or a code on paper."""
    with store.write() as db:
        person_rows.lock(db, person_id)
        if _by_app(db, person_id, typed, secret, at_ms):
            return True
        if not rows.use_paper(db, person_id, _hash(_plain(typed))):
            return False
        audit.note(db, person_id, "second-step-by-paper", at_ms, person_id)
        return True


def _by_app(db: Connection, person_id: int, typed: str, secret: str, at_ms: int) -> bool:
    kept = rows.key(db, person_id)
    if kept is None:
        return False
    step = totp.step_of(_opened(secret, person_id, kept[0]), typed, at_ms, kept[1])
    return step is not None and rows.use_key(db, person_id, step)


def _new_paper() -> tuple[str, ...]:
    letters = ("".join(secrets.choice(LETTERS) for _ in range(_PAPER_LETTERS)) for _ in range(PAPER_CODES))
    return tuple(f"{code[:5]}-{code[5:]}" for code in letters)


def _plain(typed: str) -> str:
    return "".join(c for c in typed.upper() if c in LETTERS)[:_PAPER_LETTERS]


def _hashes(paper: Sequence[str]) -> list[str]:
    return [_hash(_plain(code)) for code in paper]


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _sealed(secret: str, person_id: int, key: bytes) -> str:
    """The key, unreadable without the site's secret: each person's is covered by a stream of her own."""
    cover = hmac.digest(secret.encode(), f"second-step|{person_id}".encode(), hashlib.sha256)
    return base64.b64encode(bytes(a ^ b for a, b in zip(key, cover[: len(key)], strict=True))).decode()


def _opened(secret: str, person_id: int, sealed: str) -> bytes:
    return base64.b64decode(_sealed(secret, person_id, base64.b64decode(sealed)))

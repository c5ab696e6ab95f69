"""Accounts: signing up, signing in and out, who is signed in, and her own settings.

A sign-in is a row: ending it ends it everywhere at once. The cookie holds a random token; the row
holds its hash.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from lms.content.plan import canonical
from lms.errors import Busy, DiskFull, Forbidden, Refused
from lms.learning.days import DAY_MS
from lms.learning.events import is_text
from lms.learning.people import Held, Permission, Scope, may, scope_of
from lms.services import passwords, throttles
from lms.store import audit, handles
from lms.store import people as rows
from lms.store.gate import Store, retried

IDLE_MS = 30 * DAY_MS
SEEN_EVERY_MS = 600_000
_USERNAME = re.compile(r"[\w][\w.\-]{1,38}[\w]")
BY_CODE = "by-code"
"""Kind of the handle that tells a sign-in made with a code."""
ADULT = ("yes", "no", "unsaid")
"""Answers to "Are you 18 or over?": anything but yes gets the protective defaults."""


@dataclass(frozen=True)
class SignedIn:
    """The person a page is for, from one query."""

    person_id: int
    public_id: str
    display_name: str
    username: str
    lang: str
    roles: tuple[Held, ...]
    wishes: Mapping[str, str] = field(default_factory=dict)

    def may(self, permission: Permission, at_ms: int) -> bool:
        return may(self.roles, permission, at_ms)

    def scope(self, permission: Permission, at_ms: int) -> Scope:
        """Where her roles allow a thing; Forbidden where nowhere."""
        scope = scope_of(self.roles, permission, at_ms)
        if not scope:
            raise Forbidden
        return scope


@dataclass(frozen=True)
class Token:
    """What the cookie of a fresh sign-in holds."""

    person_id: int
    secret: str


def new_person_id() -> int:
    """A random id of 63 bits, never 0."""
    return secrets.randbits(63) or 1


def clean_name(name: str, field_: str = "name", longest: int = 80) -> str:
    """A display name as it is kept. Refused where it is empty, too long or not text."""
    if not is_text(name):
        raise Refused("Some of those letters can't be kept. Type it again without them.", field_)
    letters = (c for c in unicodedata.normalize("NFC", name) if c.isspace() or _is_kept(c))
    shown = " ".join("".join(letters).split())
    if not any(unicodedata.category(c)[0] in "LNPS" for c in shown):
        raise Refused("Type a name to be called by.", field_)
    if len(shown) > longest:
        raise Refused(f"Use at most {longest} letters.", field_)
    return shown


def _is_kept(letter: str) -> bool:
    """Whether it may stand in a name: nothing that can't be seen or turns a line round, but what joins letters."""
    return unicodedata.category(letter) not in ("Cc", "Cf") or letter in "\u200c\u200d"


def clean_username(username: str) -> str:
    """A user name as it is compared: case and the way letters are typed set aside. Refused with what to do."""
    folded = unicodedata.normalize("NFKC", username.strip()).casefold()
    if not _USERNAME.fullmatch(folded):
        raise Refused("Use 3 to 40 letters or numbers, without spaces.", "username")
    return folded


def sign_up(store: Store, name: str, username: str, password: str, adult: str, lang: str, at_ms: int) -> Token:
    """Make an account and sign it in. Refused, with the field, where something can't be taken."""
    shown, folded = clean_name(name), clean_username(username)
    passwords.check_new(password, folded)
    check_free(store, folded)
    return _add_account(store, shown, folded, passwords.hashed(password), first_wishes(adult), lang, at_ms)


def first_wishes(adult: str) -> dict[str, str]:
    """The wishes of a new account. What is no answer to the question of her age is none given."""
    return {"adult": adult if adult in ADULT else "unsaid"}


def check_free(store: Store, username: str) -> None:
    """Refused for a user name somebody has: said before a password is hashed, since that is what costs."""
    with store.read() as db:
        if handles.find(db, "username", username):
            raise _taken()


def _taken() -> Refused:
    return Refused("Someone else has that user name. Add a number or another word.", "username")


def take_username(db: Connection, username: str, person_id: int, at_ms: int) -> None:
    """Make a user name hers, within a transaction. Refused where somebody was first."""
    if not handles.add(db, "username", username, person_id, at_ms):
        raise _taken()


@retried
def _add_account(
    store: Store, shown: str, username: str, kept: str, wishes: Mapping[str, str], lang: str, at_ms: int
) -> Token:
    person_id = new_person_id()
    with store.write() as db:
        rows.add_person(db, person_values(person_id, shown, username, wishes, lang, at_ms))
        take_username(db, username, person_id, at_ms)
        rows.set_secret(db, person_id, "password", kept)
        audit.note(db, person_id, "signed-up", at_ms, person_id)
        return sign_in_here(db, person_id, at_ms)


def person_values(
    person_id: int, shown: str, username: str | None, wishes: Mapping[str, str], lang: str, at_ms: int
) -> dict[str, object]:
    """A new person's row."""
    return {
        "person_id": person_id,
        "public_id": secrets.token_urlsafe(12),
        "kind": "account",
        "display_name": shown,
        "username": username,
        "lang": lang,
        "wishes": canonical(dict(wishes)),
        "sign_in_epoch": 0,
        "made_ms": at_ms,
    }


def sign_in_here(db: Connection, person_id: int, at_ms: int) -> Token:
    """A fresh sign-in, within a transaction. Her own that have expired go."""
    rows.forget_expired_sign_ins(db, [person_id], at_ms)
    secret = secrets.token_urlsafe(32)
    rows.add_sign_in(db, person_id, _hash(secret), at_ms, at_ms + IDLE_MS)
    return Token(person_id, secret)


def sign_in(store: Store, username: str, password: str, address: str, at_ms: int) -> Token:
    """Sign in with a user name and password.

    Refused with the same sentence whether the name is unknown or the password wrong; TooManyTries
    after many failures.
    """
    folded = unicodedata.normalize("NFKC", username.strip()).casefold()[:200]
    if not is_text(folded):
        folded = ""
    with store.read() as db:
        handle = handles.find(db, "username", folded)
    right = partial(_is_right, store, handle.person_id if handle else None, password)
    if not throttles.guess(store, "username|" + folded, address, at_ms, right) or handle is None:
        raise Refused("That user name and password do not go together. Check both and try again.", "password")
    return _signed_in_now(store, handle.person_id, "signed-in", at_ms)


def _is_right(store: Store, person_id: int | None, password: str) -> bool:
    """Whether it is her password now. Nobody has none, and takes as long."""
    with store.read() as db:
        kept = None if person_id is None else rows.secret(db, person_id, "password")
    return passwords.fits(kept, password)


@retried
def _signed_in_now(store: Store, person_id: int, action: str, at_ms: int) -> Token:
    with store.write() as db:
        audit.note(db, person_id, action, at_ms, person_id)
        return sign_in_here(db, person_id, at_ms)


def signed_in(store: Store, person_id: int, secret: str, now_ms: int) -> SignedIn | None:
    """The person of a live sign-in, or None. At most every ten minutes it is noted as in use."""
    token = _hash(secret)
    with store.read() as db:
        found = rows.signed_in(db, person_id, token, now_ms)
    if found is None:
        return None
    person, held, seen_ms = found
    if now_ms - seen_ms >= SEEN_EVERY_MS:
        with suppress(Busy, DiskFull):  # a note for later: what can only be read must still be readable
            _see(store, person_id, token, now_ms)
    wishes = json.loads(person.wishes)
    return SignedIn(
        person.person_id, person.public_id, person.display_name, person.username or "", person.lang, held, wishes
    )


@retried
def _see(store: Store, person_id: int, token: bytes, now_ms: int) -> None:
    with store.write() as db:
        rows.see_sign_in(db, person_id, token, now_ms, now_ms + IDLE_MS)


@retried
def sign_out(store: Store, person_id: int, secret: str) -> None:
    """End one sign-in."""
    with store.write() as db:
        rows.end_sign_ins(db, person_id, _hash(secret))


@retried
def sign_out_everywhere(store: Store, person_id: int, at_ms: int) -> None:
    """End every sign-in of a person."""
    with store.write() as db:
        end_ways_in(db, person_id)
        audit.note(db, person_id, "signed-out-everywhere", at_ms, person_id)


def end_ways_in(db: Connection, person_id: int) -> None:
    """Within a transaction: end every sign-in of a person and every code that could make one. Codes first.

    Of a code that is just being used the one is then there to be ended, or the other can't be used.
    """
    handles.drop_all(db, "sign-in-code", person_id)
    handles.drop_all(db, BY_CODE, person_id)
    rows.end_sign_ins(db, person_id)


@retried
def change_settings(store: Store, person: SignedIn, name: str, wishes: Mapping[str, str], at_ms: int) -> None:
    """Change what she is called and how pages look to her."""
    shown = clean_name(name)
    if not all(map(is_text, wishes.values())):
        raise Refused("Choose one of those shown.", "wishes")
    with store.write() as db:
        rows.change_person(db, person.person_id, display_name=shown, wishes=canonical({**person.wishes, **wishes}))
        audit.note(db, person.person_id, "changed-settings", at_ms, person.person_id)


def came_by_code(store: Store, person_id: int, secret: str, now_ms: int) -> bool:
    """Whether this sign-in was made with a code within the last half an hour: she may not know her password."""
    with store.read() as db:
        handle = handles.find(db, BY_CODE, secret)
    return handle is not None and handle.person_id == person_id and (handle.expires_ms or 0) > now_ms


def change_password(store: Store, person: SignedIn, secret: str, old: str, new: str, address: str, at_ms: int) -> Token:
    """Change the password; every sign-in ends and a fresh one begins here.

    The old one is asked for, except of somebody who just came in with a code. `secret`: of this sign-in.
    """
    if not came_by_code(store, person.person_id, secret, at_ms):
        _check_old(store, person, old, address, at_ms)
    passwords.check_new(new, person.username)
    return _set_password(store, person.person_id, passwords.hashed(new), at_ms)


def _check_old(store: Store, person: SignedIn, old: str, address: str, at_ms: int) -> None:
    right = partial(_is_right, store, person.person_id, old)
    if not throttles.guess(store, "username|" + person.username, address, at_ms, right):
        raise Refused("That is not your password now. Check it and try again.", "old")


@retried
def _set_password(store: Store, person_id: int, kept: str, at_ms: int) -> Token:
    with store.write() as db:
        rows.set_secret(db, person_id, "password", kept)
        end_ways_in(db, person_id)
        audit.note(db, person_id, "changed-password", at_ms, person_id)
        return sign_in_here(db, person_id, at_ms)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()

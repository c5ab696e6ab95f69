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
from lms.errors import N_, AllAtOnce, Busy, DiskFull, Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.events import is_text
from lms.learning.people import Held, Permission, Scope, may, scope_of
from lms.services import passwords, pins, throttles
from lms.services.pins import Pin
from lms.store import audit, handles, merges
from lms.store import badges as badge_rows
from lms.store import devices as device_rows
from lms.store import guests as guest_rows
from lms.store import people as rows
from lms.store import second as second_rows
from lms.store.gate import Store, retried

IDLE_MS = 30 * DAY_MS
GUEST_IDLE_MS = 90 * DAY_MS
"""A guest whose sign-in has ended could not come back."""
SEEN_EVERY_MS = 600_000
HALF_MS = 600_000
"""For how long the second step of signing in can be taken after the first."""
_HALF = "half|"
"""What the hash of a half sign-in is made of besides its secret, so that nothing takes it for a whole one."""
_USERNAME = re.compile(r"[\w][\w.\-]{1,38}[\w]")
BY_CODE = "by-code"
"""Kind of the handle that tells a sign-in made with a code."""
START = "guest-start"
"""Kind of the handle that tells which guest a first form has made."""
CLOSED = N_("This account is closed. Nothing of it is kept any more.")
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
    others: tuple[int, ...] = ()
    """Ids of others who are she (`merging`)."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Every id of hers, her own first."""
        return self.person_id, *self.others

    guest: bool = False
    """Whether she learns without an account: this sign-in is her only way in."""
    second: bool = False
    """Whether she takes a second step when she signs in."""

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
    half: bool = False
    """Whether the second step is still to come: until then it opens nothing."""


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
        raise Refused("Use at most {most} letters.", field_, most=longest)
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


def sign_up(
    store: Store,
    name: str,
    username: str,
    password: str | Pin,
    adult: str,
    lang: str,
    at_ms: int,
    guest_id: int | None = None,
) -> Token:
    """Make an account and sign it in. Refused, with the field, for all at once that can't be taken.

    `guest_id`: the guest who makes it; she keeps her id and all she has done. With a PIN in place of a
    password, its phone remembers her.
    """
    shown, folded = check_account(store, name, username, password)
    person_id = guest_id or new_person_id()
    kept = hashed(password, person_id)
    values = person_values(person_id, shown, folded, first_wishes(adult), lang, at_ms)
    return _add_account(store, values, password, kept, guest_id is not None, at_ms)


def check_account(store: Store, name: str, username: str, secret: str | Pin) -> tuple[str, str]:
    """A name and a user name as they are kept. Refused for all that can't be taken of a new account, at once."""
    shown = folded = ""
    checks = AllAtOnce()
    with checks:
        shown = clean_name(name)
    with checks:
        folded = clean_username(username)
        check_free(store, folded)
    with checks:
        check_secret(secret, folded)
    checks.tell()
    return shown, folded


def check_secret(secret: str | Pin, username: str) -> None:
    """Refused, with what to do instead, for a new password or PIN that is too easy."""
    if isinstance(secret, Pin):
        pins.check_new(secret)
    else:
        passwords.check_new(secret, username)


def hashed(secret: str | Pin, person_id: int) -> str:
    """A password or a PIN as it is kept."""
    return pins.hashed(secret, person_id) if isinstance(secret, Pin) else passwords.hashed(secret)


def set_secret(db: Connection, person_id: int, secret: str | Pin, kept: str, at_ms: int) -> None:
    """Within a transaction: make it her way in. The phone of a PIN remembers her."""
    if isinstance(secret, Pin):
        remember(db, person_id, secret.device_hash, at_ms)
        device_rows.set_pin(db, person_id, secret.device_hash, kept)
    else:
        rows.set_secret(db, person_id, rows.PASSWORD, kept)


def remember(db: Connection, person_id: int, device_hash: bytes, at_ms: int) -> None:
    """Within a transaction: a phone remembers her. Refused where it shows as many names as it can."""
    if rows.person(db, person_id) is None:
        raise Forbidden(CLOSED)
    if not device_rows.remember(db, person_id, device_hash, at_ms):
        raise Refused(
            "This phone shows {most} names already. Take one of them off first.", "pin", most=device_rows.MOST
        )


def first_wishes(adult: str) -> dict[str, str]:
    """The wishes of a new account. What is no answer to the question of her age is none given."""
    return {"adult": adult if adult in ADULT else "unsaid"}


def is_adult(wishes: str) -> bool:
    """Whether somebody said that she is 18 or over, by her wishes as they are kept. Who said nothing did not."""
    return bool(json.loads(wishes).get("adult") == "yes")


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
    store: Store, values: dict[str, object], secret: str | Pin, kept: str, was_guest: bool, at_ms: int
) -> Token:
    person_id, username = int(str(values["person_id"])), str(values["username"])
    with store.write() as db:
        if was_guest:
            _own(db, person_id, values, at_ms)
        else:
            rows.add_person(db, values)
        take_username(db, username, person_id, at_ms)
        set_secret(db, person_id, secret, kept, at_ms)
        audit.note(db, person_id, "signed-up", at_ms, person_id)
        return sign_in_here(db, person_id, at_ms)


def _own(db: Connection, person_id: int, values: Mapping[str, object], at_ms: int) -> None:
    """Within a transaction: a guest becomes an account. Nothing of hers moves, and from now on it counts."""
    kept = _wishes(db, person_id)
    person = rows.person(db, person_id)
    if kept is None or person is None or person.kind != rows.GUEST:
        raise Refused("You have an account already. Sign in with it.")
    wishes = canonical({**kept, **json.loads(str(values["wishes"]))})
    named = {"display_name": values["display_name"], "username": values["username"]}
    rows.change_person(db, person_id, kind=rows.ACCOUNT, wishes=wishes, **named)
    guest_rows.count_from(db, person_id, at_ms)
    device_rows.forget_all(db, person_id)
    end_ways_in(db, person_id)


def person_values(
    person_id: int, shown: str, username: str | None, wishes: Mapping[str, str], lang: str, at_ms: int
) -> dict[str, object]:
    """A new person's row: an account's."""
    return {
        "person_id": person_id,
        "public_id": secrets.token_urlsafe(12),
        "kind": rows.ACCOUNT,
        "display_name": shown,
        "username": username,
        "lang": lang,
        "wishes": canonical(dict(wishes)),
        "sign_in_epoch": 0,
        "made_ms": at_ms,
    }


def sign_in_here(db: Connection, person_id: int, at_ms: int, idle_ms: int = IDLE_MS, *, whole: bool = False) -> Token:
    """A fresh sign-in, within a transaction. Her own that have expired go. Who was merged comes in as who was kept.

    Of somebody with a second step it is half of one, unless it is made `whole` for her who is signed in already.
    """
    person_id = merges.kept_of(db, person_id)
    if rows.person(db, person_id) is None:
        raise Forbidden(CLOSED)
    rows.forget_expired_sign_ins(db, [person_id], at_ms)
    secret = secrets.token_urlsafe(32)
    if not whole and second_rows.key(db, person_id):
        rows.add_sign_in(db, person_id, _hash(_HALF + secret), at_ms, at_ms + HALF_MS)
        return Token(person_id, secret, half=True)
    rows.add_sign_in(db, person_id, _hash(secret), at_ms, at_ms + idle_ms)
    return Token(person_id, secret)


def half_lives(db: Connection, half: Token, now_ms: int) -> bool:
    """Whether a half sign-in can still be made whole."""
    return rows.signed_in(db, half.person_id, _hash(_HALF + half.secret), now_ms) is not None


def make_whole(db: Connection, half: Token, at_ms: int) -> Token:
    """The sign-in that a half one becomes, within a transaction. Forbidden where it was ended meanwhile."""
    if not half_lives(db, half, at_ms):
        raise Forbidden
    rows.end_sign_ins(db, half.person_id, _hash(_HALF + half.secret))
    rows.add_sign_in(db, half.person_id, _hash(half.secret), at_ms, at_ms + IDLE_MS)
    return Token(half.person_id, half.secret)


def sign_in(store: Store, username: str, password: str, address: str, at_ms: int) -> Token:
    """Sign in with a user name and password. Refused and TooManyTries as `who_is`."""
    return sign_in_now(store, who_is(store, username, password, address, at_ms), "signed-in", at_ms)


def who_is(store: Store, username: str, password: str, address: str, at_ms: int) -> int:
    """Whom a user name and a password let in: of somebody who was merged the kept one, by her password.

    Refused with the same sentence whether the name is unknown or the password wrong; TooManyTries
    after many failures.
    """
    folded = unicodedata.normalize("NFKC", username.strip()).casefold()[:200]
    if not is_text(folded):
        folded = ""
    with store.read() as db:
        handle = handles.find(db, "username", folded)
        whose = merges.kept_of(db, handle.person_id) if handle else None
    right = partial(has_password, store, whose, password)
    if not throttles.guess(store, "username|" + folded, address, at_ms, right) or whose is None:
        raise Refused("That user name and password do not go together. Check both and try again.", "password")
    return whose


def has_password(store: Store, person_id: int | None, password: str) -> bool:
    """Whether it is her password now. Nobody has none, and takes as long."""
    with store.read() as db:
        kept = None if person_id is None else rows.secret(db, person_id, "password")
    return passwords.fits(kept, password)


@retried
def sign_in_now(store: Store, person_id: int, action: str, at_ms: int) -> Token:
    with store.write() as db:
        audit.note(db, person_id, action, at_ms, person_id)
        return sign_in_here(db, person_id, at_ms)


def id_of_username(store: Store, username: str) -> int:
    """Whose user name it is, for an operator. NotFound for nobody's."""
    with store.read() as db:
        handle = handles.find(db, "username", clean_username(username))
    if handle is None:
        raise NotFound(f"Nobody has the user name {username}.")
    return handle.person_id


def signed_in(store: Store, person_id: int, secret: str, now_ms: int) -> SignedIn | None:
    """The person of a live sign-in, or None. At most every ten minutes it is noted as in use."""
    token = _hash(secret)
    with store.read() as db:
        found = rows.signed_in(db, person_id, token, now_ms)
        others = merges.ids_into(db, person_id)[1:] if found and found[3] else ()
    if found is None:
        return None
    person, held, seen_ms, _merged, second = found
    guest = person.kind == rows.GUEST
    if now_ms - seen_ms >= SEEN_EVERY_MS:
        with suppress(Busy, DiskFull):  # a note for later: what can only be read must still be readable
            _see(store, person_id, token, now_ms, GUEST_IDLE_MS if guest else IDLE_MS)
    named = (person.person_id, person.public_id, person.display_name, person.username or "", person.lang)
    return SignedIn(*named, held, json.loads(person.wishes), others, guest, second)


@retried
def _see(store: Store, person_id: int, token: bytes, now_ms: int, idle_ms: int) -> None:
    with store.write() as db:
        rows.see_sign_in(db, person_id, token, now_ms, now_ms + idle_ms)


@retried
def sign_out(store: Store, person_id: int, secret: str) -> None:
    """End one sign-in."""
    with store.write() as db:
        rows.end_sign_ins(db, person_id, _hash(secret))


@retried
def sign_out_everywhere(store: Store, person_id: int, at_ms: int) -> None:
    """End every sign-in of a person. Of one with a password no phone keeps a PIN or her name: it may be lost."""
    with store.write() as db:
        end_ways_in(db, person_id)
        if rows.secret(db, person_id, rows.PASSWORD):
            device_rows.forget_all(db, person_id)
        audit.note(db, person_id, "signed-out-everywhere", at_ms, person_id)


def end_ways_in(db: Connection, person_id: int) -> None:
    """Within a transaction: end every sign-in of a person and every code that could make one. Codes first.

    Of a code that is just being used the one is then there to be ended, or the other can't be used.
    """
    handles.drop_all(db, "sign-in-code", person_id)
    handles.drop_all(db, BY_CODE, person_id)
    handles.drop_all(db, START, person_id)
    rows.end_sign_ins(db, person_id)


@retried
def change_settings(store: Store, person: SignedIn, name: str, wishes: Mapping[str, str], at_ms: int) -> None:
    """Change what she is called and how pages look to her. Badges that have her name in them are signed anew."""
    shown = "" if person.guest else clean_name(name)
    if not all(map(is_text, wishes.values())):
        raise Refused("Choose one of those shown.", "wishes")
    with store.write() as db:
        kept, before = _wishes(db, person.person_id), rows.person(db, person.person_id)
        if kept is None or before is None:
            raise Forbidden(CLOSED)
        new = {**kept, **wishes}
        rows.change_person(db, person.person_id, display_name=shown, wishes=canonical(new))
        if (before.display_name, kept.get("adult")) != (shown, new.get("adult")):
            for its_id in person.ids:
                badge_rows.ask(db, its_id, at_ms, named=True)
        audit.note(db, person.person_id, "changed-settings", at_ms, person.person_id)


def _wishes(db: Connection, person_id: int) -> dict[str, str] | None:
    """Her wishes as they are, held until the transaction ends: of two changes at once none is lost. None for nobody."""
    rows.lock(db, person_id)
    person = rows.person(db, person_id)
    return dict(json.loads(person.wishes)) if person else None


@retried
def wish(store: Store, person_id: int, wishes: Mapping[str, str], anew: bool = True) -> None:
    """Keep some wishes of hers. Without `anew`, only those about which she has said nothing yet."""
    if not wishes:
        return
    with store.write() as db:
        kept = _wishes(db, person_id)
        if kept is not None:
            rows.change_person(db, person_id, wishes=canonical({**kept, **wishes} if anew else {**wishes, **kept}))


WORDS_WISH = "lang"
"""The wish that holds in which language the site speaks to her."""


def language_wish(course: str) -> str:
    """The wish that holds in which language she reads a course."""
    return f"lang-{course}"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()

"""Sending letters, in a worker: each is taken by a lease, handed over, and then said to be sent.

A worker that is killed between the last two sends it again when its lease has ended: every letter goes out at least
once, seven times at most, each time with the same Message-ID. It can't be said better: a mail server and a database
have no transaction in common. Whether a letter is still wanted is looked at as it is taken, so what she stops is
not sent from then on, but for one that is being handed over at that very moment.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from lms.interop.mail import Letter, written
from lms.learning.days import day_of
from lms.learning.mail import LATE_MS, MINUTE_MS, MOST_TRIES, Kind, Outcome, again_ms, weekday_of
from lms.services import asking, letters, notices, reminders
from lms.services.jobs import Tools
from lms.services.mail import REMINDERS
from lms.services.notices import MESSAGES
from lms.services.smtp import NotTaken, Post, Unreachable, deliver
from lms.store import audit, handles, merges
from lms.store import mail as rows
from lms.store.gate import Store, retried
from lms.store.mail import CONFIRM, STOP, MailRow
from lms.store.weeks import WEEK, lead

LEASE_MS = 10 * MINUTE_MS
"""How long a letter is a worker's. Handing one over takes less, however slow the server is."""
REST_MS = MINUTE_MS
"""A server that is not there is not asked again before."""
_LOOKED_AT = 10
"""How many due letters are read at once: other workers may take the first of them meanwhile."""


class Postman:
    """Sends letters one at a time. `said` is told, in words without any address, what goes wrong."""

    def __init__(self, tools: Tools, post: Post, said: Callable[[str], None]) -> None:
        self._tools = tools
        self._post = post
        self._said = said
        self._rests_until_ms = 0
        self._is_away = False

    def send_one(self) -> bool:
        """Take a letter that is due, and send it if it is still wanted. Whether there was one."""
        now_ms = self._tools.clock()
        if 0 < self._rests_until_ms - now_ms <= REST_MS:
            return False
        with self._tools.store.read() as db:
            found = rows.due(db, now_ms, _LOOKED_AT)
        for seen in found:
            held = seen._replace(due_ms=now_ms + LEASE_MS, tries=seen.tries + 1)
            is_ours, letter = _take(self._tools, self._post, seen, held, now_ms)
            if letter is not None:
                self._send(held, letter)
            if is_ours:
                return True
        return False

    def _send(self, held: MailRow, letter: Letter) -> None:
        try:
            deliver(self._post.smtp, letter.to, written(letter, self._post.sender))
        except Unreachable as fault:
            self._rest(held, fault)
        except NotTaken as fault:
            self._not_taken(held, fault)
        else:
            self._is_away = False
            _end(self._tools.store, held, self._tools.clock(), Outcome.SENT)

    def _rest(self, held: MailRow, fault: Unreachable) -> None:
        """It is not this letter's fault: the try does not count. Said once, until one is taken again."""
        now_ms = self._tools.clock()
        self._rests_until_ms = now_ms + REST_MS
        if not self._is_away:
            self._said(f"No mail can be sent now ({fault}). Trying again each minute.")
        self._is_away = True
        _put_off(self._tools.store, held, now_ms + REST_MS, held.tries - 1)

    def _not_taken(self, held: MailRow, fault: NotTaken) -> None:
        now_ms = self._tools.clock()
        if not fault.for_good:
            _put_off(self._tools.store, held, now_ms + again_ms(held.tries), held.tries)
            return
        self._said(f"A letter was refused for good ({fault}).")
        _refused(self._tools.store, held, now_ms, fault.mailbox)


@retried
def _take(tools: Tools, post: Post, seen: MailRow, held: MailRow, now_ms: int) -> tuple[bool, Letter | None]:
    """Whether it is this worker's now, and the letter, with a link that works; None for one that is done with."""
    with tools.store.write() as db:
        if not rows.claim(db, seen, held.due_ms):
            return False, None
        if now_ms > held.late_ms or held.tries > MOST_TRIES:
            rows.end(db, held, now_ms, Outcome.GIVEN_UP)
            return True, None
        ids = merges.ids_of(db, held.person_id)
        made = _MAKERS[Kind(held.kind)](db, tools, post, held, ids, now_ms)
        if made is None:
            rows.end(db, held, now_ms, Outcome.DROPPED)
        return True, made


_Ids = Sequence[int]


def _confirm(db: Connection, _tools: Tools, post: Post, held: MailRow, _ids: _Ids, now_ms: int) -> Letter | None:
    """Whether an address is hers. A later question has taken the address out of this one."""
    if not held.address:
        return None
    code = _code(post, CONFIRM, str(held.mail_id))
    handles.add(db, CONFIRM, code, held.person_id, now_ms, now_ms + LATE_MS, ref=str(held.mail_id))
    return _letter(post, held, held.address, f"{post.public_url}/mail/confirm/{code}")


def _gone(_db: Connection, _tools: Tools, post: Post, held: MailRow, _ids: _Ids, _now_ms: int) -> Letter | None:
    return _letter(post, held, held.address, "") if held.address else None


def _reminder(db: Connection, tools: Tools, post: Post, held: MailRow, ids: _Ids, now_ms: int) -> Letter | None:
    """The link that stops it is the same in each: nothing tells one reminder of hers from another."""
    said = reminders.wanted(db, ids, weekday_of(day_of(now_ms, tools.zone)), now_ms)
    if said is None:
        return None
    to = rows.address_of(db, ids)
    code = _code(post, STOP, f"{said.consent_id}|{to}")
    handles.add(db, STOP, code, ids[0], now_ms)
    link = f"{post.public_url}/mail/stop/{code}"
    return _letter(post, held, to, link, stop=link)


def _week(db: Connection, tools: Tools, post: Post, held: MailRow, _ids: _Ids, now_ms: int) -> Letter | None:
    """To a business, about a week. The code is worked out from the link, so its reminder leads to the same page."""
    found = asking.question(db, tools, held, now_ms)
    if found is None:
        return None
    code = _code(post, WEEK, found.link.link_id.hex)
    lead(db, found.link, code, now_ms)
    about = {"name": found.name or "Somebody on a placement", "week": found.week, "until": found.until}
    return _letter(post, held, found.address, f"{post.public_url}/confirm/{code}", **about)


def _message(db: Connection, _tools: Tools, post: Post, held: MailRow, ids: _Ids, now_ms: int) -> Letter | None:
    said = notices.wanted(db, tuple(ids))
    if said is None:
        return None
    to = rows.address_of(db, ids)
    code = _code(post, STOP, f"{said.consent_id}|{to}")
    handles.add(db, STOP, code, ids[0], now_ms, ref=MESSAGES)
    link = f"{post.public_url}/mail/stop/{code}"
    return _letter(post, held, to, link, stop=link)


_MAKERS = {
    Kind.CONFIRM: _confirm,
    Kind.GONE: _gone,
    Kind.REMINDER: _reminder,
    Kind.MESSAGE: _message,
    Kind.WEEK: _week,
    Kind.WEEK_AGAIN: _week,
}
_WEEKS = (Kind.WEEK, Kind.WEEK_AGAIN)


def _letter(post: Post, held: MailRow, to: str, link: str, stop: str = "", **about: str) -> Letter:
    kind = Kind(held.kind)
    text = letters.text_of(kind, f"{post.public_url}/", link, **about)
    return Letter(to, letters.subject_of(kind), text, str(held.mail_id), held.made_ms, stop)


def _code(post: Post, kind: str, of: str) -> str:
    """The secret part of a link: worked out again for each try, and kept nowhere but as a hash."""
    digest = hmac.digest(post.secret.encode(), f"{kind}|{of}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


_PURPOSES = {Kind.REMINDER: REMINDERS, Kind.MESSAGE: MESSAGES}
"""What she said yes to, of letters that she asked for."""


@retried
def _put_off(store: Store, held: MailRow, due_ms: int, tries: int) -> None:
    with store.write() as db:
        rows.put_off(db, held, held.due_ms, due_ms, tries)


@retried
def _end(store: Store, held: MailRow, at_ms: int, outcome: Outcome) -> None:
    with store.write() as db:
        rows.end(db, held, at_ms, outcome)
        if held.kind in _WEEKS:
            asking.letter_ended(db, held, outcome, at_ms)


@retried
def _refused(store: Store, held: MailRow, at_ms: int, mailbox: bool) -> None:
    """It is done with. To a mailbox that is not there no such letter is sent again until she asks for it."""
    with store.write() as db:
        rows.end(db, held, at_ms, Outcome.REFUSED)
        if mailbox and held.kind in _WEEKS:
            asking.letter_ended(db, held, Outcome.REFUSED, at_ms)
        ids = merges.ids_of(db, held.person_id)
        purpose = _PURPOSES.get(Kind(held.kind))
        if mailbox and purpose and rows.withdraw(db, ids, purpose, at_ms):
            audit.note(db, ids[0], "mailbox-refused", at_ms, None)

"""What a phone's outbox sends: a batch of events, whose they are and when they were sent.

Only the outside is read here. Each event stays the JSON it came as, so that one nobody can read is
refused alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import msgspec

from lms.errors import LmsError
from lms.learning.days import instant
from lms.learning.events import MOST_EVENTS, is_text


class BadEnvelope(LmsError):
    """A batch whose outside can't be read: nothing in it was recorded."""

    sentence = "We could not read what this phone sent. Nothing of it was saved here, and nothing is lost on the phone."


@dataclass(frozen=True)
class Batch:
    """A batch as it came: whose it says it is, when it was sent, its events as raw JSON."""

    person: str
    sent_ms: int
    events: tuple[bytes, ...]


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    person: str
    sent: str
    events: list[msgspec.Raw]


def read_batch(body: bytes) -> Batch:
    """The envelope of `POST /events`. BadEnvelope for anything not of its shape or too many events."""
    try:
        envelope, events = _opened(body)
        sent_ms = instant(envelope.sent)
    except (ValueError, OverflowError) as error:
        raise BadEnvelope from error
    if len(events) > MOST_EVENTS:
        raise BadEnvelope(f"At most {MOST_EVENTS} events can be sent at once.")
    return Batch(envelope.person, sent_ms, tuple(events))


def _opened(body: bytes) -> tuple[_Envelope, list[bytes]]:
    """msgspec's reader stumbles over half a surrogate pair, deep nesting and the like even in what it only keeps.

    Then the events are cut out as they stand, and the outside is read without them.
    """
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
        return envelope, [bytes(raw) for raw in envelope.events]
    except (msgspec.DecodeError, RecursionError):
        fields = _parts(body, b"{")
        lists = [field[found.end() :] for field in fields if (found := _EVENTS.match(field))]
        outside = [field for field in fields if not _EVENTS.match(field)]
    if len(lists) != 1:
        raise ValueError("no list of events, or several")
    return msgspec.json.decode(b"{%s}" % b",".join([*outside, b'"events":[]']), type=_Envelope), _parts(lists[0], b"[")


_EVENTS = re.compile(rb'\s*"events"\s*:')
_ID = re.compile(rb'\s*"id"\s*:')
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.?[^"\\]*)*"?|[][{},]', re.DOTALL)
"""A text, closed or not, or a sign outside texts. Never tried twice from one place: linear, whatever is sent."""


def _parts(text: bytes, opening: bytes) -> list[bytes]:
    """What stands between the commas of a list or an object, unread: as deep or as odd as it likes."""
    text = text.strip()
    depth, start, parts = 0, 1, []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in (b"[", b"{"):
            depth += 1
        elif sign in (b"]", b"}"):
            depth -= 1
        if (depth == 1 and sign == b",") or not depth:
            parts.append(text[start : token.start()])
            start = token.end()
        if not depth:
            break
    if depth or start != len(text) or not text.startswith(opening):
        raise ValueError("no list or object, or one that is not closed")
    return parts if parts[0].strip() or parts[1:] else []


def id_of(raw: bytes) -> str:
    """The id of an event that can't be read, so that the phone knows which it was; empty if it has none."""
    try:
        named = [field[found.end() :] for field in _parts(raw, b"{") if (found := _ID.match(field))]
        found_id = json.loads(named[-1].decode("utf-8", "surrogateescape")) if named else ""
    except (ValueError, RecursionError):
        return ""
    return found_id[:64] if isinstance(found_id, str) and is_text(found_id) else ""

"""What a phone's outbox sends: a batch of events, whose they are and when they were sent.

Only the outside is read here. Each event stays the JSON it came as, so that one nobody can read is
refused alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import msgspec

from lms.errors import LmsError
from lms.learning.days import instant
from lms.learning.events import MOST_EVENTS, is_text


class BadEnvelope(LmsError):
    """A batch whose outside can't be read: nothing in it was recorded."""

    sentence = "We could not read what this phone sent. Nothing is lost: it will be sent again."


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
        envelope = _envelope(body)
        sent_ms = instant(envelope.sent)
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadEnvelope from error
    if len(envelope.events) > MOST_EVENTS:
        raise BadEnvelope(f"At most {MOST_EVENTS} events can be sent at once.")
    return Batch(envelope.person, sent_ms, tuple(bytes(raw) for raw in envelope.events))


def _envelope(body: bytes) -> _Envelope:
    """msgspec's reader stumbles over half a surrogate pair anywhere; Python's own leaves it in its event."""
    try:
        return msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError:
        whole = _lenient(body)
    if isinstance(whole, dict) and isinstance(whole.get("events"), list):
        whole["events"] = [msgspec.Raw(json.dumps(event).encode()) for event in whole["events"]]
    return msgspec.convert(whole, _Envelope)


def _lenient(raw: bytes) -> object:
    """JSON whose texts may be broken: what is not Unicode becomes lone surrogates, refused later."""
    return json.loads(raw.decode("utf-8", "surrogateescape"))


def id_of(raw: bytes) -> str:
    """The id of an event that can't be read, so that the phone knows which it was; empty if it has none."""
    try:
        whole = _lenient(raw)
    except (ValueError, RecursionError):
        return ""
    found = whole.get("id") if isinstance(whole, dict) else None
    return found[:64] if isinstance(found, str) and is_text(found) else ""

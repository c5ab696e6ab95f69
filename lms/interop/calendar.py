"""A calendar feed as phones and computers subscribe to it: iCalendar, RFC 5545.

In: when and where meetings are. Out: bytes. Nothing in it says what a club is about or who comes: a calendar shows on a
lock screen, and others may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

TITLE = "Club"
"""What every entry is called."""
_FOLD = 75
"""Octets a line has at most, without its end (section 3.1)."""


@dataclass(frozen=True)
class Entry:
    """A meeting. `uid` stays the same for ever; `changes` counts how often it was changed."""

    uid: str
    starts_ms: int
    minutes: int
    place: str
    changes: int
    cancelled: bool
    changed_ms: int


def feed(entries: Iterable[Entry], host: str) -> bytes:
    """The whole calendar. `host` makes the ids this site's own."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(host)}//lms//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{TITLE}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ]
    for entry in entries:
        lines += _event(entry, host)
    return b"".join(_folded(line) for line in (*lines, "END:VCALENDAR"))


def _event(entry: Entry, host: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}@{host}"
    yield f"SEQUENCE:{entry.changes}"
    yield f"DTSTAMP:{_instant(entry.changed_ms)}"
    yield f"DTSTART:{_instant(entry.starts_ms)}"
    yield f"DURATION:PT{entry.minutes}M"
    yield f"SUMMARY:{TITLE}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield "TRANSP:OPAQUE"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _instant(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Words as the value of a property (section 3.3.11); what can't be shown is left out.

    >>> _text("Hall; upstairs, left\\nRing")
    'Hall\\\\; upstairs\\\\, left\\\\nRing'
    """
    plain = words.replace("\r\n", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join("\\n" if c == "\n" else c for c in plain if c == "\n" or c.isprintable())


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, no letter cut in two, each after the first begun with a space."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _FOLD - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"

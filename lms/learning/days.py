"""Instants, local days and months.

Instants are integer milliseconds since 1970, UTC. A day is yyyymmdd and a month yyyymm in the
site's own time zone, so that a lesson at ten past midnight in July counts where people live.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MS = 92 * DAY_MS
"""How long before it is learned of an event may have happened (rule 3 of the event path)."""


def day_of(at_ms: int, zone: ZoneInfo) -> int:
    """The local day of an instant: 20261121."""
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    return at.year * 10_000 + at.month * 100 + at.day


def month_of(day: int) -> int:
    """The month of a day: 202611."""
    return day // 100


def day_bit(day: int) -> int:
    """The bit that stands for a day in its month."""
    return 1 << (day % 100 - 1)


def read_day(text: str) -> date:
    """The day somebody typed: `2026-09-30`, and no other way of writing one. ValueError otherwise."""
    day = date.fromisoformat(text)
    if day.isoformat() != text or day.year < 2000:
        raise ValueError("a day is written like 2026-09-30")
    return day


def end_of_day(day: date, zone: ZoneInfo) -> int:
    """The first instant after a local day: `as of` that day means recorded before it."""
    after = day + timedelta(days=1)
    return int(datetime(after.year, after.month, after.day, tzinfo=zone).timestamp() * 1000)


def happened(at_ms: int, sent_ms: int, recorded_ms: int) -> int:
    """When a thing happened by our clock, from a phone's clock that may be wrong.

    Both instants of the phone are wrong by the same amount, so only their distance is used. Kept
    within the last 92 days and never after it was recorded.
    """
    at = recorded_ms - (sent_ms - at_ms)
    return max(recorded_ms - LATEST_MS, min(at, recorded_ms))


def instant(text: str) -> int:
    """Milliseconds of `2026-11-21T09:30:00Z`; a fraction of a second is allowed. ValueError otherwise."""
    if not text.endswith("Z"):
        raise ValueError("a time must be in UTC and end with Z")
    at = datetime.fromisoformat(text[:-1])
    if at.tzinfo is not None:
        raise ValueError("a time must be in UTC and end with Z")
    return (at.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)

"""Figures and dates in words, as every page says them.

Pure: instants and counts in, short words out. Minutes and data are promised before a learner
taps, so they are rounded up, never down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lms.content.plan import LessonPlan

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(number: int, thing: str, things: str = "") -> str:
    """`1 lesson`, `5 lessons`.

    >>> count(2, "try", "tries")
    '2 tries'
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def spelled(number: int) -> str:
    """`Two`, for the start of a sentence; a figure from eleven on."""
    return _SMALL[number].capitalize() if number < len(_SMALL) else str(number)


FRAME_BYTES = 2_000
"""What the frame of one screen adds to its words and pictures, packed (tests/web/test_weight.py measures it)."""


def data(nbytes: int) -> str:
    """`0.2 MB`, as phones and bundles count; below a tenth `under 0.1 MB`. Never less than it is."""
    tenths = -(-nbytes // 100_000)
    return f"{tenths // 10}.{tenths % 10} MB" if nbytes >= 100_000 else "under 0.1 MB"


def weigh(*lessons: LessonPlan) -> int:
    """The bytes of data some lessons take: what the release says, and a frame for every screen."""
    return sum(lesson.nbytes + FRAME_BYTES * (len(lesson.steps) + 1) for lesson in lessons)


def weight(minutes: int, nbytes: int) -> str:
    """`4 minutes, under 0.1 MB of data`."""
    return f"{count(max(1, minutes), 'minute')}, {data(nbytes)} of data"


def listed(names: Sequence[object]) -> str:
    """`1, 3 and 5`."""
    *most, last = map(str, names or [""])
    return f"{', '.join(most)} and {last}" if most else last


def on(day: date) -> str:
    """`21 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def day_of(at_ms: int, zone: ZoneInfo) -> date:
    """The local day of an instant."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()


def last_here(at_ms: int | None, now_ms: int, zone: ZoneInfo) -> str:
    """`Today`, `Yesterday`, `Tuesday`, `4 Nov`, `4 Nov 2025`; `Not yet` for never."""
    if at_ms is None:
        return "Not yet"
    day, today = day_of(at_ms, zone), day_of(now_ms, zone)
    days = (today - day).days
    if days < 7:
        return ("Today", "Yesterday")[max(days, 0)] if days < 2 else f"{day:%A}"
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


FOR_TEMPLATES: Mapping[str, Callable[..., str]] = {
    "count": count,
    "spelled": spelled,
    "data": data,
    "weight": weight,
    "listed": listed,
    "on": on,
}

"""Figures and dates in words, as every page says them.

Pure: instants and counts in, short words out. Minutes and data are promised before a learner
taps, so they are rounded up, never down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms.errors import N_
from lms.learning.attendance import Often
from lms.web.catalogues import ENGLISH
from lms.web.saying import Words, _, _n, written

_SMALL = (
    *(N_("No"), N_("One"), N_("Two"), N_("Three"), N_("Four"), N_("Five")),
    *(N_("Six"), N_("Seven"), N_("Eight"), N_("Nine"), N_("Ten")),
)
_PLACES = (
    *(N_("1st"), N_("2nd"), N_("3rd"), N_("4th"), N_("5th"), N_("6th")),
    *(N_("7th"), N_("8th"), N_("9th"), N_("10th"), N_("11th"), N_("12th")),
)


def count(number: int, thing: str, things: str = "") -> str:
    """`1 person`, `5 people`, on pages that are English for everybody.

    >>> count(2, "try", "tries")
    '2 tries'
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def spelled(number: int) -> Words | str:
    """`Two`, for the start of a sentence; a figure from eleven on."""
    return _(_SMALL[number]) if number < len(_SMALL) else str(number)


def nth(number: int) -> Words:
    """`1st`, `2nd`, `11th`; from thirteen on as English has it.

    >>> str(nth(22))
    '22nd'
    """
    if number <= len(_PLACES):
        return _(_PLACES[number - 1])
    ends = {1: "st", 2: "nd", 3: "rd"}
    return _(f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}")


def data(nbytes: int) -> Words:
    """`38 kB`, from a million bytes on `1.2 MB`. Never less than it is, and never torn apart."""
    if nbytes < 1_000_000:
        return written(lambda _locale: f"{max(1, -(-nbytes // 1000))}\N{NO-BREAK SPACE}kB")
    tenths = -(-nbytes // 100_000)
    return written(lambda locale: f"{_tenths(tenths, locale)}\N{NO-BREAK SPACE}MB")


def _tenths(tenths: int, locale: str) -> str:
    if locale == ENGLISH.locale:
        return f"{tenths // 10}.{tenths % 10}"
    from babel.numbers import format_decimal  # the tables of numbers: only for a language that needs them

    return format_decimal(Decimal(tenths) / 10, "0.0", locale)


def weight(minutes: int, nbytes: int) -> Words:
    """`4 minutes, 38 kB of data`."""
    return _n("{n} minute, {size} of data", "{n} minutes, {size} of data", max(1, minutes), size=data(nbytes))


def listed(names: Sequence[object]) -> Words | str:
    """`1, 3 and 5`."""
    *most, last = map(str, names or [""])
    return _("{most} and {last}", most=", ".join(most), last=last) if most else last


def on(day: date) -> Words:
    """`21 November 2026`."""
    return written(lambda locale: _day(day, locale))


def _day(day: date, locale: str) -> str:
    if locale == ENGLISH.locale:
        return f"{day.day} {day:%B %Y}"
    from babel.dates import format_date  # the tables of dates: only for a language that needs them

    return format_date(day, "long", locale)


def day_of(at_ms: int, zone: ZoneInfo) -> date:
    """The local day of an instant."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()


def at_time(at_ms: int, zone: ZoneInfo) -> Words:
    """`21 November 2026, 14:05`."""
    there = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return written(lambda locale: f"{_day(there.date(), locale)}, {there:%H:%M}")


def last_here(at_ms: int | None, now_ms: int, zone: ZoneInfo) -> Words:
    """`Today`, `Yesterday`, `Tuesday`, `4 Nov`, `4 Nov 2025`; `Not yet` for never."""
    if at_ms is None:
        return _("Not yet")
    day, today = day_of(at_ms, zone), day_of(now_ms, zone)
    days = (today - day).days
    if days < 2:
        return _("Yesterday") if days == 1 else _("Today")
    parts = "EEEE" if days < 7 else "d MMM" if day.year == today.year else "d MMM y"
    return written(lambda locale: _short(day, parts, locale))


def came_to(often: Often) -> Words:
    """`Came to 3 of 4 meetings.`"""
    return _n("Came to {came} of {n} meeting.", "Came to {came} of {n} meetings.", often.of, came=often.came)


_ENGLISH_PARTS = {"EEEE": "{0:%A}", "d MMM": "{0.day} {0:%b}", "d MMM y": "{0.day} {0:%b %Y}"}


def _short(day: date, parts: str, locale: str) -> str:
    if locale == ENGLISH.locale:
        return _ENGLISH_PARTS[parts].format(day)
    from babel.dates import format_date, format_skeleton

    if parts == "EEEE":
        return format_date(day, parts, locale)
    return format_skeleton(parts.replace(" ", ""), day, locale=locale)


FOR_TEMPLATES: Mapping[str, Callable[..., object]] = {
    "count": count,
    "spelled": spelled,
    "data": data,
    "weight": weight,
    "listed": listed,
    "on": on,
}

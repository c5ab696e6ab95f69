"""Placements in words: how long, how a week stands, and what the pages of a learner, her mentor and staff all show."""

from __future__ import annotations

from lms.errors import Refused
from lms.learning.pairing import as_date
from lms.learning.placing import Ended, State, Week
from lms.services.working import Work
from lms.web.saying import Words, _, _n
from lms.web.words import listed, on

BECAME: dict[str, Words | str] = {
    Ended.KEPT_ON: _("Work at the same business"),
    Ended.JOB: _("Work somewhere else"),
    Ended.STUDY: _("More learning"),
    Ended.NONE: _("None of these"),
}


def length(minutes: int) -> Words | str:
    """`2 hours and 30 minutes`."""
    whole, rest = divmod(minutes, 60)
    parts = [_n("{n} hour", "{n} hours", whole)] if whole or not rest else []
    return listed([*parts, _n("{n} minute", "{n} minutes", rest)] if rest else parts)


def minutes_of(typed: str, field: str = "hours", times: int = 60) -> int:
    """Minutes of a number of hours as somebody types it: 2, 2.5 or 2,5. Refused for what is no number."""
    text = typed.strip().replace(",", ".")
    try:
        number = float(text or "0") if text.isascii() and len(text) < 7 and "e" not in text.lower() else None
    except ValueError:
        number = None
    if number is None or not 0 <= number < 100_000:
        raise Refused("Type a number, like 2 or 2.5.", field)
    return round(number * times)


def state_said(week: Week) -> Words:
    """How a week stands, in words that are right for everybody who reads them."""
    if week.state is State.CONFIRMED:
        return _("The business says that this is right.")
    if week.state is State.SETTLED:
        return _("Somebody looked into it: {time} count.", time=length(week.counted))
    if week.state is State.DISPUTED and week.business:
        return _("The business says it was {time}.", time=length(week.business.minutes))
    return _("The business has not said yet if this is right.")


def shown(work: Work) -> dict[str, object]:
    """What the pages of all three show of a placement, in words."""
    row = work.row
    return {
        "work": work,
        "first": on(as_date(row.starts_day)),
        "last": on(as_date(row.span.last_day)),
        "a_week": length(row.week_minutes),
        "agreed": length(work.agreed),
        "logged": length(work.logged),
        "counted": length(work.counted),
        "length": length,
        "state_said": state_said,
        "on": lambda day: on(as_date(day)),
        "became": BECAME,
        "states": State,
    }

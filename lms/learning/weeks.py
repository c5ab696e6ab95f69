"""The weekly question to a business: about which weeks it is asked, how long its link works, when it is asked again.

Pure: a week of a placement, days and instants in; what is due out. A week is named by its Monday, as in `placing`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.learning.days import DAY_MS
from lms.learning.pairing import as_date
from lms.learning.placing import State, Week, days_on

LINK_MS = 14 * DAY_MS
"""How long a link works."""
AGAIN_MS = 4 * DAY_MS
"""How long after its letter the one reminder comes."""
BACK_DAYS = 56
"""No letter is written by itself about a week that is longer over."""
WRITTEN_AT = 9
"""O'clock, where the site is: letters come when businesses are open, or soon will be."""
WEEK_MINUTES = 7 * 24 * 60


class Way(StrEnum):
    """How a business gets a link."""

    LETTER = "letter"
    SHOWN = "shown"
    """Staff saw it, to read it out or to hand it over."""


def is_over(monday: int, today: int) -> bool:
    """Whether a week is over: it is its next Monday, or later."""
    return days_on(monday, 7) <= today


def to_ask(week: Week, today: int) -> bool:
    """Whether a letter about a week is due by itself: she worked in it, it is over, and nobody has said a word."""
    asked = week.minutes > 0 and week.business is None and week.state is State.WAITING
    return asked and is_over(week.monday, today) and today <= days_on(week.monday, BACK_DAYS)


def can_be_asked(week: Week, today: int) -> bool:
    """Whether anything is left to say of a week by whoever has a link."""
    return week.minutes > 0 and is_over(week.monday, today) and week.state in (State.WAITING, State.DISPUTED)


def written_at(day: int, zone: ZoneInfo) -> int:
    """The instant of a day at which letters to businesses are due."""
    on = as_date(day)
    return int(datetime(on.year, on.month, on.day, WRITTEN_AT, tzinfo=zone).timestamp() * 1000)


def seen_as(week: Week) -> str:
    """What a week looked like, in few letters: the answer to a page counts for what stood on that page."""
    said = "|".join(f"{it.hours_id} {it.day} {it.minutes} {it.what}" for it in week.lines)
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:32]


def first_name(name: str) -> str:
    """What a business calls her: the first word of her name, if it is made of letters; empty otherwise.

    >>> first_name("Lena Marie"), first_name("http://lena.example"), first_name("Anne-Marie")
    ('Lena', '', 'Anne-Marie')
    """
    first = next(iter(name.split()), "")
    return first if len(first) <= 40 and all(it in "'’-" or unicodedata.category(it)[0] in "LM" for it in first) else ""


def on(day: int) -> str:
    """A day in English words: 23 November 2026."""
    its = as_date(day)
    return f"{its.day} {_MONTHS[its.month - 1]} {its.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

"""The rules of writing to somebody: which addresses, on which day a reminder, when a letter is tried again.

Pure: typed text, days and instants in; an address, a sentence or an instant out.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.errors import N_, Refused
from lms.learning.days import DAY_MS

_LONGEST, _LONGEST_NAME = 254, 64
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+{_LABEL}")

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MOST_TRIES = 7
"""So often a letter is handed over at most: more than once where a worker was killed before it could say so."""
WEEK_MS = 7 * DAY_MS
REMINDED_AT = 10
"""O'clock, where the site is: nobody's phone rings at night."""
REMINDER_LATE_MS = 8 * HOUR_MS
"""A reminder that could not be sent by six in the evening is not sent at all."""
LATE_MS = DAY_MS
"""How long any other letter is of use, and how long the link in it works."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Kind(StrEnum):
    """Of letters: is this your address, we write to you here no more, the reminder, that there is a message; and those
    to a business.
    """

    CONFIRM = "confirm"
    GONE = "gone"
    REMINDER = "reminder"
    WEEK = "week"
    """Are the hours of this week right? About her and never to her."""
    WEEK_AGAIN = "week-again"
    MESSAGE = "message"


class Outcome(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    DROPPED = "dropped"
    """Nobody wanted it any more when its turn came."""
    REFUSED = "refused"
    """The other side said that it takes it never."""
    GIVEN_UP = "given up"
    """Too late, or tried too often."""


def clean_address(typed: str) -> str:
    """An address as it is kept and compared: lower case. Refused for what no mail server would understand.

    >>> clean_address(" Lena@Example.ORG ")
    'lena@example.org'
    """
    address = typed.strip().lower()
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > _LONGEST or len(found[1]) > _LONGEST_NAME:
        raise Refused("That is not a whole email address. Write it like name@example.org.", "address")
    return address


def again_ms(tries: int) -> int:
    """How long a letter waits after so many tries: 1, 4, 16 minutes, and so on until a day is nearly over."""
    return MINUTE_MS << 2 * (tries - 1)


def weekday_of(day: int) -> str:
    """The name of a day: 20261124 is a `tuesday`."""
    return DAYS[datetime(day // 10_000, day // 100 % 100, day % 100).weekday()]


def reminded_at(day: int, zone: ZoneInfo) -> int:
    """The instant of a day at which reminders are due."""
    at = datetime(day // 10_000, day // 100 % 100, day % 100, REMINDED_AT, tzinfo=zone)
    return int(at.timestamp() * 1000)


def is_missed(last_here_ms: int, now_ms: int) -> bool:
    """Whether somebody has not been here for a week."""
    return now_ms - last_here_ms >= WEEK_MS


TERMS = N_("We write once a week, at ten in the morning, if you have not been here for a week.")

MESSAGE_TERMS = N_("We write when there is a message for you. The letter says only that, and not who wrote or what.")


def wording(weekday: str) -> str:
    """What she says yes to, as it stood on her page."""
    return f"{TERMS} On which day? {weekday.capitalize()}. Remind me on that day."

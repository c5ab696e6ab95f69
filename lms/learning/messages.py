"""The rules of messages between a learner and staff: which text is kept, who may begin, and when nobody may write.

Pure: text, counts and what she said of her age in; text or a reason out.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

LONGEST = 2_000
"""Letters in one message."""
MOST_A_DAY = 100
"""Messages of one person in one thread within a day: no thread is flooded."""
READERS = 2
"""So many of the staff can read each thread at least."""


class Kind(StrEnum):
    """With whom a learner writes."""

    MENTOR = "mentor"
    GROUP = "group"


class WhyNot(StrEnum):
    """Why nothing can be written in a thread now."""

    OVER = "over"
    """Nobody is there any more to answer."""
    ALONE = "alone"
    """Only one of the staff could read it."""
    FIRST = "first"
    """She has not said that she is 18, so she writes first."""
    READS = "reads"
    """Who asks reads it along, and is not the one she writes with."""


def why_not(readers: int, answers: int, *, begun: bool, adult: bool, staff: bool) -> WhyNot | None:
    """What stands against writing; None: nothing.

    `readers`: how many of the staff can read it, `answers`: how many of them are there to answer, `begun`: there is a
    message in it, `adult`: she said that she is 18 or over, `staff`: one of the staff wants to write.

    >>> why_not(2, 1, begun=False, adult=False, staff=True)
    <WhyNot.FIRST: 'first'>
    """
    if not answers:
        return WhyNot.OVER
    if readers < READERS:
        return WhyNot.ALONE
    return WhyNot.FIRST if staff and not begun and not adult else None


_JOINERS = "\u200c\u200d"
_BLANK_LINES = re.compile(r"\n{3,}")


def plain(text: str) -> str:
    r"""A text without what can't be seen or turns a line round, and without long runs of empty lines.

    >>> plain("a\u202eb\u200b\x07c\n\n\n\nd")
    'abc\n\nd'
    """
    letters = ("\n" if c in "\n\u2028\u2029" else " " if c.isspace() else c for c in text.replace("\r\n", "\n"))
    kept = "".join(c for c in letters if c == "\n" or c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    found = _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in kept.split("\n"))).strip()
    return found if any(unicodedata.category(c)[0] in "LNPS" for c in found) else ""


_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn"})
"""Signs that steer, that join, of private use, and that are none yet."""

"""Registers: when one can be filled in, which tick counts, and what a month's attendance is.

In: the ticks of a meeting or of many, each a statement at an instant that somebody was there or was not. Out: who was
there. A tick is never changed; another is made, and the newest counts, in whatever order they arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from lms.learning.days import DAY_MS

EARLY_MS = 3_600_000
"""How long before a meeting begins its register opens: people come early."""
LATE_ENTRY_MS = 366 * DAY_MS
"""How long after a meeting it can be entered who was there: a year, also one with a leap day in it."""
AFTERWARDS_MS = DAY_MS
"""How long after a meeting began what is entered is shown with its day and who entered it."""


OFTEN_MS = 183 * DAY_MS
"""How far back it is told how often somebody came: six months. What was before says little of how she is now."""


class Closed(StrEnum):
    """Why nothing can be entered in a register."""

    FUTURE = "too-early"
    OLD = "too-old"
    CANCELLED = "cancelled"


def closed(starts_ms: int, cancelled: bool, now_ms: int) -> Closed | None:
    """Whether a register can be filled in now, and if not, why."""
    if cancelled:
        return Closed.CANCELLED
    if now_ms < starts_ms - EARLY_MS:
        return Closed.FUTURE
    return Closed.OLD if now_ms > starts_ms + LATE_ENTRY_MS else None


@dataclass(frozen=True)
class Tick:
    """That a person was at a meeting, or was not. `at_ms`: when it was said; `recorded_ms`: when we learned it."""

    person_id: int
    tick_id: UUID
    meeting_id: int
    present: bool
    guest: bool
    at_ms: int
    recorded_ms: int
    by_id: int | None

    @property
    def order(self) -> tuple[int, int, bytes, int]:
        """What makes one of two the newer: when it was said, then when we learned it, then its key."""
        return self.at_ms, self.recorded_ms, self.tick_id.bytes, self.person_id


def newest(ticks: Iterable[Tick], kept: Mapping[int, int] | None = None) -> dict[tuple[int, int], Tick]:
    """(meeting, person) -> the tick that counts. `kept`: of people with several ids, whom each id is."""
    whose = kept or {}
    found: dict[tuple[int, int], Tick] = {}
    for tick in ticks:
        key = tick.meeting_id, whose.get(tick.person_id, tick.person_id)
        if key not in found or found[key].order < tick.order:
            found[key] = tick
    return found


@dataclass(frozen=True)
class Came:
    """What the ticks of some meetings come to. None of these numbers is a sum of others."""

    meetings: int = 0
    """At which somebody was there."""
    attendances: int = 0
    """How often somebody was at one."""
    people: int = 0
    """How many different people."""
    guests: int = 0
    """Of the attendances, those of people without an account."""
    late: int = 0
    """Of the attendances, those that did not count yet when the meetings' month ended."""


def came(ticks: Iterable[Tick], month_ends_ms: int, kept: Mapping[int, int] | None = None) -> Came:
    """Who was at the meetings of one month, by the newest tick of each; and how much of it was added late."""
    all_ticks = list(ticks)
    there = {key: it for key, it in newest(all_ticks, kept).items() if it.present}
    in_time = newest((it for it in all_ticks if it.recorded_ms < month_ends_ms), kept)
    return Came(
        meetings=len({meeting_id for meeting_id, _ in there}),
        attendances=len(there),
        people=len({person_id for _, person_id in there}),
        guests=sum(it.guest for it in there.values()),
        late=sum(key not in in_time or not in_time[key].present for key in there),
    )


@dataclass(frozen=True)
class Held:
    """A meeting of a group that has a register."""

    meeting_id: int
    group_id: int
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True)
class Often:
    """To how many meetings somebody came, of how many she could have come to."""

    came: int = 0
    of: int = 0


def how_often(held: Iterable[Held], there: Collection[int], joined_ms: int) -> Often:
    """How often she came: of the meetings that were not over when she joined, and of those she came to before.

    >>> met = [Held(1, 7, 0, 10), Held(2, 7, 20, 30), Held(3, 7, 40, 50)]
    >>> how_often(met, {3}, joined_ms=25), how_often(met, {1, 3}, joined_ms=35)
    (Often(came=1, of=2), Often(came=2, of=2))
    """
    hers = [it.meeting_id for it in held if it.ends_ms > joined_ms or it.meeting_id in there]
    return Often(sum(its_id in there for its_id in hers), len(hers))

"""How often somebody comes to the meetings of a group, for those who look after it.

Of the meetings of the last six months that have a register. What is open to several groups is in no group's number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.learning.attendance import OFTEN_MS, Held, Often, Tick, how_often, newest
from lms.store import attendance as rows


@dataclass(frozen=True)
class Registers:
    """What the registers of some groups say."""

    ticked: tuple[tuple[Held, Tick], ...]

    @property
    def ids(self) -> set[int]:
        """Whoever stands on one, also under an id of before."""
        return {tick.person_id for _held, tick in self.ticked}

    def whose(self, kept: Mapping[int, int]) -> Coming:
        """The same by the person. `kept`: of those with several ids, whom each id is."""
        there: dict[int, set[int]] = {}
        for (meeting_id, person_id), tick in newest((tick for _held, tick in self.ticked), kept).items():
            if tick.present:
                there.setdefault(person_id, set()).add(meeting_id)
        return Coming(tuple({held for held, _tick in self.ticked}), there)


@dataclass(frozen=True)
class Coming:
    """Who came to which meetings."""

    held: tuple[Held, ...]
    there: Mapping[int, Collection[int]]
    """Person -> the meetings she came to."""

    def often(self, person_id: int, group_id: int, joined_ms: int) -> Often:
        """How often she came to those of one group, since she joined it."""
        its = (it for it in self.held if it.group_id == group_id)
        return how_often(its, self.there.get(person_id, ()), joined_ms)


def registers(db: Connection, group_ids: Iterable[int], now_ms: int) -> Registers:
    """The registers of some groups, in one query."""
    return Registers(tuple(rows.of_groups(db, list(group_ids), now_ms - OFTEN_MS, now_ms)))

"""What a learner can show of her placements: how many hours at which business, and what she did on which day.

Only of placements that were completed. The words are read where they stand, so what she or an erasure takes away goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from lms.learning.placing import Line, Week
from lms.services.hours import weeks_each
from lms.store import placements as rows
from lms.store.placements import PlacementRow

_FAR = 99991231


@dataclass(frozen=True)
class Piece:
    """Something she can put into her badge."""

    its_id: UUID
    title: str
    words: str
    at_ms: int


def of(db: Connection, ids: Sequence[int]) -> list[Piece]:
    """All there is of somebody's completed placements: of each the whole first, then line by line."""
    placed = [row for row in rows.of_learners(db, ids) if row.completed_ms is not None]
    there = {it.business_id: it.name for it in rows.business_rows(db, {row.business_id for row in placed})}
    found = weeks_each(db, placed, _FAR)
    return [it for row in placed for it in _pieces(row, there[row.business_id], found[row.placement_id])]


def _pieces(row: PlacementRow, business: str, found: Sequence[Week]) -> list[Piece]:
    at_ms = row.completed_ms or row.recorded_ms
    lines = [it for week in found for it in week.lines]
    return [
        Piece(row.placement_id, f"Work at {business}", _whole(business, found), at_ms),
        *(Piece(it.hours_id, f"{_day(it.day)} at {business}", _line(it), at_ms) for it in lines if it.what),
    ]


def _whole(business: str, found: Sequence[Week]) -> str:
    weeks = _count(sum(1 for week in found if week.counted), "week")
    return f"{_hours(sum(week.counted for week in found))} in {weeks} at {business}, confirmed week by week."


def _line(it: Line) -> str:
    return f"{_hours(it.minutes)}. {it.what}" + (f"\n{it.link}" if it.link else "")


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    return " ".join([*parts, _count(rest, "minute")] if rest or not hours else parts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _day(day: int) -> str:
    return f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}"

"""What this site holds about one person, all of it, in words she can read and in a form she can take away.

Table by table, so that a table added later is in it without anybody having to remember.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lms.interop.cells import csv_chunks
from lms.learning.answers import MENTOR, ONLY_ME
from lms.learning.days import day_bit
from lms.learning.events import EventKind
from lms.learning.ring import GROUP, SAFEGUARDING
from lms.store import own as rows
from lms.store.gate import Store
from lms.store.reports import course_slugs

Value = object
"""What JSON can hold."""

_JSON = frozenset({"wishes", "choice", "state", "document", "evidence"})
"""Columns whose text is JSON."""


_CONCERNS = frozenset({"concerns", "concern_steps"})
"""What only the safeguarding lead reads: see `_without_concern`."""


@dataclass(frozen=True)
class _Names:
    courses: Mapping[int, str]
    groups: Mapping[int, str]
    steps: Mapping[tuple[int, int], str]
    badges: Mapping[int, str]
    meetings: Mapping[int, str]
    businesses: Mapping[int, str]


HEADER = ("part", "number", "name", "value")
"""Of the table form: one line for each thing a row says, which any spreadsheet opens and a phone too."""


def as_csv(found: Mapping[str, Sequence[Mapping[str, Value]]]) -> bytes:
    """The same as one table. It begins with a mark by which spreadsheets know how its letters are written."""
    lines = (
        (table, number, name, value if isinstance(value, (str, int)) else json.dumps(value, ensure_ascii=False))
        for table, its in found.items()
        for number, row in enumerate(its, start=1)
        for name, value in row.items()
    )
    return codecs.BOM_UTF8 + b"".join(csv_chunks(HEADER, lines))


def everything(store: Store, *ids: int) -> dict[str, list[dict[str, Value]]]:
    """Table -> rows about a person, under all her ids. Instants are UTC; courses, steps, groups go by their names."""
    with store.read(snapshot=True) as db:
        names = _Names(
            course_slugs(db),
            rows.names_of_groups(db),
            rows.names_of_steps(db),
            rows.names_of_badges(db),
            rows.names_of_meetings(db),
            rows.names_of_businesses(db),
        )
        found: dict[str, list[dict[str, Value]]] = {}
        for person_id in ids:
            for table, row in _without_running(list(rows.every_row(db, person_id))):
                if table in _CONCERNS:
                    continue
                shown = _message(row, ids) if table == "messages" else _without_concern(table, row)
                found.setdefault(table, []).append(_readable(shown, names))
    return dict(sorted(found.items()))


def _without_concern(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A contact without a note for the safeguarding lead, and without a trace that there is one.

    Whoever hurts her may look over her shoulder, so a person decides what of such a note she is given, and how (docs/
    decisions/0027). The page says to everybody that such notes are not in it.
    """
    if table != "contacts" or (row["note"] and row["seen_by"] != SAFEGUARDING):
        return row
    return {name: value for name, value in row.items() if name not in ("note", "seen_by")}


def _message(row: dict[str, Any], ids: Sequence[int]) -> dict[str, Any]:
    """A message with who wrote it, and that it was reported only where she did: as with a worry."""
    kept = {name: value for name, value in row.items() if name not in ("author_id", "reported_ms", "reported_by")}
    if row["reported_by"] in ids:
        kept["reported_ms"] = row["reported_ms"]
    return {**kept, "from": "you" if row["author_id"] in ids else "somebody who works here"}


def _without_running(
    found: list[tuple[str, Mapping[str, Any]]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same rows without the marks of quiz attempts that are still running: they wait for the end of the attempt."""
    running: set[tuple[int, int]] = set()
    states = {row["course_id"]: json.loads(row["state"]) for table, row in found if table == "progress"}
    for course_id, state in states.items():
        for goes in state["attempts"].values():
            for number, go in goes.items():
                if not go[1]:
                    running.add((course_id, int(number)))
                    go[2] = {}
    for table, row in found:
        if table == "progress":
            yield table, {**row, "state": json.dumps(states[row["course_id"]])}
        elif table == "events" and (row["course_id"], row["attempt_no"]) in running:
            if row["kind"] != EventKind.REMARKED:  # that there is one would say that the answer is right
                yield table, {**row, "mark": None}
        else:
            yield table, dict(row)


def _readable(row: Mapping[str, Value], names: _Names) -> dict[str, Value]:
    course_id = row.get("course_id")
    out: dict[str, Value] = {}
    for column, value in row.items():
        if value is None:
            continue
        if column.endswith("_ms") and isinstance(value, int):
            out[column.removesuffix("_ms")] = _instant(value)
        elif column == "course_id" and isinstance(value, int):
            out["course"] = names.courses.get(value, value)
        elif column == "step_no" and isinstance(value, int) and isinstance(course_id, int):
            out["step"] = names.steps.get((course_id, value), value)
        elif column == "group_id" and isinstance(value, int):
            out["group"] = names.groups.get(value, value)
        elif column == "meeting_id" and isinstance(value, int):
            out["meeting"] = names.meetings.get(value, value)
        elif column == "badge_id" and isinstance(value, int):
            out["badge"] = names.badges.get(value, value)
        elif column == "business_id" and isinstance(value, int):
            out["business"] = names.businesses.get(value, value)
        elif column == "day_bits" and isinstance(value, int):
            out["days"] = [day for day in range(1, 32) if value & day_bit(day)]
        else:
            out[column] = _plain(column, value)
    return out


_READERS = {ONLY_ME: "only you", MENTOR: "you and your mentor", GROUP: "you and whoever runs your group"}


def _plain(column: str, value: Value) -> Value:
    if column == "seen_by" and isinstance(value, str):
        return _READERS.get(value, value)
    if column in _JSON and isinstance(value, str):
        return json.loads(value)
    return str(value) if isinstance(value, UUID) else value


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Meetings for the tests of registers, written as rows."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import insert, select

from lms.store import meetings as meeting_rows
from lms.store.gate import Store
from lms.store.meetings import MeetingRow
from lms.store.tables import groups, meetings
from tests.services.site import Site

HOUR_MS = 3_600_000


def meeting(site: Site, group: Any, starts_ms: int | None = None, **values: Any) -> MeetingRow:
    """A meeting of a group; now, where nothing else is said."""
    at_ms = site.now_ms if starts_ms is None else starts_ms
    return add_meeting(site.store, group.public_id, at_ms, made_ms=site.now_ms, **values)


def add_meeting(store: Store, group_public_id: str, starts_ms: int, **values: Any) -> MeetingRow:
    """The same on any site."""
    public_id = values.pop("public_id", uuid.uuid4().hex[:20])
    with store.write() as db:
        of = db.execute(select(groups).where(groups.c.public_id == group_public_id)).mappings().one()
        row = {
            "public_id": public_id,
            "organisation_id": of["organisation_id"],
            "group_id": of["group_id"],
            "kind": "club",
            "name": "Tuesday club",
            "place": "",
            "starts_ms": starts_ms,
            "minutes": 120,
            "made_ms": starts_ms,
        }
        db.execute(insert(meetings).values(**{**row, **values}))
        found = meeting_rows.by_public_id(db, public_id)
    assert found
    return found

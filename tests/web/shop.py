"""Somebody who worked at a bakery last week, and the link by which the bakery says whether her hours are right."""

from __future__ import annotations

import uuid
from uuid import UUID

from lms.learning.days import day_of
from lms.learning.placing import days_on, monday_of
from lms.services.weeks import look
from lms.settings import LONDON
from lms.store import placements as rows
from lms.store import weeks
from lms.store.placements import HoursRow, PlacementRow
from lms.store.weeks import LinkRow
from tests.web.conftest import now_ms
from tests.web.postbox import HasStore

CODE = "a-link-as-it-stands-in-a-letter-to-a-bakery"
AT_BAKERY = UUID(int=77)
"""The placement there, and the line of last week's hours."""


def works_at_bakery(house: HasStore, person_id: int, organisation_id: int = 1, code: str = CODE) -> str:
    """She was placed five weeks ago and worked seven hours on the Monday of last week. Gives the code of a link."""
    at_ms = now_ms()
    monday, its_name = last_week(), f"demo-bakery-{organisation_id}"
    about = {"name": "Demo bakery", "contact": "Demo Bea", "email": "bakery@example.net", "phone": "", "made_ms": at_ms}
    looked_at = {"checks": "visited insured safe", "checked_day": 20260901, "agreement_day": 20260901}
    with house.store.write() as db:
        its = {"public_id": its_name, "organisation_id": organisation_id, "by_id": None}
        if rows.business(db, its_name) is None:
            rows.add_business(db, {**its, **about, **looked_at})
        firm = rows.business(db, its_name)
        assert firm
        days = {"starts_day": days_on(monday, -28), "ends_day": days_on(monday, 60), "week_minutes": 600}
        none = dict.fromkeys(("ended", "ended_day", "ended_ms", "later", "later_ms", "mentor_id", "by_id"))
        where = {"business_id": firm.business_id, "organisation_id": organisation_id, "paid": True, "risks": ""}
        hers = {"person_id": person_id, "placement_id": AT_BAKERY}
        rows.add(db, PlacementRow(**hers, **where, **days, **none, recorded_ms=at_ms))
        line = {"day": monday, "minutes": 420, "what": "Demo: wrote two posts.", "link": None, "replaces": None}
        rows.log(db, HoursRow(**hers, **line, hours_id=AT_BAKERY, at_ms=at_ms, recorded_ms=at_ms))
        link = LinkRow(person_id, uuid.uuid4(), AT_BAKERY, monday, "letter", None, at_ms, at_ms + 86_400_000)
        weeks.add(db, link)
        weeks.lead(db, link, code, at_ms)
    return code


def last_week() -> int:
    """The Monday of last week."""
    return days_on(monday_of(day_of(now_ms(), LONDON)), -7)


def seen_of_bakery(house: HasStore, code: str = CODE) -> str:
    """What the page behind the link hides in its form."""
    return look(house.store, code, "192.0.2.1", now_ms(), LONDON).seen

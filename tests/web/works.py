"""Somebody at work at a demo business, for tests of pages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from lms.learning.days import day_of
from lms.learning.joining import as_text
from lms.learning.pairing import as_date, as_day
from lms.learning.placing import Line, monday_of
from lms.services import businesses, hours, people, placements
from lms.services.businesses import About
from lms.services.people import SignedIn
from lms.services.placements import Terms
from lms.settings import LONDON
from tests.web.conftest import House, now_ms

CHECKED = ("visited", "insured", "safe")


@dataclass
class Works:
    """Two businesses, a placement at the first that began three weeks ago, and an hour of today."""

    business: str
    other: str
    placement_id: str
    hours_id: uuid.UUID
    week: str
    today: str
    ends: str
    about: dict[str, object] = field(default_factory=dict)


def signed_in(house: House, username: str) -> SignedIn:
    person_id = people.id_of_username(house.store, username)
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id, now_ms())
    who = people.signed_in(house.store, person_id, token.secret, now_ms())
    assert who
    return who


def day(ahead: int = 0) -> int:
    """A day from today on, or before it."""
    return as_day(as_date(day_of(now_ms(), LONDON)) + timedelta(days=ahead))


def working_at(house: House, username: str, by: str = "femi", name: str = "Demo Bakery", risks: str = "") -> Works:
    femi, learner = signed_in(house, by), signed_in(house, username)
    (organisation_id, _name), *_rest = businesses.mine(house.store, femi, now_ms())[1]

    def business(called: str) -> str:
        about = About(called, "Demo Bea", "bea@example.org", "", CHECKED, day(-30), day(-30))
        return businesses.add(house.store, femi, organisation_id, about, uuid.uuid4(), now_ms())

    its, other = business(name), business(f"{name} two")
    placement_id, hours_id = uuid.uuid4(), uuid.uuid4()
    terms = Terms(its, day(-21), day(60), 600, True, risks)
    placements.place(house.store, femi, learner.public_id, terms, placement_id, now_ms(), LONDON)
    line = Line(hours_id, day(), 60, "Demo posts")
    hours.log(house.store, learner, placement_id, line, now_ms(), LONDON)
    form = {"name": name, "contact": "Demo Bea", "email": "bea@example.org", "checks": list(CHECKED)}
    form |= {"checked": as_text(day(-30)), "agreement": as_text(day(-30))}
    week, today, ends = str(monday_of(day())), as_text(day()), as_text(day(61))
    return Works(its, other, str(placement_id), hours_id, week, today, ends, form)

"""Passing a worry on: from every role, to the lead and nobody else, once, with the time and the person."""

from __future__ import annotations

from uuid import uuid4

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import concerns, erasure, own
from lms.services.people import SignedIn
from lms.settings import LONDON
from lms.store.people import change_person
from lms.store.tables import concern_steps
from lms.store.tables import concerns as table
from tests.services.site import Site
from tests.services.test_pairings import club, femi, here, lena, mira, pair

__all__ = ["club", "femi", "here", "lena", "mira"]


@pytest.fixture
def safi(site: Site, here: int) -> SignedIn:
    """She has taken her invitation: she can sign in."""
    who = site.person("Safi", (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, here))
    with site.store.write() as db:
        change_person(db, who.person_id, username="safi")
    return who


def pass_on(site: Site, by: SignedIn, about: SignedIn, words: str = "Bruises on her arm."):
    its_id = uuid4()
    concerns.pass_on(site.store, by, about.public_id, its_id, words, site.now_ms, LONDON)
    return its_id


def names(site: Site, reader: SignedIn, *, closed: bool = False) -> list[str]:
    return [it.name for it in concerns.listed(site.store, reader, site.now_ms, closed=closed)]


def test_everybody_can_about_who_they_see_and_about_themselves(site, femi, club, lena, mira, safi, here):
    pair(site, femi, lena, mira)
    staff = [
        site.person("Orla", (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, here)),
        site.administrator(),
        femi,
        mira,
        safi,
        lena,
    ]
    for who in staff:
        pass_on(site, who, lena)
    pass_on(site, mira, mira)
    rows = site.rows(table, lena)
    assert {row["by_id"] for row in rows} == {who.person_id for who in staff}
    assert {(row["organisation_id"], row["recorded_ms"]) for row in rows} == {(here, site.now_ms)}
    assert names(site, safi) == ["Lena"] * 6, "Mira is in no group: that goes to whoever runs the site"
    assert sorted(names(site, site.administrator())) == ["Lena"] * 6 + ["Mira"]


def test_nobody_else_can_and_nobody_else_reads_it(site, femi, lena, mira, safi):
    stranger, fola = site.person("Sam"), site.person("Fola", (Role.FUNDER, ScopeKind.SITE, 0))
    for who in (stranger, mira, fola):
        with pytest.raises(NotFound):
            pass_on(site, who, lena)
    its_id = pass_on(site, femi, lena)
    for who in (stranger, fola, mira, lena, femi):
        with pytest.raises(Forbidden):
            names(site, who)
    there = site.organisation()
    next_door = site.person("Nell", (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, there))
    assert names(site, next_door) == []
    with pytest.raises(NotFound):
        concerns.one(site.store, next_door, lena.public_id, its_id, site.now_ms)


def test_a_double_tap_passes_on_once_and_without_words_too(site, femi, lena, safi):
    its_id = uuid4()
    made = [concerns.pass_on(site.store, femi, lena.public_id, its_id, "", site.now_ms, LONDON) for _ in range(2)]
    assert made == [True, False]
    assert concerns.one(site.store, safi, lena.public_id, its_id, site.now_ms).by == "Femi"


def test_who_passed_it_on_sees_that_it_was_taken_up_and_no_more(site, femi, lena, safi):
    its_id = pass_on(site, femi, lena)
    passed_ms = site.now_ms
    assert concerns.about(site.store, femi, lena.public_id, site.now_ms, LONDON).passed == ((passed_ms, None),)
    site.later(60_000)
    concerns.take(site.store, safi, lena.public_id, its_id, site.now_ms)
    found = concerns.about(site.store, femi, lena.public_id, site.now_ms, LONDON)
    assert found.passed == ((passed_ms, site.now_ms),)
    assert found.readers == ("Safi",)
    assert concerns.about(site.store, lena, "", site.now_ms, LONDON).passed == ()
    with pytest.raises(Refused, match="just now"):
        concerns.take(site.store, site.administrator(), lena.public_id, its_id, site.now_ms)


def test_what_was_done_is_noted_and_what_is_closed_stays_closed(site, femi, lena, safi):
    its_id, step = pass_on(site, femi, lena), uuid4()
    with pytest.raises(Refused, match="Write what was done"):
        concerns.note(site.store, safi, lena.public_id, its_id, uuid4(), " ", site.now_ms)
    for _ in range(2):
        concerns.note(site.store, safi, lena.public_id, its_id, step, "Rang the council.", site.now_ms, closes=True)
    found = concerns.one(site.store, safi, lena.public_id, its_id, site.now_ms)
    assert [(it.said, name) for it, name in found.steps] == [("Rang the council.", "Safi")]
    assert found.taken_by == "Safi"
    assert (names(site, safi), names(site, safi, closed=True)) == ([], ["Lena"])
    with pytest.raises(Refused, match="closed"):
        concerns.note(site.store, safi, lena.public_id, its_id, uuid4(), "More.", site.now_ms)


def test_a_lead_does_not_read_what_others_pass_on_about_her(site, femi, club, safi):
    site.join(safi, club)
    its_id = pass_on(site, femi, safi)
    assert names(site, safi) == []
    with pytest.raises(NotFound):
        concerns.one(site.store, safi, safi.public_id, its_id, site.now_ms)
    assert names(site, site.administrator()) == ["Safi"]


def test_it_is_not_in_her_own_data_and_its_words_go_with_her(site, femi, lena, safi):
    its_id = pass_on(site, femi, lena)
    concerns.note(site.store, safi, lena.public_id, its_id, uuid4(), "Rang Lena.", site.now_ms)
    assert not {"concerns", "concern_steps"} & set(own.everything(site.store, lena.person_id))
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    (row,) = site.rows(table, lena)
    assert (row["body"], row["by_id"], row["closed_ms"]) == ("", femi.person_id, site.now_ms)
    assert site.rows(concern_steps, lena) == []

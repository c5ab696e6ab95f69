"""Erasing a person: her name, words and ways back are gone, what is counted stays."""

from __future__ import annotations

import pytest
from sqlalchemy import String, Text, select

from lms.errors import NotFound, Refused
from lms.services import badges, own, people
from lms.services.erasure import erase
from lms.services.progress import rebuild
from lms.store.audit import chain_holds
from lms.store.tables import METADATA, awards, events, learner_months, milestones, progress
from tests.services.site import ADDRESS, Site

WORDS = "three words you like"
FACTS = (events, learner_months, milestones, progress, awards)


def lena(site: Site) -> people.Token:
    """Somebody with a name, words, a badge she shows, a group, and a sign-in."""
    token = people.sign_up(site.store, "Lena Unmistakable", "lena.unmistakable", WORDS, "yes", "en", site.now_ms)
    signed = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    site.join(signed, site.group(site.facilitator(site.organisation())))
    site.send(signed, *site.lesson(), *site.toast(), site.event("q-bag", "answered", "teapot unmistakable"))
    (badge,) = badges.mine(site.store, signed)
    badges.show(site.store, signed, badge.public_id, True, site.now_ms)
    return token


def told(site: Site) -> list[str]:
    """Every text of every table that still names her."""
    found = []
    with site.store.read() as db:
        for table in METADATA.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | Text)]
            if table.info["class"] == "ref" or not columns:
                continue
            people_ = select(table.c.person_id).distinct() if "person_id" in table.c else None
            for person_id in db.execute(people_).scalars().all() if people_ is not None else ():
                rows = db.execute(select(*columns).where(table.c.person_id == person_id)).all()
                found += [f"{table.name}: {row}" for row in rows if "unmistakable" in str(row).lower()]
    return found


def test_nothing_that_names_her_is_left_and_every_fact_is(site: Site):
    token = lena(site)
    assert told(site)
    before = {table.name: len(site.rows(table, token.person_id)) for table in FACTS}
    states = [row["state"] for row in site.rows(progress, token.person_id)]
    erase(site.store, token.person_id, None, site.later(1))
    assert told(site) == []
    assert {table.name: len(site.rows(table, token.person_id)) for table in FACTS} == before
    assert [row["state"] for row in site.rows(progress, token.person_id)] == states
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()


def test_there_is_no_way_back_in(site: Site):
    token = lena(site)
    erase(site.store, token.person_id, None, site.later(1))
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms) is None
    with pytest.raises(Refused):
        people.sign_in(site.store, "lena.unmistakable", WORDS, ADDRESS, site.now_ms)
    assert people.sign_up(site.store, "Another", "lena.unmistakable", WORDS, "yes", "en", site.now_ms)


def test_her_badge_page_is_gone(site: Site):
    token = lena(site)
    public_id = site.rows(awards, token.person_id)[0]["public_id"]
    assert badges.page(site.store, public_id, None)
    erase(site.store, token.person_id, None, site.later(1))
    with pytest.raises(NotFound):
        badges.page(site.store, public_id, None)


def test_who_is_erased_or_was_never_here_can_not_be_erased(site: Site):
    token = lena(site)
    erase(site.store, token.person_id, None, site.later(1))
    for person_id in (token.person_id, 77):
        with pytest.raises(NotFound):
            erase(site.store, person_id, None, site.now_ms)
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)


def test_before_that_she_can_take_away_all_there_is_about_her(site: Site):
    token = lena(site)
    found = own.everything(site.store, token.person_id)
    people_tables = {table.name for table in METADATA.sorted_tables if table.info["class"] == "person"}
    assert set(found) == people_tables - {"roles"}
    assert {row["course"] for row in found["events"]} == {"tea", "toast"}
    assert "teapot unmistakable" in str(found["words"])
    assert found["memberships"][0]["group"] == "Tuesdays"

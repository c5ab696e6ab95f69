"""Who to ring in reach, noting a call, asking for one: on both databases, with merges, erasing and queries counted."""

from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import event

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import Role, ScopeKind
from lms.learning.ring import GROUP, SAFEGUARDING
from lms.services import erasure, groups, merging, own, people, ring
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store.tables import audit, contacts
from tests.services.site import SECRET, at_once


@pytest.fixture
def org(site):
    return site.organisation()


@pytest.fixture
def femi(site, org):
    return site.facilitator(org)


@pytest.fixture
def club(site, femi):
    return site.group(femi)


@pytest.fixture
def lena(site, club):
    lena = site.person("Lena")
    site.join(lena, club)
    return lena


def listed(site, reader, **more):
    found = ring.to_ring(site.store, site.catalogue, reader, site.now_ms, site.zone, **more)
    return {it.name: " ".join(it.why.reasons) for it in found.people}


def one(site, reader, person):
    return ring.one(site.store, site.catalogue, reader, person.public_id, site.now_ms, site.zone)


def log(site, reader, person, outcome="spoke", note="", seen_by=GROUP, form=None):
    form = form or uuid.uuid4()
    return ring.log(site.store, reader, person.public_id, form, outcome, note, seen_by, site.now_ms)


def ask(site, person, note=""):
    ring.ask(site.store, person, uuid.uuid4(), note, site.now_ms)


def wrong(site, person, times):
    return [it.result for _ in range(times) for it in site.send(person, site.event("q-hot", "answered", ["b"]))]


def test_each_reason_is_found_in_what_people_did(site, femi, club, lena):
    assert listed(site, femi) == {}
    site.later(3 * DAY_MS)
    assert listed(site, femi) == {"Lena": "not-started"}
    assert wrong(site, lena, 3) == ["new"] * 3
    assert listed(site, femi) == {"Lena": "stuck"}
    assert [it.step_no for it in one(site, femi, lena).why.stuck] == [site.shape().numbers["brewing", "q-hot"]]
    site.later(14 * DAY_MS)
    ask(site, lena, "After six, please")
    assert listed(site, femi) == {"Lena": "asked stuck stopped"}
    assert one(site, femi, lena).wish == "After six, please"
    assert one(site, femi, lena).last_ms == site.now_ms - 14 * DAY_MS


def test_a_call_takes_her_off_the_list_for_its_time_and_stays_on_her_page(site, femi, lena):
    site.later(5 * DAY_MS)
    assert log(site, femi, lena, "no-answer", "  Try in the evening\r\n")
    assert listed(site, femi) == {}
    site.later(2 * DAY_MS)
    assert listed(site, femi) == {"Lena": "not-started"}
    log(site, femi, lena, "spoke")
    site.later(13 * DAY_MS)
    assert listed(site, femi) == {}
    site.later(DAY_MS)
    assert listed(site, femi) == {"Lena": "not-started"}
    seen = [(it.contact.outcome, it.by, it.note) for it in one(site, femi, lena).contacts]
    assert seen == [("spoke", "Femi", None), ("no-answer", "Femi", "Try in the evening")]


def test_a_double_tap_is_one_contact(site, femi, lena):
    form = uuid.uuid4()
    at_once([lambda: log(site, femi, lena, form=form)] * 4)
    assert site.count(contacts) == 1
    assert [row["action"] for row in site.rows(audit, lena)].count("noted-call") == 1
    ring.ask(site.store, lena, form := uuid.uuid4(), "", site.now_ms)
    ring.ask(site.store, lena, form, "", site.now_ms)
    assert site.count(contacts) == 2


def test_she_asks_takes_it_back_and_sees_who_will_see_it(site, femi, club, lena):
    ask(site, lena, "0161 demo")
    mine = ring.mine(site.store, lena, site.now_ms)
    assert (mine.asked_ms, mine.note, mine.groups[0][0]) == (site.now_ms, "0161 demo", "Tuesdays")
    site.later(1)
    for _ in range(2):
        ring.take_back(site.store, lena, uuid.uuid4(), site.now_ms)
    assert ring.mine(site.store, lena, site.now_ms).asked_ms is None
    assert listed(site, femi) == {}
    assert site.count(contacts) == 2


def test_who_is_in_no_group_is_told_that_nobody_would_ring(site):
    with pytest.raises(Refused, match="in no group"):
        ask(site, site.person("Sam"))
    assert site.count(contacts) == 0


@pytest.mark.parametrize(
    ("outcome", "note", "seen_by", "field"),
    [
        ("danced", "", GROUP, "outcome"),
        ("", "", GROUP, "outcome"),
        ("spoke", "x" * 501, GROUP, "note"),
        ("spoke", "\ud800", GROUP, "note"),
        ("spoke", "", "everyone", "seen_by"),
    ],
    ids=["unknown", "none", "long", "surrogate", "readers"],
)
def test_what_cant_be_taken_is_refused_and_nothing_is_written(site, femi, lena, outcome, note, seen_by, field):
    with pytest.raises(Refused) as refused:
        log(site, femi, lena, outcome, note, seen_by)
    assert refused.value.field == field
    assert site.count(contacts) == 0


def test_nobody_out_of_reach_is_listed_rung_or_read(site, femi, club, lena):
    greta = site.facilitator(site.organisation())
    other = site.person("Olga")
    theirs = site.group(greta)
    site.join(other, theirs)
    site.later(5 * DAY_MS)
    assert listed(site, femi) == {"Lena": "not-started"}
    assert listed(site, greta) == {"Olga": "not-started"}
    for person in (other, femi):
        with pytest.raises(NotFound):
            log(site, femi, person)
        with pytest.raises(NotFound):
            one(site, femi, person)
    with pytest.raises(NotFound):
        listed(site, femi, group=theirs.public_id)
    assert listed(site, site.administrator(), group=theirs.public_id) == {"Olga": "not-started"}
    assert site.count(contacts) == 0


def test_a_note_for_the_safeguarding_lead_is_read_by_her_alone(site, org, femi, lena):
    lead = site.person("Demo Lead", (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, org))
    log(site, femi, lena, note="She said she is afraid", seen_by=SAFEGUARDING)
    (hers,) = one(site, femi, lena).contacts
    assert (hers.note, hers.hidden) == (None, True)
    (shown,) = one(site, lead, lena).contacts
    assert (shown.note, shown.hidden, shown.for_lead) == ("She said she is afraid", False, True)
    log(site, femi, lena, note="Prefers mornings")
    log(site, femi, lena)
    kept = own.everything(site.store, lena.person_id)["contacts"]
    assert "afraid" not in json.dumps(kept)
    assert [row.get("note") for row in kept].count("Prefers mornings") == 1
    silent = [set(row) for row in kept if "note" not in row]
    assert silent[0] == silent[1]  # nothing tells the one with a note from the one without


def test_erasing_empties_notes_and_leaves_that_she_was_rung(site, femi, lena):
    ask(site, lena, "0161 demo")
    log(site, femi, lena, note="Prefers mornings")
    log(site, femi, lena, note="Afraid", seen_by=SAFEGUARDING)
    erasure.erase(site.store, lena.person_id, None, site.later(1))
    assert [row["note"] for row in site.rows(contacts, lena)] == [None] * 3
    assert listed(site, femi) == {}


def test_two_ids_are_one_person_on_the_list(site, femi, club, lena):
    twice = site.person("Lena again")
    site.join(twice, club)
    wrong(site, twice, 3)
    ask(site, twice, "Ring me")
    site.later(4 * DAY_MS)
    assert listed(site, femi) == {"Lena": "not-started", "Lena again": "asked stuck"}
    merging.merge(site.store, lena.person_id, twice.person_id, None, site.now_ms)
    assert listed(site, femi) == {"Lena": "asked stuck"}
    log(site, femi, twice, "spoke")
    assert listed(site, femi) == {}
    assert len(one(site, femi, lena).contacts) == 2


def test_a_group_that_has_not_begun_or_is_over_gives_no_reason(site, femi, club, lena):
    site.later(5 * DAY_MS)
    for values, expected in (
        ({"starts_day": 20990101}, {}),
        ({"starts_day": None, "ends_day": 20200101}, {}),
        ({"ends_day": 20990101}, {"Lena": "not-started"}),
    ):
        with site.store.write() as db:
            group_id = db.exec_driver_sql("select group_id from groups").scalar_one()
            group_rows.change_group(db, group_id, **values)
        assert listed(site, femi) == expected


def test_a_list_of_too_many_is_not_read(site, femi, club, lena):
    found = ring.to_ring(site.store, site.catalogue, femi, site.now_ms, site.zone, most=0)
    assert found.too_many
    assert found.groups == ((club.public_id, "Tuesdays"),)


def test_a_programme_of_five_hundred_asks_at_most_four_queries(site, org, femi):
    clubs = [site.group(femi, "tea", "toast") for _ in range(5)]
    with site.store.write() as db:
        ids = list(db.exec_driver_sql("select group_id from groups order by group_id").scalars())
        for number in range(500):
            _add(db, number, ids[number % 5], site.now_ms)
    site.later(4 * DAY_MS)
    asked: list[str] = []

    def note(*told):
        if not told[2].startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            asked.append(told[2])

    event.listen(site.store.engine, "before_cursor_execute", note)
    try:
        assert len(listed(site, femi)) == 500
        assert len(asked) <= 4, asked
        asked.clear()
        groups.members(site.store, femi, clubs[0].public_id, SECRET, site.now_ms)
        assert len(asked) <= 4, asked
    finally:
        event.remove(site.store.engine, "before_cursor_execute", note)


def _add(db, number, group_id, at_ms):
    person_id = people.new_person_id()
    people_rows.add_person(db, people.person_values(person_id, f"Demo {number:03}", None, {}, "en", at_ms))
    group_rows.join(db, person_id, uuid.uuid4(), group_id, at_ms, at_ms, None)

"""Registers: who stands on one, entering who was there, by a form and from a phone, and when that can't be."""

from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import func, select

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.services import memberships, merging, registers, ticks
from lms.services.outbox import read_batch
from lms.services.registers import fill_in, register
from lms.store.tables import attendance, people
from tests.services.club import HOUR_MS, meeting
from tests.services.site import at_once, clock


@pytest.fixture
def femi(site):
    return site.facilitator(site.organisation())


@pytest.fixture
def club(site, femi):
    return site.group(femi)


@pytest.fixture
def lena(site, club):
    lena = site.person("Lena")
    site.join(lena, club)
    return lena


def enter(site, reader, its, *present, was=(), new=(), form=None):
    return fill_in(site.store, reader, its.public_id, form or uuid.uuid4(), was, present, new, site.now_ms)


def shown(site, reader, its):
    """Name -> whether she stands there as present."""
    found = register(site.store, reader, its.public_id, site.now_ms)
    return {it.name: it.present for it in found.lines}


def send(site, reader, *sent, at_ms=None):
    body = {"person": reader.public_id, "sent": clock(site.now_ms), "events": list(sent)}
    return ticks.record_batch(site.store, reader, read_batch(json.dumps(body).encode()), site.now_ms)


def a_tick(site, its, person="", at_ms=None, **more):
    at = clock(site.now_ms if at_ms is None else at_ms)
    return {"id": str(uuid.uuid4()), "meeting": its.public_id, "at": at} | ({"person": person} if person else {}) | more


def results(found):
    return [f"{it.result} {it.why}".strip() for it in found]


def test_members_are_expected_and_a_tick_makes_one_present(site, femi, club, lena):
    its = meeting(site, club)
    assert shown(site, femi, its) == {"Lena": None}
    assert enter(site, femi, its, lena.public_id) == 1
    assert shown(site, femi, its) == {"Lena": True}
    (row,) = site.rows(attendance, lena)
    assert (row["present"], row["guest"], row["by_id"], row["recorded_ms"]) == (
        True,
        False,
        femi.person_id,
        site.now_ms,
    )


def test_one_form_sent_twice_at_once_is_entered_once(site, femi, club, lena):
    its, form = meeting(site, club), uuid.uuid4()
    at_once([lambda: enter(site, femi, its, lena.public_id, new=["Nadia"], form=form)] * 4)
    assert site.count(attendance) == 2
    assert shown(site, femi, its) == {"Lena": True, "Nadia": True}


def test_two_who_have_the_same_register_undo_nothing_of_each_others(site, femi, club, lena):
    zara, other = site.person("Zara"), site.person("Olu")
    site.join(zara, club)
    its = meeting(site, club)
    enter(site, femi, its, lena.public_id)
    site.later(1)
    enter(site, femi, its, zara.public_id)  # a page from before Lena was ticked
    assert shown(site, femi, its) == {"Lena": True, "Zara": True}
    assert other.public_id


def test_a_tick_is_taken_back_by_another_and_both_stay(site, femi, club, lena):
    its = meeting(site, club)
    enter(site, femi, its, lena.public_id)
    site.later(1)
    enter(site, femi, its, was=[lena.public_id])
    assert shown(site, femi, its) == {"Lena": False}
    assert len(site.rows(attendance, lena)) == 2
    (line,) = register(site.store, femi, its.public_id, site.now_ms).lines
    assert line.changed
    assert line.by == "Femi"


def test_what_is_entered_afterwards_says_when_and_by_whom(site, femi, club, lena):
    its = meeting(site, club)
    site.later(300 * DAY_MS)
    enter(site, femi, its, lena.public_id)
    (line,) = register(site.store, femi, its.public_id, site.now_ms).lines
    assert line.afterwards
    assert (line.at_ms, line.by) == (site.now_ms, "Femi")


@pytest.mark.parametrize("when", ["future", "year", "cancelled"])
def test_a_register_that_is_not_open_takes_nothing_and_says_why(site, femi, club, lena, when):
    starts = {"future": site.now_ms + 2 * HOUR_MS, "year": site.now_ms - 367 * DAY_MS}.get(when, site.now_ms)
    its = meeting(site, club, starts, cancelled_ms=site.now_ms if when == "cancelled" else None)
    said = {"future": "has not begun", "year": "more than a year ago", "cancelled": "was cancelled"}[when]
    with pytest.raises(Refused, match=said):
        enter(site, femi, its, lena.public_id, new=["Nadia"])
    (found,) = send(site, femi, a_tick(site, its, lena.public_id))
    assert found.result == "refused"
    assert said in found.say
    assert site.count(attendance) == 0


def test_guests_are_made_with_a_name_or_none_and_stand_there_next_time(site, femi, club):
    first = meeting(site, club)
    enter(site, femi, first, new=["Nadia", "?"])
    found = register(site.store, femi, first.public_id, site.now_ms)
    assert [(it.name, it.guest, it.present) for it in found.lines] == [("Nadia", True, True), ("", True, True)]
    site.later(7 * DAY_MS)
    second = meeting(site, club)
    assert shown(site, femi, second) == {"Nadia": None, "": None}
    with site.store.read() as db:
        assert db.execute(select(func.count()).where(attendance.c.guest)).scalar_one() == 2


def test_a_name_that_cant_be_kept_is_refused_and_nothing_is_half_written(site, femi, club, lena):
    its = meeting(site, club)
    with pytest.raises(Refused):
        enter(site, femi, its, lena.public_id, new=["Nadia", "\u200b"])
    with pytest.raises(Refused):
        enter(site, femi, its, lena.public_id, new=["Nadia"] * 41)
    assert site.count(attendance) == 0


def test_who_left_is_not_seen_and_still_counts(site, femi, club, lena):
    its = meeting(site, club)
    enter(site, femi, its, lena.public_id)
    memberships.leave(site.store, lena, club.public_id, site.later(1))
    found = register(site.store, femi, its.public_id, site.now_ms)
    assert (found.lines, found.unseen, found.there) == ((), 1, 1)


def test_who_is_several_is_on_it_once(site, femi, club, lena):
    again = site.person("Lena B")
    site.join(again, club)
    its = meeting(site, club)
    enter(site, femi, its, lena.public_id, again.public_id)
    merging.merge(site.store, lena.person_id, again.person_id, None, site.later(1))
    assert shown(site, femi, its) == {"Lena": True}
    enter(site, femi, its, was=[again.public_id])  # a page from before they were one
    assert shown(site, femi, its) == {"Lena": False}


def test_a_meeting_or_a_person_out_of_reach_is_not_found(site, femi, club, lena):
    its, stranger = meeting(site, club), site.person("Sam")
    elsewhere = site.facilitator(site.organisation())
    with pytest.raises(NotFound):
        register(site.store, elsewhere, its.public_id, site.now_ms)
    with pytest.raises(Forbidden):
        register(site.store, lena, its.public_id, site.now_ms)
    with pytest.raises(NotFound):
        enter(site, femi, its, stranger.public_id)
    for reader, whom in ((elsewhere, lena), (femi, stranger)):
        (found,) = send(site, reader, a_tick(site, its, whom.public_id))
        assert found.result == "refused"
    assert site.count(attendance) == 0


def test_a_batch_never_fails_as_a_whole(site, femi, club, lena):
    its = meeting(site, club)
    tick = a_tick(site, its, lena.public_id)
    assert results(send(site, femi, tick)) == ["new"]
    bad = [
        {**tick, "present": False},
        {**tick, "id": "no id"},
        {**tick, "id": str(uuid.uuid4()), "extra": 1},
        {**tick, "id": str(uuid.uuid4()), "person": "\ud83d"},
        {**tick, "id": str(uuid.uuid4()), "meeting": "nowhere"},
        a_tick(site, its),
        a_tick(site, its, name="\u200b"),
        a_tick(site, its, name="Nadia", present=False),
    ]
    good = a_tick(site, its, lena.public_id, present=False, at_ms=site.now_ms + 1)
    site.later(2)
    found = results(send(site, femi, tick, *bad, a_tick(site, its, name="Nadia"), good))
    why = ["bad-tick", "bad-tick", "bad-tick", "no-such-meeting", "bad-tick", "bad-name", "bad-tick"]
    assert found == ["dup", "conflict other-body", *(f"refused {it}" for it in why), "new", "new"]
    assert shown(site, femi, its) == {"Lena": False, "Nadia": True}


def test_ticks_made_without_a_connection_keep_the_order_they_were_made_in(site, femi, club, lena):
    its, start = meeting(site, club), site.now_ms
    first = a_tick(site, its, lena.public_id, at_ms=start + 1_000)
    last = a_tick(site, its, lena.public_id, at_ms=start + 2_000, present=False)
    site.later(HOUR_MS)
    assert results(send(site, femi, last)) == ["new"]
    assert results(send(site, femi, first)) == ["new"]
    assert shown(site, femi, its) == {"Lena": False}


def test_a_guest_ticked_twice_by_a_phone_is_one_guest(site, femi, club):
    its = meeting(site, club)
    tick = a_tick(site, its, name="Nadia")
    assert [results(send(site, femi, tick)) for _ in range(2)] == [["new"], ["dup"]]
    her = registers.guest_public_id(uuid.UUID(tick["id"]))
    assert results(send(site, femi, a_tick(site, its, her, present=False, at_ms=site.now_ms))) == ["new"]
    assert site.count(people) == 2

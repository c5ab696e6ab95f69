"""Guests of a club: claimed with a card or by a merge, and forgotten, while it stays that somebody came."""

from __future__ import annotations

import pytest

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.services import claims, clubs, expiry, own
from lms.services.jobs import Tools
from lms.services.registers import register
from lms.store.tables import attendance, enrolments
from tests.services.club import meeting
from tests.services.site import ADDRESS, at_once
from tests.services.test_registers import club, enter, femi, lena, shown

__all__ = ["club", "femi", "lena"]


@pytest.fixture
def its(site, femi, club):
    its = meeting(site, club)
    enter(site, femi, its, new=["Nadia"])
    return its


def guest_of(site, femi, its):
    (found,) = claims.guests_of(site.store, femi, its.public_id, site.now_ms).guests
    return found


def card(site, femi, its):
    return claims.card(site.store, femi, its.public_id, guest_of(site, femi, its).public_id, site.now_ms)


def forget(site):
    """What a worker does once a day."""
    list(expiry.run(Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms), {}, ""))


def came(site, person):
    found = clubs.mine(site.store, site.catalogue, site.again(person.person_id))
    return [(it.meeting.meeting_id, it.present, it.by) for it in found.meetings]


def test_a_card_makes_what_she_came_to_hers_once(site, femi, its):
    name, code = card(site, femi, its)
    nadia, other = site.person("Nadia B"), site.person("Sam")
    assert name == "Nadia"
    claims.claim(site.store, nadia, f" {code.lower()} ", ADDRESS, site.later(1))
    assert came(site, nadia) == [(its.meeting_id, True, "Femi")]
    with pytest.raises(Refused, match="does not work"):
        claims.claim(site.store, other, code, ADDRESS, site.later(1))
    assert came(site, other) == []
    assert shown(site, femi, its) == {"Nadia B": True}
    told = own.everything(site.store, *site.again(nadia.person_id).ids)
    assert [row["meeting"] for row in told["attendance"]] == [f"Tuesday club, {told['attendance'][0]['at'][:10]}"]


def test_of_two_with_one_card_one_claims_and_no_account_is_taken(site, femi, its):
    _name, code = card(site, femi, its)
    two = [site.person("Nadia B"), site.person("Sam")]
    found = at_once([lambda it=it: claims.claim(site.store, it, code, ADDRESS, site.now_ms) for it in two])
    assert sorted(type(it).__name__ for it in found) == ["NoneType", "Refused"]
    assert sorted(len(came(site, it)) for it in two) == [0, 1]
    assert all(site.again(it.person_id).display_name == it.display_name for it in two)


def test_a_new_card_makes_the_one_before_it_useless_and_an_old_one_ends(site, femi, its):
    _name, first = card(site, femi, its)
    _name, second = card(site, femi, its)
    nadia = site.person("Nadia B")
    for code in (first, second):
        with pytest.raises(Refused):
            claims.claim(site.store, nadia, code, ADDRESS, site.later(claims.CARD_MS))


def test_who_keeps_the_register_says_who_a_guest_is(site, femi, its, lena):
    guest = guest_of(site, femi, its)
    with pytest.raises(NotFound):
        claims.same(site.store, femi, its.public_id, guest.public_id, site.person("Sam").public_id, site.now_ms)
    with pytest.raises(NotFound):
        claims.same(site.store, femi, its.public_id, lena.public_id, guest.public_id, site.now_ms)
    with pytest.raises(Refused, match="Choose who she is"):
        claims.same(site.store, femi, its.public_id, guest.public_id, guest.public_id, site.now_ms)
    claims.same(site.store, femi, its.public_id, guest.public_id, lena.public_id, site.later(1))
    assert shown(site, femi, its) == {"Lena": True}


def test_a_guest_who_comes_no_more_loses_her_name_and_still_counts(site, femi, its):
    nadia = site.rows(attendance, _guest_id(site, femi, its))
    for days, names in ((89, ["Nadia"]), (2, [])):
        site.later(days * DAY_MS)
        forget(site)
        found = register(site.store, femi, its.public_id, site.now_ms)
        assert [it.name for it in found.lines] == names
        assert found.there == 1
    assert site.count(attendance) == len(nadia) == 1


def test_who_was_claimed_is_no_guest_that_leaves(site, femi, its):
    nadia = site.person("Nadia B")
    claims.claim(site.store, nadia, card(site, femi, its)[1], ADDRESS, site.later(1))
    site.later(200 * DAY_MS)
    forget(site)
    assert came(site, nadia) == [(its.meeting_id, True, "Femi")]
    assert site.count(enrolments) == 0


def _guest_id(site, femi, its):
    from lms.store import handles

    with site.store.read() as db:
        handle = handles.find(db, "person", guest_of(site, femi, its).public_id)
    assert handle
    return handle.person_id

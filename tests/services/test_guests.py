"""Guests: made once, counted from when they make an account, erased when they do not come back."""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from lms.errors import Forbidden, NotFound, Refused, TooManyTries
from lms.learning.days import DAY_MS, end_of_day
from lms.learning.measures import period
from lms.learning.people import Role, ScopeKind
from lms.services import badges, devices, guests, people, pins, reports, roles, ways_in
from lms.services.people import SignedIn, Token
from lms.services.pins import Pin
from lms.store import reports as rows
from lms.store.tables import METADATA, awards, enrolments, secrets, sign_ins
from tests.services.site import ADDRESS, Site, at_once
from tests.services.test_expiry import work

WORDS = "three words you like"
PHONE, OTHER_PHONE = "the secret of a phone", "the secret of another phone"


def begin(site: Site) -> SignedIn:
    return who(site, guests.begin(site.store, uuid.uuid4(), site.now_ms))


def who(site: Site, token: Token) -> SignedIn:
    signed = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    assert signed
    return signed


def sign_up(site: Site, username: str = "lena", secret: str | Pin = WORDS, guest: SignedIn | None = None) -> SignedIn:
    guest_id = guest.person_id if guest else None
    return who(site, people.sign_up(site.store, "Lena", username, secret, "yes", "en", site.now_ms, guest_id))


def held(site: Site, person_id: int) -> set[str]:
    """The tables in which there is anything of somebody."""
    tables = [table for table in METADATA.sorted_tables if "person_id" in table.c]
    with site.store.read() as db:
        return {it.name for it in tables if db.execute(select(it).where(it.c.person_id == person_id)).first()}


def counted(site: Site, as_of: date) -> tuple[list[tuple[str | int, ...]], list[tuple[int, ...]]]:
    """What a report as of a day counts: a row for each learner and course, and how often what was done."""
    end_ms = end_of_day(as_of, site.zone)
    with site.store.read() as db:
        about = period(rows.first_recorded(db, end_ms), as_of, site.zone, site.now_ms)
        learners = list(reports.learner_cells(db, about, b"salt", lambda _: None))
        spans = list(rows.spans(db))
        return learners, sorted(tuple(it) for span in spans for it in rows.facts(db, about, span))


def test_a_form_sent_ten_times_at_once_makes_one_guest_and_later_ones_others(site: Site):
    form = uuid.uuid4()
    made = at_once([partial(guests.begin, site.store, form, site.now_ms)] * 10)
    assert len({token.person_id for token in made}) == 1
    assert len({token.secret for token in made}) == 10
    assert who(site, made[0]).guest
    site.later(guests.SAME_TAP_MS)
    assert guests.begin(site.store, form, site.now_ms).person_id != made[0].person_id, "an old page leads to nobody"


def test_an_account_keeps_the_id_and_all_she_did_and_one_way_in(site: Site):
    guest = begin(site)
    people.wish(site.store, guest.person_id, {"lang-tea": "cy"})
    site.send(guest, *site.lesson(), *site.toast())
    before = {it: site.rows(it, guest) for it in (awards,)}, site.events(guest), site.progress(guest)
    lena = sign_up(site, guest=guest)
    assert (lena.person_id, lena.public_id, lena.guest, lena.username) == (
        guest.person_id, guest.public_id, False, "lena",
    )  # fmt: skip
    assert lena.wishes == {"lang-tea": "cy", "adult": "yes"}
    assert ({it: site.rows(it, lena) for it in (awards,)}, site.events(lena), site.progress(lena)) == before
    assert len(site.rows(sign_ins, lena)) == 1, "the guest's sign-in is gone"
    assert who(site, people.sign_in(site.store, "lena", WORDS, ADDRESS, site.now_ms)).person_id == guest.person_id
    with pytest.raises(Refused):
        sign_up(site, "again", guest=guest)


def test_only_one_of_two_who_make_an_account_of_one_guest_at_once_does(site: Site):
    guest = begin(site)
    made = at_once([partial(sign_up, site, f"lena-{n}", WORDS, guest) for n in range(3)])
    assert sorted(type(it) is SignedIn for it in made) == [False, False, True]


def test_what_a_guest_does_counts_from_when_she_has_an_account(site: Site):
    guest, then, now = begin(site), date(2026, 11, 30), date(2026, 12, 31)
    site.send(guest, *site.lesson(), *site.toast())
    site.later(40 * DAY_MS)
    assert counted(site, then) == counted(site, now) == ([], [])
    sign_up(site, guest=guest)
    assert counted(site, then) == ([], []), "a month that is over stays as it was"
    learners, facts = counted(site, now)
    assert {(began, months, lessons) for _id, _course, _area, _group, _as, began, months, lessons, *_ in learners} == {
        ("2026-12", 1, 1),
        ("2026-12", 1, 2),
    }
    assert facts
    assert {month for _measure, _area, _group, month, _number in facts} == {202612}


def test_what_she_begins_while_she_makes_an_account_counts_too(site: Site):
    guest = begin(site)
    at_once([partial(sign_up, site, guest=guest), *(partial(site.send, guest, it) for it in site.toast())])
    site.send(guest, site.event("pot", "done"))
    assert {row["counted_ms"] for row in site.rows(enrolments, guest)} == {site.now_ms}


def test_who_does_not_come_back_for_90_days_is_erased_with_all_she_did(site: Site):
    gone, back, acted, account = begin(site), begin(site), begin(site), site.person()
    for one in (gone, back, acted, account):
        site.send(one, *site.lesson(), *site.toast())
    guests.leave_on_phone(site.store, acted, PHONE, site.now_ms)
    token = guests.begin(site.store, uuid.uuid4(), site.now_ms)
    site.later(people.GUEST_IDLE_MS // 2)
    who(site, token)  # a look is enough
    site.send(acted, site.event("pot", "done"))
    site.later(people.GUEST_IDLE_MS // 2 + 1)
    work(site)
    assert held(site, gone.person_id) == held(site, back.person_id) == set()
    assert "people" in held(site, token.person_id)
    assert {"events", "progress", "devices"} <= held(site, acted.person_id)
    assert "events" in held(site, account.person_id)
    site.later(people.GUEST_IDLE_MS)
    work(site)
    assert held(site, acted.person_id) == held(site, token.person_id) == set()
    assert "events" in held(site, account.person_id), "an account is never idle"


def test_who_was_taken_for_somebody_with_an_account_counts_and_stays(site: Site):
    guest, lena = begin(site), sign_up(site)
    site.send(guest, *site.lesson(), *site.toast())
    guests.was_you(site.store, lena, guest, site.now_ms)
    assert site.progress(lena)["done_count"] == 6
    assert {row["counted_ms"] for it in (guest, lena) for row in site.rows(enrolments, it)} == {site.now_ms}
    site.later(2 * people.GUEST_IDLE_MS)
    work(site)
    assert "events" in held(site, guest.person_id)


def test_signing_out_erases_a_guest_at_once(site: Site):
    guest = begin(site)
    site.send(guest, *site.lesson())
    guests.erase(site.store, guest, site.now_ms)
    assert held(site, guest.person_id) == set()
    guests.erase(site.store, guest, site.now_ms)


def test_a_guest_is_on_no_list_of_people_has_no_role_and_opens_no_badge_page(site: Site):
    guest, ada = begin(site), site.administrator()
    site.send(guest, *site.lesson(), *site.toast())
    page = roles.people_page(site.store, ada, site.now_ms)
    assert [it.display_name for it in page.listed] == ["Ada"]
    with pytest.raises(NotFound):
        roles.give_role(site.store, ada, guest.public_id, Role.FUNDER, ScopeKind.SITE, 0, None, site.now_ms)
    award = badges.mine(site.store, guest)[0]
    with pytest.raises(Forbidden):
        badges.show(site.store, guest, award.public_id, shown=True, named=False, at_ms=site.now_ms)


@pytest.mark.parametrize(
    "easy", ["", "123", "1234567", "12a4", "٣٤٥٦", "1234", "9876", "7777", "1212", "123123", "2580"]
)
def test_an_easy_pin_is_not_taken(easy):
    with pytest.raises(Refused):
        pins.check_new(Pin(easy, PHONE))


def test_a_pin_lets_her_in_on_its_phone_alone_and_five_wrong_ones_lock_it(site: Site):
    lena = sign_up(site, secret=Pin("4071", PHONE))

    def change(typed: str, phone: str = PHONE) -> Token:
        return devices.change_to(site.store, phone, lena.public_id, typed, ADDRESS, site.now_ms)

    assert change("4071").person_id == lena.person_id
    with pytest.raises(NotFound):
        change("4071", OTHER_PHONE)
    with pytest.raises(Refused):
        people.sign_in(site.store, "lena", "4071", ADDRESS, site.now_ms)
    for typed in ("4072", "", "40711", "0000"):
        with pytest.raises(Refused, match="not it"):
            change(typed)
    change("4071")  # begins afresh
    tried = at_once([partial(change, f"500{n}") for n in range(9)])
    assert sorted("locked" in str(it) for it in tried) == [False] * 5 + [True] * 4, "five are looked at, no more"
    with pytest.raises(Refused, match="locked"):
        change("4071")
    assert ways_in.of(site.store, lena.person_id, PHONE).locked


def test_a_copy_of_the_database_does_not_tell_a_pin(site: Site):
    lena = sign_up(site, secret=Pin("4071", PHONE))
    kept = site.rows(secrets, lena)[0]["secret"]
    assert pins.fits(kept, Pin("4071", PHONE), lena.person_id)
    assert not pins.fits(kept, Pin("4071", OTHER_PHONE), lena.person_id)
    assert not pins.fits(kept, Pin("4071", PHONE), lena.person_id + 1)


def test_one_way_in_always_stays(site: Site):
    lena, token = sign_up(site, secret=Pin("4071", PHONE)), "no code"
    with pytest.raises(Refused):
        ways_in.forget(site.store, lena, PHONE, site.now_ms)
    with pytest.raises(Refused):
        ways_in.change_password(site.store, lena, token, "9999", WORDS, ADDRESS, site.now_ms, PHONE)
    ways_in.change_password(site.store, lena, token, "4071", WORDS, ADDRESS, site.now_ms, PHONE)
    ways_in.drop_password(site.store, lena, PHONE, site.now_ms)
    with pytest.raises(Refused):
        ways_in.drop_password(site.store, lena, OTHER_PHONE, site.now_ms)
    ways_in.change_password(site.store, lena, token, "4071", WORDS, ADDRESS, site.now_ms, PHONE)
    ways_in.choose_pin(site.store, lena, token, WORDS, Pin("5183", PHONE), ADDRESS, site.now_ms)
    ways_in.forget(site.store, lena, PHONE, site.now_ms)
    assert ways_in.of(site.store, lena.person_id, PHONE) == ways_in.Ways(True, False, False, False)
    with pytest.raises(Refused):
        ways_in.drop_password(site.store, lena, PHONE, site.now_ms)
    assert people.sign_in(site.store, "lena", WORDS, ADDRESS, site.now_ms)


def test_a_phone_shows_who_asked_for_it_and_nobody_else(site: Site):
    lena, mo, guest = sign_up(site), sign_up(site, "monica"), begin(site)
    assert devices.learners(site.store, PHONE) == devices.learners(site.store, "") == []
    ways_in.remember(site.store, lena, PHONE, site.now_ms)
    ways_in.remember(site.store, lena, PHONE, site.now_ms)
    ways_in.remember(site.store, mo, OTHER_PHONE, site.now_ms)
    site.send(guest, *site.lesson())
    guests.leave_on_phone(site.store, guest, PHONE, site.now_ms)
    assert [(it.name, it.guest, it.lessons) for it in devices.learners(site.store, PHONE)] == [
        ("Lena", False, 0),
        ("", True, 2),
    ]
    for _ in range(5):
        with pytest.raises(Refused):
            devices.change_to(site.store, PHONE, lena.public_id, "not my password", ADDRESS, site.now_ms)
    with pytest.raises(TooManyTries):
        devices.change_to(site.store, PHONE, lena.public_id, WORDS, ADDRESS, site.now_ms)
    again = who(site, devices.change_to(site.store, PHONE, guest.public_id, "", ADDRESS, site.now_ms))
    assert again.guest
    people.sign_out_everywhere(site.store, lena.person_id, site.now_ms)
    assert [it.guest for it in devices.learners(site.store, PHONE)] == [True]

"""Meetings and the places at them: adding, changing, cancelling; taking the last place at the same time."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.meetings import About, Every, Opens, Series
from lms.services import bookings, meetings, merging, registers
from lms.store.tables import bookings as bookings_table
from lms.store.tables import meetings as meetings_table
from tests.services.club import meeting
from tests.services.site import at_once

LONDON = ZoneInfo("Europe/London")
ABOUT = About("Tuesday club", "The library", 120, None)


@pytest.fixture
def org(site):
    return site.organisation()


@pytest.fixture
def femi(site, org):
    return site.facilitator(org)


@pytest.fixture
def club(site, femi):
    return site.group(femi)


def day(site, ahead):
    return datetime.fromtimestamp(site.now_ms / 1000, UTC).date() + timedelta(days=ahead)


def add(site, reader, club, about=ABOUT, weeks=0, opens=Opens.GROUP, form=None, **more):
    first = day(site, 7)
    every = Every.WEEKLY if weeks else Every.ONCE
    series = Series(first, time(10), every, first + timedelta(weeks=weeks) if weeks else None, **more)
    form_id = form or uuid.uuid4()
    return meetings.add(site.store, reader, club.public_id, about, series, opens, form_id, LONDON, site.now_ms)


def places(number):
    return About("Tuesday club", "The library", 120, number)


def ahead(site, reader, club):
    return meetings.of_group(site.store, reader, club.public_id, site.now_ms).ahead


def test_one_form_sent_twice_at_once_adds_a_series_once(site, femi, club):
    form = uuid.uuid4()
    at_once([lambda: add(site, femi, club, weeks=3, form=form)] * 3)
    found = ahead(site, femi, club)
    assert [it.name for it in found] == ["Tuesday club"] * 4
    assert len({it.series_id for it in found}) == 1


def test_nothing_is_written_of_a_series_that_is_refused(site, femi, club):
    with pytest.raises(Refused):
        add(site, femi, club, weeks=500)
    assert site.count(meetings_table) == 0


def test_a_meeting_is_changed_alone_or_from_it_on(site, femi, club):
    first, second, _third = ids = add(site, femi, club, weeks=2)
    its_day = day(site, 14)
    to = (its_day + timedelta(days=1), time(14))
    moved = About("Wednesday club", "The hall", 60, 8)
    assert meetings.change(site.store, femi, second, moved, *to, True, LONDON, site.now_ms) == 2
    found = ahead(site, femi, club)
    assert [it.public_id for it in found] == ids
    assert [it.name for it in found] == ["Tuesday club", "Wednesday club", "Wednesday club"]
    assert [it.changes for it in found] == [0, 1, 1]
    begins = [datetime.fromtimestamp(it.starts_ms / 1000, LONDON) for it in found]
    assert [(it.date() - day(site, 0)).days for it in begins] == [7, 15, 22]
    assert [it.hour for it in begins] == [10, 14, 14]
    assert meetings.cancel(site.store, femi, first, False, site.now_ms) == 1
    assert meetings.cancel(site.store, femi, first, False, site.now_ms) == 0
    assert [it.cancelled_ms is None for it in ahead(site, femi, club)] == [False, True, True]
    with pytest.raises(Refused, match="was cancelled"):
        meetings.change(site.store, femi, first, moved, *to, False, LONDON, site.now_ms)


def test_a_meeting_whose_register_is_filled_in_stays(site, femi, club):
    lena = site.person("Lena")
    site.join(lena, club)
    its = meeting(site, club)
    registers.fill_in(site.store, femi, its.public_id, uuid.uuid4(), [], [lena.public_id], [], site.now_ms)
    with pytest.raises(Refused, match="so it stays"):
        meetings.cancel(site.store, femi, its.public_id, True, site.now_ms)
    site.later(1)
    with pytest.raises(Refused, match="has begun"):
        meetings.change(
            site.store, femi, its.public_id, ABOUT, day(site, 7), time(10), False, LONDON, site.now_ms
        )  # fmt: skip


def test_only_those_who_look_after_all_add_for_all(site, femi, club, org):
    (its,) = add(site, femi, club, opens=Opens.ORGANISATION)
    other = site.group(femi)
    assert its in {it.public_id for it in ahead(site, femi, other)}
    with pytest.raises(Refused, match="no place to meet"):
        add(site, femi, club, opens=Opens.VENUE)
    stranger = site.facilitator(site.organisation())
    for asked in (meetings.one, bookings.places):
        with pytest.raises(NotFound):
            asked(site.store, stranger, its, site.now_ms)
    with pytest.raises(NotFound):
        add(site, stranger, club)
    with pytest.raises(Forbidden):
        meetings.one(site.store, site.person("Lena"), its, site.now_ms)


def test_two_last_places_are_never_three(site, femi, club):
    (its,) = add(site, femi, club, about=places(2))
    people = [site.person(f"Lena {number}") for number in range(5)]
    for person in people:
        site.join(person, club)
    refused = []

    def book(person):
        try:
            bookings.book(site.store, person, its, site.now_ms)
        except Refused as no:
            refused.append(no)

    at_once([lambda person=person: book(person) for person in people])
    assert len(refused) == 3
    found = bookings.places(site.store, femi, its, site.now_ms)
    assert len(found.booked) == 2
    given = next(it for it in people if it.public_id == found.booked[0].public_id)
    bookings.give_back(site.store, given, its, site.now_ms)
    bookings.give_back(site.store, given, its, site.now_ms)
    taken = next(it for it in people if it.public_id in {other.public_id for other in found.others})
    bookings.book(site.store, taken, its, site.now_ms)
    bookings.book(site.store, taken, its, site.now_ms)
    assert meetings.one(site.store, femi, its, site.now_ms).taken == 2
    with pytest.raises(Refused, match="2 places are taken"):
        meetings.change(site.store, femi, its, places(1), day(site, 7), time(10), False, LONDON, site.now_ms)


def test_who_is_two_entries_with_a_place_each_takes_one(site, femi, club):
    (its,) = add(site, femi, club, about=places(2))
    lena, twice, ines, tess = (site.person(name) for name in ("Lena", "Lena B", "Ines", "Tess"))
    for person in (lena, twice, ines, tess):
        site.join(person, club)
    for person in (lena, twice):
        bookings.book(site.store, person, its, site.now_ms)
    merging.merge(site.store, lena.person_id, twice.person_id, None, site.now_ms)
    assert meetings.one(site.store, femi, its, site.now_ms).taken == 1
    bookings.book(site.store, ines, its, site.now_ms)
    with pytest.raises(Refused, match="Every place"):
        bookings.book(site.store, tess, its, site.now_ms)


def test_a_learner_sees_what_is_hers_and_books_nothing_else(site, femi, club):
    lena, olu = site.person("Lena"), site.person("Olu")
    site.join(lena, club)
    (its,) = add(site, femi, club)
    assert [it.row.public_id for it in bookings.coming(site.store, lena, site.now_ms)] == [its]
    assert bookings.coming(site.store, olu, site.now_ms) == []
    for stranger_to_it in (bookings.book, bookings.give_back):
        with pytest.raises(NotFound):
            stranger_to_it(site.store, olu, its, site.now_ms)
    with pytest.raises(NotFound):
        bookings.book_for(site.store, femi, its, olu.public_id, site.now_ms)
    bookings.book_for(site.store, femi, its, lena.public_id, site.now_ms)
    assert bookings.coming(site.store, lena, site.now_ms)[0].booked
    assert site.count(bookings_table) == 1
    bookings.give_back_for(site.store, femi, its, lena.public_id, site.now_ms)
    assert not bookings.coming(site.store, lena, site.now_ms)[0].booked
    site.later(8 * DAY_MS)
    with pytest.raises(Refused, match="has begun"):
        bookings.book(site.store, lena, its, site.now_ms)


def test_a_meeting_of_the_past_can_be_added_by_who_says_what_is_past(site, femi, club):
    series = Series(date(2026, 1, 6), time(10))
    form = uuid.uuid4()
    (its,) = meetings.add(
        site.store, femi, club.public_id, ABOUT, series, Opens.GROUP, form, LONDON, site.now_ms, now_ms=0
    )  # fmt: skip
    assert meetings.one(site.store, femi, its, site.now_ms).row.name == "Tuesday club"

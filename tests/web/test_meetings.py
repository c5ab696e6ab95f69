"""Meetings on pages: what is typed wrong is said and kept; a learner takes a place and gives it back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.services.club import add_meeting
from tests.web.conftest import now_ms

WEEK_MS = 7 * 86_400_000


def ahead(days):
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def form(**more):
    said = {"name": "Demo club", "place": "The library", "first": ahead(7), "at": "10:00", "minutes": "90"}
    return {**said, "every": "once", "opens": "group", **more}


def test_a_weekly_series_is_added_and_shown(house):
    femi = house.browser("femi")
    page = f"/teach/groups/{house.group}/meetings"
    assert 'href="/teach/groups/' + house.group + '/meetings"' in femi.get(f"/teach/groups/{house.group}").text
    femi.get(page)
    shown = femi.send(**form(every="weekly", last=ahead(28), without=ahead(14))).text
    assert "3 meetings added." in shown
    assert shown.count("Demo club") == 3


def test_what_is_typed_wrong_is_said_and_nothing_is_lost(house):
    femi = house.browser("femi")
    for wrong, said in (
        ({"first": "2020-01-01"}, "That time is over."),
        ({"first": "soon"}, "Type a day like 2026-09-30."),
        ({"at": "teatime"}, "Type a time like 10:30."),
        ({"capacity": "0"}, "Say how many places there are"),
        ({"minutes": "-5"}, "Type a number in figures"),
        ({"every": "weekly", "last": ahead(1)}, "The last day is before the first."),
        ({"every": "weekly", "last": ahead(4000)}, "more than 110 meetings"),
        ({"every": "daily"}, "Choose one of these."),
        ({"opens": "venue"}, "no place to meet"),
        ({"name": " "}, "Type a name"),
    ):
        femi.get(f"/teach/groups/{house.group}/meetings")
        answer = femi.send(**form(**wrong))
        assert (answer.status_code, said in answer.text) == (422, True), wrong
        assert "The library" in answer.text
    assert "No meeting is planned yet." in femi.get(f"/teach/groups/{house.group}/meetings").text


def test_a_learner_takes_a_place_and_gives_it_back(house):
    its = add_meeting(house.store, house.group, now_ms() + WEEK_MS, capacity=1, name="<b>Bold</b> club")
    lena, femi = house.browser("lena"), house.browser("femi")
    assert "Say that you come." in lena.get("/me").text
    shown = lena.get("/me/meetings").text
    assert "&lt;b&gt;Bold&lt;/b&gt; club" in shown
    assert "You have a place." in lena.send(act="book", meeting=its.public_id).text
    assert "You have a place." in lena.send(act="book", meeting=its.public_id).text
    page = femi.get(f"/teach/meetings/{its.public_id}").text
    assert "1 of 1 places taken." in page
    assert "Has a place." in femi.get(f"/teach/meetings/{its.public_id}/sheet").text
    assert "Your place is free" in lena.send(act="free", meeting=its.public_id).text
    assert "0 of 1 places taken." in femi.get(f"/teach/meetings/{its.public_id}").text


def test_a_meeting_is_changed_and_cancelled_and_she_is_told(house):
    its = add_meeting(house.store, house.group, now_ms() + WEEK_MS)
    femi, lena = house.browser("femi"), house.browser("lena")
    lena.get("/me/meetings")
    lena.send(act="book", meeting=its.public_id)
    page = f"/teach/meetings/{its.public_id}"
    femi.get(page)
    assert femi.send(act="change", which="one", **form(capacity="0")).status_code == 422
    assert "The library" in femi.send(act="change", which="one", **form()).text
    assert "This meeting was cancelled." in femi.send(act="cancel", which="one").text
    assert "This one was cancelled." in lena.get("/me/meetings").text
    refused = re.sub(r"\s+", " ", femi.send(act="change", which="one", **form()).text)
    assert "This meeting was cancelled. Add a new one" in refused

"""A mentor and a learner each on her own page: both see the same, and from the end on one of them nothing."""

from __future__ import annotations

import re
import uuid

import pytest
from werkzeug.test import TestResponse

from lms.learning.days import day_of
from lms.services import pairings, people
from lms.settings import LONDON
from tests.web.conftest import URL, Browser, House, now_ms
from tests.web.test_matrix import person_id, public_id

HOSTILE = "<script>alert(1)</script> & more"


def signed(house: House, username: str) -> people.SignedIn:
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id(house, username), now_ms())
    who = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    assert who is not None
    return who


def send(browser: Browser, path: str, **fields: str) -> TestResponse:
    """Send the form of a page, as it stands there."""
    return browser.send(path, page=path, event_id=str(uuid.uuid4()), **fields)


@pytest.fixture
def paired(house: House) -> uuid.UUID:
    its_id, term = uuid.uuid4(), pairings.Term(day_of(now_ms(), LONDON))
    lena, mira = public_id(house, "lena"), public_id(house, "mira")
    pairings.pair(house.store, signed(house, "femi"), lena, mira, term, its_id, now_ms(), LONDON)
    return its_id


@pytest.fixture
def page_of_lena(house: House) -> str:
    return f"/mentor/{public_id(house, 'lena')}"


def shared(page: str) -> list[str]:
    """What was typed, as it stands on a page."""
    return re.findall(r'class="typed" dir="auto">(.*?)</', page, re.DOTALL)


def test_both_see_the_same_goals_check_ins_and_notes(house: House, paired, page_of_lena: str):
    lena, mira = house.browser("lena"), house.browser("mira")
    assert "Kept." in send(lena, "/me/mentor", act="add", goal=f"Write a letter {HOSTILE}").text
    assert "She can see it too." in send(mira, page_of_lena, kind="check-in", words="We laughed.").text
    send(mira, page_of_lena, kind="note", words=HOSTILE)
    hers, theirs = lena.get("/me/mentor").text, mira.get(page_of_lena).text
    assert sorted(shared(hers)) == sorted(shared(theirs))
    assert len(shared(hers)) == 3
    assert "<script>alert" not in hers + theirs


def test_what_can_t_be_noted_is_said_and_nothing_typed_is_lost(house: House, paired, page_of_lena: str):
    mira = house.browser("mira")
    for fields, told in (
        ({"kind": "note", "words": " "}, "Write something to note."),
        ({"kind": "check-in", "day": "2099-01-01", "words": "Mine"}, "not one that is to come"),
        ({"kind": "check-in", "day": "tomorrow", "words": "Mine"}, "Write the day as 2026-12-31."),
        ({"kind": "check-in", "words": "x" * 1_001}, "Use at most 1,000 letters"),
        ({"kind": "check-in", "words": "Mine \x00"}, "Some of those letters can&#39;t be kept."),
    ):
        answer = send(mira, page_of_lena, **fields)
        assert answer.status_code == 422
        assert answer.text.count(told) == 2
        assert str(fields["words"]).strip() in answer.text
    assert shared(mira.get(page_of_lena).text) == []


def test_a_goal_is_reached_and_not_reached_and_taken_away(house: House, paired):
    lena = house.browser("lena")
    goal_id = re.search(r'name="goal_id" value="([^"]+)"', send(lena, "/me/mentor", act="add", goal="Read aloud").text)[
        1
    ]
    assert "Reached on" in send(lena, "/me/mentor", act="reached", goal_id=goal_id).text
    assert "Reached on" not in send(lena, "/me/mentor", act="open", goal_id=goal_id).text
    assert shared(send(lena, "/me/mentor", act="drop", goal_id=goal_id).text) == []
    assert send(house.browser("sam"), "/me/mentor", act="reached", goal_id=goal_id).status_code == 404


def test_from_the_end_on_the_mentor_sees_nothing_and_the_learner_is_told(house: House, paired, page_of_lena: str):
    femi, mira = house.browser("femi"), house.browser("mira")
    assert "Lena" in mira.get("/mentor").text
    send(femi, f"/teach/pairings/{public_id(house, 'lena')}", act="end", pairing_id=str(paired))
    assert mira.client.get(page_of_lena, base_url=URL).status_code == 404
    assert "Lena" not in mira.get("/mentor").text
    assert "You have no mentor just now." in house.browser("lena").get("/me/mentor").text


def test_she_is_paired_moved_and_handed_over_on_the_page(house: House):
    femi, path = house.browser("femi"), f"/teach/pairings/{public_id(house, 'lena')}"
    assert "She has no mentor now." in femi.get(path).text
    told = send(femi, path, act="pair", mentor="nobody")
    assert (told.status_code, told.text.count("Choose a mentor.")) == (422, 2)
    mira = public_id(house, "mira")
    assert "is her mentor until" in send(femi, path, act="pair", mentor=mira, rhythm="7").text
    assert "Lena" in femi.get("/teach/pairings").text
    pairing_id = re.search(r'name="pairing_id" value="([^"]+)"', femi.get(path).text)[1]
    assert "Two years is the longest" in _change(femi, path, pairing_id, "2099-01-01")
    assert "31 December 2027" in _change(femi, path, pairing_id, "2027-12-31")
    assert "has this mentor already" in send(femi, path, act="hand-over", pairing_id=pairing_id, mentor=mira).text
    assert send(femi, path, act="room", mentor=mira, capacity="99").status_code == 422


def _change(femi: Browser, path: str, pairing_id: str, ends: str) -> str:
    return send(femi, path, act="change", pairing_id=pairing_id, ends=ends, rhythm="14").text

"""Her own pages."""

from __future__ import annotations

import json
import re

import pytest

from tests.web.conftest import PASSWORD, URL, hidden


def test_how_pages_look_is_hers_to_say(lena):
    lena.send(
        "/me/settings", page="/me/settings", act="looks", name="Lena L", text="largest", colours="dark", contrast="y"
    )
    page = lena.get("/courses/tea").text
    assert 'data-text="largest"' in page
    assert 'data-colours="dark"' in page
    assert 'data-contrast="more"' in page
    assert "Lena L" in lena.get("/me").text
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", text="normal", colours="phone")
    assert "data-text" not in lena.get("/courses/tea").text


@pytest.mark.parametrize("odd", [{"text": '"><script>'}, {"colours": "pink"}, {"contrast": "<b>"}])
def test_an_odd_wish_is_not_kept(lena, odd):
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", **odd)
    page = lena.get("/courses/tea").text
    assert "<script>" not in page
    assert "pink" not in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 200, "\u202e"])
def test_a_name_that_is_none_is_refused(lena, name):
    answer = lena.send("/me/settings", page="/me/settings", act="looks", name=name)
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text


def test_a_wrong_old_password_changes_nothing(house, lena):
    answer = lena.send("/me/settings", page="/me/settings", act="password", old="no", password="four new hats please")
    assert answer.status_code == 422
    assert house.browser().sign_in("lena", PASSWORD).get("/me").status_code == 200


def test_home_shows_a_visitor_the_courses_and_what_they_cost(visitor):
    page = visitor.get("/").text
    assert "You do not need an account to start." in page
    assert "This course is about making a good cup of tea at home. It is short." in page
    assert re.search(r"3 minutes, \d+.kB of data. 3 short lessons", page)


def test_a_funder_takes_the_figures_away(house):
    fola = house.browser("fola")
    answer = fola.send("/funder", page="/funder", as_of="2026-11-21")
    assert answer.mimetype == "application/zip"
    assert 'filename="learning-2026-11-21.zip"' in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"PK")


@pytest.mark.parametrize("day", ["", "soon", "2999-01-01", "2026-02-30"])
def test_a_day_that_makes_no_sense_is_refused_with_a_sentence(house, day):
    answer = house.browser("fola").send("/funder", page="/funder", as_of=day)
    assert answer.status_code == 422
    assert 'href="#as_of"' in answer.text


def test_help_now_gives_each_number_once_and_can_be_left(visitor):
    page = visitor.get("/help-now").text
    assert 'href="tel:03001232040"' in page
    assert page.count("Kettle line") == 1
    assert "Leave this page" in page
    assert "<title>Help</title>" in page


def test_what_she_said_of_her_age_is_shown_and_hers_to_change(house, lena):
    assert re.search(r'<input checked[^>]*value="yes"', lena.get("/me/settings").text)
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", adult="no")
    assert re.search(r'<input checked[^>]*value="no"', lena.get("/me/settings").text)
    for odd in ({}, {"adult": ""}, {"adult": "maybe"}):
        lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", **odd)
        assert json.loads(lena.get("/me/data?as=json").data)["people"][0]["wishes"]["adult"] == "no"


def test_she_leaves_a_group_after_being_asked_once_more(house, lena):
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    address = re.search(r'href="(/me/groups/[\w-]+/leave)">Leave Tuesday club', lena.get("/me/settings").text)[1]
    assert "Leave Tuesday club?" in lena.get(address).text
    assert "Lena" in house.browser("femi").get(f"/teach/groups/{house.group}").text
    page = lena.send(address).text
    assert "You have left the group." in page
    assert "You are in no group." in page
    assert "Lena" not in house.browser("femi").get(f"/teach/groups/{house.group}").text
    assert lena.get(address).status_code == 404
    assert "0 of 2 modules done" in lena.get("/me").text
    lena.get(f"/join/{house.join_code}")
    assert "You are in Tuesday club" in lena.send().text
    assert "Lena" in house.browser("femi").get(f"/teach/groups/{house.group}").text


def test_a_second_tap_on_leave_is_no_fault(house, lena):
    address = f"/me/groups/{house.group}/leave"
    form = {**hidden(lena.get(address).text, address)}
    for _ in range(2):
        assert lena.client.post(address, data=form, base_url=URL).status_code == 303

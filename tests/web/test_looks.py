"""How pages look: a visitor's choice stays on her phone, and goes with her."""

from __future__ import annotations

import json

import pytest

CHOSEN = {"text": "large", "colours": "dark", "spacing": "y", "motion": "y", "pictures": "y"}
SEEN = ('data-text="large"', 'data-colours="dark"', 'data-spacing="wide"', 'data-motion="less"', 'data-pictures="out"')


def test_what_a_visitor_chose_is_on_every_page_and_hers_when_she_begins(visitor):
    page = visitor.send("/looks", page="/looks", **CHOSEN).text
    assert "Saved." in page
    assert all(it in visitor.get("/courses/tea").text for it in SEEN)
    assert "Picture: A kettle stands on a stove" in visitor.get("/courses/tea/brewing/water?step=boil").text
    visitor.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = visitor.get("/me/settings").text
    assert all(it in page for it in SEEN)
    assert "data-contrast" not in page
    assert visitor.get("/looks").request.path == "/me/settings"


def test_what_she_chose_before_gives_way_to_what_a_visitor_chose_here_never(house, lena):
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", text="largest")
    other = house.browser()
    other.send("/looks", page="/looks", **CHOSEN)
    page = other.sign_in("lena").get("/courses/tea").text
    assert 'data-text="largest"' in page
    assert "data-colours" not in page


def test_nothing_of_what_she_chose_is_in_what_a_phone_keeps(house, visitor):
    visitor.send("/looks", page="/looks", **CHOSEN)
    assert "data-text" not in visitor.get("/offline").text
    release = visitor.get("/courses/tea/serving").text.split('data-keep="/keep/')[1].split("/")[0]
    whole = json.loads(house.browser().get(f"/keep/{release}/en/brewing").data)
    assert json.loads(visitor.get(f"/keep/{release}/en/brewing").data) == whole


@pytest.mark.parametrize("odd", [{"text": '"><script>'}, {"colours": "pink"}, {"spacing": ""}])
def test_an_odd_choice_is_none(visitor, odd):
    visitor.send("/looks", page="/looks", **odd)
    page = visitor.get("/courses/tea").text
    assert '<html lang="en-GB" dir="ltr">' in page or '<html lang="en" dir="ltr">' in page

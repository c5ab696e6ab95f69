"""The page behind the link in a letter to a business: no account, no cookie, nothing of its address anywhere else."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client

from lms.services import weeks
from tests.web.conftest import URL, House
from tests.web.shop import CODE, works_at_bakery
from tests.web.test_matrix import person_id, sql

PAGE = f"/confirm/{CODE}"


@pytest.fixture
def bakery(house: House) -> Client:
    """A browser at the bakery: it keeps no cookies."""
    works_at_bakery(house, person_id(house, "lena"))
    return house.app.test_client(use_cookies=False)


def seen(bakery: Client) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', bakery.get(PAGE, base_url=URL).text)
    assert found
    return found[1]


def press(bakery: Client, **fields: str):
    return bakery.post(PAGE, data={"seen": seen(bakery), **fields}, headers={"Origin": URL}, base_url=URL)


def test_it_shows_one_week_and_no_name_but_the_first(bakery, house):
    answer = bakery.get(PAGE, base_url=URL)
    text = answer.text
    assert "Demo: wrote two posts." in text
    assert "7 hours" in text
    assert "Lena works at Demo bakery" in text, "the first word of her name"
    assert "(demo)" not in text
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert sql(house, "select count(*) from confirmations") == 0


def test_yes_is_kept_without_a_cookie_and_the_second_press_says_why_not(bakery, house):
    assert "The hours of this week are confirmed" in press(bakery, act="yes").text
    assert sql(house, "select minutes from confirmations") == 420
    again = bakery.post(PAGE, data={"seen": "", "act": "yes"}, headers={"Origin": URL}, base_url=URL)
    assert again.status_code == 404
    assert weeks.USED in again.text


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("5", 300), ("5.5", 330), ("5,25", 315), ("5:20", 320), ("5h", 300), ("0", 0), (" 6 hours ", 360)],
    ids=["whole", "half", "comma", "clock", "h", "none", "words"],
)
def test_hours_are_read_as_people_write_them(bakery, house, typed, minutes):
    assert "We will look at it with her" in press(bakery, act="no", hours=typed, said="She left early.").text
    assert sql(house, "select minutes from confirmations") == minutes


def test_what_can_not_be_taken_is_said_beside_its_field_and_nothing_is_lost(bakery, house):
    for typed, said, told in (
        ("ten", "She left early.", "how many hours were right"),
        ("999", "She left early.", "how many hours were right"),
        ("7", "She left early.", "what she wrote down"),
        ("5", "", "what was different"),
        ("5", "x\x00", "can&#39;t be kept"),
    ):
        answer = press(bakery, act="no", hours=typed, said=said)
        assert (answer.status_code, told in answer.text) == (422, True), told
        assert f'value="{typed}"' in answer.text
    assert sql(house, "select count(*) from confirmations") == 0
    assert "<b>" not in press(bakery, act="no", hours="5", said="<b>hello").text.partition("<main")[2][:400]


def test_another_site_can_not_press_it(bakery, house):
    answer = bakery.post(PAGE, data={"act": "yes"}, headers={"Origin": "https://evil.example"}, base_url=URL)
    assert answer.status_code == 403
    assert sql(house, "select count(*) from confirmations") == 0


def test_guesses_are_throttled_and_end_on_a_kind_page(house, bakery):
    for number in range(100):
        assert bakery.get(f"/confirm/{number}", base_url=URL).status_code == 404
    assert bakery.get("/confirm/100", base_url=URL).status_code == 429


def test_no_log_of_a_fault_holds_the_code(house, bakery, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(weeks, "look", broken)
    assert bakery.get(PAGE, base_url=URL).status_code == 500
    assert "/confirm/<code>" in caplog.text
    assert CODE not in caplog.text

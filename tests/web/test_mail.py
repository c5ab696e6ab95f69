"""Her address and reminders on the pages, and the pages that links in letters lead to."""

from __future__ import annotations

import re
import uuid

import pytest

from lms.store import handles
from lms.store.mail import STOP
from tests.web.conftest import URL, Browser, House, now_ms
from tests.web.postbox import CODE, links_in_letters, with_mail
from tests.web.test_matrix import everything, person_id, sql

ADDRESS = "lena@example.net"


@pytest.fixture
def posting(house: House) -> House:
    return with_mail(house)


def settled(house: House, username: str = "lena", address: str = ADDRESS) -> Browser:
    """Somebody whose address is confirmed, and who wants to be reminded on Tuesdays."""
    links_in_letters(house, person_id(house, username), address)
    browser = house.browser(username)
    browser.send(f"/mail/confirm/{CODE}", page=f"/mail/confirm/{CODE}")
    browser.send("/me/mail", page="/me/mail", act="day", day="tuesday")
    with house.store.write() as db:
        handles.add(db, STOP, CODE, person_id(house, username), now_ms())  # as the worker does when it writes to her
    return browser


def test_where_no_mail_is_sent_none_is_offered(house, lena):
    assert "/me/mail" not in lena.get("/me/settings").text
    page = lena.get("/me/mail").text
    assert "We send no email from here" in page
    assert "<input" not in page.partition("<main")[2].partition("</main>")[0]
    for fields in ({"act": "ask", "address": ADDRESS}, {"act": "day", "day": "monday"}):
        assert lena.send("/me/mail", page="/me/settings", **fields).status_code == 404
    settled(with_mail(house))
    page = lena.get("/me/mail").text
    assert ADDRESS in page, "what is kept can still be taken away"
    assert "Your address is gone" in lena.send("/me/mail", act="remove").text


def test_she_gives_an_address_confirms_it_chooses_a_day_and_takes_all_back(posting):
    lena = posting.browser("lena")
    assert 'href="/me/mail"' in lena.get("/me/settings").text
    page = lena.send("/me/mail", page="/me/mail", act="ask", address=ADDRESS).text
    assert f'We wrote to <b class="typed">{ADDRESS}</b>' in page
    assert "When shall we write" not in page
    assert lena.send("/me/mail", page="/me/mail", act="day", day="tuesday").status_code == 422
    settled(posting)
    page = lena.get("/me/mail").text
    assert "Your day is <b>Tuesday</b>" in page
    assert re.search(r'<input checked[^>]*value="tuesday"', page)
    assert "We will not remind you" in lena.send("/me/mail", page="/me/mail", act="stop").text
    assert ADDRESS in lena.get("/me/data").text
    assert "Your address is gone" in lena.send("/me/mail", page="/me/mail", act="remove").text
    assert ADDRESS not in lena.get("/me/mail").text


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"act": "ask", "address": "<b>lena", "event_id": str(uuid.uuid4())}, "address"),
        ({"act": "day", "day": "someday"}, "day-0"),
        ({"act": "day"}, "day-0"),
    ],
)
def test_what_can_not_be_taken_is_said_beside_its_field_and_above(posting, fields, place):
    lena = settled(posting)
    answer = lena.send("/me/mail", page="/me/mail", **fields)
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text
    assert "<b>lena" not in answer.text
    assert "Your day is <b>Tuesday</b>" in answer.text


def test_a_link_in_a_letter_is_for_whoever_has_it_and_names_nobody(posting):
    links_in_letters(posting, person_id(posting, "lena"), ADDRESS)
    visitor = posting.browser()
    page = visitor.get(f"/mail/confirm/{CODE}").text
    assert "Lena" not in page
    assert ADDRESS not in page
    assert "Thank you" in visitor.send().text
    assert sql(posting, "select email from people where username = 'lena'") == ADDRESS
    assert visitor.get(f"/mail/confirm/{CODE}").status_code == 404


def test_one_tap_stops_reminders_signed_out_and_by_a_mail_program_and_touches_nothing_else(posting):
    settled(posting)
    open_ = "select count(*) from consents where withdrawn_ms is null"
    visitor = posting.browser()
    page = visitor.get(f"/mail/stop/{CODE}")
    assert page.text.count("<button") == 1
    assert "Set-Cookie" not in page.headers
    assert sql(posting, open_) == 1, "looking stops nothing"
    before = everything(posting)
    strange = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    for headers in (strange, {}):
        answer = posting.app.test_client().post(
            f"/mail/stop/{CODE}", data={"List-Unsubscribe": "One-Click"}, headers=headers, base_url=URL
        )
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
        assert sql(posting, open_) == 0
    after = everything(posting)
    assert {name for name in before if before[name] != after[name]} == {"consents", "audit"}
    assert "It is done" in visitor.send(f"/mail/stop/{CODE}", page=f"/mail/stop/{CODE}").text
    assert posting.app.test_client().post("/mail/stop/nobodys", base_url=URL).status_code == 404
    assert posting.app.test_client().post(f"/mail/confirm/{CODE}", base_url=URL).status_code == 403

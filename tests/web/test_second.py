"""The second step of signing in: set up, taken, lost, and demanded of whoever has a role."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from lms.learning import totp
from lms.services import people, second
from lms.web.app import create_app
from tests.web.conftest import PASSWORD, URL, Browser, House, now_ms

PAPER = re.compile(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b")


def key_of(answer) -> bytes:
    return base64.b32decode(re.search(r'class="codeword" dir="ltr">([A-Z2-7 ]+)<', answer.text)[1].replace(" ", ""))


def now_shown(key: bytes, later: int = 0) -> str:
    return totp.digits(key, now_ms() // totp.STEP_MS + later)


def set_up(browser: Browser) -> tuple[bytes, list[str]]:
    """(the key, codes on paper) of who has just set it up."""
    key = key_of(browser.send("/me/second", page="/me/second", act="begin"))
    assert key_of(browser.get("/me/second")) == key, "looking again shows the same key"
    answer = browser.send("/me/second", act="confirm", code=now_shown(key))
    assert answer.status_code == 200, answer.text
    return key, PAPER.findall(answer.text)


def first_step(house: House, username: str) -> Browser:
    browser = house.browser()
    answer = browser.send("/sign-in", page="/sign-in?next=/me/data", username=username, password=PASSWORD)
    assert "One more step" in answer.text
    return browser


def test_the_first_step_opens_nothing_and_the_second_leads_where_she_was_going(house: House):
    key, paper = set_up(house.browser("lena"))
    assert len(set(paper)) == second.PAPER_CODES
    browser = first_step(house, "lena")
    assert browser.client.get("/me", base_url=URL).status_code == 303
    browser.get("/sign-in/second")
    wrong = browser.send("/sign-in/second", code="000000")
    assert wrong.status_code == 422
    assert "That code does not work." in wrong.text
    browser = first_step(house, "lena")
    right = browser.send("/sign-in/second", code=now_shown(key, 1))
    assert right.request.path == "/me/data"
    assert browser.client.get("/me", base_url=URL).status_code == 200


def test_digits_work_once_and_so_does_each_code_on_paper(house: House):
    key, paper = set_up(house.browser("lena"))
    typed = now_shown(key)  # what she confirmed with
    assert first_step(house, "lena").send("/sign-in/second", code=typed).status_code == 422
    assert first_step(house, "lena").send("/sign-in/second", code=paper[0].lower()).status_code == 200
    assert first_step(house, "lena").send("/sign-in/second", code=paper[0]).status_code == 422
    browser = first_step(house, "lena")
    browser.send("/sign-in/second", code=paper[1].replace("-", " "))
    assert "6 codes on paper left" in browser.get("/me/second").text


def test_setting_it_up_signs_out_everywhere_else(house: House):
    elsewhere, here = house.browser("lena"), house.browser("lena")
    set_up(here)
    assert elsewhere.client.get("/me", base_url=URL).status_code == 303
    assert here.client.get("/me", base_url=URL).status_code == 200


def test_what_the_app_does_not_show_turns_nothing_on(house: House):
    browser = house.browser("lena")
    browser.send("/me/second", page="/me/second", act="begin")
    answer = browser.send("/me/second", act="confirm", code="12345")
    assert answer.status_code == 422
    assert "That is not what the app shows now." in answer.text
    assert house.browser().sign_in("lena").get("/me").status_code == 200


def test_it_is_turned_off_only_by_who_has_the_app_or_paper(house: House):
    browser = house.browser("lena")
    key, paper = set_up(browser)
    assert browser.send("/me/second", page="/me/second", act="off", code="").status_code == 422
    assert browser.send("/me/second", page="/me/second", act="paper", code=now_shown(key, 1)).status_code == 200
    assert browser.send("/me/second", page="/me/second", act="off", code=paper[0]).status_code == 422, "old paper"
    assert browser.client.get("/me/second", base_url=URL).status_code == 200


def test_after_ten_minutes_the_first_step_is_taken_again(house: House, monkeypatch: pytest.MonkeyPatch):
    _key, paper = set_up(house.browser("lena"))
    browser = first_step(house, "lena")
    browser.get("/sign-in/second")
    late = now_ms() + people.HALF_MS + 1
    monkeypatch.setattr("lms.web.second.now_ms", lambda: late)
    answer = browser.send("/sign-in/second", code=paper[0])
    assert answer.status_code == 422
    assert "That took more than ten minutes." in answer.text


def test_guessing_has_to_wait(house: House):
    set_up(house.browser("lena"))
    browser = first_step(house, "lena")
    browser.get("/sign-in/second")
    found = [browser.send("/sign-in/second", code=f"{number:06}").status_code for number in range(6)]
    assert found == [422] * 5 + [429]


def test_whoever_has_a_role_sets_it_up_first_where_the_site_says_so(house: House):
    strict = replace(house, app=create_app(replace(house.settings, staff_second=True), house.store))
    femi = strict.browser("femi")
    assert femi.get("/teach").request.path == "/me/second"
    assert "You see what others do here" in femi.last.text
    assert femi.get("/me").request.path == "/me", "she learns as everybody does"
    _key, paper = set_up(femi)
    assert femi.get("/teach").request.path == "/teach"
    kept = femi.send("/me/second", page="/me/second", act="off", code=paper[0])
    assert kept.status_code == 403
    assert strict.browser("lena").get("/me/data").request.path == "/me/data"


def test_an_administrator_lets_somebody_start_again(house: House):
    set_up(house.browser("femi"))
    lost = first_step(house, "femi")
    with house.store.read() as db:
        femi_id = db.exec_driver_sql("select public_id from people where username = 'femi'").scalar_one()
    ada = house.browser("ada")
    assert ada.send(f"/admin/people/{femi_id}/second", page="/admin", follow=False).status_code == 303
    assert house.browser("greta").client.post(f"/admin/people/{femi_id}/second", base_url=URL).status_code in (400, 403)
    assert house.browser().sign_in("femi").get("/teach").status_code == 200
    assert lost.client.get("/me", base_url=URL).status_code == 303


def test_a_copy_of_the_database_holds_no_key(house: House):
    key, paper = set_up(house.browser("lena"))
    with house.store.read() as db:
        kept = db.exec_driver_sql("select group_concat(secret) from secrets").scalar_one()
    for secret in (base64.b32encode(key).decode(), base64.b64encode(key).decode(), key.hex(), paper[0]):
        assert secret not in kept

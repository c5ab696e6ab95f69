"""Learning without an account, keeping it with one, and several people on one phone."""

from __future__ import annotations

import re

import pytest

from lms.web.buckets import Buckets, Limits
from tests.web.conftest import PASSWORD, URL, Browser, House, hidden
from tests.web.signers import sign, with_keys
from tests.web.test_lessons import HOT, WATER, letters

CUP = "/courses/tea/serving/cup"
WORDS = "three old shoes"


def read_on(browser: Browser) -> Browser:
    """She reads the first page of a lesson and presses Next: no account, one tap."""
    browser.send(WATER, page=WATER, act="opened")
    assert "Step 2 of 7" in browser.last.text
    return browser


def finish(browser: Browser) -> Browser:
    browser.send(CUP, page=CUP, act="done")
    assert "You finished this module" in browser.last.text
    return browser


def number_of(house: House, table: str, where: str = "1 = 1") -> int:
    with house.store.read() as db:
        return int(db.exec_driver_sql(f"select count(*) from {table} where {where}").scalar_one())


def guests(house: House) -> int:
    return number_of(house, "people", "kind = 'guest'")


def sign_up(browser: Browser, username: str = "nia", **more: object) -> str:
    said = {"name": "Nia", "username": username, "password": WORDS, **more}
    return browser.send("/sign-up", page="/sign-up", **said).text


def test_a_first_tap_makes_a_guest_and_her_place_is_kept(house, visitor):
    for path in ("/", "/courses/tea", WATER, HOT, "/courses/tea/brewing/quiz"):
        visitor.get(path)
    assert guests(house) == 0
    read_on(visitor)
    wrong = letters(visitor.get(HOT).text)["It is warm"]
    visitor.send(WATER, act="answered", answer=wrong)
    assert (guests(house), number_of(house, "events")) == (1, 2)
    assert "Step 2 of 7" in visitor.get(WATER).text, "where she stopped"
    page = visitor.get("/me").text
    assert "Your learning" in page
    assert "Make an account" in page
    assert "Making tea" in page
    assert visitor.get("/me/data").status_code == 200
    assert "data-text" in visitor.send("/me/settings", page="/me/settings", act="looks", text="large").text


def test_a_double_tap_makes_one_guest_and_one_event(house):
    shown, taps = house.browser().get(WATER), [house.browser(), house.browser()]
    for browser in taps:
        browser.last = shown
        assert "Step 2 of 7" in browser.send(WATER, act="opened").text
    assert (guests(house), number_of(house, "events")) == (1, 1)


def test_a_form_from_before_she_was_a_guest_is_hers(house, visitor):
    """Back, in her browser, to a page that was made for a visitor."""
    old = visitor.get(HOT)
    read_on(visitor)
    visitor.last = old
    assert (
        "Yes, that is right" in visitor.send(WATER, act="answered", answer=letters(old.text)["It has just boiled"]).text
    )
    assert (guests(house), number_of(house, "events")) == (1, 2)


def test_a_form_of_somebody_whose_sign_in_ended_makes_no_guest(house, lena):
    page = lena.get(WATER)
    lena.send("/sign-out", page="/me")
    lena.last = page
    assert lena.send(WATER, act="opened").status_code == 401
    assert "Sign in again to send your answer" in lena.last.text
    assert guests(house) == 0


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "https://evil.example"}, {"Origin": URL, "Sec-Fetch-Site": "cross-site"}]
)
def test_no_other_site_makes_a_guest(house, visitor, origin):
    form = {**hidden(visitor.get(WATER).text, WATER), "act": "opened"}
    assert visitor.client.post(WATER, data=form, base_url=URL, headers=origin).status_code == 403
    assert guests(house) == 0


def test_no_address_makes_guests_without_end(house):
    house.app.extensions["limits"] = Limits(guests=Buckets(2, 60_000))
    for _ in range(2):
        read_on(house.browser())
    answer = house.browser().send(WATER, page=WATER, act="opened")
    assert answer.status_code == 429
    assert "Many people started here just now. Wait" in answer.text
    assert guests(house) == 2


def test_an_account_keeps_all_a_guest_did_and_the_page_she_was_on(house, visitor):
    finish(visitor)
    before = house.rows()
    assert "All you did on this phone stays yours" in visitor.get("/sign-up").text
    assert "Hello, Nia" in sign_up(visitor)
    assert "1 of 2 modules done" in visitor.get("/me").text
    assert {it: n for it, n in house.rows().items() if it in ("people", "events", "milestones", "sign_ins")} == {
        it: before[it] for it in ("people", "events", "milestones", "sign_ins")
    }
    assert "1 of 2 modules done" in house.browser().sign_in("nia", WORDS).get("/me").text


def test_joining_a_group_comes_after_the_account(house, visitor):
    finish(visitor)
    assert "Make an account and join" in visitor.get(f"/join/{house.join_code}").text
    token = hidden(visitor.get("/sign-up").text, "/sign-up")["csrf_token"]
    answer = visitor.client.post(f"/join/{house.join_code}", data={"csrf_token": token}, base_url=URL)
    assert answer.headers["Location"].startswith("/sign-up?next=%2Fjoin%2F")
    visitor.get(answer.headers["Location"])
    page = visitor.send("/sign-up", name="Nia", username="nia", password=WORDS).text
    assert "Join this group" in page
    assert "You are in Tuesday club" in visitor.send(f"/join/{house.join_code}").text


def test_signing_out_as_a_guest_is_warned_of_and_deletes_her_work(house, visitor):
    finish(visitor)
    assert ">Sign out</a>" in visitor.last.text
    page = visitor.get("/sign-out").text
    assert "No one can get it back" in page
    token = hidden(page, "/sign-out")["csrf_token"]
    visitor.client.post("/sign-out", data={"csrf_token": token}, base_url=URL)
    assert guests(house) == 1, "not without having read it"
    visitor.send("/sign-out", page="/sign-out", lose="yes")
    assert "You do not need an account to start" in visitor.last.text
    assert (guests(house), number_of(house, "events")) == (0, 0)


@pytest.mark.parametrize("was", ["yes", "no"])
def test_signing_in_where_a_guest_learned_asks_if_it_was_her(house, visitor, was):
    finish(visitor)
    visitor.send("/sign-in", page="/sign-in?next=/courses/tea", username="lena", password=PASSWORD)
    assert "Someone did 1 lesson on this phone without signing in." in visitor.last.text
    assert "Was it you?" in visitor.get("/me").text, "until she has said"
    visitor.send("/was-it-you", page="/was-it-you?next=/courses/tea", me=was)
    assert visitor.last.request.path == "/courses/tea"
    assert ("1 of 2 modules done" in visitor.get("/me").text) == (was == "yes")
    assert "Was it you?" not in visitor.last.text
    assert ("Someone without an account" in visitor.get("/who").text) == (was == "no")
    if was == "no":
        visitor.get(re.search(r'"(/who/[^"]+)"', visitor.last.text)[1])
        visitor.send(visitor.last.request.path)
        assert "Your learning" in visitor.get("/me").text
        assert "1 of 2 modules done" in visitor.last.text, "whoever it was goes on"


def test_who_signs_in_where_nobody_learned_is_asked_nothing(house, visitor):
    visitor.sign_in("lena")
    assert visitor.last.request.path == "/"
    assert visitor.get("/was-it-you").request.path == "/"


def test_a_guest_has_her_badge_and_shows_it_to_others_with_an_account(house):
    from tests.web.test_quiz import QUIZ, answer

    signing = with_keys(house)
    visitor = signing.browser()
    for lesson, steps in (("water", ("boil", "rate-tea")), ("pot", ("pour",))):
        for step in steps:
            path = f"/courses/tea/brewing/{lesson}"
            page = visitor.get(f"{path}?step={step}").text
            visitor.send(path, act="rated" if "rate" in step else "done", answer=next(iter(letters(page).values()), ""))
    for step, given in (
        ("q-hot", "It has just boiled"),
        ("q-which", "Water Leaves"),
        ("q-word", "steep"),
        ("q-minutes", "4"),
    ):
        known = letters(visitor.get(f"{WATER}?step={step}").text)
        chosen = [letter for words, letter in known.items() if words in given] or given
        visitor.send(WATER, act="answered", answer=chosen)
    visitor.send(WATER, page=WATER + "?step=water", act="opened")
    visitor.send(QUIZ, page=QUIZ, act="started")
    for _ in range(2):
        answer(visitor)
    visitor.send(QUIZ, act="finished")
    sign(signing)
    badge = re.search(r'"(/badges/[^"]+)"', visitor.get("/me").text)[1]
    page = visitor.get(badge).text
    assert "Save the picture" in page
    assert "Make an account to keep it" in page
    assert "Who can see it" in page
    assert visitor.get(f"{badge}.png").status_code == 200
    assert visitor.get(f"{badge}/certificate").status_code == 403
    token = hidden(visitor.get("/sign-up").text, "/sign-up")["csrf_token"]
    shown = visitor.client.post(badge, data={"csrf_token": token, "seen": "address"}, base_url=URL)
    assert shown.status_code == 403
    sign_up(visitor)
    assert "Nia" in visitor.get(f"{badge}/certificate").text


# A PIN, and several people on one phone.


def with_pin(house: House, username: str = "nia", pin: str = "4071") -> Browser:
    browser = house.browser()
    sign_up(browser, username, password="", pin=pin, way="pin")
    assert "Hello, Nia" in browser.last.text
    return browser


def test_a_pin_lets_her_in_on_her_own_phone(house):
    phone = with_pin(house)
    phone.send("/sign-out", page="/me")
    assert "Who is learning?" in phone.get("/sign-in").text
    page = phone.get("/who").text
    assert ">Nia</a>" in page
    assert "nia" not in page, "never a user name"
    address = re.search(r'"(/who/[^"]+)"', page)[1]
    assert phone.send(address, page=address, typed="4072").status_code == 422
    assert "Hello, Nia" in phone.send(address, typed="4071").text
    assert house.browser().get(address).status_code == 404, "another phone knows nobody"
    assert "shows no names" in house.browser().get("/who").text


@pytest.mark.parametrize("pin", ["12", "1234", "0000", "12345678"])
def test_an_easy_pin_is_told_beside_its_field(house, pin):
    browser = house.browser()
    assert 'href="#pin"' in sign_up(browser, password="", pin=pin, way="pin")


def test_two_share_a_phone_and_each_has_her_own_place(house):
    phone = finish(with_pin(house))
    phone.send("/who", page="/who")
    assert phone.get("/me").request.path == "/sign-in"
    phone.sign_in("lena")
    phone.send("/me/settings", page="/me/settings", act="remember")
    listed = dict(re.findall(r'<a href="(/who/[^"]+)">([^<]+)', phone.get("/who").text))
    assert sorted(listed.values()) == ["Lena", "Nia"]
    nia, lena = (next(it for it, name in listed.items() if name == one) for one in ("Nia", "Lena"))
    phone.send(nia, page=nia, typed="4071")
    assert "1 of 2 modules done" in phone.get("/me").text
    phone.send(lena, page=lena, typed=PASSWORD)
    assert "Lena’s learning" in phone.get("/me").text
    assert "1 of 2 modules done" not in phone.last.text
    phone.send("/me/settings", page="/me/settings", act="forget")
    assert ">Lena</a>" not in phone.get("/who").text


def test_one_way_in_stays_and_the_other_can_go(house):
    phone = with_pin(house)
    assert phone.send("/me/settings", page="/me/settings", act="forget").status_code == 422
    assert (
        phone.send("/me/settings", page="/me/settings", act="password", old="9999", password=WORDS).status_code == 422
    )
    assert "Saved." in phone.send("/me/settings", page="/me/settings", act="password", old="4071", password=WORDS).text
    assert "Saved." in phone.send("/me/settings", page="/me/settings", act="pin", old=WORDS, pin="5183").text
    assert "Saved." in phone.send("/me/settings", page="/me/settings", act="no-password").text
    assert "Choose a password" in phone.last.text
    assert house.browser().send("/sign-in", page="/sign-in", username="nia", password=WORDS).status_code == 422


def test_a_locked_pin_says_how_to_get_back_in(house):
    phone = with_pin(house)
    phone.send("/sign-out", page="/me")
    address = re.search(r'"(/who/[^"]+)"', phone.get("/who").text)[1]
    for _ in range(5):
        phone.send(address, page=address, typed="9999")
    assert "ask your facilitator for a code" in phone.send(address, typed="4071").text


def test_the_cookie_of_a_phone_is_out_of_reach_of_scripts_and_set_only_where_it_is_needed(house, visitor):
    finish(visitor)
    assert visitor.client.get_cookie("lms-8000-phone", domain="127.0.0.1") is None
    cookie = with_pin(house).client.get_cookie("lms-8000-phone", domain="127.0.0.1")
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.max_age) == (True, "Lax", "/", 400 * 24 * 3600)


def test_a_guest_changes_nothing_of_an_account(house, visitor):
    finish(visitor)
    for act in ("password", "pin", "remember", "forget", "no-password"):
        assert visitor.send("/me/settings", page="/me/settings", act=act).status_code == 403, act

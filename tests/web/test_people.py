"""Signing up, in and out; codes; invitations."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from lms.learning.people import Role, ScopeKind
from lms.services import codes
from lms.web.buckets import Buckets, Limits
from tests.web.conftest import PASSWORD, URL, now_ms


def test_a_name_a_user_name_and_a_password_make_an_account(house):
    browser = house.browser()
    answer = browser.send("/sign-up", page="/sign-up", name="Nia", username="nia", password="three old shoes")
    assert "Hello, Nia" in answer.text
    assert "Nia" in house.browser().sign_in("nia", "three old shoes").get("/me").text


def test_what_must_be_put_right_stands_first_and_beside_its_field(house):
    answer = house.browser().send("/sign-up", page="/sign-up", name="Nia", username="lena", password="three old shoes")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert answer.text.count("Someone else has that user name") == 2
    assert 'value="Nia"' in answer.text
    assert "three old shoes" not in answer.text


def test_all_that_must_be_put_right_is_said_at_once(house):
    answer = house.browser().send("/sign-up", page="/sign-up", name=" ", username="le na", password="short")
    assert list(re.findall(r'<li><a href="#(\w+)">', answer.text)) == ["name", "username", "password"]
    for sentence in ("Type a name to be called by.", "Use 3 to 40 letters or numbers,", "Use 8 letters or more."):
        assert answer.text.count(sentence) == 2, sentence
    lena = house.browser("lena")
    answer = lena.send("/me/settings", page="/me/settings", act="password", old="not it at all", password="short")
    assert answer.text.count("That is not what lets you in now.") == answer.text.count("Use 8 letters or more.") == 2
    answer = lena.send("/me/username", page="/me/username", old="not it at all", username="sam")
    assert answer.text.count("That is not what lets you in now.") == 2
    assert answer.text.count("Someone else has that user name.") == 2


@pytest.mark.parametrize("password", ["short", "password", "12345678"])
def test_an_easy_password_is_not_taken(house, password):
    answer = house.browser().send("/sign-up", page="/sign-up", name="Nia", username="nia", password=password)
    assert answer.status_code == 422
    assert 'href="#password"' in answer.text


def test_a_wrong_password_and_an_unknown_name_are_told_alike(house):
    first = house.browser().send("/sign-in", page="/sign-in", username="lena", password="not it at all")
    second = house.browser().send("/sign-in", page="/sign-in", username="nobody", password="not it at all")
    assert first.status_code == second.status_code == 422

    def same(text: str) -> str:
        return re.sub(r'value="[^"]*"', "", text)

    assert same(first.text) == same(second.text)


def test_after_many_wrong_tries_she_waits_a_little_and_can_still_read(house):
    browser = house.browser()
    for _ in range(5):
        browser.send("/sign-in", page="/sign-in", username="lena", password="not it at all")
    answer = browser.send("/sign-in", page="/sign-in", username="lena", password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert "Wait" in answer.text
    assert browser.get("/courses/tea").status_code == 200


def sign_up(house, username: str, password: str = "three old shoes") -> TestResponse:
    return house.browser().send("/sign-up", page="/sign-up", name="Nia", username=username, password=password)


def test_no_address_makes_accounts_without_end_and_what_is_refused_counts_for_nothing(house):
    house.app.extensions["limits"] = Limits(sign_ups=Buckets(3, 60_000))
    for number in range(3):
        assert sign_up(house, "lena").status_code == 422, "taken"
        assert sign_up(house, "nia", "short").status_code == 422
        assert sign_up(house, f"nia-{number}").status_code == 200
    before = house.rows()
    answer = sign_up(house, "nia-3")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Many people signed up here just now. Wait" in answer.text
    assert 'value="nia-3"' in answer.text
    assert house.rows() == before
    assert house.browser().sign_in("nia-0", "three old shoes").get("/me").status_code == 200


def test_a_whole_club_can_sign_up_in_one_evening():
    """Sixty at once from the one address they share, then one a minute."""
    bucket = Limits().sign_ups
    assert [bucket.take("the library", 0) for _ in range(61)] == [0] * 60 + [60]


def test_signing_in_begins_a_new_session(house):
    browser = house.browser()
    browser.client.set_cookie("lms-8000", "planted", domain="127.0.0.1")
    browser.get("/sign-in")
    before = browser.client.get_cookie("lms-8000", domain="127.0.0.1")
    browser.sign_in("lena")
    after = browser.client.get_cookie("lms-8000", domain="127.0.0.1")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_signing_out_ends_the_sign_in_itself(house):
    browser = house.browser("lena")
    stolen = browser.client.get_cookie("lms-8000", domain="127.0.0.1")
    browser.send("/sign-out", page="/me")
    thief = house.browser()
    thief.client.set_cookie("lms-8000", stolen.value, domain="127.0.0.1")
    assert "/sign-in" in thief.get("/me").request.path


def test_a_forged_cookie_signs_nobody_in(house):
    browser = house.browser()
    browser.client.set_cookie("lms-8000", "eyJfdXNlcl9pZCI6IjEueCJ9.x.y", domain="127.0.0.1")
    assert browser.get("/me").request.path == "/sign-in"


def test_signing_out_everywhere_signs_out_here_too(house):
    first, second = house.browser("lena"), house.browser("lena")
    first.send("/me/settings", page="/me/settings", act="everywhere")
    assert second.get("/me").request.path == "/sign-in"


def test_a_new_password_ends_the_other_sign_ins(house):
    here, elsewhere = house.browser("lena"), house.browser("lena")
    answer = here.send(
        "/me/settings", page="/me/settings", act="password", old=PASSWORD, password="four new hats please"
    )
    assert "Saved." in answer.text
    assert elsewhere.get("/me").request.path == "/sign-in"
    assert house.browser().sign_in("lena", "four new hats please").get("/me").status_code == 200


def test_a_facilitator_gives_a_code_that_signs_in_once(house):
    femi = house.browser("femi")
    person = femi.get(f"/teach/groups/{house.group}").text.split('<option value="')[-1].split('"')[0]
    page = femi.send("/teach/code", person=person)
    code = re.search(r'class="codeword">([A-Z0-9-]+)<', page.text)[1]
    lena = house.browser()
    assert "Lena" in lena.send("/sign-in/code", page="/sign-in/code", code=code.lower()).text
    again = house.browser().send("/sign-in/code", page="/sign-in/code", code=code)
    assert again.status_code == 422
    assert "Ask for a new one" in again.text


def test_the_way_back_in_without_a_password_is_said_step_by_step(house):
    page = house.browser().get("/sign-in").text
    assert '<a href="/sign-in/code">I forgot my password</a>' in page
    page = house.browser().get("/sign-in/code").text
    for step in ("Ask your facilitator for a sign-in code", "Type the code here", "choose a new password in Settings"):
        assert step in page
    assert 'href="/join"' in page, "for who holds the code of a group"


def test_an_invitation_makes_one_account_with_its_role(house):
    code = codes.invite(house.store, Role.FUNDER, ScopeKind.SITE, 0, None, now_ms())
    new = house.browser()
    new.get(f"/invite/{code}")
    answer = new.send(f"/invite/{code}", name="Nora", username="nora", password="three old shoes")
    assert answer.request.path == "/funder"
    assert house.browser().get(f"/invite/{code}").status_code == 404


def test_signing_in_leads_staff_to_their_work(house):
    for username, where in (("femi", "/teach"), ("fola", "/funder"), ("ada", "/admin"), ("lena", "/")):
        browser = house.browser().sign_in(username)
        assert browser.last.request.path == where


def end_of(role: str, page: str) -> str:
    """The address that ends somebody's role."""
    ends = rf'action="(/admin/roles/[^"]+)">(?:(?!</form>).)*End it now<span class="hidden">: {role}'
    return re.search(ends, page, re.DOTALL | re.IGNORECASE)[1]


def test_a_role_that_ended_ends_its_pages_at_once(house):
    ada, fola = house.browser("ada"), house.browser("fola")
    assert fola.get("/funder").status_code == 200
    action = end_of("funder", ada.get("/admin").text)
    ada.send(action, act="end")
    assert fola.get("/funder").status_code == 403


def test_the_last_administrator_cannot_be_ended(house):
    ada = house.browser("ada")
    action = end_of("administrator", ada.get("/admin").text)
    answer = ada.send(action, act="end")
    assert answer.status_code == 422
    assert "last administrator" in answer.text


def test_an_administrator_gives_a_role_with_an_end(house):
    ada = house.browser("ada")
    person = re.search(r'<option value="([^"]+)">Sam ', ada.get("/admin").text)[1]
    where = re.search(r'<option value="(organisation:\d+)">Tea Families', ada.last.text)[1]
    answer = ada.send("/admin/roles", person=person, role="mentor", scope=where, ends="2031-12-31")
    assert "to 31 December 2031" in answer.text
    assert house.browser("sam").get("/mentor").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"role": "queen"}, {"scope": "site:x"}, {"scope": "planet:1"}, {"ends": "soon"}, {"ends": "2001-01-01"}]
)
def test_a_role_that_makes_no_sense_is_refused_with_a_sentence(house, wrong):
    ada = house.browser("ada")
    person = re.search(r'<option value="([^"]+)">Sam ', ada.get("/admin").text)[1]
    answer = ada.send("/admin/roles", **{"person": person, "role": "funder", "scope": "site:0", "ends": ""} | wrong)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_an_invitation_is_made_and_shown_once(house):
    ada = house.browser("ada")
    answer = ada.send("/admin/invitations", page="/admin", **{"invite-role": "funder", "invite-scope": "site:0"})
    address = re.search(rf"<code>{URL}(/invite/[^<]+)</code>", answer.text)[1]
    assert "You are invited" in house.browser().get(address).text

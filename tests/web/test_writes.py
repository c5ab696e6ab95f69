"""That nothing but our own pages can make this site do a thing."""

from __future__ import annotations

import pytest

from tests.web.conftest import PASSWORD, URL, hidden
from tests.web.test_map import filled


def test_a_form_without_a_token_is_refused(house):
    browser = house.browser("ada")
    for path in writes(house):
        assert browser.client.post(path, data={"act": "done"}, base_url=URL).status_code == 403, path


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9", "https://127.0.0.1:8000"])
def test_a_form_from_elsewhere_is_refused_even_with_the_token(house, origin):
    browser = house.browser("ada")
    token = hidden(browser.get("/me/settings").text)["csrf_token"]
    before = house.rows()
    for path in writes(house):
        answer = browser.client.post(path, data={"csrf_token": token}, headers={"Origin": origin}, base_url=URL)
        assert answer.status_code == 403, path
    assert house.rows() == before


def writes(house) -> list[str]:
    """Every address that takes a form, and the one that takes JSON; not the one that mail programs post to."""
    rules = [rule for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [filled(rule.rule, house) for rule in rules if rule.endpoint not in FROM_ANYWHERE]


FROM_ANYWHERE = {"mail.stopped"}
"""What it does, and that it does nothing else: tests/web/test_mail.py."""


def test_one_address_alone_takes_what_comes_from_anywhere(house):
    views = house.app.view_functions.items()
    assert {name for name, view in views if hasattr(view, "takes_from_anywhere")} == FROM_ANYWHERE


def test_one_address_alone_is_a_key_that_needs_no_token(house):
    assert {name for name, view in house.app.view_functions.items() if hasattr(view, "has_key")} == {"weeks.answered"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_it_comes_from_elsewhere_is_believed(house, site):
    browser = house.browser("lena")
    token = hidden(browser.get("/me/settings").text)["csrf_token"]
    headers = {"Sec-Fetch-Site": site}
    assert (
        browser.client.post("/sign-out", data={"csrf_token": token}, headers=headers, base_url=URL).status_code == 403
    )
    assert browser.get("/me").status_code == 200


def test_a_form_of_ours_is_taken_with_our_origin(house):
    lena = house.browser("lena")
    lena.headers = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
    assert lena.send("/sign-out", page="/me").status_code == 200
    assert "Sign in" in lena.get("/me").text


def test_on_ones_own_machine_localhost_is_home_too(house):
    client = house.app.test_client()
    page = client.get("/sign-in", base_url="http://localhost:8000")
    form = {**hidden(page.text, "/sign-in"), "username": "lena", "password": PASSWORD}
    answer = client.post(
        "/sign-in", data=form, base_url="http://localhost:8000", headers={"Origin": "http://localhost:8000"}
    )
    assert answer.status_code == 303


def test_the_token_of_somebody_else_is_refused(house):
    lena, sam = house.browser("lena"), house.browser("sam")
    token = hidden(sam.get("/me/settings").text)["csrf_token"]
    answer = lena.client.post("/me/settings", data={"csrf_token": token, "act": "everywhere"}, base_url=URL)
    assert answer.status_code == 403


def test_a_token_from_before_signing_in_is_refused_after_it(house):
    browser = house.browser()
    token = hidden(browser.get("/sign-in").text, "/sign-in")["csrf_token"]
    browser.sign_in("lena")
    answer = browser.client.post("/me/settings", data={"csrf_token": token, "act": "everywhere"}, base_url=URL)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/courses/tea", "/nowhere", "/me"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_change_nothing(house, path, method):
    before = house.rows()
    assert house.app.test_client().open(path, method=method, base_url=URL).status_code in (403, 404, 405)
    assert house.rows() == before


def test_too_much_at_once_is_refused(house):
    visitor = house.browser()
    form = {**hidden(visitor.get("/sign-in").text, "/sign-in"), "username": "x" * 300_000}
    answer = visitor.client.post("/sign-in", data=form, base_url=URL)
    assert answer.status_code == 413
    assert "too big" in answer.text

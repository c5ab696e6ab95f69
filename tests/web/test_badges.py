"""Badges: earned, shown when she says so, printed."""

from __future__ import annotations

import re

import pytest

from tests.web.test_lessons import WATER, letters, publish_brewing
from tests.web.test_quiz import take


@pytest.fixture
def earned(lena):
    """Lena has finished the module Brewing; returns the address of her badge."""
    lena.send(WATER, page=WATER, act="opened")
    lena.send(WATER, page=f"{WATER}?step=boil", act="done")
    for step, right in (("q-hot", ["It has just boiled"]), ("q-which", ["Water", "Leaves"])):
        found = letters(lena.get(f"{WATER}?step={step}").text)
        lena.send(WATER, act="answered", answer=[found[words] for words in right])
    lena.send(WATER, page=f"{WATER}?step=q-word", act="answered", answer="steep")
    lena.send(WATER, page=f"{WATER}?step=q-minutes", act="answered", answer="4")
    found = letters(lena.get(f"{WATER}?step=rate-tea").text)
    lena.send(WATER, act="rated", answer=found["On my own"])
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    take(lena, True, True)
    return re.search(r'href="(/badges/[\w-]+)"', lena.get("/courses/tea/brewing").text)[1]


def test_finishing_a_module_gives_its_badge(lena, earned):
    assert "Brewer" in lena.get("/me").text
    page = lena.get(earned).text
    assert "You finished “Brewing”" in page
    assert "Get your certificate" in page


def test_a_badge_is_nobodys_business_until_she_says_so(house, lena, earned):
    for other in (house.browser(), house.browser("sam"), house.browser("femi"), house.browser("ada")):
        assert other.get(earned).status_code == 404
        assert other.get(f"{earned}/certificate").status_code == 404
    lena.send(earned, page=earned, shown="yes")
    page = house.browser().get(earned).text
    assert "Lena finished “Brewing”" in page
    assert "Who can see it?" not in page
    lena.send(earned, page=earned, shown="no")
    assert house.browser().get(earned).status_code == 404


def test_nobody_else_can_show_or_hide_it(house, lena, earned):
    sam = house.browser("sam")
    assert sam.send(earned, page="/me", shown="yes").status_code == 404
    assert house.browser().get(earned).status_code == 404


def test_a_certificate_says_who_what_and_when(lena, earned):
    page = lena.get(f"{earned}/certificate").text
    assert "<h1>Lena</h1>" in page
    assert "<b>Brewing</b>, part of Making tea" in page
    assert re.search(r"on \d{1,2} \w+ 20\d\d", page)
    assert 'class="landscape"' in page


@pytest.mark.parametrize("what", ["", "/certificate"])
def test_an_unknown_badge_is_not_found(lena, what):
    assert lena.get(f"/badges/{'x' * 24}{what}").status_code == 404


def test_passing_the_quiz_leads_straight_to_the_badge(lena, earned):
    page = lena.get("/courses/tea/brewing/quiz").text
    assert re.search(rf'href="{earned}">See your badge', page)


def call_her(lena, name, adult):
    lena.send("/me/settings", page="/me/settings", act="looks", name=name, adult=adult)


@pytest.mark.parametrize("adult", ["no", "unsaid"])
def test_who_is_not_surely_18_is_called_by_one_word_and_told_so(house, lena, earned, adult):
    call_her(lena, "Lena Brown", adult)
    lena.send(earned, page=earned, shown="yes")
    for what in ("", "/certificate"):
        for other in (house.browser(), house.browser("sam"), house.browser("femi"), house.browser("ada")):
            page = other.get(f"{earned}{what}").text
            assert "Lena" in page
            assert "Brown" not in page
            assert "18 or over" not in page
        hers = lena.get(f"{earned}{what}").text.split("<main")[1].split("</main>")[0]
        assert "Brown" not in hers
        assert "only the first word of your name" in hers
        assert 'href="/me/settings#adult"' in hers
    assert "They see the name “Lena”" in lena.get(earned).text


def test_who_says_she_is_18_is_called_by_her_whole_name(house, lena, earned):
    call_her(lena, "Lena Brown", "yes")
    lena.send(earned, page=earned, shown="yes")
    for what in ("", "/certificate"):
        assert "Lena Brown" in house.browser().get(f"{earned}{what}").text
        assert "first word of your name" not in lena.get(f"{earned}{what}").text


def test_no_search_engine_keeps_a_badge_page(house, lena, earned):
    lena.send(earned, page=earned, shown="yes")
    for browser in (house.browser(), lena):
        for what in ("", "/certificate"):
            answer = browser.get(f"{earned}{what}")
            assert answer.status_code == 200
            assert "noindex" in answer.headers["X-Robots-Tag"]


def test_a_badge_and_its_certificate_claim_nothing_that_was_published_later(house, lena, earned):
    pages = [main(lena.get(f"{earned}{what}").text) for what in ("", "/certificate")]
    for old, new in (
        ("# Brewing\n", "# Brewing and biscuits\n"),
        ("## The pot {#pot}", "## The biscuits {#biscuits}\n\nOne each.\n\n- Skills: eds-2022/F1\n\n## The pot {#pot}"),
    ):
        publish_brewing(house, old, new)
        assert "biscuits" in lena.get("/courses/tea/brewing").text
        assert [main(lena.get(f"{earned}{what}").text) for what in ("", "/certificate")] == pages
    assert "The water" in pages[0] + pages[1]


def main(page: str) -> str:
    """What a page itself says, without what is different in every one."""
    body = page.split("<main")[1].split("</main>")[0]
    return re.sub(r'value="[^"]*"', "", body)


def test_somebody_invited_is_asked_and_protected_alike(house):
    from lms.learning.people import Role, ScopeKind
    from lms.services import codes
    from tests.web.conftest import now_ms

    for said, kept in (("yes", "yes"), ("no", "no"), ("", "unsaid"), ("<b>", "unsaid")):
        code = codes.invite(house.store, Role.MENTOR, ScopeKind.SITE, 0, None, now_ms())
        new = house.browser()
        page = new.get(f"/invite/{code}").text
        assert "Are you 18 or over?" in page
        assert 'value="unsaid"' in page
        username = f"nia-{kept}-{len(said)}"
        new.send(name="Nia Green", username=username, password="three old shoes", adult=said)
        with house.store.read() as db:
            statement = "select wishes from people where username = ?"
            assert f'"adult":"{kept}"' in db.exec_driver_sql(statement, (username,)).scalar_one()

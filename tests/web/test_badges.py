"""Badges: earned, shown when she says so, printed."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl

import pytest

from lms.services import badges
from tests.web.conftest import URL, now_ms
from tests.web.signers import sign, with_keys
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
    lena.send(earned, page=earned, seen="address", named="y")
    page = house.browser().get(earned).text
    assert "Lena finished “Brewing”" in page
    assert "Who can see it?" not in page
    lena.send(earned, page=earned, seen="me")
    assert house.browser().get(earned).status_code == 404


def test_nobody_else_can_show_or_hide_it(house, lena, earned):
    sam = house.browser("sam")
    assert sam.send(earned, page="/me", seen="address", named="y").status_code == 404
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
    lena.send(earned, page=earned, seen="address", named="y")
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
    assert "the name “Lena”" in lena.get(earned).text


def test_who_says_she_is_18_is_called_by_her_whole_name(house, lena, earned):
    call_her(lena, "Lena Brown", "yes")
    lena.send(earned, page=earned, seen="address", named="y")
    for what in ("", "/certificate"):
        assert "Lena Brown" in house.browser().get(f"{earned}{what}").text
        assert "first word of your name" not in lena.get(f"{earned}{what}").text


def test_no_search_engine_keeps_a_badge_page(house, lena, earned):
    lena.send(earned, page=earned, seen="address", named="y")
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


def test_without_her_name_a_page_says_what_was_earned_and_not_by_whom(house, lena, earned):
    lena.send(earned, page=earned, seen="address")
    page = house.browser().get(earned).text
    assert "Somebody finished “Brewing”" in page
    assert "Lena" not in page
    assert "Finished the module" in page
    assert "Lena" in lena.get(earned).text
    assert house.browser().get(f"{earned}/certificate").status_code == 404
    assert lena.get(f"{earned}/certificate").status_code == 200


def chosen(page: str) -> str:
    """The radio button that is pressed."""
    return re.search(r'<input checked[^>]*value="(\w+)"', page)[1]


@pytest.mark.parametrize("seen", ["me", "address"])
@pytest.mark.parametrize("named", [{}, {"named": "y"}])
def test_the_page_remembers_who_can_see_it_and_whether_her_name_is_in_the_files(lena, earned, seen, named):
    page = lena.get(earned).text
    assert (chosen(page), ticked(page)) == ("me", False)
    lena.send(earned, page=earned, seen=seen, **named)
    page = lena.get(earned).text
    assert (chosen(page), ticked(page)) == (seen, bool(named))


def ticked(page: str) -> bool:
    """Whether her name is to be in the files."""
    return "checked" in re.search(r'<input[^>]*type="checkbox"[^>]*>', page)[0]


@pytest.mark.parametrize("named", [{}, {"named": "y"}])
def test_her_name_is_in_her_file_where_she_ticked_it_and_nobody_else_needs_to_see_the_page(house, lena, earned, named):
    signing = with_keys(house)
    sign(signing)
    lena = signing.browser("lena")
    lena.send(earned, page=earned, seen="me", **named)
    sign(signing)
    assert ("Lena" in lena.get(f"{earned}.json").text) == bool(named)
    assert signing.browser().get(earned).status_code == 404


def test_a_page_whose_picture_is_lost_still_opens_and_can_be_closed(house, lena, earned):
    signing = with_keys(house)
    sign(signing)
    lena = signing.browser("lena")
    lena.send(earned, page=earned, seen="address")
    with signing.store.read() as db:
        (lost,) = db.exec_driver_sql("select png_hash from badge_versions where png_hash is not null").scalars()
    (signing.store.files / lost).unlink()
    page = lena.get(earned)
    assert page.status_code == 200
    assert "Come back in a minute." in page.text
    lena.send(earned, page=earned, seen="me")
    assert signing.browser().get(earned).status_code == 404


@pytest.mark.parametrize("odd", [{}, {"seen": ""}, {"seen": "everybody"}, {"shown": "yes"}])
def test_a_form_that_says_nothing_of_who_may_see_it_changes_nothing(house, lena, earned, odd):
    assert lena.send(earned, page=earned, **odd).status_code == 422
    assert house.browser().get(earned).status_code == 404


def test_it_goes_to_linkedin_with_the_form_filled_in_and_only_when_others_can_see_it(lena, earned):
    assert "linkedin.com" not in lena.get(earned).text
    lena.send(earned, page=earned, seen="address", named="y")
    link = re.search(r'href="(https://www\.linkedin\.com/[^"]*)"', lena.get(earned).text)[1]
    place, _, query = html.unescape(link).partition("?")
    said = dict(parse_qsl(query, strict_parsing=True))
    assert place == "https://www.linkedin.com/profile/add"
    assert list(said) == [
        "startTask", "name", "organizationName", "issueYear", "issueMonth", "certUrl", "certId"
    ]  # fmt: skip
    assert said["startTask"] == "CERTIFICATION_NAME"
    assert (said["name"], said["organizationName"]) == ("Brewer", "Learn at home")
    assert said["certUrl"] == f"{URL}{earned}"
    assert said["certUrl"].endswith(said["certId"])
    assert said["issueYear"].startswith("20")
    assert 1 <= int(said["issueMonth"]) <= 12


def test_what_it_is_for_names_the_skills_and_where_they_are_described(house, lena, earned):
    lena.send(earned, page=earned, seen="address", named="y")
    for browser in (lena, house.browser()):
        assert re.search(r'<li><a href="https://[^"]+" rel="noreferrer">[^<]+</a></li>', browser.get(earned).text)


def test_a_certificate_has_a_square_to_scan_only_when_there_is_something_to_see(lena, earned):
    page = lena.get(f"{earned}/certificate").text
    assert "Code to scan" not in page
    assert "Nobody can check this page yet" in page
    lena.send(earned, page=earned, seen="address", named="y")
    page = lena.get(f"{earned}/certificate").text
    assert f'aria-label="Code to scan: {URL}{earned}"' in page
    assert earned.rpartition("/")[2] in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert "Nobody can check" not in page


def test_a_badge_that_was_taken_back_says_so_to_her_and_offers_nothing_to_show(house, lena, earned):
    lena.send(earned, page=earned, seen="address", named="y")
    badges.revoke(house.store, earned.rpartition("/")[2], "a secret reason", now_ms())
    page = lena.get(earned).text
    assert "This badge was taken back" in page
    assert "secret reason" not in page
    for gone in ("linkedin", "Keep it", "Who can see it?", "Get your certificate"):
        assert gone not in page
    assert house.browser().get(earned).status_code == 404
    for browser in (lena, house.browser()):
        assert browser.get(f"{earned}/certificate").status_code == 404


def test_a_badge_that_is_not_signed_yet_says_when_to_come_back(house, lena, earned):
    assert "can’t make files of badges yet" in lena.get(earned).text
    signing = with_keys(house).browser("lena")
    assert "We are making your badge file. Come back in a minute." in signing.get(earned).text


def test_her_files_are_offered_to_her_alone_with_what_each_is_for_and_its_size(house, lena, earned):
    signing = with_keys(house)
    sign(signing)
    lena = signing.browser("lena")
    lena.send(earned, page=earned, seen="address")
    page = lena.get(earned).text
    for ending in ("png", "svg", "json"):
        assert re.search(rf'<a href="{earned}\.{ending}" download>Save [^<]+</a><small>[^<]+\s[kM]B</small>', page)
    others = signing.browser().get(earned).text
    assert "download" not in others
    assert f'<link rel="alternate" type="application/vc+ld+json" href="{earned}.json">' in others

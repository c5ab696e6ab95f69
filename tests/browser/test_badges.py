"""A badge on a small phone: saved as a file, checked by somebody else; the whole course's certificate on one page."""

from __future__ import annotations

import io
import time

import pytest
from pypdf import PdfReader

from lms.services import badges, people
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import finish_module
from tests.browser.person import Person, a_username
from tests.browser.test_pages import Watch, _hard_to_use, _sticks_out


@pytest.fixture
def wanda(site, profile, javascript):
    """Somebody who has just finished a module; she stands on the page of her badge."""
    username = a_username()
    token = people.sign_up(site.store, "Demo Wanda", username, PASSWORD, "yes", "en", now_ms())
    finish_module(site.store, site.catalogue, token.person_id, "coding-basics", "what-code-is", now_ms())
    (badge,) = badges.mine(site.store, people.signed_in(site.store, token.person_id, token.secret, now_ms()))
    who = Person(site, profile(javascript=javascript), username)
    who.sign_in(username)
    who.page.wait_for_load_state()
    who.open(f"/badges/{badge.public_id}")
    return who


def saved(who: Person, words: str) -> str:
    """Where a file of her badge lies, once the worker has signed it."""
    until = time.monotonic() + 120
    while not who.page.get_by_role("link", name=words).count():
        assert time.monotonic() < until
        who.sees("Come back in a minute")
        time.sleep(0.5)
        who.page.reload()
    with who.page.expect_download() as download:
        who.press(words)
    return str(download.value.path())


def test_a_badge_she_saved_is_checked_by_somebody_without_an_account(site, profile, javascript, wanda):
    employer = Person(site, profile(javascript=javascript))
    for words in ("Save the picture", "Save the drawing", "Save the proof alone"):
        employer.open("/verify")
        employer.page.get_by_label("The file you were sent").set_input_files(saved(wanda, words))
        employer.press("Check it")
        employer.sees("This badge is real")
        employer.sees("Code spotter")
        employer.sees_not("Demo Wanda")


def test_the_answer_is_whole_quiet_and_readable(site, profile):
    who = Person(site, profile())
    watch = Watch(who.page)
    for sent in ("", "hello", '{"id": "' + "x" * 300 + '"}'):
        watch.said.clear()
        who.open("/verify")
        who.page.get_by_label("Or paste the text").fill(sent)
        with who.page.expect_navigation() as answer:
            who.press("Check it")
        assert _sticks_out(who.page) == []
        assert _hard_to_use(who.page) == []
        assert watch.heard(answer.value.url, answer.value.status) == []


@pytest.mark.parametrize("javascript", [False], ids=["without-javascript"], indirect=True)
def test_a_certificate_with_its_square_to_scan_is_one_page(wanda):
    wanda.page.get_by_label("Anyone I give the address to").check()
    wanda.page.get_by_label("Put the name “Demo Wanda” in the files").check()
    wanda.press("Save who can see it")
    wanda.press("Get your certificate")
    printed = PdfReader(io.BytesIO(wanda.page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1

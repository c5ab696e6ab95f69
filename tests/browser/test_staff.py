"""What staff do on a small phone, and what a learner of theirs sees of it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, a_username


@pytest.fixture
def somebody(site, profile, javascript):
    """Make a new browser, signed in if a user name is given."""

    def come(username=""):
        who = Person(site, profile(javascript=javascript))
        if username:
            who.sign_in(username)
        return who

    return come


def test_a_facilitator_makes_a_group_and_sees_who_joins_by_its_link(site, somebody):
    femi, learner = somebody("femi"), somebody()
    femi.adds_a_group(name := f"Porch club {a_username()} (demo)")
    code = femi.page.locator("main b.nowrap").inner_text()
    femi.press("Print it")
    expect(femi.page.get_by_role("img", name=f"Code to scan: {site.url}/join/{code}")).to_be_visible()
    femi.sees(code)
    learner.open(f"/join/{code}")
    learner.press("Sign up and join")
    learner.sign_up("Demo Joy", a_username())
    learner.press("Join this group")
    learner.sees(f"You are in {name}")
    femi.press(name)
    femi.sees("1 person")
    femi.sees("Demo Joy")
    femi.sees("Not started")


def test_a_sign_in_code_lets_a_learner_in_once(somebody):
    femi, learner, other = somebody("femi"), somebody(), somebody()
    femi.open("/teach")
    femi.press("Evening phones (demo)")
    femi.page.get_by_label("Who is it for?").select_option(label="Lena (demo)")
    femi.press("Make a sign-in code")
    code = femi.page.locator(".codeword").inner_text()
    _types(learner, code)
    expect(learner.page.get_by_text("Hello, Lena (demo)")).to_be_visible()
    _types(other, code)
    other.sees("That code does not work.")
    assert other.open("/me") == 200
    assert "/sign-in" in other.page.url


def _types(who, code):
    who.open("/sign-in")
    who.press("I forgot my password")
    who.page.get_by_label("Your code").fill(code)
    who.page.locator("main").get_by_role("button", name="Sign in").click()


def test_a_funder_takes_the_figures_away(somebody):
    fola = somebody("fola")
    fola.open("/funder")
    with fola.page.expect_download() as download:
        fola.press("Get the figures as a zip file")
    assert download.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as package:
        assert package.testzip() is None
        names = package.namelist()
    assert any(name.endswith("datapackage.json") for name in names)
    assert any(name.endswith(".csv") for name in names)


def test_a_role_that_was_ended_ends_at_once(site, somebody):
    ada, helper = somebody("ada"), somebody()
    helper.open("/sign-up")
    helper.sign_up(name := f"Demo Hope {a_username()}", a_username())
    assert helper.open("/funder") == 403
    _finds(ada, name)
    ada.page.get_by_label("Who", exact=True).select_option(label=f"{name} ({helper.username})")
    ada.page.get_by_label("Role").first.select_option(label="Funder")
    ada.page.get_by_label("Where").first.select_option(label="The whole site")
    ada.press("Give this role")
    helper.open("/funder")  # with a first role she signs in again
    helper.sign_in(helper.username)
    helper.page.wait_for_url("**/funder")
    assert helper.open("/funder") == 200
    row = _finds(ada, name)
    row.get_by_text("Funder, the whole site").click()
    row.get_by_role("button", name="End it now").click()
    assert helper.open("/funder") == 403
    helper.sees("You can't do that here")


def _finds(ada, name):
    """Her row, on the page of people she is on."""
    ada.open("/admin")
    row = ada.page.locator("main li", has_text=name)
    while not row.count():
        ada.press("More people")
    return row

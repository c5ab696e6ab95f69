"""A worry is passed on in one press by whoever has it, at 320 px, with scripts and without."""

from __future__ import annotations

import pytest

from tests.browser.person import Person

WORDS = "Demo worry: she was crying."


@pytest.mark.parametrize("who", ["lena", "mira", "femi", "olu", "ada"])
def test_each_role_passes_a_worry_about_lena_on_without_scripts(site, profile, who):
    someone = Person(site, profile(javascript=False))
    someone.sign_in(who)
    public_id = site.sql("select public_id from people where username = ?", "lena")[0][0]
    someone.open("/me/concern" if who == "lena" else f"/concern/{public_id}")
    someone.sees("Ring 999.")
    someone.page.get_by_label("What is it?").fill(WORDS)
    assert someone.page.evaluate("document.documentElement.scrollWidth") <= 320
    someone.press("Pass it on")
    someone.sees("Passed on.")
    someone.sees("not taken up yet")
    by_id = site.person_id(who)
    assert site.sql("select count(*) from concerns where by_id = ? and body = ?", by_id, WORDS) == [(1,)]


def test_who_looks_after_the_site_takes_it_up_and_closes_it(site, profile, javascript):
    lena = Person(site, profile(javascript=javascript))
    lena.sign_in("lena")
    lena.open("/me/concern")
    lena.press("Pass it on")
    ada = Person(site, profile(javascript=javascript))
    ada.sign_in("ada")
    ada.open("/teach/concerns")
    ada.page.get_by_role("link", name="Lena (demo)").first.click()
    ada.press("I take this up")
    ada.sees("taken up by Ada (demo)")
    ada.page.get_by_label("What was done?").fill("Demo: rang her.")
    ada.press("Add this, and close it")
    ada.sees("Demo: rang her.")
    lena.open("/me/concern")
    lena.sees("taken up,")

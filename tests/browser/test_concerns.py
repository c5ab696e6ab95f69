"""A worry is passed on in one press by whoever has it, at 320 px, with scripts and without."""

from __future__ import annotations

import uuid

import pytest

from lms.learning.people import Held, Role, ScopeKind
from lms.services import people
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store import programmes
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.person import Person

WORDS = "Demo worry: she was crying."


@pytest.fixture(scope="module")
def leads(site):
    """A lead of the venue of Lena's group, and a safeguarding lead of its organisation: the demo has neither."""
    found = site.sql(
        "select organisation_id, group_id, venue_id from memberships join groups using (group_id)"
        " where left_ms is null and person_id = ?",
        site.person_id("lena"),
    )
    organisation_id, group_id, venue_id = found[0]
    if venue_id is None:
        own = {"organisation_id": organisation_id, "area_id": None, "name": "Demo room", "address": "", "note": ""}
        with site.store.write() as db:
            venue_id = programmes.add_venue(db, own)
            group_rows.change_group(db, group_id, venue_id=venue_id)
    for name, role, scope, scope_id in (
        ("vida", Role.VENUE_LEAD, ScopeKind.VENUE, venue_id),
        ("sara", Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, organisation_id),
    ):
        token = people.sign_up(site.store, f"Demo {name.title()}", name, PASSWORD, "yes", "en", now_ms())
        with site.store.write() as db:
            held = Held(role, scope, scope_id, now_ms() - 1, None)
            people_rows.add_role(db, token.person_id, uuid.uuid4(), held, None, now_ms())


@pytest.mark.parametrize("who", ["lena", "mira", "femi", "vida", "olu", "sara", "fola", "ada"])
@pytest.mark.usefixtures("leads")
def test_each_role_passes_a_worry_on_without_scripts(site, profile, who):
    """About Lena; she herself, and a funder, who sees nobody, about herself."""
    someone = Person(site, profile(javascript=False))
    someone.sign_in(who)
    public_id = site.sql("select public_id from people where username = ?", "lena")[0][0]
    someone.open("/me/concern" if who in ("lena", "fola") else f"/concern/{public_id}")
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

"""Ticking in on a facilitator's phone whose connection fails: nothing is lost, nothing counts twice."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from lms.learning.people import Held, Role, ScopeKind
from lms.services import people, registers
from lms.services.registers import register
from lms.store import people as people_rows
from tests.browser.conftest import PASSWORD, PHONE, now_ms
from tests.browser.person import Person, a_username
from tests.browser.test_offline import sign_in
from tests.browser.wire import wired
from tests.ports import a_port
from tests.services.club import add_meeting


@pytest.fixture(scope="module")
def keeper(site):
    """A facilitator of one group, and its meeting; gives (user name, meeting, who keeps the register)."""
    username = a_username()
    token = people.sign_up(site.store, "Demo Keeper", username, PASSWORD, "yes", "en", now_ms())
    ((group_id,),) = site.sql("select group_id from groups where public_id = 'demo-1'")
    with site.store.write() as db:
        held = Held(Role.FACILITATOR, ScopeKind.GROUP, group_id, now_ms() - 1_000, None)
        people_rows.add_role(db, token.person_id, uuid.uuid4(), held, None, now_ms())
    signed = people.signed_in(site.store, token.person_id, token.secret, now_ms())
    return username, signed


@pytest.fixture
def wire(site):
    with wired(site.url, a_port()) as wire:
        yield wire


@pytest.fixture
def phone(chromium, site, wire, keeper):
    context = chromium.new_context(base_url=wire.url, viewport=PHONE, has_touch=True)
    context.set_default_timeout(60_000)
    who = Person(site, context.new_page(), keeper[0])
    sign_in(who)
    yield who
    context.close()


def there(site, keeper, its):
    """The names of those who were there, as the site has it."""
    found = register(site.store, keeper[1], its.public_id, now_ms())
    return {it.name for it in found.lines if it.present}


def test_a_register_that_is_open_goes_on_without_a_connection_and_sends_later(site, wire, phone, keeper):
    its = add_meeting(site.store, "demo-1", now_ms())
    page = phone.page
    page.goto(f"/teach/meetings/{its.public_id}/register")
    boxes, said = page.locator('[name="present"]'), page.locator("#ticks")
    first, second = (boxes.nth(at).evaluate("it => it.labels[0].firstChild.textContent.trim()") for at in (0, 1))
    boxes.nth(0).check()
    expect(said).to_contain_text("Sent")
    assert there(site, keeper, its) == {first}
    wire.mode = "cut"
    boxes.nth(0).uncheck()
    boxes.nth(1).check()
    page.get_by_label("Who else came?").fill("Demo Nadia\n\n?")
    page.get_by_role("button", name="Save the register").click()
    expect(said).to_contain_text("4 ticks are saved on this phone")
    assert there(site, keeper, its) == {first}
    wire.mode = "deaf"  # they get through, and the phone never hears of it
    page.evaluate("dispatchEvent(new Event('online'))")
    for _ in range(600):
        if wire.mode == "cut":
            break
        page.wait_for_timeout(50)
    expect(said).to_contain_text("4 ticks are saved on this phone")
    wire.mode = "fine"
    page.goto(f"/teach/meetings/{its.public_id}/register")
    expect(page.locator("#ticks")).to_contain_text("Sent")
    assert there(site, keeper, its) == {second, "Demo Nadia", ""}
    ((ticks,),) = site.sql("select count(*) from attendance where meeting_id = ?", its.meeting_id)
    assert ticks == 5
    kept = page.evaluate("storage.answers.all('ticks ' + document.querySelector('[data-meeting]').dataset.person)")
    assert [it["event"] for it in kept if it["event"].get("name")] == []


def test_signing_out_says_first_that_ticks_wait_and_leaves_no_name(site, wire, phone, keeper):
    its = add_meeting(site.store, "demo-1", now_ms())
    page = phone.page
    page.goto(f"/teach/meetings/{its.public_id}/register")
    wire.mode = "cut"
    page.locator('[name="present"]').nth(0).check()
    said = page.locator("#ticks")
    expect(said).to_contain_text("1 tick is saved on this phone")
    page.get_by_role("button", name="Sign out").click()
    expect(said).to_contain_text("Press Sign out once more")
    wire.mode = "fine"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    sign_in(phone)
    page.goto(f"/teach/meetings/{its.public_id}/register")
    expect(page.locator("#ticks")).to_contain_text("Sent")
    assert len(there(site, keeper, its)) == 1


def test_what_the_site_refuses_is_said_and_taken_back_on_the_page(site, phone, keeper):
    its = add_meeting(site.store, "demo-1", now_ms())
    page = phone.page
    page.goto(f"/teach/meetings/{its.public_id}/register")
    with site.store.write() as db:
        db.exec_driver_sql("update meetings set cancelled_ms = 1 where meeting_id = ?", (its.meeting_id,))
    box = page.locator('[name="present"]').nth(0)
    box.check()
    expect(page.locator("#ticks")).to_contain_text("was cancelled")
    expect(box).not_to_be_checked()
    assert registers.register(site.store, keeper[1], its.public_id, now_ms()).there == 0

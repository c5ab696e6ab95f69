"""Learning on a phone whose connection fails, in every way one does: nothing is lost, and nothing counts twice."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect

from lms.services import erasure, people, publishing
from lms.settings import Settings
from lms.web.app import create_app
from lms.web.signed import cookie_name
from tests.browser.conftest import PASSWORD, PHONE, now_ms
from tests.browser.person import Person, a_username
from tests.browser.wire import wired
from tests.ports import a_port
from tests.web.kinds import FILES as KINDS

COURSE = b"""---
course: away
lang: en
order: [kettle, door]
badge: none
---
# Away from the net

A made-up course.
"""

KETTLE = """---
module: kettle
lang: en
badge: none
---
# The kettle

Tea needs water.

## The water {#water}

### Boil it {#boil}

Fresh water, just boiled.

### Question: How hot is it? {#q-hot}
- [ ] Warm
  > Warm water leaves it weak.
- [x] Boiling
  > Yes. That gets the most out.
- Hint: Look at the steam.
- Explain: Heat draws the taste out.

### Question: What goes in? {#q-which}
- [x] Water
- [x] Leaves
- [ ] Salt
  > Not in this house.

### Question: What do we call waiting? {#q-word}
- Answer: steep*
- Close: soak
  > Nearly. It starts with "st".

### Order: Make tea {#o-tea}
1. Boil
2. Pour
3. Wait

## Quiz: Check yourself {#quiz}
- Ask: 2
- Pass: 2

### Question: What comes first? {#z-first}
- [x] Boil the water
- [ ] Drink it
- Explain: Zanzibar is said after the quiz alone.

### Question: What is in the pot? {#z-pot}
- [x] Tea
- [ ] Sand
"""

DOOR = b"""---
module: door
lang: en
badge: none
leave: yes
---
# The door nobody sees

## Who knocks {#knock}

### Look first {#look}

Look before you open.
"""

FILES = {"course.md": COURSE, "kettle.md": KETTLE.encode(), "door.md": DOOR}
MODULE = "/courses/away/kettle"
LESSON = f"{MODULE}/water"
QUIZ = f"{MODULE}/quiz"
WAITS = "Saved on this phone"
SCRIPTS_RUN = "typeof phone !== 'undefined'"
"""They run once the page stands, so its words may be seen a moment before."""


@pytest.fixture(scope="module")
def away(site):
    """The course on the running site."""
    site.publish({"away": FILES, "kinds": KINDS})


def publish(site, files):
    publishing.publish(site.store, "away", files, date(2026, 11, 22), now_ms())


@pytest.fixture
def wire(away, site):
    with wired(site.url, a_port()) as wire:
        yield wire


@pytest.fixture
def phone(chromium, site, wire):
    """A learner with an account of her own, at the end of a wire."""
    context = chromium.new_context(base_url=wire.url, viewport=PHONE, has_touch=True)
    context.set_default_timeout(60_000)
    who = Person(site, context.new_page(), a_username())
    people.sign_up(site.store, "Demo Pat", who.username, PASSWORD, "yes", "en", now_ms())
    sign_in(who)
    who.open("/help")
    ready(who)
    yield who
    context.close()


def sign_in(who, username=""):
    """On this phone, in the place of whoever was; as the form does, and quicker."""
    site = who.site
    settings = Settings(site.var, f"sqlite:///{site.var}/lms.db", (site.var / "secret").read_text().strip())
    app = create_app(settings, site.store)
    token = people.sign_in(site.store, username or who.username, PASSWORD, "127.0.0.1", now_ms())
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    value = signer.dumps({"_user_id": f"{token.person_id}.{token.secret}", "_permanent": True})
    cookie = {"name": cookie_name(site.url), "value": value, "url": site.url, "httpOnly": True, "sameSite": "Lax"}
    who.page.context.clear_cookies()
    who.page.context.add_cookies([cookie])


def ready(who):
    """Until the script behind the pages answers for them."""
    who.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(who, "navigator.serviceWorker.controller !== null")


def until(who, expression):
    """Until an expression about her page is true: the policy of the pages allows no string to be run by itself."""
    for _ in range(600):
        if who.page.evaluate(expression):
            return
        who.page.wait_for_timeout(50)
    raise AssertionError(expression)


def keep(who, module=MODULE):
    who.open(module)
    who.press("Keep this module on my phone")
    who.press("Yes, keep it")
    expect(who.page.get_by_text("This module is on your phone.")).to_be_visible()


def status(who):
    return who.page.locator("#phone")


AGAIN = """phone.who().then(async who => { const [one] = await phone.box.all(who)
    await phone.add(who, { ...one.event, id: crypto.randomUUID() }) })"""
"""She does once more what she did first."""


def says(who, words):
    expect(status(who)).to_contain_text(words)


def answers(who):
    """(name, kind) of what the site has of hers in this course, in order."""
    return who.site.sql(
        "select n.name, e.kind from events e join step_names n on n.step_no = e.step_no and n.course_id = e.course_id"
        " join courses c on c.course_id = e.course_id and c.slug = 'away' where e.person_id = ? order by e.seq",
        who.site.person_id(who.username),
    )


def stored(who):
    """State of each entry of her outbox."""
    return who.page.evaluate("phone.who().then(it => phone.box.all(it)).then(all => all.map(it => it.state))")


def back_online(who, wire):
    """The connection is there again, and her phone says so."""
    wire.mode = "fine"
    who.page.evaluate("dispatchEvent(new Event('online'))")


def read_step(who, wire):
    """Read the first step of the kept lesson, without a connection."""
    keep(who)
    wire.mode = "cut"
    who.open(f"{LESSON}?step=boil")
    who.press("Next")
    who.sees("How hot is it?")
    says(who, WAITS)


def test_a_kept_module_is_learned_without_a_connection_and_sent_when_it_is_back(phone, wire):
    keep(phone)
    wire.mode = "cut"
    phone.open(LESSON)
    phone.sees("Fresh water, just boiled.")
    phone.press("Next")
    phone.sees("How hot is it?")
    phone.choose(("a",))
    phone.press("Check my answer")
    phone.sees("Warm water leaves it weak.")
    phone.press("Show a hint")
    phone.sees("Look at the steam.")
    phone.choose(("b",))
    phone.press("Try another answer")
    phone.sees("Yes, that is right")
    phone.sees("Heat draws the taste out.")
    phone.press("Next")
    phone.choose(("a",))
    phone.press("Check my answer")
    phone.sees("There is more to find")
    phone.choose(("a", "b"))
    phone.press("Try another answer")
    phone.press("Next")
    phone.page.locator("#a-words").fill("soaking")
    phone.press("Check my answer")
    phone.sees("Not quite")
    phone.page.locator("#a-words").fill("Steeping!")
    phone.press("Try another answer")
    phone.press("Next")
    put_in_order(phone, ["Boil", "Pour", "Wait"])
    phone.press("Check my answer")
    phone.sees("Yes, that is right")
    phone.press("Finish this lesson")
    phone.sees("You finished “The water”. Well done.")
    expect(phone.page.locator(".route li").first).to_contain_text("Done.")
    assert answers(phone) == []
    back_online(phone, wire)
    says(phone, "Sent: 9 saved answers.")
    assert [kind for _, kind in answers(phone)].count("answered") == 7
    phone.page.reload()
    expect(phone.page.locator(".route li").first).to_contain_text("Done.")


def put_in_order(who, right):
    items = who.page.locator(".sorting li > div")
    expect(items.first).to_be_visible()
    for at, name in enumerate(right):
        while items.all_inner_texts().index(name) > at:
            who.page.get_by_role("button", name=f"Move ‘{name}’ up", exact=True).click()
    if items.all_inner_texts() == right and not who.page.locator("select").first.input_value():
        raise AssertionError("it stood right at first")


def test_a_quiz_is_taken_without_a_connection_and_marked_when_it_is_back(phone, wire, site):
    keep(phone)
    wire.mode = "cut"
    phone.open(QUIZ)
    phone.press("Start the quiz")
    for number in (1, 2):
        expect(phone.page.locator(".stops")).to_contain_text(f"Question {number} of 2")
        name = phone.page.locator("main input[name=step]").get_attribute("value")
        shape = site.catalogue.shelf(now_ms()).course("away")
        phone.choose(site.catalogue.key(shape, shape.numbers["kettle", name]).right)
        phone.page.locator("main button[value=answered]").click()
    phone.sees("You have answered every question")
    phone.press("See how I did")
    phone.sees("We will mark it when you are back online.")
    phone.page.reload()
    phone.sees("We will mark it when you are back online.")
    back_online(phone, wire)
    phone.sees("You passed: 2 out of 2")


def test_an_answer_whose_reply_is_lost_is_there_once(phone, wire):
    read_step(phone, wire)
    wire.mode = "deaf"
    phone.page.evaluate("phone.flush().then(() => true)")
    assert answers(phone) == [("boil", "done")]
    assert stored(phone) == ["waiting"]
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    assert answers(phone) == [("boil", "done")]


@pytest.mark.parametrize("mode", ["cut", "deaf"])
def test_a_form_that_does_not_get_through_is_kept_and_there_once(phone, wire, mode):
    phone.open(f"{LESSON}?step=q-word")
    phone.page.locator("#a-words").fill("  steeping ")
    wire.mode = mode
    phone.page.locator("main button[value=answered]").click()
    wire.mode = "cut"
    phone.page.wait_for_url("**saved=yes")
    phone.sees("Your answer is saved on this phone.")
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    assert answers(phone) == [("q-word", "answered")]
    phone.open(LESSON)
    assert phone.page.locator(".stops .done").count() == 1


def test_the_browser_sends_by_itself_where_no_page_of_the_site_is_open(phone, wire):
    send_in_the_background = closes_the_browser_on_an_answer(phone, wire)
    wire.mode = "fine"
    send_in_the_background()
    for _ in range(600):
        if answers(phone):
            break
        phone.page.wait_for_timeout(50)
    assert answers(phone) == [("q-word", "answered")]
    # The browser may call the worker as well, of its own accord: what is sent then is the same answer, and counts once.
    assert len({it["id"] for batch in wire.sent for it in json.loads(batch)["events"]}) == 1
    phone.open(LESSON)
    until(phone, "phone.who().then(it => phone.box.count(it)).then(it => it.sent === 1)")


def test_what_a_closed_account_kept_goes_in_the_background_too(phone, wire, site):
    owner, her_id = phone.page.evaluate("phone.who()"), site.person_id(phone.username)
    send_in_the_background = closes_the_browser_on_an_answer(phone, wire)
    (worker,) = phone.page.context.service_workers
    assert owner in worker.evaluate("storage.people()")
    erasure.erase(site.store, her_id, None, now_ms())
    wire.mode = "fine"
    send_in_the_background()
    for _ in range(600):
        if owner not in worker.evaluate("storage.people()"):
            break
        phone.page.wait_for_timeout(50)
    assert worker.evaluate("storage.people()") == []
    assert worker.evaluate("storage.notes.get('person')") in ("", None)
    assert site.sql("select count(*) from events where person_id = ?", her_id) == [(0,)]


def closes_the_browser_on_an_answer(who, wire):
    """An answer that does not get through, and no page of the site is open; what the browser calls on its own later."""
    who.open(f"{LESSON}?step=q-word")
    who.page.locator("#a-words").fill("steeping")
    wire.mode = "cut"
    who.page.locator("main button[value=answered]").click()
    who.page.wait_for_url("**saved=yes")
    background = who.page.context.new_cdp_session(who.page)
    background.send("ServiceWorker.enable")
    registered = []
    background.on("ServiceWorker.workerRegistrationUpdated", lambda it: registered.extend(it["registrations"]))
    who.page.goto("about:blank")
    ours = next(it for it in registered if it["scopeURL"].startswith(wire.url))
    due = {"origin": wire.url, "registrationId": ours["registrationId"], "tag": "outbox", "lastChance": False}
    return lambda: background.send("ServiceWorker.dispatchSyncEvent", due)


def test_of_two_tabs_that_come_back_one_sends(phone, wire):
    read_step(phone, wire)
    other = phone.page.context.new_page()
    other.goto(f"{LESSON}?step=q-hot")
    expect(other.locator("#phone")).to_contain_text(WAITS)
    before, wire.mode = wire.batches(), "fine"
    for page in (phone.page, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    until(phone, "phone.who().then(it => phone.box.count(it)).then(it => it.waiting === 0)")
    other.evaluate("phone.flush().then(() => true)")
    assert wire.batches() - before == 1
    assert answers(phone) == [("boil", "done")]


def test_answers_wait_while_the_sign_in_is_over_and_go_when_she_signs_in_again(phone, wire, site):
    read_step(phone, wire)
    with site.store.write() as db:
        db.exec_driver_sql("delete from sign_ins where person_id = ?", (site.person_id(phone.username),))
    back_online(phone, wire)
    says(phone, "Sign in again to send 1 saved answer.")
    status(phone).get_by_role("link").click()
    phone.sign_in(phone.username)
    says(phone, "Sent: 1 saved answer.")
    assert answers(phone) == [("boil", "done")]


def test_nobody_else_sends_her_answers(phone, wire, site):
    read_step(phone, wire)
    wire.mode = "fine"
    sign_in(phone, "lena")
    phone.open("/help")
    phone.page.evaluate("phone.flush().then(() => true)")
    expect(status(phone)).to_be_hidden()
    assert wire.sent == []
    sign_in(phone)
    phone.open("/help")
    says(phone, "Sent: 1 saved answer.")
    assert answers(phone) == [("boil", "done")]


def test_a_kept_page_comes_where_the_site_says_nothing(phone, wire):
    keep(phone)
    wire.mode = "silent"
    phone.open(f"{LESSON}?step=boil")
    phone.sees("Fresh water, just boiled.")


@pytest.mark.parametrize("mode", ["astray", "cut"])
def test_a_sign_in_page_is_never_kept_as_a_module(phone, wire, mode):
    phone.open(MODULE)
    phone.press("Keep this module on my phone")
    expect(phone.page.get_by_role("button", name="Yes, keep it")).to_be_visible()
    wire.mode = mode
    phone.press("Yes, keep it")
    expect(phone.page.get_by_text("That did not work.")).to_be_visible()
    assert [it for it in phone.page.evaluate("caches.keys()") if it.startswith("kept")] == []
    wire.mode = "cut"
    phone.open(LESSON)
    phone.sees("You are not connected")


def test_a_new_version_of_the_site_leaves_answers_and_modules_alone(phone, wire):
    read_step(phone, wire)
    (old,) = [it for it in phone.page.evaluate("caches.keys()") if it.startswith("shell")]
    wire.replaced["/sw.js"] = (b'"name": "shell-', b'"name": "shell-new')
    wire.mode = "fine"
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then(it => it.update()).then(() => true)")
    new = old.replace("shell-", "shell-new")
    wanted = json.dumps(sorted([new, "kept:away/kettle"]))
    until(phone, f"caches.keys().then(it => JSON.stringify(it.sort()) === JSON.stringify({wanted}))")
    wire.mode = "cut"
    phone.open(f"{LESSON}?step=q-hot")
    phone.sees("How hot is it?")
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")


def test_answers_to_a_course_that_was_edited_meanwhile_are_all_taken(phone, wire, site):
    read_step(phone, wire)
    phone.choose(("b",))
    phone.press("Check my answer")
    phone.sees("Yes, that is right")
    edited = KETTLE.replace("Fresh water", "Cold water").replace("[x] Boiling", "[x] It boils")
    publish(site, {**FILES, "kettle.md": edited.encode()})
    try:
        back_online(phone, wire)
        says(phone, "Sent: 2 saved answers.")
        assert answers(phone) == [("boil", "done"), ("q-hot", "answered")]
    finally:
        publish(site, FILES)


@pytest.mark.parametrize("year", [2025, 2027])
def test_a_clock_that_is_a_year_wrong_does_no_harm(phone, wire, year):
    phone.page.clock.set_fixed_time(f"{year}-11-22T10:00:00Z")
    read_step(phone, wire)
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    person_id = phone.site.person_id(phone.username)
    ((ago,),) = phone.site.sql("select recorded_ms - at_ms from events where person_id = ?", person_id)
    assert 0 <= ago < 3_600_000


def test_where_the_browser_emptied_its_storage_she_is_told_and_goes_on_online(phone, wire):
    keep(phone)
    session = phone.page.context.new_cdp_session(phone.page)
    kinds = {"origin": wire.url, "storageTypes": "cache_storage,indexeddb"}
    session.send("Storage.clearDataForOrigin", kinds)
    wire.mode = "cut"
    phone.page.goto(LESSON)
    expect(phone.page.locator("body")).to_contain_text("You are not connected")
    wire.mode = "fine"
    phone.open(LESSON)
    phone.press("Next")
    phone.sees("How hot is it?")
    phone.open("/phone")
    phone.sees("None. To keep one")


def test_signing_out_warns_of_what_is_not_sent_keeps_it_and_takes_the_rest(phone, wire):
    keep(phone, "/courses/away/door")
    read_step(phone, wire)
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    phone.open("/phone")
    wire.mode = "cut"
    phone.page.evaluate(AGAIN)
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page.get_by_text("1 answer is not sent yet.")).to_be_visible()
    owner = phone.page.evaluate("phone.who()")
    phone.page.get_by_role("button", name="Sign out").click()
    phone.sees("You are not connected")
    phone.page.wait_for_function(SCRIPTS_RUN)
    assert phone.page.evaluate("phone.who()") == ""
    kept = "who => phone.box.all(who).then(all => all.map(it => it.state))"
    assert phone.page.evaluate(kept, owner) == ["waiting"]
    wire.mode = "fine"
    phone.open("/help")
    expect(phone.page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert phone.page.evaluate(kept, owner) == []
    assert answers(phone) == [("boil", "done"), ("boil", "done")]
    assert phone.page.evaluate("who => storage.places.get(who, 'away', 'kettle')", owner) is None
    assert [it for it in phone.page.evaluate("caches.keys()") if it.startswith("kept")] == ["kept:away/kettle"]


def test_closing_her_account_takes_what_is_hers_off_the_phone_and_nothing_of_it_comes_back(phone, wire, site):
    read_step(phone, wire)
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    phone.open("/me")
    phone.press("What we keep about you")
    phone.press("Close my account")
    owner, her_id = phone.page.evaluate("phone.who()"), site.person_id(phone.username)
    wire.mode = "cut"
    phone.page.evaluate(AGAIN)
    assert stored(phone) == ["sent", "waiting"]
    wire.mode = "fine"
    phone.page.get_by_label("Your password now").fill(PASSWORD)
    phone.press("Close my account for good")
    phone.sees("Your account is closed")
    until(phone, f"storage.answers.all('{owner}').then(all => all.length === 0)")
    phone.open("/help")
    expect(status(phone)).to_be_hidden()
    assert phone.page.evaluate("phone.who()") == ""
    assert phone.page.evaluate("who => storage.places.get(who, 'away', 'kettle')", owner) is None
    left = site.sql("select display_name, username from people where person_id = ?", her_id)
    assert left == [("", None)]


@pytest.mark.parametrize("now", ["nobody", "somebody"])
def test_an_account_closed_on_another_phone_leaves_nothing_on_this_one(phone, wire, site, now):
    owner, her_id = phone.page.evaluate("phone.who()"), site.person_id(phone.username)
    read_step(phone, wire)
    expect(status(phone)).to_contain_text(WAITS)
    erasure.erase(site.store, her_id, None, now_ms())
    if now == "somebody":
        people.sign_up(site.store, "Demo Else", other := a_username(), PASSWORD, "yes", "en", now_ms())
        sign_in(phone, other)
        wire.mode = "fine"
        phone.open("/help")
    else:  # the kept page still stands
        back_online(phone, wire)
    says(phone, "An account that was used on this phone is closed. What it kept here is gone.")
    assert owner not in phone.page.evaluate("storage.people()")
    assert site.sql("select count(*) from events where person_id = ?", her_id) == [(0,)]


def test_a_page_of_hers_that_the_browser_kept_whole_is_asked_for_anew(phone):
    phone.open("/me")
    phone.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(phone.page.locator("main")).to_be_hidden()
    phone.page.context.clear_cookies()
    phone.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_answer_that_is_refused_says_why_until_she_deletes_it(phone, wire):
    read_step(phone, wire)
    phone.page.evaluate(AGAIN.replace("id:", "name: 'no-such', id:"))
    back_online(phone, wire)
    says(phone, "1 answer was not sent. See why")
    status(phone).get_by_role("link").click()
    phone.sees("Not sent")
    expect(phone.page.get_by_text("We could not take these.")).to_be_visible()
    assert answers(phone) == [("boil", "done")]
    phone.press("Delete it")
    expect(phone.page.get_by_text("We could not take these.")).to_be_hidden()
    expect(status(phone)).to_be_hidden()


def test_a_site_restored_from_a_backup_gets_again_what_it_lost(phone, wire, site):
    read_step(phone, wire)
    back_online(phone, wire)
    says(phone, "Sent: 1 saved answer.")
    ((epoch,),) = site.sql("select db_epoch from site")
    with site.store.write() as db:
        for table in ("events", "progress", "enrolments", "milestones", "learner_months"):
            db.exec_driver_sql(f"delete from {table} where person_id = ?", (site.person_id(phone.username),))
        db.exec_driver_sql("update site set db_epoch = 'restored'")
    try:
        phone.open(MODULE)
        says(phone, "Sent: 1 saved answer.")
        assert answers(phone) == [("boil", "done")]
    finally:
        with site.store.write() as db:
            db.exec_driver_sql("update site set db_epoch = ?", (epoch,))


def test_a_module_to_leave_at_once_is_kept_after_a_warning_and_named_nowhere(phone, wire):
    phone.open("/courses/away/door")
    phone.press("Keep this module on my phone")
    expect(phone.page.get_by_text("Someone who looks at this phone could see")).to_be_visible()
    phone.press("Yes, keep it")
    expect(phone.page.get_by_text("This module is on your phone.")).to_be_visible()
    phone.open("/phone")
    phone.sees("A module you chose to keep")
    phone.sees_not("The door nobody sees")
    wire.mode = "cut"
    phone.open("/courses/away/door/knock")
    phone.sees("Look before you open.")
    expect(phone.page.get_by_role("link", name="Leave this page")).to_be_visible()
    assert "door" not in phone.page.title().lower()


def test_every_kind_of_step_is_done_without_a_connection(phone, wire):
    keep(phone, "/courses/kinds/passwords")
    wire.mode = "cut"
    page = phone.page
    phone.open("/courses/kinds/passwords/strong?step=m-words")
    phone.press("Check my answer")
    phone.sees("Answer every part of it first.")
    match(phone, ["Browser", "Opens web pages"], ["Password", "A padlock"])
    phone.press("Check my answer")
    phone.sees("A browser is an app.")
    phone.press("Next")
    for gap, word in enumerate(("different", "different", "three"), 1):
        page.get_by_label(f"Gap {gap} of 3").select_option(word)
    phone.press("Check my answer")
    phone.sees("2 of 3 gaps are right.")
    for gap, word in enumerate(("three", "different", "three"), 1):
        page.get_by_label(f"Gap {gap} of 3").select_option(word)
    phone.press("Try another answer")
    phone.sees("Yes, that is right")
    phone.press("Next")
    page.locator("#a-words").fill("I will pick three words.")
    phone.press("Keep this and go on")
    phone.sees("What worries you?")
    phone.press("I have thought about it")
    phone.sees("Change one password")
    page.get_by_text("I picked three words").click()
    phone.press("Hand this in")
    phone.sees("Kept.")
    page.get_by_text("I changed it").click()
    page.locator("#a-words").fill("On the phone.")
    phone.press("Hand this in")
    phone.sees("Tell somebody")
    phone.open("/courses/kinds/passwords/strong?step=r-mentor")
    expect(page.locator("#a-words")).to_have_value("I will pick three words.")
    take_quiz_of_kinds(phone)
    back_online(phone, wire)
    phone.sees("You passed: 3 out of 3")
    phone.open("/courses/kinds/passwords/strong?step=t-change")
    phone.sees("You have handed this in")


def match(who, *pairs):
    for pair in pairs:
        for half in pair:
            who.page.locator(f".sorting button[data-name='{half}']").click()


def take_quiz_of_kinds(who):
    """In the order of her own go: the letters stand as they would online."""
    who.open("/courses/kinds/passwords/quiz")
    who.press("Start the quiz")
    who.sees("Before you post a photo")
    put_in_order(who, ["Look at it again", "Ask who is in it", "Post it"])
    who.press("Next question")
    who.sees("What is what")
    match(who, ["A lock", "keeps you safe"], ["A notice", "tells you"])
    who.press("Next question")
    who.sees("A good rule")
    who.page.get_by_label("Gap 1 of 2").select_option("share")
    who.page.get_by_label("Gap 2 of 2").select_option("code")
    who.press("Keep this answer")
    who.sees("You have answered every question")
    who.press("See how I did")
    who.sees("We will mark it when you are back online.")

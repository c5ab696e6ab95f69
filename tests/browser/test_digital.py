"""Digital Mums as its people live it: eight learners, mentors with two each, six months, and work at eight businesses.

The clock of the site is moved, so that half a year goes by: nothing is written behind the pages' backs but the staff,
who were there before, and the regular check-ins of three mentors.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.sessions import SecureCookieSessionInterface

from lms.learning.pairing import CHECK_IN
from lms.learning.people import Held, Role, ScopeKind
from lms.services import mentoring, people
from lms.settings import Settings
from lms.store import people as people_rows
from lms.store.tables import organisations
from lms.web.app import create_app
from lms.web.signed import cookie_name
from tests.browser.conftest import PASSWORD, PHONE, Clock, served
from tests.browser.person import Person
from tests.inbox import link_in
from tests.ports import a_port

ZONE = ZoneInfo("Europe/London")
COURSE = """---
course: first-job
lang: en
order: [shop]
badge: none
---
# Work for a shop

A made-up course.
"""
SHOP = """---
module: shop
lang: en
badge: Shop hand
---
# A page for a shop

What a shop needs.

## Plan it {#plan}

### Reflect: Which shop would you help? {#r-which}
- Seen by: mentor

### Task: Write three posts {#t-posts}
Write them on paper first.

- [ ] I wrote three posts
- Evidence: photo or words
- Sign-off: mentor
- Look for: says what the shop sells
"""
LEARNERS = ("Amy", "Bea", "Cleo", "Dot", "Eve", "Fay", "Gia", "Hope")
MENTORS = ("Mina", "Nora", "Olga", "Pam", "Ruth")
"""Two learners each for the first four; Ruth takes one over."""
BUSINESSES = ("Bakery", "Florist", "Garage", "Cafe", "Library", "Grocer", "Salon", "Toy shop")


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    return Clock(tmp_path_factory.mktemp("clock") / "ahead")


@pytest.fixture(scope="module")
def site(chromium_path, tmp_path_factory, clock):
    """A site of its own, whose clock is moved."""
    with served(tmp_path_factory.mktemp("digital"), a_port(), clock) as running:
        running.publish({"first-job": {"course.md": COURSE.encode(), "shop.md": SHOP.encode()}})
        yield running


class Programme:
    """Everybody in it at her phone, and the staff as the site knows them."""

    def __init__(self, site, clock, chromium):
        self.site, self.clock, self.chromium = site, clock, chromium
        self.phones, self.work, self.others = {}, {}, []
        with site.store.write() as db:
            new = organisations.insert().values(public_id="digital", name="Demo Digital", kind="charity")
            self.organisation_id = db.execute(new).inserted_primary_key[0]
        for name in MENTORS:
            self._staff(name, Role.MENTOR)
        self._staff("Lea", Role.ORGANISATION_LEAD)
        self._staff("Fran", Role.FACILITATOR)

    def _staff(self, name, role):
        now_ms = self.clock.now_ms() - 1_000
        token = people.sign_up(self.site.store, f"Demo {name}", name.lower(), PASSWORD, "yes", "en", now_ms)
        held = Held(role, ScopeKind.ORGANISATION, self.organisation_id, now_ms, None)
        with self.site.store.write() as db:
            people_rows.add_role(db, token.person_id, uuid.uuid4(), held, None, now_ms)

    def phone(self, name, javascript=False):
        """Her browser, signed in now: after months away she has to sign in again, as the form would let her."""
        if name not in self.phones:
            context = self.chromium.new_context(
                base_url=self.site.url, viewport=PHONE, has_touch=True, java_script_enabled=javascript
            )
            context.set_default_timeout(8_000)
            self.phones[name] = Person(self.site, context.new_page(), name.lower())
        who = self.phones[name]
        if self.site.sql("select 1 from people where username = ?", who.username):
            self._sign_in(who)
        return who

    def _sign_in(self, who):
        site = self.site
        settings = Settings(site.var, f"sqlite:///{site.var}/lms.db", (site.var / "secret").read_text().strip())
        signer = SecureCookieSessionInterface().get_signing_serializer(create_app(settings, site.store))
        token = people.sign_in_now(site.store, site.person_id(who.username), "signed-in", self.clock.now_ms())
        value = signer.dumps({"_user_id": f"{token.person_id}.{token.secret}", "_permanent": True})
        cookie = {"name": cookie_name(site.url), "value": value, "url": site.url, "httpOnly": True, "sameSite": "Lax"}
        who.page.context.clear_cookies()
        who.page.context.add_cookies([cookie])

    def visitor(self):
        """Somebody without an account, on a phone of her own."""
        context = self.chromium.new_context(base_url=self.site.url, viewport=PHONE, java_script_enabled=False)
        context.set_default_timeout(8_000)
        self.others.append(context)
        return Person(self.site, context.new_page())

    def signed(self, name):
        token = people.sign_in_now(self.site.store, self.site.person_id(name.lower()), "signed-in", self.clock.now_ms())
        return people.signed_in(self.site.store, token.person_id, token.secret, self.clock.now_ms())

    def public_id(self, name):
        return self.site.sql("select public_id from people where username = ?", name.lower())[0][0]

    def day(self, ahead=0):
        """A day of the site's, as a form takes it."""
        return (datetime.fromtimestamp(self.clock.now_ms() / 1000, ZONE).date() + timedelta(ahead)).isoformat()


@pytest.fixture(scope="module")
def programme(site, clock, chromium):
    made = Programme(site, clock, chromium)
    yield made
    for context in [who.page.context for who in made.phones.values()] + made.others:
        context.close()


def test_from_the_first_lesson_to_a_confirmed_placement(programme):
    code = _a_group_is_made(programme)
    for number, name in enumerate(LEARNERS):
        _she_joins(programme, name, code)
        _she_is_paired(programme, name, MENTORS[number // 2])
    for name in LEARNERS:
        _she_learns_and_hands_in(programme, name)
    _handed_in_is_signed_off_or_handed_back(programme)
    _they_write_to_each_other(programme)
    _check_ins_and_one_is_overdue(programme)
    _one_is_handed_over(programme)
    programme.clock.forward(_days_to_monday(programme))
    for number, name in enumerate(LEARNERS):
        _she_is_placed(programme, name, BUSINESSES[number])
    _they_work_for_two_weeks_and_the_businesses_say_so(programme)
    _one_week_is_in_dispute_and_settled(programme)
    _placements_end_and_a_badge_holds_what_she_chose(programme)
    _it_ends_and_the_mentors_see_nothing(programme)
    _three_months_later_she_says_what_became_of_it(programme)


def _a_group_is_made(programme):
    fran = programme.phone("Fran")
    fran.open("/teach")
    fran.page.get_by_label("Name of the group").fill("Digital 1")
    fran.page.get_by_text("Work for a shop", exact=True).last.click()
    fran.press("Add this group")
    fran.open(f"{fran.page.url}/poster")
    return fran.page.locator(".codeword").first.inner_text()


def _she_joins(programme, name, code):
    who = programme.phone(name)
    who.open(f"/join/{code}")
    who.sees("Digital 1")
    who.press("Sign up and join")
    who.sign_up(f"Demo {name}", name.lower())
    who.press("Join this group")
    who.sees("You are in Digital 1")


def _she_is_paired(programme, name, mentor):
    fran = programme.phone("Fran")
    fran.open(f"/teach/pairings/{programme.public_id(name)}")
    option = fran.page.get_by_label("Mentor").locator("option", has_text=f"Demo {mentor}")
    fran.page.get_by_label("Mentor").select_option(option.get_attribute("value"))
    fran.press("Pair them")
    fran.sees(f"Demo {mentor} is her mentor until")


def _she_learns_and_hands_in(programme, name):
    who = programme.phone(name)
    who.open("/courses/first-job/shop/plan?step=r-which")
    who.page.locator("main textarea").fill(f"The bakery of {name}.")
    who.press("Keep this and go on")
    who.page.get_by_text("I wrote three posts").click()
    who.page.get_by_label("Write how it went").fill(f"{name}: bread, buns and pies.")
    who.press("Hand this in")
    if name == "Amy":
        who.open("/me/files/first-job/shop/t-posts")
        picture = {"name": "posts.txt", "mimeType": "text/plain", "buffer": b"Amy: bread, with a picture."}
        who.page.get_by_label("A photo, a PDF or a text").set_input_files(picture)
        who.press("Send it")
        who.sees("posts.txt")


def _handed_in_is_signed_off_or_handed_back(programme):
    """The module waits for it. Bea is told what is missing, and hands it in again."""
    bea = programme.phone("Bea")
    bea.open("/courses/first-job/shop")
    bea.sees("Then this module is done.")
    mina = programme.phone("Mina")
    mina.open("/mentor")
    mina.sees("1 task waits for a sign-off.")
    mina.open(f"/mentor/{programme.public_id('Bea')}/tasks")
    mina.sees("says what the shop sells")
    mina.page.get_by_label("Or what is still missing?").fill("Say what it costs.")
    mina.press("Not yet")
    bea.open("/courses/first-job/shop/plan?step=t-posts")
    bea.sees("Say what it costs.")
    bea.page.get_by_label("Write how it went").fill("Bread 2, buns 1, pies 3.")
    bea.press("Keep the change")
    for number, name in enumerate(LEARNERS):
        mentor = programme.phone(MENTORS[number // 2])
        mentor.open(f"/mentor/{programme.public_id(name)}/tasks")
        mentor.press("Sign this off")
        mentor.sees(f"Signed off by Demo {MENTORS[number // 2]}")
    bea.open("/courses/first-job/shop")
    bea.sees("You finished this module")
    bea.open("/me/mentor")
    bea.sees("Signed off by Demo Mina")


def _they_write_to_each_other(programme):
    """Amy writes, Mina is told by a letter that says nothing, and answers; Fran, the second reader, can read it."""
    mina = programme.phone("Mina")
    _has_mail(programme, mina, "mina@example.net")
    amy, words = programme.phone("Amy"), "The baker wants <b>cake</b> too."
    amy.open("/me/messages")
    amy.press("My mentor")
    amy.sees("You write with Demo Mina.")
    amy.sees("Demo Fran")
    amy.page.get_by_label("Your message").fill(words)
    amy.press("Send")
    amy.sees(words)
    letter = programme.site.inbox.wait_for("mina@example.net", 2)
    assert letter["Subject"] == "There is a message for you"
    told = letter.as_string()
    assert not [
        it for it in ("Amy", "baker", "cake", "Mina", "first-job") if it in told.replace("mina@example.net", "")
    ]
    mina.open("/mentor")
    mina.sees("1 thread of messages has something new")
    mina.open("/teach/messages")
    mina.press("Demo Amy")
    mina.sees(words)
    mina.page.get_by_label("Your message").fill("Then write about cake.")
    mina.press("Send")
    amy.open("/")
    amy.sees("You have something new in 1 talk")
    fran = programme.phone("Fran")
    fran.open("/teach/messages")
    fran.press("Demo Amy")
    fran.sees("Then write about cake.")
    nora = programme.phone("Nora")
    nora.open("/teach/messages")
    nora.sees_not("Demo Amy")
    assert nora.open(fran.page.url) == 404
    amy.open("/me/messages")
    amy.press("My mentor")
    amy.press("Report this talk")
    amy.sees("Passed on.")


def _has_mail(programme, who, address):
    """She gives her address, shows that it is hers, and asks to be told of messages."""
    who.open("/me/mail")
    who.page.get_by_label("Your email address").fill(address)
    who.press("Write to this address")
    who.open(link_in(programme.site.inbox.wait_for(address), "/mail/confirm/"))
    who.press("Yes, it is mine")
    who.open("/me/mail")
    who.press("Write to me when there is a message")
    who.sees("Do not write about messages any more")


def _check_ins_and_one_is_overdue(programme):
    """For three months three mentors speak with theirs every fortnight; Pam forgets after the first month."""
    for fortnight in range(6):
        programme.clock.forward(14)
        for number, name in enumerate(LEARNERS):
            mentor = MENTORS[number // 2]
            if mentor != "Pam" or fortnight < 2:
                given = programme.public_id(name), uuid.uuid4(), CHECK_IN, f"Fortnight {fortnight + 1}.", now(programme)
                mentoring.note(programme.site.store, programme.signed(mentor), *given, now(programme), ZONE)
    pam = programme.phone("Pam")
    pam.open("/mentor")
    pam.sees("Speak with her: 42 days overdue.")
    fran = programme.phone("Fran")
    fran.open("/teach/pairings")
    overdue = fran.page.locator("main li", has_text="overdue")
    assert sorted(it.split("\n")[0] for it in overdue.all_inner_texts()) == ["Demo Gia", "Demo Hope"]
    pam.open(f"/mentor/{programme.public_id('Gia')}")
    pam.page.get_by_label("We spoke").check()
    pam.page.get_by_label("In a few words").fill("Sorry for the wait.")
    pam.press("Note this")
    gia = programme.phone("Gia")
    gia.open("/me/mentor")
    gia.sees("Sorry for the wait.")


def now(programme):
    return programme.clock.now_ms()


def _one_is_handed_over(programme):
    """Hope gets Ruth in the place of Pam, who sees nothing of her from then on."""
    fran, its = programme.phone("Fran"), programme.public_id("Hope")
    fran.open(f"/teach/pairings/{its}")
    option = fran.page.get_by_label("Mentor").locator("option", has_text="Demo Ruth")
    fran.page.get_by_label("Mentor").select_option(option.get_attribute("value"))
    fran.press("Hand her over")
    fran.sees("Demo Ruth is her mentor until")
    assert programme.phone("Pam").open(f"/mentor/{its}") == 404
    ruth = programme.phone("Ruth")
    ruth.open(f"/mentor/{its}")
    ruth.sees("The bakery of Hope.")
    ruth.sees("Fortnight 2.")


def _days_to_monday(programme):
    """Until noon of the next Monday: letters go out on Monday mornings."""
    at = datetime.fromtimestamp(now(programme) / 1000, ZONE)
    monday = (at + timedelta(7 - at.weekday())).replace(hour=12, minute=0)
    return (monday - at).total_seconds() / 86_400


def _she_is_placed(programme, name, business):
    """Nobody begins where nobody has looked: that is written down first."""
    fran, day = programme.phone("Fran"), programme.day()
    fran.open("/teach/businesses")
    if not fran.page.get_by_label("Name of the business").is_visible():
        fran.page.get_by_text("Add a business", exact=True).click()
    fran.page.get_by_label("Name of the business").fill(business)
    fran.page.get_by_label("Who to speak to").fill("Demo Bo")
    fran.page.get_by_label("Email address").fill(_address_of(business))
    for box in fran.page.locator("main details[open] input[type=checkbox]").all()[:3]:
        box.check()
    fran.page.get_by_label("On which day?").fill(day)
    fran.page.get_by_label("Day of the agreement").fill(day)
    fran.press("Add this business")
    fran.open(f"/teach/placements/{programme.public_id(name)}")
    fran.page.get_by_label("Which business?").select_option(label=business)
    fran.page.get_by_label("First day").fill(day)
    fran.page.get_by_label("Last day").fill(programme.day(13))
    fran.page.get_by_label("Hours a week").fill("10")
    fran.press("Place her")
    fran.sees(business)
    programme.work[name] = fran.page.url.partition("?")[0]


def _address_of(business):
    return f"{business.split()[0].lower()}@digital.example"


def _they_work_for_two_weeks_and_the_businesses_say_so(programme):
    """On each Monday every business gets one letter, and says yes; but the toy shop says something else once."""
    for week in range(2):
        for name in LEARNERS:
            _logs(programme, name, "10")
        programme.clock.forward(7)
        for name, business in zip(LEARNERS, BUSINESSES, strict=True):
            letter = programme.site.inbox.wait_for(_address_of(business), week + 1)
            _answers(programme, letter, agrees=(name, week) != ("Hope", 0))
        again = programme.visitor()
        again.open(link_in(letter, "/confirm/"))
        again.sees("this link is used up")
    _mentors_sign(programme)


def _logs(programme, name, hours):
    who = programme.phone(name)
    who.open("/me/placement")
    who.page.get_by_label("Which day?").fill(programme.day())
    who.page.get_by_label("Hours", exact=True).fill("25")
    who.page.get_by_label("What I did").fill(f"{name} wrote posts.")
    who.press("Save this day")
    who.sees("There is a problem")
    who.page.get_by_label("Hours", exact=True).fill(hours)
    who.press("Save this day")
    who.sees(f"{name} wrote posts.")


def _answers(programme, letter, *, agrees):
    """On a page without an account or a cookie, once."""
    asked = programme.visitor()
    asked.open(link_in(letter, "/confirm/"))
    asked.sees("10 hours")
    if agrees:
        asked.press("Yes, that is right")
    else:
        asked.page.get_by_label("How many hours were right?").fill("8")
        asked.page.get_by_label("What was different?").fill("She left at four.")
        asked.press("Send what was different")
    asked.sees("Thank you")


def _mentors_sign(programme):
    ruth = programme.phone("Ruth")
    ruth.open(f"/mentor/{programme.public_id('Hope')}/hours")
    ruth.sees("She left at four.")
    mina = programme.phone("Mina")
    mina.open(f"/mentor/{programme.public_id('Amy')}/hours")
    mina.press("Sign off the week from")
    mina.sees("Signed off by")


def _one_week_is_in_dispute_and_settled(programme):
    hope = programme.phone("Hope")
    hope.open("/me/placement")
    hope.sees("She left at four.")
    fran = programme.phone("Fran")
    fran.open(programme.work["Hope"])
    fran.page.get_by_text("Say what counts", exact=True).click()
    fran.page.get_by_label("Hours that count").fill("9")
    fran.page.get_by_label("What you found out").fill("We rang them: nine.")
    fran.press("These hours count")
    fran.sees("We rang them: nine.")


def _placements_end_and_a_badge_holds_what_she_chose(programme):
    programme.clock.forward(1)
    fran = programme.phone("Fran")
    for name in ("Amy", "Hope"):
        fran.open(programme.work[name])
        fran.page.get_by_text("End it", exact=True).click()
        fran.page.locator("main details[open] input[name=ended]").first.check(force=True)
        fran.press("Save how it ended")
        fran.page.get_by_text("Give her the badge", exact=True).click()
        fran.press("It is completed")
        if name == "Hope":
            fran.sees("Write in a few words why it counts")
            fran.page.get_by_label("Why it counts with fewer hours").fill("Nine hours and a good word.")
            fran.press("It is completed")
        fran.sees("It is completed, and she has the badge.")
    amy = programme.phone("Amy")
    amy.open("/me")
    amy.press("Work placement")
    amy.press("Choose what is in it")
    amy.page.get_by_label("Work at Bakery").check()
    amy.press("Save what is in it")
    amy.page.get_by_text("Anyone I give the address to").click()
    amy.page.locator("main form", has_text="Anyone I give").get_by_role("button").click()
    address = amy.page.url.partition("?")[0].partition("#")[0]
    shown = programme.visitor()
    shown.open(address)
    shown.sees("Work placement")
    shown.sees("20 hours in 2 weeks at Bakery, confirmed week by week.")
    shown.sees_not("wrote posts")


def _it_ends_and_the_mentors_see_nothing(programme):
    """Whatever a mentor could open on the last day is gone on the day after: every page, form and file."""
    ends = programme.site.sql("select max(ends_day) from pairings where organisation_id = ?", programme.organisation_id)
    last = datetime.strptime(str(ends[0][0]), "%Y%m%d").replace(tzinfo=ZONE)
    programme.clock.forward((last.timestamp() * 1000 - now(programme)) / 86_400_000 + 0.5)
    reached = {mentor: _all_there_is(programme, mentor) for mentor in MENTORS}
    assert all(len(reached[mentor]) >= 2 for mentor in MENTORS[:3])
    assert [path for path in reached["Mina"] if path.startswith("/evidence/")]
    programme.clock.forward(1)
    for mentor, paths in reached.items():
        who = programme.phone(mentor)
        answers = {path: who.page.request.get(path).status for path in paths}
        assert set(answers.values()) <= {404}, answers
        for path in ("/mentor", "/teach", "/"):
            who.open(path)
            assert not [name for name in LEARNERS if f"Demo {name}" in who.page.content()], (mentor, path)


def _three_months_later_she_says_what_became_of_it(programme):
    programme.clock.forward(92)
    amy = programme.phone("Amy")
    amy.open("/me")
    amy.sees("Tell us what you do now")
    amy.open("/me/placement")
    amy.page.get_by_label("Work somewhere else").check()
    amy.press("Save my answer")
    amy.sees("Three months after: Work somewhere else.")


def _all_there_is(programme, mentor):
    """Each address about a learner that somebody finds from her own pages, by following every link."""
    who, ids = programme.phone(mentor), [programme.public_id(name) for name in LEARNERS]
    found, waiting = set(), ["/mentor"]
    while waiting:
        who.open(waiting.pop())
        links = who.page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        new = {it for it in links if any(its in it for its in ids)} - found
        found |= new
        waiting += [it for it in new if not it.startswith("/evidence/")]
    return found

"""One page per address of the site, on a small phone: whole, quiet, ours alone, readable by everybody, light.

`PAGES` names an example for every endpoint that can be looked at; one without an example fails.
"""

from __future__ import annotations

import base64
import io
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lms.learning import totp
from lms.learning.days import DAY_MS
from lms.learning.people import Role, ScopeKind
from lms.services import badges, codes, complaints, longlists, messages, people, recall, registers
from lms.services.demo_learning import SPACE
from lms.settings import LONDON, Settings
from lms.store.mail import take_address
from lms.web.app import create_app
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import begin_quiz, finish_module, on_an_earlier_day
from tests.browser.person import Person
from tests.services.club import add_meeting
from tests.web.postbox import links_in_letters
from tests.web.shop import AT_BAKERY, works_at_bakery

LIGHTEST = 14 * 1024
"""Bytes of a page's HTML and CSS, packed, with their headers: what comes in a first round trip."""

LESSON = "/courses/coding-basics/what-code-is/code-around-you"
SAFE = "/courses/online-safety/your-phone"

PAGES = [
    # who, which endpoint, where, what it answers
    ("", "home.home", "/", 200),
    ("lena", "home.home", "/", 200),
    ("", "courses.course", "/courses/coding-basics", 200),
    ("lena", "courses.course", "/courses/online-safety", 200),
    ("", "courses.module", "/courses/social-media/a-safe-account", 200),
    ("wanda", "courses.module", "/courses/coding-basics/what-code-is?after=exact-instructions", 200),
    ("", "lessons.lesson", LESSON, 200),
    ("", "lessons.lesson", f"{LESSON}?step=q-runs-on-code", 200),
    ("", "lessons.lesson", f"{LESSON}?step=rate-before", 200),
    ("wanda", "lessons.lesson", f"{LESSON}?step=q-runs-on-code&shown=1", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=q-lock-count", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=rate-settings", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=lock-why", 200),
    ("wanda", "lessons.lesson", "/courses/coding-basics/thinking-in-steps/{new}", 200),
    ("lena", "recall.told", f"{LESSON}/recall?answer={{told}}", 200),
    ("", "quiz.quiz", f"{SAFE}/quiz", 200),
    ("wanda", "quiz.quiz", "/courses/coding-basics/what-code-is/quiz", 200),
    ("wanda", "quiz.quiz", "/courses/coding-basics/what-code-is/quiz?start=1", 200),
    ("wanda", "quiz.quiz", "/courses/social-media/a-safe-account/quiz", 200),
    ("", "people.sign_up", "/sign-up", 200),
    ("", "people.sign_in", "/sign-in?next=/me", 200),
    ("", "people.code", "/sign-in/code", 200),
    ("", "people.invite", "/invite/{invite}", 200),
    ("", "groups.join", "/join", 200),
    ("", "groups.door", "/join/{join}", 200),
    ("wanda", "groups.door", "/join/{join}", 200),
    ("", "groups.door", "/join/none-such-7", 404),
    ("wanda", "me.me", "/me", 200),
    ("guest", "me.me", "/me", 200),
    ("", "looks.looks", "/looks?saved=1", 200),
    ("guest", "me.settings", "/me/settings", 200),
    ("guest", "people.sign_up", "/sign-up", 200),
    ("guest", "people.leaving", "/sign-out", 200),
    ("asked", "guests.was_it_you", "/was-it-you", 200),
    ("shared", "devices.who", "/who", 200),
    ("shared", "devices.change", "/who/{wanda}", 200),
    ("wanda", "me.age", "/me/age", 200),
    ("wanda", "own.data", "/me/data", 200),
    ("guest", "own.data", "/me/data", 200),
    ("lena", "own.seen_", "/me/seen", 200),
    ("guest", "own.seen_", "/me/seen", 200),
    ("lena", "calendars.mine", "/me/calendar", 200),
    ("lena", "records.mine", "/me/record", 200),
    ("ada", "records.of", "/admin/people/{lena}/record", 200),
    ("wanda", "own.username", "/me/username", 200),
    ("wanda", "own.close", "/me/close", 200),
    ("", "complaints.form", "/complaints", 200),
    ("", "complaints.one", "/complaints/{complaint}?sent=1", 200),
    ("", "complaints.one", "/complaints/NONE-SUCH", 404),
    ("ada", "complaints.every", "/admin/complaints", 200),
    ("wanda", "skills.can_do", "/me/can-do", 200),
    ("guest", "skills.can_do", "/me/can-do", 200),
    ("wanda", "me.settings", "/me/settings?saved=1", 200),
    ("wanda", "second.mine", "/me/second", 200),
    ("twice", "second.step", "/sign-in/second", 200),
    ("twice", "second.mine", "/me/second", 200),
    ("lena", "me.settings", "/me/settings?left=1", 200),
    ("lena", "me.leave_group", "/me/groups/demo-3/leave", 200),
    ("wanda", "me.leave_group", "/me/groups/demo-3/leave", 404),
    ("wanda", "mail.mine", "/me/mail", 200),
    ("written-to", "mail.mine", "/me/mail?asked=1", 200),
    ("", "mail.confirm", "/mail/confirm/{link}", 200),
    ("", "mail.stop", "/mail/stop/{link}", 200),
    ("", "weeks.look", "/confirm/{week}", 200),
    ("wanda", "badges.badge", "/badges/{badge}", 200),
    ("wanda", "badges.certificate", "/badges/{badge}/certificate", 200),
    ("", "badges.badge", "/badges/{badge}", 404),
    ("", "badges.badge", "/badges/{shown}", 200),
    ("lena", "badges.badge", "/badges/{shown}?saved=1", 200),
    ("lena", "badges.certificate", "/badges/{shown}/certificate", 200),
    ("lena", "badges.evidence", "/badges/{shown}/evidence", 200),
    ("", "verify.form", "/verify", 200),
    ("", "credentials.achievement", "/badges/achievement/coding-basics.what-code-is/1", 200),
    ("femi", "changing.change", "/teach/groups/demo-3/change", 200),
    ("olu", "programmes.every", "/teach/programmes", 200),
    ("olu", "programmes.one", "/teach/programmes/mums-demo", 200),
    ("ada", "programmes.change", "/teach/programmes/mums-demo/change", 200),
    ("olu", "venues.every", "/teach/venues", 200),
    ("olu", "venues.one", "/teach/venues/1", 200),
    ("femi", "groups.teach", "/teach", 200),
    ("femi", "groups.group", "/teach/groups/demo-1", 200),
    ("femi", "groups.group", "/teach/groups/demo-3?taken=1&show=new", 200),
    ("femi", "hardest.hardest", "/teach/groups/demo-1/questions", 200),
    ("femi", "groups.take_out", "/teach/groups/demo-3/take-out", 200),
    ("femi", "lists.members", "/teach/groups/demo-3/members", 200),
    ("femi", "rosters.add", "/teach/groups/demo-3/add", 200),
    ("femi", "longlists.one", "/teach/groups/demo-3/lists/{list}", 200),
    ("femi", "groups.take_out", "/teach/groups/demo-3/take-out?person={lena}", 200),
    ("femi", "entries.same", "/teach/same", 200),
    ("femi", "entries.same", "/teach/same?one={lena}&undone=1", 200),
    ("femi", "entries.same", "/teach/same?one={lena}&other={mate}", 200),
    ("femi", "meetings.of_group", "/teach/groups/demo-1/meetings?added=3", 200),
    ("femi", "meetings.meeting", "/teach/meetings/{ahead}?saved=1", 200),
    ("femi", "meetings.sheet", "/teach/meetings/{met}/sheet", 200),
    ("lena", "bookings.mine", "/me/meetings?booked=1", 200),
    ("femi", "registers.register", "/teach/meetings/{met}/register?saved=1", 200),
    ("femi", "registers.register", "/teach/meetings/{ahead}/register", 200),
    ("femi", "registers.guests", "/teach/meetings/{met}/guests", 200),
    ("femi", "registers.together_", "/teach/meetings/{now}/together", 200),
    ("lena", "clubs.mine", "/me/clubs?said=1", 200),
    ("", "clubs.claim", "/claim", 200),
    ("lena", "uploads.of_task", "/me/files/coding-basics/what-code-is/none-such", 404),
    ("lena", "clubs.claim", "/claim", 200),
    ("femi", "ring.listed", "/teach/ring", 200),
    ("femi", "ring.one", "/teach/ring/{lena}?noted=1", 200),
    ("lena", "ring.call", "/me/call", 200),
    ("wanda", "ring.call", "/me/call", 200),
    ("femi", "groups.poster", "/teach/groups/demo-1/poster", 200),
    ("femi", "groups.cards", "/teach/groups/demo-1/cards", 200),
    ("mira", "mentors.learners", "/mentor", 200),
    ("mira", "mentors.learner", "/mentor/{lena}?noted=1", 200),
    ("mira", "signoffs.of_mine", "/mentor/{lena}/tasks?done=1", 200),
    ("femi", "signoffs.of_one", "/teach/tasks/{lena}", 200),
    ("lena", "mentors.mine", "/me/mentor?kept=1", 200),
    ("wanda", "mentors.mine", "/me/mentor", 200),
    ("lena", "concerns.mine", "/me/concern?sent=1", 200),
    ("femi", "concerns.about", "/concern/{lena}?sent=1", 200),
    ("ada", "concerns.every", "/teach/concerns", 200),
    ("ada", "concerns.one", "/teach/concerns/{lena}/00000000-0000-0000-0000-000000000000", 404),
    ("lena", "hours.mine", "/me/placement?kept=1", 200),
    ("wanda", "hours.mine", "/me/placement", 200),
    ("mira", "hours.learner", "/mentor/{lena}/hours?kept=1", 200),
    ("lena", "uploads.of_hours", "/me/files/hours/00000000-0000-0000-0000-000000000000", 404),
    ("femi", "businesses.every", "/teach/businesses", 200),
    ("femi", "businesses.one", "/teach/businesses/demo-bakery?kept=1", 200),
    ("femi", "placements.every", "/teach/placements", 200),
    ("femi", "placements.one", "/teach/placements/{lena}", 200),
    ("femi", "placements.work", "/teach/placements/{lena}/{work}", 200),
    ("lena", "messages.mine", "/me/messages", 200),
    ("lena", "messages.hers", "/me/messages/{talk}?said=sent", 200),
    ("mira", "messages.staff", "/teach/messages", 200),
    ("mira", "messages.one", "/teach/messages/{lena}/{talk}?said=reported", 200),
    ("femi", "pairings.every", "/teach/pairings", 200),
    ("femi", "pairings.one", "/teach/pairings/{lena}?done=1", 200),
    ("femi", "asking.links", "/teach/placements/{lena}/{asked}/links?sent=1", 200),
    ("fola", "reports.funder", "/funder", 200),
    ("ada", "admin.people", "/admin", 200),
    ("ada", "admin.people", "/admin?q=lena", 200),
    ("ada", "admin.people", "/admin?q=nobody-like-it&erased=1", 200),
    ("ada", "rights.rights", "/admin/rights", 200),
    ("ada", "admin.erase", "/admin/people/{lena}/erase", 200),
    ("ada", "admin.erase", "/admin/people/{ada}/erase", 200),
    ("ada", "organisations.organisations_", "/admin/organisations", 200),
    ("lena", "admin.people", "/admin", 403),
    ("", "offline.shell", "/offline", 200),
    ("wanda", "offline.phone", "/phone", 200),
    ("", "help.help_", "/help", 200),
    ("", "help.help_now", "/help-now", 200),
    ("", "help.privacy", "/privacy", 200),
    ("", "help.accessibility", "/accessibility", 200),
]
NOT_PAGES = {
    "calendars.feed",
    "credentials.as_json",
    "credentials.as_png",
    "credentials.as_svg",
    "credentials.keys",
    "credentials.status",
    "files.static",
    "files.file",
    "health.alive",
    "health.ready",
    "help.leave",
    "offline.keep",
    "offline.manifest",
    "offline.place",
    "offline.worker",
    "uploads.file",
}
"""Pictures, style sheets, files, words for machines, and the way to another site."""


@pytest.fixture(scope="session")
def names(site):
    """What stands in addresses: made once for a site, whichever file asks first."""
    if not site.names:
        site.names.update(_named(site))
    return site.names


def _named(site):
    """The same, with Wanda, who has done a module and stands in the middle of another's quiz."""
    at_ms = now_ms()
    token = people.sign_up(site.store, "Demo Wanda", "wanda", PASSWORD, "yes", "en", at_ms)
    finish_module(site.store, site.catalogue, token.person_id, "coding-basics", "what-code-is", at_ms)
    on_an_earlier_day(site.store, token.person_id, 1)
    begin_quiz(site.store, site.catalogue, token.person_id, "social-media", "a-safe-account", at_ms)
    ((badge,),) = site.sql("select public_id from awards where person_id = ?", token.person_id)
    return {
        "badge": badge,
        "new": site.shelf.course("coding-basics").plan.module("thinking-in-steps").lessons[0].name,
        "told": _told(site, at_ms),
        "shown": _shown(site, at_ms),
        "lena": _public_id(site, "lena"),
        "ada": _public_id(site, "ada"),
        "work": uuid.uuid5(SPACE, "mentor placement"),
        "mate": _mate(site),
        "met": _met(site, at_ms - 180 * DAY_MS, at_ms),
        "now": _met(site, at_ms, at_ms),
        "ahead": add_meeting(site.store, "demo-1", at_ms + 7 * DAY_MS).public_id,
        "wanda": _public_id(site, "wanda"),
        "invite": codes.invite(site.store, Role.MENTOR, ScopeKind.SITE, 0, None, at_ms),
        "join": _join_code(site, at_ms),
        "complaint": complaints.send(site.store, None, uuid.uuid4(), "Demo complaint.", "at the library", at_ms),
        "list": _put_by(site, at_ms),
        "talk": messages.mine(site.store, _signed_in_person(site, "lena", at_ms), at_ms, LONDON)[0].talk.row.thread_id,
        "link": links_in_letters(site, token.person_id, "wanda@example.net"),
        "week": works_at_bakery(site, token.person_id),
        "asked": _asked(site, "lena"),
    }


def _asked(site, username):
    """A placement that a bakery was asked about."""
    ((person_id,),) = site.sql("select person_id from people where username = ?", username)
    ((organisation_id,),) = site.sql("select organisation_id from groups where public_id = 'demo-1'")
    works_at_bakery(site, person_id, organisation_id, f"code-{username}")
    return AT_BAKERY


def _put_by(site, at_ms):
    """A long list for a group that waits for Femi's yes; some on it may be one person, one name is very long."""
    text = "Name,E-mail\nDemo Zofie,x\ndemo zofie,x\nLena (demo),x\nDemo " + "Maximiliana" * 6 + ",x\n"
    femi = _signed_in_person(site, "femi", at_ms)
    return longlists.keep(site.store, femi, "demo-3", io.BytesIO(text.encode()), at_ms).list_id


def _met(site, starts_ms, at_ms):
    """A meeting at which Lena was, and a guest whose name is long; and what they did there."""
    its = add_meeting(site.store, "demo-1", starts_ms)
    femi = _signed_in_person(site, "femi", at_ms)
    names = ["Demo Maximiliana Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff", "?"]
    registers.fill_in(site.store, femi, its.public_id, uuid.uuid4(), [], [_public_id(site, "lena")], names, at_ms)
    return its.public_id


def _told(site, at_ms):
    """Lena has answered a question she was asked again, and not rightly."""
    shape = site.shelf.course("coding-basics")
    no = shape.numbers["what-code-is", "q-runs-on-code"]
    right = site.catalogue.key(shape, no).right
    given = tuple(it for it in shape.steps[no].letters if it not in right)[:1]
    return recall.answer(
        site.store, site.catalogue, shape, no, given, uuid.uuid4(), site.person_id("lena"), at_ms, LONDON
    )  # fmt: skip


def _public_id(site, username):
    ((public_id,),) = site.sql("select public_id from people where username = ?", username)
    return public_id


def _mate(site):
    """Somebody in a group of Lena's."""
    groups = "select group_id from memberships join people using (person_id) where username = 'lena'"
    mates = f"select person_id from memberships where group_id in ({groups})"
    found = site.sql(f"select public_id from people where username is not 'lena' and person_id in ({mates})")
    return found[0][0]


def _shown(site, at_ms):
    """A badge of Lena's that everybody with its address may see, with her name."""
    lena = _signed_in_person(site, "lena", at_ms)
    public_id = badges.mine(site.store, lena)[0].public_id
    badges.show(site.store, lena, public_id, shown=True, named=True, at_ms=at_ms)
    return public_id


def _signed_in_person(site, username, at_ms):
    token = people.sign_in(site.store, username, PASSWORD, "127.0.0.1", at_ms)
    return people.signed_in(site.store, token.person_id, token.secret, at_ms)


def _join_code(site, at_ms):
    from lms.services import groups

    femi = _signed_in_person(site, "femi", at_ms)
    return groups.mine(site.store, femi, (site.var / "secret").read_text().strip(), at_ms)[0].join_code


def test_every_address_that_can_be_looked_at_has_an_example_here(site):
    settings = Settings(site.var, f"sqlite:///{site.var}/lms.db", "x" * 40)
    rules = create_app(settings, site.store).url_map.iter_rules()
    assert {rule.endpoint for rule in rules if "GET" in rule.methods} - NOT_PAGES == {it[1] for it in PAGES}


@dataclass
class Watch:
    """What a page does while it is loaded that a person would not see."""

    page: Page
    said: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", lambda it: self.said.append(f"{it.type}: {it.text} ({it.location['url']})"))
        self.page.on("pageerror", lambda it: self.said.append(f"error: {it}"))
        self.page.on("requestfailed", lambda it: self.said.append(f"failed: {it.url} {it.failure}"))
        self.page.on("request", lambda it: self.hosts.add(urlsplit(it.url).netloc))

    def heard(self, url: str, status: int) -> list[str]:
        """Without what Chromium says about a page that is meant to be refused."""
        own = f"(the server responded with a status of {status}"
        blocked = "Service Worker registration blocked by Playwright"  # where a test asks for that
        said = [it for it in self.said if blocked not in it]
        return [it for it in said if status < 400 or not (own[1:] in it and it.endswith(f"({url})"))]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [(who, path, status) for who, _endpoint, path, status in PAGES],
    ids=[f"{who or 'visitor'} {path.partition('?')[0]} {at}" for at, (who, _endpoint, path, _) in enumerate(PAGES)],
)
def test_a_page_is_whole_quiet_ours_readable_and_light(site, profile, names, who, path, status):
    page = _signed_in(site, profile, who)
    watch = Watch(page)
    answer = page.goto(
        path.format(**names),
    )
    assert answer.status == status
    page.evaluate("Promise.all([...document.images].map(it => (it.loading = 'eager', it.decode())))")
    assert watch.heard(answer.url, status) == []
    assert watch.hosts == {urlsplit(site.url).netloc}
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []
    assert _weight(page, answer) < LIGHTEST


@pytest.mark.parametrize("size", ["100%", "150%", "200%"])
def test_the_name_of_the_site_and_the_menu_stand_apart_however_large_the_letters(site, profile, size):
    page = profile()
    page.goto("/")
    page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
    apart = """() => { const [name, menu] = [...document.querySelectorAll('.top a')].map(it => {
        const range = document.createRange(); range.selectNodeContents(it); return range.getBoundingClientRect() })
        return name.right <= menu.left || menu.bottom <= name.top }"""
    assert page.evaluate(apart)
    assert _sticks_out(page) == []


def _signed_in(site, profile, who):
    """A new profile that holds nothing but a sign-in, made once and kept for all tests that look."""
    if who and who not in site.cookies:
        door = Person(site, profile())
        DOORS.get(who, lambda door: door.sign_in(who))(door)
        door.page.wait_for_load_state()
        site.cookies[who] = door.page.context.cookies()
    page = profile()
    page.context.add_cookies(site.cookies.get(who, []))
    return page


def _learns(door):
    """A guest: somebody who read on."""
    door.open(LESSON)
    door.onward.click()
    door.sees("Step 2")


def _is_asked(door):
    """Wanda, who has just signed in where a guest has learned."""
    _learns(door)
    door.sign_in("wanda")
    door.sees("Was it you?")


def _shares(door):
    """The same, and it was somebody else: both are on the phone's list."""
    _is_asked(door)
    door.press("No, it was someone else")
    door.open("/me/settings")
    door.press("Show my name on this phone")
    door.sees("Take my name off this phone")


def _is_written_to(door):
    """Somebody with an address and a day, who has just given another address."""
    door.open("/sign-up")
    door.sign_up("Demo Wilma", "wilma")
    with door.site.store.write() as db:
        take_address(db, door.site.person_id("wilma"), "wilma@example.net", now_ms())
    door.open("/me/mail")
    door.page.get_by_text("Friday", exact=True).click()
    door.press("Remind me on that day")
    door.page.get_by_label("Your email address").fill("new.wilma@example.net")
    door.press("Write to this address")
    door.sees("We wrote to")


def _is_asked_twice(door):
    """Somebody with a second step who has taken the first."""
    door.open("/sign-up")
    door.sign_up("Demo Tilda", "tilda")
    door.page.wait_for_url(re.compile("/$|/me"))
    door.open("/me/second")
    door.press("Set it up")
    key = base64.b32decode(door.page.locator(".codeword").inner_text().replace(" ", ""))
    door.page.get_by_label("What the app shows now").fill(totp.digits(key, now_ms() // totp.STEP_MS))
    door.press("Turn it on")
    door.sees("Your codes on paper")
    door.press("I have them")
    door.open("/sign-in")
    door.page.get_by_label("User name").fill("tilda")
    door.page.get_by_label("Password").fill(PASSWORD)
    door.press("Sign in")
    door.sees("One more step")


DOORS = {
    "twice": _is_asked_twice,
    "guest": _learns,
    "asked": _is_asked,
    "shared": _shares,
    "written-to": _is_written_to,
}


def _sticks_out(page):
    """What makes the page wider than the phone."""
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    return page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(it => it.getBoundingClientRect().right > innerWidth + 1)"
        ".map(it => it.tagName + '.' + it.getAttribute('class') + ': ' + it.textContent.slice(0, 60))"
    )


def _hard_to_use(page):
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {node['html'][:200]}" for it in found for node in it["nodes"]]


def _weight(page, answer):
    """Packed bytes of the page and its style sheets, headers included."""
    urls = [answer.url, *page.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].map(it => it.href)")]
    return sum(_bytes_of(page, url) for url in urls)


def _bytes_of(page, url):
    """As a browser that unpacks is sent them."""
    entry = "performance.getEntries().find(it => it.name == url && it.transferSize)"
    return page.evaluate(f"url => ({entry})?.transferSize ?? 1e9", re.sub("#.*", "", url))

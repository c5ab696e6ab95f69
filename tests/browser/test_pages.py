"""One page per address of the site, on a small phone: whole, quiet, ours alone, readable by everybody, light.

`PAGES` names an example for every endpoint that can be looked at; one without an example fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lms.learning.people import Role, ScopeKind
from lms.services import codes, people
from lms.settings import Settings
from lms.web.app import create_app
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import begin_quiz, finish_module
from tests.browser.person import Person

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
    ("wanda", "courses.module", "/courses/coding-basics/what-code-is?after=cannot-break-it", 200),
    ("", "lessons.lesson", LESSON, 200),
    ("", "lessons.lesson", f"{LESSON}?step=q-runs-on-code&answer=a&check=1&tries=1&hints=1", 200),
    ("", "lessons.lesson", f"{LESSON}?step=q-school-run&check=1", 200),
    ("", "lessons.lesson", f"{LESSON}?step=rate-before", 200),
    ("wanda", "lessons.lesson", f"{LESSON}?step=q-runs-on-code&shown=1", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=q-lock-count", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=rate-settings", 200),
    ("lena", "lessons.lesson", f"{SAFE}/lock?step=lock-why", 200),
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
    ("wanda", "me.data", "/me/data", 200),
    ("wanda", "me.settings", "/me/settings?saved=1", 200),
    ("lena", "me.settings", "/me/settings?left=1", 200),
    ("lena", "me.leave_group", "/me/groups/demo-3/leave", 200),
    ("wanda", "me.leave_group", "/me/groups/demo-3/leave", 404),
    ("wanda", "badges.badge", "/badges/{badge}", 200),
    ("wanda", "badges.certificate", "/badges/{badge}/certificate", 200),
    ("", "badges.badge", "/badges/{badge}", 404),
    ("femi", "groups.teach", "/teach", 200),
    ("femi", "groups.group", "/teach/groups/demo-1", 200),
    ("femi", "groups.group", "/teach/groups/demo-3?taken=1&show=new", 200),
    ("femi", "groups.take_out", "/teach/groups/demo-3/take-out", 200),
    ("femi", "groups.take_out", "/teach/groups/demo-3/take-out?person={lena}", 200),
    ("femi", "groups.poster", "/teach/groups/demo-1/poster", 200),
    ("mira", "groups.mentor", "/mentor", 200),
    ("fola", "reports.funder", "/funder", 200),
    ("ada", "admin.people", "/admin", 200),
    ("ada", "admin.people", "/admin?q=lena", 200),
    ("ada", "admin.people", "/admin?q=nobody-like-it&erased=1", 200),
    ("ada", "admin.erase", "/admin/people/{lena}/erase", 200),
    ("ada", "admin.erase", "/admin/people/{ada}/erase", 200),
    ("ada", "organisations.organisations_", "/admin/organisations", 200),
    ("lena", "admin.people", "/admin", 403),
    ("", "help.help_", "/help", 200),
    ("", "help.help_now", "/help-now", 200),
    ("", "help.privacy", "/privacy", 200),
    ("", "help.accessibility", "/accessibility", 200),
]
NOT_PAGES = {"files.static", "files.file", "health.alive", "health.ready"}
"""Pictures, style sheets and words for machines."""


@pytest.fixture(scope="session")
def names(site):
    """What stands in addresses: and Wanda, who has done a module and stands in the middle of another's quiz."""
    at_ms = now_ms()
    token = people.sign_up(site.store, "Demo Wanda", "wanda", PASSWORD, "yes", "en", at_ms)
    finish_module(site.store, site.catalogue, token.person_id, "coding-basics", "what-code-is", at_ms)
    begin_quiz(site.store, site.catalogue, token.person_id, "social-media", "a-safe-account", at_ms)
    ((badge,),) = site.sql("select public_id from awards where person_id = ?", token.person_id)
    return {
        "badge": badge,
        "lena": _public_id(site, "lena"),
        "ada": _public_id(site, "ada"),
        "invite": codes.invite(site.store, Role.MENTOR, ScopeKind.SITE, 0, None, at_ms),
        "join": _join_code(site, at_ms),
    }


def _public_id(site, username):
    ((public_id,),) = site.sql("select public_id from people where username = ?", username)
    return public_id


def _join_code(site, at_ms):
    from lms.services import groups

    token = people.sign_in(site.store, "femi", PASSWORD, "127.0.0.1", at_ms)
    femi = people.signed_in(site.store, token.person_id, token.secret, at_ms)
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
        return [it for it in self.said if status < 400 or not (own[1:] in it and it.endswith(f"({url})"))]


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


def _signed_in(site, profile, who):
    """A new profile that holds nothing but a sign-in, made once and kept for all tests that look."""
    if who and who not in site.cookies:
        door = Person(site, profile())
        door.sign_in(who)
        door.page.wait_for_load_state()
        site.cookies[who] = door.page.context.cookies()
    page = profile()
    page.context.add_cookies(site.cookies.get(who, []))
    return page


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

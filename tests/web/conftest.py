"""A small site with the cast on it, and a browser that sends forms as a person would."""

from __future__ import annotations

import html
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import werkzeug.routing.rules
from flask import Flask, session
from flask.testing import FlaskClient
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from lms.learning.people import Role, ScopeKind
from lms.services import changing, codes, groups, people, publishing, stores
from lms.services.changing import Standing
from lms.services.courses import Catalogue
from lms.services.stores import Store
from lms.settings import LONDON, Settings
from lms.store import groups as group_rows
from lms.web.app import create_app
from lms.web.signed import cookie_name, enter
from tests.store.databases import hasty

URL = "http://127.0.0.1:8000"
SECRET = "a secret of 36 letters, for tests ok"
PASSWORD = "sock kettle moon"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 113"><path d="M0 112h360" stroke="#16241f"/></svg>'

_PROGRAMS: dict[tuple[str, str, bool], object] = {}
_write_program = werkzeug.routing.rules.Rule._compile_builder


def _written_once(rule: werkzeug.routing.rules.Rule, append_unknown: bool = True) -> object:
    """What puts an address together. Werkzeug writes a program for each, anew for each app: a quarter of a test's time.

    Here hundreds of apps have the same addresses, and the program knows nothing of its app.
    """
    known = rule.rule, rule.endpoint, append_unknown
    if known not in _PROGRAMS:
        _PROGRAMS[known] = _write_program(rule, append_unknown)
    return _PROGRAMS[known]


werkzeug.routing.rules.Rule._compile_builder = _written_once

COURSE = {
    "course.md": """---
course: tea
lang: en
order: [brewing, serving]
badge: Tea for two
help: [kettle-line]
---
# Making tea

Hello.

This course is about making a good cup of tea at home. It is short.
""",
    "facts.md": """# Facts

## Kettle line {#kettle-line}

Ring 0300 123 2040 if your kettle frightens you.

- Source: https://example.org/kettles
- Checked: 2026-11-01
- Review: 2027-11-01
""",
    "glossary.md": """# Words

## Steep {#steep}

To leave the leaves in the water.
""",
    "brewing.md": """---
module: brewing
lang: en
badge: Brewer
leave: yes
---
# Brewing

You boil, you wait, you pour.

## The water {#water}

Water comes first.

- Skills: eds-2022/F1

### Boil it {#boil}

![A kettle stands on a stove](kettle.svg)

Fresh water for tea has just boiled. Then let it [steep](glossary.md#steep).

> [!TIP]
> Warm the pot.

### Question: How hot is the water? {#q-hot}

- [x] It has just boiled
  > Yes. That gets the most out of black tea.
- [ ] It is warm
  > Not quite. Warm water leaves it weak.
- Hint: Look at the steam.
- Hint: Listen to the kettle.
- Explain: Heat draws the taste out.

### Question: What do we call waiting? {#q-word}

- Answer: steep*
- Close: soak
  > Nearly. It starts with "st".

### Question: How many minutes? {#q-minutes}

- Number: 3 .. 5

### Question: Which go in? {#q-which}

- [x] Water
- [x] Leaves
- [ ] Salt
  > Not in this house.

### Rate: Can you make tea? {#rate-tea}

## The pot {#pot}

- Skills: eds-2022/F1

### Pour {#pour}

Pour it slowly.

## Quiz: Check yourself {#quiz}

Two questions.

- Ask: 2
- Pass: 2
- Tries: 2

### Question: What comes first? {#z-first}

- [x] Boil the water
- [ ] Drink it
- Explain: Lesson 1, "The water", has more.

### Question: What is in the pot? {#z-pot}

- [x] Tea with a keyword zanzibar
- [ ] Sand
- Explain: Lesson 2, "The pot", has more.
""",
    "serving.md": """---
module: serving
lang: en
badge: none
---
# Serving

## The cup {#cup}

Give the cup to somebody.

- Skills: eds-2022/F1
""",
    "kettle.svg": PICTURE,
}


@dataclass
class Browser:
    """One person's browser: follows redirects, sends forms with what their page holds."""

    client: FlaskClient
    last: TestResponse | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: object) -> TestResponse:
        """A page of the site, wherever its redirects lead; one to another site is where it ends."""
        self.last = self.client.get(path, base_url=URL, headers=self.headers, **more)  # type: ignore[arg-type]
        while (self.last.location or "").startswith("/"):
            before = self.last
            self.last = self.client.get(before.location, base_url=URL, headers=self.headers)
            self.last.history = (*before.history, before)
        return self.last

    def send(self, path: str = "", *, follow: bool = True, page: str = "", **fields: object) -> TestResponse:
        """Send a form: the hidden fields of the page it stands on, and `fields`."""
        shown = self.get(page) if page or self.last is None else self.last
        form = {**hidden(shown.text, path), **fields}
        headers = {"Origin": URL, **self.headers}  # as browsers do
        self.last = self.client.post(
            path or shown.request.path, data=form, base_url=URL, follow_redirects=follow, headers=headers
        )
        return self.last

    def sign_in(self, username: str, password: str = PASSWORD) -> Browser:
        answer = self.send("/sign-in", page="/sign-in", username=username, password=password)
        assert answer.status_code == 200, answer.text
        return self


def hidden(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of a page's form with an action, else of the first form that is not signing out."""
    whole = re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL)
    own = [body for head, body in whole if action and f'action="{action}"' in head and "post" in head]
    others = [body for head, body in whole if "/sign-out" not in head and "post" in head]
    body = (own or others or [body for _, body in whole] or [""])[0]
    fields = re.findall(r"<input[^>]*>", body)
    return {
        _value(tag, "name"): html.unescape(_value(tag, "value")) for tag in fields if _value(tag, "type") == "hidden"
    }


def _value(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


@dataclass(frozen=True)
class House:
    """A site under test."""

    app: Flask
    store: Store
    settings: Settings
    group: str
    """The public id of the Tuesday club, of which Lena is a member and Femi the facilitator."""
    join_code: str

    def browser(self, username: str = "") -> Browser:
        """A visitor's, or that of somebody signed in: without the time a password takes."""
        browser = Browser(self.app.test_client())
        if username:
            browser.client.set_cookie(cookie_name(URL), self._entered(username), domain=urlsplit(URL).hostname or "")
        return browser

    def _entered(self, username: str) -> str:
        """The cookie of a fresh sign-in, as the page that takes a password gives it."""
        with self.store.write() as db:
            token = people.sign_in_here(db, people.id_of_username(self.store, username), now_ms())
        with self.app.test_request_context(base_url=URL):
            enter(token)
            answer = self.app.response_class()
            self.app.session_interface.save_session(self.app, session._get_current_object(), answer)
        return parse_cookie(answer.headers["Set-Cookie"])[cookie_name(URL)]

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        from lms.store.tables import METADATA

        with self.store.read() as db:
            return {
                table.name: db.exec_driver_sql(f'select count(*) from "{table.name}"').scalar_one()
                for table in METADATA.sorted_tables
            }


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder, made once: a course, the cast, a group with Lena in it, another group with Olga."""
    var = tmp_path_factory.mktemp("site")
    store = hasty(stores.open_store(f"sqlite:///{var}/lms.db", var))
    at = now_ms()
    stores.migrate(store, LONDON, at)
    files = {path: text.encode() if isinstance(text, str) else text for path, text in COURSE.items()}
    publishing.publish(store, "tea", files, date(2026, 11, 22), at)
    with store.write() as db:
        ours = group_rows.add_organisation(db, "ours", "Tea Families", "charity")
        theirs = group_rows.add_organisation(db, "theirs", "Coffee Families", "charity")
    for username, role, scope, scope_id in (
        ("ada", Role.ADMINISTRATOR, ScopeKind.SITE, 0),
        ("femi", Role.FACILITATOR, ScopeKind.ORGANISATION, ours),
        ("greta", Role.FACILITATOR, ScopeKind.ORGANISATION, theirs),
        ("mira", Role.MENTOR, ScopeKind.ORGANISATION, ours),
        ("fola", Role.FUNDER, ScopeKind.SITE, 0),
    ):
        code = codes.invite(store, role, scope, scope_id, None, at)
        codes.accept_invite(store, code, username.capitalize(), username, PASSWORD, at)
    catalogue = Catalogue(store)
    course_id = catalogue.shelf(at).course("tea").course_id
    for username, leader, name in (("lena", "femi", "Tuesday club"), ("olga", "greta", "Canary club")):
        head = _signed(store, people.sign_in(store, leader, PASSWORD, "127.0.0.1", at))
        group = changing.add(store, head, Standing(name, (course_id,)), SECRET, at)
        token = people.sign_up(store, username.capitalize(), username, PASSWORD, "yes", "en", at)
        groups.join(store, _signed(store, token), group.join_code, "127.0.0.1", at)
        (var / f"{username}.group").write_text(f"{group.public_id} {group.join_code}")
    people.sign_up(store, "Sam", "sam", PASSWORD, "yes", "en", at)
    _warm(Settings(var=var, database_url=f"sqlite:///{var}/lms.db", secret_key=SECRET, public_url=URL), store)
    store.engine.dispose()
    return var


def _warm(settings: Settings, store: Store) -> None:
    """Compile every template once, for the copies of the site to start with."""
    env = create_app(settings, store).jinja_env
    for name in env.list_templates(extensions=["html", "svg"]):
        env.get_template(name)


def _signed(store: Store, token: people.Token) -> people.SignedIn:
    signed = people.signed_in(store, token.person_id, token.secret, now_ms())
    assert signed is not None
    return signed


_COMPILED = ("templates", "words")


@contextmanager
def opened(built: Path, var: Path) -> Iterator[House]:
    """A copy of a built site, in a folder that is not there yet. What is compiled is the same for all of them."""
    shutil.copytree(built, var, ignore=shutil.ignore_patterns(*_COMPILED))
    for name in _COMPILED:
        (var / name).symlink_to(built / name)
    settings = Settings(var=var, database_url=f"sqlite:///{var}/lms.db", secret_key=SECRET, public_url=URL)
    store = hasty(stores.open_store(settings.database_url, var))
    app = create_app(settings, store)
    public_id, code = (var / "lena.group").read_text().split()
    yield House(app, store, settings, public_id, code)
    store.engine.dispose()


@pytest.fixture
def house(built: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the site for one test."""
    with opened(built, tmp_path / "var") as made:
        yield made


@pytest.fixture
def visitor(house: House) -> Browser:
    return house.browser()


@pytest.fixture
def lena(house: House) -> Browser:
    return house.browser("lena")

"""Somebody who types the same words everywhere, and looks at every page they could be on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from werkzeug.test import TestResponse

from lms.settings import LONDON
from tests.web.conftest import Browser, House
from tests.web.test_events import NOW, event, person, post

WATER = "/courses/tea/brewing/water"
CUPS = "/courses/coffee/cups/quiz"
COOKIE = "lms-8000"
CAST = ("lena", "femi", "fola", "ada", "sam")


def signed_in_as(house: House, doors: Mapping[str, str], username: str) -> Browser:
    """A browser that holds the cookie of somebody, without the time a password takes; nobody's holds none."""
    browser = house.browser()
    if username:
        browser.client.set_cookie(COOKIE, doors[username], domain="127.0.0.1")
    return browser


@dataclass
class Typist:
    """Types words in a house; `seen` is what each page answered, by what was done there."""

    house: House
    words: str
    badge: str
    doors: Mapping[str, str]
    """User name -> the cookie of somebody signed in."""
    seen: dict[str, TestResponse] = field(default_factory=dict)
    who: str = ""
    browser: Browser = field(init=False)
    browsers: dict[str, Browser] = field(default_factory=dict)
    group: str = ""
    """The public id of the group with that name, once there is one."""

    def everywhere(self) -> dict[str, TestResponse]:
        for part in (self._names_places, self._learns, self._leads, self._is_seen, self._administers, self._visits):
            part()
        return self.seen

    def be(self, username: str) -> None:
        """From here on somebody in her own browser; a visitor's is new each time."""
        if not username or username not in self.browsers:
            self.browsers[username] = signed_in_as(self.house, self.doors, username)
        self.who, self.browser = username or "visitor", self.browsers[username]

    def look(self, path: str, **query: str) -> TestResponse:
        """Open a page; a second look at the same address counts for itself."""
        return self._note(f"GET {path} {sorted(query)}", self.browser.get(path, query_string=query or None))

    def send(self, path: str, page: str = "", **fields: str) -> TestResponse:
        """Send a form of a page, and go where it leads."""
        return self._note(f"POST {path} {sorted(fields)}", self.browser.send(path, page=page or path, **fields))

    def _note(self, done: str, answer: TestResponse) -> TestResponse:
        for name in (self.group, self.house.group, quote(self.words.replace("/", " "), safe=""), quote(self.words)):
            done = done.replace(name, "…") if name else done
        self.seen[f"{len(self.seen)} {self.who} {re.sub('(?<=join/)[A-Z-]+[0-9]+', '…', done)}"] = answer
        return answer

    def _names_places(self) -> None:
        self.be("ada")
        here = "/admin/organisations"
        self.send(here, **{"organisation-name": self.words})
        self.send("/admin/areas", here, **{"area-code": "X01", "area-name": self.words})
        self.send("/admin/areas", here, **{"area-code": self.words, "area-name": "Demo"})

    def _learns(self) -> None:
        self.be("lena")
        self.send("/me/settings", act="looks", name=self.words)
        more = dict.fromkeys(("adult", "text", "colours", "contrast", "pictures"), self.words)
        self.send("/me/settings", act="looks", name="Lena", **more)
        self.send("/me/settings", act="looks", name=self.words)
        self.send("/me/settings", act="password", old=self.words, password=self.words)
        self._answers()
        self._does_a_quiz()
        self._sends_events()

    def _answers(self) -> None:
        for step in ("q-word", "q-minutes", "q-hot", "q-which"):
            self.send(WATER, f"{WATER}?step={step}", act="answered", answer=self.words)
            self.look(WATER, step=step, answer=self.words)
        self.send(WATER, f"{WATER}?step=rate-tea", act="rated", answer=self.words)
        for name in ("act", "step", "said", "event_id", "release"):
            fields = {"act": "hinted" if name == "said" else "answered", "answer": "steep", name: self.words}
            self.send(WATER, f"{WATER}?step=q-word", **fields)

    def _does_a_quiz(self) -> None:
        self.send(CUPS, act="started")
        for name in ("act", "step", "number", "event_id"):
            self.send(CUPS, **{"act": "answered", "answer": "gravel", name: self.words})
        self.send(CUPS, act="answered", answer=self.words)
        self.send(CUPS, act="answered", answer="gravel " + self.words[:100])
        self.send(CUPS, act="finished")
        self.look(CUPS, start="1", step=self.words)

    def _sends_events(self) -> None:
        whole = event(self.house, kind="answered", name="q-word", answer=self.words)
        batch = [whole | {"id": str(uuid.uuid4())}, *(whole | {name: self.words} for name in whole)]
        them: dict[str, object] = {"person": person(self.browser), "sent": NOW, "events": batch}
        for name, body in (
            ("events", them),
            ("person", them | {"person": self.words}),
            ("sent", them | {"sent": self.words}),
        ):
            self._note(f"POST /events {name}", post(self.browser, body))

    def _leads(self) -> None:
        self.be("femi")
        self.send("/teach", name=self.words, courses=self.words)
        self.send("/teach", name=self.words, courses="tea", area=self.words)
        answer = self.send("/teach", name=self.words, courses="tea", area="1")
        found = re.fullmatch(r"/teach/groups/([^/]+)", answer.request.path)
        self.group = found[1] if found else self.house.group
        code = re.search(r'<b class="nowrap">([^<]+)', self.look(f"/teach/groups/{self.group}").text)
        assert code is not None
        self.be("lena")
        self.look(f"/join/{code[1]}")
        self.send(f"/join/{code[1]}")

    def _is_seen(self) -> None:
        """Her name and her group's, wherever they are shown."""
        ours = f"/teach/groups/{self.group}"
        for path in ("/", "/me", "/me/settings", "/me/data", f"/me/groups/{self.group}/leave"):
            self.look(path)
        self.look("/me/data", **{"as": "json"})
        for who in ("lena", "", "sam"):
            self.be(who)
            self.look(f"/badges/{self.badge}")
            self.look(f"/badges/{self.badge}/certificate")
        self.be("femi")
        for path in ("/teach", ours, f"{ours}/poster", f"{ours}/cards", f"{ours}/take-out"):
            self.look(path)
        self.look(ours, show=self.words, course=self.words, taken=self.words)
        her = person(self.browsers["lena"])
        self.look(f"{ours}/take-out", person=her)
        self.look(f"{ours}/take-out", person=self.words)
        self.send("/teach/code", ours, person=her)
        self.send("/teach/code", ours, person=self.words)

    def _administers(self) -> None:
        self.be("ada")
        her = person(self.browsers["lena"])
        for path in ("/admin", "/admin/organisations", "/teach", f"/admin/people/{her}/erase"):
            self.look(path)
        for query in ({"q": self.words}, {"after": self.words}, {"q": self.words, "after": "0"}):
            self.look("/admin", **query)
        self.send(f"/admin/people/{her}/erase", typed=self.words)
        role = {"person": her, "role": "funder", "scope": "site:0", "ends": ""}
        for name in role:
            self.send("/admin/roles", "/admin", **{**role, name: self.words})
        self.send(f"/admin/roles?q={quote(self.words)}", "/admin", **role)
        for name in ("invite-role", "invite-scope", "invite-ends"):
            self.send(
                "/admin/invitations", "/admin", **{"invite-role": "funder", "invite-scope": "site:0", name: self.words}
            )
        self.be("fola")
        self.send("/funder", as_of=self.words)
        self.send("/funder", as_of=str(datetime.now(LONDON).date()))

    def _visits(self) -> None:
        self.be("")
        self._comes_in()
        self.be("")
        for path in ("/sign-in", "/sign-up", "/sign-in/code"):
            self.look(path, next=self.words)
        self.look("/join", code=self.words)
        inside = quote(self.words.replace("/", " "), safe="")
        for path in (f"/join/{inside}", f"/invite/{inside}", f"/courses/{inside}", f"/courses/tea/brewing/{inside}"):
            self.look(path)
        for name in ("step", "answer", "tries", "hints", "check", "shown"):
            for step in ("q-word", "q-minutes", "q-hot"):
                self.look(WATER, **{"step": step, name: self.words})

    def _comes_in(self) -> None:
        password = f"{self.words[:60]} sock kettle"
        new = {"name": self.words, "username": "demo-typed", "password": password}
        for name, value in (("username", self.words), ("adult", self.words)):
            self.send("/sign-up", **(new | {"password": "x", name: value}))
        self.send("/sign-up", **new, next=self.words)
        self.be("")
        self.send("/sign-in", username=self.words, password=self.words, next=self.words, kept=self.words)
        self.send("/sign-in", username="demo-typed", password=password, next=self.words, kept=self.words)
        self.be("")
        self.send("/sign-in/code", code=self.words)

"""MUMSCONNECTED as its people live it: five areas, three partners, 500 learners, nine months; and its numbers are true.

Cara runs the clubs of one area. What she did over the months happened through the services at its own instant; what
she does today, and the register she fills in months late, she does on her phone. Whoever leads takes the figures
away, and they are counted again here from the events and ticks alone.
"""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
import uuid
import zipfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from lms.learning.days import DAY_MS
from lms.learning.meetings import About, Every, Opens, Series
from lms.learning.people import Held, Role, ScopeKind
from lms.services import meetings, people, registers
from lms.services.demo_learning import Learner, learn
from lms.store import groups as group_rows
from lms.store import people as people_rows
from tests.browser.conftest import PASSWORD, PHONE, ROOT, now_ms, served
from tests.browser.person import Person, answer_right, do_lesson
from tests.browser.test_offline import sign_in
from tests.browser.wire import wired
from tests.ports import a_port

ZONE = ZoneInfo("Europe/London")
CASTLE, CLUB, TRAINING = "DEMO-C", "castle-mums", "castle-helpers"
COURSE, MODULE = "coding-basics", "what-code-is"
MUMS, HELPERS, MONTHS = 14, 12, 9


@pytest.fixture(scope="module")
def site(chromium_path, tmp_path_factory):
    """A site of its own: the programme with 500 learners, as `lms demo` makes it."""
    folder = tmp_path_factory.mktemp("mums")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environ |= {"LMS_VAR": str(folder / "var"), "LMS_DEMO_PASSWORD": PASSWORD}
    make = [sys.executable, "-m", "lms", "demo", "--learners", "500"]
    subprocess.run(make, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=400)
    with served(folder, a_port()) as running:
        yield running


class Castle:
    """The clubs of one area and its partner: who is there, and nine months of what they did."""

    def __init__(self, site):
        self.site, self.dice = site, random.Random(9)
        self.began_ms = now_ms() - 272 * DAY_MS
        ((self.partner,),) = site.sql("select organisation_id from organisations where public_id = 'demo-hill'")
        ((self.area,),) = site.sql("select area_id from areas where code = ?", CASTLE)
        ((self.programme,),) = site.sql("select programme_id from programmes where slug = 'mums-demo'")
        self.cara = self.staff("cara", "Demo Cara", self.partner)
        ((other,),) = site.sql("select organisation_id from organisations where public_id = 'demo-river'")
        self.staff("rita", "Demo Rita", other)
        self.club, self.training = self.group(CLUB, "learners"), self.group(TRAINING, "staff")
        self.mums = [self.comes(f"Castle mum {number:02}", self.club, number) for number in range(MUMS)]
        self.helpers = [self.comes(f"Castle helper {number:02}", self.training, number) for number in range(HELPERS)]
        self.nell = self.account("nell", "Castle Nell", self.club)
        self.vera = self.account("vera", "Castle Vera", self.training)
        self.met = self.meets()

    def account(self, username, name, group_id=None):
        token = people.sign_up(self.site.store, name, username, PASSWORD, "yes", "en", self.began_ms)
        if group_id:
            self.joins(token.person_id, group_id, now_ms() - 20 * DAY_MS)
        return token

    def staff(self, username, name, organisation_id):
        token = self.account(username, name)
        held = Held(Role.FACILITATOR, ScopeKind.ORGANISATION, organisation_id, self.began_ms, None)
        with self.site.store.write() as db:
            people_rows.add_role(db, token.person_id, uuid.uuid4(), held, None, self.began_ms)
        return people.signed_in(self.site.store, token.person_id, token.secret, self.began_ms + 1)

    def group(self, public_id, kind):
        place = {"organisation_id": self.partner, "area_id": self.area, "programme_id": self.programme}
        own = {"public_id": public_id, "join_hash": public_id.encode().ljust(32), "join_salt": "", "late_join": True}
        course_ids = [it.course_id for it in self.site.shelf.courses.values()]
        with self.site.store.write() as db:
            name = "Castle mums (demo)" if kind == "learners" else "Castle helpers (demo)"
            return group_rows.add_group(db, {**own, **place, "name": name, "kind": kind}, course_ids)

    def joins(self, person_id, group_id, at_ms):
        with self.site.store.write() as db:
            group_rows.join(db, person_id, uuid.uuid4(), group_id, at_ms, at_ms, None)

    def comes(self, name, group_id, number):
        """Somebody who joined in the first weeks, and learns: some all the way, some stop soon."""
        person_id, at_ms = self.dice.getrandbits(60) + 1, self.began_ms + number * 3_600_000
        values = people.person_values(person_id, name, None, {"adult": "yes"}, "en", at_ms)
        with self.site.store.write() as db:
            people_rows.add_person(db, values)
        self.joins(person_id, group_id, at_ms)
        who = Learner(person_id, 0, 1, at_ms, (0.2, 0.5, 1.0)[number % 3], 0.9)
        learn(self.site.store, self.site.catalogue, self.dice, who, ZONE, now_ms())
        return values["public_id"]

    def meets(self):
        """A club each month, planned nine months ago; all but three registers were filled in on the day."""
        first = datetime.fromtimestamp(self.began_ms / 1000, ZONE).date() + timedelta(7)
        series = Series(first, time(10), Every.MONTHLY, datetime.fromtimestamp(now_ms() / 1000, ZONE).date())
        about = About("Castle monthly club", "Church rooms", 90, None)
        given = (CLUB, about, series, Opens.GROUP, uuid.uuid4(), ZONE, self.began_ms)
        ids = meetings.add(self.site.store, self.cara, *given)
        met = [(its, *self.site.sql("select starts_ms from meetings where public_id = ?", its)[0]) for its in ids]
        met = [(its, starts_ms) for its, starts_ms in met if starts_ms < now_ms() - DAY_MS]
        for number, (its, starts_ms) in enumerate(met):
            if number not in (3, len(met) - 2, len(met) - 1):
                present = [who for place, who in enumerate(self.mums) if (place + number) % 3]
                form = uuid.uuid4(), (), present, ()
                registers.fill_in(self.site.store, self.cara, its, *form, starts_ms + 600_000)
        return [its for its, _ in met]


@pytest.fixture(scope="module")
def castle(site):
    return Castle(site)


@pytest.fixture
def wire(site):
    with wired(site.url, a_port()) as wire:
        yield wire


@pytest.fixture
def come(site, chromium, wire):
    """Makes a phone of somebody, behind a connection that can fail."""
    made = []

    def new(username):
        made.append(chromium.new_context(base_url=wire.url, viewport=PHONE, has_touch=True))
        made[-1].set_default_timeout(60_000)
        who = Person(site, made[-1].new_page(), username)
        sign_in(who)
        return who

    yield new
    for context in made:
        context.close()


def test_nine_months_of_a_programme_and_the_numbers_are_what_was_done(site, castle, come, wire):
    assert len(castle.met) >= MONTHS - 1
    cara = come("cara")
    _makes_a_workshop_and_nell_books(cara, come("nell"))
    _ticks_the_last_two_registers_one_of_them_without_a_connection(castle, cara, wire)
    _fills_in_one_months_late(castle, cara)
    _rings_somebody_of_her_own(cara)
    _trains(site, castle, come("vera"))
    found = _takes_the_figures(come("ada"))
    _the_figures_are_true(site, found)
    _training_is_staffs(site, found, come("ada"))
    _another_partner_sees_none_of_it(castle, come("rita"))


def _makes_a_workshop_and_nell_books(cara, nell):
    cara.open(f"/teach/groups/{CLUB}/meetings")
    cara.page.get_by_text("Add meetings", exact=True).first.click()
    fill = {"What is it called?": "Castle workshop", "Where is it?": "Church rooms", "How many minutes?": "60"}
    day = (datetime.now(UTC) + timedelta(3)).date().isoformat()
    for label, said in (fill | {"Which day?": day, "At what time?": "10:30", "How many places?": "2"}).items():
        cara.page.get_by_label(label).fill(said)
    cara.page.get_by_label("Who can come?").select_option(label="All groups of its organisation")
    cara.page.locator("main form button", has_text="Add meetings").click()
    cara.sees("1 meeting added.")
    nell.open("/me/meetings")
    nell.page.get_by_role("button", name="I come: Castle workshop").click()
    nell.sees("You have a place.")
    cara.page.get_by_role("link").filter(has_text="10:30").first.click()
    cara.sees("They have a place")
    cara.sees("Castle Nell")


def _ticks_the_last_two_registers_one_of_them_without_a_connection(castle, cara, wire):
    page, (before, last) = cara.page, castle.met[-2:]
    _ticks(cara, before, 10)
    cara.sees("10 people were there.")
    cara.open(f"/teach/meetings/{last}/register")
    page.get_by_label("Castle mum 00").check()
    expect(page.locator("#ticks")).to_contain_text("Sent")
    wire.mode = "cut"
    page.get_by_label("Castle mum 01").check()
    page.get_by_label("Castle mum 02").check()
    expect(page.locator("#ticks")).to_contain_text("2 ticks are saved on this phone")
    wire.mode = "fine"
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#ticks")).to_contain_text("Sent")
    cara.open(f"/teach/meetings/{last}/register")
    cara.sees("3 people were there.")


def _ticks(cara, meeting, many):
    """The first so many of the register, and the page opened again once all are sent: "Sent" is said of each batch."""
    cara.open(f"/teach/meetings/{meeting}/register")
    for number in range(many):
        cara.page.get_by_label(f"Castle mum {number:02}").check()
    came = "select count(*) from attendance join meetings using (meeting_id) where public_id = ? and present"
    for _ in range(600):
        if cara.site.sql(came, meeting) == [(many,)]:
            break
        cara.page.wait_for_timeout(50)
    assert cara.site.sql(came, meeting) == [(many,)]
    expect(cara.page.locator("#ticks")).to_contain_text("Sent")
    cara.open(f"/teach/meetings/{meeting}/register")


def _fills_in_one_months_late(castle, cara):
    """Four months after the beginning: five months ago. The page says when it was entered, and who did it."""
    _ticks(cara, castle.met[3], 5)
    cara.sees("5 people were there.")
    row = cara.page.locator("main .choice", has_text="Castle mum 04")
    expect(row).to_contain_text("Entered")
    expect(row).to_contain_text(f"{datetime.now(ZONE).year}")
    expect(row).to_contain_text("by Demo Cara")


def _rings_somebody_of_her_own(cara):
    cara.open(f"/teach/ring?group={CLUB}")
    names = cara.page.locator("main ul.rows a").all_inner_texts()
    assert names
    assert all(name.startswith("Castle") for name in names)
    cara.press(names[0])
    cara.page.get_by_text("Spoke with her", exact=True).click()
    cara.press("Note this call")
    cara.sees("Noted.")
    cara.open(f"/teach/ring?group={CLUB}")
    cara.sees_not(names[0])


def _trains(site, castle, vera):
    """A volunteer does the first lesson of her training on her own phone; it is a lesson like any other."""
    course = site.shelf.course(COURSE)
    module = course.plan.module(MODULE)
    vera.open(f"/courses/{COURSE}/{MODULE}/{module.lessons[0].name}")
    do_lesson(vera, course, module, module.lessons[0], answer_right)
    begun = site.sql("select group_id from enrolments where person_id = ?", castle.vera.person_id)
    assert begun == [(castle.training,)]


def _takes_the_figures(ada):
    """The package as of today, table by table."""
    ada.open("/funder")
    ada.page.get_by_label("Count up to the end of").fill(datetime.now(ZONE).date().isoformat())
    with ada.page.expect_download() as download:
        ada.press("Get the figures as a zip file")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as package:
        texts = {name: package.read(name).decode() for name in package.namelist()}
    assert not [name for name, text in texts.items() if "Castle mum" in text or "Castle helper" in text]
    return {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items() if name.endswith(".csv")}


def _the_figures_are_true(site, found):
    """Area by area and month by month, learning and clubs alike."""
    for staff, learning, clubs in ((0, "by-area", "attendance"), (1, "by-staff", "attendance-staff")):
        true = _learned(site, staff)
        told = {(it["area"], it["month"], it["measure"]): it["count"] for it in found[f"data/{learning}.csv"]}
        assert true.keys() <= told.keys()
        assert told == {key: _told(len(true.get(key, ()))) for key in told}
        came = _came(site, staff)
        told = {
            (it["area"], it["month"]): it["count"] for it in found[f"data/{clubs}.csv"] if it["measure"] == "people"
        }
        assert came.keys() <= told.keys()
        assert told == {key: _told(len(came.get(key, ()))) for key in told}
    areas = {it["area"] for it in found["data/by-area.csv"]}
    assert areas == {"DEMO-N", "DEMO-S", "DEMO-E", "DEMO-W", CASTLE}


def _told(count):
    """A count as a funder is told it, worked out anew."""
    return "0" if not count else "[c]" if count < 10 else str(5 * round(count / 5))


_WHOSE = """
    join enrolments n on n.person_id = it.person_id and n.course_id = {course}
    join groups g on g.group_id = n.group_id join areas a on a.area_id = n.area_id
    where it.person_id > 0 and (g.kind = 'staff') = ?
"""
_LESSONS = "select a.code, it.recorded_ms, it.kind, it.person_id, it.course_id, it.name from milestones it"
_DONE = "select a.code, it.recorded_ms, it.person_id from events it"
_GIVEN = "select a.code, it.recorded_ms, it.person_id, it.badge_id from awards it join badges b using (badge_id)"


def _learned(site, staff):
    """(area, month, measure) -> what was done there then, each different thing once; by rows of facts alone."""
    done, first = {}, {}
    for area, at_ms, kind, *what in site.sql(_LESSONS + _WHOSE.format(course="it.course_id"), staff):
        measure = {"lesson": "lessons_finished", "module": "modules_completed"}.get(kind)
        if measure:
            done.setdefault((area, _month(at_ms), measure), set()).add(tuple(what))
        if kind == "lesson":
            first[area, what[0]] = min(at_ms, first.get((area, what[0]), at_ms))
    for (area, person_id), at_ms in first.items():
        done.setdefault((area, _month(at_ms), "started"), set()).add(person_id)
    for area, at_ms, person_id in site.sql(_DONE + _WHOSE.format(course="it.course_id"), staff):
        done.setdefault((area, _month(at_ms), "active"), set()).add(person_id)
    for area, at_ms, *what in site.sql(_GIVEN + _WHOSE.format(course="b.course_id"), staff):
        done.setdefault((area, _month(at_ms), "badges"), set()).add(tuple(what))
    return done


def _came(site, staff):
    """(area, month) -> who was at a meeting there: the last word on each stands."""
    word = {}
    for area, starts_ms, meeting_id, person_id, present in site.sql(
        "select a.code, m.starts_ms, m.meeting_id, it.person_id, it.present from attendance it"
        " join meetings m using (meeting_id) left join groups g on g.group_id = m.group_id"
        " join areas a on a.area_id = coalesce(m.area_id, g.area_id)"
        " where (coalesce(g.kind, '') = 'staff') = ? order by it.at_ms",
        staff,
    ):
        word[meeting_id, person_id] = (area, _month(starts_ms), present)
    came = {}
    for (_, person_id), (area, month, present) in word.items():
        if present:
            came.setdefault((area, month), set()).add(person_id)
    return came


def _month(at_ms):
    return f"{datetime.fromtimestamp(at_ms / 1000, ZONE):%Y-%m}"


def _training_is_staffs(site, found, ada):
    """A volunteer's training is told apart, in the package and on the programme's page."""
    now = _month(now_ms())
    told = {
        it["measure"]: it["count"] for it in found["data/by-staff.csv"] if (it["area"], it["month"]) == (CASTLE, now)
    }
    assert told["started"] == "[c]", "Vera, and so few that she could be recognised"
    helpers = "select count(distinct person_id) from memberships join groups using (group_id) where kind = 'staff'"
    ((many,),) = site.sql(helpers)
    ada.open("/teach/programmes/mums-demo")
    words = ada.page.locator("main").inner_text()
    assert f"Joined: {many}." in words[words.index("Staff and volunteers") :]
    assert f"Joined: {many}." not in words[: words.index("Staff and volunteers")]


def _another_partner_sees_none_of_it(castle, rita):
    for path in (f"groups/{CLUB}", f"groups/{CLUB}/meetings", f"meetings/{castle.met[0]}/register"):
        assert rita.open(f"/teach/{path}") == 404
    for path in ("", "/ring", "/programmes"):
        rita.open(f"/teach{path}")
        html = rita.page.content()
        hers = ("Castle mum", "Castle helper", "Castle Nell", "Castle Vera", "Castle workshop", "castle-")
        assert not [canary for canary in hers if canary in html], path

"""Who gets what at each address: one literal table, and every way of asking for what is somebody else's.

`TABLE` names every endpoint and method of the app; one that is not in it fails. Each column is asked
on a site of its own, from the first row to the last, with forms that would do the thing.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection

from lms.learning.days import day_of
from lms.learning.people import Held, Role, ScopeKind
from lms.services import badges, codes, complaints, groups, longlists, messages, pairings, people, registers, uploads
from lms.services.courses import Catalogue
from lms.settings import LONDON
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store import programmes
from lms.store.tables import METADATA
from tests.browser.learning import finish_module
from tests.services.club import add_meeting
from tests.web.conftest import SECRET, URL, Browser, House, hidden, now_ms
from tests.web.postbox import links_in_letters, with_mail
from tests.web.shop import AT_BAKERY, last_week, seen_of_bakery, works_at_bakery
from tests.web.signers import sign, with_keys
from tests.web.test_writes import FROM_ANYWHERE
from tests.web.works import working_at

PEOPLE = ("visitor", "guest", "lena", "femi", "mira", "fola", "ada", "sam", "vera", "orla", "safi")

TABLE = """
                                    visitor guest lena femi mira fola ada sam
GET  concerns.about                 303     403   200  200  200  404  200 404
POST concerns.sent                  401     403   303  303  303  404  303 404
GET  messages.one                   303     403   403  200  200  403  403 403
POST messages.answered              401     403   403  403  303  403  403 403
GET  home.home                      200     200   200  200  200  200  200 200
GET  courses.course                 200     200   200  200  200  200  200 200
POST courses.choose                 303     303   303  303  303  303  303 303
GET  courses.module                 200     200   200  200  200  200  200 200
GET  lessons.lesson                 200     200   200  200  200  200  200 200
POST lessons.act                    303     303   303  303  303  303  303 303
GET  recall.told                    303     303   303  303  303  303  303 303
POST recall.sent                    303     303   303  303  303  303  303 303
GET  quiz.quiz                      200     200   200  200  200  200  200 200
POST quiz.act                       303     303   303  303  303  303  303 303
GET  badges.badge                   404     404   200  404  404  404  404 404
GET  badges.certificate             404     404   200  404  404  404  404 404
POST badges.show                    401     404   303  404  404  404  404 404
GET  badges.evidence                303     404   200  404  404  404  404  404
POST badges.choose                  401     404   303  404  404  404  404  404
GET  verify.form                    200     200   200  200  200  200  200 200
POST verify.verify                  422     422   422  422  422  422  422 422
GET  credentials.as_json            404     404   200  404  404  404  404 404
GET  credentials.as_png             404     404   200  404  404  404  404 404
GET  credentials.as_svg             404     404   200  404  404  404  404 404
GET  credentials.status             200     200   200  200  200  200  200 200
GET  credentials.keys               404     404   404  404  404  404  404 404
GET  credentials.achievement        200     200   200  200  200  200  200 200
GET  looks.looks                    200     303   303  303  303  303  303 303
POST looks.chosen                   303     303   303  303  303  303  303 303
GET  mail.mine                      303     403   200  200  200  200  200 200
POST mail.sent                      401     403   303  303  303  303  303 303
GET  mail.stop                      200     200   200  200  200  200  200 200
POST mail.stopped                   200     200   200  200  200  200  200 200
GET  mail.confirm                   200     200   200  200  200  200  200 200
POST mail.confirmed                 200     200   200  200  200  200  200 200
GET  weeks.look                     200     200   200  200  200  200  200 200
POST weeks.answered                 200     200   200  200  200  200  200 200
GET  me.me                          303     200   200  200  200  200  200 200
GET  own.data                       303     200   200  200  200  200  200 200
GET  own.seen_                      303     200   200  200  200  200  200 200
GET  own.username                   303     403   200  200  200  200  200 200
POST own.renamed                    401     403   422  422  422  422  422 422
GET  own.close                      303     303   200  200  200  200  200 200
POST own.closed                     401     403   422  422  422  422  422 422
GET  complaints.form                200     200   200  200  200  200  200 200
POST complaints.sent                303     303   303  303  303  303  303 303
GET  complaints.one                 200     200   200  200  200  200  200 200
GET  complaints.every               303     403   403  403  403  403  200 403
POST complaints.answered            401     403   403  403  403  403  303 403
GET  me.age                         303     403   200  200  200  200  200 200
POST me.age_said                    401     403   303  303  303  303  303 303
GET  me.settings                    303     200   200  200  200  200  200 200
GET  skills.can_do                  303     200   200  200  200  200  200 200
POST me.settings_sent               401     303   303  303  303  303  303 303
GET  bookings.mine                  303     200   200  200  200  200  200 200
POST bookings.sent                  401     403   303  404  404  404  404 404
GET  me.leave_group                 303     404   200  404  404  404  404 404
POST me.left_group                  401     404   303  404  404  404  404 404
POST events.events                  401     409   200  409  409  409  409 409
GET  groups.teach                   303     403   403  200  403  403  200 403
GET  meetings.of_group              303     403   403  200  403  403  200 403
POST meetings.add                   401     403   403  303  403  403  303 403
GET  meetings.meeting               303     403   403  200  403  403  200 403
POST meetings.done                  401     403   403  303  403  403  303 403
GET  meetings.sheet                 303     403   403  200  403  403  200 403
GET  registers.register             303     403   403  200  403  403  200 403
POST registers.filled_in            401     403   403  303  403  403  303 403
GET  registers.guests               303     403   403  200  403  403  200 403
POST registers.guest_sent           401     403   403  200  403  403  200 403
GET  registers.together_            303     403   403  200  403  403  200 403
POST registers.together_sent        401     403   403  303  403  403  303 403
GET  clubs.mine                     303     200   200  200  200  200  200 200
GET  uploads.of_task                303     403   404  404  404  404  404 404
POST uploads.to_task                401     403   404  404  404  404  404 404
GET  uploads.of_hours               303     403   200  404  404  404  404 404
POST uploads.to_hours               401     403   422  404  404  404  404 404
GET  hours.mine                     303     403   200  200  200  200  200 200
POST hours.sent                     401     403   303  404  404  404  404 404
GET  hours.learner                  303     403   403  403  200  403  403 403
POST hours.signed                   401     403   403  403  303  403  403 403
GET  businesses.every               303     403   403  200  403  403  200 403
POST businesses.add                 401     403   403  303  403  403  303 403
GET  businesses.one                 303     403   403  200  403  403  200 403
POST businesses.changed             401     403   403  303  403  403  303 403
GET  placements.every               303     403   403  200  403  403  200 403
GET  placements.one                 303     403   403  200  403  403  200 403
POST placements.place               401     403   403  303  403  403  303 403
GET  placements.work                303     403   403  200  403  403  200 403
POST placements.work_sent           401     403   403  303  403  403  303 403
GET  uploads.file                   303     404   200  404  200  404  404 404
POST clubs.not_me                   401     404   303  404  404  404  404 404
GET  clubs.claim                    200     200   200  200  200  200  200 200
POST clubs.claimed                  401     303   422  422  422  422  422 422
POST ticks.sent                     401     403   403  409  403  403  409 403
GET  ring.listed                    303     403   403  200  403  403  200 403
GET  ring.one                       303     403   403  200  403  403  200 403
POST ring.logged                    401     403   403  303  403  403  303 403
GET  signoffs.of_one                303     403   403  200  403  403  200 403
POST signoffs.said_to_one           401     403   403  422  403  403  422 403
GET  ring.call                      303     403   200  200  200  200  200 200
POST ring.called                    401     403   422  422  422  422  422 422
POST groups.add                     401     403   403  303  403  403  303 403
GET  groups.group                   303     403   403  200  403  403  200 403
GET  hardest.hardest                303     403   403  200  403  403  200 403
GET  groups.cards                   303     403   403  200  403  403  200  403
GET  groups.poster                  303     403   403  200  403  403  200 403
POST groups.give_code               401     403   403  200  403  403  200 403
GET  entries.same                   303     403   403  200  403  403  200  403
POST entries.sent                   401     403   403  303  403  403  303  403
GET  groups.take_out                303     403   403  200  403  403  200 403
GET  rosters.add                    303     403   403  200  403  403  200 403
POST rosters.added                  401     403   403  303  403  403  303 403
GET  longlists.one                  303     403   403  200  403  403  404 403
POST longlists.sent                 401     403   403  303  403  403  404 403
GET  lists.members                  303     403   403  200  403  403  200 403
POST lists.sent                     401     403   403  200  403  403  200 403
POST groups.taken_out               401     403   403  303  403  403  303 403
GET  mentors.learners               303     403   403  403  200  403  403 403
GET  mentors.learner                303     403   403  403  200  403  403 403
GET  signoffs.of_mine               303     403   403  403  200  403  403 403
POST signoffs.said_to_mine          401     403   403  403  422  403  403 403
POST mentors.noted                  401     403   403  403  303  403  403 403
GET  mentors.mine                   303     403   200  200  200  200  200 200
POST mentors.goal                   401     403   303  303  303  303  303 303
GET  messages.mine                  303     403   200  200  200  200  200 200
GET  messages.hers                  303     403   200  404  404  404  404 404
POST messages.written               401     403   303  404  404  404  404 404
GET  messages.staff                 303     403   403  200  200  403  403 403
GET  concerns.mine                  303     403   200  200  200  200  200 200
POST concerns.mine_sent             401     403   303  303  303  303  303 303
GET  concerns.every                 303     403   403  403  403  403  200 403
GET  concerns.one                   303     403   403  403  403  403  200 403
POST concerns.done                  401     403   403  403  403  403  303 403
POST messages.whole                 401     403   403  403  403  403  200 403
GET  pairings.every                 303     403   403  200  403  403  200 403
GET  pairings.one                   303     403   403  200  403  403  200 403
POST pairings.sent                  401     403   403  303  403  403  303 403
GET  asking.links                   303     403   403  200  403  403  200 403
POST asking.new_link                401     403   403  200  403  403  200 403
GET  reports.funder                 303     403   403  403  403  200  200 403
POST reports.export                 401     403   403  403  403  200  200 403
GET  admin.people                   303     403   403  403  403  403  200 403
POST admin.give                     401     403   403  403  403  403  303 403
POST admin.end                      401     403   403  403  403  403  303 403
POST admin.invite                   401     403   403  403  403  403  200 403
GET  calendars.mine                 303     403   200  200  200  200  200 200
POST calendars.sent                 401     403   200  200  200  200  200 200
GET  calendars.feed                 404     404   404  404  404  404  404 404
GET  records.mine                   303     200   200  200  200  200  200 200
GET  records.of                     303     403   403  403  403  403  200 403
GET  rights.rights                  303     403   403  403  403  403  200 403
GET  admin.erase                    303     403   403  403  403  403  200 403
POST admin.start_again              401     403   403  403  403  403  303 403
POST admin.erased                   401     403   403  403  403  403  303 403
GET  organisations.organisations_   303     403   403  403  403  403  200 403
POST organisations.add_organisation 401     403   403  403  403  403  303 403
POST organisations.add_area         401     403   403  403  403  403  303 403
GET  changing.change                303     403   403  200  403  403  200 403
POST changing.changed               401     403   403  303  403  403  303 403
GET  programmes.every               303     403   403  403  403  200  200 403
POST programmes.add                 401     403   403  403  403  403  303 403
GET  programmes.one                 303     403   403  403  403  200  200 403
GET  programmes.change              303     403   403  403  403  403  200 403
POST programmes.changed             401     403   403  403  403  403  303 403
GET  venues.every                   303     403   403  403  403  403  200 403
POST venues.add                     401     403   403  403  403  403  303 403
GET  venues.one                     303     403   403  403  403  403  200 403
POST venues.changed                 401     403   403  403  403  403  303 403
GET  groups.join                    200     200   200  200  200  200  200 200
GET  groups.door                    200     200   200  200  200  200  200 200
POST groups.joined                  401     303   200  200  200  200  200 200
POST groups.renew                   401     403   403  303  403  403  303 403
GET  help.help_                     200     200   200  200  200  200  200 200
GET  help.help_now                  200     200   200  200  200  200  200 200
GET  help.leave                     303     303   303  303  303  303  303 303
POST help.come_back                 303     303   303  303  303  303  303 303
GET  help.privacy                   200     200   200  200  200  200  200 200
GET  help.accessibility             200     200   200  200  200  200  200 200
GET  files.static                   200     200   200  200  200  200  200 200
GET  offline.worker                 200     200   200  200  200  200  200  200
GET  offline.manifest               200     200   200  200  200  200  200  200
GET  offline.shell                  200     200   200  200  200  200  200  200
GET  offline.phone                  200     200   200  200  200  200  200  200
GET  offline.keep                   200     200   200  200  200  200  200  200
GET  offline.place                  303     200   200  200  200  200  200  200
GET  files.file                     200     200   200  200  200  200  200 200
GET  health.alive                   200     200   200  200  200  200  200 200
GET  health.ready                   200     200   200  200  200  200  200 200
GET  people.sign_up                 200     200   200  200  200  200  200 200
GET  people.sign_in                 200     200   200  200  200  200  200 200
POST people.signed_in               422     422   422  422  422  422  422 422
GET  second.step                    303     303   303  303  303  303  303 303
POST second.taken                   303     303   303  303  303  303  303 303
GET  second.mine                    303     403   200  200  200  200  200 200
POST second.changed                 401     403   303  303  303  303  303 303
GET  people.code                    200     200   200  200  200  200  200 200
POST people.code_used               422     422   422  422  422  422  422 422
GET  people.invite                  200     200   200  200  200  200  200 200
POST people.sign_out                303     303   303  303  303  303  303 303
POST people.signed_up               303     303   303  303  303  303  303 303
POST people.invited                 303     303   303  303  303  303  303 303
GET  people.leaving                 200     200   200  200  200  200  200 200
GET  devices.who                    200     200   200  200  200  200  200 200
GET  devices.change                 404     404   404  404  404  404  404 404
POST devices.changed                404     404   404  404  404  404  404 404
GET  guests.was_it_you              303     303   303  303  303  303  303 303
POST guests.told                    401     303   303  303  303  303  303 303
POST devices.somebody_new           303     303   303  303  303  303  303 303
"""

LEADS = """
                                    vera orla safi
GET  groups.teach                   200  200  200
GET  meetings.of_group              200  200  403
POST meetings.add                   303  303  403
GET  meetings.meeting               200  200  403
POST meetings.done                  303  303  403
GET  meetings.sheet                 200  200  403
GET  registers.register             200  200  403
POST registers.filled_in            303  303  403
GET  registers.guests               200  200  403
POST registers.guest_sent           200  200  403
GET  registers.together_            200  200  403
POST registers.together_sent        303  303  403
POST ticks.sent                     409  409  403
POST groups.add                     403  303  403
GET  groups.group                   200  200  200
GET  hardest.hardest                200  200  200
GET  groups.cards                   200  200  403
GET  groups.poster                  200  200  403
POST groups.give_code               200  200  403
GET  entries.same                   200  200  403
POST entries.sent                   303  303  403
GET  groups.take_out                200  200  403
GET  rosters.add                    200  200  403
POST rosters.added                  303  303  403
GET  longlists.one                  404  404  403
POST longlists.sent                 404  404  403
GET  lists.members                  200  200  403
POST lists.sent                     200  200  403
POST groups.taken_out               303  303  403
POST groups.renew                   403  303  403
GET  changing.change                403  200  403
POST changing.changed               403  303  403
GET  programmes.every               403  200  403
GET  programmes.one                 403  200  403
GET  venues.every                   403  200  403
POST venues.add                     403  303  403
GET  venues.one                     403  200  403
POST venues.changed                 403  303  403
GET  admin.people                   403  200  403
GET  rights.rights                  403  200  403
GET  concerns.about                 200  200  200
POST concerns.sent                  303  303  303
GET  concerns.every                 403  403  200
GET  concerns.one                   403  403  200
POST concerns.done                  403  403  303
POST messages.whole                 403  403  200
GET  messages.staff                 200  200  403
GET  messages.one                   200  200  403
GET  pairings.every                 403  200  403
GET  pairings.one                   403  200  403
POST pairings.sent                  403  303  403
GET  businesses.every               403  200  403
POST businesses.add                 403  303  403
GET  businesses.one                 403  200  403
POST businesses.changed             403  303  403
GET  placements.every               403  200  403
GET  placements.one                 403  200  403
POST placements.place               403  303  403
GET  placements.work                403  200  403
POST placements.work_sent           403  303  403
GET  asking.links                   403  200  403
POST asking.new_link                403  200  403
GET  ring.listed                    200  200  200
GET  signoffs.of_one                200  200  403
POST signoffs.said_to_one           422  422  403
GET  ring.one                       200  200  200
POST ring.logged                    303  303  303
POST admin.give                     403  303  403
POST admin.end                      403  303  403
POST admin.invite                   403  200  403
GET  records.of                     403  200  403
"""
"""The same for the leads of a venue (vera), of an organisation (orla) and of safeguarding (safi): only the rows where
one of them gets something else than Sam, who has an account and no role.

A NEW ROUTE gets a row in `TABLE`, with a column for each of `PEOPLE`, and a row here if a lead may go there. Where a
name in its address or form is somebody's, a right one goes into `Scene.names` or `Scene.fields`; if what it names is
of one organisation, it is asked by those of the other one too, who must be told 404: `NEXT_DOOR` says for which
routes that is otherwise.
"""


def _read(table: str) -> dict[tuple[str, ...], dict[str, int]]:
    head, *rows = table.strip("\n").split("\n")
    who = head.split()
    return {tuple(row.split()[:2]): dict(zip(who, map(int, row.split()[2:]), strict=True)) for row in rows}


_LEADS = _read(LEADS)
ROWS = {
    route: row | (_LEADS.get(route) or dict.fromkeys(("vera", "orla", "safi"), row["sam"]))
    for route, row in _read(TABLE).items()
}


def browser_of(house: House, who: str) -> Browser:
    """Somebody's browser: a visitor's, a guest's, who read on in a lesson just now, or that of somebody signed in."""
    browser = house.browser("" if who in ("visitor", "guest") else who)
    if who == "guest":
        browser.send("/courses/tea/serving/cup", page="/courses/tea/serving/cup", act="done")
    return browser


@dataclass
class Scene:
    """A site where Lena has a badge, Fola's role can be ended, an invitation waits, and Greta's group is next door."""

    house: House
    badge: str
    invite: str
    fields: dict[str, dict[str, object]] = field(default_factory=dict)
    names: dict[str, dict[str, object]] = field(default_factory=dict)

    def path(self, endpoint: str, **other: object) -> str:
        """The address of an endpoint; `other` takes the place of a right name in it."""
        rule = next(it for it in self.house.app.url_map.iter_rules() if it.endpoint == endpoint)
        names = {**self.names.get(endpoint.partition(".")[0], {}), **self.names.get(endpoint, {}), **other}
        with self.house.app.test_request_context(base_url=URL):
            return self.house.app.url_map.bind("").build(
                endpoint,
                {name: names[name] for name in rule.arguments},
                method=next(iter(rule.methods - {"HEAD", "OPTIONS"})),
            )

    def ask(self, browser: Browser, method: str, endpoint: str) -> int:
        """The status of asking as a page would: with the token and the fields of the form."""
        if method == "GET":
            return browser.client.get(self.path(endpoint), base_url=URL).status_code
        if endpoint in ("events.events", "ticks.sent"):
            path = self.path(endpoint)
            return browser.client.post(path, json=self.batch(), headers={"Origin": URL}, base_url=URL).status_code
        return self.post(browser, self.path(endpoint), **self.fields.get(endpoint, {}))

    def post(self, browser: Browser, path: str, **fields: object) -> int:
        token = hidden(browser.get("/sign-in").text, "/sign-in")["csrf_token"]
        return browser.client.post(path, data={"csrf_token": token, **fields}, base_url=URL).status_code

    def batch(self) -> dict[str, object]:
        return {"person": public_id(self.house, "lena"), "sent": "2026-11-22T00:00:00Z", "events": []}


def sql(house: House, statement: str, *values: object) -> object:
    """The one value a statement finds."""
    with house.store.read() as db:
        return db.exec_driver_sql(statement, values).scalar_one()


def person_id(house: House, username: str) -> int:
    return int(str(sql(house, "select person_id from people where username = ?", username)))


def public_id(house: House, username: str) -> str:
    return str(sql(house, "select public_id from people where username = ?", username))


def role_id(house: House, username: str) -> uuid.UUID:
    return uuid.UUID(str(sql(house, "select hex(role_id) from roles where person_id = ?", person_id(house, username))))


@pytest.fixture
def scene(house: House) -> Scene:
    house = with_mail(with_keys(house))
    at_ms, catalogue = now_ms(), Catalogue(house.store)
    for username in ("lena", "olga"):
        finish_module(house.store, catalogue, person_id(house, username), "tea", "brewing", at_ms)
    sign(house)
    number = complaints.send(house.store, None, uuid.uuid4(), "Demo complaint", "", at_ms)
    invite = codes.invite(house.store, Role.MENTOR, ScopeKind.SITE, 0, None, at_ms)
    _leads(house, at_ms)
    worry, thread = _paired(house)
    work = working_at(house, "lena")
    made = Scene(house, _badge(house, "lena"), invite)
    picture = re.search(r"/files/([0-9a-f]{64})", house.browser().get("/courses/tea/brewing/water?step=boil").text)
    met, guest = _met(house, at_ms)
    ahead = add_meeting(house.store, house.group, at_ms + 7 * 86_400_000).public_id
    style = re.search(r"/static/([^/]+)/(learner\.css)", house.browser().get("/").text)
    assert picture is not None
    assert style is not None
    lesson = {"course": "tea", "module": "brewing", "lesson": "water"}
    made.names = {
        "courses": lesson,
        "lessons": lesson,
        "quiz": lesson,
        "recall": lesson,
        "badges": {"public_id": made.badge},
        "credentials": {"public_id": made.badge, "number": 1, "badge": "tea.brewing", "version": 1},
        "groups": {"public_id": house.group, "code": house.join_code},
        "me": {"public_id": house.group},
        "rosters": {"public_id": house.group},
        "hardest": {"public_id": house.group},
        "calendars": {"code": "none-such"},
        "lists": {"public_id": house.group},
        "longlists": {"public_id": house.group, "list_id": _put_by(house, at_ms)},
        "complaints": {"number": number},
        "mail": {"code": links_in_letters(house, person_id(house, "olga"))},
        "weeks": {"code": works_at_bakery(house, person_id(house, "olga"))},
        "asking": {"public_id": public_id(house, "lena"), "placement_id": _asked(house, "lena")},
        "admin.erase": {"public_id": public_id(house, "sam")},
        "admin.erased": {"public_id": public_id(house, "sam")},
        "admin.start_again": {"public_id": public_id(house, "sam")},
        "records.of": {"public_id": public_id(house, "vera")},
        "admin.end": {"public_id": public_id(house, "mira"), "role_id": role_id(house, "mira")},
        "people": {"code": invite},
        "registers": {"public_id": met},
        "changing": {"public_id": house.group},
        "programmes": {"slug": "demo"},
        "venues": {"venue_id": sql(house, "select venue_id from venues where name = 'Demo hall'")},
        "meetings": {"public_id": ahead},
        "meetings.of_group": {"public_id": house.group},
        "meetings.add": {"public_id": house.group},
        "devices": {"public_id": public_id(house, "lena")},
        "concerns": {"public_id": public_id(house, "lena"), "concern_id": worry},
        "messages": {"public_id": public_id(house, "lena"), "concern_id": worry, "thread_id": thread},
        "mentors": {"public_id": public_id(house, "lena")},
        "signoffs": {"public_id": public_id(house, "lena")},
        "pairings": {"public_id": public_id(house, "lena")},
        "businesses": {"public_id": work.business},
        "placements": {"public_id": public_id(house, "lena"), "placement_id": work.placement_id},
        "hours": {"public_id": public_id(house, "lena")},
        "uploads.of_hours": {"hours_id": work.hours_id},
        "uploads.to_hours": {"hours_id": work.hours_id},
        "uploads": {"course": "tea", "module": "brewing", "name": "boil"},
        "uploads.file": {"public_id": public_id(house, "lena"), "evidence_id": _handed_in(house, "lena")},
        "ring": {"public_id": public_id(house, "lena")},
        "files.static": {"digest": style[1], "name": style[2]},
        "files.file": {"digest": picture[1]},
        "offline": {**lesson, "release": catalogue.shelf(at_ms).course("tea").hash, "lang": "en"},
    }
    ours = f"organisation:{sql(house, 'select organisation_id from groups where public_id = ?', house.group)}"
    signing_up = {"name": "Demo", "username": "demo-new", "password": "three random words"}
    made.fields = {
        "courses.choose": {"lang": "en"},
        "lessons.act": {"act": "done", "step": "boil", "event_id": str(uuid.uuid4())},
        "recall.sent": {"act": "skip", "of": "brewing", "step": "q-hot", "event_id": str(uuid.uuid4())},
        "registers.guest_sent": {"act": "card", "guest": guest},
        "registers.together_sent": {"lesson": "tea/brewing/pot", "agreed": public_id(house, "lena")},
        "clubs.not_me": {"meeting": met, "event_id": str(uuid.uuid4())},
        "clubs.claimed": {"code": "AAAA-AAAA"},
        "concerns.mine_sent": {"event_id": str(uuid.uuid4()), "words": "Demo worry"},
        "concerns.sent": {"event_id": str(uuid.uuid4()), "words": "Demo worry"},
        "concerns.done": {"event_id": str(uuid.uuid4()), "words": "Demo: rang", "act": "did"},
        "signoffs.said_to_mine": {"event_id": str(uuid.uuid4()), "handed_id": str(uuid.uuid4()), "act": "sign"},
        "signoffs.said_to_one": {"event_id": str(uuid.uuid4()), "handed_id": str(uuid.uuid4()), "act": "sign"},
        "messages.written": {"event_id": str(uuid.uuid4()), "words": "Demo words"},
        "messages.answered": {"event_id": str(uuid.uuid4()), "words": "Demo answer"},
        "messages.whole": {"act": "read"},
        "mentors.noted": {"event_id": str(uuid.uuid4()), "kind": "check-in"},
        "mentors.goal": {"event_id": str(uuid.uuid4()), "goal": "Demo goal"},
        "pairings.sent": {"act": "room", "mentor": public_id(house, "mira"), "capacity": "3"},
        "businesses.add": {**work.about, "event_id": str(uuid.uuid4()), "organisation": _ours(house)},
        "businesses.changed": work.about,
        "placements.place": {
            **{"event_id": str(uuid.uuid4()), "business": work.other, "week_hours": "10", "paid": "yes"},
            **{"starts": work.today, "ends": work.ends},
        },
        "placements.work_sent": {"act": "change", "ends": work.ends, "week_hours": "9", "paid": "yes"},
        "hours.sent": {
            **{"event_id": str(uuid.uuid4()), "of": work.placement_id, "day": work.today},
            **{"hours": "2", "minutes": "30", "what": "Demo posts"},
        },
        "hours.signed": {
            **{"act": "ask", "said": "Demo?", "event_id": str(uuid.uuid4()), "of": work.placement_id},
            **{"week": work.week, "minutes": "60"},
        },
        "uploads.to_hours": {"event_id": str(uuid.uuid4())},
        "ring.logged": {"event_id": str(uuid.uuid4()), "outcome": "spoke"},
        "ring.called": {"event_id": str(uuid.uuid4()), "note": "Demo: after six"},
        "bookings.sent": {"act": "book", "meeting": ahead},
        "meetings.add": {
            **{"event_id": str(uuid.uuid4()), "name": "Demo club", "minutes": "60", "every": "once", "opens": "group"},
            **{"first": "2040-01-03", "at": "10:00"},
        },
        "meetings.done": {"act": "book", "person": public_id(house, "lena")},
        "registers.filled_in": {"event_id": str(uuid.uuid4()), "new": "Demo Nadia"},
        "quiz.act": {"act": "started", "event_id": str(uuid.uuid4())},
        "badges.show": {"seen": "me"},
        "me.settings_sent": {"act": "looks", "name": "Demo"},
        "complaints.sent": {"body": "Demo complaint", "event_id": str(uuid.uuid4())},
        "complaints.answered": {"said": "Demo answer", "act": "did", "event_id": str(uuid.uuid4())},
        "mail.sent": {"act": "ask", "address": "demo@example.net", "event_id": str(uuid.uuid4())},
        "asking.new_link": {"act": "show", "week": last_week()},
        "weeks.answered": {"act": "yes", "seen": seen_of_bakery(house)},
        "groups.add": {"name": "Demo club", "courses": "tea"},
        "groups.give_code": {"person": public_id(house, "lena")},
        "entries.sent": _same(house),
        "longlists.sent": {"act": "add"},
        "lists.sent": {"act": "cards", "person": public_id(house, "lena")},
        "rosters.added": {"event_id": str(uuid.uuid4()), "roster": "Demo Nadia", "act": "add"},
        "groups.taken_out": {"person": public_id(house, "lena")},
        "admin.erased": {"typed": "sam"},
        "reports.export": {"as_of": "2026-11-21"},
        "admin.give": {"person": public_id(house, "vera"), "role": "mentor", "scope": ours},
        "admin.invite": {"invite-role": "mentor", "invite-scope": ours},
        "changing.changed": {"name": "Demo club", "courses": "tea", "kind": "learners", "organisation": _ours(house)},
        "programmes.add": {"name": "Demo", "slug": "more", "starts": "2026-09-01", "ends": "2027-08-31"},
        "programmes.changed": {"name": "Demo", "starts": "2026-09-01", "ends": "2027-08-31", "partners": _ours(house)},
        "venues.add": {"name": "Demo room", "organisation": _ours(house)},
        "venues.changed": {"name": "Demo hall"},
        "organisations.add_organisation": {"organisation-name": "Demo charity"},
        "organisations.add_area": {"area-code": "DEMO-X", "area-name": "Demo area"},
        "people.signed_up": signing_up,
        "people.invited": {**signing_up, "username": "demo-invited"},
    }
    return made


def _put_by(house: House, at_ms: int) -> str:
    """A long list that Femi has sent: hers alone."""
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id(house, "femi"), at_ms)
    femi = people.signed_in(house.store, token.person_id, token.secret, at_ms)
    assert femi
    names = io.BytesIO(b"Demo Zofie\nDemo Nadia\n")
    return str(longlists.keep(house.store, femi, house.group, names, at_ms).list_id)


def _asked(house: House, username: str) -> uuid.UUID:
    """A placement at a bakery that was asked about a week."""
    organisation_id = int(str(sql(house, "select organisation_id from groups where public_id = ?", house.group)))
    works_at_bakery(house, person_id(house, username), organisation_id, f"code-{username}")
    return AT_BAKERY


SCOPED = {"femi": Role.FACILITATOR, "vera": Role.VENUE_LEAD, "orla": Role.ORGANISATION_LEAD,
          "safi": Role.SAFEGUARDING_LEAD, "mira": Role.MENTOR}  # fmt: skip
"""Who holds which role in the organisation, or the venue, of the Tuesday club."""


def _leads(house: House, at_ms: int) -> None:
    """The leads of the Tuesday club's place; the same roles next door (`femi-next`) and ended (`femi-once`)."""
    with house.store.write() as db:
        ours, theirs = (its_id for its_id, _slug, _name in sorted(group_rows.organisation_rows(db)))
        area = {"area_id": None, "address": "", "note": ""}
        venues = {
            its_id: programmes.add_venue(db, {"organisation_id": its_id, "name": name, **area})
            for its_id, name in ((ours, "Demo hall"), (theirs, "Demo hall next door"))
        }
        days = {"starts_day": 20260901, "ends_day": 20270831}
        programme = programmes.add_programme(db, {"slug": "demo", "name": "Demo programme", **days})
        programmes.add_partner(db, programme, ours)
        for its_id, venue in venues.items():
            db.exec_driver_sql("update groups set venue_id = ? where organisation_id = ?", (venue, its_id))
        for username, role in SCOPED.items():
            at_venue = role is Role.VENUE_LEAD
            kind = ScopeKind.VENUE if at_venue else ScopeKind.ORGANISATION
            for name, its_id, ends_ms in (
                (username, ours, None),
                (f"{username}-next", theirs, None),
                (f"{username}-once", ours, at_ms - 1),
            ):
                if name not in ("femi", "mira"):
                    where = venues[its_id] if at_venue else its_id
                    _hired(db, name, Held(role, kind, where, at_ms - 1000, ends_ms), at_ms)
        _hired(db, "fola-once", Held(Role.FUNDER, ScopeKind.SITE, 0, at_ms - 1000, at_ms - 1), at_ms)
        _hired(db, "ada-once", Held(Role.ADMINISTRATOR, ScopeKind.SITE, 0, at_ms - 1000, at_ms - 1), at_ms)


def _handed_in(house: House, username: str) -> uuid.UUID:
    """A file somebody sent, which her mentor may see."""
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id(house, username), now_ms())
    who = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    assert who is not None
    thing = uploads.Thing(uploads.TASK, uuid.uuid4(), "mentor")
    file = uploads.Sent(uuid.uuid4(), "demo.txt", b"Demo words.")
    return uploads.keep(house.store, who, thing, file, now_ms()).evidence_id


def _paired(house: House) -> tuple[uuid.UUID, uuid.UUID]:
    """Mira is Lena's mentor; the ids of a worry that Femi passed on from what Lena wrote, and of that thread."""
    lena, femi = _signed(house, "lena"), _signed(house, "femi")
    term = pairings.Term(day_of(now_ms(), LONDON))
    pairings.pair(
        house.store, femi, lena.public_id, public_id(house, "mira"), term, uuid.uuid4(), now_ms(), LONDON
    )  # fmt: skip
    thread = messages.mine(house.store, lena, now_ms(), LONDON)[0].talk.row.thread_id
    messages.write(house.store, lena, thread, uuid.uuid4(), "Demo message", now_ms(), LONDON, by_mail=False)
    worry = uuid.uuid4()
    messages.report(house.store, femi, lena.public_id, thread, None, worry, "Demo worry", now_ms(), LONDON)
    return worry, thread


def _signed(house: House, username: str) -> people.SignedIn:
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id(house, username), now_ms())
    found = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    assert found
    return found


def _ours(house: House) -> str:
    return str(sql(house, "select organisation_id from organisations where public_id = 'ours'"))


def _hired(db: Connection, username: str, held: Held, at_ms: int) -> None:
    """Somebody with a role, whom no password lets in."""
    its_id = people.new_person_id()
    people.take_username(db, username, its_id, at_ms)
    people_rows.add_person(db, people.person_values(its_id, username.capitalize(), username, {}, "en", at_ms))
    people_rows.add_role(db, its_id, uuid.uuid4(), held, None, at_ms)


def _met(house: House, at_ms: int) -> tuple[str, str]:
    """A meeting of the Tuesday club with Lena at it and a guest; the public ids of it and of the guest."""
    its = add_meeting(house.store, house.group, at_ms)
    with house.store.write() as db:
        token = people.sign_in_here(db, person_id(house, "femi"), at_ms)
    femi = people.signed_in(house.store, token.person_id, token.secret, at_ms)
    assert femi
    lena = public_id(house, "lena")
    registers.fill_in(house.store, femi, its.public_id, uuid.uuid4(), [], [lena], ["Demo Nadia"], at_ms)
    found = registers.register(house.store, femi, its.public_id, at_ms)
    return its.public_id, next(it.public_id for it in found.lines if it.guest)


def _same(house: House) -> dict[str, object]:
    """A form that makes two of her group one: somebody new and Lena, who is kept."""
    token = people.sign_up(house.store, "Twice", "twice", "three random words", "yes", "en", now_ms())
    twice = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    assert twice
    groups.join(house.store, twice, house.join_code, "127.0.0.1", now_ms())
    lena = public_id(house, "lena")
    return {"act": "merge", "one": lena, "other": twice.public_id, "keep": lena}


def _badge(house: House, username: str) -> str:
    return str(sql(house, "select public_id from awards where person_id = ?", person_id(house, username)))


def routes(house: House) -> Iterator[tuple[str, str]]:
    for rule in house.app.url_map.iter_rules():
        yield from ((method, rule.endpoint) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_address_is_in_the_table(house):
    assert set(routes(house)) == set(ROWS)
    assert set(_LEADS) <= set(ROWS)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_the_table_says(scene, who):
    browser = browser_of(scene.house, who)
    # What a visitor sends makes her somebody, so each time she comes anew.
    got = {route: scene.ask(scene.house.browser() if who == "visitor" else browser, *route) for route in ROWS}
    wrong = {route: status for route, status in got.items() if status != ROWS[route][who]}
    assert wrong == {}


NEXT_DOOR = {
    ("POST", "admin.invite"): 422,  # the place chosen is none of hers
    ("POST", "businesses.add"): 422,  # the same
    ("POST", "venues.add"): 422,  # the organisation chosen is none of hers
}
"""What the same roles of another organisation are told, where it is neither 404 nor as at home."""
NOBODYS = {
    "rights.rights",
    "ring.listed",
    "groups.teach",
    "groups.add",
    "entries.same",
    "admin.people",
    "mentors.learners",
    "pairings.every",
    "businesses.every",
    "placements.every",
    "concerns.every",
    "messages.staff",
    "ticks.sent",
    "programmes.every",
    "venues.every",
}
"""Staff routes that name nothing of one organisation: those of the other see or add their own."""


def staff_routes(who: str) -> list[tuple[str, str]]:
    """The routes somebody has her role to thank for."""
    return [route for route, row in ROWS.items() if row[who] not in (403, row["sam"])]


def test_roles_of_another_organisation_reach_nothing_of_this_one(scene):
    wrong = {}
    for who in SCOPED:
        browser = scene.house.browser(f"{who}-next")
        for route in staff_routes(who):
            told = ROWS[route][who] if route[1] in NOBODYS else NEXT_DOOR.get(route, 404)
            status = scene.ask(browser, *route)
            if status != told:
                wrong[who, route] = status
    assert wrong == {}


def test_ended_roles_allow_nothing(scene):
    """Not what the role did, and nothing that a learner without one may not."""
    browsers = {who: scene.house.browser(f"{who}-once") for who in (*SCOPED, "fola", "ada")}
    got = {(who, route): scene.ask(it, *route) for who, it in browsers.items() for route in staff_routes(who)}
    assert {which: status for which, status in got.items() if status != ROWS[which[1]]["sam"]} == {}


def test_an_ended_role_is_gone_with_the_next_page(scene):
    femi = scene.house.browser("femi")
    assert femi.get("/teach").status_code == 200
    with scene.house.store.write() as db:
        its = person_id(scene.house, "femi")
        db.exec_driver_sql("update roles set ends_ms = ? where person_id = ?", (now_ms(), its))
    assert femi.get("/teach").status_code == 403


HOSTILE = ("nothing-like-it", "..", "\0", "x" * 300, "é", "' or 1=1 --", "<b>", "\ud7ff", "-1", "0" * 64, "%2e%2e%2f")


@pytest.mark.parametrize("who", ["lena", "femi", "ada"])
def test_one_wrong_name_in_an_address_is_not_found_and_breaks_nothing(scene, who):
    browser = scene.house.browser(who)
    for method, endpoint, name in _names_in_addresses(scene.house):
        for bad in HOSTILE:
            if (endpoint, name) == ("admin.end", "role_id"):
                bad = uuid.uuid5(uuid.NAMESPACE_URL, bad)
            path = scene.path(endpoint, **{name: bad})
            status = (
                browser.client.get(path, base_url=URL).status_code
                if method == "GET"
                else scene.post(browser, path, **scene.fields.get(endpoint, {}))
            )
            told = 403 if ROWS[method, endpoint][who] == 403 else 404
            # A code is guessed at a few times only.
            assert status in (told, 400, 404, *([429] if name == "code" else [])), (method, path)


def _names_in_addresses(house: House) -> list[tuple[str, str, str]]:
    rules = [rule for rule in house.app.url_map.iter_rules() if rule.arguments]
    return [
        (method, rule.endpoint, name)
        for rule in rules
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for name in sorted(rule.arguments)
    ]


def test_what_is_somebody_elses_is_not_there(scene):
    """Right ids, wrong person: another group, her badge, her answers, a role of someone else's."""
    house = scene.house
    lena, femi, ada = house.browser("lena"), house.browser("femi"), house.browser("ada")
    theirs = (house.settings.var / "olga.group").read_text().split()[0]
    olgas = _badge(house, "olga")
    for path in (f"/teach/groups/{theirs}", f"/teach/groups/{theirs}/poster"):
        assert femi.get(path).status_code == 404
    assert scene.post(femi, f"/teach/groups/{theirs}") == 404
    for username in ("olga", "sam", "greta"):
        assert scene.post(femi, "/teach/code", person=public_id(house, username)) == 404, username
    sam = public_id(house, "sam")
    for group, username in ((theirs, "olga"), (theirs, "lena"), (house.group, "olga"), (house.group, "sam")):
        path = f"/teach/groups/{group}/take-out"
        assert femi.get(f"{path}?person={public_id(house, username)}").status_code == 404, (group, username)
        assert scene.post(femi, path, person=public_id(house, username)) == 404, (group, username)
    assert femi.get(f"/teach/groups/{theirs}/take-out").status_code == 404
    hers = public_id(house, "lena")
    for other in ("olga", "sam", "greta"):
        pair = {"one": hers, "other": public_id(house, other)}
        assert femi.get(f"/teach/same?one={pair['other']}").status_code == 404, other
        assert femi.get("/teach/same?one={one}&other={other}".format(**pair)).status_code == 404, other
        assert scene.post(femi, "/teach/same", act="merge", keep=hers, **pair) == 404, other
    assert scene.post(femi, "/teach/same", act="undo", kept=hers, merge=str(uuid.uuid4())) == 404
    assert lena.get(f"/me/groups/{theirs}/leave").status_code == 404
    assert scene.post(lena, f"/me/groups/{theirs}/leave") == 404
    for browser in (femi, lena):
        assert browser.get(f"/admin/people/{sam}/erase").status_code == 403
        assert scene.post(browser, f"/admin/people/{sam}/erase", typed="sam") == 403
    for path in (f"/badges/{olgas}", f"/badges/{olgas}/certificate", f"/badges/{olgas}/evidence"):
        assert lena.get(path).status_code == 404
    assert scene.post(lena, f"/badges/{olgas}", seen="address", named="y") == 404
    assert scene.post(lena, f"/badges/{olgas}/evidence") == 404
    assert house.browser().get(f"/badges/{olgas}").status_code == 404
    assert scene.post(ada, f"/admin/roles/{public_id(house, 'sam')}/{role_id(house, 'fola')}") == 404
    assert scene.post(ada, f"/admin/roles/{public_id(house, 'fola')}/{uuid.uuid4()}") == 404


def test_a_facilitator_gives_no_code_to_somebody_with_a_role(scene):
    """A code must not be a way up, though she may see her."""
    femi = scene.house.browser("femi")
    for username in ("mira", "ada", "femi"):
        assert scene.post(femi, "/teach/code", person=public_id(scene.house, username)) in (403, 404), username


def test_an_answer_of_hers_is_shown_to_nobody_else(scene):
    house = scene.house
    statement = "select hex(event_id) from events where kind = 'answered' and choice is not null and person_id = ?"
    with house.store.read() as db:
        ids = [row[0] for row in db.exec_driver_sql(statement, (person_id(house, "olga"),))]
    page = "/courses/tea/brewing/water?step=q-hot&answer="
    assert any("That gets the most out" in house.browser("olga").get(page + str(uuid.UUID(it))).text for it in ids)
    assert not any("That gets the most out" in house.browser("sam").get(page + str(uuid.UUID(it))).text for it in ids)


def test_a_name_of_another_place_is_not_found(scene):
    """Each name is right somewhere, but not together."""
    visitor = scene.house.browser()
    for path in (
        "/courses/brewing", "/courses/tea/water", "/courses/tea/serving/water", "/courses/tea/brewing/cup",
        "/courses/tea/brewing/boil", "/courses/tea/serving/quiz", f"/files/{'0' * 64}",
        f"/badges/{scene.house.group}", f"/teach/groups/{scene.badge}/poster/x", f"/invite/{scene.house.join_code}",
    ):  # fmt: skip
        assert visitor.get(path).status_code == 404, path
    assert scene.house.browser("femi").get(f"/teach/groups/{scene.badge}").status_code == 404
    for bad in ("x", "1", "%00", "00000000-0000-4000-8000-00000000000g"):
        path = f"/admin/roles/{public_id(scene.house, 'fola')}/{bad}"
        assert scene.post(scene.house.browser("ada"), path) == 404, path


def test_a_spent_invitation_and_an_old_join_code_are_not_found(scene):
    house, at_ms = scene.house, now_ms()
    codes.accept_invite(house.store, scene.invite, "Demo", "demo-spent", "three random words", at_ms)
    femi = people.sign_in(house.store, "femi", "sock kettle moon", "127.0.0.1", at_ms)
    signed = people.signed_in(house.store, femi.person_id, femi.secret, at_ms)
    groups.renew_code(house.store, signed, house.group, SECRET, at_ms)
    visitor, sam = house.browser(), house.browser("sam")
    assert visitor.get(f"/invite/{scene.invite}").status_code == 404
    assert scene.post(visitor, f"/invite/{scene.invite}", **scene.fields["people.invited"]) == 404
    assert visitor.get(f"/join/{house.join_code}").status_code == 404
    assert scene.post(sam, f"/join/{house.join_code}") == 404


def test_a_shown_badge_is_hidden_again_for_everybody(scene):
    house = scene.house
    token = people.sign_in(house.store, "lena", "sock kettle moon", "127.0.0.1", now_ms())
    lena = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    for shown, status in ((True, 200), (False, 404)):
        badges.show(house.store, lena, scene.badge, shown=shown, named=False, at_ms=now_ms())
        for browser in (house.browser(), house.browser("sam"), house.browser("ada")):
            assert browser.get(f"/badges/{scene.badge}").status_code == status


@pytest.mark.parametrize("who", PEOPLE)
def test_no_write_without_a_token_or_from_elsewhere_is_done_for_anybody(scene, who):
    browser = browser_of(scene.house, who)
    token = hidden(browser.get("/sign-in").text, "/sign-in")["csrf_token"]
    before = everything(scene.house)
    for method, endpoint in routes(scene.house):
        if method != "GET" and endpoint not in FROM_ANYWHERE:
            path, fields = scene.path(endpoint), scene.fields.get(endpoint, {})
            foreign = {"Origin": "https://evil.example"}
            plain = browser.client.open(path, method=method, data=fields, base_url=URL)
            sent = browser.client.open(
                path, method=method, data={**fields, "csrf_token": token}, headers=foreign, base_url=URL
            )
            assert (plain.status_code, sent.status_code) == (403, 403), path
    assert everything(scene.house) == before


@pytest.mark.parametrize("who", PEOPLE)
def test_looking_changes_nothing_but_when_she_was_last_seen(scene, who):
    house = scene.house
    browser = browser_of(house, who)
    with house.store.write() as db:
        db.exec_driver_sql("update sign_ins set seen_ms = seen_ms - 3600000")
    before, seen = everything(house), sql(house, "select max(seen_ms) from sign_ins")
    for method, endpoint in routes(house):
        if method == "GET":
            for more in ("", "?as=json", "?step=q-hot&answer=a&check=1", "?start=1"):
                browser.client.get(scene.path(endpoint) + more, base_url=URL)
    assert everything(house) == before
    assert (sql(house, "select max(seen_ms) from sign_ins") > seen) == (who != "visitor")


SEEN = {"seen_ms", "expires_ms"}
"""Of a sign-in: looking keeps it alive."""


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but not when a sign-in was last seen."""
    with house.store.read() as db:
        return {
            table.name: sorted(map(tuple, db.execute(table.select().with_only_columns(*_kept(table)))), key=repr)
            for table in METADATA.sorted_tables
        }


def _kept(table):
    return [column for column in table.c if table.name != "sign_ins" or column.name not in SEEN]

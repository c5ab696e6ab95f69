"""Two organisations on one site, each with a word of its own in all its names: staff of one never see the other's.

Asked is every address that is read, from the application's own map, with every id of the other organisation in it
and with every search; so a new page is asked without anybody adding it here. The other way round it is the same.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from lms.learning.answers import MENTOR
from lms.learning.days import day_of
from lms.learning.messages import Kind
from lms.learning.pairing import NOTE
from lms.learning.people import Held, Permission, Role, ScopeKind
from lms.learning.placing import Line
from lms.services import (
    businesses,
    changing,
    concerns,
    groups,
    hours,
    mentoring,
    messages,
    pairings,
    people,
    placements,
    registers,
    ring,
    uploads,
)
from lms.services.changing import Standing
from lms.services.courses import Catalogue
from lms.settings import LONDON
from lms.store import groups as group_rows
from lms.store import messages as message_rows
from lms.store import people as people_rows
from lms.store import programmes
from lms.store.messages import ThreadRow
from lms.store.tables import METADATA
from tests.services.club import add_meeting
from tests.web.conftest import SECRET, URL, House, now_ms, opened

OF_COURSES = {"course", "module", "lesson", "release", "badge", "number", "digest", "lang", "code"}
"""What addresses name that is no organisation's, or is known to whoever was given it."""
STAFF = ("/teach", "/admin", "/mentor", "/funder", "/programmes")
"""Addresses where something can be asked for."""
WORDS = {"ours": "Robin", "theirs": "Plover"}
ROLES = {
    "facilitator": (Role.FACILITATOR, ScopeKind.ORGANISATION),
    "lead": (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION),
    "venue": (Role.VENUE_LEAD, ScopeKind.VENUE),
    "safety": (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION),
    "mentor": (Role.MENTOR, ScopeKind.ORGANISATION),
    "programme": (Role.FACILITATOR, ScopeKind.PROGRAMME),
    "funder": (Role.FUNDER, ScopeKind.PROGRAMME),
}
ASKED = ("", "?q={word}", "?person={id}", "?one={id}&other={id}", "?group={id}&course=tea&show=all")
"""What stands behind an address: searches for the other's word, in small letters, and her ids where pages take them."""


@pytest.fixture(scope="module")
def house(built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One site for the file: tests only look."""
    with opened(built, tmp_path_factory.mktemp("canaries") / "var") as made:
        with made.store.write() as db:
            _add(db, "in-both", "Demo Shared", now_ms())
        for name, word in WORDS.items():
            _settle(made, name, word)
        yield made


def _settle(house: House, name: str, word: str) -> None:
    """An organisation with a venue, a programme, an area, staff of each role, a group, a meeting and two learners."""
    store, at_ms = house.store, now_ms()
    with store.write() as db:
        its_id = group_rows.add_organisation(db, f"org-{name}", f"{word} Families", "charity")
        area_id = group_rows.add_area(db, "DEMO-1", "Demoshire")  # areas are everybody's
        where = {"organisation_id": its_id, "area_id": area_id, "name": f"{word} hall"}
        venue_id = programmes.add_venue(db, {**where, "address": f"1 {word} Road", "note": f"{word} has the key"})
        dates = {"starts_day": 20260101, "ends_day": 20271231}
        programme_id = programmes.add_programme(db, {"slug": f"in-{name}", "name": f"{word} for all", **dates})
        programmes.add_partner(db, programme_id, its_id)
        scopes = {
            ScopeKind.ORGANISATION: its_id,
            ScopeKind.VENUE: venue_id,
            ScopeKind.PROGRAMME: programme_id,
        }
        for what, (role, kind) in ROLES.items():
            _add(db, f"{name}-{what}", f"{word} {what}", at_ms, Held(role, kind, scopes[kind], at_ms - 1, None))
        for number in (1, 2):
            _add(db, f"{name}-learner-{number}", f"{word} Learner {number}", at_ms)
    femi = _signed(house, f"{name}-facilitator")
    course = Catalogue(store).shelf(at_ms).course("tea").course_id
    group = changing.add(store, femi, Standing(f"{word} club", (course,), area_id=area_id), SECRET, at_ms)
    with store.write() as db:
        placed = {"venue_id": venue_id, "programme_id": programme_id}
        row = group_rows.group_by_public_id(db, group.public_id, femi.scope(Permission.GROUP_READ, at_ms))
        assert row
        group_rows.change_group(db, row.group_id, **placed)
    for number in (1, 2):
        groups.join(store, _signed(house, f"{name}-learner-{number}"), group.join_code, "127.0.0.1", at_ms)
    met = add_meeting(store, group.public_id, at_ms, name=f"{word} meeting", place=f"{word} room")
    learner = _signed(house, f"{name}-learner-1")
    came = [learner.public_id]
    registers.fill_in(store, femi, met.public_id, uuid.uuid4(), [], came, [f"{word} Guest"], at_ms)
    ring.ask(store, learner, uuid.uuid4(), f"{word} asks", at_ms)
    groups.join(store, _signed(house, "in-both"), group.join_code, "127.0.0.1", at_ms)
    _mentored(house, name, word)


def _mentored(house: House, name: str, word: str) -> None:
    """Her mentor, a note, a goal, a file, work and a worry of the first learner: all under the one id of `its_id`."""
    store, at_ms, one = house.store, now_ms(), its_id(name)
    femi, mentor = _signed(house, f"{name}-facilitator"), _signed(house, f"{name}-mentor")
    learner = _signed(house, f"{name}-learner-1")
    term = pairings.Term(day_of(at_ms, LONDON))
    pairings.pair(store, femi, learner.public_id, mentor.public_id, term, one, at_ms, LONDON)
    mentoring.note(store, mentor, learner.public_id, one, NOTE, f"{word} note", at_ms, at_ms, LONDON)
    mentoring.add_goal(store, learner, one, f"{word} goal", at_ms)
    file = uploads.Sent(one, f"{word}.txt", f"{word} words".encode())
    uploads.keep(store, learner, uploads.Thing(uploads.TASK, one, MENTOR), file, at_ms)
    about = businesses.About(f"{word} Bakery", f"{word} Bea", "bea@example.org", "", ("visited", "insured", "safe"))
    about = replace(about, checked_day=20260101, agreement_day=20260101)
    (where, _name), *_rest = businesses.mine(store, femi, at_ms)[1]
    shop = businesses.add(store, femi, where, about, one, at_ms)
    today = day_of(at_ms, LONDON)
    terms = placements.Terms(shop, today, today, risks=f"{word} risks")
    placements.place(store, femi, learner.public_id, terms, one, at_ms, LONDON)
    hours.log(store, learner, one, Line(one, today, 60, f"{word} posts"), at_ms, LONDON)
    with store.write() as db:
        organisation_id = next(its for its, slug, _name in group_rows.organisation_rows(db) if slug == f"org-{name}")
        row = ThreadRow(learner.person_id, one, Kind.MENTOR, organisation_id, None, one, at_ms)
        assert message_rows.add(db, row)
    messages.write(store, learner, one, one, f"{word} message", at_ms, LONDON, by_mail=False)
    concerns.pass_on(store, mentor, learner.public_id, one, f"{word} worry", at_ms, LONDON)


def its_id(name: str) -> uuid.UUID:
    """What hangs on the first learner of an organisation has this id."""
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


def _add(db, username: str, display_name: str, at_ms: int, held: Held | None = None) -> None:
    its_id = people.new_person_id()
    people.take_username(db, username, its_id, at_ms)
    people_rows.add_person(db, people.person_values(its_id, display_name, username, {}, "en", at_ms))
    if held:
        people_rows.add_role(db, its_id, uuid.uuid4(), held, None, at_ms)


def _signed(house: House, username: str) -> people.SignedIn:
    with house.store.write() as db:
        token = people.sign_in_here(db, people.id_of_username(house.store, username), now_ms())
    found = people.signed_in(house.store, token.person_id, token.secret, now_ms())
    assert found
    return found


def ids_of(house: House, name: str) -> dict[str, list[str]]:
    """Every public id that is of one organisation, by its table: what an address could name."""
    word, found = WORDS[name], {}
    with house.store.read() as db:
        for table in METADATA.sorted_tables:
            if "public_id" in table.c and table.name != "awards":
                shown = table.c.display_name if "display_name" in table.c else table.c.name
                rows = db.execute(select(table.c.public_id, shown, table.c[table.primary_key.columns.keys()[0]]))
                found[table.name] = [public_id for public_id, said, _key in rows if str(said).startswith(word)]
    return found


def addresses(house: House, ids: dict[str, list[str]], other: str) -> Iterator[str]:
    """Every address that is read, with ids of the other's in it, and of who learns with both; others as they are."""
    some = [_signed(house, "in-both").public_id, *(public_id for table in ids.values() for public_id in table[:2])]
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("files.static", "files.file"):
            continue
        if not rule.arguments:
            yield rule.rule
        elif not rule.arguments & OF_COURSES:
            named = re.sub("<uuid:[^>]+>", str(its_id(other)), rule.rule)
            yield from (re.sub("<[^>]+>", it, named) for it in some)


CASES = [(name, other, what) for name, other in (("ours", "theirs"), ("theirs", "ours")) for what in ROLES]


@pytest.mark.parametrize(("name", "other", "what"), CASES)
def test_no_name_of_the_other_organisation_is_on_any_page_search_or_file(
    house: House, name: str, other: str, what: str
):
    browser, ids, word = house.browser(f"{name}-{what}"), ids_of(house, other), WORDS[other]
    person, asked, leaks = ids["people"][0], 0, []
    for path in addresses(house, ids, other):
        for more in ASKED if path.startswith(STAFF) else ASKED[:1]:
            url = path + more.format(word=word.lower(), id=person)
            answer = browser.client.get(url, base_url=URL)
            asked += 1
            said = answer.get_data(as_text=True)
            if word in said or f"{other}-l" in said or f"{other}-f" in said:
                leaks.append(url)
    assert leaks == []
    assert asked > 100
    assert {"people", "groups", "meetings"} <= {table for table, found in ids.items() if found}


@pytest.mark.parametrize("name", WORDS)
def test_the_words_can_be_seen_by_their_own(house: House, name: str):
    """The other way round the test above would pass on a site that shows nothing."""
    word, ids = WORDS[name], ids_of(house, name)
    her = _signed(house, f"{name}-learner-1").public_id
    thread = f"/teach/messages/{her}/{its_id(name)}"
    for what, pages in {
        "mentor": ["/mentor", f"/mentor/{her}", f"/mentor/{her}/hours", f"/evidence/{her}/{its_id(name)}", thread],
        "lead": ["/admin", "/teach", "/teach/ring"],
        "facilitator": [
            *(
                "/teach",
                "/teach/messages",
                thread,
                "/teach/ring",
                f"/teach/groups/{ids['groups'][0]}",
                "/teach/placements",
                "/teach/businesses",
            ),
            *(f"/teach/businesses/{its_id(name).hex}", f"/teach/placements/{her}/{its_id(name)}"),
        ],
        "venue": ["/teach"],
        "safety": ["/teach", "/teach/concerns", f"/teach/concerns/{her}/{its_id(name)}"],
        "programme": ["/teach"],
    }.items():
        browser = house.browser(f"{name}-{what}")
        for path in pages:
            assert word in browser.get(path).text, (what, path)


@pytest.mark.parametrize(("name", "other"), [("ours", "theirs"), ("theirs", "ours")])
def test_the_funder_of_one_programme_takes_nothing_of_the_other_away(house: House, name: str, other: str):
    answer = house.browser(f"{name}-funder").send("/funder", page="/funder", as_of="2026-11-01")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        whole = b"".join(zipped.read(it) for it in zipped.namelist()).decode()
    names = [WORDS[other], *(it for table in ids_of(house, other).values() for it in table)]
    assert [it for it in names if it.casefold() in whole.casefold()] == []

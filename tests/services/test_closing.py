"""Closing her own account: of her name, her user name and her sentences nothing is left anywhere; every count stays."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import Role, ScopeKind
from lms.services import badges, codes, complaints, evidence, guests, merging, people, reports, roles, ways_in
from lms.services.erasure import close, erase
from lms.services.people import SignedIn
from lms.services.pins import Pin
from lms.services.rebuild import rebuild
from lms.store.audit import chain_holds
from lms.store.tables import METADATA, complaint_steps, events, words
from lms.store.tables import people as people_table
from lms.store.tables import roles as role_table
from tests.services.signers import Worker, settings_of
from tests.services.site import ADDRESS, Site, at_once
from tests.store.databases import ZONE

PASSWORD = "three words you like"
PHONE = "a phone's long secret"
SENTENCES = [f"On day {n} Zebulon took {n * 7} purple umbrellas to the river" for n in range(10)]
NEEDLES = [b"lena", b"unmistakable", b"zebulon", *(it.lower().encode() for it in SENTENCES)]


def account(site: Site, name: str, username: str) -> SignedIn:
    token = people.sign_up(site.store, name, username, PASSWORD, "yes", "en", site.now_ms)
    return people.signed_in(site.store, token.person_id, token.secret, site.now_ms)


def administrator(site: Site, name: str) -> SignedIn:
    """One who can sign in, and so counts as an administrator the site is not left without."""
    her = account(site, name, name.lower())
    giver = site.administrator()
    roles.give_role(site.store, giver, her.public_id, Role.ADMINISTRATOR, ScopeKind.SITE, 0, None, site.now_ms)
    return site.again(her.person_id)


def lived(site: Site, beside: int = 9) -> tuple[SignedIn, SignedIn]:
    """(Lena, an administrator): a month of her beside some others, and everything she can leave behind."""
    femi = site.facilitator(site.organisation())
    ada = administrator(site, "Ada")
    group = site.group(femi, "tea", "toast", area_id=site.area("N"))
    others = [site.person(f"Somebody {n}") for n in range(beside)]
    lena, second = account(site, "Lena Unmistakable", "lena.unmistakable"), account(site, "Lenas Other", "lena.two")
    for person in (*others, lena):
        site.join(person, group)
    for sentence in SENTENCES:
        for person in others:
            site.send(person, site.event("q-bag", "answered", "what others wrote " * (1 + person.person_id % 9)))
        site.send(lena, site.event("q-bag", "answered", sentence))
        site.later(3 * DAY_MS)
    for person in (*others, lena, second):
        site.send(person, *site.lesson(), *site.toast())
    left_everywhere(site, lena, second, ada)
    return site.again(lena.person_id), site.again(ada.person_id)


def left_everywhere(site: Site, lena: SignedIn, second: SignedIn, ada: SignedIn) -> None:
    """Her name and her words wherever the site has a place for them."""
    store, at_ms = site.store, site.now_ms
    badge = badges.mine(store, lena)[0].public_id
    badges.show(store, lena, badge, shown=True, named=True, at_ms=at_ms)
    works = evidence.offered(store, site.catalogue, lena, badge)
    evidence.choose(store, site.catalogue, lena, badge, [it.event_id for it in works], at_ms)
    Worker(site, settings_of(site)).work()
    people.change_settings(store, lena, "Lena Still-Unmistakable", {}, at_ms)
    typed = Pin(PASSWORD, "")
    ways_in.change_username(store, lena, "", typed, "lena.unmistakable.2", ADDRESS, at_ms)
    lena = site.again(lena.person_id)
    ways_in.choose_pin(store, lena, "", PASSWORD, Pin("4913", PHONE), ADDRESS, at_ms)
    number = complaints.send(store, lena, UUID(int=1), f"{SENTENCES[0]}. {SENTENCES[1]}", "lena@example.org", at_ms)
    said = f"We told Lena Unmistakable: {SENTENCES[2]}"
    complaints.answer(store, site.again(ada.person_id), number, UUID(int=2), said, closes=False, at_ms=at_ms)
    merging.merge(store, lena.person_id, second.person_id, lena.person_id, at_ms)
    codes.give_code(store, site.again(ada.person_id), lena.public_id, at_ms)
    with pytest.raises(Refused):
        people.sign_in(store, "lena.unmistakable.2", SENTENCES[3], ADDRESS, at_ms)
    Worker(site, settings_of(site)).work()


def found(site: Site) -> list[str]:
    """Every place, row or file, in which her name or a sentence of hers stands."""
    places = []
    with site.store.read() as db:
        for table in METADATA.sorted_tables:
            for row in db.connection.driver_connection.execute(f"SELECT * FROM {table.name}"):
                said = b" ".join(bytes(it) if isinstance(it, (bytes, memoryview)) else str(it).encode() for it in row)
                places += [f"{table.name}: {needle!r}" for needle in NEEDLES if needle in said.lower()]
    for path in site.store.files.parent.rglob("*"):
        held = path.read_bytes().lower() if path.is_file() else b""
        places += [f"{path.name}: {needle!r}" for needle in NEEDLES if needle in held]
    return places


def packages(site: Site, now_ms: int, folder: Path) -> dict[str, str]:
    """The package as of days since the site began, and of today."""
    made = {}
    for days in range(0, 34, 4):
        day = datetime.fromtimestamp(now_ms / 1000, ZONE).date() - timedelta(days=days)
        made[str(day)] = hashlib.sha256(reports.export(site.store, ZONE, day, now_ms, folder).read_bytes()).hexdigest()
    return made


def test_of_a_closed_account_no_row_and_no_file_holds_a_word_and_every_count_stays(site: Site, tmp_path: Path):
    lena, _ = lived(site)
    assert len(set(found(site))) > len(NEEDLES)
    at_ms = site.later(2 * DAY_MS)
    before = packages(site, at_ms, tmp_path / "before")
    assert len(set(before.values())) > 5, "they say something"
    close(site.store, site.again(lena.person_id), Pin(PASSWORD, PHONE), ADDRESS, at_ms)
    assert found(site) == []
    assert packages(site, at_ms, tmp_path / "after") == before
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()
    with site.store.read() as db:
        assert chain_holds(db, lena.person_id)
    Worker(site, settings_of(site)).work()
    assert found(site) == []


def test_nothing_that_comes_later_brings_her_back(site: Site):
    lena, ada = lived(site, beside=0)
    before = site.count(events)
    close(site.store, lena, Pin("4913", PHONE), ADDRESS, site.later(1))
    for late in (
        partial(site.send, lena, site.event("q-bag", "answered", SENTENCES[4])),
        partial(site.send, lena.others[0], site.event("q-bag", "answered", SENTENCES[4])),
        partial(site.send, lena, *[site.event("can-you", "rated", ["a"])]),
        partial(people.change_settings, site.store, lena, "Lena Unmistakable", {}, site.now_ms),
        partial(complaints.send, site.store, lena, UUID(int=3), SENTENCES[5], "", site.now_ms),
        partial(people.sign_in_now, site.store, lena.person_id, "signed-in", site.now_ms),
    ):
        with pytest.raises(Forbidden):
            late()
    for name in ("lena.unmistakable", "lena.unmistakable.2", "lena.two"):
        with pytest.raises(Refused):
            people.sign_in(site.store, name, PASSWORD, ADDRESS, site.now_ms)
    with pytest.raises(NotFound):
        erase(site.store, lena.person_id, None, site.now_ms)
    assert site.count(events) == before
    assert found(site) == []
    assert site.rows(people_table, lena)[0]["erased_ms"] == site.now_ms
    (kept,) = complaints.every(site.store, ada, site.now_ms)
    assert (kept.body, kept.reach, kept.name, kept.closed_ms) == ("", "", "", site.now_ms)


def test_answers_that_are_on_their_way_while_she_closes_it_are_kept_whole_or_not_at_all(site: Site):
    lena = site.person("Lena")
    site.send(lena, *site.lesson())
    sends = [partial(site.send, lena, site.event("q-bag", "answered", sentence)) for sentence in SENTENCES]
    came = at_once([*sends[:5], partial(erase, site.store, lena.person_id, lena.person_id, site.now_ms), *sends[5:]])
    assert all(it is None or isinstance(it, (list, Forbidden)) for it in came), came
    assert site.rows(words, lena) == []
    assert {row["body_hash"] for row in site.events(lena)} == {None}
    assert len(site.events(lena)) == 6 + sum(isinstance(it, list) for it in came)


def test_it_needs_her_password_or_her_pin_with_this_phone(site: Site):
    lena = account(site, "Lena", "lena")
    ways_in.choose_pin(site.store, lena, "", PASSWORD, Pin("4913", PHONE), ADDRESS, site.now_ms)
    for typed in ("", "4913 ", "not it", "\0"):
        with pytest.raises(Refused) as refused:
            close(site.store, lena, Pin(typed, PHONE), ADDRESS, site.later(60_000))
        assert refused.value.field == "old"
    with pytest.raises(Refused):
        close(site.store, lena, Pin("4913", "another phone"), ADDRESS, site.later(60_000))
    assert site.rows(people_table, lena)[0]["erased_ms"] is None


def test_the_last_administrator_stays_and_another_one_goes_with_her_roles(site: Site):
    ada = administrator(site, "Ada")
    with pytest.raises(Refused, match="Give the role to someone else first"):
        close(site.store, ada, Pin(PASSWORD, ""), ADDRESS, site.now_ms)
    administrator(site, "Bert")
    close(site.store, ada, Pin(PASSWORD, ""), ADDRESS, site.later(5))
    assert [row["ends_ms"] for row in site.rows(role_table, ada)] == [site.now_ms]


def test_a_complaint_is_told_its_number_and_answered_in_steps(site: Site):
    lena, ada = account(site, "Lena", "lena"), site.administrator()
    form = UUID(int=7)
    number = complaints.send(site.store, lena, form, " They read it. ", "", site.now_ms)
    assert complaints.send(site.store, lena, form, "They read it.", "", site.now_ms) == number
    theirs = complaints.send(site.store, None, UUID(int=8), "I have no account.", "at the library", site.later(5))
    assert number != theirs
    assert complaints.waiting(site.store) == 2
    told = complaints.look(site.store, f" {number.lower().replace('-', ' ')}")
    assert (told.seen_ms, told.steps, told.due_ms - told.at_ms) == (None, (), 30 * DAY_MS)
    site.later(31 * DAY_MS)
    assert [(it.late, it.body, it.name) for it in complaints.every(site.store, ada, site.now_ms)] == [
        (True, "They read it.", "Lena"),
        (True, "I have no account.", ""),
    ]
    for _ in range(2):
        complaints.answer(site.store, ada, theirs, UUID(int=9), "We looked.", closes=True, at_ms=site.now_ms)
    told = complaints.look(site.store, theirs)
    assert [it.said for it in told.steps] == ["We looked."]
    assert told.seen_ms == told.closed_ms == site.now_ms
    assert complaints.waiting(site.store) == 1


def test_only_an_administrator_reads_and_answers_complaints_and_nothing_empty_is_one(site: Site):
    number = complaints.send(site.store, None, UUID(int=1), "Wrong.", "", site.now_ms)
    for other in (site.facilitator(site.organisation()), site.person("Sam")):
        with pytest.raises(Forbidden):
            complaints.every(site.store, other, site.now_ms)
        with pytest.raises(Forbidden):
            complaints.answer(site.store, other, number, UUID(int=2), "No.", closes=True, at_ms=site.now_ms)
    for body, reach in (("", ""), (" \n", ""), ("x" * 4001, ""), ("\0", ""), ("x", "y" * 201), ("\ud800", "")):
        with pytest.raises(Refused):
            complaints.send(site.store, None, UUID(int=3), body, reach, site.now_ms)
    for odd in ("", "AAAA-AAAA", "\0", "x" * 9_000, "\ud800"):
        with pytest.raises(NotFound):
            complaints.look(site.store, odd)
        with pytest.raises(NotFound):
            complaints.answer(site.store, site.administrator(), odd, UUID(int=4), "x", closes=True, at_ms=site.now_ms)


def test_the_words_of_a_complaint_go_a_year_after_it_was_closed(site: Site):
    ada = site.administrator()
    first, second = (complaints.send(site.store, None, UUID(int=n), f"Wrong {n}", "", site.now_ms) for n in (1, 2))
    complaints.answer(site.store, ada, first, UUID(int=3), "Mended.", closes=True, at_ms=site.now_ms)
    site.later(366 * DAY_MS)
    Worker(site, settings_of(site)).work()
    assert [(it.number, it.body) for it in complaints.every(site.store, ada, site.now_ms)] == [
        (second, "Wrong 2"),
        (first, ""),
    ]
    assert [it.said for it in complaints.look(site.store, first).steps] == [""]
    assert site.count(complaint_steps) == 1


def test_a_guests_complaint_stays_when_what_she_did_goes(site: Site):
    token = guests.begin(site.store, UUID(int=5), site.now_ms)
    guest = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    number = complaints.send(site.store, guest, UUID(int=6), "Wrong.", "", site.now_ms)
    guests.erase(site.store, guest, site.now_ms)
    assert complaints.look(site.store, number).number == number

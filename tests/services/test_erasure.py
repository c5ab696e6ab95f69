"""Erasing a person: her name, words and ways back are gone, what is counted stays."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from sqlalchemy import String, Text, select

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import badges, groups, mail, own, people
from lms.services.erasure import erase, erase_by, to_erase
from lms.services.rebuild import rebuild
from lms.store import mail as mail_rows
from lms.store.audit import chain_holds
from lms.store.tables import METADATA, audit, awards, events, learner_months, milestones, progress
from tests.services.signers import Worker, settings_of
from tests.services.site import ADDRESS, SECRET, Site, at_once

WORDS = "three words you like"
FACTS = (events, learner_months, milestones, progress, awards)


def lena(site: Site) -> people.Token:
    """Somebody with a name, words, a badge she shows, signed with her name in it, a group, and a sign-in."""
    token = people.sign_up(site.store, "Lena Unmistakable", "lena.unmistakable", WORDS, "yes", "en", site.now_ms)
    signed = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    site.join(signed, site.group(site.facilitator(site.organisation())))
    site.send(signed, *site.lesson(), *site.toast(), site.event("q-bag", "answered", "teapot unmistakable"))
    (badge,) = badges.mine(site.store, signed)
    badges.show(site.store, signed, badge.public_id, shown=True, named=True, at_ms=site.now_ms)
    Worker(site, settings_of(site)).work()
    with site.store.write() as db:
        mail_rows.take_address(db, token.person_id, "lena@unmistakable.example", site.now_ms)
    mail.ask(site.store, signed, "new@unmistakable.example", uuid.uuid4(), site.now_ms)
    mail.remind(site.store, signed, "tuesday", site.now_ms)
    return token


def told(site: Site) -> list[str]:
    """Every text of every table that still names her."""
    found = []
    with site.store.read() as db:
        for table in METADATA.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | Text)]
            if table.info["class"] == "ref" or not columns:
                continue
            people_ = select(table.c.person_id).distinct() if "person_id" in table.c else None
            for person_id in db.execute(people_).scalars().all() if people_ is not None else ():
                rows = db.execute(select(*columns).where(table.c.person_id == person_id)).all()
                found += [f"{table.name}: {row}" for row in rows if "unmistakable" in str(row).lower()]
    return found


def test_nothing_that_names_her_is_left_and_every_fact_is(site: Site):
    token = lena(site)
    assert told(site)
    before = {table.name: len(site.rows(table, token.person_id)) for table in FACTS}
    states = [row["state"] for row in site.rows(progress, token.person_id)]
    erase(site.store, token.person_id, None, site.later(1))
    assert told(site) == []
    assert {table.name: len(site.rows(table, token.person_id)) for table in FACTS} == before
    assert [row["state"] for row in site.rows(progress, token.person_id)] == states
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()


def test_there_is_no_way_back_in(site: Site):
    token = lena(site)
    erase(site.store, token.person_id, None, site.later(1))
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms) is None
    with pytest.raises(Refused):
        people.sign_in(site.store, "lena.unmistakable", WORDS, ADDRESS, site.now_ms)
    assert people.sign_up(site.store, "Another", "lena.unmistakable", WORDS, "yes", "en", site.now_ms)


def test_her_badge_page_is_gone(site: Site):
    token = lena(site)
    public_id = site.rows(awards, token.person_id)[0]["public_id"]
    assert badges.page(site.store, public_id, None)
    erase(site.store, token.person_id, None, site.later(1))
    with pytest.raises(NotFound):
        badges.page(site.store, public_id, None)


def test_who_is_erased_or_was_never_here_can_not_be_erased(site: Site):
    token = lena(site)
    erase(site.store, token.person_id, None, site.later(1))
    for person_id in (token.person_id, 77):
        with pytest.raises(NotFound):
            erase(site.store, person_id, None, site.now_ms)
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)


def test_before_that_she_can_take_away_all_there_is_about_her(site: Site):
    token = lena(site)
    with site.store.write() as db:
        people.remember(db, token.person_id, bytes(32), site.now_ms)
    found = own.everything(site.store, token.person_id)
    people_tables = {table.name for table in METADATA.sorted_tables if table.info["class"] == "person"}
    clubs = {"attendance", "bookings", "contacts"}
    mentors = {"mentors", "pairings", "goals", "concerns", "concern_steps", "evidence"}
    mentors |= {"threads", "thread_staff", "messages", "placements", "hours", "confirmations"}
    mentors |= {"week_links"}
    has_none = {"roles", "merges", "complaints", "complaint_steps", "long_lists"} | clubs | mentors
    assert set(found) == people_tables - has_none - {"long_list_rows"}
    assert {row["course"] for row in found["events"]} == {"tea", "toast"}
    assert "teapot unmistakable" in str(found["words"])
    assert found["memberships"][0]["group"] == "Tuesdays"


def test_what_she_takes_away_stands_in_the_order_it_came(site: Site):
    """A page shows the last rows as the newest."""
    her = site.person()
    typed = [f"tea {number}" for number in range(12)]
    for words in typed:
        site.later(1000)
        site.send(her, site.event("q-bag", "answered", words))
    found = own.everything(site.store, her.person_id)
    assert [row["body"] for row in found["words"]] == typed
    assert [row["seq"] for row in found["events"]] == sorted(row["seq"] for row in found["events"])


def public_id(site: Site, person_id: int) -> str:
    return people_of(site, person_id)["public_id"]


def people_of(site: Site, person_id: int) -> dict[str, object]:
    return site.rows(METADATA.tables["people"], person_id)[0]


def ada_of(site: Site) -> people.SignedIn:
    """An administrator who can sign in."""
    token = people.sign_up(site.store, "Ada", "ada", WORDS, "yes", "en", site.now_ms)
    ada = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    site_wide = site.administrator()
    from lms.services import roles

    roles.give_role(site.store, site_wide, ada.public_id, Role.ADMINISTRATOR, ScopeKind.SITE, 0, None, site.now_ms)
    return site.again(ada.person_id)


def test_an_administrator_erases_somebody_by_typing_her_user_name(site: Site):
    token, ada = lena(site), ada_of(site)
    address = public_id(site, token.person_id)
    seen = to_erase(site.store, ada, address, site.now_ms)
    assert (seen.display_name, seen.to_type, seen.has_username) == ("Lena Unmistakable", "lena.unmistakable", True)
    erase_by(site.store, ada, address, " LENA.unmistakable ", site.later(1))
    assert told(site) == []
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms) is None
    last = site.rows(audit, token.person_id)[-1]
    assert (last["action"], last["actor_id"]) == ("erased", ada.person_id)
    mine = site.rows(audit, ada)[-1]
    assert (mine["action"], mine["object"]) == ("erased-person", address)
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)
        assert chain_holds(db, ada.person_id)


def test_whatever_else_is_typed_erases_nobody(site: Site):
    token, ada = lena(site), ada_of(site)
    before = told(site)
    for typed in ("", "lena", "Lena Unmistakable", "lena.unmistakable.", "yes", "\0", "*"):
        with pytest.raises(Refused) as refused:
            erase_by(site.store, ada, public_id(site, token.person_id), typed, site.now_ms)
        assert refused.value.field == "typed", typed
        assert told(site) == before, typed


def test_of_somebody_without_a_user_name_her_name_is_typed(site: Site):
    sam, ada = site.person("Sam Silent"), ada_of(site)
    assert not to_erase(site.store, ada, sam.public_id, site.now_ms).has_username
    erase_by(site.store, ada, sam.public_id, "sam  silent", site.now_ms)
    assert people_of(site, sam.person_id)["erased_ms"] == site.now_ms


def test_erasing_twice_or_by_many_taps_at_once_is_erasing_once(site: Site):
    token, ada = lena(site), ada_of(site)
    address = public_id(site, token.person_id)
    tap = partial(erase_by, site.store, ada, address, "lena.unmistakable", site.later(1))
    assert at_once([tap] * 5) == [None] * 5
    tap()
    assert [row["action"] for row in site.rows(audit, token.person_id)].count("erased") == 1
    assert [row["action"] for row in site.rows(audit, ada)].count("erased-person") == 1


def test_what_another_administrator_erased_is_not_there(site: Site):
    token, ada = lena(site), ada_of(site)
    address = public_id(site, token.person_id)
    erase_by(site.store, ada, address, "lena.unmistakable", site.later(1))
    for do in (
        partial(erase_by, site.store, site.administrator(), address, "lena.unmistakable"),
        partial(to_erase, site.store, ada, address),
    ):
        with pytest.raises(NotFound):
            do(site.now_ms)


def test_an_administrator_does_not_erase_herself_here(site: Site):
    ada = ada_of(site)
    with pytest.raises(Refused, match="someone else who is an administrator"):
        erase_by(site.store, ada, ada.public_id, "ada", site.now_ms)
    with pytest.raises(Refused, match="someone else who is an administrator"):
        to_erase(site.store, ada, ada.public_id, site.now_ms)


def test_nobody_but_an_administrator_erases_anybody(site: Site):
    token = lena(site)
    address = public_id(site, token.person_id)
    femi = site.facilitator(site.organisation())
    for other in (femi, site.person("Sam"), site.person("Fola", (Role.FUNDER, ScopeKind.SITE, 0))):
        with pytest.raises(Forbidden):
            erase_by(site.store, other, address, "lena.unmistakable", site.now_ms)
        with pytest.raises(Forbidden):
            to_erase(site.store, other, address, site.now_ms)
    assert told(site)


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 10_000, "1", "' OR 1=1 --"])
def test_an_id_that_is_nobodys_erases_nobody(site: Site, odd: str):
    ada = ada_of(site)
    with pytest.raises(NotFound):
        erase_by(site.store, ada, odd, "ada", site.now_ms)
    with pytest.raises(NotFound):
        to_erase(site.store, ada, odd, site.now_ms)


def test_a_group_no_longer_shows_who_was_erased(site: Site):
    femi = site.facilitator(site.organisation())
    group, sam, ada = site.group(femi), site.person("Sam"), ada_of(site)
    site.join(sam, group)
    erase_by(site.store, ada, sam.public_id, "Sam", site.now_ms)
    assert groups.members(site.store, femi, group.public_id, SECRET, site.now_ms).members == ()

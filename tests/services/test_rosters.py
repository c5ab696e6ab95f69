"""Rosters: added once however often a list is sent, moved in one step, let in by a card that is no way up."""

from __future__ import annotations

from functools import partial
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import insert

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import codes, groups, memberships, rosters
from lms.services.people import SignedIn
from lms.store.audit import chain_holds
from lms.store.handles import key_hash
from lms.store.tables import handles, people
from tests.services.site import SECRET, Site, at_once

UPLOAD = UUID(int=7)
LIST = "Name,User name\nAda Demo,ada.demo\nAda Demo,\nŽofie Demo,\n".encode()


def members(site: Site, reader: SignedIn, group: groups.Group) -> dict[str, str]:
    page = groups.members(site.store, reader, group.public_id, SECRET, site.now_ms)
    return {member.public_id: member.display_name for member in page.members}


def added(site: Site) -> tuple[SignedIn, groups.Group]:
    femi = site.facilitator(site.organisation())
    group = site.group(femi, "tea", "toast")
    checked = rosters.check(site.store, femi, group.public_id, LIST, site.now_ms)
    assert (checked.faults, checked.here) == ((), ())
    assert rosters.add(site.store, femi, group.public_id, UPLOAD, checked.roster.learners, site.now_ms) == 3
    return femi, group


def test_a_list_sent_again_adds_nobody_twice_also_after_half_of_it(site: Site):
    femi = site.facilitator(site.organisation())
    group = site.group(femi, "tea")
    learners = rosters.check(site.store, femi, group.public_id, LIST, site.now_ms).roster.learners
    add = partial(rosters.add, site.store, femi, group.public_id, UPLOAD)
    assert add(learners[:1], site.now_ms) == 1
    both = at_once([partial(add, learners, site.now_ms)] * 2)
    assert sum(both) == 2
    assert sorted(members(site, femi, group).values()) == ["Ada Demo", "Ada Demo", "Žofie Demo"]
    assert add(learners, site.later(1)) == 0


def test_names_that_are_here_are_asked_about_and_taken_user_names_are_faults(site: Site):
    femi, group = added(site)
    before = site.count(people)
    again = rosters.check(
        site.store, femi, group.public_id, LIST + b"Bea,ada.demo\nCleo,c\nDora,DORA\nEve,dora\n", site.now_ms
    )
    assert [it.row for it in again.here] == [2, 3, 4]
    assert sorted((it.row, it.told.partition(".")[0]) for it in again.faults) == [
        (2, "Someone else has that user name"),
        (5, "Row {row} has the same user name"),
        (6, "Use 3 to 40 letters or numbers, without spaces"),
        (8, "Row {row} has the same user name"),
    ]
    assert site.count(people) == before
    same_list = rosters.check(site.store, femi, group.public_id, LIST, site.now_ms, UPLOAD)
    assert same_list.faults == ()


def test_a_made_user_name_can_be_typed_on_every_phone():
    made = [rosters.made_username(name, "seed") for name in ("Žofie Demo", "Ольга", "X Æ", "Maximiliana")]
    assert [it.rstrip("23456789") for it in made] == ["zofie", "learner", "learner", "maximili"]
    assert {len(it) - len(it.rstrip("23456789")) for it in made} == {4}


def test_a_card_lets_in_once_and_ends_the_one_before(site: Site):
    femi, group = added(site)
    hers = list(members(site, femi, group))
    (first, *_), _none = rosters.cards(site.store, femi, group.public_id, hers, site.now_ms)
    whose = next(it for it, name in members(site, femi, group).items() if it == hers[0] and name == first.name)
    ((second,), _none) = rosters.cards(site.store, femi, group.public_id, [whose], site.later(1))
    with pytest.raises(Refused):
        codes.use_code(site.store, first.code, "127.0.0.1", site.now_ms)
    token = codes.use_code(site.store, second.code, "127.0.0.1", site.later(rosters.CARD_MS - 10_000))
    with pytest.raises(Refused):
        codes.use_code(site.store, second.code, "127.0.0.1", site.now_ms)
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)
    ((third,), _none) = rosters.cards(site.store, femi, group.public_id, [whose], site.now_ms)
    with pytest.raises(Refused):
        codes.use_code(site.store, third.code, "127.0.0.1", site.later(rosters.CARD_MS))


def test_a_card_is_no_way_up_and_only_for_who_is_in_the_group(site: Site):
    femi, group = added(site)
    ours = site.organisation()
    wanda = site.person("Wanda", (Role.FACILITATOR, ScopeKind.ORGANISATION, ours))
    site.join(wanda, group)
    assert rosters.cards(site.store, femi, group.public_id, [wanda.public_id], site.now_ms) == ([], ["Wanda"])
    assert "sign-in-code" not in {row["kind"] for row in site.rows(handles, wanda)}
    with pytest.raises(NotFound):
        rosters.cards(site.store, femi, group.public_id, [site.person("Olu").public_id], site.now_ms)


def test_who_is_moved_is_in_one_group_and_keeps_what_she_has_done(site: Site):
    femi, group = added(site)
    other, lena = site.group(femi, "tea"), site.person()
    site.join(lena, group)
    site.send(lena, *site.toast())
    before = site.progress(lena, "toast"), site.milestones(lena)
    move = partial(rosters.move, site.store, femi, group.public_id, other.public_id, [lena.public_id])
    assert move(site.later(1)) == 1
    assert move(site.later(1)) == 0
    assert [it.public_id for it in memberships.joined(site.store, lena)] == [other.public_id]
    assert (site.progress(lena, "toast"), site.milestones(lena)) == before
    with pytest.raises(Refused):
        rosters.move(site.store, femi, other.public_id, other.public_id, [lena.public_id], site.now_ms)


def test_nobody_adds_or_moves_outside_her_reach(site: Site):
    femi, group = added(site)
    gita = site.facilitator(site.organisation())
    theirs, hers = site.group(gita, "tea"), next(iter(members(site, femi, group)))
    before = site.count(people)
    for move in ((femi, group, theirs), (gita, group, theirs), (gita, theirs, group)):
        with pytest.raises(NotFound):
            rosters.move(site.store, move[0], move[1].public_id, move[2].public_id, [hers], site.now_ms)
    learners = rosters.check(site.store, femi, group.public_id, b"Bea\n", site.now_ms).roster.learners
    for person, error in ((gita, NotFound), (site.person("Olu"), Forbidden)):
        with pytest.raises(error):
            rosters.check(site.store, person, group.public_id, LIST, site.now_ms)
        with pytest.raises(error):
            rosters.add(site.store, person, group.public_id, UPLOAD, learners, site.now_ms)
    assert site.count(people) == before + 1
    assert hers in members(site, femi, group)


def test_when_all_short_user_names_are_taken_a_longer_one_is_made(site: Site):
    femi = site.facilitator(site.organisation())
    group = site.group(femi, "tea")
    short = ("learner" + "".join(digits) for digits in product("23456789", repeat=4))
    taken = [{"key_hash": key_hash("username", it), "kind": "username", "person_id": 1, "made_ms": 1} for it in short]
    with site.store.write() as db:
        db.execute(insert(handles), taken)
    learners = rosters.check(site.store, femi, group.public_id, "Ольга Demo".encode(), site.now_ms).roster.learners
    assert rosters.add(site.store, femi, group.public_id, UPLOAD, learners, site.now_ms) == 1
    (her,) = members(site, femi, group)
    ((card,), _none) = rosters.cards(site.store, femi, group.public_id, [her], site.now_ms)
    assert len(card.username) == len("learner") + 7

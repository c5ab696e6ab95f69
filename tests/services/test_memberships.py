"""Memberships: listed, ended by herself or by who looks after the group; her learning stays."""

from __future__ import annotations

from functools import partial

import pytest

from lms.errors import Forbidden, NotFound
from lms.learning.people import Role, ScopeKind
from lms.services import codes, groups, memberships
from lms.services.people import SignedIn
from lms.services.rebuild import rebuild
from lms.store.audit import chain_holds
from lms.store.tables import audit
from lms.store.tables import memberships as table
from tests.services.site import SECRET, Site, at_once


def names(site: Site, person: SignedIn) -> list[str]:
    return [group.name for group in memberships.joined(site.store, person)]


def members(site: Site, reader: SignedIn, group: groups.Group) -> list[str]:
    page = groups.members(site.store, reader, group.public_id, SECRET, site.now_ms)
    return [member.display_name for member in page.members]


def club(site: Site) -> tuple[SignedIn, groups.Group, SignedIn]:
    """Femi, his group, and Lena in it, who has learned something."""
    femi = site.facilitator(site.organisation())
    group, lena = site.group(femi, "tea", "toast"), site.person()
    site.join(lena, group)
    site.send(lena, *site.toast())
    return femi, group, lena


def test_who_leaves_is_seen_no_more_and_keeps_what_she_has_done(site: Site):
    femi, group, lena = club(site)
    before = site.progress(lena, "toast"), site.milestones(lena)
    assert names(site, lena) == ["Tuesdays"]
    memberships.leave(site.store, lena, group.public_id, site.later(1))
    assert names(site, lena) == []
    assert members(site, femi, group) == []
    with pytest.raises(NotFound):
        codes.give_code(site.store, femi, lena.public_id, site.now_ms)
    assert (site.progress(lena, "toast"), site.milestones(lena)) == before
    (row,) = site.rows(table, lena)
    assert row["left_ms"] == site.now_ms
    assert row["recorded_ms"] < site.now_ms
    last = site.rows(audit, lena)[-1]
    assert (last["action"], last["actor_id"]) == ("left-group", lena.person_id)
    with site.store.read() as db:
        assert chain_holds(db, lena.person_id)


def test_who_left_may_join_again_with_the_code(site: Site):
    femi, group, lena = club(site)
    memberships.leave(site.store, lena, group.public_id, site.later(1))
    site.later(1)
    site.join(lena, group)
    assert members(site, femi, group) == ["Lena"]
    assert names(site, lena) == ["Tuesdays"]
    assert sorted(row["left_ms"] is None for row in site.rows(table, lena)) == [False, True]
    memberships.leave(site.store, lena, group.public_id, site.later(1))
    assert members(site, femi, group) == []


def test_what_is_learned_after_leaving_is_counted_for_no_group(site: Site):
    _, group, lena = club(site)
    sam = site.person("Sam")
    site.join(sam, group)
    memberships.leave(site.store, sam, group.public_id, site.later(1))
    site.send(sam, *site.toast())
    from lms.store.tables import enrolments

    assert site.rows(enrolments, sam)[0]["group_id"] is None
    assert site.rows(enrolments, lena)[0]["group_id"] is not None
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()


def test_leaving_twice_or_many_times_at_once_is_leaving_once(site: Site):
    _, group, lena = club(site)
    site.later(1)
    leave = partial(memberships.leave, site.store, lena, group.public_id, site.now_ms)
    assert at_once([leave] * 6) == [None] * 6
    memberships.leave(site.store, lena, group.public_id, site.later(1))
    assert [row["action"] for row in site.rows(audit, lena)].count("left-group") == 1
    assert site.rows(table, lena)[0]["left_ms"] == site.now_ms - 1


def test_leaving_one_group_leaves_the_others(site: Site):
    femi, group, lena = club(site)
    other = site.group(femi)
    site.join(lena, other)
    memberships.leave(site.store, lena, group.public_id, site.now_ms)
    assert members(site, femi, other) == ["Lena"]
    assert [it.public_id for it in memberships.joined(site.store, lena)] == [other.public_id]
    assert codes.give_code(site.store, femi, lena.public_id, site.now_ms)


def test_a_group_she_never_was_in_is_not_there(site: Site):
    femi, group, _ = club(site)
    sam = site.person("Sam")
    for odd in (group.public_id, "", "\0", "\ud800", "x" * 10_000, "' OR 1=1 --"):
        for do in (
            partial(memberships.leave, site.store, sam, odd, site.now_ms),
            partial(memberships.one_joined, site.store, sam, odd),
        ):
            with pytest.raises(NotFound):
                do()
    assert members(site, femi, group) == ["Lena"]


def test_a_facilitator_takes_somebody_out_and_the_audit_says_who(site: Site):
    femi, group, lena = club(site)
    shown = memberships.to_take_out(site.store, femi, group.public_id, lena.public_id, site.now_ms)
    assert (shown.group, shown.display_name) == ("Tuesdays", "Lena")
    memberships.take_out(site.store, femi, group.public_id, lena.public_id, site.later(1))
    assert members(site, femi, group) == []
    assert names(site, lena) == []
    last = site.rows(audit, lena)[-1]
    assert (last["action"], last["actor_id"]) == ("taken-out-of-group", femi.person_id)
    again = partial(memberships.take_out, site.store, femi, group.public_id, lena.public_id, site.now_ms)
    assert at_once([again] * 3) == [None] * 3
    assert [row["action"] for row in site.rows(audit, lena)].count("taken-out-of-group") == 1
    with pytest.raises(NotFound):
        memberships.to_take_out(site.store, femi, group.public_id, lena.public_id, site.now_ms)


def test_nobody_takes_people_out_of_somebody_elses_group(site: Site):
    femi, group, lena = club(site)
    other = site.facilitator(site.organisation())
    elsewhere = site.group(other)
    olga = site.person("Olga")
    site.join(olga, elsewhere)
    for leader, its, person in ((other, group, lena), (femi, elsewhere, olga), (femi, group, olga)):
        for do in (memberships.take_out, memberships.to_take_out):
            with pytest.raises(NotFound):
                do(site.store, leader, its.public_id, person.public_id, site.now_ms)
    for nobody in (lena, site.person("M", (Role.MENTOR, ScopeKind.SITE, 0))):
        for do in (memberships.take_out, memberships.to_take_out):
            with pytest.raises(Forbidden):
                do(site.store, nobody, group.public_id, lena.public_id, site.now_ms)
    assert members(site, femi, group) == ["Lena"]
    assert members(site, other, elsewhere) == ["Olga"]


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 10_000])
def test_an_id_that_is_nobodys_takes_nobody_out(site: Site, odd: str):
    femi, group, lena = club(site)
    for group_id, person_id in ((group.public_id, odd), (odd, lena.public_id)):
        with pytest.raises(NotFound):
            memberships.take_out(site.store, femi, group_id, person_id, site.now_ms)
    assert members(site, femi, group) == ["Lena"]

"""Roles given inside an organisation by its lead: what she can give, to whom; and what is refused, writing nothing."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Permission, Role, ScopeKind
from lms.services import codes, groups, people, roles
from lms.services.people import SignedIn
from lms.store import people as rows
from lms.store import programmes
from lms.store.tables import audit
from lms.store.tables import people as people_table
from lms.store.tables import roles as table
from tests.services.site import SECRET, Site

DAY_MS = 86_400_000
ORGANISATION, GROUP, VENUE = ScopeKind.ORGANISATION, ScopeKind.GROUP, ScopeKind.VENUE


class Next:
    """Two organisations, each with a lead, a facilitator, a venue, and a group with somebody in it."""

    def __init__(self, site: Site, name: str) -> None:
        self.site, self.id = site, site.organisation()
        self.orla = site.person(f"Orla {name}", (Role.ORGANISATION_LEAD, ORGANISATION, self.id))
        self.femi = site.person(f"Femi {name}", (Role.FACILITATOR, ORGANISATION, self.id))
        self.lena = site.person(f"Lena {name}")
        self.group = site.group(self.femi)
        site.join(self.lena, self.group)
        with site.store.write() as db:
            where = {"organisation_id": self.id, "area_id": None, "name": name, "address": "", "note": ""}
            self.venue_id = programmes.add_venue(db, where)
            handle = next(it for it in rows.groups_in(db, self.orla.scope(Permission.GROUP_READ, site.now_ms)))
            self.group_id = handle

    def give(self, giver: SignedIn, person: SignedIn, role: Role, kind: ScopeKind, its_id: int, **more) -> None:
        at_ms = self.site.now_ms
        roles.give_role(self.site.store, giver, person.public_id, role, kind, its_id, more.get("ends_ms"), at_ms)


@pytest.fixture
def ours(site: Site) -> Next:
    return Next(site, "ours")


@pytest.fixture
def theirs(site: Site, ours: Next) -> Next:
    return Next(site, "theirs")


def written(site: Site) -> tuple[int, int, int]:
    """How many roles, people and notes there are."""
    with site.store.read() as db:
        counts = (select(func.count()).select_from(it) for it in (table, people_table, audit))
        return tuple(db.execute(it).scalar_one() for it in counts)  # type: ignore[return-value]


def only_role(site: Site, person: SignedIn) -> UUID:
    (row,) = site.rows(table, person)
    return row["role_id"]


def test_a_lead_gives_a_role_inside_her_organisation_and_it_holds_at_once(site: Site, ours: Next):
    for kind, its_id in ((ORGANISATION, ours.id), (GROUP, ours.group_id), (VENUE, ours.venue_id)):
        ours.give(ours.orla, ours.lena, Role.FACILITATOR, kind, its_id)
    found = groups.mine(site.store, site.again(ours.lena.person_id), SECRET, site.now_ms)
    assert [it.public_id for it in found] == [ours.group.public_id]


def test_what_a_lead_may_not_give_is_refused_and_nothing_is_written(site: Site, ours: Next, theirs: Next):
    asked = [
        (Role.ADMINISTRATOR, ScopeKind.SITE, 0, "role"),
        (Role.FUNDER, ScopeKind.SITE, 0, "role"),
        (Role.ORGANISATION_LEAD, ORGANISATION, ours.id, "role"),
        (Role.MENTOR, ScopeKind.SITE, 0, "scope"),
        (Role.FACILITATOR, ORGANISATION, theirs.id, "scope"),
        (Role.FACILITATOR, GROUP, theirs.group_id, "scope"),
        (Role.VENUE_LEAD, VENUE, theirs.venue_id, "scope"),
        (Role.VENUE_LEAD, VENUE, 99_999, "scope"),
        (Role.VENUE_LEAD, ORGANISATION, ours.id, "scope"),
    ]
    before = written(site)
    for role, kind, its_id, field in asked:
        invite = partial(roles.invite, site.store, ours.orla, role, kind, its_id, None, site.now_ms)
        for do in (partial(ours.give, ours.orla, ours.lena, role, kind, its_id), invite):
            with pytest.raises(Refused) as refused:
                do()
            assert refused.value.field == field, (role, kind)
    assert written(site) == before


def test_a_place_next_door_and_one_that_is_nowhere_are_told_the_same(ours: Next, theirs: Next):
    told = set()
    for its_id in (theirs.group_id, 99_999):
        with pytest.raises(Refused) as refused:
            ours.give(ours.orla, ours.lena, Role.FACILITATOR, GROUP, its_id)
        told.add(refused.value.sentence)
    assert len(told) == 1


def test_a_lead_gives_nothing_to_herself_or_to_who_is_out_of_her_reach(site: Site, ours: Next, theirs: Next):
    before = written(site)
    with pytest.raises(Refused, match="yourself"):
        ours.give(ours.orla, ours.orla, Role.FACILITATOR, ORGANISATION, ours.id)
    for other in (theirs.lena, theirs.femi, theirs.orla, site.person("Sam")):
        with pytest.raises(NotFound):
            ours.give(ours.orla, other, Role.FACILITATOR, ORGANISATION, ours.id)
    assert written(site)[0] == before[0]


def test_a_lead_sees_her_learners_and_her_staff_and_of_them_only_the_roles_here(site: Site, ours: Next, theirs: Next):
    ada = site.administrator()
    ours.give(ada, ours.femi, Role.FACILITATOR, GROUP, theirs.group_id)
    page = roles.people_page(site.store, ours.orla, site.now_ms)
    assert {it.display_name for it in page.listed} == {"Orla ours", "Femi ours", "Lena ours"}
    femi = next(it for it in page.listed if it.display_name == "Femi ours")
    assert [(it.held.scope, it.held.scope_id, it.hers) for it in femi.roles] == [(ORGANISATION, ours.id, True)]
    orla = next(it for it in page.listed if it.display_name == "Orla ours")
    assert [it.hers for it in orla.roles] == [False], "her own role is not hers to end"
    (place,) = {it.name for it in roles.scopes(site.store, ours.orla, site.now_ms) if it.scope is VENUE}
    assert place == "ours"


def test_a_lead_ends_what_she_could_give_and_nothing_else(site: Site, ours: Next, theirs: Next):
    end = partial(roles.end_role, site.store, ours.orla)
    site.later(1)
    for other in (theirs.femi, theirs.orla):
        with pytest.raises(NotFound):
            end(other.public_id, only_role(site, other), site.now_ms)
    with pytest.raises(Forbidden):
        end(ours.orla.public_id, only_role(site, ours.orla), site.now_ms)
    end(ours.femi.public_id, only_role(site, ours.femi), site.now_ms)
    with pytest.raises(Forbidden):
        groups.mine(site.store, site.again(ours.femi.person_id), SECRET, site.now_ms)


def test_a_role_of_somebody_here_that_holds_next_door_is_not_there_for_her(site: Site, ours: Next, theirs: Next):
    ada = site.administrator()
    ours.give(ada, ours.lena, Role.FACILITATOR, GROUP, theirs.group_id)
    with pytest.raises(NotFound):
        roles.end_role(site.store, ours.orla, ours.lena.public_id, only_role(site, ours.lena), site.now_ms)


def test_an_end_is_set_moved_and_taken_away(site: Site, ours: Next):
    move = partial(roles.move_end, site.store, ours.orla, ours.femi.public_id, only_role(site, ours.femi))
    for ends_ms in (site.now_ms + DAY_MS, site.now_ms + 2 * DAY_MS, None):
        move(ends_ms, site.now_ms)
        (held,) = site.again(ours.femi.person_id).roles
        assert held.ends_ms == ends_ms
    with pytest.raises(Refused, match="future"):
        move(site.now_ms, site.now_ms)
    move(site.now_ms + 1, site.now_ms)
    with pytest.raises(NotFound):
        move(None, site.later(1))
    assert [row["action"] for row in site.rows(audit, ours.femi)][-4:] == ["moved-role-end"] * 4


def test_the_last_administrator_is_given_no_end(site: Site):
    ada = site.administrator()
    with site.store.write() as db:
        rows.change_person(db, ada.person_id, username="ada")
    with pytest.raises(Refused, match="last administrator"):
        roles.move_end(site.store, ada, ada.public_id, only_role(site, ada), site.now_ms + DAY_MS, site.now_ms)


def test_a_lead_whose_role_has_ended_gives_nothing(site: Site, ours: Next):
    with site.store.write() as db:
        assert rows.end_role(db, ours.orla.person_id, only_role(site, ours.orla), site.later(1))
    orla = site.again(ours.orla.person_id)
    for do in (
        partial(ours.give, orla, ours.lena, Role.FACILITATOR, ORGANISATION, ours.id),
        partial(roles.invite, site.store, orla, Role.FACILITATOR, ORGANISATION, ours.id, None, site.now_ms),
        partial(roles.end_role, site.store, orla, ours.femi.public_id, uuid4(), site.now_ms),
    ):
        with pytest.raises(Forbidden):
            do()


def test_who_is_invited_by_a_lead_has_the_role_here_until_its_end(site: Site, ours: Next):
    until = site.now_ms + DAY_MS
    code = roles.invite(site.store, ours.orla, Role.VENUE_LEAD, VENUE, ours.venue_id, until, site.now_ms)
    token = codes.accept_invite(site.store, code, "Vera", "vera", "three words you like", site.now_ms)
    vera = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    assert vera
    (held,) = vera.roles
    assert (held.role, held.scope_id, held.ends_ms) == (Role.VENUE_LEAD, ours.venue_id, until)
    assert "Vera" in {it.display_name for it in roles.people_page(site.store, ours.orla, site.now_ms).listed}

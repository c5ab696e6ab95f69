"""Who gives which role where: the whole table, written out."""

from __future__ import annotations

import pytest

from lms.learning.giving import Place, WhyNot, gives, may_give, table, why_not
from lms.learning.people import ALLOWED, SCOPES, Held, Permission, Role, ScopeKind

NOW = 1_795_253_400_000
HERS, OTHERS = 3, 4
PLACES = {
    "site": Place(ScopeKind.SITE, 0),
    "programme": Place(ScopeKind.PROGRAMME, HERS),
    "hers": Place(ScopeKind.ORGANISATION, HERS, HERS),
    "her-venue": Place(ScopeKind.VENUE, 7, HERS),
    "her-group": Place(ScopeKind.GROUP, 9, HERS),
    "next-door": Place(ScopeKind.ORGANISATION, OTHERS, OTHERS),
    "their-venue": Place(ScopeKind.VENUE, HERS, OTHERS),
    "their-group": Place(ScopeKind.GROUP, HERS, OTHERS),
}
LEAD = {
    (Role.FACILITATOR, "hers"),
    (Role.FACILITATOR, "her-venue"),
    (Role.FACILITATOR, "her-group"),
    (Role.VENUE_LEAD, "her-venue"),
    (Role.MENTOR, "hers"),
    (Role.SAFEGUARDING_LEAD, "hers"),
}
"""All that the lead of an organisation gives."""


def lead(ends_ms: int | None = None) -> Held:
    return Held(Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, HERS, 0, ends_ms)


def given_by(*roles: Held) -> set[tuple[Role, str]]:
    return {(role, name) for role in Role for name, it in PLACES.items() if may_give(roles, role, it, NOW)}


def test_a_lead_gives_the_roles_below_hers_inside_her_organisation_and_nothing_else():
    assert given_by(lead()) == LEAD


def test_an_administrator_gives_every_role_wherever_it_can_hold():
    ada = Held(Role.ADMINISTRATOR, ScopeKind.SITE, 0, 0, None)
    assert given_by(ada) == {(role, name) for role in Role for name, it in PLACES.items() if it.kind in SCOPES[role]}


def test_nobody_else_gives_any_role():
    others = set(Role) - {Role.ADMINISTRATOR, Role.ORGANISATION_LEAD}
    assert given_by(*(Held(role, kind, HERS, 0, None) for role in others for kind in ScopeKind)) == set()


@pytest.mark.parametrize("ends_ms", [NOW, NOW - 1])
def test_a_role_that_is_over_gives_none(ends_ms: int):
    assert given_by(lead(ends_ms)) == set()
    assert gives([lead(ends_ms)], NOW) == frozenset()


def test_what_stands_against_it_is_told_apart():
    told = [
        why_not([lead()], *asked, NOW)
        for asked in (
            (Role.ADMINISTRATOR, PLACES["hers"]),
            (Role.ORGANISATION_LEAD, PLACES["hers"]),
            (Role.FACILITATOR, PLACES["their-group"]),
            (Role.FACILITATOR, PLACES["her-group"]),
        )
    ]
    assert told == [WhyNot.KIND, WhyNot.ROLE, WhyNot.PLACE, None]


def test_whoever_gives_a_role_is_allowed_to_give_end_and_invite():
    for role in Role:
        asked = {Permission.ROLE_GIVE, Permission.ROLE_END, Permission.PERSON_INVITE}
        giving = bool(gives([Held(role, ScopeKind.SITE, 0, 0, None)], NOW))
        assert (asked <= ALLOWED[role]) is giving, role


def test_the_table_of_rights_is_the_one_that_is_asked():
    assert {(role, it) for it, roles in table() for role in roles} == {
        (role, it) for role in Role for it in ALLOWED[role]
    }

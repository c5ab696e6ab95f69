"""Who may do what: the whole table, written out, so that nobody widens it by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.people import ALLOWED, SCOPES, Held, Permission, Role, Scope, ScopeKind, may, scope_of

NOW = 1_795_253_400_000

TABLE = """
                learner  mentor  facilitator  funder  administrator
code:give       -        -       yes          -       yes
group:add       -        -       yes          -       yes
group:read      -        -       yes          -       yes
learner:export  -        -       -            -       yes
organisation:add -       -       -            -       yes
own:learn       yes      yes     yes          yes     yes
pairing:read    -        yes     -            -       -
person:invite   -        -       -            -       yes
person:read     -        -       -            -       yes
report:export   -        -       -            yes     yes
role:end        -        -       -            -       yes
role:give       -        -       -            -       yes
"""

_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [
    (Role(role), Permission(permission), cell == "yes")
    for permission, *cells in _ROWS
    for role, cell in zip(_HEAD, cells, strict=True)
]


def held(role: Role, scope: ScopeKind = ScopeKind.SITE, scope_id: int = 0, starts: int = 0, ends: int | None = None):
    return Held(role, scope, scope_id, starts, ends)


def test_the_table_names_every_role_and_every_permission():
    assert [Role(role) for role in _HEAD] == list(Role)
    assert [Permission(permission) for permission, *_ in _ROWS] == sorted(Permission)
    assert set(ALLOWED) == set(SCOPES) == set(Role)


@pytest.mark.parametrize(("role", "permission", "allowed"), CASES)
def test_a_role_may_what_the_table_says(role, permission, allowed):
    assert may([held(role)], permission, NOW) is allowed
    if permission is not Permission.OWN_LEARN:
        assert bool(scope_of([held(role)], permission, NOW)) is allowed


@pytest.mark.parametrize("permission", Permission)
def test_sam_who_holds_no_role_may_learn_and_nothing_else(permission):
    assert may([], permission, NOW) is (permission is Permission.OWN_LEARN)
    assert not scope_of([], permission, NOW)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        pytest.param(NOW, None, True, id="from-this-instant"),
        pytest.param(NOW + 1, None, False, id="not-yet-started"),
        pytest.param(0, NOW, False, id="ended-at-this-instant"),
        pytest.param(0, NOW + 1, True, id="ends-next"),
        pytest.param(0, NOW - 1, False, id="ended"),
        pytest.param(NOW, NOW, False, id="ended-before-it-began"),
    ],
)
@pytest.mark.parametrize(("role", "permission"), [(role, its) for role, its, allowed in CASES if allowed])
def test_a_role_gives_what_it_gives_from_its_start_until_its_end(role, permission, starts, ends, holds):
    roles = [held(role, ScopeKind.GROUP, 7, starts, ends)]
    assert may(roles, permission, NOW) is (holds or permission is Permission.OWN_LEARN)
    assert bool(scope_of(roles, permission, NOW)) is holds


def test_femi_reads_his_own_groups_and_his_organisation_and_no_others():
    roles = [
        held(Role.FACILITATOR, ScopeKind.GROUP, 7),
        held(Role.FACILITATOR, ScopeKind.GROUP, 8, ends=NOW),
        held(Role.FACILITATOR, ScopeKind.ORGANISATION, 3),
        held(Role.MENTOR, ScopeKind.ORGANISATION, 9),
        held(Role.FUNDER),
    ]
    assert scope_of(roles, Permission.GROUP_READ, NOW) == Scope(False, frozenset({3}), frozenset({7}))
    assert scope_of(roles, Permission.PAIRING_READ, NOW) == Scope(False, frozenset({9}), frozenset())
    assert scope_of(roles, Permission.REPORT_EXPORT, NOW) == Scope(everywhere=True)
    assert scope_of(roles, Permission.ROLE_GIVE, NOW) == Scope()


def test_ada_administers_everywhere():
    ada = [held(Role.ADMINISTRATOR)]
    assert scope_of(ada, Permission.PERSON_READ, NOW) == Scope(everywhere=True)


def test_a_role_can_be_given_only_as_far_as_it_reaches():
    expected = {
        Role.LEARNER: frozenset(),
        Role.MENTOR: {ScopeKind.SITE, ScopeKind.ORGANISATION},
        Role.FACILITATOR: {ScopeKind.ORGANISATION, ScopeKind.GROUP},
        Role.FUNDER: {ScopeKind.SITE},
        Role.ADMINISTRATOR: {ScopeKind.SITE},
    }
    assert expected == SCOPES


ROLES = st.builds(
    Held,
    st.sampled_from(Role),
    st.sampled_from(ScopeKind),
    st.integers(1, 3),
    st.integers(0, 9),
    st.none() | st.integers(0, 9),
)


@given(st.lists(ROLES, max_size=5), ROLES, st.sampled_from(Permission), st.integers(0, 9))
def test_one_more_role_never_takes_anything_away(roles, more, permission, at):
    assert may(roles, permission, at) <= may([*roles, more], permission, at)
    before, after = scope_of(roles, permission, at), scope_of([more, *roles], permission, at)
    assert before.everywhere <= after.everywhere
    assert before.organisations <= after.organisations
    assert before.groups <= after.groups


@given(st.lists(ROLES, max_size=5), st.sampled_from(Permission), st.integers(0, 9))
def test_what_is_allowed_is_allowed_somewhere(roles, permission, at):
    if permission is not Permission.OWN_LEARN:
        assert may(roles, permission, at) is bool(scope_of(roles, permission, at))

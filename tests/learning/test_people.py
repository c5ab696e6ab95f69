"""Who may do what: the whole table, written out, so that nobody widens it by accident."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.people import (
    ALLOWED,
    NAMELESS,
    SCOPES,
    Held,
    Permission,
    Placed,
    Role,
    Scope,
    ScopeKind,
    answers_to,
    may,
    name_for_others,
    scope_of,
)

NOW = 1_795_253_400_000

TABLE = """
                 learner  mentor  facilitator  venue-lead  organisation-lead  safeguarding-lead  funder  administrator
area:add         -        -       -            -           -                  -                  -       yes
audit:read       -        -       -            -           yes                -                  -       yes
code:give        -        -       yes          yes         yes                -                  -       yes
complaint:answer -        -       -            -           -                  -                  -       yes
concern:read     -        -       -            -           -                  yes                -       yes
contact:log      -        -       yes          yes         yes                yes                -       yes
group:add        -        -       yes          -           yes                -                  -       yes
group:change     -        -       yes          -           yes                -                  -       yes
group:read       -        -       yes          yes         yes                yes                -       yes
learner:export   -        -       -            -           -                  -                  -       yes
meeting:run      -        -       yes          yes         yes                -                  -       yes
member:add       -        -       yes          yes         yes                -                  -       yes
message:read     -        -       yes          yes         yes                -                  -       -
message:write    -        yes     yes          yes         yes                -                  -       -
organisation:add -        -       -            -           -                  -                  -       yes
own:learn        yes      yes     yes          yes         yes                yes                yes     yes
pairing:change   -        -       yes          -           yes                -                  -       yes
pairing:read     -        yes     -            -           -                  -                  -       -
person:erase     -        -       -            -           -                  -                  -       yes
person:invite    -        -       -            -           yes                -                  -       yes
person:merge     -        -       yes          yes         yes                -                  -       yes
person:read      -        -       -            -           yes                -                  -       yes
placement:change -        -       yes          -           yes                -                  -       yes
programme:change -        -       -            -           -                  -                  -       yes
programme:read   -        -       -            -           yes                -                  yes     yes
report:export    -        -       -            -           -                  -                  yes     yes
role:end         -        -       -            -           yes                -                  -       yes
role:give        -        -       -            -           yes                -                  -       yes
task:sign        -        -       yes          yes         yes                -                  -       yes
venue:change     -        -       -            -           yes                -                  -       yes
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
        Role.MENTOR: {ScopeKind.SITE, ScopeKind.PROGRAMME, ScopeKind.ORGANISATION},
        Role.FACILITATOR: {ScopeKind.PROGRAMME, ScopeKind.ORGANISATION, ScopeKind.VENUE, ScopeKind.GROUP},
        Role.VENUE_LEAD: {ScopeKind.VENUE},
        Role.ORGANISATION_LEAD: {ScopeKind.ORGANISATION},
        Role.SAFEGUARDING_LEAD: {ScopeKind.SITE, ScopeKind.PROGRAMME, ScopeKind.ORGANISATION},
        Role.FUNDER: {ScopeKind.SITE, ScopeKind.PROGRAMME},
        Role.ADMINISTRATOR: {ScopeKind.SITE},
    }
    assert expected == SCOPES


def test_a_group_is_reached_by_itself_and_by_where_it_stands():
    group = Placed(7, organisation_id=3, venue_id=5)
    for reaching in (
        Scope(everywhere=True),
        Scope(groups=frozenset({7})),
        Scope(organisations=frozenset({3})),
        Scope(venues=frozenset({5})),
    ):
        assert reaching.reaches(group)
    # Each number stands for another kind of place elsewhere.
    for beside in (
        Scope(groups=frozenset({3, 5})),
        Scope(organisations=frozenset({5, 7})),
        Scope(venues=frozenset({3, 7})),
        Scope(programmes=frozenset({3, 5, 7})),
    ):
        assert not beside.reaches(group)


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
    assert before.venues <= after.venues
    assert before.programmes <= after.programmes


@given(st.lists(ROLES, max_size=5), st.sampled_from(Permission), st.integers(0, 9))
def test_what_is_allowed_is_allowed_somewhere(roles, permission, at):
    if permission is not Permission.OWN_LEARN:
        assert may(roles, permission, at) is bool(scope_of(roles, permission, at))


NAMES = [
    ("Lena", "Lena"),
    ("Lena Brown", "Lena"),
    ("  Lena\tBrown", "Lena"),
    ("Lena.Brown", "Lena"),
    ("Lena_Brown", "Lena"),
    ("Lena/Brown/1998", "Lena"),
    ("lena@example.org", "lena"),
    ("(Lena) Brown", "Lena"),
    ("Anne-Marie Smith", "Anne-Marie"),
    ("D'Arcy Smith", "D'Arcy"),
    ("D\u2019Arcy Smith", "D\u2019Arcy"),
    ("-Lena- Brown", "Lena"),
    ("Zoe\u0308 Brown", "Zoe\u0308"),
    ("\u0301Lena Brown", "Lena"),
    ("\u0645\u0631\u064a\u0645 \u062d\u0633\u0646", "\u0645\u0631\u064a\u0645"),
    ("\u202eLena\u202c Brown", "Lena"),
    ("\u05e8\u05d7\u05dc \u05db\u05d4\u05df", "\u05e8\u05d7\u05dc"),
    ("\u0915\u094d\u200d\u0937 \u0930\u093e\u092e", "\u0915\u094d\u200d\u0937"),
    ("\U0001f338 Rose Brown", "Rose"),
    ("\U0001f338 \U0001f33c", "\U0001f338"),
    ("\U0001f469\u200d\U0001f467 mum", "mum"),
    ("!!!", "!!!"),
    ("", NAMELESS),
    ("   ", NAMELESS),
    ("\u200b\u202e", NAMELESS),
    ("\u0301", NAMELESS),
]


@pytest.mark.parametrize(("name", "told"), NAMES)
@pytest.mark.parametrize("adult", ["no", "unsaid", "", "YES", "yes "])
def test_others_read_one_word_of_the_name_of_who_did_not_say_she_is_18(name, told, adult):
    assert name_for_others(name, adult) == told


def test_others_read_the_whole_name_of_who_says_she_is_18():
    assert name_for_others("Lena Anne Brown", "yes") == "Lena Anne Brown"
    assert name_for_others("  ", "yes") == NAMELESS


ODD = st.text(
    st.sampled_from("aB9 -'.\t\u00a0\u0301\u200b\u200d\u202e\u2066\u0627\u05d0\U0001f338\u2019_@") | st.characters()
)


@given(ODD, st.sampled_from(["no", "unsaid", ""]))
def test_what_others_read_is_never_empty_and_never_more_than_one_word(name, adult):
    told = name_for_others(name, adult)
    assert told.strip() == told != ""
    if told != NAMELESS:
        assert told in name
        assert len(told.split()) == 1
        assert not unicodedata.category(told[0]).startswith(("M", "C", "Z"))
        assert all(unicodedata.category(c)[0] not in "CZ" or c in "\u200c\u200d" for c in told)


@given(ODD, ODD)
def test_what_stands_after_the_first_word_is_never_read(name, more):
    """`Lena` and `Lena, whatever else`: others can't tell one from the other."""
    assert name_for_others(f"Lena {name}", "no") == name_for_others(f"Lena {more}", "no") == "Lena"


@given(ODD)
def test_being_called_by_one_word_twice_changes_nothing(name):
    once = name_for_others(name, "no")
    assert once == NAMELESS or name_for_others(once, "no") == once


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("lena", True), ("LE", True), ("bro", True), ("le br", True), ("br le", True), ("lena.b", True),
        ("b 98", True), ("zo\u00eb", True), ("zoe\u0308", True), ("", True),
        ("ena", False), ("lena x", False), ("\0", False), ("%", False), ("_", False), ("*", False),
    ],
)  # fmt: skip
def test_somebody_answers_to_the_beginnings_of_her_names(asked, answers):
    assert answers_to(asked, "Lena Zo\u00eb Brown", "lena.b98-98") is answers


@given(ODD, ODD)
def test_everybody_answers_to_each_word_of_her_name(name, username):
    for word in f"{name} {username}".split():
        assert answers_to(word, name, username)

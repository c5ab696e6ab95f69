"""Pairing a learner with a mentor: what is refused, who sees whom, and that from the end on the mentor sees nobody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS, day_of
from lms.learning.pairing import as_date, as_day
from lms.learning.people import Role, ScopeKind
from lms.services import erasure, groups, mentoring, merging, pairings, roles
from lms.services.pairings import Term
from lms.services.people import SignedIn
from lms.settings import LONDON
from lms.store.tables import audit, goals
from lms.store.tables import pairings as table
from lms.store.tables import roles as role_table
from tests.services.site import Site, at_once


@pytest.fixture
def here(site: Site) -> int:
    return site.organisation()


@pytest.fixture
def femi(site: Site, here: int) -> SignedIn:
    return site.facilitator(here)


@pytest.fixture
def club(site: Site, femi: SignedIn) -> groups.Group:
    return site.group(femi, "tea")


@pytest.fixture
def lena(site: Site, club: groups.Group) -> SignedIn:
    return member(site, club, "Lena")


@pytest.fixture
def mira(site: Site, here: int) -> SignedIn:
    return mentor(site, here, "Mira")


def member(site: Site, club: groups.Group, name: str) -> SignedIn:
    who = site.person(name)
    site.join(who, club)
    return who


def mentor(site: Site, organisation_id: int, name: str) -> SignedIn:
    return site.person(name, (Role.MENTOR, ScopeKind.ORGANISATION, organisation_id))


def in_days(site: Site, days: int) -> int:
    return as_day(as_date(day_of(site.now_ms, LONDON)) + timedelta(days=days))


def pair(
    site: Site, by: SignedIn, learner: SignedIn, to: SignedIn, term: Term | None = None, its_id: UUID | None = None
):
    new = its_id or uuid4()
    term = term or Term(in_days(site, 0))
    pairings.pair(site.store, by, learner.public_id, to.public_id, term, new, site.now_ms, LONDON)
    return new


def sees(site: Site, reader: SignedIn, learner: SignedIn) -> bool:
    with site.store.read() as db:
        try:
            found = pairings.mentored(db, site.again(reader.person_id), learner.public_id, site.now_ms, LONDON)
        except NotFound:
            return False
    return found.public_id == learner.public_id


def test_a_mentor_sees_her_learner_from_the_first_day_to_the_last(site, femi, lena, mira):
    pair(site, femi, lena, mira, Term(in_days(site, 2), in_days(site, 4)))
    seen = []
    for _ in range(7):
        seen.append(sees(site, mira, lena))
        site.later(DAY_MS)
    assert seen == [False, False, True, True, True, False, False]
    assert not sees(site, lena, mira)


def test_nobody_else_sees_her_so(site, femi, club, lena, mira, here):
    pair(site, femi, lena, mira)
    sam = member(site, club, "Sam")
    assert not sees(site, mira, sam)
    assert not any(sees(site, who, lena) for who in (femi, sam, mentor(site, here, "Nora"), site.administrator()))


def test_a_double_tap_pairs_once_and_both_records_say_so(site, femi, lena, mira):
    its_id = pair(site, femi, lena, mira)
    pair(site, femi, lena, mira, its_id=its_id)
    assert len(site.rows(table, lena)) == 1
    for who in (lena, mira):
        assert [row["action"] for row in site.rows(audit, who)].count("paired") == 1


def test_when_it_is_ended_the_role_is_or_she_is_handed_over_the_mentor_sees_nobody(site, femi, lena, mira, here):
    its_id = pair(site, femi, lena, mira)
    nora = mentor(site, here, "Nora")
    assert sees(site, mira, lena)
    new = uuid4()
    for _ in range(2):
        pairings.hand_over(site.store, femi, lena.public_id, its_id, nora.public_id, new, site.now_ms, LONDON)
    assert (sees(site, mira, lena), sees(site, nora, lena)) == (False, True)
    role_id = site.rows(role_table, nora)[0]["role_id"]
    roles.end_role(site.store, site.administrator(), nora.public_id, role_id, site.later(1_000))
    assert not sees(site, nora, lena)
    pairings.end(site.store, femi, lena.public_id, new, site.now_ms)
    pairings.end(site.store, femi, lena.public_id, new, site.now_ms)
    assert [row["ended_ms"] is None for row in site.rows(table, lena)] == [False, False]


def test_a_mentor_of_next_door_can_t_be_chosen_and_next_door_can_t_choose(site, femi, lena, mira):
    there = site.organisation()
    with pytest.raises(Refused, match="Choose a mentor"):
        pair(site, femi, lena, mentor(site, there, "Nora"))
    with pytest.raises(NotFound):
        pair(site, site.facilitator(there), lena, mira)
    for who in (mira, lena):
        with pytest.raises(Forbidden):
            pair(site, who, lena, mira)
    assert site.rows(table, lena) == []


def test_two_who_pair_the_last_place_at_once_fill_it_once(site, femi, club, mira):
    pairings.set_capacity(site.store, femi, mira.public_id, 1, site.now_ms)
    learners = [member(site, club, f"L{n}") for n in range(4)]

    def one(learner):
        try:
            return bool(pair(site, femi, learner, mira))
        except Refused:
            return False

    assert at_once([lambda who=who: one(who) for who in learners]).count(True) == 1


def test_who_has_a_mentor_gets_no_second_one_and_a_full_one_no_third(site, femi, club, lena, mira, here):
    pair(site, femi, lena, mira)
    with pytest.raises(Refused, match="She has a mentor in that time"):
        pair(site, femi, lena, mentor(site, here, "Nora"))
    pairings.set_capacity(site.store, femi, mira.public_id, 2, site.now_ms)
    pair(site, femi, member(site, club, "Sam"), mira)
    with pytest.raises(Refused, match="as many learners"):
        pair(site, femi, member(site, club, "Tess"), mira)
    found = pairings.choose(site.store, femi, lena.public_id, site.now_ms, LONDON)
    assert [(it.display_name, now, room) for it, now, room in found.mentors if it.public_id == mira.public_id] == [
        ("Mira", 2, 2)
    ]


def test_the_end_is_moved_and_what_was_ended_stays_ended(site, femi, lena, mira):
    its_id = pair(site, femi, lena, mira)
    pairings.change(site.store, femi, lena.public_id, its_id, in_days(site, 10), 7, site.now_ms, LONDON)
    assert [(row["ends_day"], row["rhythm_days"]) for row in site.rows(table, lena)] == [(in_days(site, 10), 7)]
    with pytest.raises(Refused, match="before the first"):
        pairings.change(site.store, femi, lena.public_id, its_id, in_days(site, -1), 7, site.now_ms, LONDON)
    pairings.end(site.store, femi, lena.public_id, its_id, site.now_ms)
    with pytest.raises(Refused, match="ended before"):
        pairings.change(site.store, femi, lena.public_id, its_id, in_days(site, 20), 7, site.now_ms, LONDON)


def test_a_learner_with_two_entries_is_one(site, femi, club, lena, mira, here):
    other = member(site, club, "Lena B")
    merging.merge(site.store, lena.person_id, other.person_id, None, site.now_ms)
    pair(site, femi, other, mira)
    assert sees(site, mira, lena)
    with pytest.raises(Refused, match="She has a mentor"):
        pair(site, femi, lena, mentor(site, here, "Nora"))


def test_an_erased_learner_leaves_no_goal_and_gives_her_place_back(site, femi, club, lena, mira):
    pairings.set_capacity(site.store, femi, mira.public_id, 1, site.now_ms)
    pair(site, femi, lena, mira)
    mentoring.add_goal(site.store, lena, uuid4(), "Write a letter about teapots", site.now_ms)
    erasure.erase(site.store, lena.person_id, None, site.later(1))
    assert site.rows(goals, lena.person_id) == []
    assert mentoring.my_learners(site.store, mira, site.now_ms, LONDON) == []
    ines = member(site, club, "Ines")
    pair(site, femi, ines, mira)
    assert sees(site, mira, ines)
    assert not sees(site, mira, lena)


def test_a_check_in_under_another_entry_of_hers_counts(site, femi, club, lena, mira, here):
    pair(site, femi, lena, mira)
    site.later(20 * DAY_MS)
    (before,) = mentoring.my_learners(site.store, mira, site.now_ms, LONDON)
    kept = member(site, club, "Lena again")
    merging.merge(site.store, kept.person_id, lena.person_id, None, site.now_ms)
    zone, now = LONDON, site.later(1000)
    mentoring.note(site.store, mira, before.public_id, uuid4(), "check-in", "", now, now, zone)
    (after,) = mentoring.my_learners(site.store, mira, site.now_ms, zone)
    assert (before.overdue > 0, after.overdue) == (True, 0)

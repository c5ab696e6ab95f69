"""Groups: made by facilitators, joined by a code, seen by those whose they are and by nobody else."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import select

from lms.errors import Forbidden, NotFound, Refused, TooManyTries
from lms.learning.people import Permission, Role, Scope, ScopeKind, scope_of
from lms.learning.places import Where
from lms.learning.progress import FOLD_VERSION
from lms.services import changing, groups, throttles
from lms.services.changing import Standing
from lms.services.people import SignedIn
from lms.store import people as people_rows
from lms.store.tables import groups as table
from lms.store.tables import memberships, progress
from lms.store.tables import throttles as throttle_rows
from tests.services.site import ADDRESS, SECRET, Site, at_once
from tests.store.databases import every_kind


def members(site: Site, reader: SignedIn, group: groups.Group) -> groups.GroupPage:
    return groups.members(site.store, reader, group.public_id, SECRET, site.now_ms)


def mine(site: Site, reader: SignedIn) -> list[str]:
    return [group.public_id for group in groups.mine(site.store, reader, SECRET, site.now_ms)]


def group_id(site: Site, group: groups.Group) -> int:
    with site.store.read() as db:
        return db.execute(select(table.c.group_id).where(table.c.public_id == group.public_id)).scalar_one()


def test_a_group_is_made_joined_and_seen_with_where_everyone_is(site: Site):
    femi = site.facilitator(site.organisation())
    group = site.group(femi, "tea", "toast")
    lena, mira = site.person(), site.person("Mira")
    for person in (lena, mira):
        site.join(person, group)
    site.send(lena, *site.toast())
    page = members(site, femi, group)
    assert page.group == group
    assert [it.display_name for it in page.members] == ["Lena", "Mira"]
    first, second = page.members
    assert where(site, first, "toast").lesson_finished("toasting", "bread")
    assert (first.last_at_ms, second.last_at_ms) == (site.now_ms, None)
    assert (first.begun(site.shape("tea")), first.begun(site.shape("toast"))) == (False, True)
    assert not where(site, second, "toast").begun


def test_progress_of_an_older_fold_is_folded_again_before_it_is_shown(site: Site):
    femi = site.facilitator(site.organisation())
    group, lena, mira = site.group(femi, "toast"), site.person(), site.person("Mira")
    for person in (lena, mira):
        site.join(person, group)
        site.send(person, *site.toast())
    with site.store.write() as db:
        old = {"state": json.dumps({"an": "older form"}), "fold_version": FOLD_VERSION - 1}
        db.execute(progress.update().where(progress.c.person_id == lena.person_id).values(**old))
    page = members(site, femi, group)
    assert [where(site, it, "toast").lesson_finished("toasting", "bread") for it in page.members] == [True, True]


def where(site: Site, member: groups.Member, course: str) -> Where:
    return member.where(site.store, site.catalogue, site.shape(course))


def test_progress_in_a_course_the_group_does_not_learn_is_not_shown(site: Site):
    femi = site.facilitator(site.organisation())
    group, lena = site.group(femi, "tea"), site.person()
    site.join(lena, group)
    site.send(lena, *site.toast())
    (member,) = members(site, femi, group).members
    assert not member.begun(site.shape("toast"))
    assert member.last_at_ms is None


def test_nobody_of_another_organisation_sees_a_group_or_its_members(site: Site):
    femi, other = (site.facilitator(site.organisation()) for _ in range(2))
    group, lena = site.group(femi), site.person()
    site.join(lena, group)
    elsewhere = site.group(other)
    for reader in (other, site.person("G", (Role.FACILITATOR, ScopeKind.GROUP, group_id(site, elsewhere)))):
        with pytest.raises(NotFound):
            members(site, reader, group)
        with pytest.raises(NotFound):
            groups.renew_code(site.store, reader, group.public_id, SECRET, site.now_ms)
        assert mine(site, reader) == [elsewhere.public_id]


def test_a_facilitator_of_one_group_sees_that_one(site: Site):
    femi = site.facilitator(site.organisation())
    one, two = site.group(femi), site.group(femi)
    gail = site.person("Gail", (Role.FACILITATOR, ScopeKind.GROUP, group_id(site, one)))
    assert mine(site, gail) == [one.public_id]
    assert members(site, gail, one).members == ()
    with pytest.raises(NotFound):
        members(site, gail, two)
    with pytest.raises(Forbidden):
        site.group(gail)


def test_an_administrator_sees_every_group(site: Site):
    made = [site.group(site.facilitator(site.organisation())) for _ in range(3)]
    assert sorted(mine(site, site.administrator())) == sorted(group.public_id for group in made)


@pytest.mark.parametrize("role", [Role.MENTOR, Role.FUNDER, None])
def test_who_may_not_read_groups_sees_none(site: Site, role: Role | None):
    roles = [(role, ScopeKind.SITE, 0)] if role else []
    sam, group = site.person("Sam", *roles), site.group(site.facilitator(site.organisation()))
    for ask in (mine, partial(members, group=group)):
        with pytest.raises(Forbidden):
            ask(site, sam)
    with pytest.raises(Forbidden):
        site.group(sam)


def test_a_role_that_has_ended_shows_nothing(site: Site):
    femi = site.facilitator(site.organisation())
    site.group(femi)
    ended = SignedIn(
        femi.person_id, femi.public_id, "Femi", "", "en",
        tuple(type(it)(it.role, it.scope, it.scope_id, it.starts_ms, site.now_ms) for it in femi.roles),
    )  # fmt: skip
    with pytest.raises(Forbidden):
        mine(site, ended)


def test_who_has_left_is_no_longer_seen(site: Site):
    femi = site.facilitator(site.organisation())
    group, lena = site.group(femi), site.person()
    site.join(lena, group)
    with site.store.write() as db:
        left = memberships.update().where(memberships.c.person_id == lena.person_id)
        db.execute(left.values(left_ms=site.now_ms))
    assert members(site, femi, group).members == ()


def test_visible_people_are_those_of_ones_groups_and_oneself(site: Site):
    femi = site.facilitator(site.organisation())
    group, lena = site.group(femi), site.person()
    site.join(lena, group)
    site.person("Sam")

    def seen(scope: Scope, reader: SignedIn) -> set[int]:
        with site.store.read() as db:
            ids = tuple(people_rows.groups_in(db, scope))
            return {
                row.person_id for row in people_rows.persons(db, people_rows.visible(scope, reader.person_id, ids), 99)
            }

    assert seen(scope_of(femi.roles, Permission.GROUP_READ, site.now_ms), femi) == {femi.person_id, lena.person_id}
    assert seen(Scope(), lena) == {lena.person_id}
    assert len(seen(Scope(everywhere=True), lena)) == 3


def test_a_join_code_may_be_typed_in_any_way_it_is_read(site: Site):
    group = site.group(site.facilitator(site.organisation()))
    first, second, number = group.join_code.split("-")
    for typed in (group.join_code, f" {first} {second} {number} ".lower(), f"{first}{second}{number}"):
        assert groups.look_at_code(site.store, typed, site.now_ms).name == "Tuesdays"


def test_a_renewed_code_works_and_the_old_one_stops(site: Site):
    femi = site.facilitator(site.organisation())
    group = site.group(femi)
    new = groups.renew_code(site.store, femi, group.public_id, SECRET, site.now_ms)
    assert new != group.join_code
    assert groups.look_at_code(site.store, new, site.now_ms)
    with pytest.raises(NotFound, match=group.join_code):
        groups.look_at_code(site.store, group.join_code, site.now_ms)
    assert members(site, femi, group).group.join_code == new


def test_no_join_code_is_in_the_database(site: Site):
    group = site.group(site.facilitator(site.organisation()))
    with site.store.read() as db:
        (row,) = db.execute(select(table)).all()
    words = group.join_code.lower().split("-")
    assert not any(word in str(row).lower() for word in words[:2])


def test_joining_twice_or_many_times_at_once_is_joining_once(site: Site):
    group, lena = site.group(site.facilitator(site.organisation())), site.person()
    came = at_once([partial(site.join, lena, group)] * 8)
    assert came == [None] * 8
    site.join(lena, group)
    assert len(site.rows(memberships, lena)) == 1


def test_a_hundred_wrong_join_codes_from_one_address_are_enough(site: Site):
    lena, group = site.person(), site.group(site.facilitator(site.organisation()))
    for _ in range(throttles.ADDRESS_TRIES):
        with pytest.raises(NotFound):
            groups.join(site.store, lena, "KITE-STAR-22", ADDRESS, site.now_ms)
    for code in ("KITE-STAR-22", group.join_code):
        with pytest.raises(TooManyTries):
            groups.join(site.store, lena, code, ADDRESS, site.now_ms)
    assert site.rows(memberships, lena) == []


@every_kind
def test_of_wrong_join_codes_at_once_no_more_are_looked_at_than_are_left(site: Site):
    lena = site.person()
    for _ in range(throttles.ADDRESS_TRIES - 3):
        with pytest.raises(NotFound):
            groups.join(site.store, lena, "KITE-STAR-22", ADDRESS, site.now_ms)
    came = at_once([partial(groups.join, site.store, lena, "KITE-STAR-22", ADDRESS, site.now_ms)] * 20)
    assert Counter(map(type, came)) == {NotFound: 3, TooManyTries: 17}


def test_looking_behind_a_code_writes_nothing(site: Site):
    group = site.group(site.facilitator(site.organisation()))
    for code in (group.join_code, "KITE-STAR-22", "", "\0"):
        with suppress(NotFound):
            groups.look_at_code(site.store, code, site.now_ms)
    site.join(site.person(), group)
    assert site.count(throttle_rows) == 0


def test_there_are_millions_of_join_codes():
    """What the limit on looking behind them is worked out from (`web/groups.py`)."""
    assert len(set(groups._words())) ** 2 * 78 > 4_200_000


def test_a_group_needs_a_name_and_a_course(site: Site):
    femi = site.facilitator(site.organisation())
    for name, courses, field in ((" ", [1], "name"), ("x" * 121, [1], "name"), ("Tuesdays", [], "courses")):
        with pytest.raises(Refused) as refused:
            changing.add(site.store, femi, Standing(name, tuple(courses)), SECRET, site.now_ms)
        assert refused.value.field == field
    assert site.count(table) == 0


def test_an_address_that_is_no_groups_leads_to_none(site: Site):
    femi = site.facilitator(site.organisation())
    for odd in ("", "\0", "\ud800", "' OR 1=1 --", "x" * 10_000):
        with pytest.raises(NotFound):
            groups.members(site.store, femi, odd, SECRET, site.now_ms)

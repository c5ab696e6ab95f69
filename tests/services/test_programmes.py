"""Programmes, venues and groups that change: who may, what is refused whole, and what is counted once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import changing, groups, merging, organisations, programmes, venues
from lms.services.programmes import Wanted
from lms.services.venues import VenueRow
from lms.store import groups as group_rows
from tests.services.site import ADDRESS, Site


class Town:
    """Two partners, a county with two towns in it, and a programme of the first partner."""

    def __init__(self, site: Site) -> None:
        self.site, self.ada = site, site.administrator()
        self.ours, self.theirs = site.organisation(), site.organisation()
        self.county = site.area("CO")
        with site.store.write() as db:
            self.north = group_rows.add_area(db, "NO", "North", self.county)
            self.south = group_rows.add_area(db, "SO", "South", self.county)
        programmes.add(site.store, self.ada, "mums", "Mums", 20260901, 20270831, site.now_ms)
        self.set(targets={self.county: 100, self.north: 60})
        self.olu = self.lead(self.ours)

    def lead(self, organisation_id: int):
        return self.site.person("Olu", (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, organisation_id))

    def set(self, **more: object) -> None:
        known = programmes.to_change(self.site.store, self.ada, "mums", self.site.now_ms)
        wanted = Wanted("Mums", 20260901, 20270831, frozenset({self.ours}), known.targets)
        programmes.change(self.site.store, self.ada, "mums", replace(wanted, **more), self.site.now_ms)

    def group(self, **standing: object):
        made = self.site.group(self.olu)
        self.change(made, **standing)
        return made

    def change(self, group, by=None, **standing: object) -> None:
        site, by = self.site, by or self.olu
        its = changing.look(site.store, by, group.public_id, site.now_ms).standing
        changing.change(site.store, by, group.public_id, replace(its, **standing), site.now_ms)

    @property
    def programme(self) -> int:
        return next(it.programme_id for it in programmes.readable(self.site.store, self.ada, self.site.now_ms))


@pytest.fixture
def town(site: Site) -> Town:
    return Town(site)


def test_each_person_counts_once_in_an_area_with_all_inside_it_and_once_in_all(town: Town):
    site = town.site
    north = town.group(area_id=town.north, programme_id=town.programme)
    south = town.group(area_id=town.south, programme_id=town.programme)
    staff = town.group(area_id=town.north, programme_id=town.programme, kind="staff")
    town.group(area_id=town.north)  # of no programme
    lena, sam, vera = site.person("Lena"), site.person("Sam"), site.person("Vera")
    for who, group in ((lena, north), (lena, south), (sam, south), (vera, staff)):
        site.join(who, group)
    site.send(lena, *site.lesson())
    found = programmes.see(site.store, town.olu, "mums", site.now_ms)
    county, in_north = (it.numbers for it in found.areas)
    assert (county.joined, county.started, in_north.joined) == (2, 1, 1)
    assert (found.total.joined, found.total.active, found.staff.joined) == (2, 1, 1)
    assert [it.groups for it in found.areas] == [2, 1]
    merging.merge(site.store, lena.person_id, sam.person_id, None, site.now_ms)
    assert programmes.see(site.store, town.olu, "mums", site.now_ms).total.joined == 1


def test_a_programme_is_read_by_its_partners_its_funder_and_administrators(town: Town):
    site = town.site
    fola = site.person("Fola", (Role.FUNDER, ScopeKind.PROGRAMME, town.programme))
    other = site.person("Fay", (Role.FUNDER, ScopeKind.PROGRAMME, town.programme + 1))
    assert programmes.see(site.store, fola, "mums", site.now_ms).counts_only
    assert not programmes.see(site.store, town.olu, "mums", site.now_ms).counts_only
    for stranger in (other, town.lead(town.theirs)):
        assert programmes.readable(site.store, stranger, site.now_ms) == []
        with pytest.raises(NotFound):
            programmes.see(site.store, stranger, "mums", site.now_ms)
    for who in (town.olu, fola):
        with pytest.raises(Forbidden):
            programmes.to_change(site.store, who, "mums", site.now_ms)
    with pytest.raises(Forbidden):
        programmes.readable(site.store, site.person("Sam"), site.now_ms)


def test_what_was_done_under_an_id_that_is_in_no_group_counts_where_the_person_is(town: Town):
    site = town.site
    group = town.group(area_id=town.north, programme_id=town.programme)
    other, lena = site.person("Lena"), site.person("Lena again")
    site.join(lena, group)
    site.send(other, *site.lesson())
    assert programmes.see(site.store, town.olu, "mums", site.now_ms).total.started == 0
    merging.merge(site.store, other.person_id, lena.person_id, None, site.now_ms)
    found = programmes.see(site.store, town.olu, "mums", site.now_ms).total
    assert (found.joined, found.started, found.active) == (1, 1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_day": 20260831}, "ends"),
        ({"partners": frozenset({999})}, "partners"),
        ({"targets": {999: 5}}, "partners"),
        ({"targets": {1: -5}}, "targets"),
        ({"name": " "}, "name"),
    ],
    ids=["ends-before", "no-such-partner", "no-such-area", "less-than-none", "no-name"],
)
def test_a_programme_that_does_not_go_together_is_refused_whole(town: Town, wrong, field):
    before = programmes.to_change(town.site.store, town.ada, "mums", town.site.now_ms)
    with pytest.raises(Refused) as refused:
        town.set(**wrong)
    assert refused.value.field == field
    assert programmes.to_change(town.site.store, town.ada, "mums", town.site.now_ms) == before


@pytest.mark.parametrize("slug", ["mums", "M", "-x", "a b", "é" * 4, "x" * 41])
def test_a_short_name_is_plain_and_new(town: Town, slug):
    with pytest.raises(Refused):
        programmes.add(town.site.store, town.ada, slug, "More", 20260901, 20270831, town.site.now_ms)


def test_what_a_group_can_become_is_within_reach(town: Town):
    site = town.site
    hall = _venue(town, town.ours, "Hall")
    theirs = _venue(town, town.theirs, "Their hall")
    group = town.group()
    town.change(group, venue_id=hall, programme_id=town.programme, starts_day=20260901, ends_day=20261218)
    its = changing.look(site.store, town.olu, group.public_id, site.now_ms).standing
    assert (its.venue_id, its.programme_id, its.ends_day) == (hall, town.programme, 20261218)
    for wrong, field in (
        ({"venue_id": theirs}, "venue"),
        ({"programme_id": town.programme + 1}, "programme"),
        ({"organisation_id": town.theirs}, "organisation"),
        ({"area_id": 999}, "area"),
        ({"courses": ()}, "courses"),
        ({"ends_day": 20260831}, "ends"),
        ({"kind": "kings"}, "kind"),
        ({"name": ""}, "name"),
    ):
        with pytest.raises(Refused) as refused:
            town.change(group, **wrong)
        assert refused.value.field == field
    assert changing.look(site.store, town.olu, group.public_id, site.now_ms).standing == its
    with pytest.raises(NotFound):
        changing.look(site.store, town.lead(town.theirs), group.public_id, site.now_ms)


def test_what_was_begun_in_a_group_keeps_its_area_and_its_kind(town: Town):
    site = town.site
    group = town.group(area_id=town.north)
    lena = site.person()
    site.join(lena, group)
    site.send(lena, *site.lesson())
    town.change(group, area_id=town.south)
    with pytest.raises(Refused) as refused:
        town.change(group, kind="staff")
    assert refused.value.field == "kind"
    with site.store.read() as db:
        area_id = db.exec_driver_sql(f"select area_id from enrolments where person_id = {lena.person_id}").scalar_one()
    assert area_id == town.north


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ({"ends_day": 20200101}, "ended on 2020-01-01"),
        ({"starts_day": 20200101, "late_join": False}, "began on 2020-01-01"),
    ],
    ids=["ended", "begun"],
)
def test_a_code_after_its_end_lets_nobody_in_and_says_why(town: Town, standing, said):
    site, lena = town.site, town.site.person()
    group = town.group(**standing)
    for use in (
        lambda: groups.look_at_code(site.store, group.join_code, site.now_ms),
        lambda: groups.join(site.store, lena, group.join_code, ADDRESS, site.now_ms),
    ):
        with pytest.raises(NotFound) as refused:
            use()
        assert said in refused.value.sentence.format(**refused.value.values)
    town.change(group, ends_day=None, late_join=True)
    groups.join(site.store, lena, group.join_code, ADDRESS, site.now_ms)


def test_who_is_in_a_group_and_comes_by_its_code_again_is_told_that_she_is(town: Town):
    site, lena = town.site, town.site.person()
    group = town.group()
    site.join(lena, group)
    uses = (
        lambda: groups.look_at_code(site.store, group.join_code, site.now_ms, lena.ids),
        lambda: groups.join(site.store, lena, group.join_code, ADDRESS, site.now_ms),
    )
    town.change(group, ends_day=20200101)
    for use in uses:
        with pytest.raises(NotFound, match=r"You are in .* already"):
            use()
    town.change(group, ends_day=None, starts_day=20200101, late_join=False)
    assert {use().name for use in uses} == {"Tuesdays"}


def test_a_group_that_has_not_begun_can_be_joined(town: Town):
    group = town.group(starts_day=20991231, late_join=False)
    assert groups.look_at_code(town.site.store, group.join_code, town.site.now_ms).starts_day == 20991231
    town.site.join(town.site.person(), group)


def test_venues_are_kept_by_who_leads_their_organisation(town: Town):
    site = town.site
    hall = _venue(town, town.ours, "Hall")
    mine = venues.mine(site.store, town.olu, site.now_ms)
    assert [it.name for it in mine.venues] == ["Hall"]
    venues.keep(site.store, town.olu, mine.venues[0]._replace(note="Ring  the\nbell"), site.now_ms)
    assert venues.mine(site.store, town.olu, site.now_ms).venues[0].note == "Ring the bell"
    other = town.lead(town.theirs)
    with pytest.raises(NotFound):
        venues.keep(site.store, other, VenueRow(hall, town.theirs, None, "Ours now", "", ""), site.now_ms)
    with pytest.raises(Refused):
        venues.keep(site.store, other, VenueRow(0, town.ours, None, "Mine", "", ""), site.now_ms)
    with pytest.raises(Refused):
        venues.keep(site.store, town.olu, VenueRow(0, town.ours, 999, "Mine", "", ""), site.now_ms)


def test_areas_come_from_a_file_whole_or_not_at_all_and_twice_is_once(town: Town):
    site = town.site
    good = [["code", "name", "parent"], ["SO", "Southside", "CO"], ["W1", "West", "SO"]]
    assert organisations.set_areas(site.store, good, site.now_ms) == (2, [])
    assert organisations.set_areas(site.store, good, site.now_ms) == (2, [])
    found = organisations.places(site.store).tree
    assert [(it.code, it.name, it.within) for it in found] == [
        ("CO", "Area CO", 0),
        ("NO", "North", 1),
        ("SO", "Southside", 1),
        ("W1", "West", 2),
    ]
    bad = [*good, ["CO", "County", "W1"]]
    assert organisations.set_areas(site.store, bad, site.now_ms)[1]
    assert organisations.places(site.store).tree == found
    south = next(it.area_id for it in found if it.code == "SO")
    assert len(organisations.and_below(found, south)) == 2


def _venue(town: Town, organisation_id: int, name: str) -> int:
    at = town.site.now_ms
    venues.keep(town.site.store, town.ada, VenueRow(0, organisation_id, None, name, "1 Mill Road", ""), at)
    return next(it.venue_id for it in venues.mine(town.site.store, town.ada, at).venues if it.name == name)

"""Programmes, areas and venues where somebody slips, or tries: small numbers, endless areas, double taps."""

from __future__ import annotations

from lms.learning.people import Role, ScopeKind
from lms.services import organisations, programmes, venues
from lms.services.venues import VenueRow
from tests.services.site import Site
from tests.services.test_programmes import Town, town

__all__ = ["town"]


def test_a_funder_who_facilitates_elsewhere_is_still_told_no_small_numbers(town: Town):
    site = town.site
    funder = Role.FUNDER, ScopeKind.PROGRAMME, town.programme
    elsewhere = Role.FACILITATOR, ScopeKind.ORGANISATION, town.theirs
    lead = Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, town.theirs
    for roles in ((funder, elsewhere), (funder, lead)):
        both = site.person("Fola", *roles)
        assert programmes.see(site.store, both, "mums", site.now_ms).counts_only
    partner = site.person("Olu", funder, (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, town.ours))
    assert not programmes.see(site.store, partner, "mums", site.now_ms).counts_only
    assert not programmes.see(site.store, town.ada, "mums", site.now_ms).counts_only


def test_a_course_the_group_does_not_learn_is_no_progress_in_it(town: Town):
    site = town.site
    lena = site.person("Lena")
    site.send(lena, *site.lesson())
    made = town.group(area_id=town.north, programme_id=town.programme)
    site.join(lena, made)
    assert programmes.see(site.store, town.olu, "mums", site.now_ms).total.started == 1
    town.change(made, courses=(site.shape("toast").course_id,))
    total = programmes.see(site.store, town.olu, "mums", site.now_ms).total
    assert (total.joined, total.started, total.active) == (1, 0, 0)


def test_areas_without_end_are_refused_and_every_page_still_opens(site: Site):
    chain = [["code", "name", "parent"]]
    chain += [[f"A{n}", f"Place {n}", f"A{n - 1}" if n else ""] for n in range(3000)]
    named, faults = organisations.set_areas(site.store, chain, site.now_ms)
    assert faults
    assert named == 0
    assert organisations.places(site.store).tree == ()


def test_a_file_without_parents_leaves_areas_where_they_lie(town: Town):
    site = town.site
    inside = [["code", "name", "parent"], ["NN", "North End", ""], ["W1", "West", "NN"]]
    assert organisations.set_areas(site.store, inside, site.now_ms) == (2, [])
    before = organisations.places(site.store).tree
    assert organisations.set_areas(site.store, [["code", "name"], ["W1", "West"]], site.now_ms) == (1, [])
    assert organisations.places(site.store).tree == before


def test_a_venue_sent_twice_is_there_once(town: Town):
    site = town.site
    for _ in range(2):
        venues.keep(site.store, town.olu, VenueRow(0, town.ours, None, "Hall", "1 Mill Road", "Lift"), site.now_ms)
    assert [it.name for it in venues.mine(site.store, town.olu, site.now_ms).venues] == ["Hall"]

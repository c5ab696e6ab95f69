"""Organisations and areas, which administrators add."""

from __future__ import annotations

from functools import partial

import pytest

from lms.errors import Forbidden, Refused
from lms.services import organisations
from lms.services.organisations import places
from tests.services.site import Site, at_once


def test_a_partner_and_a_place_are_added_once(site: Site):
    ada = site.administrator()
    organisations.add_organisation(site.store, ada, " Demo  Families ", site.now_ms)
    organisations.add_area(site.store, ada, " e08000035 ", "Leeds", site.now_ms)
    found = places(site.store)
    assert found.organisations == ("Demo Families",)
    assert [(code, name) for _, code, name in found.areas] == [("E08000035", "Leeds")]
    for again in (
        partial(organisations.add_organisation, site.store, ada, "demo families", site.now_ms),
        partial(organisations.add_area, site.store, ada, "E08000035", "Leeds again", site.now_ms),
    ):
        with pytest.raises(Refused):
            again()
    assert places(site.store) == found


@pytest.mark.parametrize("code", ["", "E", "E 08", "\0", "É08", "E" * 40, "<b>", "'; DROP TABLE areas; --"])
def test_what_is_no_code_of_a_place_is_refused(site: Site, code: str):
    with pytest.raises(Refused):
        organisations.add_area(site.store, site.administrator(), code, "Leeds", site.now_ms)


def test_one_place_added_by_many_at_once_is_there_once(site: Site):
    ada = site.administrator()
    at_once([partial(organisations.add_area, site.store, ada, "E08000035", "Leeds", site.now_ms)] * 6)
    assert len(places(site.store).areas) == 1


def test_only_administrators_add_them(site: Site):
    for other in (site.person("Sam"), site.facilitator(site.organisation())):
        with pytest.raises(Forbidden):
            organisations.add_organisation(site.store, other, "Mine", site.now_ms)
        with pytest.raises(Forbidden):
            organisations.add_area(site.store, other, "E08000035", "Leeds", site.now_ms)

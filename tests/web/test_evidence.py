"""Her own work in a badge: a page where she ticks what goes in, and who reads it then."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date

import pytest

from lms.learning.events import EventKind
from lms.services import practice, publishing
from lms.services.courses import Catalogue
from lms.settings import LONDON
from tests.services.bread import FILES
from tests.web.conftest import Browser, House, now_ms
from tests.web.signers import sign, with_keys
from tests.web.test_matrix import person_id, sql
from tests.web.test_verify import check

LOAF = "My first <b>loaf</b>.\n\nIt rose."


@pytest.fixture
def house(house: House) -> House:
    """The site with a course on bread, where badges are signed."""
    publishing.publish(house.store, "bread", FILES, date(2026, 11, 22), now_ms())
    made = with_keys(house)
    made.app.extensions["lms"] = replace(made.app.extensions["lms"], catalogue=Catalogue(made.store))
    return made


@pytest.fixture
def badge(house: House) -> str:
    """The address of Lena's badge for baking, signed: she has written something, and handed something in."""
    catalogue, lena = Catalogue(house.store), person_id(house, "lena")
    shape = catalogue.shelf(now_ms()).course("bread")
    for name, kind, words, evidence in (
        ("r-well", EventKind.REFLECTED, LOAF, ""),
        ("t-loaf", EventKind.TICKED, (), "https://lena.example.org/loaf"),
    ):
        practice.act(
            house.store, catalogue, shape, "baking", name, kind, words, uuid.uuid4(), lena, now_ms(), LONDON, evidence
        )  # fmt: skip
    sign(house)
    return f"/badges/{sql(house, 'select public_id from awards where person_id = ?', lena)}"


def boxes(page: str) -> list[tuple[str, bool]]:
    """(value, ticked) of each work she is offered."""
    found = re.findall(r'<input type="checkbox" name="work" value="([^"]+)"[^>]*?( checked)?>', page)
    return [(value, bool(ticked)) for value, ticked in found]


def choose(lena: Browser, badge: str, *works: str):
    return lena.send(f"{badge}/evidence", page=f"{badge}/evidence", work=list(works))


def test_nothing_is_ticked_until_she_does_and_who_will_read_it_stands_before_it(lena: Browser, badge: str):
    assert f'href="{badge}/evidence"' in lena.get(badge).text
    page = lena.get(f"{badge}/evidence").text
    assert [ticked for _, ticked in boxes(page)] == [False, False]
    assert "What went well?" in page
    assert "My first &lt;b&gt;loaf&lt;/b&gt;.\n\nIt rose." in page
    assert page.index("Anybody you give the badge to can read what you tick here.") < page.index("<form method")
    assert "Your mentor can see this." in page
    assert "Only you can see this." in page


def test_what_she_ticks_is_in_her_badge_and_read_by_whom_she_gives_it(house: House, lena: Browser, badge: str):
    lena.send(badge, page=badge, seen="address")
    (loaf, _), _ = boxes(lena.get(f"{badge}/evidence").text)
    page = choose(lena, badge, loaf).text
    assert "<b>Saved.</b>" in page
    assert "<li>What went well?</li>" in page
    others = house.browser()
    assert others.get(f"{badge}.json").status_code == 404
    assert "application/vc+ld+json" not in others.get(badge).text, "it waits for the worker"
    sign(house)
    page = others.get(badge).text
    assert "application/vc+ld+json" in page
    file = others.get(f"{badge}.json")
    for shown in (page, check(others, file.data).text):
        assert "<h3>What went well?</h3>" in shown
        assert "My first &lt;b&gt;loaf&lt;/b&gt;." in shown
        assert "lena.example.org" not in shown
    assert choose(lena, badge).status_code == 200
    assert "It rose." not in others.get(badge).text
    assert [ticked for _, ticked in boxes(lena.get(f"{badge}/evidence").text)] == [False, False]


@pytest.mark.parametrize("odd", ["", "x", "00000000-0000-4000-8000-000000000000", "\0"])
def test_a_form_with_something_else_changes_nothing(lena: Browser, badge: str, odd: str):
    assert choose(lena, badge, odd).status_code == 422
    assert "There is nothing of that in it now." in lena.get(badge).text


def test_who_has_written_nothing_is_told_what_could_stand_there(house: House, lena: Browser, badge: str):
    with house.store.write() as db:
        db.exec_driver_sql("delete from words")
    page = lena.get(f"{badge}/evidence").text
    assert "There is nothing yet." in page
    assert 'name="work"' not in page

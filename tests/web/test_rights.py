"""The page of who may do what, and the people page of an organisation's lead."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from lms.learning.people import Permission, Role, ScopeKind
from lms.services import codes
from lms.web.naming import PERMISSION_SAID, SCOPE_SAID, role_said
from tests.web.conftest import PASSWORD, Browser, House, now_ms, opened


@pytest.fixture(scope="module")
def house(built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One site for the file, with a lead of the Tuesday club's organisation."""
    with opened(built, tmp_path_factory.mktemp("rights") / "var") as made:
        with made.store.read() as db:
            its_id = db.exec_driver_sql("select organisation_id from organisations where public_id = 'ours'").scalar()
        code = codes.invite(made.store, Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, its_id, None, now_ms())
        codes.accept_invite(made.store, code, "Orla", "orla", PASSWORD, now_ms())
        yield made


@pytest.fixture
def orla(house: House) -> Browser:
    return house.browser("orla")


def listed(page: str) -> set[str]:
    return set(re.findall(r'<b class="who">([^<]*)</b>', page))


def options(page: str, name: str) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]*)<", re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.S)[0])


def person(page: str, name: str) -> str:
    return re.search(rf'<option value="([\w-]+)">{name} \(', page)[1]


def test_every_role_and_permission_is_said_in_words():
    assert set(PERMISSION_SAID) == set(Permission)
    assert set(SCOPE_SAID) == set(ScopeKind)
    said = {str(role_said(role)) for role in Role}
    assert len(said) == len(Role)
    assert not any("-" in words for words in said)


def test_the_page_of_rights_says_who_may_do_what(house: House):
    page = house.browser("ada").get("/admin/rights").text
    rows = dict(re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', page))
    assert len(rows) == len(Permission)
    assert rows["Erase somebody"] == "Administrator"
    assert rows["Learn, and see all that is kept about herself"] == "Everyone"
    assert "Lead of a venue" in rows["Bring people into a group, and take them out"]
    assert "Safeguarding lead" not in rows["Bring people into a group, and take them out"]


def test_a_lead_comes_to_her_groups_and_an_administrator_to_the_people(house: House):
    for username, page in (("orla", "/teach"), ("ada", "/admin")):
        assert house.browser().sign_in(username).last.request.path == page


def test_a_lead_sees_her_people_and_nothing_that_is_an_administrators(orla: Browser):
    page = orla.get("/admin").text
    assert listed(page) == {"Femi", "Lena", "Mira", "Orla"}
    assert options(page, "role") == ["Mentor", "Facilitator", "Lead of a venue", "Safeguarding lead"]
    assert options(page, "scope") == ["Tea Families", "Tuesday club"]
    for other in ("Erase", "Complaints", "Organisations and areas", "Coffee Families"):
        assert other not in page, other
    assert "Nobody found." in orla.get("/admin?q=olga").text


def test_a_role_for_a_place_that_is_not_hers_is_told_beside_the_field_and_nothing_is_lost(house: House, orla: Browser):
    page, before = orla.get("/admin").text, house.rows()
    asked = {"person": person(page, "Lena"), "role": "facilitator", "scope": "organisation:2", "ends": "2027-01-31"}
    for scope in ("organisation:2", "group:2", "site:0", "venue:77"):
        answer = orla.send("/admin/roles", page="/admin", **{**asked, "scope": scope})
        assert answer.status_code == 422
        assert "You don’t lead that place." in answer.text or "can&#39;t be given for one" in answer.text, scope
        assert 'value="2027-01-31"' in answer.text
    answer = orla.send("/admin/roles", page="/admin", **{**asked, "role": "administrator", "scope": "site:0"})
    assert "Only an administrator can give that role." in answer.text
    assert house.rows() == before


def test_the_end_of_a_role_is_moved_and_told_in_words_to_whom_it_is_about(house: House, orla: Browser):
    page = orla.get("/admin?q=mira").text
    action = re.search(r'action="(/admin/roles/[^"]+)"', page)[1].replace("&amp;", "&")
    assert orla.send(action, ends="2025-01-01", act="move").status_code == 422
    assert orla.send(action, page="/admin", ends="soon", act="move").status_code == 422
    moved = orla.send(action, page="/admin", ends="2027-01-31", act="move")
    assert "to 31 January 2027" in moved.text
    mira = house.browser("mira")
    assert "changed when your role ends: Mentor" in mira.get("/me/seen").text
    assert "Orla (Lead of an organisation)" in house.browser("lena").get("/me/seen").text
    assert mira.get("/mentor").status_code == 200
    orla.send(action, page="/admin", act="end")
    assert mira.get("/mentor").status_code == 403
    assert "ended your role: Mentor" in mira.get("/me/seen").text

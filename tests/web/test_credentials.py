"""The addresses that stand in badges: whose files they give to whom, and what anybody's software may read."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lms.interop.baking import unbake
from lms.services import badges
from lms.services.courses import Catalogue
from lms.web.app import create_app
from tests.browser.learning import finish_module
from tests.services.signers import FIRST, SECOND
from tests.web.conftest import Browser, House, now_ms
from tests.web.signers import sign, with_keys
from tests.web.test_matrix import person_id, sql


@pytest.fixture
def badge(house: House) -> str:
    """The address of Lena's badge, signed."""
    finish_module(house.store, Catalogue(house.store), person_id(house, "lena"), "tea", "brewing", now_ms())
    signing = with_keys(house)
    sign(signing)
    house.app.extensions["lms"] = signing.app.extensions["lms"]
    return f"/badges/{public_id(house)}"


def public_id(house: House) -> str:
    return str(sql(house, "select public_id from awards where person_id = ?", person_id(house, "lena")))


@pytest.fixture
def public(house: House) -> Browser:
    """A visitor of the same site under its public name, with two keys."""
    keys = (SECOND.multibase, FIRST.multibase)
    settings = replace(house.settings, public_url="https://learn.example.org", badge_keys=keys)
    return Browser(create_app(settings, house.store).test_client())


def test_her_files_hold_one_document_and_have_names(house: House, badge: str, lena: Browser):
    answers = {ending: lena.get(f"{badge}.{ending}") for ending in ("json", "png", "svg")}
    kinds = {ending: answer.headers["Content-Type"].split(";")[0] for ending, answer in answers.items()}
    assert kinds == {"json": "application/vc+ld+json", "png": "image/png", "svg": "image/svg+xml"}
    assert len({unbake(answer.data) for answer in answers.values()}) == 1
    for ending, answer in answers.items():
        assert answer.headers["Content-Disposition"] == f'attachment; filename="tea.brewing.{ending}"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("ending", ["json", "png", "svg"])
def test_others_get_a_file_only_while_she_shows_her_badge(house: House, badge: str, lena: Browser, ending: str):
    signed = house.browser("lena").get(f"{badge}.{ending}")
    assert signed.status_code == 200
    others = (house.browser(), house.browser("sam"), house.browser("femi"), house.browser("ada"))
    for shown, status in ((False, 404), (True, 200), (False, 404)):
        show(house, shown)
        assert [it.get(f"{badge}.{ending}").status_code for it in others] == [status] * 4
    show(house, True)
    badges.revoke(house.store, badge.rpartition("/")[2], "A slip", now_ms())
    assert [it.get(f"{badge}.{ending}").status_code for it in (*others, lena)] == [404] * 5
    assert "A slip" not in lena.get(badge).text


def show(house: House, shown: bool) -> None:
    with house.store.write() as db:
        db.exec_driver_sql("update awards set shown = ? where person_id = ?", (shown, person_id(house, "lena")))


def test_a_badge_that_waits_to_be_signed_has_no_file_yet(house: House):
    finish_module(house.store, Catalogue(house.store), person_id(house, "lena"), "tea", "brewing", now_ms())
    lena = house.browser("lena")
    assert lena.get(f"/badges/{public_id(house)}").status_code == 200
    for ending in ("json", "png", "svg"):
        assert lena.get(f"/badges/{public_id(house)}.{ending}").status_code == 404


def test_anybodys_software_reads_the_keys_the_lists_and_what_a_badge_is_for(house: House, badge: str, public: Browser):
    document = read(public, "/.well-known/did.json")
    assert document["id"] == "did:web:learn.example.org"
    assert [it["publicKeyMultibase"] for it in document["verificationMethod"]] == [SECOND.multibase, FIRST.multibase]
    assert read(public, "/badges/status/1")["type"][1] == "BitstringStatusListCredential"
    achievement = read(public, "/badges/achievement/tea.brewing/1")
    assert achievement["name"] == "Brewer"
    assert achievement["id"] == "https://learn.example.org/badges/achievement/tea.brewing/1"
    assert re.fullmatch(r"https://learn\.example\.org/files/[0-9a-f]{64}", achievement["image"]["id"])
    assert house.browser().get(achievement["image"]["id"].partition(".org")[2]).data.startswith(b"\x89PNG")


def read(public: Browser, path: str) -> dict:
    """What a page of another site gets."""
    answer = public.client.get(path, base_url="https://learn.example.org", headers={"Origin": "https://check.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return json.loads(answer.data)


def test_a_person_gets_a_page_of_what_a_badge_is_for(house: House, badge: str):
    reader = Browser(house.app.test_client(), headers={"Accept": "text/html"})
    answer = reader.get("/badges/achievement/tea.brewing/1")
    assert answer.mimetype == "text/html"
    assert "Brewer" in answer.text
    for path in ("/badges/achievement/tea.brewing/9", "/badges/achievement/tea.nothing/1", "/badges/status/9"):
        assert house.browser().get(path).status_code == 404


def test_a_site_without_a_public_name_or_without_keys_has_no_document_of_keys(house: House):
    keyed = replace(house.settings, badge_keys=(FIRST.multibase,))
    for settings in (house.settings, keyed, replace(house.settings, public_url="https://learn.example.org")):
        answer = (
            create_app(settings, house.store).test_client().get("/.well-known/did.json", base_url=settings.public_url)
        )
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"


def test_an_administrator_is_told_where_no_key_signs(house: House):
    assert "No key signs badges yet" in house.browser("ada").get("/admin").text
    keyed = create_app(replace(house.settings, badge_keys=(FIRST.multibase,)), house.store)
    assert "No key signs" not in Browser(keyed.test_client()).sign_in("ada").get("/admin").text


def test_her_data_shows_her_files(badge: str, lena: Browser):
    assert "Your badges as signed files" in lena.get("/me/data").text
    found = json.loads(lena.get("/me/data?as=json").data)["credentials"]
    assert [it["document"]["credentialSubject"]["achievement"]["name"] for it in found] == ["Brewer"]

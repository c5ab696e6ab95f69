"""The record of what was done with an account: in words, hers, whole, and blind to what is next door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lms.services import audits
from lms.web.records import SAID
from tests.web.conftest import URL, House

ROOT = Path(__file__).resolve().parents[2] / "lms"


def noted() -> set[str]:
    """Every action the code writes down, where it is written out there."""
    found = set()
    for path in (*ROOT.glob("services/**/*.py"), *ROOT.glob("cli/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.note", "note"):
                action = node.args[2]
                found |= {it.value for it in ast.walk(action) if isinstance(it, ast.Constant)} - {""}
    return {it for it in found if isinstance(it, str)}


def test_every_action_has_words():
    assert len(noted()) > 25
    assert noted() <= set(SAID)


def id_of(house: House, username: str) -> str:
    with house.store.read() as db:
        found = db.exec_driver_sql("select public_id from people where username = ?", (username,)).scalar_one()
    return str(found)


def test_she_reads_what_was_done_and_by_whom(house: House):
    femi, lena = house.browser("femi"), house.browser("lena")
    femi.send("/teach/code", page=f"/teach/groups/{house.group}", person=id_of(house, "lena"))
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", adult="yes")
    shown = lena.get("/me/record").text
    assert "<b>Femi</b> made a sign-in code" in shown
    assert "<b>You</b> changed settings" in shown
    assert shown.index("changed settings") < shown.index("made a sign-in code") < shown.index("made the account")
    assert "changed or taken out" not in shown


def test_what_somebody_tried_and_may_not_is_in_her_record(house: House):
    lena = house.browser("lena")
    lena.get("/me")
    assert lena.send("/admin/roles", page="/me/settings", follow=False).status_code == 403
    assert lena.client.get("/admin", base_url=URL).status_code == 403
    shown = lena.get("/me/record").text
    assert shown.count("tried something that was not allowed") == 1, "asking for a page writes nothing"


def test_a_record_that_was_changed_by_hand_says_so_and_the_command_finds_it(house: House):
    with house.store.write() as db:
        db.exec_driver_sql(
            "update audit set action = 'signed-in' where n = 1 and person_id ="
            " (select person_id from people where username = 'lena')"
        )
    assert "changed or taken out by hand" in house.browser("lena").get("/me/record").text
    assert (
        "changed or taken out by hand" in house.browser("ada").get(f"/admin/people/{id_of(house, 'lena')}/record").text
    )
    assert [it for it in audits.broken(house.store) if it] == ["lena"]


@pytest.mark.parametrize("who", ["lena", "femi", "fola"])
def test_the_record_of_somebody_else_is_for_who_may(house: House, who):
    answer = house.browser(who).client.get(f"/admin/people/{id_of(house, 'olga')}/record", base_url=URL)
    assert answer.status_code == 403


def test_older_entries_are_a_page_further(house: House):
    lena = house.browser("lena")
    for number in range(audits.PAGE + 5):
        audits.denied(house.store, _person_id(house), f"thing-{number}", number)
    first = lena.get("/me/record").text
    assert first.count("<li><small>") == audits.PAGE
    older = lena.get(f"/me/record?after={audits.PAGE}").text
    assert "tried something" in older
    assert "The newest" in older
    assert lena.get("/me/record?after=-1").status_code == 200


def _person_id(house: House) -> int:
    with house.store.read() as db:
        return int(db.exec_driver_sql("select person_id from people where username = 'lena'").scalar_one())

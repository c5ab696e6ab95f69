"""Who to ring, noting a call and asking for one, as pages."""

from __future__ import annotations

import uuid

from sqlalchemy import event

from tests.web.test_matrix import public_id, sql


def test_she_asks_for_a_call_femi_rings_and_she_reads_what_he_noted(house, lena):
    page = lena.get("/me/call").text
    assert "Tuesday club: Femi" in page
    answer = lena.send(note="Demo <b>after six</b>")
    assert "You asked for a call" in answer.text
    femi = house.browser("femi")
    assert "1 person to ring today." in femi.get("/teach").text
    page = femi.get("/teach/ring").text
    assert "She asked for a call" in page
    assert "Demo &lt;b&gt;after six&lt;/b&gt;" in page
    femi.get(f"/teach/ring/{public_id(house, 'lena')}")
    answer = femi.send(outcome="spoke", note="Prefers mornings", seen_by="group")
    assert "Noted." in answer.text
    assert "Spoke with her" in answer.text
    assert "Nobody to ring today" in femi.get("/teach/ring").text
    assert "Prefers mornings" in lena.get("/me/data").text
    assert "wrote down that they rang you" in lena.get("/me/seen").text
    assert "Please ring me" in lena.get("/me/call").text


def test_she_can_take_it_back(house, lena):
    lena.get("/me/call")
    lena.send(note="")
    answer = lena.send(act="back")
    assert "Please ring me" in answer.text
    assert "Nobody to ring today" in house.browser("femi").get("/teach/ring").text


def test_what_cant_be_taken_is_said_and_what_was_typed_is_kept(house):
    femi = house.browser("femi")
    femi.get(f"/teach/ring/{public_id(house, 'lena')}")
    answer = femi.send(note="Demo note")
    assert answer.status_code == 422
    assert "Choose what became of the call." in answer.text
    assert "Demo note" in answer.text
    assert sql(house, "select count(*) from contacts") == 0


def test_one_form_sent_twice_is_one_call(house):
    femi, form = house.browser("femi"), str(uuid.uuid4())
    for _ in range(2):
        femi.get(f"/teach/ring/{public_id(house, 'lena')}")
        femi.send(outcome="no-answer", event_id=form)
    assert sql(house, "select count(*) from contacts") == 1


def test_another_organisations_people_are_not_there(house):
    greta = house.browser("greta")
    assert greta.get(f"/teach/ring/{public_id(house, 'lena')}").status_code == 404
    assert greta.get(f"/teach/ring?group={house.group}").status_code == 404
    assert "Lena" not in greta.get("/teach/ring").text


def test_the_list_and_a_group_are_five_queries_each(house):
    femi, asked = house.browser("femi"), []
    event.listen(house.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for path in ("/teach/ring", f"/teach/groups/{house.group}"):
        femi.get(path)
        asked.clear()
        assert femi.get(path).status_code == 200
        queries = [it for it in asked if not it.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"))]
        assert len(queries) <= 5, (path, queries)

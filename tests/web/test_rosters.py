"""Many learners at once: a list is checked whole, confirmed once, and each gets a card that lets her in."""

from __future__ import annotations

import io
import re

import pytest

from tests.web.conftest import URL, House


def people_in(house: House, public_id: str) -> int:
    with house.store.read() as db:
        return int(
            db.exec_driver_sql(
                "select count(*) from memberships join groups using (group_id) where public_id = ? and left_ms is null",
                (public_id,),
            ).scalar_one()
        )


@pytest.fixture
def femi(house: House):
    return house.browser("femi")


@pytest.fixture
def add(house: House) -> str:
    return f"/teach/groups/{house.group}/add"


def test_a_list_is_shown_before_anybody_is_added_and_confirmed_twice_is_once(house: House, femi, add):
    before = people_in(house, house.group)
    shown = femi.send(add, page=add, roster="Zofie Demo\nNadia Demo\nLena\n")
    assert shown.status_code == 200
    assert "3 people will be added." in shown.text
    assert "Lena is a name in this group already" in shown.text
    assert people_in(house, house.group) == before
    form = dict(re.findall(r'name="(event_id|csrf_token)" value="([^"]+)"', shown.text))
    for _tap in range(2):
        answer = femi.client.post(
            add,
            data={**form, "roster": "Zofie Demo\nNadia Demo\n", "act": "add"},
            base_url=URL,
            headers={"Origin": URL},
        )
        assert answer.status_code == 303
    assert people_in(house, house.group) == before + 2
    assert "Zofie Demo" in femi.get(f"/teach/groups/{house.group}").text


def test_every_fault_is_said_by_row_and_nothing_is_lost_or_written(house: House, femi, add):
    before = house.rows()
    typed = "Name,User name\nZofie Demo,lena\n=HYPERLINK(1),\nNadia Demo,a b\n"
    answer = femi.send(add, page=add, roster=typed)
    assert answer.status_code == 422
    assert "Nobody is added yet." in answer.text
    assert re.findall(r"Row (\d)", answer.text)[:1] == ["2"]
    assert "Nadia Demo,a b" in answer.text
    assert house.rows() == before


def test_a_file_of_a_spreadsheet_is_read(femi, add):
    file = (io.BytesIO("﻿Name;User name\r\nZofie Dëmo;zofie\r\n".encode("utf-16")), "list.csv")
    shown = femi.send(add, page=add, file=file)
    assert "1 person will be added." in shown.text
    assert "Zofie Dëmo" in shown.text


@pytest.mark.parametrize("hostile", ["", "   \n\n", "x" * 300, "\0", "<script>alert(1)</script>"])
def test_what_is_no_list_is_said_or_only_words(femi, add, hostile):
    answer = femi.send(add, page=add, roster=hostile)
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text


def test_a_card_lets_its_owner_in_once_and_the_one_before_no_more(house: House, femi):
    members = f"/teach/groups/{house.group}/members"
    with house.store.read() as db:
        lena = db.exec_driver_sql("select public_id from people where username = 'lena'").scalar_one()
    codes = []
    for _ in range(2):
        shown = femi.send(members, page=members, act="cards", person=lena)
        codes += re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", shown.text)
    assert len(codes) == 2
    for code, status in ((codes[0], 422), (codes[1], 200), (codes[1], 422)):
        phone = house.browser()
        assert phone.send("/sign-in/code", page="/sign-in/code", code=code.lower()).status_code == status


def test_somebody_moves_to_another_group_and_only_to_one_in_reach(house: House, femi):
    made = femi.send("/teach", page="/teach", name="Demo evening", courses="tea")
    other = re.search(r"/teach/groups/([\w-]+)/poster", made.text)[1]
    members = f"/teach/groups/{house.group}/members"
    with house.store.read() as db:
        lena = db.exec_driver_sql("select public_id from people where username = 'lena'").scalar_one()
        theirs = db.exec_driver_sql("select public_id from groups where name = 'Canary club'").scalar_one()
    assert femi.send(members, page=members, act="move", person=lena, to=theirs).status_code == 404
    assert femi.send(members, page=members, act="move", to=other).status_code == 422
    assert femi.send(members, page=members, act="move", person=lena).status_code == 422
    moved = femi.send(members, page=members, act="move", person=lena, to=other)
    assert "They are in the other group now." in moved.text
    assert (people_in(house, house.group), people_in(house, other)) == (0, 1)


LONG = "\n".join(f"Demo {number:03}" for number in range(501))


def long_list(femi, add: str) -> str:
    """The address of a list that is put by."""
    shown = femi.send(add, page=add, file=(io.BytesIO(LONG.encode()), "list.csv"))
    assert "501 people will be added." in shown.text
    return re.search(r'action="(/teach/groups/[^"]+/lists/[^"]+)"', shown.text)[1]


def test_a_long_list_is_put_by_confirmed_and_its_page_tells_how_far_it_is(house: House, femi, add):
    before = people_in(house, house.group)
    address = long_list(femi, add)
    assert "It waits for your yes." in femi.get(add).text
    for _tap in range(2):
        going = femi.send(address, page=address, act="add")
        assert "0 of 501 people are added." in going.text
        assert re.search(r'<progress [^>]*max="501" value="0"', going.text)
    assert people_in(house, house.group) == before
    ended = femi.send(address, page=address, act="stop")
    assert "0 of 501 people are added" in ended.text
    with house.store.read() as db:
        assert db.exec_driver_sql("select count(*) from long_list_rows").scalar_one() == 0


def test_a_long_list_with_a_fault_names_its_row_and_what_was_pasted_stays(house: House, femi, add):
    before = house.rows()
    answer = femi.send(add, page=add, roster=f"{LONG}\n=Demo")
    assert answer.status_code == 422
    assert "Row 502" in answer.text
    assert "=Demo" in answer.text
    assert house.rows() == before


def test_a_file_that_is_too_big_is_refused_in_words(femi, add):
    answer = femi.send(add, page=add, file=(io.BytesIO(b"Demo Name\n" * 400_001), "list.csv"))
    answer.request.environ["wsgi.input"].close()  # the client's own file
    assert answer.status_code == 422
    assert "This is too big. Send at most 5,000 rows" in answer.text


def test_a_long_list_is_for_nobody_else(house: House, femi, add):
    address = long_list(femi, add)
    ada = house.browser("ada")
    assert ada.get(address).status_code == 404
    assert ada.send(address, page=add, act="add").status_code == 404


def test_who_was_added_is_asked_her_age_once_as_she_first_signs_in_and_need_not_say(house: House, femi, add):
    shown = femi.send(add, page=add, roster="Wren Demo\n")
    form = dict(re.findall(r'name="(event_id|csrf_token)" value="([^"]+)"', shown.text))
    sent = {**form, "roster": "Wren Demo\n", "act": "add"}
    femi.client.post(add, data=sent, base_url=URL, headers={"Origin": URL})
    with house.store.read() as db:
        wren = db.exec_driver_sql("select public_id from people where display_name = 'Wren Demo'").scalar_one()
    members = f"/teach/groups/{house.group}/members"
    for asked in (True, False):
        cards = femi.send(members, page=members, act="cards", person=wren).text
        code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", cards)[0]
        phone = house.browser()
        page = phone.send("/sign-in/code", page="/sign-in/code", code=code)
        assert ("Are you 18 or over?" in page.text) == asked
        if asked:
            assert phone.send("/me/age", page="/me/age", adult="unsaid").request.path == "/"

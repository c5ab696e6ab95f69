"""The register of a meeting as a form, and the outbox of a facilitator's phone."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from lms.learning.days import DAY_MS
from tests.services.club import add_meeting
from tests.web.conftest import URL, now_ms
from tests.web.test_matrix import public_id, sql


@pytest.fixture
def met(house):
    return add_meeting(house.store, house.group, now_ms())


def page_of(its):
    return f"/teach/meetings/{its.public_id}/register"


def ticks(house, *sent, who="femi", by="femi", origin=URL):
    body = {"person": public_id(house, who), "sent": "2026-11-22T00:00:00Z", "events": list(sent)}
    headers = {"Origin": origin} if origin else {}
    return house.browser(by).client.post("/teach/ticks", json=body, headers=headers, base_url=URL)


def a_tick(its, **more):
    return {"id": str(uuid.uuid4()), "meeting": its.public_id, "at": "2026-11-22T00:00:00Z", **more}


def test_a_register_is_one_form_and_says_how_many_were_there(house, met):
    femi = house.browser("femi")
    assert "0 people were there." in femi.get(page_of(met)).text
    answer = femi.send(present=public_id(house, "lena"), new="Nadia\n\n?\n")
    assert "3 people were there." in answer.text
    assert "Saved." in answer.text
    assert "Somebody without a name" in answer.text
    was = re.findall(r'name="was" value="([^"]*)"', answer.text)
    answer = femi.send(was=was, new="")  # every box was emptied
    assert "0 people were there." in answer.text
    assert "Changed " in answer.text


def test_a_hostile_name_is_shown_as_it_was_typed(house, met):
    femi = house.browser("femi")
    femi.get(page_of(met))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in femi.send(new="<script>alert(1)</script>").text


def test_what_cant_be_taken_is_said_and_nothing_typed_is_lost(house, met):
    femi = house.browser("femi")
    femi.get(page_of(met))
    answer = femi.send(present=public_id(house, "lena"), new="Nadia\n" + "x" * 81)
    assert answer.status_code == 422
    assert "Use at most 80 letters." in answer.text
    assert "Nadia" in answer.text
    assert f'value="{public_id(house, "lena")}" checked' in answer.text
    assert sql(house, "select count(*) from attendance") == 0


def test_a_register_of_the_future_has_no_button_and_takes_nothing(house, met):
    ahead = add_meeting(house.store, house.group, now_ms() + DAY_MS)
    femi = house.browser("femi")
    answer = femi.get(page_of(ahead))
    assert "has not begun" in answer.text
    assert "Save the register" not in answer.text
    femi.get(page_of(met))
    answer = femi.send(page_of(ahead), present=public_id(house, "lena"))
    assert answer.status_code == 422
    assert sql(house, "select count(*) from attendance") == 0


def test_a_phone_sends_ticks_and_is_told_of_each(house, met):
    good, bad = a_tick(met, person=public_id(house, "lena")), a_tick(met)
    answer = ticks(house, good, bad, good)
    assert answer.status_code == 200
    found = answer.get_json()
    assert [it["result"] for it in found["results"]] == ["new", "refused", "dup"]
    assert [it["id"] for it in found["results"]] == [good["id"], bad["id"], good["id"]]
    assert found["db_epoch"]
    assert "1 person was there." in house.browser("femi").get(page_of(met)).text


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"by": ""}, 401),
        ({"by": "lena", "who": "lena"}, 403),
        ({"who": "ada"}, 409),
        ({"origin": ""}, 403),
        ({"origin": "https://evil.example"}, 403),
    ],
    ids=["nobody", "who runs no meeting", "somebody else's", "no origin", "another site"],
)
def test_ticks_that_are_not_taken_get_an_answer_for_software_and_no_redirect(house, met, how, status):
    answer = ticks(house, a_tick(met, person=public_id(house, "lena")), **how)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]
    assert sql(house, "select count(*) from attendance") == 0


def test_an_envelope_that_cant_be_read_is_refused_and_says_that_nothing_is_lost(house, met):
    femi = house.browser("femi")
    answer = femi.client.post("/teach/ticks", data=b"[", headers={"Origin": URL}, base_url=URL)
    assert answer.status_code == 400
    assert "nothing is lost on the phone" in json.loads(answer.text)["detail"]

"""`POST /events`: the outbox of a phone."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from werkzeug.test import TestResponse

from lms.services import erasure
from lms.services.courses import Catalogue
from tests.web.conftest import URL, Browser, now_ms

NOW = "2026-11-22T10:00:00Z"


def event(house, **changes: object) -> dict[str, object]:
    release = Catalogue(house.store).shelf(now_ms()).course("tea").hash
    whole = {
        "id": str(uuid.uuid4()),
        "course": "tea",
        "release": release,
        "module": "brewing",
        "name": "pour",
        "kind": "done",
        "lang": "en",
        "at": NOW,
    }
    return whole | changes


def person(browser: Browser) -> str:
    return re.search(r'name="person" value="([^"]+)"', browser.get("/courses/tea/brewing/water").text)[1]


def post(browser: Browser, body: object, **headers: str) -> TestResponse:
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return browser.client.post("/events", data=data, base_url=URL, headers={"Origin": URL, **headers})


def test_each_event_is_answered_for_itself_in_the_order_sent(house, lena):
    good, bad = event(house), event(house, name="nowhere")
    answer = post(lena, {"person": person(lena), "sent": NOW, "events": [good, bad, good]})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    said = answer.get_json()
    assert [it["result"] for it in said["results"]] == ["new", "refused", "dup"]
    assert [it["id"] for it in said["results"]] == [good["id"], bad["id"], good["id"]]
    assert said["results"][1]["why"] == "no-such-step"
    assert said["results"][1]["say"]
    assert said["db_epoch"]


def test_nobody_signed_in_is_told_so_and_never_led_away(house, visitor):
    answer = post(visitor, {"person": "x", "sent": NOW, "events": []})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_answers_of_somebody_else_are_not_taken(house, lena):
    answer = post(house.browser("sam"), {"person": person(lena), "sent": NOW, "events": [event(house)]})
    assert answer.status_code == 409
    assert house.rows()["events"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"person": 1}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_of_the_shape_gets_400(lena, body):
    answer = post(lena, body)
    assert answer.status_code == 400
    assert answer.get_json()["status"] == 400


def test_too_many_and_too_much_are_refused_as_a_whole(house, lena):
    who = person(lena)
    many = post(lena, {"person": who, "sent": NOW, "events": [event(house)] * 201})
    assert many.status_code == 400
    large = post(lena, b" " * 300_000)
    assert large.status_code == 413
    assert large.mimetype == "application/problem+json"


def test_without_our_origin_nothing_is_taken(house, lena):
    body = {"person": person(lena), "sent": NOW, "events": [event(house)]}
    assert lena.client.post("/events", data=json.dumps(body), base_url=URL).status_code == 403
    assert post(lena, body, Origin="https://evil.example").status_code == 403
    assert house.rows()["events"] == 0


def send(house, browser: Browser, who: str, events: int = 0) -> TestResponse:
    return post(browser, {"person": who, "sent": NOW, "events": [{"no": "event"}] * events})


def until_refused(house, browser: Browser, who: str, events: int = 0) -> tuple[int, TestResponse]:
    """How many were taken before one was not, and that answer."""
    for taken in range(200):
        answer = send(house, browser, who, events)
        if answer.status_code != 200:
            return taken, answer
    raise AssertionError("never refused")


def test_a_phone_is_told_that_an_account_is_closed_whoever_is_signed_in(house, lena):
    who, good = person(lena), event(house)
    erasure.erase_named(house.store, "lena", now_ms())
    for browser in (lena, house.browser(), house.browser("sam")):
        for events in ([], [good]):
            answer = post(browser, {"person": who, "sent": NOW, "events": events})
            assert answer.status_code == 410
            assert "This account is closed." in answer.json["detail"]
    assert "lena" not in answer.text.casefold()
    assert house.rows()["events"] == 0


@pytest.mark.parametrize(("events", "fewest"), [(0, 60), (200, 15)])
def test_who_sends_too_much_at_once_is_told_how_long_to_wait(house, lena, events, fewest):
    taken, answer = until_refused(house, lena, person(lena), events)
    assert taken >= fewest
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Your answers stay saved" in answer.get_json()["detail"]


def test_nothing_of_a_batch_that_has_to_wait_is_recorded(house, lena):
    who, taken = person(lena), 0
    while post(lena, {"person": who, "sent": NOW, "events": [event(house)]}).status_code == 200:
        taken += 1
    assert house.rows()["events"] == taken >= 60


def test_one_person_who_sends_too_much_makes_nobody_else_wait(house, lena):
    until_refused(house, lena, person(lena))
    sam = house.browser("sam")
    assert send(house, sam, person(sam)).status_code == 200
    assert lena.get("/").status_code == 200

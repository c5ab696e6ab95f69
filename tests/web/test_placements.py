"""A placement on the pages: placed by staff, written down on a phone, signed, settled, ended, asked again."""

from __future__ import annotations

import re
import uuid

import pytest
from werkzeug.test import TestResponse

from lms.learning.joining import as_text
from lms.learning.placing import monday_of
from lms.services import pairings, uploads
from lms.services.uploads import Sent
from lms.settings import LONDON
from lms.store import placements as rows
from lms.store.placements import ConfirmationRow
from tests.learning.test_uploads import photo
from tests.web.conftest import URL, Browser, House, now_ms
from tests.web.test_matrix import public_id
from tests.web.test_mentors import send, signed
from tests.web.works import CHECKED, Works, day, working_at

HOSTILE = "<script>alert(1)</script> & more"


@pytest.fixture
def work(house: House) -> Works:
    """Lena works at a bakery, and Mira is her mentor."""
    femi, term = signed(house, "femi"), pairings.Term(day())
    lena, mira = public_id(house, "lena"), public_id(house, "mira")
    pairings.pair(house.store, femi, lena, mira, term, uuid.uuid4(), now_ms(), LONDON)
    return working_at(house, "lena", risks="Hot ovens.")


def log(browser: Browser, work: Works, **fields: str) -> TestResponse:
    said = {"act": "log", "of": work.placement_id, "day": work.today, "hours": "2", "what": "Wrote posts."}
    return send(browser, "/me/placement", **(said | fields))


def disputed(house: House, work: Works) -> None:
    said = (30, False, f"Half an hour {HOSTILE}", None, now_ms())
    lena = signed(house, "lena").person_id
    with house.store.write() as db:
        rows.confirm(
            db, ConfirmationRow(lena, uuid.UUID(work.placement_id), monday_of(day()), uuid.uuid4(), True, *said)
        )


def test_a_business_is_added_made_ready_and_a_learner_is_placed_there(house: House):
    femi, lena = house.browser("femi"), public_id(house, "lena")
    told = send(femi, "/teach/businesses", name="", contact="Bea", email="nothing", checked="soon")
    assert told.status_code == 422
    assert "Write the day as 2026-12-31." in told.text
    told = send(femi, "/teach/businesses", name="", contact="Bea", email="nothing")
    assert "Type a name" in told.text
    assert "Write it like name@example.org." in told.text
    assert 'value="nothing"' in told.text
    assert "Not ready" in send(femi, "/teach/businesses", name=HOSTILE, email="bea@example.org").text
    its = re.search(r'href="(/teach/businesses/[0-9a-f]+)"', femi.get("/teach/businesses").text)[1]
    placing = {"business": its.rpartition("/")[2], "starts": as_text(day()), "ends": as_text(day(27))}
    placing |= {"week_hours": "7,5", "paid": "yes", "risks": "Hot ovens."}
    told = send(femi, f"/teach/placements/{lena}", **placing)
    assert "Nobody can begin there yet." in told.text
    assert "Hot ovens." in told.text
    ready = {"name": "Bakery", "email": "bea@example.org", "checks": list(CHECKED), "act": "change"}
    ready |= {"checked": as_text(day()), "agreement": as_text(day())}
    assert "Learners can be placed here." in femi.send(its, page=its, **ready).text
    placed = send(femi, f"/teach/placements/{lena}", **placing)
    assert "7 hours and 30 minutes a week" in placed.text
    assert "Lena" in femi.get("/teach/placements").text
    told = send(femi, f"/teach/placements/{lena}", **placing)
    assert "at this business in that time already" in told.text
    femi.send(its, page=its, act="end")
    assert "Takes nobody just now." in femi.get("/teach/businesses").text


def test_she_writes_down_a_day_corrects_it_and_takes_it_away(house: House, work: Works):
    lena = house.browser("lena")
    answer = log(lena, work, hours="2,5", what=HOSTILE, link="https://bakery.example/posts")
    assert "2 hours and 30 minutes" in answer.text
    assert "<script>alert" not in answer.text
    assert 'href="https://bakery.example/posts"' in answer.text
    assert "3 hours and 30 minutes of 10 hours" in answer.text
    again = f"/me/placement?of={work.placement_id}&line={work.hours_id}"
    assert "Demo posts" in lena.get(again).text
    fields = {"of": work.placement_id, "line": str(work.hours_id), "day": work.today, "event_id": str(uuid.uuid4())}
    lena.send("/me/placement", page=again, **fields, act="log", hours="", minutes="15", what="Demo posts")
    assert "2 hours and 45 minutes of 10 hours" in lena.get("/me/placement").text
    told = lena.send(
        "/me/placement",
        page="/me/placement",
        **fields | {"event_id": str(uuid.uuid4())},
        act="log",
        hours="1",
        what="x",
    )
    assert "You changed this line before." in told.text
    newest = re.findall(r"line=([0-9a-f-]{36})", lena.get("/me/placement").text)[-1]
    fields |= {"line": newest, "event_id": str(uuid.uuid4())}
    lena.send("/me/placement", page="/me/placement", **fields, act="back")
    assert lena.get("/me/placement").text.count("Add a photo or file") == 1


def test_what_can_t_be_is_said_and_nothing_typed_is_lost(house: House, work: Works):
    lena = house.browser("lena")
    before = lena.get("/me/placement").text.count("Add a photo or file")
    for fields, told in (
        ({"hours": "25"}, "from 1 minute to 24 hours"),
        ({"hours": "23.5"}, "more than 24 hours"),
        ({"hours": "two"}, "Type a number, like 2 or 2.5."),
        ({"hours": "1e3"}, "Type a number, like 2 or 2.5."),
        ({"hours": ""}, "from 1 minute to 24 hours"),
        ({"day": as_text(day(1))}, "still to come"),
        ({"day": as_text(day(-22))}, "before your first day"),
        ({"day": "Monday"}, "Write the day as 2026-12-31."),
        ({"link": "javascript:alert(1)"}, "Paste the whole address"),
    ):
        answer = log(lena, work, **({"what": f"Kept {HOSTILE}"} | fields))
        assert answer.status_code == 422, fields
        assert answer.text.count(told) == 2, fields
        assert "Kept &lt;script&gt;" in answer.text
    assert lena.get("/me/placement").text.count("Add a photo or file") == before
    assert log(house.browser("sam"), work).status_code == 404


def test_a_mentor_sees_the_same_weeks_signs_one_and_after_the_end_sees_nothing(house: House, work: Works):
    lena, mira, path = house.browser("lena"), house.browser("mira"), f"/mentor/{public_id(house, 'lena')}/hours"
    sent = Sent(uuid.uuid4(), "shop.jpg", photo())
    uploads.for_hours(house.store, signed(house, "lena"), work.hours_id, sent, now_ms())
    assert "1 file" in lena.get("/me/placement").text
    page = mira.get(path).text
    assert "Demo posts" in page
    assert "Hot ovens" not in page
    file = re.search(r'href="(/evidence/[^"]+)"', page)[1]
    assert mira.client.get(file, base_url=URL).status_code == 200
    asked = {"of": work.placement_id, "week": work.week, "minutes": "60"}
    told = send(mira, path, act="ask", said=" ", **asked)
    assert told.text.count("Write what you want to ask") == 2
    assert "Which posts?" in send(mira, path, act="ask", said="Which posts?", **asked).text
    assert "Which posts?" in lena.get("/me/placement").text
    assert "She changed this week meanwhile." in send(mira, path, act="sign", **(asked | {"minutes": "59"})).text
    assert "Signed off by Mira" in send(mira, path, act="sign", **asked).text
    assert "Signed off by Mira" in lena.get("/me/placement").text
    pairing = re.search(
        r'name="pairing_id" value="([^"]+)"',
        house.browser("femi").get(f"/teach/pairings/{public_id(house, 'lena')}").text,
    )[1]
    pairings.end(
        house.store, signed(house, "femi"), public_id(house, "lena"), uuid.UUID(pairing), now_ms()
    )  # fmt: skip
    for gone in (path, file):
        assert mira.client.get(gone, base_url=URL).status_code == 404
    assert lena.client.get(file, base_url=URL).status_code == 200


def test_staff_settle_a_week_with_words_end_it_and_ask_three_months_later(house: House, work: Works):
    femi, lena = house.browser("femi"), house.browser("lena")
    path = f"/teach/placements/{public_id(house, 'lena')}/{work.placement_id}"
    disputed(house, work)
    assert "hours of a week are wrong" in femi.get("/teach/placements").text
    assert "Half an hour &lt;script&gt;" in lena.get("/me/placement").text
    told = send(femi, path, act="settle", week=work.week, hours="", said="Rang them.")
    assert told.status_code == 422
    assert "Rang them." in told.text
    answer = send(femi, path, act="settle", week=work.week, hours="0.75", said="Rang them.")
    for page in (answer.text, lena.get("/me/placement").text):
        assert "Somebody looked into it: 45 minutes count." in page
        assert "Rang them." in page
    assert "Choose what became of it." in send(femi, path, act="end", ended="", ended_day=work.today).text
    told = send(femi, path, act="end", ended="job", ended_day=as_text(day(-1)))
    assert "She wrote down hours after that day." in told.text
    assert "What it led to: Work somewhere else." in send(femi, path, act="end", ended="job", ended_day=work.today).text
    assert "What do you do now?" not in lena.get("/me/placement").text
    with house.store.write() as db:  # three months pass
        db.exec_driver_sql("update placements set starts_day = 20260101, ends_day = 20260201, ended_day = 20260201")
    assert "Tell us what you do now" in lena.get("/me").text
    told = send(lena, "/me/placement", act="later", of=work.placement_id)
    assert told.text.count("Choose what became of it.") == 2
    send(lena, "/me/placement", act="later", of=work.placement_id, later="study")
    assert "Three months after: More learning." in femi.get(path).text
    assert "Tell us what you do now" not in lena.get("/me").text


def test_who_is_under_18_is_said_where_she_is_placed(house: House):
    femi, lena = house.browser("femi"), public_id(house, "lena")
    with house.store.write() as db:
        db.exec_driver_sql('update people set wishes = \'{"adult": "no"}\' where public_id = ?', (lena,))
    send(femi, "/teach/businesses", name="Forge", email="forge@example.org")
    assert "She said that she is under 18." in femi.get(f"/teach/placements/{lena}").text


def test_nobody_who_may_not_place_reads_the_risks(house: House, work: Works):
    path = f"/teach/placements/{public_id(house, 'lena')}/{work.placement_id}"
    assert "Hot ovens." in house.browser("femi").get(path).text
    for who in ("lena", "mira", "fola"):
        browser = house.browser(who)
        assert browser.client.get(path, base_url=URL).status_code == 403
        for page in ("/me/placement", f"/mentor/{public_id(house, 'lena')}/hours"):
            assert "Hot ovens" not in browser.client.get(page, base_url=URL).text

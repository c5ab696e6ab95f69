"""What is held about her: seeing it, taking it away, who sees it, another user name, closing it all; complaints."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import uuid

from lms.services import people
from lms.store.tables import METADATA
from tests.web.conftest import PASSWORD, URL, hidden, now_ms


def test_everything_kept_about_her_is_hers_to_see_and_take_away(house, lena):
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    lena.send(
        "/courses/tea/brewing/water", page="/courses/tea/brewing/water?step=q-word", act="answered", answer="soak"
    )
    page = lena.get("/me/data").text
    assert "Answers in your own words: 1" in page
    assert "soak" in page
    answer = lena.get("/me/data?as=json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    kept = json.loads(answer.data)
    assert kept["people"][0]["display_name"] == "Lena"
    assert kept["memberships"][0]["group"] == "Tuesday club"
    assert {it["step"] for it in kept["events"]} == {"brewing/pour", "brewing/q-word"}
    assert kept["words"][0]["body"] == "soak"
    assert "argon2" not in answer.text
    assert "Olga" not in answer.text


def test_what_is_kept_of_every_table_about_people_is_in_it(house, lena):
    with house.store.read() as db:
        held = {
            name
            for name, table in METADATA.tables.items()
            if table.info.get("class") == "person"
            and db.exec_driver_sql(
                f"select 1 from {name} where person_id = (select person_id from people where username = 'lena')"
            ).first()
        }
    assert set(json.loads(lena.get("/me/data?as=json").data)) == held


def test_everything_kept_is_in_an_order_that_makes_sense(lena):
    page = lena.get("/me/data").text
    told = ["Your account", "Groups you joined", "Where you are signed in", "Your password", "When you signed in"]
    assert [page.index(words) for words in told] == sorted(page.index(words) for words in told)


def test_the_table_says_what_the_file_for_programs_says_and_runs_nothing_in_a_spreadsheet(lena):
    lena.send(
        "/courses/tea/brewing/water", page="/courses/tea/brewing/water?step=q-word", act="answered", answer="=1+1"
    )
    answer = lena.get("/me/data?as=csv")
    assert 'filename="my-data.csv"' in answer.headers["Content-Disposition"]
    header, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert header == ["part", "number", "name", "value"]
    assert ["words", "1", "body", "'=1+1"] in lines
    kept = json.loads(lena.get("/me/data?as=json").data)
    assert {(line[0], line[2]) for line in lines} == {
        (table, name) for table, rows in kept.items() for row in rows for name in row
    }


def test_what_is_held_is_told_in_words_and_without_numbers_for_programs(lena):
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = lena.get("/me/data").text
    assert '<dt>What you are called</dt><dd class="typed">Lena</dd>' in page
    assert "<dt>When we got it</dt>" in page
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d|event_id|Event id|draw_seed", page)


def test_who_can_see_what_names_her_facilitator_and_what_others_did(house, lena):
    page = lena.get("/me/seen").text
    assert "<h3>Tuesday club</h3>\n<p><b>Femi (Facilitator)</b> can see you in this group:" in page
    assert "Greta" not in page
    assert "1 administrator sees your name" in page
    assert "Nobody changed anything of yours." in page
    femi = house.browser("femi")
    femi.send(
        "/teach/code",
        page=f"/teach/groups/{house.group}",
        person=re.search(r'value="([\w-]+)">Lena', femi.get(f"/teach/groups/{house.group}").text)[1],
    )
    assert re.search(r"<li>\d+ \w+ \d{4}: Femi made a sign-in code for you</li>", lena.get("/me/seen").text)


def test_who_is_in_no_group_is_seen_by_no_facilitator(house):
    assert "You are in no group." in house.browser("sam").get("/me/seen").text


def test_she_changes_her_user_name_with_her_password(house, lena):
    refused = lena.send("/me/username", page="/me/username", username="lena.new", old="not it")
    assert refused.status_code == 422
    assert 'href="#old"' in refused.text
    taken = lena.send("/me/username", page="/me/username", username="Olga", old=PASSWORD)
    assert 'href="#username"' in taken.text
    assert "Saved." in lena.send("/me/username", page="/me/username", username="Lena.New", old=PASSWORD).text
    assert house.browser().sign_in("lena.new").get("/me").status_code == 200
    assert house.browser().send("/sign-in", page="/sign-in", username="lena", password=PASSWORD).status_code == 422
    assert people.sign_up(house.store, "Another", "lena", PASSWORD, "yes", "en", now_ms())


def test_closing_takes_the_password_and_leaves_nothing_that_a_form_or_a_phone_could_fill_again(house, lena):
    here = "/courses/tea/brewing/water?step=q-word"
    old = {**hidden(lena.get(here).text, "/courses/tea/brewing/water"), "act": "answered", "answer": "a secret of mine"}
    page = lena.get("/me/close").text
    assert "This is for good." in page
    assert "The counts." in page
    assert "A badge you saved still proves itself" in page
    refused = lena.send("/me/close", old="not it")
    assert refused.status_code == 422
    assert "That is not what lets you in now." in refused.text
    her_id = old["person"]
    said = lena.send("/me/close", old=PASSWORD)
    assert "Your account is closed" in said.text
    assert f'data-gone="{her_id}"' in said.text
    assert "Lena" not in said.text
    assert lena.get("/me").request.path == "/sign-in"
    before = house.rows()
    late = lena.client.post("/courses/tea/brewing/water", data=old, base_url=URL, headers={"Origin": URL})
    assert late.status_code == 401
    event = {"id": str(uuid.uuid4()), "course": "tea", "name": "pour", "kind": "done"}
    batch = {"person": her_id, "sent": "2026-11-22T00:00:00Z", "events": [event]}
    for browser, status in ((lena, 410), (house.browser("sam"), 410)):
        answer = browser.client.post("/events", json=batch, base_url=URL, headers={"Origin": URL})
        assert answer.status_code == status
    assert {**house.rows(), "sign_ins": 0} == {**before, "sign_ins": 0}


def test_the_last_administrator_is_told_why_she_can_not_close_hers(house):
    ada = house.browser("ada")
    answer = ada.send("/me/close", page="/me/close", old=PASSWORD)
    assert answer.status_code == 422
    assert "This is the last administrator. Give the role to someone else first." in answer.text
    assert ada.get("/admin").status_code == 200


def test_who_has_no_password_is_asked_to_choose_one_first(house, lena):
    with house.store.write() as db:
        db.exec_driver_sql(
            "delete from secrets where person_id = (select person_id from people where username = 'lena')"
        )
    page = lena.get("/me/close").text
    assert "Choose one first" in page
    assert 'name="old"' not in page


def test_a_guest_has_no_account_to_close_and_is_led_to_signing_out(visitor):
    visitor.send("/courses/tea/serving/cup", page="/courses/tea/serving/cup", act="done")
    assert visitor.get("/me/close").request.path == "/sign-out"
    assert 'href="/sign-out">Delete all I did here' in visitor.get("/me/data").text


def test_anybody_complains_and_reads_with_the_number_what_was_done(house, visitor):
    assert visitor.send("/complaints", page="/complaints", body=" ").status_code == 422
    page = visitor.send("/complaints", page="/complaints", body="<b>Somebody</b> read it", reach="at the library").text
    number = re.search(r"Its number is <b class=\"nowrap\">([A-Z2-9]{4}-[A-Z2-9]{4})</b>", page)[1]
    assert "We have your complaint" in page
    assert "A person looks at it by" in page
    assert "read it" not in visitor.get(f"/complaints/{number}").text
    ada = house.browser("ada")
    assert "Complaints: 1 open" in ada.get("/admin").text
    assert "&lt;b&gt;Somebody&lt;/b&gt; read it" in ada.get("/admin/complaints").text
    path = f"/admin/complaints/{number}"
    refused = ada.send(path, page="/admin/complaints", said="", act="did")
    assert refused.status_code == 422
    assert 'href="#said"' in refused.text
    ada.send(path, page="/admin/complaints", said="We looked.", act="did")
    ada.send(path, page="/admin/complaints", said="It was a mistake. We are sorry.", act="closed")
    page = visitor.get(f"/complaints?number={number.lower().replace('-', '')}").text
    assert page.index("We looked.") < page.index("It was a mistake. We are sorry.") < page.index(": closed")
    assert "Complaints: " not in ada.get("/admin").text
    assert path not in ada.get("/admin/complaints").text


def test_a_complaint_of_somebody_signed_in_is_among_what_is_held_about_her(lena):
    lena.send("/complaints", page="/complaints", body="It is about my badge")
    assert json.loads(lena.get("/me/data?as=json").data)["complaints"][0]["body"] == "It is about my badge"


def test_nobody_complains_or_guesses_numbers_without_end(visitor):
    form = {**hidden(visitor.get("/complaints").text, "/complaints"), "body": "again"}

    def complain(_: int) -> int:
        new = {**form, "event_id": str(uuid.uuid4())}
        return visitor.client.post("/complaints", data=new, base_url=URL).status_code

    def guess(n: int) -> int:
        return visitor.get(f"/complaints/AAAA-{n:04}").status_code

    for ask, told, free in ((complain, 303, 20), (guess, 404, 30)):
        came = list(itertools.takewhile(lambda status: status != 429, map(ask, range(100))))
        assert free <= len(came) < 100
        assert set(came) == {told}

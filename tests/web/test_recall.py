"""What a lesson opens with: a question from a lesson she finished on an earlier day, asked once, never in the way."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import date

import pytest

from lms.services import guests, merging, publishing, rebuild
from lms.services.courses import Catalogue
from lms.settings import LONDON
from tests.browser.learning import finish_lesson, on_an_earlier_day
from tests.web.conftest import COURSE, URL, Browser, House, hidden, now_ms
from tests.web.test_matrix import person_id, public_id

WATER, POT = "/courses/tea/brewing/water", "/courses/tea/brewing/pot"
QUESTIONS = ("How hot is the water?", "What do we call waiting?", "How many minutes?", "Which go in?")
FIRST = "Before you start: do you remember this?"


def learned(house: House, who: int, lesson: str, days_ago: int) -> None:
    """Somebody finished a lesson some days ago."""
    finish_lesson(house.store, Catalogue(house.store), who, "tea", "brewing", lesson, now_ms())
    on_an_earlier_day(house.store, who, days_ago)


@pytest.fixture
def lena(house: House) -> Browser:
    """She finished "The water" yesterday."""
    learned(house, person_id(house, "lena"), "water", 1)
    return house.browser("lena")


def asked(page: str) -> str:
    """The question a page asks before its lesson; empty where it is the lesson."""
    return next((it for it in QUESTIONS if it in page), "") if FIRST in page else ""


def held(house: House) -> list[list[object]]:
    """All that says how far Lena is, and what reports count of her."""
    columns = {
        "progress": "done_count, score, last_at_ms, state",
        "learner_months": "*",
        "milestones": "*",
        "awards": "*",
    }
    with house.store.read() as db:
        return [list(db.exec_driver_sql(f"select {of} from {table}")) for table, of in columns.items()]


def events(house: House) -> list[tuple[object, ...]]:
    with house.store.read() as db:
        found = db.exec_driver_sql("select step_no, choice, mark from events where kind = 'recalled' order by seq")
        return [tuple(row) for row in found]


def answer(lena: Browser, right: bool) -> dict[str, object]:
    """A right or a wrong answer to the question that is asked."""
    assert lena.last is not None
    page = lena.last.text
    choices = dict(re.findall(r'<label for="a-(\w)">([^<]+)', page))
    if not choices:
        good = "steep" if "waiting" in page else "4"
        return {"answer": good if right else "999"}
    good_words = {"It has just boiled", "Water", "Leaves"}
    return {"answer": [letter for letter, words in choices.items() if (words in good_words) is right]}


def test_a_lesson_opens_with_a_question_from_yesterday_and_then_with_itself(house, lena):
    before = held(house)
    question = asked(lena.get(POT).text)
    assert question
    assert asked(lena.get(POT).text) == question, "whoever comes back finds the same"
    told = lena.send(f"{POT}/recall", act="recalled", **answer(lena, right=True)).text
    assert "<title>Yes, that is right. A question first</title>" in told
    assert question in told
    assert f'href="{POT}">Start the lesson' in told
    assert "Pour" in lena.get(POT).text
    assert asked(lena.get(POT).text) == "", "it is asked once"
    assert [mark for _, _, mark in events(house)] == [1]
    assert held(house) == before, "nothing follows from it"
    assert rebuild.rebuild(house.store, Catalogue(house.store), LONDON, check_only=True).differences == ()


def test_a_wrong_answer_is_told_the_right_one_and_where_it_was_learned(house, lena):
    before = held(house)
    question = asked(lena.get(POT).text)
    told = lena.send(f"{POT}/recall", act="recalled", **answer(lena, right=False)).text
    assert "<h2>Not quite</h2>" in told
    assert "<dt>The answer</dt>" in told.split("<h2>Not quite</h2>")[1]
    (address,) = re.findall(r'href="([^"]*)">See where you learned this', told)
    assert question in lena.get(address).text
    assert "Yes, that is right" not in lena.last.text
    assert held(house) == before
    assert asked(lena.get(POT).text) == ""


def test_one_tap_skips_it_for_the_day_and_a_second_tap_is_nothing_more(house, lena):
    page = lena.get(POT).text
    for _ in range(2):
        lena.last = None
        skipped = lena.client.post(f"{POT}/recall", base_url=URL, data={**hidden(page, f"{POT}/recall"), "act": "skip"})
        assert (skipped.status_code, skipped.location) == (303, POT)
    assert "Pour" in lena.get(POT).text
    assert len(events(house)) == 1
    assert asked(lena.get("/courses/tea/brewing/pot").text) == ""


def test_back_and_another_answer_is_told_and_does_not_ask_more(house, lena):
    page = lena.get(POT).text
    fields = {**hidden(page, f"{POT}/recall"), "act": "recalled"}
    for right in (False, True, True):
        told = lena.client.post(f"{POT}/recall", base_url=URL, data={**fields, **answer(lena, right)})
        assert told.status_code == 303
    assert [mark for _, _, mark in events(house)] == [0, 1], "the same answer again is known"
    assert asked(lena.get(POT).text) == ""


def test_nothing_chosen_is_said_and_nothing_is_kept(house, lena):
    question = asked(lena.get(POT).text)
    again = lena.send(f"{POT}/recall", act="recalled", follow=False)
    assert again.status_code == 422
    assert "There is a problem" in again.text
    assert asked(again.text) == question
    assert events(house) == []


def test_who_is_in_the_middle_of_a_lesson_or_looks_at_a_step_of_it_is_not_asked(house, lena):
    assert asked(lena.get(f"{POT}?step=pour").text) == ""
    assert asked(lena.get(WATER).text) == "", "it is finished"


def test_nobody_is_asked_who_finished_nothing_before_today(house):
    assert asked(house.browser().get(POT).text) == ""
    sam = person_id(house, "sam")
    finish_lesson(house.store, Catalogue(house.store), sam, "tea", "brewing", "water", now_ms())
    assert asked(house.browser("sam").get(POT).text) == ""


def test_what_she_learned_in_a_module_that_can_be_left_at_once_is_not_asked_elsewhere(lena):
    assert asked(lena.get("/courses/tea/serving/cup").text) == ""


def test_a_question_of_the_quiz_is_never_asked_nor_told(house, lena):
    page = lena.get(POT).text
    fields = {**hidden(page, f"{POT}/recall"), "step": "z-first", "act": "recalled", "answer": "a"}
    assert lena.client.post(f"{POT}/recall", base_url=URL, data=fields).status_code == 404
    assert events(house) == []


def test_a_visitor_or_an_address_that_tells_nothing_of_hers_leads_to_the_lesson(house, lena):
    lena.get(POT)
    lena.send(f"{POT}/recall", act="recalled", **answer(lena, right=True))
    told = lena.last.request.url
    for who, address in ((house.browser(), told), (house.browser("sam"), told), (lena, f"{POT}/recall?answer=x")):
        answered = who.client.get(address, base_url=URL)
        assert (answered.status_code, answered.location) == (303, POT)
    sent = house.browser().client.post(f"{POT}/recall", base_url=URL, headers={"Origin": URL}, data={"act": "skip"})
    assert (sent.status_code, sent.location) == (303, POT)


def test_a_phone_can_not_send_one(house, lena):
    event = {"id": str(uuid.uuid4()), "course": "tea", "release": "", "module": "brewing", "name": "q-hot"}
    said = {**event, "kind": "recalled", "lang": "en", "at": "2026-11-22T08:00:00Z", "answer": ["a"]}
    batch = {"person": public_id(house, "lena"), "sent": "2026-11-22T08:00:00Z", "events": [said]}
    answer_ = lena.client.post("/events", json=batch, headers={"Origin": URL}, base_url=URL)
    assert json.loads(answer_.text)["results"][0]["result"] == "refused"


def publish(house: House, brewing: str) -> None:
    files = {path: it.encode() if isinstance(it, str) else it for path, it in {**COURSE, "brewing.md": brewing}.items()}
    publishing.publish(house.store, "tea", files, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))


def test_a_question_that_is_taken_out_meanwhile_is_asked_no_more_and_its_answer_leads_on(house, lena):
    asks = lena.get(POT).text
    question = asked(asks)
    name = re.findall(r'name="step" value="([^"]+)"', asks)[0]
    given_ = answer(lena, right=True)
    without = re.sub(rf"### Question: {re.escape(question)}.*?(?=\n##)", "", COURSE["brewing.md"], flags=re.DOTALL)
    publish(house, without.replace("leave: yes", f"leave: yes\nchanges:\n  - 2026-11-22 removed {name}"))
    fields = {**hidden(asks, f"{POT}/recall"), "act": "recalled", **given_}
    sent = lena.client.post(f"{POT}/recall", base_url=URL, data=fields)
    assert sent.status_code == 303, "it is taken by the release it was made from"
    assert lena.get(sent.location).request.path == POT, "there is nothing to say to it any more"
    assert len(events(house)) == 1
    assert asked(lena.get(POT).text) != question


def test_what_she_finished_under_another_id_is_asked_too(house):
    token = guests.begin(house.store, uuid.uuid4(), now_ms())
    learned(house, token.person_id, "water", 1)
    assert asked(house.browser("lena").get(POT).text) == ""
    merging.merge(house.store, person_id(house, "lena"), token.person_id, None, now_ms())
    lena = house.browser("lena")
    assert asked(lena.get(POT).text)
    lena.send(f"{POT}/recall", act="skip")
    assert asked(lena.get(POT).text) == ""
    assert rebuild.rebuild(house.store, Catalogue(house.store), LONDON, check_only=True).differences == ()


def test_the_lesson_opens_where_nothing_can_be_saved(house, lena):
    house.app.extensions["lms"].saving.failed_ms = now_ms()
    assert asked(lena.get(POT).text) == ""
    assert "Pour" in lena.last.text

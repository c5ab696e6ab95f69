"""A lesson, one screen at a time, for a visitor and for someone signed in."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.web.conftest import COURSE, PASSWORD, URL, hidden, now_ms

WATER = "/courses/tea/brewing/water"
HOT = f"{WATER}?step=q-hot"


def letters(page: str) -> dict[str, str]:
    """What stands beside each choice -> its letter."""
    found = re.findall(r'value="(\w+)" id="a-\w+"[^>]*><label[^>]*>([^<]+)', page)
    return {words.strip(): letter for letter, words in found}


def test_a_lesson_opens_with_its_first_page(visitor):
    page = visitor.get(WATER).text
    assert "Water comes first." in page
    assert "Step 1 of 7" in page
    assert "Next: Boil it" in page


def test_a_step_shows_its_picture_its_callout_and_its_words(visitor):
    page = visitor.get(f"{WATER}?step=boil").text
    assert re.search(r'<img src="/files/[0-9a-f]{64}" alt="A kettle stands on a stove"', page)
    assert 'class="callout callout-tip" role="note"><svg' in page
    assert "To leave the leaves in the water." in page


def test_a_title_says_nothing_of_a_module_that_may_be_left(visitor):
    page = visitor.get(HOT).text
    assert "<title>Lesson, step 3 of 7</title>" in page
    assert page.index("Leave this page") < page.index("<main")
    assert "Get help now" in page.split("</main>")[0]


def test_a_module_without_leave_has_no_bar_and_a_title_of_its_own(visitor):
    page = visitor.get("/courses/tea/serving/cup").text
    assert "Leave this page" not in page
    assert "<title>The cup, step 1 of 1 - Learn at home</title>" in page


def test_a_visitor_is_told_why_an_answer_is_not_right(visitor):
    wrong = letters(visitor.get(HOT).text)["It is warm"]
    page = visitor.send(WATER, act="answered", answer=wrong).text
    assert "<title>Not quite. Lesson" in page
    assert "Warm water leaves it weak." in page
    assert "Not quite. Warm" not in page
    assert "Try another answer" in page
    assert "Heat draws" not in page


def test_a_visitors_right_answer_leads_on(visitor):
    right = letters(visitor.get(HOT).text)["It has just boiled"]
    page = visitor.send(WATER, act="answered", answer=right).text
    assert "Yes, that is right" in page
    assert "Heat draws the taste out." in page
    assert f'href="{WATER}?step=q-word"' in page


def test_checking_without_an_answer_says_what_to_do_and_makes_nobody(house, visitor):
    before = house.rows()
    page = visitor.send(WATER, page=HOT, act="answered").text
    assert "There is a problem" in page
    assert "Choose an answer first." in page
    assert house.rows() == before


def test_hints_come_one_by_one(visitor):
    assert "Look at the steam" not in visitor.get(HOT).text
    one = visitor.send(WATER, act="hinted").text
    assert "Look at the steam" in one
    assert "Listen to the kettle" not in one
    assert "Listen to the kettle" in visitor.send(WATER, act="hinted").text


def test_odd_addresses_of_a_question_still_show_it(visitor):
    for odd in (
        "answer=zz",
        "answer=%00",
        "answer=a&answer=a",
        "shown=1",
        f"answer={uuid.uuid4()}",
        "answer=" + "x" * 9000,
    ):
        answer = visitor.get(f"{HOT}&{odd}")
        assert answer.status_code == 200
        assert "How hot is the water?" in answer.text


def test_an_old_link_to_a_step_leads_to_its_lesson(visitor):
    answer = visitor.get(f"{WATER}?step=was-renamed")
    assert answer.status_code == 200
    assert answer.request.path == WATER


def test_typed_answers_are_read_kindly(visitor):
    def said(step: str, answer: str) -> str:
        return visitor.send(WATER, page=f"{WATER}?step={step}", act="answered", answer=answer).text

    assert "Yes, that is right" in said("q-word", "  Steeping.")
    assert "Yes, that is right" in said("q-minutes", "4 minutes")
    assert "It starts with" in said("q-word", "soak")
    assert "Not quite" in said("q-word", "boil")
    assert "Not quite" in said("q-minutes", "7")


def test_choosing_some_of_what_is_right_is_told_so(visitor):
    water = letters(visitor.get(f"{WATER}?step=q-which").text)["Water"]
    answer = visitor.send(WATER, act="answered", answer=water).text
    assert "What you chose is right. There is more to find." in answer


def test_reading_on_is_kept(house, lena):
    lena.send(WATER, page=WATER, step="water", act="opened")
    assert "Step 2 of 7" in lena.last.text
    lena.send(WATER, act="done")
    assert "Step 3 of 7" in lena.last.text
    assert "How hot is the water?" in lena.get(WATER).text
    assert "Carry on" in lena.get("/").text


def test_an_answer_is_kept_and_its_page_can_be_reloaded(house, lena):
    wrong = letters(lena.get(HOT).text)["It is warm"]
    page = lena.send(WATER, act="answered", answer=wrong)
    assert "Warm water leaves it weak." in page.text
    before = house.rows()["events"]
    again = lena.get(f"{WATER}?{page.request.query_string.decode()}")
    assert "Warm water leaves it weak." in again.text
    assert house.rows()["events"] == before == 1


def test_a_double_tap_is_one_answer_and_another_choice_a_second(house, lena):
    shown = lena.get(HOT)
    chosen = letters(shown.text)
    form = {**hidden(shown.text, WATER), "act": "answered", "answer": chosen["It is warm"]}
    for _ in range(3):
        lena.client.post(WATER, data=form, base_url=URL)
    assert house.rows()["events"] == 1
    lena.client.post(WATER, data={**form, "answer": chosen["It has just boiled"]}, base_url=URL)
    assert house.rows()["events"] == 2


def test_after_two_wrong_answers_she_may_see_the_right_one(house, lena):
    for _ in range(2):
        wrong = letters(lena.get(HOT).text)["It is warm"]
        assert 'value="revealed"' not in lena.last.text
        lena.send(WATER, act="answered", answer=wrong)
    assert 'value="revealed"' in lena.last.text
    page = lena.send(WATER, act="revealed").text
    assert "This is the answer" in page
    assert "It has just boiled" in page
    assert "Heat draws the taste out." in page


def test_the_answer_is_not_given_before_two_tries_whatever_is_sent(lena):
    answer = lena.send(WATER, page=HOT, act="revealed")
    assert answer.status_code == 422
    assert "Try twice first" in answer.text
    assert "Heat draws" not in lena.get(f"{HOT}&shown=1").text


def test_a_hint_asked_for_stays(lena):
    lena.send(WATER, page=HOT, act="hinted")
    assert "Look at the steam" in lena.last.text
    assert "Look at the steam" in lena.get(HOT).text


def test_an_answer_that_is_none_is_refused_with_a_sentence(lena):
    for answer in ([], ["zz"], ["a", "b"], ["\x00"]):
        shown = lena.send(WATER, page=HOT, act="answered", answer=answer)
        assert shown.status_code == 422
        assert "There is a problem" in shown.text


def test_a_form_that_says_nonsense_is_not_found(lena):
    for form in ({"act": "released"}, {"act": "flew"}, {"act": "done", "step": "nowhere"}):
        lena.get(HOT)
        assert lena.send(WATER, **form).status_code == 404
    lena.get(HOT)
    assert lena.send(WATER, act="answered", answer="a", event_id="not-an-id").status_code == 422


@pytest.mark.parametrize("who", ["", "lena"])
def test_rating_has_no_right_and_wrong(house, who):
    browser = house.browser(who)
    page = browser.get(f"{WATER}?step=rate-tea").text
    assert "There is no right or wrong here" in page
    browser.send(WATER, act="rated", answer=letters(page)["With help"])
    assert browser.last.request.path == "/courses/tea/brewing"


def test_finishing_a_lesson_says_so_and_shows_what_is_next(lena):
    lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot", act="done")
    page = lena.last.text
    assert "You finished the lesson." in page  # of a module that nobody is to see she learns
    assert "You finished “The pot”" not in page
    lena.send("/courses/tea/serving/cup", page="/courses/tea/serving/cup", act="done")
    assert "You finished “The cup”" in lena.last.text
    assert "<b>Done.</b> Look again any time" in page


def test_a_lesson_without_steps_is_done_by_reading(house, lena):
    lena.send("/courses/tea/serving/cup", page="/courses/tea/serving/cup", act="done")
    assert "You finished this module" in lena.last.text


def test_someone_elses_answer_is_not_shown(house, lena):
    wrong = letters(lena.get(HOT).text)["It is warm"]
    address = lena.send(WATER, act="answered", answer=wrong).request.query_string.decode()
    page = house.browser("sam").get(f"{WATER}?{address}").text
    assert "Warm water leaves it weak." not in page
    assert str(uuid.UUID(address.split("answer=")[1])) not in page


def signed_out_with_a_form(house, browser):
    """A lesson page that is still open after its sign-in has ended elsewhere."""
    shown = browser.get(HOT)
    chosen = letters(shown.text)["It is warm"]
    house.browser("lena").send("/me/settings", page="/me/settings", act="everywhere")
    return browser.send(WATER, act="answered", answer=chosen)


def test_a_form_sent_after_the_sign_in_ended_is_done_when_she_is_back(house, lena):
    page = signed_out_with_a_form(house, lena)
    assert page.status_code == 401
    assert "Sign in again to send your answer" in page.text
    assert house.rows()["events"] == 0
    done = lena.send("/sign-in", username="lena", password=PASSWORD)
    assert "Warm water leaves it weak." in done.text
    assert house.rows()["events"] == 1


def test_a_kept_form_is_never_done_for_somebody_else(house, lena):
    signed_out_with_a_form(house, lena)
    done = lena.send("/sign-in", username="sam", password=PASSWORD)
    assert done.request.path == "/"
    assert house.rows()["events"] == 0


def signed_out_in_another_tab(browser):
    """A lesson page that is still open after this very browser was signed out."""
    shown = browser.get(HOT)
    form = {**hidden(shown.text, WATER), "act": "answered", "answer": letters(shown.text)["It is warm"]}
    browser.send("/sign-out", page="/me")
    return form


def test_a_form_sent_after_signing_out_in_another_tab_is_done_when_she_is_back(house, lena):
    form = signed_out_in_another_tab(lena)
    lena.last = lena.client.post(WATER, data=form, base_url=URL, headers={"Origin": URL})
    assert lena.last.status_code == 401
    assert "Sign in again to send your answer" in lena.last.text
    assert house.rows()["events"] == 0
    assert "Warm water leaves it weak." in lena.send("/sign-in", username="lena", password=PASSWORD).text
    assert house.rows()["events"] == 1


def test_a_form_without_a_token_is_kept_only_from_a_page_of_ours_and_when_nobody_is_signed_in(house, lena):
    form = signed_out_in_another_tab(lena)
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert lena.client.post(WATER, data=form, base_url=URL, headers=headers).status_code == 403
    sam = house.browser("sam")
    assert sam.client.post(WATER, data=form, base_url=URL, headers={"Origin": URL}).status_code == 403


def test_a_kept_form_that_was_tampered_with_does_nothing(house):
    for kept in (
        "x",
        "[]",
        '["/sign-out","x",[]]',
        '["//evil.example","x",[["a","b"]]]',
        "[" * 5000,
        '["/teach","x",[[1,2]]]',
    ):
        browser = house.browser()
        answer = browser.send("/sign-in", page="/sign-in", username="lena", password=PASSWORD, kept=kept)
        assert answer.request.path == "/"


def test_without_pictures_their_descriptions_stand_there(lena):
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", pictures="y")
    page = lena.get(f"{WATER}?step=boil").text
    assert "<img" not in page
    assert "Picture: A kettle stands on a stove" in page
    assert 'data-pictures="out"' in page


def publish_brewing(house, old: str, new: str, change: str = "") -> None:
    """Publish the course with its first module changed, and let the site look at it."""
    brewing = COURSE["brewing.md"].replace(old, new)
    files = {path: it.encode() if isinstance(it, str) else it for path, it in COURSE.items()}
    files["brewing.md"] = brewing.replace("leave: yes\n", f"leave: yes\n{change}", 1).encode()
    publishing.publish(house.store, "tea", files, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))


@pytest.mark.parametrize(
    ("old", "new", "leads_to"),
    [
        ("{#q-hot}", "{#q-heat}", f"{WATER}?step=q-heat&answer="),
        (
            "## The water {#water}",
            "## All about water {#all-water}",
            "/courses/tea/brewing/all-water?step=q-hot&answer=",
        ),
    ],
    ids=["the step", "the lesson"],
)
def test_an_answer_is_kept_when_a_release_renames_where_it_was_asked(house, lena, old, new, leads_to):
    shown = lena.get(HOT)
    form = {**hidden(shown.text, WATER), "act": "answered", "answer": letters(shown.text)["It is warm"]}
    renamed = f"{old.split('#')[-1].strip('}')} to {new.split('#')[-1].strip('}')}"
    publish_brewing(house, old, new, f"changes:\n  - 2026-11-22 renamed {renamed}\n")
    answer = lena.client.post(WATER, data=form, base_url=URL)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(leads_to)
    assert house.rows()["events"] == 1
    assert "Warm water leaves it weak." in lena.get(answer.headers["Location"]).text


def test_an_answer_from_before_a_release_leads_on_in_the_new_one(house, lena):
    shown = lena.get(HOT)
    form = {**hidden(shown.text, WATER), "act": "answered", "answer": letters(shown.text)["It is warm"]}
    publish_brewing(house, "Water comes first.", "Water always comes first.")
    answer = lena.client.post(WATER, data=form, base_url=URL)
    assert "Warm water leaves it weak." in lena.get(answer.headers["Location"]).text


@pytest.mark.parametrize("step", ["q-hot", "q-word", "q-minutes", "q-which", "rate-tea"])
def test_what_is_wrong_stands_first_and_beside_its_place_in_the_same_words(lena, step):
    here = f"{WATER}?step={step}"
    answer = lena.send(WATER, page=here, act="rated" if step == "rate-tea" else "answered", answer="")
    assert answer.status_code == 422
    place, first = re.search(
        r'<div class="errors"[^>]*autofocus>.*?<a href="#([^"]+)">([^<]+)</a>', answer.text
    ).groups()
    assert re.search(rf'<(input|textarea)[^>]* id="{place}"', answer.text)
    assert f'<p class="error" id="fault">{first}</p>' in answer.text
    assert re.search(r'<(input|fieldset)[^>]* aria-describedby="fault"', answer.text)

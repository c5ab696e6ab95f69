"""The quiz: begun, left, taken up again, handed in, and what is said afterwards."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import URL, Browser, hidden
from tests.web.test_lessons import letters

QUIZ = "/courses/tea/brewing/quiz"
RIGHT = {"Boil the water", "Tea with a keyword zanzibar"}


def answer(browser: Browser, *, right: bool = True) -> None:
    """Answer the question that is shown."""
    chosen = next(letter for words, letter in letters(browser.last.text).items() if (words in RIGHT) == right)
    browser.send(QUIZ, act="answered", answer=chosen)


def take(browser: Browser, *rights: bool) -> None:
    browser.send(QUIZ, page=f"{QUIZ}?start=1", act="started")
    for right in rights:
        answer(browser, right=right)
    browser.send(QUIZ, act="finished")


def test_a_visitor_takes_the_quiz_and_a_double_tap_begins_it_once(house, visitor):
    first = visitor.get(QUIZ)
    assert "2 questions. 2 right and you pass." in first.text
    other = house.browser()
    other.last = first
    for browser in (visitor, other):
        assert "Question 1 of 2" in browser.send(QUIZ, act="started").text
    answer(visitor)
    assert "Question 2 of 2" in other.get(QUIZ).text, "both are the same guest"


def test_one_question_at_a_time_and_nothing_said_before_the_end(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    assert "Question 1 of 2" in lena.last.text
    answer(lena, right=False)
    assert "Question 2 of 2" in lena.last.text
    assert "Not quite" not in lena.last.text
    answer(lena)
    assert "You have answered every question" in lena.last.text
    assert "out of" not in lena.last.text


def test_no_key_ever_reaches_a_page_before_the_attempt_is_over(house, lena):
    seen = [lena.get(QUIZ).text]
    lena.send(QUIZ, act="started")
    while "Question" in lena.last.text and 'value="answered"' in lena.last.text:
        seen.append(lena.last.text)
        answer(lena)
    for page in seen:
        assert "has more." not in page
        assert "right" not in page.split("<main")[1].split("</main>")[0].replace("2 right and you pass", "")


def test_leaving_and_coming_back_is_carrying_on(house, lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    answer(lena)
    order = list(letters(lena.last.text))
    again = house.browser("lena").get(QUIZ).text
    assert "Question 2 of 2" in again
    assert list(letters(again)) == order


def test_a_quiz_opened_before_the_lessons_is_next_on_every_page_alike(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    for page in ("/", "/courses/tea", "/courses/tea/brewing"):
        block = lena.get(page).text.partition('<section class="next">')[2].partition("</section>")[0]
        assert f'href="{QUIZ}"' in block, page
    assert re.search(r'<li class="now"><a href="[^"]*/quiz"', lena.last.text), "the stop is at the quiz too"


def test_starting_twice_is_one_attempt(house, lena):
    form = {**hidden(lena.get(QUIZ).text, QUIZ), "act": "started"}
    for _ in range(3):
        assert lena.client.post(QUIZ, data=form, base_url=URL).status_code == 303
    assert house.rows()["events"] == 1


def test_passing_finishes_with_a_badge_where_the_lessons_are_done(lena):
    take(lena, True, True)
    page = lena.last.text
    assert "You passed: 2 out of 2" in page
    assert "Every answer was right." in page


def test_not_passing_says_what_to_read_again(lena):
    take(lena, True, False)
    page = lena.last.text
    assert "Nearly there: 1 out of 2" in page
    assert "You need 2" in page
    wrong = re.search(r'<a href="/courses/tea/brewing/(\w+)">', page.split('class="next"')[1])[1]
    assert wrong == "pot"
    assert "For question 2." in page
    assert "You have 1 go left." in page


def test_a_wrong_answer_is_never_red_and_never_a_cross(lena):
    take(lena, False, False)
    page = lena.last.text
    assert "A first look: 0 out of 2" in page
    assert not re.search(r"(?i)wrong|incorrect|failed|✗|✘|&#10007", page.split("<main")[1])


def test_after_the_last_go_a_facilitator_can_help(lena):
    take(lena, False, False)
    take(lena, True, False)
    assert "Try the quiz again" not in lena.last.text
    assert "You have used all your goes" in lena.get(f"{QUIZ}?start=1").text
    assert lena.send(QUIZ, page=f"{QUIZ}?start=1", act="started").status_code == 422


def test_an_answer_may_be_changed_before_handing_in(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    answer(lena, right=False)
    answer(lena)
    first = re.search(rf'href="({QUIZ}\?step=[\w-]+)">Question 1<', lena.last.text)[1]
    lena.get(first)
    answer(lena)
    lena.send(QUIZ, act="finished")
    assert "You passed: 2 out of 2" in lena.last.text


def test_an_answer_to_a_go_that_is_over_is_kept_and_told_so(house, lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    wrong = next(letter for words, letter in letters(lena.last.text).items() if words not in RIGHT)
    late = {**hidden(lena.last.text, QUIZ), "act": "answered", "answer": wrong}
    answer(lena)
    answer(lena)
    lena.send(QUIZ, act="finished")
    before = house.rows()["events"]
    shown = lena.client.post(QUIZ, data=late, base_url=URL)
    assert shown.status_code == 422
    assert "is over" in shown.text
    assert house.rows()["events"] == before + 1
    assert "You passed: 2 out of 2" in lena.get(QUIZ).text


def test_no_answer_is_told_so_and_the_question_stays(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    page = lena.send(QUIZ, act="answered")
    assert page.status_code == 422
    assert "Choose an answer first." in page.text
    assert "Question 1 of 2" in page.text


@pytest.mark.parametrize("form", [{"act": "answered", "step": "nowhere"}, {"act": "flew"}, {"act": "finished"}])
def test_a_form_that_says_nonsense_is_not_found(lena, form):
    lena.get(QUIZ)
    if form["act"] == "answered":
        lena.send(QUIZ, act="started")
    assert lena.send(QUIZ, **form).status_code == 404


def test_a_module_without_a_quiz_has_no_quiz_page(visitor):
    assert visitor.get("/courses/tea/serving/quiz").status_code == 404


def test_an_old_page_hands_in_its_own_go_and_never_the_next(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    answer(lena)
    answer(lena)
    old = {**hidden(lena.last.text, QUIZ), "act": "finished"}
    lena.send(QUIZ, act="finished")
    lena.send(QUIZ, page=f"{QUIZ}?start=1", act="started")
    assert lena.client.post(QUIZ, data=old, base_url=URL).status_code == 303
    assert "Question 1 of 2" in lena.get(QUIZ).text


def test_an_old_start_page_begins_no_second_go(house, lena):
    old = {**hidden(lena.get(QUIZ).text, QUIZ), "act": "started"}
    take(lena, True, False)
    before = house.rows()["events"]
    assert lena.client.post(QUIZ, data=old, base_url=URL).status_code == 303
    assert "Nearly there" in lena.get(QUIZ).text
    assert house.rows()["events"] == before


def told(page: str) -> list[str]:
    """What is said to each question."""
    return page.split('<ol class="told">')[1].split("</ol>")[0].split("</li>")[:-1]


def test_each_question_says_her_answer_and_spoils_no_other_go(lena):
    take(lena, True, False)
    first, second = told(lena.last.text)
    assert "You had this right." in first
    assert re.search(r"Your answer</dt><dd>(Boil the water|Tea with)", first)
    assert "Not quite." in second
    assert re.search(r"Your answer</dt><dd>(Drink it|Sand)", second)
    assert "The answer" not in lena.last.text
    assert not any(words in second for words in RIGHT)


def test_the_right_answer_is_said_when_no_go_is_left(lena):
    take(lena, False, False)
    assert "The answer" not in lena.last.text
    take(lena, False, False)
    for said in told(lena.last.text):
        assert re.search(r"The answer</dt><dd>(Boil the water|Tea with a keyword zanzibar)", said)


def test_the_right_answer_is_said_once_the_quiz_is_passed(house, lena):
    take(lena, True, True)
    assert "The answer" not in lena.last.text, "each of hers was right: there is nothing to add"
    take(lena, False, False)
    assert all("The answer" in said for said in told(lena.last.text))


def test_while_a_second_go_runs_nothing_is_said_of_the_first(lena):
    take(lena, True, False)
    lena.send(QUIZ, page=f"{QUIZ}?start=1", act="started")
    for page in (lena.get(QUIZ).text, lena.get(f"{QUIZ}?start=1").text):
        assert "Your answer" not in page
        assert "The answer" not in page


def test_a_question_handed_in_without_an_answer_says_so(lena):
    lena.send(QUIZ, page=QUIZ, act="started")
    lena.send(QUIZ, act="finished")
    assert lena.last.text.count("You gave no answer here.") == 2

"""Order, Match, Gaps, Reflect, Task, Code and videos: each kind's page, and what it makes of odd answers."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.web.conftest import URL, Browser, House, hidden, now_ms
from tests.web.kinds import FILES, FILM
from tests.web.markup import Markup
from tests.web.test_hostile import HOSTILE, PLAIN

STRONG = "/courses/kinds/passwords/strong"
QUIZ = "/courses/kinds/passwords/quiz"


@pytest.fixture
def house(house: House) -> House:
    """The site with the course of every kind on it."""
    publishing.publish(house.store, "kinds", FILES, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    return house


def test_a_module_that_asks_for_care_says_so_before_whatever_comes_first(house):
    said = "This part is about harm."
    text = FILES["passwords.md"].decode().replace("lang: en\n", f"lang: en\ncare: {said}\n", 1)
    first = text.replace("### See it done {#film}\n[Make a passphrase](phrase.mp4)\n\n", "", 1)
    assert first != text
    for files in (text, first.replace("{#film}", "")):
        changed = FILES | {"passwords.md": files.encode()}
        if files != text:
            gone = "lang: en\nchanges:\n  - 2026-11-22 removed film\n"
            changed["passwords.md"] = files.replace("lang: en\n", gone, 1).encode()
        publishing.publish(house.store, "kinds", changed, date(2026, 11, 22), now_ms())
        house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
        for address in (STRONG, QUIZ, "/courses/kinds/passwords"):
            assert said in house.browser("lena").get(address).text
        assert said not in house.browser("lena").get(at("m-words")).text


def at(step: str) -> str:
    return f"{STRONG}?step={step}"


def boxes(page: str) -> dict[str, str]:
    """Label -> name of each select box."""
    labelled = re.findall(r'<label for="a-(\w+)">(.*?)</label>\s*<select', page, re.DOTALL)
    named = re.findall(r'<select name="answer-(\w+)" id="a-\w+" aria-label="([^"]*)"', page)
    return {words(label): f"answer-{part}" for part, label in labelled} | {it: f"answer-{part}" for part, it in named}


def words(piece: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", piece)).strip()


def offered(page: str) -> dict[str, str]:
    """Words -> value of what the first select box offers."""
    first = page.partition("<select")[2].partition("</select>")[0]
    return {words(it): value for value, it in re.findall(r'<option value="([^"]+)"[^>]*>(.*?)</option>', first)}


def picked(page: str) -> list[str]:
    """What each select box shows as chosen."""
    return [words(it) for it in re.findall(r'<option value="[^"]+" selected>(.*?)</option>', page)]


def form(page: str, chosen: dict[str, str]) -> dict[str, str]:
    """Fields of the boxes, by label and by the words of what is chosen."""
    values = offered(page)
    return {boxes(page)[label]: values[words] for label, words in chosen.items()}


ORDER = {"Stop": "1st", "Check the From line": "2nd", "Report it": "3rd"}
MATCH = {"Browser": "Opens web pages", "Password": "A padlock"}
GAPS = {"Gap 1 of 3": "three", "Gap 2 of 3": "different", "Gap 3 of 3": "three"}
RIGHT = {"o-email": ORDER, "m-words": MATCH, "g-advice": GAPS}
WRONG = {
    "o-email": {"Stop": "1st", "Check the From line": "3rd", "Report it": "2nd"},
    "m-words": {"Browser": "A keyboard", "Password": "A padlock"},
    "g-advice": {"Gap 1 of 3": "three", "Gap 2 of 3": "short", "Gap 3 of 3": "three"},
}
HOW_MUCH = {
    "o-email": "1 of 3 is in the right place.",
    "m-words": "1 of 2 is right.",
    "g-advice": "2 of 3 gaps are right.",
}


def try_it(who: Browser, step: str, chosen: dict[str, str]) -> str:
    """Give an answer, as a visitor's address or a member's form."""
    page = who.get(at(step)).text
    fields = form(page, chosen)
    if 'method="post" action="/courses' in page:
        return who.send(STRONG, act="answered", **fields).text
    return who.get(STRONG, query_string={"step": step, "check": "1", **fields}).text


@pytest.mark.parametrize("step", RIGHT)
@pytest.mark.parametrize("who", ["", "lena"])
def test_a_right_answer_is_told_so_and_leads_on(house, who, step):
    page = try_it(house.browser(who), step, RIGHT[step])
    assert "Yes, that is right" in page
    assert picked(page) == [RIGHT[step][label] for label in boxes(page)], "her answer still stands there"


@pytest.mark.parametrize("step", RIGHT)
@pytest.mark.parametrize("who", ["", "lena"])
def test_a_wrong_answer_is_told_how_much_of_it_is_right_and_not_which(house, who, step):
    page = try_it(house.browser(who), step, WRONG[step])
    assert "Not quite" in page
    assert HOW_MUCH[step] in page
    assert "costs nothing" not in page
    assert picked(page) == [WRONG[step][label] for label in boxes(page)]


@pytest.mark.parametrize("step", RIGHT)
def test_after_two_tries_the_answer_is_shown_in_words(house, step):
    lena = house.browser("lena")
    for _ in range(2):
        assert 'value="revealed"' not in lena.get(at(step)).text
        try_it(lena, step, WRONG[step])
    page = lena.send(STRONG, act="revealed").text
    said = page.partition('id="said"')[2].partition("<button")[0]
    assert "This is the answer" in said
    lines = {
        "o-email": ("1. Stop", "2. Check the <code>From</code> line", "3. Report it"),
        "m-words": ("<b>Browser:</b> Opens web pages", '<b>Password:</b> <img src="/files/'),
        "g-advice": ("Use <b>three</b> words and a <b>different</b> password.", "<b>three</b> times over"),
    }
    assert all(line in said for line in lines[step])
    assert picked(page) == [RIGHT[step][label] for label in boxes(page)]
    assert lena.get(at(step)).text.count("You have done this one. Go on") == 1


def test_items_of_an_order_are_never_first_seen_in_the_right_order(house):
    for username in ("", "lena", "sam", "olga", "femi"):
        who = house.browser(username)
        page = who.get(at("o-email")).text
        assert list(boxes(page)) != list(ORDER)
        assert list(boxes(page)) == list(boxes(who.get(at("o-email")).text)), "she finds them as she left them"


def test_two_in_one_place_is_said_and_nothing_is_lost(house):
    for who in (house.browser(), house.browser("lena")):
        page = try_it(who, "o-email", ORDER | {"Stop": "2nd"})
        assert "Two of them are 2nd. Give each a place of its own." in page
        assert "<title>There is a problem." in page
        assert picked(page) == ["2nd" if label == "Stop" else ORDER[label] for label in boxes(page)]
        assert re.search(r'href="#a-(\w+)">Two of them.*<select name="answer-\1"[^>]*aria-invalid', page, re.DOTALL)
    assert house.rows()["events"] == 0


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("o-email", "Give each of them a place."),
        ("m-words", "Choose one for each of them."),
        ("g-advice", "is empty. Fill every gap."),
    ],
)
def test_what_is_left_out_is_asked_for_and_the_rest_stays(house, step, sentence):
    _left_out, *rest = RIGHT[step].items()
    for who in (house.browser(), house.browser("lena")):
        page = try_it(who, step, dict(rest))
        assert sentence in page
        assert "Not quite" not in page
        assert sorted(picked(page)) == sorted(words for _, words in rest)
    assert house.rows()["events"] == 0


def test_an_order_of_which_nothing_is_said_is_asked_for_in_words_for_a_list_and_for_boxes(house):
    for who in (house.browser(), house.browser("lena")):
        page = try_it(who, "o-email", {})
        assert "Put them in order first." in page
        assert "Not quite" not in page
        assert list(boxes(page)) != list(ORDER), "as they stand they are never right"
        assert page.count("aria-invalid") == 3
        assert f'href="#{next(iter(boxes(page).values())).replace("answer", "a")}">Put them' in page, (
            "to the first she sees"
        )
    assert house.rows()["events"] == 0


def test_only_a_page_with_something_to_sort_asks_for_the_script(house):
    lena = house.browser("lena")
    for step in ("film", "o-email", "m-words", "g-advice", "t-change", "c-hello"):
        asks = re.findall(r'<script src="(/static/\w{16}/sorting\.js)" defer></script>', lena.get(at(step)).text)
        assert len(asks) == (step in ("o-email", "m-words")), step


def test_once_an_answer_is_right_there_is_nothing_more_to_press_in_it(house):
    for step in ("o-email", "m-words"):
        page = try_it(house.browser("lena"), step, RIGHT[step])
        assert "<button" not in page.partition("<template")[2].partition("</template>")[0]


ODD = ["zz", "0", "4", "-1", "1.0", "a" * 5000, "<script>alert(1)</script>", "\x00", "\ud83d", "٢", "1 "]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("step", RIGHT)
def test_odd_values_in_a_box_are_refused_with_a_sentence_and_kept_nowhere(house, step, odd):
    lena = house.browser("lena")
    page = lena.get(at(step)).text
    fields = form(page, RIGHT[step])
    broken = {**fields, next(iter(fields)): odd.encode(errors="surrogatepass")}
    answer = lena.send(STRONG, act="answered", **broken)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "<script>alert" not in answer.text
    assert house.rows()["events"] == 0


def test_boxes_that_are_not_of_the_step_are_passed_over(house):
    lena = house.browser("lena")
    fields = form(lena.get(at("o-email")).text, ORDER)
    more = {f"answer-{number}": "1" for number in range(300)}
    assert "Yes, that is right" in lena.send(STRONG, act="answered", answer="a", **fields, **more).text


def test_a_double_tap_on_a_match_is_one_answer(house):
    lena = house.browser("lena")
    shown = lena.get(at("m-words"))
    fields = {**hidden(shown.text, STRONG), "act": "answered", **form(shown.text, MATCH)}
    for _ in range(3):
        assert lena.client.post(STRONG, data=fields, base_url=URL).status_code == 303
    assert house.rows()["events"] == 1


def test_a_hint_keeps_what_is_filled_in(house):
    lena = house.browser("lena")
    page = lena.get(at("o-email")).text
    half = form(page, {"Report it": "3rd"})
    page = lena.send(STRONG, act="hinted", **half).text
    assert "Nothing is so urgent." in page
    assert picked(page) == ["3rd"]
    page = house.browser().get(STRONG, query_string={"step": "o-email", "hints": "1", **half}).text
    assert picked(page) == ["3rd"]
    assert "There is a problem" not in page


def test_no_key_is_in_a_page_before_its_answer(house):
    for step in RIGHT:
        page = house.browser("lena").get(at(step)).text
        assert "costs nothing" not in page
        assert "A browser is an app" not in page
    assert "secret-choice" not in house.browser("lena").get(at("t-change")).text, "that is for whoever signs it off"


# --- Reflect ---------------------------------------------------------------------------------------


def test_what_she_writes_is_kept_for_whom_the_page_says(house):
    lena = house.browser("lena")
    assert "Your mentor can see this." in lena.get(at("r-mentor")).text
    page = lena.send(STRONG, act="reflected", words="My bank.\r\nThen <b>email</b>.").text
    assert "What worries you?" in page, "it goes on"
    again = lena.get(at("r-mentor")).text
    assert "My bank.\nThen &lt;b&gt;email&lt;/b&gt;.</textarea>" in again
    assert "Only you can see this." in lena.get(at("r-own")).text
    lena.send(STRONG, act="reflected", words="Nothing")
    with house.store.read() as db:
        kept = db.exec_driver_sql("select body, seen_by from words order by body").all()
    assert kept == [("My bank.\nThen <b>email</b>.", "mentor"), ("Nothing", "me")]
    data = lena.get("/me/data").text
    assert "you and your mentor" in data
    assert "only you" in data


def test_thinking_is_enough(house):
    lena = house.browser("lena")
    lena.send(STRONG, page=at("r-own"), act="done")
    assert house.rows()["words"] == 0
    assert "Next: Change one password" in lena.get(at("r-own")).text
    assert 'value="done"' not in lena.last.text


@pytest.mark.parametrize("typed", ["", " \n ", "x" * 4_001, "a\0b"])
def test_words_that_can_not_be_kept_stay_on_the_page(house, typed):
    lena = house.browser("lena")
    answer = lena.send(STRONG, page=at("r-own"), act="reflected", words=typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert f"{typed.strip()}</textarea>" in answer.text.replace("\ufffd", "\0")
    assert house.rows()["words"] == 0


def test_words_kept_for_herself_are_not_put_into_a_box_a_mentor_reads(house):
    lena = house.browser("lena")
    lena.send(STRONG, page=at("r-own"), act="reflected", words="A private worry")
    files = dict(FILES)
    text = files["passwords.md"].decode().replace("Take your time.", "Take your time.\n\n- Seen by: mentor")
    publishing.publish(house.store, "kinds", files | {"passwords.md": text.encode()}, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    page = lena.get(at("r-own")).text
    assert "Your mentor can see this." in page
    assert "></textarea>" in page
    assert re.search(r'Only you can see this\.</p><p class="typed">A private worry', page)


def test_what_a_visitor_writes_is_kept_for_her(house):
    visitor = house.browser()
    visitor.send(STRONG, page=at("r-own"), act="reflected", words="A first thought")
    assert ">A first thought</textarea>" in visitor.get(at("r-own")).text


# --- Task ------------------------------------------------------------------------------------------


def ticks(page: str) -> dict[str, str]:
    found = re.findall(r'name="answer" value="(\w+)" id="a-\w+"[^>]*><label[^>]*>([^<]+)', page)
    return {words: letter for letter, words in found}


def test_a_task_is_kept_half_done_and_handed_in_when_it_is_whole(house):
    lena = house.browser("lena")
    page = lena.get(at("t-change")).text
    assert "Your mentor or facilitator looks at this with you." in page
    picked_one = ticks(page)["I picked three words"]
    page = lena.send(STRONG, act="ticked", answer=picked_one, words="").text
    assert "It is done when every box is ticked and you have written something." in page
    assert f'value="{picked_one}" id="a-{picked_one}" checked' in page
    both = list(ticks(page).values())
    page = lena.send(STRONG, act="ticked", answer=both, words="").text
    assert "It is done when" in page, "somebody is to look at it, and there is nothing to look at"
    page = lena.send(STRONG, act="ticked", answer=both, words="https://example.org/mine").text
    assert "Tell somebody" in page
    page = lena.get(at("t-change")).text
    assert "You have handed this in" in page
    assert "https://example.org/mine</textarea>" in page
    assert 'href="https://example.org/mine"' not in page
    lena.send(STRONG, act="ticked", answer=[], words="")
    assert "You have handed this in" in lena.get(at("t-change")).text, "what is done stays done"


def test_a_task_with_a_photo_is_done_without_one_being_sent(house):
    lena = house.browser("lena")
    assert "send a photo</a> too. Or show it to your mentor or helper." in lena.get(at("t-tell")).text
    assert "<textarea" not in lena.last.text
    lena.send(STRONG, act="ticked")
    assert "Say hello" in lena.last.text
    assert "You have done this" in lena.get(at("t-tell")).text


@pytest.mark.parametrize("answer", [["zz"], ["a", "a"], ["<b>"]])
def test_odd_ticks_are_refused_and_what_is_written_stays(house, answer):
    lena = house.browser("lena")
    shown = lena.send(STRONG, page=at("t-change"), act="ticked", answer=answer, words="Three words, I say.")
    assert shown.status_code == 422
    assert "Three words, I say.</textarea>" in shown.text
    assert house.rows()["events"] == 0


def test_nothing_is_handed_in_with_a_task_that_does_not_ask_for_it(house):
    lena = house.browser("lena")
    assert lena.send(STRONG, page=at("t-tell"), act="ticked", words="But still").status_code == 422


# --- Code and videos -------------------------------------------------------------------------------


def test_code_shows_its_start_and_for_the_asking_its_answer_and_is_read_on(house):
    for username in ("", "lena"):
        who = house.browser(username)
        page = who.get(at("c-hello")).text
        assert "&lt;h1&gt;Bye&lt;/h1&gt;" in page
        assert "<li><code>h1</code> says &#34;Hello&#34;</li>" in page
        closed = page.partition("<summary>Show the answer</summary>")[2].partition("</details>")[0]
        assert "&lt;h1&gt;Hello&lt;/h1&gt;" in closed
        assert "between the tags" in closed
        assert "nothing to hand in" in page
    lena = who
    page = lena.send(STRONG, act="opened").text
    assert "Passwords" in page
    assert 'value="opened"' not in lena.get(at("c-hello")).text


@pytest.fixture
def film(house) -> str:
    page = house.browser().get(at("film")).text
    assert '<video controls preload="none"' in page
    return re.search(r'<source src="(/files/[0-9a-f]{64})" type="video/mp4">', page)[1]


def test_a_video_is_shown_with_its_size_its_captions_and_its_words(house, film):
    page = house.browser().get(at("film")).text
    assert "Video, 3 kB" in page
    assert "Pick three words." in page
    track = re.search(r'<track kind="captions" src="(/files/[0-9a-f]{64})"', page)[1]
    answer = house.browser().get(track)
    assert answer.content_type == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_video_is_sent_inline_kept_for_ever_and_does_nothing_else(house, film):
    answer = house.browser().get(film, buffered=True)
    assert answer.data == FILM
    assert answer.content_type == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-", 0, len(FILM) - 1), ("bytes=5-14", 5, 14), ("bytes=-20", len(FILM) - 20, len(FILM) - 1)],
)
def test_a_player_gets_the_part_it_asks_for(house, film, asked, first, last):
    answer = house.app.test_client().get(film, base_url=URL, headers={"Range": asked}, buffered=True)
    assert answer.status_code == 206
    assert answer.data == FILM[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(FILM)}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=9-5"])
def test_a_part_it_does_not_have_is_416(house, film, asked):
    answer = house.app.test_client().get(film, base_url=URL, headers={"Range": asked}, buffered=True)
    assert answer.status_code in (200, 416)
    if answer.status_code == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(FILM)}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=a-b", "x", "bytes=0-1,5-6", "bytes=" + "0-1," * 2000 + "0-1"])
def test_odd_ranges_are_answered_with_the_whole_or_not_at_all(house, film, asked):
    answer = house.app.test_client().get(film, base_url=URL, headers={"Range": asked}, buffered=True)
    assert answer.status_code in (200, 206, 416)
    assert len(answer.data) <= max(len(FILM), 20_000)


def test_a_video_whose_file_is_gone_is_not_found(house, film):
    (house.store.files / film.removeprefix("/files/")).unlink()
    assert house.browser().get(film).status_code == 404


# --- The quiz --------------------------------------------------------------------------------------

Z_RIGHT = {
    "Before you post a photo": {"Look at it again": "1st", "Ask who is in it": "2nd", "Post it": "3rd"},
    "What is what": {"A lock": "keeps you safe", "A notice": "tells you"},
    "A good rule": {"Gap 1 of 2": "share", "Gap 2 of 2": "code"},
}
Z_WRONG = {
    "Before you post a photo": {"Look at it again": "3rd", "Ask who is in it": "2nd", "Post it": "1st"},
    "What is what": {"A lock": "tells you", "A notice": "tells you"},
    "A good rule": {"Gap 1 of 2": "borrow", "Gap 2 of 2": "borrow"},
}


def take(lena: Browser, answers: dict[str, dict[str, str]]) -> str:
    lena.send(QUIZ, page=f"{QUIZ}?start=1", act="started")
    while "<select" in lena.last.text:
        page = lena.last.text
        title = words(re.search(r"<legend><h1>(.*?)</h1>", page)[1])
        assert "right" not in page.split("<main")[1].split("</main>")[0]
        lena.send(QUIZ, act="answered", **form(page, answers[title]))
    return lena.send(QUIZ, act="finished").text


def test_a_quiz_of_every_kind_is_passed(house):
    page = take(house.browser("lena"), Z_RIGHT)
    assert "You passed: 3 out of 3" in page
    for line in ("1. Look at it again", "<b>A lock:</b> keeps you safe", "Never <b>share</b> a <b>code</b>."):
        assert line in page


def test_after_a_quiz_her_answer_is_shown_and_the_right_one_once_it_spoils_nothing(house):
    lena = house.browser("lena")
    page = take(lena, Z_WRONG)
    assert "1. Post it" in page
    assert "1 of 3 is in the right place." in page
    assert "1 of 2 is right." in page
    assert "None of them is right yet." in page
    assert "Never <b>borrow</b> a <b>borrow</b>." in page
    assert "1. Look at it again" not in page
    assert "<dt>The answer</dt>" not in page
    take(lena, Z_RIGHT)
    page = take(lena, Z_WRONG)
    assert page.count("<dt>The answer</dt>") == 3
    assert "1. Look at it again" in page
    assert "Never <b>share</b> a <b>code</b>." in page


def test_a_slip_in_the_quiz_loses_nothing(house):
    lena = house.browser("lena")
    lena.send(QUIZ, page=QUIZ, act="started")
    page = lena.last.text
    fields = form(page, Z_RIGHT["Before you post a photo"] | {"Post it": "1st"})
    answer = lena.send(QUIZ, act="answered", **fields)
    assert answer.status_code == 422
    assert "Two of them are 1st." in answer.text
    assert sorted(picked(answer.text)) == ["1st", "1st", "2nd"]
    assert "Question 1 of 3" in lena.get(QUIZ).text


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_she_writes_are_only_words(house, typed):
    """The pages of whoever types them are made of the same elements as those of whoever types plain words."""
    assert bones(house.browser("lena"), typed) == bones(house.browser("olga"), PLAIN)


def bones(who: Browser, typed: str) -> list[list[tuple[object, ...]]]:
    """What the pages are made of that show her words, or refuse them."""
    who.send(STRONG, page=at("r-own"), act="reflected", words=typed)
    who.send(STRONG, page=at("t-change"), act="ticked", answer=["a"], words=typed)
    who.send(STRONG, page=at("t-change"), act="ticked", answer=["zz"], words=typed)
    pages = [who.last.text, *(who.get(path).text for path in (at("r-own"), at("t-change"), "/me/data"))]
    return [Markup(page).bones for page in pages]

"""A course in several languages, as its readers meet it: choosing one, what stays, what is marked as English."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.services import translated, written
from tests.web import kinds
from tests.web.conftest import Browser, House, now_ms

SOUP = "/courses/soup"
WATER = f"{SOUP}/brewing/water"
HOT, BAG, STEAM = (f"{WATER}?step={name}" for name in ("q-hot", "q-bag", "steam"))
QUIZ = f"{SOUP}/brewing/quiz"
KINDS = ("film", "o-email", "m-words", "g-advice", "r-mentor", "r-own", "t-change", "t-tell", "c-hello")


def publish(house: House, files: dict[str, bytes]) -> None:
    """The course of the services' tests, beside the one of these."""
    ours = {path: data.replace(b"course: tea", b"course: soup") for path, data in files.items()}
    publishing.publish(house.store, "soup", ours, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))


@pytest.fixture
def house(house: House) -> House:
    """The site with a course in English, Welsh and Arabic too."""
    publish(house, translated.tea())
    return house


def choose(browser: Browser, lang: str, page: str = SOUP) -> str:
    """Choose a language on a page; the page that is shown then."""
    answer = browser.send(SOUP, page=page, lang=lang)
    assert answer.status_code == 200, answer.text
    return answer.text


def answers(house: House) -> list[tuple[str, int]]:
    with house.store.read() as db:
        found = db.exec_driver_sql("select lang, mark from events where kind = 'answered' order by seq")
        return [(lang, mark) for lang, mark in found]


def wishes(house: House, username: str) -> dict[str, str]:
    with house.store.read() as db:
        return json.loads(db.exec_driver_sql("select wishes from people where username = ?", (username,)).scalar_one())


def test_each_language_is_offered_by_its_own_name_and_only_where_there_are_several(visitor):
    page = visitor.get(SOUP).text
    assert '<b lang="en-GB" dir="ltr" aria-current="true">English</b>' in page
    assert '<button class="link" name="lang" value="cy" lang="cy" dir="ltr">Cymraeg</button>' in page
    assert '<button class="link" name="lang" value="ar" lang="ar" dir="rtl">العربية</button>' in page
    for path in ("/courses/tea", "/courses/tea/brewing/water", "/courses/tea/brewing/quiz"):
        assert "Language" not in visitor.get(path).text
    for path in (f"{SOUP}/brewing", WATER, QUIZ):
        assert ">Cymraeg</button>" in visitor.get(path).text


def test_a_visitor_reads_on_in_what_she_chose_and_nothing_is_recorded(house, visitor):
    before = house.rows()
    page = choose(visitor, "cy")
    assert '<html lang="cy" dir="ltr"' in page
    assert "<title>Gwneud te - Learn at home</title>" in page
    assert "<h1>Gwneud te</h1>" in page
    assert "Popeth am baned o de." in page
    assert ">Bragu</a>" in page
    assert ">Bragu</a>" in visitor.get(HOT.replace("q-hot", "can-you")).text
    assert "Pa mor boeth yw" in visitor.get(HOT).text
    assert ">Y dŵr</a>" in visitor.get(f"{SOUP}/brewing").text
    assert '<html lang="en-GB"' in house.browser().get(SOUP).text
    assert house.rows() == before


def test_right_to_left_is_the_page_and_the_frame_says_that_it_is_english(visitor):
    page = choose(visitor, "ar", HOT)
    assert '<html lang="ar" dir="rtl"' in page
    assert "ما حرارة الماء؟" in page
    for frame in ("<header", "<footer", '<nav class="menu"'):
        assert re.search(rf'{frame}[^>]* lang="en-GB"', page), frame


FACTS = """# Facts

## Ring [0300 123 2040](tel:03001232040) {#ring}
They listen.

- Source: https://example.org/ring
- Checked: 2026-11-01
- Review: 2027-11-01
- Nation: wales
"""
ASIDE = """> [!TIP]
> Slow is [fine](facts.md#ring).
"""


class Spoken(HTMLParser):
    """The words of a page's middle, by the language they say they are in."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.langs = [re.search(r'<html lang="([^"]*)"', page)[1]]
        self.words: dict[str, set[str]] = {}
        self.feed(page.partition('<main id="main">')[2].partition("</main>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "hr", "img", "input", "source", "track"):
            self.langs.append(dict(attrs).get("lang") or self.langs[-1])

    def handle_endtag(self, _tag: str) -> None:
        self.langs.pop()

    def handle_data(self, data: str) -> None:
        self.words.setdefault(self.langs[-1], set()).update(re.findall(r"[A-Za-z]{2,}", data))


def everything(browser: Browser, course: str, lesson: str, steps: tuple[str, ...]) -> Iterator[str]:
    """Every page of a course: as it is met, with an answer left out, wrong and shown, and the quiz."""
    quiz = f"{lesson.rpartition('/')[0]}/quiz"
    yield from (browser.get(path).text for path in (course, lesson.rpartition("/")[0]))
    for step in steps:
        yield browser.get(f"{lesson}?step={step}").text
        for act in ("answered", "hinted", "answered", "revealed", "ticked", "reflected", "done"):
            yield browser.send(lesson, page=f"{lesson}?step={step}", act=act, answer="a", words="").text
    yield browser.get(quiz).text
    yield browser.send(quiz, act="started").text
    yield browser.send(quiz, act="finished").text


def test_words_of_the_site_on_a_page_from_right_to_left_say_that_they_are_english(house, lena, visitor):
    """What does not say so stands in the course's own files."""
    files = kinds.FILES | {"facts.md": FACTS.encode()}
    files["passwords.md"] = files["passwords.md"].replace(b"Take your time.\n", ASIDE.encode())
    arabic = {path.replace(".en.", ".ar."): re.sub(rb"(?m)^lang: en$", b"lang: ar", it) for path, it in files.items()}
    publishing.publish(house.store, "kinds", arabic, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    choose(visitor, "ar")
    choose(lena, "ar")
    texts = b" ".join(
        (*translated.tea().values(), *(it for path, it in files.items() if path.endswith((".md", ".vtt"))))
    )
    own = {"HTML", *re.findall(r"[A-Za-z]{2,}", texts.decode())}
    for browser in (visitor, lena):
        for page in (
            *everything(browser, SOUP, WATER, ("fill-it", "steam", "q-hot", "q-bag")),
            *everything(browser, "/courses/kinds", "/courses/kinds/passwords/strong", KINDS),
        ):
            said = Spoken(page).words
            assert said.get("ar", set()) - own == set()
            assert said["en-GB"]


def test_a_step_that_is_not_translated_says_its_own_language(visitor):
    choose(visitor, "ar")
    page = visitor.get(STEAM).text
    told = re.search(r'<div lang="en-GB" dir="ltr">(.*?)</div>', page, re.DOTALL)
    assert told
    assert "<h1>Look at the steam</h1>" in told[1]
    assert "Only if you like." in told[1]
    own = visitor.get(HOT).text
    assert '<div lang="en-GB"' not in own


def test_a_title_that_is_not_translated_says_its_own_language(visitor):
    choose(visitor, "ar")
    english = '<span lang="en-GB" dir="ltr">{}</span>'
    assert english.format("Pouring") in visitor.get(SOUP).text
    assert english.format("The pot") in visitor.get(f"{SOUP}/brewing").text
    assert "<title>Pouring - Learn at home</title>" in visitor.get(f"{SOUP}/pouring").text
    assert f"<h1>{english.format('Pouring')}</h1>" in visitor.last.text
    page = visitor.get(f"{WATER}?step=fill-it").text
    assert english.format(f"Next: {english.format('Look at the steam')}") in page, "it runs on as one"
    assert f"<b>{english.format('Brewer')}</b>" in visitor.get(f"{SOUP}/brewing").text
    assert "<p><b>" not in visitor.last.text
    for path in (SOUP, f"{SOUP}/brewing", WATER):
        choose(visitor, "en", path)
        assert "<span lang" not in visitor.get(path).text


def test_a_sentence_of_care_that_nobody_translates_says_its_own_language(house, visitor):
    files = translated.tea()
    files["brewing.md"] = files["brewing.md"].replace(b"badge: Brewer\n", b"badge: Brewer\ncare: Water burns.\n", 1)
    publish(house, files)
    choose(visitor, "ar")
    for path in (f"{SOUP}/brewing", f"{SOUP}/brewing/pot"):
        assert '<p><b><span lang="en-GB" dir="ltr">Water burns.</span></b></p>' in visitor.get(path).text
    choose(visitor, "en")
    assert "<p><b>Water burns.</b></p>" in visitor.get(f"{SOUP}/brewing/pot").text


def test_a_step_that_fell_behind_is_in_english_and_the_others_stay(house, visitor):
    choose(visitor, "cy")
    publish(house, translated.changed(("How hot is the water?", "How hot must the water be?")))
    page = visitor.get(HOT).text
    assert '<div lang="en-GB" dir="ltr">' in page
    assert "How hot must the water be?" in page
    assert "Beth sydd yn y bag?" in visitor.get(BAG).text


def test_choosing_in_the_middle_keeps_the_place_and_what_was_said(visitor):
    wrong = re.search(r'value="(\w)" id="a-\w"><label[^>]*>It is warm', visitor.get(HOT).text)
    assert wrong
    visitor.send(WATER, act="hinted")
    visitor.send(WATER, act="answered", answer=wrong[1])
    page = choose(visitor, "cy", visitor.last.request.full_path)
    assert "Roedd, funud yn ôl." in page
    assert "Edrycha ar y tegell." in page
    assert f'value="{wrong[1]}" id="a-{wrong[1]}" checked' in page


def test_what_she_chose_is_hers_on_every_device_and_for_one_course(house, lena):
    choose(lena, "ar")
    elsewhere = house.browser("lena")
    assert '<html lang="ar" dir="rtl"' in elsewhere.get(WATER).text
    assert '<html lang="en-GB"' in elsewhere.get("/courses/tea").text
    assert wishes(house, "lena")["lang-soup"] == "ar"
    assert '<html lang="en-GB"' in house.browser("sam").get(SOUP).text
    assert '<h3 lang="ar" dir="rtl"><a href="/courses/soup">إعداد الشاي</a>' in elsewhere.get("/").text
    assert "lang-soup" in elsewhere.get("/me/data").text


def test_her_own_pages_say_which_of_their_words_are_in_another_language(lena):
    choose(lena, "ar")
    lena.send(WATER, page=f"{WATER}?step=fill-it", act="done")
    arabic = '<span lang="ar" dir="rtl">{}</span>'
    assert arabic.format("إعداد الشاي") in lena.get("/me").text
    assert arabic.format("الماء") in lena.get("/me").text
    assert '<html lang="en-GB" dir="ltr"' in lena.last.text
    assert f"<h1>{arabic.format('الماء')}</h1>" in lena.get("/").text


def test_help_now_is_in_the_language_she_reads_each_course_in(house, visitor):
    facts = "# Facts\n\n## Kettles {#kettle}\n\nRing somebody.\n\n{0}\n## Cups {#cup}\n\nRing her.\n\n{0}"
    dates = "- Source: https://example.org/\n- Checked: 2026-11-01\n- Review: 2027-11-01\n"
    arabic = "---\nlang: ar\n---\n# حقائق\n\n## الغلايات {#kettle}\n\nاتصل.\n"
    files = translated.tea()
    files["course.md"] = files["course.md"].replace(b"badge: none", b"badge: none\nhelp: [kettle, cup]")
    files |= {"facts.md": facts.replace("{0}", dates).encode(), "facts.ar.md": arabic.encode()}
    publish(house, files)
    choose(visitor, "ar")
    page = visitor.get("/help-now").text
    assert '<div lang="ar" dir="rtl"><h2 id="c-kettle">الغلايات</h2>' in page
    assert re.findall(r'(lang="\w+" dir="\w+">)?<h2 id="c-cup">Cups</h2>', page) == [""]


@pytest.mark.parametrize(
    ("lang", "verdict"), [("cy", "Ie, mae hynny&#39;n iawn"), ("ar", "Not quite"), ("en", "Not quite")]
)
def test_welsh_words_are_right_on_a_welsh_page(house, lena, visitor, lang, verdict):
    for browser in (lena, visitor):
        choose(browser, lang)
    said = f'<h2><span lang="en-GB" dir="ltr">{verdict}</span></h2>' if lang == "ar" else f"<h2>{verdict}</h2>"
    assert said in lena.send(WATER, page=BAG, act="answered", answer="te").text
    assert said in visitor.send(WATER, page=BAG, act="answered", answer="te").text
    assert answers(house) == [(lang, int(lang == "cy"))] * 2


def test_english_words_are_right_in_every_language(house, lena):
    for lang in ("cy", "ar", "en"):
        choose(lena, lang)
        said = "Ie, mae hynny" if lang == "cy" else "Yes, that is right"
        assert said in lena.send(WATER, page=BAG, act="answered", answer="tea").text
    assert answers(house) == [("cy", 1), ("ar", 1), ("en", 1)]


def test_a_page_that_was_open_is_answered_in_the_language_it_is_in(house, lena):
    choose(lena, "cy")
    lena.get(BAG)
    page = lena.last
    choose(house.browser("lena"), "en")
    lena.last = page
    answer = lena.send(WATER, act="answered", answer="te")
    assert answers(house) == [("cy", 1)]
    assert "Yes, that is right" in answer.text
    assert "What is in the bag?" in answer.text


def test_progress_is_the_same_after_a_switch(lena):
    choose(lena, "cy")
    lena.send(WATER, page=BAG, act="answered", answer="te")
    lena.send(WATER, page=f"{WATER}?step=fill-it", act="done")
    stops = re.findall(r'<i(?: class="(\w+)")?>', lena.get(BAG).text)
    for lang in ("en", "ar"):
        page = choose(lena, lang, BAG)
        assert re.findall(r'<i(?: class="(\w+)")?>', page) == stops
        assert "You have done this one" in page


def test_a_quiz_is_the_same_quiz_in_another_language(house, lena):
    choose(lena, "cy")
    lena.send(QUIZ, page=QUIZ, act="started")
    before = lena.get(QUIZ).text
    first = re.search(r'name="step" value="([\w-]+)"', before)
    assert first
    letters = re.findall(r'name="answer" value="(\w)"', before)
    for lang in ("ar", "en", "cy"):
        page = choose(lena, lang, f"{QUIZ}?step={first[1]}")
        assert ("Cwestiwn 1 o 2" if lang == "cy" else "Question 1 of 2") in page
        assert f'name="step" value="{first[1]}"' in page
        assert re.findall(r'name="answer" value="(\w)"', page) == letters
    for lang in ("cy", "en"):
        choose(lena, lang, QUIZ)
        lena.send(QUIZ, page=QUIZ, act="answered", answer="a")
    assert "You have answered every question" in choose(lena, "ar", QUIZ)
    result = lena.send(QUIZ, act="finished").text
    assert "You passed: 2 out of 2" in result
    assert [lang for lang, _ in answers(house)] == ["cy", "en"]
    assert '<li lang="en-GB" dir="ltr"><h3>' in result
    welsh = choose(lena, "cy", QUIZ)
    assert "Pasioch chi: 2 allan o 2" in welsh


def test_what_a_visitor_chose_is_hers_when_she_signs_up(house, visitor):
    choose(visitor, "cy", BAG)
    signing = {"name": "Nia", "username": "nia", "password": "three random words", "adult": "yes"}
    visitor.send("/sign-up", page="/sign-up", **signing)
    assert wishes(house, "nia")["lang-soup"] == "cy"
    assert '<html lang="cy"' in visitor.get(BAG).text
    visitor.send("/sign-out", page="/me")
    assert '<html lang="en-GB"' in visitor.get(BAG).text


def test_what_she_chose_before_is_not_changed_by_what_a_visitor_on_her_phone_chose(house, lena):
    choose(lena, "ar")
    phone = house.browser()
    choose(phone, "cy")
    phone.sign_in("lena")
    assert wishes(house, "lena")["lang-soup"] == "ar"
    assert '<html lang="ar"' in phone.get(SOUP).text


def test_a_language_that_is_no_longer_there_gives_way_to_the_courses_own(house, lena):
    choose(lena, "cy")
    publish(house, written.tea())
    page = lena.get(BAG).text
    assert '<html lang="en-GB"' in page
    assert "What is in the bag?" in page
    publish(house, translated.tea())
    assert "Beth sydd yn y bag?" in lena.get(BAG).text


@pytest.mark.parametrize("who", ["", "lena"])
@pytest.mark.parametrize("lang", ["", "pl", "CY", "../cy", "\0", "\ud7ff", "x" * 300])
def test_a_language_the_course_lacks_is_refused_and_nothing_changes(house, who, lang):
    browser = house.browser(who)
    assert browser.send(SOUP, page=SOUP, lang=lang).status_code == 422
    assert '<html lang="en-GB"' in browser.get(SOUP).text


@pytest.mark.parametrize(
    "back", ["", "https://example.org/", "//example.org", "/\\example.org", "/no-such-page", "javascript:1", "\ud800"]
)
def test_choosing_leads_to_a_page_of_ours(house, visitor, back):
    shown = visitor.get(SOUP)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token
    answer = visitor.send(SOUP, follow=False, lang="cy", back=back.encode(errors="replace").decode())
    assert answer.headers["Location"] == SOUP


def test_an_address_she_goes_back_to_is_asked_for_as_it_was(visitor):
    page = visitor.get(f"{BAG}&answer=%22%3E%26a+b%C5%B5&check=1")
    back = re.search(r'name="back" value="([^"]*)"', page.text)
    assert back
    answer = visitor.send(SOUP, follow=False, lang="cy")
    assert answer.headers["Location"] == html.unescape(back[1]) == f"{BAG}&answer=%22%3E%26a+b%C5%B5&check=1"


def test_the_site_speaks_to_her_in_the_language_she_chose_and_of_danger_in_english(lena):
    """A course stays in its own: words of the site say there that they are Welsh."""
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", lang="cy")
    assert '<html lang="cy" dir="ltr"' in lena.last.text
    assert "Wedi'i gadw." in lena.last.text
    lena.send(WATER, page=f"{WATER}?step=fill-it", act="done")
    page = lena.get("/me").text
    assert "<h1>Dysgu Lena</h1>" in page
    assert '<span lang="en-GB" dir="ltr">Making tea</span>' in page
    assert '<a href="/help-now"><span lang="en-GB" dir="ltr">Get help now</span></a>' in page
    course = lena.get(SOUP).text
    assert '<html lang="en-GB" dir="ltr"' in course
    assert '<h2><span lang="cy" dir="ltr">Y modiwlau</span></h2>' in course
    assert "Teipiwch enw" in lena.send("/me/settings", page="/me/settings", act="looks", name=" ", lang="cy").text
    assert "Allwn ni ddim dod o hyd" in lena.get("/no-such-page").text
    assert '<html lang="en-GB" dir="ltr"' in lena.get("/help-now").text
    assert "<span" not in re.sub(r"(?s).*<nav class=.menu.|</nav>.*", "", lena.last.text)
    lena.send("/me/settings", page="/me/settings", act="looks", name="Lena", lang="xx")
    assert '<html lang="en-GB" dir="ltr"' in lena.last.text


def test_a_visitor_is_spoken_to_in_a_language_her_browser_asks_for(visitor):
    visitor.headers["Accept-Language"] = "cy-GB,cy;q=0.9,en;q=0.5"
    assert "Cyrsiau am ddim i&#39;ch ffôn" in visitor.get("/").text
    assert '<html lang="cy" dir="ltr"' in visitor.get("/offline").text
    assert '<html lang="en-GB" dir="ltr"' in visitor.get(SOUP).text
    visitor.headers["Accept-Language"] = "tlh,*;q=0.1"
    assert '<html lang="en-GB" dir="ltr"' in visitor.get("/").text

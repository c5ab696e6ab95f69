"""Translations: what of a course is read in another language, and that nothing of it is ever out of date.

The words in the "other language" are plainly made by machine: an x in front of the English ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.course import Course
from lms.content.freeze import Frozen, freeze
from lms.content.lock import lock_text, read_lock
from lms.content.names import dated
from lms.content.plan import QUIZ
from lms.content.planjson import key_from_json, keys_to_json, plan_from_json, plan_to_json
from lms.content.problems import Severity
from lms.content.release import (
    Fragment,
    Names,
    Release,
    body_from_json,
    body_to_json,
    names_from_json,
    names_to_json,
)

TODAY = date(2026, 11, 22)
FILM = b"\0\0\0 ftypmp42"
SOURCE = """\
---
module: passwords
lang: en
---
# Staying safe
A [manager](glossary.md#manager) remembers.

## Strong passwords {#strong}
First page.

- Skills: eds-2022/F7

### Rate: Can you? {#rate}
### Why length matters {#length}
> [!TIP]
> Ring [0300 123 2040](facts.md#fraud).

### Question: Which is strongest? {#q-strong}
- [ ] password123
  > Attackers try this.
- [x] purple-kettle
- Hint: Count.
- Explain: Length.

### Question: What is it called? {#q-phish}
- Answer: phish*
  > Well done.
- Close: fishing
  > Nearly.

### Question: How many? {#q-many}
- Number: 12 .. 16
- Close: 10
  > Nearly.

### Order: An email {#o-email}
1. Stop
2. Check
3. Report

### Match: Words {#m-words}
| Word | Meaning |
| --- | --- |
| Browser | Opens pages |
| Password | Proves it |
| | A keyboard |

### Gaps: Finish {#g-advice}
Use [[three]] words and [[no]] names.

- Extra: short

### Reflect: What now? {#r-change}
- Seen by: mentor

### Task: Change one {#t-change}
- [ ] I changed it
- Evidence: photo or words
- Sign-off: mentor
- Look for: can explain

### Code: Say hello {#c-hello}
```html start
<h1>Bye</h1>
```
```html answer
<h1>Hello</h1>
```
- Check: `h1` says "Hello"

### Rate again: And now? {#rate-after}
- Same as: rate

## Quiz: Check yourself {#quiz}
- Pass: 1

### Question: Which need one? {#q-own}
- [x] Email
- [x] Bank
- [ ] Weather

### Question: Which tag? {#q-tag}
- Answer: `<p>`
"""
WELSH = """\
---
module: passwords
lang: cy
---
# xStaying
A [xmanager](glossary.md#manager) xremembers.

## xStrong {#strong}
xFirst page.

### Graddio: xCan you? {#rate}
### xWhy {#length}
> [!TIP]
> xRing [0300 123 2040](facts.md#fraud).

### Cwestiwn: xWhich? {#q-strong}
- [ ] xpassword
- [ ] xkettle
  > xYes.
- Awgrym: xCount.

### Cwestiwn: xCalled? {#q-phish}
- Ateb: xphish
- Agos: xfishing
  > xNearly.

### Cwestiwn: xMany? {#q-many}
- Agos: 9
  > xNearly.

### Trefn: xEmail {#o-email}
1. xStop
2. xCheck
3. xReport

### Paru: xWords {#m-words}
| xWord | xMeaning |
| --- | --- |
| xBrowser | xOpens |
| xPassword | xProves |
| | xKeyboard |

### Bylchau: xFinish {#g-advice}
xUse [[xthree]] xand [[xno]] xnames.

- Ychwanegol: xshort

### Myfyrio: xNow? {#r-change}

### Tasg: xChange {#t-change}
- [ ] xChanged
- Chwilio am: xexplain

### Cod: xHello {#c-hello}
xWrite.

### Graddio eto: xNow? {#rate-after}

## Cwis: xCheck {#quiz}

### Cwestiwn: xNeed? {#q-own}
- [x] xEmail
- [x] xBank
- [ ] xWeather

### Cwestiwn: xTag? {#q-tag}
"""
FILES = {
    "course.md": "---\ncourse: safety\nlang: en\norder: passwords\nhelp: fraud\n---\n# Safety\nHello.\n",
    "passwords.md": SOURCE,
    "glossary.md": "# Words\n## Manager {#manager}\nA program.\n",
    "facts.md": "# Facts\n## Report it {#fraud}\nRing 0300 123 2040.\n"
    "- Source: https://example.org/\n- Checked: 2026-11-01\n- Review: 2027-01-01\n",
}
TRANSLATED = {
    **FILES,
    "passwords.cy.md": WELSH,
    "course.cy.md": "---\ncourse: safety\nlang: cy\n---\n# xSafety\nxHello.\n",
    "glossary.cy.md": "---\nlang: cy\n---\n# xWords\n## xManager {#manager}\nxA program.\n",
    "facts.cy.md": "---\nlang: cy\n---\n# xFacts\n## xReport {#fraud}\nxRing 0300 123 2040.\n",
}
PLACE = ("passwords", "strong")


def tried(files: dict[str, str | bytes] | dict[str, str], known: Names | None = None) -> Frozen:
    compiled = compile_course({it: data if isinstance(data, bytes) else data.encode() for it, data in files.items()})
    assert compiled.course, compiled.problems
    return freeze(compiled.course, known or Names())


def published(files: dict[str, str | bytes] | dict[str, str], known: Names | None = None) -> Release:
    frozen = tried(files, known)
    assert frozen.release, frozen.problems
    return replace(frozen.release, names=dated(frozen.release.names, TODAY))


def edited(files: dict[str, str], path: str, *edits: tuple[str, str]) -> dict[str, str]:
    text = files[path]
    for old, new in edits:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return {**files, path: text}


def shown(release: Release, lang: str = "cy") -> dict[str, Fragment]:
    """Every screen of a language by its name: what is not translated is not there."""
    pages = [page for place, page in release.translations[lang].pages.items() if place[0] == "passwords"]
    return {fragment.name: fragment for page in pages for fragment in page if not fragment.lang}


def fallen_back(release: Release, lang: str = "cy") -> set[str]:
    return {step.name for step in (*release.plan.modules[0].lessons[0].steps,)} - shown(release, lang).keys()


# --- what a translation is ---------------------------------------------------------------------------


def test_a_course_without_translations_is_what_it_was_to_the_byte() -> None:
    alone, release = published(FILES), published(TRANSLATED)
    assert (alone.pages, alone.keys) == (release.pages, release.keys)
    assert replace(release.plan, titles={}) == alone.plan
    assert "titles" not in compiled_json(alone)
    assert "translations" not in compiled_json(alone)
    assert '"lang"' not in body_to_json(alone.pages[PLACE])


def test_every_step_of_every_kind_is_there_in_the_other_language_with_the_same_letters() -> None:
    release = published(TRANSLATED)
    welsh = release.translations["cy"]
    assert fallen_back(release) == set()
    assert welsh.pages.keys() == release.pages.keys()
    for place, page in release.pages.items():
        for here, there in zip(page, welsh.pages[place], strict=True):
            assert here.name == there.name
            assert {it for it, _ in here.options} == {it for it, _ in there.options}
            assert {it for it, _ in here.meanings} == {it for it, _ in there.meanings}
            assert there.title.startswith("x")
            assert there.lang == ""


def test_what_is_right_is_the_same_in_every_language() -> None:
    release = published(TRANSLATED)
    welsh = release.translations["cy"].keys
    assert welsh.keys() == release.keys.keys()
    for place, key in release.keys.items():
        for part in ("right", "order", "pairs", "gaps", "number", "code", "checks"):
            assert getattr(key, part) == getattr(welsh[place], part)


def test_a_translation_owns_what_is_said_and_takes_the_answers_of_its_source_too() -> None:
    keys = published(TRANSLATED).translations["cy"].keys
    strong, phish, many = (keys["passwords", name] for name in ("q-strong", "q-phish", "q-many"))
    assert (strong.hints, strong.explains, strong.feedback) == (("<p>xCount.</p>",), (), {"b": "<p>xYes.</p>"})
    assert [(it.value, it.feedback) for it in phish.answers] == [("xphish", ""), ("phish*", "")]
    assert [it.value for it in phish.closes] == ["xfishing"]
    assert [(it.low, it.feedback) for it in many.near] == [(9, "<p>xNearly.</p>")]
    assert keys["passwords", "q-tag"].answers[0].value == "<p>"
    assert keys["passwords", "t-change"].look_for == ("<p>xexplain</p>",)


def test_a_rate_without_a_list_has_the_points_of_its_language_and_a_code_step_the_code_of_its_source() -> None:
    fragments = shown(published(TRANSLATED))
    points = ["Ddim eto", "Gyda chymorth", "Ar fy mhen fy hun"]
    assert [html for _, html in fragments["rate"].options] == points
    assert [html for _, html in fragments["rate-after"].options] == points
    assert fragments["c-hello"].code == (("html", "<h1>Bye</h1>\n"),)
    assert "&lt;h1&gt;Bye" in fragments["c-hello"].html


def test_code_can_be_translated_whole() -> None:
    code = '```html dechrau\n<h1>Hwyl</h1>\n```\n```html ateb\n<h1>Helo</h1>\n```\n- Gwirio: `h1` yn dweud "Helo"\n'
    release = published(edited(TRANSLATED, "passwords.cy.md", ("xWrite.\n", code)))
    key = release.translations["cy"].keys["passwords", "c-hello"]
    assert key.code == (("html", "<h1>Helo</h1>\n"),)
    assert [check.value for check in key.checks] == ["Helo"]
    assert shown(release)["c-hello"].code == (("html", "<h1>Hwyl</h1>\n"),)


def test_the_words_around_a_text_are_in_its_language() -> None:
    length = shown(published(TRANSLATED))["length"]
    assert '<p class="callout-kind">Awgrym</p>' in length.html
    assert "<h2>Ffeithiau ar y dudalen hon</h2>" in length.foot
    assert "Gwiriwyd 1 Tachwedd 2026." in length.foot
    assert ' lang="' not in length.foot


def test_titles_stand_in_the_plan_and_only_those_that_are_translated() -> None:
    plan = published(TRANSLATED).plan
    assert plan.langs == ("en", "cy")
    assert (plan.title_in("cy"), plan.title_in("cy", "passwords")) == ("xSafety", "xStaying")
    assert plan.title_in("cy", "passwords", "q-own") == "xNeed?"
    assert plan.title_in("cy", "passwords", QUIZ) == "xCheck"
    assert plan.title_in("en") == plan.title_in("ur") == ""
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_steps_are_matched_by_name_wherever_they_stand() -> None:
    tail = WELSH[WELSH.index("### Trefn") : WELSH.index("### Paru")]
    moved = WELSH.replace(tail, "") + tail
    assert fallen_back(published({**TRANSLATED, "passwords.cy.md": moved})) == set()


def test_the_document_is_as_its_schema_says_and_keys_stay_in_their_own_part() -> None:
    document = json.loads(compiled_json(published(edited(TRANSLATED, "passwords.cy.md", ("### xWhy {#length}\n", "")))))
    schema = json.loads(resources.files("lms.content").joinpath("course.schema.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    assert document["keys"]["passwords/q-strong"]["translations"]["cy"]["hints"] == ["<p>xCount.</p>"]
    for part in ("keys", "names"):
        document.pop(part)
    assert "xCount" not in json.dumps(document)


def test_a_key_is_stored_with_its_translations_and_found_by_language() -> None:
    release = published(TRANSLATED)
    place = ("passwords", "q-phish")
    stored = json.loads(json.dumps(keys_to_json(release.keys[place], release.other_keys(place))))
    assert key_from_json(stored) == key_from_json(stored, "ur") == release.keys[place]
    assert key_from_json(stored, "cy") == release.translations["cy"].keys[place]


# --- falling back -----------------------------------------------------------------------------------


def test_what_is_missing_is_shown_in_the_source_language_which_it_says_and_is_counted() -> None:
    without = WELSH[: WELSH.index("### Trefn")] + WELSH[WELSH.index("### Paru") :]
    frozen = tried({**TRANSLATED, "passwords.cy.md": without})
    assert frozen.release
    [warning] = frozen.problems
    assert warning.severity is Severity.WARNING
    assert str(warning).startswith('passwords.cy.md:1:1: learners read 1 of 17 texts in "en"; not translated: o-email.')
    page = frozen.release.translations["cy"].pages[PLACE]
    order = next(it for it in page if it.name == "o-email")
    assert order == replace(next(it for it in frozen.release.pages[PLACE] if it.name == "o-email"), lang="en")
    assert body_from_json(body_to_json(page)) == page
    assert ("passwords", "o-email") not in frozen.release.translations["cy"].keys


def test_a_file_that_is_missing_falls_back_whole_and_is_told() -> None:
    files = {path: text for path, text in TRANSLATED.items() if path not in ("facts.cy.md", "course.cy.md")}
    frozen = tried(files)
    assert frozen.release
    assert [(it.file, it.code) for it in frozen.problems] == [
        ("course.md", "translation-missing"),
        ("facts.md", "translation-missing"),
    ]
    pages = frozen.release.translations["cy"].pages
    assert ("", "") not in pages
    assert ("", "help") not in pages


def test_a_term_that_falls_back_says_its_language_within_the_page() -> None:
    files = {path: text for path, text in TRANSLATED.items() if path != "glossary.cy.md"}
    foot = published(files).translations["cy"].pages["passwords", ""][0].foot
    assert '<dt id="c-term-manager" lang="en" dir="ltr">Manager</dt>' in foot
    assert '<dd><div lang="en" dir="ltr"><p>A program.</p></div>' in foot
    assert ">Yn ôl i'ch lle</a>" in foot


def test_a_page_from_right_to_left_keeps_what_falls_back_from_left_to_right() -> None:
    files = {path.replace(".cy.", ".ur."): text.replace("lang: cy", "lang: ur") for path, text in TRANSLATED.items()}
    english = {"Cwestiwn": "Question", "Trefn": "Order", "Paru": "Match", "Bylchau": "Gaps", "Myfyrio": "Reflect"}
    english |= {"Tasg": "Task", "Cod": "Code", "Graddio eto": "Rate again", "Graddio": "Rate", "Cwis": "Quiz"}
    english |= {"Awgrym": "Hint", "Ateb": "Answer", "Agos": "Close", "Ychwanegol": "Extra", "Chwilio am": "Look for"}
    for word, known in english.items():
        files["passwords.ur.md"] = re.sub(rf"(?m)^(### |## |- ){word}:", rf"\1{known}:", files["passwords.ur.md"])
    del files["glossary.ur.md"]
    release = published(files)
    assert fallen_back(release, "ur") == set()
    assert 'lang="en" dir="ltr"' in release.translations["ur"].pages["passwords", ""][0].foot


@pytest.mark.parametrize("captions", ["cy", "en"])
def test_a_video_in_a_translation_has_captions_in_its_language_or_the_courses(captions: str) -> None:
    files: dict[str, str | bytes] = {
        **edited(TRANSLATED, "passwords.cy.md", ("xWrite.\n", "[xFilm](film.mp4)\n")),
        "film.mp4": FILM,
        f"film.{captions}.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n",
    }
    html = shown(published(files))["c-hello"].html
    assert "Fideo, 1 kB" in html
    assert "Darllen yr hyn a ddywedir" in html
    assert ('<div lang="en" dir="ltr"><p>Hello there.</p></div>' in html) == (captions == "en")


# --- staying behind, and following ------------------------------------------------------------------------


def test_editing_the_source_makes_its_translation_fall_back_until_it_follows() -> None:
    known = published(TRANSLATED).names
    english = edited(TRANSLATED, "passwords.md", ("- Hint: Count.", "- Hint: Count all."))
    behind = published(english, known)
    assert fallen_back(behind) == {"q-strong"}
    assert fallen_back(published(english, behind.names)) == {"q-strong"}
    followed = edited(english, "passwords.cy.md", ("xCount.", "xCount all."))
    assert fallen_back(published(followed, behind.names)) == set()


def test_editing_both_at_once_is_following() -> None:
    known = published(TRANSLATED).names
    files = edited(TRANSLATED, "passwords.md", ("- Hint: Count.", "- Hint: Count all."))
    assert fallen_back(published(edited(files, "passwords.cy.md", ("xCount.", "xMore.")), known)) == set()


def test_taking_an_edit_back_brings_the_translation_back() -> None:
    known = published(TRANSLATED).names
    behind = published(edited(TRANSLATED, "passwords.md", ("- Hint: Count.", "- Hint: Count all.")), known)
    assert fallen_back(published(TRANSLATED, behind.names)) == set()


def test_a_welcome_a_term_and_a_fact_fall_back_by_themselves() -> None:
    known = published(TRANSLATED).names
    files = edited(TRANSLATED, "passwords.md", ("remembers.", "remembers all."))
    files = edited(files, "glossary.md", ("A program.", "An app."))
    files = edited(files, "facts.md", ("Ring 0300 123 2040.", "Call 0300 123 2040."), ("2027-01-01", "2027-02-01"))
    frozen = tried(files, known)
    assert frozen.release
    assert [f"{it.file} {it.message}" for it in frozen.problems] == [
        'facts.cy.md learners read 1 of 1 texts in "en"; changed since: fraud.',
        'glossary.cy.md learners read 1 of 1 texts in "en"; changed since: manager.',
        'passwords.cy.md learners read 1 of 17 texts in "en"; changed since: the welcome.',
    ]
    assert frozen.release.plan.title_in("cy", "passwords") == ""
    assert frozen.release.plan.title_in("cy", "passwords", "strong") == "xStrong"


def test_a_fact_read_again_on_another_day_is_the_same_fact() -> None:
    known = published(TRANSLATED).names
    assert tried(edited(TRANSLATED, "facts.md", ("2027-01-01", "2027-02-01")), known).problems == ()


def test_what_stands_beside_the_words_of_a_lesson_or_quiz_leaves_their_translations_in_use() -> None:
    known = published(TRANSLATED).names
    files = edited(
        TRANSLATED, "passwords.md", ("- Pass: 1", "- Pass: 2"), ("eds-2022/F7\n", "eds-2022/F7\n- Minutes: 5\n")
    )
    assert tried(files, known).problems == ()


LINE = "lang: en\nchanges:\n  - 2026-11-22 {}\n"


def with_line(files: dict[str, str], line: str) -> dict[str, str]:
    return edited(files, "passwords.md", ("lang: en\n", LINE.format(line)))


def test_a_corrected_step_stays_in_use_and_one_whose_parts_changed_places_does_not() -> None:
    known = published(TRANSLATED).names
    words = edited(TRANSLATED, "passwords.md", ("- Hint: Count.", "- Hint: Count all."))
    assert fallen_back(published(with_line(words, "corrected q-strong"), known)) == set()
    turned = edited(
        TRANSLATED,
        "passwords.md",
        (
            "- [ ] password123\n  > Attackers try this.\n- [x] purple-kettle\n",
            "- [x] purple-kettle\n- [ ] password123\n",
        ),
    )
    release = published(with_line(turned, "corrected q-strong"), known)
    assert fallen_back(release) == {"q-strong"}


def test_what_is_right_may_change_and_the_translation_falls_back_or_is_kept_by_its_author() -> None:
    known = published(TRANSLATED).names
    files = edited(TRANSLATED, "passwords.md", ("- [ ] password123", "- [x] password123"), ("[x] purple", "[ ] purple"))
    assert fallen_back(published(with_line(files, "remarked q-strong"), known)) == {"q-strong"}
    both = edited(
        with_line(files, "remarked q-strong"),
        "passwords.md",
        ("q-strong\n---", "q-strong\n  - 2026-11-22 corrected q-strong\n---"),
    )
    release = published(both, known)
    assert fallen_back(release) == set()
    assert release.translations["cy"].keys["passwords", "q-strong"].right == ("a",)


def test_a_translation_follows_a_new_name_under_the_old_one() -> None:
    known = published(TRANSLATED).names
    files = with_line(edited(TRANSLATED, "passwords.md", ("{#q-phish}", "{#q-fake}")), "renamed q-phish to q-fake")
    release = published(files, known)
    assert fallen_back(release) == set()
    assert fallen_back(published(edited(files, "passwords.cy.md", ("{#q-phish}", "{#q-fake}")), release.names)) == set()
    assert fallen_back(published(files)) == set(), "where it was never published, the line alone tells"


def test_a_step_that_moved_is_found_in_the_translation_of_either_module() -> None:
    step = SOURCE[SOURCE.index("### Reflect") : SOURCE.index("### Task")]
    welsh = WELSH[WELSH.index("### Myfyrio") : WELSH.index("### Tasg")]
    known = published(TRANSLATED).names
    files = with_line(edited(TRANSLATED, "passwords.md", (step, "")), "moved r-change to backups")
    files["course.md"] = files["course.md"].replace("order: passwords", "order: passwords, backups")
    head = "---\nmodule: backups\nlang: {}\n---\n# {}Backups\n## {}More {{#more}}\n"
    files["backups.md"] = head.format("en", "", "") + step
    files["backups.cy.md"] = head.format("cy", "x", "x")
    for text in (
        files,
        {**edited(files, "passwords.cy.md", (welsh, "")), "backups.cy.md": files["backups.cy.md"] + welsh},
    ):
        page = published(text, known).translations["cy"].pages["backups", "more"]
        assert [(it.title, it.lang) for it in page] == [("xNow?", "")]


def test_a_step_that_is_gone_is_passed_over_in_its_translation() -> None:
    known = published(TRANSLATED).names
    step = SOURCE[SOURCE.index("### Order") : SOURCE.index("### Match")]
    files = with_line(edited(TRANSLATED, "passwords.md", (step, "")), "removed o-email")
    assert tried(files, known).problems == ()


def test_a_rate_again_is_read_in_the_language_of_its_rate() -> None:
    known = published(TRANSLATED).names
    files = edited(TRANSLATED, "passwords.md", ("### Rate: Can you?", "### Rate: Can you do it?"))
    assert fallen_back(published(files, known)) == {"rate", "rate-after"}
    renamed = edited(TRANSLATED, "passwords.md", ("{#rate}", "{#before}"), ("Same as: rate", "Same as: before"))
    assert fallen_back(published(with_line(renamed, "renamed rate to before"), known)) == set()


def test_parts_that_do_not_agree_are_refused_in_a_step_that_has_followed_and_not_in_a_stale_one() -> None:
    known = published(TRANSLATED).names
    more = edited(TRANSLATED, "passwords.md", ("- [ ] Weather", "- [ ] Weather\n- [ ] News"))
    more = with_line(more, "remarked q-own")
    assert "q-own" not in shown(published(more, known))
    wrong = tried(edited(more, "passwords.cy.md", ("xWeather", "xWind")), known)
    assert wrong.release is None
    assert [it.code for it in wrong.problems] == ["translation-parts"]


# --- the record ----------------------------------------------------------------------------------------


def test_the_record_and_the_lock_keep_what_translations_were_made_from() -> None:
    names = published(
        edited(TRANSLATED, "passwords.cy.md", ("### Trefn: xEmail {#o-email}\n1. xStop\n2. xCheck\n3. xReport\n", ""))
    ).names
    assert names_from_json(json.loads(json.dumps(names_to_json(names)))) == names
    lock = read_lock(lock_text("safety", names).encode())
    assert lock.problems == []
    assert lock.names.texts == names.texts
    assert lock.names.named == names.named
    assert {place for place, it in names.named.items() if not it.translations} == {("passwords", "o-email")}
    assert names.texts.keys() == {("", ""), ("passwords", ""), ("glossary.md", "manager"), ("facts.md", "fraud")}


def test_a_translation_that_is_taken_away_for_a_while_is_no_newer_when_it_comes_back() -> None:
    known = published(TRANSLATED).names
    away = {path: text for path, text in TRANSLATED.items() if ".cy." not in path}
    english = edited(away, "passwords.md", ("- Hint: Count.", "- Hint: Count all."))
    names = published(english, known).names
    back = edited(TRANSLATED, "passwords.md", ("- Hint: Count.", "- Hint: Count all."))
    assert fallen_back(published(back, names)) == {"q-strong"}


# --- in any order ----------------------------------------------------------------------------------------


@dataclass
class Text:
    """A step as an author of either language leaves it: which words it has, and in which order its parts stand."""

    words: int = 0
    parts: tuple[int, ...] = (0, 1, 2)
    ticked: int = 0


@dataclass
class Model:
    """What the two files say, and what each translated step was made from at the publication that brought it."""

    source: dict[str, Text] = field(default_factory=lambda: {name: Text() for name in NAMES})
    welsh: dict[str, Text | None] = field(default_factory=lambda: {name: Text() for name in NAMES})
    order: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)


NAMES = ("q", "o", "g", "r")


def written(name: str, text: Text, mark: str, ticks: bool) -> str:
    said = f"{mark}{name}{text.words}"
    kind = {"q": "Question: ", "o": "Order: ", "g": "Gaps: ", "r": ""}[name]
    head = f"### {kind}{said} {{#{name}}}\n"
    parts = [f"{mark}part{it}" for it in text.parts]
    if name == "q":
        boxes = (
            f"- [{'x' if ticks and it == text.ticked else ' '}] {part}"
            for it, part in zip(text.parts, parts, strict=True)
        )
        return head + "\n".join(boxes) + "\n\n"
    if name == "o":
        return head + "".join(f"{at}. {part}\n" for at, part in enumerate(parts, 1)) + "\n"
    if name == "g":
        return head + f"{said} [[{parts[0]}]] and [[{parts[1]}]].\n\n- Extra: {parts[2]}\n\n"
    return head + f"{said}\n\n"


def files_of(model: Model, with_welsh: bool = True) -> dict[str, bytes]:
    lines = "".join(f"  - 2026-11-22 {line}\n" for line in model.lines)
    changes = f"changes:\n{lines}" if lines else ""
    steps = "".join(written(name, model.source[name], "", True) for name in model.order or NAMES)
    files = {
        "course.md": "---\ncourse: c\nlang: en\norder: m\n---\n# C\n",
        "m.md": f"---\nmodule: m\nlang: en\n{changes}---\n# M\n## L {{#l}}\n{steps}",
    }
    if with_welsh:
        welsh = "".join(written(name, it, "x", False) for name, it in model.welsh.items() if it)
        files["m.cy.md"] = f"---\nmodule: m\nlang: cy\n---\n# xM\n## xL {{#l}}\n{welsh}"
    return {path: text.encode() for path, text in files.items()}


edits = st.one_of(
    st.tuples(st.just("reword"), st.sampled_from(NAMES)),
    st.tuples(st.just("turn"), st.sampled_from(NAMES), st.permutations((0, 1, 2))),
    st.tuples(st.just("tick"), st.sampled_from((0, 1, 2))),
    st.tuples(st.just("translate"), st.sampled_from(NAMES)),
    st.tuples(st.just("drop"), st.sampled_from(NAMES)),
    st.tuples(st.just("move"), st.permutations(NAMES)),
    st.tuples(st.just("correct"), st.sampled_from(NAMES)),
    st.just(("publish",)),
)


@given(st.lists(edits, max_size=14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_edited_in_whatever_order_no_stale_step_is_shown_and_no_letter_moves(
    moves: Iterable[tuple[object, ...]],
) -> None:
    model, names = Model(), Names()
    made_from: dict[str, tuple[str, str]] = {}
    for move in (*moves, ("publish",)):
        edit(model, move)
        if move[0] != "publish":
            continue
        alone = freeze(compiled(files_of(model, with_welsh=False)), names)
        if alone.release is None:  # refused in its own language: its author is told, and puts it right
            model.source, model.lines = {name: Text() for name in NAMES}, []
            continue
        frozen = freeze(compiled(files_of(model)), names)
        assert frozen.release, frozen.problems
        welsh = frozen.release.translations["cy"]
        assert frozen.release.pages == alone.release.pages
        assert frozen.release.keys == alone.release.keys
        assert replace(frozen.release.plan, titles={}) == alone.release.plan
        at_home = tuple(replace(it, lang="en") for it in alone.release.pages["m", "l"])
        page = {it.name: it for it in welsh.pages.get(("m", "l"), at_home)}  # not kept where nothing is Welsh
        for name, text in model.welsh.items():
            source = written(name, model.source[name], "", True)
            if text is None:
                assert page[name].lang == "en"
                continue
            said = written(name, text, "x", False)
            if made_from.get(name, ("", ""))[0] != said:
                made_from[name] = (said, source)
            elif f"corrected {name}" in model.lines and page[name].lang == "":
                assert same_places(made_from[name][1], source)
                made_from[name] = (said, source)
            assert (page[name].lang == "") == (made_from[name][1] == source), name
            if page[name].lang == "" and ("m", name) in welsh.keys:
                here, there = welsh.keys["m", name], frozen.release.keys["m", name]
                assert (here.right, here.order, here.gaps) == (there.right, there.order, there.gaps)
                assert {it for it, _ in page[name].options} == {
                    it for it, _ in next(it for it in frozen.release.pages["m", "l"] if it.name == name).options
                }
        names = dated(frozen.release.names, TODAY)
        model.lines = []


def compiled(files: dict[str, bytes]) -> Course:
    found = compile_course(files)
    assert found.course, found.problems
    return found.course


def same_places(one: str, other: str) -> bool:
    return re.findall(r"part(\d)", one) == re.findall(r"part(\d)", other)


def edit(model: Model, move: tuple[object, ...]) -> None:
    what, *rest = move
    if what == "move":
        model.order = tuple(rest[0])  # type: ignore[arg-type]
    elif what == "tick":
        model.source["q"].ticked = int(str(rest[0]))
        model.lines = [*model.lines, "remarked q"] if "remarked q" not in model.lines else model.lines
    elif rest:
        name = str(rest[0])
        if what == "reword":
            model.source[name].words += 1
        elif what == "turn" and name != "r":
            model.source[name].parts = tuple(rest[1])  # type: ignore[arg-type]
        elif what == "translate":
            model.welsh[name] = Text((model.welsh[name] or Text()).words + 1, model.source[name].parts)
        elif what == "drop":
            model.welsh[name] = None
        elif what == "correct" and f"corrected {name}" not in model.lines:
            model.lines = [*model.lines, f"corrected {name}"]

"""Warnings of lessons that ask too much: the edges of each, in a whole course."""

from __future__ import annotations

import pytest

from lms.content.compile import compile as compile_course
from lms.content.problems import Severity

FRONT = "---\nmodule: m\nlang: {}\n---\n# Module\n\n## Lesson {{#l}}\n"
SKILLS = "\n\n- Skills: eds-2022/F7\n"
HARD = "Institutional representatives authenticate documentation. " * 12
EASY = "We write a short note. " * 12


def _warnings(body: str, lang: str = "en", end: str = SKILLS, **files: bytes) -> list[str]:
    course = f"---\ncourse: c\nlang: {lang}\norder: m\n---\n# Course\n".encode()
    named = {name.replace("_", "."): data for name, data in files.items()}
    compiled = compile_course({"course.md": course, "m.md": (FRONT.format(lang) + body + end).encode(), **named})
    assert compiled.course, compiled.problems
    assert all(problem.severity == Severity.WARNING for problem in compiled.problems)
    return [problem.code for problem in compiled.problems]


def test_hard_words_are_warned_of_and_stop_nothing() -> None:
    assert _warnings(HARD) == ["reading-age"]
    assert _warnings(EASY) == []


@pytest.mark.parametrize("lang", ["en", "en-GB"])
def test_the_formula_is_used_for_every_english(lang: str) -> None:
    assert _warnings(HARD, lang) == ["reading-age"]


@pytest.mark.parametrize("lang", ["cy", "ar", "es"])
def test_no_other_language_is_judged_by_an_english_formula(lang: str) -> None:
    assert _warnings(HARD, lang) == []


def test_a_file_alone_is_judged_too() -> None:
    found = compile_course({"m.md": (FRONT.format("en") + HARD + SKILLS).encode()}).problems
    assert [it.code for it in found if it.file == "m.md"] == ["reading-age"]


def test_what_is_said_to_answers_is_read_too() -> None:
    quiz = (
        f"Text.{SKILLS}\n## Quiz: Check {{#quiz}}\n- Pass: 1\n\n### Question: Which? {{#q-1}}\n- [x] One\n- [ ] Two\n"
    )
    more = "\n### Question: Who? {#q-2}\n- [x] One\n- [ ] Two\n"
    assert _warnings(quiz + more, end="") == []
    for said in (f"  > {HARD}\n", f"- Explain: {HARD}\n", f"- Hint: {HARD}\n"):
        assert _warnings(quiz + said + more, end="") == ["reading-age"]


def test_the_captions_of_a_video_are_weighed_and_the_video_is_not() -> None:
    film = b"\0\0\0 ftypmp42" + bytes(150_000)
    cue = "00:01.000 --> 00:02.000\nOne.\n\n"
    light, heavy = (f"WEBVTT\n\n{cue}NOTE {'x' * size}\n".encode() for size in (100, 99_990))
    assert _warnings("[A film](film.mp4)", film_mp4=film, film_en_vtt=light) == []
    assert _warnings("[A film](film.mp4)", film_mp4=film, film_en_vtt=heavy) == ["lesson-heavy"]


def test_a_lesson_of_eight_minutes_is_not_too_long_and_one_of_nine_is() -> None:
    assert _warnings("Yes. " * 1039) == []
    assert _warnings("Yes. " * 1040) == ["lesson-long"]

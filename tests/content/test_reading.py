"""Reading age: the published formula, what counts as a sentence, and which sentences are blamed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lms.content.compile import compile as compile_course
from lms.content.course import Lesson, Text
from lms.content.reading import hardest, passages, reading_age, syllables
from tests.content.handmade import blocks, line

COURSES = sorted((Path(__file__).parents[2] / "courses").iterdir())


def _read(markdown: str) -> list[str]:
    return [it.text for it in hardest(passages([blocks(markdown)]), 99)]


def test_the_age_is_flesch_and_kincaids_grade_and_five_years() -> None:
    """40 sentences of 5 words, 6 syllables each: 0.39 * 5 + 11.8 * 1.2 - 15.59 + 5."""
    assert reading_age(passages([blocks("We take a small letter. " * 40)])) == pytest.approx(5.5, abs=0.05)


def test_longer_sentences_and_longer_words_ask_for_an_older_reader() -> None:
    short = reading_age(passages([blocks("We take a small letter. " * 40)])) or 0
    long = reading_age(passages([blocks(("We take a small letter " * 4 + ". ") * 10)])) or 0
    hard = reading_age(passages([blocks("Representatives take a substantial document. " * 40)])) or 0
    assert long == pytest.approx(short + 0.39 * 15, abs=0.1)
    assert hard > 11 > short


def test_of_few_words_no_age_is_said() -> None:
    assert reading_age(passages([blocks("Incomprehensibilities notwithstanding. " * 19)])) is None
    assert reading_age(passages([blocks("Incomprehensibilities notwithstanding. " * 20)])) is not None
    assert reading_age([]) is None
    assert hardest([]) == []


def test_a_sentence_ends_at_its_mark_before_a_capital() -> None:
    assert _read('Ring 159. It is free, e.g. on a phone. Is it 3.5 p? "Yes." He rang... And so on.') == [
        "Ring 159.",
        "It is free, e.g. on a phone.",
        "Is it 3.5 p?",
        '"Yes."',
        "He rang...",
        "And so on.",
    ]


def test_headings_labels_cells_code_and_pictures_are_no_sentences() -> None:
    text = "| Word | Meaning |\n| --- | --- |\n| Browser | Opens web pages |\n\n- Bread\n- Milk and eggs\n\n"
    assert _read(text + "```\nOne. Two. Three.\n```\n\n![A long picture. Of a long key.](a.svg)") == []
    assert passages([line("Strong passwords"), line("Which is strongest?")])[0].text == "Which is strongest?"


def test_an_item_of_six_words_or_with_an_end_mark_is_a_sentence() -> None:
    assert _read("- Pick three words that do not match\n- Write them.\n- And then:\n- Bread and milk") == [
        "Pick three words that do not match",
        "Write them.",
        "And then:",
    ]


def test_a_sentence_over_several_lines_stands_on_its_first() -> None:
    read = passages([Text(blocks("First one here. Second\none here. Third\n*one* here.").tokens, 1)])
    assert [(it.line, it.text) for it in hardest(read, 9)] == [
        (1, "First one here."),
        (1, "Second one here."),
        (2, "Third one here."),
    ]


def test_the_sentences_to_blame_are_those_without_which_the_rest_is_easiest() -> None:
    text = "We go. " * 20 + "Institutional representatives authenticate correspondence. We go on and on. Ludicrous."
    assert [it.text for it in hardest(passages([blocks(text)]), 1)] == [
        "Institutional representatives authenticate correspondence."
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("a the make makes sites words asked old can't we're", 1),
        ("open people email again safely making wanted buses pages trying doing sometimes", 2),
        ("computer library family everyone video idea radio messages deleted", 3),
        ("information security January ordinary", 4),
    ],
)
def test_syllables_are_counted_as_they_are_said(words: str, count: int) -> None:
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_letters_without_a_vowel_are_said_one_by_one() -> None:
    assert [syllables(word) for word in ("NCSC", "PDF", "TV", "pst", "PIN")] == [4, 3, 2, 1, 1]


@pytest.mark.parametrize("folder", COURSES, ids=[folder.name for folder in COURSES])
def test_every_lesson_of_our_courses_can_be_read_at_nine(folder: Path) -> None:
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    course = compile_course(files, date(2026, 11, 22)).course
    assert course
    ages = {it.name: reading_age(passages(_texts(it))) for module in course.modules for it in module.lessons}
    assert all(age is not None and 4 < age < 9 for age in ages.values()), ages


def _texts(lesson: Lesson) -> list[Text]:
    return [lesson.title, lesson.body, *(text for step in lesson.steps for text in (step.title, step.body))]

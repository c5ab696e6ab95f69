"""Lessons and the quiz: what stands under a `##` and the steps that follow it."""

from __future__ import annotations

from collections.abc import Sequence

from lms.content.course import Lesson, Quiz, Step
from lms.content.headings import Section
from lms.content.items import Item, of_word
from lms.content.manuscript import Manuscript, one_line
from lms.content.plan import Kind
from lms.content.questions import count, value
from lms.content.steps import read_section, read_step, skills, warn_nameless, whole_body
from lms.content.words import Value, Word

FEWEST_QUESTIONS = 2


def read_lesson(ms: Manuscript, section: Section, below: Sequence[Section]) -> Lesson | None:
    """A lesson with its steps; None where it has faults."""
    before = ms.faults.errors
    items = read_section(ms, section, Kind.LESSON)
    steps = [read_step(ms, step) for step in below]
    warn_nameless(ms, section)
    if items is None:
        return None
    body = whole_body(section)
    if not body and not below and not ms.translates and not section.robbed:
        instead = "Write some text, or a step under it."
        ms.faults.error(section.line, "nothing-to-read", "there is nothing in this lesson.", instead)
    lesson = _lesson(ms, section, items, [step for step in steps if step])
    return lesson if ms.faults.errors == before else None


def _lesson(ms: Manuscript, section: Section, items: Sequence[Item], steps: list[Step]) -> Lesson:
    named = skills(ms, items)
    if not of_word(items, Word.SKILLS) and not ms.translates:
        message = "this lesson names no skill."
        ms.faults.warn(section.line, "no-skills", message, "Add - Skills: under it, such as eds-2022/F7.")
    return Lesson(
        name=section.name,
        title=one_line(section.title),
        body=whole_body(section),
        steps=tuple(steps),
        optional=value(ms, items, Word.OPTIONAL, (Value.YES, Value.NO)) == Value.YES,
        skills=named,
        minutes=count(ms, items, Word.MINUTES),
        line=section.line,
    )


def read_quiz(ms: Manuscript, section: Section, below: Sequence[Section]) -> Quiz | None:
    """The quiz with its questions; None where it has faults."""
    before = ms.faults.errors
    items = read_section(ms, section, Kind.QUIZ)
    questions = [read_step(ms, question, in_quiz=True) for question in below]
    if len(below) < FEWEST_QUESTIONS and not ms.translates:
        message, instead = "a quiz has two questions or more.", "Add one, ### Question:."
        ms.faults.error(section.line, "quiz-questions", message, instead)
    if items is None:
        return None
    ask, pass_mark = (0, 0) if ms.translates else _numbers(ms, section, items, len(below))
    quiz = Quiz(
        title=one_line(section.title),
        body=whole_body(section),
        questions=tuple(question for question in questions if question),
        ask=ask,
        pass_mark=pass_mark,
        tries=count(ms, items, Word.TRIES),
        line=section.line,
    )
    return quiz if ms.faults.errors == before else None


def _numbers(ms: Manuscript, section: Section, items: Sequence[Item], questions: int) -> tuple[int, int]:
    """Ask and Pass."""
    ask = count(ms, items, Word.ASK) or questions
    pass_mark = count(ms, items, Word.PASS)
    if not of_word(items, Word.PASS):
        instead = "Add - Pass: with how many questions must be right."
        ms.faults.error(section.line, "pass-missing", "this quiz does not say when it is passed.", instead)
    if questions < FEWEST_QUESTIONS:  # which has been told
        return ask, 0
    if ask > questions:
        message = f"Ask is {ask}, and there are {questions} questions."
        line, column = _place_of(ms, items, Word.ASK)
        ms.faults.error(line, "ask-too-many", message, f"Type {questions} or less.", column)
    elif pass_mark and pass_mark > ask:
        message = f"Pass is {pass_mark}, and {ask} of the questions will be asked."
        line, column = _place_of(ms, items, Word.PASS)
        ms.faults.error(line, "pass-too-many", message, f"Type {ask} or less.", column)
    return ask, pass_mark or 0


def _place_of(ms: Manuscript, items: Sequence[Item], word: Word) -> tuple[int, int]:
    """Where the value of a setting stands."""
    item = of_word(items, word)[0]
    return item.line, ms.source.column(item.line, item.typed)

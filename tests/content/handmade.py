"""Courses made by hand, for what no author's file can say: the freezing half is tested without the compiler."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from markdown_it import MarkdownIt

from lms.content.course import (
    Asked,
    BadgeSetting,
    Change,
    Choose,
    Course,
    Fact,
    InWords,
    Lesson,
    Module,
    Option,
    Pattern,
    Quiz,
    Rating,
    Step,
    Term,
    Text,
)
from lms.content.freeze import freeze
from lms.content.plan import Completion, Kind
from lms.content.release import Names, Release

PARSER = MarkdownIt("gfm-like2", {"html": True, "linkify": False, "maxNesting": 100})

PADLOCK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 113"><path d="M0 0h9"/></svg>'


def blocks(markdown: str) -> Text:
    return Text(tuple(PARSER.parse(markdown)), 1)


def line(markdown: str) -> Text:
    return Text(tuple(PARSER.parseInline(markdown)), 1)


def reading(name: str | None, body: str = "Some words.", title: str = "A step") -> Step:
    return Step(name, Kind.READING, line(title), blocks(body), None, False, (), (), (), 1)


def question(name: str | None, *options: str, body: str = "", title: str = "Which?", **more: Any) -> Step:
    """Options as an author types them: `x right: feedback`, `wrong`."""
    return _question(name, body, title, Choose(tuple(map(_option, options)), _ticks(options) > 1, True), more)


def in_words(name: str, *answers: str, closes: tuple[Pattern, ...] = (), **more: Any) -> Step:
    asked = InWords(tuple(Pattern(answer, exact=False) for answer in answers), closes)
    return _question(name, "", "What?", asked, more)


def rate(name: str, *points: str, skills: tuple[str, ...] = ("eds-2022/F7",)) -> Step:
    asked = Rating(tuple(map(line, points or ("Not yet", "With help", "On my own"))))
    return Step(name, Kind.RATE, line("Can you?"), blocks(""), asked, False, (), (), skills, 1)


def rate_again(name: str, same_as: str) -> Step:
    return Step(name, Kind.RATE_AGAIN, line("And now?"), blocks(""), Rating((), same_as), False, (), (), (), 1)


def lesson(
    name: str | None, *steps: Step, body: str = "", title: str = "A lesson", minutes: int | None = None
) -> Lesson:
    return Lesson(name, line(title), blocks(body), steps, False, (), minutes, 1)


def quiz(*questions: Step, ask: int = 1, pass_mark: int = 1, body: str = "") -> Quiz:
    return Quiz(line("Check yourself"), blocks(body), questions, ask, pass_mark, None, 1)


def module(name: str, *lessons: Lesson, quiz: Quiz | None = None, changes: tuple[str, ...] = (), **more: Any) -> Module:
    """`changes` as an author types them: `2026-11-21 renamed q-a to q-b`."""
    made = Module(
        module=name,
        file=f"{name}.md",
        lang="en",
        title=line(name.title()),
        welcome=blocks("Welcome."),
        lessons=lessons,
        quiz=quiz,
        badge=BadgeSetting("", ""),
        leave=False,
        care="",
        changes=tuple(_change(name, number, typed) for number, typed in enumerate(changes, 1)),
    )
    return replace(made, **more)


def course(*modules: Module, **more: Any) -> Course:
    made = Course(
        course="online-safety",
        lang="en",
        title=line("Staying safe online"),
        welcome=blocks("Welcome to the course."),
        badge=BadgeSetting(None, ""),
        completed=Completion(),
        engaged=3,
        help=(),
        authors="",
        licence="",
        modules=modules,
        drafts=(),
        terms={},
        facts={},
        files={"padlock.svg": PADLOCK},
    )
    return replace(made, **more)


def term(name: str, body: str, title: str = "A term") -> Term:
    return Term(name, line(title), blocks(body), 1)


def fact(name: str, body: str, title: str = "A fact", nations: tuple[str, ...] = ()) -> Fact:
    source = "https://www.example.org/fraud?a=1&b=2"
    return Fact(name, line(title), blocks(body), source, date(2026, 11, 21), date(2027, 11, 21), nations, 1)


def frozen(made: Course, known: Names | None = None) -> Release:
    """The release of a course that must have no problems."""
    result = freeze(made, known or Names())
    assert not result.problems, "\n".join(map(str, result.problems))
    assert result.release
    return result.release


def refusals(made: Course, known: Names | None = None) -> list[str]:
    """What stops a course from being frozen, as its author reads it."""
    result = freeze(made, known or Names())
    assert result.release is None
    return [str(problem) for problem in result.problems]


def _question(name: str | None, body: str, title: str, asked: Asked, more: dict[str, Any]) -> Step:
    made = Step(name, Kind.QUESTION, line(title), blocks(body), asked, False, (), (), (), 1)
    return replace(made, **more)


def _option(typed: str) -> Option:
    words, _, feedback = typed.removeprefix("x ").partition(": ")
    return Option(line(words), typed.startswith("x "), blocks(feedback), 1)


def _ticks(options: tuple[str, ...]) -> int:
    return sum(option.startswith("x ") for option in options)


def _change(name: str, number: int, typed: str) -> Change:
    day, verb, what, *to = typed.split()
    return Change(date.fromisoformat(day), verb, what, to[-1] if to else "", f"{name}.md", number)

"""Courses made by hand, for what no author's file can say: the freezing half is tested without the compiler."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.content.course import (
    Asked,
    BadgeSetting,
    Change,
    Choose,
    Coding,
    Course,
    Doing,
    Fact,
    Filling,
    InWords,
    Lesson,
    Matching,
    Module,
    Option,
    Ordering,
    Pattern,
    Quiz,
    Rating,
    Reflecting,
    Row,
    Snippet,
    Step,
    Term,
    Text,
)
from lms.content.freeze import freeze
from lms.content.plan import CodeCheck, Completion, Kind, Looks
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


def order(name: str, *items: str, **more: Any) -> Step:
    return _asking(Kind.ORDER, name, Ordering(tuple(map(line, items))), more)


def match(name: str, *rows: str, **more: Any) -> Step:
    """Rows as `left = meaning`, or ` = meaning` for one too many."""
    pairs = [row.partition("=") for row in rows]
    made = tuple(Row(line(left.strip()), line(meaning.strip())) for left, _, meaning in pairs)
    return _asking(Kind.MATCH, name, Matching(made, (line("Word"), line("Meaning"))), more)


def gaps(name: str, typed: str, *extras: str, **more: Any) -> Step:
    """One paragraph in which each `[[gap]]` stands between spaces."""
    children: list[Token] = []
    for word in typed.split():
        words = word.removeprefix("[[").removesuffix("]]")
        children += [Token("text", "", 0, content=" "), Token("text" if words == word else "gap", "", 0, content=words)]
    found = tuple(line(child.content) for child in children if child.type == "gap")
    body = Text((Token("inline", "", 0, children=children[1:]),), 1)
    return _asking(Kind.GAPS, name, Filling(found, tuple(map(line, extras))), {"body": body, **more})


def task(name: str, *boxes: str, evidence: tuple[str, ...] = (), sign_off: str = "", look_for: str = "") -> Step:
    looks = (blocks(look_for),) if look_for else ()
    return _asking(Kind.TASK, name, Doing(tuple(map(line, boxes)), evidence, sign_off, looks), {})


def reflect(name: str, seen_by: str = "only me") -> Step:
    return _asking(Kind.REFLECT, name, Reflecting(seen_by), {})


def code(name: str, start: str = "<p>", answer: str = "<h1>Hi</h1>", says: str = "Hi") -> Step:
    check = CodeCheck(Looks.SAYS, f'`h1` says "{says}"', at="h1", value=says)
    return _asking(Kind.CODE, name, Coding((Snippet("html", start, answer), Snippet("css", "", None)), (check,)), {})


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


def _asking(kind: Kind, name: str, asked: Asked, more: dict[str, Any]) -> Step:
    made = Step(name, kind, line("A step"), blocks(""), asked, False, (), (), (), 1)
    return replace(made, **more)


def _option(typed: str) -> Option:
    words, _, feedback = typed.removeprefix("x ").partition(": ")
    return Option(line(words), typed.startswith("x "), blocks(feedback), 1)


def _ticks(options: tuple[str, ...]) -> int:
    return sum(option.startswith("x ") for option in options)


def _change(name: str, number: int, typed: str) -> Change:
    day, verb, what, *to = typed.split()
    return Change(date.fromisoformat(day), verb, what, to[-1] if to else "", f"{name}.md", number)

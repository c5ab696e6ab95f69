"""Reading `cases/*.md`: Markdown files of `title . input . expected .`, one case after the other.

An input is the file `m.md`, or several files, each behind a line `@ its-name`. `⟨U+202E⟩` stands for that
character and `⟨0xFF⟩` for that byte. A first case called `before` is put in front of every input of its
file that names no files, and the lines in `expected` are counted from behind it.

Expected are the problems, `line:column code: message instead`, with the file in front where it is not
`m.md` and `warning` where it is one; and, of a course that compiles, its outline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import shorten

from lms.content.compile import Compiled
from lms.content.compile import compile as compile_course
from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Course,
    Doing,
    Filling,
    InWords,
    Lesson,
    Matching,
    Module,
    Ordering,
    Pattern,
    Rating,
    Reflecting,
    Step,
    Text,
)
from lms.content.freeze import freeze
from lms.content.plain import plain_text
from lms.content.plan import CodeCheck
from lms.content.problems import Problem, Severity

FOLDER = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 22)
COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"


@dataclass(frozen=True)
class Case:
    """One case. `skipped` lines of `m.md` stand in front of the input."""

    id: str
    files: dict[str, bytes]
    expected: str
    skipped: int
    source: str


def all_cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.md")):
        yield from read_cases(path)


def read_cases(path: Path) -> Iterator[Case]:
    before = ""
    parts = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for title, source, expected in zip(parts[0::3], parts[1::3], parts[2::3], strict=False):
        if title.strip() == "before":
            before = source
            continue
        named = source.startswith("@ ")
        whole = source if named else f"@ m.md\n{before}{source}"
        skipped = 0 if named else before.count("\n")
        yield Case(f"{path.stem}: {title.strip()}", _files(whole), expected, skipped, source)


def _files(source: str) -> dict[str, bytes]:
    files = {"course.md": COURSE}
    for part in re.split(r"^@ ", source, flags=re.MULTILINE)[1:]:
        name, _, text = part.partition("\n")
        files[name.strip()] = data_of(text)
    return {name: data for name, data in files.items() if data != b"absent\n"}


def data_of(text: str) -> bytes:
    text = re.sub(r"⟨U\+([0-9A-F]+)⟩", lambda match: chr(int(match.group(1), 16)), text)
    text = re.sub(r"⟨([^⟨⟩]+?)×(\d+)⟩", lambda match: match.group(1) * int(match.group(2)), text)
    pieces = re.split(r"⟨0x([0-9A-F]{2})⟩", text)
    return b"".join(bytes.fromhex(piece) if at % 2 else piece.encode() for at, piece in enumerate(pieces))


def result(case: Case) -> str:
    """What compiling a case says, to be held against `expected`."""
    compiled = compile_course(case.files, TODAY, run_code=True)
    problems = compiled.problems
    if compiled.course:  # which headings lack a name, and how translations go with their sources
        problems = tuple(sorted({*problems, *freeze(compiled.course).problems}))
    lines = [_problem(problem, case.skipped) for problem in problems]
    return "".join(f"{line}\n" for line in [*lines, *_outline(compiled)])


def _problem(problem: Problem, skipped: int) -> str:
    mine = problem.file == "m.md"
    place = f"{problem.line - skipped if mine else problem.line}:{problem.column}"
    level = "warning " if problem.severity == Severity.WARNING else ""
    return f"{'' if mine else problem.file + ':'}{place} {level}{problem.code}: {problem.message} {problem.instead}"


def _outline(compiled: Compiled) -> Iterator[str]:
    if compiled.course is None:
        return
    course = compiled.course
    yield f"course {course.course}: {_title(course.title)}{_course_settings(course)}"
    for module in course.modules:
        yield from _module(module)
    for draft in course.drafts:
        yield f"draft {draft.module}"
    for term in course.terms.values():
        yield f"term {term.name}: {_title(term.title)} = {plain_text(term.body)}"
    for fact in course.facts.values():
        yield (
            f"fact {fact.name}: {_title(fact.title)} = {plain_text(fact.body)} "
            f"({fact.source}, {fact.checked}, {fact.review}{', ' + ' '.join(fact.nations) if fact.nations else ''})"
        )
    for path in course.files:
        yield f"file {path}"


def _course_settings(course: Course) -> str:
    said = {
        "completed": f"{course.completed.need} of {','.join(course.completed.of)}" if course.completed.need else "",
        "engaged": str(course.engaged) if course.engaged != 3 else "",
        "badge": course.badge.name or "none" if course.badge.name != _title(course.title) else "",
        "help": " ".join(course.help),
        "authors": course.authors,
        "licence": course.licence,
    }
    return "".join(f", {word} {value}" for word, value in said.items() if value)


def _module(module: Module) -> Iterator[str]:
    said = [f"badge {module.badge.name or 'none'}"] if module.badge.name != _title(module.title) else []
    said += [f"picture {module.badge.picture}"] if module.badge.picture else []
    said += ["leave"] if module.leave else []
    said += [f"care {module.care}"] if module.care else []
    said += [" ".join(f"{it.on} {it.verb} {it.name} {it.to}".split()) for it in module.changes]
    welcome = f" = {plain_text(module.welcome)}" if module.welcome else ""
    yield f"module {module.module}: {_title(module.title)}{''.join(', ' + it for it in said)}{welcome}"
    for lesson in module.lessons:
        yield from _lesson(lesson)
    if module.quiz:
        quiz = module.quiz
        tries = f", {quiz.tries} tries" if quiz.tries else ""
        yield f"  quiz: {_title(quiz.title)}, ask {quiz.ask}, pass {quiz.pass_mark}{tries}{_body(quiz.body)}"
        for question in quiz.questions:
            yield f"    {_step(question)}"


def _lesson(lesson: Lesson) -> Iterator[str]:
    skills = f", {' '.join(lesson.skills)}" if lesson.skills else ""
    minutes = f", {lesson.minutes} minutes" if lesson.minutes else ""
    optional = ", optional" if lesson.optional else ""
    yield f"  lesson {lesson.name}: {_title(lesson.title)}{skills}{minutes}{optional}{_body(lesson.body)}"
    for step in lesson.steps:
        yield f"    {_step(step)}"


def _step(step: Step) -> str:
    more = [*(f"hint {plain_text(it)}" for it in step.hints), *(f"explain {plain_text(it)}" for it in step.explains)]
    more += ["optional"] if step.optional else []
    more += list(step.skills)
    whole = f"{step.kind} {step.name}: {_title(step.title)}{_body(step.body)}{_asked(step.asked)}"
    return whole + "".join(f"; {it}" for it in more)


def _asked(asked: Asked | None) -> str:
    if isinstance(asked, Choose):
        options = [f"{'*' if it.ticked else ''}{_title(it.text)}{_feedback(it.feedback)}" for it in asked.options]
        how = f"choose {'all' if asked.choose_all else 'one'}{'' if asked.shuffle else ', in order'}"
        return f" [{how}: {' | '.join(options)}]"
    if isinstance(asked, InWords):
        close = f" / {' | '.join(map(_pattern, asked.closes))}" if asked.closes else ""
        return f" [words: {' | '.join(map(_pattern, asked.answers))}{close}]"
    if isinstance(asked, ANumber):
        ends = [f"{it.low}..{it.high}{_feedback(it.feedback)}" for it in (asked.right, *asked.closes)]
        return f" [number: {' / '.join(ends)}]"
    if isinstance(asked, Rating):
        points = " < ".join(map(_title, asked.points))
        return f" [{f'as {asked.same_as}: ' if asked.same_as else ''}{points}]"
    return f" [{_done(asked)}]" if asked else ""


def _done(asked: Asked) -> str:
    if isinstance(asked, Ordering):
        return " < ".join(map(_title, asked.items))
    if isinstance(asked, Matching):
        rows = " | ".join(f"{_title(it.left)} = {_title(it.meaning)}" for it in asked.rows)
        return f"{' = '.join(map(_title, asked.heads))}: {rows}"
    if isinstance(asked, Filling):
        return f"{', '.join(map(_title, asked.gaps))} not {', '.join(map(_title, asked.extras)) or 'others'}"
    if isinstance(asked, Doing):
        said = [*(f"[ ] {_title(it)}" for it in asked.boxes), " or ".join(asked.evidence), asked.sign_off]
        return "; ".join(it for it in (*said, *(f"look for {plain_text(it)}" for it in asked.look_for)) if it)
    if isinstance(asked, Reflecting):
        return asked.seen_by
    assert isinstance(asked, Coding)
    code = [f"{it.language} {it.start!r} to {it.answer!r}" for it in asked.snippets]
    return "; ".join([*code, *map(_check, asked.checks)])


def _check(check: CodeCheck) -> str:
    parts = {
        "pressing": check.pressing,
        "typing": ", ".join(check.typing),
        "at": check.at,
        "times": str(check.times) if check.times > 1 else "",
        "property": check.property,
        "exactly" if check.exact else "value": check.value.strip(),
    }
    return f"{check.looks}({', '.join(f'{part} {value}' for part, value in parts.items() if value)})"


def _pattern(pattern: Pattern) -> str:
    typed = f"`{pattern.value}`" if pattern.exact else pattern.value
    return typed + _feedback(pattern.feedback)


def _feedback(text: Text) -> str:
    return f" > {plain_text(text)}" if text else ""


def _body(text: Text) -> str:
    return f" = {shorten(plain_text(text), 300)}" if text else ""


def _title(text: Text) -> str:
    return plain_text(text)

"""Every file somebody else wrote compiles or is refused with true messages, inside the bound."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from lms.content.bounds import MOST_SECONDS
from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.problems import Severity
from lms.content.sanitise import read_again
from tests.content.test_sanitise import _by_nh3, _events, _pieces

COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"
FRONT = b"---\nmodule: m\nlang: en\n---\n# Module\n\n"
LESSON = FRONT + b"## Lesson {#l}\n\n"


def files_of(corpus: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path.name != "SOURCES.txt":
            yield str(path.relative_to(corpus)), path.read_bytes()


def examples_of(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """The cases inside collections of cases."""
    for path in sorted(corpus.rglob("*.json")):
        found = json.loads(path.read_text())
        for number, case in enumerate(found if isinstance(found, list) else ()):
            if isinstance(case, dict):
                typed = case.get("markdown") or case.get("payload") or ""
                yield f"{path.name} {number}", str(typed).encode()


def ways(data: bytes) -> Iterator[bytes]:
    """A file as it is, under settings, and in a lesson."""
    yield from (data, FRONT + data, LESSON + data)


def hold(name: str, module: bytes) -> bool:
    """Compile it, and see that whatever is said of it, or made of it, is true. Was it taken?"""
    began = time.process_time()
    compiled = compile_course({"course.md": COURSE, "m.md": module})
    taken = freeze(compiled.course).release if compiled.course else None
    assert time.process_time() - began < MOST_SECONDS, name
    lines = re.split(r"\r\n?|\n", module.decode("utf-8", "replace"))
    for problem in compiled.problems:
        if problem.file == "m.md":
            assert 1 <= problem.line <= len(lines), (name, problem)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 2, (name, problem)
        assert str(problem).isprintable(), (name, problem)
        assert problem.instead.endswith((".", ".)", '"', "?")), (name, problem)
        _quoted_is_there(name, problem.message, module)
    errors = any(problem.severity is Severity.ERROR for problem in compiled.problems)
    assert (compiled.course is None) == errors, name
    for html in _pieces(taken) if taken else ():
        assert not read_again(html), (name, html)
        assert _events(_by_nh3(html)) == _events(html), (name, html)
    return taken is not None


def _quoted_is_there(name: str, message: str, module: bytes) -> None:
    """What is said to be raw HTML is in the file."""
    found = re.match(r'"([^"]{3,40})" is raw HTML', message)
    if found and "\ufffd" not in found[1]:
        assert found[1].strip() in " ".join(module.decode().split()) or found[1] in module.decode(), (name, message)


def test_every_outside_file_compiles_or_is_refused_with_true_messages(corpus: Path) -> None:
    seen = 0
    for name, data in files_of(corpus):
        for module in ways(data):
            hold(name, module)
        seen += 1
    assert seen > 100


def test_every_outside_example_does_too_and_plain_ones_are_taken(corpus: Path) -> None:
    taken = [hold(name, LESSON + data) for name, data in examples_of(corpus)]
    assert len(taken) > 1_000
    assert sum(taken) > 100


def test_every_outside_file_can_be_checked_alone_under_any_name(corpus: Path) -> None:
    for _, data in files_of(corpus):
        for name in ("course.md", "glossary.md", "facts.md", "m.md", "m.cy.md", "v.en.vtt"):
            began = time.process_time()
            for problem in compile_course({name: data}).problems:
                assert problem.file in (name, "course.md")
            assert time.process_time() - began < MOST_SECONDS, name

"""The document `lms compile` writes, against the schema that ships with it."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from lms.content.compiled import compiled_json
from lms.content.course import Course
from lms.content.plan import canonical
from lms.content.release import COMPILER
from tests.content.handmade import (
    blocks,
    course,
    fact,
    frozen,
    in_words,
    lesson,
    module,
    question,
    quiz,
    rate,
    rate_again,
    reading,
    term,
)

SCHEMA = json.loads(resources.files("lms.content").joinpath("course.schema.json").read_text("utf-8"))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_compiled_course_is_as_the_schema_says() -> None:
    assert not _faults(_document())


def test_a_course_with_a_past_is_too() -> None:
    first = frozen(course(module("safety", lesson("l", reading("a"), reading("b"), question("q", "x a", "b"))))).names
    changes = ("2026-11-21 renamed a to c", "2026-11-21 removed b")
    after = frozen(
        course(module("safety", lesson("l", reading("c"), question("q", "x a", "b")), changes=changes)), first
    )
    document = json.loads(compiled_json(after))
    assert not _faults(document)
    assert document["names"]["earlier"] == {"safety/a": "safety/c"}
    assert document["names"]["done"] == ["safety: 2026-11-21 renamed a to c", "safety: 2026-11-21 removed b"]


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("hash",), "abc"),
        (("modules", 0, "module"), "Two words"),
        (("modules", 0, "lessons", 0, "minutes"), 0),
        (("modules", 0, "lessons", 0, "steps", 1, "kind"), "essay"),
        (("modules", 0, "lessons", 0, "steps", 1, "right"), ["a"]),
        (("keys", "safety/q", "right"), "a"),
        (("keys", "safety/q", "number"), {"low": "1", "high": "2", "feedback": ""}),
        (("names", "named", "safety/q", "meaning"), "long"),
        (("secret",), True),
    ],
)
def test_the_schema_refuses_what_is_not_so(place: tuple[Any, ...], wrong: object) -> None:
    document = _document()
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = wrong
    assert _faults(document)


def test_the_document_is_canonical_json() -> None:
    text = compiled_json(frozen(_course()))
    assert text == canonical(json.loads(text))
    assert "\n" not in text


def test_anyone_can_compute_the_hash_again() -> None:
    document = _document()
    stated = document.pop("hash")
    document.pop("names")
    assert hashlib.sha256(canonical(document).encode()).hexdigest() == stated
    assert document["compiler"] == COMPILER


def test_each_step_holds_its_own_screen_and_no_key() -> None:
    document = _document()
    strong = document["modules"][0]["lessons"][0]
    assert strong["html"] == "<p>First.</p>"
    assert strong["steps"][0]["html"] == '<p><a class="term" id="c-use-term-b" href="#c-term-b">b</a></p>'
    assert strong["steps"][0]["foot"].startswith('<div class="meanings">')
    assert strong["steps"][1]["options"] == [{"letter": "a", "html": "yes"}, {"letter": "b", "html": "no"}]
    assert document["modules"][0]["quiz"]["questions"][0]["name"] == "p"
    assert document["keys"]["safety/q"] == {
        "right": ["a"],
        "feedback": {"a": "<p>Well done.</p>"},
        "hints": ["<p>Hm.</p>"],
    }
    assert document["help_pages"][0]["name"] == "f"
    for part in ("keys", "names"):
        document.pop(part)
    assert "Well done" not in canonical(document)


def _course() -> Course:
    asked = question("q", "x yes: Well done.", "no", hints=(blocks("Hm."),), explains=())
    steps = (reading("s", "[b](glossary.md#b)"), asked, rate("r"), rate_again("r2", "r"))
    test = quiz(in_words("p", "phish*"), question("p2", "x a", "x b", "c"), ask=2)
    made = module("safety", lesson("strong", *steps, body="First."), quiz=test)
    return course(made, terms={"b": term("b", "B.")}, facts={"f": fact("f", "F.", nations=("wales",))}, help=("f",))


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(compiled_json(frozen(_course())))
    return document


def _faults(document: object) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]

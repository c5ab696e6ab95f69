"""The page about compiled courses, against what the compiler writes of a course that holds everything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import pytest

from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.freeze import freeze
from lms.content.release import Names
from tests.courses.test_docs import DOCS, MODULE, TODAY, examples, filmed, known_names, rewritten, step_of, written

PAGE = (DOCS / "reference" / "compiled.md").read_text("utf-8")
SCHEMA = json.loads(resources.files("lms.content").joinpath("course.schema.json").read_text("utf-8"))
PARTS = {
    "The whole": "",
    "A module": "module",
    "A lesson": "lesson",
    "The quiz": "quiz",
    "A step": "step",
    "A fragment": "fragment",
    "A file": "file",
    "A badge": "badge",
    "A key": "key",
    "A typed answer": "pattern",
    "A number": "range",
    "A check": "check",
    "Names": "names",
    "A name": "named",
}
"""Heading of the page -> what the schema calls it."""
CHANGES = """changes:
  - 2026-11-22 renamed more to all-there-is
  - 2026-11-22 removed t-card
  - 2026-11-22 reopened q-print
"""
CODE = """
### Code: Greet {#c-greet}
```html start
<p></p>
```
```html answer
<p>Hi *</p><button>Go</button>
```
```js start
```
```js answer
document.querySelector("p").style.color = "red";
```
```python start
```
```python answer
print(input())
```
```python check
assert True
```
- Check: after pressing `button`, `p` has `color` `red`
- Check: `p` says `Hi *`
- Check: typing "Sam" prints "Sam"

### Rate: Now? {#rate-now}
- Skills: eds-2022/F6
- Optional: yes

"""
WELSH = """---
module: library-card
lang: cy
---
# Cerdyn
Croeso.

## Beth {#what-for}
### Cwestiwn: Beth? {#q-print}
- [ ] Prynu
  > Na.
- [ ] Mynd
- [ ] Ysgrifennu
"""


@cache
def compiled() -> dict[str, Any]:
    """The guide's course with all of its examples, a past, a translation and every setting, as JSON."""
    lessons = [f"\n## Example {at} {{#example-{at}}}\nRead.\n{text}" for at, text in enumerate(_steps(), 1)]
    files = rewritten("\n## Quiz:", "".join(lessons) + "\n## Quiz:") | filmed()
    text = files[MODULE].decode().replace("badge: Card holder\n", f"badge: Card holder\n{CHANGES}")
    text = text.replace(step_of("t-card"), "").replace("{#more}", "{#all-there-is}")
    about = "order:\n  - library-card\nbadge: Reader\nhelp: [fines]\n"
    course = written()["course.md"].decode().replace("order:\n  - library-card\nbadge: none\n", about)
    files |= {"course.md": course.encode(), MODULE: text.encode(), "library-card.cy.md": WELSH.encode()}
    files["course.cy.md"] = b"---\ncourse: our-library\nlang: cy\n---\n# Ein llyfrgell\nCroeso.\n"
    result = compile_course(files, today=TODAY)
    assert result.course is not None, result.problems
    frozen = freeze(result.course, _since_today(known_names()))
    assert frozen.release is not None, frozen.problems
    found: dict[str, Any] = json.loads(compiled_json(frozen.release))
    return found


def _steps() -> list[str]:
    return [*examples("markdown", "step"), CODE]


def _since_today(names: Names) -> Names:
    return replace(names, named={place: replace(it, since="2026-11-22") for place, it in names.named.items()})


def written_of(part: str) -> Iterator[dict[str, Any]]:
    """Every object of one kind in the compiled course."""
    whole = compiled()
    modules, keys = whole["modules"], [it for key in whole["keys"].values() for it in _key_and_translations(key)]
    lessons = [lesson for module in modules for lesson in module["lessons"]]
    steps = [
        step
        for page in (*lessons, *(it["quiz"] for it in modules))
        for step in page.get("steps", page.get("questions"))
    ]
    pages = [page for language in whole["translations"].values() for page in language.values()]
    yield from {
        "": [whole],
        "module": modules,
        "lesson": lessons,
        "quiz": [it["quiz"] for it in modules],
        "step": steps,
        "fragment": [*whole["welcome"], *whole["help_pages"], *(it for page in pages for it in page)],
        "file": whole["files"].values(),
        "badge": [whole["badge"]],
        "key": keys,
        "pattern": [it for key in keys for it in (*key.get("answers", ()), *key.get("closes", ()))],
        "range": [it for key in keys for it in (key.get("number"), *key.get("near", ())) if it],
        "check": [it for key in keys for it in key.get("checks", ())],
        "names": [whole["names"]],
        "named": whole["names"]["named"].values(),
    }[part]


def _key_and_translations(key: dict[str, Any]) -> list[dict[str, Any]]:
    return [key, *key.get("translations", {}).values()]


def properties(part: str) -> dict[str, Any]:
    if part == "file":
        return SCHEMA["properties"]["files"]["additionalProperties"]["properties"]
    if part == "badge":
        return SCHEMA["$defs"]["badge"]["anyOf"][1]["properties"]
    return (SCHEMA["$defs"][part] if part else SCHEMA)["properties"]


def rows(heading: str) -> list[tuple[list[str], str]]:
    """The names of each row of a table, and its example."""
    table = re.split(r"\n## ", PAGE.partition(f"\n## {heading}\n")[2])[0]
    lines = [
        re.split(r" \| ?", line.removeprefix("| ").removesuffix("|")) for line in table.splitlines() if "| `" in line
    ]
    return [(re.findall(r"`([a-z_]+)`", cells[0]), cells[2].strip().strip("`")) for cells in lines]


def test_what_is_compiled_is_as_the_schema_says():
    jsonschema.Draft202012Validator(SCHEMA).validate(compiled())


@pytest.mark.parametrize(("heading", "part"), PARTS.items())
def test_the_page_lists_exactly_what_is_written(heading, part):
    listed = [name for names, _ in rows(heading) for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(properties(part))
    assert {name for it in written_of(part) for name in it} - set(listed) == set()


@pytest.mark.parametrize(("heading", "part"), PARTS.items())
def test_a_course_that_holds_everything_has_every_part_of_the_page(heading, part):
    shown_with_a_step = {"options", "choices", "heads", "code", "foot"}
    left = {name for names, _ in rows(heading) for name in names} - {name for it in written_of(part) for name in it}
    assert left <= shown_with_a_step


@pytest.mark.parametrize(("heading", "part"), PARTS.items())
def test_each_example_of_the_page_could_stand_there(heading, part):
    for names, example in rows(heading):
        schema = {**properties(part)[names[0]], "$defs": SCHEMA["$defs"]}
        if example:
            jsonschema.Draft202012Validator(schema).validate(json.loads(example))


def test_the_page_links_each_part_from_its_top():
    top = PAGE.partition("\n## ")[0]
    assert {heading.lower().replace(" ", "-") for heading in PARTS} <= set(re.findall(r"\(#([a-z-]+)\)", top))

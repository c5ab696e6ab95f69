"""The pages about changing a published course: their lines do what they say, their lock can be read."""

from __future__ import annotations

import re
from pathlib import Path

from lms.content.changelines import VERBS
from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.lock import lock_text, read_lock
from lms.content.release import Release, acted_on
from lms.services.impact import Effect
from tests.courses.test_docs import MODULE, TODAY, known_names, rewritten, step_of

DOCS = Path(__file__).parent.parent.parent / "docs"
GUIDE = (DOCS / "facilitators" / "published.md").read_text("utf-8")
LOCK = (DOCS / "reference" / "names-lock.md").read_text("utf-8")


def example(page: str, what: str) -> str:
    found = re.search(rf"```{what}\n(.*?)```", page, re.DOTALL)
    assert found, what
    return found[1]


def after_the_lines_of_the_guide() -> Release:
    """The guide's first course, once what its lines say has been done to it."""
    files = rewritten("badge: Card holder\n", "badge: Card holder\n" + example(GUIDE, "yaml lines"))
    text = files[MODULE].decode().replace("- Number: 3\n", "- Number: 3 .. 4\n").replace("{#q-renew}", "{#q-longer}")
    text = text.replace(step_of("how-long"), "").replace("films and games", "films, games and maps")
    compiled = compile_course({**files, MODULE: text.encode()}, today=TODAY)
    assert compiled.course is not None, compiled.problems
    frozen = freeze(compiled.course, known_names())
    assert frozen.release is not None, frozen.problems
    return frozen.release


def test_the_lines_of_the_guide_do_what_they_say():
    acts = after_the_lines_of_the_guide().acts
    module = MODULE.removesuffix(".md")
    for verb, name in {
        "remarked": "q-weeks",
        "reopened": "q-print",
        "renamed": "q-longer",
        "removed": "how-long",
    }.items():
        assert acted_on(acts, verb) == ((module, name),)


def test_the_guide_tells_of_every_line():
    table = GUIDE.partition("| What you did |")[2].partition("\n\n")[0]
    assert set(re.findall(r"\| `([a-z]+) ", table)) == set(VERBS)


def test_the_impact_in_the_guide_is_in_the_words_of_the_program():
    first, *effects = example(GUIDE, "text impact").splitlines()
    assert first == "44 learners have begun it."
    for line in effects:
        what, half_way, finished, comes = re.fullmatch(
            r"  (.*): (\d+) half-way, (\d+) finished; 0 lose anything\. (.*)", line
        ).groups()
        assert line == f"  {Effect(what, int(half_way), int(finished), comes)}"


def test_the_lock_in_the_reference_can_be_read_and_is_as_it_would_be_written():
    text = example(LOCK, "text lock")
    lock = read_lock(text.encode())
    assert lock.problems == []
    assert lock_text(lock.course, lock.names) == text


def test_the_reference_lists_every_line_and_part_of_a_lock():
    said = set(re.findall(r"^\| `([a-z]+)", LOCK, re.MULTILINE))
    assert said >= {
        "course",
        "name",
        "removed",
        "was",
        "done",
        "meaning",
        "letters",
        "gone",
        "choices",
        "steps",
        "reopened",
    }

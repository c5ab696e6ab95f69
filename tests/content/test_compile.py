"""What the compiler takes and what it refuses, case by case, and what holds of any file at all."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lms.content
from lms.content.compile import Compiled
from lms.content.compile import compile as compile_course
from lms.content.problems import Severity
from tests.content.casefiles import Case, all_cases, result

CASES = list(all_cases())
FRONT = "---\nmodule: m\nlang: en\n---\n# Module\n"
COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_file_is_taken_or_refused_as_its_case_says(case: Case) -> None:
    assert result(case) == case.expected


def test_every_problem_the_compiler_knows_has_a_case() -> None:
    expected = "".join(case.expected for case in CASES)
    shown = set(re.findall(r"^.*?\d+:\d+ (?:warning )?([a-z0-9-]+): ", expected, re.MULTILINE))
    assert len(_codes()) > 90
    assert _codes() - shown == set()


def test_every_problem_says_what_to_type_instead() -> None:
    for case in CASES:
        for problem in compile_course(case.files, date(2026, 11, 22)).problems:
            assert problem.message.endswith((".", "?")), problem
            assert problem.instead.endswith((".", ":", "}")) or "fact-setting" in problem.code, problem


def _codes() -> set[str]:
    """The codes in the compiler's own source: the first text where a fault is noted."""
    found: set[str] = set()
    for path in Path(lms.content.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        if not re.search(r"import .*\b(Faults|Manuscript|Settings)\b|^class Slip", source, re.MULTILINE):
            continue  # the freezing half notes its problems in its own way, and has its own tests
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and _name(node.func) in ("error", "warn", "fault", "_error", "Slip"):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                found |= {text for text in texts[:1] if isinstance(text, str)}
    return {code for code in found if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", code)}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_the_example_of_the_format_compiles_without_a_word() -> None:
    example = next(case for case in CASES if case.id == "example: the example of the format")
    assert compile_course(example.files, date(2026, 11, 22)).problems == ()


def test_facts_are_due_for_review_only_where_the_day_is_known() -> None:
    case = next(case for case in CASES if case.id == "entries: a fact that is due for review")
    assert [problem.code for problem in compile_course(case.files, date(2026, 11, 22)).problems] == ["fact-review"]
    assert compile_course(case.files).problems == compile_course(case.files, date(2026, 11, 21)).problems == ()


# What follows holds of any file at all.

MARKS = st.sampled_from(
    [
        *("## Lesson {#l}\n", "### Question: Which? {#q}\n", "### Rate: Can you? {#r}\n", "### Rate again: Now?\n"),
        *("## Quiz: Check\n", "### Step\n", "- [ ] a\n", "- [x] b\n", "  > feedback\n", "> quote\n", "> [!TIP]\n"),
        *("- Answer: a*\n", "- Close: b\n", "- Number: 1 .. 2\n", "- Hint: c\n", "- Pass: 1\n", "- Ask: 9\n"),
        *("- Same as: r\n", "- Skills: eds-2022/F1\n", "- Skills: a/b\n", "1. one\n", "2. two\n"),
        *("| a | b |\n", "| - | - |\n", "```\n"),
        *("### Order: In which? {#o}\n", "### Match: What? {#m}\n", "### Gaps: Fill {#g}\n", "### Task: Do {#t}\n"),
        *("### Code: Write {#c}\n", "### Reflect: Think {#f}\n", "[[gap]]", "[[", "]]", "- Extra: a\n", "- Check: "),
        *(
            "- Evidence: photo or link\n",
            "- Sign-off: mentor\n",
            "- Look for: a\n",
            "- Seen by: mentor\n",
            "`a` exists\n",
        ),
        *(
            "```html start\n",
            "```html answer\n",
            "```python check\n",
            '`h1` says "Hi"\n',
            'prints "Hi"\n',
            "after pressing ",
        ),
        *("<!-- ", " -->\n", "<p>\n", "    code\n", "[a](m.md#l)", "![b](c.svg)", "[d]: https://e.org\n", "***"),
        *("\n", "\n\n", "---\n", "===\n", "  ", "\t", "{#name}", "{#", "&#x202e;", "\u202e", "\u00a0", "\0", "—-"),
        *("• pasted\n", "`", "*", "_", "[", "]", "(", ")", "\\", "😀", "\u2028", "word: ", "&a ", "*a "),
    ]
)
MODULES = st.lists(MARKS | st.text(max_size=8), max_size=40).map("".join)
NAMES = st.sampled_from(["m.md", "course.md", "glossary.md", "facts.md", "m.cy.md", "a/b.md", "A B.svg", "x.mp4"])
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100)


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=4))
@SLOW
def test_any_bytes_give_problems_and_never_an_exception(files: dict[str, bytes]) -> None:
    assert compile_course(files).problems


@given(st.dictionaries(NAMES, st.text(max_size=300).map(str.encode), max_size=4))
@SLOW
def test_any_text_gives_problems_and_never_an_exception(files: dict[str, bytes]) -> None:
    assert compile_course(files).problems
    for file, data in files.items():
        compile_course({file: data})


@given(MODULES)
@SLOW
def test_any_module_gives_the_same_problems_in_order_each_time(text: str) -> None:
    files = {"course.md": COURSE, "m.md": (FRONT + text).encode()}
    first, again = compile_course(files), compile_course(dict(reversed(files.items())))
    assert first.problems == again.problems
    assert list(first.problems) == sorted(set(first.problems))
    _check(first, files["m.md"])


@given(MODULES, NAMES)
@SLOW
def test_any_file_can_be_checked_alone(text: str, name: str) -> None:
    for problem in compile_course({name: text.encode()}).problems:
        assert problem.file in (name, "course.md"), "without a course.md that is said too"
        assert problem.line >= 1
        assert problem.column >= 1


def _check(compiled: Compiled, module: bytes) -> None:
    lines = re.split(r"\r\n?|\n", module.decode())
    for problem in compiled.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert str(problem).isprintable()
    errors = [problem for problem in compiled.problems if problem.severity == Severity.ERROR]
    assert (compiled.course is None) == bool(errors)


# Files that are meant to hurt: each finishes, and none is taken.

LESSON = FRONT + "## Lesson {#l}\n"
CODE = LESSON + "### Code: Write {#c}\n```html start\n```\n```html answer\n<p>\n```\n"
PAGE = (
    "### Code: Write {{#c-{n}}}\n```html start\n```\n```html answer\n"
    + "<div>" * 30
    + "<p>a</p>" * 300
    + "</div>" * 30
    + "\n```\n```css start\n"
    + "a b {{ c: d }} " * 90
    + "\n```\n"
    + '- Check: `p` has `color` `red`\n- Check: `* * *` says "x"\n' * 25
)
HOSTILE = {
    "quotes in quotes": LESSON + ">" * 100_000,
    "lists in lists": LESSON + "- " * 50_000,
    "lists, each deeper": LESSON + "".join("  " * depth + "- a\n" for depth in range(300)),
    "brackets": LESSON + "[" * 100_000,
    "pictures in pictures": LESSON + "![" * 50_000,
    "names": LESSON + "{#" * 20_000,
    "links": LESSON + "[a](b.md) " * 9_000,
    "notes without an end": LESSON + "<!--" * 20_000,
    "tables that would grow": LESSON + "|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|x|\n" * 200,
    "lists in the settings": "---\nmodule: " + "[" * 15_000 + "\n---\n# Module\n",
    "settings in settings": "---\n" + "{" * 15_000 + "\n---\n# Module\n",
    "a heading of one word": FRONT + "### " + "a" * 100_000 + ":",
    "dashes": LESSON + "—" * 60_000,
    "invisible characters": LESSON + "\u200b\n" * 5_000,
    "boxes alike": LESSON + "### Question: Which? {#q}\n" + "- [ ] a\n" * 2_000,
    "too big": LESSON + "a" * 200_000,
    "gaps": LESSON + "### Gaps: Fill {#g}\n" + "[[a]] " * 30_000,
    "gaps without an end": LESSON + "### Gaps: Fill {#g}\n" + "[[" * 90_000,
    "gaps, each on a line": LESSON + "### Gaps: Fill {#g}\n" + "[[a]]\n" * 30_000,
    "things to put in order": LESSON + "### Order: Put {#o}\n" + "".join(f"{n}. a\n" for n in range(1, 20_000)),
    "rows to match": LESSON + "### Match: Put {#m}\n| a | b |\n| - | - |\n" + "| a | b |\n" * 15_000,
    "checks": CODE + '- Check: `*` says "x"\n' * 7_000,
    "a long check": CODE + "- Check: " + "`" * 150_000 + "\n",
    "evidence": LESSON + "### Task: Do {#t}\n- Evidence: " + " " * 90_000 + "or" + " or" * 30_000 + "\n",
    "many pages to try": LESSON + "".join(PAGE.format(n=n) for n in range(12)),
    "nothing": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_its_own_time(text: str) -> None:
    assert compile_course({"course.md": COURSE, "m.md": text.encode()}).course is None

"""No file holds the build: the worst there is takes seconds, and twice as much of it twice as long."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from lms.content import lock
from lms.content.bounds import MOST_SECONDS
from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.naming import mend_all
from lms.content.source import MOST_BYTES

COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"
FRONT = "---\nmodule: m\nlang: en\n---\n# Module\n\n"
LESSON = FRONT + "## Lesson {#l}\n\n"
QUESTION = LESSON + "### Question: Which? {#q}\n"
ROOM = MOST_BYTES - 2_000

REPEATED = {
    "emphasis that opens": "*a ",
    "emphasis of two sorts": "*a_ ",
    "emphasis on both sides": "a*b",
    "stars": "***",
    "strikes": "~~a ~~~b ",
    "backticks": "`a ",
    "brackets that open": "[",
    "links without an end": "[](",
    "pictures without an end": "![a](",
    "pictures and brackets without an end": "![a]((",
    "pictures without an end, in paragraphs": "![a](" * 10 + "\n\n",
    "addresses in angles without an end": "[a](<",
    "gaps without an end": "[[",
    "angles": "<",
    "emphasis of three sorts": "**a*",
    "links to nothing": "[a](b) ",
    "links elsewhere": "<https://a.b> ",
    "references": "[a]: b 'c\n",
    "tags": "<a b='c' ",
    "declarations": "a <!A ",
    "entities": "&#x202e;",
    "addresses": "www.a.b ",
    "escapes": "\\",
    "words run together": "a  \n",
    "quotes and lists": "> a\n> - b\n",
    "lists that break": "+ a\n- a\n",
    "items": "- a\n",
    "numbers": "1. a\n",
    "rows": "| a |\n| - |\n",
    "cells": "a|",
    "headings": "## a\n",
    "one name": "## A {#a}\n",
    "steps": "### Rate: a\n",
    "unknown kinds": "### Wordle: a\n",
    "underlines": "a\n---\n",
    "fences": "```\n",
    "notes": "<!--\n",
    "blocks of HTML": "<div>\n\n",
    "unseen characters": "\u200b",
    "flags": "\U0001f3f4\U000e0067",
    "bullets": "• a\n",
    "joined hyphens": "—-\n",
    "answers": "- Answer: *a*\n",
    "sentences": "A. ",
    "vowels": "ae",
    "telephone numbers": "0300 ",
    "tabs": "\t",
    "spaces": " ",
}


def many(unit: str, room: int = ROOM) -> str:
    return unit * (room // len(unit.encode()))


def numbered(line: str, room: int = ROOM) -> str:
    """The line with a number in it, again and again."""
    lines, size, number = [], 0, 0
    while size < room:
        lines.append(line.format(number))
        size += len(lines[-1].encode())
        number += 1
    return "".join(lines)


def crafted() -> Iterator[tuple[str, str]]:
    yield "nested as deep as is allowed", LESSON + many("[" * 10 + "a" + "]" * 10 + " ")
    yield "nested links", LESSON + many("[" * 6 + "a" + "](b)" * 6 + "\n\n")
    yield "quotes and items to the limit", LESSON + many("> - " * 3 + "a\n")
    yield "deep quotes", LESSON + many("> " * 90 + "a\n")
    yield "deep quotes that go on", LESSON + "> " * 90 + "a\n" + "b\n" * 19_000
    yield "deep quotes that go on with tags", LESSON + "> " * 90 + "a\n" + "<b\n" * 19_000
    yield "deep lists that go on", LESSON + "- " * 90 + "a\n" + "b\n" * 19_000
    yield "quotes in one line", LESSON + "> " * 99_000
    yield "lists in one line", LESSON + "- " * 98_000
    yield "a long heading underlined", LESSON + "ab cd ef gh\n" * 15_000 + "---\n"
    yield "gaps", LESSON + "### Gaps: A {#g}\n\n" + numbered("[[a{0}]] b ")
    yield "a match", LESSON + "### Match: A {#m}\n\n| a | b |\n| - | - |\n" + numbered("| a{0} | b{0} |\n")
    yield "a match of one row", LESSON + "### Match: A {#m}\n\n| a | b |\n| - | - |\n" + many("| a | b |\n")
    yield "settings of settings", "---\n" + "".join(" " * n + "a:\n" for n in range(190)) + "---\n# M\n"
    yield "stars in runs", LESSON + many("*" * 60 + "a" + "*" * 60 + " ")
    yield "runs of backticks", LESSON + " ".join("`" * number for number in range(1, 600))
    yield "a table of all there is room for", LESSON + "|a" * 256 + "|\n" + "|-" * 256 + "|\n" + many("|x|\n")
    yield "a wide table", LESSON + "|" + "a|" * 40_000 + "\n|" + "-|" * 40_000 + "\n"
    yield "names taken", FRONT + "".join(f"{{#a-{n}}}\n" for n in range(100)) + many("## A {#a}\n")
    yield "names taken, last", FRONT + many("## A {#a}\n", 190_000) + "".join(f"\n{{#a-{n}}}" for n in range(100))
    yield "questions", LESSON + numbered("### Question: S {{#s{0}}}\n- [x] a\n- [ ] b\n")
    yield "lessons", FRONT + numbered("## S {{#s{0}}}\n\na\n\n")
    yield "options", QUESTION + numbered("- [ ] a{0}\n")
    yield "options alike", QUESTION + many("- [ ] a\n")
    yield "close answers", QUESTION + "- Answer: x\n" + numbered("- Close: *a{0}*\n  > b\n")
    yield "one long number", QUESTION + "- Number: " + "1" * 150_000 + "\n"
    yield "one long word", LESSON + "a" * ROOM
    yield "a heading without an end", FRONT + "## " + "a" * ROOM
    yield "a long run of spaces", LESSON + "a" + " " * ROOM + "b"
    yield "links by reference", LESSON + numbered("[a{0}]: https://e.org\n", 90_000) + numbered("\n[a{0}]", 90_000)
    yield "numbers of a fact", LESSON + "[1" + " 2" * 90_000 + "](facts.md#a)"
    yield "settings", "---\n" + numbered("a{0}: b\n") + "---\n# M\n"
    yield "one setting", "---\nmodule: " + "a" * ROOM + "\n---\n# M\n"
    yield "settings in brackets", "---\nmodule: " + "[" * 19_000 + "\n---\n# M\n"
    yield "settings in quotes", "---\nmodule: '" + many("''", 19_000) + "\n---\n# M\n"
    yield "settings without an end", "---\n" + many("a: b\n")
    for unit in ("[", "_a*", "[a](b) "):
        yield f"a heading of {unit}", FRONT + "## " + many(unit)
        yield f"an option of {unit}", QUESTION + "- [x] " + many(unit) + "\n- [ ] b\n"
        yield f"a cell of {unit}", LESSON + "| " + many(unit) + " |\n| - |\n"


def held(text: str) -> float:
    """The processor's seconds for a course of this module, frozen if it compiles."""
    began = time.process_time()
    compiled = compile_course({"course.md": COURSE, "m.md": text.encode()})
    if compiled.course:
        freeze(compiled.course)
    return time.process_time() - began


@pytest.mark.parametrize("unit", REPEATED.values(), ids=REPEATED)
def test_a_file_of_one_thing_again_and_again_is_done_in_time(unit: str) -> None:
    assert held(LESSON + many(unit)) < MOST_SECONDS


@pytest.mark.parametrize("text", dict(crafted()).values(), ids=dict(crafted()))
def test_a_crafted_file_is_done_in_time(text: str) -> None:
    assert len(text.encode()) <= MOST_BYTES
    assert held(text) < MOST_SECONDS


SLIPS = {
    "headings without names": FRONT + numbered("## A\n", 90_000) + "\n" + many("## A {# B}\n", 90_000),
    "headings without a space": FRONT + many("##Fiiiind\n"),
    "a heading with spaces in it": FRONT + "## a" + " " * 190_000 + "b {#c–d}\n",
    "a brace with spaces in it": FRONT + "## a {" + " " * 190_000 + "\n",
    "spaces before a dash": LESSON + " " * 190_000 + "a —\n",
    "bullets": LESSON + many("•\u00a0aaaaa\n"),
    "spaces nobody can see": LESSON + "-" + many("\u00a0\u200f", 90_000) + "\n\na" + many("\u00a0", 90_000) + "{#a}\n",
    "a name nobody can see": FRONT + "## a {#" + many("\u200e", 180_000) + "}\n",
    "ends of notes": LESSON + many("aaaaa –>\n"),
    "notes": LESSON + many("<!– a –>\n"),
    "notes that hide one another": LESSON + "".join(f"<!–\n{'`' * (600 - n)}\n-->\n" for n in range(590)),
    "skills": LESSON + many("- Skills: eds–2022/F7\n") + "- Skills: " + "a" * 1_000,
}


@pytest.mark.parametrize("text", SLIPS.values(), ids=SLIPS)
def test_a_crafted_file_is_mended_in_time(text: str) -> None:
    files = {"course.md": COURSE, "m.md": text.encode()}
    assert len(files["m.md"]) <= MOST_BYTES
    began = time.process_time()
    mend_all(files)
    assert time.process_time() - began < MOST_SECONDS


PRINT = "0123456789abcdef"
NAMED = f"name m/a question - meaning={PRINT} wording={PRINT}"
LOCKS = {
    "names": "".join(f"{NAMED} \n".replace("/a ", f"/a{n} ") for n in range(120_000)),
    "letters": f"{NAMED} letters=" + ",".join([f"a:{PRINT}"] * 500_000),
    "languages": NAMED + "".join(f" a{chr(97 + n % 26)}-{n:07d}={PRINT},{PRINT},{PRINT}" for n in range(160_000)),
    "meanings": NAMED + f" meaning={PRINT}" * 380_000,
    "earlier names": "".join(f"was m/a{n} m/a{n + 1}\n" for n in range(450_000)),
    "lines of changes": "".join(f"done m 2026-11-21 removed a{n}\n" for n in range(300_000)),
    "words": "a\n" * 4_900_000,
    "notes": "#\n" * 4_900_000,
    "one word": "name " + "a" * 9_900_000,
}


@pytest.mark.parametrize("lines", LOCKS.values(), ids=LOCKS)
def test_a_crafted_lock_is_read_in_time_with_no_more_faults_than_anybody_reads(lines: str) -> None:
    data = f"course c\n{lines}".encode()[: lock.MOST_BYTES]
    began = time.process_time()
    assert len(lock.read_lock(data).problems) <= 101
    assert time.process_time() - began < MOST_SECONDS


def test_what_is_larger_is_not_read_at_all() -> None:
    began = time.process_time()
    assert [it.code for it in lock.read_lock(b"a" * 50_000_000).problems] == ["file-too-big"]
    files = {"course.md": COURSE, "m.md": b"[" * 50_000_000}
    assert [it.code for it in compile_course(files).problems if it.file == "m.md"] == ["file-too-big"]
    assert time.process_time() - began < 1

"""Names written into files, pastes mended: the fewest bytes, once, and nothing that is not told."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.lock import lock_text
from lms.content.naming import Mended, mend, mend_all
from tests.content.handmade import course, frozen, lesson, module, reading

COURSE = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"
TODAY = date(2026, 11, 22)

WORDS = st.sampled_from(
    [
        "Strong passwords",
        "Why length matters?",
        "كلمات",
        "2 reasons",
        "A `{}` in code",
        "It’s *new*",
        "Café  ",
        "x" * 60,
        "Quiz",
    ]
)
MARKS = st.sampled_from(["", " {#a-name}", " ##", " {#“Curly–Name”}", "\u00a0", "\u200e", " \u00a0{#b\u200e}"])
HEADINGS = st.builds(
    lambda marks, kind, words, rest: f"{marks} {kind}{words}{rest}",
    st.sampled_from(["##", "###"]),
    st.sampled_from(["", "", "Reflect: ", "Task: "]),
    WORDS,
    MARKS,
)
LINES = st.sampled_from(
    [
        "",
        "Some text — with a dash.",
        "•\u00a0a bullet",
        "  ▪ nested",
        "- an item",
        "-\u00a0[x] pasted",
        "\u00a0\u00a0> indented",
        "```",
        "| a | b |",
        "| —- | — |",
        "—-",
        "– said she",
        "soft\u00adly",
        "<!-- a note -->",
        "\u2028",
        "{#lost}",
    ]
)
FRONT = st.sampled_from(
    ["---\nmodule: m\nlang: en\n---\n# M\n", "—-\nmodule: m\nlang: en\n—\n# M\n", "# No settings\n", ""]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def typed(draw: st.DrawFn) -> bytes:
    """A module's file as phones and word processors leave it."""
    body = draw(st.lists(HEADINGS | LINES, max_size=14))
    text = draw(FRONT) + "\n".join(body) + draw(st.sampled_from(["", "\n"]))
    return (draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", draw(ENDS))).encode()


@given(typed())
def test_doing_it_again_changes_nothing(data: bytes) -> None:
    once = mend("m.md", data)
    assert mend("m.md", once.data) == Mended(once.data, ())


@given(typed() | st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_differs_but_the_lines_that_are_told(data: bytes) -> None:
    mended = mend("m.md", data)
    old, new = lines(data), lines(mended.data)
    assert len(old) == len(new)
    changed = {number for number, (was, now) in enumerate(zip(old, new, strict=True), 1) if was != now}
    assert changed == {edit.line for edit in mended.edits}
    assert ends(data) == ends(mended.data)


@given(
    st.lists(
        st.builds(lambda words, kind: f"### {kind}{words}\n\nText.\n", WORDS, st.sampled_from(["", "Task: "])),
        min_size=1,
        max_size=6,
    )
)
def test_once_names_are_written_none_is_missing(steps: list[str]) -> None:
    text = "---\nmodule: m\nlang: en\n---\n# M\n\n## A lesson\n- Skills: eds-2022/F7\n\n" + "\n".join(steps)
    files = {"course.md": COURSE, "m.md": text.encode()}
    files |= {path: made.data for path, made in mend_all(files).items()}
    compiled = compile_course(files, TODAY)
    assert compiled.course is not None, compiled.problems
    assert freeze(compiled.course).problems == ()


@given(typed())
def test_what_is_named_is_named_once_and_no_slip_is_left(data: bytes) -> None:
    made = mend("m.md", data)
    for edit in made.edits:
        for name in re.findall(r"it is named (\{#.*\})", edit.what):
            assert made.data.decode().count(name) == 1
    found = codes({"course.md": COURSE, "m.md": made.data})
    assert {"joined-hyphens", "invisible-beside-mark", "pasted-bullet"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("## Strong passwords", "## Strong passwords {#strong-passwords}"),
        ("## Strong passwords  ", "## Strong passwords {#strong-passwords}  "),
        ("## Strong passwords ##", "## Strong passwords {#strong-passwords} ##"),
        ("### Question: Which is **best**?", "### Question: Which is **best**? {#which-is-best}"),
        ("### Watch: it", "### Watch: it {#watch-it}"),
        ("### It’s new", "### It’s new {#its-new}"),
        ("### كلمات", "### كلمات {#reading}"),
        ("### Task: كلمات\u200e", "### Task: كلمات {#task}"),
        ("### The `{}` of code", "### The `{}` of code {#the-of-code}"),
        ("## Length {#“length”}", "## Length {#length}"),
        ("## Length {#Why–Length}", "## Length {#why-length}"),
        ("## Length {# length }", "## Length {#length}"),
        ("## Length\u00a0{#length}\u200e", "## Length {#length}"),
        ("## Length {length}", "## Length {#length}"),
        ("## Length { #length } ##", "## Length {#length} ##"),
        ("## Length ｛＃length｝", "## Length {#length}"),
        ("## A set {a, b}", "## A set {a, b} {#a-set-a-b}"),
        ("<!— for me —>", "<!-- for me -->"),
        ("<!-- for me\nalone –>", "<!-- for me\nalone -->"),
        ("from 10 —> 20", "from 10 —> 20"),
        ("•\tan item", "-\tan item"),
        ("-\u00a0[\u00a0] a box", "- [ ] a box"),
        ("\u200e- an item", "- an item"),
        ("##Find {#find}", "## Find {#find}"),
        ("###Find it", "### Find it {#find-it}"),
        ("#Find {#find}", "#Find {#find}"),
        ("```\n##Find\n```", "```\n##Find\n```"),
        ("- Skills: eds–2022/F7, digcomp—2025/1.1", "- Skills: eds-2022/F7, digcomp-2025/1.1"),
        ("- Skills: eds–2022/F77", "- Skills: eds–2022/F77"),
        ("- Hint: eds–2022/F7", "- Hint: eds–2022/F7"),
        ("<!-- for me –>\nyou –>", "<!-- for me -->\nyou –>"),
        ("\u00a0\u00a0-\u00a0\u200f\u00a0an item", "  -  an item"),
        ("## One\u00a0\u00a0{#o\u00a0\u200en}\u200e", "## One  {#on}"),
        ("a — b, “c”, d\u00a0e", "a — b, “c”, d\u00a0e"),
        ("☑ ticked or not", "☑ ticked or not"),
    ],
)
def test_each_slip_is_mended_with_the_fewest_letters(was: str, now: str) -> None:
    front = "---\nmodule: m\nlang: en\n---\n# M\n"
    assert mend("m.md", (front + was + "\n").encode()).data.decode() == front + now + "\n"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Module: m\nLang: en", "module: m\nlang: en"),
        ("module:\u00a0m\nlang： en", "module: m\nlang: en"),
        ("module: “m”\nlang: ‘En’", "module: m\nlang: en"),
        ("module: m\nlang: en\nbadge: “Gold”", "module: m\nlang: en\nbadge: “Gold”"),
        ("module: m\nlang: en\nCare: Take Care", "module: m\nlang: en\ncare: Take Care"),
        ("module: m\nlang: en\nMine: No setting", "module: m\nlang: en\nMine: No setting"),
    ],
)
def test_settings_are_written_as_settings_are(was: str, now: str) -> None:
    below = "---\n# M\n## One {#one}\nLang: in text.\n"
    assert mend("m.md", f"---\n{was}\n{below}".encode()).data.decode() == f"---\n{now}\n{below}"


def test_code_and_notes_are_left_as_they_are() -> None:
    text = "---\nmodule: m\n---\n# M\n```\n## no heading\n• no bullet\n—-\n```\n<!--\n## none\n-->\n".encode()
    assert mend("m.md", text) == Mended(text, ())


def test_names_are_new_in_their_module_and_never_one_that_was_published_for_something_else() -> None:
    before = frozen(course(module("m", lesson("one", reading("two"), reading("three"), reading("five")))))
    made = course(
        module(
            "m",
            lesson("one", reading("four"), reading("five")),
            changes=("2026-11-21 renamed two to four", "2026-11-21 removed three"),
        )
    )
    names = frozen(made, before.names).names
    front = "---\nmodule: m\nlang: en\n---\n# M\n"
    text = f"{front}## One\n### Two\n### Three\n### Four {{#four}}\n### Task: Five\n### Five\n### Five\n"
    files = {"names.lock": lock_text("c", names).encode(), "m.md": text.encode()}
    assert re.findall(r"\{#([^}]+)\}", mend_all(files)["m.md"].data.decode()) == [
        "one",  # a lesson again, as it was published: its name was lost
        "two-2",  # an earlier name of another
        "three-2",  # removed
        "four",
        "five-2",  # it was a reading
        "five",
        "five-3",
    ]


def test_a_published_name_that_a_paste_has_lost_is_written_back_by_its_words() -> None:
    body = (
        "### Question: Which? {#q-strong}\n- [x] long\n- [ ] short\n\n### Words {#w}\nSome.\n\n### Words {#x}\nOther.\n"
    )
    body += "### Rate again: Now? {#after}\n- Same as: before\n### Rate: Can you? {#before}\n- Skills: eds-2022/F7\n"
    quiz = "## Quiz: Ready {#quiz}\n- Pass: 1\n"
    quiz += "".join(f"### Question: {name}? {{#{name}}}\n- [x] y\n- [ ] n\n" for name in "zy")
    text = f"---\nmodule: m\nlang: en\n---\n# M\n\n## A lesson {{#one}}\n- Skills: eds-2022/F7\n\n{body}{quiz}"
    compiled = compile_course({"course.md": COURSE, "m.md": text.encode()}, TODAY)
    assert compiled.course is not None, compiled.problems
    lock = {"names.lock": lock_text("c", frozen(compiled.course).names).encode()}
    stripped = re.sub(r" \{#.*?\}", "", text).replace("- [x] long", "-\u00a0[x] long")
    made = mend_all({"course.md": COURSE, "m.md": stripped.encode(), **lock})["m.md"].data.decode()
    assert made == text.replace("## Quiz: Ready {#quiz}", "## Quiz: Ready")
    other = stripped.replace("Other.", "Quite other.")
    made = mend_all({"course.md": COURSE, "m.md": other.encode(), **lock})["m.md"].data.decode()
    assert "### Words {#words}" in made, "what says something else is new until its author says otherwise"


def test_only_what_has_names_of_its_own_is_named() -> None:
    text = b"## A heading\n"
    assert mend("m.md", text).edits
    assert (
        mend("glossary.md", b"# Words\n## A word\n### Not one\n").data == b"# Words\n## A word {#a-word}\n### Not one\n"
    )
    for path in ("m.cy.md", "course.md", "README.md", "leaf.svg", "names.lock"):
        assert mend(path, text) == Mended(text, ())


def test_a_long_title_is_cut_at_a_word() -> None:
    made = mend("m.md", b"## What to do when a stranger rings and asks you for a number\n").data
    assert made.endswith(b"{#what-to-do-when-a-stranger}\n")


def lines(data: bytes) -> list[bytes]:
    return re.split(b"\r\n|\r|\n", data)


def ends(data: bytes) -> list[bytes]:
    return re.findall(b"\r\n|\r|\n", data)


def codes(files: dict[str, bytes]) -> list[str]:
    return [problem.code for problem in compile_course(files, TODAY).problems]

"""How problems are told: the mark under the line, what a code host may be given, colours."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cli.problems import TELL, as_annotations, as_json, counted, excerpt, show
from lms.content.problems import Problem, Severity

REFERENCE = (Path(__file__).parent.parent.parent / "docs/reference/check.md").read_text("utf-8")
FAULT = Problem("tea/brewing.md", 18, 3, "no-right-option", "no choice is right.", "Mark one with [x].")
WARNING = Problem("tea/course.md", 2, 1, "draft", "it is a draft.", "Add it.", Severity.WARNING)


class Terminal(io.StringIO):
    """A stream somebody looks at."""

    def isatty(self) -> bool:
        return True


# --- the mark under the line ------------------------------------------------------------------------


def marked(line: str, column: int) -> list[str]:
    return list(excerpt(line, column))


def test_the_caret_stands_under_the_place():
    assert marked("- [ ] a", 3) == ["- [ ] a", "  ^"]
    assert marked("- [ ] a", 8) == ["- [ ] a", "       ^"]


def test_wide_letters_take_two_cells_and_accents_none():
    assert marked("東京 <b>", 4) == ["東京 <b>", "     ^"]
    assert marked("cafe\u0301 <b>", 7) == ["cafe\u0301 <b>", "     ^"]


def test_a_tab_is_four_spaces():
    assert marked("\t- a", 2) == ["    - a", "    ^"]


def test_what_nobody_can_see_is_spelled_out():
    assert marked("a\u200bb\u00a0c", 5) == ["a⟨U+200B⟩b⟨U+00A0⟩c", "                  ^"]
    assert "\033" not in excerpt("a\033[31m", 1)[0]


def test_persian_and_emoji_keep_their_joiners():
    assert excerpt("می\u200cخواهم", 1)[0] == "می\u200cخواهم"


def test_in_words_from_right_to_left_the_place_is_told_by_its_words():
    assert marked("### پاس ورڈ <b>کیا</b>", 13) == ["### پاس ورڈ <b>کیا</b>", 'at "<b>کیا</b>"']
    assert marked("### پاس ورڈ", 1) == ["### پاس ورڈ", ""]


def test_of_a_long_line_the_part_about_the_place_is_shown():
    shown, mark = excerpt("word " * 40 + "<b>" + " word" * 40, 201)
    assert shown.startswith("...")
    assert shown.endswith("...")
    assert shown[len(mark) - 1 :].startswith("<b>")


@given(st.text(max_size=300), st.integers(1, 302))
def test_any_line_is_shown_on_one_line_and_not_too_wide(line: str, column: int):
    shown, mark = excerpt(line, min(column, len(line) + 1))
    assert (shown + mark).isprintable() or set(shown + mark) & set("\u200c\u200d") or not line.isprintable()
    assert "\n" not in shown + mark
    assert len(mark) <= 90


# --- what is written --------------------------------------------------------------------------------


def written(tell, problems) -> str:
    stream = io.StringIO()
    tell(problems, stream)
    return stream.getvalue()


def test_a_problem_of_a_file_that_is_not_there_is_told_without_its_line():
    assert written(show, [FAULT]) == (
        "tea/brewing.md:18:3: no choice is right. Mark one with [x].\n         docs/messages/no-right-option.md\n"
    )


def test_colours_are_for_a_terminal_whose_owner_wants_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    coloured = Terminal()
    show([FAULT, WARNING], coloured)
    assert "\033[" in coloured.getvalue()
    assert re.sub(r"\033\[\d*m", "", coloured.getvalue()) == written(show, [FAULT, WARNING])
    assert "\033[" not in written(show, [FAULT])
    for word, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as patch:
            patch.setenv(word, value)
            plain = Terminal()
            show([FAULT], plain)
            assert "\033[" not in plain.getvalue()


def test_nothing_in_a_problem_ends_a_line_or_a_property_for_a_code_host():
    odd = Problem("a,b:c%.md", 1, 1, "draft", "50% of\nit.", "A: b, c.")
    assert written(as_annotations, [odd]) == (
        "::error file=a%2Cb%3Ac%25.md,line=1,col=1,title=draft::50%25 of%0Ait. A: b, c.%0Adocs/messages/draft.md\n"
    )


def test_a_code_host_is_given_paths_from_where_the_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    absolute = Problem(f"{tmp_path}/tea/course.md", 1, 1, "draft", "It.", "")
    assert "file=tea/course.md," in written(as_annotations, [absolute])


def test_the_json_has_what_the_reference_says():
    whole = json.loads(written(as_json, [FAULT, WARNING]))
    rows = [row.split("|")[1].strip(" `") for row in REFERENCE.splitlines() if row.startswith("| `")]
    assert set(rows) == {*whole, *whole["problems"][0]}
    assert (whole["errors"], whole["warnings"]) == (1, 1)


@pytest.mark.parametrize("name", TELL)
def test_every_format_is_in_the_reference(name):
    assert f"## `--format {name}`" in REFERENCE


def test_problems_are_counted_in_words():
    assert counted([]) == ""
    assert counted([FAULT, FAULT, WARNING]) == "2 errors, 1 warning"

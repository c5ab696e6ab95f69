"""Rosters read: however they are saved, and whatever is in them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Refused
from lms.interop.lines import MOST_BYTES
from lms.interop.rosters import LONGEST_NAME, MOST_FAULTS, MOST_ROWS, Learner, read

NAMES = ["Zoë Demo", "Renée Demo", "Siân O’Demo"]


def names(sent: bytes) -> list[str]:
    found = read(sent)
    assert found.faults == ()
    return [it.name for it in found.learners]


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(it.row, it.column, it.told.format(**it.values)) for it in read(text.encode()).faults]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_names_are_the_same_however_the_file_is_saved(coding, line):
    assert names(line.join(["Name", "", *NAMES, ""]).encode(coding)) == NAMES
    assert names(line.join(NAMES).encode(coding)) == NAMES


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_columns_stand_in_any_order_and_those_nobody_asked_for_are_named_and_left(mark):
    text = f'E-mail{mark}USER name{mark}Learner\na@demo.example{mark}ada.demo{mark}"Demo{mark} Ada"\n'
    found = read(text.encode())
    assert found.unread == ("E-mail",)
    assert found.learners == (Learner(2, " ".join(f"Demo{mark} Ada".split()), "ada.demo"),)
    assert "demo.example" not in repr(found)


def test_a_first_and_a_last_name_are_one_name_and_a_spreadsheets_first_line_is_none():
    assert names(b"sep=;\nSurname;First name\nDemo;Ada\n;Bea\n") == ["Ada Demo", "Bea"]


def test_each_fault_says_the_row_a_spreadsheet_shows_and_its_column():
    text = (
        'Name,User name\n"Ada\nDemo",ada\n\n=HYPERLINK(1),\n,bea\nCleo,c,more\nDora \u202eomeD,\n'
        + "x" * 10_000
        + ",\n"
    )
    assert [(row, column, said.partition(".")[0]) for row, column, said in faults(text)] == [
        (4, "Name", "This starts like a sum"),
        (5, "Name", "There is no name here"),
        (6, "", "This row has more cells than the top row"),
        (7, "Name", "There are hidden marks in this name"),
        (8, "Name", "This name is too long"),
    ]


def test_a_list_with_more_than_a_name_on_a_line_asks_for_headings():
    assert [row for row, _column, said in faults("Ada Demo\nDemo, Bea\n\nCleo\tDemo\n") if "headings" in said] == [2, 4]


@pytest.mark.parametrize(
    "text",
    ['Name,User name\nAda,"ada\nBea,bea\n', 'Name,User name\nAda,"a"da\n'],
    ids=["open", "inside"],
)
def test_a_quote_mark_without_a_partner_is_told_once(text):
    (fault,) = faults(text)
    assert (fault[0], "quote mark" in fault[2]) == (2, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", "no name"),
        (b" \n\t\n", "no name"),
        (b"Name\n\n", "no name"),
        (b"PK\x03\x04workbook", "Save as"),
        (b"caf\x81", "UTF-8"),
        (b"Ada\n" * (MOST_ROWS + 1), "two lists"),
        (b"x\n" * MOST_BYTES, "too big"),
        (b"x" * 200_000, "Row 1 is far too long"),
    ],
    ids=["empty", "blank", "heading", "workbook", "letters", "rows", "bytes", "line"],
)
def test_what_is_no_roster_is_refused_with_what_to_do(sent, said):
    with pytest.raises(Refused, match=said):
        read(sent)


def test_headings_that_say_too_much_or_too_little_are_told():
    assert "same heading" in faults("Name,Learner\nAda,Ada\n")[0][2]
    assert "No column holds" in faults("User name,Town\nada,Demo\n")[0][2]


def test_the_same_name_twice_is_a_question_and_no_fault():
    found = read(b"Name\nAda Demo\nBea\nADA  demo\n")
    assert [(a.row, b.row) for a, b in found.twice] == [(2, 4)]
    assert found.faults == ()


def test_a_wrong_file_is_told_in_a_hundred_faults():
    assert len(read(b"Name\n" + b"=1\n" * 1_000).faults) == MOST_FAULTS


WORDS = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=20)


@given(st.lists(st.builds("{} {}".format, WORDS, WORDS), min_size=1, max_size=12), st.sampled_from(",;\t"))
def test_what_is_written_as_a_table_is_read_back(people, mark):
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([["Town", "Name"], *([f"a{mark}b", name] for name in people)])
    found = read(text.getvalue().encode("utf-16"))
    assert found.faults == ()
    assert len(found.learners) == len(people)
    assert [it.row for it in found.learners] == list(range(2, len(people) + 2))


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda it: ("Name;User name\n" + it).encode("utf-8", "replace")),
    )
)
def test_whatever_comes_is_read_or_told_and_what_passes_can_be_shown(sent):
    try:
        found = read(sent)
    except Refused:
        return
    wrong = {fault.row for fault in found.faults}
    for it in found.learners:
        if it.row not in wrong:
            assert it.name == " ".join(it.name.split())
            assert 0 < len(it.name) <= LONGEST_NAME
            assert it.name[0] not in "=+-@"

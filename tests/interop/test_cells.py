"""Rows as CSV: what a spreadsheet opens without computing anything, and software reads back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.interop.cells import ROWS_AT_ONCE, csv_chunks, safe

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "|calc",
        "%0A",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "  =1+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\u00a0=1+1",
        "\u200b=1+1",
        "\ufeff=1+1",
        "-group",
    ],
)
def test_what_could_start_a_formula_stands_behind_an_apostrophe(text):
    assert safe(text)[0] == "'"


@pytest.mark.parametrize("text", ["", "E08000035", "[c]", "(none)", "2026-09", "Café", "a=b", "1-2", "p-1"])
def test_an_ordinary_text_stays_as_it_is(text):
    assert safe(text) == text


@given(TEXTS)
def test_no_cell_starts_a_formula_or_breaks_its_line(text):
    cell = safe(text)
    assert cell.lstrip()[:1] not in tuple("=+-@|%＝＋－＠｜％")
    assert cell == "" or cell.isprintable()


@given(st.lists(st.lists(st.one_of(TEXTS, st.integers()), min_size=2, max_size=2), max_size=20))
def test_rows_read_back_as_they_were_written(rows):
    data = b"".join(csv_chunks(["one", "two"], rows))
    wanted = [[safe(cell) if isinstance(cell, str) else str(cell) for cell in row] for row in rows]
    assert read(data) == [["one", "two"], *wanted]
    assert data.count(b"\n") == len(rows) + 1


def test_rows_are_taken_as_they_are_written_not_all_at_once():
    taken = 0

    def rows():
        nonlocal taken
        for number in range(10 * ROWS_AT_ONCE):
            taken += 1
            yield (number,)

    chunks = csv_chunks(["number"], rows())
    assert next(chunks) == b"number\n"
    next(chunks)
    assert taken == ROWS_AT_ONCE

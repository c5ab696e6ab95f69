"""A list of areas is read whole: in an order in which it can be written, or with every fault by row and column."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.areas import read

HEAD = ["Code", "name", "parent"]


def faults(*rows, known=None):
    return [str(it) for it in read([HEAD, *rows], known or {})[1]]


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_whatever_the_order_each_area_comes_after_the_one_it_is_in(many: int, dice: random.Random):
    rows = [[f"E{n}0", f"Area {n}", f"E{dice.randrange(n)}0" if n and dice.random() < 0.8 else ""] for n in range(many)]
    dice.shuffle(rows)
    areas, wrong = read([HEAD, *rows], {})
    assert not wrong
    assert sorted(it.code for it in areas) == sorted(row[0] for row in rows)
    seen = {""}
    for it in areas:
        assert it.parent in seen
        seen.add(it.code)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["E 1", "Leeds", ""]], "row 2, code: 'E 1' is no code."),
        ([["E1", "Leeds", ""], [], ["e1", "York", ""]], "row 4, code: E1 stands in row 2 too."),
        ([["E1", "", ""]], "row 2, name: write a name"),
        ([["E1", "Le\x00eds", ""]], "row 2, name: write a name"),
        ([["E1", "Leeds", "E9"]], "row 2, parent: there is no area E9."),
        ([["E1", "Leeds", "E2"], ["E2", "York", "E1"]], "row 2, parent: E1 would lie inside itself."),
        ([["E1", "Leeds", "E1"]], "row 2, parent: E1 would lie inside itself."),
    ],
    ids=["no-code", "twice", "no-name", "control-letters", "no-parent", "circle", "itself"],
)
def test_each_fault_says_where_and_what_to_do(rows, said):
    assert faults(*rows)[0].startswith(said)


def test_all_faults_are_said_at_once_and_a_circle_through_what_is_there_is_found():
    assert len(faults(["", "", ""], ["?", "", "x"], ["E1", "Leeds", "E9"])) == 3
    assert faults(["E1", "Leeds", "E2"], known={"E2": "E1", "E1": ""}) == [
        "row 2, parent: E1 would lie inside itself. Look at its parents."
    ]


def test_a_file_without_its_first_row_says_so():
    assert [it.column for it in read([["E1", "Leeds"]], {})[1]] == ["code", "name"]
    assert read([], {})[1]

"""Counts of first answers: the hardest question first, small counts hidden, and none to be worked out."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lms.learning.questions import FEWEST, First, hidden, lines

LETTERS = {7: ("a", "b", "c")}
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


def firsts(no: int, **chose: int) -> list[First]:
    """So many people who chose each letter; `a` is right."""
    people = [letter for letter, count in chose.items() for _ in range(count)]
    return [First(at, no, (letter,), letter == "a") for at, letter in enumerate(people)]


def test_the_hardest_stands_first_and_what_nobody_chose_is_there():
    easy, hard = firsts(8, a=20, b=5), firsts(7, a=6, b=14)
    found = lines([*easy, *hard], {**LETTERS, 8: ("a", "b")}, {7, 8})
    assert [(it.step_no, it.answered) for it in found] == [(7, 20), (8, 25)]
    assert found[0].chose == {"a": 6, "b": 14, "c": 0}


def test_a_question_few_answered_is_not_told():
    assert lines(firsts(7, a=2, b=2), LETTERS, {7}) == ()


def test_where_few_chose_something_nothing_is_told_but_what_nobody_chose():
    (line,) = lines(firsts(7, a=9, b=2), LETTERS, {7})
    assert (line.answered, line.wrong) == (11, None)
    assert line.chose == {"a": None, "b": None, "c": 0}


def test_words_and_numbers_have_no_letters_and_say_how_many_were_wrong():
    (line,) = lines([First(n, 9, (), n > 5) for n in range(12)], {})
    assert (line.wrong, line.chose) == (6, {})
    (line,) = lines([First(n, 9, (), n > 2) for n in range(12)], {})
    assert line.wrong is None


def test_no_small_count_can_be_worked_out_by_who_knows_the_rule_and_all_that_is_shown():
    """Every table of 5 to 20 answers to a question with three choices, one of them right, against what it shows."""
    shown: dict[object, list[tuple[int, int, int]]] = {}
    for a, b, c in product(range(21), repeat=3):
        if FEWEST <= a + b + c <= 20:
            (line,) = lines(firsts(7, a=a, b=b, c=c), LETTERS, {7})
            shown.setdefault((line.answered, line.wrong, tuple(line.chose.items())), []).append((a, b, c))
    told = [
        (tables[0], at)
        for tables in shown.values()
        for at in range(3)
        if len({table[at] for table in tables}) == 1 and 0 < tables[0][at] < FEWEST
    ]
    assert told == []


@given(COUNTS)
def test_all_counts_are_as_they_are_or_none_above_zero_is_told(counts):
    small = any(0 < count < FEWEST for count in counts.values())
    assert hidden(counts) == ({name: None if count else 0 for name, count in counts.items()} if small else counts)

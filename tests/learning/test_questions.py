"""Counts of first answers: the hardest question first, small counts hidden, and none to be worked out."""

from __future__ import annotations

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
    found = lines([*easy, *hard], {**LETTERS, 8: ("a", "b")})
    assert [(it.step_no, it.answered, it.wrong) for it in found] == [(7, 20, 14), (8, 25, 5)]
    assert found[0].chose == {"a": 6, "b": 14, "c": 0}


def test_a_question_few_answered_is_not_told():
    assert lines(firsts(7, a=2, b=2), LETTERS) == ()


def test_where_few_were_wrong_neither_that_nor_who_was_right_is_told():
    (line,) = lines(firsts(7, a=9, b=2), LETTERS)
    assert (line.answered, line.wrong) == (11, None)
    assert line.chose == {"a": None, "b": None, "c": 0}


def test_words_and_numbers_have_no_letters():
    (line,) = lines([First(n, 9, (), n > 5) for n in range(12)], {})
    assert (line.wrong, line.chose) == (6, {})


@given(COUNTS)
def test_no_small_count_is_shown_and_no_single_one_can_be_worked_out(counts):
    shown = hidden(counts)
    assert all(count is None or count == 0 or count >= FEWEST for count in shown.values())
    assert all(shown[name] in (None, count) for name, count in counts.items())
    gone = [name for name, count in shown.items() if count is None]
    assert len(gone) != 1 or all(count == 0 for name, count in counts.items() if name not in gone)
    assert not any(counts[name] == 0 for name in gone)

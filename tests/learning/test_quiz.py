"""The draw: fair, the same everywhere, and in the author's order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lms.content.runs import runs_of
from lms.learning.quiz import draw, shuffled
from lms.learning.shapes import QuizShape

HERE = Path(__file__).parents[2]
SEEDS = st.integers(0, 2**62 - 1)
NUMBERS = st.integers(1, 999)


@st.composite
def quizzes(draw_: st.DrawFn) -> QuizShape:
    questions = draw_(st.lists(st.integers(1, 10_000), min_size=2, max_size=20, unique=True))
    runs = runs_of([str(no) for no in questions], draw_(st.integers(1, len(questions))))
    return QuizShape(draw_(st.integers(1, 10_000)), tuple(tuple(map(int, run)) for run in runs), 1, None)


@given(SEEDS, quizzes(), NUMBERS)
def test_a_go_asks_one_question_of_each_run_in_their_order(seed, quiz, number):
    asked = draw(seed, quiz, number)
    assert len(asked) == len(quiz.runs)
    assert all(no in run for no, run in zip(asked, quiz.runs, strict=True))


@given(SEEDS, quizzes(), NUMBERS)
def test_what_a_go_asks_depends_on_nothing_but_the_names_in_each_run(seed, quiz, number):
    """Not on the order an author later gives them, nor on Pass and Tries."""
    turned = QuizShape(quiz.no, tuple(run[::-1] for run in quiz.runs), quiz.pass_mark + 1, 3)
    assert draw(seed, turned, number) == draw(seed, quiz, number)


def test_the_next_go_asks_other_questions_and_so_does_another_learner():
    quiz = QuizShape(9, ((1, 2, 3), (4, 5, 6)), 1, None)
    assert len({draw(1, quiz, number) for number in range(1, 20)}) > 1
    assert len({draw(seed, quiz, 1) for seed in range(20)}) > 1


def test_over_many_learners_each_question_of_a_run_is_asked_about_as_often():
    quiz = QuizShape(9, ((1, 2, 3),), 1, None)
    asked = [draw(seed, quiz, 1)[0] for seed in range(3000)]
    assert all(900 < asked.count(no) < 1100 for no in (1, 2, 3))


@given(SEEDS, st.integers(0, 999), st.integers(1, 10_000), st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_shuffled_options_are_the_same_options(seed, number, question, letters):
    seen = shuffled(seed, number, question, letters)
    assert sorted(seen) == sorted(letters)
    assert seen == shuffled(seed, number, question, letters[::-1]), "their order in the file must not show through"


def test_options_are_shuffled_anew_for_each_go_question_and_learner():
    letters = tuple("abcdef")
    one = shuffled(1, 1, 20, letters)
    assert {shuffled(1, number, 20, letters) for number in range(10)} > {one}
    assert {shuffled(1, 1, question, letters) for question in range(20, 30)} > {one}
    assert {shuffled(seed, 1, 20, letters) for seed in range(10)} > {one}


DRAWS = """
from lms.learning.quiz import draw, shuffled
from lms.learning.shapes import QuizShape
quiz = QuizShape(9, ((1, 2, 3), (4, 5), (6, 7, 8, 9)), 2, None)
for seed in (0, 7, 2**61):
    for number in (1, 2):
        print(seed, number, *draw(seed, quiz, number), "".join(shuffled(seed, number, 4, "abcdef")))
"""
DRAWN = """\
0 1 2 5 9 dbcaef
0 2 1 4 9 edabcf
7 1 2 5 8 ebfadc
7 2 1 4 8 aebdfc
2305843009213693952 1 2 4 7 cdeafb
2305843009213693952 2 2 5 8 deacbf
"""


def test_every_process_draws_the_same_and_always_will():
    """Another draw would give learners other questions in the middle of a go."""
    for hash_seed in ("0", "1", "random"):
        surroundings = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DRAWS]
        run = subprocess.run(command, cwd=HERE, env=surroundings, capture_output=True, text=True, check=True)
        assert run.stdout == DRAWN

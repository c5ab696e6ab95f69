"""Which questions an attempt asks, and in which order: the draw.

Pure: the same seed, quiz, number and release give the same draw on any machine, so an attempt that
is left and taken up again, or begun on two phones, is the same attempt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lms.learning.shapes import QuizShape


def draw(seed: int, quiz: QuizShape, number: int) -> tuple[int, ...]:
    """The numbers of the questions of one attempt, one from each run, in order."""
    return tuple(min(run, key=lambda no: _lot(seed, quiz.no, number, str(no))) for run in quiz.runs)


def first_seed(person_id: int, course_id: int) -> int:
    """The seed of someone's draws in a course. The same before her first event there as from it on, so that a quiz
    can be put on her phone before she has begun."""
    return int.from_bytes(hashlib.sha256(f"{person_id}|{course_id}".encode()).digest()[:8]) >> 2


def shuffled(seed: int, number: int, question: int, letters: Sequence[str]) -> tuple[str, ...]:
    """Options in the order one learner sees them in one attempt (0: in practice)."""
    return tuple(sorted(letters, key=lambda letter: _lot(seed, question, number, letter)))


def mixed(seed: int, number: int, step: int, letters: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """An Order's items as one learner first sees them: shuffled, and not in the right order already."""
    seen = shuffled(seed, number, step, letters)
    return (*seen[1:], *seen[:1]) if seen == tuple(right) else seen


def _lot(seed: int, place: int, number: int, what: str) -> bytes:
    return hashlib.sha256(f"{seed}|{place}|{number}|{what}".encode()).digest()

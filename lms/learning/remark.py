"""Marking again: which stored answers a corrected key makes right.

In: an answer as it was stored, and the step and key of the release that declares the step `remarked`;
or everything a learner did in a course. Out: whether the answer's mark rises, and which of her answers
count. A mark is never lowered, so only a rise is ever recorded, as an event of its own; what that event
does to progress is `progress`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from lms.content.plan import Key, Kind, Sort, StepPlan
from lms.learning.answers import Answer
from lms.learning.events import EventKind
from lms.learning.marking import mark
from lms.learning.progress import Recorded, State, fold
from lms.learning.shapes import Shape

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms remarked")


def remark_id(course_id: int, publication_no: int, answer_id: UUID) -> UUID:
    """The id of the event that raises an answer's mark: the same however often the work is done."""
    publication = uuid.uuid5(_SPACE, f"{course_id} {publication_no}")
    return uuid.uuid5(publication, str(answer_id))


def answer_as_stored(choice: str | None, words: str | None) -> Answer | None:
    """What an event's row holds of an answer, as `marking.mark` takes it. None where her words are gone."""
    if choice is None:
        return words or None
    value = json.loads(choice)
    return tuple(value) if isinstance(value, list) else cast(Answer, value)


def rises(step: StepPlan, key: Key, answer: Answer) -> bool:
    """Whether an answer marked wrong is right by this key. One that no longer fits its step keeps its mark."""
    return _fits(step, answer) and mark(step, key, answer).right


def _fits(step: StepPlan, answer: object) -> bool:
    if isinstance(answer, Mapping):
        return step.kind is Kind.MATCH and set(answer) <= set(step.letters) and {*answer.values()} <= {*step.meanings}
    in_words = step.sort in (Sort.WORDS, Sort.NUMBER)
    if isinstance(answer, tuple):
        return step.kind is not Kind.MATCH and not in_words and set(answer) <= set(step.letters)
    return in_words


@dataclass(frozen=True)
class Counted:
    """What a learner's events in a course come to, and which of her answers count in it."""

    state: State
    answers: Mapping[int, int]
    """The `seq` of an answer -> the number of the quiz it was given in, 0 for practice."""


def counted(entries: Iterable[tuple[int, Recorded]], shapes: Mapping[int, Shape], seed: int) -> Counted:
    """Fold her events, each with its `seq`, and keep in mind the answers that count.

    In practice every answer does. In an attempt it is the last to each question it asks, until it is
    finished: the fold says of the others why they do not.
    """
    state, practice = State(), set[int]()
    last: dict[tuple[int, int, int], int] = {}
    for seq, event in entries:
        why = fold(state, event, shapes, seed).why
        if event.kind is not EventKind.ANSWERED or why:
            continue
        if event.attempt:
            last[quiz_of(shapes[event.release_id], event.step_no), event.attempt, event.step_no] = seq
        else:
            practice.add(seq)
    return Counted(state, dict.fromkeys(practice, 0) | {seq: quiz for (quiz, _, _), seq in last.items()})


def quiz_of(shape: Shape, question: int) -> int:
    """The number of the quiz a question of a release stands in; 0 for practice."""
    quiz = shape.module_of[question].quiz
    return quiz.no if quiz and shape.in_quiz(question) else 0

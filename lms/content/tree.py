"""The texts of a module as plain data, and back: what the cache keeps of them.

`Step.asked` is one of many classes, which plain data does not tell: its class is noted beside it.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import msgspec

from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Doing,
    Filling,
    InWords,
    Lesson,
    Matching,
    Module,
    Ordering,
    Quiz,
    Rating,
    Reflecting,
    Step,
    Text,
)
from lms.content.plan import Kind

_Shape = TypeVar("_Shape")
_ASKED: dict[str, type[Asked]] = {
    it.__name__: it for it in (ANumber, Choose, Coding, Doing, Filling, InWords, Matching, Ordering, Rating, Reflecting)
}


class StepTree(msgspec.Struct, frozen=True):
    """A Step."""

    name: str | None
    kind: Kind
    title: Text
    body: Text
    asked: bytes
    optional: bool
    hints: tuple[Text, ...]
    explains: tuple[Text, ...]
    skills: tuple[str, ...]
    line: int
    sort: str = ""


class LessonTree(msgspec.Struct, frozen=True):
    """A Lesson."""

    name: str | None
    title: Text
    body: Text
    steps: tuple[StepTree, ...]
    optional: bool
    skills: tuple[str, ...]
    minutes: int | None
    line: int


class QuizTree(msgspec.Struct, frozen=True):
    """A Quiz."""

    title: Text
    body: Text
    questions: tuple[StepTree, ...]
    ask: int
    pass_mark: int
    tries: int | None
    line: int


class Tree(msgspec.Struct, frozen=True):
    """The texts of a Module."""

    title: Text
    welcome: Text
    lessons: tuple[LessonTree, ...]
    quiz: QuizTree | None


def pruned(module: Module) -> Tree:
    """A module as plain data."""
    quiz = None if module.quiz is None else _quiz_tree(module.quiz)
    return Tree(module.title, module.welcome, tuple(map(_lesson_tree, module.lessons)), quiz)


def grown(tree: Tree) -> dict[str, object]:
    """The fields of a Module that are texts. Raises what msgspec raises where a class is not what it says."""
    quiz = tree.quiz and _like(tree.quiz, Quiz, questions=tuple(map(_step, tree.quiz.questions)))
    lessons = tuple(_like(it, Lesson, steps=tuple(map(_step, it.steps))) for it in tree.lessons)
    return {"title": tree.title, "welcome": tree.welcome, "lessons": lessons, "quiz": quiz}


def _lesson_tree(lesson: Lesson) -> LessonTree:
    return _like(lesson, LessonTree, steps=tuple(map(_step_tree, lesson.steps)))


def _quiz_tree(quiz: Quiz) -> QuizTree:
    return _like(quiz, QuizTree, questions=tuple(map(_step_tree, quiz.questions)))


def _step_tree(step: Step) -> StepTree:
    asked = b"" if step.asked is None else msgspec.msgpack.encode(step.asked)
    return _like(step, StepTree, asked=asked, sort=type(step.asked).__name__)


def _step(tree: StepTree) -> Step:
    return _like(tree, Step, asked=_decoder(tree.sort).decode(tree.asked) if tree.asked else None)


@cache
def _decoder(sort: str) -> msgspec.msgpack.Decoder[Asked]:
    return msgspec.msgpack.Decoder(_ASKED[sort])


def _like(it: object, shape: type[_Shape], **other: object) -> _Shape:
    """The same fields in the other shape, but for those given."""
    fields = shape.__match_args__  # type: ignore[attr-defined]  # both dataclasses and structs have it
    return shape(*(other[name] if name in other else getattr(it, name) for name in fields))

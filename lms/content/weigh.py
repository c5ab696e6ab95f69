"""What a lesson or quiz takes: minutes of a learner's time.

Words at a slow reader's pace and a little for each question, rounded up, unless its author knows better.
"""

from __future__ import annotations

from lms.content.course import Lesson, Quiz, Step, Text
from lms.content.meaning import choices_of, parts_of
from lms.content.plain import count_words
from lms.content.plan import Kind

WORDS_A_MINUTE = 130
SECONDS_A_QUESTION = 20


def lesson_minutes(lesson: Lesson) -> int:
    """A lesson's own Minutes, or what its words and questions come to."""
    if lesson.minutes is not None:
        return lesson.minutes
    words = _words(lesson.title, lesson.body) + sum(map(_step_words, lesson.steps))
    return _minutes(words, sum(step.kind != Kind.READING for step in lesson.steps))


def quiz_minutes(quiz: Quiz) -> int:
    """A quiz asks only some of its questions: each counts as the average one."""
    asked = min(quiz.ask, len(quiz.questions))
    words = sum(map(_step_words, quiz.questions)) * asked // max(len(quiz.questions), 1)
    return _minutes(_words(quiz.title, quiz.body) + words, asked)


def _minutes(words: int, questions: int) -> int:
    seconds = words * 60 + questions * SECONDS_A_QUESTION * WORDS_A_MINUTE
    return max(1, -(-seconds // (60 * WORDS_A_MINUTE)))


def _step_words(step: Step) -> int:
    return _words(step.title, step.body, *parts_of(step.asked), *choices_of(step.asked))


def _words(*texts: Text) -> int:
    return sum(map(count_words, texts))

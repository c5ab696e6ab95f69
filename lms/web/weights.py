"""What lessons and quizzes take of her data, as pages promise it before she opens them.

Never less than it is: every screen comes with its frame, a question comes again with what is said to it, and
pictures count unless she leaves them out.
"""

from __future__ import annotations

from flask import request

from lms.content.plan import QUIZ, LessonPlan, ModulePlan, QuizPlan
from lms.learning.answers import ASKED
from lms.learning.shapes import Shape
from lms.services.weights import Weight
from lms.web import languages
from lms.web.bodies import LIGHT, Pictures
from lms.web.signed import wants_pictures
from lms.web.site import site

SCREEN = 2_050
"""The most that the frame of a screen adds to its words, packed, with the headers it comes with."""


def pictures_wanted() -> Pictures:
    """Which come with the pages of this request: her own wish, else what her browser says, unless she asks for all."""
    if not wants_pictures():
        return Pictures.NONE
    saves = request.headers.get("Save-Data", "").lower() == "on" and request.args.get("pictures") != "all"
    return Pictures.LIGHT if saves else Pictures.ALL


def of_lessons(shape: Shape, module: ModulePlan, *lessons: LessonPlan) -> int:
    """Bytes of some lessons of a module, from their first screen to their last."""
    return sum(_of_screens(_weight(shape, module, it.name), _asked(it)) for it in lessons)


def of_part(shape: Shape, module: ModulePlan, lesson: LessonPlan, steps: int) -> int:
    """Of the rest of a lesson: its pictures, and the share of its words that so many of its steps are."""
    weight = _weight(shape, module, lesson.name)
    share = steps / max(1, len(lesson.steps))
    return _pictures(weight) + round((_of_screens(weight, _asked(lesson)) - _pictures(weight)) * min(1, share))


def of_quiz(shape: Shape, module: ModulePlan, quiz: QuizPlan) -> int:
    """Of one go: its beginning, as many questions as are asked, and a result that shows them all again."""
    weight = _weight(shape, module, QUIZ)
    questions = sum(weight.words[-len(quiz.questions) :]) * len(quiz.runs) // len(quiz.questions)
    return SCREEN * (len(quiz.runs) + 3) + 2 * questions + sum(weight.words[: -len(quiz.questions)]) + _pictures(weight)


def _weight(shape: Shape, module: ModulePlan, name: str) -> Weight:
    return site().catalogue.weight(shape, module.module, name, languages.reading(shape.plan))


def _asked(lesson: LessonPlan) -> int:
    return sum(step.kind in ASKED for step in lesson.steps)


def _of_screens(weight: Weight, asked: int) -> int:
    screens = len(weight.words)
    words = sum(weight.words)
    return SCREEN * (screens + asked) + words + words * asked // max(1, screens) + _pictures(weight)


def _pictures(weight: Weight) -> int:
    most = {Pictures.ALL: float("inf"), Pictures.LIGHT: LIGHT, Pictures.NONE: -1}[pictures_wanted()]
    return sum(size for size in weight.pictures.values() if size <= most)

"""The questions a group finds hardest, and what its people chose."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from lms.content.plan import QUIZ
from lms.learning.people import Permission
from lms.learning.questions import FEWEST, Line
from lms.learning.shapes import Shape
from lms.services import groups, questions
from lms.web.bodies import Body, Html
from lms.web.courses import bodies_in
from lms.web.languages import titled
from lms.web.pages import page
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, shelf, site, store

pages = Blueprint("hardest", __name__)

MOST = 20
"""Questions on the page."""


@dataclass(frozen=True)
class Row:
    """A question in words. `chose`: what, whether it is right, and how many; None: too few to say."""

    title: Html
    place: Words
    line: Line
    chose: tuple[tuple[Html, int | None], ...]


@pages.get("/teach/groups/<public_id>/questions")
@allow(Permission.GROUP_READ)
def hardest(public_id: str) -> Response:
    """Which questions of a course most get wrong at the first try, and what they chose."""
    who = must_be_me().signed
    found = groups.members(store(), who, public_id, site().settings.secret_key, now_ms()).group
    shapes = {slug: shelf().courses[slug] for slug in found.courses if slug in shelf().courses}
    shape = shapes.get(request.args.get("course", "")) or next(iter(shapes.values()), None)
    lines = questions.of_group(store(), who, public_id, shape, now_ms()) if shape else ()
    return page(
        "hardest/hardest.html",
        group=found,
        plan=shape.plan if shape else None,
        courses=tuple((slug, its.plan.title) for slug, its in shapes.items()),
        rows=[_row(shape, line) for line in lines[:MOST]] if shape else [],
        fewest=FEWEST,
        staff=True,
        tab="/teach",
    )


def _row(shape: Shape, line: Line) -> Row:
    module, name = shape.places[line.step_no]
    body = _body(shape, module, line.step_no, name)
    number = [it.module for it in shape.plan.modules].index(module) + 1
    lesson = shape.lesson_of.get(line.step_no)
    place = (
        _("Module {module}, the quiz", module=number)
        if lesson is None
        else _("Module {module}: {lesson}", module=number, lesson=_lesson_title(shape, module, lesson.no))
    )
    options = body.options if body else {}
    chose = tuple((options[letter], count) for letter, count in line.chose.items() if letter in options)
    return Row(titled(shape.plan, shape.steps[line.step_no].title, module, name), place, line, chose)


def _lesson_title(shape: Shape, module: str, lesson_no: int) -> Html:
    name = shape.places[lesson_no][1]
    return titled(shape.plan, shape.steps[lesson_no].title, module, name)


def _body(shape: Shape, module: str, step_no: int, name: str) -> Body | None:
    """A question as its page shows it."""
    lesson = shape.lesson_of.get(step_no)
    where = shape.places[lesson.no][1] if lesson else QUIZ
    return next((it for it in bodies_in(shape, module, where) if it.name == name), None)

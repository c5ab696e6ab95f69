"""The page of a course and of a module: what there is, where she is, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request

from lms.content.plan import QUIZ, CoursePlan, LessonPlan, ModulePlan
from lms.content.release import Fragment
from lms.errors import NotFound
from lms.learning.places import Where
from lms.learning.shapes import Shape
from lms.services import badges, progress
from lms.web.bodies import Body, body
from lms.web.lines import line_of
from lms.web.pages import page
from lms.web.signed import allow_anyone, me, must_be_me
from lms.web.site import shelf, site, store
from lms.web.words import count, weigh, weight

pages = Blueprint("courses", __name__)


@dataclass(frozen=True)
class Stop:
    """One stop of a route. `state` is `done`, `now` or empty; `note` says the same in words."""

    href: str
    title: str
    state: str
    note: str


@dataclass(frozen=True)
class Next:
    """The one thing to do now: a lesson or a quiz."""

    href: str
    title: str
    weight: str
    button: str
    begun: bool = False


@pages.get("/courses/<course>")
@allow_anyone
def course(course: str) -> Response:
    """A course: its welcome, its modules as a route, the badge at its end."""
    shape = shelf().course(course)
    where = place(shape)
    here = where.carry_on()
    return page(
        "courses/course.html",
        plan=shape.plan,
        welcome=first_body(shape),
        route=tuple(_modules(where, here[0] if here and where.begun else "")),
        ahead=ahead_in(where),
        where=where,
        line=line_of(course),
        lang=language_of(shape.plan),
    )


@pages.get("/courses/<course>/<module>")
@allow_anyone
def module(course: str, module: str) -> Response:
    """A module: its welcome, its lessons and quiz as a route. `?after=<lesson>`: she comes from finishing that."""
    shape = shelf().course(course)
    plan = module_of(shape.plan, module)
    where = place(shape)
    ahead = where.next_lesson(plan)
    after = plan.lesson(request.args.get("after", ""))
    return page(
        "courses/module.html",
        plan=shape.plan,
        module=plan,
        welcome=first_body(shape, module),
        route=tuple(_lessons(where, plan, ahead if where.begun else None)),
        ahead=_next(where, module, ahead) if ahead else None,
        after=after.title if after and where.lesson_finished(module, after.name) else "",
        begun=where.lessons_finished(plan) > 0,
        finished=where.module_finished(module),
        award=award_of(course, module) if where.module_finished(module) else "",
        line=line_of(course),
        leave=plan.leave,
        lang=language_of(shape.plan),
    )


def award_of(course: str, module: str) -> str:
    """The public id of her badge for a module, if she has it."""
    earned = badges.mine(store(), must_be_me().signed)
    return next((it.public_id for it in earned if (it.course, it.module) == (course, module)), "")


def place(shape: Shape) -> Where:
    """Where the person of this request is in a course."""
    who = me()
    return progress.where(store(), site().catalogue, shape, who.person_id if who else None)


def ahead_in(where: Where) -> Next | None:
    """The next thing to do in a course; None when all is done."""
    here = where.carry_on()
    return _next(where, *here) if here else None


def module_of(plan: CoursePlan, name: str) -> ModulePlan:
    """A module of a course, or NotFound."""
    found = plan.module(name)
    if found is None:
        raise NotFound
    return found


def first_body(shape: Shape, module: str = "", lesson: str = "") -> Body | None:
    """The first screen of a page of a release, if it has any."""
    return next(iter(bodies_of(site().catalogue.fragments(shape, module, lesson))), None)


def bodies_of(fragments: Iterable[Fragment]) -> tuple[Body, ...]:
    """Fragments as templates show them to the person of this request: with pictures, unless she wants none."""
    who = me()
    pictures = who is None or who.wants_pictures
    return tuple(body(fragment, pictures) for fragment in fragments)


def language_of(plan: CoursePlan) -> str:
    """The language of a course's pages. English here is British."""
    return "en-GB" if plan.lang == "en" else plan.lang


def address(course: str, module: str, name: str = "") -> str:
    """Where a module, lesson or quiz is."""
    return f"/courses/{course}/{module}" + (f"/{name}" if name else "")


def _modules(where: Where, here: str) -> Iterator[Stop]:
    for it in where.shape.plan.modules:
        href = address(where.shape.plan.course, it.module)
        if where.module_finished(it.module):
            yield Stop(href, it.title, "done", "Look again any time")
        elif it.module == here:
            done = where.lessons_finished(it)
            yield Stop(href, it.title, "now", f"{done} of {count(len(it.lessons), 'lesson')} done")
        else:
            yield Stop(
                href, it.title, "", f"{count(len(it.lessons), 'lesson')}, {weight(it.minutes, weigh(*it.lessons))}"
            )


def _lessons(where: Where, plan: ModulePlan, here: str | None) -> Iterator[Stop]:
    course = where.shape.plan.course
    for it in plan.lessons:
        finished = where.lesson_finished(plan.module, it.name)
        state = "done" if finished else "now" if it.name == here else ""
        size = "Look again any time" if finished else weight(it.minutes, weigh(it))
        yield Stop(address(course, plan.module, it.name), it.title, state, size)
    if plan.quiz:
        passed = where.quiz_passed(plan.module)
        state = "done" if passed else "now" if here == QUIZ else ""
        size = f"{count(len(plan.quiz.runs), 'question')}, {plan.quiz.pass_mark} right to pass"
        yield Stop(address(course, plan.module, QUIZ), plan.quiz.title, state, size)


def _next(where: Where, module: str, name: str) -> Next:
    plan = module_of(where.shape.plan, module)
    href = address(where.shape.plan.course, module, name)
    lesson = plan.lesson(name)
    if lesson is None:
        return _next_quiz(href, plan)
    begun = any(where.done(module, step.name) for step in lesson.steps)
    return Next(href, lesson.title, _left(where, module, lesson), "Carry on" if begun else "Start this lesson", begun)


def _next_quiz(href: str, plan: ModulePlan) -> Next:
    assert plan.quiz is not None  # noqa: S101 - only a module with a quiz has it as its next thing
    return Next(href, plan.quiz.title, f"{count(max(1, plan.quiz.minutes), 'minute')}. No time limit", "Go to the quiz")


def _left(where: Where, module: str, lesson: LessonPlan) -> str:
    """What is still to do of a lesson, by the steps that are done."""
    done = sum(where.done(module, step.name) for step in lesson.steps)
    share = 1 - done / len(lesson.steps) if lesson.steps else 1
    words = weight(round(lesson.minutes * share), weigh(lesson))
    return f"{words} left" if done else words

"""The page of a course and of a module: what there is, where she is, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.drawings import line_of
from lms.content.languages import page_language
from lms.content.plan import QUIZ, BadgePlan, CoursePlan, LessonPlan, ModulePlan, QuizPlan
from lms.content.release import Fragment
from lms.errors import N_, NotFound
from lms.learning.places import Where
from lms.learning.shapes import Shape
from lms.services import badges, moves, progress
from lms.web import languages, weights
from lms.web.bodies import LIGHT, NOTHING, Body, Html, Pictures, PictureWords, body, pictures_in
from lms.web.pages import found_at, page, see_other
from lms.web.paths import same_path
from lms.web.saying import Words, _, _n
from lms.web.signed import allow_anyone, me, must_be_me
from lms.web.site import shelf, site, store
from lms.web.words import data, weight

pages = Blueprint("courses", __name__)


@dataclass(frozen=True)
class Stop:
    """One stop of a route. `state` is `done`, `now` or empty; `note` says the same in words."""

    href: str
    title: Html
    state: str
    note: Words


@dataclass(frozen=True)
class Way:
    """Where a button or a link leads: the words of the site on it, and the title of what is there."""

    href: str
    words: Words | str = ""
    title: Html = NOTHING


@dataclass(frozen=True)
class Next:
    """The one thing to do now: a lesson or a quiz."""

    href: str
    title: Html
    weight: Words
    button: Words
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
        title=languages.titled(shape.plan, shape.plan.title),
        choice=languages.choice(shape.plan),
        welcome=first_body(shape),
        route=tuple(_modules(where, here[0] if here and where.begun else "")),
        prize=_prize(shape.plan, shape.plan.badge),
        ahead=ahead_in(where),
        where=where,
        line=line_of(course),
        leave=bool(shape.plan.modules) and all(module.leave for module in shape.plan.modules),
        lang=languages.page_of(shape.plan),
    )


@pages.post("/courses/<course>")
@allow_anyone
def choose(course: str) -> Response:
    """Choose the language she reads a course in, and go on where she was."""
    plan = shelf().course(course).plan
    languages.choose(plan, request.form.get("lang", ""))
    return see_other(same_path(request.form.get("back", ""), f"/courses/{course}"))


@pages.get("/courses/<course>/<module>")
@allow_anyone
def module(course: str, module: str) -> Response:
    """A module: its welcome, its lessons and quiz as a route. `?after=<lesson>`: she comes from finishing that."""
    shape = shelf().course(course)
    plan = shape.plan.module(module)
    if plan is None:
        return found_at(page_address(shape, moves.module_now(store(), shape, module)))
    where = place(shape)
    ahead = where.next_lesson(plan)
    after = plan.lesson(request.args.get("after", ""))
    return page(
        "courses/module.html",
        plan=shape.plan,
        module=plan,
        title=languages.titled(shape.plan, plan.title, module),
        course_title=languages.titled(shape.plan, shape.plan.title),
        choice=languages.choice(shape.plan),
        welcome=first_body(shape, module),
        care=languages.as_written(shape.plan, plan.care),
        route=tuple(_lessons(where, plan, ahead if where.begun else None)),
        prize=_prize(shape.plan, plan.badge),
        ahead=_next(where, module, ahead) if ahead else None,
        after=titled(where, module, after) if after and where.lesson_finished(module, after.name) else "",
        so_far=_so_far(where, plan),
        begun=where.lessons_finished(plan) > 0,
        finished=where.module_finished(module),
        beyond=ahead_in(where) if where.module_finished(module) else None,
        award=award_of(course, module) if where.module_finished(module) else "",
        waits=_waits(where, plan),
        release=shape.hash,
        reading=languages.reading(shape.plan),
        line=line_of(course),
        leave=plan.leave,
        lang=languages.page_of(shape.plan),
    )


def _waits(where: Where, plan: ModulePlan) -> tuple[Html, ...]:
    """The Tasks she handed in that a module she has not finished waits for."""
    state, shape = where.state, where.shape
    signs = shape.module_of[shape.numbers[plan.module, plan.lessons[0].name]].signs if plan.lessons else frozenset()
    waiting = sorted(signs & state.done - state.signed)
    return tuple(languages.titled(shape.plan, shape.steps[no].title, *shape.places[no]) for no in waiting)


@dataclass(frozen=True)
class Prize:
    """The badge at the end of a route."""

    name: Html
    picture: str


def _prize(plan: CoursePlan, badge: BadgePlan | None) -> Prize | None:
    return Prize(languages.as_written(plan, badge.name), badge.picture) if badge else None


def award_of(course: str, module: str) -> str:
    """The public id of her badge for a module, if she has it."""
    earned = badges.mine(store(), must_be_me().signed)
    return next((it.public_id for it in earned if (it.course, it.module) == (course, module)), "")


def place(shape: Shape) -> Where:
    """Where the person of this request is in a course."""
    who = me()
    return progress.where(store(), site().catalogue, shape, who.person_id if who else None)


def ahead_in(where: Where, page: str = "") -> Next | None:
    """The next thing to do in a course; None when all is done. `page`: the language of a page that is not its own."""
    here = where.carry_on()
    return _next(where, *here, page) if here else None


def module_of(plan: CoursePlan, name: str) -> ModulePlan:
    """A module of a course, or NotFound."""
    found = plan.module(name)
    if found is None:
        raise NotFound
    return found


def lesson_plan(module: ModulePlan, name: str) -> LessonPlan:
    """A lesson of a module, or NotFound."""
    found = module.lesson(name)
    if found is None:
        raise NotFound
    return found


def seen(course: str, form: MultiDict[str, str]) -> Shape:
    """The release a form was made from: another may have been published while she was reading."""
    shown, named = shelf().course(course), form.get("release", "")
    if named in ("", shown.hash):
        return shown
    return site().catalogue.release_by_hash(shown.course_id, named) or shown


def first_body(shape: Shape, module: str = "", lesson: str = "") -> Body | None:
    """The first screen of a page of a release, if it has any."""
    return next(iter(bodies_in(shape, module, lesson)), None)


def bodies_in(shape: Shape, module: str = "", lesson: str = "") -> tuple[Body, ...]:
    """A page of a release, in the language she reads."""
    lang = languages.reading(shape.plan)
    return bodies_of(site().catalogue.fragments(shape, module, lesson, lang), lang)


def bodies_of(fragments: Iterable[Fragment], lang: str) -> tuple[Body, ...]:
    """Fragments as templates show them to the person of this request, with the pictures she wants.

    `lang`: the language she reads them in.
    """
    pictures, said = weights.pictures_wanted(), _of_pictures(lang)
    return tuple(body(it, pictures, lang, _heavy(it, pictures), said) for it in fragments)


def _of_pictures(lang: str) -> PictureWords:
    """What is said of pictures that are not shown. `lang`: of the course."""
    words = languages.tongue_for(me(), page_language(lang))
    show, described = words.one(N_("Show the picture ({size})")), words.one(N_("Picture:"))
    return PictureWords(show, described, words.lang) if show and described else PictureWords()


def _heavy(fragment: Fragment, pictures: Pictures) -> tuple[tuple[str, int], ...]:
    if pictures is not Pictures.LIGHT:
        return ()
    sizes = ((digest, site().catalogue.file_bytes(digest)) for digest in pictures_in(fragment))
    return tuple((digest, size) for digest, size in sizes if size > LIGHT)


def titled(where: Where, module: str, it: LessonPlan | QuizPlan, page: str = "") -> Html:
    """The title of a lesson or quiz, in the language she reads."""
    name = it.name if isinstance(it, LessonPlan) else QUIZ
    return languages.titled(where.shape.plan, it.title, module, name, page)


def address(course: str, module: str, name: str = "") -> str:
    """Where a module, lesson or quiz is."""
    return f"/courses/{course}/{module}" + (f"/{name}" if name else "")


def page_address(shape: Shape, it: moves.Page) -> str:
    """Where a page of a release is, at the step it names."""
    whole = address(shape.plan.course, it.module, it.name)
    return f"{whole}?{urlencode({'step': it.step})}" if it.step else whole


def moved(shape: Shape, module: str, page: str, step: str = "") -> Response:
    """Go on to where a page of a module, or its step, is now; NotFound where neither is left."""
    return found_at(page_address(shape, moves.page_now(store(), shape, module, page, step)))


def _modules(where: Where, here: str) -> Iterator[Stop]:
    for it in where.shape.plan.modules:
        href = address(where.shape.plan.course, it.module)
        title = languages.titled(where.shape.plan, it.title, it.module)
        if where.module_finished(it.module):
            yield Stop(href, title, "done", _("Look again any time"))
        elif it.module == here:
            yield Stop(href, title, "now", _so_far(where, it))
        else:
            takes = weight(it.minutes, weights.of_lessons(where.shape, it, *it.lessons))
            size = _n("{n} lesson, {takes}", "{n} lessons, {takes}", len(it.lessons), takes=takes)
            yield Stop(href, title, "", size)


def _lessons(where: Where, plan: ModulePlan, here: str | None) -> Iterator[Stop]:
    course = where.shape.plan.course
    for it in plan.lessons:
        finished = where.lesson_finished(plan.module, it.name)
        state = "done" if finished else "now" if it.name == here else ""
        takes = weight(it.minutes, weights.of_lessons(where.shape, plan, it))
        size = _("Look again any time") if finished else takes
        yield Stop(address(course, plan.module, it.name), titled(where, plan.module, it), state, size)
    if plan.quiz:
        passed = where.quiz_passed(plan.module)
        state = "done" if passed else "now" if here == QUIZ else ""
        size = _quiz_size(plan.quiz)
        yield Stop(address(course, plan.module, QUIZ), titled(where, plan.module, plan.quiz), state, size)


def _next(where: Where, module: str, name: str, page: str = "") -> Next:
    plan = module_of(where.shape.plan, module)
    href = address(where.shape.plan.course, module, name)
    lesson = plan.lesson(name)
    if lesson is None:
        return _next_quiz(where, href, plan, page)
    begun = where.in_the_middle(module, name)
    title, button = titled(where, module, lesson, page), _("Carry on") if begun else _("Start this lesson")
    return Next(href, title, _left(where, plan, lesson), button, begun)


def _next_quiz(where: Where, href: str, plan: ModulePlan, page: str) -> Next:
    assert plan.quiz is not None  # noqa: S101 - only a module with a quiz has it as its next thing
    begun = where.in_the_middle(plan.module, QUIZ)
    minutes = where.minutes_left(plan.module, QUIZ)
    takes = _("{takes}. No time limit", takes=weight(minutes, weights.of_quiz(where.shape, plan, plan.quiz)))
    return Next(href, titled(where, plan.module, plan.quiz, page), takes, _("Go to the quiz"), begun)


def _so_far(where: Where, plan: ModulePlan) -> Words:
    done = where.lessons_finished(plan)
    return _n("{done} of {n} lesson done", "{done} of {n} lessons done", len(plan.lessons), done=done)


def _quiz_size(quiz: QuizPlan) -> Words:
    n, enough = len(quiz.runs), quiz.pass_mark
    return _n("{n} question, {enough} right to pass", "{n} questions, {enough} right to pass", n, enough=enough)


def _left(where: Where, module: ModulePlan, lesson: LessonPlan) -> Words:
    """What is still to do of a lesson, by the steps that are done."""
    left = sum(not where.done(module.module, step.name) for step in lesson.steps)
    minutes = where.minutes_left(module.module, lesson.name)
    if not where.in_the_middle(module.module, lesson.name):
        return weight(minutes, weights.of_lessons(where.shape, module, lesson))
    size = data(weights.of_part(where.shape, module, lesson, left))
    return _n("{n} minute left. {size} of data", "{n} minutes left. {size} of data", minutes, size=size)

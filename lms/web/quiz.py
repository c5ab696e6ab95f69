"""The quiz: its start page, one question at a time, looking over, how it went.

One address for all of it: what it shows follows from her own attempt, so leaving and coming back
is carrying on. Nothing about an answer is said before the attempt is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.plan import QUIZ, LessonPlan, ModulePlan, StepPlan
from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.learning.places import Go, go_of
from lms.learning.shapes import Shape
from lms.services import practice
from lms.services import quiz as service
from lms.services.quiz import QuizView
from lms.web import bodies
from lms.web.bodies import Body, Html
from lms.web.courses import address, award_of, bodies_of, language_of, module_of
from lms.web.forms import event_id_of, new_event_id
from lms.web.kept import keeps
from lms.web.lines import line_of
from lms.web.pages import page, see_other
from lms.web.questions import in_words
from lms.web.signed import Me, allow, allow_anyone, me, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import weigh, weight

pages = Blueprint("quiz", __name__)


@pages.get("/courses/<course>/<module>/quiz")
@allow_anyone
def quiz(course: str, module: str) -> Response:
    """Where she is in the quiz: before it, at a question, at its end, or looking at how it went."""
    view = _view(course, module)
    if view.running and view.go:
        return _running(view, view.go, request.args.get("step", ""))
    if view.go and "start" not in request.args:
        return _result(view, view.go)
    return _start(view)


@pages.post("/courses/<course>/<module>/quiz")
@allow(Permission.OWN_LEARN)
@keeps
def act(who: Me, form: MultiDict[str, str], course: str, module: str) -> Response:
    """Begin an attempt, answer a question of it, or hand it in."""
    view = _view(course, module)
    here = address(course, module, QUIZ)
    match form.get("act"):
        case "started":
            _begin(view, who, form)
        case "answered":
            return _answer(view, who, form)
        case "finished":
            _hand_in(_go_of(view, form), who)
        case _:
            raise NotFound
    return see_other(here)


def _view(course: str, module: str) -> QuizView:
    who = me()
    shape = shelf().course(course)
    return service.see(store(), site().catalogue, shape, module, who.person_id if who else None)


def _begin(view: QuizView, who: Me, form: MultiDict[str, str]) -> None:
    """Begin the attempt a form offers; where one is running, that one goes on."""
    if view.running:
        return
    if view.left == 0:
        raise Refused("There is no go left at this quiz. You can still read every lesson again.")
    if form.get("number") != str(view.next_number):  # a page from before an attempt that is over by now
        return
    zone = site().settings.timezone
    shape = view.where.shape
    service.start(store(), site().catalogue, shape, view.module, who.person_id, view.next_number, now_ms(), zone)


def _hand_in(go: Go, who: Me) -> None:
    """End the attempt a form belongs to. One that is over stays as it is, and no other is ended for it."""
    if not go.attempt.finished:
        service.finish(store(), site().catalogue, go, who.person_id, now_ms(), site().settings.timezone)


def _answer(view: QuizView, who: Me, form: MultiDict[str, str]) -> Response:
    go = _go_of(view, form)
    no = go.shape.numbers.get((view.module, form.get("step", "")), 0)
    if no not in go.asked:
        raise NotFound
    given = practice.given(go.shape.steps[no], form.getlist("answer"))
    zone = site().settings.timezone
    try:
        service.answer(store(), site().catalogue, go, no, given, event_id_of(form), who.person_id, now_ms(), zone)
    except Refused as refused:
        if not go.attempt.finished:
            return _running(view, go, form["step"], refused.sentence)
    if go.attempt.finished:  # recorded all the same: it is her answer, and it changes no score
        raise Refused("That go at the quiz is over. Open the quiz again to see how it went.")
    return see_other(address(go.shape.plan.course, view.module, QUIZ))


def _go_of(view: QuizView, form: MultiDict[str, str]) -> Go:
    """The attempt a form belongs to, over or not: a form of one is never a form of the next."""
    goes = view.where.state.attempts.get(view.quiz.no, {})
    number = next((it for it in goes if str(it) == form.get("number")), 0)
    begun_in = site().catalogue.release(goes[number].release_id) if number else view.where.shape
    found = go_of(view.where, begun_in, view.quiz.no, number)
    if found is None:
        raise NotFound
    return found


def _start(view: QuizView) -> Response:
    shape = view.where.shape
    plan = module_of(shape.plan, view.module)
    return _page("start", view, plan, intro=_screens(shape, view.module).get(QUIZ), quiz=plan.quiz)


@dataclass(frozen=True)
class Question:
    """One question of an attempt as its template shows it."""

    step: StepPlan
    body: Body
    letters: tuple[str, ...]
    number: int
    stops: tuple[str, ...]
    here: str
    back: tuple[str, str]


def _running(view: QuizView, go: Go, name: str, error: str = "") -> Response:
    """A question of the attempt: the one named, else the first without an answer; at the end, all of them."""
    plan = module_of(go.shape.plan, view.module)
    named = go.shape.numbers.get((view.module, name))
    no = named if named in go.asked else go.next_no
    stops = tuple("now" if it == no else "done" if it in go.attempt.marks else "" for it in go.asked)
    if no is None:
        return _page("ready", view, plan, stops=stops, steps=_links(view, go), go=go)
    at = go.asked.index(no)
    question = Question(
        step=go.shape.steps[no],
        body=_screens(go.shape, view.module)[go.shape.places[no][1]],
        letters=go.letters(no),
        number=at + 1,
        stops=stops,
        here=address(go.shape.plan.course, view.module, QUIZ),
        back=_links(view, go)[at - 1] if at else (address(go.shape.plan.course, view.module), plan.title),
    )
    status = 422 if error else 200
    return _page(
        "question", view, plan, status, screen=question, go=go, error=error, event_id=new_event_id(), talk=None
    )


def _links(view: QuizView, go: Go) -> tuple[tuple[str, str], ...]:
    """(address, words) of each question of an attempt."""
    here = address(go.shape.plan.course, view.module, QUIZ)
    names = (go.shape.places[no][1] for no in go.asked)
    return tuple((f"{here}?{urlencode({'step': name})}", f"Question {n}") for n, name in enumerate(names, 1))


@dataclass(frozen=True)
class Told:
    """A question after the attempt: what she answered, was it right, why, and what to read again."""

    number: int
    title: Html
    right: bool
    chosen: tuple[Html, ...]
    typed: str
    said: tuple[Html, ...]
    """To what she chose."""
    good: tuple[Html, ...]
    """What would have been right, once that spoils no other go."""
    words: str
    """The same where it is typed."""
    explains: tuple[Html, ...]


@dataclass(frozen=True)
class Again:
    """A lesson worth reading again, and for which questions."""

    href: str
    title: str
    numbers: tuple[int, ...]
    weight: str


def _result(view: QuizView, go: Go) -> Response:
    plan = module_of(go.shape.plan, view.module)
    told = tuple(_told(view, go))
    wrong = tuple(it.number for it in told if not it.right)
    course = view.where.shape.plan.course
    finished = view.where.module_finished(view.module)
    return _page(
        "result",
        view,
        plan,
        go=go,
        told=told,
        wrong=wrong,
        again=tuple(_again(go, plan, told)),
        best=view.where.best(view.module),
        finished=finished,
        award=award_of(course, view.module) if finished and plan.badge else "",
        passed=view.where.quiz_passed(view.module),
        left=view.left,
    )


def _told(view: QuizView, go: Go) -> Iterator[Told]:
    screens = _screens(go.shape, view.module)
    marks = service.told(store(), site().catalogue, go, must_be_me().person_id)
    spoils_nothing = view.where.quiz_passed(view.module) or view.left == 0
    for number, no in enumerate(go.asked, 1):
        key, step, body = site().catalogue.key(go.shape, no), go.shape.steps[no], screens[go.shape.places[no][1]]
        right, its = bool(go.attempt.marks.get(no)), marks.get(no)
        answer = its.answer if its else ()
        shows = spoils_nothing and not right
        yield Told(
            number=number,
            title=body.title,
            right=right,
            chosen=() if isinstance(answer, str) else _options(body, answer),
            typed=answer if isinstance(answer, str) else "",
            said=tuple(bodies.said(html) for _letter, html in its.mark.feedback) if its else (),
            good=_options(body, key.right) if shows else (),
            words=in_words(key, step) if shows else "",
            explains=tuple(bodies.said(html) for html in key.explains),
        )


def _options(body: Body, letters: Iterable[str]) -> tuple[Html, ...]:
    return tuple(body.options[letter] for letter in letters if letter in body.options)


_HREF = re.compile(r'href="([^"?#]*)')


def _again(go: Go, plan: ModulePlan, told: tuple[Told, ...]) -> Iterator[Again]:
    """The lessons that the explanations of wrong answers name or lead to, in the order of the module."""
    course = go.shape.plan.course
    for lesson in plan.lessons:
        href = address(course, plan.module, lesson.name)
        numbers = tuple(it.number for it in told if not it.right and lesson in _leads(it, go.shape, plan))
        if numbers:
            yield Again(href, lesson.title, numbers, weight(lesson.minutes, weigh(lesson)))


def _leads(told: Told, shape: Shape, plan: ModulePlan) -> list[LessonPlan]:
    """The lessons an explanation links to; of one without such a link, those it names."""
    course = shape.plan.course
    linked = set(_HREF.findall(" ".join(told.explains)))
    found = [lesson for lesson in plan.lessons if address(course, plan.module, lesson.name) in linked]
    words = bodies.in_words(told.explains).casefold()
    return found or [lesson for lesson in plan.lessons if lesson.title.casefold() in words]


def _screens(shape: Shape, module: str) -> dict[str, Body]:
    """The quiz's first page and every question of it, in one release."""
    return {it.name: it for it in bodies_of(site().catalogue.fragments(shape, module, QUIZ))}


def _page(template: str, view: QuizView, plan: ModulePlan, status: int = 200, **shown: object) -> Response:
    course = view.where.shape.plan
    return page(
        f"quiz/{template}.html",
        status,
        plan=course,
        module=plan,
        view=view,
        here=address(course.course, plan.module, QUIZ),
        line=line_of(course.course),
        leave=plan.leave,
        lang=language_of(course),
        **shown,
    )

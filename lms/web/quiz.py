"""The quiz: its start page, one question at a time, looking over, how it went.

One address for all of it: what it shows follows from her own attempt, so leaving and coming back
is carrying on. Nothing about an answer is said before the attempt is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.drawings import line_of
from lms.content.plan import QUIZ, LessonPlan, ModulePlan, StepPlan
from lms.errors import NotFound, Refused
from lms.learning.marking import right_of
from lms.learning.places import Go, go_of
from lms.learning.shapes import Shape
from lms.services import moves
from lms.services import quiz as service
from lms.services.quiz import QuizView
from lms.web import answers, bodies, languages
from lms.web.bodies import Body, Html
from lms.web.courses import Way, address, award_of, bodies_of, module_of, moved, titled
from lms.web.entering import begin
from lms.web.forms import event_id_of, new_event_id
from lms.web.kept import keeps
from lms.web.pages import page, see_other
from lms.web.questions import Talk, in_words, unsaid
from lms.web.saying import Words, _
from lms.web.signed import Me, allow_anyone, me, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.weights import of_lessons
from lms.web.words import weight

pages = Blueprint("quiz", __name__)


@pages.get("/courses/<course>/<module>/quiz")
@allow_anyone
def quiz(course: str, module: str) -> Response:
    """Where she is in the quiz: before it, at a question, at its end, or looking at how it went."""
    shape = shelf().course(course)
    if shape.quiz(module) is None:
        return moved(shape, module, QUIZ)
    view = _view(course, module)
    if view.running and view.go:
        return running(view, view.go, request.args.get("step", ""))
    if view.go and "start" not in request.args:
        return _result(view, view.go)
    return start(view)


@pages.post("/courses/<course>/<module>/quiz")
@allow_anyone
@keeps
def act(who: Me | None, form: MultiDict[str, str], course: str, module: str) -> Response:
    """Begin an attempt, answer a question of it, or hand it in."""
    view = _view(course, module)
    here = address(course, view.module, QUIZ)
    match form.get("act"):
        case "started":
            _begin(view, who or begin(form), form)
        case "answered":
            return _answer(view, must_be_me(), form)
        case "finished":
            _hand_in(_go_of(view, form), must_be_me(), form)
        case _:
            raise NotFound
    return see_other(here)


def _view(course: str, module: str) -> QuizView:
    """A learner at a quiz. A form of one that has moved since finds it where it is now."""
    who, shape = me(), shelf().course(course)
    if shape.quiz(module) is None:
        module = moves.page_now(store(), shape, module, QUIZ).module
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
    number, lang = view.next_number, form.get("lang", "")
    service.start(store(), site().catalogue, shape, view.module, who.person_id, number, now_ms(), zone, lang)


def _hand_in(go: Go, who: Me, form: MultiDict[str, str]) -> None:
    """End the attempt a form belongs to. One that is over stays as it is, and no other is ended for it."""
    if not go.attempt.finished:
        zone, lang = site().settings.timezone, form.get("lang", "")
        service.finish(store(), site().catalogue, go, who.person_id, now_ms(), zone, lang)


def _answer(view: QuizView, who: Me, form: MultiDict[str, str]) -> Response:
    go = _go_of(view, form)
    no = go.shape.numbers.get((go.module, form.get("step", "")), 0)
    if no not in go.asked:
        raise NotFound
    event_id, zone, lang = event_id_of(form), site().settings.timezone, form.get("lang", "")
    try:
        given = answers.answer_in(go.shape.steps[no], form)
        service.answer(store(), site().catalogue, go, no, given, event_id, who.person_id, now_ms(), zone, lang)
    except Refused as refused:
        if not go.attempt.finished:
            return running(view, go, form["step"], refused, form)
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


def start(view: QuizView) -> Response:
    shape = view.where.shape
    plan = module_of(shape.plan, view.module)
    assert plan.quiz is not None  # noqa: S101 - `see` finds no quiz where there is none
    title = titled(view.where, view.module, plan.quiz)
    care = languages.as_written(shape.plan, plan.care)
    return _page(
        "start",
        view,
        plan,
        intro=_screens(view, shape, view.module).get(QUIZ),
        quiz=plan.quiz,
        title=title,
        care=care,
        event_id=new_event_id(),
    )


@dataclass(frozen=True)
class Question:
    """One question of an attempt as its template shows it."""

    step: StepPlan
    body: Body
    letters: tuple[str, ...]
    choices: answers.Choices
    """Of an Order, Match or Gaps: what each of its select boxes offers."""
    number: int
    stops: tuple[str, ...]
    here: str
    back: Way


def running(
    view: QuizView, go: Go, name: str, refused: Refused | None = None, form: MultiDict[str, str] | None = None
) -> Response:
    """A question of the attempt: the one named, else the first without an answer; at the end, all of them.

    `form`: what could not be taken, and stays in its fields.
    """
    plan = module_of(go.shape.plan, go.module)
    named = go.shape.numbers.get((go.module, name))
    no = named if named in go.asked else go.next_no
    stops = tuple("now" if it == no else "done" if it in go.attempt.marks else "" for it in go.asked)
    if no is None:
        return _page("ready", view, plan, stops=stops, steps=_links(view, go), go=go)
    at = go.asked.index(no)
    step, body = go.shape.steps[no], _screens(view, go.shape, go.module)[go.shape.places[no][1]]
    letters = go.letters(no, site().catalogue.key(go.shape, no))
    before = _links(view, go)[at - 1] if at else _to_module(view, plan)
    question = Question(
        step=step,
        body=body,
        letters=letters,
        choices=answers.choices_of(step, body, letters, go.meanings(no)),
        number=at + 1,
        stops=stops,
        here=address(go.shape.plan.course, view.module, QUIZ),
        back=before,
    )
    talk = unsaid(Talk(), step, form, refused) if refused and form else Talk()
    status = 422 if refused else 200
    return _page(
        "question", view, plan, status, screen=question, within=body.lang, go=go, event_id=new_event_id(), talk=talk
    )


def _to_module(view: QuizView, plan: ModulePlan) -> Way:
    return Way(address(view.where.shape.plan.course, view.module), title=_module_title(view, plan))


def _links(view: QuizView, go: Go) -> tuple[Way, ...]:
    """To each question of an attempt."""
    here = address(go.shape.plan.course, view.module, QUIZ)
    names = (go.shape.places[no][1] for no in go.asked)
    return tuple(
        Way(f"{here}?{urlencode({'step': name})}", _("Question {number}", number=at))
        for at, name in enumerate(names, 1)
    )


@dataclass(frozen=True)
class Told:
    """A question after the attempt: what she answered, was it right, why, and what to read again."""

    number: int
    title: Html
    lang: str
    """Where it is not that of the page."""
    right: bool
    chosen: tuple[Html, ...]
    typed: str
    more: Words | str
    """How many of its parts are right, where it has parts."""
    said: tuple[Html, ...]
    """To what she chose."""
    good: tuple[Html, ...]
    """What would have been right, once that spoils no other go."""
    words: Words | str
    """The same where it is typed."""
    explains: tuple[Html, ...]


@dataclass(frozen=True)
class Again:
    """A lesson worth reading again, and for which questions."""

    href: str
    title: Html
    numbers: tuple[int, ...]
    weight: Words


def _result(view: QuizView, go: Go) -> Response:
    plan = module_of(go.shape.plan, go.module)
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
        within=next((it.lang for it in told if it.lang), ""),
        wrong=wrong,
        again=tuple(_again(view, go, plan, told)),
        best=view.where.best(view.module),
        finished=finished,
        award=award_of(course, view.module) if finished and plan.badge else "",
        passed=view.where.quiz_passed(view.module),
        left=view.left,
    )


def _told(view: QuizView, go: Go) -> Iterator[Told]:
    screens, lang = _screens(view, go.shape, go.module), languages.reading(view.where.shape.plan)
    marks = service.told(store(), site().catalogue, go, must_be_me().person_id, lang)
    spoils_nothing = view.where.quiz_passed(view.module) or view.left == 0
    for number, no in enumerate(go.asked, 1):
        key, step = site().catalogue.key(go.shape, no, lang), go.shape.steps[no]
        body = screens[go.shape.places[no][1]]
        right, its = bool(go.attempt.marks.get(no)), marks.get(no)
        answer = its.answer if its else ()
        shows = spoils_nothing and not right
        yield Told(
            number=number,
            title=body.title,
            lang=body.lang,
            right=right,
            chosen=answers.written(step, body, answer),
            typed=answer if isinstance(answer, str) else "",
            more="" if right or not its else answers.parts_right(step, its.mark.parts),
            said=tuple(bodies.said(html) for _letter, html in its.mark.feedback) if its else (),
            good=answers.written(step, body, right_of(step, key)) if shows else (),
            words=in_words(key, step) if shows else "",
            explains=tuple(bodies.said(html) for html in key.explains),
        )


_HREF = re.compile(r'href="([^"?#]*)')


def _again(view: QuizView, go: Go, plan: ModulePlan, told: tuple[Told, ...]) -> Iterator[Again]:
    """The lessons that the explanations of wrong answers name or lead to, in the order of the module."""
    course = go.shape.plan.course
    for lesson in plan.lessons:
        href = address(course, plan.module, lesson.name)
        numbers = tuple(it.number for it in told if not it.right and lesson in _leads(it, go.shape, plan))
        if numbers:
            title = titled(view.where, plan.module, lesson)
            yield Again(href, title, numbers, weight(lesson.minutes, of_lessons(go.shape, plan, lesson)))


def _leads(told: Told, shape: Shape, plan: ModulePlan) -> list[LessonPlan]:
    """The lessons an explanation links to; of one without such a link, those it names."""
    course = shape.plan.course
    linked = set(_HREF.findall(" ".join(told.explains)))
    found = [lesson for lesson in plan.lessons if address(course, plan.module, lesson.name) in linked]
    words = bodies.in_words(told.explains).casefold()
    return found or [lesson for lesson in plan.lessons if _is_named(lesson, words, shape, plan)]


def _is_named(lesson: LessonPlan, words: str, shape: Shape, plan: ModulePlan) -> bool:
    said = languages.plain_title(shape.plan, lesson.title, plan.module, lesson.name)
    return said.casefold() in words or lesson.title.casefold() in words


def _screens(view: QuizView, shape: Shape, module: str) -> dict[str, Body]:
    """The quiz's first page and every question of it, in one release, in the language she reads."""
    lang = languages.reading(view.where.shape.plan)
    return {it.name: it for it in bodies_of(site().catalogue.fragments(shape, module, QUIZ, lang), lang)}


def _module_title(view: QuizView, plan: ModulePlan) -> Html:
    return languages.titled(view.where.shape.plan, plan.title, plan.module)


def _page(template: str, view: QuizView, plan: ModulePlan, status: int = 200, **shown: object) -> Response:
    course = view.where.shape.plan
    here = address(course.course, view.module, QUIZ)
    screen = shown.get("screen")
    at = f"{here}?{urlencode({'step': screen.step.name})}" if isinstance(screen, Question) else here
    return page(
        f"quiz/{template}.html",
        status,
        plan=course,
        module=plan,
        module_title=_module_title(view, plan),
        choice=languages.choice(course, at),
        reading=languages.reading(course),
        view=view,
        here=here,
        line=line_of(course.course),
        leave=plan.leave,
        lang=languages.page_of(course),
        **shown,
    )

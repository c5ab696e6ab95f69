"""The front page: the first lesson for whoever comes, and where to go on for whoever comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response

from lms.content.drawings import line_of
from lms.content.languages import page_language
from lms.content.plan import QUIZ, CoursePlan
from lms.learning.minutes import Fit, Why, fitting, latest_first
from lms.learning.places import Where
from lms.services import messages, progress
from lms.web import languages, weights
from lms.web.bodies import Html, first_words
from lms.web.courses import Next, address, ahead_in, module_of
from lms.web.pages import page
from lms.web.saying import Words, _, _n
from lms.web.signed import allow_anyone, me
from lms.web.site import shelf, site, store
from lms.web.words import weight

pages = Blueprint("home", __name__)


@pages.get("/")
@allow_anyone
def home() -> Response:
    """Her day: the one thing to do next, what fits into five minutes, and every course. Else what there is to begin."""
    who = me()
    wheres = latest_first(progress.everywhere(store(), site().catalogue, shelf(), who.person_id if who else None))
    today = next((it for where in wheres if (it := _today(where))), None)
    line = today.line if today else "coding"
    new = messages.unread(store(), who.signed) if who and not who.guest else 0
    if any(where.begun for where in wheres):
        courses = tuple(map(_row, wheres))
        return page("home/today.html", today=today, quick=_quick(wheres), courses=courses, line=line, new=new)
    return page("home/front.html", today=today, cards=tuple(map(_card, wheres)), line=line, new=new)


@dataclass(frozen=True)
class Today:
    """Where to go on, in which course."""

    course: Html
    line: str
    ahead: Next


def _today(where: Where) -> Today | None:
    plan, ahead = where.shape.plan, ahead_in(where, languages.frame())
    return Today(_title(plan), line_of(plan.course), ahead) if ahead else None


def _title(plan: CoursePlan) -> Html:
    return languages.titled(plan, plan.title, page=languages.frame())


@dataclass(frozen=True)
class Quick:
    """What fits into five minutes, and why it was chosen."""

    href: str
    why: Words
    title: Html
    takes: Words


_WHYS = {
    Why.REST: _("You can finish"),
    Why.SHORT: _("This comes next, and it is short:"),
    Why.PRACTICE: _("Nothing new is that short. Try again what you learned in"),
    Why.FIRST: _("A first look at something else:"),
    Why.LONGER: _("Nothing is that short today. Stop in the middle, and we keep your place in"),
}


def _quick(wheres: Sequence[Where]) -> Quick | None:
    fit = fitting(wheres)
    if fit is None:
        return None
    plan = fit.where.shape.plan
    href = address(plan.course, fit.module, fit.name) + (f"?{urlencode({'step': fit.step})}" if fit.step else "")
    takes = weight(fit.minutes, _bytes(fit))
    asked = (
        _n("{n} question, {takes}", "{n} questions, {takes}", fit.questions, takes=takes) if fit.questions else takes
    )
    return Quick(href, _WHYS[fit.why], _title_of(fit), asked)


def _title_of(fit: Fit) -> Html:
    plan = fit.where.shape.plan
    module = module_of(plan, fit.module)
    it = module.quiz if fit.name == QUIZ else module.lesson(fit.name)
    return languages.titled(plan, it.title if it else "", fit.module, fit.name, languages.frame())


def _bytes(fit: Fit) -> int:
    shape = fit.where.shape
    module = module_of(shape.plan, fit.module)
    lesson = module.lesson(fit.name)
    if lesson is None:
        return weights.of_quiz(shape, module, module.quiz) if module.quiz else 0
    undone = sum(not fit.where.done(fit.module, step.name) for step in lesson.steps)
    return weights.of_part(shape, module, lesson, fit.questions or undone)


@dataclass(frozen=True)
class Row:
    """A course she can go on with, and how far she is."""

    href: str
    title: Html
    note: Words


def _row(where: Where) -> Row:
    plan = where.shape.plan
    done = sum(map(where.lessons_finished, plan.modules))
    of = sum(len(module.lessons) for module in plan.modules)
    begun = _n("{done} of {n} lesson done", "{done} of {n} lessons done", of, done=done)
    note = begun if where.begun else _n("Not started yet. {n} lesson", "Not started yet. {n} lessons", of)
    return Row(f"/courses/{plan.course}", _title(plan), _("All done") if where.state.course else note)


@dataclass(frozen=True)
class Card:
    """A course on the front page, and its first lesson."""

    href: str
    title: Html
    line: str
    words: str
    lang: str
    size: Words | str
    first: Next | None


def _card(where: Where) -> Card:
    plan = where.shape.plan
    welcome = site().catalogue.fragments(where.shape, lang=languages.reading(plan))
    words = first_words(welcome[0]) if welcome else ""
    lang = page_language((welcome[0].lang if welcome else "") or languages.reading(plan))
    title = languages.titled(plan, plan.title, page=lang)
    lessons = sum(len(module.lessons) for module in plan.modules)
    size = _n("{n} short lesson", "{n} short lessons", lessons) if lessons else ""
    first = ahead_in(where, languages.frame())
    return Card(f"/courses/{plan.course}", title, line_of(plan.course), words, lang, size, first)

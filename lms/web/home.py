"""The front page: the courses for whoever comes, and where to go on for whoever comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response

from lms.content.plan import CoursePlan
from lms.learning.places import Where
from lms.learning.shapes import Shape
from lms.services import progress
from lms.web.bodies import first_words
from lms.web.courses import Next, ahead_in, language_of
from lms.web.lines import line_of
from lms.web.pages import page
from lms.web.signed import allow_anyone, me
from lms.web.site import shelf, site, store
from lms.web.words import count, data, weigh

pages = Blueprint("home", __name__)


@dataclass(frozen=True)
class Card:
    """A course on the front page."""

    href: str
    title: str
    line: str
    words: str
    size: str
    lang: str


@pages.get("/")
@allow_anyone
def home() -> Response:
    """Signed in, the one thing to do next; then the courses."""
    who = me()
    courses = shelf().courses.values()
    wheres = progress.everywhere(store(), site().catalogue, shelf(), who.person_id) if who else []
    latest = max((it for it in wheres if it.begun), key=lambda it: it.last_at_ms or 0, default=None)
    return page(
        "home/home.html",
        cards=tuple(_card(shape) for shape in courses),
        today=_today(latest, wheres),
        line=line_of(latest.shape.plan.course) if latest else "coding",
    )


@dataclass(frozen=True)
class Today:
    """Where to go on, in which course."""

    course: str
    ahead: Next


def _today(latest: Where | None, wheres: Iterable[Where]) -> Today | None:
    """The next thing of the course she was last in, else of another she has begun."""
    for where in (latest, *(it for it in wheres if it.begun and it is not latest)):
        ahead = ahead_in(where) if where else None
        if where and ahead:
            return Today(where.shape.plan.title, ahead)
    return None


def _card(shape: Shape) -> Card:
    plan = shape.plan
    welcome = site().catalogue.fragments(shape)
    words = first_words(welcome[0]) if welcome else ""
    return Card(f"/courses/{plan.course}", plan.title, line_of(plan.course), words, _size(plan), language_of(plan))


def _size(plan: CoursePlan) -> str:
    lessons = [lesson for module in plan.modules for lesson in module.lessons]
    if not lessons:
        return ""
    first = lessons[0]
    minutes = count(max(1, first.minutes), "minute")
    return f"{count(len(lessons), 'short lesson')}. The first takes {minutes} and {data(weigh(first))} of data."

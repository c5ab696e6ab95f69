"""What I can do now: her own page of it, in plain words, to look at or to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response

from lms.content.skills import skill_named
from lms.learning.people import Permission
from lms.learning.skills import Ability, Able, Pair, Skills
from lms.services import skills
from lms.web import languages
from lms.web.bodies import Html
from lms.web.courses import bodies_in, titled
from lms.web.pages import page
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import day_of, on

pages = Blueprint("skills", __name__)

_HEADINGS = {
    Able.ALONE: _("On my own"),
    Able.HELPED: _("With help"),
    Able.LEARNED: _("I have learned about this"),
    Able.NOT_YET: _("I want to do this again"),
}
"""In this order."""


@dataclass(frozen=True)
class Can:
    """A skill in plain words, and the lessons it comes from."""

    words: Words
    lessons: tuple[Html, ...]


@dataclass(frozen=True)
class Rated:
    """A Rate that she answered twice: the points she chose, in the language she reads."""

    title: Html
    before: Html
    now: Html
    change: str
    lang: str
    """Of the points, where that is not the page's."""


@pages.get("/me/can-do")
@allow(Permission.OWN_LEARN)
def can_do() -> Response:
    """The skills of the lessons she finished, where she placed herself, and what she chose before and after."""
    who = must_be_me()
    hers = skills.mine(store(), site().catalogue, shelf(), (who.person_id, *who.others))
    can = {able: tuple(map(_can, its)) for able in _HEADINGS if (its := _of(hers, able))}
    return page(
        "skills/can-do.html",
        can=tuple((_HEADINGS[able], its) for able, its in can.items()),
        rated=tuple(_rated(hers)),
        day=on(day_of(now_ms(), site().settings.timezone)),
        leave=any(_was_in(hers)),
    )


def _of(hers: Skills, able: Able) -> list[Ability]:
    return [it for it in hers.abilities if it.able is able and skill_named(it.skill)]


def _can(it: Ability) -> Can:
    """A module that asks for care is not named on a page that may be printed and shown."""
    skill = skill_named(it.skill)
    lessons = [titled(where, of.module, its, languages.frame()) for where, of, its in it.lessons if not of.care]
    plain = skill.plain if skill else ""
    return Can(_(plain), tuple(lessons))


def _rated(hers: Skills) -> Iterator[Rated]:
    for pair in hers.pairs:
        if not pair.module.care:
            yield from _told(pair)


def _told(pair: Pair) -> Iterator[Rated]:
    shape, module = pair.where.shape, pair.module.module
    for body in bodies_in(shape, module, pair.lesson.name):
        if body.name == pair.again.name:
            title = languages.titled(shape.plan, pair.again.title, module, pair.again.name, languages.frame())
            lang = body.lang or languages.page_of(shape.plan)
            points = body.options[pair.before], body.options[pair.now]
            yield Rated(title, *points, pair.change, "" if lang == languages.frame() else lang)


def _was_in(hers: Skills) -> Iterator[bool]:
    """Whether each module she has learned in can be left at once: so can this page, then."""
    for it in hers.abilities:
        yield from (module.leave for _where, module, _lesson in it.lessons)
    yield from (pair.module.leave for pair in hers.pairs)

"""The language a course is read in: which it is, how another is chosen, and the titles in it.

Signed in, a choice is a wish of hers, course by course; a visitor's stands in her cookie until she
signs in or closes the browser. Who has chosen none, and whoever chose one that a course no longer
has, reads it in its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, request, session

from lms.content.languages import ENGLISH as ENGLISH_CODE
from lms.content.languages import own_name, page_language
from lms.content.plan import CoursePlan
from lms.errors import Refused
from lms.learning.shapes import Shape
from lms.services import people
from lms.web.bodies import Html
from lms.web.catalogues import ENGLISH, Tongue
from lms.web.saying import Words, in_language, named
from lms.web.signed import Me, me
from lms.web.site import site, store

_CHOSEN = "languages"


@dataclass(frozen=True)
class Language:
    """A language of a course, by the name it calls itself."""

    lang: str
    name: str
    page: str
    """As pages name it."""
    current: bool


@dataclass(frozen=True)
class Choice:
    """The languages of a course to choose from, and the page it is chosen on."""

    course: str
    back: str
    languages: tuple[Language, ...]


def reading(plan: CoursePlan) -> str:
    """The language she reads a course in."""
    if "reads_in" in g:
        return str(g.reads_in)
    who = me()
    chosen = who.wishes.get(people.language_wish(plan.course)) if who else chosen_by_visitor().get(plan.course)
    return chosen if chosen in plan.langs else plan.lang


def read_in(lang: str) -> None:
    """From here on this request is read in one language, whatever anybody chose."""
    g.reads_in = lang


def page_of(plan: CoursePlan) -> str:
    """The same, as the page of a course names it."""
    return page_language(reading(plan))


def choice(plan: CoursePlan, otherwise: str = "") -> Choice | None:
    """What there is to choose; None of a course in one language. `otherwise`: where she is, if a form led here."""
    if len(plan.langs) < 2 or "reads_in" in g:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else otherwise or request.path
    here = reading(plan)
    languages = (Language(lang, own_name(lang), page_language(lang), lang == here) for lang in plan.langs)
    return Choice(plan.course, back, tuple(languages))


def choose(plan: CoursePlan, lang: str) -> None:
    """Read a course in this language from now on."""
    if lang not in plan.langs:
        raise Refused("Choose one of the languages shown.")
    who = me()
    if who:
        people.wish(store(), who.person_id, {people.language_wish(plan.course): lang})
    else:
        session[_CHOSEN] = {**chosen_by_visitor(), plan.course: lang}


def chosen_by_visitor() -> Mapping[str, str]:
    """Course -> language, of whoever is not signed in."""
    chosen: Mapping[str, str] = session.get(_CHOSEN, {})
    return chosen


def tongue_for(who: Me | None, page: str = "") -> Tongue:
    """The words of the site: in the language she chose for them, else in that of the course she reads, else in one her
    browser asks for, else in English. `page`: the language of a page of a course.

    What a phone keeps is nobody's: nobody's wish is asked, and of a course nobody's browser.
    """
    known = site().words
    wished = who.wishes.get(people.WORDS_WISH, "") if who and "reads_in" not in g else ""
    for lang in (wished, page, page.partition("-")[0]):
        if lang in known:
            return known[lang]
    if "reads_in" in g:
        return ENGLISH
    return known[request.accept_languages.best_match(known, "en")]


def of_the_site() -> dict[str, Words]:
    """Each language the site has words in, by the name it calls itself."""
    return {lang: named(own_name(lang), page_language(lang)) for lang in site().words}


def frame() -> str:
    """The language of a page that is no course's, as pages name it."""
    if "frame" not in g:
        g.frame = tongue_for(me()).lang
    return str(g.frame)


def titled(plan: CoursePlan, title: str, module: str = "", name: str = "", page: str = "") -> Html:
    """The title of a course, module or name as she reads it: one that is not translated says its language.

    `title`: in the course's own language. `page`: the language of the page, where that is not the course's.
    """
    lang = reading(plan)
    said = plan.title_in(lang, module, name)
    its = page_language(lang if said else plan.lang)
    return in_language(said or title, "" if its == (page or page_language(lang)) else its)


def as_written(plan: CoursePlan, words: str) -> Html:
    """Words of a course that nobody translates, such as the name of its badge: they say their language too."""
    its = page_language(plan.lang)
    return in_language(words, "" if its == page_of(plan) else its)


def of_badge(words: str, shape: Shape | None = None) -> Html:
    """What a badge says of itself, on a page that is no course's. `shape`: of its course; without one it is English."""
    its = page_language(shape.plan.lang if shape else ENGLISH_CODE)
    return in_language(words, "" if its == frame() else its)


def plain_title(plan: CoursePlan, title: str, module: str = "", name: str = "") -> str:
    """The same as text alone."""
    return plan.title_in(reading(plan), module, name) or title

"""Help with the site, help for a person now, and what we promise: pages for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, request

from lms.web import languages, leaving
from lms.web.bodies import Body, body
from lms.web.pages import page, see_other
from lms.web.paths import same_path
from lms.web.signed import allow_anyone
from lms.web.site import now_ms, shelf, site

pages = Blueprint("help", __name__)

_RING = re.compile(r'href="tel:([^"]+)"')


@pages.get("/help")
@allow_anyone
def help_() -> Response:
    """How to use the site, and whom to ask."""
    return page("help/help.html")


@pages.get("/help-now")
@allow_anyone
def help_now() -> Response:
    """Numbers to ring, as the courses give them with the day they were checked. May be left at once.

    In English for everybody, until somebody who speaks another language has read what it would say there.
    """
    return page("help/help-now.html", facts=tuple(_facts()), leave=True, english=True)


def _facts() -> Iterator[Body]:
    """The facts of every course, but none whose numbers an earlier course has given already."""
    rung: set[str] = set()
    for shape in shelf().courses.values():
        lang = languages.reading(shape.plan)
        fragments = site().catalogue.fragments(shape, "", "help", lang)
        told = (it for it in fragments if not numbers(it.html) or not numbers(it.html) <= rung)
        yield from (body(replace(it, lang=it.lang or lang)) for it in told)
        rung |= {number for it in fragments for number in numbers(it.html)}


def numbers(html: str) -> set[str]:
    """The telephone numbers a text lets one ring."""
    return set(_RING.findall(html))


@pages.get("/leave")
@allow_anyone
def leave() -> Response:
    """Another site at once, for a browser that runs no scripts; with them it never asks here."""
    leaving.leave_at_once(now_ms())
    return see_other(leaving.AWAY)


@pages.post("/leave")
@allow_anyone
def come_back() -> Response:
    """On with a page that was left, for whoever says so."""
    leaving.come_back()
    return see_other(same_path(request.form.get("back", ""), "/"))


@pages.get("/privacy")
@allow_anyone
def privacy() -> Response:
    """What we keep, why, for how long, and how to see it."""
    return page("help/privacy.html")


@pages.get("/accessibility")
@allow_anyone
def accessibility() -> Response:
    """What we did so that everybody can use this, and what we could not try."""
    return page("help/accessibility.html")

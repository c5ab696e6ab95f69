"""Help with the site, help for a person now, and what we promise: pages for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Blueprint, Response

from lms.web.bodies import Body, body
from lms.web.pages import page
from lms.web.signed import allow_anyone
from lms.web.site import shelf, site

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
    """Numbers to ring, as the courses give them with the day they were checked. May be left at once."""
    return page("help/help-now.html", facts=tuple(_facts()), leave=True)


def _facts() -> Iterator[Body]:
    """The facts of every course, but none whose numbers an earlier course has given already."""
    rung: set[str] = set()
    for shape in shelf().courses.values():
        fragments = site().catalogue.fragments(shape, "", "help")
        yield from (body(it) for it in fragments if not numbers(it.html) or not numbers(it.html) <= rung)
        rung |= {number for it in fragments for number in numbers(it.html)}


def numbers(html: str) -> set[str]:
    """The telephone numbers a text lets one ring."""
    return set(_RING.findall(html))


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

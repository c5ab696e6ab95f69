"""Whether this process is alive, and whether the site is fit to serve: for whoever watches it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response

from lms.services.stores import not_ready
from lms.web.faults import problem
from lms.web.signed import allow_anyone
from lms.web.site import overdue, store

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@allow_anyone
def alive() -> Response:
    """This process answers; nothing else is asked."""
    return _fine("ok")


@pages.get("/readyz")
@allow_anyone
def ready() -> Response:
    """The database answers, its migrations are done, and a course is published."""
    why = not_ready(store())
    return problem(503, "Not ready", why) if why else _fine("\n".join(("ready", *_to_check())))


def _to_check() -> Iterator[str]:
    """No reason to stop, but for a person to put right: help numbers that nobody checked again in time."""
    for course, names in overdue().items():
        yield f"Help numbers of {course} were to be checked by now: {', '.join(names)}."


def _fine(word: str) -> Response:
    return Response(f"{word}\n", content_type="text/plain; charset=utf-8")

"""Whether this process is alive, and whether the site is fit to serve: for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, Response

from lms.services.stores import not_ready
from lms.web.faults import problem
from lms.web.signed import allow_anyone
from lms.web.site import store

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
    return problem(503, "Not ready", why) if why else _fine("ready")


def _fine(word: str) -> Response:
    return Response(f"{word}\n", content_type="text/plain; charset=utf-8")

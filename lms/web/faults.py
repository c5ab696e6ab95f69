"""What a person is told when something goes wrong: one place, one page, one status each.

Forms get a page that says what to do next; software (`/events`, the health pages) gets
problem+json with the same sentence. Nothing of the fault itself is shown: that is in the log.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from lms.errors import Busy, DiskFull, LmsError, TooManyTries
from lms.web import saving
from lms.web.pages import page_for
from lms.web.signed import Me, me

_log = logging.getLogger("lms.web")


@dataclass(frozen=True)
class Told:
    """What a page of trouble says: a heading, a drawing, what can be done."""

    heading: str
    picture: str
    sentence: str


_OTHERWISE = Told("That did not work", "ladder", "Go back and try again. If it does not help, tell your facilitator.")
TOLD = {
    400: Told("We did not understand that", "signpost", "Go back, reload the page and try again."),
    401: Told("Sign in first", "door", "Sign in, and we will take you there."),
    403: Told("You can't do that here", "door", "Ask your facilitator if you think you should."),
    404: Told("We can't find that page", "signpost", "The link may be old, or a letter may be missing."),
    405: Told("That page works another way", "signpost", "Go back and use the button on the page."),
    409: Told("Someone else is signed in", "door", "Sign in again, and we will take it then."),
    413: Told("That is too big to send", "postbox", "Send less at once, or make the file smaller."),
    422: Told("Something needs to be put right", "drawers", "Go back, look at the form and send it again."),
    429: Told("Wait a little", "armchair", "That is a lot of tries. Wait a minute, then try again."),
    500: Told("Something broke, and it was us", "ladder", "It is not your fault. Go back and try again in a minute."),
    503: Told("We are very busy just now", "armchair", "What you typed is still on your page. Try again in a moment."),
    507: Told("We can't save anything just now", "drawers", "You can still read. Tell your facilitator, please."),
}


def install(app: Flask) -> None:
    """Answer every fault of an app."""
    app.register_error_handler(LmsError, _of_ours)
    app.register_error_handler(HTTPException, _of_the_web)
    app.register_error_handler(Exception, _unforeseen)


def _of_ours(error: LmsError) -> Response:
    if isinstance(error, DiskFull):
        saving.failed()
    answer = told(error.status, error.sentence)
    if isinstance(error, (Busy, TooManyTries)):
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def _of_the_web(error: HTTPException) -> Response:
    answer = told(error.code or 500)
    for name in ("Allow", "Retry-After"):
        value = error.get_response().headers.get(name)
        if value:
            answer.headers[name] = value
    return answer


def _unforeseen(error: Exception) -> Response:
    """A fault of ours. The log gets all of it, without a line an address could forge."""
    _log.error("%s %r", request.method, request.path, exc_info=error)
    return told(500)


def told(status: int, sentence: str = "") -> Response:
    """The page, or the JSON, of a status."""
    words = TOLD.get(status, _OTHERWISE)
    if wants_json():
        return problem(status, words.heading, sentence or words.sentence)
    shown = {"told": words, "sentence": sentence or words.sentence}
    if status == HTTPStatus.INSUFFICIENT_STORAGE:
        shown["read_only"] = False  # the page is about nothing else
    return page_for(_reader(status), "errors/told.html", status, **shown)


def _reader(status: int) -> Me | None:
    """Who is told. After a fault of ours the database is not asked: it may be what broke, and would break again."""
    known: Me | None = g.get("me")
    if known or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return known
    try:
        return me()
    except LmsError:
        return None


def wants_json() -> bool:
    """Whether software is asking."""
    return request.path in ("/events", "/healthz", "/readyz")


def problem(status: int, title: str, detail: str) -> Response:
    """A fault as software reads it (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    return Response(body, status, content_type="application/problem+json")

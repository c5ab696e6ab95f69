"""What a person is told when something goes wrong: one place, one page, one status each.

Forms get a page that says what to do next; software (`/events`, the health pages) gets
problem+json with the same sentence. Nothing of the fault itself is shown: that is in the log.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from lms.errors import Busy, DiskFull, Forbidden, LmsError, TooManyTries
from lms.services import audits
from lms.web import saving
from lms.web.catalogues import ENGLISH
from lms.web.pages import page_for
from lms.web.saying import Speech, Words, _, of_error, speak
from lms.web.signed import Me, me
from lms.web.site import now_ms, store

_log = logging.getLogger("lms.web")


@dataclass(frozen=True)
class Told:
    """What a page of trouble says: a heading, a drawing, what can be done."""

    heading: Words
    picture: str
    sentence: Words


_OTHERWISE = Told(
    _("That did not work"), "ladder", _("Go back and try again. If it does not help, tell your facilitator.")
)
TOLD = {
    400: Told(_("We did not understand that"), "signpost", _("Go back, reload the page and try again.")),
    401: Told(_("Sign in first"), "door", _("Sign in, and we will take you there.")),
    403: Told(_("You can't do that here"), "door", _("Ask your facilitator if you think you should.")),
    404: Told(_("We can't find that page"), "signpost", _("The link may be old, or a letter may be missing.")),
    405: Told(_("That page works another way"), "signpost", _("Go back and use the button on the page.")),
    409: Told(_("Someone else is signed in"), "door", _("Sign in again, and we will take it then.")),
    413: Told(_("That is too big to send"), "postbox", _("Send less at once, or make the file smaller.")),
    416: Told(_("That part is not there"), "signpost", _("Reload the page and play it again.")),
    422: Told(_("Something needs to be put right"), "drawers", _("Go back, look at the form and send it again.")),
    429: Told(_("Wait a little"), "armchair", _("That is a lot of tries. Wait a minute, then try again.")),
    500: Told(
        _("Something broke, and it was us"), "ladder", _("It is not your fault. Go back and try again in a minute.")
    ),
    503: Told(
        _("We are very busy just now"), "armchair", _("What you typed is still on your page. Try again in a moment.")
    ),
    507: Told(_("We can't save anything just now"), "drawers", _("You can still read. Tell your facilitator, please.")),
}


def install(app: Flask) -> None:
    """Answer every fault of an app."""
    app.register_error_handler(LmsError, _of_ours)
    app.register_error_handler(HTTPException, _of_the_web)
    app.register_error_handler(Exception, _unforeseen)


def _of_ours(error: LmsError) -> Response:
    if isinstance(error, DiskFull):
        saving.failed()
    if isinstance(error, Forbidden) and request.method == "POST":
        _note()
    answer = told(error.status, error)
    if isinstance(error, (Busy, TooManyTries)):
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def _note() -> None:
    """Write down, in her own record, what somebody with an account tried and may not. A GET writes nothing."""
    who: Me | None = g.get("me")
    if who is not None and not who.guest:
        with suppress(LmsError):  # the page that says no comes first
            audits.denied(store(), who.person_id, request.endpoint or "", now_ms())


def _of_the_web(error: HTTPException) -> Response:
    answer = told(error.code or 500)
    for name in ("Allow", "Content-Range", "Retry-After"):
        value = error.get_response().headers.get(name)
        if value:
            answer.headers[name] = value
    return answer


def _unforeseen(error: Exception) -> Response:
    """A fault of ours. The log gets all of it, without a line an address could forge."""
    _log.error("%s %r", request.method, _where(), exc_info=error)
    return told(500)


def _where() -> str:
    """The address that was asked; of one that is a key itself, only its kind."""
    rule = request.url_rule
    return rule.rule if rule and "code" in (request.view_args or {}) else request.path


def told(status: int, error: LmsError | None = None) -> Response:
    """The page, or the JSON, of a status."""
    words = TOLD.get(status, _OTHERWISE)
    if wants_json():
        return _in_english(status, words, error)
    shown: dict[str, object] = {"told": words, "sentence": of_error(error) if error else words.sentence}
    if status == HTTPStatus.INSUFFICIENT_STORAGE:
        shown["read_only"] = False  # the page is about nothing else
    return page_for(_reader(status), "errors/told.html", status, **shown)


def _in_english(status: int, words: Told, error: LmsError | None) -> Response:
    """Software reads English, whatever language the page before was in."""
    speak(Speech(ENGLISH, ENGLISH.lang))
    return problem(status, str(words.heading), error.sentence if error else str(words.sentence))


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
    return request.path in (
        "/events",
        "/teach/ticks",
        "/healthz",
        "/readyz",
        "/.well-known/did.json",
    ) or request.path.startswith("/badges/status/")


def problem(status: int, title: str, detail: str) -> Response:
    """A fault as software reads it (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    return Response(body, status, content_type="application/problem+json")

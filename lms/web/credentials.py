"""Badges as software reads them: her files, which keys are ours, what was taken back, what a badge is given for.

These addresses stand in badges for ever (docs/reference/addresses.md). What is nobody's in particular may be
read by the pages of other sites too, which is where badges are checked.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from lms.errors import NotFound
from lms.interop.credentials import achievement_document
from lms.services import credentials
from lms.services.credentials import Files
from lms.web import languages
from lms.web.headers import SANDBOXED
from lms.web.pages import page
from lms.web.signed import allow_anyone, me
from lms.web.site import site, store

pages = Blueprint("credentials", __name__)

CREDENTIAL = "application/vc+ld+json"


@pages.get("/badges/<public_id>.json")
@allow_anyone
def as_json(public_id: str) -> Response:
    """Her badge as a file of its own: for wallets, and for whoever checks it."""
    found = _files(public_id)
    return _file(found, "json", found.document, CREDENTIAL)


@pages.get("/badges/<public_id>.png")
@allow_anyone
def as_png(public_id: str) -> Response:
    """The same inside its picture."""
    found = _files(public_id)
    return _file(found, "png", found.png, "image/png")


@pages.get("/badges/<public_id>.svg")
@allow_anyone
def as_svg(public_id: str) -> Response:
    """The same inside its drawing."""
    found = _files(public_id)
    return _file(found, "svg", found.svg, "image/svg+xml")


def _files(public_id: str) -> Files:
    who = me()
    return credentials.files(store(), site().settings.badge_keys, public_id, who.signed if who else None)


def _file(found: Files, ending: str, body: str | bytes, kind: str) -> Response:
    """To be kept, not shown; and for no search engine, as its page."""
    answer = Response(body, content_type=kind)
    answer.headers["Content-Security-Policy"] = SANDBOXED
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}.{ending}"'
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@pages.get("/badges/status/<number>")
@allow_anyone
def status(number: str) -> Response:
    """A list of badges that were taken back: bits, which name nobody."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound
    return _for_all(credentials.status_list(store(), int(number)), CREDENTIAL)


@pages.get("/.well-known/did.json")
@allow_anyone
def keys() -> Response:
    """Which keys sign badges here."""
    return _for_all(json.dumps(credentials.did_document(site().settings)), "application/json")


@pages.get("/badges/achievement/<badge>/<version>")
@allow_anyone
def achievement(badge: str, version: str) -> Response:
    """What a badge is given for: a page for people, JSON for software."""
    found = credentials.achievement(store(), site().settings, badge, version)
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return page("badges/achievement.html", own=languages.of_badge, achievement=found)
    return _for_all(json.dumps(achievement_document(found)), "application/ld+json")


def _for_all(body: str, kind: str) -> Response:
    """What pages of other sites may read as well. Nobody's cookie is looked at for it."""
    answer = Response(body, content_type=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.vary.add("Accept")
    return answer

"""Learning without a connection: what a phone keeps, the script that answers in our place, the site as an app.

What is nobody's (`/keep`, `/offline`) a phone may keep, and says so by a header of its own; what is hers (`/me/phone`)
goes into the phone's database alone, under her name for it, and leaves when she signs out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

from flask import Blueprint, Response, request

from lms.errors import NotFound
from lms.learning.people import Permission
from lms.learning.places import Go, Where, next_number, tries_left
from lms.learning.progress import Attempt
from lms.learning.quiz import draw
from lms.learning.shapes import QuizShape, Shape
from lms.services import progress
from lms.services.stores import db_epoch
from lms.settings import NAME
from lms.web import languages
from lms.web.courses import module_of
from lms.web.headers import KEEP
from lms.web.keeping import kept
from lms.web.pages import page
from lms.web.signed import allow, allow_anyone, be_nobody, me, must_be_me
from lms.web.site import shelf, site, store

pages = Blueprint("offline", __name__)

_HASH = re.compile(r"[0-9a-f]{64}")
GOES = 3
"""How many goes at a quiz a phone can begin before it has to ask for more."""


@pages.get("/sw.js")
@allow_anyone
def worker() -> Response:
    """The script that answers in our place where there is no connection. Its first line changes with the shell."""
    script, page = site().worker, shell().get_data()
    paths = ["/offline", *site().shell(languages.tongue_for(me()).lang)]
    name = hashlib.sha256(page + script.body).hexdigest()[:16]
    head = f"const SHELL = {json.dumps({'name': f'shell-{name}', 'paths': paths})};\n"
    answer = Response(head.encode() + script.body, content_type=script.content_type)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/manifest.webmanifest")
@allow_anyone
def manifest() -> Response:
    """What a phone needs to put the site beside its apps. Its name there says nothing of what is learned."""
    made = {
        "id": "/",
        "name": NAME,
        "short_name": "Learn",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5345",
        "icons": [
            {"src": it.path, "type": "image/png", "sizes": f"{size}x{size}", "purpose": "any maskable"}
            for size, it in site().app_icons.items()
        ],
    }
    answer = Response(json.dumps(made), content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/offline")
@allow_anyone
def shell() -> Response:
    """The page that shows what is kept, where there is no connection: nobody's, in the language of who has the phone.

    Her script asks for it again when somebody with another language is signed in.
    """
    be_nobody(languages.tongue_for(me()).lang)
    return _for_phones(page("offline/shell.html", read_only=False, on_phone=True))


@pages.get("/phone")
@allow_anyone
def phone() -> Response:
    """What is on this phone. Only the phone knows: the page is filled in there."""
    return page("offline/phone.html")


@pages.get("/keep/<release>/<lang>/<module>")
@allow_anyone
def keep(release: str, lang: str, module: str) -> Response:
    """A module as a phone keeps it; `?size=1`: what that weighs, to be asked before."""
    shape = _shown_now(release)
    if shape is None or lang not in shape.plan.langs:
        raise NotFound
    it = kept(shape, lang, module_of(shape.plan, module))
    if "size" in request.args:
        return _json(json.dumps({"bytes": it.nbytes}))
    return _for_phones(_json(it.body))


def _shown_now(release: str) -> Shape | None:
    """The course of a release, as it is shown now: her page may be from before it was published anew."""
    shown = shelf().courses.values()
    if not _HASH.fullmatch(release):
        return None
    of_old = (it for it in shown if site().catalogue.release_by_hash(it.course_id, release))
    return next((it for it in shown if it.hash == release), None) or next(of_old, None)


def _json(body: str | bytes) -> Response:
    return Response(body, content_type="application/json")


def _for_phones(answer: Response) -> Response:
    answer.headers[KEEP] = "yes"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/me/phone/<course>/<release>/<module>")
@allow(Permission.OWN_LEARN)
def place(course: str, release: str, module: str) -> Response:
    """Where she is in a module her phone keeps, and what her next goes at its quiz ask: names and letters, no key."""
    who, shown = must_be_me(), shelf().course(course)
    shape = site().catalogue.release_by_hash(shown.course_id, release) if _HASH.fullmatch(release) else None
    if shape is None:
        raise NotFound
    module_of(shape.plan, module)
    where = progress.where(store(), site().catalogue, shape, who.person_id)
    names = {no: name for no, (its, name) in shape.places.items() if its == module}
    told = {
        "person": who.public_id,
        "db_epoch": db_epoch(store()),
        "done": [name for no, name in names.items() if no in where.state.done | where.state.opened],
        "wrong": {name: tries for no, name in names.items() if (tries := where.state.wrong.get(no))},
        "quiz": _quiz(where, shape, module),
    }
    return _json(json.dumps(told))


def _quiz(where: Where, shape: Shape, module: str) -> dict[str, Any] | None:
    quiz = shape.quiz(module)
    if quiz is None:
        return None
    begun = where.state.attempts.get(quiz.no, {})
    running = [number for number, it in sorted(begun.items()) if not it.finished and it.release_id == shape.release_id]
    numbers = [*running, *_next(where, quiz)]
    return {
        "passed": where.quiz_passed(module),
        "running": running,
        "goes": {number: _go(where, shape, quiz, number, begun.get(number)) for number in numbers},
    }


def _next(where: Where, quiz: QuizShape) -> Iterator[int]:
    begun = where.state.attempts.get(quiz.no, {})
    left = tries_left(where, quiz)
    free = (number for number in count(next_number(where, quiz)) if number not in begun)
    return islice(free, GOES if left is None else min(left, GOES))


def _go(where: Where, shape: Shape, quiz: QuizShape, number: int, begun: Attempt | None) -> dict[str, Any]:
    go = Go(number, draw(where.seed, quiz, number), begun or Attempt(shape.release_id), quiz, shape, where.seed)
    return {
        "asked": [
            {
                "name": shape.places[no][1],
                "letters": go.letters(no, site().catalogue.key(shape, no)),
                "meanings": go.meanings(no),
            }
            for no in go.asked
        ],
        "answered": [shape.places[no][1] for no in go.asked if no in go.attempt.marks],
    }

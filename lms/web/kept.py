"""A form sent after the sign-in ended: kept in the page, done when the same person signs in again.

A view marked `@keeps` takes the person and the form instead of looking for them, so that it can be
called again from the sign-in page with the form that was kept. A form says whose it is; one that says
nobody is a visitor's, or was hers before she became a guest, and makes her one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict

from lms.web.paths import matched
from lms.web.signed import Me, me, must_be_me

Taker = Callable[..., Response]

MOST_LETTERS = 20_000
_NOT_KEPT = frozenset({"csrf_token", "password"})


@dataclass(frozen=True)
class Kept:
    """A form that waits for its person. `person` is her public id."""

    path: str
    person: str
    fields: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return json.dumps([self.path, self.person, self.fields], ensure_ascii=False)


def keeps(take: Taker) -> Callable[..., Response]:
    """A view whose form is worth keeping: it is called with who sent it (None: a visitor) and what it says."""

    @wraps(take)
    def view(**names: str) -> Response:
        return take(must_be_me() if request.form.get("person") else me(), request.form, **names)

    view.take = take  # type: ignore[attr-defined]
    return view


def kept_of_request() -> str:
    """What of this request waits for its person, as a field of the sign-in form; empty for nothing."""
    person = request.form.get("person", "")
    if not person or _taker(request.path) is None:
        return ""
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT)
    return str(Kept(request.path, person, fields))


def is_visitors() -> bool:
    """Whether this request is a form such as visitors are shown, sent by nobody else.

    It carries no token: there is nothing yet that one could be bound to, and a visitor who only reads gets no cookie.
    """
    if request.form.get("person") or _taker(request.path) is None:
        return False
    who = me()
    return who is None or who.guest


def read_kept(text: str) -> Kept | None:
    """The inverse of `str(Kept)`; None for anything else a browser may send."""
    if not text or len(text) > MOST_LETTERS:
        return None
    try:
        path, person, fields = json.loads(text)
        pairs = tuple((name, value) for name, value in fields)
    except (ValueError, TypeError, RecursionError):
        return None
    strings = [path, person, *(part for pair in pairs for part in pair)]
    return Kept(path, person, pairs) if all(isinstance(part, str) for part in strings) else None


def do_kept(who: Me, kept: Kept) -> Response | None:
    """Do what was kept, if it is hers: what it answers, or None."""
    found = _taker(kept.path) if kept.person == who.public_id else None
    if found is None:
        return None
    take, names = found
    answer: Response = take(who, MultiDict(kept.fields), **names)
    return answer


def _taker(path: str) -> tuple[Any, Any] | None:
    found = matched(path, "POST")
    take = getattr(current_app.view_functions[found[0]], "take", None) if found else None
    return (take, found[1]) if found and take else None

"""Addresses of this site given to us by a browser: taken only if they lead to a page of ours.

An address is never judged by how it is written (`//e`, `/\\e`, `https:e` and their kin): it is
matched against the pages there are, and written anew from what matched.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

Found = tuple[str, Mapping[str, str]]


def matched(path: str, method: str = "GET") -> Found | None:
    """The page a path leads to and the names in it; None if it leads to none of ours."""
    if not path.startswith("/") or not path.isprintable():
        return None
    try:
        endpoint, names = current_app.url_map.bind("").match(path, method)
    except (HTTPException, RequestRedirect):
        return None
    return endpoint, names


def next_path(given: str, otherwise: str) -> str:
    """Where to go after signing in: a page of ours, with the step it names, or `otherwise`."""
    path, _, query = given.partition("?")
    found = matched(path)
    if found is None:
        return otherwise
    endpoint, names = found
    step = query.removeprefix("step=") if query.startswith("step=") and "&" not in query else ""
    return current_app.url_map.bind("").build(endpoint, names) + (f"?{urlencode({'step': step})}" if step else "")

"""Addresses of this site given to us by a browser: taken only if they lead to a page of ours.

An address is never judged by how it is written (`//e`, `/\\e`, `https:e` and their kin): it is
matched against the pages there are, and written anew from what matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

Found = tuple[str, Mapping[str, str]]

_LEAVING = "people.leaving"


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
    if found is None or found[0] == _LEAVING:  # nobody signs in to be asked whether to sign out
        return otherwise
    step = query.removeprefix("step=") if query.startswith("step=") and "&" not in query else ""
    return _written(found, {"step": step} if step else {})


def same_path(given: str, otherwise: str) -> str:
    """The page a form stood on, asked for as it was: what it says may follow from all of its address."""
    path, _, query = given.partition("?")
    found = matched(path)
    return _written(found, parse_qsl(query, keep_blank_values=True)) if found else otherwise


def _written(found: Found, query: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    path = current_app.url_map.bind("").build(*found)
    return f"{path}?{urlencode(query, errors='replace')}" if query else path

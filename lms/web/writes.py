"""That a write comes from a page of ours: where it was sent from, and the token of its form.

The one file that knows Flask-WTF. The token lives as long as the sign-in it is bound to; a page
that has been open since yesterday still works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from lms.errors import Forbidden
from lms.web.kept import kept_of_request
from lms.web.signed import SignInNeeded, me

View = TypeVar("View", bound=Callable[..., object])

READS = frozenset({"GET", "HEAD", "OPTIONS"})
STALE = "This page has been open too long to be sent. Go back, reload it, and send it again."
FOREIGN = "That came from another website, so we did nothing."

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_csrf = CSRFProtect()


def install(app: Flask, public_url: str) -> None:
    """Refuse every write that is not ours, before any page sees it."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # `Origin` is looked at below, for every method and both schemes
        WTF_CSRF_CHECK_DEFAULT=False,  # asked for below, after the origin
    )
    _csrf.init_app(app)
    is_ours = _origins(public_url)

    @app.before_request
    def check() -> None:
        if request.method in READS:
            return
        _check_origin(is_ours)
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and not getattr(view, "takes_json", False):
            check_token()


def check_token() -> None:
    """Refuse a form without the token of this sign-in; one whose sign-in has ended waits for its person."""
    try:
        _csrf.protect()
    except CSRFError as error:
        # Signing out took the token too. Where the form comes from was looked at before.
        if request.headers.get("Origin") and kept_of_request() and me() is None:
            raise SignInNeeded from error
        raise Forbidden(STALE) from error


def takes_json(view: View) -> View:
    """A view for software, not forms: no token, but an `Origin` of ours must be there."""
    view.takes_json = True  # type: ignore[attr-defined]
    return view


def check_origin_given() -> None:
    """Refuse what does not say where it comes from."""
    if not request.headers.get("Origin"):
        raise Forbidden(FOREIGN)


def _check_origin(is_ours: Callable[[str], bool]) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and not is_ours(origin):
        raise Forbidden(FOREIGN)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden(FOREIGN)


def _origins(public_url: str) -> Callable[[str], bool]:
    """Whether an origin is ours. On one's own machine 127.0.0.1 and localhost are the same place."""
    if urlsplit(public_url).hostname not in _LOOPBACK:
        return public_url.__eq__
    return lambda origin: origin in (public_url, f"http://{request.host}")


def trusted_hosts(public_url: str) -> list[str]:
    """The names this site answers to (a name an attacker points at us is not one)."""
    name = urlsplit(public_url).hostname or ""
    return list(_LOOPBACK) if name in _LOOPBACK else [name]

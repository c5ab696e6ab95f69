"""That a write comes from a page of ours: where it was sent from, and the token of its form.

The one file that knows Flask-WTF. The token lives as long as the sign-in it is bound to; a page
that has been open since yesterday still works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from lms.errors import N_, Forbidden
from lms.web.kept import is_visitors, kept_of_request
from lms.web.signed import Nobody, SignInNeeded, me

View = TypeVar("View", bound=Callable[..., object])

READS = frozenset({"GET", "HEAD", "OPTIONS"})
STALE = N_("This page has been open too long to be sent. Go back, reload it, and send it again.")
FOREIGN = N_("That came from another website, so we did nothing.")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_AROUND = 4_096
"""Bytes of a form beside its file."""
_csrf = CSRFProtect()


def install(app: Flask, public_url: str) -> None:
    """Refuse every write that is not ours, before any page sees it."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # `Origin` is looked at below, for every method and both schemes
        WTF_CSRF_CHECK_DEFAULT=False,  # asked for below, after the origin
    )
    _csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = _token
    is_ours = _origins(public_url)

    @app.before_request
    def check() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if request.method in READS or getattr(view, "takes_from_anywhere", False):
            return
        _check_origin(is_ours)
        request.max_content_length = getattr(view, "takes_bytes", request.max_content_length)
        has_key = getattr(view, "has_key", False) and request.headers.get("Origin")
        if view is not None and not has_key and not getattr(view, "takes_json", False):
            check_token()


def _token() -> str:
    """The token a form is sent with; none in a page that is nobody's, which is never sent as a form."""
    return "" if isinstance(me(), Nobody) else generate_csrf()


def check_token() -> None:
    """Refuse a form without the token of this sign-in. One whose sign-in has ended waits for its person."""
    try:
        _csrf.protect()
    except CSRFError as error:
        # Signing out took the token too, and a visitor has none. Where the form comes from was looked at before.
        if request.headers.get("Origin") and is_visitors():
            return
        if request.headers.get("Origin") and kept_of_request() and me() is None:
            raise SignInNeeded from error
        raise Forbidden(STALE) from error


def takes_json(view: View) -> View:
    """A view for software, not forms: no token, but an `Origin` of ours must be there."""
    view.takes_json = True  # type: ignore[attr-defined]
    return view


def has_key(view: View) -> View:
    """A view whose address is the key to one thing, the same whoever is signed in: with an `Origin` of ours no token.

    So it works where no cookie is kept. Who can send its form knows the key, and another site's page does not.
    """
    view.has_key = True  # type: ignore[attr-defined]
    return view


def takes_from_anywhere(view: View) -> View:
    """A view that a mail program may post to, from wherever it is (RFC 8058): no token, and no `Origin` looked at.

    Only for what is bound to a secret in its address and does one harmless thing, the same whoever is signed in.
    """
    view.takes_from_anywhere = True  # type: ignore[attr-defined]
    return view


def takes_up_to(nbytes: int) -> Callable[[View], View]:
    """A view that is sent a file: it may take so many bytes, more than any other form."""

    def marked(view: View) -> View:
        view.takes_bytes = nbytes + _AROUND  # type: ignore[attr-defined]
        return view

    return marked


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

"""Who is signed in, and what she may do here: the one file that knows Flask-Login.

The cookie holds `person.token` and nothing else; the sign-in itself is a row, so ending it there
ends it everywhere at once. Flask-Login's own remembering and its protection by address stay off:
the first can't be revoked, the second signs a phone out when it goes from Wi-Fi to mobile data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from lms.errors import Forbidden, LmsError
from lms.learning.people import Permission
from lms.services import people
from lms.services.people import SignedIn, Token
from lms.web.site import now_ms, store

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
"""What a page that needs no sign-in allows."""


_LOOKS = ("text", "colours", "contrast", "pictures")


class SignInNeeded(LmsError):
    """A page for someone signed in, asked for by nobody. Not an error of hers: she is asked to sign in."""

    status = 401
    sentence = "Sign in first, and we will take you there."


class Me:
    """The person of this request, and the sign-in she came by."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, signed: SignedIn, token: str) -> None:
        self.signed = signed
        self.token = token
        self.person_id = signed.person_id
        self.public_id = signed.public_id
        self.name = signed.display_name
        self.wishes = signed.wishes

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.person_id}.{self.token}"

    def may(self, permission: Permission) -> bool:
        """Whether she may do a thing somewhere; where exactly is for the service to say."""
        return self.signed.may(permission, now_ms())

    @property
    def looks(self) -> dict[str, str]:
        """Her wishes for how pages look, as attributes of `<html>`."""
        return {f"data-{wish}": self.wishes[wish] for wish in _LOOKS if self.wishes.get(wish)}

    @property
    def wants_pictures(self) -> bool:
        return self.wishes.get("pictures") != "out"


def cookie_name(public_url: str) -> str:
    """A `__Host-` cookie can't be planted by a neighbouring site; over plain http browsers refuse the name.

    There the port is in the name: cookies know none, and copies on one machine would sign each other out.

    >>> cookie_name("https://learn.example.org"), cookie_name("http://127.0.0.1:8001")
    ('__Host-lms', 'lms-8001')
    """
    address = urlsplit(public_url)
    return "__Host-lms" if address.scheme == "https" else f"lms-{address.port or 80}"


def install(app: Flask, public_url: str) -> None:
    """Set the session's cookie and Flask-Login up."""
    secure = public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME=cookie_name(public_url),
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        # How long the browser keeps it. Whether it still opens anything is decided by the row.
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
    )
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(_load)


def _load(cookie: str) -> Me | None:
    person_id, _, token = cookie.partition(".")
    if not (person_id.isascii() and person_id.isdigit()):
        return None
    signed = people.signed_in(store(), int(person_id), token, now_ms())
    return Me(signed, token) if signed else None


def me() -> Me | None:
    """Who is signed in, asked of the database once a request."""
    if "me" not in g:
        g.me = current_user._get_current_object() if current_user.is_authenticated else None
    found: Me | None = g.me
    return found


def must_be_me() -> Me:
    """Who is signed in, on a page that needs it."""
    who = me()
    if who is None:
        raise SignInNeeded
    return who


def enter(token: Token) -> Me:
    """Sign a person in on this device. Nothing of the session before is kept: a planted one would be."""
    session.clear()
    session.permanent = True
    g.me = _load(f"{token.person_id}.{token.secret}")
    login_user(must_be_me())
    return must_be_me()


def leave() -> None:
    """Sign out here: the row goes, then the cookie."""
    who = me()
    if who is not None:
        people.sign_out(store(), who.person_id, who.token)
    logout_user()
    session.clear()
    g.me = None


def allow(permission: Permission) -> Callable[[View], View]:
    """A page for people who may do a thing. Every page says this or `allow_anyone`; a test looks."""

    def marked(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not must_be_me().may(permission):
                raise Forbidden
            return view(*args, **kwargs)

        checked.allows = permission  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return marked


def allow_anyone(view: View) -> View:
    """A page for everyone, signed in or not."""
    view.allows = ANYONE  # type: ignore[attr-defined]
    return view

"""Who is signed in, and what she may do here: the one file that knows Flask-Login.

The cookie holds `person.token` and nothing else about her; the sign-in itself is a row, so ending it there
ends it everywhere at once. Flask-Login's own remembering and its protection by address stay off:
the first can't be revoked, the second signs a phone out when it goes from Wi-Fi to mobile data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, current_app, g, redirect, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from lms.errors import Forbidden, LmsError
from lms.learning.days import DAY_MS
from lms.learning.people import Permission
from lms.services import devices, people
from lms.services.people import SignedIn, Token
from lms.web.site import now_ms, site, store

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
"""What a page that needs no sign-in allows."""


_LOOKS = ("text", "colours", "contrast", "spacing", "motion", "pictures")
VISITORS_LOOKS = "looks"
"""In the cookie of somebody who is not signed in."""


_LONGEST_COOKIE = 400 * 24 * 3600
"""Seconds: browsers keep none longer."""


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
        self.guest = signed.guest
        self.others = signed.others

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.person_id}.{self.token}"

    def may(self, permission: Permission) -> bool:
        """Whether she may do a thing somewhere; where exactly is for the service to say."""
        return self.signed.may(permission, now_ms())


class Nobody(Me):
    """Who a page is made for that a phone keeps: a learner of whom nothing is known, nothing kept and nothing shown."""

    def __init__(self, words: str = "") -> None:
        self.person_id = 0  # nobody's: `people` makes none
        self.public_id = self.name = ""
        self.wishes = {people.WORDS_WISH: words}
        self.guest = False
        self.others = ()

    def may(self, permission: Permission) -> bool:  # noqa: ARG002
        """Nothing: where this page is read there is nobody to ask."""
        return False


def visitors_looks() -> dict[str, str]:
    """How pages look to whoever is not signed in on this phone."""
    found: dict[str, str] = session.get(VISITORS_LOOKS, {})
    return found


def looks_of(who: Me | None) -> dict[str, str]:
    """How pages look to her, or to a visitor, as attributes of `<html>`."""
    wishes = who.wishes if who else visitors_looks()
    return {f"data-{wish}": wishes[wish] for wish in _LOOKS if wishes.get(wish)}


def wants_pictures() -> bool:
    """Whether whoever asks for this page wants pictures with it."""
    return "data-pictures" not in looks_of(me())


def be_nobody(words: str = "") -> None:
    """From here on this request is nobody's, whoever sent it. `words`: the language it is answered in all the same."""
    g.me = Nobody(words)


def cookie_name(public_url: str) -> str:
    """A `__Host-` cookie can't be planted by a neighbouring site; over plain http browsers refuse the name.

    There the port is in the name: cookies know none, and copies on one machine would sign each other out.

    >>> cookie_name("https://learn.example.org"), cookie_name("http://127.0.0.1:8001")
    ('__Host-lms', 'lms-8001')
    """
    address = urlsplit(public_url)
    return "__Host-lms" if address.scheme == "https" else f"lms-{address.port or 80}"


def install(app: Flask, public_url: str) -> None:
    """Set the session's cookie, the phone's and Flask-Login up."""
    secure = public_url.startswith("https://")
    app.config.update(
        PHONE_COOKIE_NAME=f"{cookie_name(public_url)}-phone",
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
    if signed and signed.guest and session.get("day") != now_ms() // DAY_MS:
        session["day"] = now_ms() // DAY_MS  # sends the cookie anew: she has nothing else to come back with
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


def must_have_account() -> Me:
    """Who is signed in, where a guest has nothing to change."""
    who = must_be_me()
    if who.guest:
        raise Forbidden("Make an account first. All you did on this phone stays yours.")
    return who


def enter(token: Token) -> Me:
    """Sign a person in on this device. Nothing of the session before is kept: a planted one would be."""
    session.clear()
    session.permanent = True
    g.me = _load(f"{token.person_id}.{token.secret}")
    login_user(must_be_me())
    return must_be_me()


def phone() -> str:
    """The secret this phone is known by; empty for one that remembers nobody."""
    if "phone" not in g:
        g.phone = request.cookies.get(current_app.config["PHONE_COOKIE_NAME"], "")
    found: str = g.phone
    return found


def keep_phone() -> str:
    """The same, for a phone that is to remember somebody: its cookie is set, or set anew, for as long as one may be."""
    secret = g.phone = phone() or devices.new_secret()

    @after_this_request
    def keep(response: Response) -> Response:
        config = current_app.config
        how = {"secure": config["SESSION_COOKIE_SECURE"], "httponly": True, "samesite": "Lax", "path": "/"}
        response.set_cookie(config["PHONE_COOKIE_NAME"], secret, max_age=_LONGEST_COOKIE, **how)
        return response

    return secret


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
            if _lacks_second_step(permission):
                return redirect("/me/second", HTTPStatus.SEE_OTHER)
            return view(*args, **kwargs)

        checked.allows = permission  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return marked


def _lacks_second_step(permission: Permission) -> bool:
    """Whether a page is for people with a role, who must take a second step here, and she takes none."""
    return permission is not Permission.OWN_LEARN and site().settings.staff_second and not must_be_me().signed.second


def allow_anyone(view: View) -> View:
    """A page for everyone, signed in or not."""
    view.allows = ANYONE  # type: ignore[attr-defined]
    return view

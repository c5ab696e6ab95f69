"""Coming in and going out: signing up, signing in, a code, an invitation, signing out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from wtforms import HiddenField, PasswordField, StringField

from lms.errors import Refused, TooManyTries
from lms.services import codes, people
from lms.services.people import Token
from lms.services.throttles import home_of
from lms.web.buckets import limits
from lms.web.forms import Form, adult_field
from lms.web.kept import do_kept, kept_of_request, read_kept
from lms.web.menus import start_of
from lms.web.pages import page, see_other
from lms.web.paths import next_path
from lms.web.signed import Me, SignInNeeded, allow_anyone, enter, leave
from lms.web.site import now_ms, store

pages = Blueprint("people", __name__)

_NAME = {"autocomplete": "nickname", "maxlength": 80}
_USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40}
_NEW = {"autocomplete": "new-password", "maxlength": 128}
_KNOWN = {"autocomplete": "current-password", "maxlength": 200}
_CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 20}


class SignUp(Form):
    """What an account needs. No e-mail, no birthday."""

    name = StringField("What should we call you?", render_kw=_NAME)
    username = StringField("Make up a user name", render_kw=_USERNAME)
    password = PasswordField("Make up a password", render_kw=_NEW)
    adult = adult_field()
    next = HiddenField()


class Invited(Form):
    """What an invited person adds to her invitation."""

    name = StringField("What should we call you?", render_kw=_NAME)
    username = StringField("Make up a user name", render_kw=_USERNAME)
    password = PasswordField("Make up a password", render_kw=_NEW)
    adult = adult_field()


class SignIn(Form):
    """A user name and a password. `kept`: a form that waits for its person."""

    username = StringField("User name", render_kw=_USERNAME)
    password = PasswordField("Password", render_kw=_KNOWN)
    next = HiddenField()
    kept = HiddenField()


class Code(Form):
    """A code somebody gave her."""

    code = StringField("Your code", render_kw=_CODE)


@pages.get("/sign-up")
@allow_anyone
def sign_up() -> Response:
    """The form for a new account."""
    return page("people/sign-up.html", form=SignUp(next=request.args.get("next", "")))


@pages.post("/sign-up")
@allow_anyone
def signed_up() -> Response:
    """Make the account and sign it in."""
    form = SignUp(request.form)

    def make() -> Token:
        said = (form.name.data or "", form.username.data or "", form.password.data or "", form.adult.data or "")
        return people.sign_up(store(), *said, "en", now_ms())

    return _come_in(form, "people/sign-up.html", lambda: _counted(make), form.next.data or "")


def _counted(make: Callable[[], Token]) -> Token:
    """Make an account, unless its address has made a great many. What is refused was cheap and does not count."""
    bucket, home = limits().sign_ups, home_of(request.remote_addr or "")
    wait = bucket.take(home, now_ms())
    if wait:
        raise TooManyTries(wait, "Many people signed up here just now. Wait {wait}, then send it again.")
    try:
        return make()
    except Refused:
        bucket.give_back(home)
        raise


@pages.get("/sign-in")
@allow_anyone
def sign_in() -> Response:
    """The form to sign in."""
    return page("people/sign-in.html", form=SignIn(next=request.args.get("next", "")))


@pages.post("/sign-in")
@allow_anyone
def signed_in() -> Response:
    """Sign in, and do what was waiting for her."""
    form = SignIn(request.form)

    def check() -> Token:
        name, password = form.username.data or "", form.password.data or ""
        return people.sign_in(store(), name, password, request.remote_addr or "", now_ms())

    return _come_in(form, "people/sign-in.html", check, form.next.data or "", form.kept.data or "")


@pages.get("/sign-in/code")
@allow_anyone
def code() -> Response:
    """The form for a code."""
    return page("people/code.html", form=Code())


@pages.post("/sign-in/code")
@allow_anyone
def code_used() -> Response:
    """Sign in by a code, once."""
    form = Code(request.form)
    return _come_in(
        form,
        "people/code.html",
        lambda: codes.use_code(store(), form.code.data or "", request.remote_addr or "", now_ms()),
    )


@pages.get("/invite/<code>")
@allow_anyone
def invite(code: str) -> Response:
    """What an invitation offers, and the form to take it."""
    return page("people/invite.html", form=Invited(), invitation=codes.look_at_invite(store(), code, now_ms()))


@pages.post("/invite/<code>")
@allow_anyone
def invited(code: str) -> Response:
    """Make the invited person's account and sign it in."""
    form = Invited(request.form)
    invitation = codes.look_at_invite(store(), code, now_ms())

    def accept() -> Token:
        said = (form.name.data or "", form.username.data or "", form.password.data or "")
        return codes.accept_invite(store(), code, *said, now_ms(), form.adult.data or "")

    return _come_in(form, "people/invite.html", accept, invitation=invitation)


@pages.post("/sign-out")
@allow_anyone
def sign_out() -> Response:
    """Sign out on this device."""
    leave()
    return see_other("/")


def _come_in(
    form: Form, template: str, token: Callable[[], Token], where: str = "", waiting: str = "", **shown: object
) -> Response:
    """Sign in with a token, or show the form again with what must be put right."""
    try:
        who = enter(token())
    except Refused as refused:
        form.refuse(refused)
        return page(template, 422, form=form, **shown)
    except TooManyTries as wait:
        form.form_errors.append(wait.sentence)
        answer = page(template, wait.status, form=form, **shown)
        answer.headers["Retry-After"] = str(wait.wait)
        return answer
    return _do_waiting(who, waiting) or see_other(next_path(where, start_of(who)))


def _do_waiting(who: Me, waiting: str) -> Response | None:
    """What a kept form answers, or None where none waits or it is somebody else's."""
    kept = read_kept(waiting)
    return do_kept(who, kept) if kept else None


@pages.app_errorhandler(SignInNeeded)
def sign_in_needed(_error: SignInNeeded) -> Response:
    """Ask to sign in: a page is shown afterwards, a form is kept and then sent."""
    if request.method == "POST":
        form = SignIn(kept=kept_of_request(), next="")
        return page("people/sign-in.html", 401, form=form)
    asked = urlencode({"next": request.full_path.rstrip("?")})
    return see_other(f"/sign-in?{asked}")

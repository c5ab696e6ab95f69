"""Coming in and going out: signing up, signing in, a code, an invitation, signing out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from wtforms import HiddenField, PasswordField, RadioField, StringField

from lms.errors import Refused, TooManyTries
from lms.services import codes, guests, people
from lms.services.people import Token
from lms.services.pins import Pin
from lms.services.throttles import home_of
from lms.web.buckets import limits
from lms.web.entering import come_in
from lms.web.forms import NEW_PIN, Form, adult_field, choices, label
from lms.web.kept import kept_of_request
from lms.web.pages import page, see_other
from lms.web.saying import _
from lms.web.signed import SignInNeeded, allow_anyone, keep_phone, leave, me, phone
from lms.web.site import now_ms, store

pages = Blueprint("people", __name__)

_NAME = {"autocomplete": "nickname", "maxlength": 80}
_USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40}
_NEW = {"autocomplete": "new-password", "maxlength": 128}
_KNOWN = {"autocomplete": "current-password", "maxlength": 200}
_CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 20}


class SignUp(Form):
    """What an account needs. No e-mail, no birthday."""

    name = StringField(label("What should we call you?"), render_kw=_NAME)
    username = StringField(label("Make up a user name"), render_kw=_USERNAME)
    way = RadioField(
        label("How do you want to get back in?"),
        choices=choices({"password": _("With a password"), "pin": _("With a PIN on this phone")}),
        default="password",
        validate_choice=False,
    )
    password = PasswordField(label("Make up a password"), render_kw=_NEW)
    pin = PasswordField(label("Make up a PIN"), render_kw=NEW_PIN)
    adult = adult_field()
    next = HiddenField()

    def secret(self) -> str | Pin:
        """What is to let her in: what she chose, or what she filled in where that is the other one."""
        password, pin = self.password.data or "", self.pin.data or ""
        by_pin = bool(pin) if bool(pin) != bool(password) else self.way.data == "pin"
        return Pin(pin, keep_phone()) if by_pin else password


class Invited(Form):
    """What an invited person adds to her invitation."""

    name = StringField(label("What should we call you?"), render_kw=_NAME)
    username = StringField(label("Make up a user name"), render_kw=_USERNAME)
    password = PasswordField(label("Make up a password"), render_kw=_NEW)
    adult = adult_field()


class SignIn(Form):
    """A user name and a password. `kept`: a form that waits for its person."""

    username = StringField(label("User name"), render_kw=_USERNAME)
    password = PasswordField(label("Password"), render_kw=_KNOWN)
    next = HiddenField()
    kept = HiddenField()


class Code(Form):
    """A code somebody gave her."""

    code = StringField(label("Your code"), render_kw=_CODE)


@pages.get("/sign-up")
@allow_anyone
def sign_up() -> Response:
    """The form for a new account. Who has learned as a guest keeps it all."""
    return page("people/sign-up.html", form=SignUp(next=request.args.get("next", "")))


@pages.post("/sign-up")
@allow_anyone
def signed_up() -> Response:
    """Make the account and sign it in."""
    form = SignUp(request.form)

    def make() -> Token:
        said = (form.name.data or "", form.username.data or "", form.secret(), form.adult.data or "")
        who = me()
        return people.sign_up(store(), *said, "en", now_ms(), guest_id=who.person_id if who and who.guest else None)

    return come_in(form, "people/sign-up.html", lambda: _counted(make), form.next.data or "")


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
    return _sign_in(SignIn(next=request.args.get("next", "")))


def _sign_in(form: SignIn, status: int = 200) -> Response:
    return page("people/sign-in.html", status, form=form, shared=bool(phone()))


@pages.post("/sign-in")
@allow_anyone
def signed_in() -> Response:
    """Sign in, and do what was waiting for her."""
    form = SignIn(request.form)

    def check() -> Token:
        name, password = form.username.data or "", form.password.data or ""
        return people.sign_in(store(), name, password, request.remote_addr or "", now_ms())

    waiting = form.kept.data or ""
    return come_in(form, "people/sign-in.html", check, form.next.data or "", waiting, shared=bool(phone()))


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
    return come_in(
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

    return come_in(form, "people/invite.html", accept, invitation=invitation)


@pages.get("/sign-out")
@allow_anyone
def leaving() -> Response:
    """What signing out means: a guest can't come back to what she did."""
    return page("people/sign-out.html")


@pages.post("/sign-out")
@allow_anyone
def sign_out() -> Response:
    """Sign out on this device. What a guest did goes at once: nobody could come back to it."""
    who = me()
    if who and who.guest:
        if "lose" not in request.form:  # a form from before she was a guest, or of another page
            return see_other("/sign-out")
        guests.erase(store(), who.signed, now_ms())
    leave()
    return see_other("/")


@pages.app_errorhandler(SignInNeeded)
def sign_in_needed(_error: SignInNeeded) -> Response:
    """Ask to sign in: a page is shown afterwards, a form is kept and then sent."""
    if request.method == "POST":
        return _sign_in(SignIn(kept=kept_of_request(), next=""), 401)
    asked = urlencode({"next": request.full_path.rstrip("?")})
    return see_other(f"/sign-in?{asked}")

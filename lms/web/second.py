"""The second step of signing in: taking it, and setting it up, changing it and turning it off."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import StringField

from lms.errors import Forbidden, Refused, TooManyTries
from lms.learning import totp
from lms.learning.people import Permission
from lms.services import people, second
from lms.settings import NAME
from lms.web.entering import SecondStep, come_in, half_sign_in
from lms.web.forms import CODE_NOW, Form, label
from lms.web.pages import page, see_other
from lms.web.scan import scan
from lms.web.signed import Me, allow, allow_anyone, enter, must_have_account
from lms.web.site import now_ms, site, store

pages = Blueprint("second", __name__)


class Typed(Form):
    """What her app shows, or a code on paper."""

    code = StringField(label("What the app shows now"), render_kw=CODE_NOW)


@pages.get("/sign-in/second")
@allow_anyone
def step() -> Response:
    """The form for the second step; without a first one there is nothing to add to."""
    if half_sign_in() is None:
        return see_other("/sign-in")
    return page("people/second.html", form=SecondStep(next=request.args.get("next", "")))


@pages.post("/sign-in/second")
@allow_anyone
def taken() -> Response:
    """Take the second step, and do what was waiting for her."""
    half, form = half_sign_in(), SecondStep(request.form)
    if half is None:
        return see_other("/sign-in")

    def check() -> people.Token:
        typed, address = form.code.data or "", request.remote_addr or ""
        return second.pass_(store(), half, typed, site().settings.secret_key, address, now_ms())

    return come_in(form, "people/second.html", check, form.next.data or "", form.kept.data or "")


@pages.get("/me/second")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """How it stands with her second step, and what she can do about it."""
    return _mine(must_have_account(), Typed())


def _mine(who: Me, form: Typed, status: int = 200) -> Response:
    must = site().settings.staff_second and bool(who.signed.roles)
    if who.signed.second:
        return page("me/second.html", status, form=form, must=must, paper=second.of(store(), who.person_id).paper)
    if not second.waits(store(), who.person_id):
        return page("me/second-off.html", status, must=must)
    key = second.begin(store(), who.signed, site().settings.secret_key)
    address = totp.address_of(key, NAME, who.signed.username)
    return page("me/second-new.html", status, form=form, key=totp.spelled(key), address=address, scan=scan(address))


@pages.post("/me/second")
@allow(Permission.OWN_LEARN)
def changed() -> Response:
    """Begin, confirm, make other codes on paper, or turn it off."""
    who, form = must_have_account(), Typed(request.form)
    typed, secret, address = form.code.data or "", site().settings.secret_key, request.remote_addr or ""
    try:
        match request.form.get("act"):
            case "begin":
                second.begin(store(), who.signed, secret)
            case "confirm":
                token, paper = second.confirm(store(), who.signed, typed, secret, now_ms())
                enter(token)
                return page("me/second-paper.html", paper=paper, new=True)
            case "paper":
                paper = second.renew_paper(store(), who.signed, typed, secret, address, now_ms())
                return page("me/second-paper.html", paper=paper, new=False)
            case "off":
                if site().settings.staff_second and who.signed.roles:
                    raise Forbidden("Whoever has a role here needs the second step. It stays on.")
                second.turn_off(store(), who.signed, typed, secret, address, now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="code")
        return _mine(who, form, refused.status)
    return see_other("/me/second")

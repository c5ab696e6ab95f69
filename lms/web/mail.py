"""Her email address and reminders; and the two pages that links in letters lead to.

Those two are for whoever has the link, signed in or not, and say of nobody that she is here. Opening one changes
nothing, because mail programs open links by themselves: a button does.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import RadioField, StringField

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.mail import MESSAGE_TERMS, TERMS
from lms.learning.people import Permission
from lms.services import mail
from lms.services.people import SignedIn
from lms.web.forms import Form, choices, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import _
from lms.web.signed import allow, allow_anyone, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.writes import takes_from_anywhere

pages = Blueprint("mail", __name__)


class Address(Form):
    """Where to write to."""

    address = StringField(
        label("Your email address"),
        render_kw={
            "type": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false", "maxlength": 254,
        },
    )  # fmt: skip


_DAYS = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}


class Day(Form):
    """When to write."""

    day = RadioField(label("On which day?"), choices=choices(_DAYS), validate_choice=False)


@pages.get("/me/mail")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """Her address and when she is reminded. Where no mail is sent, only what there is to take away."""
    return _mine()


@pages.post("/me/mail")
@allow(Permission.OWN_LEARN)
def sent() -> Response:
    """Do what one of the forms says."""
    who = _account()
    match request.form.get("act"):
        case "ask" if site().settings.smtp:
            return _ask(who)
        case "day" if site().settings.smtp:
            return _remind(who)
        case "tell" if site().settings.smtp:
            return _tell(who)
        case "quiet":
            mail.tell_no_more(store(), who, now_ms())
            return see_other("/me/mail?quiet=1")
        case "stop":
            mail.stop(store(), who, now_ms())
            return see_other("/me/mail?stopped=1")
        case "remove":
            mail.remove(store(), who, now_ms())
            return see_other("/me/mail?removed=1")
        case _:
            raise NotFound


def _account() -> SignedIn:
    """Who is signed in, where she has an account: a guest could not come back to it."""
    who = must_be_me()
    if who.guest:
        raise Forbidden("Make an account first. All you did on this phone stays yours.")
    return who.signed


def _ask(who: SignedIn) -> Response:
    form = Address(request.form)
    try:
        mail.ask(store(), who, form.address.data or "", event_id_of(request.form), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _mine(address=form, status=422)
    return see_other("/me/mail?asked=1")


def _remind(who: SignedIn) -> Response:
    form = Day(request.form)
    try:
        mail.remind(store(), who, form.day.data or "", now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _mine(day=form, status=422)
    return see_other("/me/mail?saved=1")


def _tell(who: SignedIn) -> Response:
    form = Address()
    try:
        mail.tell(store(), who, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _mine(address=form, status=422)
    return see_other("/me/mail?saved=1")


def _mine(address: Address | None = None, day: Day | None = None, status: int = 200) -> Response:
    found = mail.of(store(), _account(), now_ms())
    said = next((it for it in ("asked", "saved", "stopped", "quiet", "removed") if it in request.args), "")
    return page(
        "mail/mine.html",
        status,
        mine=found,
        address=address or Address(),
        day=day or Day(day=found.day or None),
        event_id=new_event_id(),
        terms=_(TERMS),
        message_terms=_(MESSAGE_TERMS),
        days=_DAYS,
        offered=site().settings.smtp is not None,
        said=said,
    )


@pages.get("/mail/confirm/<code>")
@allow_anyone
def confirm(code: str) -> Response:
    """Is that address yours? The button says yes."""
    mail.look_at_link(store(), code, now_ms())
    return page("mail/confirm.html", code=code, done=False, form=Form())


@pages.post("/mail/confirm/<code>")
@allow_anyone
def confirmed(code: str) -> Response:
    """It is."""
    form = Form()
    try:
        mail.confirm(store(), code, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return page("mail/confirm.html", refused.status, code=code, done=False, form=form)
    return page("mail/confirm.html", code=code, done=True, form=form)


@pages.get("/mail/stop/<code>")
@allow_anyone
def stop(code: str) -> Response:
    """No more letters? The button says yes."""
    mail.look_at_stop(store(), code)
    return page("mail/stop.html", code=code, done=False)


@pages.post("/mail/stop/<code>")
@allow_anyone
@takes_from_anywhere
def stopped(code: str) -> Response:
    """No more letters, from now on; twice is once. A mail program may post here by itself, where she tells it to."""
    mail.stop_by(store(), code, now_ms())
    return page("mail/stop.html", code=code, done=True)

"""Complaints about what is held about somebody: the form for anybody, what became of one, the list of who answers."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import StringField, TextAreaField

from lms.errors import NotFound, Refused, TooManyTries
from lms.learning.people import Permission
from lms.services import complaints
from lms.services.throttles import home_of
from lms.web.buckets import limits
from lms.web.forms import Form, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words
from lms.web.signed import allow, allow_anyone, me, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import day_of, on

pages = Blueprint("complaints", __name__)


class Complain(Form):
    """What went wrong, and how she wants to be told."""

    body = TextAreaField(label("What went wrong?"), render_kw={"rows": 6, "maxlength": complaints.LONGEST})
    reach = StringField(label("How can we reach you?"), render_kw={"maxlength": complaints.LONGEST_REACH})


class Answer(Form):
    """What was done."""

    said = TextAreaField(
        label("What was done, or what you found"), render_kw={"rows": 3, "maxlength": complaints.LONGEST}
    )


@pages.get("/complaints")
@allow_anyone
def form() -> Response:
    """The form; with `?number=` on to what became of one."""
    number = request.args.get("number", "").strip()
    if number:
        return see_other(f"/complaints/{complaints.plain_number(number)}")
    return _form(Complain())


def _form(form: Complain, status: int = 200) -> Response:
    event_id = request.form.get("event_id") or str(new_event_id())
    return page("complaints/form.html", status, form=form, event_id=event_id)


@pages.post("/complaints")
@allow_anyone
def sent() -> Response:
    """Keep a complaint, and go on to its number."""
    form, who = Complain(request.form), me()
    said = (event_id_of(request.form), form.body.data or "", form.reach.data or "")
    home = home_of(request.remote_addr or "")
    wait = limits().complaints.take(home, now_ms())
    if wait:
        raise TooManyTries(wait, "Many complaints came from here just now. Wait {wait}, then send it again.")
    try:
        number = complaints.send(store(), who.signed if who else None, *said, now_ms())
    except Refused as refused:
        limits().complaints.give_back(home)
        form.refuse(refused)
        return _form(form, 422)
    return see_other(f"/complaints/{number}?sent=1")


@pages.get("/complaints/<number>")
@allow_anyone
def one(number: str) -> Response:
    """What became of a complaint. Who asks for many that are none waits."""
    home = home_of(request.remote_addr or "")
    wait = limits().numbers.take(home, now_ms())
    if wait:
        raise TooManyTries(wait)
    found = complaints.look(store(), number)
    limits().numbers.give_back(home)
    return page("complaints/one.html", it=found, sent="sent" in request.args, day=_day)


@pages.get("/admin/complaints")
@allow(Permission.COMPLAINT_ANSWER)
def every() -> Response:
    """All of them, with what was done and when."""
    return _every(Answer(), "")


def _every(form: Answer, about: str, status: int = 200) -> Response:
    found = complaints.every(store(), must_be_me().signed, now_ms())
    shown = {"form": form, "about": about, "event_id": new_event_id, "day": _day}
    return page("complaints/every.html", status, found=found, **shown, staff=True, tab="/admin")


@pages.post("/admin/complaints/<number>")
@allow(Permission.COMPLAINT_ANSWER)
def answered(number: str) -> Response:
    """Note what was done; with `act` closed, nothing more is to be."""
    form, who, act = Answer(request.form), must_be_me().signed, request.form.get("act")
    if act not in ("did", "closed"):
        raise NotFound
    step_id, said = event_id_of(request.form), form.said.data or ""
    try:
        complaints.answer(store(), who, number, step_id, said, closes=act == "closed", at_ms=now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _every(form, number, 422)
    return see_other("/admin/complaints")


def _day(at_ms: int) -> Words:
    return on(day_of(at_ms, site().settings.timezone))

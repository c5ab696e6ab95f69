"""Passing a worry to the safeguarding lead, in one press; and the lead's list of what was passed on."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from wtforms import TextAreaField

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services import concerns
from lms.services.concerns import LONGEST
from lms.web.forms import Form, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, store, zone
from lms.web.words import at_time

pages = Blueprint("concerns", __name__)

_TYPED = {"rows": 4, "maxlength": LONGEST}


class Worry(Form):
    """What it is, in words or none."""

    words = TextAreaField(label("What is it? You can leave this empty"), render_kw=_TYPED)


class Done(Form):
    """What was done about it."""

    words = TextAreaField(label("What was done?"), render_kw=_TYPED)


@pages.get("/me/concern")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """The form for a worry about herself."""
    return _form("", Worry())


@pages.post("/me/concern")
@allow(Permission.OWN_LEARN)
def mine_sent() -> Response:
    """Pass it on."""
    return _pass_on("", "/me/concern")


@pages.get("/concern/<public_id>")
@allow(Permission.OWN_LEARN)
def about(public_id: str) -> Response:
    """The form for a worry about somebody she sees."""
    return _form(public_id, Worry())


@pages.post("/concern/<public_id>")
@allow(Permission.OWN_LEARN)
def sent(public_id: str) -> Response:
    """Pass it on."""
    return _pass_on(public_id, f"/concern/{public_id}")


def _form(public_id: str, form: Worry, status: int = 200) -> Response:
    found = concerns.about(store(), must_have_account().signed, public_id, now_ms(), zone())
    own = not found.public_id
    return page(
        "concerns/pass.html",
        status,
        found=found,
        own=own,
        here="/me/concern" if own else f"/concern/{found.public_id}",
        form=form,
        when=_when,
        event_id=new_event_id(),
        sent="sent" in request.args,
        leave=own,
    )


def _pass_on(public_id: str, here: str) -> Response:
    form, who = Worry(request.form), must_have_account().signed
    try:
        typed = form.words.data or ""
        concerns.pass_on(store(), who, public_id, event_id_of(request.form), typed, now_ms(), zone())
    except Refused as refused:
        form.refuse(refused, beside="words")
        return _form(public_id, form, 422)
    return see_other(f"{here}?sent=1")


@pages.get("/teach/concerns")
@allow(Permission.CONCERN_READ)
def every() -> Response:
    """What was passed on, the newest first."""
    closed = "closed" in request.args
    found = concerns.listed(store(), must_be_me().signed, now_ms(), closed=closed)
    return page("concerns/every.html", found=found, closed=closed, when=_when, staff=True, tab="/teach")


@pages.get("/teach/concerns/<public_id>/<uuid:concern_id>")
@allow(Permission.CONCERN_READ)
def one(public_id: str, concern_id: UUID) -> Response:
    """One of them, and what was done."""
    return _one(public_id, concern_id, Done())


@pages.post("/teach/concerns/<public_id>/<uuid:concern_id>")
@allow(Permission.CONCERN_READ)
def done(public_id: str, concern_id: UUID) -> Response:
    """Take it up, note what was done, or close it."""
    form, who, act = Done(request.form), must_be_me().signed, request.form.get("act", "")
    try:
        if act == "take":
            concerns.take(store(), who, public_id, concern_id, now_ms())
        elif act in ("did", "close"):
            step_id, typed = event_id_of(request.form), form.words.data or ""
            concerns.note(store(), who, public_id, concern_id, step_id, typed, now_ms(), closes=act == "close")
        else:
            raise NotFound
    except Refused as refused:
        form.refuse(refused)
        return _one(public_id, concern_id, form, 422)
    return see_other(f"/teach/concerns/{public_id}/{concern_id}")


def _one(public_id: str, concern_id: UUID, form: Done, status: int = 200) -> Response:
    found = concerns.one(store(), must_be_me().signed, public_id, concern_id, now_ms())
    return page(
        "concerns/one.html",
        status,
        found=found,
        form=form,
        when=_when,
        event_id=new_event_id(),
        staff=True,
        tab="/teach",
    )


def _when(at_ms: int) -> Words:
    return at_time(at_ms, zone())

"""Several people on one phone: who is learning, and changing from one to another."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField

from lms.services import devices, guests
from lms.services.devices import Learner
from lms.web.entering import come_in
from lms.web.forms import Form, label
from lms.web.pages import page, see_other
from lms.web.signed import allow_anyone, keep_phone, leave, me, phone
from lms.web.site import now_ms, store

pages = Blueprint("devices", __name__)


class Change(Form):
    """What lets her in on this phone."""

    typed = PasswordField(label("Your PIN"), render_kw={"autocomplete": "current-password", "maxlength": 200})


@pages.get("/who")
@allow_anyone
def who() -> Response:
    """The people this phone remembers, by the names they agreed to show here."""
    here = me()
    known = devices.learners(store(), phone())
    return page("people/who.html", learners=known, now=here.public_id if here else "")


@pages.post("/who")
@allow_anyone
def somebody_new() -> Response:
    """Make room for somebody who is not on the list. A guest who was here is put on it."""
    here = me()
    if here and here.guest:
        guests.leave_on_phone(store(), here.signed, keep_phone(), now_ms())
    leave()
    return see_other("/")


@pages.get("/who/<public_id>")
@allow_anyone
def change(public_id: str) -> Response:
    """Ask for the PIN, or the password, of somebody this phone remembers."""
    learner = devices.learner(store(), phone(), public_id)
    return page("people/change.html", form=_form(learner), learner=learner)


@pages.post("/who/<public_id>")
@allow_anyone
def changed(public_id: str) -> Response:
    """Sign her in here, in place of who was. Where that was a guest it is asked whether they are one."""
    learner = devices.learner(store(), phone(), public_id)
    form, address = _form(learner, request.form), request.remote_addr or ""
    typed = form.typed.data or ""
    return come_in(
        form,
        "people/change.html",
        lambda: devices.change_to(store(), phone(), public_id, typed, address, now_ms()),
        learner=learner,
    )


def _form(learner: Learner, sent: MultiDict[str, str] | None = None) -> Change:
    form = Change(sent)
    if not learner.pin:
        form.typed.label.text = label("Your password")
    return form

"""Somebody signed in where a guest has learned: was it she?"""

from __future__ import annotations

from flask import Blueprint, Response, request

from lms.learning.people import Permission
from lms.services import guests
from lms.web.entering import answered, guest_before
from lms.web.pages import page, see_other
from lms.web.paths import next_path
from lms.web.signed import allow, keep_phone, must_be_me
from lms.web.site import now_ms, store

pages = Blueprint("guests", __name__)


@pages.get("/was-it-you")
@allow(Permission.OWN_LEARN)
def was_it_you() -> Response:
    """The question, or where she was going if there is nothing to ask."""
    guest, onward = guest_before(), request.args.get("next", "")
    if guest is None or must_be_me().guest:
        return see_other(next_path(onward, "/"))
    return page("people/was-it-you.html", lessons=guests.lessons_done(store(), guest) or 0, onward=onward)


@pages.post("/was-it-you")
@allow(Permission.OWN_LEARN)
def told() -> Response:
    """Hers now, or left as it is: then this phone remembers somebody without an account."""
    who, guest = must_be_me().signed, guest_before()
    if guest is not None and not who.guest:
        if request.form.get("me") == "yes":
            guests.was_you(store(), who, guest, now_ms())
        else:
            guests.leave_on_phone(store(), guest, keep_phone(), now_ms())
    answered()
    return see_other(next_path(request.form.get("next", ""), "/"))

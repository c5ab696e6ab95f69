"""What is ahead for a learner at her clubs: taking a place, and giving it back."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services import bookings
from lms.web.pages import page, see_other
from lms.web.saying import _, of_error
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import at_time

pages = Blueprint("bookings", __name__)


@pages.get("/me/meetings")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """What she can come to, and where she has a place."""
    return _mine()


@pages.post("/me/meetings")
@allow(Permission.OWN_LEARN)
def sent() -> Response:
    """Take a place, or give it back."""
    who, public_id = must_be_me().signed, request.form.get("meeting", "")
    try:
        match request.form.get("act"):
            case "book":
                bookings.book(store(), who, public_id, now_ms())
                return see_other("/me/meetings?booked=1")
            case "free":
                bookings.give_back(store(), who, public_id, now_ms())
                return see_other("/me/meetings?freed=1")
            case _:
                raise NotFound
    except Refused as refused:
        return _mine(refused)


def _mine(refused: Refused | None = None) -> Response:
    zone = site().settings.timezone
    found = bookings.coming(store(), must_be_me().signed, now_ms())
    said = _("You have a place.") if "booked" in request.args else ""
    return page(
        "bookings/mine.html",
        422 if refused else 200,
        found=[(it, at_time(it.row.starts_ms, zone)) for it in found],
        error=of_error(refused) if refused else "",
        said=_("Your place is free for somebody else.") if "freed" in request.args else said,
    )

"""Her clubs in her own calendar: making the secret address, and what stands behind it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from lms.interop import calendar
from lms.learning.people import Permission
from lms.services import calendars
from lms.web.pages import page, see_other
from lms.web.signed import allow, allow_anyone, must_be_me, must_have_account
from lms.web.site import now_ms, site, store

pages = Blueprint("calendars", __name__)


@pages.get("/me/calendar")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """What it is, and the buttons."""
    return page("bookings/calendar.html", address="", on=calendars.has_one(store(), must_have_account().signed))


@pages.post("/me/calendar")
@allow(Permission.OWN_LEARN)
def sent() -> Response:
    """A new address, shown this once; or none any more."""
    who = must_be_me().signed
    if request.form.get("act") == "stop":
        calendars.stop(store(), who, now_ms())
        return see_other("/me/calendar")
    address = f"{site().settings.public_url}/calendar/{calendars.renew(store(), who, now_ms())}.ics"
    return page("bookings/calendar.html", address=address, on=True)


@pages.get("/calendar/<code>.ics")
@allow_anyone
def feed(code: str) -> Response:
    """The feed behind an address. Whoever has it sees when and where clubs meet, and nothing of anybody."""
    host = urlsplit(site().settings.public_url).hostname or ""
    body = calendar.feed(calendars.feed(store(), code, now_ms()), host)
    return Response(body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})

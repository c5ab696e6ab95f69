"""How a business was asked about the hours of a placement: by which link, when, and what came of it; and a new link."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from lms.errors import NotFound, Refused
from lms.learning.pairing import as_date
from lms.learning.people import Permission
from lms.learning.placing import State, Week
from lms.learning.weeks import Way
from lms.services import asking
from lms.services.asking import LinkRow
from lms.web.changing import number_of
from lms.web.forms import Form
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store, zone
from lms.web.words import at_time, on

pages = Blueprint("asking", __name__)


@pages.get("/teach/placements/<public_id>/<uuid:placement_id>/links")
@allow(Permission.PLACEMENT_CHANGE)
def links(public_id: str, placement_id: UUID) -> Response:
    """When the business was asked about each week, and what it said."""
    return _page(public_id, placement_id, Form())


@pages.post("/teach/placements/<public_id>/<uuid:placement_id>/links")
@allow(Permission.PLACEMENT_CHANGE)
def new_link(public_id: str, placement_id: UUID) -> Response:
    """A new link for a week: by letter (`act=send`), or to pass on (`show`), which is shown this once."""
    who, week = must_be_me().signed, number_of(request.form.get("week")) or 0
    asked, form, code = (public_id, placement_id, week, now_ms(), zone()), Form(), ""
    try:
        match request.form.get("act"):
            case "send":
                asking.send(store(), who, *asked, posts=site().settings.smtp is not None)
                return see_other(f"/teach/placements/{public_id}/{placement_id}/links?sent=1")
            case "show":
                code = asking.show(store(), who, *asked)
            case _:
                raise NotFound
    except Refused as refused:
        form.refuse(refused)
    return _page(public_id, placement_id, form, week, code)


def _page(public_id: str, placement_id: UUID, form: Form, week: int = 0, code: str = "") -> Response:
    found = asking.of(store(), must_be_me().signed, public_id, placement_id, now_ms(), zone())
    rows = [
        (it, on(as_date(it.week.monday)), _stands(it.week), [_said(link) for link in it.links]) for it in found.weeks
    ]
    return page(
        "weeks/links.html",
        422 if form.errors else 200,
        found=found,
        rows=rows,
        here=f"/teach/placements/{public_id}/{placement_id}",
        form=form,
        sent="sent" in request.args,
        posts=site().settings.smtp is not None,
        week=on(as_date(week)) if code else "",
        address=f"{site().settings.public_url}/confirm/{code}" if code else "",
        staff=True,
        tab="/teach",
    )


def _stands(week: Week) -> Words:
    match week.state:
        case State.CONFIRMED:
            return _("The business says that this is right.")
        case State.DISPUTED:
            return _("The business says that something is not right.")
        case State.SETTLED:
            return _("It was settled.")
        case _:
            return (
                _("The business has not answered.") if week.business is None else _("She changed it after the answer.")
            )


def _said(link: LinkRow) -> tuple[Words, Words]:
    """By which way a link went, and what came of it."""
    made = _at(link.made_ms)
    if link.way == Way.SHOWN:
        what = _("Shown to staff: {at}.", at=made)
    elif link.refused_ms is not None:
        what = _("Letter of {at}: there is no such mailbox.", at=made)
    elif link.sent_ms is None:
        what = _("Letter of {at}: not sent yet.", at=made)
    else:
        what = _("Letter sent: {at}.", at=_at(link.sent_ms))
    return what, _after(link)


def _after(link: LinkRow) -> Words:
    if link.used_ms is not None:
        return _("Answered: {at}.", at=_at(link.used_ms))
    if link.closed_ms is not None:
        return _("Replaced by a newer link.")
    if now_ms() >= link.expires_ms:
        return _("It works no more.")
    if link.again_ms is not None:
        return _("Reminded: {at}. No answer so far.", at=_at(link.again_ms))
    return _("No answer so far.")


def _at(at_ms: int) -> Words:
    return at_time(at_ms, site().settings.timezone)

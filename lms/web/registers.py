"""The register of a meeting: one form, which works without scripts; with them each tick is sent as it is made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, request

from lms.errors import Refused
from lms.learning.people import Permission
from lms.services import claims, registers, together
from lms.services.registers import WHY, Line
from lms.web.forms import event_id_of, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, of_error
from lms.web.scan import scan
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import at_time

pages = Blueprint("registers", __name__)


@dataclass(frozen=True)
class Row:
    """Somebody on the page: her box, and what stands beside it."""

    public_id: str
    name: Words | str
    ticked: bool
    was: bool
    """Whether she stood there as present when this page was made."""
    notes: tuple[Words, ...]
    guest: bool


@pages.get("/teach/meetings/<public_id>/register")
@allow(Permission.MEETING_RUN)
def register(public_id: str) -> Response:
    """Who is expected at a meeting, and who was there."""
    return _shown(public_id)


@pages.post("/teach/meetings/<public_id>/register")
@allow(Permission.MEETING_RUN)
def filled_in(public_id: str) -> Response:
    """Enter what was changed on the page. What can't be taken is said, and nothing of the form is lost."""
    form, new = request.form, request.form.get("new", "")
    names = [line for line in new.splitlines() if line.strip()]
    was, present = form.getlist("was"), form.getlist("present")
    try:
        registers.fill_in(store(), must_be_me().signed, public_id, event_id_of(form), was, present, names, now_ms())
    except Refused as refused:
        return _shown(public_id, refused, new)
    return see_other(f"/teach/meetings/{public_id}/register?saved=1")


def _shown(public_id: str, refused: Refused | None = None, new: str = "") -> Response:
    found = registers.register(store(), must_be_me().signed, public_id, now_ms())
    ticked = set(request.form.getlist("present")) if refused else {it.public_id for it in found.lines if it.present}
    return page(
        "registers/register.html",
        422 if refused else 200,
        found=found,
        begins=at_time(found.meeting.starts_ms, site().settings.timezone),
        rows=[_row(it, ticked) for it in found.lines],
        why=_(WHY[found.closed]) if found.closed else "",
        error=of_error(refused) if refused else "",
        new=new,
        event_id=new_event_id(),
        saved="saved" in request.args,
        entered=_number(request.args.get("entered", "")),
        guests=any(it.guest for it in found.lines),
        staff=True,
        tab="/teach",
    )


def _row(it: Line, ticked: set[str]) -> Row:
    return Row(
        it.public_id,
        it.name or _("Somebody without a name"),
        it.public_id in ticked,
        bool(it.present),
        tuple(_notes(it)),
        it.guest,
    )


def _notes(it: Line) -> list[Words]:
    """Why she is on the register, and of what was entered afterwards or changed: when, and by whom."""
    notes = [_("Has a place.")] if it.booked else []
    notes += [_("No account.")] if it.guest else []
    if it.present is None or not (it.afterwards or it.changed or it.by_herself):
        return notes
    when = at_time(it.at_ms, site().settings.timezone)
    if it.by_herself:
        said = _("She says that this was not her. {when}.", when=when)
    elif it.changed and not it.by:
        said = _("Changed {when}.", when=when)
    elif it.changed:
        said = _("Changed {when}, by {name}.", when=when, name=it.by)
    elif it.by:
        said = _("Entered {when}, by {name}.", when=when, name=it.by)
    else:
        said = _("Entered {when}.", when=when)
    return [*notes, said]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


@pages.get("/teach/meetings/<public_id>/guests")
@allow(Permission.MEETING_RUN)
def guests(public_id: str) -> Response:
    """Who is on a register without an account: a card for her, or who she is."""
    return _guests(public_id)


def _guests(public_id: str, refused: Refused | None = None) -> Response:
    return page(
        "registers/guests.html",
        422 if refused else 200,
        found=claims.guests_of(store(), must_be_me().signed, public_id, now_ms()),
        error=of_error(refused) if refused else "",
        done="done" in request.args,
        staff=True,
        tab="/teach",
    )


@pages.post("/teach/meetings/<public_id>/guests")
@allow(Permission.MEETING_RUN)
def guest_sent(public_id: str) -> Response:
    """A card to print for a guest, shown this once; or that she is somebody with an account."""
    who, guest, at_ms = must_be_me().signed, request.form.get("guest", ""), now_ms()
    if request.form.get("act") == "card":
        name, code = claims.card(store(), who, public_id, guest, at_ms)
        address = f"{site().settings.public_url}/claim"
        return page(
            "registers/card.html",
            public_id=public_id,
            name=name,
            code=code,
            address=address,
            scan=scan(address),
            staff=True,
            tab="/teach",
        )
    try:
        claims.same(store(), who, public_id, guest, request.form.get("account", ""), at_ms)
    except Refused as refused:
        return _guests(public_id, refused)
    return see_other(f"/teach/meetings/{public_id}/guests?done=1")


@pages.get("/teach/meetings/<public_id>/together")
@allow(Permission.MEETING_RUN)
def together_(public_id: str) -> Response:
    """Which lesson was done together, and for whom it counts: nobody is chosen yet."""
    return _together(public_id)


def _together(public_id: str, refused: Refused | None = None) -> Response:
    found = together.offer(store(), site().catalogue, must_be_me().signed, public_id, now_ms())
    return page(
        "registers/together.html",
        422 if refused else 200,
        found=found,
        begins=at_time(found.meeting.starts_ms, site().settings.timezone),
        modules=[((course, module), list(its)) for (course, module), its in groupby(found.lessons, _of)],
        chosen=request.form.get("lesson", ""),
        agreed=request.form.getlist("agreed"),
        error=of_error(refused) if refused else "",
        place=refused.field if refused else "",
        too_late=_(together.TOO_LATE),
        staff=True,
        tab="/teach",
    )


def _of(it: together.Choice) -> tuple[str, str]:
    return it.course, it.module


@pages.post("/teach/meetings/<public_id>/together")
@allow(Permission.MEETING_RUN)
def together_sent(public_id: str) -> Response:
    """Enter it in the learning of each of them."""
    form, zone = request.form, site().settings.timezone
    what = form.get("lesson", ""), form.getlist("agreed")
    try:
        number = together.enter(store(), site().catalogue, must_be_me().signed, public_id, *what, now_ms(), zone)
    except Refused as refused:
        return _together(public_id, refused)
    return see_other(f"/teach/meetings/{public_id}/register?entered={number}")

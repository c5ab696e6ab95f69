"""Venues: where an organisation's clubs meet."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import SelectField, StringField

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services import venues
from lms.services.venues import VenueRow, Venues
from lms.web.changing import area_choices, number_of
from lms.web.forms import Form, choices, label
from lms.web.pages import page, see_other
from lms.web.saying import _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store

pages = Blueprint("venues", __name__)


class Venue(Form):
    """What is said of a place."""

    name = StringField(label("Name of the place"), render_kw={"maxlength": 120})
    organisation = SelectField(label("Whose place is it?"), validate_choice=False)
    area = SelectField(label("Which area?"), validate_choice=False)
    address = StringField(label("Address"), render_kw={"maxlength": 300})
    note = StringField(label("Getting in"), render_kw={"maxlength": 500})


@pages.get("/teach/venues")
@allow(Permission.VENUE_CHANGE)
def every() -> Response:
    """The venues of her organisations, and the form for a new one."""
    return _every(venues.mine(store(), must_be_me().signed, now_ms()), Venue())


def _every(found: Venues, form: Venue, status: int = 200) -> Response:
    _offer(form, found)
    return page("venues/every.html", status, found=found, form=form, staff=True, tab="/teach")


def _offer(form: Venue, found: Venues) -> None:
    form.organisation.choices = choices({str(its_id): name for its_id, name in found.organisations})
    form.area.choices = choices({"": _("No area"), **area_choices(found.areas)})


@pages.post("/teach/venues")
@allow(Permission.VENUE_CHANGE)
def add() -> Response:
    """A new venue."""
    form, who = Venue(request.form), must_be_me().signed
    try:
        venues.keep(store(), who, _typed(form, 0), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _every(venues.mine(store(), who, now_ms()), form, 422)
    return see_other("/teach/venues")


@pages.get("/teach/venues/<venue_id>")
@allow(Permission.VENUE_CHANGE)
def one(venue_id: str) -> Response:
    """The form of a venue, filled in."""
    found = venues.mine(store(), must_be_me().signed, now_ms())
    venue = _one(found, venue_id)
    form = Venue(name=venue.name, area=str(venue.area_id or ""), address=venue.address, note=venue.note)
    return _one_page(found, venue, form)


def _one(found: Venues, typed: str) -> VenueRow:
    venue_id = number_of(typed)
    venue = next((it for it in found.venues if it.venue_id == venue_id), None)
    if venue is None:
        raise NotFound
    return venue


def _one_page(found: Venues, venue: VenueRow, form: Venue, status: int = 200) -> Response:
    _offer(form, found)
    return page("venues/one.html", status, venue=venue, form=form, staff=True, tab="/teach")


@pages.post("/teach/venues/<venue_id>")
@allow(Permission.VENUE_CHANGE)
def changed(venue_id: str) -> Response:
    """Change a venue, or say what must be put right."""
    form, who = Venue(request.form), must_be_me().signed
    found = venues.mine(store(), who, now_ms())
    venue = _one(found, venue_id)
    try:
        venues.keep(store(), who, _typed(form, venue.venue_id), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _one_page(found, venue, form, 422)
    return see_other("/teach/venues")


def _typed(form: Venue, venue_id: int) -> VenueRow:
    organisation_id = number_of(form.organisation.data) or 0
    said = form.name.data or "", form.address.data or "", form.note.data or ""
    return VenueRow(venue_id, organisation_id, number_of(form.area.data), *said)

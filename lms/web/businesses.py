"""Businesses that take learners: who they are, what was looked at there, and since when there is an agreement."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.errors import AllAtOnce, Refused
from lms.learning.joining import as_text
from lms.learning.people import Permission
from lms.learning.placing import NEEDED, Check
from lms.services import businesses
from lms.services.businesses import About, BusinessRow
from lms.web.changing import day_typed, number_of
from lms.web.forms import DAY, Form, choices, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store

pages = Blueprint("businesses", __name__)

CHECKS: dict[str, Words | str] = {
    Check.VISITED: _("Somebody of ours was there"),
    Check.INSURED: _("We saw that it is insured for her"),
    Check.SAFE: _("She can go to somebody there by name"),
    Check.POLICY: _("It has rules to keep people safe, or took on ours"),
    Check.DBS: _("Who works alone with her has a DBS check"),
}


class Business(Form):
    """What is said of a business."""

    name = StringField(label("Name of the business"), render_kw={"maxlength": 120})
    organisation = SelectField(label("Which organisation?"), validate_choice=False)
    contact = StringField(label("Who to speak to"), render_kw={"maxlength": 120})
    email = StringField(label("Email address"), render_kw={"type": "email", "maxlength": 254})
    phone = StringField(label("Number to ring"), render_kw={"type": "tel", "maxlength": 40})
    checks = SelectMultipleField(
        label("What was looked at?"),
        choices=choices(CHECKS),
        option_widget=CheckboxInput(),
        widget=ListWidget(),
        validate_choice=False,
    )
    checked = StringField(label("On which day?"), render_kw=DAY)
    agreement = StringField(label("Day of the agreement"), render_kw=DAY)


@pages.get("/teach/businesses")
@allow(Permission.PLACEMENT_CHANGE)
def every() -> Response:
    """The businesses of her organisations, and the form for a new one."""
    return _every(Business())


def _every(form: Business, status: int = 200) -> Response:
    found, organisations = businesses.mine(store(), must_be_me().signed, now_ms())
    form.organisation.choices = choices({str(its_id): name for its_id, name in organisations})
    rows = [(it, _stands(it)) for it in found]
    return page(
        "businesses/every.html",
        status,
        rows=rows,
        form=form,
        organisations=organisations,
        event_id=new_event_id(),
        staff=True,
        tab="/teach",
    )


def _stands(it: BusinessRow) -> Words:
    if it.ended_ms is not None:
        return _("Takes nobody just now.")
    if not set(it.checks.split()) >= NEEDED or it.agreement_day is None:
        return _("Not ready: checks or the agreement are missing.")
    return _("Learners can be placed here.")


@pages.post("/teach/businesses")
@allow(Permission.PLACEMENT_CHANGE)
def add() -> Response:
    """A new business."""
    form, who = Business(request.form), must_be_me().signed
    try:
        organisation_id = number_of(form.organisation.data) or 0
        about = _typed(form)
        new = businesses.add(store(), who, organisation_id, about, event_id_of(request.form), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _every(form, 422)
    return see_other(f"/teach/businesses/{new}?kept=1")


@pages.get("/teach/businesses/<public_id>")
@allow(Permission.PLACEMENT_CHANGE)
def one(public_id: str) -> Response:
    """The form of a business, filled in."""
    found = businesses.one(store(), must_be_me().signed, public_id, now_ms())
    form = Business(
        name=found.name,
        contact=found.contact,
        email=found.email,
        phone=found.phone,
        checks=found.checks.split(),
        checked=as_text(found.checked_day),
        agreement=as_text(found.agreement_day),
    )
    return _one(found, form)


def _one(found: BusinessRow, form: Business, status: int = 200) -> Response:
    shown = {"found": found, "stands": _stands(found), "form": form, "kept": "kept" in request.args}
    return page("businesses/one.html", status, **shown, staff=True, tab="/teach")


@pages.post("/teach/businesses/<public_id>")
@allow(Permission.PLACEMENT_CHANGE)
def changed(public_id: str) -> Response:
    """Change a business, end placements there, or begin them again: what `act` says."""
    form, who, act = Business(request.form), must_be_me().signed, request.form.get("act", "change")
    found = businesses.one(store(), who, public_id, now_ms())
    if act in ("end", "again"):
        businesses.end(store(), who, public_id, now_ms(), ended=act == "end")
        return see_other(f"/teach/businesses/{public_id}?kept=1")
    try:
        businesses.change(store(), who, public_id, _typed(form), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _one(found, form, 422)
    return see_other(f"/teach/businesses/{public_id}?kept=1")


def _typed(form: Business) -> About:
    checks, days = AllAtOnce(), {}
    for field, typed in (("checked", form.checked.data), ("agreement", form.agreement.data)):
        with checks:
            days[field] = day_typed(typed or "", field)
    checks.tell()
    name, contact = form.name.data or "", form.contact.data or ""
    email, phone, looked = form.email.data or "", form.phone.data or "", tuple(form.checks.data or ())
    return About(name, contact, email, phone, looked, days["checked"], days["agreement"])

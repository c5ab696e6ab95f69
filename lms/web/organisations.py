"""Organisations and areas, for administrators: what groups and reports hang on."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import SelectField, StringField

from lms.errors import Refused
from lms.learning.people import Permission
from lms.services import organisations
from lms.web.changing import area_choices, number_of
from lms.web.forms import Form, choices, label
from lms.web.pages import page, see_other
from lms.web.saying import _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store

pages = Blueprint("organisations", __name__)

HERE = "/admin/organisations"


class NewOrganisation(Form):
    """A partner."""

    name = StringField(label("Name of the organisation"), render_kw={"maxlength": 120})


class NewArea(Form):
    """A place."""

    code = StringField(label("Code of the area"), render_kw={"maxlength": 16, "autocapitalize": "characters"})
    name = StringField(label("Name of the area"), render_kw={"maxlength": 120})
    parent = SelectField(label("Inside which area?"), validate_choice=False)


@pages.get(HERE)
@allow(Permission.ORGANISATION_ADD)
def organisations_() -> Response:
    """The organisations and areas there are, and forms to add to them."""
    return _page()


@pages.post(HERE)
@allow(Permission.ORGANISATION_ADD)
def add_organisation() -> Response:
    """Add an organisation."""
    form = NewOrganisation(request.form, prefix="organisation-")
    try:
        organisations.add_organisation(store(), must_be_me().signed, form.name.data or "", now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _page(organisation=form, status=422)
    return see_other(HERE)


@pages.post("/admin/areas")
@allow(Permission.AREA_ADD)
def add_area() -> Response:
    """Add an area."""
    form = NewArea(request.form, prefix="area-")
    try:
        code, name, parent_id = form.code.data or "", form.name.data or "", number_of(form.parent.data)
        organisations.add_area(store(), must_be_me().signed, code, name, now_ms(), parent_id)
    except Refused as refused:
        form.refuse(refused)
        return _page(area=form, status=422)
    return see_other(HERE)


def _page(organisation: Form | None = None, area: NewArea | None = None, status: int = 200) -> Response:
    known, area = organisations.places(store()), area or NewArea(prefix="area-")
    area.parent.choices = choices({"": _("None: it stands for itself"), **area_choices(known.tree)})
    return page(
        "admin/organisations.html",
        status,
        places_known=known,
        organisation=organisation or NewOrganisation(prefix="organisation-"),
        area=area,
        staff=True,
        tab="/admin",
    )

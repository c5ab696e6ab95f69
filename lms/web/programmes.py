"""Programmes: how far each has come, and, for administrators, what it is."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.errors import Refused
from lms.learning.joining import as_text
from lms.learning.measures import FEWEST_SHOWN, shown
from lms.learning.people import Permission
from lms.services import programmes
from lms.services.programmes import Editable, Wanted
from lms.web.changing import day_typed, number_of
from lms.web.forms import DAY, Form, choices, label
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store
from lms.web.words import on

pages = Blueprint("programmes", __name__)


class NewProgramme(Form):
    """A name, and from when to when."""

    name = StringField(label("Name of the programme"), render_kw={"maxlength": 120})
    slug = StringField(label("Short name for its address"), render_kw={"maxlength": 40, "autocapitalize": "none"})
    starts = StringField(label("First day"), render_kw=DAY)
    ends = StringField(label("Last day"), render_kw=DAY)


class Change(Form):
    """All that can be said of a programme, but its targets, which are a field an area."""

    name = StringField(label("Name of the programme"), render_kw={"maxlength": 120})
    starts = StringField(label("First day"), render_kw=DAY)
    ends = StringField(label("Last day"), render_kw=DAY)
    partners = SelectMultipleField(
        label("Which organisations take part?"),
        option_widget=CheckboxInput(),
        widget=ListWidget(),
        validate_choice=False,
    )


@pages.get("/teach/programmes")
@allow(Permission.PROGRAMME_READ)
def every() -> Response:
    """The programmes in reach, and for administrators the form for a new one."""
    return _every(NewProgramme())


def _every(form: NewProgramme, status: int = 200) -> Response:
    who = must_be_me()
    return page(
        "programmes/every.html",
        status,
        found=programmes.readable(store(), who.signed, now_ms()),
        form=form,
        may_change=who.may(Permission.PROGRAMME_CHANGE),
        day=_on,
        staff=True,
        tab="/teach/programmes",
    )


@pages.post("/teach/programmes")
@allow(Permission.PROGRAMME_CHANGE)
def add() -> Response:
    """A new programme."""
    form = NewProgramme(request.form)
    try:
        days = _day(form.starts.data or "", "starts"), _day(form.ends.data or "", "ends")
        slug, name = form.slug.data or "", form.name.data or ""
        made = programmes.add(store(), must_be_me().signed, slug, name, *days, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _every(form, 422)
    return see_other(f"/teach/programmes/{made}/change")


@pages.get("/teach/programmes/<slug>")
@allow(Permission.PROGRAMME_READ)
def one(slug: str) -> Response:
    """How far a programme has come, area by area."""
    who = must_be_me()
    found = programmes.see(store(), who.signed, slug, now_ms())
    return page(
        "programmes/one.html",
        found=found,
        told=_rounded if found.counts_only else str,
        may_change=who.may(Permission.PROGRAMME_CHANGE),
        day=_on,
        staff=True,
        tab="/teach/programmes",
    )


def _rounded(count: int) -> Words | str:
    """A count as funders are told it: so few people could be recognised."""
    return _("1 to 9") if 0 < count < FEWEST_SHOWN else shown(count)[0]


def _on(day: int) -> Words:
    return on(date.fromisoformat(as_text(day)))


@pages.get("/teach/programmes/<slug>/change")
@allow(Permission.PROGRAMME_CHANGE)
def change(slug: str) -> Response:
    """The form, filled in with how it stands."""
    found = programmes.to_change(store(), must_be_me().signed, slug, now_ms())
    form = Change(
        name=found.row.name,
        starts=as_text(found.row.starts_day),
        ends=as_text(found.row.ends_day),
        partners=[str(it) for it in found.partners],
    )
    return _change(found, form, {area_id: str(number) for area_id, number in found.targets.items()})


def _change(found: Editable, form: Change, typed: dict[int, str], status: int = 200) -> Response:
    form.partners.choices = choices({str(its_id): name for its_id, name in found.organisations})
    return page(
        "programmes/change.html", status, found=found, form=form, typed=typed, staff=True, tab="/teach/programmes"
    )


@pages.post("/teach/programmes/<slug>/change")
@allow(Permission.PROGRAMME_CHANGE)
def changed(slug: str) -> Response:
    """Change it, or say what must be put right."""
    form, who = Change(request.form), must_be_me().signed
    found = programmes.to_change(store(), who, slug, now_ms())
    typed = {it.area_id: request.form.get(f"target-{it.area_id}", "").strip() for it in found.areas}
    try:
        days = _day(form.starts.data or "", "starts"), _day(form.ends.data or "", "ends")
        partners = frozenset(number_of(it) or -1 for it in form.partners.data or ())
        aims = {area_id: _number(text) for area_id, text in typed.items() if text}
        programmes.change(store(), who, slug, Wanted(form.name.data or "", *days, partners, aims), now_ms())
    except Refused as refused:
        form.refuse(refused, beside="partners")
        return _change(found, form, typed, 422)
    return see_other(f"/teach/programmes/{slug}")


def _day(text: str, field: str) -> int:
    found = day_typed(text, field)
    if found is None:
        raise Refused("Write the day as 2026-12-31.", field)
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Refused("Write how many as a whole number, such as 100.", "targets")
    return int(text)

"""The form of everything that can be said of a group, for a new one too; changing one."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.errors import AllAtOnce, Refused
from lms.learning.joining import as_number, as_text
from lms.learning.people import Permission
from lms.services import changing
from lms.services.changing import Choices, Standing
from lms.services.organisations import Area
from lms.web.forms import DAY, Form, choices, label
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, shelf, store

pages = Blueprint("changing", __name__)


class Group(Form):
    """All that can be said of a group."""

    name = StringField(label("Name of the group"), render_kw={"maxlength": 120})
    courses = SelectMultipleField(
        label("Which courses?"), option_widget=CheckboxInput(), widget=ListWidget(), validate_choice=False
    )
    kind = RadioField(
        label("Who is it for?"),
        choices=choices({"learners": _("Learners"), "staff": _("Staff and volunteers, who train")}),
        validate_choice=False,
    )
    organisation = SelectField(label("Which organisation?"), validate_choice=False)
    area = SelectField(label("Which area?"), validate_choice=False)
    venue = SelectField(label("Where does it meet?"), validate_choice=False)
    programme = SelectField(label("Which programme pays for it?"), validate_choice=False)
    starts = StringField(label("First day"), render_kw=DAY)
    ends = StringField(label("Last day"), render_kw=DAY)
    late = RadioField(
        label("Can people join after the first day?"),
        choices=choices({"yes": _("Yes"), "no": _("No")}),
        validate_choice=False,
    )


@pages.get("/teach/groups/<public_id>/change")
@allow(Permission.GROUP_CHANGE)
def change(public_id: str) -> Response:
    """The form, filled in with how the group stands."""
    found = changing.look(store(), must_be_me().signed, public_id, now_ms())
    return _page(found, filled(found))


@pages.post("/teach/groups/<public_id>/change")
@allow(Permission.GROUP_CHANGE)
def changed(public_id: str) -> Response:
    """Change it, or say what must be put right."""
    who = must_be_me().signed
    found = changing.look(store(), who, public_id, now_ms())
    form = typed(found)
    wanted, faults = wanted_of(form, found)
    try:
        changing.change(store(), who, public_id, wanted, now_ms(), faults)
    except Refused as refused:
        form.refuse(refused)
        return _page(found, form, 422)
    return see_other(f"/teach/groups/{public_id}?changed=1")


def _page(found: Choices, form: Group, status: int = 200) -> Response:
    return page("groups/change.html", status, found=found, form=form, staff=True, tab="/teach")


def filled(found: Choices) -> Group:
    """The form as a group stands; of a new one, nearly empty."""
    its = found.standing
    slugs = {shape.course_id: slug for slug, shape in shelf().courses.items()}
    form = Group(
        name=its.name,
        courses=[slugs[it] for it in its.courses if it in slugs],
        kind=its.kind,
        organisation=str(its.organisation_id),
        area=str(its.area_id or ""),
        venue=str(its.venue_id or ""),
        programme=str(its.programme_id or ""),
        starts=as_text(its.starts_day),
        ends=as_text(its.ends_day),
        late="yes" if its.late_join else "no",
    )
    return _with_choices(form, found)


def typed(found: Choices) -> Group:
    """The form as it was sent."""
    return _with_choices(Group(request.form), found)


def _with_choices(form: Group, found: Choices) -> Group:
    form.courses.choices = choices({slug: shape.plan.title for slug, shape in shelf().courses.items()})
    form.organisation.choices = choices({str(its_id): name for its_id, name in found.organisations})
    form.area.choices = choices({"": _("No area"), **area_choices(found.areas)})
    form.venue.choices = choices({"": _("No fixed place"), **{str(its_id): name for its_id, name in found.venues}})
    form.programme.choices = choices({"": _("None"), **{str(its_id): name for its_id, name in found.programmes}})
    return form


def area_choices(areas: tuple[Area, ...]) -> dict[str, Words | str]:
    """Areas to choose from; those inside another are set in."""
    return {str(it.area_id): "\u2003" * it.within + it.name for it in areas}


def wanted_of(form: Group, found: Choices) -> tuple[Standing, AllAtOnce]:
    """What a form says of a group, and what of it can't be read. What it does not say stays as it is."""
    ids = {slug: shape.course_id for slug, shape in shelf().courses.items()}
    its, faults, starts, ends = found.standing, AllAtOnce(), None, None
    with faults:
        starts = day_typed(form.starts.data or "", "starts")
    with faults:
        ends = day_typed(form.ends.data or "", "ends")
    wanted = Standing(
        form.name.data or "",
        tuple(ids[slug] for slug in form.courses.data or () if slug in ids),
        number_of(form.organisation.data) or its.organisation_id,
        number_of(form.area.data),
        number_of(form.venue.data),
        number_of(form.programme.data),
        starts,
        ends,
        form.late.data != "no",
        form.kind.data or its.kind,
    )
    return wanted, faults


def number_of(text: str | None) -> int | None:
    """The id in a choice; None for none. What is no id is -1, which nothing has."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def day_typed(text: str, field: str) -> int | None:
    """A day as it is stored; None for none. Refused where it is no day."""
    if not text.strip():
        return None
    try:
        return as_number(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise Refused("Write the day as 2026-12-31.", field) from error

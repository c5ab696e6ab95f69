"""Placing learners at businesses: who is where, placing somebody, and one placement with its weeks and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, StringField, TextAreaField

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.joining import as_text
from lms.learning.pairing import as_date, last_day
from lms.learning.people import Permission
from lms.learning.placing import WEEK_MINUTES
from lms.services import completing, hours, placements, working
from lms.services.hours import LONGEST_SAID
from lms.services.people import SignedIn
from lms.services.placements import LONGEST, Choice, Terms
from lms.services.working import Listed, Work
from lms.web.changing import day_typed, number_of
from lms.web.forms import DAY, Form, choices, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store, zone
from lms.web.words import on
from lms.web.worked import BECAME, length, minutes_of, shown

pages = Blueprint("placements", __name__)

_NUMBER = {"inputmode": "decimal", "maxlength": 6}
_PAID: dict[str, Words | str] = {"yes": _("Yes"), "no": _("No")}


class Place(Form):
    """Where, from when to when, and what is agreed."""

    business = SelectField(label("Which business?"), validate_choice=False)
    starts = StringField(label("First day"), render_kw=DAY)
    ends = StringField(label("Last day"), render_kw=DAY)
    week_hours = StringField(label("Hours a week"), render_kw=_NUMBER)
    paid = RadioField(label("Is she paid?"), choices=choices(_PAID), default="yes", validate_choice=False)
    risks = TextAreaField(
        label("What could go wrong, and what we do about it"), render_kw={"rows": 3, "maxlength": LONGEST}
    )


class Over(Form):
    """How it ended, and what she does three months after."""

    ended = RadioField(label("What did it lead to?"), choices=choices(BECAME), validate_choice=False)
    ended_day = StringField(label("Her last day there"), render_kw=DAY)
    later = RadioField(label("What does she do now?"), choices=choices(BECAME), validate_choice=False)
    note = StringField(label("Why it counts with fewer hours"), render_kw={"maxlength": completing.LONGEST})


class Settle(Form):
    """How many hours of a week count, and why."""

    hours = StringField(label("Hours that count"), render_kw=_NUMBER)
    said = TextAreaField(label("What you found out"), render_kw={"rows": 2, "maxlength": LONGEST_SAID})


@pages.get("/teach/placements")
@allow(Permission.PLACEMENT_CHANGE)
def every() -> Response:
    """Who is at which business, those first where something is to be done."""
    found = working.listed(store(), must_be_me().signed, now_ms(), zone())
    rows = [(it, _said(it), _days(it.work)) for it in found]
    return page("placements/every.html", rows=rows, staff=True, tab="/teach")


def _days(work: Work) -> Words:
    first, last = on(as_date(work.row.starts_day)), on(as_date(work.row.span.last_day))
    return _("{business}, {first} to {last}.", business=work.business.name, first=first, last=last)


def _said(it: Listed) -> Words:
    if it.disputed:
        return _("The business says that hours of a week are wrong.")
    if it.over:
        return _("It is over. Write down what it led to.")
    if it.asked:
        return _("Ask her what she does now.")
    return _("{time} of {agreed} count so far.", time=length(it.work.counted), agreed=length(it.work.agreed))


@pages.get("/teach/placements/<public_id>")
@allow(Permission.PLACEMENT_CHANGE)
def one(public_id: str) -> Response:
    """A learner's placements, and the form for one more."""
    found = placements.choose(store(), must_be_me().signed, public_id, now_ms())
    today = day_of(now_ms(), zone())
    # a quarter of a year is what most agree
    form = Place(starts=as_text(today), ends=as_text(last_day(today, 3)), week_hours=_hours(WEEK_MINUTES))
    return _one(found, form)


def _one(found: Choice, form: Place, status: int = 200) -> Response:
    free = {it.public_id: it.name for it in found.businesses}
    form.business.choices = choices({"": _("Choose"), **free})
    hers = [(row, at.name, on(as_date(row.starts_day)), on(as_date(row.span.last_day))) for row, at in found.placements]
    return page(
        "placements/one.html",
        status,
        found=found,
        hers=hers[::-1],
        form=form,
        event_id=new_event_id(),
        staff=True,
        tab="/teach",
    )


@pages.post("/teach/placements/<public_id>")
@allow(Permission.PLACEMENT_CHANGE)
def place(public_id: str) -> Response:
    """Place her at a business."""
    form, who = Place(request.form), must_be_me().signed
    found = placements.choose(store(), who, public_id, now_ms())
    try:
        terms, its_id = _terms(form), event_id_of(request.form)
        placements.place(store(), who, public_id, terms, its_id, now_ms(), zone())
    except Refused as refused:
        form.refuse(refused)
        return _one(found, form, 422)
    return see_other(f"/teach/placements/{public_id}/{its_id}?kept=1")


def _terms(form: Place, work: Work | None = None) -> Terms:
    checks, days, minutes = AllAtOnce(), {}, 0
    starts = as_text(work.row.starts_day) if work else form.starts.data
    for field, typed in (("starts", starts), ("ends", form.ends.data)):
        with checks:
            days[field] = day_typed(typed or "", field)
            if days[field] is None:
                raise Refused("Write the day as 2026-12-31.", field)
    with checks:
        minutes = minutes_of(form.week_hours.data or "", "week_hours")
    checks.tell()
    business = work.business.public_id if work else form.business.data or ""
    paid, risks = form.paid.data == "yes", form.risks.data or ""
    return Terms(business, days["starts"] or 0, days["ends"] or 0, minutes, paid, risks)


def _hours(minutes: int) -> str:
    """As it is typed: 10, 7.5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


@pages.get("/teach/placements/<public_id>/<uuid:placement_id>")
@allow(Permission.PLACEMENT_CHANGE)
def work(public_id: str, placement_id: UUID) -> Response:
    """One placement: what is agreed, its weeks, and its end."""
    return _work(public_id, placement_id)


def _work(public_id: str, placement_id: UUID, refused: Refused | None = None) -> Response:
    learner, found = working.for_staff(store(), must_be_me().signed, public_id, placement_id, now_ms(), zone())
    today, act = day_of(now_ms(), zone()), request.form.get("act", "") if refused else ""
    row = found.row
    terms = Place(request.form) if act == "change" else _filled(found)
    over = Over(request.form if act in ("end", "later", "complete") else None)
    if act not in ("end", "later", "complete"):
        over = Over(ended=row.ended, later=row.later, ended_day=as_text(row.ended_day or min(today, row.ends_day)))
    settle = Settle(request.form if act == "settle" else None)
    if refused:
        {"change": terms, "settle": settle}.get(act, over).refuse(refused)
    return page(
        "placements/work.html",
        422 if refused else 200,
        **shown(found),
        public_id=public_id,
        name=learner.display_name,
        form=terms,
        over=over,
        settle=settle,
        settling=request.form.get("week", "") if act == "settle" else "",
        act=act,
        asked=placements.asked_now(row, today),
        event_id=new_event_id,
        kept="kept" in request.args,
        staff=True,
        tab="/teach",
    )


def _filled(found: Work) -> Place:
    row = found.row
    ends, week_hours, paid = as_text(row.ends_day), _hours(row.week_minutes), "yes" if row.paid else "no"
    return Place(ends=ends, week_hours=week_hours, paid=paid, risks=row.risks)


@pages.post("/teach/placements/<public_id>/<uuid:placement_id>")
@allow(Permission.PLACEMENT_CHANGE)
def work_sent(public_id: str, placement_id: UUID) -> Response:
    """Change what is agreed, settle a week, write down the end and what came three months after: what `act` says."""
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound
    try:
        act(must_be_me().signed, public_id, placement_id, request.form)
    except Refused as refused:
        return _work(public_id, placement_id, refused)
    return see_other(f"/teach/placements/{public_id}/{placement_id}?kept=1")


def _change(who: SignedIn, public_id: str, placement_id: UUID, form: MultiDict[str, str]) -> None:
    _learner, found = working.for_staff(store(), who, public_id, placement_id, now_ms(), zone())
    placements.change(store(), who, public_id, placement_id, _terms(Place(form), found), now_ms())


def _end(who: SignedIn, public_id: str, placement_id: UUID, form: MultiDict[str, str]) -> None:
    day = day_typed(form.get("ended_day", ""), "ended_day")
    if day is None:
        raise Refused("Write the day as 2026-12-31.", "ended_day")
    placements.end(store(), who, public_id, placement_id, form.get("ended", ""), day, now_ms(), zone())


def _later(who: SignedIn, public_id: str, placement_id: UUID, form: MultiDict[str, str]) -> None:
    placements.later(store(), who, public_id, placement_id, form.get("later", ""), now_ms(), zone())


def _settle(who: SignedIn, public_id: str, placement_id: UUID, form: MultiDict[str, str]) -> None:
    checks, minutes, week = AllAtOnce(), 0, number_of(form.get("week")) or 0
    with checks:
        if not form.get("hours", "").strip():
            raise Refused("Type a number, like 2 or 2.5.", "hours")
        minutes = minutes_of(form.get("hours", ""))
    checks.tell()
    its_id, said = event_id_of(form), form.get("said", "")
    hours.settle(store(), who, public_id, placement_id, week, minutes, said, its_id, now_ms(), zone())


def _complete(who: SignedIn, public_id: str, placement_id: UUID, form: MultiDict[str, str]) -> None:
    completing.complete(store(), who, public_id, placement_id, form.get("note", ""), now_ms(), zone())


_ACTS: Mapping[str, Callable[[SignedIn, str, UUID, MultiDict[str, str]], None]] = {
    "change": _change,
    "end": _end,
    "later": _later,
    "settle": _settle,
    "complete": _complete,
}

"""Meetings of a group: adding them, one or a series, changing and cancelling, who has a place, a sheet to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, request
from wtforms import RadioField, SelectField, StringField, TextAreaField

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.days import read_day
from lms.learning.meetings import About, Every, Opens, Series, check
from lms.learning.people import Permission
from lms.services import bookings, meetings
from lms.services.meetings import Row
from lms.services.people import clean_name
from lms.web.forms import Form, choices, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, _n
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import at_time

pages = Blueprint("meetings", __name__)

EMPTY_LINES = 8
"""On a printed register, for guests."""
Kind = TypeVar("Kind", bound=StrEnum)
A = TypeVar("A")
B = TypeVar("B")
_DAY = {"type": "date"}
_ONWARDS = {"one": _("This meeting alone"), "on": _("This one and all after it")}


class What(Form):
    """What a meeting is called, where and when it is."""

    name = StringField(label("What is it called?"), render_kw={"maxlength": 120})
    place = StringField(label("Where is it?"), render_kw={"maxlength": 300})
    first = StringField(label("Which day?"), render_kw=_DAY)
    at = StringField(label("At what time?"), render_kw={"type": "time"})
    minutes = StringField(label("How many minutes?"), render_kw={"inputmode": "numeric", "maxlength": 4})
    capacity = StringField(label("How many places?"), render_kw={"inputmode": "numeric", "maxlength": 5})

    def about(self) -> About:
        """What it says of the meeting. Refused for a name or a number that is none."""
        name, minutes, places, checks = "", 0, None, AllAtOnce()
        capacity = (self.capacity.data or "").strip()
        with checks:
            name = clean_name(self.name.data or "", longest=120)
        with checks:
            minutes = _number(self.minutes.data, "minutes")
        with checks:
            places = _number(capacity, "capacity") if capacity else None
        with checks:
            check(About(name, self.place.data or "", minutes, places))
        checks.tell()
        return About(name, self.place.data or "", minutes, places)

    def when(self) -> tuple[date, time]:
        """Its day and time. Refused for what is none, each for itself."""
        day, at, checks = date.min, time.min, AllAtOnce()
        with checks:
            day = _day(self.first.data, "first")
        with checks:
            at = self._time()
        checks.tell()
        return day, at

    def _time(self) -> time:
        try:
            return time.fromisoformat((self.at.data or "").strip()).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError as error:
            raise Refused("Type a time like 10:30.", "at") from error


class New(What):
    """The same of a new one or a series."""

    every = RadioField(
        label("How often?"),
        choices=choices(
            {
                "once": _("Once"),
                "weekly": _("Every week"),
                "monthly": _("Every month, on the same weekday, such as the first Tuesday"),
            }
        ),
        default="once",
        validate_choice=False,
    )
    last = StringField(label("Until which day does it go on?"), render_kw=_DAY)
    without = TextAreaField(label("Are there days without it?"), render_kw={"rows": 3, "maxlength": 2000})
    opens = SelectField(
        label("Who can come?"),
        choices=choices(
            {
                "group": _("This group"),
                "venue": _("All groups at its venue"),
                "programme": _("All groups of its programme"),
                "organisation": _("All groups of its organisation"),
            }
        ),
        default="group",
        validate_choice=False,
    )

    def series(self) -> Series:
        """When it says they are. Refused for a day or a choice that is none."""
        every = _one_of(Every, self.every.data, "every")
        last, without, when, checks = None, frozenset[date](), (date.min, time.min), AllAtOnce()
        with checks:
            when = self.when()
        with checks:
            last = _day(self.last.data, "last") if (self.last.data or "").strip() else None
        with checks:
            lines = [line.strip() for line in (self.without.data or "").splitlines()]
            without = frozenset(_day(line, "without") for line in lines if line)
        checks.tell()
        return Series(*when, every, last if every is not Every.ONCE else None, without)


class Change(What):
    """The same of one that is there."""

    which = RadioField(label("Which meetings?"), choices=choices(_ONWARDS), default="one", validate_choice=False)


def _both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two parts of a form say. Refused for what is wrong with either, at once."""
    ones: list[A] = []
    others: list[B] = []
    checks = AllAtOnce()
    with checks:
        ones.append(first())
    with checks:
        others.append(second())
    checks.tell()
    return ones[0], others[0]


def _number(typed: str | None, field: str) -> int:
    said = (typed or "").strip()
    if not (said.isascii() and said.isdigit() and len(said) < 6):
        raise Refused("Type a number in figures, such as 90.", field)
    return int(said)


def _day(typed: str | None, field: str) -> date:
    try:
        found = read_day((typed or "").strip())
    except ValueError as error:
        raise Refused("Type a day like 2026-09-30.", field) from error
    if found.year > 2100:
        raise Refused("That day is too far ahead. Choose an earlier one.", field)
    return found


def _one_of(kind: type[Kind], typed: str | None, field: str) -> Kind:
    try:
        return kind(typed or "")
    except ValueError as error:
        raise Refused("Choose one of these.", field) from error


@pages.get("/teach/groups/<public_id>/meetings")
@allow(Permission.MEETING_RUN)
def of_group(public_id: str) -> Response:
    """The meetings of a group, and the form that adds more."""
    return _of_group(public_id, New(minutes="120"))


@pages.post("/teach/groups/<public_id>/meetings")
@allow(Permission.MEETING_RUN)
def add(public_id: str) -> Response:
    """Add a meeting or a series."""
    form, who = New(request.form), must_be_me().signed
    form_id = event_id_of(request.form)
    try:
        opens = _one_of(Opens, form.opens.data, "opens")
        about, series = _both(form.about, form.series)
        asked = about, series, opens, form_id, site().settings.timezone, now_ms()
        made = meetings.add(store(), who, public_id, *asked)
    except Refused as refused:
        form.refuse(refused)
        return _of_group(public_id, form, 422)
    return see_other(f"/teach/groups/{public_id}/meetings?added={len(made)}")


def _of_group(public_id: str, form: New, status: int = 200) -> Response:
    found = meetings.of_group(store(), must_be_me().signed, public_id, now_ms())
    added = request.args.get("added", "")
    return page(
        "meetings/group.html",
        status,
        group=found.group,
        ahead=[_line(it, found.taken.get(it.meeting_id, 0)) for it in found.ahead],
        before=[_line(it, found.taken.get(it.meeting_id, 0)) for it in found.before],
        form=form,
        event_id=new_event_id(),
        added=int(added) if added.isascii() and added.isdigit() and len(added) < 4 else 0,
        staff=True,
        tab="/teach",
    )


def _line(row: Row, taken: int) -> dict[str, object]:
    return {"row": row, "begins": _begins(row), "places": _places(row, taken)}


def _begins(row: Row) -> Words:
    return at_time(row.starts_ms, site().settings.timezone)


def _places(row: Row, taken: int) -> Words | str:
    if row.capacity is not None:
        return _("{taken} of {all} places taken.", taken=taken, all=row.capacity)
    return _n("{n} person said she comes.", "{n} people said they come.", taken) if taken else ""


@pages.get("/teach/meetings/<public_id>")
@allow(Permission.MEETING_RUN)
def meeting(public_id: str) -> Response:
    """A meeting: who has a place, changing it, cancelling it."""
    return _meeting(public_id, None)


@pages.post("/teach/meetings/<public_id>")
@allow(Permission.MEETING_RUN)
def done(public_id: str) -> Response:
    """Do what one of the forms says."""
    form, who, at_ms = Change(request.form), must_be_me().signed, now_ms()
    onwards = form.which.data == "on"
    person = request.form.get("person", "")
    try:
        match request.form.get("act"):
            case "change":
                about, when = _both(form.about, form.when)
                meetings.change(store(), who, public_id, about, *when, onwards, site().settings.timezone, at_ms)
            case "cancel":
                meetings.cancel(store(), who, public_id, onwards, at_ms)
            case "book":
                bookings.book_for(store(), who, public_id, person, at_ms)
            case "free":
                bookings.give_back_for(store(), who, public_id, person, at_ms)
            case _:
                raise NotFound
    except Refused as refused:
        changing = request.form.get("act") == "change"
        shown = form if changing else None
        return _meeting(public_id, shown, refused)
    return see_other(f"/teach/meetings/{public_id}?saved=1")


def _meeting(public_id: str, form: Change | None, refused: Refused | None = None) -> Response:
    who, now = must_be_me().signed, now_ms()
    found, places = meetings.one(store(), who, public_id, now), bookings.places(store(), who, public_id, now)
    form = form or _as_it_is(found.row)
    if refused:
        form.refuse(refused)
    return page(
        "meetings/meeting.html",
        422 if refused else 200,
        found=found,
        begins=_begins(found.row),
        taken=_places(found.row, found.taken),
        who_comes=places,
        open=found.row.cancelled_ms is None and found.row.starts_ms > now,
        register=found.row.cancelled_ms is None and found.row.starts_ms <= now + 3_600_000,
        form=form,
        saved="saved" in request.args,
        staff=True,
        tab="/teach",
    )


def _as_it_is(row: Row) -> Change:
    begins = datetime.fromtimestamp(row.starts_ms / 1000, site().settings.timezone)
    return Change(
        name=row.name,
        place=row.place,
        first=begins.date().isoformat(),
        at=f"{begins:%H:%M}",
        minutes=str(row.minutes),
        capacity="" if row.capacity is None else str(row.capacity),
    )


@pages.get("/teach/meetings/<public_id>/sheet")
@allow(Permission.MEETING_RUN)
def sheet(public_id: str) -> Response:
    """The register on paper: names and boxes, and empty lines for guests."""
    places = bookings.places(store(), must_be_me().signed, public_id, now_ms())
    booked = {it.public_id for it in places.booked}
    everyone = sorted((*places.booked, *places.others), key=lambda it: (it.display_name.casefold(), it.public_id))
    rows = [(it.display_name, it.public_id in booked) for it in everyone]
    return page(
        "meetings/sheet.html",
        row=places.row,
        begins=_begins(places.row),
        rows=rows,
        empty=EMPTY_LINES,
        staff=True,
        tab="/teach",
    )

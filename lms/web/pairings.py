"""Giving a learner a mentor: who has one, until when, and what is overdue; pairing, moving the end, handing over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField

from lms.errors import NotFound, Refused
from lms.learning.days import day_of
from lms.learning.joining import as_text
from lms.learning.pairing import RHYTHM_DAYS, RHYTHMS, Pairing, as_date, last_day
from lms.learning.people import Permission
from lms.services import mentoring, pairings
from lms.services.pairings import Choice, Term
from lms.services.people import SignedIn
from lms.web.changing import day_typed, number_of
from lms.web.forms import DAY, Form, choices, event_id_of, id_in, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, _n
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store, zone
from lms.web.words import on

pages = Blueprint("pairings", __name__)


class Pair(Form):
    """A mentor, from when to when, and how often they mean to speak."""

    mentor = SelectField(label("Who is to be her mentor?"), validate_choice=False)
    starts = StringField(label("First day"), render_kw=DAY)
    ends = StringField(label("Last day"), render_kw=DAY)
    rhythm = SelectField(label("How often do they mean to speak?"), validate_choice=False)


class Room(Form):
    """How many learners a mentor has room for."""

    mentor = SelectField(label("Mentor"), validate_choice=False)
    capacity = StringField(label("Learners at a time"), render_kw={"inputmode": "numeric", "maxlength": 2})


@pages.get("/teach/pairings")
@allow(Permission.PAIRING_CHANGE)
def every() -> Response:
    """Who has a mentor, and with whom it is time to speak."""
    found = mentoring.all_paired(store(), must_be_me().signed, now_ms(), zone())
    rows = [(it, _said(it), on(as_date(it.ends_day))) for it in found]
    return page("pairings/every.html", rows=rows, staff=True, tab="/teach")


def _said(it: mentoring.Listed) -> Words:
    if it.overdue:
        return _n("Check-in {n} day overdue.", "Check-in {n} days overdue.", it.overdue)
    return _("Next check-in by {day}.", day=on(as_date(it.due_day)))


@pages.get("/teach/pairings/<public_id>")
@allow(Permission.PAIRING_CHANGE)
def one(public_id: str) -> Response:
    """Who is or was somebody's mentor, and the form to change that."""
    return _one(public_id)


@pages.post("/teach/pairings/<public_id>")
@allow(Permission.PAIRING_CHANGE)
def sent(public_id: str) -> Response:
    """Pair, move the end, end now, hand over, or say how many a mentor has room for: what `act` says."""
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound
    try:
        act(must_be_me().signed, public_id, request.form)
    except Refused as refused:
        return _one(public_id, refused)
    return see_other(f"/teach/pairings/{public_id}?done=1")


def _pair(who: SignedIn, public_id: str, form: MultiDict[str, str]) -> None:
    starts = day_typed(form.get("starts", ""), "starts") or day_of(now_ms(), zone())
    term = Term(starts, day_typed(form.get("ends", ""), "ends"), number_of(form.get("rhythm")) or RHYTHM_DAYS)
    mentor = form.get("mentor", "")
    pairings.pair(store(), who, public_id, mentor, term, event_id_of(form), now_ms(), zone())


def _change(who: SignedIn, public_id: str, form: MultiDict[str, str]) -> None:
    ends = day_typed(form.get("ends", ""), "ends")
    if ends is None:
        raise Refused("Write the day as 2026-12-31.", "ends")
    rhythm = number_of(form.get("rhythm")) or RHYTHM_DAYS
    pairings.change(store(), who, public_id, id_in(form, "pairing_id"), ends, rhythm, now_ms(), zone())


def _end(who: SignedIn, public_id: str, form: MultiDict[str, str]) -> None:
    pairings.end(store(), who, public_id, id_in(form, "pairing_id"), now_ms())


def _hand_over(who: SignedIn, public_id: str, form: MultiDict[str, str]) -> None:
    mentor, new = form.get("mentor", ""), event_id_of(form)
    pairings.hand_over(store(), who, public_id, id_in(form, "pairing_id"), mentor, new, now_ms(), zone())


def _room(who: SignedIn, public_id: str, form: MultiDict[str, str]) -> None:
    pairings.choose(store(), who, public_id, now_ms(), zone())  # the page it stands on is to be hers
    capacity = number_of(form.get("capacity"))
    pairings.set_capacity(store(), who, form.get("mentor", ""), -1 if capacity is None else capacity, now_ms())


_ACTS: Mapping[str, Callable[[SignedIn, str, MultiDict[str, str]], None]] = {
    "pair": _pair,
    "change": _change,
    "end": _end,
    "hand-over": _hand_over,
    "room": _room,
}


def _one(public_id: str, refused: Refused | None = None) -> Response:
    found = pairings.choose(store(), must_be_me().signed, public_id, now_ms(), zone())
    today = day_of(now_ms(), zone())
    open_ = next((row for row in found.pairings if not row.ended and row.ends_day >= today), None)
    act = request.form.get("act", "") if refused else ""
    form, room = _form(found, open_, today, act), _room_form(found, act)
    if refused:
        (room if act == "room" else form).refuse(refused)
    return page(
        "pairings/one.html",
        422 if refused else 200,
        found=found,
        open=open_,
        form=form,
        room=room,
        before=[_line(found, row) for row in found.pairings if row is not open_],
        until=on(as_date(open_.ends_day)) if open_ else "",
        mentor=found.names.get(open_.mentor_id, "") if open_ else "",
        event_id=new_event_id(),
        done="done" in request.args,
        staff=True,
        tab="/teach",
    )


def _form(found: Choice, open_: Pairing | None, today: int, act: str) -> Pair:
    form = Pair(request.form if act and act != "room" else None)
    free: dict[str, Words | str] = {"": _("Choose")}
    for it, now, room in found.mentors:
        free[it.public_id] = _("{name}: {now} of {room}", name=it.display_name, now=now, room=room)
    form.mentor.choices = choices(free)
    form.rhythm.choices = choices({str(days): _n("Every {n} week", "Every {n} weeks", days // 7) for days in RHYTHMS})
    form.rhythm.data = form.rhythm.data or str(open_.rhythm_days if open_ else RHYTHM_DAYS)
    form.starts.data = form.starts.data or as_text(today)
    form.ends.data = form.ends.data or as_text(open_.ends_day if open_ else last_day(today))
    return form


def _room_form(found: Choice, act: str) -> Room:
    room = Room(request.form if act == "room" else None)
    room.mentor.choices = choices({it.public_id: it.display_name for it, _now, _room in found.mentors})
    return room


def _line(found: Choice, row: Pairing) -> Words:
    name = found.names.get(row.mentor_id) or _("somebody who is no longer here")
    spoken = {"name": name, "first": on(as_date(row.starts_day)), "last": on(as_date(row.ends_day))}
    return _("{name}, from {first} (ended early)", **spoken) if row.ended else _("{name}, {first} to {last}", **spoken)

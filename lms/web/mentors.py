"""A mentor and her learners: her list, the page they share from her side, and the same from the learner's."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, request
from wtforms import RadioField, StringField, TextAreaField

from lms.errors import Refused
from lms.learning.days import day_of
from lms.learning.pairing import CHECK_IN, NOTE, as_date
from lms.learning.people import Permission
from lms.services import mentoring, messages, signoffs
from lms.services.mentoring import LONGEST_GOAL, LONGEST_NOTE, Listed, Shared
from lms.web.changing import day_typed
from lms.web.forms import DAY, Form, choices, event_id_of, id_in, label, new_event_id
from lms.web.handed import stands, waiting
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, _n
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, site, store, zone
from lms.web.words import day_of as day_in
from lms.web.words import on

pages = Blueprint("mentors", __name__)

_KINDS: dict[str, Words | str] = {CHECK_IN: _("We spoke"), NOTE: _("Something to remember")}


class Note(Form):
    """That they spoke, or something both want to remember."""

    kind = RadioField(label("What is this?"), validate_choice=False)
    day = StringField(label("Which day?"), render_kw=DAY)
    words = TextAreaField(label("In a few words"), render_kw={"rows": 3, "maxlength": LONGEST_NOTE})


class Goal(Form):
    """What she wants to reach."""

    goal = StringField(label("Something I want to reach"), render_kw={"maxlength": LONGEST_GOAL})


@pages.get("/mentor")
@allow(Permission.PAIRING_READ)
def learners() -> Response:
    """The learners of a mentor now, who waits for a check-in first."""
    who = must_be_me().signed
    found = mentoring.my_learners(store(), who, now_ms(), zone())
    waits = signoffs.waiting(store(), site().catalogue, who, now_ms(), zone())
    unread = messages.unread_for_staff(store(), who, now_ms(), zone())
    rows = [(it, said(it), waiting(waits[it.public_id]) if waits.get(it.public_id) else "") for it in found]
    return page("mentors/learners.html", rows=rows, unread=unread, staff=True, tab="/mentor")


def said(it: Listed | Shared) -> Words:
    """When they mean to speak, or for how long that is overdue."""
    if it.overdue:
        return _n("Speak with her: {n} day overdue.", "Speak with her: {n} days overdue.", it.overdue)
    return _("Next check-in by {day}.", day=on(as_date(it.due_day)))


@pages.get("/mentor/<public_id>")
@allow(Permission.PAIRING_READ)
def learner(public_id: str) -> Response:
    """What a mentor sees of a learner of hers."""
    return _learner(public_id, _note())


def _note() -> Note:
    form = Note(request.form if request.method == "POST" else None)
    form.kind.choices = choices(_KINDS)
    form.kind.data = form.kind.data or CHECK_IN
    form.day.data = form.day.data or as_date(day_of(now_ms(), zone())).isoformat()
    return form


def _learner(public_id: str, form: Note, status: int = 200) -> Response:
    found = mentoring.for_mentor(store(), site().catalogue, must_be_me().signed, public_id, now_ms(), zone())
    return page(
        "mentors/learner.html",
        status,
        **_shown(found),
        form=form,
        noted="noted" in request.args,
        staff=True,
        tab="/mentor",
    )


def _shown(found: Shared) -> dict[str, object]:
    """What both pages show, in words."""
    return {
        "found": found,
        "due": said(found),
        "until": on(as_date(found.pairing.ends_day)),
        "kinds": _KINDS,
        "tasks": [(it, stands(it.handed)) for it in found.tasks],
        "day": lambda at_ms: on(day_in(at_ms, zone())),
        "event_id": new_event_id(),
    }


@pages.post("/mentor/<public_id>")
@allow(Permission.PAIRING_READ)
def noted(public_id: str) -> Response:
    """Note a check-in, or something to remember. What can't be taken is said, and nothing typed is lost."""
    form, who = _note(), must_be_me().signed
    try:
        spoke_ms = _spoke(form.day.data or "")
        kind, typed = form.kind.data or "", form.words.data or ""
        mentoring.note(
            store(), who, public_id, event_id_of(request.form), kind, typed, spoke_ms, now_ms(), zone()
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused)
        return _learner(public_id, form, 422)
    return see_other(f"/mentor/{public_id}?noted=1")


def _spoke(typed: str) -> int:
    """The instant of a day: now for today, noon of any other."""
    day, today = day_typed(typed, "day"), day_of(now_ms(), zone())
    if day is None or day == today:
        return now_ms()
    at = as_date(day)
    return int(datetime(at.year, at.month, at.day, 12, tzinfo=zone()).timestamp() * 1000)


@pages.get("/me/mentor")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """Her mentor, and all that the two share."""
    return _mine(Goal())


def _mine(form: Goal, status: int = 200) -> Response:
    found = mentoring.for_learner(store(), site().catalogue, must_have_account().signed, now_ms(), zone())
    shown = _shown(found) if found else {"found": None, "event_id": new_event_id()}
    return page("mentors/mine.html", status, **shown, form=form, kept="kept" in request.args)


@pages.post("/me/mentor")
@allow(Permission.OWN_LEARN)
def goal() -> Response:
    """She sets herself a goal, has reached one, or takes one away."""
    form, who, act = Goal(request.form), must_have_account().signed, request.form.get("act", "add")
    try:
        if act == "add":
            mentoring.add_goal(store(), who, event_id_of(request.form), form.goal.data or "", now_ms())
        else:
            mentoring.mark_goal(store(), who, id_in(request.form, "goal_id"), act, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _mine(form, 422)
    return see_other("/me/mentor?kept=1")

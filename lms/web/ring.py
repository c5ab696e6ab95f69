"""Who to ring and why, noting a call, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import RadioField, TextAreaField

from lms.errors import Refused
from lms.learning.people import Permission
from lms.learning.ring import ASKED, GROUP, OPEN, SAFEGUARDING, TAKEN_BACK, Contact, Outcome, Reason, Stuck, Why
from lms.services import ring
from lms.services.ring import LONGEST_NOTE, LONGEST_WISH, Listed, Noted
from lms.web.forms import Form, choices, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, _n
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import at_time, came_to, last_here

pages = Blueprint("ring", __name__)

SHOWN = 25
"""How many stand on one page."""

_BECAME: dict[str, Words] = {
    Outcome.SPOKE: _("Spoke with her"),
    Outcome.RANG: _("Rang, and left a message"),
    Outcome.NO_ANSWER: _("Rang, no answer"),
}
_SAID: dict[str, Words] = {**_BECAME, OPEN: _("Asked for a call"), TAKEN_BACK: _("Does not need a call any more")}


class Call(Form):
    """What became of a call, and a note."""

    outcome = RadioField(label("What became of it?"), validate_choice=False)
    note = TextAreaField(label("A note, if you like"), render_kw={"rows": 3, "maxlength": LONGEST_NOTE})
    seen_by = RadioField(label("Who may read the note?"), validate_choice=False)


class Asking(Form):
    """Where and when to reach her."""

    note = TextAreaField(label("When and where can we reach you?"), render_kw={"rows": 2, "maxlength": LONGEST_WISH})


@dataclass(frozen=True)
class Row:
    """Somebody on the list, in words."""

    public_id: str
    name: str
    groups: str
    why: tuple[Words, ...]
    last: Words | str
    wish: str
    rung: Words | str


@pages.get("/teach/ring")
@allow(Permission.CONTACT_LOG)
def listed() -> Response:
    """Whom to ring, the most urgent first, and why."""
    group = request.args.get("group", "")
    found = ring.to_ring(store(), site().catalogue, must_be_me().signed, now_ms(), site().settings.timezone, group)
    skip = min(_skip(), len(found.people))
    return page(
        "ring/ring.html",
        found=found,
        rows=[_row(it) for it in found.people[skip : skip + SHOWN]],
        group=group,
        skip=skip,
        more=skip + SHOWN if skip + SHOWN < len(found.people) else 0,
        noted="noted" in request.args,
        staff=True,
        tab="/teach",
    )


def _skip() -> int:
    asked = request.args.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def _row(it: Listed) -> Row:
    rung = _rung(it.last_call) if it.last_call else ""
    return Row(it.public_id, it.name, ", ".join(it.groups), _reasons(it.why), _last(it.why.last_ms), it.wish, rung)


def _last(last_ms: int | None) -> Words | str:
    return last_here(last_ms, now_ms(), site().settings.timezone)


def _rung(call: Contact) -> Words:
    when = at_time(call.at_ms, site().settings.timezone)
    return _("{what}, {when}", what=_SAID[call.outcome], when=when)


def _reasons(why: Why) -> tuple[Words, ...]:
    """Why, in words, by numbers: what a lesson is about is hers."""
    said: dict[Reason, Words] = {}
    if why.asked_ms is not None:
        said[Reason.ASKED] = _("She asked for a call, {when}.", when=at_time(why.asked_ms, site().settings.timezone))
    if why.stuck:
        said[Reason.STUCK] = _stuck(why.stuck)
    if why.last_ms:
        said[Reason.STOPPED] = _n("Not here for {n} day.", "Not here for {n} days.", _days(why.last_ms))
    if why.since_ms is not None:
        n = _days(why.since_ms)
        said[Reason.NOT_STARTED] = _n("Joined {n} day ago, not started.", "Joined {n} days ago, not started.", n)
    return tuple(said[reason] for reason in why.reasons)


def _days(at_ms: int) -> int:
    return max(0, (now_ms() - at_ms) // 86_400_000)


def _stuck(stuck: tuple[Stuck, ...]) -> Words:
    shapes = {shape.course_id: shape for shape in shelf().courses.values()}
    for it in stuck:
        shape = shapes.get(it.course_id)
        if shape is None or it.step_no not in shape.places:
            continue
        module = shape.places[it.step_no][0]
        its = [one.module for one in shape.plan.modules]
        number = its.index(module) + 1
        lesson = shape.lesson_of.get(it.step_no)
        if lesson is None:
            return _(
                "Stuck on a question: {course}, module {module}, the quiz.", course=shape.plan.title, module=number
            )
        names = [one.name for one in shape.plan.modules[number - 1].lessons]
        of = {"course": shape.plan.title, "module": number, "lesson": names.index(shape.places[lesson.no][1]) + 1}
        return _("Stuck on a question: {course}, module {module}, lesson {lesson}.", **of)
    return _("Stuck on a question.")


@pages.get("/teach/ring/<public_id>")
@allow(Permission.CONTACT_LOG)
def one(public_id: str) -> Response:
    """Why to ring somebody, the contacts there were, and the form for another."""
    return _one(public_id, _form())


def _form() -> Call:
    form = Call(request.form if request.method == "POST" else None)
    form.outcome.choices = choices(_BECAME)
    form.seen_by.choices = choices(
        {GROUP: _("Whoever runs her group, and she"), SAFEGUARDING: _("Only the safeguarding lead")}
    )
    form.seen_by.data = form.seen_by.data or GROUP
    return form


def _one(public_id: str, form: Call, status: int = 200) -> Response:
    who = must_be_me().signed
    found = ring.one(store(), site().catalogue, who, public_id, now_ms(), site().settings.timezone)
    return page(
        "ring/one.html",
        status,
        found=found,
        why=_reasons(found.why) if found.why else (),
        last=_last(found.last_ms),
        often=[(name, came_to(it)) for name, it in found.often],
        contacts=[(_rung(it.contact), it, _whose(it)) for it in found.contacts],
        form=form,
        event_id=new_event_id(),
        noted="noted" in request.args,
        staff=True,
        tab="/teach",
    )


def _whose(it: Noted) -> Words | str:
    return "" if it.contact.kind == ASKED else it.by or _("somebody who is no longer here")


@pages.post("/teach/ring/<public_id>")
@allow(Permission.CONTACT_LOG)
def logged(public_id: str) -> Response:
    """Note a call. What can't be taken is said, and nothing typed is lost."""
    form, who = _form(), must_be_me().signed
    note, by = form.note.data or "", form.seen_by.data or GROUP
    try:
        contact_id = event_id_of(request.form)
        ring.log(store(), who, public_id, contact_id, form.outcome.data or "", note, by, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _one(public_id, form, 422)
    return see_other(f"/teach/ring/{public_id}?noted=1")


@pages.get("/me/call")
@allow(Permission.OWN_LEARN)
def call() -> Response:
    """Whether she waits for a call, who sees that, and the form that asks for one."""
    return _call(Asking())


def _call(form: Asking, status: int = 200) -> Response:
    found = ring.mine(store(), must_have_account().signed, now_ms())
    asked = at_time(found.asked_ms, site().settings.timezone) if found.asked_ms is not None else ""
    return page("me/call.html", status, found=found, asked=asked, form=form, event_id=new_event_id())


@pages.post("/me/call")
@allow(Permission.OWN_LEARN)
def called() -> Response:
    """Ask for a call, or take that back (`act=back`)."""
    form, who = Asking(request.form), must_have_account().signed
    try:
        contact_id = event_id_of(request.form)
        if request.form.get("act") == "back":
            ring.take_back(store(), who, contact_id, now_ms())
        else:
            ring.ask(store(), who, contact_id, form.note.data or "", now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _call(form, 422)
    return see_other("/me/call")

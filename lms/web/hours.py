"""Hours on a placement: her own page, where she writes them down, and the same weeks for her mentor to sign off."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from wtforms import RadioField, StringField, TextAreaField

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.joining import as_text
from lms.learning.people import Permission
from lms.learning.placing import LATE_DAYS, Line, days_on
from lms.services import hours, placements, working
from lms.services.hours import LONGEST_LINK, LONGEST_SAID, LONGEST_WHAT
from lms.services.working import Work
from lms.web.changing import day_typed
from lms.web.forms import DAY, Form, choices, event_id_of, id_in, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, store, zone
from lms.web.worked import BECAME, minutes_of, shown

pages = Blueprint("hours", __name__)

_NUMBER = {"inputmode": "decimal", "maxlength": 6, "autocomplete": "off"}


class Log(Form):
    """What she did on a day, and for how long."""

    day = StringField(label("Which day?"), render_kw=DAY)
    hours = StringField(label("Hours"), render_kw=_NUMBER)
    minutes = StringField(label("Minutes"), render_kw=_NUMBER)
    what = TextAreaField(label("What I did"), render_kw={"rows": 3, "maxlength": LONGEST_WHAT})
    link = StringField(
        label("A link to it"), render_kw={"inputmode": "url", "autocomplete": "off", "maxlength": LONGEST_LINK}
    )


class Later(Form):
    """What she does three months after."""

    later = RadioField(label("What do you do now?"), choices=choices(BECAME), validate_choice=False)


class Ask(Form):
    """What a mentor asks about a week."""

    said = TextAreaField(label("My question"), render_kw={"rows": 2, "maxlength": LONGEST_SAID})


@pages.get("/me/placement")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """Her placement: what she wrote down, week by week, and the form for a day."""
    return _mine()


def _mine(log: Log | None = None, later: Later | None = None, status: int = 200) -> Response:
    found = working.mine(store(), must_have_account().signed, now_ms(), zone())
    if not found:
        return page("hours/none.html")
    today, wanted = day_of(now_ms(), zone()), request.values.get("of", "")
    work = next((it for it in found if str(it.row.placement_id) == wanted), found[0])
    line = _line(work, request.values.get("line", ""))
    return page(
        "hours/mine.html",
        status,
        **shown(work),
        others=[it for it in found if it is not work],
        form=log or _filled(work, line, today),
        line=line,
        may_log=work.row.starts_day <= today <= days_on(work.row.span.last_day, LATE_DAYS),
        later=later or Later(),
        asked=work.is_asked(today),
        event_id=new_event_id(),
        kept="kept" in request.args,
    )


def _line(work: Work, typed: str) -> Line | None:
    """The line she wants to change; None: none."""
    return next((it for week in work.weeks for it in week.lines if str(it.hours_id) == typed), None)


def _filled(work: Work, line: Line | None, today: int) -> Log:
    if line is None:
        return Log(day=as_text(max(work.row.starts_day, min(today, work.row.span.last_day))))
    whole, rest = divmod(line.minutes, 60)
    return Log(
        day=as_text(line.day), hours=str(whole or ""), minutes=str(rest or ""), what=line.what, link=line.link or ""
    )


@pages.post("/me/placement")
@allow(Permission.OWN_LEARN)
def sent() -> Response:
    """Write down a day, change or take back a line, or say what she does three months after."""
    act, placement_id = request.form.get("act", "log"), id_in(request.form, "of")
    who, again = must_have_account().signed, f"/me/placement?of={placement_id}&kept=1"
    if act == "later":
        later = Later(request.form)
        try:
            placements.tell_later(store(), who, placement_id, later.later.data or "", now_ms(), zone())
        except Refused as refused:
            later.refuse(refused)
            return _mine(later=later, status=422)
        return see_other(again)
    form = Log(request.form)
    try:
        hours.log(store(), who, placement_id, _typed(form, back=act == "back"), now_ms(), zone())
    except Refused as refused:
        form.refuse(refused)
        return _mine(form, status=422)
    return see_other(again)


def _typed(form: Log, *, back: bool) -> Line:
    """What stands in the form; a line that is taken back has no minutes."""
    checks, day, minutes = AllAtOnce(), None, 0
    with checks:
        day = day_typed(form.day.data or "", "day")
        if day is None:
            raise Refused("Write the day as 2026-12-31.", "day")
    if not back:
        for field, typed, times in (("hours", form.hours.data, 60), ("minutes", form.minutes.data, 1)):
            with checks:
                minutes += minutes_of(typed or "", field, times)
        if minutes == 0:
            with checks:
                raise Refused("Type how long it was: from 1 minute to 24 hours.", "hours")
    checks.tell()
    replaces = id_in(request.form, "line") if request.form.get("line") else None
    if back and replaces is None:
        raise NotFound
    what, link = ("", "") if back else (form.what.data or "", form.link.data or "")
    return Line(event_id_of(request.form), day or 0, minutes, what, link, replaces)


@pages.get("/mentor/<public_id>/hours")
@allow(Permission.PAIRING_READ)
def learner(public_id: str) -> Response:
    """The weeks of a learner, for who is her mentor now."""
    return _learner(public_id, Ask())


def _learner(public_id: str, form: Ask, status: int = 200) -> Response:
    learner, found = working.for_mentor(store(), must_be_me().signed, public_id, now_ms(), zone())
    return page(
        "hours/learner.html",
        status,
        public_id=public_id,
        name=learner.display_name,
        works=[shown(it) for it in found],
        form=form,
        asking=request.form.get("week", ""),
        event_id=new_event_id,
        kept="kept" in request.args,
        staff=True,
        tab="/mentor",
    )


@pages.post("/mentor/<public_id>/hours")
@allow(Permission.PAIRING_READ)
def signed(public_id: str) -> Response:
    """Sign a week off as it stands, or ask about it."""
    form, who, said = Ask(request.form), must_be_me().signed, ""
    try:
        if request.form.get("act") == "ask":
            said = (form.said.data or "").strip()
            if not said:
                raise Refused("Write what you want to ask about this week.", "said")
        its, week, minutes = _named_week()
        hours.sign(
            store(), who, public_id, its, week, minutes, event_id_of(request.form), now_ms(), zone(), said
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused)
        return _learner(public_id, form, 422)
    return see_other(f"/mentor/{public_id}/hours?kept=1")


def _named_week() -> tuple[UUID, int, int]:
    """The placement, the Monday of the week, and the minutes a form names. NotFound for what is none."""
    week, minutes = request.form.get("week", ""), request.form.get("minutes", "")
    if not (week.isascii() and week.isdigit() and minutes.isascii() and minutes.isdigit() and len(week) == 8):
        raise NotFound
    return id_in(request.form, "of"), int(week), int(minutes[:6])

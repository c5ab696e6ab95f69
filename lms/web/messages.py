"""Messages: a learner's with her mentor and who runs her groups, the same for staff, and all of one for the lead."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from wtforms import TextAreaField

from lms.errors import N_, NotFound, Refused
from lms.learning.messages import LONGEST, Kind
from lms.learning.people import Permission
from lms.services import messages, reading
from lms.services.messages import PAGE, SAID, Page
from lms.services.threads import Talk
from lms.web.forms import Form, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, site, store, zone
from lms.web.words import at_time, listed

pages = Blueprint("messages", __name__)

_HOURS = _("Nobody reads messages at night or at weekends. An answer can take three days.")


class Message(Form):
    """What she writes."""

    words = TextAreaField(label("Your message"), render_kw={"rows": 4, "maxlength": LONGEST})


@pages.get("/me/messages")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """With whom she writes, or could."""
    lines = messages.mine(store(), must_have_account().signed, now_ms(), zone())
    return page("messages/mine.html", lines=lines, titled=_titled, leave=True, **_shown())


@pages.get("/me/messages/<uuid:thread_id>")
@allow(Permission.OWN_LEARN)
def hers(thread_id: UUID) -> Response:
    """One of her threads, and the form to write in it."""
    return _hers(thread_id, Message())


@pages.post("/me/messages/<uuid:thread_id>")
@allow(Permission.OWN_LEARN)
def written(thread_id: UUID) -> Response:
    """Send a message, report one or all of them, or say that she has read them: a list leads here by a button."""
    form, who, here = Message(request.form), must_have_account().signed, f"/me/messages/{thread_id}"
    if "report" in request.form:
        messages.report(store(), who, "", thread_id, *_reported(), "", now_ms(), zone())
        return see_other(f"{here}?said=reported")
    if request.form.get("act") == "read":
        messages.read_by_her(store(), who, thread_id, now_ms(), zone())
        return see_other(here)
    try:
        its_id, words = event_id_of(request.form), form.words.data or ""
        messages.write(store(), who, thread_id, its_id, words, now_ms(), zone(), by_mail=_by_mail())
    except Refused as refused:
        form.refuse(refused)
        return _hers(thread_id, form, 422)
    return see_other(f"{here}?said=sent")


def _hers(thread_id: UUID, form: Message, status: int = 200) -> Response:
    found = messages.hers(store(), must_have_account().signed, thread_id, now_ms(), zone(), _skip())
    return page("messages/hers.html", status, **_one(found, form), here=f"/me/messages/{thread_id}", leave=True)


@pages.get("/teach/messages")
@allow(Permission.MESSAGE_WRITE)
def staff() -> Response:
    """The threads somebody of the staff reads, those with something new first; `?with=` those of one learner."""
    who, chosen = must_be_me().signed, request.args.get("with", "")
    if chosen:
        return _of_one(chosen)
    lines, more = messages.for_staff(store(), who, now_ms(), zone(), _skip())
    older = _skip() + PAGE if more else 0
    return page("messages/staff.html", lines=lines, older=older, staff=True, tab=_tab(), **_shown())


def _of_one(public_id: str) -> Response:
    lines = messages.of_one(store(), must_be_me().signed, public_id, now_ms(), zone())
    if not lines:
        raise NotFound(NOBODY)
    if len(lines) == 1:
        return see_other(f"/teach/messages/{lines[0].public_id}/{lines[0].talk.row.thread_id}")
    return page("messages/staff.html", lines=lines, older=0, staff=True, tab=_tab(), **_shown())


NOBODY = N_("You can’t write to her: she is in none of your groups, and you are not her mentor now.")


@pages.get("/teach/messages/<public_id>/<uuid:thread_id>")
@allow(Permission.MESSAGE_WRITE)
def one(public_id: str, thread_id: UUID) -> Response:
    """One of them, and the form to write in it."""
    return _staffs(public_id, thread_id, Message())


@pages.post("/teach/messages/<public_id>/<uuid:thread_id>")
@allow(Permission.MESSAGE_WRITE)
def answered(public_id: str, thread_id: UUID) -> Response:
    """Send a message, pass one or all of them to the safeguarding lead, or take the thread out as a file."""
    form, who, here = Message(request.form), must_be_me().signed, f"/teach/messages/{public_id}/{thread_id}"
    if "report" in request.form:
        messages.report(store(), who, public_id, thread_id, *_reported(), "", now_ms(), zone())
        return see_other(f"{here}?said=reported")
    if request.form.get("act") == "file":
        return _file(reading.file_by_head(store(), who, public_id, thread_id, now_ms(), zone()))
    if request.form.get("act") == "read":
        messages.read_by_staff(store(), who, public_id, thread_id, now_ms(), zone())
        return see_other(here)
    try:
        its_id, words = event_id_of(request.form), form.words.data or ""
        messages.answer(store(), who, public_id, thread_id, its_id, words, now_ms(), zone(), by_mail=_by_mail())
    except Refused as refused:
        form.refuse(refused)
        return _staffs(public_id, thread_id, form, 422)
    return see_other(f"{here}?said=sent")


def _staffs(public_id: str, thread_id: UUID, form: Message, status: int = 200) -> Response:
    found = messages.staffs(store(), must_be_me().signed, public_id, thread_id, now_ms(), zone(), _skip())
    here = f"/teach/messages/{public_id}/{thread_id}"
    return page("messages/one.html", status, **_one(found, form), here=here, staff=True, tab=_tab())


@pages.post("/teach/concerns/<public_id>/<uuid:concern_id>/messages")
@allow(Permission.CONCERN_READ)
def whole(public_id: str, concern_id: UUID) -> Response:
    """The messages a worry came from, for who took it up; `act=file` as a file. Each time is noted, so it is no GET."""
    who = must_be_me().signed
    if request.form.get("act") == "file":
        return _file(reading.file_by_lead(store(), who, public_id, concern_id, now_ms()))
    found = reading.by_lead(store(), who, public_id, concern_id, now_ms())
    back = f"/teach/concerns/{public_id}/{concern_id}"
    return page("messages/whole.html", found=found, when=_when, back=back, staff=True, tab="/teach")


def _file(body: bytes) -> Response:
    kept_as = 'attachment; filename="messages.csv"'
    return Response(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": kept_as})


def _reported() -> tuple[UUID | None, UUID]:
    """The message that is reported (None: all of them), and the id of the worry: one for each button of a page."""
    chosen, form_id = request.form.get("report", ""), event_id_of(request.form)
    if chosen == "all":
        return None, form_id
    try:
        its_id = UUID(chosen)
    except ValueError as error:
        raise NotFound from error
    return its_id, uuid.uuid5(form_id, str(its_id))


def _shown() -> dict[str, Any]:
    settings = site().settings
    hours = settings.office_hours or _HOURS
    return {"hours": hours, "when": _when, "offered": settings.smtp is not None}


def _one(found: Page, form: Message) -> dict[str, Any]:
    return {
        **_shown(),
        "found": found,
        "form": form,
        "why": _(SAID[found.why_not]) if found.why_not else "",
        "titled": _titled,
        "named_all": _named_all,
        "event_id": new_event_id(),
        "report_id": new_event_id(),
        "older": _skip() + PAGE,
        "said": request.args.get("said", ""),
    }


def _titled(talk: Talk) -> Words | str:
    return _("My mentor") if talk.row.kind == Kind.MENTOR else talk.group


def _named_all(names: Mapping[int, str]) -> Words | str:
    return listed(sorted(names.values()))


def _when(at_ms: int) -> Words:
    return at_time(at_ms, zone())


def _skip() -> int:
    asked = request.args.get("skip", "")
    return min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0


def _by_mail() -> bool:
    return site().settings.smtp is not None


def _tab() -> str:
    return "/teach" if must_be_me().may(Permission.GROUP_READ) else "/mentor"

"""Files she hands in with a Task or a line of hours: a page to send and take back, and the files themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.utils import secure_filename

from lms.content.plan import Kind
from lms.errors import NotFound, Refused
from lms.learning.answers import MENTOR, audience
from lms.learning.people import Permission
from lms.learning.uploads import ENDINGS, JPEG, MOST_BYTES, TEXT
from lms.services import uploads
from lms.services.uploads import Sent, Upload
from lms.web.bodies import Html
from lms.web.courses import address, module_of
from lms.web.forms import event_id_of, id_in, new_event_id
from lms.web.headers import SANDBOXED
from lms.web.languages import titled
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, of_error
from lms.web.signed import allow, must_be_me, must_have_account
from lms.web.site import now_ms, shelf, store, zone
from lms.web.words import data
from lms.web.writes import takes_up_to

pages = Blueprint("uploads", __name__)

_TAKEN = 12_000_000
"""Bytes a form may bring: a photo as a phone takes it is refused with a sentence, not cut off."""


@dataclass(frozen=True)
class Place:
    """What files are handed in for, as a page shows it."""

    here: str
    back: str
    title: Html | Words
    to_mentor: bool
    kind: str
    its_id: UUID
    keep: Callable[[Sent], Upload]
    leave: bool = False
    """Whether the page has the way out that pages of its module have."""


@pages.get("/me/files/<course>/<module>/<name>")
@allow(Permission.OWN_LEARN)
def of_task(course: str, module: str, name: str) -> Response:
    """The files of a Task, and the form for one more."""
    return _show(_task(course, module, name))


@pages.post("/me/files/<course>/<module>/<name>")
@allow(Permission.OWN_LEARN)
@takes_up_to(_TAKEN)
def to_task(course: str, module: str, name: str) -> Response:
    """Send a file for a Task, or take one back."""
    return _act(_task(course, module, name))


@pages.get("/me/files/hours/<uuid:hours_id>")
@allow(Permission.OWN_LEARN)
def of_hours(hours_id: UUID) -> Response:
    """The files of a line of hours, and the form for one more."""
    return _show(_hours(hours_id))


@pages.post("/me/files/hours/<uuid:hours_id>")
@allow(Permission.OWN_LEARN)
@takes_up_to(_TAKEN)
def to_hours(hours_id: UUID) -> Response:
    """Send a file for a line of hours, or take one back."""
    return _act(_hours(hours_id))


@pages.get("/evidence/<public_id>/<uuid:evidence_id>")
@allow(Permission.OWN_LEARN)
def file(public_id: str, evidence_id: UUID) -> Response:
    """A file as it is kept. Nothing in it can act, and nobody keeps it on the way."""
    it, body = uploads.read_for(store(), must_be_me().signed, public_id, evidence_id, now_ms(), zone())
    kind = f"{it.media_type}; charset=utf-8" if it.media_type == TEXT else it.media_type
    answer = Response(body, content_type=kind)
    how = "inline" if it.media_type == JPEG else "attachment"
    answer.headers.set("Content-Disposition", how, filename=secure_filename(it.name) or _plain_name(it))
    answer.headers["Content-Security-Policy"] = SANDBOXED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _plain_name(it: Upload) -> str:
    """For a name without a letter that every system can write."""
    return f"file.{ENDINGS[it.media_type]}"


def _task(course: str, module: str, name: str) -> Place:
    """A Task that asks for something to be handed in. NotFound for any other step."""
    who, shape = must_have_account(), shelf().course(course)
    plan = module_of(shape.plan, module)
    lesson = next((it for it in plan.lessons if name in {step.name for step in it.steps}), None)
    no = shape.numbers.get((module, name), 0)
    step = shape.steps.get(no)
    if lesson is None or step is None or step.kind is not Kind.TASK or not step.evidence:
        raise NotFound
    return Place(
        f"/me/files/{course}/{module}/{name}",
        f"{address(course, module, lesson.name)}?{urlencode({'step': name})}",
        titled(shape.plan, step.title, module, name),
        audience(step) == MENTOR,
        uploads.TASK,
        uploads.task_id(shape.course_id, no),
        lambda sent: uploads.for_task(store(), who.signed, shape.course_id, no, step, sent, now_ms()),
        leave=plan.leave,
    )


def _hours(hours_id: UUID) -> Place:
    who = must_have_account()
    uploads.check_hours(store(), who.signed, hours_id)
    return Place(
        f"/me/files/hours/{hours_id}",
        "/me/placement",
        _("My placement"),
        True,
        uploads.HOURS,
        hours_id,
        lambda sent: uploads.for_hours(store(), who.signed, hours_id, sent, now_ms()),
    )


def _show(it: Place, wrong: Words | None = None, status: int = 200) -> Response:
    who = must_be_me()
    return page(
        "uploads/files.html",
        status,
        it=it,
        found=uploads.of(store(), who.signed, it.kind, it.its_id),
        most=uploads.MOST_FOR_ONE,
        size=data,
        leave=it.leave,
        event_id=new_event_id(),
        wrong=wrong,
        kept="kept" in request.args,
        gone="gone" in request.args,
    )


def _act(it: Place) -> Response:
    form = request.form
    if form.get("act") == "back":
        uploads.take_back(store(), must_be_me().signed, id_in(form, "file_id"), now_ms())
        return see_other(f"{it.here}?gone=1")
    sent = request.files.get("file")
    body = sent.read(MOST_BYTES + 1) if sent else b""
    try:
        it.keep(Sent(event_id_of(form), (sent.filename or "") if sent else "", body))
    except Refused as refused:
        return _show(it, of_error(refused), refused.status)
    return see_other(f"{it.here}?kept=1")

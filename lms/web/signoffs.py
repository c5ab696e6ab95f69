"""Signing off what was handed in, or saying what is missing: for her mentor, and for who runs a group of hers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services import mentoring, signoffs
from lms.services.mentoring import Task
from lms.services.signoffs import LONGEST
from lms.web import bodies
from lms.web.bodies import Html
from lms.web.forms import event_id_of, id_in, new_event_id
from lms.web.handed import stands
from lms.web.pages import page, see_other
from lms.web.saying import Words, of_error
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store, zone
from lms.web.words import day_of, on

pages = Blueprint("signoffs", __name__)


@pages.get("/mentor/<public_id>/tasks")
@allow(Permission.PAIRING_READ)
def of_mine(public_id: str) -> Response:
    """What a learner of hers handed in, with the words and files, and the forms to sign it off."""
    return _of_mine(public_id)


@pages.post("/mentor/<public_id>/tasks")
@allow(Permission.PAIRING_READ)
def said_to_mine(public_id: str) -> Response:
    """Sign something off (`act=sign`), or say what is missing (`return`)."""
    try:
        _say(public_id)
    except Refused as refused:
        return _of_mine(public_id, refused)
    return see_other(f"/mentor/{public_id}/tasks?done=1")


@pages.get("/teach/tasks/<public_id>")
@allow(Permission.TASK_SIGN)
def of_one(public_id: str) -> Response:
    """What a learner of her groups handed in, without the words: she shows it."""
    return _of_one(public_id)


@pages.post("/teach/tasks/<public_id>")
@allow(Permission.TASK_SIGN)
def said_to_one(public_id: str) -> Response:
    """The same as of a mentor."""
    try:
        _say(public_id)
    except Refused as refused:
        return _of_one(public_id, refused)
    return see_other(f"/teach/tasks/{public_id}?done=1")


def _say(public_id: str) -> None:
    form, act = request.form, request.form.get("act", "")
    if act not in ("sign", "return"):
        raise NotFound
    missing = form.get("missing", "") if act == "return" else None
    given = id_in(form, "handed_id"), missing, event_id_of(form), now_ms(), zone()
    signoffs.say(store(), site().catalogue, must_be_me().signed, public_id, *given)


def _of_mine(public_id: str, refused: Refused | None = None) -> Response:
    found = mentoring.for_mentor(store(), site().catalogue, must_be_me().signed, public_id, now_ms(), zone())
    here = f"/mentor/{public_id}"
    return _page(found.name, found.public_id, list(found.tasks), f"{here}/tasks", here, "/mentor", refused)


def _of_one(public_id: str, refused: Refused | None = None) -> Response:
    name, found = signoffs.of_learner(store(), site().catalogue, must_be_me().signed, public_id, now_ms())
    tasks = [Task(it, ()) for it in found]
    return _page(name, public_id, tasks, f"/teach/tasks/{public_id}", f"/teach/ring/{public_id}", "/teach", refused)


def _shown(it: Task) -> tuple[Task, Words, Words, UUID, tuple[Html, ...]]:
    """A Task with how it stands, its day, the id of a form about it, and what its author says to look for."""
    of = it.handed
    shape = site().catalogue.release(of.release_id)
    key = site().catalogue.key(shape, shape.numbers[of.module, of.name], of.lang)
    day = on(day_of(of.at_ms, zone()))
    return it, stands(of), day, new_event_id(), tuple(map(bodies.said, key.look_for))


def _page(
    name: str, public_id: str, tasks: list[Task], here: str, back: str, tab: str, refused: Refused | None
) -> Response:
    wrong: UUID | None = id_in(request.form, "handed_id") if refused else None
    return page(
        "signoffs/tasks.html",
        refused.status if refused else 200,
        name=name,
        public_id=public_id,
        tasks=[_shown(it) for it in tasks],
        here=here,
        back=back,
        wrong=wrong,
        error=of_error(refused) if refused else None,
        typed=request.form.get("missing", "") if refused else "",
        most=LONGEST,
        done="done" in request.args,
        staff=True,
        tab=tab,
    )

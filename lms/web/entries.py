"""Somebody who is here twice: who, side by side, made one; and two again. For facilitators and administrators."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services import entries
from lms.web.forms import id_in
from lms.web.pages import page, see_other
from lms.web.saying import of_error
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import day_of, last_here, on

pages = Blueprint("entries", __name__)


@pages.get("/teach/same")
@allow(Permission.PERSON_MERGE)
def same() -> Response:
    """Who is here twice: choose one, then the other, then look at both."""
    one, other = request.args.get("one", ""), request.args.get("other", "")
    return _both(one, other) if one and other else _choose(one)


@pages.post("/teach/same")
@allow(Permission.PERSON_MERGE)
def sent() -> Response:
    """Make two one, or one two again."""
    match request.form.get("act"):
        case "merge":
            return _merge(request.form.get("one", ""), request.form.get("other", ""))
        case "undo":
            entries.undo(
                store(), must_be_me().signed, request.form.get("kept", ""), id_in(request.form, "merge"), now_ms()
            )
            return see_other("/teach/same?undone=1")
        case _:
            raise NotFound


def _merge(one: str, other: str) -> Response:
    """Whichever was not chosen to be kept becomes the one that was."""
    keep = request.form.get("keep", "")
    if keep not in (one, other):
        return _both(one, other, Refused("Choose which one to keep."))
    try:
        entries.merge(store(), must_be_me().signed, keep, other if keep == one else one, now_ms())
    except Refused as refused:
        return _both(one, other, refused)
    return see_other("/teach/same?" + urlencode({"one": keep, "done": 1}))


def _choose(one: str) -> Response:
    asked = " ".join(request.args.get("q", "").split())[:80]
    found = entries.choose(store(), must_be_me().signed, one, asked, now_ms())
    zone = site().settings.timezone
    days = {it.merge_id: on(day_of(it.at_ms, zone)) for it in found.merged}
    return page(
        "entries/choose.html",
        found=found,
        asked=asked,
        days=days,
        done="done" in request.args,
        undone="undone" in request.args,
        staff=True,
        tab="/teach",
    )


def _both(one: str, other: str, refused: Refused | None = None) -> Response:
    both = entries.both(store(), must_be_me().signed, one, other, now_ms())
    zone = site().settings.timezone
    last = {it.public_id: last_here(it.last_at_ms, now_ms(), zone) for it in both}
    since = {it.public_id: on(day_of(it.made_ms, zone)) for it in both}
    error = of_error(refused) if refused else ""
    status = 422 if refused else 200
    return page("entries/both.html", status, both=both, last=last, since=since, error=error, staff=True, tab="/teach")

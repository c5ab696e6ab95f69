"""Adding many learners to a group at once: a list pasted or sent as a file, checked whole, then confirmed."""

from __future__ import annotations

import uuid
from uuid import UUID

from flask import Blueprint, Response, request

from lms.errors import Refused
from lms.interop.rosters import text_of
from lms.learning.people import Permission
from lms.services import rosters
from lms.services.rosters import Checked
from lms.web.forms import event_id_of
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, of_error
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store

pages = Blueprint("rosters", __name__)

MOST_AT_ONCE = 500
"""People one form adds: each is a transaction, and a page must not take longer than a minute."""


@pages.get("/teach/groups/<public_id>/add")
@allow(Permission.MEMBER_ADD)
def add(public_id: str) -> Response:
    """The form for a list."""
    group = rosters.group_named(store(), must_be_me().signed, public_id, now_ms())
    return _form(public_id, group, uuid.uuid4())


@pages.post("/teach/groups/<public_id>/add")
@allow(Permission.MEMBER_ADD)
def added(public_id: str) -> Response:
    """Check a list; confirmed, add everybody on it."""
    who, upload = must_be_me().signed, event_id_of(request.form)
    group = rosters.group_named(store(), who, public_id, now_ms())
    text = request.form.get("roster", "")
    file = request.files.get("file")
    try:
        if file is not None and file.filename:
            text = text_of(file.read())
        checked = rosters.check(store(), who, public_id, text.encode(errors="replace"), now_ms(), upload)
        if len(checked.roster.learners) > MOST_AT_ONCE:
            raise Refused("This is more than {most} people. Send them in two lists.", "roster", most=MOST_AT_ONCE)
    except Refused as refused:
        return _form(public_id, group, upload, text, wrong=of_error(refused))
    if checked.faults:
        return _form(public_id, group, upload, text, checked)
    if request.form.get("act") != "add":
        return page(
            "rosters/preview.html",
            checked=checked,
            public_id=public_id,
            upload=upload,
            text=text,
            staff=True,
            tab="/teach",
        )
    try:
        rosters.add(store(), who, public_id, upload, checked.roster.learners, now_ms())
    except Refused as refused:
        return _form(public_id, group, upload, text, wrong=of_error(refused))
    return see_other(f"/teach/groups/{public_id}")


def _form(
    public_id: str,
    group: str,
    upload: UUID,
    text: str = "",
    checked: Checked | None = None,
    wrong: Words | None = None,
) -> Response:
    faults = [(it.row, it.column, _(it.told, **it.values)) for it in checked.faults] if checked else []
    return page(
        "rosters/add.html",
        422 if faults or wrong else 200,
        public_id=public_id,
        group=group,
        upload=upload,
        text=text,
        faults=faults,
        wrong=wrong,
        staff=True,
        tab="/teach",
    )

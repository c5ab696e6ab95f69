"""Adding many learners to a group at once: a list pasted or sent as a file, checked whole, then confirmed."""

from __future__ import annotations

import io
import uuid
from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Response, request

from lms.errors import Refused
from lms.interop.lines import MOST_BYTES, text_of
from lms.interop.rosters import Fault
from lms.learning.people import Permission
from lms.services import longlists, rosters
from lms.web.forms import event_id_of
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, of_error
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, store
from lms.web.writes import takes_up_to

pages = Blueprint("rosters", __name__)

LONGEST_HERE = 60_000
"""Bytes of a list that goes to and fro in a form: more is put by, however few people it names."""


@pages.get("/teach/groups/<public_id>/add")
@allow(Permission.MEMBER_ADD)
def add(public_id: str) -> Response:
    """The form for a list."""
    group = rosters.group_named(store(), must_be_me().signed, public_id, now_ms())
    return _form(public_id, group, uuid.uuid4())


@pages.post("/teach/groups/<public_id>/add")
@allow(Permission.MEMBER_ADD)
@takes_up_to(2 * MOST_BYTES)  # twice, so that what is too long is told in words about lists
def added(public_id: str) -> Response:
    """Check a list; confirmed, add everybody on it. A long one is put by, and its own page goes on from there."""
    who, upload = must_be_me().signed, event_id_of(request.form)
    group = rosters.group_named(store(), who, public_id, now_ms())
    text, file = request.form.get("roster", ""), _file()
    sent = file or io.BytesIO(text.encode(errors="replace"))
    try:
        measured = rosters.measure(sent)
        if len(measured.learners) > rosters.MOST_AT_ONCE or _length(sent) > LONGEST_HERE:
            return _put_by(public_id, group, upload, sent, text, measured.faults)
        sent.seek(0)
        text = text_of(sent)
        checked = rosters.check(store(), who, public_id, text.encode(), now_ms(), upload)
    except Refused as refused:
        return _form(public_id, group, upload, text, wrong=of_error(refused))
    if checked.faults:
        return _form(public_id, group, upload, text, checked.faults)
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


def _file() -> BinaryIO | None:
    """The file that was sent, as it lies on the disk of this machine."""
    file = request.files.get("file")
    return cast(BinaryIO, file.stream) if file is not None and file.filename else None


def _length(sent: BinaryIO) -> int:
    return sent.seek(0, io.SEEK_END)


def _put_by(public_id: str, group: str, upload: UUID, sent: BinaryIO, text: str, faults: tuple[Fault, ...]) -> Response:
    """A list that no request can add. What was pasted comes back with its faults; a file is still where it was."""
    if not faults:
        kept = longlists.keep(store(), must_be_me().signed, public_id, sent, now_ms())
        if kept.list_id:
            return see_other(f"/teach/groups/{public_id}/lists/{kept.list_id}")
        faults = kept.faults
    return _form(public_id, group, upload, text, faults)


def _form(
    public_id: str,
    group: str,
    upload: UUID,
    text: str = "",
    faults: tuple[Fault, ...] = (),
    wrong: Words | None = None,
) -> Response:
    return page(
        "rosters/add.html",
        422 if faults or wrong else 200,
        public_id=public_id,
        group=group,
        upload=upload,
        text=text,
        faults=[(it.row, it.column, _(it.told, **it.values)) for it in faults],
        wrong=wrong,
        sent=longlists.sent(store(), must_be_me().signed, public_id, now_ms()),
        staff=True,
        tab="/teach",
    )

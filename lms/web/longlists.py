"""A long list of learners: what was read of it, how far adding them is, and the cards of those who were added."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from lms.learning.people import Permission
from lms.services import longlists
from lms.services.longlists import Stage
from lms.web.changing import number_of
from lms.web.pages import page, see_other
from lms.web.saying import _
from lms.web.scan import scan
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store

pages = Blueprint("longlists", __name__)

PAGES = {Stage.CHECKED: "checked", Stage.GOING: "going", Stage.DONE: "ended", Stage.STOPPED: "ended"}


@pages.get("/teach/groups/<public_id>/lists/<uuid:list_id>")
@allow(Permission.MEMBER_ADD)
def one(public_id: str, list_id: UUID) -> Response:
    """A list of hers, wherever it is."""
    who, now = must_be_me().signed, now_ms()
    found = longlists.look(store(), who, public_id, list_id, now)
    checked = found.stage is Stage.CHECKED
    return page(
        f"longlists/{PAGES[found.stage]}.html",
        public_id=public_id,
        found=found,
        refused=[(row, _(told)) for row, told in found.refused],
        doubts=longlists.doubts(store(), who, public_id, list_id, now) if checked else None,
        looking_script=site().looking_script.path,
        staff=True,
        tab="/teach",
    )


@pages.post("/teach/groups/<public_id>/lists/<uuid:list_id>")
@allow(Permission.MEMBER_ADD)
def sent(public_id: str, list_id: UUID) -> Response:
    """Add them, stop, or make cards for some of them, which are shown this once."""
    who, act = must_be_me().signed, request.form.get("act")
    if act == "cards":
        return _cards(public_id, list_id, number_of(request.form.get("first")) or 1)
    if act in ("stop", "forget"):
        longlists.stop(store(), who, public_id, list_id, now_ms())
    else:
        longlists.ask(store(), who, public_id, list_id, now_ms())
    return see_other(f"/teach/groups/{public_id}/" + ("add" if act == "forget" else f"lists/{list_id}"))


def _cards(public_id: str, list_id: UUID, first: int) -> Response:
    who = must_be_me().signed
    found = longlists.look(store(), who, public_id, list_id, now_ms())
    made, without = longlists.cards(store(), who, public_id, list_id, first, now_ms())
    address = f"{site().settings.public_url}/sign-in/code"
    return page(
        "longlists/cards.html",
        public_id=public_id,
        found=found,
        first=first,
        last=min(first + longlists.CARDS - 1, found.total),
        cards=made,
        without=without,
        address=address,
        scan=scan(address),
        staff=True,
        tab="/teach",
    )

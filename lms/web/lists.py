"""The people of a group as a list: cards that let them in, and moving some of them to another group."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lms.errors import Refused
from lms.learning.people import Permission
from lms.services import groups, rosters
from lms.services.groups import GroupPage
from lms.web.pages import page, see_other
from lms.web.saying import Words, of_error
from lms.web.scan import scan
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store

pages = Blueprint("lists", __name__)


@pages.get("/teach/groups/<public_id>/members")
@allow(Permission.MEMBER_ADD)
def members(public_id: str) -> Response:
    """Everybody in a group, to choose from."""
    return _members(_seen(public_id))


def _seen(public_id: str) -> GroupPage:
    return groups.members(store(), must_be_me().signed, public_id, site().settings.secret_key, now_ms())


def _members(seen: GroupPage, wrong: Words | None = None, chosen: frozenset[str] = frozenset()) -> Response:
    mine = groups.mine(store(), must_be_me().signed, site().settings.secret_key, now_ms())
    return page(
        "lists/members.html",
        422 if wrong else 200,
        group=seen.group,
        members=seen.members,
        others=[it for it in mine if it.public_id != seen.group.public_id],
        chosen=chosen,
        wrong=wrong,
        moved=request.args.get("moved", ""),
        staff=True,
        tab="/teach",
    )


@pages.post("/teach/groups/<public_id>/members")
@allow(Permission.MEMBER_ADD)
def sent(public_id: str) -> Response:
    """Cards for those chosen, shown this once; or move them."""
    form, who = request.form, must_be_me().signed
    chosen, seen = form.getlist("person"), _seen(public_id)
    try:
        if not chosen:
            raise Refused("Tick at least one person.", "person")
        if form.get("act") == "cards":
            return _cards(public_id, seen, chosen)
        if not form.get("to"):
            raise Refused("Choose the group they go to.", "to")
        moved = rosters.move(store(), who, public_id, form["to"], chosen, now_ms())
    except Refused as refused:
        return _members(seen, of_error(refused), frozenset(chosen))
    return see_other(f"/teach/groups/{public_id}/members?moved={moved}")


def _cards(public_id: str, seen: GroupPage, chosen: list[str]) -> Response:
    made, without = rosters.cards(store(), must_be_me().signed, public_id, chosen, now_ms())
    address = f"{site().settings.public_url}/sign-in/code"
    return page(
        "lists/cards.html",
        group=seen.group,
        cards=made,
        without=without,
        address=address,
        scan=scan(address),
        staff=True,
        tab="/teach",
    )

"""Groups: a facilitator's own and how their members are doing; joining one with a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from lms.errors import Forbidden, NotFound, Refused, TooManyTries
from lms.learning.joining import as_text
from lms.learning.people import Permission
from lms.learning.places import Where
from lms.learning.ring import QUIET_MS
from lms.learning.shapes import Shape
from lms.services import changing, codes, groups, memberships, messages, ring
from lms.services.changing import Choices
from lms.services.groups import Door, Group, Member
from lms.services.ring import ToRing
from lms.services.throttles import home_of
from lms.web.buckets import limits
from lms.web.changing import Group as Form
from lms.web.changing import filled, typed, wanted_of
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, of_error
from lms.web.scan import scan
from lms.web.signed import allow, allow_anyone, me, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import came_to, last_here, listed, on

pages = Blueprint("groups", __name__)

COUNTED_ROWS = 2_000
"""How much is read to say how many there are to ring; past that the page only leads to the list."""

SHOWS = (("all", _("Everyone")), ("quiet", _("Not here for 14 days")), ("new", _("Not started")))


@pages.get("/teach")
@allow(Permission.GROUP_READ)
def teach() -> Response:
    """The groups she looks after."""
    found = _new()
    return _teach(found, filled(found) if found else None)


@pages.post("/teach")
@allow(Permission.GROUP_ADD)
def add() -> Response:
    """Make a group."""
    who, found = must_be_me().signed, _new()
    if found is None:
        raise Forbidden(changing.ONLY_WHOLE)
    form = typed(found)
    wanted, faults = wanted_of(form, found)
    try:
        made = changing.add(store(), who, wanted, site().settings.secret_key, now_ms(), faults)
    except Refused as refused:
        form.refuse(refused)
        return _teach(found, form, 422)
    return see_other(f"/teach/groups/{made.public_id}")


def _new() -> Choices | None:
    """What a group she adds can be; None where she adds none."""
    who = must_be_me()
    return changing.look_new(store(), who.signed, now_ms()) if who.may(Permission.GROUP_ADD) else None


def _teach(found: Choices | None, form: Form | None, status: int = 200) -> Response:
    who = must_be_me()
    return page(
        "groups/teach.html",
        status,
        groups=groups.mine(store(), who.signed, site().settings.secret_key, now_ms()),
        titles={slug: shape.plan.title for slug, shape in shelf().courses.items()},
        found=found,
        form=form,
        ring=_to_ring(),
        unread=messages.unread_for_staff(store(), who.signed, now_ms(), site().settings.timezone),
        may_bring=who.may(Permission.MEMBER_ADD),
        staff=True,
        tab="/teach",
    )


def _to_ring() -> ToRing | None:
    """Whom to ring, for whoever may note that she did."""
    who = must_be_me()
    if not who.may(Permission.CONTACT_LOG):
        return None
    return ring.to_ring(store(), site().catalogue, who.signed, now_ms(), site().settings.timezone, most=COUNTED_ROWS)


@dataclass(frozen=True)
class Row:
    """One member in one course, as the group page shows her."""

    public_id: str
    name: str
    last: Words
    quiet: bool
    begun: bool
    """Whether she has begun this course."""
    stopped: Words
    stops: tuple[str, ...]
    """A letter a module: `d` done, `s` started, empty for neither."""
    said: Words
    """The same in a sentence."""
    came: Words | str
    """How often she came to the meetings of the group; empty where it had none."""


@pages.get("/teach/groups/<public_id>")
@allow(Permission.GROUP_READ)
def group(public_id: str) -> Response:
    """Who is in a group, where each stopped, when each was last here."""
    who = must_be_me()
    seen = groups.members(store(), who.signed, public_id, site().settings.secret_key, now_ms())
    shapes = {slug: shelf().courses[slug] for slug in seen.group.courses if slug in shelf().courses}
    shape = _chosen(shapes, seen.members)
    now, zone = now_ms(), site().settings.timezone
    rows = [_row(it, it.where(store(), site().catalogue, shape), now, zone) for it in seen.members] if shape else []
    show = request.args.get("show", "all")
    return page(
        "groups/group.html",
        group=seen.group,
        changed="changed" in request.args,
        plan=shape.plan if shape else None,
        courses=tuple((slug, its.plan.title) for slug, its in shapes.items()),
        rows=tuple(row for row in rows if _is_shown(row, show)),
        total=len(seen.members),
        people=tuple((member.public_id, member.display_name) for member in seen.members),
        here=sum(not row.quiet for row in rows),
        met=any(row.came for row in rows),
        shows=SHOWS,
        show=show,
        may_give=who.may(Permission.CODE_GIVE),
        may_ring=who.may(Permission.CONTACT_LOG),
        may_bring=who.may(Permission.MEMBER_ADD),
        may_change=who.may(Permission.GROUP_CHANGE),
        may_merge=who.may(Permission.PERSON_MERGE),
        may_meet=who.may(Permission.MEETING_RUN),
        taken="taken" in request.args,
        staff=True,
        tab="/teach",
    )


def _chosen(shapes: Mapping[str, Shape], members: tuple[Member, ...]) -> Shape | None:
    """Which of the group's courses to show: the one asked for, else the one most have begun."""
    asked = shapes.get(request.args.get("course", ""))
    return asked or max(shapes.values(), key=lambda shape: sum(it.begun(shape) for it in members), default=None)


def _row(member: Member, where: Where, now: int, zone: ZoneInfo) -> Row:
    plan = where.shape.plan
    begun = where.shape.module_of
    started = {begun[no].module for no in where.state.done | where.state.opened if no in begun}
    stops = tuple(
        "d" if where.module_finished(it.module) else "s" if it.module in started else "" for it in plan.modules
    )
    last_ms = member.last_at_ms
    return Row(
        member.public_id,
        member.display_name,
        last_here(last_ms, now, zone),
        last_ms is None or now - last_ms > QUIET_MS,
        where.begun,
        _stopped(where, elsewhere=last_ms is not None),
        stops,
        _said(stops),
        came_to(member.often) if member.often.of else "",
    )


def _stopped(where: Where, elsewhere: bool) -> Words:
    """Where she is, by numbers: what a lesson is about is hers.

    Beside the day she was last here `Not started` would be a puzzle: `elsewhere` is where she was.
    """
    if not where.begun:
        return _("Not started in {course}", course=where.shape.plan.title) if elsewhere else _("Not started")
    if where.state.course:
        return _("Finished")
    here = where.carry_on()
    if here is None:
        return _("All done")
    modules = [module.module for module in where.shape.plan.modules]
    module = where.shape.plan.modules[modules.index(here[0])]
    lessons = [lesson.name for lesson in module.lessons]
    number = modules.index(here[0]) + 1
    if here[1] not in lessons:
        return _("Module {module}, the quiz", module=number)
    of = {"lesson": lessons.index(here[1]) + 1, "all": len(lessons)}
    return _("Module {module}, lesson {lesson} of {all}", module=number, **of)


def _said(stops: tuple[str, ...]) -> Words:
    done = [number for number, stop in enumerate(stops, 1) if stop == "d"]
    begun = [number for number, stop in enumerate(stops, 1) if stop == "s"]
    if not begun:
        return _("Done: {done}.", done=listed(done)) if done else _("None done.")
    if not done:
        return _("None done. Started: {begun}.", begun=listed(begun))
    return _("Done: {done}. Started: {begun}.", done=listed(done), begun=listed(begun))


def _is_shown(row: Row, show: str) -> bool:
    if show == "quiet":
        return row.quiet and row.begun
    return show != "new" or not row.begun


@pages.post("/teach/groups/<public_id>")
@allow(Permission.GROUP_CHANGE)
def renew(public_id: str) -> Response:
    """Give the group a new join code."""
    groups.renew_code(store(), must_be_me().signed, public_id, site().settings.secret_key, now_ms())
    return see_other(f"/teach/groups/{public_id}")


@pages.get("/teach/groups/<public_id>/take-out")
@allow(Permission.MEMBER_ADD)
def take_out(public_id: str) -> Response:
    """Whom to take out of a group; of somebody chosen, what it means and the button that does it."""
    who, chosen = must_be_me().signed, request.args.get("person", "")
    if chosen:
        taken = memberships.to_take_out(store(), who, public_id, chosen, now_ms())
        return page("groups/take-out.html", public_id=public_id, taken=taken, staff=True, tab="/teach")
    seen = groups.members(store(), who, public_id, site().settings.secret_key, now_ms())
    return page("groups/whom.html", group=seen.group, members=seen.members, staff=True, tab="/teach")


@pages.post("/teach/groups/<public_id>/take-out")
@allow(Permission.MEMBER_ADD)
def taken_out(public_id: str) -> Response:
    """Take somebody out of a group."""
    memberships.take_out(store(), must_be_me().signed, public_id, request.form.get("person", ""), now_ms())
    return see_other(f"/teach/groups/{public_id}?taken=1")


@pages.get("/teach/groups/<public_id>/poster")
@allow(Permission.MEMBER_ADD)
def poster(public_id: str) -> Response:
    """The join code to print and pin up."""
    return _printed("poster", _group(public_id))


@pages.get("/teach/groups/<public_id>/cards")
@allow(Permission.MEMBER_ADD)
def cards(public_id: str) -> Response:
    """The same as small cards to cut out and hand over."""
    return _printed("cards", _group(public_id))


def _printed(what: str, group: Group) -> Response:
    address = f"{site().settings.public_url}/join/{quote(group.join_code)}"
    return page(f"groups/{what}.html", group=group, address=address, scan=scan(address), staff=True, tab="/teach")


def _group(public_id: str) -> Group:
    """A group she may bring people into: who may not needs no join code."""
    who, secret = must_be_me().signed, site().settings.secret_key
    mine = groups.mine(store(), who, secret, now_ms(), Permission.MEMBER_ADD)
    found = next((group for group in mine if group.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


@pages.post("/teach/code")
@allow(Permission.CODE_GIVE)
def give_code() -> Response:
    """Make a single-use sign-in code for somebody she may see, and show it this once."""
    name, code = codes.give_code(store(), must_be_me().signed, request.form.get("person", ""), now_ms())
    return page("groups/code.html", name=name, code=code, staff=True, tab="/teach")


@pages.get("/join")
@allow_anyone
def join() -> Response:
    """The form for a group's code; typed, it leads on."""
    code = request.args.get("code", "").replace("/", " ").strip()  # `%2F` in a path is a stroke to a web server
    return see_other(f"/join/{quote(code, safe='')}") if code else page("groups/join.html", code="", error="")


@pages.get("/join/<code>")
@allow_anyone
def door(code: str) -> Response:
    """The group a code leads to, before she says yes."""
    try:
        found = _look(code)
    except (NotFound, TooManyTries) as wrong:
        answer = page("groups/join.html", wrong.status, code=code, error=of_error(wrong))
        if isinstance(wrong, TooManyTries):
            answer.headers["Retry-After"] = str(wrong.wait)
        return answer
    begins = on(date.fromisoformat(as_text(found.starts_day))) if found.starts_day else None
    return page("groups/door.html", door=found, begins=begins, address=f"/join/{quote(code, safe='')}")


def _look(code: str) -> Door:
    """Look behind a code without writing anything: a poster leads here by GET, and a GET changes no row.

    There are 233 x 233 x 78 = 4.2 million codes. Without a limit all of them could be tried in hours, and
    every group's name be known. So a wrong one costs its address a token of a bucket in this process: 30,
    then 3 a minute, 4,320 a day. On two workers that finds the name of one of twenty groups by chance on
    one day in 25, less often than the hundred wrong tries in ten minutes that rows would count (one in
    15). Nothing is behind the door but that name: joining is a POST, by an account, counted in rows. A
    right code costs nothing, so a club that scans the poster all together never waits.
    """
    bucket, home = limits().doors, home_of(request.remote_addr or "")
    wait = bucket.take(home, now_ms())
    if wait:
        raise TooManyTries(wait)
    who = me()
    found = groups.look_at_code(store(), code, now_ms(), who.signed.ids if who else ())
    bucket.give_back(home)
    return found


@pages.post("/join/<code>")
@allow(Permission.OWN_LEARN)
def joined(code: str) -> Response:
    """Join the group. A guest makes an account first: her facilitator is to know who she is."""
    if must_be_me().guest:
        return see_other(f"/sign-up?{urlencode({'next': f'/join/{code}'})}")
    found = groups.join(store(), must_be_me().signed, code, request.remote_addr or "", now_ms())
    return page("groups/joined.html", door=found)

"""People, for administrators and leads of organisations: who is here, their roles, invitations, erasing somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from wtforms import SelectField, StringField

from lms.errors import Refused
from lms.learning.people import Permission, Role, ScopeKind
from lms.services import complaints, erasure, expiry, jobs, released, roles, second
from lms.services.courses import REMARK
from lms.services.credentials import UNSIGNED
from lms.services.roles import ScopeOption
from lms.web.catalogues import ENGLISH_PAGE
from lms.web.forms import Form, choices, label
from lms.web.naming import role_said
from lms.web.pages import page, see_other
from lms.web.saying import Words, _, named
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, overdue, shelf, site, store
from lms.web.words import at_time, day_of, on

pages = Blueprint("admin", __name__)


class RoleForm(Form):
    """A role, where it holds, and until when."""

    role = SelectField(label("Role"), validate_choice=False)
    scope = SelectField(label("Where"), validate_choice=False)
    ends = StringField(label("Until"), render_kw={"inputmode": "numeric", "maxlength": 10})


class MoveEnd(Form):
    """Until when a role holds."""

    ends = StringField(label("Until"), render_kw={"inputmode": "numeric", "maxlength": 10})


class Erase(Form):
    """Her user name, typed, so that nobody is erased by a slip."""

    typed = StringField(
        label("Type it here"), render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    )


class GiveRole(RoleForm):
    """A role for somebody."""

    person = SelectField(label("Who"), validate_choice=False)


@pages.get("/admin")
@allow(Permission.PERSON_READ)
def people() -> Response:
    """The people, a page at a time or by name, and the forms to give roles."""
    return _people()


@dataclass(frozen=True)
class Asked:
    """Which people an address asks for. Forms that come back here carry it on."""

    words: str
    after: int

    def at(self, path: str, after: int = 0) -> str:
        """An address that asks for the same people, from after one of them."""
        asked = {"q": self.words} | ({"after": str(after)} if after else {})
        return f"{path}?{urlencode(asked)}" if any(asked.values()) else path


def _asked_for() -> Asked:
    after = request.args.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 20 else 0
    return Asked(" ".join(request.args.get("q", "").split())[:80], start)


def _people(
    give: RoleForm | None = None, invite: RoleForm | None = None, moved: MoveEnd | None = None, status: int = 200
) -> Response:
    who, asked = must_be_me(), _asked_for()
    found = roles.people_page(store(), who.signed, now_ms(), asked.after, asked.words)
    scopes = roles.scopes(store(), who.signed, now_ms())
    zone = site().settings.timezone
    held = (it for person in found.listed for it in person.roles)
    until = {it.role_id: day_of(it.held.ends_ms - 1, zone) for it in held if it.held.ends_ms}
    runs_site = who.may(Permission.ORGANISATION_ADD)
    give = give or GiveRole()
    _offer(give, scopes)
    if isinstance(give, GiveRole):
        give.person.choices = choices({it.public_id: _named(it) for it in found.listed})
    invite = invite or RoleForm(prefix="invite-")
    _offer(invite, scopes)
    return page(
        "admin/people.html",
        status,
        found=found,
        asked=asked,
        ends={role_id: on(day) for role_id, day in until.items()},
        days={role_id: day.isoformat() for role_id, day in until.items()},
        moved=moved or MoveEnd(),
        role_said=role_said,
        runs_site=runs_site,
        give=give,
        invite=invite,
        erased="erased" in request.args,
        stopped=tuple(_stopped()) if runs_site else (),
        complaints=complaints.waiting(store()) if runs_site else 0,
        overdue=overdue() if runs_site else (),
        unsigned=UNSIGNED if runs_site and not site().settings.badge_keys else "",
        staff=True,
        tab="/admin",
    )


@dataclass(frozen=True)
class Stopped:
    """Work that nobody goes on with: what it is, since when it fails, and the fault as its worker met it."""

    what: Words
    since: Words | str
    failure: str


_WORK = {
    REMARK: _("Marking answers again, as a new release asked"),
    released.KIND: _("Recording what a publication finished"),
    expiry.KIND: _("Forgetting what is past its time"),
}


def _stopped() -> Iterator[Stopped]:
    """The jobs that were left alone. An older program wrote down no instant."""
    titles = {it.course_id: it.plan.title for it in shelf().courses.values()}
    for job in jobs.left_alone(store()):
        course = titles.get(job.args.get("course", 0), "")
        what = _WORK.get(job.kind) or named(job.kind, ENGLISH_PAGE)
        since_ms = job.result.since_ms
        what = _("{work}, in “{course}”", work=what, course=course) if course else what
        yield Stopped(what, at_time(since_ms, site().settings.timezone) if since_ms else "", job.result.failure)


def _named(person: roles.Listed) -> str:
    return f"{person.display_name} ({person.username})" if person.username else person.display_name


def _offer(form: RoleForm, scopes: tuple[ScopeOption, ...]) -> None:
    form.scope.choices = choices({f"{it.scope}:{it.scope_id}": it.name for it in scopes})
    can = roles.givable(must_be_me().signed, now_ms())
    form.role.choices = choices({role.value: role_said(role) for role in can})


@pages.post("/admin/roles")
@allow(Permission.ROLE_GIVE)
def give() -> Response:
    """Give somebody a role."""
    form = GiveRole(request.form)
    try:
        role, scope, scope_id, ends_ms = _asked(form)
        person = form.person.data or ""
        roles.give_role(store(), must_be_me().signed, person, role, scope, scope_id, ends_ms, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _people(give=form, status=422)
    return see_other(_asked_for().at("/admin"))


@pages.post("/admin/roles/<public_id>/<uuid:role_id>")
@allow(Permission.ROLE_END)
def end(public_id: str, role_id: UUID) -> Response:
    """End a role now, or let it end on another day."""
    form, who = MoveEnd(request.form), must_be_me().signed
    try:
        if request.form.get("act") == "move":
            roles.move_end(store(), who, public_id, role_id, _end_of(form.ends.data or ""), now_ms())
        else:
            roles.end_role(store(), who, public_id, role_id, now_ms())
    except Refused as refused:
        form.say(refused)
        return _people(moved=form, status=422)
    return see_other(_asked_for().at("/admin"))


@pages.get("/admin/people/<public_id>/erase")
@allow(Permission.PERSON_ERASE)
def erase(public_id: str) -> Response:
    """What erasing somebody would take out and what would stay, and the form that does it."""
    return _erase(public_id, Erase())


@pages.post("/admin/people/<public_id>/erase")
@allow(Permission.PERSON_ERASE)
def erased(public_id: str) -> Response:
    """Erase somebody for good."""
    form = Erase(request.form)
    try:
        erasure.erase_by(store(), must_be_me().signed, public_id, form.typed.data or "", now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _erase(public_id, form, 422)
    return see_other("/admin?erased=1")


def _erase(public_id: str, form: Erase, status: int = 200) -> Response:
    who = must_be_me().signed
    if public_id == who.public_id:
        return page("admin/not-yourself.html", status, staff=True, tab="/admin")
    person = erasure.to_erase(store(), who, public_id, now_ms())
    return page("admin/erase.html", status, person=person, form=form, staff=True, tab="/admin")


@pages.post("/admin/people/<public_id>/second")
@allow(Permission.ROLE_GIVE)
def start_again(public_id: str) -> Response:
    """Take the second step away from somebody whose phone and paper are lost."""
    second.reset_by(store(), must_be_me().signed, public_id, now_ms())
    return see_other(f"/admin/people/{quote(public_id)}/record")


@pages.post("/admin/invitations")
@allow(Permission.PERSON_INVITE)
def invite() -> Response:
    """Make a link that makes one account with a role, and show it this once."""
    form = RoleForm(request.form, prefix="invite-")
    try:
        role, scope, scope_id, ends_ms = _asked(form)
        code = roles.invite(store(), must_be_me().signed, role, scope, scope_id, ends_ms, now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _people(invite=form, status=422)
    address = f"{site().settings.public_url}/invite/{code}"
    return page("admin/invited.html", role=role_said(role), address=address, staff=True, tab="/admin")


def _asked(form: RoleForm) -> tuple[Role, ScopeKind, int, int | None]:
    """What a form says; Refused where it can't be said by hand either."""
    if form.role.data not in tuple(Role) or form.role.data == Role.LEARNER:
        raise Refused("Choose a role.", "role")
    kind, _, number = (form.scope.data or "").partition(":")
    if kind not in tuple(ScopeKind) or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Refused("Choose where the role holds.", "scope")
    return Role(form.role.data), ScopeKind(kind), int(number), _end_of(form.ends.data or "")


def _end_of(text: str) -> int | None:
    """The end of a day, or None for no end."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
        return int(datetime(day.year, day.month, day.day, tzinfo=site().settings.timezone).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Refused("Write the day as 2026-12-31.", "ends") from error

"""Her own pages: what she has done and earned, how pages look to her, everything we hold about her."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import BooleanField, PasswordField, RadioField, StringField

from lms.errors import NotFound, Refused, TooManyTries
from lms.learning.people import Permission
from lms.learning.places import Where
from lms.services import badges, memberships, own, people, progress
from lms.web.courses import Next, ahead_in
from lms.web.forms import Form, adult_field, choices
from lms.web.lines import line_of
from lms.web.pages import page, see_other
from lms.web.signed import allow, enter, leave, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import count, day_of, on

pages = Blueprint("me", __name__)

MOST_ROWS = 20
"""Of one kind on the page; the file has them all."""


class Looks(Form):
    """What she is called, whether she is 18, and how pages look to her."""

    name = StringField("What should we call you?", render_kw={"autocomplete": "nickname", "maxlength": 80})
    adult = adult_field()
    text = RadioField(
        "Size of the words",
        choices=choices({"normal": "As on my phone", "large": "Large", "largest": "Largest"}),
        default="normal",
        validate_choice=False,
    )
    colours = RadioField(
        "Colours",
        choices=choices({"phone": "As on my phone", "light": "Light", "dark": "Dark"}),
        default="phone",
        validate_choice=False,
    )
    contrast = BooleanField("More contrast")
    pictures = BooleanField("Leave pictures out")

    def wishes(self) -> dict[str, str]:
        """As they are kept. What she said about her age stays where the form says nothing."""
        adult = self.adult.data if "adult" in request.form else ""
        return ({"adult": adult} if adult in people.ADULT else {}) | {
            "text": self.text.data if self.text.data in ("large", "largest") else "",
            "colours": self.colours.data if self.colours.data in ("light", "dark") else "",
            "contrast": "more" if self.contrast.data else "",
            "pictures": "out" if self.pictures.data else "",
        }


class NewPassword(Form):
    """The old password and a new one."""

    old = PasswordField("Your password now", render_kw={"autocomplete": "current-password", "maxlength": 200})
    password = PasswordField("New password", render_kw={"autocomplete": "new-password", "maxlength": 128})


@dataclass(frozen=True)
class Learning:
    """One course of hers."""

    href: str
    title: str
    line: str
    note: str
    ahead: Next | None


@dataclass(frozen=True)
class Earned:
    """One badge of hers."""

    href: str
    name: str
    picture: str
    line: str
    kind: str
    day: str


@pages.get("/me")
@allow(Permission.OWN_LEARN)
def me() -> Response:
    """Her courses and her badges."""
    who = must_be_me()
    wheres = progress.everywhere(store(), site().catalogue, shelf(), who.person_id)
    return page(
        "me/me.html",
        learning=tuple(_learning(where) for where in wheres if where.begun),
        earned=tuple(_earned(award) for award in badges.mine(store(), who.signed)),
    )


def _learning(where: Where) -> Learning:
    plan = where.shape.plan
    done = sum(where.module_finished(module.module) for module in plan.modules)
    note = f"{done} of {count(len(plan.modules), 'module')} done"
    return Learning(f"/courses/{plan.course}", plan.title, line_of(plan.course), note, ahead_in(where))


def _earned(award: badges.Award) -> Earned:
    kind = "round" if award.module else "whole"
    day = on(day_of(award.at_ms, site().settings.timezone))
    return Earned(f"/badges/{award.public_id}", award.name, award.picture, line_of(award.course), kind, day)


_KEPT = {
    "people": "Your account",
    "awards": "Badges",
    "memberships": "Groups you joined",
    "enrolments": "Courses you began",
    "progress": "Where you are in each course",
    "words": "Answers in your own words",
    "events": "Steps you did and answers you gave",
    "milestones": "First times: a lesson, a module, a course",
    "learner_months": "On which days you were here, month by month",
    "roles": "Roles you were given",
    "sign_ins": "Where you are signed in",
    "secrets": "Your password, in a form nobody can read",
    "audit": "When you signed in, changed a setting, or somebody gave you a code or a role",
}
"""Table -> what it is to her, in the order she reads it. One without words here comes last, by its name."""


@pages.get("/me/data")
@allow(Permission.OWN_LEARN)
def data() -> Response:
    """Everything we hold about her; `?as=json` to take it away."""
    found = own.everything(store(), must_be_me().person_id)
    if request.args.get("as") == "json":
        body = json.dumps(found, ensure_ascii=False, indent=1)
        name = 'attachment; filename="my-data.json"'
        return Response(body, content_type="application/json", headers={"Content-Disposition": name})
    order = [*(table for table in _KEPT if table in found), *(table for table in found if table not in _KEPT)]
    kept = [(_KEPT.get(table, table), found[table]) for table in order]
    return page("me/data.html", kept=kept, most=MOST_ROWS)


@pages.get("/me/settings")
@allow(Permission.OWN_LEARN)
def settings() -> Response:
    """How pages look to her, her password, her sign-ins."""
    return _settings()


@pages.post("/me/settings")
@allow(Permission.OWN_LEARN)
def settings_sent() -> Response:
    """Keep what one of the forms says."""
    match request.form.get("act"):
        case "looks":
            return _change_looks()
        case "password":
            return _change_password()
        case "everywhere":
            people.sign_out_everywhere(store(), must_be_me().person_id, now_ms())
            leave()
            return see_other("/")
        case _:
            raise NotFound


def _change_looks() -> Response:
    form = Looks(request.form)
    try:
        people.change_settings(store(), must_be_me().signed, form.name.data or "", form.wishes(), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _settings(looks=form, status=422)
    return see_other("/me/settings?saved=1")


def _change_password() -> Response:
    form = NewPassword(request.form)
    who = must_be_me()
    try:
        old, new = form.old.data or "", form.password.data or ""
        address = request.remote_addr or ""
        enter(people.change_password(store(), who.signed, who.token, old, new, address, now_ms()))
    except (Refused, TooManyTries) as refused:
        form.refuse(refused if isinstance(refused, Refused) else Refused(refused.sentence))
        return _settings(password=form, status=refused.status)
    return see_other("/me/settings?saved=1")


def _settings(looks: Looks | None = None, password: NewPassword | None = None, status: int = 200) -> Response:
    who = must_be_me()
    return page(
        "me/settings.html",
        status,
        looks=looks or _looks(who.name, who.wishes),
        password=password or NewPassword(),
        groups=memberships.joined(store(), who.signed),
        by_code=people.came_by_code(store(), who.person_id, who.token, now_ms()),
        saved="saved" in request.args,
        left="left" in request.args,
    )


@pages.get("/me/groups/<public_id>/leave")
@allow(Permission.OWN_LEARN)
def leave_group(public_id: str) -> Response:
    """What leaving a group of hers means, and the button that does it."""
    return page("me/leave.html", group=memberships.one_joined(store(), must_be_me().signed, public_id))


@pages.post("/me/groups/<public_id>/leave")
@allow(Permission.OWN_LEARN)
def left_group(public_id: str) -> Response:
    """Leave a group."""
    memberships.leave(store(), must_be_me().signed, public_id, now_ms())
    return see_other("/me/settings?left=1")


def _looks(name: str, wishes: Mapping[str, str]) -> Looks:
    return Looks(
        name=name,
        adult=wishes.get("adult") or "unsaid",
        text=wishes.get("text") or "normal",
        colours=wishes.get("colours") or "phone",
        contrast=wishes.get("contrast") == "more",
        pictures=wishes.get("pictures") == "out",
    )

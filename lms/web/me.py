"""Her own pages: what she has done and earned, how pages look to her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from wtforms import HiddenField, PasswordField, RadioField, StringField

from lms.content.drawings import line_of
from lms.errors import NotFound, Refused, TooManyTries
from lms.learning.people import Permission
from lms.learning.places import Where
from lms.learning.placing import BADGE
from lms.services import badges, bookings, memberships, merging, people, progress, ways_in, working
from lms.services.pins import Pin
from lms.web import languages
from lms.web.bodies import Html
from lms.web.courses import Next, ahead_in
from lms.web.entering import guest_before
from lms.web.forms import KNOWN, NEW_PIN, WHAT_LETS_IN, Form, Looks, adult_field, choices, filled_in, id_in, label
from lms.web.pages import page, see_other
from lms.web.paths import same_path
from lms.web.saying import Words, _, _n
from lms.web.signed import allow, enter, keep_phone, leave, must_be_me, must_have_account, phone
from lms.web.site import now_ms, shelf, site, store, zone
from lms.web.words import at_time, day_of, on

pages = Blueprint("me", __name__)


class Settings(Looks):
    """What she is called, whether she is 18, and how pages look to her."""

    name = StringField(label("What should we call you?"), render_kw={"autocomplete": "nickname", "maxlength": 80})
    adult = adult_field()
    lang = RadioField(label("Language of this site"), default="phone", validate_choice=False)

    def __init__(self, *said: Any, **now: Any) -> None:
        super().__init__(*said, **now)
        self.lang.choices = choices({"phone": _("As on my phone"), **languages.of_the_site()})

    def wishes(self) -> dict[str, str]:
        """As they are kept. What she said about her age stays where the form says nothing."""
        adult = self.adult.data if "adult" in request.form else ""
        lang = self.lang.data if self.lang.data in site().words else ""
        return ({"adult": adult} if adult in people.ADULT else {}) | self.looks() | {people.WORDS_WISH: lang}


class NewPassword(Form):
    """What lets her in now and a new password."""

    old = PasswordField(label("Your password now"), render_kw=KNOWN)
    password = PasswordField(label("New password"), render_kw={"autocomplete": "new-password", "maxlength": 128})


class Same(Form):
    """Another account of hers."""

    username = StringField(
        label("Its user name"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40},
    )
    password = PasswordField(label("Its password"), render_kw={"autocomplete": "off", "maxlength": 200})


class NewPin(Form):
    """What lets her in now and a new PIN with this phone. Its field is told from the other form's by its name."""

    old = PasswordField(label("Your password now"), id="pin-old", render_kw=KNOWN)
    pin = PasswordField(label("New PIN"), render_kw=NEW_PIN)


@dataclass(frozen=True)
class Learning:
    """One course of hers."""

    href: str
    title: Html
    line: str
    note: Words
    ahead: Next | None


@dataclass(frozen=True)
class Earned:
    """One badge of hers."""

    href: str
    name: Html
    picture: str
    line: str
    kind: str
    day: Words


@pages.get("/me")
@allow(Permission.OWN_LEARN)
def me() -> Response:
    """Her courses and her badges."""
    who = must_be_me()
    works, asked_now = working.has_any(store(), who.signed, now_ms(), zone()) if not who.guest else (False, False)
    wheres = progress.everywhere(store(), site().catalogue, shelf(), who.person_id)
    return page(
        "me/me.html",
        learning=tuple(_learning(where) for where in wheres if where.begun),
        earned=tuple(_earned(award) for award in badges.mine(store(), who.signed)),
        asked=guest_before() is not None,
        works=works,
        asked_now=asked_now,
        next_club=next(iter(bookings.coming(store(), who.signed, now_ms(), 1)), None) if not who.guest else None,
        begins=lambda its: at_time(its.row.starts_ms, site().settings.timezone),
    )


def _learning(where: Where) -> Learning:
    plan = where.shape.plan
    done = sum(where.module_finished(module.module) for module in plan.modules)
    note = _n("{done} of {n} module done", "{done} of {n} modules done", len(plan.modules), done=done)
    title, ahead = languages.titled(plan, plan.title, page=languages.frame()), ahead_in(where, languages.frame())
    return Learning(f"/courses/{plan.course}", title, line_of(plan.course), note, ahead)


def _earned(award: badges.Award) -> Earned:
    kind = "round" if award.module or award.badge == BADGE else "whole"
    day = on(day_of(award.at_ms, site().settings.timezone))
    name = languages.of_badge(award.name, shelf().courses.get(award.course))
    return Earned(f"/badges/{award.public_id}", name, award.picture, line_of(award.course), kind, day)


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
        case "same":
            return _bring_in()
        case "apart":
            merging.undo_hers(store(), must_be_me().signed, id_in(request.form, "merge"), now_ms())
            return see_other("/me/settings?apart=1")
        case "pin":
            return _choose_pin()
        case "no-password" | "remember" | "forget" as act:
            return _change_phone(act)
        case "everywhere":
            people.sign_out_everywhere(store(), must_be_me().person_id, now_ms())
            leave()
            return see_other("/")
        case _:
            raise NotFound


def _change_looks() -> Response:
    form = Settings(request.form)
    try:
        people.change_settings(store(), must_be_me().signed, form.name.data or "", form.wishes(), now_ms())
    except Refused as refused:
        form.refuse(refused)
        return _settings(looks=form, status=422)
    return see_other("/me/settings?saved=1")


def _change_password() -> Response:
    form, who = NewPassword(request.form), must_have_account()
    try:
        old, new = form.old.data or "", form.password.data or ""
        address = request.remote_addr or ""
        enter(ways_in.change_password(store(), who.signed, who.token, old, new, address, now_ms(), phone()))
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="old")
        return _settings(password=form, status=refused.status)
    return see_other("/me/settings?saved=1")


def _bring_in() -> Response:
    form = Same(request.form, prefix="same-")
    name, password = form.username.data or "", form.password.data or ""
    try:
        merging.claim(store(), must_have_account().signed, name, password, request.remote_addr or "", now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused)
        return _settings(same=form, status=refused.status)
    return see_other("/me/settings?same=1")


def _choose_pin() -> Response:
    form, who = NewPin(request.form), must_have_account()
    try:
        old, pin = form.old.data or "", Pin(form.pin.data or "", keep_phone())
        ways_in.choose_pin(store(), who.signed, who.token, old, pin, request.remote_addr or "", now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="old")
        return _settings(pin=form, status=refused.status)
    return see_other("/me/settings?saved=1")


def _change_phone(act: str) -> Response:
    who = must_have_account().signed
    match act:
        case "remember":
            ways_in.remember(store(), who, keep_phone(), now_ms())
        case "forget":
            ways_in.forget(store(), who, phone(), now_ms())
        case _:
            ways_in.drop_password(store(), who, phone(), now_ms())
    return see_other("/me/settings?saved=1")


def _settings(
    looks: Settings | None = None,
    password: NewPassword | None = None,
    pin: NewPin | None = None,
    same: Same | None = None,
    status: int = 200,
) -> Response:
    who = must_be_me()
    ways = ways_in.of(store(), who.person_id, phone())
    password, pin = password or NewPassword(), pin or NewPin()
    password.old.label.text = pin.old.label.text = WHAT_LETS_IN[ways.password, ways.pin]
    return page(
        "me/settings.html",
        status,
        looks=looks or _looks(who.name, who.wishes),
        password=password,
        pin=pin,
        ways=ways,
        same=same or Same(prefix="same-"),
        hers=merging.hers(store(), who.signed),
        brought="same" in request.args,
        apart="apart" in request.args,
        groups=memberships.joined(store(), who.signed),
        by_code=ways_in.came_by_code(store(), who.person_id, who.token, now_ms()),
        saved="saved" in request.args,
        left="left" in request.args,
        mail=site().settings.smtp is not None,
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


class Age(Form):
    """Whether she is 18, and where she was going."""

    adult = adult_field()
    next = HiddenField()


@pages.get("/me/age")
@allow(Permission.OWN_LEARN)
def age() -> Response:
    """The question of her age. Signing in leads here once, if nobody has asked her."""
    said = must_have_account().signed.wishes.get("adult") or "unsaid"
    return page("me/age.html", form=Age(next=request.args.get("next", ""), adult=said))


@pages.post("/me/age")
@allow(Permission.OWN_LEARN)
def age_said() -> Response:
    """Keep what she says, or that she would rather not, and go on."""
    who, form = must_have_account().signed, Age(request.form)
    said = people.first_wishes(form.adult.data or "")
    people.change_settings(store(), who, who.display_name, said, now_ms())
    return see_other(same_path(form.next.data or "", "/"))


def _looks(name: str, wishes: Mapping[str, str]) -> Settings:
    adult, lang = wishes.get("adult") or "unsaid", wishes.get(people.WORDS_WISH) or "phone"
    return Settings(name=name, adult=adult, lang=lang, **filled_in(wishes))

"""What is held about her: seeing it, taking it away, who else can see it, another user name, closing her account."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from wtforms import PasswordField, StringField

from lms.errors import N_, Refused, TooManyTries
from lms.learning.days import instant
from lms.learning.people import Permission
from lms.services import erasure, own, seen, uploads, ways_in
from lms.services.pins import Pin
from lms.services.seen import Done
from lms.web.catalogues import ENGLISH_PAGE
from lms.web.forms import KNOWN, WHAT_LETS_IN, Form, label
from lms.web.naming import role_in, role_said
from lms.web.pages import page, page_for, see_other
from lms.web.saying import Words, _, named
from lms.web.signed import allow, leave, must_be_me, must_have_account, phone
from lms.web.site import now_ms, site, store
from lms.web.words import at_time, day_of, on

pages = Blueprint("own", __name__)

MOST_ROWS = 20
"""Of one kind on the page; the files have them all."""

_KEPT = {
    "people": _("Your account"),
    "awards": _("Badges"),
    "credentials": _("Your badges as signed files"),
    "memberships": _("Groups you joined"),
    "attendance": _("Clubs and workshops you came to"),
    "merges": _("Other accounts that are yours too"),
    "enrolments": _("Courses you began"),
    "progress": _("Where you are in each course"),
    "words": _("Answers in your own words"),
    "evidence": _("Files you handed in"),
    "events": _("Steps you did and answers you gave"),
    "milestones": _("First times: a lesson, a module, a course"),
    "learner_months": _("On which days you were here, month by month"),
    "roles": _("Roles you were given"),
    "complaints": _("Complaints you made"),
    "complaint_steps": _("What was done about your complaints"),
    "sign_ins": _("Where you are signed in"),
    "secrets": _("Your password and your PINs, in a form nobody can read"),
    "devices": _("Phones that show your name"),
    "consents": _("What you said yes to"),
    "pairings": _("Your mentors"),
    "goals": _("What you want to reach"),
    "contacts": _("Calls and check-ins: when somebody rang or spoke with you, and when you asked for a call"),
    "threads": _("With whom you write messages"),
    "messages": _("Messages you wrote and were sent"),
    "mail": _("Letters to you or about your hours, of the last two days"),
    "week_links": _("Links by which the business confirmed your hours"),
    "audit": _("When you signed in, changed a setting, or somebody gave you a code or a role"),
}
"""Table -> what it is to her, in the order she reads it. One without words here comes last, by its name."""

_NAMES = {
    "action": _("What"),
    "address": _("Address"),
    "answers": _("Answers"),
    "at": _("When"),
    "badge": _("Badge"),
    "bytes": _("Size in bytes"),
    "body": _("Your words"),
    "choice": _("What you chose"),
    "chosen": _("What you chose"),
    "closed": _("Closed"),
    "counted": _("Counted"),
    "course": _("Course"),
    "day": _("Day"),
    "days": _("Days"),
    "detail": _("Detail"),
    "display_name": _("What you are called"),
    "done": _("Done"),
    "done_count": _("Steps done"),
    "due": _("Due"),
    "email": _("Email"),
    "ended": _("Ended"),
    "ends": _("To"),
    "erased": _("Erased"),
    "evidence": _("Your own work in it"),
    "expires": _("Ends by itself"),
    "for_kind": _("What for"),
    "from": _("From"),
    "given": _("Given"),
    "group": _("Group"),
    "guest": _("Without an account"),
    "joined": _("Since"),
    "kind": _("What it is"),
    "lang": _("Language"),
    "last_at": _("Last here"),
    "late": _("Of use until"),
    "left": _("Left"),
    "lessons": _("Lessons finished"),
    "locked": _("Locked"),
    "made": _("Since"),
    "mark": _("How much was right"),
    "media_type": _("Kind of file"),
    "meeting": _("Meeting"),
    "month": _("Month"),
    "name": _("Name"),
    "named": _("Your name is on it"),
    "note": _("Note"),
    "number": _("Number"),
    "object": _("About"),
    "outcome": _("What became of it"),
    "present": _("You were there"),
    "purpose": _("What for"),
    "reach": _("How to reach you"),
    "removed": _("Taken back"),
    "reported": _("You told the safeguarding lead"),
    "recorded": _("When we got it"),
    "revoked": _("Taken back"),
    "role": _("Role"),
    "said": _("What we said"),
    "scope": _("Where"),
    "score": _("Score"),
    "seen": _("Last seen"),
    "seen_by": _("Who may read it"),
    "shown": _("Others can open its page"),
    "signed": _("Signed"),
    "starts": _("From"),
    "step": _("Step"),
    "tries": _("Tries"),
    "undone": _("Undone"),
    "username": _("User name"),
    "why": _("Why"),
    "wishes": _("Your settings"),
    "withdrawn": _("Taken back"),
    "wording": _("What it said"),
}
"""Column -> what it is to her."""

_FOR_PROGRAMS = frozenset(
    {"badge_version", "dedup", "document", "draw_seed", "fails", "fold_version", "last_seq", "n", "seq", "state"}
)
"""Columns that say nothing to a reader, beside ids and numbers: the page leaves them to the files."""


class NewUsername(Form):
    """What lets her in now, and another user name."""

    username = StringField(
        label("New user name"),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40},
    )
    old = PasswordField(label("Your password now"), render_kw=KNOWN)


class Close(Form):
    """That it is she."""

    old = PasswordField(label("Your password now"), render_kw=KNOWN)


@pages.get("/me/data")
@allow(Permission.OWN_LEARN)
def data() -> Response:
    """Everything we hold about her; `?as=json` or `?as=csv` to take it away."""
    found = own.everything(store(), *must_be_me().signed.ids)
    match request.args.get("as"):
        case "json":
            return _file(json.dumps(found, ensure_ascii=False, indent=1).encode(), "application/json", "json")
        case "csv":
            return _file(own.as_csv(found), "text/csv; charset=utf-8", "csv")
    order = [*(table for table in _KEPT if table in found), *(table for table in found if table not in _KEPT)]
    kept = [(_KEPT.get(table) or _english(table), [_in_words(row) for row in found[table]]) for table in order]
    return page("me/data.html", kept=kept, most=MOST_ROWS, files=uploads.all_of(store(), must_be_me().signed))


def _file(body: bytes, content_type: str, ending: str) -> Response:
    kept_as = f'attachment; filename="my-data.{ending}"'
    return Response(body, content_type=content_type, headers={"Content-Disposition": kept_as})


def _english(words: str) -> Words:
    """What programs call it, where we have no words for it."""
    return named(words, ENGLISH_PAGE)


def _in_words(row: Mapping[str, object]) -> list[tuple[Words, Words]]:
    shown = {
        name: value for name, value in row.items() if name not in _FOR_PROGRAMS and name[-3:] not in ("_id", "_no")
    }
    return [
        (_NAMES.get(name) or _english(name.replace("_", " ").capitalize()), _said(value))
        for name, value in shown.items()
    ]


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _said(value: object) -> Words:
    """Letters she chose as a line, not as a program writes them: `a, c`, or `a: d, b: c`. An instant as we say it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return at_time(instant(value), site().settings.timezone)
    if isinstance(value, Mapping) and not any(isinstance(part, (Mapping, list)) for part in value.values()):
        return _english(", ".join(f"{name}: {part}" for name, part in value.items()))
    return _english(", ".join(map(str, value)) if isinstance(value, list) else str(value))


_OPERATOR = _("Whoever looks after the computer of this site")


@dataclass(frozen=True)
class Line:
    """What somebody else did, in words."""

    day: Words
    who: Words | str
    what: Words


_DID = {
    "ended-role": N_("ended your role: {thing}"),
    "gave-code": N_("made a sign-in code for you"),
    "gave-role": N_("gave you a role: {thing}"),
    "invited": N_("invited you: {thing}"),
    "merged": N_("made another account one with yours"),
    "merged-into": N_("made your account one with another"),
    "noted-call": N_("wrote down that they rang you"),
    "moved-role-end": N_("changed when your role ends: {thing}"),
    "noted-check-in": N_("noted that you two spoke"),
    "noted-note": N_("noted something for both of you"),
    "handed-back": N_("said what is missing in a task: {thing}"),
    "signed-off": N_("signed off a task: {thing}"),
    "opened-thread": N_("began to write messages with you"),
    "wrote-message": N_("wrote you a message"),
    "paired": N_("gave you a mentor"),
    "changed-pairing": N_("changed until when you have a mentor"),
    "ended-pairing": N_("ended your time with a mentor"),
    "placed": N_("placed you at a business"),
    "changed-placement": N_("changed what is agreed for your placement"),
    "ended-placement": N_("wrote down how your placement ended"),
    "completed-placement": N_("said that your placement is completed"),
    "asked-later": N_("wrote down what you do three months after your placement"),
    "signed-week": N_("signed off a week of your placement"),
    "asked-about-week": N_("asked about a week of your placement"),
    "settled-week": N_("said which of your hours count"),
    "revoked-badge": N_("took a badge back"),
    "added-to-group": N_("made your account and put you into a group: {thing}"),
    "moved-to-group": N_("moved you to a group: {thing}"),
    "taken-out-of-group": N_("took you out of a group: {thing}"),
    "unmerged": N_("made two accounts of one again"),
    "unmerged-from": N_("made two accounts of one again"),
    "asked-business": N_("asked the business about your hours"),
    "showed-week-link": N_("made a link for the business about your hours"),
    "business-agreed": N_("said that your hours are right"),
    "business-disputed": N_("said that some hours are not right"),
}
_OF_BUSINESS = frozenset({"business-agreed", "business-disputed"})
"""Actions of whoever had a link in a letter."""


_ABOUT_ROLES = frozenset({"gave-role", "ended-role", "invited", "moved-role-end"})
"""Actions whose object begins with a role."""


@pages.get("/me/seen")
@allow(Permission.OWN_LEARN)
def seen_() -> Response:
    """Who can see what about her, and what others did."""
    found = seen.seen(store(), must_be_me().signed, now_ms())
    return page("me/seen.html", found=found, heads=_heads, done=tuple(map(_line, found.done)))


def _heads(group: seen.GroupOfHers) -> tuple[Words, ...]:
    """Who sees her in a group, each with what she is."""
    return tuple(_("{name} ({role})", name=name, role=role_said(role)) for name, role in group.heads)


def _line(it: Done) -> Line:
    who = _("Somebody who is no longer here") if it.who is None else it.who or _OPERATOR
    who = _("The business") if it.action in _OF_BUSINESS else who
    about = role_in(it.thing) if it.action in _ABOUT_ROLES else it.thing
    told = _DID.get(it.action)
    what = _(told, thing=about) if told else _english(it.action.replace("-", " "))
    return Line(on(day_of(it.at_ms, site().settings.timezone)), who, what)


@pages.get("/me/username")
@allow(Permission.OWN_LEARN)
def username() -> Response:
    """The form for another user name."""
    return _username(NewUsername(username=must_have_account().signed.username))


def _username(form: NewUsername, status: int = 200) -> Response:
    form.old.label.text = _what_lets_in()
    return page("me/username.html", status, form=form)


@pages.post("/me/username")
@allow(Permission.OWN_LEARN)
def renamed() -> Response:
    """Sign in by another user name from now on."""
    form, who = NewUsername(request.form), must_have_account()
    try:
        typed, new, address = Pin(form.old.data or "", phone()), form.username.data or "", request.remote_addr or ""
        ways_in.change_username(store(), who.signed, who.token, typed, new, address, now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="old")
        return _username(form, refused.status)
    return see_other("/me/settings?saved=1")


@pages.get("/me/close")
@allow(Permission.OWN_LEARN)
def close() -> Response:
    """What closing her account takes out and leaves, and the form that does it. A guest signs out instead."""
    if must_be_me().guest:
        return see_other("/sign-out")
    return _close(Close())


def _close(form: Close, status: int = 200) -> Response:
    form.old.label.text = _what_lets_in()
    ways = ways_in.of(store(), must_be_me().person_id, phone())
    return page("me/close.html", status, form=form, can=ways.password or ways.pin)


@pages.post("/me/close")
@allow(Permission.OWN_LEARN)
def closed() -> Response:
    """Close her account for good. The page that says so is nobody's, and takes what is hers off this phone."""
    form, who = Close(request.form), must_have_account()
    try:
        erasure.close(store(), who.signed, Pin(form.old.data or "", phone()), request.remote_addr or "", now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="old")
        return _close(form, refused.status)
    leave()
    return page_for(None, "me/closed.html", gone=who.public_id)


def _what_lets_in() -> Any:
    ways = ways_in.of(store(), must_be_me().person_id, phone())
    return WHAT_LETS_IN[ways.password, ways.pin]

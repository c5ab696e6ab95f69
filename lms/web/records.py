"""The record of what was done to or by a person: her own, and that of somebody in reach."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from lms.errors import N_
from lms.learning.people import Permission
from lms.services import audits
from lms.services.audits import GONE, HERSELF, MACHINE, NEXT_DOOR, Entry, Record
from lms.web.catalogues import ENGLISH_PAGE
from lms.web.naming import role_in
from lms.web.pages import page
from lms.web.saying import Words, _, named
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import at_time

pages = Blueprint("records", __name__)

SAID = {
    "accepted-invite": N_("took an invitation"),
    "added-area": N_("added an area"),
    "added-group": N_("added a group"),
    "added-meeting": N_("added a meeting"),
    "changed-meeting": N_("changed a meeting"),
    "asked-business": N_("asked a business whether hours are right"),
    "business-agreed": N_("said by a link: the hours are right"),
    "business-disputed": N_("said by a link: the hours are not right"),
    "showed-week-link": N_("made a link for a business"),
    "cancelled-meeting": N_("cancelled a meeting"),
    "added-programme": N_("added a programme"),
    "changed-group": N_("changed a group"),
    "changed-programme": N_("changed a programme"),
    "kept-venue": N_("changed a place to meet"),
    "set-areas": N_("changed the areas"),
    "added-organisation": N_("added an organisation"),
    "asked-for-reminders": N_("asked for reminders"),
    "asked-for-call": N_("asked for a call"),
    "changed-password": N_("changed the password"),
    "changed-settings": N_("changed settings"),
    "changed-username": N_("changed the user name"),
    "chose-evidence": N_("chose work to show in a badge"),
    "chose-pin": N_("chose a PIN"),
    "complained": N_("complained about data"),
    "confirmed-address": N_("said that the email address is right"),
    "denied": N_("tried something that was not allowed"),
    "dropped-password": N_("took the password away"),
    "ended-role": N_("ended a role: {thing}"),
    "erased": N_("erased the account"),
    "erased-person": N_("erased somebody"),
    "exported-learners": N_("took out the file about single learners: {thing}"),
    "exported-report": N_("took out a report: {thing}"),
    "forgotten-on-phone": N_("took the name off a phone"),
    "gave-address": N_("gave an email address"),
    "gave-code": N_("made a sign-in code"),
    "gave-role": N_("gave a role: {thing}"),
    "hid-badge": N_("closed the page of a badge"),
    "invited": N_("invited her: {thing}"),
    "joined-group": N_("joined a group: {thing}"),
    "left-group": N_("left a group: {thing}"),
    "made-calendar": N_("made an address for a calendar"),
    "stopped-calendar": N_("stopped the address for a calendar"),
    "mailbox-refused": N_("a letter could not be taken in"),
    "merged": N_("made another account one with this one"),
    "merged-into": N_("made this account one with another"),
    "moved-role-end": N_("changed when a role ends: {thing}"),
    "named-badge": N_("put the name on a badge"),
    "noted-call": N_("wrote down a call"),
    "remembered-on-phone": N_("let a phone show the name"),
    "removed-address": N_("took the email address away"),
    "renewed-code": N_("made a new code for a group"),
    "noted-check-in": N_("noted that they spoke"),
    "noted-note": N_("noted something for both of them"),
    "passed-concern": N_("passed a worry to the safeguarding lead"),
    "took-concern": N_("took up a worry that was passed on"),
    "closed-concern": N_("closed a worry that was passed on"),
    "handed-back": N_("handed a task back: {thing}"),
    "signed-off": N_("signed off a task: {thing}"),
    "opened-thread": N_("began to write messages"),
    "wrote-message": N_("wrote a message"),
    "reported-message": N_("told the lead for safety of a message"),
    "read-thread": N_("read messages that a worry came from"),
    "exported-thread": N_("took out a file of messages"),
    "asked-for-letters": N_("asked for an email when there is a message"),
    "stopped-letters": N_("stopped the emails about messages"),
    "paired": N_("gave her a mentor"),
    "changed-pairing": N_("changed until when she has a mentor, or how often they speak"),
    "ended-pairing": N_("ended the time with a mentor"),
    "placed": N_("placed her at a business"),
    "changed-placement": N_("changed what is agreed for a placement"),
    "ended-placement": N_("wrote down how a placement ended"),
    "completed-placement": N_("said that a placement is completed"),
    "asked-later": N_("said what became of a placement after three months"),
    "signed-week": N_("signed off a week of a placement"),
    "asked-about-week": N_("asked about a week of a placement"),
    "settled-week": N_("said which hours of a week count"),
    "kept-business": N_("added or changed a business: {thing}"),
    "ended-business": N_("said if a business takes learners: {thing}"),
    "set-capacity": N_("said how many learners a mentor has room for"),
    "revoked-badge": N_("took a badge back"),
    "second-step-by-paper": N_("signed in with a code on paper"),
    "second-step-new-codes": N_("made new codes on paper"),
    "second-step-off": N_("turned the second step off"),
    "second-step-on": N_("turned the second step on"),
    "second-step-passed": N_("took the second step of signing in"),
    "second-step-reset": N_("took the second step away"),
    "showed-badge": N_("opened the page of a badge"),
    "signed-in": N_("signed in"),
    "signed-in-by-pin": N_("signed in with a PIN"),
    "signed-out-everywhere": N_("signed out everywhere"),
    "signed-up": N_("made the account"),
    "stopped-reminders": N_("stopped reminders"),
    "added-to-group": N_("made the account and put her into a group: {thing}"),
    "moved-to-group": N_("moved her to a group: {thing}"),
    "taken-out-of-group": N_("took her out of a group: {thing}"),
    "took-back-call": N_("took back asking for a call"),
    "unmerged": N_("made two accounts of one again"),
    "unmerged-from": N_("made two accounts of one again"),
    "unnamed-badge": N_("took the name off a badge"),
    "used-code": N_("signed in with a code"),
}
"""Action -> what it is in words. A test finds every action there is in the code."""

_WHO = {
    HERSELF: _("She herself"),
    MACHINE: _("Whoever looks after the computer of this site"),
    GONE: _("Somebody who is no longer here"),
    NEXT_DOOR: _("Somebody of another organisation"),
}
_ROLES = frozenset({"gave-role", "ended-role", "invited", "moved-role-end"})
"""Actions whose object begins with a role."""


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: Words
    who: Words | str
    what: Words


@pages.get("/me/record")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """What was done to or by her, the newest first."""
    skip = _skip()
    found = audits.mine(store(), must_be_me().signed, skip)
    return page("me/record.html", found=found, lines=_lines(found, hers=True), older=skip + audits.PAGE, skip=skip)


@pages.get("/admin/people/<public_id>/record")
@allow(Permission.AUDIT_READ)
def of(public_id: str) -> Response:
    """The same of somebody in reach."""
    skip = _skip()
    found = audits.of(store(), must_be_me().signed, public_id, now_ms(), skip)
    return page(
        "admin/record.html",
        found=found,
        lines=_lines(found, hers=False),
        older=skip + audits.PAGE,
        skip=skip,
        may_reset=must_be_me().may(Permission.ORGANISATION_ADD),
        staff=True,
        tab="/admin",
    )


def _skip() -> int:
    asked = request.args.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def _lines(found: Record, *, hers: bool) -> tuple[Line, ...]:
    return tuple(_line(it, hers=hers) for it in found.entries)


def _line(it: Entry, *, hers: bool) -> Line:
    who = it.who if it.named else _("You") if hers and it.who == HERSELF else _WHO[it.who]
    told = SAID.get(it.action)
    thing = role_in(it.thing) if it.action in _ROLES else it.thing
    what = _(told, thing=thing) if told else named(it.action.replace("-", " "), ENGLISH_PAGE)
    return Line(at_time(it.at_ms, site().settings.timezone), who, what)

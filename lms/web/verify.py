"""Checking a badge that somebody was sent: a file or its text in, what holds of it out, in plain words.

Anybody may ask. Looking is dear, so each address may ask a few times only; nothing of the file is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from lms.errors import TooManyTries
from lms.interop.verifying import Finding, Kind, Verdict, What
from lms.services import verifying
from lms.services.throttles import home_of
from lms.web import languages, words
from lms.web.bodies import Html
from lms.web.buckets import limits
from lms.web.pages import page
from lms.web.saying import Words, _
from lms.web.signed import allow_anyone, me
from lms.web.site import now_ms, site, store
from lms.web.writes import takes_up_to

pages = Blueprint("verify", __name__)

MOST_BYTES = 2_000_000
"""Of a file, as many as are looked at: a photo as a badge's picture takes under one million."""

_ASKED = {
    What.ISSUER: _("Did we make it?"),
    What.UNCHANGED: _("Is it as we made it?"),
    What.REVOKED: _("Does it still count?"),
    What.EXPIRED: _("Is it in date?"),
    What.WHOSE: _("Whose is it?"),
}
_SAID = {True: _("Yes."), False: _("No."), None: _("We can’t tell.")}


@dataclass(frozen=True)
class Line:
    """A question about a badge, `said` in a word or two, and the sentence behind it."""

    asked: Words | str
    said: Words | str
    sentence: Words


@dataclass(frozen=True)
class Told:
    """What a badge that is ours and unchanged says of itself."""

    name: Html
    criteria: Html
    day: Words
    work: tuple[tuple[str, str], ...]
    """Of hers, where she put some in: what each is called, and her words."""


@pages.get("/verify")
@allow_anyone
def form() -> Response:
    """The form: choose a file, or paste its text."""
    return _page()


@pages.post("/verify")
@allow_anyone
@takes_up_to(MOST_BYTES)
def verify() -> Response:
    """What holds of the badge that was sent."""
    data = _sent()
    if not data:
        return _page(422, error=_("Choose a file, or paste the text of one."))
    _wait_for_a_turn()
    who = me()
    found = verifying.verify(store(), site().settings, data, who.signed if who else None, now_ms())
    return _page(heading=_heading(found), holds=found.holds, lines=tuple(map(_line, found.findings)), told=_told(found))


def _page(status: int = 200, **found: object) -> Response:
    here = site().settings.public_url.partition("://")[2]
    shown: dict[str, object] = {"heading": "", "holds": False, "error": "", "lines": (), "told": None, **found}
    return page("badges/verify.html", status, here=here, **shown)


def _sent() -> bytes:
    """The file; where none was chosen, the text."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    return data or request.form.get("text", "").strip().encode(errors="replace")


def _wait_for_a_turn() -> None:
    wait = limits().badges.take(home_of(request.remote_addr or ""), now_ms())
    if wait:
        raise TooManyTries(wait, "Many badges were checked from here just now. Wait {wait}, then send it again.")


def _heading(verdict: Verdict) -> Words:
    if verdict.holds:
        return _("This badge is real")
    return {
        Kind.OURS: _("Do not rely on this badge"),
        Kind.STRANGE: _("This is not a badge of ours"),
        Kind.UNREADABLE: _("We found no badge in that"),
    }[verdict.kind]


def _line(finding: Finding) -> Line:
    # Whose it is can't be answered by yes or no; a file that is no badge of ours is not asked about.
    said = "" if finding.what in (What.WHOSE, What.FILE) else _SAID[finding.holds]
    return Line(_ASKED.get(finding.what, ""), said, _(finding.sentence))


def _told(verdict: Verdict) -> Told | None:
    if verdict.credential is None:
        return None
    said: dict[str, Any] = verdict.credential
    achievement = said["credentialSubject"]["achievement"]
    at = datetime.fromisoformat(said["awardedDate"])
    day = words.on(at.astimezone(site().settings.timezone).date())
    work = tuple((it["name"], it["narrative"]) for it in said.get("evidence", ()))
    name, criteria = achievement["name"], achievement["criteria"]["narrative"]
    return Told(languages.of_badge(name), languages.of_badge(criteria), day, work)

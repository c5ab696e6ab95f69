"""The page of a badge, hers or shown to everybody, its files to keep, and the certificate that prints on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from wtforms import BooleanField, RadioField

from lms.content.drawings import line_of
from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Permission
from lms.learning.placing import BADGE
from lms.learning.shapes import Shape
from lms.services import badges, credentials
from lms.services import evidence as own_work
from lms.services.badges import Award
from lms.settings import NAME
from lms.web import languages, words
from lms.web.forms import Form, choices, label
from lms.web.pages import page, see_other
from lms.web.saying import Words, _
from lms.web.scan import scan
from lms.web.signed import allow, allow_anyone, me, must_be_me
from lms.web.site import now_ms, shelf, site, store

pages = Blueprint("badges", __name__)

ONLY_ME, ANYONE = "me", "address"


class Seen(Form):
    """Who can see the page of a badge, and whether her name is in its files, and on the page where others see it."""

    seen = RadioField(label("Who can see it?"), validate_choice=False)
    named = BooleanField()

    def __init__(self, award: Award) -> None:
        super().__init__(seen=ANYONE if award.shown else ONLY_ME, named=award.named)
        self.seen.choices = choices({ONLY_ME: _("Only me"), ANYONE: _("Anyone I give the address to")})
        self.named.label.text = label("Put the name “{name}” in the files", name=award.holder)


@dataclass(frozen=True)
class Keep:
    """One way of keeping a badge: its file, what it is for, how much data it takes."""

    address: str
    words: Words
    use: Words
    size: Words


@pages.get("/badges/<public_id>")
@allow_anyone
def badge(public_id: str) -> Response:
    """A badge: what it is for, when it was earned; to its owner also her files, and who can see it."""
    award = _award(public_id)
    linkedin = linkedin_address(award, _address(award), _day(award)) if award.own and award.shown else ""
    files = _files(award)
    keep = _ways(f"/badges/{award.public_id}", files) if files and award.own else ()
    more = {"form": Seen(award), "keep": keep, "has_file": files is not None, "saved": request.args.get("saved")}
    return _page("badges/badge.html", award, linkedin=linkedin, **more)


@pages.post("/badges/<public_id>")
@allow(Permission.OWN_LEARN)
def show(public_id: str) -> Response:
    """Open the page to everybody who has its address, or close it again; and put her name in, or leave it out."""
    who, seen = must_be_me().signed, request.form.get("seen", "")
    if seen not in (ONLY_ME, ANYONE):
        raise Refused("Go back and choose who can see your badge.")
    badges.show(store(), who, public_id, shown=seen == ANYONE, named="named" in request.form, at_ms=now_ms())
    return see_other(f"/badges/{public_id}?saved=1#seen")


@pages.get("/badges/<public_id>/evidence")
@allow(Permission.OWN_LEARN)
def evidence(public_id: str) -> Response:
    """What of her own work can go into her badge, and what is in it: a page of its own, so that nobody reads along."""
    who = must_be_me().signed
    award = badges.page(store(), public_id, who)
    works = [(it, words.on(_day_of(it.at_ms))) for it in own_work.offered(store(), site().catalogue, who, public_id)]
    return _page("badges/evidence.html", award, works=works)


@pages.post("/badges/<public_id>/evidence")
@allow(Permission.OWN_LEARN)
def choose(public_id: str) -> Response:
    """Put what is ticked into the badge, and nothing else."""
    ids = _ids(request.form.getlist("work"))
    own_work.choose(store(), site().catalogue, must_be_me().signed, public_id, ids, now_ms())
    return see_other(f"/badges/{public_id}?saved=work#work")


def _ids(ticked: list[str]) -> set[UUID]:
    try:
        return {UUID(its_id) for its_id in ticked}
    except ValueError:
        raise Refused("This page is not whole. Go back, reload it, and send it again.") from None


@pages.get("/badges/<public_id>/certificate")
@allow_anyone
def certificate(public_id: str) -> Response:
    """The same as one printed page. It is nothing without a name, so others see it only where she shows hers."""
    award = _award(public_id)
    if award.revoked or not (award.own or award.named):
        raise NotFound
    if award.own and must_be_me().guest:
        raise Forbidden(badges.ACCOUNT_FIRST)
    return _page("badges/certificate.html", award, scan=scan(_address(award)) if award.shown else None)


def linkedin_address(award: Award, address: str, day: date) -> str:
    """Where LinkedIn asks whether to add a certificate to a profile, with its form filled in."""
    said = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.name,
        "organizationName": NAME,
        "issueYear": day.year,
        "issueMonth": day.month,
        "certUrl": address,
        "certId": award.public_id,
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(said)}"


def _award(public_id: str) -> Award:
    who = me()
    return badges.page(store(), public_id, who.signed if who else None)


def _address(award: Award) -> str:
    return f"{site().settings.public_url}/badges/{award.public_id}"


def _day(award: Award) -> date:
    return _day_of(award.at_ms)


def _day_of(at_ms: int) -> date:
    return words.day_of(at_ms, site().settings.timezone)


def _files(award: Award) -> credentials.Files | None:
    """What a reader of the page may fetch; nothing while it waits to be signed."""
    who = me()
    try:
        return credentials.files(store(), site().settings.badge_keys, award.public_id, who.signed if who else None)
    except NotFound:
        return None


def _ways(here: str, found: credentials.Files) -> tuple[Keep, ...]:
    """The files of her own badge; none where its picture is lost."""
    try:
        return _each_way(here, found)
    except NotFound:
        return ()


def _each_way(here: str, found: credentials.Files) -> tuple[Keep, ...]:
    return (
        Keep(
            f"{here}.png",
            _("Save the picture"),
            _("To send in a message, or to put on a page. The proof is inside the picture."),
            words.data(len(found.png)),
        ),
        Keep(
            f"{here}.svg",
            _("Save the drawing"),
            _("To print it at any size. The proof is inside it too."),
            words.data(len(found.svg.encode())),
        ),
        Keep(
            f"{here}.json",
            _("Save the proof alone"),
            _("For a badge wallet, or a college that asks for an Open Badges file."),
            words.data(len(found.document.encode())),
        ),
    )


def _release(award: Award) -> Shape | None:
    """The release she earned it by: what was published since she may never have seen."""
    earned = site().catalogue.release(award.release_id) if award.release_id else None
    if earned is None or (award.module and earned.plan.module(award.module) is None):
        return shelf().courses.get(award.course)
    return earned


def _page(template: str, award: Award, **more: object) -> Response:
    shape = _release(award)
    module = shape.plan.module(award.module) if shape and award.module else None
    shown = page(
        template,
        200,
        award=award,
        own=lambda said: languages.of_badge(said, shape),
        kind="round" if award.module or award.badge == BADGE else "whole",
        course=shape.plan.title if shape else "",
        title=module.title if module else shape.plan.title if shape and not award.module else award.title,
        lessons=tuple(lesson.title for lesson in module.lessons) if module else (),
        modules=tuple(it.title for it in shape.plan.modules) if shape and not award.module else (),
        day=words.on(_day(award)),
        line=line_of(award.course),
        leave=award.own and module is not None and module.leave,
        address=_address(award),
        signs=bool(site().settings.badge_keys),
        **more,
    )
    # Open to whoever has the address is not open to whoever looks for her name.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return shown

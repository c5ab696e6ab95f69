"""The page of a badge, hers or shown to everybody, and the certificate that prints on one page."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lms.learning.people import Permission
from lms.learning.shapes import Shape
from lms.services import badges
from lms.services.badges import Award
from lms.web.lines import line_of
from lms.web.pages import page, see_other
from lms.web.signed import allow, allow_anyone, me, must_be_me
from lms.web.site import now_ms, shelf, site, store
from lms.web.words import day_of, on

pages = Blueprint("badges", __name__)


@pages.get("/badges/<public_id>")
@allow_anyone
def badge(public_id: str) -> Response:
    """A badge: what it is for, when it was earned, who can see it."""
    return _page("badges/badge.html", _award(public_id))


@pages.post("/badges/<public_id>")
@allow(Permission.OWN_LEARN)
def show(public_id: str) -> Response:
    """Open the page to everybody who has its address, or close it again."""
    badges.show(store(), must_be_me().signed, public_id, request.form.get("shown") == "yes", now_ms())
    return see_other(f"/badges/{public_id}")


@pages.get("/badges/<public_id>/certificate")
@allow_anyone
def certificate(public_id: str) -> Response:
    """The same as one printed page."""
    return _page("badges/certificate.html", _award(public_id))


def _award(public_id: str) -> Award:
    who = me()
    return badges.page(store(), public_id, who.signed if who else None)


def _release(award: Award) -> Shape | None:
    """The release she earned it by: what was published since she may never have seen."""
    earned = site().catalogue.release(award.release_id) if award.release_id else None
    if earned is None or (award.module and earned.plan.module(award.module) is None):
        return shelf().courses.get(award.course)
    return earned


def _page(template: str, award: Award) -> Response:
    shape = _release(award)
    module = shape.plan.module(award.module) if shape and award.module else None
    shown = page(
        template,
        award=award,
        kind="round" if award.module else "whole",
        course=shape.plan.title if shape else "",
        title=module.title if module else shape.plan.title if shape and not award.module else award.name,
        lessons=tuple(lesson.title for lesson in module.lessons) if module else (),
        modules=tuple(it.title for it in shape.plan.modules) if shape and not award.module else (),
        day=on(day_of(award.at_ms, site().settings.timezone)),
        line=line_of(award.course),
        address=f"{site().settings.public_url}/badges/{award.public_id}",
    )
    # Open to whoever has the address is not open to whoever looks for her name.
    shown.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return shown

"""What she came to and what was done there, on a page of hers; and claiming what she came to as a guest."""

from __future__ import annotations

from flask import Blueprint, Response, request
from wtforms import StringField

from lms.errors import Refused, TooManyTries
from lms.learning.people import Permission
from lms.services import claims, clubs
from lms.web.forms import Form, event_id_of, label, new_event_id
from lms.web.pages import page, see_other
from lms.web.signed import allow, allow_anyone, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import day_of, on

pages = Blueprint("clubs", __name__)


@pages.get("/me/clubs")
@allow(Permission.OWN_LEARN)
def mine() -> Response:
    """Her meetings, and the lessons entered there for her."""
    zone = site().settings.timezone
    return page(
        "clubs/mine.html",
        found=clubs.mine(store(), site().catalogue, must_be_me().signed),
        day=lambda at_ms: on(day_of(at_ms, zone)),
        event_id=new_event_id(),
        said="said" in request.args,
        claimed="claimed" in request.args,
    )


@pages.post("/me/clubs")
@allow(Permission.OWN_LEARN)
def not_me() -> Response:
    """She says that she was not there."""
    form = request.form
    clubs.not_me(store(), must_be_me().signed, form.get("meeting", ""), event_id_of(form), now_ms())
    return see_other("/me/clubs?said=1")


_TYPED = {"maxlength": 20, "autocomplete": "off", "autocapitalize": "characters"}


class Code(Form):
    """The code of a card."""

    code = StringField(
        label("The code on your card"),
        render_kw=_TYPED,
    )


@pages.get("/claim")
@allow_anyone
def claim() -> Response:
    """The form for the code of a card she was given at a club."""
    return page("clubs/claim.html", form=Code())


@pages.post("/claim")
@allow(Permission.OWN_LEARN)
def claimed() -> Response:
    """What she came to as a guest is hers. Somebody without an account makes one first."""
    form, who = Code(request.form), must_be_me()
    if who.guest:
        return see_other("/sign-up?next=/claim")
    try:
        claims.claim(store(), who.signed, form.code.data or "", request.remote_addr or "", now_ms())
    except (Refused, TooManyTries) as refused:
        form.refuse(refused, beside="code")
        return page("clubs/claim.html", refused.status, form=form)
    return see_other("/me/clubs?claimed=1")

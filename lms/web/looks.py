"""How pages look to a visitor on this phone: the size of the words, colours, contrast, room, pictures.

Who is signed in has it in her settings (`me`); a visitor's stands in her cookie, and is hers once
she learns or signs up.
"""

from __future__ import annotations

from flask import Blueprint, Response, request, session

from lms.web.forms import Looks, filled_in
from lms.web.pages import page, see_other
from lms.web.signed import VISITORS_LOOKS, allow_anyone, me, visitors_looks

pages = Blueprint("looks", __name__)


@pages.get("/looks")
@allow_anyone
def looks() -> Response:
    """How pages look on this phone, for a visitor; who is signed in has it among her settings."""
    if me():
        return see_other("/me/settings")
    return page("me/looks.html", looks=Looks(**filled_in(visitors_looks())), saved="saved" in request.args)


@pages.post("/looks")
@allow_anyone
def chosen() -> Response:
    """Keep how pages look to a visitor in her cookie."""
    if me():
        return see_other("/me/settings")
    session[VISITORS_LOOKS] = Looks(request.form).looks()
    session.permanent = True
    return see_other("/looks?saved=1")

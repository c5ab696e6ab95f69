"""What a business finds behind the link in its letter: the hours of one week, and two ways to answer.

For whoever has the link, signed in or not. Opening the page changes nothing, because mail programs open links by
themselves: a button does. Nothing on it names anybody but by her first name, and its address is passed on to nobody.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from wtforms import StringField, TextAreaField

from lms.errors import Refused
from lms.learning.pairing import as_date
from lms.services import weeks
from lms.services.weeks import LONGEST_SAID
from lms.web.forms import Form, label
from lms.web.pages import page
from lms.web.saying import Words, _n
from lms.web.signed import allow_anyone
from lms.web.site import now_ms, store, zone
from lms.web.words import on
from lms.web.writes import has_key

pages = Blueprint("weeks", __name__)

_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2})|[:h ]\s*([0-5]?\d))?\s*(?:h|hours?)?", re.IGNORECASE)


class NotQuite(Form):
    """How many hours were right, and what was different."""

    hours = StringField(
        label("How many hours were right?"), render_kw={"inputmode": "text", "maxlength": 10, "autocomplete": "off"}
    )
    said = TextAreaField(label("What was different?"), render_kw={"rows": 4, "maxlength": LONGEST_SAID})


@pages.get("/confirm/<code>")
@allow_anyone
def look(code: str) -> Response:
    """What she wrote down, and is it right?"""
    return _page(code, NotQuite())


@pages.post("/confirm/<code>")
@allow_anyone
@has_key
def answered(code: str) -> Response:
    """It is, or not quite."""
    form = NotQuite(request.form)
    agrees = request.form.get("act") == "yes"
    minutes = None if agrees else minutes_typed(form.hours.data or "")
    said, seen = form.said.data or "", request.form.get("seen", "")[:64]
    try:
        weeks.answer(store(), code, request.remote_addr or "", seen, minutes, said, now_ms(), zone())
    except Refused as refused:
        form.refuse(refused)
        return _page(code, NotQuite() if agrees else form, form)
    return _private(page("weeks/done.html", agreed=agrees))


def minutes_typed(text: str) -> int:
    """Minutes of `7`, `7.5`, `7,5` or `7:30`; -1 for what is no such number."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return -1
    whole, tenths, minutes = found.groups()
    return int(whole) * 60 + (round(float(f"0.{tenths}") * 60) if tenths else int(minutes or 0))


def spoken(minutes: int) -> Words:
    """So many minutes as people say them."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _n("{n} hour", "{n} hours", hours)
    if not hours:
        return _n("{n} minute", "{n} minutes", rest)
    return _n("{n} hour {minutes} min", "{n} hours {minutes} min", hours, minutes=rest)


def _page(code: str, form: NotQuite, refused: Form | None = None) -> Response:
    asked = weeks.look(store(), code, request.remote_addr or "", now_ms(), zone())
    lines = [(on(as_date(it.day)), spoken(it.minutes), it.what) for it in asked.lines]
    shown = page(
        "weeks/confirm.html",
        422 if refused else 200,
        asked=asked,
        lines=lines,
        week=on(as_date(asked.week.monday)),
        total=spoken(asked.week.minutes),
        code=code,
        form=form,
        told=refused or form,
    )
    return _private(shown)


def _private(shown: Response) -> Response:
    """The address of the page is the key to it: it is named to no other page, also not to one of ours."""
    shown.headers["Referrer-Policy"] = "strict-origin"
    shown.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return shown

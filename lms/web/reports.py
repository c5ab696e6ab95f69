"""What a funder takes away: counts as of a day, as a package of tables."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from flask import Blueprint, Response, request
from wtforms import StringField

from lms.errors import Refused
from lms.learning.days import read_day
from lms.learning.people import Permission
from lms.services import reports
from lms.web.forms import Form, label
from lms.web.pages import page
from lms.web.signed import allow, must_be_me
from lms.web.site import now_ms, site, store
from lms.web.words import day_of

pages = Blueprint("reports", __name__)


class AsOf(Form):
    """The day up to which is counted."""

    as_of = StringField(label("Count up to the end of"), render_kw={"inputmode": "numeric", "maxlength": 10})


@pages.get("/funder")
@allow(Permission.REPORT_EXPORT)
def funder() -> Response:
    """The form to take the counts away."""
    return _form(AsOf(as_of=_last_month_end().isoformat()))


def _last_month_end() -> date:
    """The last day of the last month that is over: what most reports are as of."""
    return day_of(now_ms(), site().settings.timezone).replace(day=1) - timedelta(days=1)


@pages.post("/funder")
@allow(Permission.REPORT_EXPORT)
def export() -> Response:
    """The package as of a day. A write: who took what away is noted."""
    form = AsOf(request.form)
    try:
        return _package(_day(form.as_of.data or ""))
    except Refused as refused:
        form.refuse(refused)
        return _form(form, 422)


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError as error:
        raise Refused("Choose a day, or write it as 2026-12-31.", "as_of") from error


def _package(as_of: date) -> Response:
    who, zone = must_be_me().signed, site().settings.timezone
    with tempfile.TemporaryDirectory(prefix="lms-export-") as folder:
        path = reports.export(store(), zone, as_of, now_ms(), Path(folder), who)
        answer = Response(path.read_bytes(), content_type="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return answer


def _form(form: AsOf, status: int = 200) -> Response:
    return page("reports/funder.html", status, form=form, staff=True, tab="/funder")

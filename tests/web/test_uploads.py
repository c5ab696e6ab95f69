"""The page on which a file is sent: what it says, what it takes, what it sends back."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import replace
from datetime import date

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.learning.test_uploads import PLAIN_PDF, drawn, photo, with_place
from tests.services.bread import FILES
from tests.web.conftest import URL, Browser, House, hidden, now_ms

PAGE = "/me/files/bread/baking/t-loaf"
HOSTILE = "%22><img src=x onerror=alert(1)>.jpg"


@pytest.fixture
def lena(house: House) -> Browser:
    publishing.publish(house.store, "bread", FILES, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    return house.browser("lena")


def send(browser: Browser, body: bytes, name: str = "loaf.jpg", event_id: str = "") -> tuple[int, str]:
    """(status, page) of sending a file as the form does."""
    fields = hidden(browser.get(PAGE).text, PAGE) | {"act": "send", "event_id": event_id or str(uuid.uuid4())}
    file = FileStorage(io.BytesIO(body), name)
    boundary, form = encode_multipart(MultiDict({**fields, "file": file}))
    kind = f"multipart/form-data; boundary={boundary}"
    said = browser.client.post(PAGE, data=form, content_type=kind, base_url=URL, follow_redirects=True)
    return said.status_code, said.text


def files_on(page: str) -> list[str]:
    return re.findall(r'href="(/evidence/[^"]+)"', page)


def test_a_photo_is_sent_seen_and_taken_back(lena: Browser):
    status, page = send(lena, with_place())
    assert (status, "Sent. Your file is kept here." in page) == (200, True)
    (path,) = files_on(page)
    answer = lena.get(path)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert not drawn(answer.data).getexif()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert files_on(lena.get("/me/data").text) == [path]
    page = lena.send(PAGE, act="back", file_id=path.rsplit("/", 1)[1]).text
    assert "gone now" in page
    assert files_on(page) == []
    assert lena.client.get(path, base_url=URL).status_code == 404


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "Choose a file first."),
        (photo()[:300], "This picture is broken"),
        (b"\xff\xd8\xff" + bytes(3_000_000), "This file is too large"),
        (PLAIN_PDF + b"/JavaScript", "This PDF holds more than pages"),
        (b"MZ\x00", "Send a photo (JPEG, PNG or WebP)"),
    ],
    ids=["none", "broken", "large", "acting", "program"],
)
def test_what_can_t_be_kept_is_told_beside_the_field_and_above_it(lena: Browser, body: bytes, told: str):
    status, page = send(lena, body)
    assert status == 422
    assert page.count(told.replace("'", "&#39;")) == 2
    assert "There is a problem" in re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
    assert files_on(page) == []


def test_a_double_tap_keeps_one(lena: Browser):
    event_id = str(uuid.uuid4())
    for _ in range(2):
        _status, page = send(lena, b"My loaf rose.", "a.txt", event_id)
    assert len(files_on(page)) == 1


def test_a_hostile_name_does_nothing(lena: Browser):
    status, page = send(lena, photo(), HOSTILE)
    assert status == 200
    assert "<img" not in page
    said = lena.get(files_on(page)[0]).headers["Content-Disposition"]
    assert re.fullmatch(r"inline; filename=[\w.-]+", said)


def test_a_pdf_and_a_text_are_saved_not_opened(lena: Browser):
    for body, name, kind in (
        (PLAIN_PDF, "plan.pdf", "application/pdf"),
        (b"<script>alert(1)</script>", "a.html", "text/plain; charset=utf-8"),
    ):
        _status, page = send(lena, body, name)
        answer = lena.get(files_on(page)[-1])
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.data == body


def test_only_a_task_that_asks_for_something_takes_files(lena: Browser):
    for path in ("/me/files/bread/baking/r-well", "/me/files/bread/jam/t-loaf", "/me/files/tea/brewing/boil"):
        assert lena.client.get(path, base_url=URL).status_code == 404


def test_nobody_else_opens_it(house: House, lena: Browser):
    _status, page = send(lena, b"My loaf rose.", "a.txt")
    for username in ("sam", "femi", "mira", "ada", ""):
        status = house.browser(username).client.get(files_on(page)[0], base_url=URL).status_code
        assert status == (404 if username else 303)

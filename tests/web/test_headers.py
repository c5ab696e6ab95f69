"""What every answer carries."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from lms.web.app import create_app
from lms.web.headers import POLICY
from tests.web.conftest import URL

SOME = [
    "/",
    "/courses/tea/brewing/water",
    "/sign-in",
    "/me",
    "/nowhere",
    "/healthz",
    "/readyz",
    "/files/x",
    "/badges/x",
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_every_answer_has_the_policy_errors_included(house, method):
    for path in SOME:
        check(house.app.test_client().open(path, method=method, base_url=URL))


def check(answer: TestResponse) -> None:
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_answer_about_a_fault_of_ours_has_it_too(house, monkeypatch):
    monkeypatch.setitem(house.app.view_functions, "home.home", lambda: 1 / 0)
    answer = house.browser().get("/")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "ZeroDivisionError" not in answer.text


def test_the_policy_allows_no_inline_script_or_style():
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_every_page_says_what_it_is_written_in(house, lena):
    for path in ("/", "/me", "/nowhere", "/sign-in"):
        assert lena.get(path).headers["Content-Type"] == "text/html; charset=utf-8"


def test_no_copy_of_a_personal_page_is_kept(lena):
    for path in ("/", "/me", "/me/settings", "/courses/tea", "/courses/tea/brewing/quiz"):
        assert lena.get(path).headers["Cache-Control"] == "no-store"


def test_style_sheets_are_kept_for_ever(visitor):
    for path in re.findall(r'href="(/static/[^"]+)"', visitor.get("/").text):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


def test_pages_are_packed_where_the_browser_can_unpack_them(house):
    visitor = house.browser()
    plain = visitor.get("/")
    visitor.headers = {"Accept-Encoding": "gzip"}
    packed = visitor.get("/")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 2


def test_a_short_answer_is_not_packed(house):
    visitor = house.browser()
    visitor.headers = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in visitor.get("/healthz").headers


def test_a_head_is_as_its_get_without_a_body(house):
    client = house.app.test_client()
    head, get = client.head("/", base_url=URL), client.get("/", base_url=URL)
    assert head.data == b""
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_over_https_cookies_are_bound_to_this_host_and_https_is_remembered(house):
    settings = replace(house.settings, public_url="https://learn.example.org")
    client = create_app(settings, house.store).test_client()
    answer = client.get("/sign-in", base_url="https://learn.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lms=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_on_ones_own_machine_cookies_are_plain_and_nothing_is_remembered(visitor):
    answer = visitor.get("/sign-in")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("lms-8000=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Strict-Transport-Security" not in answer.headers


def test_two_copies_on_one_machine_do_not_sign_each_other_out(house):
    """Browsers send a cookie to every port of a host, so each copy's has a name of its own."""
    names = set()
    for url in ("http://127.0.0.1:8770", "http://127.0.0.1:8771", "http://localhost"):
        client = create_app(replace(house.settings, public_url=url), house.store).test_client()
        names.add(client.get("/sign-in", base_url=url).headers["Set-Cookie"].partition("=")[0])
    assert names == {"lms-8770", "lms-8771", "lms-80"}


def test_a_visitor_who_only_reads_gets_no_cookie(house):
    visitor = house.browser()
    for path in ("/", "/courses/tea", "/courses/tea/brewing/water?step=q-hot", "/help-now"):
        assert "Set-Cookie" not in visitor.get(path).headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "learn.example.org"])
def test_another_name_is_refused(house, host):
    answer = house.app.test_client().get("/", base_url=f"http://{host}")
    assert answer.status_code == 400
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert host not in answer.text

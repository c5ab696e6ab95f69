"""Addresses given to us by a browser: nothing leads off the site."""

from __future__ import annotations

import pytest

from lms.web.paths import next_path

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "%09//evil.example",
    "/%09/evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:a@evil.example",
    "evil.example",
    "/me@evil.example",
    "@evil.example",
    ".evil.example",
    "/.evil.example",
    "/me/..//evil.example",
    "/\x00/evil.example",
    "\x00",
    "/me\x00",
    "/me\r\nSet-Cookie: a=b",
    "/courses/tea\u2028/x",
    "/\u202e/evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "/sign-out",
    "/nowhere",
    "",
]


@pytest.mark.parametrize("given", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_signing_in_never_leads_off_the_site(house, given):
    with house.app.test_request_context("/"):
        assert next_path(given, "/") == "/"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ("/me", "/me"),
        ("/courses/tea/brewing/water", "/courses/tea/brewing/water"),
        ("/courses/tea/brewing/water?step=q-hot", "/courses/tea/brewing/water?step=q-hot"),
        ("/courses/tea/brewing/water?step=q&to=//evil.example", "/courses/tea/brewing/water"),
        ("/join/SWAN-SANDY-61", "/join/SWAN-SANDY-61"),
        ("/courses/<b>", "/courses/%3Cb%3E"),
    ],
)
def test_a_page_of_ours_is_gone_on_to(house, given, where):
    with house.app.test_request_context("/"):
        assert next_path(given, "/") == where


def test_after_signing_in_she_is_where_she_wanted_to_be(house):
    browser = house.browser()
    browser.get("/me/settings")
    answer = browser.send("/sign-in", username="lena", password="sock kettle moon")
    assert answer.request.path == "/me/settings"
    assert "Size of the words" in answer.text

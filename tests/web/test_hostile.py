"""Hostile words in every text a person can type come out as words."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Browser

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><b>x</b>",
    "</title><script>1</script>",
    "{{123457*97}}",
    "{% import os %}",
    "%(x)s {0.__class__}",
    "${123457*97} #{123457*97}",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "<!--",
    "]]>",
    "\u2028\u2029",
    "=1+1",
]


def inert(page: str) -> bool:
    """No markup but the templates' own, and nothing worked out."""
    return not re.search(r"<script|<img src=x|<svg onload|<b>x</b>", page) and "11975329" not in page


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(house, words):
    visitor, lena, femi = house.browser(), house.browser("lena"), house.browser("femi")
    lena.send("/me/settings", page="/me/settings", act="looks", name=words)
    femi.send("/teach", page="/teach", name=words, courses="tea")
    for browser, pages in (
        (lena, ("/", "/me", "/me/settings", "/me/data")),
        (femi, ("/teach", f"/teach/groups/{house.group}")),
    ):
        for path in pages:
            assert inert(browser.get(path).text), path
    _typed(visitor, words)


def _typed(visitor: Browser, words: str) -> None:
    asked = visitor.get("/courses/tea/brewing/water", query_string={"step": "q-word", "answer": words})
    assert inert(asked.text)
    for path, fields in (
        ("/sign-in", {"username": words, "password": words}),
        ("/sign-up", {"name": words, "username": words, "password": "x"}),
        ("/sign-in/code", {"code": words}),
    ):
        assert inert(visitor.send(path, page=path, **fields).text)
    assert inert(visitor.get("/join", query_string={"code": words}).text)
    assert inert(visitor.get("/sign-in", query_string={"next": words}).text)
    assert inert(visitor.get(f"/courses/{words}").text)

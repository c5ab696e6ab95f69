"""Pictures and style sheets: served once, and harmless."""

from __future__ import annotations

import gzip
import re

import pytest

from lms.web import styles
from tests.web.conftest import PICTURE


@pytest.fixture
def picture(visitor) -> str:
    page = visitor.get("/courses/tea/brewing/water?step=boil").text
    return re.search(r'src="(/files/[0-9a-f]{64})"', page)[1]


def test_a_picture_is_kept_for_ever_and_can_do_nothing_by_itself(visitor, picture):
    answer = visitor.get(picture)
    assert answer.data == PICTURE
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_drawing_travels_packed(visitor, picture):
    visitor.headers = {"Accept-Encoding": "gzip"}
    answer = visitor.get(picture)
    assert gzip.decompress(answer.data) == PICTURE


@pytest.mark.parametrize("digest", ["0" * 64, "../lms.db", "%2e%2e%2flms.db", "x", "A" * 64])
def test_no_other_file_is_served(visitor, digest):
    assert visitor.get(f"/files/{digest}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/0/learner.css", "/static/x/../css/base.css", "/static/css/base.css", "/static/"]
)
def test_no_other_static_file_is_served(visitor, path):
    assert visitor.get(path).status_code == 404


def test_the_same_words_have_the_same_address_and_others_another():
    one = styles.style("learner", styles.LEARNER)
    assert one == styles.style("learner", styles.LEARNER)
    assert one.path != styles.style("learner", styles.LEARNER[:-1]).path


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a { b: c }", "a{b:c}"),
        ("/* x { y } */ a{b:c;}", "a{b:c}"),
        ("a > b , c { margin: calc(1px + 2px) -1px }", "a>b,c{margin:calc(1px + 2px) -1px}"),
        ("a ::before { --s1: .5rem; content: '' }", "a ::before{--s1:.5rem;content:''}"),
        ("@media (min-width: 48em) { a { b: c } }", "@media (min-width:48em){a{b:c}}"),
    ],
)
def test_spaces_that_mean_nothing_go(css, short):
    assert styles.squeezed(css) == short

"""Pictures and style sheets: served once, and harmless."""

from __future__ import annotations

import gzip
import re
import shutil

import pytest

from lms.services import packing
from lms.web import styles
from tests.web.conftest import PICTURE

SCRIPT = 2_300
"""Bytes of a script, packed: less than one picture of a lesson."""


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


def test_a_badge_wallet_may_show_a_picture_on_its_own_site_and_nothing_else_of_ours(visitor, picture):
    policy = "Cross-Origin-Resource-Policy"
    assert visitor.get(picture).headers[policy] == "cross-origin"
    for other in ("/", "/files/x", "/badges/x", re.search(r'href="(/static/[^"]+)"', visitor.get("/").text)[1]):
        assert visitor.get(other).headers[policy] == "same-origin"


def test_a_drawing_and_a_style_travel_as_small_as_the_browser_can_unpack(visitor, picture):
    style = styles.style("learner", styles.LEARNER)
    for path, body in ((picture, PICTURE), (style.path, style.body)):
        for accepted, coding, unpack in (("", None, bytes), ("gzip, deflate", "gzip", gzip.decompress)):
            answer = asked(visitor, path, accepted)
            assert (answer.headers.get("Content-Encoding"), unpack(answer.data)) == (coding, body)
            assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_browser_that_knows_brotli_is_sent_less(visitor, picture):
    brotli = pytest.importorskip("brotli")
    for path in (picture, styles.style("learner", styles.LEARNER).path):
        small, other = asked(visitor, path, "gzip, deflate, br, zstd"), asked(visitor, path, "gzip")
        assert small.headers["Content-Encoding"] == "br"
        assert brotli.decompress(small.data) == gzip.decompress(other.data)
        assert len(small.data) < len(other.data)
        assert asked(visitor, path, "br;q=0, gzip").headers["Content-Encoding"] == "gzip"


def test_what_never_changes_is_packed_once_and_again_after_its_folder_is_gone(house, visitor, picture):
    folder, digest = packing.folder_of(house.store), picture.rpartition("/")[2]
    (folder / f"{digest}.gzip").write_bytes(b"as it was kept")
    assert asked(visitor, picture, "gzip").data == b"as it was kept"
    shutil.rmtree(folder)
    assert asked(visitor, picture, "gzip").data == PICTURE
    packing.pack_all(house.store)
    assert gzip.decompress(packing.packed(folder, digest, "gzip")) == PICTURE
    assert packing.sent(house.store, digest) == len(packing.packed(folder, digest, "gzip"))


def test_a_disk_that_takes_nothing_more_stops_no_picture(house, visitor, picture):
    folder = packing.folder_of(house.store)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    packing.pack_all(house.store)
    assert visitor.get(picture).data == PICTURE
    assert packing.sent(house.store, picture.rpartition("/")[2]) == len(PICTURE)


def asked(visitor, path, accepted):
    visitor.headers = {"Accept-Encoding": accepted}
    return visitor.get(path)


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


def test_a_script_is_sent_packed_once_and_weighs_little(visitor):
    script = styles.script("sorting")
    visitor.headers = {"Accept-Encoding": "gzip"}
    answer = visitor.get(script.path)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"template[data-sorting]" in gzip.decompress(answer.data)
    assert len(answer.data) < SCRIPT


def test_a_script_travels_without_its_notes():
    assert styles.without_notes("// so\nif (a) {\n\n  b('//'); // c\n}\n") == "if (a) {\nb('//');\n}\n"


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

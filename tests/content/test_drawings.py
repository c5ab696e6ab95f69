"""The drawings of badges: one family, steady for a name, told apart by shape and not by colour alone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lms.content.drawings import INKS, LINES, MARIGOLD, drawn, line_of
from lms.content.faults import Faults
from lms.content.pictures import check_picture, size_of

ROOT = Path(__file__).parents[2]
NAMES = [(f"course-{at % 5}", f"module-{at}" if at % 3 else "") for at in range(300)]
ALL = sorted({drawn(*name) for name in NAMES})
LIGHT = re.compile(r"--act: (#[0-9a-f]{6})")


def parts(picture: bytes) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture))


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        (("our-library", "library-card"), "b30c4e828bea41e4"),
        (("our-library",), "4a669b6fb5bea1c3"),
        (("online-safety", "your-phone"), "9a8cb8edb2ad6b10"),
    ],
)
def test_a_name_has_the_same_picture_for_ever(name, digest):
    """Those who earned the badge keep it in their files: what a name was drawn as must not change."""
    assert hashlib.sha256(drawn(*name)).hexdigest().startswith(digest)


def test_there_are_things_enough_that_neighbours_seldom_share_one():
    assert len({drawn("course", f"module-{at}") for at in range(300)}) == 17


@pytest.mark.parametrize("picture", ALL)
def test_each_is_a_whole_safe_svg_of_the_size_of_the_family(picture):
    faults = Faults("badge.svg")
    check_picture("badge.svg", picture, faults)
    assert faults.problems == []
    assert size_of("badge.svg", picture) == (96, 96)
    assert len(picture) < 1_000


@pytest.mark.parametrize("picture", ALL)
def test_each_has_an_outline_of_its_kind_one_marigold_shape_and_one_line(picture):
    outline, shape, line, *on = parts(picture)
    assert outline.tag.endswith("circle")
    assert shape.get("fill") == MARIGOLD
    assert picture.count(MARIGOLD.encode()) == 1
    assert len(on) <= 1
    whole = outline.get("stroke") == "none"
    ends = ("M6 66", "H90") if whole else ("M8 66", "H88")
    assert (line.get("d") or "").startswith(ends[0])
    assert ends[1] in (line.get("d") or "")


def test_a_module_and_its_course_are_told_apart_by_their_outline():
    module, course = parts(drawn("tea", "brewing"))[0], parts(drawn("tea"))[0]
    assert (module.get("fill"), module.get("r")) == ("#fff", "44")
    assert (course.get("fill"), course.get("r")) == (INKS["coding"], "46")


def test_the_inks_are_those_of_the_pages():
    css = (ROOT / "lms/web/static/css/variables.css").read_text()
    assert set(INKS.values()) <= set(re.findall(r"#[0-9a-f]{6}", css))
    assert {*LINES.values(), line_of("of-somebody")} == set(INKS)
    for course, line in LINES.items():
        assert INKS[line].encode() in drawn(course, "one")

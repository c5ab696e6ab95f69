"""A picture is what its name says, and nothing in it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.compile import compile as compile_course
from lms.content.faults import Faults
from lms.content.pictures import check_picture

ROOT = Path(__file__).parents[2]
NAMESPACE = b'xmlns="http://www.w3.org/2000/svg"'
PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(40), b"\xff\xd8\xff\xe0" + bytes(40)
WEBP, AVIF = b"RIFF\0\0\0\0WEBPVP8 " + bytes(40), b"\0\0\0\x20ftypavif" + bytes(40)
GROWING = b"<!DOCTYPE svg [<!ENTITY a 'xxxxxxxxxx'>" + b"".join(
    b"<!ENTITY %b '%b'>" % (bytes([at + 1]), b"&%c;" % at * 10) for at in range(97, 110)
)


def said(path: str, data: bytes) -> list[str]:
    faults = Faults(path)
    check_picture(path, data, faults)
    return [f"{problem.code}: {problem.message} {problem.instead}" for problem in faults.problems]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.png", PNG),
        ("a.jpg", JPEG),
        ("a.webp", WEBP),
        ("a.avif", AVIF),
        ("a.svg", b"<svg/>"),
        ("a.svg", b"<svg %b viewBox='0 0 9 9'><title>One</title><path d='M0 0h9'/></svg>" % NAMESPACE),
        ("a.svg", b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><!-- <script> --><svg %b/>" % NAMESPACE),
        ("a.svg", '<?xml version="1.0" encoding="UTF-16"?><svg xmlns="http://www.w3.org/2000/svg"/>'.encode("utf-16")),
        ("a.svg", b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>'),
        ("a.svg", b"<svg aria-label='JavaScript: a language'><text>onload, javascript:</text></svg>"),
        ("a.svg", b"<svg><a href='#x' class='on'><set attributeName='opacity' to='1'/></a></svg>"),
        ("notes.txt", b"no picture"),
    ],
)
def test_a_picture_that_is_what_its_name_says_is_fine(path, data):
    assert said(path, data) == []


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("a.svg", b"not a png", "an SVG"),
        ("a.svg", b"", "an SVG"),
        ("a.svg", PNG, "an SVG"),
        ("a.svg", b"<html><svg/></html>", "an SVG"),
        ("a.svg", b"<svg><path></svg>", "an SVG"),
        ("a.svg", b"<svg/><svg/>", "an SVG"),
        ("a.svg", b"<?xml version='1.0' encoding='x-none'?><svg/>", "an SVG"),
        ("a.svg", GROWING + b"]><svg>&z;</svg>", "an SVG"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>", "an SVG"),
        ("a.png", JPEG, "a PNG"),
        ("a.jpg", PNG, "a JPEG"),
        ("a.webp", b"RIFF\0\0\0\0WAVE", "a WebP"),
        ("a.avif", b"<svg/>", "an AVIF"),
        ("a.PNG", b"GIF89a", "a PNG"),
    ],
)
def test_a_picture_that_is_something_else_is_told(path, data, kind):
    instead = f"Save it again as {kind}, or give it the ending of what it is."
    assert said(path, data) == [f"picture-kind: this is not {kind} picture. {instead}"]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        "<s:script xmlns:s='http://www.w3.org/2000/svg'/>",
        "<script xmlns='http://www.w3.org/1999/xhtml'/>",
        "<path onload='alert(1)'/>",
        "<path OnClick='alert(1)'/>",
        "<a href='javascript:alert(1)'/>",
        "<a href=' java&#10;script:alert(1)'/>",
        "<a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='JavaScript:alert(1)'/>",
        "<set attributeName='onclick' to='alert(1)'/>",
        "<a><animate attributeName='href' values='#;javascript:alert(1)'/></a>",
        "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='x'/></foreignObject>",
    ],
)
def test_a_script_in_a_picture_is_told(inside):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()
    assert said("a.svg", drawing) == ["picture-script: this picture holds a script. Save it again as a plain SVG."]


def test_an_svg_whose_root_runs_something_is_told():
    assert said("a.svg", b"<svg onload='alert(1)'/>")[0].startswith("picture-script")


def test_a_course_with_such_a_picture_does_not_compile():
    compiled = compile_course({"course.md": b"---\ncourse: c\nlang: en\norder: []\n---\n# C\n", "a.svg": b"not a png"})
    assert "picture-kind" in {problem.code for problem in compiled.problems}
    assert compiled.course is None


def test_every_picture_of_the_courses_here_is_fine():
    pictures = [path for path in ROOT.glob("courses/**/*") if path.suffix in (".svg", ".png", ".jpg", ".webp", ".avif")]
    assert len(pictures) > 20
    assert [line for path in pictures for line in said(path.name, path.read_bytes())] == []


@given(st.binary(), st.sampled_from(["svg", "png", "jpg", "webp", "avif"]))
def test_no_bytes_make_it_break(data, ending):
    assert len(said(f"a.{ending}", data)) <= 1
    said("a.svg", b"<svg>" + data + b"</svg>")

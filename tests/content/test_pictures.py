"""A picture is what its name says, and nothing in it runs."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.compile import compile as compile_course
from lms.content.faults import Faults
from lms.content.pictures import check_picture

ROOT = Path(__file__).parents[2]
NAMESPACE = b'xmlns="http://www.w3.org/2000/svg"'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10" + bytes(14) + b"\xff\xda\0\x02" + bytes(40) + b"\xff\xd9"
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


def badge_said(inside: str) -> list[str]:
    """What is told of a badge's picture by a whole course, by file and code."""
    files = {
        "course.md": b"---\ncourse: c\nlang: en\norder: []\nbadge-picture: a.svg\n---\n# C\n\nWelcome.\n",
        "a.svg": f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="urn:b">{inside}</svg>'.encode(),
    }
    problems = compile_course(files).problems
    return [f"{it.code}: {it.message}" for it in problems if it.file == "a.svg"]


@pytest.mark.parametrize(
    ("inside", "by"),
    [
        ("<image href='a.png'/>", "href of <image>"),
        ("<a xmlns:x='http://www.w3.org/1999/xlink' x:href='https://example.org/'/>", "href of <a>"),
        ("<path fill='url(https://example.org/a.svg#a)'/>", "fill of <path>"),
        ("<path style='fill: u\\72l(a.svg#a)'/>", "style of <path>"),
        ("<style>@import 'a.css';</style>", "its <style>"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<img xmlns='http://www.w3.org/1999/xhtml'/>", "<img>"),
        ("<set attributeName='href' to='a.png'/>", "<set> of an href"),
        ("<g xml:base='https://example.org/'/>", "base of <g>"),
    ],
)
def test_a_badges_picture_that_leads_out_of_its_file_is_refused(inside, by):
    assert badge_said(inside) == [f"badge-picture-leads-out: this picture of a badge leads out of its file, by {by}."]


@pytest.mark.parametrize(
    "inside",
    [
        "<style>.a { fill: url(#b) }</style><use href='#c'/><path fill='url( #b )'/>",
        "<image href='data:image/png;base64,AAAA'/>",
        "<b:named b:file='C:\\a.svg' b:href='https://example.org/'/><path b:from='C:\\a.svg'/>",
    ],
)
def test_a_badges_picture_that_stands_by_itself_is_fine(inside):
    assert badge_said(inside) == []


def test_only_a_badges_picture_is_asked_to_stand_by_itself():
    assert said("a.svg", b"<svg><foreignObject/></svg>") == []


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


CUT = ["picture-cut: this picture is cut off: its end is missing. Copy or save it again, whole."]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _segment(marker: bytes, data: bytes) -> bytes:
    return b"\xff" + marker + struct.pack(">H", len(data) + 2) + data


HEAD = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
ROWS = zlib.compress(b"".join(b"\0" + bytes(range(row, row + 120)) for row in range(30)))
WHOLE_PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", HEAD) + _chunk(b"IDAT", ROWS) + _chunk(b"IEND", b"")
SMALL = b"\xff\xd8" + _segment(b"\xda", b"\1") + bytes(90) + b"\xff\xd9"
PHOTO = b"\xff\xd8" + _segment(b"\xe1", b"Exif\0\0" + SMALL) + _segment(b"\xda", b"\1") + bytes(900) + b"\xff\xd9"
"""A photo, with a small picture of itself in front, which has an end of its own."""
WHOLE_WEBP = (ROOT / "docs" / "pictures" / "lesson.webp").read_bytes()


@pytest.mark.parametrize(("path", "whole"), [("a.png", WHOLE_PNG), ("a.jpg", PHOTO), ("a.webp", WHOLE_WEBP)])
def test_a_picture_that_was_copied_only_in_part_is_told(path, whole):
    assert said(path, whole) == said(path, whole + b"what a phone puts behind it") == []
    for share in (0.2, 0.3, 0.6, 0.9, 0.99):
        assert said(path, whole[: int(len(whole) * share)]) == CUT

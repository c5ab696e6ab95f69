"""The picture of a badge as a file: it says its name, looks the same everywhere, and reads nothing of the machine."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lms.content.drawings import drawn
from lms.interop.pictures import badge_png, badge_svg

SVG = "image/svg+xml"
ROOT = Path(__file__).parents[2]


def dots(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and the pixels of a PNG as resvg writes them: 8 bits, RGBA."""
    width, height = struct.unpack(">II", png[16:24])
    assert png[24:26] == b"\x08\x06"
    data, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    raw, before, found = zlib.decompress(data), bytes(4 * width), []
    for y in range(height):
        line = raw[y * (4 * width + 1) : (y + 1) * (4 * width + 1)]
        before = _unfiltered(line[0], line[1:], before)
        found += [tuple(before[x : x + 4]) for x in range(0, len(before), 4)]
    return width, height, found


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    out = bytearray()
    for at, byte in enumerate(line):
        left, up, corner = (out[at - 4] if at > 3 else 0), above[at], (above[at - 4] if at > 3 else 0)
        near = min((left, up, corner), key=lambda it: abs(left + up - corner - it))
        out.append((byte + (0, left, up, (left + up) // 2, near)[kind]) % 256)
    return bytes(out)


def colours(svg: str, pixels: int = 96) -> set[tuple[int, ...]]:
    return set(dots(badge_png(svg, pixels))[2])


def png(red: int, green: int, blue: int) -> bytes:
    return badge_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f'<rect width="9" height="9" fill="rgb({red},{green},{blue})"/></svg>',
        9,
    )


@pytest.mark.parametrize("name", ["Brewer", 'A <b> & "c"', "صانعة الشاي", "{}", "]]>"])
def test_the_file_says_the_name_of_its_badge_to_who_cannot_see_it(name):
    root = ElementTree.fromstring(badge_svg(drawn("tea", "brewing"), SVG, name))
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text == name


def test_an_authors_own_title_gives_way_and_the_rest_stays():
    hers = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Layer 1</title>'
        '<g id="a"><path d="M1 1"/></g></svg>'
    )
    svg = badge_svg(hers.encode(), SVG, "Brewer")
    assert "Layer 1" not in svg
    assert '<g id="a"><path d="M1 1" /></g>' in svg


@pytest.mark.parametrize("module", ["brewing", ""])
def test_a_drawing_becomes_a_png_in_its_colours(module):
    svg = badge_svg(drawn("tea", module), SVG, "Brewer")
    width, height, pixels = dots(badge_png(svg))
    assert (width, height) == (512, 512)
    assert {(11, 83, 69, 255), (255, 197, 49, 255), (255, 255, 255, 255)} <= set(pixels)
    assert pixels[0][3] == 0, "round its outline nothing is drawn"


def test_the_same_badge_is_the_same_file_every_time():
    svg = badge_svg(drawn("tea"), SVG, "Brewer")
    assert svg == badge_svg(drawn("tea"), SVG, "Brewer")
    assert badge_png(svg) == badge_png(svg)


def test_a_picture_of_dots_stands_whole_in_a_square():
    svg = badge_svg(png(200, 10, 20), "image/png", "Brewer")
    assert ElementTree.fromstring(svg).get("viewBox") == "0 0 512 512"
    assert (200, 10, 20, 255) in colours(svg)


def test_a_webp_is_drawn_too():
    picture = next((ROOT / "docs/pictures").glob("*.webp")).read_bytes()
    assert len(colours(badge_svg(picture, "image/webp", "Brewer"))) > 4


@pytest.mark.parametrize("leading", ["href", "xlink:href"])
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_drawing_reads_no_file_of_the_machine_and_none_from_elsewhere(tmp_path, leading, scheme):
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(1, 2, 3))
    for address in (f"{scheme}{secret}", "https://example.org/see.png", "//example.org/see.png", "see.png"):
        hers = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
            f'<image {leading}="{address}" width="9" height="9"/></svg>'
        )
        svg = badge_svg(hers.encode(), SVG, "Brewer")
        assert address not in svg
        assert colours(svg) == {(0, 0, 0, 0)}


@pytest.mark.parametrize(
    "leading",
    [
        "<style>@import url(https://example.org/a.css);</style>",
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>rect { fill: URL( 'https://example.org/a.svg#a' ) }</style>",
        "<style>rect { fill: u\\72l(https://example.org/a.svg#a) }</style>",
        "<style><![CDATA[rect { cursor: image-set('https://example.org/a.png' 1x) }]]></style>",
        '<rect style="fill:url(https://example.org/a.svg#a)" width="9" height="9"/>',
        '<rect fill="url(&quot;https://example.org/a.svg#a&quot;)" width="9" height="9"/>',
        '<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="https://example.org/a.png"/></foreignObject>',
        '<g><img xmlns="http://www.w3.org/1999/xhtml" src="https://example.org/a.png"/></g>',
        '<image href="#a"><set attributeName="href" to="https://example.org/a.png"/></image>',
        '<image href="#a"><set attributeName="xlink:href" to="https://example.org/a.png"/></image>',
        '<script>fetch("https://example.org/")</script>',
        '<rect onclick="location = `https://example.org/`"/>',
        '<g xml:base="https://example.org/"><use href="#a"/></g>',
    ],
)
def test_nothing_in_the_file_she_keeps_leads_out_of_it(leading):
    hers = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{leading}'
        '<rect id="kept" width="9" height="9" fill="rgb(9,200,9)"/></svg>'
    )
    svg = badge_svg(hers.encode(), SVG, "Brewer")
    assert "example.org" not in svg
    assert (9, 200, 9, 255) in colours(svg), "the rest is drawn all the same"


def test_a_style_and_a_colour_that_stand_in_the_file_stay():
    hers = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>.a { fill: url(#b) }</style>'
        '<linearGradient id="b"><stop stop-color="rgb(9,200,9)"/></linearGradient>'
        """<rect class="a" width="9" height="9"/><rect fill="url( '#b' )" width="1" height="1"/></svg>"""
    )
    svg = badge_svg(hers.encode(), SVG, "Brewer")
    assert "fill: url(#b)" in svg
    assert """fill="url( '#b' )\"""" in svg
    assert colours(svg) == {(9, 200, 9, 255)}


def test_what_stands_inside_the_file_is_kept():
    inside = f"data:image/png;base64,{base64.b64encode(png(9, 200, 9)).decode()}"
    hers = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><image id="a" href="{inside}" width="9" '
        'height="9"/></defs><use href="#a"/></svg>'
    )
    assert (9, 200, 9, 255) in colours(badge_svg(hers.encode(), SVG, "Brewer"))


@pytest.mark.parametrize("box", ["0 0 1 100000", "0 0 100000 1", "0 0 3 2"])
def test_an_odd_shape_fits_into_the_square_and_no_more(box):
    hers = f'<svg viewBox="{box}"><rect width="9" height="9"/></svg>'
    width, height, _ = dots(badge_png(badge_svg(hers.encode(), SVG, "Brewer"), 96))
    assert max(width, height) == 96

"""Credentials in pictures: what is put in comes out, once; and whatever a stranger sends ends in a sentence."""

from __future__ import annotations

import json
import time
import tracemalloc
import xml.etree.ElementTree as ET
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.interop.baking import KEYWORD, MOST_BYTES, MOST_TEXT, NAMESPACE, BadFile, bake_png, bake_svg, unbake

TEXT = json.dumps({"name": "Lena \u2013 \u05e9\u05dc\u05d5\u05dd", "criteria": "a < b & c"})
OTHER = '{"other": 1}'
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4"><title>A > "b"</title><path d="M0 0h4"/></svg>'


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(*between: bytes) -> bytes:
    """A grey picture of two by two, with these chunks in it."""
    head = chunk(b"IHDR", bytes([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0]))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x10\x20\0\x30\x40"))
    return SIGNATURE + head + b"".join(between) + pixels + chunk(b"IEND", b"")


def with_svg(inside: str, before: str = "", root: str = "") -> bytes:
    """An SVG that holds this where a credential stands."""
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}"{root}>{inside}</svg>'.encode()
    )


def with_credential(text: str) -> bytes:
    return with_svg(f"<openbadges:credential>{text}</openbadges:credential>")


def text_or_sentence(data: bytes) -> str:
    """What a file is read as; a fault that is no sentence for a person fails the test that asked."""
    try:
        return unbake(data)
    except BadFile as problem:
        return problem.sentence


def refused(data: bytes) -> str:
    """The sentence a person is told about a file."""
    with pytest.raises(BadFile) as raised:
        unbake(data)
    return raised.value.sentence


@pytest.mark.parametrize(
    "data",
    [
        bake_png(png(), TEXT),
        bake_svg(SVG, TEXT).encode(),
        TEXT.encode(),
        b"\xef\xbb\xbf\r\n " + TEXT.encode() + b"\n",
        b"\xef\xbb\xbf\n" + bake_svg(SVG, TEXT).encode(),
        bake_svg("\ufeff" + SVG, TEXT).encode(),
    ],
    ids=["png", "svg", "json", "json with a mark and lines", "svg with a mark and lines", "svg from one with a mark"],
)
def test_what_was_baked_comes_out(data):
    assert unbake(data) == TEXT


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_credential_comes_out_of_both_kinds_of_picture_as_it_went_in(words):
    text = json.dumps({"]]>": words})
    assert unbake(bake_png(png(), text)) == text
    assert unbake(bake_svg(SVG, text).encode()) == text


def test_a_png_has_the_text_in_one_uncompressed_chunk_right_after_its_head_and_is_the_same_picture():
    plain = chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + TEXT.encode())
    assert bake_png(png(), TEXT) == png(plain)


def test_baking_a_png_again_puts_the_new_text_in_place_of_every_old_one():
    old = [chunk(kind, KEYWORD + b"\0old") for kind in (b"tEXt", b"zTXt", b"iTXt")]
    others = chunk(b"tEXt", b"Title\0A badge"), chunk(b"tEXt", KEYWORD + b"s\0no credential")
    once = bake_png(png(*others), TEXT)
    assert bake_png(bake_png(png(*old, *others), OTHER), TEXT) == once
    assert unbake(once) == TEXT


def test_what_stands_behind_the_end_of_a_png_is_no_part_of_it():
    data = bake_png(png(), TEXT)
    assert unbake(data + b"\n") == TEXT
    assert bake_png(png() + b"more", TEXT) == data


def test_an_svg_declares_the_name_and_has_the_text_as_its_first_child():
    baked = bake_svg(SVG, TEXT)
    first = ET.fromstring(baked)[0]
    assert (first.tag, first.text) == (f"{{{NAMESPACE}}}credential", TEXT)
    assert baked == SVG.replace(
        ' width="4">',
        f' width="4" xmlns:openbadges="{NAMESPACE}"><openbadges:credential><![CDATA[{TEXT}]]></openbadges:credential>',
    )


@pytest.mark.parametrize(
    "svg",
    [
        f"<?xml version='1.0'?><!-- <svg> a > b --><?p <svg>?>{SVG}",
        f"<s:svg xmlns:s='http://www.w3.org/2000/svg' class='a > \"b\"'\n>{'<s:g/>' * 2}</s:svg >",
        with_svg(
            "<openbadges:credential verify='a>b'/><g/><o:credential xmlns:o='" + NAMESPACE + "'>x</o:credential >"
        ).decode(),
    ],
    ids=["a prologue", "another prefix", "two credentials of others"],
)
def test_any_svg_of_ours_or_of_an_author_is_baked_once_and_stays_what_it_was(svg):
    baked = bake_svg(svg, TEXT)
    assert unbake(baked.encode()) == TEXT
    assert bake_svg(bake_svg(baked, OTHER), TEXT) == baked
    names = [element.tag for element in ET.fromstring(baked).iter()]
    assert names.count(f"{{{NAMESPACE}}}credential") == 1
    assert [name for name in names if NAMESPACE not in name] == [
        element.tag for element in ET.fromstring(svg).iter() if NAMESPACE not in element.tag
    ]


@pytest.mark.parametrize("text", ["]]>", '{"a": "]]>]]>]]]>"}', '{"a": "]]><script/><![CDATA["}', "]]&gt;"])
def test_no_text_breaks_out_of_its_place_in_an_svg(text):
    baked = bake_svg(SVG, text)
    root = ET.fromstring(baked)
    assert [len(root[0]), root[0].text, len(root)] == [0, text, 3]
    assert unbake(baked.encode()) == text
    assert bake_svg(baked, TEXT) == bake_svg(SVG, TEXT)


@pytest.mark.parametrize(
    "svg",
    ["", "<svg", "<svg/>", "<p>x</p>", SVG + SVG, "<!DOCTYPE svg>" + SVG, "plain words",
     '<svg xmlns="http://www.w3.org/2000/svg"/>',
     '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><g/></svg>'],
)  # fmt: skip
def test_what_is_no_svg_is_not_baked(svg):
    with pytest.raises(BadFile):
        bake_svg(svg, TEXT)


@pytest.mark.parametrize("data", [b"", SVG.encode(), png()[:-1], png()[:40], SIGNATURE, png()[33:]])
def test_what_is_no_png_is_not_baked(data):
    with pytest.raises(BadFile):
        bake_png(data, TEXT)


@pytest.mark.parametrize("data", [bake_png(png(), TEXT), bake_svg(SVG, TEXT).encode()], ids=["png", "svg"])
def test_a_picture_cut_anywhere_is_refused_with_a_sentence(data):
    for length in range(len(data)):
        sentence = refused(data[:length])
        assert "damaged" in sentence or length < 6, length


def test_a_json_file_cut_anywhere_is_text_or_a_sentence():
    data = json.dumps({"name": "שלום"}, ensure_ascii=False).encode()
    refusals = 0
    for length in range(len(data)):
        try:
            assert data.startswith(unbake(data[:length]).encode())
        except BadFile:
            refusals += 1
    assert refusals == 1 + 4  # nothing at all, and half of each of the four letters


@given(st.sampled_from([bake_png(png(), TEXT), bake_svg(SVG, TEXT).encode(), TEXT.encode()]), st.data())
def test_a_file_with_bytes_changed_put_in_or_left_out_is_text_or_a_sentence(data, draw):
    start = draw.draw(st.integers(0, len(data)))
    end = draw.draw(st.integers(start, len(data)))
    changed = data[:start] + draw.draw(st.binary(max_size=40)) + data[end:]
    assert isinstance(text_or_sentence(changed), str)


@given(st.binary(max_size=300), st.sampled_from([b"", SIGNATURE, b"<", b"<svg ", b"{"]))
def test_any_bytes_at_all_are_text_or_a_sentence(data, start):
    assert isinstance(text_or_sentence(start + data), str)


def test_each_bit_of_a_png_that_is_wrong_is_noticed():
    data = bake_png(png(), OTHER)
    for at in range(len(data)):
        for bit in (1, 0x80):
            with pytest.raises(BadFile):
                unbake(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])


TWICE = chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + TEXT.encode())
ONE = f"<openbadges:credential>{OTHER}</openbadges:credential>"


@pytest.mark.parametrize(
    "data",
    [
        png(TWICE, TWICE),
        png(TWICE, chunk(b"tEXt", KEYWORD + b"\0" + OTHER.encode())),
        with_svg(ONE + ONE),
        with_svg(f"{ONE}<g><o:credential xmlns:o='{NAMESPACE}'>{OTHER}</o:credential></g>"),
        with_svg(f"<openbadges:credential>{ONE}</openbadges:credential>"),
    ],
    ids=["png", "png of two kinds", "svg", "svg, one deeper", "svg, one in the other"],
)
def test_two_credentials_in_a_file_are_refused(data):
    assert "more than one" in refused(data)


@pytest.mark.parametrize(
    "data",
    [
        png(),
        png(chunk(b"iTXt", b"openbadges\0\0\0\0\0" + TEXT.encode())),
        SVG.encode(),
        with_credential(" "),
        with_svg("<openbadges:credential verify='a.b.c'/>"),
        with_svg("<credential>{}</credential>"),
        b"<html><p>A page</p></html>",
        b"",
        b" \n",
        b"[{}]",
        b"eyJhbGciOiJub25lIn0.e30.",
        b"\xff\xd8\xff\xe0 a photograph",
        "{}".encode("utf-16"),
    ],
)
def test_a_file_without_a_credential_is_refused_by_saying_so(data):
    assert "can't find a badge" in refused(data)


BOMB = zlib.compress(b"{" + b" " * 20_000_000)
LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "data",
    [
        png(chunk(b"iTXt", KEYWORD + b"\0\1\0\0\0" + BOMB)),
        png(chunk(b"iTXt", KEYWORD + b"\0\0\0en\0\0" + TEXT.encode())),
        png(chunk(b"zTXt", KEYWORD + b"\0\0" + BOMB)),
        png(chunk(b"tEXt", KEYWORD + b"\0" + TEXT.encode())),
        with_svg("<openbadges:credential>&e11;</openbadges:credential>", f'<!DOCTYPE svg [<!ENTITY e0 "ha">{LAUGHS}]>'),
        with_svg(ONE, '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>', ' class="&x;"'),
        with_svg(ONE, '<!DOCTYPE svg SYSTEM "http://127.0.0.1/never.dtd">'),
        with_svg(f"<openbadges:credential>{OTHER}<g/></openbadges:credential>"),
    ],
    ids=["compressed", "a language", "zTXt", "tEXt", "entities", "a file", "an address", "an element in it"],
)
def test_what_other_software_packed_is_refused_and_never_unpacked(data):
    tracemalloc.start()
    assert "changed by other software" in refused(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"{" + b" " * 10_000_000,
        b"{" + b" " * MOST_TEXT + b"}",
        bake_png(png(), "{" + "a" * MOST_TEXT),
        bake_svg(SVG, "{" + "a" * MOST_TEXT).encode(),
        png(chunk(b"IDAT", bytes(MOST_BYTES))),
        with_svg(" " * MOST_BYTES),
    ],
    ids=["10 MB", "too much JSON", "too much in a png", "too much in an svg", "a large png", "a large svg"],
)
def test_what_is_too_big_is_refused(data):
    assert "too big" in refused(data)


def longest(size: int) -> dict[str, bytes]:
    """Files of about this size, each with as much as there can be of one thing."""
    head = b"<svg xmlns='http://www.w3.org/2000/svg' "
    return {
        "chunks": SIGNATURE + chunk(b"IHDR", bytes(13)) + chunk(b"aaAa", b"") * (size // 12),
        "depth": head + b">" + b"<g>" * (size // 3),
        "spaces": head + b" " * size,
        "attributes": head + b"".join(b"a%d='' " % n for n in range(size // 12)) + b"/>",
        "prefixes": head + b"".join(b"xmlns:a%d='b' " % n for n in range(size // 20)) + b"/>",
        "comments": with_credential("a<!---->" * (size // 8)),
        "letters": with_credential("&amp;" * (size // 5)),
        "sections": with_credential("<![CDATA[\n]]>" * (size // 13)),
        "credentials": with_svg(ONE * (size // len(ONE))),
        "quotes": with_svg("<openbadges:credential " + "'\"<" * (size // 3)),
    }


SHAPES = sorted(longest(100))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_longest_file_of_any_shape_takes_a_second_or_two(shape):
    data = longest(MOST_BYTES - 1000)[shape]
    assert len(data) <= MOST_BYTES
    begun = time.process_time()
    refused(data)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_of_any_shape_takes_memory_in_proportion_to_its_length(shape):
    data = longest(100_000)[shape]
    tracemalloc.start()
    text_or_sentence(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * len(data)

"""Badges of ours as software of others sees them: what we sign and bake holds there too, what is false does not."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import png as pypng
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib import baking as openbadgeslib

from lms.interop import keys
from lms.interop.baking import KEYWORD, NAMESPACE, bake_png, bake_svg
from lms.interop.credentials import as_text
from tests.interop import peers
from tests.interop.awards import DID, GIVEN, KEY, LIST, STRANGER, issued_by, signed
from tests.interop.forgeries import CORE, FORGERIES, PYTHON, VC, ended, pages
from tests.interop.test_baking import SVG, png
from tests.interop.test_proofs import LEAVES, changed


@pytest.fixture(scope="module")
def others() -> Iterator[peers.Peers]:
    program = peers.node()
    if program is None:
        pytest.skip(peers.MISSING)
    with peers.started(program) as libraries:
        yield libraries


def test_a_badge_of_ours_holds_elsewhere(others):
    said = others.ask(signed(), peers.web())
    assert said.vc.holds, said
    assert said.core.holds, said
    assert said.core.steps == {"valid_signature": True, "revocation_status": True, "expiration": True}
    assert said.core.schema is True


def test_a_site_on_a_port_of_its_own_is_found_elsewhere(others):
    did = keys.did_web("https://learn.example.org:8443")
    page = {"https://learn.example.org:8443/.well-known/did.json": keys.did_document(did, [KEY.multibase])}
    said = others.ask(signed(issued_by(did), credentialStatus=None), page)
    assert (said.vc.holds, said.core.holds) == (True, True), said


def test_a_badge_of_the_key_alone_holds_elsewhere_and_nobody_has_to_be_asked(others):
    did = keys.did_key(KEY.multibase)
    said = others.ask(signed(issued_by(did), credentialStatus=None), {})
    assert said.vc.holds, said
    assert said.core.holds, said


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_badge_with_one_value_changed_is_refused_elsewhere(others, path):
    said = others.ask(changed(signed(), path), peers.web())
    assert not said.vc.holds
    assert not said.core.holds


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_taken_elsewhere_only_where_it_is_sound(others, name):
    forgery = FORGERIES[name]
    said = others.ask(forgery.document(), pages(forgery.taken_back))
    takers = {VC: said.vc.holds, CORE: said.core.holds}
    assert {name for name, holds in takers.items() if holds} == forgery.sound_to - {PYTHON}, said


def test_a_badge_that_was_taken_back_is_seen_to_be_and_others_in_the_list_are_not(others):
    said = others.ask(signed(), peers.web(taken_back=7_001))
    assert said.core.steps == {"valid_signature": True, "revocation_status": False, "expiration": True}
    assert others.ask(signed(), peers.web(taken_back=7_000)).core.holds


def test_a_list_that_a_stranger_signed_is_not_believed(others):
    said = others.ask(signed(), peers.web(listed_by=STRANGER))
    assert not said.core.holds
    assert not said.core.steps["revocation_status"]


def test_a_list_that_can_not_be_had_leaves_it_open(others):
    web = peers.web()
    del web[LIST]
    said = others.ask(signed(), web)
    assert not said.core.holds
    assert said.vc.holds


def test_a_badge_whose_end_has_come_is_seen_to_be_over(others):
    said = others.ask(ended(), peers.web())
    assert not said.vc.holds
    assert said.core.steps == {"valid_signature": True, "revocation_status": True, "expiration": False}


@pytest.mark.parametrize(("listed", "holds"), [((STRANGER, KEY), True), ((STRANGER,), False)])
def test_a_badge_of_a_retired_key_holds_as_long_as_the_key_is_listed(others, listed, holds):
    # A library may keep what it was told of a site, so each case is a site of its own.
    did = f"{DID}:{len(listed)}"
    address = f"https://learn.example.org/{len(listed)}/did.json"
    document = keys.did_document(did, [key.multibase for key in listed])
    said = others.ask(signed(issued_by(did), credentialStatus=None), {address: document})
    assert (said.vc.holds, said.core.holds) == (holds, holds), said


def test_nothing_is_asked_of_the_real_web(others):
    did = "did:web:nobody.example.org"
    said = others.ask(signed(issued_by(did), credentialStatus=None), {})
    assert not said.vc.holds
    assert "404 not on this web" in " ".join(said.vc.why), said


WORDS = {
    "Arabic": "\u062a\u0645\u0651 \u0625\u0639\u062f\u0627\u062f \u0627\u0644\u0634\u0627\u064a",
    "Hebrew with marks": "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u202bright\u202c to left\u200f",
    "Vietnamese, two ways": "Ti\u1ebfng Vi\u1ec7t, Tie\u0302\u0301ng Vie\u0323\u0302t",
    "a family": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001d504",
    "braces": '{}} {{ } {"a": [}',
    "quotes and slashes": "\"Tea\" \\ 'maker' \\u007b \\n </script> ]]> <!-- &amp;",
    "lines": "one\ntwo\n\nthree ",
    "odd spaces": "a\u00a0b\u2028c\u2029d\ufeffe\u3000",
}


@pytest.mark.parametrize("name", WORDS)
def test_any_words_hold_elsewhere_out_of_any_file(others, name):
    achievement = replace(GIVEN.achievement, name=WORDS[name].replace("\n", " "), description=WORDS[name])
    document = signed(replace(GIVEN, achievement=achievement))
    text = as_text(document)
    for found in (text, out_of_png(bake_png(png(), text)), out_of_svg(bake_svg(SVG, text))):
        assert json.loads(found) == document
        said = others.ask(json.loads(found), peers.web())
        assert said.vc.holds, said
        assert said.core.holds, said


@settings(max_examples=30)
@given(words=st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=40))
def test_words_that_nobody_thought_of_hold_elsewhere(others, words):
    achievement = replace(GIVEN.achievement, name=words, description=words, criteria=words)
    said = others.ask(json.loads(as_text(signed(replace(GIVEN, achievement=achievement)))), peers.web())
    assert said.vc.holds, said


def out_of_png(data: bytes) -> str:
    """The credential in a PNG, as another library reads it."""
    found = openbadgeslib.extract_png(data, keyword=KEYWORD)
    assert found is not None
    return found


def out_of_svg(svg: str) -> str:
    found = openbadgeslib.extract_svg(svg.encode(), element="openbadges:credential", text_fallback=True)
    assert found is not None
    return found


def photograph() -> bytes:
    """A picture of many colours, written by another library."""
    rows = [[(x * y * colour) % 256 for x in range(64) for colour in (3, 5, 7, 11)] for y in range(64)]
    out = io.BytesIO()
    pypng.Writer(64, 64, greyscale=False, alpha=True).write(out, rows)
    return out.getvalue()


def pixels(data: bytes) -> list[bytes]:
    return [bytes(row) for row in pypng.Reader(bytes=data).asRGBA8()[2]]


def test_a_baked_png_is_sound_and_the_same_picture(tmp_path: Path):
    pngcheck = shutil.which("pngcheck")
    if pngcheck is None:
        pytest.skip("pngcheck is not here: on Debian it is in the package pngcheck")
    text = as_text(signed())
    baked = bake_png(bake_png(photograph(), "{}"), text)
    file = tmp_path / "badge.png"
    file.write_bytes(baked)
    done = subprocess.run([pngcheck, "-q", "-t", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("openbadgecredential") == 1
    assert pixels(baked) == pixels(photograph())
    file.write_bytes(baked[:-20])
    assert subprocess.run([pngcheck, "-q", file], capture_output=True, check=False).returncode != 0


def test_a_wallet_that_counts_braces_finds_the_credential_in_a_png():
    text = as_text(signed())
    seen = bake_png(photograph(), text).decode("ascii", "replace")
    start = seen.index("{", seen.index("openbadgecredential"))
    depth, end = 1, start
    while depth:
        end += 1
        depth += {"{": 1, "}": -1}.get(seen[end], 0)
    assert seen[start : end + 1] == text


def test_a_baked_svg_is_read_elsewhere_and_draws_the_same():
    baked = bake_svg(SVG, as_text(signed()))
    assert out_of_svg(baked) == as_text(signed())
    root = ET.fromstring(baked)
    root.remove(root[0])
    assert ET.tostring(root) == ET.tostring(ET.fromstring(SVG))
    assert f'xmlns:openbadges="{NAMESPACE}"' in baked


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("proof", signed()["proof"][0]),
        ("id", None),
        ("validFrom", "22 November 2026"),
        ("credentialStatus", {"type": "BitstringStatusListEntry"}),
    ],
)
def test_the_schema_is_really_asked(others, path, value):
    """1EdTech's schema knows a proof only in an array, and wants an id of the status."""
    said = others.ask({**signed(), path: value}, peers.web())
    assert said.core.schema is not True
    if path == "proof":
        assert said.core.schema is False

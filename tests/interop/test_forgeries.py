"""What is not so, we do not say: each forgery is refused, in any kind of file, with sentences for a person."""

from __future__ import annotations

import json
import re

import pytest

from lms.interop.baking import bake_png, bake_svg
from lms.interop.credentials import as_text
from lms.interop.verifying import Verdict, What, check
from tests.interop.awards import NOW, ours, signed
from tests.interop.forgeries import CHANGED, CONTEXTS, FORGERIES, PROOFS, PYTHON, RESPELLED, TERMS, pages
from tests.interop.test_baking import SVG, png
from tests.interop.test_second_opinion import accepts


def verdict_on(text: str, taken_back: bool = False) -> Verdict:
    """What we say of a text, which must be the same of a file, a PNG and an SVG with it."""
    known = ours(revoked=taken_back)
    files = text.encode(), bake_png(png(), text), bake_svg(SVG, text).encode()
    verdict, *others = [check(file, known, NOW) for file in files]
    assert [verdict] * 2 == others
    return verdict


def test_the_badge_they_are_made_from_holds():
    assert verdict_on(as_text(signed())).holds


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_with_a_sentence(name):
    forgery = FORGERIES[name]
    verdict = verdict_on(as_text(forgery.document()), forgery.taken_back)
    assert not verdict.holds
    assert verdict.kind is forgery.kind
    if name in {**CHANGED, **PROOFS, **TERMS, **CONTEXTS, **RESPELLED}:
        assert {it.what: it.holds for it in verdict.findings} == {What.ISSUER: None, What.UNCHANGED: False}
    said = [finding.sentence for finding in verdict.findings if finding.holds is False]
    assert said
    assert all(re.fullmatch(r"[A-Z][^{}<>_]+\.", sentence) for sentence in said)


@pytest.mark.parametrize("name", FORGERIES)
def test_another_library_takes_a_forgery_only_where_it_is_sound(name):
    forgery = FORGERIES[name]
    web = pages(forgery.taken_back)
    taken = accepts(forgery.document(), lambda url: json.dumps(web[url]).encode())
    assert taken == (PYTHON in forgery.sound_to)

"""Another library's opinion of our badges: openbadgeslib, with its own copies of the contexts and its own code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError

from lms.interop import credentials, keys, proofs, statuslist
from tests.interop.awards import DID, GIVEN, KEY, LIST, NOW, SITE, STRANGER, issued_by, signed
from tests.interop.test_proofs import ANY_TEXT, LEAVES, Path_, changed

EMPTY = statuslist.empty()


class Site:
    """What our site answers to whoever asks for its keys or its list of badges taken back."""

    def __init__(self, *multibases: str, bits: bytes = EMPTY) -> None:
        listed = statuslist.list_document(LIST, DID, bits, NOW)
        self._answers = {
            f"{SITE}/.well-known/did.json": keys.did_document(DID, multibases or (KEY.multibase,)),
            LIST: proofs.sign(listed, KEY, DID, NOW),
        }

    def __call__(self, url: str) -> bytes:
        return credentials.as_text(self._answers[url]).encode()


def accepts(document: dict[str, Any], site: Site | None = None, check_status: bool = True) -> bool:
    """It reads a list that is signed as a document, but checks the signature only of one signed as a token."""
    verify = OB3LdpVerifier().verify
    try:
        verify(credentials.as_text(document), None, check_status, site or Site(), verify_status_list=False)
    except OB3VerificationError:
        return False
    return True


def test_a_badge_of_ours_is_accepted():
    assert accepts(signed())


def test_a_badge_that_names_its_key_alone_is_accepted():
    assert accepts(signed(issued_by(keys.did_key(KEY.multibase)), credentialStatus=None))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT, ANY_TEXT)
def test_a_badge_with_any_words_is_accepted(name: str, words: str):
    achievement = replace(GIVEN.achievement, name=name, description=words)
    assert accepts(signed(replace(GIVEN, achievement=achievement)), check_status=False)


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_badge_with_one_value_changed_is_refused(path: Path_):
    assert not accepts(changed(signed(), path), check_status=False)


def test_a_badge_signed_with_a_retired_key_is_accepted_while_we_list_that_key():
    old = signed(key=STRANGER)
    assert accepts(old, Site(KEY.multibase, STRANGER.multibase))
    assert not accepts(old, Site(KEY.multibase))


def test_a_badge_that_was_taken_back_is_refused():
    assert not accepts(signed(), Site(bits=statuslist.set_bit(EMPTY, 7_001)))
    assert accepts(signed(), Site(bits=statuslist.set_bit(EMPTY, 7_002)))

"""The list of badges that were taken back."""

from __future__ import annotations

import base64
import gzip
import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.interop import proofs, statuslist
from tests.interop.awards import DID, KEY, LIST, NOW

SLOT = st.integers(0, statuslist.SLOTS - 1)


def test_a_new_list_takes_nothing_back():
    bits = statuslist.empty()
    assert len(bits) * 8 == statuslist.SLOTS
    assert not any(statuslist.is_set(bits, slot) for slot in (0, 1, 77, statuslist.SLOTS - 1))


@given(st.sets(SLOT, max_size=20), SLOT)
def test_those_taken_back_are_read_from_the_list_again_and_no_others(slots: set[int], other: int):
    bits = statuslist.empty()
    for slot in slots:
        bits = statuslist.set_bit(statuslist.set_bit(bits, slot), slot)
    again = statuslist.decoded(statuslist.encoded(bits))
    assert again == bits
    assert all(statuslist.is_set(again, slot) for slot in slots)
    assert statuslist.is_set(again, other) is (other in slots)


def test_slot_0_is_the_first_bit_as_others_count():
    assert statuslist.set_bit(statuslist.empty(), 0)[0] == 0b1000_0000
    assert statuslist.set_bit(statuslist.empty(), 15)[1] == 0b0000_0001


@pytest.mark.parametrize("slot", [-1, statuslist.SLOTS])
def test_a_slot_outside_the_list_is_none(slot: int):
    with pytest.raises(ValueError, match="slots 0 to 131071"):
        statuslist.is_set(statuslist.empty(), slot)
    with pytest.raises(ValueError, match="slots 0 to 131071"):
        statuslist.set_bit(statuslist.empty(), slot)


def test_the_same_list_is_written_alike_at_any_time():
    bits = statuslist.set_bit(statuslist.empty(), 9)
    assert statuslist.encoded(bits) == statuslist.encoded(bits)
    assert gzip.decompress(base64.urlsafe_b64decode(statuslist.encoded(bits)[1:] + "==")) == bits
    assert base64.urlsafe_b64decode(statuslist.encoded(bits)[1:] + "==")[4:8] == bytes(4)


def text_of(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


packed = partial(gzip.compress, mtime=0)  # with the time in it a test would have another name each second
FULL = packed(statuslist.empty())


@pytest.mark.parametrize(
    "text",
    ["", "u", "u====", "z123", "uA", "u!!!", "üüü", "u\u0661", text_of(b"plain"), text_of(FULL)[1:], text_of(FULL[:-1]),
     text_of(FULL + b"more"), text_of(packed(bytes(100))), text_of(packed(bytes(16_385)))],
)  # fmt: skip
def test_what_is_no_list_is_refused(text: str):
    with pytest.raises(statuslist.BadList):
        statuslist.decoded(text)


def test_a_small_text_that_stands_for_a_hundred_megabytes_is_never_unpacked():
    small = gzip.compress(bytes(100_000_000), 9)
    began = time.process_time()
    with pytest.raises(statuslist.BadList):
        statuslist.decoded(text_of(small))
    assert time.process_time() - began < 0.1


def test_a_list_is_signed_like_a_badge():
    signed = proofs.sign(statuslist.list_document(LIST, DID, statuslist.empty(), NOW), KEY, DID, NOW)
    assert proofs.is_whole(signed, KEY.multibase)
    subject = signed["credentialSubject"]
    forged = statuslist.encoded(statuslist.set_bit(statuslist.empty(), 5))
    assert not proofs.is_whole(signed | {"credentialSubject": subject | {"encodedList": forged}}, KEY.multibase)

"""Which badges were taken back, as a list of bits that names nobody (https://www.w3.org/TR/vc-bitstring-status-list/).

In: bits, and a badge's slot among them. Out: other bits, the text that stands for them, and the
document, still unsigned (`proofs.sign`). A list is long and its slots are taken at random, so that
who asks for it does not show whose badge is looked at, and a slot says nothing about when it was given.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from datetime import datetime
from typing import Any

from lms.errors import LmsError
from lms.interop import terms
from lms.interop.instants import written

SLOTS = 131_072
"""The least that a list may have: 16 kB, and some 50 bytes packed while nothing is set."""

_BYTES = SLOTS // 8


class BadList(LmsError):
    """A text that stands for no list of ours."""

    sentence = "This is no list of badges that were taken back."


def empty() -> bytes:
    """A new list: nothing was taken back."""
    return bytes(_BYTES)


def set_bit(bits: bytes, slot: int) -> bytes:
    """The list with one more badge taken back."""
    at, mask = _place(slot)
    return bits[:at] + bytes([bits[at] | mask]) + bits[at + 1 :]


def is_set(bits: bytes, slot: int) -> bool:
    """Whether a badge was taken back."""
    at, mask = _place(slot)
    return bool(bits[at] & mask)


def _place(slot: int) -> tuple[int, int]:
    """The byte of a slot, and its bit there: slot 0 is the bit of the greatest worth."""
    if not 0 <= slot < SLOTS:
        raise ValueError(f"a list has slots 0 to {SLOTS - 1}, not {slot}")
    return slot // 8, 0x80 >> slot % 8


def encoded(bits: bytes) -> str:
    """The list as text: packed without a clock, in base 64 for addresses, with the "u" that says so."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bits of such a text. Never unpacks more than one list's length: a packed text may stand for gigabytes."""
    packed = _packed(text)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        bits = unpacker.decompress(packed, _BYTES + 1)
    except zlib.error:
        raise BadList from None
    if len(bits) != _BYTES or not unpacker.eof or unpacker.unused_data:
        raise BadList
    return bits


def _packed(text: str) -> bytes:
    try:
        return base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), b"-_", validate=True) if text[:1] == "u" else b""
    except (ValueError, binascii.Error):
        raise BadList from None


def list_document(id: str, did: str, bits: bytes, valid_from: datetime) -> dict[str, Any]:  # noqa: A002
    """A list as a credential of its own, unsigned. `id` is the address it is served at."""
    return {
        "@context": [terms.CREDENTIALS],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": written(valid_from),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(bits),
        },
    }

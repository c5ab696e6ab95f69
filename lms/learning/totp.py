"""Six digits that change every half minute (RFC 6238), as the apps on people's phones make them.

In: a key both sides know, an instant. Out: the digits, or in which half minute they were right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from urllib.parse import quote, urlencode

STEP_MS = 30_000
DIGITS = 6
KEY_BYTES = 20
"""As long as the hash, which RFC 4226 (section 4, R6) recommends."""
_BESIDE = 1
"""Half minutes by which a phone's clock may be wrong (RFC 6238, section 5.2)."""


def digits(key: bytes, step: int, many: int = DIGITS) -> str:
    """The digits of one half minute, counted from 1970.

    >>> digits(b"12345678901234567890", 1, 8)
    '94287082'
    """
    told = hmac.digest(key, struct.pack(">Q", step), hashlib.sha1)
    start = told[-1] & 15
    number = int.from_bytes(told[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**many:0{many}}"


def step_of(key: bytes, typed: str, at_ms: int, last_step: int) -> int | None:
    """The half minute whose digits were typed, or None. None as well for one no later than `last_step`.

    Digits that were looked at over a shoulder, or sent twice, so work once (RFC 6238, section 5.2).
    """
    plain = "".join(c for c in typed if not c.isspace() and c != "-")
    now = at_ms // STEP_MS
    steps = range(max(now - _BESIDE, last_step + 1), now + _BESIDE + 1)
    right = [step for step in steps if hmac.compare_digest(digits(key, step).encode(), plain.encode(errors="replace"))]
    return right[0] if right else None


def spelled(key: bytes) -> str:
    """A key as it is typed into an app by hand: groups of four letters and digits.

    >>> spelled(b"12345678901234567890")
    'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'
    """
    letters = base64.b32encode(key).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def address_of(key: bytes, site: str, username: str) -> str:
    """The address that an app reads from a QR code."""
    query = urlencode({"secret": base64.b32encode(key).decode(), "issuer": site}, quote_via=quote)
    return f"otpauth://totp/{quote(site)}:{quote(username)}?{query}"

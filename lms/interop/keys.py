"""The keys that sign badges, and how the web writes them: Multikey, did:web and did:key.

In: 32 random bytes, or a key as a line of text. Out: its two halves as text, signatures, and the
document that tells the world which keys are an issuer's. Nothing here makes a key or reads a file.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from lms.errors import LmsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PUBLIC = b"\xed\x01"
_SECRET = b"\x80\x26"
"""What stands before the 32 bytes of an Ed25519 key (W3C Controlled Identifiers 1.0, Multikey)."""

_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST = 200
"""Letters read at most: a signature has 88, and the time to read grows with the square."""

DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


class BadKey(LmsError):
    """A line that should hold a key holds none. The sentence never repeats it: it may be half of one."""


class NoWebName(LmsError):
    """An address under which nobody else can find a key."""

    sentence = "A badge can't name this address: it has to start with https:// and hold a public name."


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key. Whoever has `seed` or `secret` can make badges in our name."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != 32:
            raise ValueError("a seed has 32 bytes")

    @classmethod
    def made(cls, seed: bytes) -> SigningKey:
        """The key of 32 bytes that came from `secrets.token_bytes(32)`, or of a test's own."""
        return cls(seed)

    @cached_property
    def multibase(self) -> str:
        """The public half, "z6Mk…": what others check with."""
        return multibase(_PUBLIC + self._private.public_key().public_bytes_raw())

    @property
    def secret(self) -> str:
        """The private half, "z3u2…": what the keys' file holds."""
        return multibase(_SECRET + self.seed)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes that only this key can make of `data`, the same ones each time."""
        return self._private.sign(data)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed)


def read_secret(text: str) -> SigningKey:
    """A key from its line of text, "z3u2…"."""
    seed = _keyed(text, _SECRET)
    if seed is None:
        raise BadKey("This is no signing key. One is a single word that starts with z3u2.")
    return SigningKey(seed)


def read_public(text: str) -> str:
    """The public half of a key, from a line of text, "z6Mk…"."""
    if _keyed(text, _PUBLIC) is None:
        raise BadKey("This is not the public half of a key. One is a single word that starts with z6Mk.")
    return text.strip()


def _keyed(text: str, kind: bytes) -> bytes | None:
    data = read_multibase(text.strip())
    return data[2:] if data is not None and len(data) == 34 and data.startswith(kind) else None


def is_signed_by(multibase: str, signature: bytes, data: bytes) -> bool:
    """Whether the key with this public half signed exactly this."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = _keyed(multibase, _PUBLIC)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def did_web(public_url: str) -> str:
    """An issuer found by its web address.

    >>> did_web("https://learn.example.org:8443")
    'did:web:learn.example.org%3A8443'
    """
    try:
        parts = urlsplit(public_url)
        name = (parts.hostname or "").encode("idna").decode() if parts.scheme == "https" else ""
        port = parts.port
    except ValueError:
        raise NoWebName from None
    if not name or _is_number(name):
        raise NoWebName
    host = name if port in (None, 443) else f"{name}:{port}"
    return ":".join(["did:web", *(quote(part, safe="") for part in (host, *parts.path.strip("/").split("/")) if part)])


def _is_number(name: str) -> bool:
    """An IP address: did:web allows none (https://w3c-ccg.github.io/did-method-web/)."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def web_name(did: str) -> str | None:
    """The name in a browser's address line that a did:web stands for; None for another kind.

    >>> web_name("did:web:learn.example.org%3A8443")
    'learn.example.org:8443'
    """
    kind, _, rest = did.partition("did:web:")
    return unquote(rest.partition(":")[0]) if rest and not kind else None


def did_key(multibase: str) -> str:
    """An issuer that is known by its key alone: it proves itself, and no address."""
    return f"did:key:{multibase}"


def method(did: str, multibase: str) -> str:
    """Where a proof says its key is: named by itself, so that checkers can read it without asking anyone."""
    return f"{did}#{multibase}"


def did_document(did: str, multibases: Sequence[str]) -> dict[str, Any]:
    """What stands at /.well-known/did.json: the key that signs first, then the retired ones, kept for ever."""
    methods = [method(did, multibase) for multibase in multibases]
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": [
            {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
            for name, multibase in zip(methods, multibases, strict=True)
        ],
        "assertionMethod": methods,
    }


def multibase(data: bytes) -> str:
    """Bytes as text in base 58, with the "z" that says so."""
    number = int.from_bytes(data)
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _DIGITS[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + _DIGITS[0] * zeros + digits


def read_multibase(text: str) -> bytes | None:
    """The bytes of such a text; None if it is none. Each text stands for other bytes."""
    if not text.startswith("z") or len(text) > _LONGEST or not set(text[1:]) <= set(_DIGITS):
        return None
    digits = text[1:]
    rest = digits.lstrip(_DIGITS[0])
    number = 0
    for digit in rest:
        number = number * 58 + _DIGITS.index(digit)
    return bytes(len(digits) - len(rest)) + number.to_bytes((number.bit_length() + 7) // 8)

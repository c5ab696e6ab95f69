"""PINs: four to six digits that let her in on one phone, and are worth nothing without it.

A phone holds a long random secret in a cookie of its own. What is kept of a PIN is argon2id of both, so
who copies the database can't try the few PINs there are; and five wrong ones lock it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from lms.errors import Refused
from lms.services import passwords

SHORTEST, LONGEST = 4, 6
MOST_WRONG = 5
_RUNS = ("01234567890", "09876543210")
_COMMON = frozenset({"2580", "0852", "1004", "1379", "1397"})
"""Lines and corners on the keys of a phone, beside what is a row or says itself again."""


@dataclass(frozen=True)
class Pin:
    """A PIN as it was typed, and the secret of the phone it was typed on."""

    digits: str
    phone: str

    @property
    def device_hash(self) -> bytes:
        return device_hash(self.phone)


def device_hash(phone: str) -> bytes:
    """What is kept of a phone's secret."""
    return hashlib.sha256(f"device|{phone}".encode(errors="surrogatepass")).digest()


def check_new(pin: Pin) -> None:
    """Refused, with what to do instead, for what is no PIN or is guessed first."""
    digits = pin.digits
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise Refused("Use {least} to {most} numbers, and nothing else.", "pin", least=SHORTEST, most=LONGEST)
    if digits in _COMMON or _says_itself_again(digits) or any(digits in run for run in _RUNS):
        raise Refused("Many people use that one, so it is easy to guess. Mix the numbers.", "pin")


def _says_itself_again(digits: str) -> bool:
    """`1111`, `1212`, `123123`."""
    return digits in (digits + digits)[1:-1]


def hashed(pin: Pin, person_id: int) -> str:
    """A PIN as it is kept."""
    return passwords.hashed(_keyed(pin, person_id))


def fits(kept: str | None, pin: Pin, person_id: int) -> bool:
    """Whether a PIN is the one kept. Takes as long where there is none."""
    return passwords.fits(kept, _keyed(pin, person_id))


def _keyed(pin: Pin, person_id: int) -> str:
    """The PIN under the phone's secret: without it no PIN can be tried."""
    said = f"{person_id}|{pin.digits[: LONGEST + 1]}".encode(errors="surrogatepass")
    return hmac.digest(pin.phone.encode(errors="surrogatepass"), said, "sha256").hex()

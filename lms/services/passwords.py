"""Passwords: which are good enough, keeping them, checking them.

argon2id with 19 MiB, two passes, one lane (OWASP's minimum). One check takes a good part of a
processor and much memory, so at most two run at once in a process.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lms.errors import Refused
from lms.learning.events import is_text

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 8, 128
_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"
_AT_ONCE = threading.BoundedSemaphore(2)


def check_new(password: str, username: str) -> None:
    """Refused, with what to do instead, for a password too short, too long, too common or the user name."""
    if len(password) < SHORTEST:
        raise Refused("Use {least} letters or more. Three words you like are good.", "password", least=SHORTEST)
    if len(password) > LONGEST:
        raise Refused("Use at most {most} letters.", "password", most=LONGEST)
    if not is_text(password):
        raise Refused("Some of those letters can't be kept. Choose a password without them.", "password")
    if password.casefold() in _common() or (username and password.casefold() == username.casefold()):
        raise Refused("Many people use that one, so it is easy to guess. Try three words you like.", "password")


def hashed(password: str) -> str:
    """A password as it is kept."""
    with _AT_ONCE:
        return _hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept. Takes as long where there is none, so that nobody learns which."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            _hasher().verify(kept or _nobodys(), password[: LONGEST + 1].encode(errors="surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

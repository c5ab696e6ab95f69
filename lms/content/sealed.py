"""Entries of what is kept between two compiles: sealed with a digest, and opened only whole.

An entry is data and never code. What can't be opened, for whatever reason, is as good as not there.
"""

from __future__ import annotations

import hashlib
import platform
import unicodedata
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from lms.content.release import COMPILER

_Shape = TypeVar("_Shape")
Store = MutableMapping[str, bytes]
_MADE_WITH = ("bleach", "markdown-it-py", "mdurl", "msgspec", "PyYAML")
_DIGEST = 32


def sealed(value: object) -> bytes:
    """An entry that says whether it is whole."""
    data = msgspec.msgpack.encode(value)
    return hashlib.sha256(data).digest() + data


def opened(entry: bytes | None, shape: type[_Shape]) -> _Shape | None:
    """What was sealed; None if it is gone, spoilt or of another shape."""
    if entry is None or hashlib.sha256(entry[_DIGEST:]).digest() != entry[:_DIGEST]:
        return None
    try:
        return msgspec.msgpack.decode(entry[_DIGEST:], type=shape)
    except (msgspec.MsgspecError, ValueError, TypeError):
        return None


@cache
def compiler_digest() -> bytes:
    """What this compiler is: its name, every file of it, and what it reads with."""
    from importlib.metadata import version  # it takes a while to load, and only a cache asks

    digest = hashlib.sha256(COMPILER.encode())
    for name, data in _sources(files("lms.content"), ""):
        digest.update(f"\n{name} {len(data)}\n".encode() + data)
    versions = (f"{package} {version(package)}" for package in _MADE_WITH)
    digest.update("\n".join((platform.python_version(), unicodedata.unidata_version, *versions)).encode())
    return digest.digest()


def _sources(folder: Traversable, inside: str) -> Iterator[tuple[str, bytes]]:
    for it in sorted(folder.iterdir(), key=lambda it: it.name):
        if it.is_dir() and it.name != "__pycache__":
            yield from _sources(it, f"{inside}{it.name}/")
        elif it.is_file():
            yield inside + it.name, it.read_bytes()

"""What never changes between two releases of the engine: the style sheets and the site's sign.

In: `static/`, where a style sheet is many small files, one a thing. Out: an `Asset` with its bytes,
the same packed, and an address that holds a hash of what it says: a browser asks for it once.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"

LEARNER = ("variables", "base", "frame", "block", "lesson", "quiz", "form", "badge", "certificate")
"""In this order: a later file may refine an earlier one."""
STAFF = ("staff",)


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    path: str
    content_type: str
    body: bytes
    zipped: bytes


def style(name: str, parts: tuple[str, ...]) -> Asset:
    """Parts put together as `/static/<hash>/<name>.css`."""
    whole = "".join(squeezed((FOLDER / "css" / f"{part}.css").read_text("utf-8")) for part in parts)
    return _asset(f"{name}.css", "text/css; charset=utf-8", whole.encode())


def icon() -> Asset:
    """The sign of the site in a browser's tab."""
    return _asset("icon.svg", "image/svg+xml", (FOLDER / "icon.svg").read_bytes())


def _asset(name: str, content_type: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(f"/static/{digest}/{name}", content_type, body, gzip.compress(body, 9, mtime=0))


_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACES = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")
_COLON = re.compile(r"(?<=[a-z0-9-]): ")


def squeezed(css: str) -> str:
    """CSS without its notes and without the spaces that mean nothing.

    >>> squeezed("/* so */ a, b { color: red;  margin: calc(1px + 2px) }")
    'a,b{color:red;margin:calc(1px + 2px)}'
    """
    short = _SPACES.sub(" ", _NOTE.sub("", css))
    return _COLON.sub(":", _AROUND.sub(r"\1", short)).replace(";}", "}").strip()

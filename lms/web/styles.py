"""What never changes between two releases of the engine: the style sheets, the scripts and the site's sign.

In: `static/`, where a style sheet is many small files, one a thing. Out: an `Asset` with its bytes and
an address that holds a hash of what it says: a browser asks for it once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"

LEARNER = (
    "variables",
    "base",
    "frame",
    "block",
    "lesson",
    "quiz",
    "form",
    "answer",
    "sorting",
    "language",
    "listen",
    "badge",
    "certificate",
)
"""In this order: a later file may refine an earlier one."""
SAID = {"words": re.compile(r"(?<=\">)[^<\n]+(?=</)"), "listen": re.compile(r'(?<=: ")[A-Z][^"\n]+(?=")')}
"""Script -> what it says: what stands between two tags there, and what a button is called."""
STAFF = ("staff",)
APP_ICONS = (192, 512)
"""Pixels of the site's sign where it stands beside a phone's apps."""
PREVIEW = ("preview",)
"""Served by `lms preview` alone."""


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    path: str
    content_type: str
    body: bytes


def style(name: str, parts: tuple[str, ...]) -> Asset:
    """Parts put together as `/static/<hash>/<name>.css`."""
    whole = "".join(squeezed((FOLDER / "css" / f"{part}.css").read_text("utf-8")) for part in parts)
    return _asset(f"{name}.css", "text/css; charset=utf-8", whole.encode())


def script(name: str, parts: tuple[str, ...] = (), say: Callable[[str], str] = str) -> Asset:
    """A script, or several as one, at `/static/<hash>/<name>.js`. Pages work without it; it only adds to them.

    `say`: what each of its words is in a language; empty where it has none.
    """
    texts = {part: (FOLDER / "js" / f"{part}.js").read_text("utf-8") for part in parts or (name,)}
    for part in SAID.keys() & texts.keys():
        texts[part] = SAID[part].sub(lambda found: say(found[0]) or found[0], texts[part])
    whole = "".join(map(without_notes, texts.values()))
    return _asset(f"{name}.js", "text/javascript; charset=utf-8", whole.encode())


def icon() -> Asset:
    """The sign of the site in a browser's tab."""
    return _asset("icon.svg", "image/svg+xml", (FOLDER / "icon.svg").read_bytes())


def picture(name: str) -> Asset:
    """A picture of the site's own."""
    return _asset(f"{name}.png", "image/png", (FOLDER / f"{name}.png").read_bytes())


def _asset(name: str, content_type: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(f"/static/{digest}/{name}", content_type, body)


_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_NOTE_AT_END = re.compile(r"""\s//\s[^"'`]*$""")
_SPACES = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")
_COLON = re.compile(r"(?<=[a-z0-9-]): ")


@lru_cache(maxsize=64)
def squeezed(css: str) -> str:
    """CSS without its notes and without the spaces that mean nothing.

    >>> squeezed("/* so */ a, b { color: red;  margin: calc(1px + 2px) }")
    'a,b{color:red;margin:calc(1px + 2px)}'
    """
    short = _SPACES.sub(" ", _NOTE.sub("", css))
    return _COLON.sub(":", _AROUND.sub(r"\1", short)).replace(";}", "}").strip()


@lru_cache(maxsize=64)
def without_notes(script: str) -> str:
    """JavaScript without its notes, and without the spaces before a line.

    A note is a line of its own, or ends one and holds no quotes. No text over several lines may hold either.

    >>> without_notes("// so\\n  f(1); // it's 1 // or\\n  g('a // b');")
    "f(1); // it's 1\\ng('a // b');\\n"
    """
    lines = (_NOTE_AT_END.sub("", line).strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))

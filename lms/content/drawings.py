"""Pictures of badges for which an author brings none: one everyday thing, drawn in the ink of its course.

A name in, a whole SVG file out, the same for the same name for ever: a badge keeps its picture whatever else the course
comes to hold. The outline says the kind: a circle is a module, a full disc a course, a
diamond work at a business. All are of one family: the line
comes in at one edge, goes up and over the thing and out at the other; one marigold shape stands a little beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

PLAIN = "plain"
LINES = {"coding-basics": "coding", "online-safety": "safety", "social-media": "social"}
"""Course -> the name of its line; any other course has a line of its own, for all of them."""
INKS = {"plain": "#0b5345", "coding": "#0b5345", "safety": "#7a1f45", "social": "#174b66"}
"""Line -> its ink, the light one of `variables.css`: a badge looks the same on screen, on paper and in a file."""
MARIGOLD, PAPER = "#ffc531", "#fff"


@dataclass(frozen=True)
class _Thing:
    """`shape` is marigold; `over` is the way of the line, between the ground on its left and on its right."""

    shape: str
    over: str
    strokes: str = ""
    on: str = ""
    """Strokes on the marigold shape."""


_THINGS = {
    "alarm clock": _Thing(
        "M72 49a18 18 0 1 1-36 0 18 18 0 1 1 36 0z",
        "H38l2-4a20 20 0 1 1 16 0l2 4",
        "M30 25l7-6M66 25l-7-6",
        "M50 40v10h8",
    ),
    "bag": _Thing("M38 45h32l3 23H34z", "H28l4-26h32l4 26", "M40 40v-7a8 8 0 0 1 16 0v7"),
    "bird house": _Thing(
        "M38 40l16-14 16 14v15H38z", "H45V50H32V35l16-15 16 15v15H51v16", "", "M56 41a5 5 0 1 1-10 0 5 5 0 1 1 10 0"
    ),
    "bus stop": _Thing("M37 26h34v25H37z", "H45V46H31V21h34v25H51v20", "", "M42 32h16M42 40h9"),
    "cactus": _Thing(
        "M46 52V33a8 8 0 0 1 16 0v19z",
        "H36l-3-14h30l-3 14",
        "M40 52V28a8 8 0 0 1 16 0v24M40 43h-4q-7 0-7-7v-3M56 40h4q7 0 7-7v-3",
    ),
    "door": _Thing("M38 27h32v41H38z", "H32V22h32v44", "", "M55 47h.1M43 33h11"),
    "lamp": _Thing("M44 27h20l9 23H35z", "H36q2-8 9-8V45H29l9-23h20l9 23H51v13q7 0 9 8"),
    "letter": _Thing("M30 37h48v31H30z", "H24V32h48v34", "", "M33 41l15 12 21-16"),
    "mug": _Thing(
        "M38 41h28v27H38z", "H32V36h28v30", "M60 43h3a8 8 0 0 1 0 16h-3M40 27c-4-5 4-6 0-11M52 27c-4-5 4-6 0-11"
    ),
    "post box": _Thing("M40 38h28v30H40z", "H34V33h-5q0-14 19-14t19 14h-5v33", "M34 33h28", "M44 44h12M47 53h6"),
    "radio": _Thing(
        "M30 43h48v25H30z", "H24V38h48v28", "M58 38l8-18", "M46 52a6 6 0 1 1-12 0 6 6 0 1 1 12 0M56 48h8M56 57h8"
    ),
    "rain boot": _Thing("M37 26h18v24q22 2 22 15v3H37z", "H31V21h18v24q22 2 22 16v5", "M31 31h18"),
    "saucepan": _Thing(
        "M34 45h32v23H34z", "H28V40h32v26", "M23 40h42M60 51h18M44 33v-1M36 27c-4-5 4-6 0-11M52 27c-4-5 4-6 0-11"
    ),
    "tent": _Thing("M54 31l25 37H29z", "H20l28-42 28 42", "", "M54 45l-9 21M54 45l9 21"),
    "umbrella": _Thing(
        "M28 49a26 25 0 0 1 52 0z",
        "H48V44M48 66",
        "M22 44a26 25 0 0 1 52 0q-7-6-13 0-7-6-13 0-7-6-13 0-7-6-13 0zM48 19v-4",
    ),
    "washing machine": _Thing(
        "M32 36h44v32H32z", "H26V20h44v46", "M26 31h44M34 26h.1", "M58 50a9 9 0 1 1-18 0 9 9 0 1 1 18 0"
    ),
    "watering can": _Thing("M40 43h28v25H40z", "H34V38h28v28", "M34 56L22 38M17 42l9-7M40 38a9 11 0 0 1 16 0"),
}
"""Everyday things, none of them a school's. None may be taken out or put elsewhere: a picture is found by its place."""


def line_of(course: str) -> str:
    """The name of a course's line: `data-line` in the style sheet, `art/<line>.svg`."""
    return LINES.get(course, PLAIN)


def drawn(course: str, module: str = "") -> bytes:
    """The picture of a module's badge, or of the course's own, as an SVG file."""
    name = f"{course}/{module}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    thing = list(_THINGS.values())[number % len(_THINGS)]
    ink = INKS[line_of(course)]
    return (_circle(thing, ink) if module else _disc(thing, ink)).encode()


def _circle(thing: _Thing, ink: str) -> str:
    outline = f'<circle fill="{PAPER}" cx="48" cy="48" r="44"/>'
    return _svg(ink, outline, thing.shape, f"M8 66{thing.over}H88{thing.strokes}{thing.on}")


def _disc(thing: _Thing, ink: str) -> str:
    outline = f'<circle fill="{ink}" stroke="none" cx="48" cy="48" r="46"/>'
    on = f'<path stroke="{ink}" d="{thing.on}"/>' if thing.on else ""
    return _svg(PAPER, outline, thing.shape, f"M6 66{thing.over}H90{thing.strokes}", on)


def placement() -> bytes:
    """The picture of the badge for work at a business: a bag, in a diamond."""
    bag = _THINGS["bag"]
    outline = f'<path fill="{PAPER}" d="M48 3l45 45-45 45L3 48z"/>'
    return _svg(INKS[PLAIN], outline, bag.shape, f"M21 66{bag.over}H75{bag.strokes}").encode()


def _svg(stroke: str, outline: str, shape: str, line: str, on: str = "") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" fill="none" '
        f'stroke="{stroke}" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">'
        f'{outline}<path fill="{MARIGOLD}" stroke="none" d="{shape}"/><path d="{line}"/>{on}</svg>\n'
    )

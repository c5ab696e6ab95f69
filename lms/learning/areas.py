"""A list of areas as an office sends it: read whole, with every fault by row and column, before anything is written.

In: the cells of a file with the columns code, name and parent. Out: areas, each after the one it lies in, or faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("code", "name", "parent")
LONGEST_NAME = 120
DEEPEST = 40
"""How many areas one may lie inside of. Councils have five or six; a file without end must not reach a page."""
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")


@dataclass(frozen=True)
class Area:
    """A place by its authority code; `parent` is the code of the one it lies in, or empty."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, and what to do instead. Rows are counted as a spreadsheet counts them."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.words}"


def read(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> tuple[list[Area], list[Fault]]:
    """(areas in the order they can be added, faults). `known`: code -> parent's code of the areas there are.

    A file without the column parent leaves each area where it lies.
    """
    places, faults = _columns(rows[0] if rows else ())
    if faults:
        return [], faults
    found: dict[str, tuple[int, Area]] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            faults += _row(number, _area(cells, places, known), found)
    faults += _parents(found, known)
    areas = [] if faults else list(_in_order({code: area for code, (_row, area) in found.items()}))
    return areas, sorted(faults, key=lambda it: (it.row, it.column))


def _columns(heads: Sequence[str]) -> tuple[dict[str, int], list[Fault]]:
    places = {head.strip().lower(): at for at, head in enumerate(heads)}
    missing = [name for name in COLUMNS[:2] if name not in places]
    words = "the first row names the columns: code,name,parent. This one is missing."
    return places, [Fault(1, name, words) for name in missing]


def _area(cells: Sequence[str], places: Mapping[str, int], known: Mapping[str, str]) -> Area:
    def cell(name: str) -> str:
        at = places.get(name, len(cells))
        return " ".join(cells[at].split()) if at < len(cells) else ""

    code = cell("code").upper()
    parent = cell("parent").upper() if "parent" in places else known.get(code, "")
    return Area(code, cell("name"), parent)


def _row(number: int, area: Area, found: dict[str, tuple[int, Area]]) -> Iterator[Fault]:
    if not _CODE.fullmatch(area.code):
        yield Fault(number, "code", f"{area.code[:20]!r} is no code. Write it like E08000035.")
    elif area.code in found:
        yield Fault(number, "code", f"{area.code} stands in row {found[area.code][0]} too. Take one of them out.")
    else:
        found[area.code] = number, area
    if not area.name or len(area.name) > LONGEST_NAME or not area.name.isprintable():
        yield Fault(number, "name", f"write a name of at most {LONGEST_NAME} letters.")


def _parents(found: Mapping[str, tuple[int, Area]], known: Mapping[str, str]) -> Iterator[Fault]:
    inside = {**known, **{code: area.parent for code, (_row, area) in found.items()}}
    for code, (number, area) in found.items():
        if area.parent and area.parent not in inside:
            yield Fault(number, "parent", f"there is no area {area.parent[:20]}. Add it, or leave it empty.")
        elif code in (around := _around(code, inside)):
            yield Fault(number, "parent", f"{code} would lie inside itself. Look at its parents.")
        elif len(around) > DEEPEST:
            yield Fault(number, "parent", f"{code} would lie inside more than {DEEPEST} areas. Look at its parents.")


def _around(code: str, inside: Mapping[str, str]) -> list[str]:
    """The areas it lies in, the nearest first; where that is too many or goes round, as far as is needed to tell."""
    around: list[str] = []
    at = inside.get(code, "")
    while at and at not in around and len(around) <= DEEPEST:
        around.append(at)
        at = inside.get(at, "")
    return around


def _in_order(areas: Mapping[str, Area]) -> Iterable[Area]:
    """Each after the one it lies in."""
    done: dict[str, Area] = {}

    def add(area: Area) -> None:
        if area.code not in done:
            if area.parent in areas:
                add(areas[area.parent])
            done[area.code] = area

    for area in areas.values():
        add(area)
    return done.values()

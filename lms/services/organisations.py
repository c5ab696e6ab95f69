"""Organisations and areas: the partners groups belong to, and the places reports are broken down by."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import AllAtOnce, Refused
from lms.learning import areas
from lms.learning.people import Permission
from lms.services.people import SignedIn, clean_name
from lms.store import audit
from lms.store import groups as rows
from lms.store import site as site_rows
from lms.store.gate import Store, retried

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")


@dataclass(frozen=True)
class Area:
    """A place. `within`: how many places it lies inside of."""

    area_id: int
    code: str
    name: str
    within: int
    parent_id: int | None = None


@dataclass(frozen=True)
class Places:
    """Every organisation by name, and every area as (id, code, name)."""

    organisations: tuple[str, ...]
    areas: tuple[tuple[int, str, str], ...]
    tree: tuple[Area, ...] = ()


def places(store: Store) -> Places:
    """What there is to choose from; nothing here is about a person."""
    with store.read() as db:
        organisations = tuple(name for _id, _public, name in rows.organisation_rows(db))
        return Places(organisations, tuple(rows.area_rows(db)), tree(db))


def tree(db: Connection) -> tuple[Area, ...]:
    """Every area, each followed by those inside it."""
    inside: dict[int | None, list[tuple[int, str, str]]] = {}
    for area_id, code, name, parent_id in rows.area_tree(db):
        inside.setdefault(parent_id, []).append((area_id, code, name))

    found, waiting = [], [Area(*its, 0) for its in reversed(inside.get(None, []))]
    while waiting:
        area = waiting.pop()
        found.append(area)
        waiting += [Area(*its, area.within + 1, area.area_id) for its in reversed(inside.get(area.area_id, []))]
    return tuple(found)


def and_below(areas: Sequence[Area], area_id: int) -> frozenset[int]:
    """The ids of an area and of all inside it."""
    found = {area_id}
    for area in areas:  # each stands after the one it is in
        if area.parent_id in found:
            found.add(area.area_id)
    return frozenset(found)


@retried
def add_organisation(store: Store, maker: SignedIn, name: str, at_ms: int) -> None:
    """Add a partner. Refused where one of that name is there."""
    maker.scope(Permission.ORGANISATION_ADD, at_ms)
    shown = clean_name(name, longest=120)
    with store.write() as db:
        if shown.casefold() in {name.casefold() for _id, _public, name in rows.organisation_rows(db)}:
            raise Refused("There is an organisation with that name.", "name")
        rows.add_organisation(db, secrets.token_urlsafe(9), shown, "charity")
        audit.note(db, maker.person_id, "added-organisation", at_ms, maker.person_id, shown)


@retried
def add_area(store: Store, maker: SignedIn, code: str, name: str, at_ms: int, parent_id: int | None = None) -> None:
    """Add a place by its authority code, such as E08000035. Refused where it is there or not a code."""
    maker.scope(Permission.AREA_ADD, at_ms)
    shown, known, checks = "", "", AllAtOnce()
    with checks:
        shown = clean_name(name, longest=120)
    with checks:
        known = clean_code(code)
    checks.tell()
    with store.write() as db:
        there = rows.area_rows(db)
        if known in {code for _id, code, _name in there}:
            raise Refused("There is an area with that code.", "code")
        if parent_id is not None and parent_id not in {area_id for area_id, _code, _name in there}:
            raise Refused("Choose one of the areas shown.", "parent")
        rows.add_area(db, known, shown, parent_id)
        audit.note(db, maker.person_id, "added-area", at_ms, maker.person_id, known)


def clean_code(code: str) -> str:
    """The code of an area as it is kept. Refused where it is none."""
    known = code.strip().upper()
    if not _CODE.fullmatch(known):
        raise Refused("Use the code of the council, such as E08000035.", "code")
    return known


@retried
def set_areas(store: Store, cells: Sequence[Sequence[str]], at_ms: int) -> tuple[int, list[str]]:
    """Add and change areas from the rows of a file: (how many it names, faults). With a fault nothing is written."""
    with store.write() as db:
        there = {code: (area_id, parent_id) for area_id, code, _name, parent_id in rows.area_tree(db)}
        codes = {area_id: code for code, (area_id, _parent) in there.items()}
        known = {code: codes.get(parent_id or 0, "") for code, (_id, parent_id) in there.items()}
        found, faults = areas.read(cells, known)
        for area in found:
            parent_id = there[area.parent][0] if area.parent else None
            if area.code in there:
                rows.change_area(db, there[area.code][0], area.name, parent_id)
            else:
                there[area.code] = rows.add_area(db, area.code, area.name, parent_id), parent_id
        if found:
            audit.note(db, site_rows.command(db, at_ms), "set-areas", at_ms, None, str(len(found)))
    return len(found), [str(it) for it in faults]

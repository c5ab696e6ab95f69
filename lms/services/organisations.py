"""Organisations and areas: the partners groups belong to, and the places reports are broken down by."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from lms.errors import Refused
from lms.learning.people import Permission
from lms.services.people import SignedIn, clean_name
from lms.store import audit
from lms.store import groups as rows
from lms.store.gate import Store, retried

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")


@dataclass(frozen=True)
class Places:
    """Every organisation by name, and every area as (id, code, name)."""

    organisations: tuple[str, ...]
    areas: tuple[tuple[int, str, str], ...]


def places(store: Store) -> Places:
    """What there is to choose from; nothing here is about a person."""
    with store.read() as db:
        organisations = tuple(name for _id, _public, name in rows.organisation_rows(db))
        return Places(organisations, tuple(rows.area_rows(db)))


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
def add_area(store: Store, maker: SignedIn, code: str, name: str, at_ms: int) -> None:
    """Add a place by its authority code, such as E08000035. Refused where it is there or not a code."""
    maker.scope(Permission.ORGANISATION_ADD, at_ms)
    shown, known = clean_name(name, longest=120), code.strip().upper()
    if not _CODE.fullmatch(known):
        raise Refused("Use the code of the council, such as E08000035.", "code")
    with store.write() as db:
        if known in {code for _id, code, _name in rows.area_rows(db)}:
            raise Refused("There is an area with that code.", "code")
        rows.add_area(db, known, shown)
        audit.note(db, maker.person_id, "added-area", at_ms, maker.person_id, known)

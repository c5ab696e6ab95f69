"""Local businesses that take learners: who they are, what was looked at there, and since when there is an agreement.

Whoever may place learners of an organisation sees and changes its businesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, AllAtOnce, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.mail import clean_address
from lms.learning.people import Permission, Scope
from lms.learning.placing import Check
from lms.services import typed
from lms.services.people import SignedIn, clean_name
from lms.store import audit, people
from lms.store import groups as group_rows
from lms.store import pairings as pairing_rows
from lms.store import placements as rows
from lms.store.gate import Store
from lms.store.placements import BusinessRow

__all__ = ["About", "BusinessRow", "add", "change", "end", "in_reach", "mine", "one", "organisations_in"]
_FIRST = 2000_01_01
_EAST = ZoneInfo("Etc/GMT-14")
"""Where a day begins first: what is today anywhere is not still to come."""


@dataclass(frozen=True)
class About:
    """What is said of a business. Days are `yyyymmdd`."""

    name: str
    contact: str
    email: str = ""
    phone: str = ""
    checks: tuple[str, ...] = ()
    checked_day: int | None = None
    agreement_day: int | None = None


def organisations_in(db: Connection, scope: Scope) -> list[tuple[int, str]]:
    """(id, name) of the organisations whose learners somebody may place, by name."""
    groups = people.groups_in(db, scope)
    theirs = scope.organisations | set(pairing_rows.organisations_of(db, groups))
    known = [(its_id, name) for its_id, _public, name in group_rows.organisation_rows(db)]
    return [it for it in known if scope.everywhere or it[0] in theirs]


def mine(store: Store, reader: SignedIn, now_ms: int) -> tuple[list[BusinessRow], list[tuple[int, str]]]:
    """The businesses a person may place learners at, by name; and the organisations she may add one for."""
    scope = reader.scope(Permission.PLACEMENT_CHANGE, now_ms)
    with store.read() as db:
        organisations = organisations_in(db, scope)
        return rows.businesses_of(db, [its_id for its_id, _name in organisations]), organisations


def one(store: Store, reader: SignedIn, public_id: str, now_ms: int) -> BusinessRow:
    """A business. NotFound out of reach."""
    scope = reader.scope(Permission.PLACEMENT_CHANGE, now_ms)
    with store.read() as db:
        return in_reach(db, scope, public_id)


def in_reach(db: Connection, scope: Scope, public_id: str) -> BusinessRow:
    """A business whose organisation somebody reaches. NotFound for any other."""
    found = rows.business(db, public_id)
    if found is None or found.organisation_id not in {its_id for its_id, _name in organisations_in(db, scope)}:
        raise NotFound
    return found


def add(store: Store, maker: SignedIn, organisation_id: int, about: About, new_id: UUID, at_ms: int) -> str:
    """A new business; its public id, the same for the same form. Refused with all that can't be."""
    scope = maker.scope(Permission.PLACEMENT_CHANGE, at_ms)
    said = _clean(about, at_ms)
    with store.write() as db:
        if organisation_id not in {its_id for its_id, _name in organisations_in(db, scope)}:
            raise Refused(N_("Choose an organisation of yours."), "organisation")
        own = {"public_id": new_id.hex, "organisation_id": organisation_id, "made_ms": at_ms, "by_id": maker.person_id}
        if rows.add_business(db, {**own, **said}):
            audit.note(db, maker.person_id, "kept-business", at_ms, maker.person_id, str(said["name"]))
    return new_id.hex


def change(store: Store, maker: SignedIn, public_id: str, about: About, at_ms: int) -> None:
    """Say something else of a business. NotFound out of reach; Refused with all that can't be."""
    scope = maker.scope(Permission.PLACEMENT_CHANGE, at_ms)
    said = _clean(about, at_ms)
    with store.write() as db:
        found = in_reach(db, scope, public_id)
        rows.change_business(db, found.business_id, **said)
        audit.note(db, maker.person_id, "kept-business", at_ms, maker.person_id, str(said["name"]))


def end(store: Store, maker: SignedIn, public_id: str, at_ms: int, *, ended: bool = True) -> None:
    """It takes nobody new from now on, or does again; who works there goes on. NotFound out of reach."""
    scope = maker.scope(Permission.PLACEMENT_CHANGE, at_ms)
    with store.write() as db:
        found = in_reach(db, scope, public_id)
        rows.change_business(db, found.business_id, ended_ms=at_ms if ended else None)
        audit.note(db, maker.person_id, "ended-business", at_ms, maker.person_id, found.name)


def _clean(about: About, at_ms: int) -> dict[str, object]:
    checks = AllAtOnce()
    said: dict[str, object] = {"checked_day": about.checked_day, "agreement_day": about.agreement_day}
    with checks:
        said["name"] = clean_name(about.name, longest=120)
    with checks:
        said["contact"] = typed.line(about.contact, "contact", 120)
    with checks:
        said["email"] = _address(about.email)
    with checks:
        said["phone"] = typed.line(about.phone, "phone", 40)
    if not about.email.strip() and not about.phone.strip():
        with checks:
            raise Refused(N_("Say how to reach them: an email address, or a number to ring."), "email")
    done = [str(it) for it in Check if it in about.checks]
    if done and about.checked_day is None:
        with checks:
            raise Refused(N_("Say on which day that was looked at."), "checked")
    for field, day in (("checked", about.checked_day), ("agreement", about.agreement_day)):
        with checks:
            if day is not None and not _FIRST <= day <= day_of(at_ms, _EAST):
                raise Refused(N_("Choose the day on which that was done: today or before."), field)
    checks.tell()
    return said | {"checks": " ".join(done)}


def _address(typed_: str) -> str:
    try:
        return clean_address(typed_) if typed_.strip() else ""
    except Refused as refused:
        raise Refused(refused.told, "email") from refused

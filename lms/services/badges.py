"""Badges: hers, their public pages when she says so, what a certificate says, and taking one back.

An award row is all there is to a badge: what it says is kept with it, so it outlives its course. A signed file
of it is made by a worker (`signing`); what changes what it says only asks for one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from lms.content.skills import frameworks, skill_named
from lms.errors import N_, Forbidden, NotFound
from lms.interop.credentials import Evidence
from lms.interop.statuslist import set_bit
from lms.learning.people import name_for_others
from lms.services import evidence
from lms.services.people import SignedIn
from lms.store import audit
from lms.store import badges as rows
from lms.store import credentials as signed_rows
from lms.store import people as people_rows
from lms.store.gate import Store, retried

ACCOUNT_FIRST = N_("Make an account first. Your badge, and all you did on this phone, stays yours.")
_PAGE = 500
"""People looked at at once."""


@dataclass(frozen=True)
class Award:
    """A badge somebody has. `day_ms`: when she earned it. `module` is empty for a course's badge."""

    public_id: str
    name: str
    title: str
    """Of the module or course, as it was called when she finished it."""
    description: str
    criteria: str
    skills: tuple[tuple[str, str], ...]
    """(name, address of its framework) of each."""
    language: str
    picture: str
    badge: str
    """`course/module` or `course`, as its achievement's address has it."""
    version: int
    course: str
    module: str
    release_id: int | None
    """The release she earned it by."""
    at_ms: int
    shown: bool
    named: bool
    """Whether she wants her name in its file."""
    signed: bool
    """Whether there is a file of it."""
    revoked: bool
    holder: str
    """What everybody who may see it reads, she too: of who did not say she is 18 or over, one word."""
    shortened: bool
    """Whether that is less than her name."""
    own: bool
    evidence: tuple[Evidence, ...]
    """What of her own work she wants in it; not read where many are listed."""


def mine(store: Store, person: SignedIn) -> list[Award]:
    """A person's own badges, the latest first. Of one she was given under two ids the first, and both files hold."""
    with store.read() as db:
        found = rows.awards_of(db, person.ids)
    earliest = {row.says.badge_id: row for row in sorted(found, key=_is_better)}
    return [_award(row, own=True) for row in found if earliest[row.says.badge_id] is row]


def _is_better(row: rows.AwardRow) -> tuple[bool, int]:
    """The last of several of one badge is the one to show: one that was not taken back, the earliest."""
    return row.revoked_ms is None, -row.at_ms


def page(store: Store, public_id: str, reader: SignedIn | None) -> Award:
    """A badge by the address of its page. NotFound unless it is the reader's own or shown to everybody."""
    with store.read() as db:
        row = rows.by_public_id(db, public_id)
        if row is None:
            raise NotFound
        own = reader is not None and row.person_id in reader.ids
        if not own and (not row.shown or row.revoked_ms is not None):
            raise NotFound
        return _award(row, own, evidence.chosen(db, row))


@retried
def show(store: Store, person: SignedIn, public_id: str, *, shown: bool, named: bool, at_ms: int) -> None:
    """Open the page of one's own badge to everybody, or close it again. The badge stays either way.

    `named`: whether her name is to be in its file. A change asks for a new one.
    """
    with store.write() as db:
        row = evidence.lock_hers(db, person, public_id)
        if person.guest:  # once her place on her phone is gone she could not close it again
            raise Forbidden(ACCOUNT_FIRST)
        rows.show(db, row, shown, named)
        if named != row.named:
            rows.ask(db, row.person_id, at_ms, row.award_id)
            audit.note(
                db, person.person_id, "named-badge" if named else "unnamed-badge", at_ms, person.person_id, public_id
            )
        audit.note(db, person.person_id, "showed-badge" if shown else "hid-badge", at_ms, person.person_id, public_id)


@retried
def revoke(store: Store, public_id: str, why: str, at_ms: int) -> bool:
    """Take a badge back, as an operator does; False where that was done before. NotFound for no badge.

    Why is kept with the award for her and nobody else. The list that says so is signed anew by a worker.
    """
    with store.write() as db:
        row = _of(db, public_id)
        people_rows.lock(db, row.person_id)
        if not rows.revoke(db, row.person_id, row.award_id, why, at_ms):
            return False
        _set_bit(db, row.award_id, at_ms)
        audit.note(db, row.person_id, "revoked-badge", at_ms, None, public_id)
    return True


def _set_bit(db: Connection, award_id: UUID, at_ms: int) -> None:
    """One that was never signed has no place in a list, and needs none."""
    slot = signed_rows.slot_of(db, award_id)
    if slot is not None:
        bits = signed_rows.lock_bits(db, slot.list_no)
        signed_rows.change_bits(db, slot.list_no, set_bit(bits, slot.slot_no), at_ms)


@retried
def reissue(store: Store, public_id: str, at_ms: int) -> None:
    """Ask for a new file of a badge. NotFound for no badge, and for one that was taken back."""
    with store.write() as db:
        row = _of(db, public_id)
        if not rows.ask(db, row.person_id, at_ms, row.award_id):
            raise NotFound(f"The badge {public_id} was taken back.")


def reissue_all(store: Store, at_ms: int) -> int:
    """Ask for new files of everybody's badges, and of the lists, as after a new key. How many badges."""
    _reissue_lists(store, at_ms)
    return _reissue_each(store, rows.people_after, at_ms)


def reissue_unknown(store: Store, known: Collection[str], at_ms: int) -> int:
    """The same for those that none of the `known` keys signed: one of them was taken out, and they hold nowhere."""
    _reissue_lists(store, at_ms, known)
    return _reissue_each(store, partial(signed_rows.signed_with_none_of, known), at_ms)


@retried
def _reissue_lists(store: Store, at_ms: int, unless: Collection[str] = ()) -> None:
    with store.write() as db:
        signed_rows.ask_lists(db, at_ms, unless)


def _reissue_each(store: Store, people_after: Callable[[Connection, int, int], list[int]], at_ms: int) -> int:
    count, people = 0, [0]
    while people:
        with store.read() as db:
            people = people_after(db, people[-1], _PAGE)
        count += sum(_reissue_hers(store, person_id, at_ms) for person_id in people)
    return count


@retried
def _reissue_hers(store: Store, person_id: int, at_ms: int) -> int:
    with store.write() as db:
        return rows.ask(db, person_id, at_ms) if people_rows.person(db, person_id) else 0


def signed_with(store: Store, key: str) -> int:
    """How many badges, and lists of those taken back, a key was the last to sign."""
    with store.read() as db:
        return signed_rows.signed_with(db, key)


def _of(db: Connection, public_id: str) -> rows.AwardRow:
    row = rows.by_public_id(db, public_id)
    if row is None:
        raise NotFound(f"There is no badge {public_id}.")
    return row


def _award(row: rows.AwardRow, own: bool, work: tuple[Evidence, ...] = ()) -> Award:
    holder, says = holder_name(row), row.says
    return Award(
        public_id=row.public_id,
        name=says.name,
        title=says.title,
        description=says.description,
        criteria=says.criteria,
        skills=skills_of(says.skills),
        language=says.lang,
        picture=says.picture_hash,
        badge=says.badge,
        version=says.version,
        course=row.slug or "",
        module=says.module or "",
        release_id=row.release_id,
        at_ms=row.at_ms,
        shown=row.shown,
        named=row.named,
        signed=row.issue_no is not None,
        revoked=row.revoked_ms is not None,
        holder=holder,
        shortened=holder != row.display_name,
        own=own,
        evidence=work,
    )


def holder_name(row: rows.AwardRow) -> str:
    """What others may call her."""
    return name_for_others(row.display_name, json.loads(row.wishes).get("adult", ""))


def skills_of(kept: str) -> tuple[tuple[str, str], ...]:
    """(name, address of its framework) of the skills a badge stands for, from their codes."""
    found = [(skill_named(code), frameworks().get(code.partition("/")[0])) for code in json.loads(kept)]
    return tuple((skill.title, framework.sources[0]) for skill, framework in found if skill and framework)

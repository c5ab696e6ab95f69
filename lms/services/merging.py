"""One person, several ids: making two people one, and two again (docs/reference/data.md, rule 7).

A merge is one row, and nothing is moved. What anybody did stays under the id it was done under; her progress is
the fold over the events of all her ids. She signs in as the one that was kept, by any of their user names and with
the kept one's password: a merge that was a mistake lets nobody in.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.services import people, union
from lms.services.codes import is_plain
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.store import audit, handles, merges, site
from lms.store import badges as badge_rows
from lms.store import people as people_rows
from lms.store import progress as progress_rows
from lms.store.events import Ledger
from lms.store.gate import Store, retried
from lms.store.merges import MergeRow


@retried
def merge(store: Store, kept_person_id: int, other_person_id: int, by_id: int | None, at_ms: int) -> UUID:
    """From now on the other is the kept person. Each may be several ids already; gives the merge's id.

    Refused for herself, for somebody erased, for an other who has a role, and for an account into a guest.
    NotFound for nobody.
    """
    catalogue = Catalogue(store)
    with store.write() as db:
        kept, other = _locked(db, kept_person_id, other_person_id)
        _check(db, kept[0], other[0], at_ms)
        row = MergeRow(kept[0], uuid.uuid4(), other[0], at_ms, by_id, None)
        merges.add(db, row)
        _fold_again(db, catalogue, [merges.ids_into(db, kept[0])], at_ms)
        for part in other:
            people.end_ways_in(db, part)
        _sign_anew(db, other, at_ms)
        _note(db, row, "merged", at_ms, by_id)
    return row.merge_id


@retried
def undo(store: Store, kept_person_id: int, merge_id: UUID, by_id: int | None, at_ms: int) -> None:
    """They are two again: as before, and what was done under each of their ids since. Twice is once.

    What was reached or earned together stays, as whatever was given. NotFound for no such merge.
    """
    catalogue = Catalogue(store)
    with store.write() as db:
        row = merges.one(db, kept_person_id, merge_id)
        if row is None:
            raise NotFound
        all_ids = _locked(db, kept_person_id)[0]
        if not merges.undo(db, row, at_ms):
            return
        kept, other = merges.ids_of(db, row.person_id), merges.ids_into(db, row.other_id)
        _fold_again(db, catalogue, [kept, other], at_ms)
        if by_id not in all_ids:
            people.end_ways_in(db, kept[0])
        _sign_anew(db, other, at_ms)
        _note(db, row, "unmerged", at_ms, by_id)


def claim(store: Store, person: SignedIn, username: str, password: str, address: str, at_ms: int) -> None:
    """Bring in another account of her own, by its user name and password. Refused, TooManyTries: as for signing in."""
    other = people.who_is(store, username, password, address, at_ms)
    if other == person.person_id:
        raise Refused("That is this account already. Type the other one.", "username")
    merge(store, person.person_id, other, person.person_id, at_ms)


def id_of_hers(store: Store, person: SignedIn, public_id: str) -> int | None:
    """Under which id of hers a phone did what it sends; None where it is somebody else's."""
    if public_id == person.public_id:
        return person.person_id
    with store.read() as db:
        handle = handles.find(db, "person", public_id) if person.others else None
    return handle.person_id if handle and handle.person_id in person.others else None


@dataclass(frozen=True)
class Hers:
    """Another account of hers."""

    merge_id: UUID
    display_name: str
    username: str


def hers(store: Store, person: SignedIn) -> list[Hers]:
    """The other accounts that are hers. No query where there is none."""
    if not person.others:
        return []
    with store.read() as db:
        found = [(row, people_rows.person(db, row.other_id)) for row in merges.made_into(db, person.ids)]
    return [Hers(row.merge_id, it.display_name, it.username or "") for row, it in found if it]


def undo_hers(store: Store, person: SignedIn, merge_id: UUID, at_ms: int) -> None:
    """She takes one of them out again. NotFound for one that is not hers."""
    with store.read() as db:
        row = next((row for row in merges.made_into(db, person.ids) if row.merge_id == merge_id), None)
    if row is None:
        raise NotFound
    undo(store, row.person_id, merge_id, person.person_id, at_ms)


def _locked(db: Connection, *person_ids: int) -> list[tuple[int, ...]]:
    """All ids of each of some people, held until the transaction ends: one at a time, in their order."""
    while True:
        found = [merges.ids_of(db, person_id) for person_id in person_ids]
        for its_id in sorted({its_id for ids in found for its_id in ids}):
            people_rows.lock(db, its_id)
        if found == [merges.ids_of(db, person_id) for person_id in person_ids]:
            return found


def _check(db: Connection, kept_id: int, other_id: int, at_ms: int) -> None:
    kept, other = people_rows.person(db, kept_id), people_rows.person(db, other_id)
    if kept is None or other is None:
        raise NotFound
    if kept_id == other_id:
        raise Refused("These two are one already.", "other")
    if not is_plain(db, other_id, at_ms):
        name = other.display_name
        raise Refused("{name} has a role here. Keep that one, and bring the other in.", "other", name=name)
    if other.username and not kept.username:
        raise Refused("Keep {name}: that one has a user name and a password.", "other", name=other.display_name)


def _fold_again(db: Connection, catalogue: Catalogue, people_: Sequence[Sequence[int]], at_ms: int) -> None:
    """Fold what some people did, each of some ids, in every course that any of them began."""
    zone = ZoneInfo(site.timezone(db))
    every_id = sorted({its_id for ids in people_ for its_id in ids})
    for course_id in progress_rows.courses_begun(db, every_id):
        for its_id in every_id:
            Ledger(db, its_id, course_id).lock()
        for ids in people_:
            if _is_hers(db, ids, course_id):
                union.fold_together(db, catalogue, zone, ids, course_id, at_ms)


def _is_hers(db: Connection, ids: Sequence[int], course_id: int) -> bool:
    """Whether somebody began a course. Where it was only another's that she was one with, she has not."""
    begun = progress_rows.seeds_of(db, ids, course_id).keys()
    if begun == {ids[0]} and not progress_rows.has_done(db, ids[0], course_id):
        progress_rows.forget_begun(db, ids[0], course_id)
        return False
    return bool(begun)


def _sign_anew(db: Connection, ids: Sequence[int], at_ms: int) -> None:
    """Badges that have a name in them: the name of whoever they are whose ids these are."""
    for its_id in ids:
        badge_rows.ask(db, its_id, at_ms, named=True)


def _note(db: Connection, row: MergeRow, action: str, at_ms: int, by_id: int | None) -> None:
    """In the chains of both, in the order of their ids: each names the other by her public id."""
    public = {it: person.public_id for it in (row.person_id, row.other_id) if (person := people_rows.person(db, it))}
    for its_id, of in sorted([(row.person_id, row.other_id), (row.other_id, row.person_id)]):
        said = action if its_id == row.person_id else f"{action}-into" if action == "merged" else f"{action}-from"
        audit.note(db, its_id, said, at_ms, by_id, public.get(of, ""))

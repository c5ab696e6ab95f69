"""A learner's threads: with her mentor, and with who runs each group of hers; and who of the staff can read each now.

Rows of `thread_staff` are a record. Whether somebody may read a thread is worked out here each time: a mentor whose
pairing is over, a facilitator whose role ended, and who runs a group that she left read nothing from that instant.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import NotFound
from lms.learning.days import day_of
from lms.learning.giving import near_with
from lms.learning.messages import Kind
from lms.learning.people import Permission, Placed, Role, Scope, scope_of
from lms.services import pairings
from lms.services.people import SignedIn
from lms.store import groups as group_rows
from lms.store import meetings, merges, people, programmes
from lms.store import messages as rows
from lms.store import pairings as pairing_rows
from lms.store.messages import ThreadRow
from lms.store.pairings import PairingRow

_SPACE = UUID("6f3f0b3e-7d0c-4a5e-9d5e-2f1c8d8a7b40")


@dataclass(frozen=True)
class Talk:
    """A thread, or one that could be opened, and who of the staff is in it now."""

    row: ThreadRow
    opened: bool
    group: str
    """Of one with who runs a group: what that is called."""
    writes: dict[int, str]
    """Id -> name of those she writes with."""
    reads: dict[int, str]
    """Of those who only read it along."""
    places: tuple[Placed, ...]
    """Over which a role must reach to read it."""
    pairing_id: UUID | None
    """The one that holds now, where it is with her mentor."""

    @property
    def readers(self) -> dict[int, str]:
        return self.writes | self.reads


def of_learner(db: Connection, ids: tuple[int, ...], now_ms: int, zone: ZoneInfo) -> list[Talk]:
    """Every thread of a learner and those that she could open, with her mentor first. `ids`: the kept one first."""
    known = rows.of_learner(db, ids)
    paired = pairing_rows.current(db, ids, day_of(now_ms, zone))
    in_now = group_rows.group_rows(db, meetings.groups_of(db, ids))
    made = list(known)
    for pairing in paired:
        if not any(it.pairing_id == pairing.pairing_id for it in known):
            its_id = uuid.uuid5(_SPACE, str(pairing.pairing_id))
            made.append(ThreadRow(ids[0], its_id, Kind.MENTOR, pairing.organisation_id, None, pairing.pairing_id, 0))
    for group in in_now:
        if not any(it.group_id == group.group_id for it in known):
            its_id = uuid.uuid5(_SPACE, f"{ids[0]} {group.group_id}")
            made.append(ThreadRow(ids[0], its_id, Kind.GROUP, group.organisation_id, group.group_id, None, 0))
    names = {it.group_id: it.name for it in group_rows.group_rows(db, [it.group_id for it in made if it.group_id])}
    places = {group.group_id: group.placed for group in in_now}
    holding = {pairing.pairing_id: pairing for pairing in paired}
    found = []
    for row in made:
        pairing_now = holding.get(row.pairing_id) if row.pairing_id else None
        near = _places(row, places, pairing_now)
        writes = _mentor(db, pairing_now, ids, now_ms) if pairing_now else {}
        heads = _heads(db, near, ids, now_ms)
        if row.kind == Kind.GROUP:
            writes, heads = heads, {}
        reads = {its_id: name for its_id, name in heads.items() if its_id not in writes}
        group_name = names.get(row.group_id or 0, "")
        talk_id = pairing_now.pairing_id if pairing_now else None
        found.append(Talk(row, row in known, group_name, writes, reads, near, talk_id))
    return sorted(found, key=lambda it: (it.row.kind != Kind.MENTOR, it.group, it.row.made_ms))


def _places(row: ThreadRow, hers: dict[int, Placed], pairing: PairingRow | None) -> tuple[Placed, ...]:
    """A group's: that group while she is in it. A mentor's: her groups there, and the organisation while it holds."""
    if row.kind == Kind.GROUP:
        return (hers[row.group_id],) if row.group_id in hers else ()
    own = tuple(it for it in hers.values() if it.organisation_id == row.organisation_id)
    return (*own, Placed(0, row.organisation_id)) if pairing else own


def _mentor(db: Connection, pairing: PairingRow, ids: tuple[int, ...], now_ms: int) -> dict[int, str]:
    """The mentor of a pairing, while she is one there and can sign in."""
    here = programmes.programmes_of(db, [pairing.organisation_id])
    able = {it.person_id for it in pairing_rows.mentors_in(db, pairing.organisation_id, here, now_ms)}
    its_id = merges.kept_of(db, pairing.mentor_id)
    return rows.able(db, [its_id]) if able & set(merges.ids_of(db, its_id)) and its_id not in ids else {}


def _heads(db: Connection, places: tuple[Placed, ...], ids: tuple[int, ...], now_ms: int) -> dict[int, str]:
    """Who runs those places, without herself, and without who is somebody else by now and signs in as her."""
    over = rows.staff_over(db, near_with(Permission.MESSAGE_READ), places, now_ms)
    merged = merges.kept_each(db, {it.person_id for it in over}) if over else {}
    return {it.person_id: it.name for it in over if it.person_id not in ids and it.person_id not in merged}


def may_read(db: Connection, reader: SignedIn, talk: Talk, now_ms: int, zone: ZoneInfo) -> bool:
    """Whether somebody of the staff reads a thread now."""
    if reader.person_id in talk.readers:
        return _reaches(reader, talk, now_ms) or talk.pairing_id in _mine(db, reader, now_ms, zone)
    return False


def _reaches(reader: SignedIn, talk: Talk, now_ms: int) -> bool:
    scope = scope_of(reader.roles, Permission.MESSAGE_READ, now_ms)
    return any(scope.reaches(place) for place in talk.places)


def _mine(db: Connection, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> set[UUID]:
    return {it.pairing_id for it in pairings.mine_now(db, reader, now_ms, zone)}


def may_take_out(reader: SignedIn, talk: Talk, now_ms: int) -> bool:
    """Whether she may take out a file of a thread that she reads: who leads the organisation."""
    leads = (it for it in reader.roles if it.role is Role.ORGANISATION_LEAD and it.holds(now_ms))
    return any(it.scope_id == talk.row.organisation_id for it in leads)


def one_of_hers(db: Connection, learner: SignedIn, thread_id: UUID, now_ms: int, zone: ZoneInfo) -> Talk:
    """A thread of the learner herself. NotFound for none of hers."""
    ids = merges.ids_of(db, learner.person_id)
    found = next((it for it in of_learner(db, ids, now_ms, zone) if it.row.thread_id == thread_id), None)
    if found is None:
        raise NotFound
    return found


def hold(db: Connection, public_id: str) -> None:
    """Hold a learner, so that what is looked at next holds until the transaction ends: nobody ends a pairing in it."""
    person = people.by_public_id(db, people.EVERYBODY, public_id)
    if person is not None:
        people.lock(db, merges.kept_of(db, person.person_id))


def one_for_staff(
    db: Connection, reader: SignedIn, public_id: str, thread_id: UUID, now_ms: int, zone: ZoneInfo
) -> tuple[people.PersonRow, Talk]:
    """A learner and a thread of hers, for who of the staff reads it now. NotFound for anybody else."""
    for person, talk in all_for_staff(db, reader, public_id, now_ms, zone):
        if talk.row.thread_id == thread_id:
            return person, talk
    raise NotFound


def all_for_staff(
    db: Connection, reader: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo
) -> list[tuple[people.PersonRow, Talk]]:
    """A learner with each thread of hers that somebody of the staff reads now, opened or not."""
    person = people.by_public_id(db, people.EVERYBODY, public_id)
    if person is None or person.kind == people.GUEST:
        return []
    ids = merges.ids_of(db, person.person_id)
    kept = people.person(db, ids[0]) or person
    talks = of_learner(db, ids, now_ms, zone)
    return [(kept, it) for it in talks if may_read(db, reader, it, now_ms, zone)]


def within(db: Connection, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> list[ThreadRow]:
    """Opened threads that somebody of the staff may be able to read; `all_for_staff` decides of each."""
    scope: Scope = scope_of(reader.roles, Permission.MESSAGE_READ, now_ms)
    group_ids = people.groups_in(db, scope) if scope else []
    return rows.about(db, group_ids, _mine(db, reader, now_ms, zone), people.visible(scope, 0, tuple(group_ids)))

"""Rows of signed badges, and the lists that say which of them are taken back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from lms.store.statements import insert_into
from lms.store.tables import awards, credentials, issuers, status_lists, status_slots


class Slot(NamedTuple):
    """The place of an award in a list."""

    list_no: int
    slot_no: int


class CredentialRow(NamedTuple):
    """A badge as it was signed once."""

    person_id: int
    award_id: UUID
    issue_no: int
    key_id: str
    list_no: int
    slot_no: int
    document: str
    signed_ms: int


class ListRow(NamedTuple):
    """A list: a bit for each award, set where the badge was taken back, and the same signed."""

    list_no: int
    bits: bytes
    document: str | None
    due_ms: int | None


def add(db: Connection, row: CredentialRow) -> None:
    """Keep a badge that was signed."""
    db.execute(insert(credentials).values(**row._asdict()))


def newest(db: Connection, person_id: int, award_id: UUID) -> CredentialRow | None:
    """The file of an award that was signed last."""
    found = select(credentials).where(credentials.c.person_id == person_id, credentials.c.award_id == award_id)
    row = db.execute(found.order_by(credentials.c.issue_no.desc()).limit(1)).first()
    return CredentialRow(*row) if row else None


def signed_with(db: Connection, key_id: str) -> int:
    """How many badges, and lists, a key was the last to sign; those taken back are given to nobody any more."""
    theirs = _last_signed(func.count()).where(credentials.c.key_id == key_id)
    lists = select(func.count()).where(_has_signed(key_id))
    return int(db.execute(theirs).scalar_one()) + db.execute(lists).scalar_one()


def signed_with_none_of(known: Collection[str], db: Connection, after: int, limit: int) -> list[int]:
    """People with a badge that none of these keys was the last to sign, and that does not wait for another one."""
    found = _last_signed(credentials.c.person_id).where(
        credentials.c.person_id > after, credentials.c.key_id.not_in(list(known)), awards.c.due_ms.is_(None)
    )
    return list(db.execute(found.distinct().order_by(credentials.c.person_id).limit(limit)).scalars())


def _last_signed(*columns: Any) -> Any:
    """Of each badge that was not taken back, what was signed last."""
    mine = credentials.c
    newest = select(mine.person_id, mine.award_id, func.max(mine.issue_no).label("issue_no"))
    last = newest.group_by(mine.person_id, mine.award_id).subquery().c
    held = (awards.c.person_id == mine.person_id) & (awards.c.award_id == mine.award_id)
    is_last = (last.person_id == mine.person_id) & (last.award_id == mine.award_id) & (last.issue_no == mine.issue_no)
    found = select(*columns).select_from(credentials).join(awards, held).join(last.person_id.table, is_last)
    return found.where(awards.c.revoked_ms.is_(None))


def _has_signed(key_id: str) -> Any:
    return status_lists.c.document.contains(f"#{key_id}")


def slot_of(db: Connection, award_id: UUID) -> Slot | None:
    """The place of an award, once it has one: all its files share it."""
    row = db.execute(
        select(status_slots.c.list_no, status_slots.c.slot_no).where(status_slots.c.award_id == award_id)
    ).first()
    return Slot(*row) if row else None


def is_free(db: Connection, slot: Slot) -> bool:
    """Whether no award has a place."""
    same = (status_slots.c.list_no == slot.list_no) & (status_slots.c.slot_no == slot.slot_no)
    return db.execute(select(status_slots.c.list_no).where(same)).first() is None


def take_slot(db: Connection, slot: Slot, award_id: UUID) -> bool:
    """Give an award its place; False where another has it, or it has another."""
    row = insert_into(db, status_slots).values(**slot._asdict(), award_id=award_id)
    return bool(db.execute(row.on_conflict_do_nothing()).rowcount == 1)


def last_list(db: Connection) -> tuple[int, int]:
    """The number of the list in use, and how many places of it are taken; 0 for none."""
    last = db.execute(select(func.max(status_lists.c.list_no))).scalar() or 0
    taken = select(func.count()).select_from(status_slots).where(status_slots.c.list_no == last)
    return last, db.execute(taken).scalar_one()


def begin_list(db: Connection, list_no: int, bits: bytes, at_ms: int) -> None:
    """A new list, to be signed; one that another has begun stays as it is."""
    row = insert_into(db, status_lists).values(list_no=list_no, bits=bits, due_ms=at_ms)
    db.execute(row.on_conflict_do_nothing())


def lock_bits(db: Connection, list_no: int) -> bytes:
    """The bits of a list, held until the transaction ends."""
    bits = select(status_lists.c.bits).where(status_lists.c.list_no == list_no).with_for_update()
    return bytes(db.execute(bits).scalar_one())


def change_bits(db: Connection, list_no: int, bits: bytes, at_ms: int) -> None:
    """A list says something else from now on, and is to be signed anew."""
    one = update(status_lists).where(status_lists.c.list_no == list_no)
    db.execute(one.values(bits=bits, due_ms=at_ms))


def due_lists(db: Connection, far_ms: int) -> list[int]:
    """The numbers of the lists that are to be signed, or say they were later than an instant."""
    due = status_lists.c.due_ms.is_not(None) | (status_lists.c.signed_ms > far_ms)
    found = select(status_lists.c.list_no).where(due).order_by(status_lists.c.list_no)
    return list(db.execute(found).scalars())


def status_list(db: Connection, list_no: int) -> ListRow | None:
    """A list by its number."""
    columns = status_lists.c.list_no, status_lists.c.bits, status_lists.c.document, status_lists.c.due_ms
    row = db.execute(select(*columns).where(status_lists.c.list_no == list_no)).first()
    return ListRow(row[0], bytes(row[1]), row[2], row[3]) if row else None


def every_list(db: Connection) -> list[tuple[int, bytes]]:
    """(number, bits) of all lists."""
    found = db.execute(select(status_lists.c.list_no, status_lists.c.bits).order_by(status_lists.c.list_no))
    return [(list_no, bytes(bits)) for list_no, bits in found]


def keep_list(db: Connection, seen: ListRow, document: str, at_ms: int) -> bool:
    """A list was signed as it was seen; False where that was asked for again since."""
    same = (
        (status_lists.c.list_no == seen.list_no)
        & (status_lists.c.bits == seen.bits)
        & (status_lists.c.due_ms == seen.due_ms)
    )
    signed = update(status_lists).where(same).values(document=document, signed_ms=at_ms, due_ms=None)
    return bool(db.execute(signed).rowcount)


def ask_lists(db: Connection, at_ms: int, unless: Collection[str] = ()) -> None:
    """Ask for every list to be signed anew, as after a new key; with `unless`, those that none of these keys signed."""
    stale = [~_has_signed(key_id) for key_id in unless]
    stale += [status_lists.c.due_ms.is_(None)] if unless else []
    db.execute(update(status_lists).where(*stale).values(due_ms=at_ms))


def add_issuer(db: Connection, did: str, at_ms: int) -> None:
    """Remember a name under which this site signs: its files stay ours when it has another."""
    db.execute(insert_into(db, issuers).values(did=did, since_ms=at_ms).on_conflict_do_nothing())


def issuers_known(db: Connection) -> list[str]:
    """Every name under which this site has signed, the first one first."""
    return list(db.execute(select(issuers.c.did).order_by(issuers.c.since_ms, issuers.c.did)).scalars())

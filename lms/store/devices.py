"""Rows of phones: who is remembered on one, and the PINs that work with it alone."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from lms.store import handles
from lms.store.people import PIN
from lms.store.statements import insert_into
from lms.store.tables import devices, people, secrets

KIND = "device"
"""Of the handles that lead from a phone to people."""
MOST = 12
"""Names a phone shows."""


class Remembered(NamedTuple):
    """Somebody a phone remembers."""

    person_id: int
    public_id: str
    kind: str
    display_name: str


def remember(db: Connection, person_id: int, device_hash: bytes, at_ms: int) -> bool:
    """A phone remembers a person from now on; twice is once. False where it has no place left."""
    row = {"person_id": person_id, "device_hash": device_hash, "made_ms": at_ms}
    new = insert_into(db, devices).values(**row).on_conflict_do_nothing().returning(devices.c.person_id)
    if db.execute(new).first() is None:
        return True
    return any(handles.add(db, KIND, place, person_id, at_ms) for place in _places(device_hash))


def forget(db: Connection, person_id: int, device_hash: bytes) -> None:
    """A phone remembers a person no more, and her PIN with it is gone."""
    db.execute(delete(devices).where(devices.c.person_id == person_id, devices.c.device_hash == device_hash))
    handles.drop_some(db, KIND, _places(device_hash), person_id)
    drop_pin(db, person_id, device_hash)


def forget_all(db: Connection, person_id: int) -> None:
    """No phone remembers a person any more, and no PIN lets her in."""
    db.execute(delete(devices).where(devices.c.person_id == person_id))
    handles.drop_all(db, KIND, person_id)
    db.execute(delete(secrets).where(secrets.c.person_id == person_id, secrets.c.kind == PIN))


def remembered(db: Connection, device_hash: bytes) -> list[Remembered]:
    """Everyone a phone remembers, by name; guests last."""
    ids = handles.find_some(db, KIND, _places(device_hash))
    found = db.execute(
        select(people.c.person_id, people.c.public_id, people.c.kind, people.c.display_name)
        .where(people.c.person_id.in_(ids), people.c.erased_ms.is_(None))
        .order_by(people.c.kind, people.c.display_name, people.c.person_id)
    )
    return [Remembered(*row) for row in found]


def _places(device_hash: bytes) -> list[str]:
    """What leads from a phone to the people it remembers: a handle leads to one person, so it has so many."""
    return [f"{device_hash.hex()}|{place}" for place in range(MOST)]


def is_remembered(db: Connection, person_id: int, device_hash: bytes) -> bool:
    """Whether a phone remembers a person."""
    row = select(devices.c.person_id).where(devices.c.person_id == person_id, devices.c.device_hash == device_hash)
    return db.execute(row).first() is not None


def set_pin(db: Connection, person_id: int, device_hash: bytes, secret: str) -> None:
    """Give a person her one PIN with a phone."""
    drop_pin(db, person_id, device_hash)
    hers = select(func.coalesce(func.max(secrets.c.secret_no), 0)).where(
        secrets.c.person_id == person_id, secrets.c.kind == PIN
    )
    number = int(db.execute(hers).scalar_one()) + 1
    row = {"person_id": person_id, "kind": PIN, "secret_no": number, "device_hash": device_hash}
    db.execute(insert(secrets).values(**row, secret=secret, fails=0))


def drop_pin(db: Connection, person_id: int, device_hash: bytes) -> None:
    """Take a PIN away."""
    db.execute(delete(secrets).where(*_pin(person_id, device_hash)))


def tries(db: Connection, person_id: int, device_hash: bytes) -> int | None:
    """How often a PIN was wrong since it was right; None where there is none with this phone."""
    return db.execute(select(secrets.c.fails).where(*_pin(person_id, device_hash))).scalar()


def take_try(db: Connection, person_id: int, device_hash: bytes, most: int, at_ms: int) -> str | None:
    """Count a try at a PIN and give what it is checked against; None where there is none, or it is locked.

    Counted before it is looked at: of many sent at once no more than `most` are.
    """
    mine = _pin(person_id, device_hash)
    done = db.execute(update(secrets).where(*mine, secrets.c.fails < most).values(fails=secrets.c.fails + 1))
    if done.rowcount != 1:
        return None
    db.execute(update(secrets).where(*mine, secrets.c.fails >= most).values(locked_ms=at_ms))
    return db.execute(select(secrets.c.secret).where(*mine)).scalar()


def begin_afresh(db: Connection, person_id: int, device_hash: bytes) -> None:
    """The PIN was right: what was wrong before no longer counts."""
    db.execute(update(secrets).where(*_pin(person_id, device_hash)).values(fails=0, locked_ms=None))


def _pin(person_id: int, device_hash: bytes) -> tuple[ColumnElement[bool], ...]:
    return secrets.c.person_id == person_id, secrets.c.kind == PIN, secrets.c.device_hash == device_hash

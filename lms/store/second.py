"""Rows of the second step of signing in: the key of an app, and codes on paper. Both are secrets of a person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from lms.store.people import drop_secret
from lms.store.tables import secrets

APP, NEW_APP, PAPER = "totp", "totp-new", "paper"
"""Kinds of secret: a key that is asked for, one that is being set up, and codes that work once."""


def key(db: Connection, person_id: int, kind: str = APP) -> tuple[str, int] | None:
    """A person's key as it is kept, and the last half minute it was used in."""
    kept = select(secrets.c.secret, secrets.c.fails).where(secrets.c.person_id == person_id, secrets.c.kind == kind)
    row = db.execute(kept).first()
    return (row.secret, row.fails) if row else None


def keep_key(db: Connection, person_id: int, kind: str, sealed: str, last_step: int) -> None:
    """Give a person her one key of a kind."""
    drop_secret(db, person_id, kind)
    row = {"person_id": person_id, "kind": kind, "secret_no": 1, "secret": sealed, "fails": last_step}
    db.execute(insert(secrets).values(**row))


def use_key(db: Connection, person_id: int, step: int) -> bool:
    """The key was used in a half minute; False where that or a later one was used already."""
    mine = (secrets.c.person_id == person_id) & (secrets.c.kind == APP) & (secrets.c.fails < step)
    return bool(db.execute(update(secrets).where(mine).values(fails=step)).rowcount)


def keep_paper(db: Connection, person_id: int, hashes: Sequence[str]) -> None:
    """Give a person codes on paper; those of before stop working."""
    drop_secret(db, person_id, PAPER)
    rows = [
        {"person_id": person_id, "kind": PAPER, "secret_no": number, "secret": kept, "fails": 0}
        for number, kept in enumerate(hashes, start=1)
    ]
    db.execute(insert(secrets), rows)


def use_paper(db: Connection, person_id: int, hashed: str) -> bool:
    """Spend a code on paper; False where she has no such code."""
    mine = (secrets.c.person_id == person_id) & (secrets.c.kind == PAPER) & (secrets.c.secret == hashed)
    return bool(db.execute(delete(secrets).where(mine)).rowcount)


def paper_left(db: Connection, person_id: int) -> int:
    """How many codes on paper she has."""
    mine = (secrets.c.person_id == person_id) & (secrets.c.kind == PAPER)
    return int(db.execute(select(func.count()).where(mine)).scalar_one())


def drop_all(db: Connection, person_id: int) -> bool:
    """Take the second step away; False where there was none."""
    had = key(db, person_id) is not None
    for kind in (APP, NEW_APP, PAPER):
        drop_secret(db, person_id, kind)
    return had

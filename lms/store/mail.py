"""Rows of mail: her address, what she said yes to, and the letters that wait to be sent.

Her verified address is `people.email`, and a handle of kind `email` leads from it to her. A mailbox may be several
people's, and a handle leads to one: so each address has a few places, as a phone has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from lms.store import handles
from lms.store.people import change_person
from lms.store.statements import insert_into
from lms.store.tables import audit, consents, events, mail, people, sign_ins

EMAIL, ASKED, CONFIRM, STOP = "email", "mail-asked", "mail-confirm", "mail-stop"
"""Kinds of handles: whose a verified address is, who asked for a letter to one of late, and the links in letters."""
MOST = 6
"""People who share a mailbox."""
MOST_ASKED = 3
"""Letters within a day to an address that nobody has confirmed, whoever asks for them."""


class MailRow(NamedTuple):
    """A letter. `address` is empty where it goes to whichever is hers when its turn comes."""

    person_id: int
    mail_id: UUID
    kind: str
    dedup: str
    address: str | None
    made_ms: int
    due_ms: int
    late_ms: int
    tries: int = 0
    done_ms: int | None = None
    outcome: str | None = None


class ConsentRow(NamedTuple):
    """What she said yes to, word for word, and what she chose with it."""

    person_id: int
    consent_id: UUID
    purpose: str
    wording: str
    chosen: str | None
    given_ms: int
    withdrawn_ms: int | None = None


# Her address.


def address_of(db: Connection, ids: Sequence[int]) -> str:
    """The verified address of a person, the kept id's first; empty for none."""
    found = db.execute(select(people.c.person_id, people.c.email).where(people.c.person_id.in_(list(ids))))
    known = {person_id: email for person_id, email in found if email}
    return next((known[its_id] for its_id in ids if its_id in known), "")


def take_address(db: Connection, person_id: int, address: str, at_ms: int) -> bool:
    """Make an address hers; False where it is that of as many people as may share one."""
    if not any(handles.add(db, EMAIL, place, person_id, at_ms) for place in _places(address, MOST)):
        return False
    change_person(db, person_id, email=address)
    return True


def drop_address(db: Connection, ids: Iterable[int]) -> None:
    """Take the address of a person away, whichever of her ids has it, and every link in a letter to it."""
    for its_id in ids:
        change_person(db, its_id, email=None)
        for kind in (EMAIL, CONFIRM, STOP):
            handles.drop_all(db, kind, its_id)


def may_ask(db: Connection, address: str, person_id: int, at_ms: int, until_ms: int) -> bool:
    """Whether a letter may go to an address that nobody has confirmed. False where it got a few of late."""
    places = _places(address, MOST_ASKED)
    handles.forget_expired(db, [handles.key_hash(ASKED, place) for place in places], at_ms)
    return any(handles.add(db, ASKED, place, person_id, at_ms, until_ms) for place in places)


def _places(address: str, most: int) -> list[str]:
    return [f"{address}|{place}" for place in range(most)]


def last_here(db: Connection, ids: Iterable[int]) -> int:
    """When anything was last seen of a person: a page, an answer, a sign-in. 0 for never."""
    seen = 0
    for its_id in ids:
        for last, hers in (
            (sign_ins.c.seen_ms, sign_ins.c.person_id == its_id),
            (events.c.recorded_ms, events.c.person_id == its_id),
            (audit.c.at_ms, (audit.c.person_id == its_id) & (audit.c.actor_id == its_id)),
        ):
            seen = max(seen, db.execute(select(func.max(last)).where(hers)).scalar() or 0)
    return seen


# What she said yes to.


def consent(db: Connection, ids: Sequence[int], purpose: str) -> ConsentRow | None:
    """What a person said yes to and has not taken back; the kept id's first."""
    mine = consents.c.person_id.in_(list(ids)) & (consents.c.purpose == purpose) & consents.c.withdrawn_ms.is_(None)
    found = [ConsentRow(*row) for row in db.execute(select(consents).where(mine).order_by(consents.c.given_ms))]
    return min(found, key=lambda row: ids.index(row.person_id), default=None)


def give(db: Connection, row: ConsentRow) -> None:
    """She says yes."""
    db.execute(insert_into(db, consents).values(**row._asdict()))


def withdraw(db: Connection, ids: Iterable[int], purpose: str, at_ms: int) -> bool:
    """She takes it back, under all her ids; False where there was nothing to take back."""
    done = 0
    for its_id in ids:
        mine = (consents.c.person_id == its_id) & (consents.c.purpose == purpose) & consents.c.withdrawn_ms.is_(None)
        done += db.execute(update(consents).where(mine).values(withdrawn_ms=at_ms)).rowcount
    return done > 0


def who_chose(db: Connection, purpose: str, chosen: str, after: int, limit: int) -> list[int]:
    """Ids under which something was said yes to with a choice, in their order, from after one."""
    said = (consents.c.purpose == purpose) & (consents.c.chosen == chosen) & consents.c.withdrawn_ms.is_(None)
    found = select(consents.c.person_id).where(said, consents.c.person_id > after).distinct()
    return list(db.execute(found.order_by(consents.c.person_id).limit(limit)).scalars())


# Letters.


def add(db: Connection, row: MailRow) -> bool:
    """A letter that waits; False where there is one of the same name to her already."""
    new = insert_into(db, mail).values(**row._asdict()).on_conflict_do_nothing()
    return bool(db.execute(new).rowcount == 1)


def one(db: Connection, person_id: int, mail_id: UUID) -> MailRow | None:
    """A letter of a person."""
    row = db.execute(select(mail).where(mail.c.person_id == person_id, mail.c.mail_id == mail_id)).first()
    return MailRow(*row) if row else None


def of_kind(db: Connection, ids: Iterable[int], kind: str) -> list[MailRow]:
    """A person's letters of a kind, the oldest first."""
    hers = select(mail).where(mail.c.person_id.in_(list(ids)), mail.c.kind == kind)
    return [MailRow(*row) for row in db.execute(hers.order_by(mail.c.made_ms, mail.c.mail_id))]


def drop_kind(db: Connection, ids: Iterable[int], kind: str, at_ms: int, outcome: str) -> None:
    """Nobody wants those letters any more, whether they were sent or not: the addresses in them go."""
    for its_id in ids:
        hers = (mail.c.person_id == its_id) & (mail.c.kind == kind)
        db.execute(update(mail).where(hers).values(address=None))
        db.execute(update(mail).where(hers, mail.c.done_ms.is_(None)).values(done_ms=at_ms, outcome=outcome))


def due(db: Connection, now_ms: int, limit: int) -> list[MailRow]:
    """One letter that is due of each of some people, those that wait longest first."""
    waits = mail.c.done_ms.is_(None) & (mail.c.due_ms <= now_ms)
    first = func.min(mail.c.due_ms)
    whose = select(mail.c.person_id).where(waits).group_by(mail.c.person_id).order_by(first, mail.c.person_id)
    found = []
    for person_id in db.execute(whose.limit(limit)).scalars().all():
        hers = select(mail).where(mail.c.person_id == person_id, waits).order_by(mail.c.due_ms, mail.c.mail_id)
        found += [MailRow(*row) for row in db.execute(hers.limit(1))]
    return found


def claim(db: Connection, seen: MailRow, lease_ms: int) -> bool:
    """Take a letter that is still as it was read, until an instant; False where somebody else has had it since."""
    still = (mail.c.done_ms.is_(None), mail.c.due_ms == seen.due_ms, mail.c.tries == seen.tries)
    taken = update(mail).where(*_is(seen), *still).values(due_ms=lease_ms, tries=seen.tries + 1)
    return bool(db.execute(taken).rowcount == 1)


def put_off(db: Connection, seen: MailRow, lease_ms: int, due_ms: int, tries: int) -> None:
    """Give a letter back, for later."""
    held = (mail.c.done_ms.is_(None), mail.c.due_ms == lease_ms)
    db.execute(update(mail).where(*_is(seen), *held).values(due_ms=due_ms, tries=tries))


def end(db: Connection, seen: MailRow, at_ms: int, outcome: str) -> None:
    """A letter is done with, whoever holds it: where two sent it, it was sent."""
    done = update(mail).where(*_is(seen), mail.c.done_ms.is_(None))
    db.execute(done.values(done_ms=at_ms, outcome=outcome))


def _is(row: MailRow) -> tuple[ColumnElement[bool], ...]:
    return mail.c.person_id == row.person_id, mail.c.mail_id == row.mail_id


def waiting(db: Connection) -> tuple[int, int]:
    """How many letters wait, and how many of them were tried and could not be sent."""
    waits = mail.c.done_ms.is_(None)
    count = select(func.count()).where(waits)
    every = int(db.execute(count).scalar_one())
    return every, int(db.execute(count.where(mail.c.tries > 0)).scalar_one())


def old(db: Connection, before_ms: int, after: int, limit: int) -> list[int]:
    """Ids of people some of whose letters are of no use since before an instant, in their order, from after one."""
    gone = select(mail.c.person_id).where(mail.c.late_ms <= before_ms, mail.c.person_id > after)
    return list(db.execute(gone.distinct().order_by(mail.c.person_id).limit(limit)).scalars())


def forget_old(db: Connection, person_ids: Iterable[int], before_ms: int) -> None:
    """Drop such letters of some people, sent or not."""
    gone = delete(mail).where(mail.c.person_id == bindparam("p"), mail.c.late_ms <= before_ms)
    db.execute(gone, [{"p": person_id} for person_id in person_ids])

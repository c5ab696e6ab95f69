"""Letters that say that there is a message, and nothing else: to who asked for them, at most one until she has read.

The letter holds no name, no words and no sender. Whether it is still wanted is looked at again as it is sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection

from lms.learning.mail import LATE_MS, Kind
from lms.services.people import SignedIn
from lms.store import mail, merges
from lms.store import messages as rows
from lms.store.mail import ConsentRow, MailRow

if TYPE_CHECKING:
    from lms.services.threads import Talk

MESSAGES = "messages"
"""What a consent is for."""


def unread_of_learner(db: Connection, ids: Collection[int]) -> int:
    """How many threads of a learner have something new for her."""
    hers = rows.of_learner(db, ids)
    last = rows.newest(db, hers, ids) if hers else {}
    return sum(it.thread_id in last and last[it.thread_id].others_ms > (it.seen_ms or 0) for it in hers)


def _waits(db: Connection, ids: Collection[int]) -> bool:
    """Whether something she has not read waits for somebody, as a learner or as one of the staff."""
    if unread_of_learner(db, ids):
        return True
    work = rows.noted_for(db, ids)
    last, seen = rows.newest(db, work, ids), rows.seen_by_staff(db, work, ids)
    return any(it.thread_id in last and last[it.thread_id].others_ms > seen.get(it.thread_id, 0) for it in work)


def who_to_tell(db: Connection, talk: Talk, by: SignedIn) -> list[int]:
    """Whom a message that is about to be kept is for, of those who asked for letters and have nothing unread yet."""
    is_hers = by.person_id not in talk.writes
    found = []
    for its_id in talk.writes if is_hers else (merges.kept_of(db, talk.row.person_id),):
        ids = merges.ids_of(db, its_id)
        if _asked(db, ids) is not None and not _waits(db, ids):
            found.append(ids[0])
    return found


def _asked(db: Connection, ids: tuple[int, ...]) -> ConsentRow | None:
    return mail.consent(db, ids, MESSAGES) if mail.address_of(db, ids) else None


def tell(db: Connection, person_id: int, message_id: UUID, at_ms: int) -> None:
    """A letter that waits."""
    name = f"message-{message_id}"
    mail.add(db, MailRow(person_id, uuid.uuid4(), Kind.MESSAGE, name, None, at_ms, at_ms, at_ms + LATE_MS))


def wanted(db: Connection, ids: tuple[int, ...]) -> ConsentRow | None:
    """What somebody said yes to, where a letter is still of use: she has an address, and something is unread."""
    said = _asked(db, ids)
    return said if said is not None and _waits(db, ids) else None

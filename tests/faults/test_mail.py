"""kill -9 while letters are sent: each arrives, and where one comes twice it is the same letter."""

from __future__ import annotations

import uuid
from collections import Counter
from itertools import count
from pathlib import Path

from sqlalchemy import select

from lms.services import mail
from lms.services.people import sign_in_here, signed_in
from lms.services.posting import LEASE_MS
from lms.services.stores import Store
from lms.store.tables import mail as letters
from tests.faults.found import worked
from tests.inbox import inbox, link_in
from tests.store.databases import NOW_MS

PEOPLE = range(1, 7)
KILLED = (20, *range(6, 21))
"""Before which statement: taking a letter, making its link, its commit, saying that it was sent."""


def test_letters_of_a_worker_that_is_killed_again_and_again_all_arrive(durable: Store, tmp_path: Path):
    for person_id in PEOPLE:
        ask(durable, person_id)
    url, starts = durable.url.render_as_string(hide_password=False), count(NOW_MS + LEASE_MS, LEASE_MS + 60_000)
    with inbox() as box:
        killed = [worked(url, tmp_path, 0, statement, next(starts), port=box.port) for statement in KILLED]
        assert not worked(url, tmp_path, 0, 10_000, next(starts), port=box.port)
        assert not worked(url, tmp_path, 0, 10_000, next(starts), port=box.port)
    assert sum(killed) > len(KILLED) // 2
    got = Counter(it["Message-ID"] for it in box.letters)

    assert len(got) == len(PEOPLE), "sent again it is the same letter"
    for person_id in PEOPLE:
        mail.confirm(durable, link_in(box.to(address(person_id))[0], "/confirm/").rpartition("/")[2], NOW_MS)
        with durable.read() as db:
            outcome = select(letters.c.outcome).where(letters.c.person_id == person_id)
            assert db.execute(outcome).scalars().all() == ["sent"]
    assert max(got.values()) > 1, "one was sent, and it could not be said"


def ask(store: Store, person_id: int) -> None:
    with store.write() as db:
        token = sign_in_here(db, person_id, NOW_MS)
    person = signed_in(store, person_id, token.secret, NOW_MS)
    assert person is not None
    mail.ask(store, person, address(person_id), uuid.uuid4(), NOW_MS)


def address(person_id: int) -> str:
    return f"n{person_id}@example.net"

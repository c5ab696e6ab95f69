"""kill -9 while badges are signed: at whichever statement, run again each has one file, one place and is in order."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

from sqlalchemy import select

from lms.interop.statuslist import decoded, is_set
from lms.services import badges
from lms.services.jobs import LEASE_MS, State, every_job
from lms.services.stores import Store
from lms.store import credentials as rows
from lms.store.tables import awards, credentials, status_lists, status_slots
from tests.faults.found import worked, wrong
from tests.faults.nursery import LEARNERS
from tests.services.signers import FIRST, signed_by
from tests.services.site import Site
from tests.store.databases import NOW_MS

KILLED = (4, 12, 14, 17, 20, 24, 25, 26, 27, 28, 29, 30, 31, 33)
"""Before which statement: asking for the job, drawing the picture, what one award writes, its commit, a beat."""


def test_signing_that_is_killed_again_and_again_signs_each_badge_once(durable: Store, tmp_path: Path):
    learned(durable)
    url, left = durable.url.render_as_string(hide_password=False), [due(durable)]
    for start, statement in zip(count(NOW_MS + 10 * LEASE_MS, 10 * LEASE_MS), (*KILLED, 10_000), strict=False):
        if not worked(url, tmp_path, 0, statement, start, key=FIRST.secret):
            break
        left.append(due(durable))
        assert odd(durable) == []
        assert wrong(durable) == []
    assert len(set(left)) > 3, "some were signed, and not all"
    assert left == sorted(left, reverse=True)
    assert due(durable) == 0
    assert odd(durable) == []
    assert {job.state for job in every_job(durable)} == {State.DONE}
    take_one_back(durable, url, tmp_path)


def learned(store: Store) -> None:
    site = Site(store)
    for person_id in range(1, LEARNERS + 1):
        site.send(person_id, *site.toast())


def take_one_back(store: Store, url: str, folder: Path) -> None:
    """And the list that says so is signed, however often that is stopped."""
    with store.read() as db:
        public_id, award_id = db.execute(
            select(awards.c.public_id, awards.c.award_id).where(awards.c.person_id == 1)
        ).one()
        slot = rows.slot_of(db, award_id)
    badges.revoke(store, public_id, "A slip", NOW_MS)
    starts = count(NOW_MS + 1_000 * LEASE_MS, 10 * LEASE_MS)
    for statement in (8, 10, 11, 12, 10_000):
        worked(url, folder, 0, statement, next(starts), key=FIRST.secret)
    with store.read() as db:
        found = rows.status_list(db, slot.list_no)
    assert found.due_ms is None
    assert signed_by(found.document, FIRST)
    assert is_set(decoded(json.loads(found.document)["credentialSubject"]["encodedList"]), slot.slot_no)


def due(store: Store) -> int:
    with store.read() as db:
        return sum(
            len(
                db.execute(
                    select(awards.c.award_id).where(awards.c.person_id == it, awards.c.due_ms.is_not(None))
                ).all()
            )
            for it in range(1, LEARNERS + 1)
        )


def odd(store: Store) -> list[str]:
    """Whatever does not fit together: files, places, what is due."""
    found = []
    with store.read(snapshot=True) as db:
        places = {slot.award_id: (slot.list_no, slot.slot_no) for slot in db.execute(select(status_slots))}
        lists = set(db.execute(select(status_lists.c.list_no)).scalars())
        for person_id in range(1, LEARNERS + 1):
            for award in db.execute(select(awards).where(awards.c.person_id == person_id)):
                files = db.execute(select(credentials).where(credentials.c.person_id == person_id)).all()
                found += [f"{person_id}: signed and due"] if files and award.due_ms is not None else []
                found += [f"{person_id}: {len(files)} files"] if not files and award.due_ms is None else []
                found += [f"{person_id}: twice"] if len(files) > 1 else []
                if files and places[award.award_id] != (files[0].list_no, files[0].slot_no):
                    found.append(f"{person_id}: another place")
                found += [f"{person_id}: a bad proof" for file in files if not signed_by(file.document, FIRST)]
                found += [f"{person_id}: no list" for file in files if file.list_no not in lists]
    return found + (["places nobody has"] if len(places) > LEARNERS else [])

"""Signing badges, in a worker and never in a request: a job that goes on where it was killed, and repeats nothing.

Giving a badge, or changing what its file says, writes one column, `due_ms`. A worker that sees one that is due asks
for the job. Each award is then read, signed outside of any transaction, and kept in one of its own: her file, its
place in a list, and that nothing is due, unless something else was asked for meanwhile. Lists whose bits have changed
are signed after each page of people. A pass is short, and the next begins with whoever is first: where everybody's
are signed anew for hours, who earns one meanwhile does not wait for the last.

What can't be signed is put off by a day, so that it stands in nobody else's way.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import Busy, DiskFull, LmsError
from lms.interop import proofs, statuslist
from lms.interop.credentials import Evidence, as_text, document
from lms.learning.days import DAY_MS
from lms.services import jobs
from lms.services.credentials import Signer, given, list_address, picture_of
from lms.services.drawing import Undrawn, drawn
from lms.services.evidence import chosen
from lms.services.jobs import At, State, Tools
from lms.services.publishing import keep_file
from lms.store import badges as award_rows
from lms.store import courses as course_rows
from lms.store import credentials as rows
from lms.store import people as people_rows
from lms.store.badges import AwardRow, VersionRow
from lms.store.credentials import CredentialRow, ListRow, Slot
from lms.store.gate import Store, retried

KIND = "sign"
PAGE = 100
"""People read at once."""
PASS = 10
"""Pages of one pass."""
AHEAD_MS = 60_000
"""A list that says it was signed so far in the future was signed by a clock that was ahead: others refuse it."""
NEAR_MS, LATER_MS = 1_000, DAY_MS
"""LATER: how long what can't be signed is put off. Due later than twice that, it was put off by a wrong clock."""
FULL = statuslist.SLOTS // 2
"""So many awards of a list, and the next begins: a free place is found by chance."""


class Unsigned(LmsError):
    """Some badges could not be signed; the sentence says why, for the operator."""


def ask(tools: Tools) -> None:
    """Ask for the job where something is due. Not for one that was left alone: an operator has to look at it first."""
    now_ms = tools.clock()
    with tools.store.read() as db:
        if not (award_rows.due_people(db, *_due(now_ms), -1, 1) or _due_lists(db, now_ms)):
            return
        state = jobs.state_of(db, KIND, {})
    if state in (None, State.DONE):
        _enqueue(tools.store, now_ms)


@retried
def _enqueue(store: Store, now_ms: int) -> None:
    with store.write() as db:
        jobs.enqueue(db, KIND, {}, now_ms)


def run(tools: Tools, _args: Mapping[str, Any], at_key: str) -> Iterator[At]:
    """Do a pass: a step for each person, and one for the lists after each page of them."""
    if tools.signer is None:
        return
    work = _Work(tools, tools.signer)
    work.introduce()
    after = int(at_key or -1)
    for _ in range(PASS):
        people = _people(tools.store, tools.clock(), after, PAGE)
        work.look_at_lists()
        for person_id in people:
            yield At(str(person_id), work.sign_hers(person_id))
            after = person_id
        yield At(str(after), work.sign_lists())
        if len(people) < PAGE:
            break
    if work.failed:
        raise Unsigned(f"{len(work.failed)} put off by a day: {work.failed[0]}")


def _people(store: Store, now_ms: int, after: int, most: int) -> list[int]:
    with store.read() as db:
        return award_rows.due_people(db, *_due(now_ms), after, most)


def _due_lists(db: Connection, now_ms: int) -> list[int]:
    return rows.due_lists(db, now_ms + AHEAD_MS)


def _due(now_ms: int) -> tuple[int, int]:
    """What is due: until the first instant, as other machines' clocks differ a little; and after the second."""
    return now_ms + NEAR_MS, now_ms + 2 * LATER_MS


@dataclass
class _Work:
    """One pass, and what it knows of the site meanwhile."""

    tools: Tools
    by: Signer
    failed: list[str] = field(default_factory=list)
    _list_no: int = 1
    _drawn: dict[tuple[int, int], str] = field(default_factory=dict)
    """(badge, version) -> its PNG."""
    _undrawn: dict[tuple[int, int], Undrawn] = field(default_factory=dict)
    """The same of pictures that can't be drawn: one try is enough for all who have the badge."""

    @property
    def store(self) -> Store:
        return self.tools.store

    def introduce(self) -> None:
        """Remember under which name this site signs."""
        with self.store.read() as db:
            known = rows.issuers_known(db)
        if self.by.is_public and self.by.issuer.did not in known:
            _add_issuer(self.store, self.by.issuer.did, self.tools.clock())

    def look_at_lists(self) -> None:
        """Which list new awards go into."""
        with self.store.read() as db:
            list_no, taken = rows.last_list(db)
        self._list_no = max(list_no, 1) + (taken >= FULL)

    def sign_hers(self, person_id: int) -> int:
        """Sign what of hers is due; how many that were."""
        now_ms = self.tools.clock()
        with self.store.read() as db:
            due = award_rows.due_of(db, person_id, *_due(now_ms))
        return sum(self._tried(row) for row in due)

    def _tried(self, row: AwardRow) -> int:
        try:
            return self._sign(row)
        except (Busy, DiskFull):
            raise
        except Exception as fault:  # whatever it is, everybody else's badges are signed all the same
            self.failed.append(f"award {row.award_id}: {type(fault).__name__}: {fault}")
            _put_off(self.store, row, self.tools.clock() + LATER_MS)
            return 0

    def _sign(self, row: AwardRow) -> int:
        if row.erased_ms is not None or row.revoked_ms is not None:
            _put_off(self.store, row, None)
            return 0
        png_hash, slot, now_ms = self._png(row.says), self._slot(row), self.tools.clock()
        signed = self._signed(document(given(self.by, row, slot, png_hash, self._evidence(row), now_ms)), now_ms)
        new = CredentialRow(
            row.person_id, row.award_id, (row.issue_no or 0) + 1, self.by.key.multibase, *slot, signed, now_ms
        )
        return int(_keep(self.store, row, new, now_ms))

    def _signed(self, unsigned: Mapping[str, Any], now_ms: int) -> str:
        created = datetime.fromtimestamp(now_ms / 1000, UTC)
        return as_text(proofs.sign(unsigned, self.by.key, self.by.issuer.did, created))

    def _slot(self, row: AwardRow) -> Slot:
        """The award's place in a list: the one it has, or a free one found by chance. No order tells when it came."""
        with self.store.read() as db:
            slot = rows.slot_of(db, row.award_id)
            while slot is None:
                chance = Slot(self._list_no, secrets.randbelow(statuslist.SLOTS))
                slot = chance if rows.is_free(db, chance) else None
        return slot

    def _evidence(self, row: AwardRow) -> tuple[Evidence, ...]:
        """What of her own work she wants in it."""
        with self.store.read() as db:
            return chosen(db, row)

    def _png(self, row: VersionRow) -> str:
        """The hash of the PNG of a badge's version, drawn the first time somebody has it."""
        key = (row.badge_id, row.version)
        if key not in self._drawn:
            there = row.png_hash and (self.store.files / row.png_hash).exists()
            self._drawn[key] = row.png_hash if row.png_hash and there else self._draw(row)
        return self._drawn[key]

    def _draw(self, row: VersionRow) -> str:
        key = (row.badge_id, row.version)
        if key in self._undrawn:
            raise self._undrawn[key]
        try:
            png = drawn(picture_of(self.store, row))
        except Undrawn as fault:
            self._undrawn[key] = fault
            raise
        png_hash = hashlib.sha256(png).hexdigest()
        keep_file(self.store, png_hash, png)
        _keep_png(self.store, row, png_hash, len(png))
        return png_hash

    def sign_lists(self) -> int:
        """Sign the lists that say something else than they did."""
        with self.store.read() as db:
            due = _due_lists(db, self.tools.clock())
        return sum(self._sign_list(list_no) for list_no in due)

    def _sign_list(self, list_no: int) -> int:
        now_ms, issuer = self.tools.clock(), self.by.issuer
        with self.store.read() as db:
            seen = rows.status_list(db, list_no)
        if seen is None:
            return 0
        valid_from = datetime.fromtimestamp(now_ms / 1000, UTC)
        unsigned = statuslist.list_document(list_address(issuer.url, list_no), issuer.did, seen.bits, valid_from)
        return int(_keep_list(self.store, seen, self._signed(unsigned, now_ms), now_ms))


@retried
def _add_issuer(store: Store, did: str, at_ms: int) -> None:
    with store.write() as db:
        rows.add_issuer(db, did, at_ms)


@retried
def _put_off(store: Store, row: AwardRow, due_ms: int | None) -> None:
    with store.write() as db:
        award_rows.answer(db, row, due_ms)


@retried
def _keep(store: Store, row: AwardRow, new: CredentialRow, at_ms: int) -> bool:
    """Keep what was signed; False where something else was asked for since, or its place was taken meanwhile."""
    with store.write() as db:
        people_rows.lock(db, row.person_id)  # she may be just being erased
        if not award_rows.answer(db, row, None):
            return False
        if not _has_place(db, Slot(new.list_no, new.slot_no), row.award_id, at_ms):
            db.rollback()
            return False
        rows.add(db, new)
    return True


def _has_place(db: Connection, slot: Slot, award_id: UUID, at_ms: int) -> bool:
    rows.begin_list(db, slot.list_no, statuslist.empty(), at_ms)
    return rows.take_slot(db, slot, award_id) or rows.slot_of(db, award_id) == slot


@retried
def _keep_list(store: Store, seen: ListRow, signed: str, at_ms: int) -> bool:
    with store.write() as db:
        return rows.keep_list(db, seen, signed, at_ms)


@retried
def _keep_png(store: Store, row: VersionRow, png_hash: str, size: int) -> None:
    with store.write() as db:
        course_rows.add_files(db, [{"file_hash": png_hash, "media_type": "image/png", "bytes": size}])
        award_rows.keep_png(db, row.badge_id, row.version, png_hash)

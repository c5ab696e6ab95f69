"""Files learners hand in: keeping them, showing them to whoever may see them, taking them back.

They lie in `evidence` in LMS_VAR, outside everything the site serves by itself, in one folder a person under random
names. A file is written before its row and deleted after it, so whenever the machine stops no row is without its
file; what a stop leaves behind is swept up by a worker (`sweep`).
"""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.content.plan import StepPlan
from lms.errors import N_, DiskFull, Forbidden, NotFound, Refused
from lms.learning.answers import MENTOR, audience
from lms.learning.days import DAY_MS
from lms.learning.uploads import to_keep
from lms.services import pairings
from lms.services.people import SignedIn
from lms.store import merges, people
from lms.store import uploads as rows
from lms.store.gate import Store, retried
from lms.store.people import PersonRow
from lms.store.uploads import UploadRow

TASK, HOURS = "task", "hours"
"""What a file can be for."""
MOST_FOR_ONE = 3
MOST_A_DAY = 20
_LEFT_MS = 3_600_000
"""How old a file without a row is before it is swept up: a younger one may be about to get its row."""
_NAMESPACE = UUID("b4bb1f9e-5f63-4a5e-9a6e-0d3c5c1f7a55")
_one_picture = threading.Lock()
"""Reading a picture takes tens of megabytes for a moment; a process reads one at a time."""

MANY = N_("There are {most} files here already. Take one back first.")
TODAY = N_("You sent {most} files today. Send more tomorrow.")
NO_ACCOUNT = N_("Files are kept for people with an account. Make one first: what you did so far stays.")


@dataclass(frozen=True)
class Upload:
    """A file that was handed in, as a page names it."""

    evidence_id: UUID
    name: str
    media_type: str
    nbytes: int
    made_ms: int


@dataclass(frozen=True)
class Thing:
    """What a file is for, and who may see it: `me` or `mentor`."""

    kind: str
    its_id: UUID
    seen_by: str


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: the id of its form, so that it is kept once; its name; its bytes."""

    its_id: UUID
    name: str
    body: bytes


def task_id(course_id: int, step_no: int) -> UUID:
    """What the files of a Task are kept under: the same however often she hands it in."""
    return uuid.uuid5(_NAMESPACE, f"{course_id} {step_no}")


def folder_of(store: Store, person_id: int) -> Path:
    """Where a person's files lie."""
    return store.files.with_name("evidence") / f"{person_id:016x}"


def of(store: Store, person: SignedIn, for_kind: str, for_id: UUID) -> list[Upload]:
    """What she handed in for one thing, the oldest first."""
    with store.read() as db:
        return found(db, person.ids, for_kind, for_id)


def found(db: Connection, ids: Sequence[int], for_kind: str, for_id: UUID) -> list[Upload]:
    """The same of somebody whom the reader was found to see."""
    return [_upload(row) for row in rows.of(db, ids, for_kind, for_id)]


def all_of(store: Store, person: SignedIn) -> list[Upload]:
    """Every file of hers, the oldest first."""
    with store.read() as db:
        return [_upload(row) for row in rows.of_person(db, person.ids)]


def _upload(row: UploadRow) -> Upload:
    return Upload(row.evidence_id, row.name, row.media_type, row.bytes, row.made_ms)


def for_task(
    store: Store, person: SignedIn, course_id: int, step_no: int, step: StepPlan, file: Sent, at_ms: int
) -> Upload:
    """Keep a file for a Task. Whoever may read the words of the Task may see it."""
    return keep(store, person, Thing(TASK, task_id(course_id, step_no), audience(step)), file, at_ms)


def for_hours(store: Store, person: SignedIn, hours_id: UUID, file: Sent, at_ms: int) -> Upload:
    """Keep a file for a line of hours worked. NotFound where it is not hers."""
    check_hours(store, person, hours_id)
    return keep(store, person, Thing(HOURS, hours_id, MENTOR), file, at_ms)


def check_hours(store: Store, person: SignedIn, hours_id: UUID) -> None:
    """NotFound where a line of hours is not hers."""
    with store.read() as db:
        if not rows.works_on(db, person.ids, hours_id):
            raise NotFound


def keep(store: Store, person: SignedIn, thing: Thing, file: Sent, at_ms: int) -> Upload:
    """Keep a file; sent twice it is kept once.

    Refused for what can't be kept, with why, and where there are enough; Forbidden for a guest.
    """
    if person.guest:
        raise Forbidden(NO_ACCOUNT)
    with _one_picture:
        kept = to_keep(file.name, file.body)
    stored_as = token_hex(32)
    row = UploadRow(
        person_id=person.person_id,
        evidence_id=file.its_id,
        for_kind=thing.kind,
        for_id=thing.its_id,
        seen_by=thing.seen_by,
        name=kept.name,
        media_type=kept.media_type,
        bytes=len(kept.body),
        stored_as=stored_as,
        made_ms=at_ms,
    )
    path = folder_of(store, person.person_id) / stored_as
    _write(path, kept.body)
    try:
        is_new = _add(store, person, row)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not is_new:
        path.unlink(missing_ok=True)
    return _upload(row)


def _write(path: Path, body: bytes) -> None:
    """On the disk before its row says so. DiskFull where there is no room."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise DiskFull from fault


@retried
def _add(store: Store, person: SignedIn, row: UploadRow) -> bool:
    with store.write() as db:
        people.lock(db, row.person_id)
        if rows.one(db, [row.person_id], row.evidence_id) is not None:
            return False
        if len(rows.of(db, person.ids, row.for_kind, row.for_id)) >= MOST_FOR_ONE:
            raise Refused(MANY, "file", most=MOST_FOR_ONE)
        if rows.since(db, row.person_id, row.made_ms - DAY_MS) >= MOST_A_DAY:
            raise Refused(TODAY, "file", most=MOST_A_DAY)
        return rows.add(db, row)


@retried
def take_back(store: Store, person: SignedIn, evidence_id: UUID, at_ms: int) -> None:
    """She takes a file back: it is gone for everybody. Twice is once; NotFound for a file that never was hers."""
    with store.write() as db:
        row = rows.one(db, person.ids, evidence_id)
        if row is not None:
            rows.remove(db, row.person_id, evidence_id, at_ms)
        elif not rows.was_hers(db, person.ids, evidence_id):
            raise NotFound
    if row is not None:
        (folder_of(store, row.person_id) / row.stored_as).unlink(missing_ok=True)


def read_for(
    store: Store, reader: SignedIn, public_id: str, evidence_id: UUID, now_ms: int, zone: ZoneInfo
) -> tuple[Upload, bytes]:
    """A file of somebody's, for herself or, where its page said so, for who is her mentor now; else NotFound."""
    with store.read() as db:
        own = public_id == reader.public_id
        ids = reader.ids if own else _ids_of_hers(db, pairings.mentored(db, reader, public_id, now_ms, zone))
        row = rows.one(db, ids, evidence_id)
    if row is None or not (own or row.seen_by == MENTOR):
        raise NotFound
    try:
        return _upload(row), (folder_of(store, row.person_id) / row.stored_as).read_bytes()
    except FileNotFoundError as gone:  # she took it back just now
        raise NotFound from gone


def _ids_of_hers(db: Connection, learner: PersonRow) -> tuple[int, ...]:
    return tuple(merges.ids_of(db, merges.kept_of(db, learner.person_id)))


def drop_all(store: Store, person_ids: Iterable[int]) -> None:
    """Delete all files of people who are erased. What can't be deleted now a worker sweeps up."""
    for person_id in person_ids:
        shutil.rmtree(folder_of(store, person_id), ignore_errors=True)


def sweep(store: Store, now_ms: int) -> int:
    """Delete files no row names, such as those of a machine that stopped half way; how many."""
    gone = 0
    root = store.files.with_name("evidence")
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        gone += _sweep_one(store, folder, now_ms)
    return gone


def _sweep_one(store: Store, folder: Path, now_ms: int) -> int:
    try:
        person_id = int(folder.name, 16)
    except ValueError:  # not one of ours
        return 0
    with store.read() as db:
        named = {row.stored_as for row in rows.of_person(db, [person_id])}
    left = [path for path in folder.iterdir() if path.name not in named and _age(path, now_ms) > _LEFT_MS]
    for path in left:
        path.unlink(missing_ok=True)
    with suppress(OSError):  # it is not empty
        folder.rmdir()
    return len(left)


def _age(path: Path, now_ms: int) -> int:
    try:
        return now_ms - path.stat().st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return 0

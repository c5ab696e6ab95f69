"""Evidence: what of her own work is in a badge, for whoever she gives the badge to.

She chooses among what she handed in for Tasks and wrote for Reflects of the badge's module or course, or among her
hours at the businesses where she completed a placement; nothing is in it until she does. The award keeps which, and the
title each had then; her words stay where they are, and who may read them there stays as its page promised. A worker
signs a file that holds them (`signing`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.interop.credentials import Evidence, has_room
from lms.learning import placing
from lms.learning.answers import MENTOR
from lms.learning.badges import waits_for_sign_off
from lms.learning.events import EventKind
from lms.services import placed_work
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.store import audit, merges, signoffs
from lms.store import badges as rows
from lms.store import events as event_rows
from lms.store import people as people_rows
from lms.store.badges import AwardRow
from lms.store.events import Written
from lms.store.gate import Store, retried

_UNSIGNED = Evidence("Sign-off", "Handed in with nobody there to sign it off.")


@dataclass(frozen=True)
class Work:
    """Something she can put into a badge. `seen_by`: who may read it where it stands now."""

    event_id: UUID
    title: str
    words: str
    at_ms: int
    seen_by: str
    chosen: bool


def chosen(db: Connection, row: AwardRow) -> tuple[Evidence, ...]:
    """What is to be in the file of an award. Words that were erased are left out."""
    titles = _titles(row)
    kept: dict[UUID, str] = {}
    ids = merges.ids_of(db, row.person_id) if titles else ()
    if row.says.badge == placing.BADGE:
        kept = {it.its_id: it.words for it in placed_work.of(db, ids)}
    for its_id in () if kept else ids:
        kept |= event_rows.words_of(db, its_id, titles)
    works = tuple(Evidence(title, kept[its_id]) for its_id, title in titles.items() if its_id in kept)
    return (*unsigned(db, row), *works)


def unsigned(db: Connection, row: AwardRow) -> tuple[Evidence, ...]:
    """What a badge says where a Task in it was to be signed off and nobody was there to do so (decision 0041)."""
    if row.course_id is None or not waits_for_sign_off(row.says.rule):
        return ()
    ids = merges.ids_of(db, row.person_id)
    return (_UNSIGNED,) if signoffs.unsigned(db, ids, row.course_id, row.says.module) else ()


def _titles(row: AwardRow) -> dict[UUID, str]:
    return {UUID(its_id): title for its_id, title in json.loads(row.evidence or "[]")}


def offered(store: Store, catalogue: Catalogue, person: SignedIn, public_id: str) -> list[Work]:
    """What she can choose for a badge of hers, in the order she wrote it: of each step the last, and what is chosen.

    NotFound for a badge that is not hers or was taken back.
    """
    with store.read() as db:
        row = _hers(db, person, public_id)
        if row.revoked_ms is not None:
            raise NotFound
        titles = _titles(row)
        ids = merges.ids_of(db, row.person_id)
        if row.says.badge == placing.BADGE:
            return [_placed(it, titles) for it in placed_work.of(db, ids)]
        hers = [it for its_id in ids for it in event_rows.written(db, its_id, row.course_id, titles)]
    found = sorted(hers, key=lambda it: it.at_ms)
    newest = {it.step_no: it for it in found if it.words or it.kind == EventKind.TICKED}
    works = []
    for it in found:
        title = titles.get(it.event_id) or (_title(catalogue, row, it) if newest.get(it.step_no) is it else None)
        if title and it.words:
            works.append(Work(it.event_id, title, it.words, it.at_ms, it.seen_by or "", it.event_id in titles))
    return works


def _placed(it: placed_work.Piece, titles: Collection[UUID]) -> Work:
    return Work(it.its_id, it.title, it.words, it.at_ms, MENTOR, it.its_id in titles)


def _title(catalogue: Catalogue, row: AwardRow, it: Written) -> str | None:
    """What a step was called when she wrote it, in her language; None where it is of another module."""
    shape = catalogue.release(it.release_id)
    module, name = shape.places[it.step_no]
    if row.says.module and row.says.module != module:
        return None
    return shape.plan.title_in(it.lang, module, name) or shape.steps[it.step_no].title


@retried
def choose(
    store: Store, catalogue: Catalogue, person: SignedIn, public_id: str, event_ids: Collection[UUID], at_ms: int
) -> None:
    """Have these works in the file of a badge of hers and no others. A change asks for a new one.

    Refused for what is not offered, and for more than a badge has room for.
    """
    works = offered(store, catalogue, person, public_id)
    taken = [it for it in works if it.event_id in event_ids]
    if len(taken) < len(event_ids):
        raise Refused("Something on this page is not there any more. Go back, reload the page, and choose again.")
    with store.read() as db:
        always = unsigned(db, _hers(db, person, public_id))
    if not has_room([*always, *(Evidence(it.title, it.words) for it in taken)]):
        raise Refused("That is more than one badge can hold. Choose fewer, and 10 at most.")
    choice = json.dumps([(str(it.event_id), it.title) for it in taken]) if taken else None
    with store.write() as db:
        row = lock_hers(db, person, public_id)
        if choice == row.evidence:
            return
        rows.choose(db, row, choice)
        rows.ask(db, row.person_id, at_ms, row.award_id)
        audit.note(db, row.person_id, "chose-evidence", at_ms, person.person_id, public_id)


def lock_hers(db: Connection, person: SignedIn, public_id: str) -> AwardRow:
    """A badge of hers, and nothing else changes it meanwhile. NotFound for any other."""
    holder = _hers(db, person, public_id).person_id
    for its_id in sorted({holder, person.person_id}):
        people_rows.lock(db, its_id)
    return _hers(db, person, public_id)


def _hers(db: Connection, person: SignedIn, public_id: str) -> AwardRow:
    row = rows.by_public_id(db, public_id)
    if row is None or row.person_id not in person.ids:
        raise NotFound
    return row

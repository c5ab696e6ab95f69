"""Signing off what a learner handed in for a Task: by her mentor, or by who runs a group of hers.

A sign-off, or "not yet" with what is missing, is an event in the learner's own stream with `by_id` (decision 0041). The
mentor reads what she wrote, as its page promised. Who runs her group sees that it waits and is shown it by her.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.events import Event, EventKind
from lms.learning.people import Permission, scope_of
from lms.services import pairings, typed, uploads
from lms.services.codes import visible_people
from lms.services.courses import Catalogue
from lms.services.events import form_id, record
from lms.services.people import SignedIn
from lms.store import audit, merges, people
from lms.store import mentoring as mentoring_rows
from lms.store import signoffs as rows
from lms.store.gate import Store
from lms.store.people import PersonRow
from lms.store.ring import names_of
from lms.store.signoffs import HandedRow

LONGEST = 1_000


class Stand(StrEnum):
    """How something that was handed in stands."""

    WAITING = "waiting"
    SIGNED = "signed"
    RETURNED = "returned"


@dataclass(frozen=True)
class Handed:
    """A Task that a learner handed in. `by`: who said the last word, empty for nobody; `said`: what is missing."""

    event_id: UUID
    """Of what she handed in last."""
    person_id: int
    """Under which of her ids."""
    release_id: int
    lang: str
    course: str
    course_title: str
    module: str
    name: str
    title: str
    task_id: UUID
    """What her files for it are kept under."""
    words: str
    at_ms: int
    stand: Stand
    by: str
    said: str
    said_ms: int | None


def of(db: Connection, catalogue: Catalogue, ids: Iterable[int]) -> list[Handed]:
    """Every Task with a sign-off that somebody handed in, under any of her ids: what waits first, then the newest."""
    found = rows.of_people(db, ids)
    names = names_of(db, {row.by_id for row in found if row.by_id is not None})
    steps: dict[tuple[int, int], list[HandedRow]] = {}
    for row in found:
        steps.setdefault((row.course_id, row.step_no), []).append(row)
    handed = [it for its in steps.values() if (it := _handed(catalogue, its, names))]
    return sorted(handed, key=lambda it: (it.stand is not Stand.WAITING, -it.at_ms, it.title))


def _handed(catalogue: Catalogue, its: list[HandedRow], names: Mapping[int, str]) -> Handed | None:
    """None where nothing whole was handed in, or nobody has to look at it."""
    last = next((row for row in reversed(its) if row.kind == EventKind.TICKED and row.mark), None)
    if last is None:
        return None
    shape = catalogue.release(last.release_id)
    module, name = shape.places[last.step_no]
    if not shape.steps[last.step_no].sign_off:
        return None
    word = _word(its, last)
    plan = shape.plan
    return Handed(
        last.event_id,
        last.person_id,
        last.release_id,
        last.lang,
        plan.course,
        plan.title,
        module,
        name,
        plan.title_in(last.lang, module, name) or shape.steps[last.step_no].title,
        uploads.task_id(last.course_id, last.step_no),
        last.body or "",
        last.at_ms,
        Stand(word.kind) if word else Stand.WAITING,
        names.get(word.by_id or 0, "") if word else "",
        (word.body or "") if word and word.kind == EventKind.RETURNED else "",
        word.at_ms if word else None,
    )


def _word(its: list[HandedRow], last: HandedRow) -> HandedRow | None:
    """The word that stands: the first sign-off, whatever was said later; else "not yet" to what she handed in last."""
    signed = [row for row in its if row.kind == EventKind.SIGNED]
    if signed:
        return next((row for row in signed if row.by_id is not None), signed[0])
    after = its[its.index(last) + 1 :]
    return next((row for row in reversed(after) if row.kind == EventKind.RETURNED), None)


def of_learner(
    store: Store, catalogue: Catalogue, reader: SignedIn, public_id: str, now_ms: int
) -> tuple[str, list[Handed]]:
    """The name of a learner in a group that somebody runs, and the same without her words. NotFound for others."""
    with store.read() as db:
        person = _in_groups(db, reader, public_id, now_ms)
        ids = merges.ids_of(db, merges.kept_of(db, person.person_id))
        return person.display_name, [_wordless(it) for it in of(db, catalogue, ids)]


def _wordless(it: Handed) -> Handed:
    return replace(it, words="")


def mine(store: Store, catalogue: Catalogue, learner: SignedIn) -> list[Handed]:
    """The same of her own, with all that was said to it."""
    with store.read() as db:
        return of(db, catalogue, merges.ids_of(db, merges.kept_of(db, learner.person_id)))


def waiting(store: Store, catalogue: Catalogue, mentor: SignedIn, now_ms: int, zone: ZoneInfo) -> dict[str, int]:
    """Public id of a learner of a mentor's -> how many Tasks of hers wait to be looked at, of those with any."""
    with store.read() as db:
        here = mentoring_rows.named(db, pairings.mine_now(db, mentor, now_ms, zone))
        names = {it.pairing.person_id: it.public_id for it in here}
        found = of(db, catalogue, sorted(names))
    return Counter(names[it.person_id] for it in found if it.stand is Stand.WAITING)


def say(
    store: Store,
    catalogue: Catalogue,
    signer: SignedIn,
    public_id: str,
    handed_id: UUID,
    missing: str | None,
    form: UUID,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Sign off what was handed in, or say what is `missing`; False where that was done before.

    NotFound for who is neither her mentor now nor runs a group of hers; Refused where she handed in something newer,
    or it is signed off and something is said to be missing.
    """
    said = "" if missing is None else typed.words(missing, "missing", LONGEST)
    if missing is not None and not said:
        raise Refused(N_("Write in a few words what is still missing."), "missing")
    with store.read() as db:
        person = _hers_to_sign(db, signer, public_id, at_ms, zone)
        ids = merges.ids_of(db, merges.kept_of(db, person.person_id))
        it = next((it for it in of(db, catalogue, ids) if it.event_id == handed_id), None)
    if set(signer.ids) & set(ids):
        raise NotFound
    if it is None:
        raise Refused(N_("She handed in something newer. Look at it first."))
    if it.stand is Stand.SIGNED and it.by:
        if missing is None:
            return False
        raise Refused(N_("This is signed off already. Nothing takes that back."))
    new = _record(store, catalogue, signer, it, said, form, at_ms, zone)
    if new:
        with store.write() as db:
            action = "handed-back" if said else "signed-off"
            audit.note(db, ids[0], action, at_ms, signer.person_id, f"{it.course}/{it.module}/{it.name}")
    return new


def _record(
    store: Store,
    catalogue: Catalogue,
    signer: SignedIn,
    it: Handed,
    said: str,
    form: UUID,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    event = Event(
        event_id=form_id(form, [str(it.event_id), said]),
        course=it.course,
        release=catalogue.release(it.release_id).hash,
        module=it.module,
        name=it.name,
        kind=EventKind.RETURNED if said else EventKind.SIGNED,
        lang=it.lang,
        at_ms=at_ms,
        answer=said or (),
    )
    (done,) = record(store, catalogue, it.person_id, [event], at_ms, zone, by_id=signer.person_id)
    if done.result in ("refused", "conflict"):
        raise Refused(done.say)
    return done.result == "new"


def _hers_to_sign(db: Connection, signer: SignedIn, public_id: str, at_ms: int, zone: ZoneInfo) -> PersonRow:
    try:
        return pairings.mentored(db, signer, public_id, at_ms, zone)
    except NotFound:
        return _in_groups(db, signer, public_id, at_ms)


def _in_groups(db: Connection, signer: SignedIn, public_id: str, at_ms: int) -> PersonRow:
    scope = scope_of(signer.roles, Permission.TASK_SIGN, at_ms)
    person = people.by_public_id(db, visible_people(db, scope, 0), public_id) if scope else None
    if person is None:
        raise NotFound
    return person

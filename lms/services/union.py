"""The progress of somebody who has several ids, in the row of the one that was kept (`merging`).

Whatever is written under one of her ids is written as anybody's. Then, in the same transaction and with her rows in
the course locked, all she did is folded together: what only that comes to is reached now, whenever it happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.progress import Outcome, State, state_to_json
from lms.learning.quiz import first_seed
from lms.services.courses import Catalogue
from lms.services.folding import PART, fold_ids
from lms.services.outcomes import add_milestone, give_earned, progress_row
from lms.store import courses as course_rows
from lms.store import merges
from lms.store import progress as rows
from lms.store.events import Entry, Ledger, Standing
from lms.store.progress import First

EMPTY = state_to_json(State())


def lock(db: Connection, person_id: int, course_id: int) -> tuple[int, ...]:
    """Hold the rows of all her ids in a course, one at a time in their order; those ids, the kept one first."""
    while True:
        ids = merges.ids_of(db, person_id)
        for its_id in sorted(ids):
            Ledger(db, its_id, course_id).lock()
        if ids == merges.ids_of(db, person_id):
            return ids


def fold_together(
    db: Connection, catalogue: Catalogue, zone: ZoneInfo, ids: Sequence[int], course_id: int, now_ms: int
) -> None:
    """Write what all she did comes to. Her rows in the course are locked, and some id of hers began it."""
    ledger = Ledger(db, ids[0], course_id)
    standing = ledger.lock() or _begin_too(db, ledger, ids, now_ms)
    for part in ids[1:]:
        rows.mark_part(db, part, course_id, PART)
    state, firsts = fold_ids(db, catalogue, ids, course_id)
    ledger.save(**progress_row(state, standing.last_seq))
    _give(db, ledger, ids, firsts, zone, now_ms)


def _begin_too(db: Connection, ledger: Ledger, ids: Sequence[int], now_ms: int) -> Standing:
    """The kept id begins what another began: where that was, so that it counts there what she learns from now on."""
    first = rows.first_enrolment(db, ids, ledger.course_id)
    ledger.begin({**first, "recorded_ms": now_ms, "draw_seed": first_seed(ids[0], ledger.course_id)}, EMPTY)
    standing = ledger.lock()
    assert standing is not None  # noqa: S101 - it was made in this transaction or by the one we waited for
    return standing


def _give(
    db: Connection, ledger: Ledger, ids: Sequence[int], firsts: dict[Outcome, Entry], zone: ZoneInfo, now_ms: int
) -> None:
    """What none of her ids has reached or earned: learned of now, and it happened when it did."""
    known = {key for its_id in ids for key in rows.milestones_of(db, its_id, ledger.course_id)}
    new = {it: entry for it, entry in firsts.items() if (it.kind, it.name) not in known}
    held = {badge_id for its_id in ids for badge_id in rows.badges_held(db, its_id)} if new else set()
    badges = course_rows.badges_of(db, ledger.course_id) if new else {}
    not_held = {module: badge for module, badge in badges.items() if badge[0] not in held}
    for outcome, entry in new.items():
        first = First(entry.event.at_ms, now_ms, entry.event.release_id)
        add_milestone(ledger, outcome, first, zone)
        give_earned(ledger, not_held, outcome, first)

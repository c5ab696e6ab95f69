"""Rebuilding: what follows from everybody's events computed anew, compared with its rows, and put right.

What follows is progress, milestones, months and badges (docs/reference/data.md, What can be made again).
What has been given stays: a milestone or a badge that today's fold would not give is no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.badges import badge_of, badge_says, earned_by
from lms.learning.days import day_bit, day_of, month_of
from lms.learning.progress import FOLD_VERSION, PUBLISHING, UNCOUNTED, Outcome, State, fold
from lms.services.courses import Catalogue
from lms.services.folding import PART, ShapesById, entries_of
from lms.services.outcomes import add_milestone, give_badge, progress_row
from lms.services.preparing import COUNTED
from lms.services.union import EMPTY
from lms.store import badges as award_rows
from lms.store import courses as course_rows
from lms.store import handles, merges
from lms.store import people as people_rows
from lms.store import progress as rows
from lms.store.events import Entry, Ledger
from lms.store.gate import Store, retried
from lms.store.progress import Enrolled, First, Month


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild found: how many learners in a course, how many events, and where they differed."""

    learners: int
    events: int
    differences: tuple[str, ...]


def rebuild(
    store: Store,
    catalogue: Catalogue,
    zone: ZoneInfo,
    check_only: bool = False,
    step: Callable[[int], None] = lambda _: None,
) -> Rebuilt:
    """Fold everybody's events again and put right what differs (with `check_only`, only say so).

    One person and course at a time, each in its own transaction: memory stays the same for any
    number of people, and learners go on learning meanwhile. Progress that an older version of the
    fold made is put right without a word.
    """
    learners, events, differences = 0, 0, []
    site = _Site(store, catalogue, zone)
    with store.read() as db:
        for row in rows.every_enrolled(db):
            learners += 1
            if row.progress is None or row.progress.fold_version in (FOLD_VERSION, PART):
                due = _due(db, site, row)
                wrong = _difference(db, row, due) and _still_wrong(site, row)
                if wrong and not check_only:
                    _put_right(site, row)
                differences += wrong
            else:
                due = _due(db, site, row) if check_only else _put_right(site, row)
            events += due.count
            step(learners)
    return Rebuilt(learners, events, tuple(differences))


class _Site:
    """What is the same for everybody: the releases, their badges, where a day begins."""

    def __init__(self, store: Store, catalogue: Catalogue, zone: ZoneInfo) -> None:
        self.store = store
        self.zone = zone
        self.shapes = ShapesById(catalogue)
        self._badges: dict[tuple[int, str], tuple[int, int] | None] = {}

    def badge(self, release_id: int, module: str) -> tuple[int, int] | None:
        """(id, version) of the badge a release gives for a module or the course. None for no badge."""
        if (release_id, module) not in self._badges:
            self._badges[release_id, module] = self._look_up(release_id, module)
        return self._badges[release_id, module]

    def _look_up(self, release_id: int, module: str) -> tuple[int, int] | None:
        shape = self.shapes[release_id]
        badge = badge_of(shape.plan, module)
        if badge is None:
            return None
        with self.store.read() as db:
            return course_rows.badge_saying(db, shape.course_id, module, badge_says(shape.plan, module, badge))


@dataclass(frozen=True)
class _Due:
    """What the rows of a learner in a course should hold."""

    count: int
    """How many events that follows from."""
    progress: dict[str, Any]
    missing: dict[tuple[str, str], First]
    """Milestones she has reached and that are not there."""
    months: dict[int, Month]
    badges: dict[tuple[int, int], First]
    ids: tuple[int, ...]
    """Of which the events are: her own first, and any that were merged into it."""


@dataclass(frozen=True)
class _Folded:
    """What a learner's events in a course come to."""

    state: State
    count: int
    last_seq: int
    first_times: dict[tuple[str, str], Entry]
    answers: dict[int, int]
    """Instant at which something she did was recorded -> how many answers."""


def _due(db: Connection, site: _Site, row: Enrolled) -> _Due:
    ids = merges.ids_of(db, row.person_id)
    hers = ids if ids[0] == row.person_id else (row.person_id,)
    folded = _fold_again(db, site, row, hers)
    kept = rows.milestones_of(db, row.person_id, row.course_id)
    others = {key for its_id in hers[1:] for key in rows.milestones_of(db, its_id, row.course_id)}
    since_ms = max((it.at_ms for it in merges.made_into(db, hers)), default=0) if len(hers) > 1 else 0
    known = kept.keys() | others
    missing = {key: _first(entry, since_ms) for key, entry in folded.first_times.items() if key not in known}
    reached = kept | missing
    progress = progress_row(folded.state, folded.last_seq) | ({"fold_version": PART} if ids[0] != row.person_id else {})
    return _Due(folded.count, progress, missing, _months(folded, reached, site.zone), _badges(site, reached), hers)


def _fold_again(db: Connection, site: _Site, row: Enrolled, ids: Sequence[int]) -> _Folded:
    """`ids`: those of which the events stand in her row, her own first. Days and answers are those of her own."""
    state, count, last_seq = State(), 0, 0
    first_times: dict[tuple[str, str], Entry] = {}
    answers: dict[int, int] = {}
    for entry, seed in entries_of(db, ids, row.course_id):
        event, recorded_ms = entry.event, entry.recorded_ms
        for outcome in fold(state, event, site.shapes, seed).outcomes:
            first_times.setdefault((outcome.kind, outcome.name), entry)
        if event.whose:
            continue
        count, last_seq = count + 1, max(last_seq, entry.seq)
        if event.kind not in UNCOUNTED:
            answers[recorded_ms] = answers.get(recorded_ms, 0) + (event.kind in COUNTED)
    return _Folded(state, count, last_seq, first_times, answers)


def _first(entry: Entry, since_ms: int) -> First:
    """What several ids came to together was known from when they were one."""
    return First(entry.event.at_ms, max(entry.recorded_ms, since_ms), entry.event.release_id)


def _months(folded: _Folded, reached: dict[tuple[str, str], First], zone: ZoneInfo) -> dict[int, Month]:
    """Days and answers from events, lessons from milestones but for those a publication finished."""
    months: dict[int, Month] = {}

    def count(recorded_ms: int, answers: int, lessons: int) -> None:
        day = day_of(recorded_ms, zone)
        bits, so_far, finished = months.get(month_of(day), Month(0, 0, 0))
        months[month_of(day)] = Month(bits | day_bit(day), so_far + answers, finished + lessons)

    for recorded_ms, answers in folded.answers.items():
        count(recorded_ms, answers, 0)
    for key, first in reached.items():
        brought = folded.first_times.get(key)
        by_her = first.recorded_ms in folded.answers  # else two ids that are one person came to it together
        if key[0] == "lesson" and by_her and not (brought and brought.event.kind in PUBLISHING):
            count(first.recorded_ms, 0, 1)
    return months


def _badges(site: _Site, reached: dict[tuple[str, str], First]) -> dict[tuple[int, int], First]:
    """The badges her milestones earned by the releases she reached them in."""
    found = {}
    for (kind, name), first in reached.items():
        module = earned_by(Outcome(kind, name))
        badge = site.badge(first.release_id, module) if module is not None else None
        if badge is not None:
            found[badge] = first
    return found


def _difference(db: Connection, row: Enrolled, due: _Due) -> list[str]:
    key = (row.person_id, row.course_id)
    months = rows.months_of(db, *key)
    held = _held(db, due) if due.badges else set()
    found = [_wrong_progress(row, due)] if _wrong_progress(row, due) else []
    found += [f"milestone {kind} {name} is missing" for kind, name in sorted(due.missing)]
    odd = {month for month in months | due.months if months.get(month) != due.months.get(month)}
    found += [f"month {month} differs from events" for month in sorted(odd)]
    found += [f"badge {badge_id} is missing" for badge_id, _version in sorted(due.badges) if badge_id not in held]
    return [f"person {row.person_id}, course {row.course_id}: {said}" for said in found]


def _held(db: Connection, due: _Due) -> set[int]:
    return {badge_id for its_id in due.ids for badge_id in rows.badges_held(db, its_id)}


def _wrong_progress(row: Enrolled, due: _Due) -> str:
    if row.progress is None:
        return "progress is missing"
    wrong = [column for column, value in due.progress.items() if getattr(row.progress, column) != value]
    return f"progress differs from events ({', '.join(wrong)})" if wrong else ""


def _still_wrong(site: _Site, row: Enrolled) -> list[str]:
    """Look once more, at one instant: she may have gone on between the reading of her progress and her events."""
    with site.store.read(snapshot=True) as db:
        now = rows.enrolled(db, row.person_id, row.course_id)
        return _difference(db, now, _due(db, site, now)) if now else []


@retried
def _put_right(site: _Site, row: Enrolled) -> _Due:
    """Fold once more under the lock, since she may have gone on meanwhile, and write it."""
    with site.store.write() as db:
        ledger = Ledger(db, row.person_id, row.course_id)
        if row.progress is None:
            ledger.begin_again(EMPTY)
        standing, due = ledger.lock(), _due(db, site, row)
        if standing is not None:  # else gone meanwhile
            _write(db, ledger, site, due)
    return due


def _write(db: Connection, ledger: Ledger, site: _Site, due: _Due) -> None:
    for key, first in due.missing.items():
        add_milestone(ledger, Outcome(*key), first, site.zone)
    if rows.months_of(db, ledger.person_id, ledger.course_id) != due.months:
        ledger.drop_months()
        for month, counted in due.months.items():
            ledger.add_month(month, *counted)
    ledger.save(**due.progress)
    held = _held(db, due)
    for badge, earned in due.badges.items():
        if badge[0] not in held:
            give_badge(ledger, badge, earned)
    if due.badges and people_rows.person(db, ledger.person_id) is None:
        handles.forget(db, ledger.person_id)  # no address leads to somebody who was erased
        award_rows.ask_nothing(db, ledger.person_id)

"""What a business sees by a link, and what it says: are the hours of this week right?

A link is for one week and one answer. Whoever has it sees that week and nothing else of hers; no account, no cookie.
`asking` makes the links.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, AllAtOnce, NotFound, Refused
from lms.learning import weeks as rules
from lms.learning.days import day_of
from lms.learning.placing import Line, Week
from lms.learning.weeks import WEEK_MINUTES
from lms.services import hours, throttles, typed
from lms.store import audit, handles, merges, people
from lms.store import placements as placed
from lms.store import weeks as rows
from lms.store.gate import Store, retried
from lms.store.placements import BusinessRow, ConfirmationRow, PlacementRow
from lms.store.weeks import LinkRow

LONGEST_SAID = 1_000
OLD = N_("This link does not work any more. Ask whoever arranged the placement for a new one.")
USED = N_("Thank you. We have an answer for this week, and this link is used up. There is nothing more to do.")
NEWER = N_("There is a newer link for this week. Please use the newest one you were given.")
CLEAR = N_("Thank you. The hours of this week are clear now. There is nothing more to do.")
CHANGED = N_("She changed her hours while you read. Look at them again, then answer.")
SAME = N_("That is what she wrote down. Is it right? Then press yes above. If not, type how many hours were right.")
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms week answers")


@dataclass(frozen=True)
class Asked:
    """What stands behind a link: whose first name (empty for none to say), at which business, which week."""

    row: PlacementRow
    week: Week
    firm: BusinessRow
    name: str

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.week.lines

    @property
    def seen(self) -> str:
        """What an answer is sent with, so that it counts for just this."""
        return rules.seen_as(self.week)


def look(store: Store, code: str, address: str, now_ms: int, zone: ZoneInfo) -> Asked:
    """What a link shows. Looking changes nothing: mail programs do. NotFound, with why, for one that no longer works.

    TooManyTries where too many links that lead nowhere came from an address.
    """
    throttles.check(store, "", address, now_ms)
    with store.read() as db:
        link = rows.found(db, code)
        fault = _fault(link, now_ms)
        found = asked_of(db, link, now_ms, zone) if link and not fault else None
    if link is None:
        _count_wrong(store, address, now_ms)
    if found is None:
        raise NotFound(fault or CLEAR)
    return found


def answer(
    store: Store, code: str, address: str, seen: str, minutes: int | None, said: str, at_ms: int, zone: ZoneInfo
) -> bool:
    """Keep what a business says of a week and use its link up; whether it agreed. `minutes`: None for "that is right".

    Of two answers at once one counts. NotFound as for looking; Refused, and the link stays, for what can't be taken
    and where she changed her hours meanwhile.
    """
    throttles.check(store, "", address, at_ms)
    words = _words(minutes, said)
    return _answer(store, code, seen, minutes, words, at_ms, zone)


def _words(minutes: int | None, said: str) -> str:
    if minutes is None:
        return ""
    checks, words = AllAtOnce(), ""
    with checks:
        if not 0 <= minutes <= WEEK_MINUTES:
            raise Refused(N_("Type how many hours were right. Type 0 if none were."), "hours")
    with checks:
        words = typed.words(said, "said", LONGEST_SAID)
        if not words:
            raise Refused(N_("Write in a few words what was different."), "said")
    checks.tell()
    return words


@retried
def _answer(store: Store, code: str, seen: str, minutes: int | None, words: str, at_ms: int, zone: ZoneInfo) -> bool:
    with store.write() as db:
        link = _held(db, code)
        fault = _fault(link, at_ms)
        found = asked_of(db, link, at_ms, zone) if link and not fault else None
        if link is None or found is None:
            raise NotFound(fault or CLEAR)
        if seen != found.seen:
            raise Refused(CHANGED)
        if minutes == found.week.minutes:
            raise Refused(SAME, "hours")
        if not handles.use(db, rows.WEEK, code, at_ms):
            raise NotFound(USED)
        rows.change(db, link, used_ms=at_ms)
        agreed, week = minutes is None, found.week
        its = ConfirmationRow(
            person_id=link.person_id,
            placement_id=link.placement_id,
            week=week.monday,
            confirmation_id=uuid.uuid5(_SPACE, link.link_id.hex),
            by_business=True,
            minutes=week.minutes if minutes is None else minutes,
            agreed=agreed,
            said=words or None,
            by_id=None,
            at_ms=at_ms,
        )
        placed.confirm(db, its)
        action = "business-agreed" if agreed else "business-disputed"
        audit.note(db, link.person_id, action, at_ms, None, str(week.monday))
    return agreed


def _held(db: Connection, code: str) -> LinkRow | None:
    """The link of a code as it stands while nobody else changes what hangs on her."""
    link = rows.found(db, code)
    if link is None:
        return None
    people.lock(db, link.person_id)
    return rows.found(db, code)


def _fault(link: LinkRow | None, now_ms: int) -> str:
    """Why a link does not work; empty where it does."""
    if link is None:
        return OLD
    if link.used_ms is not None:
        return USED
    if link.closed_ms is not None:
        return NEWER
    return OLD if now_ms >= link.expires_ms else ""


def asked_of(db: Connection, link: LinkRow, now_ms: int, zone: ZoneInfo) -> Asked | None:
    """What a link is about; None where there is nothing left to say about it, or she is gone."""
    person = people.person(db, merges.kept_of(db, link.person_id))
    row = next((it for it in placed.of_learners(db, [link.person_id]) if it.placement_id == link.placement_id), None)
    if person is None or row is None:
        return None
    today = day_of(now_ms, zone)
    week = next((it for it in hours.weeks_of(db, row, today) if it.monday == link.week), None)
    if week is None or not rules.can_be_asked(week, today):
        return None
    return Asked(row, week, firm_of(db, row), rules.first_name(person.display_name))


def firm_of(db: Connection, row: PlacementRow) -> BusinessRow:
    """The business of a placement."""
    (found,) = placed.business_rows(db, [row.business_id])
    return found


@retried
def _count_wrong(store: Store, address: str, now_ms: int) -> None:
    with store.write() as db:
        throttles.count_wrong(db, address, now_ms)

"""The log of a placement: what a learner worked on which day, and what the mentor and the staff say of each week."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, AllAtOnce, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.placing import LATE_DAYS, Line, State, Week, WhyNot, monday_of, weeks, why_not_log
from lms.services import pairings, placements, typed
from lms.services.people import SignedIn
from lms.store import audit, merges, people
from lms.store import placements as rows
from lms.store.gate import Store, retried
from lms.store.placements import ConfirmationRow, HoursRow, PlacementRow

LONGEST_WHAT = 1_000
LONGEST_LINK = 500
LONGEST_SAID = 1_000
_SAID = {
    WhyNot.MINUTES: (N_("Type how long it was: from 1 minute to 24 hours."), "hours"),
    WhyNot.FUTURE: (N_("That day is still to come. You can fill it in when it is over."), "day"),
    WhyNot.BEFORE: (N_("That is before your first day there. Choose a later day."), "day"),
    WhyNot.AFTER: (N_("That is after your last day there. Choose an earlier day."), "day"),
    WhyNot.LATE: (N_("It ended more than {days} days ago. Tell your mentor or facilitator about these hours."), "day"),
    WhyNot.FULL: (
        N_("With what you wrote before, that day has more than 24 hours. Look at the number again."),
        "hours",
    ),
}


@retried
def log(store: Store, learner: SignedIn, placement_id: UUID, line: Line, at_ms: int, zone: ZoneInfo) -> bool:
    """She says how long she worked on a day, or corrects what she said; False where this form did it before.

    NotFound where the placement, or the line it replaces, is not hers; Refused with all that can't be.
    """
    checks, what, link = AllAtOnce(), "", ""
    with checks:
        what = typed.words(line.what, "what", LONGEST_WHAT)
        if not what and line.minutes:
            raise Refused(N_("Write in a few words what you did."), "what")
    with checks:
        link = _link(line.link or "")
    with store.write() as db:
        for its_id in sorted(learner.ids):
            people.lock(db, its_id)
        row = hers(db, learner, placement_id)
        if people.person(db, learner.person_id) is None:
            raise NotFound
        before = rows.hours_of(db, merges.ids_of(db, row.person_id))
        if any(it.hours_id == line.hours_id for it in before):
            return False
        corrected = next((it for it in before if it.hours_id == line.replaces), None)
        if line.replaces and (corrected is None or corrected.placement_id != placement_id):
            raise NotFound
        if corrected and any(it.replaces == corrected.hours_id for it in before):
            raise Refused(N_("You changed this line before. Load the page again to see what holds now."))
        _check_week(db, row, {line.day, *((corrected.day,) if corrected else ())})
        why = why_not_log(line, row.span, [it.line for it in before], day_of(at_ms, zone))
        with checks:
            if why:
                sentence, field = _SAID[why]
                raise Refused(sentence, field, days=LATE_DAYS) if why is WhyNot.LATE else Refused(sentence, field)
        checks.tell()
        own = HoursRow(
            person_id=row.person_id,
            hours_id=line.hours_id,
            placement_id=placement_id,
            day=line.day,
            minutes=line.minutes,
            what=what,
            link=link or None,
            at_ms=at_ms,
            recorded_ms=at_ms,
            replaces=line.replaces,
        )
        rows.log(db, own)
    return True


def _check_week(db: Connection, row: PlacementRow, days: set[int]) -> None:
    """Refused where a week is settled: what counts there was said, after asking both sides."""
    mondays = {monday_of(day) for day in days}
    for week in weeks_of(db, row, max(days)):
        if week.monday in mondays and week.state is State.SETTLED:
            raise Refused(N_("That week was looked into and is settled. Ask your facilitator to change it."), "day")


def hers(db: Connection, learner: SignedIn, placement_id: UUID) -> PlacementRow:
    """A placement of somebody's own. NotFound for any other."""
    ids = merges.ids_of(db, merges.kept_of(db, learner.person_id))
    for row in rows.of_learners(db, ids):
        if row.placement_id == placement_id:
            return row
    raise NotFound


def weeks_of(db: Connection, row: PlacementRow, today: int) -> list[Week]:
    """Every week of a placement with something in it, the earliest first."""
    return weeks_each(db, [row], today)[row.placement_id]


def weeks_each(db: Connection, placed: Sequence[PlacementRow], today: int) -> dict[UUID, list[Week]]:
    """Placement -> its weeks, for the placements of any people in two queries."""
    ids = sorted({row.person_id for row in placed})
    lines, said = rows.hours_of(db, ids), rows.said_of(db, ids)
    return {
        row.placement_id: weeks(
            [it.line for it in lines if it.placement_id == row.placement_id],
            [it.word for it in said if it.placement_id == row.placement_id],
            today,
        )
        for row in placed
    }


@retried
def sign(
    store: Store,
    mentor: SignedIn,
    public_id: str,
    placement_id: UUID,
    week: int,
    minutes: int,
    sign_id: UUID,
    at_ms: int,
    zone: ZoneInfo,
    asked: str = "",
) -> bool:
    """Her mentor signs a week off as it stands, or asks about it (`asked`); False where this form did it before.

    `minutes`: what the page showed. NotFound for who is not her mentor now; Refused where it has changed since, or is
    in dispute.
    """
    words = typed.words(asked, "said", LONGEST_SAID)
    with store.write() as db:
        learner = pairings.mentored(db, mentor, public_id, at_ms, zone)
        ids = merges.ids_of(db, merges.kept_of(db, learner.person_id))
        row = next((it for it in rows.of_learners(db, ids) if it.placement_id == placement_id), None)
        if row is None:
            raise NotFound
        people.lock(db, row.person_id)
        found = _week(db, row, week, at_ms, zone)
        if found.state is State.SETTLED:
            raise Refused(N_("This week is settled already. Load the page again."))
        if words:
            return _say(db, row, week, sign_id, found.minutes, words, mentor, "asked-about-week", at_ms, agreed=False)
        if found.state is State.DISPUTED:
            raise Refused(N_("The business said something else. Whoever runs the group settles this week."))
        if found.minutes != minutes:
            raise Refused(N_("She changed this week meanwhile. Look at it again, then sign it off."))
        return _say(db, row, week, sign_id, minutes, "", mentor, "signed-week", at_ms)


@retried
def settle(
    store: Store,
    giver: SignedIn,
    public_id: str,
    placement_id: UUID,
    week: int,
    minutes: int,
    said: str,
    settle_id: UUID,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Whoever may place her says how many minutes a week in dispute has, and why; False where this form did before."""
    words = typed.words(said, "said", LONGEST_SAID)
    if not words:
        raise Refused(N_("Write in a few words what was agreed."), "said")
    with store.write() as db:
        row = placements.in_reach(db, giver, public_id, placement_id, at_ms)
        people.lock(db, row.person_id)
        found = _week(db, row, week, at_ms, zone)
        if any(it.confirmation_id == settle_id for it in rows.said_of(db, [row.person_id])):
            return False
        if found.state not in (State.DISPUTED, State.SETTLED):
            raise Refused(N_("Nothing is in dispute in this week any more."))
        if not 0 <= minutes <= 7 * 24 * 60:
            raise Refused(N_("Type how many hours count."), "hours")
        return _say(db, row, week, settle_id, minutes, words, giver, "settled-week", at_ms)


def _week(db: Connection, row: PlacementRow, monday: int, at_ms: int, zone: ZoneInfo) -> Week:
    found = next((it for it in weeks_of(db, row, day_of(at_ms, zone)) if it.monday == monday), None)
    if found is None:
        raise NotFound
    return found


def _say(
    db: Connection,
    row: PlacementRow,
    week: int,
    its_id: UUID,
    minutes: int,
    words: str,
    by: SignedIn,
    action: str,
    at_ms: int,
    *,
    agreed: bool = True,
) -> bool:
    word = ConfirmationRow(
        person_id=row.person_id,
        placement_id=row.placement_id,
        week=week,
        confirmation_id=its_id,
        by_business=False,
        minutes=minutes,
        agreed=agreed,
        said=words or None,
        by_id=by.person_id,
        at_ms=at_ms,
    )
    new = rows.confirm(db, word)
    if new:
        audit.note(db, row.person_id, action, at_ms, by.person_id, str(week))
    return new


def _link(typed_: str) -> str:
    link = typed.line(typed_, "link", LONGEST_LINK)
    if link and not _is_address(link):
        raise Refused(N_("Paste the whole address, from https:// on."), "link")
    return link


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc and " " not in link

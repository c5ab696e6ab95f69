"""Asking a business whether the hours of a week are right: letters by a worker, and links that staff send or show.

A worker asks for the job of a day at its first look of it. The job writes one letter about each week that is over and
of which nobody has said a word, and one reminder where no answer comes. Whether it is still to be asked is looked at
again when the letter is sent (`posting`). A newer link closes those before.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, Refused
from lms.learning import weeks as rules
from lms.learning.days import DAY_MS, day_of
from lms.learning.mail import Kind, Outcome
from lms.learning.placing import Week, days_on
from lms.learning.weeks import AGAIN_MS, BACK_DAYS, LINK_MS, Way
from lms.services import hours, jobs, placements
from lms.services.jobs import At, Tools
from lms.services.people import SignedIn
from lms.services.weeks import asked_of, firm_of
from lms.store import audit, mail, people
from lms.store import placements as placed
from lms.store import weeks as rows
from lms.store.gate import Store, retried
from lms.store.mail import MailRow
from lms.store.placements import BusinessRow, PlacementRow
from lms.store.weeks import LinkRow

__all__ = [
    "DONE",
    "KIND",
    "NO_ADDRESS",
    "NO_MAIL",
    "PAGE",
    "AskedWeek",
    "Asking",
    "LinkRow",
    "Question",
    "letter_ended",
    "links_of",
    "of",
    "question",
    "run",
    "send",
    "show",
]

KIND = "weeks"
PAGE = 200
DONE = N_("Nobody needs to be asked about that week. Load the page again to see how it stands.")
NO_ADDRESS = N_("We have no email address of this business. Add one on its page, or show the link and pass it on.")
NO_MAIL = N_("This site sends no email. Show the link, and pass it on.")
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms weeks")


def run(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
    """Write the letters of a day, one person a step."""
    day, after = int(args["day"]), int(at_key or 0)
    while ids := _worked(tools.store, days_on(day, -BACK_DAYS - 7), after):
        for person_id in ids:
            yield At(str(person_id), _ask(tools, person_id, day))
        after = ids[-1]
    jobs.drop_ended(tools.store, KIND)


def _worked(store: Store, since_day: int, after: int) -> list[int]:
    with store.read() as db:
        return rows.who_worked(db, since_day, after, PAGE)


@retried
def _ask(tools: Tools, person_id: int, day: int) -> int:
    """How many letters about somebody's weeks are written now."""
    now_ms = tools.clock()
    due_ms = max(now_ms, rules.written_at(day, tools.zone))
    with tools.store.write() as db:
        people.lock(db, person_id)
        if people.person(db, person_id) is None:
            return 0
        links, count = rows.of_people(db, [person_id]), 0
        for row in placed.of_learners(db, [person_id]):
            if not firm_of(db, row).email:
                continue
            weeks = hours.weeks_of(db, row, day)
            for week in weeks:
                if rules.to_ask(week, day) and not any(it.week == week.monday for it in _of(links, row)):
                    count += _write(db, _new(row, week.monday, Way.LETTER, due_ms, None, first=True), now_ms, due_ms)
            asked = {it.monday for it in weeks if rules.to_ask(it, day)}
            for link in _of(links, row):
                if link.week in asked and _is_unanswered(link, due_ms):
                    rows.change(db, link, again_ms=now_ms)
                    count += _post(db, link, Kind.WEEK_AGAIN, now_ms, due_ms)
    return count


def _of(links: list[LinkRow], row: PlacementRow) -> list[LinkRow]:
    return [it for it in links if it.placement_id == row.placement_id]


def _is_unanswered(link: LinkRow, now_ms: int) -> bool:
    """Whether it is time for the one reminder."""
    if link.way != Way.LETTER or link.sent_ms is None or link.again_ms is not None or link.refused_ms is not None:
        return False
    return link.is_open(now_ms) and now_ms - link.sent_ms >= AGAIN_MS - DAY_MS // 2


def _new(row: PlacementRow, week: int, way: Way, at_ms: int, by_id: int | None, *, first: bool = False) -> LinkRow:
    """`first`: the one the worker makes by itself, which is the same however often it is made."""
    link_id = uuid.uuid5(_SPACE, f"{row.placement_id} {week}") if first else uuid.uuid4()
    return LinkRow(row.person_id, link_id, row.placement_id, week, way, by_id, at_ms, at_ms + LINK_MS)


def _write(db: Connection, link: LinkRow, now_ms: int, due_ms: int) -> int:
    """Keep a link and write its letter."""
    if not rows.add(db, link):
        return 0
    audit.note(db, link.person_id, "asked-business", now_ms, link.by_id, str(link.week))
    return _post(db, link, Kind.WEEK, now_ms, due_ms)


def _post(db: Connection, link: LinkRow, kind: Kind, now_ms: int, due_ms: int) -> int:
    late_ms = min(link.expires_ms, due_ms + 3 * DAY_MS)
    letter = MailRow(link.person_id, uuid.uuid4(), kind, f"{kind}-{link.link_id.hex}", None, now_ms, due_ms, late_ms)
    return int(mail.add(db, letter))


@dataclass(frozen=True)
class Question:
    """What a letter asks: of whom, about whom, which week, until when its link works."""

    link: LinkRow
    address: str
    name: str
    week: str
    until: str


def question(db: Connection, tools: Tools, held: MailRow, now_ms: int) -> Question | None:
    """What the letter that is being sent says; None where nobody needs to ask any more."""
    link = _link_of(db, held)
    if link is None or not link.is_open(now_ms):
        return None
    found = asked_of(db, link, now_ms, tools.zone)
    if found is None or not found.firm.email:
        return None
    until = rules.on(day_of(link.expires_ms, tools.zone))
    return Question(link, found.firm.email, found.name, rules.on(link.week), until)


def _link_of(db: Connection, held: MailRow) -> LinkRow | None:
    return rows.one(db, held.person_id, UUID(held.dedup.rpartition("-")[2]))


def letter_ended(db: Connection, held: MailRow, outcome: Outcome, at_ms: int) -> None:
    """Keep what became of a letter, for staff to see."""
    link = _link_of(db, held)
    if link is not None and outcome is Outcome.SENT and link.sent_ms is None:
        rows.change(db, link, sent_ms=at_ms)
    elif link is not None and outcome is Outcome.REFUSED:
        rows.change(db, link, refused_ms=at_ms)


# What staff do.


def links_of(db: Connection, row: PlacementRow) -> list[LinkRow]:
    """Every link to weeks of a placement, the oldest first."""
    return _of(rows.of_people(db, [row.person_id]), row)


@dataclass(frozen=True)
class AskedWeek:
    """A week of a placement that is over, and how its business was asked about it; the newest link first."""

    week: Week
    links: tuple[LinkRow, ...]
    open: bool
    """Whether there is anything left to ask."""


@dataclass(frozen=True)
class Asking:
    """Whose placement, where, and each week that is over, the newest first."""

    name: str
    firm: BusinessRow
    weeks: tuple[AskedWeek, ...]


def of(store: Store, reader: SignedIn, public_id: str, placement_id: UUID, now_ms: int, zone: ZoneInfo) -> Asking:
    """How the business of a placement was asked, for whoever may place her. NotFound out of reach."""
    with store.read() as db:
        person, _ids, _organisations = placements.learner_in_reach(db, reader, public_id, now_ms)
        row = placements.in_reach(db, reader, public_id, placement_id, now_ms)
        today, links = day_of(now_ms, zone), links_of(db, row)[::-1]
        over = [it for it in hours.weeks_of(db, row, today)[::-1] if rules.is_over(it.monday, today)]
        firm = firm_of(db, row)
    weeks = [
        AskedWeek(it, tuple(link for link in links if link.week == it.monday), rules.can_be_asked(it, today))
        for it in over
    ]
    return Asking(person.display_name, firm, tuple(weeks))


@retried
def show(
    store: Store, giver: SignedIn, public_id: str, placement_id: UUID, week: int, at_ms: int, zone: ZoneInfo
) -> str:
    """A code for a link that staff pass on themselves. Those before it work no more.

    NotFound out of reach; Refused where nothing is left to ask.
    """
    with store.write() as db:
        row = _asking(db, giver, public_id, placement_id, week, at_ms, zone)
        link, code = _new(row, week, Way.SHOWN, at_ms, giver.person_id), secrets.token_urlsafe(24)
        _close(db, row, week, at_ms)
        rows.add(db, link)
        rows.lead(db, link, code, at_ms)
        audit.note(db, row.person_id, "showed-week-link", at_ms, giver.person_id, str(week))
    return code


@retried
def send(
    store: Store,
    giver: SignedIn,
    public_id: str,
    placement_id: UUID,
    week: int,
    at_ms: int,
    zone: ZoneInfo,
    *,
    posts: bool,
) -> None:
    """Write the business a new letter about a week now. Links before it work no more.

    NotFound out of reach; Refused where nothing is left to ask, and where no letter can go there. `posts`: whether
    this site sends letters.
    """
    with store.write() as db:
        row = _asking(db, giver, public_id, placement_id, week, at_ms, zone)
        if not posts:
            raise Refused(NO_MAIL)
        if not firm_of(db, row).email:
            raise Refused(NO_ADDRESS)
        _close(db, row, week, at_ms)
        _write(db, _new(row, week, Way.LETTER, at_ms, giver.person_id), at_ms, at_ms)


def _asking(
    db: Connection, giver: SignedIn, public_id: str, placement_id: UUID, monday: int, at_ms: int, zone: ZoneInfo
) -> PlacementRow:
    """A placement in reach, held, a week of which its business can still be asked about."""
    row = placements.in_reach(db, giver, public_id, placement_id, at_ms)
    people.lock(db, row.person_id)
    today = day_of(at_ms, zone)
    if not any(it.monday == monday and rules.can_be_asked(it, today) for it in hours.weeks_of(db, row, today)):
        raise Refused(DONE)
    return row


def _close(db: Connection, row: PlacementRow, week: int, at_ms: int) -> None:
    for link in links_of(db, row):
        if link.week == week and link.is_open(at_ms):
            rows.change(db, link, closed_ms=at_ms)

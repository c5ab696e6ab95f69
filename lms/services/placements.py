"""Placing a learner at a business: for how long, how many hours a week, and what became of it.

Whoever may place a learner reaches her by her groups, or by a placement that her organisation made: who left her groups
is not left at a business nobody can speak for. What the risks are is read by those who may place her, and nobody else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.people import Permission
from lms.learning.placing import (
    LATER_DAYS,
    MOST_WEEK_MINUTES,
    WEEK_MINUTES,
    Ended,
    Span,
    WhyNot,
    asked_again_from,
    minutes_at_most,
    standing,
    why_not,
)
from lms.services import businesses, typed
from lms.services.people import SignedIn
from lms.store import audit, meetings, merges, people
from lms.store import pairings as pairing_rows
from lms.store import placements as rows
from lms.store.gate import Store, retried
from lms.store.people import PersonRow
from lms.store.placements import BusinessRow, PlacementRow

LONGEST = 2_000
_SAID = {
    WhyNot.ORDER: (N_("The last day is before the first. Choose a later one."), "ends"),
    WhyNot.LONG: (N_("A year is the longest. Choose an earlier last day."), "ends"),
    WhyNot.FAR: (N_("Look at the year again."), "starts"),
    WhyNot.MANY: (N_("With her other placements that is more than 48 hours a week. Type fewer."), "week_hours"),
    WhyNot.MINUTES: (N_("Choose from 1 to 48 hours a week."), "week_hours"),
    WhyNot.UNCHECKED: (
        N_("Nobody can begin there yet. First note on the page of the business what was looked at, and the agreement."),
        "business",
    ),
    WhyNot.ENDED: (N_("This business takes nobody just now. Choose another one."), "business"),
    WhyNot.PLACED: (N_("She is at this business in that time already."), "starts"),
}


@dataclass(frozen=True)
class Terms:
    """Where somebody is placed, from when to when, and how much is agreed. Days are `yyyymmdd`."""

    business: str
    starts_day: int
    ends_day: int
    week_minutes: int = WEEK_MINUTES
    paid: bool = True
    risks: str = ""


@dataclass(frozen=True)
class Choice:
    """A learner to be placed: her placements, each with its business, and where she could go."""

    public_id: str
    name: str
    adult: str
    """What she said about her age."""
    placements: tuple[tuple[PlacementRow, BusinessRow], ...]
    businesses: tuple[BusinessRow, ...]


def choose(store: Store, giver: SignedIn, public_id: str, now_ms: int) -> Choice:
    """What the form to place somebody shows. NotFound where she is out of reach."""
    with store.read() as db:
        person, ids, organisations = learner_in_reach(db, giver, public_id, now_ms)
        hers = [row for row in rows.of_learners(db, ids) if row.organisation_id in organisations]
        there = {it.business_id: it for it in rows.business_rows(db, {row.business_id for row in hers})}
        free = [it for it in rows.businesses_of(db, organisations) if it.ended_ms is None]
        adult = json.loads(person.wishes).get("adult", "")
    placed = tuple((row, there[row.business_id]) for row in hers)
    return Choice(person.public_id, person.display_name, adult, placed, tuple(free))


@retried
def place(
    store: Store, giver: SignedIn, public_id: str, terms: Terms, placement_id: UUID, at_ms: int, zone: ZoneInfo
) -> bool:
    """Place a learner; False where this form did it before.

    NotFound where she is out of reach; Refused, with the field, for what can't be, and nothing is written.
    """
    risks = typed.words(terms.risks, "risks", LONGEST)
    with store.write() as db:
        _person, ids, organisations = learner_in_reach(db, giver, public_id, at_ms)
        people.lock(db, ids[0])
        hers = rows.of_learners(db, ids)
        if any(row.placement_id == placement_id for row in hers):
            return False
        business = rows.business(db, terms.business)
        if business is None or business.organisation_id not in organisations:
            raise Refused(N_("Choose a business. You add one on the page of businesses."), "business")
        span = Span(terms.starts_day, terms.ends_day)
        _check(business, span, terms.week_minutes, hers)
        mentor = next(iter(pairing_rows.current(db, ids, day_of(at_ms, zone))), None)
        row = PlacementRow(
            person_id=ids[0],
            placement_id=placement_id,
            business_id=business.business_id,
            organisation_id=business.organisation_id,
            mentor_id=mentor and mentor.mentor_id,
            starts_day=terms.starts_day,
            ends_day=terms.ends_day,
            week_minutes=terms.week_minutes,
            paid=terms.paid,
            risks=risks,
            by_id=giver.person_id,
            recorded_ms=at_ms,
            ended=None,
            ended_day=None,
            ended_ms=None,
            later=None,
            later_ms=None,
        )
        rows.add(db, row)
        audit.note(db, ids[0], "placed", at_ms, giver.person_id, business.name)
    return True


@retried
def change(store: Store, giver: SignedIn, public_id: str, placement_id: UUID, terms: Terms, at_ms: int) -> None:
    """Move its last day, or change what is agreed; the business and the first day stay. Refused as placing is."""
    risks = typed.words(terms.risks, "risks", LONGEST)
    with store.write() as db:
        row = in_reach(db, giver, public_id, placement_id, at_ms)
        people.lock(db, row.person_id)
        (business,) = rows.business_rows(db, [row.business_id])
        if row.ended is not None:
            raise Refused(N_("That has ended. What is agreed can't be changed any more."))
        others = [
            it for it in rows.of_learners(db, merges.ids_of(db, row.person_id)) if it.placement_id != placement_id
        ]
        _check(business._replace(ended_ms=None), Span(row.starts_day, terms.ends_day), terms.week_minutes, others)
        _check_worked(db, row, terms.ends_day, "ends")
        new = {"ends_day": terms.ends_day, "week_minutes": terms.week_minutes, "paid": terms.paid, "risks": risks}
        rows.change(db, row.person_id, placement_id, **new)
        audit.note(db, row.person_id, "changed-placement", at_ms, giver.person_id, business.name)


@retried
def end(
    store: Store,
    giver: SignedIn,
    public_id: str,
    placement_id: UUID,
    ended: str,
    ended_day: int,
    at_ms: int,
    zone: ZoneInfo,
) -> None:
    """Note that it ended, on which day and with what. Twice, with something else, corrects it."""
    _check_ended(ended)
    with store.write() as db:
        row = in_reach(db, giver, public_id, placement_id, at_ms)
        people.lock(db, row.person_id)
        today = day_of(at_ms, zone)
        if not min(row.starts_day, today) <= ended_day <= today:
            raise Refused(N_("Choose a day from its first one to today."), "ended_day")
        _check_worked(db, row, ended_day)
        rows.change(db, row.person_id, placement_id, ended=ended, ended_day=ended_day, ended_ms=at_ms)
        audit.note(db, row.person_id, "ended-placement", at_ms, giver.person_id, ended)


@retried
def later(
    store: Store, giver: SignedIn, public_id: str, placement_id: UUID, became: str, at_ms: int, zone: ZoneInfo
) -> None:
    """Staff note what became of it three months later, as she told them."""
    with store.write() as db:
        row = in_reach(db, giver, public_id, placement_id, at_ms)
        _later(db, row, giver.person_id, became, at_ms, zone)


@retried
def tell_later(store: Store, learner: SignedIn, placement_id: UUID, became: str, at_ms: int, zone: ZoneInfo) -> None:
    """She says herself what became of it three months later. NotFound for none of hers."""
    with store.write() as db:
        ids = merges.ids_of(db, merges.kept_of(db, learner.person_id))
        row = next((it for it in rows.of_learners(db, ids) if it.placement_id == placement_id), None)
        if row is None:
            raise NotFound
        _later(db, row, learner.person_id, became, at_ms, zone)


def _later(db: Connection, row: PlacementRow, by_id: int, became: str, at_ms: int, zone: ZoneInfo) -> None:
    _check_ended(became, "later")
    people.lock(db, row.person_id)
    if not asked_now(row, day_of(at_ms, zone)):
        raise Refused(N_("This is asked {days} days after the last day."), "later", days=LATER_DAYS)
    rows.change(db, row.person_id, row.placement_id, later=became, later_ms=at_ms)
    audit.note(db, row.person_id, "asked-later", at_ms, by_id, became)


def asked_now(row: PlacementRow, today: int) -> bool:
    """Whether what became of it three months later can be said."""
    return today >= asked_again_from(row.span)


def _check_ended(ended: str, field: str = "ended") -> None:
    if ended not in list(Ended):
        raise Refused(N_("Choose what became of it."), field)


def _check_worked(db: Connection, row: PlacementRow, last_day: int, field: str = "ended_day") -> None:
    lines = [it.line for it in rows.hours_of(db, [row.person_id]) if it.placement_id == row.placement_id]
    if any(line.day > last_day for line in standing(lines)):
        raise Refused(N_("She wrote down hours after that day. Choose a later one."), field)


def _check(business: BusinessRow, span: Span, week_minutes: int, others: list[PlacementRow]) -> None:
    there = [it.span for it in others if it.business_id == business.business_id]
    why = why_not(span, week_minutes, business.agreement_day, business.checks.split(), there)
    elsewhere = [(it.span, it.week_minutes) for it in others]
    if why is None and week_minutes + minutes_at_most(span, elsewhere) > MOST_WEEK_MINUTES:
        why = WhyNot.MANY
    if business.ended_ms is not None:
        why = WhyNot.ENDED
    if why:
        sentence, field = _SAID[why]
        raise Refused(sentence, field)


def learner_in_reach(
    db: Connection, giver: SignedIn, public_id: str, at_ms: int
) -> tuple[PersonRow, tuple[int, ...], tuple[int, ...]]:
    """A learner somebody may place, her ids with the kept one first, and the organisations she is reached by.

    NotFound for anybody else.
    """
    scope = giver.scope(Permission.PLACEMENT_CHANGE, at_ms)
    person = people.by_public_id(db, people.EVERYBODY, public_id)
    if person is None:
        raise NotFound
    ids = tuple(merges.ids_of(db, merges.kept_of(db, person.person_id)))
    here = set(people.groups_in(db, scope)).intersection(meetings.groups_of(db, ids))
    placed = {row.organisation_id for row in rows.of_learners(db, ids)}
    reached = {its_id for its_id, _name in businesses.organisations_in(db, scope)}
    organisations = tuple(dict.fromkeys([*pairing_rows.organisations_of(db, here), *sorted(placed & reached)]))
    if not organisations:
        raise NotFound
    return person, ids, organisations


def in_reach(db: Connection, giver: SignedIn, public_id: str, placement_id: UUID, at_ms: int) -> PlacementRow:
    """A placement of a learner somebody may place. NotFound for any other."""
    _person, ids, organisations = learner_in_reach(db, giver, public_id, at_ms)
    for row in rows.of_learners(db, ids):
        if row.placement_id == placement_id and row.organisation_id in organisations:
            return row
    raise NotFound

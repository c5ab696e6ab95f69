"""A learner and her mentor: pairing them, until when, handing her over, and the one way from a mentor to a learner.

Whoever may give a learner a mentor reaches her by her groups, and gives her one who is a mentor there. From the day
after a pairing ends, or the instant it is ended or the mentor's role is, `mentored` finds nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.pairing import CAPACITY, MOST_CAPACITY, RHYTHMS, Pairing, WhyNot, last_day, why_not
from lms.learning.people import Permission, scope_of
from lms.services.people import SignedIn
from lms.store import audit, meetings, merges, messages, people, programmes
from lms.store import pairings as rows
from lms.store.gate import Store, retried
from lms.store.pairings import MentorRow, PairingRow
from lms.store.people import PersonRow
from lms.store.ring import names_of

_SAID = {
    WhyNot.HERSELF: N_("Nobody can be her own mentor. Choose somebody else."),
    WhyNot.ORDER: N_("The last day is before the first. Choose a later one."),
    WhyNot.PAST: N_("That time is over already. Choose a last day from today on."),
    WhyNot.LONG: N_("Two years is the longest. Choose an earlier last day; you can move it later."),
    WhyNot.PAIRED: N_("She has a mentor in that time. End that first, or hand her over."),
    WhyNot.FULL: N_("This mentor has as many learners as there is room for. Choose another, or raise the number."),
}
_BESIDE = {WhyNot.HERSELF: "mentor", WhyNot.FULL: "mentor", WhyNot.PAIRED: "starts"}


@dataclass(frozen=True)
class Term:
    """For how long, and how often they mean to speak. `ends_day` None: six months."""

    starts_day: int
    ends_day: int | None = None
    rhythm_days: int = 14

    @property
    def last(self) -> int:
        return self.ends_day or last_day(self.starts_day)


def mentored(db: Connection, reader: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> PersonRow:
    """The learner of a public id, for who is her mentor now. NotFound for anybody else, and from the end on.

    The only way of a mentor to a learner.
    """
    mine = mine_now(db, reader, now_ms, zone)
    person = people.by_public_id(db, people.EVERYBODY, public_id) if mine else None
    if person is None or not {row.person_id for row in mine} & set(merges.ids_of(db, person.person_id)):
        raise NotFound
    return person


def mine_now(db: Connection, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> list[PairingRow]:
    """The pairings of a mentor that hold now, in organisations where she is still one."""
    scope = scope_of(reader.roles, Permission.PAIRING_READ, now_ms)
    found = rows.learners_of(db, reader.ids, day_of(now_ms, zone)) if scope else []
    if scope.everywhere:
        return found
    reached = set(scope.organisations)
    for programme_id in scope.programmes:
        reached |= set(programmes.partners(db, programme_id))
    return [row for row in found if row.organisation_id in reached]


@dataclass(frozen=True)
class Choice:
    """A learner to be given a mentor: her pairings, and who could be one."""

    public_id: str
    name: str
    pairings: tuple[Pairing, ...]
    names: dict[int, str]
    """Of the mentors in `pairings` who are still here."""
    mentors: tuple[tuple[MentorRow, int, int], ...]
    """(mentor, learners now, room for)."""


def choose(store: Store, giver: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> Choice:
    """What the form to give somebody a mentor shows. NotFound where she is out of reach."""
    today = day_of(now_ms, zone)
    with store.read() as db:
        person, ids, organisation_id = _in_reach(db, giver, public_id, now_ms)
        hers = rows.of_learners(db, ids)
        found = _mentors(db, organisation_id, now_ms)
        theirs = rows.of_mentors(db, [it.person_id for it in found], today)
        room = rows.capacities(db, [it.person_id for it in found])
        names = names_of(db, {row.mentor_id for row in hers})
    held = [row.mentor_id for row in theirs if row.pairing.holds(today)]
    mentors = tuple((it, held.count(it.person_id), room.get(it.person_id, CAPACITY)) for it in found)
    return Choice(person.public_id, person.display_name, tuple(row.pairing for row in hers), names, mentors)


@retried
def pair(
    store: Store,
    giver: SignedIn,
    public_id: str,
    mentor: str,
    term: Term,
    pairing_id: UUID,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Give a learner a mentor; False where this form did it before.

    NotFound where the learner is out of reach; Refused, with the field, for what can't be, and nothing is written.
    """
    _check_rhythm(term.rhythm_days)
    with store.write() as db:
        _person, ids, organisation_id = _in_reach(db, giver, public_id, at_ms)
        chosen = _chosen(db, organisation_id, mentor, at_ms)
        kept = ids[0]
        _lock(db, kept, chosen.person_id)
        if any(row.pairing_id == pairing_id for row in rows.of_learners(db, ids)):
            return False
        row = PairingRow(
            person_id=kept,
            pairing_id=pairing_id,
            mentor_id=chosen.person_id,
            organisation_id=organisation_id,
            starts_day=term.starts_day,
            ends_day=term.last,
            rhythm_days=term.rhythm_days,
            ended_ms=None,
            after_id=None,
            by_id=giver.person_id,
            recorded_ms=at_ms,
        )
        _check(db, row, ids, at_ms, zone)
        rows.add(db, row)
        _note(db, "paired", kept, giver, chosen.person_id, at_ms)
    return True


@retried
def change(
    store: Store,
    giver: SignedIn,
    public_id: str,
    pairing_id: UUID,
    ends_day: int,
    rhythm_days: int,
    at_ms: int,
    zone: ZoneInfo,
) -> None:
    """Move the last day of a pairing, or how often they mean to speak. Refused as pairing is; NotFound for none."""
    _check_rhythm(rhythm_days)
    with store.write() as db:
        _person, ids, _organisation = _in_reach(db, giver, public_id, at_ms)
        row = _open(db, ids, pairing_id)
        _lock(db, row.person_id, row.mentor_id)
        _check(db, row._replace(ends_day=ends_day), ids, at_ms, zone)
        if not rows.change(db, row.person_id, pairing_id, ends_day=ends_day, rhythm_days=rhythm_days):
            raise NotFound
        _note(db, "changed-pairing", row.person_id, giver, row.mentor_id, at_ms)


@retried
def end(store: Store, giver: SignedIn, public_id: str, pairing_id: UUID, at_ms: int) -> None:
    """End a pairing now; from now on the mentor sees nothing of her. Twice is once; NotFound for none of hers."""
    with store.write() as db:
        _person, ids, _organisation = _in_reach(db, giver, public_id, at_ms)
        row = next((it for it in rows.of_learners(db, ids) if it.pairing_id == pairing_id), None)
        if row is None:
            raise NotFound
        _lock(db, row.person_id, row.mentor_id)
        if rows.end(db, row.person_id, pairing_id, at_ms):
            _note(db, "ended-pairing", row.person_id, giver, row.mentor_id, at_ms)


@retried
def hand_over(
    store: Store,
    giver: SignedIn,
    public_id: str,
    pairing_id: UUID,
    mentor: str,
    new_id: UUID,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Give her another mentor from now on, for the rest of the time; False where this form did it before.

    Her goals, the check-ins, the notes and the messages are hers, so the new mentor reads them.
    """
    with store.write() as db:
        _person, ids, organisation_id = _in_reach(db, giver, public_id, at_ms)
        if any(row.pairing_id == new_id for row in rows.of_learners(db, ids)):
            return False
        old = _open(db, ids, pairing_id)
        chosen = _chosen(db, organisation_id, mentor, at_ms)
        if chosen.person_id == old.mentor_id:
            raise Refused(N_("She has this mentor already. Choose another one."), "mentor")
        _lock(db, old.person_id, old.mentor_id, chosen.person_id)
        if not rows.end(db, old.person_id, pairing_id, at_ms):
            raise NotFound
        new = old._replace(
            pairing_id=new_id,
            mentor_id=chosen.person_id,
            starts_day=max(old.starts_day, day_of(at_ms, zone)),
            after_id=old.pairing_id,
            by_id=giver.person_id,
            recorded_ms=at_ms,
        )
        _check(db, new, ids, at_ms, zone)
        rows.add(db, new)
        messages.hand_over(db, ids, old.pairing_id, new.pairing_id)
        _note(db, "ended-pairing", old.person_id, giver, old.mentor_id, at_ms)
        _note(db, "paired", old.person_id, giver, chosen.person_id, at_ms)
    return True


def set_capacity(store: Store, giver: SignedIn, mentor: str, capacity: int, at_ms: int) -> None:
    """Say how many learners a mentor has room for; who is hers now stays. NotFound for a mentor out of reach."""
    scope = giver.scope(Permission.PAIRING_CHANGE, at_ms)
    if not 0 <= capacity <= MOST_CAPACITY:
        raise Refused(N_("Type a number from 0 to {most}."), "capacity", most=MOST_CAPACITY)
    with store.write() as db:
        group_ids = people.groups_in(db, scope)
        here = rows.organisations_of(db, group_ids)
        found = {it.public_id: it for its_id in here for it in _mentors(db, its_id, at_ms)}
        if mentor not in found:
            raise NotFound
        rows.set_capacity(db, found[mentor].person_id, capacity, giver.person_id, at_ms)
        audit.note(db, found[mentor].person_id, "set-capacity", at_ms, giver.person_id, str(capacity))


def _in_reach(db: Connection, giver: SignedIn, public_id: str, at_ms: int) -> tuple[PersonRow, tuple[int, ...], int]:
    """A learner in reach, her ids with the kept one first, and the organisation she is reached by.

    By a group of hers; or by a pairing, so that who left her group is not left with a mentor nobody can end.
    """
    scope = giver.scope(Permission.PAIRING_CHANGE, at_ms)
    person = people.by_public_id(db, people.EVERYBODY, public_id)
    if person is None:
        raise NotFound
    ids = tuple(merges.ids_of(db, merges.kept_of(db, person.person_id)))
    here = set(people.groups_in(db, scope)).intersection(meetings.groups_of(db, ids))
    paired = {row.organisation_id for row in rows.of_learners(db, ids)}
    reached = paired if scope.everywhere else paired & scope.organisations
    organisations = [*rows.organisations_of(db, here), *sorted(reached)]
    if not organisations:
        raise NotFound
    return person, ids, organisations[0]


def _mentors(db: Connection, organisation_id: int, at_ms: int) -> list[MentorRow]:
    return rows.mentors_in(db, organisation_id, programmes.programmes_of(db, [organisation_id]), at_ms)


def _chosen(db: Connection, organisation_id: int, public_id: str, at_ms: int) -> MentorRow:
    found = next((it for it in _mentors(db, organisation_id, at_ms) if it.public_id == public_id), None)
    if found is None:
        raise Refused(N_("Choose a mentor. An organisation lead makes somebody one, by giving the role."), "mentor")
    return found


def _open(db: Connection, ids: tuple[int, ...], pairing_id: UUID) -> PairingRow:
    row = next((it for it in rows.of_learners(db, ids) if it.pairing_id == pairing_id), None)
    if row is None:
        raise NotFound
    if row.ended_ms is not None:
        raise Refused(N_("That was ended before. Load the page again to see what holds now."))
    return row


def _lock(db: Connection, *ids: int) -> None:
    """In one order everywhere, so that two who pair at once wait for each other and never both."""
    for its_id in sorted(set(ids)):
        people.lock(db, its_id)


def _check(db: Connection, row: PairingRow, ids: tuple[int, ...], at_ms: int, zone: ZoneInfo) -> None:
    hers = [it.pairing for it in rows.of_learners(db, ids) if it.pairing_id != row.pairing_id]
    mentor_ids = merges.ids_of(db, row.mentor_id)
    theirs = [it.pairing for it in rows.of_mentors(db, mentor_ids) if it.pairing_id != row.pairing_id]
    new = Pairing(row.pairing_id, row.person_id, row.mentor_id, row.starts_day, row.ends_day)
    if row.mentor_id in ids:
        raise _refused(WhyNot.HERSELF)
    room = rows.capacities(db, [row.mentor_id]).get(row.mentor_id, CAPACITY)
    why = why_not(new, hers, theirs, room, day_of(at_ms, zone))
    if why:
        raise _refused(why)


def _refused(why: WhyNot) -> Refused:
    return Refused(_SAID[why], _BESIDE.get(why, "ends"))


def _check_rhythm(days: int) -> None:
    if days not in RHYTHMS:
        raise Refused(N_("Choose how often they mean to speak."), "rhythm")


def _note(db: Connection, action: str, learner_id: int, by: SignedIn, mentor_id: int, at_ms: int) -> None:
    """In both their records, the lower id first: who chains two records locks them in one order."""
    for its_id in sorted({learner_id, mentor_id}):
        audit.note(db, its_id, action, at_ms, by.person_id)

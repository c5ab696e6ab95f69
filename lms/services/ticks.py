"""What a facilitator's phone sends of a register: a batch of ticks, in the shape of the learners' outbox.

The envelope is read by `outbox`. Each tick is taken or refused alone; those of one meeting are one transaction.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import happened, instant
from lms.learning.events import Refusal, is_text
from lms.learning.people import Permission
from lms.services import meetings
from lms.services.events import Result
from lms.services.outbox import Batch, id_of
from lms.services.people import SignedIn
from lms.services.registers import WHY, Ticking, clean, is_closed
from lms.store.gate import Store, retried

_UNREAD = "We could not read this tick."


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of a tick on the wire: of somebody (`person`), or of somebody new (`name`, who was there)."""

    id: UUID
    meeting: str
    at: str
    person: str = ""
    name: str = ""
    present: bool = True


@dataclass(frozen=True)
class _Read:
    """A tick, well formed; `at_ms` is by our clock."""

    order: int
    sent: _Sent
    at_ms: int


def record_batch(store: Store, reader: SignedIn, batch: Batch, now_ms: int) -> list[Result]:
    """Enter a batch of ticks; one result a tick, in the order sent. A bad one is refused alone.

    Forbidden for somebody who runs no meeting.
    """
    reader.scope(Permission.MEETING_RUN, now_ms)
    results: dict[int, Result] = {}
    read: list[_Read] = []
    for order, raw in enumerate(batch.events):
        try:
            sent, at_ms = _read(raw)
            read.append(_Read(order, sent, happened(at_ms, batch.sent_ms, now_ms)))
        except Refusal as refusal:
            results[order] = Result(id_of(raw), "refused", refusal.why, refusal.say)
    read.sort(key=lambda it: (it.sent.meeting, it.order))
    for meeting, its in itertools.groupby(read, key=lambda it: it.sent.meeting):
        results.update(_record_meeting(store, reader, meeting, list(its), now_ms))
    return [results[order] for order in range(len(batch.events))]


def _read(raw: bytes) -> tuple[_Sent, int]:
    try:
        sent = msgspec.json.decode(raw, type=_Sent)
        at_ms = instant(sent.at)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise Refusal("bad-tick", _UNREAD) from error
    if not all(map(is_text, (sent.meeting, sent.person, sent.name))):
        raise Refusal("bad-text", "Some of those letters can't be kept. Type it again without them.")
    if bool(sent.person) == bool(sent.name) or (sent.name and not sent.present):
        raise Refusal("bad-tick", _UNREAD)
    return sent, at_ms


@retried
def _record_meeting(
    store: Store, reader: SignedIn, public_id: str, its: Sequence[_Read], now_ms: int
) -> dict[int, Result]:
    """Those of one meeting, or the same refusal for all of them."""
    with store.write() as db:
        try:
            meeting = meetings.reached(db, reader, public_id, now_ms)
        except (NotFound, Forbidden):
            return _all(its, "no-such-meeting", "This meeting is not one of yours, or is not there any more.")
        why = is_closed(meeting, now_ms)
        if why:
            return _all(its, why.value, WHY[why])
        ticking = Ticking(db, reader, meeting, now_ms)
        return {it.order: _taken(ticking, it) for it in its}


def _all(its: Sequence[_Read], why: str, say: str) -> dict[int, Result]:
    return {it.order: Result(str(it.sent.id), "refused", why, say) for it in its}


def _taken(ticking: Ticking, it: _Read) -> Result:
    tick_id = it.sent.id
    try:
        if it.sent.name:
            new = ticking.tick_new(clean(it.sent.name), tick_id, it.at_ms)
        else:
            new = ticking.tick(ticking.person(it.sent.person), tick_id, it.sent.present, it.at_ms)
    except NotFound:
        return Result(
            str(tick_id), "refused", "no-such-person", "This person is not one of yours, or is not here any more."
        )
    except Refused as refused:
        return Result(str(tick_id), "refused", "bad-name", refused.sentence)
    if new is None:
        return Result(str(tick_id), "conflict", "other-body", "This tick was changed after it was sent.")
    return Result(str(tick_id), "new" if new else "dup")

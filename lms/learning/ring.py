"""Who to ring: why, in which order, and for how long not again after a call.

In: when somebody could have begun, what she has done, what she asked for, when she was last rung. Out: the reasons
to ring her, or none. The numbers stand here and in docs/facilitators/ring.md, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.learning.days import DAY_MS
from lms.learning.progress import State

WRONG_BEFORE_STUCK = 3
"""How often the same question was answered wrongly, and never rightly."""
QUIET_MS = 14 * DAY_MS
"""After how long a silence somebody who was here has stopped; a group's page points it out."""
SETTLING_MS = 3 * DAY_MS
"""How long somebody who joined may take to begin."""
LONG_AGO_MS = 183 * DAY_MS
"""After half a year a silence is no reason any more: the list would only grow."""


class Reason(StrEnum):
    """Why to ring somebody, the most urgent first."""

    ASKED = "asked"
    STUCK = "stuck"
    STOPPED = "stopped"
    NOT_STARTED = "not-started"


class Outcome(StrEnum):
    """What became of a call."""

    SPOKE = "spoke"
    RANG = "rang"
    """She was not there; a message was left."""
    NO_ANSWER = "no-answer"


RESTS_MS = {Outcome.SPOKE: 14 * DAY_MS, Outcome.RANG: 4 * DAY_MS, Outcome.NO_ANSWER: 2 * DAY_MS}
"""For how long she is not on the list after a call."""

CALL, ASKED = "call", "asked"
"""Kinds of contacts: somebody rang her; she asked for a call, or took that back."""
OPEN, TAKEN_BACK = "asked", "taken-back"
"""Outcomes of the second."""
GROUP, SAFEGUARDING = "group", "safeguarding"
"""Who may read a note: those who run the group, or the safeguarding lead alone."""


@dataclass(frozen=True)
class Contact:
    """A call, or that she asked for one."""

    kind: str
    outcome: str
    at_ms: int
    recorded_ms: int = 0


@dataclass(frozen=True)
class Course:
    """A course of one of her groups that she has begun."""

    course_id: int
    state: State
    last_ms: int | None


@dataclass(frozen=True)
class Stuck:
    """A question she can't get past."""

    course_id: int
    step_no: int


@dataclass(frozen=True)
class Why:
    """Why to ring her, now. `reasons` in their order, at least one."""

    reasons: tuple[Reason, ...]
    asked_ms: int | None
    stuck: tuple[Stuck, ...]
    last_ms: int | None
    since_ms: int | None


def stuck_on(state: State) -> tuple[int, ...]:
    """The questions answered wrongly again and again, and never rightly: of lessons, and of quizzes not yet passed."""
    practice = {no for no, wrong in state.wrong.items() if wrong >= WRONG_BEFORE_STUCK and no not in state.done}
    marks: dict[int, list[int]] = {}
    for quiz, goes in state.attempts.items():
        if quiz not in state.passed:
            for go in goes.values():
                for no, mark in go.marks.items() if go.finished else ():
                    marks.setdefault(no, []).append(mark)
    quizzes = {no for no, its in marks.items() if len(its) >= WRONG_BEFORE_STUCK and not any(its)}
    return tuple(sorted(practice | quizzes))


def asked_since(contacts: Iterable[Contact]) -> int | None:
    """When she asked for a call that nobody has made yet; None where she did not, or took it back."""
    found: int | None = None
    for it in sorted(contacts, key=_in_time):
        if it.kind == ASKED:
            found = (found or it.at_ms) if it.outcome == OPEN else None
        elif it.outcome == Outcome.SPOKE:
            found = None
    return found


def _in_time(it: Contact) -> tuple[int, int, bool]:
    return it.at_ms, it.recorded_ms, it.outcome == TAKEN_BACK


def rests_until(contacts: Iterable[Contact]) -> int:
    """Until when she is left in peace after the last call; 0 where nobody rang."""
    calls = [it for it in contacts if it.kind == CALL]
    last = max(calls, key=_in_time, default=None)
    return last.at_ms + RESTS_MS[Outcome(last.outcome)] if last else 0


def why(since_ms: int | None, begun: Sequence[Course], contacts: Sequence[Contact], now_ms: int) -> Why | None:
    """Why to ring somebody now; None where there is no reason, or where she was rung a short time ago.

    `since_ms`: since when she has been in a group that runs; None where none does: then she is rung only if she asks.
    """
    asked_ms = asked_since(contacts)
    last_ms = max((it.last_ms for it in begun if it.last_ms), default=None)
    stuck = tuple(Stuck(it.course_id, no) for it in begun for no in stuck_on(it.state)) if since_ms is not None else ()
    reasons = [Reason.ASKED] if asked_ms is not None else []
    quiet = now_ms - (last_ms or 0)
    if stuck and quiet <= LONG_AGO_MS:
        reasons.append(Reason.STUCK)
    if since_ms is not None and not begun and SETTLING_MS <= now_ms - since_ms <= LONG_AGO_MS:
        reasons.append(Reason.NOT_STARTED)
    has_more = any(not it.state.course for it in begun)
    if since_ms is not None and has_more and QUIET_MS <= quiet <= LONG_AGO_MS:
        reasons.append(Reason.STOPPED)
    if not reasons or (now_ms < rests_until(contacts) and not _asked_again(asked_ms, contacts)):
        return None
    return Why(tuple(sorted(reasons, key=_URGENT.index)), asked_ms, stuck, last_ms, since_ms)


_URGENT = tuple(Reason)


def _asked_again(asked_ms: int | None, contacts: Iterable[Contact]) -> bool:
    """Whether she asked after the last call: then she is rung at once."""
    return asked_ms is not None and all(it.at_ms < asked_ms for it in contacts if it.kind == CALL)


def place(it: Why) -> tuple[int, int]:
    """Where she stands on the list: by her most urgent reason; then who has waited longest for a call she asked for.

    Of the others who was here last, or joined last, stands first: the sooner somebody rings, the better.
    """
    first = it.reasons[0]
    if first is Reason.ASKED:
        return 0, it.asked_ms or 0
    return _URGENT.index(first), -(it.last_ms or it.since_ms or 0)

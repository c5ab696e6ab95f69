"""What a person did, in the past tense: the events of the phone's outbox and of the forms.

In: the raw JSON of one event. Out: an `Event`, or the reason it is refused. What an event means for
progress is `progress`; whether an answer is right is `marking`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from lms.content.plan import Kind, Sort, StepPlan
from lms.errors import N_
from lms.learning.answers import Answer, takes_evidence
from lms.learning.days import instant
from lms.learning.shapes import Shape

MOST_EVENTS = 200
MOST_BYTES = 256 * 1024
MOST_WORDS = 4_000
"""Letters of an answer in her own words."""
MOST_ATTEMPTS = 999


class EventKind(StrEnum):
    """The kinds `POST /events` takes, and those that only this site writes: see `OWN`."""

    OPENED = "opened"
    DONE = "done"
    ANSWERED = "answered"
    HINTED = "hinted"
    REVEALED = "revealed"
    STARTED = "started"
    FINISHED = "finished"
    REFLECTED = "reflected"
    RATED = "rated"
    TICKED = "ticked"
    RECALLED = "recalled"
    SIGNED = "signed"
    RETURNED = "returned"
    RELEASED = "released"
    REMARKED = "remarked"


SIGNING = frozenset({EventKind.SIGNED, EventKind.RETURNED})
"""What is said to a Task that waits for a sign-off: yes, or not yet and why."""
OWN = frozenset({EventKind.RECALLED, EventKind.RELEASED, EventKind.REMARKED}) | SIGNING
"""The kinds no phone sends: what a page of ours asked her again, who signed it off, and what publishing writes."""


@dataclass(frozen=True)
class Event:
    """One event as sent, well formed; `at_ms` is by the sender's clock."""

    event_id: UUID
    course: str
    release: str
    module: str
    name: str
    kind: EventKind
    lang: str
    at_ms: int
    attempt: int = 0
    """The number of the quiz attempt it belongs to; 0 for practice."""
    answer: Answer = ()
    evidence: str = ""
    """Words or a link handed in with a Task."""

    @property
    def body_hash(self) -> bytes:
        """Tells a repeat from a conflict. Without `at`: a form posted twice carries two instants."""
        body = [self.course, self.release, self.module, self.name, self.kind, self.lang, self.attempt, self.answer]
        if self.evidence:  # left out of the others, whose hash was the same before there was any
            body.append(self.evidence)
        return hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()


class Refusal(Exception):
    """Why an event is not taken: a code for software, a sentence for a person."""

    def __init__(self, why: str, say: str) -> None:
        super().__init__(why)
        self.why = why
        self.say = say


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of an event on the wire."""

    id: UUID
    course: str
    release: str
    module: str
    name: str
    kind: EventKind
    lang: str
    at: str
    attempt: int = 0
    answer: list[str] | str | dict[str, str] = msgspec.field(default_factory=list)
    evidence: str = ""


def read_event(raw: bytes) -> Event:
    """One event from its own JSON. Raises Refusal("bad-event") for anything not of the shape."""
    try:
        sent = msgspec.json.decode(raw, type=_Sent)
        at_ms = instant(sent.at)
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise Refusal("bad-event", "We could not read this answer.") from error
    if sent.kind in OWN:
        raise Refusal("bad-event", "We could not read this answer.")
    answer: Answer = tuple(sent.answer) if isinstance(sent.answer, list) else sent.answer
    _check_text(sent)
    return Event(
        event_id=sent.id,
        course=sent.course,
        release=sent.release,
        module=sent.module,
        name=sent.name,
        kind=sent.kind,
        lang=sent.lang,
        at_ms=at_ms,
        attempt=sent.attempt,
        answer=answer,
        evidence=sent.evidence,
    )


def _check_text(sent: _Sent) -> None:
    answer = sent.answer
    whole = "".join(answer) + "".join(answer.values() if isinstance(answer, dict) else ())
    check_words(whole, sent.evidence)
    if not all(map(is_text, (sent.course, sent.release, sent.module, sent.name, sent.lang))):
        raise Refusal("bad-text", "Some of those letters can't be kept. Type it again without them.")


def check_words(*texts: str) -> None:
    """Refusal where a text can't be kept."""
    if any(len(text) > MOST_WORDS for text in texts):
        raise Refusal("too-long", f"That is too long to keep. Use at most {MOST_WORDS} letters.")
    if not all(map(is_text, texts)):
        raise Refusal("bad-text", "Some of those letters can't be kept. Type it again without them.")


def is_text(words: str) -> bool:
    """Well-formed Unicode without NUL: what every database can keep."""
    return "\0" not in words and not any("\ud800" <= letter <= "\udfff" for letter in words)


_OF: dict[EventKind, frozenset[Kind]] = {
    EventKind.OPENED: frozenset(Kind),
    EventKind.DONE: frozenset({Kind.READING, Kind.LESSON, Kind.REFLECT}),
    EventKind.ANSWERED: frozenset({Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE}),
    EventKind.HINTED: frozenset({Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE}),
    EventKind.REVEALED: frozenset({Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE}),
    EventKind.STARTED: frozenset({Kind.QUIZ}),
    EventKind.FINISHED: frozenset({Kind.QUIZ}),
    EventKind.REFLECTED: frozenset({Kind.REFLECT}),
    EventKind.RATED: frozenset({Kind.RATE, Kind.RATE_AGAIN}),
    EventKind.TICKED: frozenset({Kind.TASK}),
    EventKind.RECALLED: frozenset({Kind.QUESTION}),
    EventKind.SIGNED: frozenset({Kind.TASK}),
    EventKind.RETURNED: frozenset({Kind.TASK}),
    EventKind.RELEASED: frozenset(),
    EventKind.REMARKED: frozenset(),
}
_GIVING = frozenset({EventKind.ANSWERED, EventKind.RATED, EventKind.REFLECTED, EventKind.TICKED, EventKind.RECALLED})
"""The kinds that carry an answer."""
_PRACTICE = frozenset({EventKind.HINTED, EventKind.REVEALED, EventKind.RECALLED})
"""The kinds that are never of a quiz."""


TOGETHER = frozenset({Kind.READING, Kind.LESSON, Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE})
"""What can be done by many on one screen: what is read, and practice. All else is for her to do herself."""


def check(event: Event, shape: Shape, together: bool = False) -> int:
    """The number of the step an event is about, or Refusal where it can't be about it.

    Judged against the release the event names: a step of another release or course is refused. `together`: somebody
    else says that she has done it, with others.
    """
    no = shape.numbers.get((event.module, event.name))
    if no is None:
        raise Refusal("no-such-step", "This step is not in the lesson any more.")
    step = shape.steps[no]
    if event.kind in SIGNING:
        _check_signing(step, together)
    elif together:
        _check_together(event, shape, no)
    elif step.kind not in _OF[event.kind]:
        raise Refusal("wrong-kind", "This step is not answered that way.")
    if event.kind is EventKind.DONE and step.kind is Kind.LESSON and shape.lesson_of[no].required != {no}:
        raise Refusal("wrong-kind", "This lesson is done by its steps.")
    _check_attempt(event, shape.in_quiz(no))
    _check_answer(event, step)
    return no


def _check_signing(step: StepPlan, by_another: bool) -> None:
    if not by_another or not step.sign_off:
        raise Refusal("wrong-kind", "Nobody has to sign this off.")


def _check_together(event: Event, shape: Shape, no: int) -> None:
    if event.kind is not EventKind.DONE or shape.in_quiz(no) or shape.steps[no].kind not in TOGETHER:
        raise Refusal("wrong-kind", "This step is for her to do herself.")


def _check_attempt(event: Event, in_quiz: bool) -> None:
    if not 0 <= event.attempt <= MOST_ATTEMPTS:
        raise Refusal("wrong-attempt", "There is no such go at a quiz.")
    if event.kind is EventKind.OPENED:
        return
    if not in_quiz and event.attempt:
        raise Refusal("wrong-attempt", "This step is not part of a quiz.")
    if in_quiz and not event.attempt:
        raise Refusal("wrong-attempt", "This answer does not say which go at the quiz it is for.")
    if in_quiz and event.kind in _PRACTICE:
        raise Refusal("wrong-kind", "There are no hints in a quiz.")


def _check_answer(event: Event, step: StepPlan) -> None:
    if event.evidence and not takes_evidence(step):
        raise Refusal("bad-answer", "This step asks for nothing to be handed in.")
    if event.kind is EventKind.RECALLED and not event.answer:
        return  # she skipped it
    if event.kind is EventKind.RETURNED:
        _check_typed(event.answer, step)
    elif event.kind not in _GIVING:
        if event.answer or event.evidence:
            raise Refusal("bad-answer", "This step takes no answer.")
    elif step.sort in (Sort.WORDS, Sort.NUMBER) or step.kind in (Kind.REFLECT, Kind.CODE):
        _check_typed(event.answer, step)
    elif step.kind is Kind.MATCH:
        _check_pairs(event.answer, step)
    elif isinstance(event.answer, tuple):
        _check_letters(event.answer, step)
    else:
        raise Refusal("no-answer", "Choose an answer first.")


def _check_typed(answer: Answer, step: StepPlan) -> None:
    if step.kind is Kind.REFLECT and not answer:
        return  # thought about, and nothing to keep
    if not isinstance(answer, str) or not answer.strip():
        raise Refusal("no-answer", "Type an answer first.")


def _check_pairs(answer: Answer, step: StepPlan) -> None:
    if not isinstance(answer, Mapping) or not set(step.letters) <= set(answer):
        raise Refusal("no-answer", "Choose one for each of them first.")
    if len(answer) > len(step.letters) or not set(answer.values()) <= set(step.meanings):
        raise Refusal("bad-answer", "That is not one of the choices.")


def _check_letters(answer: tuple[str, ...], step: StepPlan) -> None:
    fewest, most = _how_many(step)
    again = step.kind is Kind.GAPS  # one word may fill two gaps
    if not set(answer) <= set(step.letters) or (len(set(answer)) != len(answer) and not again):
        raise Refusal("bad-answer", "That is not one of the choices.")
    if len(answer) < fewest:
        raise Refusal("no-answer", _TOO_FEW.get(step.kind, _NONE_CHOSEN))
    if len(answer) > most:
        raise Refusal("bad-answer", N_("Choose one answer.") if most == 1 else N_("That is more than was asked for."))


def _how_many(step: StepPlan) -> tuple[int, int]:
    """The fewest and the most letters an answer has."""
    every = len(step.letters)
    match step.kind:
        case Kind.ORDER:
            return every, every
        case Kind.GAPS:
            return step.gaps, step.gaps
        case Kind.TASK:
            return 0, every
        case Kind.RATE | Kind.RATE_AGAIN:
            return 1, 1
        case _:
            return 1, 1 if step.sort is Sort.ONE else every


_NONE_CHOSEN = N_("Choose an answer first.")
_TOO_FEW = {Kind.ORDER: N_("Give each of them a place first."), Kind.GAPS: N_("Fill every gap first.")}

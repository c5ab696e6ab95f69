"""What a person did, in the past tense: the events of the phone's outbox and of the forms.

In: the raw JSON of one event. Out: an `Event`, or the reason it is refused. What an event means for
progress is `progress`; whether an answer is right is `marking`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from lms.content.plan import Kind, Sort, StepPlan
from lms.learning.days import instant
from lms.learning.shapes import Shape

MOST_EVENTS = 200
MOST_BYTES = 256 * 1024
MOST_WORDS = 4_000
"""Letters of an answer in her own words."""
MOST_ATTEMPTS = 999


class EventKind(StrEnum):
    """The kinds `POST /events` takes, and `released`, which only publishing writes."""

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
    RELEASED = "released"


Answer = tuple[str, ...] | str
"""Letters chosen, or words or a number as typed."""


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

    @property
    def body_hash(self) -> bytes:
        """Tells a repeat from a conflict. Without `at`: a form posted twice carries two instants."""
        body = [self.course, self.release, self.module, self.name, self.kind, self.lang, self.attempt, self.answer]
        return hashlib.sha256(msgspec.json.encode(body)).digest()


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


def read_event(raw: bytes) -> Event:
    """One event from its own JSON. Raises Refusal("bad-event") for anything not of the shape."""
    try:
        sent = msgspec.json.decode(raw, type=_Sent)
        at_ms = instant(sent.at)
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise Refusal("bad-event", "We could not read this answer.") from error
    if sent.kind is EventKind.RELEASED:
        raise Refusal("bad-event", "We could not read this answer.")
    if isinstance(sent.answer, dict):
        raise Refusal("not-supported", "This kind of answer can't be taken yet.")
    answer: Answer = sent.answer if isinstance(sent.answer, str) else tuple(sent.answer)
    _check_text(sent, answer)
    return Event(
        sent.id, sent.course, sent.release, sent.module, sent.name, sent.kind, sent.lang, at_ms, sent.attempt, answer
    )


def _check_text(sent: _Sent, answer: Answer) -> None:
    whole = answer if isinstance(answer, str) else "".join(answer)
    if len(whole) > MOST_WORDS:
        raise Refusal("too-long", f"That is too long to keep. Use at most {MOST_WORDS} letters.")
    if not all(map(is_text, (whole, sent.course, sent.release, sent.module, sent.name, sent.lang))):
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
    EventKind.RELEASED: frozenset(),
}
_GIVING = frozenset({EventKind.ANSWERED, EventKind.RATED, EventKind.REFLECTED, EventKind.TICKED})
"""The kinds that carry an answer."""


def check(event: Event, shape: Shape) -> int:
    """The number of the step an event is about, or Refusal where it can't be about it.

    Judged against the release the event names: a step of another release or course is refused.
    """
    no = shape.numbers.get((event.module, event.name))
    if no is None:
        raise Refusal("no-such-step", "This step is not in the lesson any more.")
    step = shape.steps[no]
    if step.kind not in _OF[event.kind]:
        raise Refusal("wrong-kind", "This step is not answered that way.")
    if event.kind is EventKind.DONE and step.kind is Kind.LESSON and shape.lesson_of[no].required != {no}:
        raise Refusal("wrong-kind", "This lesson is done by its steps.")
    _check_attempt(event, shape.in_quiz(no))
    _check_answer(event, step)
    return no


def _check_attempt(event: Event, in_quiz: bool) -> None:
    if not 0 <= event.attempt <= MOST_ATTEMPTS:
        raise Refusal("wrong-attempt", "There is no such go at a quiz.")
    if event.kind is EventKind.OPENED:
        return
    if not in_quiz and event.attempt:
        raise Refusal("wrong-attempt", "This step is not part of a quiz.")
    if in_quiz and not event.attempt:
        raise Refusal("wrong-attempt", "This answer does not say which go at the quiz it is for.")
    if in_quiz and event.kind in (EventKind.HINTED, EventKind.REVEALED):
        raise Refusal("wrong-kind", "There are no hints in a quiz.")


def _check_answer(event: Event, step: StepPlan) -> None:
    if event.kind not in _GIVING:
        if event.answer:
            raise Refusal("bad-answer", "This step takes no answer.")
    elif step.sort in (Sort.WORDS, Sort.NUMBER) or step.kind in (Kind.REFLECT, Kind.CODE):
        _check_typed(event.answer, step)
    elif isinstance(event.answer, str) or not (event.answer or step.kind is Kind.TASK):
        raise Refusal("no-answer", "Choose an answer first.")
    elif not set(event.answer) <= set(step.letters) or len(set(event.answer)) != len(event.answer):
        raise Refusal("bad-answer", "That is not one of the choices.")
    elif len(event.answer) > 1 and (step.sort is Sort.ONE or event.kind is EventKind.RATED):
        raise Refusal("bad-answer", "Choose one answer.")


def _check_typed(answer: Answer, step: StepPlan) -> None:
    if step.kind is Kind.REFLECT and not answer:
        return  # thought about, and nothing to keep
    if not isinstance(answer, str) or not answer.strip():
        raise Refusal("no-answer", "Type an answer first.")

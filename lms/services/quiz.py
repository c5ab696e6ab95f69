"""Taking a quiz: beginning an attempt, answering, finishing, and seeing how it went.

Each act is an event like any other; here they are made from a form and shown again to a page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import QUIZ
from lms.errors import NotFound, Refused
from lms.learning.answers import Answer, from_row
from lms.learning.events import Event, EventKind
from lms.learning.marking import Mark, mark_told
from lms.learning.places import Go, Where, go_of, next_number, tries_left
from lms.learning.progress import APART
from lms.learning.shapes import QuizShape, Shape
from lms.services.courses import Catalogue
from lms.services.events import Result, form_id, record
from lms.services.progress import where
from lms.store import events as rows
from lms.store import merges
from lms.store.gate import Store


@dataclass(frozen=True)
class QuizView:
    """A learner at a quiz. `go`: the attempt that is running, else the last one finished, else None."""

    where: Where
    module: str
    quiz: QuizShape
    go: Go | None
    left: int | None
    """Attempts left to begin; None for no limit."""
    next_number: int

    @property
    def running(self) -> bool:
        return self.go is not None and not self.go.attempt.finished


def see(store: Store, catalogue: Catalogue, shape: Shape, module: str, person_id: int | None) -> QuizView:
    """A learner at a module's quiz; NotFound if the module has none."""
    quiz = shape.quiz(module)
    if quiz is None:
        raise NotFound
    place = where(store, catalogue, shape, person_id)
    goes = place.state.attempts.get(quiz.no, {})
    running = [number for number, attempt in goes.items() if not attempt.finished]
    following = next_number(place, quiz)
    # Of those that are over, the last before the next: a number far off, whoever sent it, hides no later one.
    number = min(running) if running else following - 1 or max(goes, default=0)
    begun_in = catalogue.release(goes[number].release_id) if number else shape
    return QuizView(place, module, quiz, go_of(place, begun_in, quiz.no, number), tries_left(place, quiz), following)


def start(
    store: Store,
    catalogue: Catalogue,
    shape: Shape,
    module: str,
    person_id: int,
    number: int,
    now_ms: int,
    zone: ZoneInfo,
    lang: str = "",
) -> Result:
    """Begin an attempt by its number. Beginning it twice, or from two phones, is one beginning."""
    own_id = _own_id(person_id, shape, number, module, "start", lang)
    event = _event(shape, module, QUIZ, EventKind.STARTED, own_id, number, now_ms, lang)
    return _recorded(store, catalogue, person_id, event, now_ms, zone)


def answer(
    store: Store,
    catalogue: Catalogue,
    go: Go,
    no: int,
    given: Answer,
    event_id: UUID,
    person_id: int,
    now_ms: int,
    zone: ZoneInfo,
    lang: str = "",
) -> Result:
    """Answer a question of an attempt; the last answer before finishing counts."""
    module, name = go.shape.places[no]
    own_id = form_id(event_id, given)
    its_id, number = begun_by(store, person_id, go.number)
    event = _event(go.shape, module, name, EventKind.ANSWERED, own_id, number, now_ms, lang, given)
    return _recorded(store, catalogue, its_id, event, now_ms, zone)


def finish(
    store: Store, catalogue: Catalogue, go: Go, person_id: int, now_ms: int, zone: ZoneInfo, lang: str = ""
) -> Result:
    """End an attempt: it is counted as it stands."""
    module, _ = go.shape.places[go.quiz.no]
    its_id, number = begun_by(store, person_id, go.number)
    own_id = _own_id(its_id, go.shape, number, module, "finish", lang)
    event = _event(go.shape, module, QUIZ, EventKind.FINISHED, own_id, number, now_ms, lang)
    return _recorded(store, catalogue, its_id, event, now_ms, zone)


def begun_by(store: Store, person_id: int, number: int) -> tuple[int, int]:
    """(the id of hers that began an attempt, its number there): it goes on, and is drawn, as it was begun."""
    if number < APART:
        return person_id, number
    whose, number = divmod(number, APART)
    with store.read() as db:
        ids = merges.ids_of(db, person_id)
    if whose >= len(ids):
        raise NotFound
    return ids[whose], number


def _own_id(person_id: int, shape: Shape, number: int, module: str, act: str, lang: str) -> UUID:
    """The id of a beginning or an end: one for each attempt, release and language, however often it is sent."""
    key = UUID(int=(person_id << 64) | (shape.course_id << 32) | number)
    said = [module, act, shape.hash]
    return form_id(key, said if lang in ("", shape.plan.lang) else [*said, lang])


def _event(
    shape: Shape,
    module: str,
    name: str,
    kind: EventKind,
    event_id: UUID,
    number: int,
    now_ms: int,
    lang: str,
    given: Answer = (),
) -> Event:
    plan = shape.plan
    return Event(event_id, plan.course, shape.hash, module, name, kind, lang or plan.lang, now_ms, number, given)


def _recorded(store: Store, catalogue: Catalogue, person_id: int, event: Event, now_ms: int, zone: ZoneInfo) -> Result:
    result = record(store, catalogue, person_id, [event], now_ms, zone)[0]
    if result.result in ("refused", "conflict"):
        raise Refused(result.say, "answer")
    return result


@dataclass(frozen=True)
class Counted:
    """The answer that counted for a question of an attempt, and what is said to it."""

    answer: Answer
    mark: Mark


def told(store: Store, catalogue: Catalogue, go: Go, person_id: int, lang: str = "") -> dict[int, Counted]:
    """What is said, when an attempt is over, to the answer that counted for each question she answered.

    `lang`: the language she reads now.
    """
    counted: dict[int, tuple[Answer, str]] = {}
    its_id, number = begun_by(store, person_id, go.number)
    with store.read() as db:
        found = rows.attempt_answers(db, its_id, go.shape.course_id, number)
    for kind, no, given_in, choice, words in found:
        if no == go.quiz.no and kind == EventKind.FINISHED:
            break
        if no in go.asked and kind == EventKind.ANSWERED:
            counted[no] = (from_row(choice, words), given_in)
    return {no: Counted(it[0], _mark(catalogue, go, no, *it, lang)) for no, it in counted.items()}


def _mark(catalogue: Catalogue, go: Go, no: int, answer: Answer, given_in: str, lang: str) -> Mark:
    """Marked as the attempt was, by its release; right, too, where the answer's mark was raised later."""
    keys = catalogue.key(go.shape, no, given_in), catalogue.key(go.shape, no, lang)
    marked = mark_told(go.shape.steps[no], *keys, answer)
    return replace(marked, right=marked.right or bool(go.attempt.marks.get(no)))

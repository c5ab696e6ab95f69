"""Histories nobody would think of: two or three releases of a course, and all a learner did in them.

Between releases steps come and go, turn optional, are renamed and move to other lessons and modules
(the number stays), lessons move, quizzes change. What she does is whatever `events.check` admits. Now and then a
publication finds that answers marked wrong were right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from hypothesis import strategies as st

from lms.content.plan import QUIZ, Completion, CoursePlan, Kind, ModulePlan, StepPlan
from lms.learning.answers import Answer
from lms.learning.events import SIGNING, EventKind, Refusal, check
from lms.learning.progress import Recorded, State, fold, state_from_json, state_to_json
from lms.learning.quiz import draw
from lms.learning.remark import counted
from lms.learning.shapes import QuizShape, Shape, shape_of
from tests.learning import plans

MODULES = ("mail", "money", "safety")
LESSONS = (1, 2, 3, 4)
KINDS = {
    **dict.fromkeys((10, 11, 12), Kind.READING),
    **dict.fromkeys((20, 21, 22, 23, 24, 25), Kind.QUESTION),
    30: Kind.REFLECT,
    31: Kind.RATE,
    32: Kind.TASK,
}
"""Every step any release has, by its number."""
QUIZZES = dict(zip(MODULES, (91, 92, 93), strict=True))
TRIES = (None, 1, 2, 3)
NO_STEP = 0

_IN_QUIZ = frozenset({EventKind.STARTED, EventKind.ANSWERED, EventKind.FINISHED})
_DOES = {
    Kind.READING: EventKind.DONE,
    Kind.LESSON: EventKind.DONE,
    Kind.QUESTION: EventKind.ANSWERED,
    Kind.REFLECT: EventKind.REFLECTED,
    Kind.RATE: EventKind.RATED,
    Kind.TASK: EventKind.TICKED,
}
"""What does a step of each kind."""


@dataclass(frozen=True)
class Stand:
    """Where a lesson or step stands in one release, by which name. `home`: a module, a lesson, or nowhere."""

    home: str | int | None
    name: str
    optional: bool


Layout = dict[int, Stand]
Ways = dict[EventKind, list[int]]


@dataclass(frozen=True)
class History:
    """All a learner did, in the order it was first recorded. An event's id is its place in it."""

    shapes: dict[int, Shape]
    seed: int
    events: tuple[Recorded, ...]

    @cached_property
    def streams(self) -> tuple[tuple[str, int, int], ...]:
        """What each event must keep its order among: those of its own attempt, else itself alone."""
        return tuple(map(self._stream, range(len(self.events)), self.events))

    def _stream(self, its_id: int, event: Recorded) -> tuple[str, int, int]:
        if event.kind is EventKind.REMARKED and event.attempt:
            return "go", event.quiz, event.attempt
        if event.kind in _IN_QUIZ and event.attempt:
            return "go", quiz_of(self.shapes[event.release_id], event.step_no).no, event.attempt
        return "alone", its_id, 0


@dataclass(frozen=True)
class Told:
    """What came of a history: progress as its row, outcomes in order, and why each event did not count."""

    state: str
    outcomes: tuple[tuple[str, str], ...]
    whys: dict[int, str]


def quiz_of(shape: Shape, no: int) -> QuizShape:
    found = shape.module_of[no].quiz
    assert found
    return found


def replay(history: History, ids: Iterable[int], cuts: frozenset[int] = frozenset()) -> Told:
    """Record events as the store does: one known by its id is passed over; a batch starts from the stored row."""
    state, outcomes, whys = State(), [], {}
    for at, its_id in enumerate(ids):
        if at in cuts:
            state = state_from_json(state_to_json(state))
        if its_id in whys:
            continue
        folded = fold(state, history.events[its_id], history.shapes, history.seed)
        outcomes += [(outcome.kind, outcome.name) for outcome in folded.outcomes]
        whys[its_id] = folded.why
    return Told(state_to_json(state), tuple(outcomes), whys)


def as_recorded(history: History) -> Told:
    return replay(history, range(len(history.events)))


def another_order(history: History, random: Random) -> list[int]:
    """The ids in another order of arrival, each attempt's own events in theirs, some sent again later."""
    slots = random.sample(range(len(history.events)), len(history.events))
    waiting: dict[tuple[str, int, int], list[int]] = {}
    for its_id, stream in enumerate(history.streams):
        waiting.setdefault(stream, []).append(its_id)
    order = [waiting[history.streams[slot]].pop(0) for slot in slots]
    for _ in range(random.randrange(4) if order else 0):
        first = random.randrange(len(order))
        order.insert(random.randint(first + 1, len(order)), order[first])
    return order


def some_cuts(length: int, random: Random) -> frozenset[int]:
    return frozenset(at for at in range(length) if random.randrange(3) == 0)


@st.composite
def histories(draw_: st.DrawFn, most: int = 16) -> History:
    """`most`: how many things she sets out to do; each is one event or several."""
    random = draw_(st.randoms(use_true_random=False))
    shapes = list(_releases(random))
    seed = random.randrange(1 << 62)
    ways = {shape.release_id: admitted(shape) for shape in shapes}
    wishes = [_wish(random, random.choice(shapes), ways, seed) for _ in range(random.randint(most // 2, most))]
    known = {shape.release_id: shape for shape in shapes}
    return History(known, seed, tuple(_remarked(random, list(_mingled(random, wishes)), known, seed)))


def _releases(random: Random) -> Iterator[Shape]:
    layout: Layout = {}
    for release_id in range(1, random.randint(2, 3) + 1):
        layout = _next_layout(random, layout, release_id)
        yield _shape(random, layout, release_id)


def _next_layout(random: Random, before: Layout, release_id: int) -> Layout:
    """About a third of all names stand somewhere else, or otherwise, than in the release before."""
    layout = dict(before)
    for no in (*LESSONS, *KINDS):
        if no not in before or random.randrange(3) == 0:
            layout[no] = _stand(random, no, release_id)
    return layout


def _stand(random: Random, no: int, release_id: int) -> Stand:
    homes: tuple[str | int | None, ...] = (*LESSONS, *LESSONS, None)
    if no in LESSONS:
        homes = (*MODULES, None)
    elif KINDS[no] is Kind.QUESTION:
        homes = (*MODULES, *MODULES, *LESSONS, None)
    renamed = random.randrange(3) == 0
    return Stand(random.choice(homes), f"n{no}-{release_id}" if renamed else f"n{no}", random.randrange(4) == 0)


def _shape(random: Random, layout: Layout, release_id: int) -> Shape:
    numbers: dict[tuple[str, str], int] = {}
    modules = [_module(random, layout, name, numbers) for name in MODULES if _homed(layout, name, LESSONS)]
    of = tuple(sorted(random.sample(MODULES, random.randint(1, 3)))) if random.randrange(3) == 0 else ()
    need = random.randint(1, len(of) or 2) if of or random.randrange(3) == 0 else None
    plan = CoursePlan("online-safety", "en", "Staying safe online", tuple(modules), Completion(need, of))
    return shape_of(plan, numbers, release_id, 1, f"{release_id:064x}")


def _homed(layout: Layout, home: str | int, numbers: Iterable[int]) -> list[int]:
    return [no for no in numbers if layout[no].home == home]


def _module(random: Random, layout: Layout, name: str, numbers: dict[tuple[str, str], int]) -> ModulePlan:
    lessons = []
    for no in _homed(layout, name, LESSONS):
        steps = _steps(random, layout, _homed(layout, no, KINDS), name, numbers)
        stand = layout[no]
        numbers[name, stand.name] = no
        lessons.append(plans.lesson(stand.name, *steps, optional=stand.optional))
    questions = _steps(random, layout, _homed(layout, name, KINDS), name, numbers)
    if not questions:
        return plans.module(name, *lessons)
    numbers[name, QUIZ] = QUIZZES[name]
    ask = random.randint(1, len(questions))
    asked = plans.quiz(*questions, ask=ask, pass_mark=random.randint(1, ask), tries=random.choice(TRIES))
    return plans.module(name, *lessons, quiz=asked)


def _steps(
    random: Random, layout: Layout, numbered: Sequence[int], module: str, numbers: dict[tuple[str, str], int]
) -> list[StepPlan]:
    numbers.update({(module, layout[no].name): no for no in numbered})
    return [_step(random, layout[no], KINDS[no]) for no in numbered]


def _step(random: Random, stand: Stand, kind: Kind) -> StepPlan:
    if kind is Kind.QUESTION:
        return plans.question(stand.name, optional=stand.optional)
    letters = tuple("abc") if kind in (Kind.RATE, Kind.TASK) else ()
    sign_off = "mentor" if kind is Kind.TASK and random.randrange(3) else ""
    return plans.step(stand.name, kind, letters=letters, optional=stand.optional, sign_off=sign_off)


def _wish(random: Random, shape: Shape, ways: Mapping[int, Ways], seed: int) -> list[Recorded]:
    """Something she sets out to do in a release: one thing, a whole lesson, or a go at a quiz."""
    quizzes = [module.quiz for module in shape.modules if module.quiz]
    lessons = [lesson for module in shape.modules for lesson in module.lessons]
    ways_to_practise = ways[shape.release_id].get(EventKind.REVEALED, [])
    roll = random.randrange(12)
    if roll >= 10 and ways_to_practise:
        return list(_stuck(random, shape, random.choice(ways_to_practise)))
    if roll < 3 and quizzes:
        return list(_go(random, shape, random.choice(quizzes), seed))
    if roll < 6 and lessons:
        return [_done(random, shape, no) for no in sorted(random.choice(lessons).required)]
    does = ways[shape.release_id]
    kind = random.choice(list(does))
    no = random.choice(does[kind])
    in_quiz = no != NO_STEP and shape.in_quiz(no) and kind is not EventKind.OPENED
    return [_event(random, shape, kind, no, random.randint(1, 5) if in_quiz else 0)]


def _stuck(random: Random, shape: Shape, no: int) -> Iterator[Recorded]:
    """Two or three tries at a practice question, and asking for its answer before, between or after them."""
    tries = [_event(random, shape, EventKind.ANSWERED, no, 0) for _ in range(random.randint(2, 3))]
    at = random.randint(0, len(tries))
    yield from (*tries[:at], _event(random, shape, EventKind.REVEALED, no, 0), *tries[at:])


def _go(random: Random, shape: Shape, quiz: QuizShape, seed: int) -> Iterator[Recorded]:
    """An attempt: mostly right answers to what it asks, mostly handed in, sometimes gone on with after that."""
    number = random.randint(1, 4)
    if random.randrange(4):
        yield _event(random, shape, EventKind.STARTED, quiz.no, number)
    for no in draw(seed, quiz, number):
        yield _event(random, shape, EventKind.ANSWERED, no, number)
    if random.randrange(5):
        yield _event(random, shape, EventKind.FINISHED, quiz.no, number)
    if random.randrange(3) == 0:
        yield _event(random, shape, EventKind.ANSWERED, random.choice(quiz.runs[0]), number)


def _done(random: Random, shape: Shape, no: int) -> Recorded:
    return _event(random, shape, _DOES[shape.steps[no].kind], no, 0)


def _event(random: Random, shape: Shape, kind: EventKind, no: int, attempt: int) -> Recorded:
    mark = int(random.randrange(4) > 0) if kind in (EventKind.ANSWERED, EventKind.TICKED) else None
    return Recorded(kind, no, shape.release_id, attempt, mark, random.randrange(60))


def _mingled(random: Random, wishes: Sequence[list[Recorded]]) -> Iterator[Recorded]:
    """Several things done side by side, on two phones, each in its own order."""
    waiting = [list(wish) for wish in wishes if wish]
    while waiting:
        wish = waiting[min(random.randrange(len(waiting)), random.randrange(len(waiting)))]
        yield wish.pop(0)
        waiting = [wish for wish in waiting if wish]


def _remarked(random: Random, events: list[Recorded], shapes: Mapping[int, Shape], seed: int) -> list[Recorded]:
    """The same, and after some of it remarks of answers that count at that moment and were wrong until then."""
    raised: list[Recorded] = []
    for _ in range(random.randrange(4)):
        at = random.randint(0, len(events))
        found = counted(enumerate(events[:at]), shapes, seed).answers
        for place, quiz in sorted(found.items()):
            answer, shape = events[place], shapes[random.choice(list(shapes))]
            is_new = not any(answer is known for known in raised)
            if answer.mark == 0 and is_new and answer.step_no in shape.steps and random.randrange(2):
                raised.append(answer)
                remark = (EventKind.REMARKED, answer.step_no, shape.release_id, answer.attempt, 1, random.randrange(60))
                events.insert(at, Recorded(*remark, quiz))
    return events


def admitted(shape: Shape) -> Ways:
    """Everything one can do in a release, by the check all events go through; and what publishing adds."""
    found = {kind: [no for no in shape.steps if _is_admitted(shape, kind, no)] for kind in EventKind}
    found[EventKind.RELEASED] = [NO_STEP]
    return {kind: numbers for kind, numbers in found.items() if numbers}


def _is_admitted(shape: Shape, kind: EventKind, no: int) -> bool:
    module, name = shape.places[no]
    attempt = 1 if shape.in_quiz(no) else 0
    event = plans.sent(shape, kind, f"{module}/{name}", attempt, _answer(kind))
    try:
        return check(event, shape, together=kind in SIGNING) == no
    except Refusal:
        return False


def _answer(kind: EventKind) -> Answer:
    if kind is EventKind.REFLECTED:
        return "I will ask my sister first."
    if kind is EventKind.RETURNED:
        return "Say what it costs too."
    return ("a",) if kind in (EventKind.ANSWERED, EventKind.RATED, EventKind.TICKED) else ()

"""Learners who go on while a course is edited, and what may never become of what they did.

They answer by the release that is shown or by one they had before, at once or weeks later, rightly and
wrongly, some of it twice. `Watched` keeps every row of a learner as it was last seen: nothing she has may
go, nothing that was written may change, and what the rows come to is worked out a second time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lms.content.plan import QUIZ, Kind, Sort, StepPlan
from lms.learning.answers import Answer
from lms.learning.events import EventKind
from lms.learning.marking import mark, right_of
from lms.learning.progress import Recorded, fold, state_from_json
from lms.learning.quiz import draw
from lms.learning.remark import answer_as_stored, counted, rises
from lms.learning.shapes import ModuleShape, Shape
from lms.services.folding import ShapesById
from lms.services.people import SignedIn
from lms.store.events import recorded_events
from lms.store.tables import awards, enrolments, milestones, words
from tests.learning.histories import History
from tests.learning.rulebook import by_the_book
from tests.services.author import WORDS
from tests.services.site import Site

_LATEST = 40
"""How many of her events wait on a phone before it is sent."""
Sent = dict[str, Any]


@dataclass
class Learner:
    """Somebody with a phone, and the releases it has seen."""

    person: SignedIn
    course: str
    chance: Random
    waiting: list[Sent] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    marks: dict[str, int | None] = field(default_factory=dict)
    """Event -> the mark it must have by the release it names, of every one that was taken."""

    def live(self, site: Site, shapes: list[Shape]) -> None:
        """One thing she does, by the newest release or another she has had. Then perhaps her phone is sent."""
        shape = shapes[-1] if self.chance.random() < 0.6 else self.chance.choice(shapes)
        module = self.chance.choice(shape.modules)
        doings = [self._step, self._lesson, self._lesson, self._module] + [self._quiz] * 2 * bool(module.quiz)
        self.waiting += self.chance.choice(doings)(site, shape, module)
        if self.chance.random() < 0.6 or len(self.waiting) > _LATEST:
            self.send(site)

    def send(self, site: Site) -> None:
        """All that waits, and now and then what was sent before. Some of it may wait for the next time."""
        cut = len(self.waiting) if self.chance.random() < 0.8 else self.chance.randint(0, len(self.waiting))
        now, self.waiting = self.waiting[:cut], self.waiting[cut:]
        again = self.chance.sample(self.sent, min(3, len(self.sent))) if self.chance.random() < 0.3 else []
        self.chance.shuffle(again)
        if not now and not again:
            return
        results = site.send(self.person, *again, *now)
        assert [it.result for it in results] == ["dup"] * len(again) + ["new"] * len(now), results
        self.sent += now
        for made in now:
            self.marks[made["id"]] = _mark_of(site, made)

    def _step(self, site: Site, shape: Shape, module: ModuleShape) -> list[Sent]:
        lesson = self.chance.choice(module.lessons)
        no = self.chance.choice(sorted(lesson.numbers))
        if self.chance.random() < 0.3:
            return [self._made(site, shape, no, "opened")]
        if shape.steps[no].kind is Kind.QUESTION and self.chance.random() < 0.2:
            return [self._made(site, shape, no, self.chance.choice(("hinted", "revealed")))]
        return self._do(site, shape, no)

    def _lesson(self, site: Site, shape: Shape, module: ModuleShape, right: float = 0.7) -> list[Sent]:
        lesson = self.chance.choice(module.lessons)
        return [it for no in sorted(lesson.numbers) for it in self._do(site, shape, no, right)]

    def _module(self, site: Site, shape: Shape, module: ModuleShape) -> list[Sent]:
        """All of it, rightly: she finishes it."""
        numbers = [no for lesson in module.lessons for no in sorted(lesson.numbers)]
        done = [it for no in numbers for it in self._do(site, shape, no, 1)]
        return done + (self._quiz(site, shape, module, 1) if module.quiz else [])

    def _quiz(self, site: Site, shape: Shape, module: ModuleShape, right: float = 0.6) -> list[Sent]:
        """A go, or what she still says to one that was begun, perhaps in another release."""
        assert module.quiz
        attempt = self.chance.randint(1, 4)
        asked = [no for run in module.quiz.runs for no in run]
        enrolled = site.rows(enrolments, self.person)
        if enrolled and self.chance.random() < 0.8:
            asked = list(draw(enrolled[0]["draw_seed"], module.quiz, attempt))
        found = [self._made(site, shape, module.quiz.no, "started", attempt=attempt)]
        found += [it for no in asked for it in self._do(site, shape, no, right, attempt=attempt)]
        if self.chance.random() < 0.8:
            found.append(self._made(site, shape, module.quiz.no, "finished", attempt=attempt))
        return found

    def _do(self, site: Site, shape: Shape, no: int, right: float = 0.5, **more: Any) -> list[Sent]:
        """What does a step, rightly or not."""
        step = shape.steps[no]
        match step.kind:
            case Kind.LESSON:
                alone = shape.lesson_of[no].required == {no}
                return [self._made(site, shape, no, "done")] if alone else []
            case Kind.READING:
                return [self._made(site, shape, no, "done")]
            case Kind.CODE:
                return [self._made(site, shape, no, "opened")]
            case Kind.REFLECT:
                return [self._made(site, shape, no, "reflected", self.chance.choice(("", "Beans.")))]
            case Kind.TASK:
                ticked = step.letters if self.chance.random() < right else step.letters[:1]
                evidence = {"evidence": "It is deep."} if "words" in step.evidence else {}
                return [self._made(site, shape, no, "ticked", list(ticked), **evidence)]
            case Kind.RATE | Kind.RATE_AGAIN:
                return [self._made(site, shape, no, "rated", [self.chance.choice(step.letters)])]
            case _:
                rightly = self.chance.random() < right
                answer = right_answer(site, shape, no) if rightly else _any(self.chance, step)
                return [self._made(site, shape, no, "answered", answer, **more)]

    def _made(self, site: Site, shape: Shape, no: int, kind: str, answer: object = None, **more: Any) -> Sent:
        module, name = shape.places[no]
        said = list(answer) if isinstance(answer, tuple) else answer
        return site.event(name, kind, said, module=module, course=self.course, release=shape.hash, **more)


def right_answer(site: Site, shape: Shape, no: int) -> Answer:
    step, key = shape.steps[no], site.catalogue.key(shape, no)
    if step.sort is Sort.NUMBER:
        assert key.number
        return str(key.number.low)
    return key.answers[-1].value.replace("*", "s") if step.sort is Sort.WORDS else right_of(step, key)


def _any(chance: Random, step: StepPlan) -> Answer:
    """An answer of the right form; right or wrong as it happens."""
    letters = list(step.letters)
    match step.kind, step.sort:
        case Kind.ORDER, _:
            return tuple(chance.sample(letters, len(letters)))
        case Kind.MATCH, _:
            return {letter: chance.choice(step.meanings) for letter in letters}
        case Kind.GAPS, _:
            return tuple(chance.choice(letters) for _ in range(step.gaps))
        case _, Sort.WORDS:
            return chance.choice(WORDS)
        case _, Sort.NUMBER:
            return str(chance.randint(1, 12))
        case _, Sort.ONE:
            return (chance.choice(letters),)
        case _:
            return tuple(chance.sample(letters, chance.randint(1, len(letters))))


def _mark_of(site: Site, made: Sent) -> int | None:
    """What an event was worth by the release it names; asked of the rule itself, apart from any row."""
    course_id = site.shape(made["course"]).course_id
    shape = site.catalogue.release_by_hash(course_id, made["release"])
    assert shape
    no = shape.numbers[made["module"], made["name"]]
    if made["kind"] == "ticked":
        step = shape.steps[no]
        return int(set(step.letters) <= set(made["answer"]) and (not step.sign_off or "evidence" in made))
    if made["kind"] != "answered":
        return None
    answer = tuple(made["answer"]) if isinstance(made["answer"], list) else made["answer"]
    return int(mark(shape.steps[no], site.catalogue.key(shape, no), answer).right)


@dataclass(frozen=True)
class Declared:
    """A publication that said `remarked`, as the test knows it: not as the tables do."""

    publication_no: int
    shape: Shape
    before: frozenset[int]
    """The releases shown earlier."""
    steps: frozenset[int]


@dataclass
class Watched:
    """A learner's rows as they were last seen."""

    learner: Learner
    seen: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    def look(self, site: Site) -> None:
        """Nothing is gone, nothing has changed, and every answer that was taken is there with its mark."""
        person = self.learner.person
        rows = {it.name: site.rows(it, person) for it in (awards, enrolments, milestones, words)}
        rows["events"] = site.events(person)
        for table, before in self.seen.items():
            lost = [row for row in before if row not in rows[table]]
            assert not lost, f"{table}: lost or changed {lost}"
        self.seen = rows
        marks = {str(row["event_id"]): row["mark"] for row in rows["events"] if row["kind"] not in _PUBLISHED}
        assert marks == self.learner.marks, "what she sent, all of it, as it was marked by the release she saw"
        assert [row["seq"] for row in rows["events"]] == list(range(1, len(rows["events"]) + 1))
        if rows["events"]:
            self._look_at_progress(site)

    def _look_at_progress(self, site: Site) -> None:
        state = json.loads(site.progress(self.learner.person, self.learner.course)["state"])
        for grown in ("releases", "done", "lessons", "modules", "passed", "opened"):
            assert set(self.state.get(grown, ())) <= set(state[grown]), grown
        assert self.state.get("course", False) <= state["course"]
        assert all(score <= state["best"][no] for no, score in self.state.get("best", {}).items())
        self.state = state

    def stage(self, shape: Shape, about: list[int]) -> str:
        """How far she has come with what a line is about: the first of these numbers, with what stands in it."""
        first = about[0]
        inside = set(about)
        for module in shape.modules:
            quiz = module.quiz
            if quiz and quiz.no == first:
                inside |= {no for run in quiz.runs for no in run}
            for lesson in module.lessons:
                inside |= lesson.numbers if lesson.no == first else set()
        kind = shape.steps[first].kind if first in shape.steps else None
        if kind is Kind.LESSON:
            finished = first in self.state["lessons"]
        elif kind is not None and shape.in_quiz(first):
            quiz = shape.module_of[first].quiz
            finished = bool(quiz and quiz.no in self.state["passed"])
        else:
            finished = set(about) <= set(self.state["done"])
        if finished:
            return "finished"
        goes = [go for its in self.state["attempts"].values() for go in its.values()]
        begun = {row["step_no"] for row in self.seen["events"] if not row["attempt_no"] and _counts(row)}
        begun |= {int(no) for go in goes for no in go[2]} | set(map(int, self.state["attempts"]))
        return "not begun" if begun.isdisjoint(inside) else "half-way"

    def audit(self, site: Site, declared: list[Declared]) -> None:
        """With all work done: progress is what the rules say, and just the answers are raised that should be."""
        if not self.seen["events"]:
            return
        seed = self.seen["enrolments"][0]["draw_seed"]
        shapes = ShapesById(site.catalogue)
        with site.store.read() as db:
            entries = list(recorded_events(db, self.learner.person.person_id, self._course_id))
        for entry in entries:
            shapes[entry.event.release_id]
        history = History(shapes, seed, tuple(entry.event for entry in entries))
        expected = by_the_book(history)
        assert {part: self.state[part] for part in expected} == expected
        state, shown = state_from_json(json.dumps(self.state)), site.shape(self.learner.course).release_id
        left = fold(state, Recorded(EventKind.RELEASED, 0, shown, 0, None, 0), shapes, seed).outcomes
        assert left == (), "nobody is left with nothing to do and unfinished"
        self._audit_marks(site, declared, set(counted(((it.seq, it.event) for it in entries), shapes, seed).answers))

    @property
    def _course_id(self) -> int:
        return int(self.seen["events"][0]["course_id"])

    def _audit_marks(self, site: Site, declared: list[Declared], count: set[int]) -> None:
        body = {row["event_id"]: row["body"] for row in self.seen["words"]}
        raised = Counter(
            json.loads(row["choice"])["answer"] for row in self.seen["events"] if row["kind"] == EventKind.REMARKED
        )
        for row in self.seen["events"]:
            if row["kind"] != EventKind.ANSWERED:
                continue
            answer = answer_as_stored(row["choice"], body.get(row["event_id"]))
            found = any(
                row["release_id"] in it.before
                and row["step_no"] in it.steps
                and row["step_no"] in it.shape.steps
                and answer is not None
                and rises(it.shape.steps[row["step_no"]], site.catalogue.key(it.shape, row["step_no"]), answer)
                for it in declared
            )
            may = int(found and row["mark"] == 0)
            must = may if row["seq"] in count else 0  # one it was raised in may be answered anew while it runs
            assert must <= raised[str(row["event_id"])] <= may, row


def _counts(row: dict[str, Any]) -> bool:
    """Whether progress knows of it: boxes ticked in part are kept with the event alone."""
    return row["kind"] != EventKind.TICKED or row["mark"] == 1


_PUBLISHED = (EventKind.RELEASED, EventKind.REMARKED, EventKind.SIGNED)


def still_say_the_same(site: Site, watched: Iterable[Watched], shape: Shape, remarked: set[int]) -> None:
    """Where nobody has said that what is right has changed, an old answer is marked today as it was then."""
    for it in watched:
        body = {row["event_id"]: row["body"] for row in it.seen["words"]}
        for row in it.seen["events"]:
            no = row["step_no"]
            if row["kind"] == EventKind.ANSWERED and no in shape.steps and no not in remarked:
                answer = answer_as_stored(row["choice"], body.get(row["event_id"]))
                assert answer is not None
                again = mark(shape.steps[no], site.catalogue.key(shape, no), answer).right
                assert again == bool(row["mark"]), (shape.places[no], row)


def quiz_no(shape: Shape, module: str) -> int | None:
    return shape.numbers.get((module, QUIZ))

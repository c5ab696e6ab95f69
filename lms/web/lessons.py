"""A lesson, one screen at a time: a step to read, a question to try, how sure she is.

A GET only shows. Someone signed in answers by a form that records one event and sends her back
here; a visitor's answer is part of the address, marked, shown and kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.plan import Kind, LessonPlan, ModulePlan, StepPlan
from lms.errors import NotFound, Refused
from lms.learning.events import EventKind
from lms.learning.people import Permission
from lms.learning.places import Where
from lms.learning.progress import TRIES_BEFORE_ANSWER
from lms.learning.shapes import Shape
from lms.services import practice
from lms.web.bodies import Body
from lms.web.courses import address, bodies_of, language_of, module_of, place
from lms.web.forms import event_id_of, new_event_id
from lms.web.kept import keeps
from lms.web.lines import line_of
from lms.web.pages import page, see_other
from lms.web.questions import Talk, silent, talk_of_member, talk_of_visitor
from lms.web.signed import Me, allow, allow_anyone, me
from lms.web.site import now_ms, shelf, site, store

pages = Blueprint("lessons", __name__)

_ACTS = frozenset(
    {EventKind.OPENED, EventKind.DONE, EventKind.ANSWERED, EventKind.HINTED, EventKind.REVEALED, EventKind.RATED}
)
_LONGEST_WORDS = 34
"""Letters of a title that still fit on the button that leads to it."""


@dataclass(frozen=True)
class Lesson:
    """A lesson in one release, and where she is in it."""

    shape: Shape
    module: ModulePlan
    plan: LessonPlan
    where: Where
    screens: tuple[Body, ...]

    @cached_property
    def steps(self) -> dict[str, StepPlan]:
        """Name -> plan of each screen; the lesson's own first page is read like a step."""
        own = StepPlan(self.plan.name, Kind.LESSON, self.plan.title)
        return {self.plan.name: own, **{step.name: step for step in self.plan.steps}}

    @property
    def address(self) -> str:
        return address(self.shape.plan.course, self.module.module, self.plan.name)

    @property
    def end(self) -> str:
        """Where the last screen leads."""
        return f"{address(self.shape.plan.course, self.module.module)}?{urlencode({'after': self.plan.name})}"

    def step_address(self, name: str) -> str:
        return f"{self.address}?{urlencode({'step': name})}"

    def start(self) -> str:
        """The screen to open with: where she stopped, the first page for someone who comes new."""
        begun = any(self.done(screen.name) for screen in self.screens)
        ahead = self.where.next_step(self.module.module, self.plan) if begun else None
        return ahead or self.screens[0].name

    def done(self, name: str) -> bool:
        return self.where.done(self.module.module, name) or self.where.opened(self.module.module, name)

    def index(self, name: str) -> int | None:
        return next((at for at, screen in enumerate(self.screens) if screen.name == name), None)


@pages.get("/courses/<course>/<module>/<lesson>")
@allow_anyone
def lesson(course: str, module: str, lesson: str) -> Response:
    """One screen of a lesson: the one named by `?step=`, else where she stopped."""
    it = _lesson(shelf().course(course), module, lesson)
    at = it.index(request.args.get("step") or it.start())
    if at is None:  # an old link to a step that has moved on
        return see_other(it.address)
    return _show(it, at, _talk(it, it.screens[at].name))


@pages.post("/courses/<course>/<module>/<lesson>")
@allow(Permission.OWN_LEARN)
@keeps
def act(who: Me, form: MultiDict[str, str], course: str, module: str, lesson: str) -> Response:
    """Record what she did on a screen, and show what follows from it."""
    it = _lesson(_seen(course, form), module, lesson)
    at = it.index(form.get("step", ""))
    if at is None:
        raise NotFound
    step = it.steps[it.screens[at].name]
    kind = _act(form.get("act", ""))
    try:
        event_id = _record(it, step, kind, form, who)
    except Refused as refused:
        return _show(it, at, silent(_talk(it, step.name), refused.sentence), 422)
    return see_other(_leads(it, at, kind, event_id, form))


def _seen(course: str, form: MultiDict[str, str]) -> Shape:
    """The release a form was made from: another may have been published while she was reading."""
    shown, named = shelf().course(course), form.get("release", "")
    if named in ("", shown.hash):
        return shown
    return site().catalogue.release_by_hash(shown.course_id, named) or shown


def _lesson(shape: Shape, module: str, lesson: str) -> Lesson:
    plan = module_of(shape.plan, module)
    found = plan.lesson(lesson)
    if found is None:
        raise NotFound
    screens = bodies_of(site().catalogue.fragments(shape, module, lesson))
    return Lesson(shape, plan, found, place(shape), screens)


def _act(word: str) -> EventKind:
    if word not in _ACTS:
        raise NotFound
    return EventKind(word)


def _record(it: Lesson, step: StepPlan, kind: EventKind, form: MultiDict[str, str], who: Me) -> UUID:
    module = it.module.module
    if kind is EventKind.REVEALED and it.where.wrong_tries(module, step.name) < TRIES_BEFORE_ANSWER:
        raise Refused("Try twice first. Then we show you the answer.", "answer")
    answers = kind in (EventKind.ANSWERED, EventKind.RATED)
    answer = practice.given(step, form.getlist("answer")) if answers else ()
    return practice.act(
        store(),
        site().catalogue,
        it.shape,
        module,
        step.name,
        kind,
        answer,
        event_id_of(form),
        who.person_id,
        now_ms(),
        site().settings.timezone,
    )


def _leads(it: Lesson, at: int, kind: EventKind, event_id: UUID, form: MultiDict[str, str]) -> str:
    """Where an act leads in the release shown now, in which its step or its lesson may be gone."""
    shown = shelf().course(it.shape.plan.course)
    if it.shape.hash == shown.hash:
        return _after(it, at, kind, event_id, form)
    module = shown.plan.module(it.module.module)
    if module is None or module.lesson(it.plan.name) is None:
        return f"/courses/{shown.plan.course}"
    now = _lesson(shown, module.module, it.plan.name)
    at_now = now.index(it.screens[at].name)
    return now.address if at_now is None else _after(now, at_now, kind, event_id, form)


def _after(it: Lesson, at: int, kind: EventKind, event_id: UUID, form: MultiDict[str, str]) -> str:
    """Where an act leads: on to the next screen, or back to the question with what is said to it."""
    here = it.step_address(it.screens[at].name)
    match kind:
        case EventKind.ANSWERED:
            return f"{here}&answer={event_id}#said"
        case EventKind.HINTED:
            return here + (f"&{urlencode({'answer': form['said']})}" if form.get("said") else "") + "#hints"
        case EventKind.REVEALED:
            return f"{here}&shown=1#said"
        case _:
            return it.step_address(it.screens[at + 1].name) if at + 1 < len(it.screens) else it.end


def _talk(it: Lesson, name: str) -> Talk:
    """What has been said on a screen so far."""
    step = it.steps[name]
    if step.kind is not Kind.QUESTION:
        return Talk()
    who = me()
    if who is None:
        return talk_of_visitor(site().catalogue, it.shape, it.module.module, step, request.args)
    return talk_of_member(store(), site().catalogue, it.where, it.module.module, step, request.args, who.person_id)


@dataclass(frozen=True)
class Screen:
    """One screen as its template shows it."""

    step: StepPlan
    body: Body
    kind: str
    number: int
    stops: tuple[str, ...]
    letters: tuple[str, ...]
    done: bool
    here: str
    back: tuple[str, str]
    onward: tuple[str, str]


def _show(it: Lesson, at: int, talk: Talk, status: int = 200) -> Response:
    screen = _screen(it, at)
    return page(
        f"lessons/{screen.kind}.html",
        status,
        plan=it.shape.plan,
        module=it.module,
        lesson=it.plan,
        screen=screen,
        talk=talk,
        event_id=new_event_id(),
        release=it.shape.hash,
        line=line_of(it.shape.plan.course),
        leave=it.module.leave,
        lang=language_of(it.shape.plan),
    )


_TEMPLATES = {Kind.QUESTION: "question", Kind.RATE: "rate", Kind.RATE_AGAIN: "rate"}


def _screen(it: Lesson, at: int) -> Screen:
    shown = it.screens[at]
    step = it.steps[shown.name]
    no = it.shape.numbers[it.module.module, step.name]
    return Screen(
        step=step,
        body=shown,
        kind=_TEMPLATES.get(step.kind, "reading"),
        number=at + 1,
        stops=tuple(_stop(it, at, other) for other in range(len(it.screens))),
        letters=it.where.letters(no) if step.letters else (),
        done=it.where.done(it.module.module, step.name),
        here=it.address,
        back=_back(it, at),
        onward=_onward(it, at),
    )


def _stop(it: Lesson, at: int, other: int) -> str:
    if other == at:
        return "now"
    return "done" if it.done(it.screens[other].name) or (other < at and not it.where.begun) else ""


def _back(it: Lesson, at: int) -> tuple[str, str]:
    if at:
        return it.step_address(it.screens[at - 1].name), f"Step {at}"
    return address(it.shape.plan.course, it.module.module), it.module.title


def _onward(it: Lesson, at: int) -> tuple[str, str]:
    if at + 1 == len(it.screens):
        return it.end, "Finish this lesson"
    ahead = it.steps[it.screens[at + 1].name]
    return it.step_address(ahead.name), _words_to(ahead)


def _words_to(step: StepPlan) -> str:
    """What the button to a step says: never a whole question."""
    if step.kind is Kind.QUESTION:
        return "Next: a question"
    if step.kind in (Kind.RATE, Kind.RATE_AGAIN):
        return "Next: how sure are you?"
    return f"Next: {step.title}" if len(step.title) <= _LONGEST_WORDS else "Next"

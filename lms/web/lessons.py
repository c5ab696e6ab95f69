"""A lesson, one screen at a time: a step to read, a question to try, how sure she is.

A GET only shows. An answer is a form that records one event and sends her back here; a visitor's first
makes her a guest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.drawings import line_of
from lms.content.plan import Kind, LessonPlan, ModulePlan, StepPlan
from lms.errors import NotFound, Refused
from lms.learning.answers import ASKED
from lms.learning.events import OWN, EventKind
from lms.learning.places import Where
from lms.learning.progress import TRIES_BEFORE_ANSWER
from lms.learning.shapes import Shape
from lms.learning.skills import change
from lms.services import practice, signoffs
from lms.services.practice import Kept
from lms.services.signoffs import Handed
from lms.web import answers, bodies, languages, recall
from lms.web.bodies import Body, Html
from lms.web.courses import Way, address, bodies_in, lesson_plan, module_of, moved, place, seen
from lms.web.entering import begin
from lms.web.forms import event_id_of, new_event_id
from lms.web.handed import stands
from lms.web.kept import keeps
from lms.web.pages import page, see_other
from lms.web.questions import Talk, talk_of, unsaid
from lms.web.saying import Words, _
from lms.web.signed import Me, allow_anyone, me
from lms.web.site import now_ms, shelf, site, store

pages = Blueprint("lessons", __name__)

_ACTS = frozenset(EventKind) - OWN - {EventKind.STARTED, EventKind.FINISHED}
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
    lang: str
    """The language she reads it in."""

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

    def titled(self, title: str, name: str = "", page: str = "") -> Html:
        """A title of the module, or of a name in it, as she reads it, in a part of the page in a language."""
        return languages.titled(self.shape.plan, title, self.module.module, name, page)

    def step_address(self, name: str) -> str:
        return f"{self.address}?{urlencode({'step': name})}"

    @cached_property
    def begun(self) -> bool:
        return any(self.done(screen.name) for screen in self.screens)

    def start(self) -> str:
        """The screen to open with: where she stopped, the first page for someone who comes new."""
        ahead = self.where.next_step(self.module.module, self.plan) if self.begun else None
        return ahead or self.screens[0].name

    def done(self, name: str) -> bool:
        return self.where.done(self.module.module, name) or self.where.opened(self.module.module, name)

    def index(self, name: str) -> int | None:
        return next((at for at, screen in enumerate(self.screens) if screen.name == name), None)


@pages.get("/courses/<course>/<module>/<lesson>")
@allow_anyone
def lesson(course: str, module: str, lesson: str) -> Response:
    """One screen of a lesson: the one named by `?step=`, else where she stopped. A new one may open with a question."""
    shape, step = shelf().course(course), request.args.get("step", "")
    try:
        it = lesson_of(shape, module, lesson)
    except NotFound:
        return moved(shape, module, lesson, step)
    asked = None if step or it.begun else recall.first(it.shape, it.module, it.plan, it.where)
    if asked:
        return asked
    at = it.index(step or it.start())
    if at is None:
        return moved(shape, module, lesson, "" if step == lesson else step)
    return show(it, at, _talk(it, it.screens[at].name))


@pages.post("/courses/<course>/<module>/<lesson>")
@allow_anyone
@keeps
def act(who: Me | None, form: MultiDict[str, str], course: str, module: str, lesson: str) -> Response:
    """Record what she did on a screen, and show what follows from it."""
    it = lesson_of(seen(course, form), module, lesson)
    at = it.index(form.get("step", ""))
    if at is None:
        raise NotFound
    step = it.steps[it.screens[at].name]
    kind = _act(form.get("act", ""))
    try:
        event_id = _record(it, step, kind, form, who)
    except Refused as refused:
        return show(it, at, unsaid(_talk(it, step.name), step, form, refused), 422, answers.written_in(form))
    return see_other(_leads(it, at, kind, event_id, form))


def lesson_of(shape: Shape, module: str, lesson: str) -> Lesson:
    plan = module_of(shape.plan, module)
    found = lesson_plan(plan, lesson)
    return Lesson(shape, plan, found, place(shape), bodies_in(shape, module, lesson), languages.reading(shape.plan))


def _act(word: str) -> EventKind:
    if word not in _ACTS:
        raise NotFound
    return EventKind(word)


def _record(it: Lesson, step: StepPlan, kind: EventKind, form: MultiDict[str, str], who: Me | None) -> UUID:
    module = it.module.module
    if kind is EventKind.REVEALED and it.where.wrong_tries(module, step.name) < TRIES_BEFORE_ANSWER:
        raise Refused("Try twice first. Then we show you the answer.", "answer")
    answer, event_id = answers.answer_to(step, kind, form), event_id_of(form)
    words = answers.written_in(form).words if kind is EventKind.TICKED else ""
    if who is None:
        practice.look_over(it.shape, module, step.name, kind, answer, words)
    return practice.act(
        store(),
        site().catalogue,
        it.shape,
        module,
        step.name,
        kind,
        answer,
        event_id,
        (who or begin(form)).person_id,
        now_ms(),
        site().settings.timezone,
        words,
        form.get("lang", ""),
    )


def _leads(it: Lesson, at: int, kind: EventKind, event_id: UUID, form: MultiDict[str, str]) -> str:
    """Where an act leads in the release shown now, in which its step or its lesson may be gone."""
    shown = shelf().course(it.shape.plan.course)
    if it.shape.hash == shown.hash:
        return _after(it, at, kind, event_id, form)
    place = shown.places.get(it.shape.numbers[it.module.module, it.plan.name])
    if place is None:
        return f"/courses/{shown.plan.course}"
    now = lesson_of(shown, *place)
    its_name = shown.places.get(_no(it, it.steps[it.screens[at].name]), ("", ""))[1]
    at_now = now.index(its_name)
    return now.address if at_now is None else _after(now, at_now, kind, event_id, form)


def _after(it: Lesson, at: int, kind: EventKind, event_id: UUID, form: MultiDict[str, str]) -> str:
    """Where an act leads: on to the next screen, or back to the question with what is said to it."""
    here = it.step_address(it.screens[at].name)
    match kind:
        case EventKind.ANSWERED:
            return f"{here}&answer={event_id}#said"
        case EventKind.HINTED:
            return f"{here}{answers.so_far(it.steps[it.screens[at].name], form)}#hints"
        case EventKind.TICKED if not answers.is_whole(it.steps[it.screens[at].name], form):
            return f"{here}#kept"
        case EventKind.REVEALED:
            return f"{here}&shown=1#said"
        case EventKind.RATED if _first(it, it.steps[it.screens[at].name]):
            return f"{here}#compared"
        case _:
            return it.step_address(it.screens[at + 1].name) if at + 1 < len(it.screens) else it.end


def _talk(it: Lesson, name: str) -> Talk:
    """What has been said on a screen so far."""
    step = it.steps[name]
    if step.kind not in ASKED:
        return Talk()
    who, at = me(), it.index(name)
    body = it.screens[at or 0]
    person_id = who.person_id if who else None
    return talk_of(store(), site().catalogue, it.where, it.module.module, step, body, request.args, person_id, it.lang)


def _kept(it: Lesson, step: StepPlan) -> Kept | None:
    """What she ticked, chose or wrote here before."""
    who = me()
    if who is None or step.kind not in practice.KEPT:
        return None
    return practice.kept(store(), it.shape, who.person_id, _no(it, step), who.others)


def _first(it: Lesson, step: StepPlan) -> str:
    """Of a Rate again: what she chose at the Rate it repeats, to stand beside what she chooses now."""
    who = me()
    if not who or step.kind is not Kind.RATE_AGAIN:
        return ""
    return practice.first_rated(store(), it.shape, who.person_id, _no(it, step), who.others)


def _change(step: StepPlan, first: str, kept: Kept | None) -> str:
    """How what she chooses now stands to that; empty before she has."""
    now = "".join(kept.ticked) if first and kept else ""
    return change(step.letters, first, now) if now in step.letters else ""


@dataclass(frozen=True)
class Screen:
    """One screen as its template shows it."""

    step: StepPlan
    body: Body
    kind: str
    number: int
    lang: str
    """The language of its page, which its forms say."""
    stops: tuple[str, ...]
    letters: tuple[str, ...]
    choices: answers.Choices
    """Of an Order, Match or Gaps: what each of its select boxes offers."""
    done: bool
    here: str
    back: Way
    onward: Way


def show(it: Lesson, at: int, talk: Talk, status: int = 200, given: Kept | None = None) -> Response:
    """`given`: what stands in the fields of a form that could not be taken."""
    screen = _screen(it, at, talk)
    kept = _kept(it, screen.step)
    first = _first(it, screen.step)
    return page(
        f"lessons/{screen.kind}.html",
        status,
        plan=it.shape.plan,
        module=it.module,
        lesson=it.plan,
        care=languages.as_written(it.shape.plan, it.module.care),
        title=it.titled(it.plan.title, it.plan.name),
        choice=languages.choice(it.shape.plan, it.step_address(screen.step.name)),
        screen=screen,
        talk=talk,
        kept=kept,
        given=given or kept or Kept(),
        first=first,
        change=_change(screen.step, first, kept),
        **(_code(it, screen.step) if screen.step.kind is Kind.CODE else {}),
        handed=_handed(it, screen.step) if screen.step.sign_off and screen.done else None,
        files=f"/me/files/{it.shape.plan.course}/{it.module.module}/{screen.step.name}",
        event_id=new_event_id(),
        release=it.shape.hash,
        line=line_of(it.shape.plan.course),
        leave=it.module.leave,
        lang=languages.page_of(it.shape.plan),
        within=screen.body.lang,
    )


def _handed(it: Lesson, step: StepPlan) -> tuple[Handed, Words] | None:
    """A Task she handed in, and what was said to it; None before."""
    who = me()
    tasks = signoffs.mine(store(), site().catalogue, who.signed) if who and not who.guest else []
    of = it.shape.plan.course, it.module.module, step.name
    found = next((one for one in tasks if (one.course, one.module, one.name) == of), None)
    return (found, stands(found)) if found else None


def _code(it: Lesson, step: StepPlan) -> dict[str, object]:
    """What a Code may become and why: shown for the asking, as there is no place yet to write it."""
    key = site().catalogue.key(it.shape, _no(it, step), it.lang)
    explains = tuple(map(bodies.said, key.explains))
    return {"key": key, "hints": bodies.hints(key), "explains": explains, "coded": bodies.in_code}


_TEMPLATES = {
    **dict.fromkeys(ASKED, "question"),
    Kind.RATE: "rate",
    Kind.RATE_AGAIN: "rate",
    Kind.REFLECT: "reflect",
    Kind.TASK: "task",
    Kind.CODE: "code",
}


def _no(it: Lesson, step: StepPlan) -> int:
    return it.shape.numbers[it.module.module, step.name]


def _screen(it: Lesson, at: int, talk: Talk) -> Screen:
    shown = it.screens[at]
    step = it.steps[shown.name]
    no = _no(it, step)
    letters = it.where.letters(no, site().catalogue.key(it.shape, no)) if step.letters else ()
    if step.kind is Kind.ORDER and talk.right:
        letters = answers.put_in_order(letters, talk.filled)
    return Screen(
        step=step,
        body=shown,
        kind=_TEMPLATES.get(step.kind, "reading"),
        number=at + 1,
        lang=it.lang,
        stops=tuple(_stop(it, at, other) for other in range(len(it.screens))),
        letters=letters,
        choices=answers.choices_of(step, shown, letters, it.where.meanings(no)),
        done=it.done(step.name) if step.kind is Kind.CODE else it.where.done(it.module.module, step.name),
        here=it.address,
        back=_back(it, at),
        onward=_onward(it, at),
    )


def _stop(it: Lesson, at: int, other: int) -> str:
    if other == at:
        return "now"
    return "done" if it.done(it.screens[other].name) or (other < at and not it.where.begun) else ""


def _back(it: Lesson, at: int) -> Way:
    if at:
        return Way(it.step_address(it.screens[at - 1].name), _("Step {number}", number=at))
    return Way(address(it.shape.plan.course, it.module.module), title=it.titled(it.module.title))


def _onward(it: Lesson, at: int) -> Way:
    """The button to the next step never says a whole question."""
    if at + 1 == len(it.screens):
        return Way(it.end, _("Finish this lesson"))
    ahead = it.steps[it.screens[at + 1].name]
    href = it.step_address(ahead.name)
    if ahead.kind in ASKED:
        return Way(href, _("Next: a question"))
    if ahead.kind in (Kind.RATE, Kind.RATE_AGAIN):
        return Way(href, _("Next: how sure are you?"))
    title = it.titled(ahead.title, ahead.name, it.screens[at].lang)
    return Way(href, _("Next:"), title) if len(title.striptags()) <= _LONGEST_WORDS else Way(href, _("Next"))

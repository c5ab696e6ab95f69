"""What a lesson opens with: a question or two from lessons before, which she may skip with one tap.

A lesson that she has not begun shows the question in its own place (`first`); what she answers goes to the address
below it, which says what there is to say and leads back. Nothing here is ever in the way: where there is nothing to
ask, or nothing can be saved, the lesson opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lms.content.drawings import line_of
from lms.content.plan import LessonPlan, ModulePlan, StepPlan
from lms.errors import NotFound, Refused
from lms.learning.answers import Answer
from lms.learning.places import Where
from lms.learning.shapes import Shape
from lms.services import practice, recall
from lms.services.practice import Said
from lms.web import answers, languages, saving
from lms.web.bodies import Body, Html
from lms.web.courses import Way, address, bodies_in, lesson_plan, module_of, moved, place, seen
from lms.web.forms import event_id_of, new_event_id
from lms.web.kept import keeps
from lms.web.pages import page, see_other
from lms.web.questions import Talk, answered, explained, in_words, unsaid
from lms.web.saying import Words
from lms.web.signed import Me, allow_anyone, me
from lms.web.site import now_ms, shelf, site, store

pages = Blueprint("recall", __name__)


@dataclass(frozen=True)
class Opening:
    """The lesson she opens."""

    shape: Shape
    module: ModulePlan
    lesson: LessonPlan

    @property
    def address(self) -> str:
        return address(self.shape.plan.course, self.module.module, self.lesson.name)

    def due(self, where: Where, who: Me) -> tuple[int, ...]:
        ids, zone = (who.person_id, *who.others), site().settings.timezone
        return recall.due(store(), where, ids, self.module.module, self.lesson.name, now_ms(), zone)


@dataclass(frozen=True)
class Asked:
    """A question of another lesson, as its templates show it."""

    module: str
    step: StepPlan
    body: Body
    letters: tuple[str, ...]
    lang: str
    href: str
    """Where it is asked in its own lesson."""
    choices: answers.Choices = ()


def first(shape: Shape, module: ModulePlan, lesson: LessonPlan, where: Where) -> Response | None:
    """The question a lesson opens with now; None where it opens with itself."""
    who, opening = me(), Opening(shape, module, lesson)
    if who is None or saving.is_off():
        return None
    due = opening.due(where, who)
    asked = _asked(shape, where, due[0]) if due else None
    return _ask(opening, asked) if asked else None


def _asked(shape: Shape, where: Where, no: int) -> Asked | None:
    """A question by its number, if its lesson still shows it."""
    module, name = shape.places[no]
    its = shape.places[shape.lesson_of[no].no][1]
    body = next((it for it in bodies_in(shape, module, its) if it.name == name), None)
    if body is None:
        return None
    letters = where.letters(no, site().catalogue.key(shape, no))
    href = f"{address(shape.plan.course, module, its)}?step={name}"
    return Asked(module, shape.steps[no], body, letters, languages.reading(shape.plan), href)


def _ask(it: Opening, asked: Asked, talk: Talk | None = None, status: int = 200) -> Response:
    return _page(
        "recall/ask.html",
        it,
        asked,
        status,
        talk=talk or Talk(),
        event_id=new_event_id(),
        release=it.shape.hash,
        choice=languages.choice(it.shape.plan, it.address),
    )


def _page(template: str, it: Opening, asked: Asked, status: int = 200, **shown: object) -> Response:
    plan = it.shape.plan
    return page(
        template,
        status,
        asked=asked,
        here=f"{it.address}/recall",
        back=Way(address(plan.course, it.module.module), title=languages.titled(plan, it.module.title)),
        line=line_of(plan.course),
        leave=it.module.leave,
        lang=languages.page_of(plan),
        within=asked.body.lang,
        **shown,
    )


@pages.post("/courses/<course>/<module>/<lesson>/recall")
@allow_anyone
@keeps
def sent(who: Me | None, form: MultiDict[str, str], course: str, module: str, lesson: str) -> Response:
    """Keep what she said to a question, or that she skipped it, and go on."""
    it = _opening(seen(course, form), module, lesson)
    where = place(it.shape)
    if who is None or not where.begun:
        return see_other(it.address)  # nothing is asked of who has learned nothing here
    no = it.shape.numbers.get((form.get("of", ""), form.get("step", "")))
    if no is None or no not in it.shape.lesson_of:
        raise NotFound
    if form.get("act") == "skip":
        _keep(it.shape, no, (), who, form)
        return see_other(it.address)
    try:
        event_id = _keep(it.shape, no, _given(it.shape.steps[no], form), who, form)
    except Refused as refused:
        return _ask_again(it, where, no, form, refused)
    return see_other(f"{it.address}/recall?answer={event_id}#said")


def _opening(shape: Shape, module: str, lesson: str) -> Opening:
    plan = module_of(shape.plan, module)
    return Opening(shape, plan, lesson_plan(plan, lesson))


def _given(step: StepPlan, form: MultiDict[str, str]) -> Answer:
    given = answers.answer_in(step, form)
    if not given:
        raise Refused("Choose an answer first.", "answer")
    return given


def _keep(shape: Shape, no: int, given: Answer, who: Me, form: MultiDict[str, str]) -> UUID:
    zone, lang = site().settings.timezone, form.get("lang", "")
    event_id = event_id_of(form)
    return recall.answer(store(), site().catalogue, shape, no, given, event_id, who.person_id, now_ms(), zone, lang)


def _ask_again(it: Opening, where: Where, no: int, form: MultiDict[str, str], refused: Refused) -> Response:
    asked = _asked(it.shape, where, no)
    if asked is None:
        raise NotFound
    return _ask(it, asked, unsaid(Talk(), asked.step, form, refused), 422)


@pages.get("/courses/<course>/<module>/<lesson>/recall")
@allow_anyone
def told(course: str, module: str, lesson: str) -> Response:
    """What is said to her answer, and the way on: to the next question, or the lesson. Nothing said: to the lesson."""
    who, shape = me(), shelf().course(course)
    try:
        it = _opening(shape, module, lesson)
    except NotFound:
        return moved(shape, module, lesson)
    where = place(shape)
    said = _said(shape, who) if who else None
    asked = _asked(shape, where, said.step_no) if said and said.step_no in shape.lesson_of else None
    if who is None or said is None or asked is None:
        return see_other(it.address)
    return _page(
        "recall/told.html",
        it,
        asked,
        talk=answered(said, asked.step),
        yours=_in_words(asked, said.answer),
        right=() if said.mark.right else _right(said, asked),
        explains=explained(said.key),
        onward=it.address,
        more=bool(it.due(where, who)),
    )


def _said(shape: Shape, who: Me) -> Said | None:
    try:
        event_id = UUID(request.args.get("answer", ""))
    except ValueError:
        return None
    return practice.said(store(), site().catalogue, shape, who.person_id, event_id, languages.reading(shape.plan))


def _right(said: Said, asked: Asked) -> tuple[Html | Words | str, ...]:
    typed = in_words(said.key, asked.step)
    return (typed,) if typed else _in_words(asked, said.key.right)


def _in_words(asked: Asked, answer: Answer) -> tuple[Html | Words | str, ...]:
    """An answer to read; letters that are gone since say nothing."""
    return (answer,) if isinstance(answer, str) else answers.written(asked.step, asked.body, answer)

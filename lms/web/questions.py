"""What is said at a practice question: the last answer, what it was marked, hints, the answer itself.

In: a question, who is at it, and what the address says. Out: a `Talk`, which a template shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from werkzeug.datastructures import MultiDict

from lms.content.plan import Key, Sort, StepPlan
from lms.errors import Refused
from lms.learning.answers import PARTED
from lms.learning.marking import right_of
from lms.learning.places import Where
from lms.learning.progress import TRIES_BEFORE_ANSWER
from lms.learning.shapes import Shape
from lms.services import practice
from lms.services.courses import Catalogue
from lms.services.practice import Said
from lms.services.stores import Store
from lms.web import answers, bodies
from lms.web.bodies import Body, Html
from lms.web.saying import Words, _, of_error

NOT_QUITE, RIGHT, SHOWN = _("Not quite"), _("Yes, that is right"), _("This is the answer")
PARTLY = _("What you chose is right. There is more to find.")


@dataclass(frozen=True)
class Talk:
    """What has been said. Empty before the first answer."""

    verdict: Words | str = ""
    right: bool = False
    chosen: tuple[str, ...] = ()
    typed: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    """Part -> what is chosen for it, of an Order, Match or Gaps."""
    feedback: Mapping[str, Html] | None = None
    """Letter -> what is said about it; "" for what is said about typed words."""
    good: frozenset[str] = frozenset()
    """Letters whose feedback is a yes."""
    more: Words | str = ""
    """A word more where only a part is right."""
    explains: tuple[Html, ...] = ()
    is_shown: bool = False
    """Whether it is the answer that was asked for."""
    answer: Words | str = ""
    """The right words or number, once it may be shown."""
    shows: tuple[Html, ...] = ()
    """The same of an Order, Match or Gaps, line by line."""
    hints: tuple[Html, ...] = ()
    hints_left: int = 0
    may_show: bool = False
    tries: int = 0
    said: str = ""
    """The event whose answer is shown, for forms that come back here."""
    error: Words | str = ""
    fault: str = ""
    """The part of the answer the error is about."""


def talk_of(
    store: Store,
    catalogue: Catalogue,
    where: Where,
    module: str,
    step: StepPlan,
    body: Body,
    args: MultiDict[str, str],
    person_id: int | None,
    lang: str,
) -> Talk:
    """What was said to her: her events remember it. `lang`: the language she reads now. Nothing yet to a visitor."""
    key = catalogue.key(where.shape, where.shape.numbers[module, step.name], lang)
    tries = where.wrong_tries(module, step.name)
    done = where.done(module, step.name)
    said = _said(store, catalogue, where.shape, args.get("answer", ""), person_id, lang) if person_id else None
    talk = answered(said, step) if said else Talk(filled=answers.filled_in(step, args))
    if done and args.get("shown"):
        talk = shown(key, step, body)
    may_show = tries >= TRIES_BEFORE_ANSWER and not done
    return _with_hints(replace(talk, tries=tries, may_show=may_show), key, where.hints_seen(module, step.name))


def _said(store: Store, catalogue: Catalogue, shape: Shape, event_id: str, person_id: int, lang: str) -> Said | None:
    try:
        return practice.said(store, catalogue, shape, person_id, UUID(event_id), lang)
    except ValueError:
        return None


def unsaid(talk: Talk, step: StepPlan, form: MultiDict[str, str], refused: Refused) -> Talk:
    """The same, before an answer that could not be taken, which stays in its fields."""
    typed = form.get("answer", "") if step.sort in (Sort.WORDS, Sort.NUMBER) else ""
    return replace(
        talk,
        verdict="",
        error=of_error(refused),
        fault=refused.field,
        typed=typed,
        chosen=() if typed else tuple(form.getlist("answer")),
        filled=answers.filled_in(step, form),
    )


def answered(said: Said, step: StepPlan) -> Talk:
    chosen = said.answer if isinstance(said.answer, tuple) else ()
    typed = said.answer if isinstance(said.answer, str) else ""
    partly = step.sort is Sort.ALL and bool(chosen) and set(chosen) < set(said.key.right)
    return Talk(
        verdict=RIGHT if said.mark.right else NOT_QUITE,
        right=said.mark.right,
        chosen=chosen,
        typed=typed,
        filled=answers.fields_of(step, said.answer),
        feedback={letter: bodies.said(html) for letter, html in said.mark.feedback},
        good=frozenset(said.key.right),
        more=_more(said, step, partly),
        explains=explained(said.key) if said.mark.right else (),
    )


def _more(said: Said, step: StepPlan, partly: bool) -> Words | str:
    if partly:
        return PARTLY
    return "" if said.mark.right else answers.parts_right(step, said.mark.parts)


def shown(key: Key, step: StepPlan, body: Body) -> Talk:
    """The right answer, with why it is right."""
    right = right_of(step, key)
    return Talk(
        verdict=SHOWN,
        right=True,
        is_shown=True,
        chosen=key.right,
        feedback={letter: bodies.said(key.feedback[letter]) for letter in key.right if letter in key.feedback},
        good=frozenset(key.right),
        explains=explained(key),
        answer=in_words(key, step),
        filled=answers.fields_of(step, right),
        shows=answers.written(step, body, right) if step.kind in PARTED else (),
    )


def explained(key: Key) -> tuple[Html, ...]:
    """Why the right answer is right."""
    return tuple(bodies.said(html) for html in key.explains)


def in_words(key: Key, step: StepPlan) -> Words | str:
    """The right words or number of a question that has them typed; empty of one to choose from."""
    if step.sort is Sort.NUMBER and key.number:
        low, high = key.number.low, key.number.high
        return f"{low}" if low == high else _("{low} to {high}", low=low, high=high)
    return next((it.value.replace("*", "") for it in key.answers), "") if step.sort is Sort.WORDS else ""


def _with_hints(talk: Talk, key: Key, seen: int) -> Talk:
    hints = bodies.hints(key)
    return replace(talk, hints=hints[:seen], hints_left=max(0, len(hints) - seen))

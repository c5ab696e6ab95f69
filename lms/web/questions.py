"""What is said at a practice question: the last answer, what it was marked, hints, the answer itself.

In: a question, who is at it, and what the address says. Out: a `Talk`, which a template shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from werkzeug.datastructures import MultiDict

from lms.content.plan import Key, Sort, StepPlan
from lms.errors import Refused
from lms.learning.places import Where
from lms.learning.progress import TRIES_BEFORE_ANSWER
from lms.learning.shapes import Shape
from lms.services import practice
from lms.services.courses import Catalogue
from lms.services.practice import Said
from lms.services.stores import Store
from lms.web import bodies
from lms.web.bodies import Html

NOT_QUITE, RIGHT = "Not quite", "Yes, that is right"


@dataclass(frozen=True)
class Talk:
    """What has been said. Empty before the first answer."""

    verdict: str = ""
    right: bool = False
    chosen: tuple[str, ...] = ()
    typed: str = ""
    feedback: Mapping[str, Html] | None = None
    """Letter -> what is said about it; "" for what is said about typed words."""
    good: frozenset[str] = frozenset()
    """Letters whose feedback is a yes."""
    more: str = ""
    """A word more where only part of what is right was chosen."""
    explains: tuple[Html, ...] = ()
    answer: str = ""
    """The right words or number, once it may be shown."""
    hints: tuple[Html, ...] = ()
    hints_left: int = 0
    may_show: bool = False
    tries: int = 0
    said: str = ""
    """The event whose answer is shown, for forms that come back here."""
    error: str = ""


def talk_of_member(
    store: Store,
    catalogue: Catalogue,
    where: Where,
    module: str,
    step: StepPlan,
    args: MultiDict[str, str],
    person_id: int,
) -> Talk:
    """What was said to someone signed in: her events remember it."""
    key = catalogue.key(where.shape, where.shape.numbers[module, step.name])
    tries = where.wrong_tries(module, step.name)
    done = where.done(module, step.name)
    said = _said(store, catalogue, where.shape, args.get("answer", ""), person_id)
    talk = _answered(said, step) if said else Talk()
    if done and args.get("shown"):
        talk = _shown(key, step)
    may_show = tries >= TRIES_BEFORE_ANSWER and not done
    return _with_hints(replace(talk, tries=tries, may_show=may_show), key, where.hints_seen(module, step.name))


def _said(store: Store, catalogue: Catalogue, shape: Shape, event_id: str, person_id: int) -> Said | None:
    try:
        return practice.said(store, catalogue, shape, person_id, UUID(event_id))
    except ValueError:
        return None


def talk_of_visitor(catalogue: Catalogue, shape: Shape, module: str, step: StepPlan, args: MultiDict[str, str]) -> Talk:
    """What is said to a visitor: everything it rests on stands in the address, nothing is kept."""
    key = catalogue.key(shape, shape.numbers[module, step.name])
    tries, hints = _small(args.get("tries", "")), _small(args.get("hints", ""))
    try:
        answer = practice.given(step, args.getlist("answer"))
        asked = "check" in args or bool(answer)
        talk = _answered(practice.try_out(catalogue, shape, module, step.name, answer), step) if asked else Talk()
    except Refused as refused:
        talk = Talk(error=refused.sentence)
    tries += bool(talk.verdict) and not talk.right
    if "shown" in args and tries >= TRIES_BEFORE_ANSWER:
        talk = _shown(key, step)
    may_show = tries >= TRIES_BEFORE_ANSWER and not talk.right
    return _with_hints(replace(talk, tries=tries, may_show=may_show), key, hints)


def silent(talk: Talk, error: str) -> Talk:
    """The same, before an answer that could not be taken."""
    return replace(talk, verdict="", error=error)


def _small(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _answered(said: Said, step: StepPlan) -> Talk:
    chosen = said.answer if isinstance(said.answer, tuple) else ()
    typed = said.answer if isinstance(said.answer, str) else ""
    partly = step.sort is Sort.ALL and bool(chosen) and set(chosen) < set(said.key.right)
    return Talk(
        verdict=RIGHT if said.mark.right else NOT_QUITE,
        right=said.mark.right,
        chosen=chosen,
        typed=typed,
        feedback={letter: bodies.said(html) for letter, html in said.mark.feedback},
        good=frozenset(said.key.right),
        more="What you chose is right. There is more to find." if partly else "",
        explains=_explains(said.key) if said.mark.right else (),
    )


def _shown(key: Key, step: StepPlan) -> Talk:
    """The right answer, with why it is right."""
    return Talk(
        verdict="This is the answer",
        right=True,
        chosen=key.right,
        feedback={letter: bodies.said(key.feedback[letter]) for letter in key.right if letter in key.feedback},
        good=frozenset(key.right),
        explains=_explains(key),
        answer=in_words(key, step),
    )


def _explains(key: Key) -> tuple[Html, ...]:
    return tuple(bodies.said(html) for html in key.explains)


def in_words(key: Key, step: StepPlan) -> str:
    """The right words or number of a question that has them typed; empty of one to choose from."""
    if step.sort is Sort.NUMBER and key.number:
        low, high = key.number.low, key.number.high
        return f"{low}" if low == high else f"{low} to {high}"
    return next((it.value.replace("*", "") for it in key.answers), "") if step.sort is Sort.WORDS else ""


def _with_hints(talk: Talk, key: Key, seen: int) -> Talk:
    hints = bodies.hints(key)
    return replace(talk, hints=hints[:seen], hints_left=max(0, len(hints) - seen))

"""An answer out of a form's fields, back into them, and in words to read.

Order, Match and Gaps have one select box for each part, called `answer-` and the part: the letter of
an item or a left cell, the number of a gap. The other kinds have fields called `answer`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from lms.content.plan import Kind, StepPlan
from lms.errors import N_, Refused
from lms.learning.answers import PARTED, Answer, handed_in
from lms.learning.events import EventKind
from lms.services import practice
from lms.services.practice import Kept
from lms.web import bodies
from lms.web.bodies import Body, Html
from lms.web.saying import Words, _, _n
from lms.web.words import nth, spelled

Choices = tuple[tuple[str, Words | str], ...]
"""(value, words) of what one select box offers."""


def parts_of(step: StepPlan) -> tuple[str, ...]:
    """What has a select box of its own; nothing for the other kinds."""
    if step.kind is Kind.GAPS:
        return tuple(str(number) for number in range(1, step.gaps + 1))
    return step.letters if step.kind in PARTED else ()


def filled_in(step: StepPlan, fields: MultiDict[str, str]) -> dict[str, str]:
    """Part -> what is chosen for it, as far as a form has got."""
    return {part: value for part in parts_of(step) if (value := fields.get(f"answer-{part}", ""))}


def answer_in(step: StepPlan, fields: MultiDict[str, str]) -> Answer:
    """The answer a form gives. Refused where a part is left out; `field` says which."""
    if step.kind not in PARTED:
        return practice.given(step, fields.getlist("answer"))
    filled = filled_in(step, fields)
    if step.kind is Kind.ORDER:
        return _in_order(step, filled)
    left = next((part for part in parts_of(step) if part not in filled), "")
    if left:
        gap = step.kind is Kind.GAPS
        raise _empty_gap(left) if gap else Refused("Choose one for each of them.", left)
    return filled if step.kind is Kind.MATCH else tuple(filled.values())


def _empty_gap(gap: str) -> Refused:
    return Refused("Gap {gap} is empty. Fill every gap.", gap, gap=gap)


def answer_to(step: StepPlan, kind: EventKind, form: MultiDict[str, str]) -> Answer:
    """What a form gives to an act of a kind; nothing where it only says that something is done."""
    match kind:
        case EventKind.ANSWERED | EventKind.RATED:
            return answer_in(step, form)
        case EventKind.TICKED:
            return written_in(form).ticked
        case EventKind.REFLECTED if not written_in(form).words:
            raise Refused("Write something first. Or say that you have thought about it.", "words")
        case EventKind.REFLECTED:
            return written_in(form).words
        case _:
            return ()


def written_in(form: MultiDict[str, str]) -> Kept:
    """What the form of a Task or a Reflect says, whether it can be kept or not."""
    words = form.get("words", "").replace("\r\n", "\n").strip()
    return Kept(tuple(letter for letter in form.getlist("answer") if letter), words)


def is_whole(step: StepPlan, form: MultiDict[str, str]) -> bool:
    """Whether the form of a Task hands it in."""
    given = written_in(form)
    return handed_in(step, given.ticked, given.words)


def so_far(step: StepPlan, form: MultiDict[str, str]) -> str:
    """A question's form as part of an address, for a hint: the answer that was said, else what is filled in."""
    filled = {f"answer-{part}": value for part, value in filled_in(step, form).items()}
    held = {"answer": form["said"]} if form.get("said") else filled
    return f"&{urlencode(held)}" if held else ""


def _in_order(step: StepPlan, filled: Mapping[str, str]) -> tuple[str, ...]:
    """The items by their places. Two in one place is an easy slip: it is said which place, and nothing is lost."""
    places = [str(place) for place in range(1, len(step.letters) + 1)]
    if not filled:  # a list nobody has moved, or boxes nobody has opened: as it stands it is never right
        raise Refused("Put them in order first.", "answer")
    for letter in step.letters:
        if filled.get(letter) not in places:
            raise Refused("Give each of them a place.", letter)
    place, how_many = Counter(filled.values()).most_common(1)[0]
    if how_many > 1:
        second = [letter for letter in step.letters if filled[letter] == place][1]
        sentence = N_("{many} of them are {place}. Give each a place of its own.")
        raise Refused(sentence, second, many=spelled(how_many), place=nth(int(place)))
    return tuple(sorted(step.letters, key=lambda letter: places.index(filled[letter])))


def fields_of(step: StepPlan, answer: Answer) -> Mapping[str, str]:
    """The inverse of `answer_in`: part -> what is chosen for it. Letters that are gone since choose nothing."""
    if isinstance(answer, Mapping):
        return answer
    if isinstance(answer, str) or step.kind not in PARTED:
        return {}
    if step.kind is Kind.ORDER:
        return {letter: str(place) for place, letter in enumerate(answer, 1)}
    return {str(number): letter for number, letter in enumerate(answer, 1)}


def put_in_order(letters: Sequence[str], filled: Mapping[str, str]) -> tuple[str, ...]:
    """The items of an Order by the places that are chosen for them; one that is newer than her answer comes last."""
    return tuple(sorted(letters, key=lambda letter: int(filled.get(letter, len(letters) + 1))))


def choices_of(step: StepPlan, body: Body, letters: Sequence[str], meanings: Sequence[str]) -> Choices:
    """What every select box of a step offers, in the order she sees it."""
    match step.kind:
        case Kind.ORDER:
            return tuple((str(place), nth(place)) for place in range(1, len(letters) + 1))
        case Kind.MATCH:
            return tuple((it, bodies.plain(body.meanings[it])) for it in meanings)
        case Kind.GAPS:
            return tuple((it, bodies.plain(body.options[it])) for it in letters)
        case _:
            return ()


def written(step: StepPlan, body: Body, answer: Answer) -> tuple[Html, ...]:
    """An answer of letters as she reads it: one line each, a text with its gaps filled as one."""
    if isinstance(answer, str):
        return ()
    if isinstance(answer, Mapping):
        pairs = ((left, answer[left]) for left in step.letters if answer.get(left) in body.meanings)
        return tuple(bodies.pair(body.options[left], body.meanings[meaning]) for left, meaning in pairs)
    known = [letter for letter in answer if letter in body.options]
    if step.kind is Kind.GAPS:
        return (bodies.filled(body, known),) if known else ()
    if step.kind is Kind.ORDER:
        return tuple(bodies.placed(place, body.options[letter]) for place, letter in enumerate(known, 1))
    return tuple(body.options[letter] for letter in known)


def parts_right(step: StepPlan, parts: tuple[int, int] | None) -> Words | str:
    """How much of an answer is right, without saying which parts: `2 of 3 are in the right place.`"""
    if parts is None:
        return ""
    good, of = parts
    match step.kind:
        case Kind.ORDER if good:
            return _n("{n} of {of} is in the right place.", "{n} of {of} are in the right place.", good, of=of)
        case Kind.ORDER:
            return _("None of them is in the right place yet.")
        case Kind.GAPS if good:
            its = _n("{n} gap", "{n} gaps", of)
            return _n("{n} of {gaps} is right.", "{n} of {gaps} are right.", good, gaps=its)
        case _ if good:
            return _n("{n} of {of} is right.", "{n} of {of} are right.", good, of=of)
    return _("None of them is right yet.")

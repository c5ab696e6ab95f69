"""Counterparts: a step of the source and its translation, made into one step in the other language.

What the step asks is the source's, what it says the translation's. Parts belong together by their
places, so both must have as many; letters, keys and plans are then the same in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Doing,
    Filling,
    InWords,
    Lesson,
    Matching,
    Option,
    Ordering,
    Pattern,
    Quiz,
    Range,
    Rating,
    Step,
    Text,
)
from lms.content.faults import Faults
from lms.content.markdown import words_of
from lms.content.meaning import Wording, page_wording, step_wording
from lms.content.plain import plain_text
from lms.content.plan import Kind
from lms.content.questions import NUMBER_OR_ENDS
from lms.content.words import language

Named = Lesson | Step | Quiz
"""What has a name."""


@dataclass(frozen=True)
class Beside:
    """Two files: the source, and the translation, which is told of what is wrong."""

    source: str
    source_lang: str
    lang: str
    faults: Faults

    def differ(self, line: int, message: str, instead: str) -> None:
        self.faults.error(line, "translation-parts", message, instead)


def kind_of(what: Named) -> Kind:
    """What sort of thing a name stands for."""
    if isinstance(what, Step):
        return what.kind
    return Kind.LESSON if isinstance(what, Lesson) else Kind.QUIZ


def translated_wording(what: Named) -> Wording:
    """Everything a translation says, Checks too: they hold words that a page shows."""
    if not isinstance(what, Step):
        return page_wording(what)
    checks = [check.written for check in what.asked.checks] if isinstance(what.asked, Coding) else []
    return [*step_wording(what), checks] if checks else step_wording(what)


def counterpart(source: Named, theirs: Named, beside: Beside) -> Named | None:
    """The source as its translation says it; None after saying why the two can't be one."""
    if kind_of(source) != kind_of(theirs):
        _other_kind(source, theirs, beside)
        return None
    if isinstance(source, Step) and isinstance(theirs, Step):
        return _step(source, theirs, beside)
    if isinstance(source, Lesson) and isinstance(theirs, Lesson):
        return replace(source, title=theirs.title, body=theirs.body) if _is_read(source, theirs, beside) else None
    if isinstance(source, Quiz) and isinstance(theirs, Quiz):
        return replace(source, title=theirs.title, body=theirs.body) if _is_read(source, theirs, beside) else None
    return None


def has_text(source: Text, theirs: Text, line: int, beside: Beside) -> bool:
    """Is there text under both headings, or under neither? A page is there in every language, or in none."""
    if bool(source) != bool(theirs):
        here, there = ("no text", "text") if source else ("text", "none")
        message = f"under this heading stands {here}, and in {beside.source} there is {there}."
        beside.differ(line, message, "Translate it too." if source else "Leave it out, or move it into a step.")
    return bool(source) == bool(theirs)


def _is_read(source: Lesson | Quiz, theirs: Lesson | Quiz, beside: Beside) -> bool:
    return has_text(source.body, theirs.body, theirs.line, beside)


def _other_kind(source: Named, theirs: Named, beside: Beside) -> None:
    kind, here = kind_of(source), kind_of(theirs)
    message = f"this is of the kind {_said(here)}, and in {beside.source} of the kind {_said(kind)}."
    marks = "##" if kind in (Kind.LESSON, Kind.QUIZ) else "###"
    word = "" if kind in (Kind.LESSON, Kind.READING) else f" {_word_of(kind, beside.lang)}:"
    beside.faults.error(theirs.line, "translation-kind", message, f"Start its heading with {marks}{word}.")


def _said(kind: Kind) -> str:
    return {Kind.READING: "reading (no kind word)"}.get(kind, kind.value.replace("-", " "))


def _word_of(kind: Kind, lang: str) -> str:
    """The kind word of a language, or the English one."""
    found = [word for word, its in language(lang).kinds.items() if its == kind]
    return found[-1].capitalize()


def _step(source: Step, theirs: Step, beside: Beside) -> Step | None:
    before = beside.faults.errors
    pair = _PAIRS.get(type(source.asked)) if source.asked else None
    asked = pair(source.asked, theirs, beside) if pair and source.asked else source.asked
    if beside.faults.errors > before:
        return None
    body = theirs.body
    if isinstance(theirs.asked, Coding) and not theirs.asked.snippets:
        starts = tuple(it for it in source.body.tokens if it.type == "fence" and len(it.info.split()) > 1)
        body = replace(body, tokens=(*body.tokens, *starts))
    said = replace(theirs, name=source.name, body=body, asked=asked)
    return replace(said, optional=source.optional, skills=source.skills)


_ONE = {
    "boxes": "box",
    "points": "point",
    "things to order": "thing to order",
    "rows": "row",
    "gaps": "gap",
    "Extras": "Extra",
}


def _as_many(source: Sequence[object], theirs: Sequence[object], what: str, line: int, beside: Beside) -> bool:
    if len(source) == len(theirs):
        return True
    here, there = ("is" if len(them) == 1 else "are" for them in (theirs, source))
    named = what if len(theirs) != 1 else _ONE[what]
    message = f"here {here} {len(theirs)} {named}, and in {beside.source} there {there} {len(source)}."
    beside.differ(line, message, "Write as many, in the same order.")
    return False


def _choose(source: Choose, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    if not isinstance(asked, Choose):
        return _other_sort(theirs, "boxes, - [ ]", beside)
    if not _as_many(source.options, asked.options, "boxes", theirs.line, beside):
        return None
    pairs = list(zip(source.options, asked.options, strict=True))
    odd = next((here for there, here in pairs if there.ticked != here.ticked), None)
    if odd and any(option.ticked for option in asked.options):
        here, there = ("ticked", "not") if odd.ticked else ("not ticked", "ticked")
        message = f"this box is {here}, and in {beside.source} it is {there}."
        instead = "Tick the boxes that are ticked there, or none: the ticks need not be repeated."
        beside.faults.error(odd.line, "translation-ticks", message, instead)
    options = (Option(here.text, there.ticked, here.feedback, here.line) for there, here in pairs)
    return replace(source, options=tuple(options))


def _other_sort(theirs: Step, wanted: str, beside: Beside) -> Asked | None:
    message = f"this Question is answered in another way than in {beside.source}."
    beside.faults.error(theirs.line, "translation-kind", message, f"There, it has {wanted}.")
    return None


def _in_words(source: InWords, theirs: Step, beside: Beside) -> Asked | None:
    """Its own Answers first; the source's are taken as right too, and only its own say anything to them."""
    asked = theirs.asked
    if not isinstance(asked, InWords):
        return _other_sort(theirs, "- Answer:", beside)
    own = {(it.value, it.exact) for it in asked.answers}
    also = (Pattern(it.value, it.exact) for it in source.answers if (it.value, it.exact) not in own)
    return InWords((*asked.answers, *also), asked.closes)


def _number(source: ANumber, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    if not isinstance(asked, InWords) or asked.answers:
        return _other_sort(theirs, "a number, which is not repeated here", beside)
    closes = [_ends(it, beside) for it in asked.closes]
    return ANumber(source.right, tuple(ends for ends in closes if ends))


def _ends(close: Pattern, beside: Beside) -> Range | None:
    match = NUMBER_OR_ENDS.fullmatch(close.value.strip())
    low, high = (Decimal(match[1]), Decimal(match[2] or match[1])) if match else (Decimal(1), Decimal(0))
    if low <= high:
        return Range(low, high, close.feedback)
    instead = "Type it in digits, 12 or 2.5, or as two ends, 10 .. 14; no unit, no comma."
    beside.faults.error(close.feedback.line, "number-form", f'"{close.value[:40]}" is not a number.', instead)
    return None


def _rating(source: Rating, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    points = asked.points if isinstance(asked, Rating) else ()
    if source.same_as:
        return source
    if not points and tuple(map(plain_text, source.points)) == language(beside.source_lang).points:
        points = tuple(Text((words_of(it),), theirs.line) for it in language(beside.lang).points)
    return replace(source, points=points) if _as_many(source.points, points, "points", theirs.line, beside) else None


def _ordering(source: Ordering, theirs: Step, beside: Beside) -> Asked | None:
    items = theirs.asked.items if isinstance(theirs.asked, Ordering) else ()
    return Ordering(items) if _as_many(source.items, items, "things to order", theirs.line, beside) else None


def _matching(source: Matching, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    if not isinstance(asked, Matching) or not _as_many(source.rows, asked.rows, "rows", theirs.line, beside):
        return None
    for there, here in zip(source.rows, asked.rows, strict=True):
        if bool(plain_text(there.left)) != bool(plain_text(here.left)):
            empty = "empty" if not plain_text(here.left) else "not empty"
            message = f"the left cell of this row is {empty}, and in {beside.source} it is not so."
            beside.differ(here.meaning.line, message, "Write the rows in the same order.")
            return None
    meanings = ([row.meaning for row in source.rows], [row.meaning for row in asked.rows])
    return asked if _alike(*meanings, "meanings", beside) else None


def _filling(source: Filling, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    if not isinstance(asked, Filling) or not _as_many(source.gaps, asked.gaps, "gaps", theirs.line, beside):
        return None
    if not _as_many(source.extras, asked.extras, "Extras", theirs.line, beside):
        return None
    return asked if _alike((*source.gaps, *source.extras), (*asked.gaps, *asked.extras), "words", beside) else None


def _alike(source: Sequence[Text], theirs: Sequence[Text], what: str, beside: Beside) -> bool:
    """Equal ones are one choice: those that are equal in one language must be so in the other."""
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for was, now in zip(source, theirs, strict=True):
        was_words, words = plain_text(was), plain_text(now)
        if there.setdefault(was_words, words) != words:
            message = f'in {beside.source} two of these {what} are equal, and here "{words[:40]}" is another.'
            beside.differ(now.line, message, f'Type "{there[was_words][:40]}" in both places.')
            return False
        if back.setdefault(words, was_words) != was_words:
            message = f'"{words[:40]}" stands for two {what} that differ in {beside.source}.'
            beside.differ(now.line, message, "Find other words for one of them.")
            return False
    return True


def _doing(source: Doing, theirs: Step, beside: Beside) -> Asked | None:
    asked = theirs.asked
    if not isinstance(asked, Doing) or not _as_many(source.boxes, asked.boxes, "boxes", theirs.line, beside):
        return None
    return replace(source, boxes=asked.boxes, look_for=asked.look_for if source.look_for else ())


def _coding(source: Coding, theirs: Step, beside: Beside) -> Asked | None:
    """Its own code and Checks, all of them, or the source's."""
    asked = theirs.asked
    if not isinstance(asked, Coding) or not asked.snippets:
        return source
    there, here = ({it.language for it in coding.snippets} for coding in (source, asked))
    if there != here:
        message = (
            f"here is code in {' and '.join(sorted(here))}, and in {beside.source} in {' and '.join(sorted(there))}."
        )
        beside.differ(theirs.line, message, "Translate all of the code, or leave all of it out.")
    return asked


_PAIRS: Mapping[type[Asked], Callable[..., Asked | None]] = {
    ANumber: _number,
    Choose: _choose,
    Coding: _coding,
    Doing: _doing,
    Filling: _filling,
    InWords: _in_words,
    Matching: _matching,
    Ordering: _ordering,
    Rating: _rating,
}


def near_names(faults: Faults, line: int, name: str, names: Sequence[str], source: str) -> None:
    """A name its source never had."""
    message = faults.unknown(f'{source} has no "{name}", and never had', name, names)
    faults.error(line, "translation-name", message, "Type the name as it stands there in {# }, or leave this out.")

"""Task and Reflect: what a learner does, or thinks about, away from the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.content.boxes import behind_box, box_column
from lms.content.course import Doing, Reflecting
from lms.content.headings import Section
from lms.content.items import Item, in_blocks, of_word
from lms.content.manuscript import Manuscript, first_line, one_line
from lms.content.plain import plain_text, repeated
from lms.content.questions import no_links, value
from lms.content.words import EVIDENCE, Value, Word


def read_task(ms: Manuscript, section: Section, items: Sequence[Item]) -> Doing | None:  # noqa: ARG001
    """What is ticked, handed in and signed off; None where something of it can't be."""
    before = ms.faults.errors
    boxes = [item for item in items if item.word is None]
    for box in boxes:
        _check_box(ms, box)
    texts = tuple(one_line(box.first[1]) for box in boxes)
    no_links(ms, texts)
    for text, first in repeated(text for text in texts if plain_text(text)):
        message = f"this box is the same as the one on line {first}."
        ms.faults.error(text.line, "task-equal", message, "Reword one, or delete it.", behind_box(ms, text.line))
    sign_off = value(ms, items, Word.SIGN_OFF, (Value.MENTOR,))
    task = Doing(texts, _evidence(ms, items), sign_off or "", in_blocks(items, Word.LOOK_FOR))
    return task if ms.faults.errors == before else None


def _check_box(ms: Manuscript, box: Item) -> None:
    if not plain_text(one_line(box.first[1])):
        instead = "Write what is done behind it, or delete it."
        ms.faults.error(box.line, "box-empty", "a box without words.", instead, box_column(ms, box.line))
    elif box.ticked:
        message = "a box of a Task is ticked already; the learner ticks it."
        ms.faults.error(box.line, "task-ticked", message, "Type [ ].", box_column(ms, box.line))
    elif box.feedback:
        message = "a quote stands under a box of a Task, which nobody gets wrong."
        ms.faults.error(first_line(box.feedback[0]), "task-feedback", message, "Move it into the text above the boxes.")


def _evidence(ms: Manuscript, items: Sequence[Item]) -> tuple[str, ...]:
    """`photo or words`: any of them will do."""
    found: list[str] = []
    ors = "|".join(re.escape(word) for word, what in ms.language.values.items() if what == Value.OR)
    for item in of_word(items, Word.EVIDENCE):
        for typed in re.split(rf" (?:{ors}) ", " ".join(item.typed.split()), flags=re.IGNORECASE):
            what = ms.language.value(typed)
            if what in EVIDENCE and what not in found:
                found.append(what)
                continue
            message = ms.faults.unknown(f'"{typed[:40]}" can\'t be handed in', typed, EVIDENCE)
            if what in EVIDENCE:
                message = f'"{typed}" stands twice in "{item.word}:".'
            instead = "Type photo, words or link, or some of them with or between."
            ms.faults.error(item.line, "evidence-form", message, instead, ms.source.column(item.line, typed))
    return tuple(what for what in EVIDENCE if what in found)


def read_reflect(ms: Manuscript, section: Section, items: Sequence[Item]) -> Reflecting:  # noqa: ARG001
    """Who may read what she writes."""
    seen_by = value(ms, items, Word.SEEN_BY, (Value.ONLY_ME, Value.MENTOR))
    return Reflecting(seen_by or Value.ONLY_ME)

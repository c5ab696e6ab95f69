"""What an answer is: letters, a pair for each letter, or words. And how it stands in a row.

Pure: no rule here says what is right (`marking`) or which form a step takes (`events.check`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lms.content.plan import Kind, StepPlan, canonical

Answer = tuple[str, ...] | str | Mapping[str, str]
"""Letters chosen, ticked, put in order or filled in; words or a number as typed; of a Match, left letter -> meaning."""

PARTED = frozenset({Kind.ORDER, Kind.MATCH, Kind.GAPS})
"""Kinds whose answer has several parts, each right or not."""

ASKED = PARTED | {Kind.QUESTION}
"""Kinds that ask something: in practice and in a quiz."""

ONLY_ME, MENTOR = "me", "mentor"
"""Who may read words that are kept."""

_TYPED = frozenset({"words", "link"})


def in_row(answer: Answer) -> str | None:
    """Letters and pairs as JSON, sorted where order says nothing; None for words, which are kept elsewhere."""
    return canonical(answer if isinstance(answer, Mapping) else list(answer)) if _lettered(answer) else None


def _lettered(answer: Answer) -> bool:
    return bool(answer) and not isinstance(answer, str)


def from_row(choice: str | None, words: str | None) -> Answer:
    """The inverse of `in_row`, with the words kept beside it."""
    if not choice:
        return words or ""
    found = json.loads(choice)
    return {str(left): str(right) for left, right in found.items()} if isinstance(found, dict) else tuple(found)


def letters_of(choice: str | None) -> tuple[str, ...]:
    """The letters of a row that holds a list of them."""
    found = from_row(choice, None)
    return found if isinstance(found, tuple) else ()


def takes_evidence(step: StepPlan) -> bool:
    """Whether a Task asks for something that can be typed. A photo is shown to a mentor, not sent."""
    return not _TYPED.isdisjoint(step.evidence)


def needs_evidence(step: StepPlan) -> bool:
    """Whether a Task is handed in only with words or a link: somebody is to look at them, and a photo won't do."""
    return bool(step.sign_off) and takes_evidence(step) and "photo" not in step.evidence


def handed_in(step: StepPlan, ticked: Answer, evidence: str) -> bool:
    """Whether a Task is done by this: every box ticked, and what somebody is to look at written."""
    return set(step.letters) <= set(ticked) and (bool(evidence.strip()) or not needs_evidence(step))


def audience(step: StepPlan) -> str:
    """Who may read the words kept with a step: what its page promised when they were written."""
    return MENTOR if MENTOR in (step.seen_by, step.sign_off) else ONLY_ME

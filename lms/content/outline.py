"""What a learner is told of a step: its plan, and what its page shows beside its text.

A step and its letters in; a `StepPlan`, and the texts behind the letters, out. Nothing here may say
what is right: what is put in order or chosen from stands in the letters' own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Doing,
    Filling,
    InWords,
    Matching,
    Rating,
    Reflecting,
    Step,
    Text,
)
from lms.content.letters import in_turn
from lms.content.meaning import choices_of, parts_of
from lms.content.plain import heading
from lms.content.plan import Kind, Sort, StepPlan

WITHOUT_PAGE = frozenset({Kind.CODE})
"""Kinds nobody can do before there is a playground: optional, whatever their author said."""

_Lettered = tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Shown:
    """What stands on a step's page beside its title and body."""

    options: _Lettered = ()
    meanings: _Lettered = ()
    heads: tuple[Text, ...] = ()
    code: tuple[tuple[str, str], ...] = ()


NOTHING = Shown()


def step_plan(step: Step, name: str, letters: tuple[str, ...]) -> StepPlan:
    """`letters`: those of its parts, then those of its choices, as the author wrote them."""
    asked = step.asked
    placed, chosen = _sides(asked, letters)
    return StepPlan(
        name=name,
        kind=step.kind,
        title=heading(step.title),
        optional=step.optional or step.kind in WITHOUT_PAGE,
        sort=_sort(asked),
        letters=placed or chosen,
        shuffle=isinstance(asked, Choose) and asked.shuffle,
        same_as=asked.same_as if isinstance(asked, Rating) else "",
        skills=step.skills,
        meanings=chosen if isinstance(asked, Matching) else (),
        gaps=len(asked.gaps) if isinstance(asked, Filling) else 0,
        evidence=asked.evidence if isinstance(asked, Doing) else (),
        sign_off=asked.sign_off if isinstance(asked, Doing) else "",
        seen_by=asked.seen_by if isinstance(asked, Reflecting) else "",
        languages=tuple(it.language for it in asked.snippets) if isinstance(asked, Coding) else (),
    )


def shown_of(asked: Asked | None, letters: Sequence[str]) -> Shown:
    """The texts behind the letters, and what else the page of a kind needs."""
    if isinstance(asked, Coding):
        return Shown(code=tuple((it.language, it.start) for it in asked.snippets))
    if not letters:  # most steps are read
        return NOTHING
    texts = dict(zip(letters, (*parts_of(asked), *choices_of(asked)), strict=True))
    placed, chosen = (tuple((it, texts[it]) for it in side) for side in _sides(asked, letters))
    return Shown(placed, chosen, asked.heads) if isinstance(asked, Matching) else Shown(placed or chosen)


def _sides(asked: Asked | None, letters: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The letters of the parts, as written, and those of the choices, from a to z."""
    if not letters:
        return (), ()
    first = len(letters) - len(choices_of(asked))
    return tuple(letters[:first]), in_turn(letters[first:])


def _sort(asked: Asked | None) -> Sort | None:
    if isinstance(asked, Choose):
        return Sort.ALL if asked.choose_all else Sort.ONE
    if isinstance(asked, InWords):
        return Sort.WORDS
    return Sort.NUMBER if isinstance(asked, ANumber) else None

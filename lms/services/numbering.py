"""The permanent numbers of names: what a publication adds to them, and what it may not lose.

The numbers a course has and the record of names after a publication in; the numbers of now, and the
rows to write, out. Nothing is read or written here, so that a dry run numbers as publishing does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.content.plan import CoursePlan
from lms.content.release import Names, Release, acted_on
from lms.errors import LmsError

Place = tuple[str, str]
_MOST = 40
"""Letters in a name."""


class NamesLost(LmsError):
    """Numbers that learners' work hangs on belong to no name any more: never published over."""

    def __init__(self, places: list[Place]) -> None:
        some = ", ".join("/".join(place) for place in places[:10])
        super().__init__(
            f"The record of this course's names has lost {some}: learners' work would hang on nothing. "
            "Nothing was published. Restore the newest backup, or ask whoever looks after the site."
        )


@dataclass(frozen=True)
class Numbering:
    """`numbers`: of every name, now. The rest is what differs from before."""

    numbers: Mapping[Place, int]
    new: Mapping[Place, tuple[int, str]] = field(default_factory=dict)
    """Names to write down, with the kind of what they stand for."""
    again: Mapping[Place, int] = field(default_factory=dict)
    """Names that were reopened, with the number they have from now on."""
    retired: frozenset[int] = frozenset()
    """Numbers no release to come will have."""

    def of(self, plan: CoursePlan) -> dict[Place, int]:
        """The numbers of what stands in a release: its own for ever, whatever is reopened later."""
        return {place: self.numbers[place] for place in plan.steps()}


def number_names(known: Mapping[Place, int], release: Release) -> Numbering:
    """Give every new name a number, or that of the name it had before; every reopened one a new number."""
    names = release.names
    numbers = followed(known, names)
    _find_lost(known, numbers, names)
    free = max(known.values(), default=0) + 1
    aside: dict[Place, int] = {}
    for place in acted_on(release.acts, "reopened"):
        if place in numbers:
            aside[_aside(place, numbers[place])] = numbers[place]
            _give(numbers, names, place, free)
            free += 1
    for place in release.plan.steps():
        if place not in numbers:
            numbers[place] = free
            free += 1
    kinds = {place: step.kind.value for place, step in release.plan.steps().items()}
    new = {place: no for place, no in (numbers | aside).items() if place not in known}
    removed = {numbers[place] for place, it in names.named.items() if it.removed and place in numbers}
    return Numbering(
        numbers=numbers,
        new={place: (no, kinds.get(place) or _kind(names, place)) for place, no in new.items()},
        again={place: no for place, no in numbers.items() if known.get(place, no) != no},
        retired=frozenset(removed | set(aside.values())),
    )


def followed(known: Mapping[Place, int], names: Names) -> dict[Place, int]:
    """The numbers that are known; a name that is another now has its number with it."""
    new = {now: known[was] for was, now in names.earlier.items() if was in known and now not in known}
    return dict(known) | new


def _find_lost(known: Mapping[Place, int], numbers: Mapping[Place, int], names: Names) -> None:
    held = {numbers[place] for place in names.named if place in numbers}
    lost = [place for place, no in known.items() if no not in held and "@" not in place[1]]
    if lost:
        raise NamesLost(sorted(lost))


def _give(numbers: dict[Place, int], names: Names, place: Place, number: int) -> None:
    """A new number for a name and its earlier ones: it may take one of them back."""
    numbers[place] = number
    numbers.update({was: number for was, now in names.earlier.items() if now == place and was in numbers})


def _aside(place: Place, number: int) -> Place:
    """What a number is called once its name has another: no author can write it, and it is never looked up."""
    mark = f"@{number}"
    return place[0], place[1][: _MOST - len(mark)] + mark


def _kind(names: Names, place: Place) -> str:
    """Of a name that stands in no page now; what was set aside is known already, and its kind with it."""
    named = names.named.get(place)
    return named.kind if named else ""

"""What an author changed without a line of `changes`: words, places, order, what has to be done, what a Task asks.

What was published last and what would be now in; each change with the names it is about, out. Nobody loses
anything by one of them. That they are named shows her that they were taken for what she meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.content.nearest import listed
from lms.content.plan import QUIZ, CoursePlan, Kind, ModulePlan
from lms.content.release import Named, Place, Release, acted_on

_TOLD = ("corrected", "remarked", "reopened")
"""Lines that say themselves what became of the words."""
_ASKING = (Kind.TASK, Kind.REFLECT, Kind.CODE, Kind.QUIZ)
"""Kinds that may ask for something else without a line."""
_WORDS = "What they did stays."
_PLACE = "What they did counts where it stands now; a lesson they finished stays finished."
_QUIZ = "It is asked afresh there; what they finished or passed stays."
"""A lesson teaches and a quiz tries: what is done in one says nothing of the other."""
_ORDER = "Nothing changes for them."
_ASKED = "What is done stays done."
_LEFT_OPEN = "Nobody has to do it any more."
_MUST = "Who has not finished what it stands in is asked for it; what is finished stays finished."


@dataclass(frozen=True)
class Reworked:
    """One change, what it is about as that is called now, and what comes of it."""

    module: str
    what: str
    """`length, q-strong moved from strong to copies`"""
    places: tuple[Place, ...]
    comes: str


def reworked(
    old: CoursePlan, named: Mapping[Place, Named], release: Release, earlier: Mapping[Place, Place]
) -> Iterator[Reworked]:
    """Every such change, module by module. `named`: what was known of each name; `earlier`: name now -> name then."""
    look = _Look(old, named, release, earlier)
    for module in release.plan.modules:
        yield from look.words(module)
        yield from look.asked(module)
        yield from look.optional(module)
        yield from look.places(module)
        yield from look.order(module)


class _Look:
    """Two releases, held against each other."""

    def __init__(
        self, old: CoursePlan, named: Mapping[Place, Named], release: Release, earlier: Mapping[Place, Place]
    ) -> None:
        self.named, self.now, self.earlier = named, release.names.named, earlier
        self.told = {place for verb in _TOLD for place in acted_on(release.acts, verb)}
        later = {was: now for now, was in earlier.items()}
        self.pages = {
            later.get((module.module, name), (module.module, name)): later.get(page, page)
            for module in old.modules
            for page, names in _pages_of(module).items()
            for name in names
        }
        """Of every step, as it is called now, the lesson or quiz it stood in."""
        self.stood: dict[Place, list[Place]] = {}
        for place, page in self.pages.items():
            self.stood.setdefault(page, []).append(place)
        self.here = set(release.plan.steps())
        self.optional_before = {later.get(place, place): it.optional for place, it in old.steps().items()}
        self.optional_now = {place: it.optional for place, it in release.plan.steps().items()}

    def words(self, module: ModulePlan) -> Iterator[Reworked]:
        changed = [place for place, was, now in self._both(module) if was.wording != now.wording]
        if found := [place for place in changed if place not in self.told]:
            yield Reworked(module.module, f"new words or order in {_names(found)}", tuple(found), _WORDS)

    def asked(self, module: ModulePlan) -> Iterator[Reworked]:
        found = [place for place, was, now in self._both(module) if was.kind in _ASKING and was.meaning != now.meaning]
        if found := [place for place in found if place not in self.told]:
            verb = "asks" if len(found) == 1 else "ask"
            yield Reworked(module.module, f"{_names(found)} {verb} for something else", tuple(found), _ASKED)

    def optional(self, module: ModulePlan) -> Iterator[Reworked]:
        """Steps and lessons that have to be done now, or no longer."""
        for now, said, comes in ((True, "optional now", _LEFT_OPEN), (False, "no longer optional", _MUST)):
            found = [place for place, _, _ in self._both(module) if self._became(place, now)]
            if found:
                verb = "is" if len(found) == 1 else "are"
                yield Reworked(module.module, f"{_names(found)} {verb} {said}", tuple(found), comes)

    def _became(self, place: Place, optional: bool) -> bool:
        was = self.optional_before.get(place)
        return was is not None and was != optional and self.optional_now.get(place) == optional

    def _both(self, module: ModulePlan) -> Iterator[tuple[Place, Named, Named]]:
        """Each name that was there before, with what was known of it and what is now."""
        for page, names in _pages_of(module).items():
            for place in (page, *((module.module, name) for name in names)):
                if was := self.named.get(self.earlier.get(place, place)):
                    yield place, was, self.now[place]

    def places(self, module: ModulePlan) -> Iterator[Reworked]:
        """Steps that stand in another lesson of their module."""
        gone: dict[tuple[Place, Place], list[Place]] = {}
        for page, names in _pages_of(module).items():
            for place in ((module.module, name) for name in names):
                before = self.pages.get(place, page)
                if before != page and before[0] == page[0]:
                    gone.setdefault((before, page), []).append(place)
        for (before, page), places in gone.items():
            comes = _QUIZ if QUIZ in (before[1], page[1]) else _PLACE
            yield Reworked(module.module, self._moved(before, page, places), tuple(places), comes)

    def _moved(self, before: Place, page: Place, places: list[Place]) -> str:
        names, stand = _names(places), "stands" if len(places) == 1 else "stand"
        if before in self.here and self.earlier.get(page, page) not in self.named:
            return f"{before[1]} is split: {names} {stand} in {page[1]} now"
        if before not in self.here:
            return f"{before[1]} goes into {page[1]}: {names} {stand} there now"
        return f"{names} moved from {before[1]} to {page[1]}"

    def order(self, module: ModulePlan) -> Iterator[Reworked]:
        for page, names in _pages_of(module).items():
            stood = self.stood.get(page, [])
            stands = [(module.module, name) for name in names]
            if [it for it in stood if it in stands] != [it for it in stands if it in stood]:
                yield Reworked(module.module, f"another order in {page[1]}", (page,), _ORDER)


def _pages_of(module: ModulePlan) -> dict[Place, list[str]]:
    """Each lesson, and the quiz, with the names of its steps."""
    found = {(module.module, lesson.name): [step.name for step in lesson.steps] for lesson in module.lessons}
    if module.quiz:
        found[module.module, QUIZ] = [step.name for step in module.quiz.questions]
    return found


def _names(places: list[Place]) -> str:
    return listed([name for _, name in places])

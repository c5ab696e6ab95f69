"""Names that were published and are not where they were: what was done under them would hang on nothing.

The record of names and the names of this publication in; out, a problem for each that has no line in `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from lms.content.changes import Record
from lms.content.course import Course
from lms.content.plan import Kind
from lms.content.problems import Problem
from lms.content.release import Named, Place
from lms.content.unread import Unread

_OFTEN = (Kind.QUIZ, Kind.RATE, Kind.RATE_AGAIN)
"""Many modules begin and end with the same ones."""


def departed(
    course: Course, record: Record, named: Mapping[Place, Named], told: Collection[Place]
) -> Iterator[Problem]:
    """Every name that is gone, and every one that left a hidden module. `told`: of what something was said already.

    Where a line could not act, to say that a name is gone would only say so twice.
    """
    files = {module.module: module.file for module in course.modules}
    search = _Search(files, record, named, course.unread)
    if not record.problems:
        yield from (search.gone(place) for place in search.missing(told))
    yield from search.left()


class _Search:
    """The published names held against those of now."""

    def __init__(self, files: Mapping[str, str], record: Record, named: Mapping[Place, Named], unread: Unread) -> None:
        self.files = files
        """Module -> file, of those that are shown."""
        self.record = record
        self.named = named
        self.unread = unread

    def missing(self, told: Collection[Place]) -> list[Place]:
        """A name that was published, in a module that still is, must still be there or have its line.

        One that stands in a file with faults may be on its way to or from there.
        """
        known = sorted(self.record.named.items())
        here = [place for place, old in known if place[0] in self.files and not old.removed]
        gone = [place for place in here if place not in self.named and place not in told]
        return [place for place in gone if place[1] not in self.unread.names]

    def gone(self, place: Place) -> Problem:
        old, was = self.record.named[place], self._called_before(place)
        kind = "step" if old.kind == Kind.READING else old.kind.replace("-", " ")
        message = f'the {kind} "{place[1]}" was published and is gone.'
        instead = f"Put it back, or add {self._lines(place)}"
        if was:
            message = f'a line of `changes` says that "{was}" is "{place[1]}" now, and no heading has that name.'
            instead = f"Type {{#{place[1]}}} behind its heading, or mend the line."
        elif old.kind == Kind.QUIZ:
            instead = "Put it back, or add lines to `changes`, each with the date: `removed quiz`, and one such line "
            instead += "for each of its questions."
        return Problem(self.files[place[0]], 1, 1, "name-gone", message, instead)

    def _called_before(self, place: Place) -> str:
        """Its published name, where a line has renamed it just now."""
        if place not in self.record.touched("renamed"):
            return ""
        return next((was[1] for was, now in self.record.earlier.items() if now == place), "")

    def _lines(self, place: Place) -> str:
        """What would say where it went."""
        line, name = "a line to `changes`: the date, then", place[1]
        like = self._new(lambda _, it: _is_like(self.record.named[place], it))
        if len(like) == 1:
            [(module, now)] = like
            if module == place[0]:
                return f"{line} `renamed {name} to {now}`."
            if now == name:
                return f"{line} `moved {name} to {module}`."
            both = f"`renamed {name} to {now}`, then `moved {now} to {module}`"
            return f"two lines to `changes`, each with the date: {both}."
        if now := self._perhaps(place):
            return f"{line} `renamed {name} to {now}` if that is the same, or `removed {name}` if it is another."
        return f"{line} `removed {name}`."

    def _perhaps(self, place: Place) -> str:
        """What may be the same with other words: a lesson with the same steps, or the one new name of its kind."""
        old = self.record.named[place]
        kin = self._new(lambda at, it: at[0] == place[0] and it.kind == old.kind)
        if old.kind in _OFTEN:  # under another name a Rate has the points it had, too
            kin = [it for it in kin if self.named[it].meaning == old.meaning]
        if old.kind == Kind.LESSON:
            same = [it for it in kin if old.letters and self.named[it].letters.keys() == old.letters.keys()]
            kin = same or kin
        return kin[0][1] if len(kin) == 1 else ""

    def _new(self, fits: Callable[[Place, Named], bool]) -> list[Place]:
        """The names that were never published before, as far as they fit."""
        return [at for at, it in self.named.items() if at not in self.record.named and fits(at, it)]

    def left(self) -> Iterator[Problem]:
        """A name may not leave a module that is shown no more without its line: what was done there would stay behind.

        It is known by its name and its words, as they stand in another module now. Said once for each two modules.
        """
        hidden = self._hidden()
        new = [(place, it) for place, it in self.named.items() if place not in self.record.named and place[1] in hidden]
        left = {
            (was[0], place[0]): place[1]
            for place, it in reversed(new)
            for was in hidden[place[1]]
            if _is_same(self.record.named[was], it)
        }
        for (was_in, now_in), name in sorted(left.items()):
            message = f'"{name}" was published in the module "{was_in}", and stands in "{now_in}" without its learners.'
            instead = f"Keep the file of `module: {was_in}`, with a line in its `changes`: the date, then "
            instead += f"`moved {name} to {now_in}`. A module that only got another name takes its old one back."
            yield Problem(self.files[now_in], 1, 1, "name-left", message, instead)

    def _hidden(self) -> dict[str, list[Place]]:
        """Name -> where it was published, of what no file has any more."""
        hidden: dict[str, list[Place]] = {}
        for place, old in self.record.named.items():
            shown = place[0] in self.files or place in self.record.present or place in self.record.inside
            known = not shown and not self.unread.may_be(place[0])
            if known and not old.removed and old.kind not in _OFTEN:
                hidden.setdefault(place[1], []).append(place)
        return hidden


def _is_like(old: Named, new: Named) -> bool:
    return (old.kind, old.wording) == (new.kind, new.wording)


def _is_same(old: Named, new: Named) -> bool:
    """A lesson is the same with the same steps: more than one may be called Welcome."""
    return _is_like(old, new) and (old.kind != Kind.LESSON or old.letters.keys() == new.letters.keys())

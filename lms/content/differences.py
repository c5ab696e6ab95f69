"""Where a `names.lock` and a site's records disagree: one of them was written for another site.

A lock as read and records in; a problem for each name on which they differ, out. Words may be mended anywhere:
what counts is what stored answers hang on.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms.content.lock import JUDGED, LOCK, Lock
from lms.content.plan import Kind
from lms.content.problems import Problem
from lms.content.release import Named, Names, Place

_TAKE = (
    "If this site is right, write the file anew with `lms names --lock --write`; if not, publish on the site it is of."
)


def disagreements(lock: Lock, site: Names, others: Iterable[Names]) -> list[Problem]:
    """The names of which a lock says what neither the site's record nor any of the others does.

    The others are the record as it will be, for a lock that is ahead, and as it was, for one that is behind.
    """
    left = dict(lock.names.named)
    for names in (site, *others):
        left = {place: it for place, it in left.items() if not _agree(it, names.named.get(place))}
    return [
        Problem(LOCK, lock.lines.get(place, 1), 1, "lock-differs", _difference(place, it, site.named.get(place)), _TAKE)
        for place, it in sorted(left.items())
    ]


def _agree(one: Named, other: Named | None) -> bool:
    """In all that stored answers hang on: words may be mended anywhere."""
    return other is not None and _hung_on(one) == _hung_on(other)


def _hung_on(it: Named) -> tuple[object, ...]:
    if it.kind in (Kind.LESSON, Kind.QUIZ):
        return it.kind, it.removed
    return it.kind, it.removed, it.meaning if it.kind in JUDGED else "", dict(it.letters), set(it.gone), set(it.choices)


def _difference(place: Place, here: Named, there: Named | None) -> str:
    name = f'"{"/".join(place)}"'
    if there is None:
        return f"{name} was published, says this file, and on this site it never was."
    if here.kind != there.kind:
        return f"{name} is of the kind {here.kind} in this file, and of the kind {there.kind} on this site."
    if here.removed != there.removed:
        return f"{name} is {_removed(here)} in this file, and on this site it is {_removed(there)}."
    what = "what is right in it" if here.meaning != there.meaning else "the letters of its parts"
    return f"this file and this site disagree on {name}: {what}."


def _removed(it: Named) -> str:
    return "removed" if it.removed else "published"

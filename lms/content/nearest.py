"""The nearest right word to one that is wrong, for "did you mean ...?"; and the first of many right ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

LONGEST = 60
MOST_WORDS = 500


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """The word most like `word`, in the case it is written in `words`; empty if none is near.

    `cutoff`: from 0, anything, to 1, the word itself.

    >>> nearest("Watch", ["Match", "Order"])
    'Match'
    """
    if len(word) > LONGEST:
        return ""
    by_folded = {known.casefold(): known for known in islice(sorted(words), MOST_WORDS)}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else ""


_MOST_NAMED = 6
"""So many names a message tells; of the others how many there are."""


def listed(names: Sequence[str]) -> str:
    """The first names of many, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

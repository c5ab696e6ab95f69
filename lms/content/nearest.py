"""The nearest right word to one that is wrong: for "did you mean ...?"."""

from __future__ import annotations

from collections.abc import Iterable
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

"""Letters: the fixed sign of each option or point, by which stored answers remember it.

Plain texts and what is remembered of a name in, letters out. A letter stays with its text wherever
the text stands, stays through a rewording where there is no doubt which text became which, and is
never given twice under one name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.content.plain import fingerprint


@dataclass(frozen=True)
class Letters:
    """`shown`: one letter a part, in the parts' order. `prints`: every letter ever given -> its text's fingerprint."""

    shown: tuple[str, ...] = ()
    prints: Mapping[str, str] = field(default_factory=dict)
    """Those shown first, in their order: from it the next publication knows their places."""
    gone: tuple[str, ...] = ()


def nth_letter(number: int) -> str:
    """a ... z, aa ...: `nth_letter(0)` is a, `nth_letter(26)` is aa."""
    letter = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letter = chr(ord("a") + rest) + letter
    return letter


def give_letters(parts: Sequence[str], known: Letters | None = None) -> Letters | None:
    """Letters for the parts of a name, or None where what became of the known parts can't be told.

    >>> first = give_letters(["Stop", "Go"])
    >>> give_letters(["Go!", "Stop"], first).shown
    ('b', 'a')
    """
    known = known or Letters()
    if not parts and not known.prints:  # most names have none
        return known
    prints = [fingerprint(part) for part in parts]
    kept = _equal(prints, known)
    lost = [(place, letter) for place, letter in enumerate(known.shown) if letter not in kept.values()]
    new = [place for place in range(len(parts)) if place not in kept]
    if lost and new:
        if not _pair_up(lost, new):
            return None
        kept.update({place: letter for place, (_, letter) in zip(new, lost, strict=True)})
        lost, new = [], []
    kept.update({place: nth_letter(len(known.prints) + count) for count, place in enumerate(new)})
    return _letters([kept[place] for place in range(len(parts))], prints, known)


def _equal(prints: Sequence[str], known: Letters) -> dict[int, str]:
    """Place -> letter, for the parts whose text is already known."""
    free: dict[str, list[str]] = {}
    for letter in known.shown:
        free.setdefault(known.prints[letter], []).append(letter)
    return {place: free[text].pop(0) for place, text in enumerate(prints) if free.get(text)}


def _pair_up(lost: Sequence[tuple[int, str]], new: Sequence[int]) -> bool:
    """Is it plain which lost part was reworded into which new one: one each, or the same places?"""
    return len(lost) == len(new) == 1 or [place for place, _ in lost] == list(new)


def _letters(shown: Sequence[str], prints: Sequence[str], known: Letters) -> Letters:
    now = dict(zip(shown, prints, strict=True))
    gone = tuple(letter for letter in known.prints if letter not in now)
    return Letters(tuple(shown), now | {letter: known.prints[letter] for letter in gone}, gone)

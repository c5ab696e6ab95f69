"""Letters: the fixed sign of each part of a step, by which stored answers remember it.

Plain texts and what is remembered of a name in, letters out. A letter stays with its text wherever
the text stands, stays through a rewording where there is no doubt which text became which, and is
never given twice under one name.

Letters stand in pages. So the letters of *choices* (the items of an Order, the meanings of a Match,
the words of Gaps), whose places are the answer, are given in the order of their fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.content.plain import fingerprint


@dataclass(frozen=True)
class Letters:
    """`shown`: one letter a part, in the parts' order. `prints`: every letter ever given -> its text's fingerprint."""

    shown: tuple[str, ...] = ()
    prints: Mapping[str, str] = field(default_factory=dict)
    """Those shown first, in their order: from it the next publication knows their places."""
    gone: tuple[str, ...] = ()
    choices: frozenset[str] = frozenset()
    """Which of all of them are choices: the same words on both sides of a Match have two letters."""


def nth_letter(number: int) -> str:
    """a ... z, aa ...: `nth_letter(0)` is a, `nth_letter(26)` is aa."""
    letter = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letter = chr(ord("a") + rest) + letter
    return letter


def in_turn(letters: Iterable[str]) -> tuple[str, ...]:
    """Letters from a to z, then aa: an order that says nothing of where their texts belong."""
    return tuple(sorted(letters, key=lambda letter: (len(letter), letter)))


def give_letters(parts: Sequence[str], known: Letters | None = None, choices: Sequence[str] = ()) -> Letters | None:
    """Letters for the parts and then the choices of a name; None if what became of the known ones can't be told.

    >>> first = give_letters(["Stop", "Go"])
    >>> give_letters(["Go!", "Stop"], first).shown
    ('b', 'a')
    """
    known = known or Letters()
    if not parts and not choices and not known.prints:  # most names have none
        return known
    prints = [fingerprint(part) for part in (*parts, *choices)]
    at, count = len(parts), len(known.prints)
    was = ([it for it in known.shown if it not in known.choices], [it for it in known.shown if it in known.choices])
    placed, chosen = _keep(prints[:at], was[0], known), _keep(prints[at:], was[1], known)
    if placed is None or chosen is None:
        return None
    new = [place for place in range(at) if place not in placed]
    hidden = sorted((place for place in range(len(choices)) if place not in chosen), key=lambda it: prints[at + it])
    placed |= {place: nth_letter(count + nth) for nth, place in enumerate(new)}
    chosen |= {place: nth_letter(count + len(new) + nth) for nth, place in enumerate(hidden)}
    shown = [placed[place] for place in range(at)] + [chosen[place] for place in range(len(choices))]
    return _letters(shown, prints, known, known.choices.union(chosen.values()))


def _keep(prints: Sequence[str], shown: Sequence[str], known: Letters) -> dict[int, str] | None:
    """Place -> letter, for parts whose text is known or is a rewording of one; None if that can't be told."""
    kept = _equal(prints, shown, known)
    lost = [(place, letter) for place, letter in enumerate(shown) if letter not in kept.values()]
    new = [place for place in range(len(prints)) if place not in kept]
    if lost and new:
        if not _pair_up(lost, new):
            return None
        kept.update({place: letter for place, (_, letter) in zip(new, lost, strict=True)})
    return kept


def _equal(prints: Sequence[str], shown: Sequence[str], known: Letters) -> dict[int, str]:
    """Place -> letter, for the parts whose text is already known."""
    free: dict[str, list[str]] = {}
    for letter in shown:
        free.setdefault(known.prints[letter], []).append(letter)
    return {place: free[text].pop(0) for place, text in enumerate(prints) if free.get(text)}


def _pair_up(lost: Sequence[tuple[int, str]], new: Sequence[int]) -> bool:
    """Is it plain which lost part was reworded into which new one: one each, or the same places?"""
    return len(lost) == len(new) == 1 or [place for place, _ in lost] == list(new)


def _letters(shown: Sequence[str], prints: Sequence[str], known: Letters, choices: frozenset[str]) -> Letters:
    now = dict(zip(shown, prints, strict=True))
    gone = tuple(letter for letter in known.prints if letter not in now)
    return Letters(tuple(shown), now | {letter: known.prints[letter] for letter in gone}, gone, choices)

"""Which questions most get wrong, and what they chose: counts of first answers, with small ones hidden.

In: the first answer of each learner to each question. Out: a line a question, the hardest first. A count below FEWEST
is hidden, and with it the next smallest where it could be worked out from how many answered (docs/decisions/0033).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEWEST = 5
"""The smallest count that is shown: of people who answered, and of people who chose the same."""
OTHER = ""
"""What stands for every answer that is no letter: words, numbers, pairs, an order."""


@dataclass(frozen=True)
class First:
    """The first answer of somebody to a question: its letters, and whether it was right."""

    person_id: int
    step_no: int
    letters: tuple[str, ...]
    right: bool


@dataclass(frozen=True)
class Line:
    """A question. `wrong` and the counts of `chose` are None where they are hidden.

    `chose`: letter -> how many had it in their first answer; who ticks two boxes is counted at both.
    """

    step_no: int
    answered: int
    wrong: int | None
    chose: Mapping[str, int | None]


def lines(answers: Iterable[First], letters: Mapping[int, tuple[str, ...]]) -> tuple[Line, ...]:
    """The questions at least FEWEST people answered, those most got wrong first.

    `letters`: number of a question -> all its letters, so that what nobody chose is there as 0.
    """
    by: dict[int, list[First]] = {}
    for it in answers:
        by.setdefault(it.step_no, []).append(it)
    told = [(its, _line(no, its, letters.get(no, ()))) for no, its in by.items() if len(its) >= FEWEST]
    told.sort(key=lambda it: (-_share_wrong(it[0]), it[1].step_no))
    return tuple(line for _its, line in told)


def _share_wrong(answers: list[First]) -> float:
    return sum(not it.right for it in answers) / len(answers)


def _line(step_no: int, answers: list[First], letters: tuple[str, ...]) -> Line:
    right = sum(it.right for it in answers)
    split = hidden({"right": right, "wrong": len(answers) - right})
    chosen = Counter(letter for it in answers for letter in set(it.letters) & set(letters))
    chose = {letter: chosen[letter] for letter in letters}
    return Line(step_no, len(answers), split["wrong"], hidden(chose) if letters else {})


def hidden(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The same with each count from 1 to FEWEST - 1 hidden, and where that is one alone, the next smallest above 0.

    >>> hidden({"a": 9, "b": 0, "c": 2})
    {'a': None, 'b': 0, 'c': None}
    """
    small = {name for name, count in counts.items() if 0 < count < FEWEST}
    if len(small) == 1:
        rest = sorted((count, name) for name, count in counts.items() if count >= FEWEST)
        small |= {name for _count, name in rest[:1]}
    return {name: None if name in small else count for name, count in counts.items()}

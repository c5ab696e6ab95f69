"""Which questions most get wrong, and what they chose: counts of first answers, with small ones hidden.

In: the first answer of each learner to each question. Out: a line a question, the hardest first. A count below FEWEST
is hidden, and with it all others of its question, so that it can't be worked out from how many answered; where one of
several is right, how many were wrong is not told beside what they chose (docs/decisions/0033).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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
    """A question. `wrong` and the counts of `chose` are None where they are hidden or follow from each other.

    `chose`: letter -> how many had it in their first answer; who ticks two boxes is counted at both.
    """

    step_no: int
    answered: int
    wrong: int | None
    chose: Mapping[str, int | None]


def lines(
    answers: Iterable[First], letters: Mapping[int, tuple[str, ...]], one_of: Collection[int] = ()
) -> tuple[Line, ...]:
    """The questions at least FEWEST people answered, those most got wrong first.

    `letters`: number of a question -> all its letters, so that what nobody chose is there as 0. `one_of`: the
    questions in which one letter is chosen.
    """
    by: dict[int, list[First]] = {}
    for it in answers:
        by.setdefault(it.step_no, []).append(it)
    told = [(its, _line(no, its, letters.get(no, ()), no in one_of)) for no, its in by.items() if len(its) >= FEWEST]
    told.sort(key=lambda it: (-_share_wrong(it[0]), it[1].step_no))
    return tuple(line for _its, line in told)


def _share_wrong(answers: list[First]) -> float:
    return sum(not it.right for it in answers) / len(answers)


def _line(step_no: int, answers: list[First], letters: tuple[str, ...], one: bool) -> Line:
    chosen = Counter(letter for it in answers for letter in set(it.letters) & set(letters))
    chose = hidden({letter: chosen[letter] for letter in letters})
    if one:
        return Line(step_no, len(answers), None, chose)
    right = sum(it.right for it in answers)
    split = hidden({"right": right, "wrong": len(answers) - right})
    return Line(step_no, len(answers), split["wrong"], chose)


def hidden(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The same where every count is 0 or at least FEWEST; else each count above 0 is hidden.

    To hide the small one and the next alone is not enough: of 5, 4 and 4 both 4 follow from the 5 and the rule.

    >>> hidden({"a": 9, "b": 0, "c": 2}), hidden({"a": 9, "b": 0, "c": 5})
    ({'a': None, 'b': 0, 'c': None}, {'a': 9, 'b': 0, 'c': 5})
    """
    if all(count == 0 or count >= FEWEST for count in counts.values()):
        return dict(counts)
    return {name: None if count else 0 for name, count in counts.items()}

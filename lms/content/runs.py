"""Runs: the questions of a quiz cut, in their order, into as many runs as are asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def runs_of(questions: Sequence[str], ask: int) -> tuple[tuple[str, ...], ...]:
    """As equal as can be, the longer ones first; one question is drawn from each.

    >>> runs_of(["a", "b", "c", "d", "e"], 2)
    (('a', 'b', 'c'), ('d', 'e'))
    """
    size, longer = divmod(len(questions), ask)
    ends = [size * run + min(run, longer) for run in range(ask + 1)]
    return tuple(tuple(questions[start:end]) for start, end in pairwise(ends))

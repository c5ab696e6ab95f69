"""The memory collector, paused while a course is made.

A course is millions of small objects that live until it is done and hold no circles. Python would
walk over all of them again and again, which for a large course takes as long as parsing it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No walks while this lasts; if they were off already they stay off."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _count_as_old()
            gc.enable()


def keep_for_good() -> None:
    """What is there now stays to the end of this process: no walk looks at it again."""
    global _kept_for_good
    gc.freeze()
    _kept_for_good = True


_kept_for_good = False
"""Noted, as asking the collector counts everything it keeps: ten milliseconds for each course that is made."""


def _count_as_old() -> None:
    """What was made meanwhile joins the oldest objects, or the next walks would go over it as new.

    Freezing and thawing does just that. A process that keeps objects for good keeps them so.
    """
    if not _kept_for_good:
        gc.freeze()
        gc.unfreeze()

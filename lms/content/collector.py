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


def _count_as_old() -> None:
    """What was made meanwhile joins the oldest objects, or the next walks would go over it as new.

    Freezing and thawing does just that. A server that has frozen objects for good keeps them so.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()

"""The memory collector, paused while a course is made.

A course is hundreds of thousands of tokens that live until it is done and hold no circles. Python
would walk over all of them again and again, which for a large course takes as long as parsing it.
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
            gc.enable()

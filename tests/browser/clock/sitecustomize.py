"""Moves the clock of a server a test has started: the file named by TEST_CLOCK says by how many milliseconds.

Python reads this module at its start where its folder is on the path. Nothing else of time is moved: what lms knows
of the hour it asks by `time.time_ns` alone.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_file = Path(os.environ["TEST_CLOCK"])
_real = time.time_ns


def _moved() -> int:
    return _real() + int(_file.read_text()) * 1_000_000


time.time_ns = _moved

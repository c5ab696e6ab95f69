"""Looking again whenever a file is saved.

In: what to watch and how to look. Out: each result that differs from the last. It asks the disk for sizes and
times, twice a second, and knows nothing of courses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar

MOST_FILES = 5_000
EVERY = 0.5
SETTLED = 0.15
"""Seconds. A file that is being written is let alone until it has stayed the same for so long."""

Stamps = Mapping[str, tuple[int, int]]
Result = TypeVar("Result")


def watch(places: Iterable[Path], look: Callable[[], Result]) -> Iterator[Result]:
    """What a look finds, and again each time it finds something else. It never ends by itself."""
    places = list(places)
    seen = stamps(places)
    last = look()
    yield last
    while True:
        while stamps(places) == seen:
            time.sleep(EVERY)
        _wait_until_written(places)
        seen = stamps(places)
        found = look()
        if found != last:
            last = found
            yield last


def _wait_until_written(places: Iterable[Path]) -> None:
    before = stamps(places)
    while True:
        time.sleep(SETTLED)
        now = stamps(places)
        if now == before:
            return
        before = now


def stamps(places: Iterable[Path]) -> Stamps:
    """The time and size of every file, so that any change can be told. A file that is just gone is left out."""
    found: dict[str, tuple[int, int]] = {}
    for path in islice((path for place in places for path in _files(place)), MOST_FILES):
        try:
            about = os.stat(path)
        except OSError:
            continue
        found[path] = (about.st_mtime_ns, about.st_size)
    return found


def _files(place: Path) -> Iterator[str]:
    if not place.is_dir():
        yield str(place)
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(folder, name) for name in files if not name.startswith("."))

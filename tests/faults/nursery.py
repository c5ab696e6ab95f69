"""Learners in processes that are killed in the middle of writing, again and again.

    python -m tests.faults.nursery URL FOLDER [KILLS [ACKED]]

Forks children that record answers as fast as they can. A child writes down the ids it was told are
recorded, and only then: FOLDER/acked-<pid>, made durable each time. Every moment one that has begun to
write is killed with SIGKILL and another takes its place, until there were enough kills and enough ids.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from lms.errors import Busy
from lms.learning.events import Event, EventKind
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.stores import open_store

CHILDREN, LEARNERS = 4, 6
SECONDS = 55
"""When to stop, come what may: what was reached is for the test to judge."""
ZONE = ZoneInfo("Europe/London")


def main(url: str, folder: Path, kills: int, acked: int) -> None:
    dice, end, killed = random.Random(), time.monotonic() + SECONDS, 0
    children = [_fork(url, folder) for _ in range(CHILDREN)]
    while time.monotonic() < end and (killed < kills or len(acknowledged(folder)) < acked):
        time.sleep(dice.uniform(0.01, 0.4))
        writing = [child for child in children if (folder / f"acked-{child}").exists()]
        if writing and killed < kills:
            children.remove(child := dice.choice(writing))
            killed += _kill(child)
            children.append(_fork(url, folder))
    for child in children:
        _kill(child)
    print(killed)


def _kill(child: int) -> bool:
    """Whether it was alive until now."""
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def acknowledged(folder: Path) -> set[uuid.UUID]:
    """Every id a child was told is recorded; a line that was cut off by a kill does not count."""
    lines = [line for path in folder.glob("acked-*") for line in path.read_text().splitlines(keepends=True)]
    return {uuid.UUID(line.strip()) for line in lines if len(line) == 33}


def _fork(url: str, folder: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            _learn(url, folder)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return child


def _learn(url: str, folder: Path) -> None:
    dice = random.Random()
    store = open_store(url, folder)
    catalogue = Catalogue(store)
    notes = os.open(folder / f"acked-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    before: list[Event] = []
    while True:
        person_id = dice.randrange(1, LEARNERS + 1)
        try:
            events = [*batch(catalogue.shelf(now_ms()).course("tea"), dice), *before[:2]]
            results = record(store, catalogue, person_id, events, now_ms(), ZONE)
        except Busy:  # the server is being started again: a phone would try later
            time.sleep(0.1)
            continue
        ids = "".join(f"{uuid.UUID(it.event_id).hex}\n" for it in results if it.result in ("new", "dup"))
        os.write(notes, ids.encode())
        os.fsync(notes)
        before = events


def batch(shape: Shape, dice: random.Random) -> Iterator[Event]:
    """Some things somebody may have done since, now and then a whole attempt at the quiz."""
    if dice.random() < 0.2:
        number = dice.randrange(1, 4)
        yield _event(shape, "quiz", EventKind.STARTED, number)
        for name in ("q-first", "q-second", "q-lid", "q-cold"):
            yield _event(shape, name, EventKind.ANSWERED, number, (dice.choice("aab"),))
        yield _event(shape, "quiz", EventKind.FINISHED, number)
    for _ in range(dice.randrange(1, 16)):
        yield dice.choice(
            (
                _event(shape, "can-you", EventKind.RATED, 0, ("b",)),
                _event(shape, "fill-it", EventKind.DONE),
                _event(shape, "q-hot", EventKind.ANSWERED, 0, (dice.choice("ab"),)),
                _event(shape, "q-bag", EventKind.ANSWERED, 0, dice.choice(("tea", "coffee"))),
                _event(shape, "q-minutes", EventKind.ANSWERED, 0, "4"),
                _event(shape, "pot", EventKind.DONE),
            )
        )


def _event(shape: Shape, name: str, kind: EventKind, attempt: int = 0, answer: tuple[str, ...] | str = ()) -> Event:
    own_id = uuid.uuid4()
    return Event(own_id, "tea", shape.hash, "brewing", name, kind, "en", now_ms(), attempt, answer)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

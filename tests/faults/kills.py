"""Writers that are killed in the middle of their work: run as a program, so that forking is safe.

    python -m tests.faults.kills DATABASE_URL FOLDER KILLS ACKNOWLEDGED

Four writers record practice answers of forty learners, each on a connection of its own. Whatever a
service has acknowledged goes into the writer's own file and to the disk before the next answer. The
parent kills one at random again and again, until both numbers are reached, and prints how many.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import uuid
from pathlib import Path

from lms.errors import Busy
from lms.learning.events import Event, EventKind
from lms.services import stores
from lms.services.courses import Catalogue
from lms.services.events import record
from tests.store.databases import NOW_MS, ZONE

WRITERS = 4
SECONDS = 150


def write(url: str, folder: Path, people: list[int], seed: int) -> None:
    """Record answers until killed. Now and then an answer that was acknowledged is sent again."""
    dice = random.Random(seed)
    store = stores.open_store(url, folder)
    catalogue = Catalogue(store)
    shape = catalogue.shelf(NOW_MS).course("tea")
    sent: list[tuple[int, Event]] = []
    with (folder / f"told-{os.getpid()}").open("a") as told:
        while True:
            again = bool(sent) and dice.random() < 0.1
            person_id, event = dice.choice(sent) if again else (dice.choice(people), _answer(shape.hash, dice))
            try:
                result = record(store, catalogue, person_id, [event], NOW_MS, ZONE)[0]
            except Busy:
                continue
            assert result.result == ("dup" if again else "new"), result
            sent.append((person_id, event))
            print(person_id, event.event_id, file=told, flush=True)
            os.fsync(told.fileno())


def _answer(release: str, dice: random.Random) -> Event:
    answer = (dice.choice("ab"),)
    return Event(uuid.uuid4(), "tea", release, "brewing", "q-hot", EventKind.ANSWERED, "en", NOW_MS, 0, answer)


def main(url: str, folder: Path, kills: int, acknowledged: int) -> None:
    people = [int(line) for line in (folder / "people").read_text().split()]
    dice = random.Random(kills)
    writers = {_start(url, folder, people, seed) for seed in range(WRITERS)}
    killed, until = 0, time.monotonic() + SECONDS
    while (killed < kills or _told(folder) < acknowledged) and time.monotonic() < until:
        time.sleep(dice.uniform(0.02, 0.25))
        victim = dice.choice(sorted(writers))
        _end(victim)
        killed += 1
        writers = writers - {victim} | {_start(url, folder, people, WRITERS + killed)}
    for writer in writers:
        _end(writer)
    print(killed + WRITERS, _told(folder))


def _start(url: str, folder: Path, people: list[int], seed: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        write(url, folder, people, seed)
    finally:
        os._exit(70)  # a writer ends by being killed; anything else is a fault, seen below


def _end(writer: int) -> None:
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    if os.WIFEXITED(status):
        raise SystemExit(f"A writer ended by itself with {os.WEXITSTATUS(status)}.")


def _told(folder: Path) -> int:
    return sum(path.read_text().count("\n") for path in folder.glob("told-*"))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

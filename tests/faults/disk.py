"""A learner on a small disk that fills up. To be run where FOLDER may be mounted on.

    unshare --mount python -m tests.faults.disk FOLDER

Mounts a few megabytes of memory on FOLDER, records until there is no room, tries on, makes room and goes
on; prints what happened as JSON. The mount ends with the process.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from lms.errors import DiskFull
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.stores import open_store
from tests.faults.found import count, lost, prepared, wrong
from tests.faults.nursery import ZONE, batch, now_ms

SIZE, FILLER = "12m", 4 * 1024 * 1024


def main(folder: Path) -> dict[str, object]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    filler = folder / "filler"
    filler.write_bytes(bytes(FILLER))
    with closing(open_store(f"sqlite:///{folder}/lms.db", folder)) as store:
        prepared(store)
        catalogue = Catalogue(store)
        dice, told, refused = random.Random(7), set(), 0

        def learn() -> None:
            events = list(batch(catalogue.shelf(now_ms()).course("tea"), dice))
            results = record(store, catalogue, 1, events, now_ms(), ZONE)
            told.update(event.event_id for event, it in zip(events, results, strict=True) if it.result == "new")

        while refused < 20:
            try:
                learn()
            except DiskFull:
                refused += 1
        before = {"told": len(told), "lost": len(lost(store, told)), "wrong": wrong(store), "kept": count(store)}
        filler.unlink()
        for _ in range(20):
            learn()
        after = {"told": len(told), "lost": len(lost(store, told)), "wrong": wrong(store), "kept": count(store)}
    return {"refused": refused, "before": before, "after": after}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))

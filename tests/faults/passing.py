"""The pass after a publication, killed with SIGKILL while it is under way.

    python -m tests.faults.passing URL FOLDER DONE

Kills itself when so many learners are done.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from lms.services.courses import Catalogue
from lms.services.released import record_released
from lms.services.stores import open_store


def main(url: str, folder: Path, upto: int) -> None:
    def step(done: int) -> None:
        if done == upto:
            os.kill(os.getpid(), signal.SIGKILL)

    now_ms = time.time_ns() // 1_000_000
    with closing(open_store(url, folder)) as store:
        course_id = Catalogue(store).shelf(now_ms).course("tea").course_id
        record_released(store, course_id, ZoneInfo("Europe/London"), now_ms, step)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

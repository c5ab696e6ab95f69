"""A restore that is killed at each thing it does to the disk, one after the other.

    python -m tests.faults.restoring FOLDER BACKUP

FOLDER/old holds a folder of data. For each point a fresh copy of it is restored over by a child of this
process, which kills itself with SIGKILL when it comes there; what then opens is looked at. Prints as JSON
what was found after each point, until a child came to its end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from contextlib import closing
from pathlib import Path

from lms.services.backup import restore

WATCHED = {"open", "os.rename", "os.remove", "os.link", "os.rmdir", "os.mkdir", "sqlite3.connect", "shutil.move"}


def main(folder: Path, backup: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while True:
        var = folder / "var"
        shutil.rmtree(var, ignore_errors=True)
        shutil.copytree(folder / "old", var)
        killed = _killed_at(len(found), var, backup)
        # Whoever comes next: a server that opens what is there, then another restore over it.
        found.append({"killed": killed, **seen(var / "lms.db")})
        if killed:
            _restore(var, backup)
            found[-1]["again"] = seen(var / "lms.db")
        else:
            return found


def _killed_at(point: int, var: Path, backup: Path) -> bool:
    """Whether a child was killed there; False if it came to its end before."""
    child = os.fork()
    if child == 0:
        try:
            _kill_myself_at(point, var)
            _restore(var, backup)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def _kill_myself_at(point: int, var: Path) -> None:
    left = point

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in WATCHED and str(var) in repr(arguments):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(watch)


def _restore(var: Path, backup: Path) -> None:
    restore(f"sqlite:///{var}/lms.db", var, backup, replace=True)


def seen(database: Path) -> dict[str, object]:
    """What opens: whole or not, which of the two, its epoch, and whether the files it names are there."""
    with closing(sqlite3.connect(database)) as db:
        (sound,) = db.execute("PRAGMA integrity_check").fetchone()
        (epoch,) = db.execute("SELECT db_epoch FROM site").fetchone()
        names = [row[0] for row in db.execute("SELECT display_name FROM people ORDER BY person_id")]
        files = [row[0] for row in db.execute("SELECT file_hash FROM files")]
    missing = [it for it in files if not (database.parent / "files" / it).exists()]
    left = sorted(it.name for it in database.parent.iterdir())
    return {"sound": sound, "epoch": epoch, "names": names, "missing": missing, "left": left}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

"""Runs an author's Python in a process of its own; `pythonruns` starts it. Never imported.

A job in JSON comes in on standard input, what came of it goes out as JSON. Everything is fenced in
before the first line of the author's code runs: time, memory, files, other processes, the net.
This keeps slips of an author's pen from doing harm; it is no wall against somebody who means it,
and only files of one's own are run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CPU_SECONDS = 2
MEMORY = 512 * 1024 * 1024
MOST_PRINTED = 20_000

_REFUSED = ("subprocess.", "socket.", "shutil.", "ctypes.", "signal.", "tempfile.", "urllib.", "ftplib.", "smtplib.")
_READS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.getxattr", "os.listxattr", "os.putenv", "os.unsetenv")


def main() -> None:
    job = json.loads(sys.stdin.read())
    out = os.dup(1)
    _limit()
    done = _run(job)
    os.write(out, json.dumps(done).encode())


def _limit() -> None:
    sys.stdin.close()
    sys.stdin = io.StringIO()
    sys.setrecursionlimit(1000)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_guard)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what a beginner's program has no need of."""
    changes = event.startswith("os.") and event not in _READS
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        changes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)) or bool(
            isinstance(mode, str) and set(mode) & set("wax+")
        )
    if changes or event.startswith(_REFUSED):
        raise PermissionError(f"{event} is not allowed here")


class _Printed(io.StringIO):
    def write(self, text: str) -> int:
        if self.tell() + len(text) > MOST_PRINTED:
            raise MemoryError("it prints too much")
        return super().write(text)


def _run(job: Mapping[str, Any]) -> dict[str, Any]:
    printed = _Printed()
    names: dict[str, Any] = {"__name__": "__main__", "input": _typist(job["typing"])}
    done: dict[str, Any] = {"printed": "", "error": "", "gives": None, "ran": False}
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(job["code"], "answer", "exec"), names)  # noqa: S102 - in a process of its own
            done["ran"] = True
            if job["then"]:
                exec(compile(job["then"], "check", "exec"), names)  # noqa: S102
            if job["gives"]:
                one, other = (eval(compile(it, "check", "eval"), names) for it in job["gives"])  # noqa: S307
                done["gives"] = bool(one == other)
                done["value"] = repr(one)[:200]
    except BaseException as error:
        if not (isinstance(error, SystemExit) and error.code in (None, 0)):
            done["error"] = f"{type(error).__name__}: {error}".rstrip(": ")[:300]
    done["printed"] = printed.getvalue()
    return done


def _typist(lines: Sequence[str]) -> Callable[[object], str]:
    """`input` that is given the lines, or Enter alone if there are none; what it asks with is not printed."""
    waiting = list(lines)

    def answer(_: object = "") -> str:
        if lines and not waiting:
            raise EOFError("nothing more is typed")
        return waiting.pop(0) if waiting else ""

    return answer


if __name__ == "__main__":
    main()

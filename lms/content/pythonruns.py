"""Running the Python of a Code step, apart from this process: only where the files are the caller's own.

Code in; what it printed and gave out, or how it stopped.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WAITS_SECONDS = 10
"""For code that sleeps: the time it may keep the processor is the harness's to limit."""
_TOO_MUCH = "TimeoutError: it took too long, or too much memory"
_HARNESS = Path(__file__).with_name("harness.py")


@dataclass(frozen=True)
class Ran:
    """What came of it. `error`: how it stopped, empty if it ended well. `gives`: were the two values equal?"""

    printed: str = ""
    error: str = ""
    gives: bool | None = None
    value: str = ""


def run_python(code: str, typing: Sequence[str] = (), then: str = "", gives: tuple[str, str] | None = None) -> Ran:
    """Run code, `typing` lines into it; `then` run more in its place, or see whether two expressions are equal."""
    job = json.dumps({"code": code, "typing": list(typing), "then": then, "gives": gives})
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 - the harness, by its path; what it runs comes on its input
                [sys.executable, "-I", "-S", "-B", str(_HARNESS)],
                input=job.encode(),
                capture_output=True,
                cwd=folder,
                env={},
                timeout=WAITS_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Ran(error=_TOO_MUCH)
    if done.returncode or not done.stdout:
        return Ran(error=_TOO_MUCH)
    said = json.loads(done.stdout)
    return Ran(said["printed"], said["error"], said["gives"], said.get("value", ""))

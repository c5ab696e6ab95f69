"""Drawing the PNG of a badge in a process of its own, with little memory and little time.

    python -m lms.services.drawing SECONDS

On standard input the SVG; out comes the PNG, or nothing after so many seconds of work. Few words of an author's drawing
can ask for hours: the worst they do is end this process, and never the worker that signs everybody's badges.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from lms.errors import LmsError

MEMORY = 1024 * 1024 * 1024
"""Bytes of addresses, of which most drawings need some 100 million."""
SECONDS = 10
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG")
"""Of the environment. No setting: there are keys and passwords among them."""


class Undrawn(LmsError):
    """A picture that asks for too much, or can't be drawn at all."""


def drawn(svg: str) -> bytes:
    """The PNG of an SVG of a badge. Undrawn where the process came to no end."""
    environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # -P: not what lies in the folder the worker was started in.
    command = [sys.executable, "-P", "-m", "lms.services.drawing", str(SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=svg.encode(), env=environ, capture_output=True, timeout=2 * SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Undrawn("its picture can't be drawn, or takes too long. Give the badge a simpler picture.") from error
    return done.stdout


def main(seconds: int) -> None:
    """Draw one picture."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    from lms.interop.pictures import badge_png

    sys.stdout.buffer.write(badge_png(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""How gunicorn runs a preview; `lms preview` hands it over as `--config python:lms.cli.previewed`.

As it runs a site, but no longer than the process that looks at the files: its standard input is a pipe that this
process alone holds open, so that it ends however that one did.
"""

from __future__ import annotations

import os
import signal
from threading import Thread

from lms.cli.server import on_starting as on_starting

STANDARD_INPUT = 0


def when_ready(_server: object) -> None:
    """Watch the pipe, beside the loop that watches the workers."""
    Thread(target=_end_with_the_pipe, daemon=True).start()


def _end_with_the_pipe() -> None:
    while os.read(STANDARD_INPUT, 512):
        pass
    os.kill(os.getpid(), signal.SIGINT)  # at once: nobody is left to wait for a page

"""How gunicorn runs the site; `lms serve` hands it over as `--config python:lms.cli.server`.

The modules are loaded once, before the workers are made, so that they share that memory and start
at once. The app itself, with its store and its locks, each worker makes for itself.
"""

from __future__ import annotations

from importlib import import_module

from lms.content.collector import collector_paused, keep_for_good

APP = "lms.web.app"


def on_starting(_server: object) -> None:
    """Load what every worker needs; what is frozen is not copied by a worker's garbage collection."""
    with collector_paused():
        import_module(APP)
    keep_for_good()

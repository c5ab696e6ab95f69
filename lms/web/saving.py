"""Whether this process can save anything just now, and how it finds out that it can again.

The first write that meets a full disk, or a database that may only be read, says so (507); from then on
every page does, and reading goes on. Whether it is over is asked by a tiny write of our own: when somebody
sends something, and at most every ten seconds. Looking at a page never writes.
"""

from __future__ import annotations

from flask import Flask, request

from lms.services.stores import can_write
from lms.web.site import now_ms, site, store

ASKED_EVERY_MS = 10_000
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Ask before a write, where one has failed. What was sent is tried whatever the answer is."""

    @app.before_request
    def ask() -> None:
        failed_ms = site().saving.failed_ms
        if request.method in _READS or failed_ms is None or 0 <= now_ms() - failed_ms < ASKED_EVERY_MS:
            return
        site().saving.failed_ms = None if can_write(store()) else now_ms()


def failed() -> None:
    """A write has just found that nothing can be saved."""
    site().saving.failed_ms = now_ms()


def is_off() -> bool:
    """Whether nothing can be saved, as far as this process knows."""
    return site().saving.failed_ms is not None

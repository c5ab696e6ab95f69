"""A worker that does what is due and kills itself with SIGKILL when it is so far.

It lets so many learners be saved and dies just before its so-manieth statement after that. Every look at its
clock, which begins at `from_ms`, is a second later: so every step it takes is written down.
With a `key` it signs badges, with the `port` of a mail server it sends letters.
"""

from __future__ import annotations

import itertools
import os
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event

from lms.interop.keys import read_secret
from lms.services.courses import Catalogue
from lms.services.credentials import signer
from lms.services.jobs import Tools
from lms.services.smtp import post_of
from lms.services.stores import open_store
from lms.services.worker import work
from lms.settings import Settings, Smtp, Tls
from lms.store.events import Ledger


def main(url: str, folder: Path, saved: int, statement: int, from_ms: int, key: str = "", port: int = 0) -> None:
    count, left = itertools.count(1), [saved]

    def before(*_: object) -> None:
        if left[0] == 0 and next(count) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    run, save = Ledger._run, Ledger.save

    def counted(ledger: Ledger, *args: Any, **values: Any) -> Any:
        before()
        return run(ledger, *args, **values)

    def counted_save(ledger: Ledger, **row: Any) -> None:
        save(ledger, **row)
        left[0] = max(0, left[0] - 1)

    Ledger._run, Ledger.save = counted, counted_save  # type: ignore[method-assign]
    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "commit", before)
    with closing(open_store(url, folder)) as store:
        clock = itertools.count(from_ms, 1_000).__next__
        known = settings(url, folder, key, port)
        tools = Tools(store, Catalogue(store), ZoneInfo("Europe/London"), clock, signer(known), post_of(known))
        work(tools, lambda _: False, lambda _: None, once=True)


def settings(url: str, folder: Path, key: str, port: int) -> Settings:
    public = (read_secret(key).multibase,) if key else ()
    smtp = Smtp("127.0.0.1", port, Tls.NONE, "post@example.org") if port else None
    known = Settings(folder, url, "secret" * 9, public_url="https://learn.example.org", smtp=smtp)
    return replace(known, signing_key=key, badge_keys=public)

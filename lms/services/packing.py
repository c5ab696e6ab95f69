"""Files that never change, packed once: what a browser is sent of a style sheet, a script or a drawing.

In: a file under the hash of what it says. Out: the same in fewer bytes, from `packed` in LMS_VAR. Packing as small as
can be takes a hundred times as long as sending: it is done when a course is published or a server starts, never for
a request. Whoever deletes the folder loses nothing: the next start fills it again.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lms.store import courses as rows
from lms.store.gate import Store

TEXT = frozenset({"image/svg+xml", "text/vtt"})
"""Kinds of files of courses that get smaller: the others are packed already."""
CODINGS = ("br", "gzip")
"""As browsers call them, the smaller first."""


def folder_of(store: Store) -> Path:
    """Where packed files lie, beside the files of courses."""
    return store.files.with_name("packed")


def packed(folder: Path, digest: str, coding: str) -> bytes | None:
    """A file in a coding; None where nobody packed it so."""
    try:
        return (folder / f"{digest}.{coding}").read_bytes()
    except OSError:
        return None


def pack(folder: Path, digest: str, body: bytes) -> None:
    """Keep a file in every coding this site can make. On a full disk it goes on being sent as it is."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for coding in CODINGS:
            path = folder / f"{digest}.{coding}"
            if not path.exists():
                _keep(path, _MAKERS[coding](body))


def _keep(path: Path, body: bytes) -> None:
    if not body:
        return
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(body)
        half.rename(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def pack_all(store: Store) -> None:
    """Pack whatever is not yet: after a restore, and what was published before there was such a folder."""
    with store.read() as db:
        texts = rows.files_of_kinds(db, TEXT)
    for digest in texts:
        with suppress(OSError):
            pack(folder_of(store), digest, (store.files / digest).read_bytes())


def sent(store: Store, digest: str) -> int:
    """The bytes a file of a course takes on its way to a browser that knows gzip, as all do; 0 for one not there."""
    for path in (folder_of(store) / f"{digest}.gzip", store.files / digest):
        with suppress(OSError):
            return path.stat().st_size
    return 0


def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _brotlied(body: bytes) -> bytes:
    """Empty where the library is not there: then gzip has to do."""
    try:
        import brotli
    except ImportError:
        return b""
    small: bytes = brotli.compress(body, quality=11)
    return small


_MAKERS: dict[str, Callable[[bytes], bytes]] = {"br": _brotlied, "gzip": _zipped}

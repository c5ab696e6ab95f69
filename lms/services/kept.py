"""Files of what compiling may want again: a mapping of keys to bytes, in a folder anyone may empty.

The folder belongs to whoever compiles and lies outside every course. A file that can't be read or
written is as good as one that is not there: keeping never stops a compile. What nobody has asked
for in a month goes, and what was asked for longest ago where there is too much. Pages are made of
what is kept: a folder that somebody else owns or can write to is left alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

KEPT_SECONDS = 30 * 24 * 3600
MOST_BYTES = 500_000_000
_FRESH_SECONDS = 24 * 3600
_KEY = re.compile(r"[0-9a-f]{64}(?:\.[a-z]+)?")


def cache_folder(home: Path, cache_home: str) -> Path:
    """Where a user's programs keep such files: `XDG_CACHE_HOME`, if it is a whole path, or `~/.cache`."""
    return (Path(cache_home) if cache_home.startswith("/") else home / ".cache") / "lms" / "modules"


class KeptFiles(MutableMapping[str, bytes]):
    """One file for each key. `now`: seconds, by which files grow old."""

    def __init__(self, folder: Path, now: float) -> None:
        self.folder = folder
        self.now = now

    def __getitem__(self, key: str) -> bytes:
        path = self._path(key)
        if not self._is_ours:
            raise KeyError(key)
        try:
            with open(path, "rb") as file:
                if self.now - os.fstat(file.fileno()).st_mtime > _FRESH_SECONDS:
                    os.utime(path, (self.now, self.now))
                return file.read()
        except OSError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, data: bytes) -> None:
        """Whole or not at all, for its owner alone."""
        path = self._path(key)
        if not self._is_ours:
            return
        try:
            with NamedTemporaryFile(dir=self.folder, prefix="new-", delete=False) as file:
                file.write(data)
            os.replace(file.name, path)
        except OSError:
            return

    def __delitem__(self, key: str) -> None:
        try:
            os.unlink(self._path(key))
        except OSError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        names = os.listdir(self.folder) if self.folder.is_dir() else ()
        return (name for name in sorted(names) if _KEY.fullmatch(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def sweep(self) -> None:
        """Delete what has grown old or too much, and what a stopped run has left half-written."""
        if not self._is_ours:
            return
        total = 0
        for age, size, path in sorted(self._ages()):
            total += size
            if age > KEPT_SECONDS or total > MOST_BYTES:
                with suppress(OSError):
                    os.unlink(path)

    def _ages(self) -> Iterator[tuple[float, int, str]]:
        """(seconds since it was asked for, bytes, path) of each file, another's that is deleting too left out."""
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    yield self.now - about.st_mtime, about.st_size, entry.path

    @cached_property
    def _is_ours(self) -> bool:
        """Is the folder there, or can it be made, and may nobody else write to it?"""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            about = self.folder.stat()
        except OSError:
            return False
        return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise KeyError(key)
        return f"{self.folder}/{key}"

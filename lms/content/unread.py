"""What of a course can't be looked at, as it has faults of its own: nothing may be said to follow from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unread:
    """The files with faults of their own: nothing is said of what may stand in them, nor of what may be missing."""

    files: frozenset[str] = frozenset()
    modules: frozenset[str | None] = frozenset()
    """The modules among them; None for one that nobody knows the name of, which may be any."""
    names: frozenset[str] = frozenset()
    """What has a name in them."""
    translations: frozenset[tuple[str, str]] = frozenset()
    """(language, what it translates): a source's path or a module's name."""

    def may_be(self, module: str) -> bool:
        return module in self.modules or None in self.modules

"""The few words a page's own text needs round an author's: kinds of callout, sources, dates.

English only so far; a language gets its own `Phrases` when its table is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Phrases:
    """The words of one language."""

    callouts: Mapping[str, str] = field(
        default_factory=lambda: {
            "note": "Note",
            "tip": "Tip",
            "important": "Important",
            "warning": "Warning",
            "caution": "Caution",
        }
    )
    nations: Mapping[str, str] = field(
        default_factory=lambda: {
            "england": "England",
            "wales": "Wales",
            "scotland": "Scotland",
            "northern-ireland": "Northern Ireland",
        }
    )
    words_here: str = "Words on this page"
    facts_here: str = "Facts on this page"
    back: str = "Back to your place"
    source: str = "Source:"

    def checked(self, on: date) -> str:
        """`Checked 21 November 2026.`, the same on every machine."""
        return f"Checked {on.day} {_MONTHS[on.month - 1]} {on.year}."

    def only_in(self, nations: Sequence[str]) -> str:
        """`Only in England and Wales.`; nothing for a fact that holds everywhere."""
        names = [self.nations.get(nation, nation) for nation in nations]
        if not names:
            return ""
        return f"Only in {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}."


PHRASES = Phrases()

"""The few words a page's own text needs round an author's: kinds of callout, sources, dates, videos.

A language without a table of its own has the English ones.
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
    transcript: str = "Read what is said"
    months: Sequence[str] = _MONTHS
    checked_on: str = "Checked {}."
    film: str = "Video, {}"
    only: str = "Only in {}."
    joined: str = " and "

    def checked(self, on: date) -> str:
        """`Checked 21 November 2026.`, the same on every machine."""
        return self.checked_on.format(f"{on.day} {self.months[on.month - 1]} {on.year}")

    def video(self, nbytes: int) -> str:
        """`Video, 3.2 MB`: what it costs to watch, rounded up."""
        size = f"{-(-nbytes // 100_000) / 10:.1f} MB" if nbytes >= 1_000_000 else f"{-(-nbytes // 1000)} kB"
        return self.film.format(size)

    def only_in(self, nations: Sequence[str]) -> str:
        """`Only in England and Wales.`; nothing for a fact that holds everywhere."""
        names = [self.nations.get(nation, nation) for nation in nations]
        if not names:
            return ""
        return self.only.format(self.joined.join(filter(None, (", ".join(names[:-1]), names[-1]))))


PHRASES = Phrases()
_WELSH = Phrases(
    callouts={
        "note": "Nodyn",
        "tip": "Awgrym",
        "important": "Pwysig",
        "warning": "Rhybudd",
        "caution": "Gofal",
    },
    nations={
        "england": "Lloegr",
        "wales": "Cymru",
        "scotland": "yr Alban",
        "northern-ireland": "Gogledd Iwerddon",
    },
    words_here="Geiriau ar y dudalen hon",
    facts_here="Ffeithiau ar y dudalen hon",
    back="Yn ôl i'ch lle",
    source="Ffynhonnell:",
    transcript="Darllen yr hyn a ddywedir",
    months=(
        *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
        *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    ),
    checked_on="Gwiriwyd {}.",
    film="Fideo, {}",
    only="Dim ond yn: {}.",
    joined=" a ",
)
"""Not yet checked by native speakers: `docs/reference/languages.md` says so too."""
_LANGUAGES: Mapping[str, Phrases] = {"cy": _WELSH, "en": PHRASES}


def phrases(lang: str) -> Phrases:
    """The words of a language; English ones where it has no table yet."""
    return _LANGUAGES.get(_root(lang), PHRASES)


def phrases_are_english(lang: str) -> bool:
    """Whether a language that is not English has English ones."""
    return bool(lang) and _root(lang) not in _LANGUAGES


def _root(lang: str) -> str:
    return lang.split("-")[0].lower()

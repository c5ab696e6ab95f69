"""Catalogues: the words of the site in languages other than English, by the English ones.

In: `po/<language>.po`, which people read and write. Out: a `Tongue` to look words up in. A `.po` is compiled the
first time it is needed and kept beside the compiled templates: a fresh clone needs no step of its own, and no worker
loads Babel's compiler again. Knows nothing of a request.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent / "po"
ENGLISH_PAGE = "en-GB"
PSEUDO = "ar-XB"
"""A language nobody speaks, laid out from right to left and 40 % longer than English: what is left out shows."""
_PSEUDO_LOCALE = "ar"
"""How it writes dates and numbers: as a language that is laid out like it does."""


@dataclass(frozen=True, eq=False)
class Tongue:
    """The words of one language. Each is itself alone: what is said in it is kept by it."""

    lang: str
    """As pages name it."""
    locale: str
    """As Babel names it, for dates and numbers."""
    words: NullTranslations | None = None
    """None of English, in which the words stand already."""

    def one(self, english: str) -> str:
        """What is said for it; empty where nobody has translated it."""
        return self.words.gettext(english) if self.words else english

    def many(self, one: str, many: str, n: int) -> str:
        """The same of words that count something."""
        return self.words.ngettext(one, many, n) if self.words else one if n == 1 else many


ENGLISH = Tongue(ENGLISH_PAGE, "en_GB")


def catalogues(cache: Path, pseudo: bool = False) -> Mapping[str, Tongue]:
    """Every language the site has words in, by its code. `pseudo`: also the one for tests."""
    found = {"en": ENGLISH}
    for po in sorted(FOLDER.glob("*.po")):
        found[po.stem] = Tongue(po.stem, po.stem.replace("-", "_"), _words(po, cache))
    if pseudo:
        found[PSEUDO] = Tongue(PSEUDO, _PSEUDO_LOCALE, _Pseudo(english_words()))
    return found


class _Nothing(NullTranslations):
    """What a catalogue lacks: nothing, so that the English can say that it is English."""

    def gettext(self, message: str) -> str:  # noqa: ARG002
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002
        return ""


def _words(po: Path, cache: Path) -> NullTranslations:
    source = po.read_bytes()
    kept = cache / f"{po.stem}-{hashlib.sha256(source).hexdigest()[:16]}.mo"
    try:
        compiled = kept.read_bytes()
    except OSError:
        compiled = compile_po(source, po.stem)
        with suppress(OSError):  # on a full disk it is compiled at every start
            _keep(kept, compiled)
    return _read(compiled)


@lru_cache(maxsize=8)
def _read(compiled: bytes) -> NullTranslations:
    words = GNUTranslations(BytesIO(compiled))
    words.add_fallback(_Nothing())
    return words


def _keep(kept: Path, compiled: bytes) -> None:
    """Whole or not at all: another worker may be reading it."""
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    part.write_bytes(compiled)
    part.replace(kept)


def compile_po(source: bytes, lang: str) -> bytes:
    """A `.po` as a `.mo`, without what nobody has translated."""
    from babel.messages.mofile import write_mo  # the compiler: only where there is something to compile
    from babel.messages.pofile import read_po

    catalog = read_po(BytesIO(source), locale=lang.replace("-", "_"))
    for message in list(catalog):
        if message.id and not all([message.string] if isinstance(message.string, str) else message.string or [""]):
            catalog.delete(message.id)
    made = BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Every English word and sentence that stands in a catalogue, translated or not."""
    from babel.messages.pofile import read_po

    found: set[str] = set()
    for po in FOLDER.glob("*.po"):
        for message in read_po(BytesIO(po.read_bytes())):
            found |= {message.id} if isinstance(message.id, str) else set(message.id)
    return frozenset(found - {""})


class _Pseudo(NullTranslations):
    """What a test reads. Words that stand in no catalogue stay as they are, and so are found."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def gettext(self, message: str) -> str:
        return disguised(message) if message in self._known else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_KEPT_AS_IT_IS = re.compile(r"(<[^>]*>|\{[^}]*\}|&[a-z]+;)")
_ACCENTS = str.maketrans("aeiouycnszACEINOSUYZ", "áéíóúýçñšžÀÇÈÌÑÒŠÙÝŽ")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4_096)
def disguised(english: str) -> str:
    """The same with accents, each word 40 % longer, between brackets; marks and gaps for values stay.

    >>> disguised("Read {n} pages")
    '⟦Réádáá {n} págéšáá⟧'
    """
    parts = _KEPT_AS_IT_IS.split(english)
    said = (part if at % 2 else _WORD.sub(_longer, part) for at, part in enumerate(parts))
    return f"⟦{''.join(said)}⟧"


def _longer(word: re.Match[str]) -> str:
    return word[0].translate(_ACCENTS) + "á" * -(-len(word[0]) * 2 // 5)

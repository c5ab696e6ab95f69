"""Whether typed words are those an author meant: what an Answer, a Close and a Check are held against.

The rules are those of `format.md`, The steps, 5. Words in, yes or no out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from lms.content.plan import KeyPattern


def matches(pattern: KeyPattern, typed: str) -> bool:
    """Whether typed words are those of a pattern; `*` is any run of characters, unless it is exact."""
    if pattern.exact:
        return _composed(typed) == _composed(pattern.value)
    words, said = plain(pattern.value), plain(typed)
    return _fits(words.split("*"), said)


def _composed(words: str) -> str:
    """One spelling of letters that look the same: phones type é as one character or as two."""
    return unicodedata.normalize("NFC", words.strip())


def _fits(parts: Sequence[str], said: str) -> bool:
    """Match the texts between stars one after another, leftmost first: linear, whatever an author wrote."""
    first, *rest = parts
    if not rest:
        return first == said
    *middle, last = rest
    if not said.startswith(first) or not said.endswith(last) or len(said) < len(first) + len(last):
        return False
    at, end = len(first), len(said) - len(last)
    for part in middle:
        found = said.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


_ALIKE = {"'": "‘’‚‛‹›`´′", '"': "“”„‟″«»", "-": "‐‑‒–—―−"}
_QUOTES = {ord(other): sign for sign, others in _ALIKE.items() for other in others}
_END = ".,;:!?…؟،؛۔।。！？"


def plain(words: str) -> str:
    """Words as they are compared: case, end punctuation, kind of quotes and dashes, spaces set aside.

    What is nothing but punctuation is kept: a question may ask for a sign.
    Accents count: `cafe` is not `café`, however either was typed.
    """
    folded = _composed(words).translate(_QUOTES).casefold()
    spaced = " ".join(_composed(folded).split())
    return spaced.rstrip(_END + " ") or spaced

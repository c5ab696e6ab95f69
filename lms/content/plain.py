"""Plain text: what a learner is shown, without how it is dressed, and its fingerprint.

Texts in, strings out. Two courses that say the same in the same words have the same plain text,
whatever quotes, emphasis or line breaks their authors typed, so names and letters can be kept by it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from lms.content.course import Text
from lms.content.plan import canonical

_PLAIN_MARKS = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—―−", "-"),
)


def plain(words: str) -> str:
    """NFC, plain quotes and dashes, single spaces, trimmed.

    >>> plain("  “It’s — here”\\n")
    '"It\\'s - here"'
    """
    if not words.isascii():
        words = unicodedata.normalize("NFC", words).translate(_PLAIN_MARKS)
    return " ".join(words.split())


def plain_text(text: Text) -> str:
    """The plain text of a title, an option, or of all blocks in one string."""
    return " ".join(plain_blocks(text))


def plain_blocks(text: Text) -> list[str]:
    """The plain text of each block, in order; a block without words (a rule) is left out."""
    return [block for words in _shown_blocks(text.tokens) if (block := plain(words))]


def count_words(text: Text) -> int:
    """How many words are shown."""
    return sum(len(words.split()) for words in _shown_blocks(text.tokens))


def heading(text: Text) -> str:
    """A title for lists and page titles: without markup, but with the quotes and dashes its author chose."""
    return " ".join(" ".join(_shown_blocks(text.tokens)).split())


def description(picture: Token) -> str:
    """What stands for a picture: its description, on one line."""
    return " ".join(_shown(picture.children or ()).split())


def fingerprint(value: object) -> str:
    """The first 16 hex digits of SHA-256 over compact JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def _shown_blocks(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield _shown(token.children or ())
        elif token.type in ("fence", "code_block"):
            yield token.content


def _shown(children: Sequence[Token]) -> str:
    if len(children) == 1 and children[0].type == "text":  # most paragraphs hold no mark
        return children[0].content
    return "".join([child.content if child.type == "text" else _piece(child) for child in children])


def _piece(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return " "
    if child.type == "image":
        return _shown(child.children or ())
    return child.content

"""What Markdown tokens show: their words, without how they are dressed.

Tokens in, strings out. Two courses that say the same in the same words show the same here,
whatever quotes, emphasis or line breaks their authors typed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

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


def shown_blocks(tokens: Iterable[Token]) -> Iterator[str]:
    """The words of each block, as they were typed but for their marks."""
    for token in tokens:
        if token.type == "inline":
            yield shown(token.children or ())
        elif token.type in ("fence", "code_block"):
            yield token.content


def shown(children: Sequence[Token]) -> str:
    """The words inside one block, or inside a picture's description."""
    if len(children) == 1 and children[0].type == "text":  # most paragraphs hold no mark
        return children[0].content
    return "".join([child.content if child.type == "text" else _piece(child) for child in children])


def _piece(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return " "
    if child.type == "image":
        return shown(child.children or ())
    return child.content

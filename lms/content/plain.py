"""Plain text: what a learner is shown, without how it is dressed, and its fingerprint.

Texts in, strings out. Two courses that say the same in the same words have the same plain text,
whatever quotes, emphasis or line breaks their authors typed, so names and letters can be kept by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from lms.content.course import Text
from lms.content.plan import canonical
from lms.content.shown import shown, shown_blocks


def plain_text(text: Text) -> str:
    """The plain text of a title, an option, or of all blocks in one string."""
    return " ".join(text.blocks)


def count_words(text: Text) -> int:
    """How many words are shown."""
    return sum(len(block.split()) for block in text.blocks)


def heading(text: Text) -> str:
    """A title for lists and page titles: without markup, but with the quotes and dashes its author chose."""
    return " ".join(" ".join(shown_blocks(text.tokens)).split())


def description(picture: Token) -> str:
    """What stands for a picture: its description, on one line."""
    return " ".join(shown(picture.children or ()).split())


def repeated(texts: Iterable[Text]) -> Iterator[tuple[Text, int]]:
    """Each text whose words were there before, and the line they first stand on."""
    seen: dict[str, int] = {}
    for text in texts:
        words = plain_text(text)
        if words in seen:
            yield text, seen[words]
        seen.setdefault(words, text.line)


def fingerprint(value: object) -> str:
    """The first 16 hex digits of SHA-256 over compact JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]

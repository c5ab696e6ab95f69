"""Lines that a phone or a word processor has changed into something the parser reads as mere text.

Nothing of Markdown is left of them, so they are looked for in the source, outside code and notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from lms.content.manuscript import Manuscript
from lms.content.words import COLON, LIST_WORDS

BULLETS = "•·◦▪▫●○■□‣⁃∙➢➤"
"""Signs that are a bullet and nothing else."""
_CHANGED = f"‐-―{BULLETS}✓✔☐☑☒"
_HAS_CHANGED = re.compile(f"[{_CHANGED}]")
# A search for a line break is much faster than one for ^; the file is searched with one before it.
BEHIND_MARKS = "[^ \t\n#\u00a0\u202f\u200e\u200f\u061c]"
"""No space that Markdown knows; those without a width of their own are found beside the marks."""
_NO_SPACE = (
    rf"(?P<marks>#{{2,6}}){BEHIND_MARKS}"
    rf"|(?P<hyphen>[-+*])(?:\[[ xX]?\](?![(\[])|(?P<word>{LIST_WORDS}){COLON})"
)
_WITHOUT_SPACE = re.compile(rf"\n[ \t>]*+(?:{_NO_SPACE})")
_SUSPECT = re.compile(
    r"\n[ \t>]*+(?:(?P<joined>(?=[^\n]*[‐-―])[-‐-― \t|:]+)(?=\n|$)"
    r"|(?P<note><!(?=-*[‐-―])[-‐-―]+)"
    rf"|(?P<bullet>[{_CHANGED}])(?:[ \t\u00a0]|\[[ xX]?\])"
    rf"|{_NO_SPACE})"
)
_SKIPPED = ("fence", "code_block", "html_block")


def check_lines(ms: Manuscript, tokens: Sequence[Token], after: int) -> None:
    """Find them from behind line `after`, where the front matter ends."""
    skipped: set[int] | None = None
    pattern = _SUSPECT if _HAS_CHANGED.search(ms.source.characters) else _WITHOUT_SPACE
    for match in pattern.finditer("\n" + ms.source.text):
        if match["word"] and not ms.language.word(match["word"]):
            continue
        line, column = ms.source.place(match.start(_found(match)) - 1)
        if line <= after:
            continue
        if skipped is None:
            skipped = _skipped(tokens)
        if line not in skipped:
            _say(ms, match, line, column)


def _skipped(tokens: Sequence[Token]) -> set[int]:
    maps = [token.map for token in tokens if token.map and token.type in _SKIPPED]
    return {line for first, end in maps for line in range(first + 1, end + 1)}


def _found(match: re.Match[str]) -> str:
    """Which sort of line it is."""
    return next(sort for sort, typed in match.groupdict().items() if typed is not None)


def _say(ms: Manuscript, match: re.Match[str], line: int, column: int) -> None:
    found = _found(match)
    mark = match[found]
    if found == "joined":
        instead = "Type three hyphens, ---; if they join again, undo it."
        ms.faults.error(line, "joined-hyphens", "the hyphens have become a dash.", instead, column)
    elif found == "note":
        message, instead = "the hyphens have become a dash, and learners are shown this note.", "Type <!-- before it."
        ms.faults.error(line, "joined-hyphens", message, instead, column)
    elif found == "bullet":
        message = f"the line starts with {mark}, which makes no list."
        ms.faults.error(line, "pasted-bullet", message, "Type a hyphen and a space, - , before an item.", column)
    elif found == "hyphen":
        message = f"no space stands between {mark} and what follows, which makes no list."
        ms.faults.error(line, "item-space", message, f"Type {mark} and a space.", column)
    else:
        message = f"no space stands between {mark} and the heading."
        ms.faults.error(line, "heading-space", message, f"Type {mark} and a space.", column)

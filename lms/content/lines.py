"""Lines that a phone or a word processor has changed into something the parser reads as mere text.

Nothing of Markdown is left of them, so they are looked for in the source, outside code and notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from lms.content.manuscript import Manuscript

_CHANGED = "‐-―•·◦▪▫●○■□‣⁃∙➢➤✓✔☐☑☒"
_HAS_CHANGED = re.compile(f"[{_CHANGED}]")
# A search for a line break is much faster than one for ^; the file is searched with one before it.
_NO_SPACE = re.compile(r"\n[ \t>]*+(?P<marks>#{2,6})[^\s#]")
_SUSPECT = re.compile(
    r"\n[ \t>]*+(?:(?P<joined>(?=[^\n]*[‐-―])[-‐-― \t|:]+)(?=\n|$)"
    rf"|(?P<bullet>[{_CHANGED}])[ \t\u00a0]"
    r"|(?P<marks>#{2,6})[^\s#])"
)
_SKIPPED = ("fence", "code_block", "html_block")


def check_lines(ms: Manuscript, tokens: Sequence[Token], after: int) -> None:
    """Find them from behind line `after`, where the front matter ends."""
    skipped: set[int] | None = None
    pattern = _SUSPECT if _HAS_CHANGED.search(ms.source.characters) else _NO_SPACE
    for match in pattern.finditer("\n" + ms.source.text):
        line, column = ms.source.place(match.start(match.lastgroup or 0) - 1)
        if line <= after:
            continue
        if skipped is None:
            skipped = _skipped(tokens)
        if line not in skipped:
            _say(ms, match, line, column)


def _skipped(tokens: Sequence[Token]) -> set[int]:
    maps = [token.map for token in tokens if token.map and token.type in _SKIPPED]
    return {line for first, end in maps for line in range(first + 1, end + 1)}


def _say(ms: Manuscript, match: re.Match[str], line: int, column: int) -> None:
    mark = match.group(match.lastgroup or 0)
    if match.lastgroup == "joined":
        instead = "Type three hyphens, ---; if they join again, undo it."
        ms.faults.error(line, "joined-hyphens", "the hyphens have become a dash.", instead, column)
    elif match.lastgroup == "bullet":
        message = f"the line starts with {mark}, which makes no list."
        ms.faults.error(line, "pasted-bullet", message, "Type a hyphen and a space, - , before an item.", column)
    else:
        message = f"no space stands between {mark} and the heading."
        ms.faults.error(line, "heading-space", message, f"Type {mark} and a space.", column)

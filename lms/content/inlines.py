"""The words inside the blocks that are shown: parsed, and looked through for what may not stand there.

Most paragraphs hold no mark at all; those are passed over after one search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from markdown_it.token import Token

from lms.content.blocks import DEEPEST, instead_of_html
from lms.content.manuscript import Link, Manuscript, first_line
from lms.content.markdown import GAP, join_words, parse_words
from lms.content.plain import description
from lms.content.shown import plain
from lms.content.source import INVISIBLE, LONGEST_SEARCHED

MOST_BRACKETS = 10
MOST_LINES = 20
_BRACKET = re.compile(r"[\[\]]")
_BROKEN_LINK = re.compile(
    r"\]\(|\][ \t]+\("
    r"(?=https?:|www\.|mailto:|tel:|sms:|#|[A-Za-z0-9./_-]+\.(?:md|svg|png|jpe?g|gif|webp|avif|mp4|webm)\b)"
)
_BARE_ADDRESS = re.compile(r"https?://\S+|\bwww\.[^\s.]+\.\S+")


def read_inlines(ms: Manuscript, tokens: Iterable[Token], gaps: bool = False) -> None:
    """Parse the `inline` tokens among these, check them and note their links. `gaps`: some may stand in them."""
    words = [token for token in tokens if token.type == "inline" and not token.children and _is_flat(ms, token)]
    parse_words(words, ms.env, gaps)
    for token in words:
        if token.map and not _is_plain(token):
            _look_through(ms, token)
    join_words(words, ms.env)


def _is_plain(token: Token) -> bool:
    """One run of text in which nothing can be wrong."""
    if token.children and (len(token.children) > 1 or token.children[0].type != "text"):
        return False
    words = token.content
    return not ("]" in words or "[[" in words or "{#" in words or "://" in words or "www." in words or "&" in words)


def _is_flat(ms: Manuscript, token: Token) -> bool:
    """The parser takes long over brackets that stand in one another, and links without an end; nobody means so many."""
    if token.content.count("[") <= MOST_BRACKETS:
        return True
    if sum(")" not in between for between in token.content.split("](")[1:-1]) > MOST_BRACKETS:
        _unreadable(ms, first_line(token), "](")
        return False
    depth = 0
    for match in _BRACKET.finditer(token.content):
        depth = max(depth + (1 if match.group() == "[" else -1), 0)
        if depth > MOST_BRACKETS:
            message = "too many brackets stand in one another."
            ms.faults.error(first_line(token), "too-deep", message, "Put them in backticks, or leave some out.")
            return False
    return True


def _look_through(ms: Manuscript, token: Token) -> None:
    line = first_line(token)
    link: Link | None = None
    found_html = False
    for at, child in enumerate(token.children or ()):
        kind = child.type
        if child.level > DEEPEST:
            message = "bold, italic and links stand in one another more than six deep."
            ms.faults.error(line, "too-deep", message, "Leave some of the marks out.")
            return
        if kind in ("softbreak", "hardbreak"):
            line += 1
        elif kind == "text":
            _text(ms, child.content, line, in_link=link is not None)
        elif kind == "text_special":
            _spelled_out(ms, child.content, line)
        elif kind == "html_inline":
            if not found_html:
                _html(ms, child.content, line)
            found_html = True
            line += child.content.count("\n")
        elif kind == "link_open":
            link = _link(ms, token, at, line)
            ms.links.append(link)
        elif kind == "link_close":
            line = max(line, link.line) if link else line
            link = None
        elif kind == "image":
            words = description(child)
            ms.links.append(_noted(ms, child, "src", _lines(token, line), words, picture=True))
            line = ms.links[-1].line


def _unreadable(ms: Manuscript, line: int, at: str) -> None:
    instead = "Write [words](address), without spaces in the address or before it."
    message = "this link can't be read."
    ms.faults.error(line, "link-unreadable", message, instead, ms.source.column(line, at))


def _text(ms: Manuscript, text: str, line: int, in_link: bool) -> None:
    broken = _BROKEN_LINK.search(text) if "]" in text else None
    if broken:
        _unreadable(ms, line, broken.group())
    if "{#" in text and not ms.faults.between(line, line + 1):
        message, instead = "a name stands only at the end of a heading.", "Move it there, or put it in backticks."
        ms.faults.error(line, "name-not-last", message, instead, ms.source.column(line, "{#"))
    if "[[" in text and (gap := GAP.search(text)):
        instead = "Start the step's heading with Gaps: and put the gap into its text; or put [[ ]] in backticks."
        message = f'"{gap.group()[:40]}" is a gap, and none can stand here.'
        ms.faults.error(line, "gap-outside", message, instead, ms.source.column(line, gap.group()))
    bare = None if in_link or broken else _BARE_ADDRESS.search(text)
    if bare:
        column = ms.source.column(line, bare.group())
        instead = "Write [words](address), or the address in < and >."
        ms.faults.warn(line, "address-no-link", f"{bare.group()} is not a link.", instead, column)


def _spelled_out(ms: Manuscript, text: str, line: int) -> None:
    """`&#x202e;` is no better than the character itself."""
    if any(match.group(1) for match in INVISIBLE.finditer(text)) and not ms.faults.between(line, line + 1):
        message = "here a character nobody can see is spelled out."
        instead = "Leave out what stands between & and ;."
        ms.faults.error(line, "invisible-character", message, instead, ms.source.column(line, "&"))


def _html(ms: Manuscript, tag: str, line: int) -> None:
    column = ms.source.column(line, tag.split("\n")[0])
    if tag.startswith("<!--"):
        message, instead = "a note stands beside text.", "Put the note on lines of its own."
        ms.faults.error(line, "note-beside", message, instead, column)
    else:
        ms.faults.error(line, "raw-html", f'"{tag[:40]}" is raw HTML.', instead_of_html(tag), column)


def _link(ms: Manuscript, token: Token, at: int, line: int) -> Link:
    children = token.children or []
    opening = children[at]
    depth, end = opening.level, at + 1
    while end < len(children) and not (children[end].type == "link_close" and children[end].level == depth):
        end += 1
    inner = Token("image", "", 0, children=children[at + 1 : end])
    noted = _noted(ms, opening, "href", _lines(token, line), description(inner), picture=False)
    in_paragraph = token.level == 1 and not ms.source.line(line).lstrip().startswith("#")
    return replace(noted, alone=True) if in_paragraph and at == 0 and end == len(children) - 1 else noted


def _lines(token: Token, line: int) -> range:
    """The lines of a block from this one on: the parser does not say on which of them a link stands."""
    return range(line, min((token.map or (0, line))[1], line + MOST_LINES) + 1)


def _noted(ms: Manuscript, token: Token, attribute: str, lines: range, words: str, picture: bool) -> Link:
    address = str(token.attrs.get(attribute, ""))
    label = str(token.meta.get("label") or "")
    if label:
        ms.labels.add(label)
    line, column = _place_of_label(ms, lines, label) if label else _place(ms, lines, address)
    return Link(line, column, address, plain(words), picture)


def _place(ms: Manuscript, lines: range, address: str) -> tuple[int, int]:
    """Where a link starts, with its [ or its <: behind the link before it."""
    for line in lines:
        typed = ms.source.line(line)
        after = _after(ms, line)
        for form in (f"]({address or ')'}", f"<{address}>", f"](<{unquote(address)}>"):
            at = typed.find(form, after)
            while at >= 0:
                start = _opening(typed, at, after)
                if start >= after:
                    return line, start + 1
                at = typed.find(form, at + 1)
    return lines[0], 1


def _place_of_label(ms: Manuscript, lines: range, label: str) -> tuple[int, int]:
    """Where a link whose address stands elsewhere starts: `[words][label]`, or `[label]`."""
    for line in lines:
        typed, after = ms.source.line(line), _after(ms, line)
        if len(typed) > LONGEST_SEARCHED:
            break
        at = typed.upper().find(f"[{label}]", after)
        if at >= 0:
            return line, 1 + (_opening(typed, at - 1, after) if typed[at - 1 : at] == "]" else at)
    return lines[0], 1


def _after(ms: Manuscript, line: int) -> int:
    """Behind which column of a line the next link starts."""
    return ms.links[-1].column if ms.links and ms.links[-1].line == line else 0


def _opening(typed: str, at: int, after: int) -> int:
    """Where the [ of the ] at `at` stands: somewhere before `after` if not behind it, `at` if none is near."""
    depth = 0
    for place in range(at, max(at - LONGEST_SEARCHED, after - 2, -1), -1):
        if typed[place] == "]":
            depth += 1
        elif typed[place] == "[":
            depth -= 1
            if not depth:
                return place
    return at

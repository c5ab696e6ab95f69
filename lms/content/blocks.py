"""What may stand in a file's blocks, whatever they are for: lists, quotes, tables, code, notes.

The tokens of one section in, faults out. The parser is forgiving where a learner would see
something else than the author meant (a line that slips into the list above it), so the source lines
are looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from lms.content.manuscript import Manuscript, children, closing, first_line
from lms.content.words import COLON, LIST_WORDS

DEEPEST = 6
_ITEM_WORD = re.compile(rf"{LIST_WORDS}{COLON}")
_MARKER = re.compile(r"( *)([-+*]|\d{1,9}[.)])( +|$)")
_QUOTES = ("blockquote_open", "alert_open")
_LISTS = ("bullet_list_open", "ordered_list_open")
_CONTAINERS = frozenset({*_QUOTES, *_LISTS, "list_item_open"})
_NOTE = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_JOINED_END = re.compile(r"(?<![-‐-―])(?=-*[‐-―])[-‐-―]+>[ \t]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"</?(b|i|em|strong)[\s>]", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:;)\"'”’\\]$|  $|[。!?؟۔]$")
_CALLOUTS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_BARE_CALLOUT = re.compile(rf"\[!({'|'.join(_CALLOUTS)})\]", re.IGNORECASE)
_LIKE_A_TABLE = re.compile(r"\s*\|.*\|\s*(\n|$)")
SHORT_LINE = 40

Check = Callable[[Manuscript, Sequence[Token], int, list[Token]], None]


def check_blocks(ms: Manuscript, tokens: Sequence[Token], in_code: bool = False) -> None:
    """Find what may not stand in a section. Stops at what is nested too deep.

    `in_code`: a Code step, where fences have a second word.
    """
    containers: list[Token] = []
    for at, token in enumerate(tokens):
        check = _closed_fence if in_code and token.type == "fence" else _CHECKS.get(token.type)
        if check is None:
            continue
        if token.type in _CONTAINERS:
            containers.append(token)
            if sum(container.type != "list_item_open" for container in containers) > DEEPEST:
                _too_deep(ms, first_line(token))
                return
        check(ms, tokens, at, containers)


def _too_deep(ms: Manuscript, line: int) -> None:
    message = "lists and quotes stand in one another more than six deep."
    ms.faults.error(line, "too-deep", message, "Take some of them apart.")


def _paragraph(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    content = tokens[at + 1].content
    first, last = first_line(tokens[at]), (tokens[at].map or (0, 0))[1]
    known = ms.faults.between(first, last + 1)
    if "|" in content and not known and _LIKE_A_TABLE.match(content):
        instead = "Put | --- | --- | under its first row, with as many cells, and an empty line above the table."
        ms.faults.error(first, "table-broken", "this looks like a table, but is none.", instead)
    elif content.startswith("[!") and (bare := _BARE_CALLOUT.match(content)):
        _bare_callout(ms, first, bare.group(), containers)
    elif "\n" not in content:
        return
    elif containers and (lazy := _first_lazy(ms, range(first + 1, last + 1), containers)):
        _lazy(ms, lazy, containers[-1])
    elif not known and not (containers and containers[-1].type == "list_item_open"):
        _warn_of_short_lines(ms, first, content)


def _first_lazy(ms: Manuscript, lines: range, containers: list[Token]) -> int:
    """The first of these lines that does not reach into the block it was counted to; 0 if all do."""
    return next((line for line in lines if inside(ms, line, containers) is None), 0)


def _lazy(ms: Manuscript, line: int, container: Token) -> None:
    if ms.faults.between(line, line + 1):  # a heading or bullet that was not read as one
        return
    if container.type in _QUOTES:
        message = "this line slips into the quote above it."
        instead = "Start it with >, or leave a line empty above it."
    else:
        message = "this line slips into the list item above it."
        instead = "Indent it by two spaces, or leave a line empty above it."
    ms.faults.error(line, "line-not-indented", message, instead)


def _warn_of_short_lines(ms: Manuscript, first: int, content: str) -> None:
    lines = content.split("\n")
    for number, line in enumerate(lines[:-1], first):
        typed = ms.source.line(number)
        if len(line) < SHORT_LINE and not _SENTENCE_END.search(line) and not _SENTENCE_END.search(typed):
            instead = "Leave a line empty between them, or make them a list."
            ms.faults.warn(number, "lines-run-together", "these short lines will be shown as one.", instead)
            return


def _quote(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    first = tokens[at + 2] if at + 2 < len(tokens) else tokens[at]
    match = re.match(r"\[(!?)([^\]\n]*)\](.*)", first.content) if first.type == "inline" else None
    if not match or not (match.group(1) or match.group(2) in _CALLOUTS):
        return
    line = first_line(tokens[at])
    kind = match.group(2)
    if not match.group(1):
        message, instead = f"[{kind}] makes no callout.", f"Type [!{kind}]; put it in backticks if it is only text."
        ms.faults.error(line, "callout", message, instead, ms.source.column(line, "["))
        return
    if kind.upper() in _CALLOUTS:
        message = "the kind of a callout stands alone on its line."
        instead = "Move the words to the next line, behind >."
    else:
        message = ms.faults.unknown(f'"[!{kind}]" is not a kind of callout', kind, _CALLOUTS)
        instead = "There are NOTE, TIP, IMPORTANT, WARNING and CAUTION."
    ms.faults.error(line, "callout", message, instead, ms.source.column(line, "[!"))


def _bare_callout(ms: Manuscript, line: int, mark: str, containers: list[Token]) -> None:
    """One in a quote has been told of already."""
    if not any(container.type in _QUOTES for container in containers):
        instead = "Start each of its lines with > and a space."
        ms.faults.error(line, "callout", "a callout stands in a quote.", instead, ms.source.column(line, mark))


def _callout(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    if closing(tokens, at) == at + 4:  # only the title the parser adds
        line = first_line(tokens[at])
        ms.faults.error(line, "callout-empty", "a callout without words.", "Write them below it, behind >.")


def _heading(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    if _is_start_of_answer(tokens, at):
        return
    message = "a heading stands in a list or a quote."
    ms.faults.error(first_line(tokens[at]), "heading-inside", message, "Put it in backticks, or leave out the marks.")


def _indented_code(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    message = "four spaces make this code."
    instead = "Start the line further left. For code, put ``` on the line above and below."
    ms.faults.error(first_line(tokens[at]), "code-indented", message, instead)


def _item(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    """What stands in an item is looked at for itself."""


def _end(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    containers.pop()


def _rule(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    instead = "Leave it out, or start a new step with ###."
    ms.faults.error(first_line(tokens[at]), "line-across", "there are no lines across a page.", instead)


def _html(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    token = tokens[at]
    line, typed = first_line(token), token.content.strip()
    if not typed.startswith("<!--"):
        tag = typed.split("\n")[0][:40]
        ms.faults.error(line, "raw-html", f'"{tag}" is raw HTML.', instead_of_html(tag))
    elif "-->" not in typed and (match := _JOINED_END.search(typed)):
        message, instead = "the hyphens have become a dash, which does not end a note.", "Type --> behind it."
        ms.faults.error(line + typed.count("\n", 0, match.start()), "joined-hyphens", message, instead)
    elif "-->" not in typed:
        ms.faults.error(line, "note-unclosed", "this note has no end.", "Put --> behind it.")
    elif containers:
        ms.faults.error(line, "note-inside", "a note stands in a list or a quote.", "Move it out, to lines of its own.")
    elif not _NOTE.fullmatch(typed):
        last = line + typed.count("\n")
        message = "text beside a note is dropped with it."
        ms.faults.error(last, "note-beside", message, "Put <!-- and --> on lines without other text.")


def instead_of_html(tag: str) -> str:
    """What to type instead of a tag: most people mean bold or italics."""
    match = _EMPHASIS.match(tag)
    if not match:
        return "To show it as text, put it in backticks."
    meant = "**bold** for bold" if match[1].lower() in ("b", "strong") else "*italics* for italics"
    return f"Type {meant}; to show it as text, put it in backticks."


def _fence(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    before = ms.faults.errors
    _closed_fence(ms, tokens, at, containers)
    token = tokens[at]
    if len(token.info.split()) > 1 and ms.faults.errors == before:
        message = "only one word, its language, stands behind the marks of code here."
        instead = f"Type {token.markup}{token.info.split()[0]}."
        ms.faults.error(first_line(token), "fence-words", message, instead)


def _closed_fence(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    token = tokens[at]
    first, last = first_line(token), (token.map or [0, 0])[1]
    mark = token.markup
    under = inside(ms, last, containers) if last > first else None
    if under is None or not re.fullmatch(rf" {{0,3}}{re.escape(mark)}{re.escape(mark[0])}*\s*", under):
        ms.faults.error(first, "fence-unclosed", f"the code from {mark} on has no end.", f"Put {mark} under it.")


def _table(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:
    first, last = first_line(tokens[at]), (tokens[at].map or [0, 0])[1]
    cells = 0
    for line in range(first, last + 1):
        row = (inside(ms, line, containers) or "").strip().replace("\\|", "")
        if not (len(row) > 1 and row.startswith("|") and row.endswith("|")):
            instead = "Start and end each row with |; leave a line empty under the table."
            ms.faults.error(line, "table-row", "this row of the table does not start and end with |.", instead)
            return
        count = row.count("|") - 1
        cells = cells or count
        if count != cells:
            message = f"this row has {count} cell{'s'[: count != 1]}, and the first has {cells}."
            instead = "Give every row as many cells as the first; type \\| for a | in the text."
            ms.faults.error(line, "table-cells", message, instead)


def _numbered(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    if _broken_list(ms, tokens, at) or _is_start_of_answer(tokens, at):
        return
    for count, (start, _) in enumerate(children(tokens, at), start=1):
        number = tokens[start].info
        if number == str(count):
            continue
        line = first_line(tokens[start])
        if count == 1:
            message = f'"{number}." at the start of a line makes a list.'
            instead = f"Type {number}\\. for the number itself, or start the list with 1."
        else:
            message, instead = f'here the list counts "{number}" after "{count - 1}".', f"Type {count}."
        ms.faults.error(line, "list-count", message, instead)
        return


def _bulleted(ms: Manuscript, tokens: Sequence[Token], at: int, containers: list[Token]) -> None:  # noqa: ARG001
    items = children(tokens, at)
    if _broken_list(ms, tokens, at) or any(_is_answer(tokens, start) for start, _ in items):
        return
    if any(not ms.source.line(first_line(tokens[start]) - 1).strip(" >") for start, _ in items[1:]):
        _run_together(ms, tokens, items)


def _run_together(ms: Manuscript, tokens: Sequence[Token], items: list[tuple[int, int]]) -> None:
    """Items with a gap above them and items without, each of one paragraph, look like two lists."""
    simple = all(end - start == 5 for start, end in items)
    close = [start for start, _ in items[1:] if ms.source.line(first_line(tokens[start]) - 1).strip(" >")]
    if simple and close:
        gap = next(start for start, _ in items[1:] if start not in close)
        message = "an empty line does not end a list: these are one list."
        instead = "Put a line of text between two lists, or take the empty line out."
        ms.faults.error(first_line(tokens[gap]), "lists-run-together", message, instead)


def _broken_list(ms: Manuscript, tokens: Sequence[Token], at: int) -> bool:
    """Does a list of the same sort end where this one starts? Says so, of the first that does."""
    broken = _goes_on(tokens, at)
    if broken and not _goes_on(tokens, _opens(tokens, at - 1)):
        mark, before = tokens[at].markup, tokens[at - 1].markup
        message = f"the list changes its mark from {before} to {mark}, which breaks it in two."
        ms.faults.error(first_line(tokens[at]), "list-broken", message, f"Use {before} throughout.")
    return broken


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Does a list of the same sort end where this one starts?"""
    return at > 0 and tokens[at - 1].type == tokens[at].type.replace("_open", "_close")


def _opens(tokens: Sequence[Token], end: int) -> int:
    """Where the block opens that closes here."""
    return next(at for at in range(end - 1, -1, -1) if tokens[at].level == tokens[end].level)


def _is_start_of_answer(tokens: Sequence[Token], at: int) -> bool:
    """What a box starts with is for `answers` to refuse."""
    return at > 0 and "checked" in tokens[at - 1].meta


def _is_answer(tokens: Sequence[Token], start: int) -> bool:
    content = tokens[start + 2].content if start + 2 < len(tokens) else ""
    return "checked" in tokens[start].meta or bool(_ITEM_WORD.match(content))


def inside(ms: Manuscript, line: int, containers: Sequence[Token]) -> str | None:
    """What a line holds inside its quotes and list items; None if it does not reach into them."""
    text = ms.source.line(line).expandtabs(4)
    for depth, container in enumerate(containers):
        if container.type in _QUOTES:
            match = re.match(r" {0,3}> ?", text)
            if not match:
                return None
            text = text[match.end() :]
        elif container.type == "list_item_open":
            indent = _indent(ms, containers[: depth + 1])
            if line > first_line(container) and text[:indent].strip():
                return None
            text = text[indent:]
    return text


def _indent(ms: Manuscript, containers: Sequence[Token]) -> int:
    """How far in the text of a list item stands, counted from the block it is in."""
    item = containers[-1]
    if "indent" not in item.meta:
        first = inside(ms, first_line(item), containers[:-1]) or ""
        match = _MARKER.match(first)
        width = 2
        if match:
            spaces = len(match.group(3))
            width = match.end(2) + (spaces if 1 <= spaces <= 4 else 1)
        item.meta["indent"] = width
    return int(item.meta["indent"])


_CHECKS: dict[str, Check] = {
    "paragraph_open": _paragraph,
    "blockquote_open": _quote,
    "alert_open": _callout,
    "heading_open": _heading,
    "code_block": _indented_code,
    "hr": _rule,
    "html_block": _html,
    "fence": _fence,
    "table_open": _table,
    "ordered_list_open": _numbered,
    "bullet_list_open": _bulleted,
    "list_item_open": _item,
    **dict.fromkeys((name.replace("_open", "_close") for name in _CONTAINERS), _end),
}

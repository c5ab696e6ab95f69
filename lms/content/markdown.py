"""The Markdown parser, set up as the course format says, in its two halves.

Blocks first: the compiler takes names, kind words and answer lists off the raw text in between, so
that `*phish*` keeps its stars. Then the words inside each block that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.inline import inline
from markdown_it.rules_core.text_join import text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType


class _Parser(MarkdownIt):
    """Reads every address as a link: `links` says of each whether it may stand."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the parser's own name for it
        return True


_OPTIONS = {
    "html": True,  # only so that it is found, and refused with its line
    "linkify": False,
    "strikethrough_single_tilde": False,
    "maxNesting": 13,  # what is deeper is refused: six lists and quotes, of which a list counts twice
    "store_labels": True,
}


def _lines_of_words(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """A paragraph whose every line starts with a letter, as most do: nothing else starts so, or ends one.

    The parser would ask all its other rules of each line, twice. Whatever is not as plain is left to it.
    """
    line, indent, text = start, state.blkIndent, state.src
    starts, shifts, ends, columns = state.bMarks, state.tShift, state.eMarks, state.sCount
    while line < state.lineMax and (first := starts[line] + shifts[line]) < ends[line]:
        if columns[line] != indent or not text[first].isalpha():
            return False
        line += 1
    whole = state.getLines(start, line, indent, False) if indent else _lines(text, starts[start:line], ends[start:line])
    content = mdTrim(whole)
    state.line = line
    for kind, tag, nesting in _PARAGRAPH:
        token = state.push(kind, tag, nesting)
        if nesting >= 0:
            token.map = [start, line]
        if kind == "inline":
            token.content, token.children = content, []
    return True


def _lines(text: str, starts: Sequence[int], ends: Sequence[int]) -> str:
    """In a quote each line starts behind its mark."""
    return "\n".join([text[start:end] for start, end in zip(starts, ends, strict=True)])


_PARAGRAPH: tuple[tuple[str, str, Literal[-1, 0, 1]], ...] = (
    ("paragraph_open", "p", 1),
    ("inline", "", 0),
    ("paragraph_close", "p", -1),
)


def _parser() -> _Parser:
    parser = _Parser("gfm-like2", _OPTIONS)
    parser.block.ruler.before("table", "lines_of_words", _lines_of_words)
    return parser


_PARSER = _parser()


def parse_blocks(text: str, after: int = 0) -> tuple[list[Token], EnvType]:
    """The blocks of a text from behind its line `after`, and the addresses it defines apart.

    Line numbers stay those of the whole text.
    """
    below = "".join(text.split("\n", after)[after:])
    tokens: list[Token] = []
    env: EnvType = {}
    _PARSER.block.parse("\n" * after + below, _PARSER, env, tokens)
    return tokens, env


def parse_words(tokens: Sequence[Token], env: EnvType, gaps: bool = False) -> None:
    """Fill the `inline` tokens among these with their children; with `gaps`, `[[words]]` is a token `gap`."""
    marked = []
    for token in tokens:
        if token.type == "inline" and _is_unmarked(token.content):
            token.children = _unmarked(token.content)
        else:
            marked.append(token)
    inline(_state(marked, env, _with_gaps() if gaps else _PARSER))


_MARK = re.compile(r"[\\`*_~\[<&]")
"""What the rules for words start with, all but those for the ends of lines."""


def _is_unmarked(content: str) -> bool:
    """The parser makes plain text of each of its lines."""
    if _MARK.search(content):
        return False
    return "\n" not in content or not (" \n" in content or "\n " in content or "\n\t" in content)


def _unmarked(content: str) -> list[Token]:
    children: list[Token] = []
    for line in content.split("\n") if content else ():
        children += Token("softbreak", "br", 0), Token("text", "", 0, content=line)
    return children[1:]


def join_words(tokens: Sequence[Token], env: EnvType) -> None:
    """Make escaped characters ordinary text again, once nobody needs to tell them apart."""
    text_join(_state([token for token in tokens if "\\" in token.content or "&" in token.content], env))


def is_plain_words(text: str) -> bool:
    """Is it shown as it is typed: no mark, no entity, no code in it?"""
    tokens: list[Token] = []
    _PARSER.inline.parse(text, _PARSER, {}, tokens)
    return all(token.type == "text" for token in tokens)


def words_of(text: str) -> Token:
    """One inline token of a text that stands in no file."""
    token = Token("inline", "", 0, content=text, children=[])
    token.children = [Token("text", "", 0, content=text)]
    return token


GAP = re.compile(r"\[\[([^\[\]\n]*)\]\]")


@lru_cache(maxsize=1)
def _with_gaps() -> MarkdownIt:
    """A parser of its own: only Gaps pay for looking."""
    parser = _parser()
    parser.inline.ruler.before("link", "gap", _gap)
    return parser


def _gap(state: StateInline, silent: bool) -> bool:
    """Silent is who looks for the end of a link: a gap inside it is found when its words are read."""
    match = None if silent else GAP.match(state.src, state.pos)
    if match is None:
        return False
    state.push("gap", "span", 0).content = match.group(1)
    state.pos = match.end()
    return True


def _state(tokens: Sequence[Token], env: EnvType, parser: MarkdownIt = _PARSER) -> StateCore:
    state = StateCore("", parser, env)
    state.tokens = list(tokens)
    return state

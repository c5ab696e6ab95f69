"""The Markdown parser, set up as the course format says, in its two halves.

Blocks first: the compiler takes names, kind words and answer lists off the raw text in between, so
that `*phish*` keeps its stars. Then the words inside each block that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.inline import inline
from markdown_it.rules_core.text_join import text_join
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
    "maxNesting": 100,
    "store_labels": True,
}

_PARSER = _Parser("gfm-like2", _OPTIONS)


def parse_blocks(text: str, after: int = 0) -> tuple[list[Token], EnvType]:
    """The blocks of a text from behind its line `after`, and the addresses it defines apart.

    Line numbers stay those of the whole text.
    """
    below = text.split("\n", after)[-1] if after else text
    tokens: list[Token] = []
    env: EnvType = {}
    _PARSER.block.parse("\n" * after + below, _PARSER, env, tokens)
    return tokens, env


def parse_words(tokens: Sequence[Token], env: EnvType) -> None:
    """Fill the `inline` tokens among these with their children."""
    inline(_state(tokens, env))


def join_words(tokens: Sequence[Token], env: EnvType) -> None:
    """Make escaped characters ordinary text again, once nobody needs to tell them apart."""
    text_join(_state(tokens, env))


def words_of(text: str) -> Token:
    """One inline token of a text that stands in no file."""
    token = Token("inline", "", 0, content=text, children=[])
    token.children = [Token("text", "", 0, content=text)]
    return token


def _state(tokens: Sequence[Token], env: EnvType) -> StateCore:
    state = StateCore("", _PARSER, env)
    state.tokens = list(tokens)
    return state

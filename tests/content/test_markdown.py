"""The parser's short cuts give what the parser gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.content.markdown import join_words, parse_blocks, parse_words

COURSES = Path(__file__).parents[2] / "courses"
SHOWN = MarkdownIt(
    "gfm-like2",
    {"linkify": False, "strikethrough_single_tilde": False, "maxNesting": 100, "store_labels": True},
).use(lambda parser: setattr(parser, "validateLink", lambda _: True))

PIECES = st.sampled_from(
    "a|word|Two words|é|ß|ª|1|1.|- |* |+ |> |# |## |```|~~~|---|===|- - -|| a | b ||:-- | --:|    |  |\t|\n|\n\n|\n"
    "|\\|&amp;|&|<p>|<!--|-->|[a](b)|[a]: b|![a](b)|**|_|`|~~|~|!|(x)|[ ]|[x]|\u00a0|\u3000|\x0b|\x0c|\u2028"
    "|> [!TIP]|:|=|$|@a.org|https://a.org|\\\\".replace("|| ", "\0| ").split("|")
)


def ours(text: str) -> list[Token]:
    tokens, env = parse_blocks(text)
    parse_words(tokens, env)
    join_words(tokens, env)
    return tokens


def with_html(text: str) -> list[Token]:
    SHOWN.options["html"] = True
    return SHOWN.parse(text)


@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join))
@example("a\n  b\n\tc\n\nd  \ne\n> f\ng\nh\n===\n| i |\n|---|\n| j |\n")
@example("- a\nb\n\n  c\n  d\n    e\n1. f\n   g\nh\n")
def test_the_short_cuts_give_what_the_whole_parser_gives(text: str) -> None:
    text = text.replace("\r", "").replace("\0", "")
    assert ours(text) == with_html(text)


@pytest.mark.parametrize("path", sorted(COURSES.rglob("*.md")), ids=lambda path: str(path.relative_to(COURSES)))
def test_the_short_cuts_read_our_courses_as_the_whole_parser_does(path: Path) -> None:
    text = path.read_text()
    assert ours(text) == with_html(text)

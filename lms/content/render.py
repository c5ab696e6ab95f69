"""Render: an author's tokens as HTML.

Tokens in, blocks of HTML out. Every text is escaped here and every address looked up; what a text
links to or shows is told to the `Uses` it is given. It knows nothing of screens or their feet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Protocol

from markdown_it.token import Token

from lms.content.book import Book, Link, Picture
from lms.content.course import Fact, Term, Text
from lms.content.phrases import phrases
from lms.content.plain import description
from lms.content.sanitise import address_is_allowed
from lms.content.videos import Video, figure, with_videos
from lms.content.words import Value, direction, language

_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_close": "</ol>",
    "list_item_open": "<li>",
    "list_item_close": "</li>",
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>",
    "alert_close": "</div>",
    "table_open": "<table>",
    "table_close": "</table>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_close": "</th>",
    "td_close": "</td>",
    "hr": "<hr>",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<del>",
    "s_close": "</del>",
    "softbreak": "\n",
    "hardbreak": "<br>",
}
"""Tokens that are the same tag every time."""

_CODE_LANGUAGE = re.compile(r"[a-z0-9+-]{1,30}")
_TO_RING = re.compile(r"(?<![\w+])(?:\+|0)[0-9][0-9 ]{6,16}[0-9](?![\w-])|(?<!.)\+?[0-9][0-9 ]{1,16}[0-9](?!.)")
"""A telephone number: a long one anywhere, a short one (`116 123`) where it stands alone."""


class Uses(Protocol):
    """Who is told what a text uses, and decides how it is marked there."""

    def picture(self, picture: Picture) -> None: ...

    def video(self, video: Video) -> None: ...

    def entry(self, entry: Term | Fact) -> tuple[str, str]:
        """The tags to put round the words that lead to a term or fact."""

    def fault(self, line: int, code: str, message: str, instead: str) -> None: ...


class Writer:
    """Writes the tokens of one text. `rings`: telephone numbers in it can be rung."""

    def __init__(self, book: Book, uses: Uses, file: str, lang: str, rings: bool = False) -> None:
        self.book = book
        self.uses = uses
        self.file = file
        self.lang = lang
        self.text = _ring if rings else text_html
        self.at = 1
        self.closers: list[str] = []
        self.gaps = 0
        self.skips = False

    def blocks(self, tokens: Sequence[Token], line: int) -> Iterator[str]:
        """Each outermost block; one inline token is a block too."""
        self.at = line
        out: list[str] = []
        depth = 0
        for token in with_videos(tokens, self.book.videos):
            if token.type == "inline":
                self._inline(token, out)
            elif token.type in _TAGS:
                out.append("" if token.hidden else _TAGS[token.type])
            else:
                out.append(self._special(token))
            depth += token.nesting
            if depth == 0:
                yield "".join(out)
                out.clear()

    def _inline(self, token: Token, out: list[str]) -> None:
        if self.skips:
            return
        if token.map:
            self.at = token.map[0] + 1
        for child in token.children or ():
            kind = child.type
            if kind == "text":
                out.append(text_html(child.content) if self.closers else self.text(child.content))
            elif kind in _TAGS:
                out.append(_TAGS[kind])
            else:
                out.append(self._special(child))

    def _special(self, token: Token) -> str:
        write = _SPECIAL.get(token.type)
        return write(self, token) if write else self._unknown(token)

    def _unknown(self, token: Token) -> str:
        """Nothing an author can type comes here unrefused; a token of the compiler's own might."""
        what = "raw HTML" if token.type.startswith("html") else token.type.removesuffix("_open").replace("_", " ")
        at = token.map[0] + 1 if token.map else self.at
        if token.nesting >= 0:
            self.uses.fault(at, "markup", f"{what} can't be shown.", "Write it in backticks, or leave it out.")
        return ""

    def code(self, token: Token) -> str:
        return f"<code>{text_html(token.content)}</code>"

    def fence(self, token: Token) -> str:
        word = token.info.split()[0].lower() if token.info.split() else ""
        mark = f' class="language-{word}"' if _CODE_LANGUAGE.fullmatch(word) else ""
        return f"<pre><code{mark}>{text_html(token.content)}</code></pre>"

    def numbered(self, token: Token) -> str:
        start = token.attrs.get("start", 1)
        return "<ol>" if start == 1 else f'<ol start="{int(start)}">'

    def cell(self, token: Token) -> str:
        scope = ' scope="col"' if token.type == "th_open" else ""
        side = str(token.attrs.get("style", "")).removeprefix("text-align:")
        return f"<{token.tag}{scope}" + (f' align="{attribute(side)}">' if side else ">")

    def callout(self, token: Token) -> str:
        kind = str(token.meta["kind"]).lower()
        word = phrases(self.lang).callouts[kind]
        return f'<div class="callout callout-{kind}" role="note"><p class="callout-kind">{word}</p>'

    def callout_title(self, token: Token) -> str:
        """The parser repeats the kind as a title of its own; ours is written already."""
        self.skips = token.nesting == 1
        return ""

    def image(self, token: Token) -> str:
        path = str(token.attrs["src"])
        picture = self.book.picture(path)
        if picture is None:
            message = f'"{path}" is not a picture of this course.'
            self.uses.fault(self.at, "picture-missing", message, "Put the file into the folder, or mend its name.")
            return ""
        self.uses.picture(picture)
        words = description(token)
        alt = "" if language(self.lang).value(words) == Value.DECORATIVE else words
        size = ' width="{}" height="{}"'.format(*picture.size) if picture.size else ""
        return f'<img src="{picture.address}" alt="{attribute(alt)}"{size} loading="lazy">'

    def video(self, token: Token) -> str:
        video = self.book.video(str(token.attrs["src"]))
        self.uses.video(video)
        return figure(video, token.content, self.lang, self.book.lang)

    def link(self, token: Token) -> str:
        href = str(token.attrs["href"])
        link = self.book.link_to(href, self.file)
        opener, closer = "", ""
        if link is None:
            message = f'the link to "{href}" leads to nothing that is published.'
            self.uses.fault(self.at, "link-unpublished", message, "Mend the address, or put its module into `order`.")
        elif link.entry:
            opener, closer = self.uses.entry(link.entry)
        elif address_is_allowed(link.address):
            opener, closer = _anchor(link, str(token.attrs.get("title", ""))), "</a>"
        else:
            instead = "Write a whole https:, mailto:, tel: or sms: address, without spaces or a user name."
            self.uses.fault(self.at, "link-address", f'"{href}" is not an address a page may lead to.', instead)
        self.closers.append(closer)
        return opener

    def gap(self, _: Token) -> str:
        """A place to fill; the words that belong there are part of the key."""
        self.gaps += 1
        return f'<span class="gap" id="gap-{self.gaps}"></span>'

    def link_end(self, _: Token) -> str:
        return self.closers.pop()


def only_words(text: Text) -> str | None:
    """The words of a title or an option that holds no mark, as most do: they need no writer."""
    children = text.tokens[0].children if len(text.tokens) == 1 else None
    if children and len(children) == 1 and children[0].type == "text" and text.tokens[0].type == "inline":
        return children[0].content
    return None


def text_html(text: str) -> str:
    """Text in HTML. Quotes stay as they are: it never stands in an attribute."""
    return escape(text, quote=False)


def attribute(value: str) -> str:
    """A value between double quotes, as bleach would write it too."""
    return text_html(value).replace('"', "&quot;")


def language_mark(lang: str) -> str:
    """What says that a piece is in another language than what stands around it; nothing where it is not."""
    return f' lang="{attribute(lang)}" dir="{direction(lang)}"' if lang else ""


def outside_link(address: str, words: str) -> str:
    """A link to another site, which learns neither where it was tapped nor anything of our page."""
    return f"{_anchor(Link(address, outside=True))}{text_html(words)}</a>"


def _anchor(link: Link, title: str = "") -> str:
    title = f' title="{attribute(title)}"' if title else ""
    rel = ' rel="noopener noreferrer"' if link.outside else ""
    return f'<a href="{attribute(link.address)}"{title}{rel}>'


def _ring(text: str) -> str:
    """Text whose telephone numbers can be tapped."""
    out: list[str] = []
    end = 0
    for number in _TO_RING.finditer(text):
        digits = number[0].replace(" ", "")
        out += text_html(text[end : number.start()]), f'<a href="tel:{digits}">{number[0]}</a>'
        end = number.end()
    return "".join((*out, text_html(text[end:])))


_SPECIAL: dict[str, Callable[[Writer, Token], str]] = {
    "alert_open": Writer.callout,
    "alert_title_close": Writer.callout_title,
    "alert_title_open": Writer.callout_title,
    "code_block": Writer.fence,
    "code_inline": Writer.code,
    "fence": Writer.fence,
    "gap": Writer.gap,
    "image": Writer.image,
    "link_close": Writer.link_end,
    "link_open": Writer.link,
    "ordered_list_open": Writer.numbered,
    "td_open": Writer.cell,
    "text_special": lambda _, token: text_html(token.content),
    "th_open": Writer.cell,
    "video": Writer.video,
}

"""Page bodies as templates show them: with `saying`, of our own words, the one place where text becomes markup.

In: fragments of a release, whose HTML was sanitised when it was frozen and which no learner can
write. Out: the same, marked safe, with the drawing of each callout put in. Kept once made: a
release never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from lms.content.languages import page_language
from lms.content.phrases import phrases_are_english
from lms.content.plan import Key
from lms.content.release import Fragment
from lms.web.catalogues import ENGLISH_PAGE as _ENGLISH
from lms.web.saying import in_language, language_mark
from lms.web.words import data

Html = Markup
"""What every other file calls it."""
NOTHING: Html = Markup("")

_ART = Path(__file__).parent / "templates" / "_art"
_CALLOUTS = {"note": "note", "tip": "tip", "important": "important", "warning": "warning", "caution": "warning"}
_CALLOUT = re.compile(rf'<div class="callout callout-({"|".join(_CALLOUTS)})" role="note">')
_TELLING = 10
"""Words a paragraph must have to say what a course is about."""
_CARD = 120
"""Letters of it that a card shows, but always its first sentence."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_ECHO = re.compile(r"^(<p>)(?:Not quite|Yes)[.!] (?=[A-Z])")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


_WORD_OF_OURS = re.compile(r'(<p class="callout-kind">|<summary>|<h2>|<a href="#c-use-[^"]*">)([^<]+)')
_SIZE_OF_A_VIDEO = re.compile(r'<span class="video-size">')
_SOURCE_OF_A_FACT = re.compile(r'(<p class="fact-source">)(.*?)(</p>)')
"""What the compiler puts round an author's words, in tags that it alone writes."""


@dataclass(frozen=True)
class PictureWords:
    """What is said of pictures that are not shown, and in which language."""

    show: str = "Show the picture ({size})"
    described: str = "Picture:"
    lang: str = _ENGLISH

    def marked(self, words: str, page: str) -> str:
        """For a page, or a part of one, in a language."""
        return in_language(words, "" if self.lang == page else self.lang)


@dataclass(frozen=True)
class Body:
    """One screen, ready to show. `options`, `meanings`: letter -> what stands beside its box."""

    name: str
    title: Html
    html: Html
    options: Mapping[str, Html]
    foot: Html
    meanings: Mapping[str, Html]
    heads: tuple[Html, ...]
    pieces: tuple[Html, ...]
    """Of Gaps: the text round them, one piece more than there are gaps."""
    code: tuple[tuple[str, str], ...]
    lang: str
    """As pages name it, where that is not the page's: of what is not translated."""


class Pictures(Enum):
    """Which pictures come with a page."""

    ALL = "all"
    LIGHT = "light"
    """A heavy one only for who presses for it."""
    NONE = "none"


LIGHT = 4_000
"""Bytes of a picture up to which nobody who saves data needs to be asked: about two screens' words."""


@lru_cache(maxsize=4_096)
def body(
    fragment: Fragment,
    pictures: Pictures = Pictures.ALL,
    lang: str = "",
    heavy: tuple[tuple[str, int], ...] = (),
    said: PictureWords | None = None,
) -> Body:
    """A fragment of a release page as a template shows it. Without pictures, their descriptions stand there.

    `lang`: of the page. Words that the compiler had in English alone say that they are. `heavy`: the pictures of the
    fragment that weigh more than `LIGHT`, by hash, and what they weigh; `said`: what stands in their place.
    """
    if phrases_are_english(fragment.lang or lang):
        fragment = replace(fragment, html=_marked(fragment.html), foot=_marked(fragment.foot))
    its = page_language(fragment.lang or lang)
    said, html = said or PictureWords(), fragment.html
    whole = partial(_described, said=said, page=its) if pictures is Pictures.NONE else _drawn
    if pictures is Pictures.ALL:
        html = _first_at_once(html)
    elif pictures is Pictures.LIGHT:
        html = _asked_first(html, fragment.name, dict(heavy), said.marked(said.show, its))
    return Body(
        name=fragment.name,
        title=_safe(fragment.title),
        html=whole(html),
        options={letter: whole(html) for letter, html in fragment.options},
        foot=_safe(fragment.foot),
        meanings={letter: whole(html) for letter, html in fragment.meanings},
        heads=tuple(whole(html) for html in fragment.heads),
        pieces=tuple(map(_safe, _GAP.split(whole(html)))),
        code=fragment.code,
        lang=page_language(fragment.lang),
    )


def _marked(html: str) -> str:
    """A page of a language that has no words of its own for what stands round an author's."""
    mark = language_mark(_ENGLISH)
    html = _WORD_OF_OURS.sub(rf"\1<span{mark}>\2</span>", html)
    html = _SOURCE_OF_A_FACT.sub(rf"\1<span{mark}>\2</span>\3", html)
    return _SIZE_OF_A_VIDEO.sub(f'<span class="video-size"{mark}>', html)


_GAP = re.compile(r'<span class="gap" id="gap-[0-9]+"></span>')
"""A place to fill: the compiler alone writes it, and an author's ids start otherwise."""


def said(html: str) -> Html:
    """Feedback or an explanation out of a release's key, without a verdict the heading gives already."""
    return _drawn(_ECHO.sub(r"\1", html))


def hints(key: Key) -> tuple[Html, ...]:
    """A question's hints, in the order they are given."""
    return tuple(_drawn(html) for html in key.hints)


@lru_cache(maxsize=256)
def first_words(fragment: Fragment) -> str:
    """What a page is about, in plain text, for a card that leads to it: a greeting says too little."""
    texts = [_safe(found[1]).striptags() for found in _PARAGRAPH.finditer(fragment.html)]
    telling = next((text for text in texts if len(text.split()) >= _TELLING), "")
    first, *more = _SENTENCE_END.split(telling)
    for sentence in more:
        if len(first) + len(sentence) >= _CARD:
            break
        first = f"{first} {sentence}"
    return first


def joined(words: object, title: Html) -> Html:
    """`Next: The kettle`."""
    return Markup("{} {}").format(words, title)


def in_words(pieces: Iterable[Html]) -> str:
    """Pieces of a page as plain text."""
    return " ".join(piece.striptags() for piece in pieces)


_PICTURE_WORDS = re.compile(r'<img [^>]*?alt="([^"]*)"[^>]*>')


def plain(html: Html) -> str:
    """A piece of a page as the text of a select box: a picture is its description."""
    return _safe(_PICTURE_WORDS.sub(r"\1", html)).striptags()


def placed(place: int, item: Html) -> Html:
    """`1. Stop`, in an answer to read."""
    return Markup("{}. {}").format(place, item)


def pair(left: Html, meaning: Html) -> Html:
    """`Browser: opens web pages`, in an answer to read."""
    return Markup("<b>{}:</b> {}").format(left, meaning)


def filled(body: Body, letters: Sequence[str]) -> Html:
    """The text of a Gaps with its gaps filled, each word standing out."""
    words = (Markup("<b>{}</b>").format(body.options[letter]) for letter in letters)
    first, *rest = body.pieces
    return Markup("").join((first, *(part for pair in zip(words, rest, strict=False) for part in pair)))


def in_code(written: str) -> Html:
    """What an author typed with code in backticks, for a page."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(written.split("`"))
    )


def _safe(html: str) -> Html:
    return Markup(html)  # noqa: S704 - out of a release alone: sanitised when it was frozen


def _drawn(html: str) -> Html:
    return _safe(_CALLOUT.sub(lambda found: found[0] + _drawing(_CALLOUTS[found[1]]), html))


_PICTURE = re.compile(r'<img src="[^"]*" alt="([^"]*)"[^>]*>')


def _described(html: str, said: PictureWords, page: str) -> Html:
    """Pictures as words, for whoever pays for every kilobyte."""
    word = said.marked(said.described, page)
    return _drawn(_PICTURE.sub(lambda found: f"<em>{word} {found[1]}</em>" if found[1] else "", html))


_LAZY = re.compile(r'(<img src="[^"]*" alt="[^"]*"[^>]*?) loading="lazy">')


def _first_at_once(html: str) -> str:
    """The first picture of a screen is nearly always in sight: waiting for the layout would only show it later."""
    return _LAZY.sub(r"\1>", html, count=1)


_ALONE = re.compile(r'<p><img src="/files/([0-9a-f]{64})" alt="([^"]*)"[^>]*></p>')


def _asked_first(html: str, name: str, heavy: Mapping[str, int], said: str) -> str:
    """A link in the place of a heavy picture, with what it shows and weighs. It leads to the same screen with pictures:
    without JavaScript a browser fetches even lazy ones at once, wherever they are hidden.

    One in the middle of a text or in a choice stays: it can't be understood without.
    """

    def asked(found: re.Match[str]) -> str:
        digest, alt = found.groups()
        if digest not in heavy:
            return found[0]
        show = said.replace("{size}", str(data(heavy[digest])))
        return f'<p><a class="link" href="?step={name}&amp;pictures=all">{show}</a> {alt}</p>'

    return _ALONE.sub(asked, html)


_FILE = re.compile(r'<img src="/files/([0-9a-f]{64})"')


def pictures_in(fragment: Fragment) -> list[str]:
    """The hashes of the pictures in the text of a screen."""
    return _FILE.findall(fragment.html)


@lru_cache(maxsize=8)
def _drawing(name: str) -> str:
    art = (_ART / f"{name}.svg").read_text("utf-8")
    return f'<svg viewBox="0 0 72 48" aria-hidden="true">{art}</svg>'

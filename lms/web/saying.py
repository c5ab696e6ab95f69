"""Words of the site, said in the language of whoever reads: how every page says what it says.

In: English, as it stands in a view (`_`, `_n`), or in a template, where it may hold markup (`FOR_TEMPLATES`). Out:
words that become those of a catalogue when the page they stand on is made, for only then it is known in which language
they are said, and in which the page is. Words in another language than their page's say so, so that a screen reader
reads them rightly: those nobody has translated are English, and say that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from lms.content.words import direction
from lms.errors import LmsError, TooManyTries
from lms.web.catalogues import ENGLISH, ENGLISH_PAGE, Tongue


@dataclass(frozen=True)
class Speech:
    """How the page that is being made speaks."""

    tongue: Tongue
    page: str
    """The language of the page."""
    mixed: bool = False
    """Whether a part of it is in another: then all words say what they are in, wherever they stand."""


_NOW: ContextVar[Speech] = ContextVar("speech", default=Speech(ENGLISH, ENGLISH_PAGE))  # noqa: B039 - frozen

Piece = tuple[Markup, str]
"""Something said, and the language it turned out to be in."""


def speak(speech: Speech) -> None:
    """From here on words are said so."""
    _NOW.set(speech)


def locale() -> str:
    """In which way dates and numbers are written now."""
    return _NOW.get().tongue.locale


class Words:
    """Something to be said. As text on a page it is marked where it must be; as `str` it is the words alone."""

    __slots__ = ("_said",)

    def __init__(self, said: Callable[[Speech], Piece]) -> None:
        self._said = said

    def piece(self, speech: Speech) -> Piece:
        """Without a mark."""
        return self._said(speech)

    def __html__(self) -> Markup:
        speech = _NOW.get()
        return _marked(*self._said(speech), speech)

    def __str__(self) -> str:
        return bare(self)

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, (Words, str)) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


def _(english: str, **values: object) -> Words:
    """Words of a view or a service. They hold no markup; `{name}` in them is a value."""
    return Words(lambda speech: _one(speech, english, values, escape))


def _n(one: str, many: str, n: int, **values: object) -> Words:
    """The same where they count: `{n}` is how many."""
    return Words(lambda speech: _many(speech, one, many, {**values, "n": n}, escape))


def of_error(error: LmsError) -> Words:
    """What a person is told of what went wrong."""
    wait = {"wait": _n("{n} second", "{n} seconds", error.wait)} if isinstance(error, TooManyTries) else {}
    return _(error.told, **{**error.values, **wait})


def written(make: Callable[[str], str]) -> Words:
    """A date or a number. `make`: from the locale."""
    return Words(lambda speech: (escape(make(speech.tongue.locale)), speech.tongue.lang))


def named(name: str, lang: str) -> Words:
    """What is the same in every language, and in a language of its own."""
    return Words(lambda _speech: (escape(name), lang))


def number(value: int) -> str:
    """`1,000`, as the language of now writes it."""
    if value < 1_000:
        return str(value)
    from babel.numbers import format_decimal  # the tables of numbers: few pages have a large one

    return format_decimal(value, locale=locale())


def in_language(words: object, lang: str = "") -> Markup:
    """Words that are no markup, marked with their language where that is not the page's (empty)."""
    spoken = Markup('<span lang="{}" dir="{}">{}</span>')
    return spoken.format(lang, direction(lang), words) if words and lang else escape(words)


def language_mark(lang: str) -> Markup:
    """The same as attributes, of an element that holds nothing but such words and can hold no other element."""
    return Markup(' lang="{}" dir="{}"').format(lang, direction(lang))


_TAG = re.compile(r"<[^>]*>")


def bare(words: object, **values: object) -> str:
    """Words alone, for a title, an attribute, an option, where nothing can say which language they are in."""
    speech = _NOW.get()
    html, _lang = words.piece(speech) if isinstance(words, Words) else _one(speech, str(words), values, escape)
    return Markup(_TAG.sub("", html)).unescape() if "<" in html or "&" in html else str(html)  # noqa: S704 - is text


def _here(english: str, **values: object) -> Markup:
    """Words of a template, which may hold markup."""
    speech = _NOW.get()
    if not values:
        return _fixed(english, speech.tongue, speech.page, speech.mixed)
    return _marked(*_one(speech, english, values, Markup), speech)


@lru_cache(maxsize=8_192)
def _fixed(english: str, tongue: Tongue, page: str, mixed: bool) -> Markup:
    """Most words hold no value: each is looked up once for all pages of a kind."""
    speech = Speech(tongue, page, mixed)
    return _marked(*_one(speech, english, {}, Markup), speech)


def _here_n(one: str, many: str, n: int, **values: object) -> Markup:
    speech = _NOW.get()
    return _marked(*_many(speech, one, many, {**values, "n": n}, Markup), speech)


def _bare_n(one: str, many: str, n: int, **values: object) -> str:
    return bare(_n(one, many, n, **values))


def _our_mark() -> str:
    """That an element holds words of the site alone, as its attributes: nothing where the page is in their language."""
    speech = _NOW.get()
    return language_mark(speech.tongue.lang) if speech.mixed or speech.page != speech.tongue.lang else ""


FOR_TEMPLATES: Mapping[str, Callable[..., object]] = {
    "_": _here,
    "_n": _here_n,
    "bare": bare,
    "bare_n": _bare_n,
    "in_ours": _our_mark,
    "number": number,
}


def _one(speech: Speech, english: str, values: Mapping[str, object], safe: Callable[[str], Markup]) -> Piece:
    found = speech.tongue.one(english)
    return _whole(speech, found, english, values, safe)


def _many(speech: Speech, one: str, many: str, values: Mapping[str, object], safe: Callable[[str], Markup]) -> Piece:
    n = values["n"]
    assert isinstance(n, int)  # noqa: S101 - `_n` gives it
    found = speech.tongue.many(one, many, n)
    return _whole(speech, found, one if n == 1 else many, values, safe)


def _whole(
    speech: Speech, found: str, english: str, values: Mapping[str, object], safe: Callable[[str], Markup]
) -> Piece:
    lang, html = speech.tongue.lang if found else ENGLISH_PAGE, safe(found or english)
    if not values:
        return html, lang
    # Not `Markup.format`, which is slow: every value is escaped here.
    parts = {name: escape(_part(it, lang, speech)) for name, it in values.items()}
    return Markup(str(html).format(**parts)), lang  # noqa: S704


def _part(value: object, lang: str, speech: Speech) -> object:
    """A value inside of words: words too, a number, or anything as it stands."""
    if isinstance(value, Words):
        html, its = value.piece(speech)
        return html if its == lang else in_language(html, its)
    return number(value) if isinstance(value, int) else value


def _marked(html: Markup, lang: str, speech: Speech) -> Markup:
    return in_language(html, lang) if speech.mixed or lang != speech.page else html

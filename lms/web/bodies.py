"""Page bodies as templates show them: the one place where text becomes markup.

In: fragments of a release, whose HTML was sanitised when it was frozen and which no learner can
write. Out: the same, marked safe, with the drawing of each callout put in. Kept once made: a
release never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from lms.content.plan import Key
from lms.content.release import Fragment

Html = Markup
"""What every other file calls it: here alone it is made."""

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


@dataclass(frozen=True)
class Body:
    """One screen, ready to show. `options`: letter -> what stands beside its box."""

    name: str
    title: Html
    html: Html
    options: Mapping[str, Html]
    foot: Html


@lru_cache(maxsize=4_096)
def body(fragment: Fragment, pictures: bool = True) -> Body:
    """A fragment of a release page as a template shows it. Without pictures, their descriptions stand there."""
    whole = _drawn if pictures else _described
    return Body(
        name=fragment.name,
        title=_safe(fragment.title),
        html=whole(fragment.html),
        options={letter: whole(html) for letter, html in fragment.options},
        foot=_safe(fragment.foot),
    )


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


def in_words(pieces: Iterable[Html]) -> str:
    """Pieces of a page as plain text."""
    return " ".join(piece.striptags() for piece in pieces)


def _safe(html: str) -> Html:
    return Markup(html)  # noqa: S704 - out of a release alone: sanitised when it was frozen


def _drawn(html: str) -> Html:
    return _safe(_CALLOUT.sub(lambda found: found[0] + _drawing(_CALLOUTS[found[1]]), html))


_PICTURE = re.compile(r'<img src="[^"]*" alt="([^"]*)"[^>]*>')


def _described(html: str) -> Html:
    """Pictures as words, for whoever pays for every kilobyte."""
    return _drawn(_PICTURE.sub(lambda found: f"<em>Picture: {found[1]}</em>" if found[1] else "", html))


@lru_cache(maxsize=8)
def _drawing(name: str) -> str:
    art = (_ART / f"{name}.svg").read_text("utf-8")
    return f'<svg viewBox="0 0 72 48" aria-hidden="true">{art}</svg>'

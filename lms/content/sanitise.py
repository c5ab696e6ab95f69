"""The walls behind the renderer: nothing but the markup it may give reaches a page.

Authors can't write HTML, so what arrives here should already be clean. A block with any value in
its tags (an address, a description, an id) is read again by an independent check, and bleach, under
a strict allow-list, must leave it exactly as it is. Nothing is mended on the quiet: whatever one of
them would change stops the freeze with a reason.

Bleach takes many times as long as everything else, so it is spared what it would leave as it is
anyway, as property tests say: a linear expression proves of most blocks that they hold nothing but
escaped text, our own tags, values of our own making and addresses of plain letters. Its work is the
other addresses: those with a query, an escape or a letter of another script.
This is the only file that knows bleach, and the only one to change when it must be replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from lms.errors import CannotRun

_KINDS = "note|tip|important|warning|caution"

_BLOCKS = ("blockquote", "dd", "div", "dl", "dt", "h2", "li", "ol", "p", "pre", "ul")
_VIDEOS = ("details", "figcaption", "figure", "source", "summary", "track", "video")
_TABLES = ("table", "tbody", "td", "th", "thead", "tr")
_WORDS = ("a", "br", "code", "del", "em", "img", "span", "strong")
_TAGS = frozenset((*_BLOCKS, *_TABLES, *_VIDEOS, *_WORDS, "hr"))
"""Every tag there is."""

_NAME = re.compile(r"c-[a-z0-9-]{1,60}")
_CLASSES: Mapping[str, re.Pattern[str]] = {
    "a": re.compile("term"),
    "code": re.compile(r"language-[a-z0-9+-]{1,30}"),
    "div": re.compile(rf"meanings|meanings facts|callout callout-(?:{_KINDS})"),
    "figure": re.compile("video"),
    "p": re.compile("callout-kind|fact-source"),
    "span": re.compile("term|gap|video-size"),
}
_LANG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
"""Of a language, as settings give it."""
_GAP = re.compile("gap-[1-9][0-9]{0,3}")
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_ALIGN = re.compile("left|right|center")

_PARENTS: Mapping[str, frozenset[str]] = {
    "dd": frozenset({"dl", ""}),
    "details": frozenset({"figure"}),
    "dt": frozenset({"dl", ""}),
    "figcaption": frozenset({"figure"}),
    "li": frozenset({"ol", "ul"}),
    "source": frozenset({"video"}),
    "summary": frozenset({"details"}),
    "tbody": frozenset({"table"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "thead": frozenset({"table"}),
    "tr": frozenset({"tbody", "thead"}),
    "track": frozenset({"video"}),
    "video": frozenset({"figure"}),
}
"""Where a tag may stand if not anywhere; an entry of a list of meanings is a block by itself."""
_TEXT_ONLY = frozenset((*_WORDS, "dt", "figcaption", "h2", "p", "pre", "summary"))
"""Tags that hold words and inline tags, never blocks."""
_BLOCKS_ONLY = frozenset(("dl", "figure", "ol", "table", "tbody", "thead", "tr", "ul", "video"))
"""Tags that hold other tags, never words."""
_VOID = frozenset({"br", "hr", "img", "source", "track"})

_OWN = re.compile(
    r"#c-[a-z0-9-]{1,60}"
    r"|/files/[0-9a-f]{64}"
    r"|/courses/[a-z0-9-]+(?:/[a-z0-9-]+){0,2}(?:\?step=[a-z0-9-]+)?"
)
_OUTSIDE = {
    "https": re.compile(r"https://[^/\\?#@]+(?:[/?#].*)?"),
    "mailto": re.compile(r"mailto:[^@\s/:]+@[^@\s/:]+"),
    "tel": re.compile(r"tel:\+?[0-9][0-9().-]{1,24}"),
    "sms": re.compile(r"sms:\+?[0-9][0-9().-]{1,24}(?:\?body=.*)?"),
}
_PICTURE = re.compile(r"/files/[0-9a-f]{64}")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff\\<>\"`]")
"""What has no place in an address, in any spelling."""


def faults(block: str) -> tuple[str, ...]:
    """What is wrong with one block of a page; nothing, as a rule."""
    return () if is_proven(block) else _faults(block)


def is_proven(block: str) -> bool:
    """Does it hold nothing but escaped text and tags without a value of their own?"""
    return bool(_PROVEN.fullmatch(block))


def is_ours(block: str) -> bool:
    """Does it hold nothing else but values of our own making, or addresses of plain letters?"""
    return bool(_OURS.fullmatch(block))


@lru_cache(maxsize=4096)
def _faults(block: str) -> tuple[str, ...]:
    """Bleach comes last: it takes minutes over what the check turns away at once."""
    found = read_again(block)
    if not found and not is_ours(block) and bleached(block) != block:
        found.append("it would not pass unchanged")
    return tuple(found)


def read_again(html: str) -> list[str]:
    """What an independent reading finds wrong, bleach unasked."""
    check = _Check()
    check.feed(html)
    check.close()
    return check.finished()


def bleached(block: str) -> str:
    """What bleach leaves of a block."""
    return _cleaner()(block)


@lru_cache(maxsize=4096)
def address_is_allowed(address: str) -> bool:
    """May a link lead there? Judged after every layer of entities is taken off.

    Pages, files and places of this site, and `https:`, `mailto:`, `tel:`, `sms:`. Never `//host`,
    `/\\host`, a user name before the host, or anything with unseen characters.
    """
    address = _decoded(address)
    if _UNSEEN.search(address):
        return False
    outside = _OUTSIDE.get(address.partition(":")[0])
    if outside is None:
        return bool(_OWN.fullmatch(address))
    return bool(outside.fullmatch(address)) and (not address.startswith("https:") or _has_host(address))


def _decoded(address: str) -> str:
    for _ in range(4):
        address, before = unescape(address), address
        if address == before:
            break
    return address


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        return False


def _is_picture(address: str) -> bool:
    return bool(_PICTURE.fullmatch(_decoded(address)))


def _anything(_: str) -> bool:
    return True


Rule = Callable[[str], bool]


def _is(pattern: re.Pattern[str]) -> Rule:
    return lambda value: bool(pattern.fullmatch(value))


_OF_ANOTHER_LANGUAGE: Mapping[str, Rule] = {"lang": _is(_TAG), "dir": _is(re.compile("ltr|rtl"))}
"""What is not translated says which language it is in."""
_RULES: Mapping[str, Mapping[str, Rule]] = {
    "a": {"href": address_is_allowed, "title": _anything, "rel": "noopener noreferrer".__eq__, "id": _is(_NAME)},
    "div": {"role": "note".__eq__, **_OF_ANOTHER_LANGUAGE},
    "dt": {"id": _is(_NAME), **_OF_ANOTHER_LANGUAGE},
    "img": {
        "src": _is_picture,
        "alt": _anything,
        "width": _is(_NUMBER),
        "height": _is(_NUMBER),
        "loading": "lazy".__eq__,
    },
    "source": {"src": _is_picture, "type": _is(re.compile("video/(?:mp4|webm)"))},
    "track": {
        "kind": "captions".__eq__,
        "src": _is_picture,
        "srclang": _is(_LANG),
        "label": _anything,
        "default": "".__eq__,
    },
    "video": {
        "controls": "".__eq__,
        "preload": "none".__eq__,
        "playsinline": "".__eq__,
        "aria-label": _anything,
    },
    "ol": {"start": _is(re.compile(r"[0-9]{1,9}"))},
    "span": {"id": _is(_GAP)},
    "td": {"align": _is(_ALIGN)},
    "th": {"align": _is(_ALIGN), "scope": "col".__eq__},
}


def _attribute_is_allowed(tag: str, name: str, value: str) -> bool:
    """The allow-list of attributes; bleach gives values with their entities still on."""
    if name == "class":
        return tag in _CLASSES and bool(_CLASSES[tag].fullmatch(value))
    rule = _RULES.get(tag, {}).get(name)
    return rule is not None and rule(value)


def _only(*tags: str) -> re.Pattern[str]:
    """Escaped text and these tags, nothing else. Linear: no two branches can start alike and fail late."""
    return re.compile(rf"(?:{_ESCAPED}|{'|'.join(tags)})*+")


_ESCAPED = r"[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]++|&(?:amp|lt|gt);"
_IN_QUOTES = r"(?:[^<>&\"\x00-\x1f\x7f-\x9f\ud800-\udfff]++|&(?:amp|lt|gt|quot);)*+"
_FIXED = (
    rf"</?(?:{'|'.join(sorted(_TAGS - {'a', 'pre', 'span', 'video', *_VOID}))})>",
    "<[bh]r>",
    "</a>",
    rf'<span class="term">|<span class="gap" id="{_GAP.pattern}"></span>|</span>',
    rf'<div class="callout callout-(?:{_KINDS})" role="note">',
    '<p class="callout-kind">|<p class="fact-source">',
    '<figure class="video">|<span class="video-size">',
    '<div class="meanings(?: facts)?">',
    '<th scope="col">',
    '<pre><code(?: class="language-[a-z0-9+-]{1,30}")?>|</pre>',
)
"""Our tags without a value, or with one of a few."""
_PLAIN_OUTSIDE = r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9/._~-]*)?|tel:\+?[0-9]{2,24}"
"""Addresses elsewhere without a mark that any reader of HTML or of addresses could take for more than itself."""
_VALUED = (
    rf'<a href="(?:{_PLAIN_OUTSIDE})"(?: rel="noopener noreferrer")?>',
    rf'<a(?: class="term")?(?: id="{_NAME.pattern}")? href="(?:{_OWN.pattern})">',
    rf'<dt id="{_NAME.pattern}">',
    rf'<(?:dt(?: id="{_NAME.pattern}")?|div) lang="{_TAG.pattern}" dir="(?:ltr|rtl)">',
    rf'<img src="{_PICTURE.pattern}" alt="{_IN_QUOTES}"(?: width="{_NUMBER.pattern}" height="{_NUMBER.pattern}")? '
    'loading="lazy">',
    rf'<video controls preload="none" playsinline="" aria-label="{_IN_QUOTES}">|</video>',
    rf'<source src="{_PICTURE.pattern}" type="video/(?:mp4|webm)">',
    rf'<track kind="captions" src="{_PICTURE.pattern}" srclang="{_LANG.pattern}" label="{_IN_QUOTES}"(?: default="")?>',
)
"""Our tags whose values this site makes itself, or escapes."""
_PROVEN = _only(*_FIXED)
_OURS = _only(*_FIXED, *_VALUED)


@lru_cache(maxsize=1)
def _cleaner() -> Callable[[str], str]:
    """Bleach is heavy, and only freezing needs it. Older ones have known holes and are not used."""
    import bleach
    from bleach.sanitizer import Cleaner

    if tuple(int(part) for part in bleach.__version__.split(".")[:2]) < (6, 4):
        raise CannotRun(f"bleach {bleach.__version__} has known holes. Install bleach 6.4 or newer.")
    cleaner = Cleaner(
        tags=_TAGS,
        attributes=_attribute_is_allowed,
        protocols=frozenset(_OUTSIDE),
        strip=True,
        strip_comments=True,
    )
    return cleaner.clean


class _Check(HTMLParser):
    """Reads a piece again with the standard library's parser: tags, places, attributes, entities."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.found.append(f"<{tag}> is not a tag of ours")
        self._check_place(tag)
        for name, value in attrs:
            bare = value is None and (tag, name) != ("video", "controls")
            if bare or not _attribute_is_allowed(tag, name, value or ""):
                self.found.append(f"{name}={value!r} may not stand in <{tag}>")
        if tag not in _VOID:
            self.open.append(tag)

    def _check_place(self, tag: str) -> None:
        parent = self.open[-1] if self.open else ""
        wanted = _PARENTS.get(tag)
        misplaced = parent not in wanted if wanted else parent in _BLOCKS_ONLY
        if tag == "a" and "a" in self.open:
            self.found.append("a link may not stand in a link")
        if misplaced or (parent in _TEXT_ONLY and tag not in _WORDS):
            self.found.append(f"<{tag}> may not stand in <{parent}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> closes nothing")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"<{tag}/> is not how we write a tag")
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data:
            self.found.append("an angle bracket stands unescaped")
        if self.open and self.open[-1] in _BLOCKS_ONLY and not data.isspace():
            self.found.append(f"words may not stand in <{self.open[-1]}>")

    def handle_entityref(self, name: str) -> None:
        if name not in ("amp", "lt", "gt", "quot"):
            self.found.append(f"&{name}; is not an entity of ours")

    def handle_charref(self, name: str) -> None:
        self.found.append(f"&#{name}; is not an entity of ours")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"the comment {data[:40]!r} stands in it")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"the declaration {decl[:40]!r} stands in it")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"the instruction {data[:40]!r} stands in it")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"the declaration {data[:40]!r} stands in it")

    def finished(self) -> list[str]:
        return [*self.found, *(f"<{tag}> is never closed" for tag in self.open)]

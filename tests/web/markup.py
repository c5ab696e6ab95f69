"""What a page is made of, told apart from the words in it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

LEADS = {"href", "src", "srcset", "action", "formaction", "data", "poster", "content"}
"""Attributes that load something or lead somewhere."""
FIXED = {"class", "name", "type", "rel", "target", "method", "http-equiv"}
"""Attributes that nothing typed belongs in."""


class Markup(HTMLParser):
    """A page as a browser takes it apart.

    `bones`: its elements in order, each with the names of its attributes, the values of those that are
    never typed, and the place that each address leads to. `words`: every text and value, decoded.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.bones: list[tuple[object, ...]] = []
        self._words: list[str] = []
        self.feed(page)
        self.close()
        self.words = "".join(self._words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = [(name, _kept(name, value or "")) for name, value in attrs if name not in ("checked", "selected")]
        self.bones.append((tag, *kept))
        self._words += (f"\n{value}" for _name, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.bones.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_comment(self, data: str) -> None:
        self.bones.append(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.bones.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.bones.append(("declaration", data))


def _kept(name: str, value: str) -> object:
    if name in FIXED:
        return value
    if name not in LEADS or name == "content":
        return ""
    parts = urlsplit(value)
    return parts.scheme, parts.netloc, parts.path.split("/")[:2]

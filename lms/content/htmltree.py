"""A page as a tree, for the checks of Code steps: what can be told of it without a browser.

HTML in, a `Page` out; None where a browser would do more than this file understands (mending tags
that do not fit, scripts, frames). Bounded: a page that is too big or too deep is not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

MOST_LETTERS = 20_000
MOST_NODES = 500
DEEPEST = 40


def tags(names: str) -> frozenset[str]:
    """`tags("a b")`: a set that reads as one line."""
    return frozenset(names.split(" "))


_WELL_FORMED = re.compile(
    r"(?:[^<]++|<(?=[\s\d])|<!--(?:[^-]|-(?!->))*+-->|<!doctype html>"
    r"|</?[a-z][a-z0-9-]*+(?:\s++[^\s\"'<>=/]++(?:=(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=`]++))?)*+\s*+/?>)*+",
    re.IGNORECASE,
)
"""Text, notes and whole tags. Linear; the parser takes very long over some of what is not like this."""

_VOID = tags("area base br col embed hr img input link meta source track wbr")
_HEAD = tags("base link meta style title")
_HEADINGS = tags("h1 h2 h3 h4 h5 h6")
_BLOCKS = _HEADINGS | tags(
    "address article aside blockquote body details dialog dd div dl dt fieldset figcaption figure footer form "
    "header hr li main nav ol p pre section summary table ul"
)
_UNKNOWN = tags(
    "applet frame frameset iframe listing math noscript object plaintext script select svg template textarea xmp"
)
"""Tags whose contents a browser reads in a way of its own."""
_GROUPS = tags("thead tbody tfoot")
_TABLE = _GROUPS | tags("table tr colgroup")
_NEEDS = {
    **dict.fromkeys(("td", "th"), tags("tr")),
    "tr": _GROUPS,
    **dict.fromkeys((*_GROUPS, "caption", "colgroup"), tags("table")),
    "col": tags("colgroup"),
}
"""Parts of a table, and what they must stand in."""
_ENDS_ITSELF = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table", "thead", "tbody", "tfoot"}),
    "td": ({"td", "th"}, {"tr"}),
    "th": ({"td", "th"}, {"tr"}),
}
"""A tag that ends an earlier one: which, and how far up it may stand."""
_MAY_STAY_OPEN = frozenset({"html", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"})
_NOT_SHOWN = frozenset({"head", "style", "title"})


@dataclass(eq=False)
class Node:
    """An element. `inside` holds its elements and texts in order."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None
    inside: list[Node | str] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """What it says: blocks stand apart."""
        return " ".join(self._words.split())

    @cached_property
    def _words(self) -> str:
        edge = " " if self.tag in _BLOCKS or self.tag in ("br", "td", "th") else ""
        said = [it if isinstance(it, str) else "" if it.tag in _NOT_SHOWN else it._words for it in self.inside]
        return f"{edge}{''.join(said)}{edge}"


@dataclass
class Page:
    """`nodes` in the order of the source, and the styles written in the page itself."""

    nodes: list[Node]
    styles: str

    def select(self, selector: Selector) -> list[Node]:
        return [node for node in self.nodes if selector.fits(node)]


def read_page(html: str) -> Page | None:
    """The page a browser would make of it; None where that can't be told."""
    if len(html) > MOST_LETTERS or not _WELL_FORMED.fullmatch(html):
        return None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    unclosed = {node.tag for node in reader.open} - _MAY_STAY_OPEN
    if reader.unsure or unclosed:
        return None
    styles = "\n".join("".join(map(str, node.inside)) for node in reader.nodes if node.tag == "style")
    return Page(reader.nodes, styles)


class _Reader(HTMLParser):
    """Builds the tree, and notes where a browser would not simply do the same."""

    def __init__(self) -> None:
        super().__init__()
        root = Node("html", {}, None)
        self.head, self.body = Node("head", {}, root), Node("body", {}, root)
        root.inside += [self.head, self.body]
        self.nodes = [root, self.head, self.body]
        self.open = [root, self.body]
        self.unsure = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        self.unsure |= "onload" in attributes or "onerror" in attributes
        if tag in ("html", "head", "body"):
            known = {"html": self.nodes[0], "head": self.head, "body": self.body}[tag]
            known.attributes = attributes | known.attributes
            return
        self._end_before(tag)
        if tag == "tr" and self.open[-1].tag == "table":
            self.handle_starttag("tbody", [])
        self._look(tag)
        if self.unsure:
            return
        node = Node(tag, attributes, self.open[-1])
        if tag in _HEAD and not self.body.inside and len(self.open) == 2:
            node.parent = self.head
        if node.parent:
            node.parent.inside.append(node)
        self.nodes.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def _end_before(self, tag: str) -> None:
        """End what a tag ends without saying so."""
        if tag in _BLOCKS and self.open[-1].tag == "p":
            self.open.pop()
        ends, within = _ENDS_ITSELF.get(tag, (set(), set()))
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag in within or not ends:
                break
            if self.open[at].tag in ends:
                del self.open[at:]
                if tag != "tr":
                    break

    def _look(self, tag: str) -> None:
        parent = self.open[-1].tag
        above = {node.tag for node in self.open}
        self.unsure |= tag in _UNKNOWN or len(self.nodes) >= MOST_NODES or len(self.open) >= DEEPEST
        self.unsure |= (tag in _BLOCKS and "p" in above) or (tag in _HEADINGS and parent in _HEADINGS)
        self.unsure |= tag in ("a", "button", "form") and tag in above
        self.unsure |= parent not in _NEEDS[tag] if tag in _NEEDS else parent in _TABLE

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.unsure |= tag not in _VOID

    def handle_endtag(self, tag: str) -> None:
        if tag in ("html", "head", "body"):
            return
        while len(self.open) > 2 and self.open[-1].tag != tag and self.open[-1].tag in _MAY_STAY_OPEN:
            self.open.pop()
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.unsure = True

    def handle_data(self, data: str) -> None:
        if self.open[-1].tag in _TABLE and not data.isspace():
            self.unsure = True
        if data.strip() or self.open[-1] is not self.body or self.body.inside:
            self.open[-1].inside.append(data)


_COMPOUND = re.compile(r"(?P<tag>[A-Za-z][A-Za-z0-9-]*|\*)?(?P<marks>(?:[.#][A-Za-z_][\w-]*)*)")


@dataclass(frozen=True)
class _Compound:
    tag: str
    ids: tuple[str, ...]
    classes: tuple[str, ...]

    def fits(self, node: Node) -> bool:
        classes = node.attributes.get("class", "").split()
        return (
            self.tag in ("", "*", node.tag)
            and all(node.attributes.get("id") == it for it in self.ids)
            and all(it in classes for it in self.classes)
        )


@dataclass(frozen=True)
class Selector:
    """Tags, `.class`, `#id`, and one inside another."""

    compounds: tuple[_Compound, ...]

    @property
    def weight(self) -> tuple[int, int, int]:
        """How specific it is."""
        tags = sum(it.tag not in ("", "*") for it in self.compounds)
        return sum(len(it.ids) for it in self.compounds), sum(len(it.classes) for it in self.compounds), tags

    def fits(self, node: Node) -> bool:
        *above, own = self.compounds
        if not own.fits(node):
            return False
        at = node.parent
        for compound in reversed(above):
            while at and not compound.fits(at):
                at = at.parent
            if at is None:
                return False
            at = at.parent
        return True


def read_selector(typed: str) -> Selector | None:
    """A selector of this simple sort; None if it is another."""
    compounds: list[_Compound] = []
    for part in typed.split():
        match = _COMPOUND.fullmatch(part)
        if match is None:
            return None
        marks = re.findall(r"[.#][^.#]+", match["marks"])
        ids = tuple(mark[1:] for mark in marks if mark[0] == "#")
        classes = tuple(mark[1:] for mark in marks if mark[0] == ".")
        compounds.append(_Compound((match["tag"] or "").lower(), ids, classes))
    return Selector(tuple(compounds)) if compounds else None

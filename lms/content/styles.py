"""Styles of a page, for the checks of Code steps: which value a property has, as far as that is plain.

A page, its style sheet and a check in; yes, no, or None where only a browser knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lms.content.htmltree import Node, Page, Selector, read_selector, tags

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
MOST_LETTERS = 8_000
_MOST_RULES = 100
_MOST_SAID = 200

_INHERITED = tags(
    "color cursor direction font font-family font-size font-style font-weight letter-spacing line-height list-style "
    "list-style-type text-align text-transform visibility white-space word-spacing"
)
_BROWSERS_OWN = ("cursor", "display", "font", "list", "margin", "padding", "text", "white", "unicode", "outline")
"""Beginnings of properties to which browsers give values of their own."""
_DRESS = frozenset({"align", "bgcolor", "border", "color", "height", "hidden", "valign", "width"})
_ASIDE = frozenset({"inherit", "initial", "unset", "revert", "currentcolor", "auto", "normal", "transparent"})

_COLOURS = {
    "aqua": "#00ffff",
    "black": "#000000",
    "blue": "#0000ff",
    "cyan": "#00ffff",
    "fuchsia": "#ff00ff",
    "gold": "#ffd700",
    "gray": "#808080",
    "green": "#008000",
    "lime": "#00ff00",
    "magenta": "#ff00ff",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "purple": "#800080",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "teal": "#008080",
    "white": "#ffffff",
    "yellow": "#ffff00",
}


@dataclass(frozen=True)
class _Said:
    """One declaration that a style sheet or an element makes."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True)
class _Rule:
    selector: Selector
    place: int
    said: tuple[_Said, ...]


@dataclass(frozen=True)
class Styles:
    """The rules of a page. `unclear` names what is declared where this file can't follow."""

    rules: tuple[_Rule, ...]
    unclear: frozenset[str]
    known: dict[Node, list[_Said]] = field(default_factory=dict, compare=False)
    values: dict[tuple[Node, str], str | None] = field(default_factory=dict, compare=False)
    """What has been worked out of an element, and of one property of it."""

    def has(self, node: Node, name: str, value: str) -> bool | None:
        """Has an element this value of a property?"""
        name = name.strip().lower()
        if any(_of_one_family(name, it) for it in self.unclear):
            return None
        found = self._value(node, name)
        if found is None:
            return None
        return _same(found, value) if found else self._without(node, name)

    def _without(self, node: Node, name: str) -> bool | None:
        """Nobody declares it: then it has not been set, unless browsers do."""
        own = name.startswith(_BROWSERS_OWN) or (name == "color" and node.tag in ("a", "mark", "button", "input"))
        return None if own else False

    def _value(self, node: Node, name: str) -> str | None:
        """The value that wins, empty if there is none; None where a shorthand may say it."""
        if (node, name) not in self.values:
            said = self._said_of(node)
            own = [it.value for it in said if it.name == name]
            found: str | None = own[-1] if own else ""
            if any(it.name != name and _of_one_family(name, it.name) for it in said):
                found = None
            elif not own and node.parent and name in _INHERITED:
                found = self._value(node.parent, name)
            self.values[node, name] = found
        return self.values[node, name]

    def _said_of(self, node: Node) -> list[_Said]:
        """Every declaration about an element, the one that wins last."""
        if node not in self.known:
            about = [rule for rule in self.rules if rule.selector.fits(node)]
            found = [((it.important, 0, rule.selector.weight, rule.place), it) for rule in about for it in rule.said]
            own = _declarations(node.attributes.get("style", ""))
            found += [((it.important, 1, (0, 0, 0), place), it) for place, it in enumerate(own)]
            self.known[node] = [it for _, it in sorted(found, key=lambda pair: pair[0])]
        return self.known[node]


def read_styles(page: Page, css: str) -> Styles | None:
    """The styles of a page and of its style sheet; None where they can't be taken apart."""
    whole = f"{css}\n{page.styles}"
    parts = _parts(_COMMENT.sub(" ", whole)) if len(whole) <= MOST_LETTERS else None
    if parts is None or any(_is_dressed(node) for node in page.nodes):
        return None
    rules: list[_Rule] = []
    unclear: set[str] = set()
    for place, (selectors, inside) in enumerate(parts):
        said = _declarations(inside)
        for typed in selectors.split(","):
            selector = read_selector(typed)
            if selector:
                rules.append(_Rule(selector, place, said))
            else:
                unclear.update(it.name for it in said)
    few = len(rules) <= _MOST_RULES and sum(len(rule.said) for rule in rules) <= _MOST_SAID
    return Styles(tuple(rules), frozenset(unclear)) if few else None


def _parts(css: str) -> list[tuple[str, str]] | None:
    """(selectors, declarations) of each rule; None if one stands in another, or starts with @."""
    pieces = re.split("([{}])", css)
    marks = "".join(pieces[1::2])
    if "@" in css or marks != "{}" * (len(marks) // 2) or pieces[-1].strip():
        return None
    texts = pieces[0::2]
    return list(zip(texts[0::2], texts[1::2], strict=False))


def _is_dressed(node: Node) -> bool:
    """Is it dressed by something else than styles: a tag, an attribute, another file?"""
    return node.tag in ("center", "font", "link") or not _DRESS.isdisjoint(node.attributes)


def _declarations(typed: str) -> tuple[_Said, ...]:
    found: list[_Said] = []
    for part in typed.split(";"):
        name, colon, value = part.partition(":")
        value, important, _ = value.partition("!")
        if colon and name.strip() and value.strip():
            found.append(_Said(name.strip().lower(), " ".join(value.split()), bool(important)))
    return tuple(found)


def _of_one_family(name: str, other: str) -> bool:
    """Can one of two properties say something of the other, as `background` of `background-color`?"""
    return other == "all" or name.split("-")[0] == other.split("-")[0]


def _same(found: str, wanted: str) -> bool | None:
    one, other = _plain(found), _plain(wanted)
    if one == other:
        return True
    if one in _ASIDE or other in _ASIDE:
        return None
    if _kind(one) == _kind(other) != "":
        return False
    return None


def _plain(value: str) -> str:
    """A value in one spelling, as far as there is one."""
    value = " ".join(value.lower().split()).replace("grey", "gray")
    if short := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", value):
        return "#" + "".join(digit * 2 for digit in short.groups())
    if rgb := re.fullmatch(r"rgb\( ?(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3}) ?\)", value):
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups())
    if number := re.fullmatch(r"([+-]?\d{0,6}(?:\.\d{1,6})?)(px|em|rem|%|pt|vw|vh|)", value):
        return f"{float(number[1] or 0):g}{number[2]}" if number[1] not in ("", "+", "-") else value
    return _COLOURS.get(value, value)


def _kind(value: str) -> str:
    """Two values of one kind that are spelt differently are different; of no kind, only a browser knows."""
    if value.startswith("#"):
        return "colour"
    if number := re.fullmatch(r"-?[\d.]+(?:e[+-]?\d+)?(px|em|rem|%|pt|vw|vh|)", value):
        return f"number {number[1]}"
    return "word" if re.fullmatch(r"[a-z-]+", value) else ""

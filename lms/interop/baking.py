"""A credential inside its picture: put in ("baked") and taken out of PNG and SVG, as Open Badges 3.0 says.

In: the bytes of a picture, and the text of a credential as `credentials.as_text` writes it. Out: the
picture with that text in it, once. What is unbaked may be anything a stranger sends: each fault is a
`BadFile` with a sentence, nothing in a file is expanded or unpacked, and time and memory stay in
proportion to a length that has a bound. Whether the text is a credential is for `verifying` to say.

https://www.imsglobal.org/spec/ob/v3p0/#baked-badge
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from lms.errors import LmsError

MOST_BYTES = 2_000_000
"""Of a file. A drawn badge has some 50 kB, one with a photograph in it some 600."""
MOST_TEXT = 200_000
"""Of the text inside. A credential has some 4 kB; evidence makes it longer."""

KEYWORD = b"openbadgecredential"
PREFIX = "openbadges"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = {b"iTXt", b"tEXt", b"zTXt"}
_PLAIN = KEYWORD + b"\0\0\0\0\0"
"""The head of the one form there is: not compressed, no language, no keyword in another language."""
_SVG = "http://www.w3.org/2000/svg svg"
_CREDENTIAL = f"{NAMESPACE} credential"
_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_CHARACTER_MARK = b"\xef\xbb\xbf"


class BadFile(LmsError):
    """A file that no badge can be read from, or that none can be put into."""

    sentence = "We can't find a badge in that file. Choose the file you saved from your badge's page."


_CUT = "A part of that file is missing or damaged. Save your badge again and try with the new file."
_TWO = "There is more than one badge in that file, so we can't tell which is meant."
_BIG = "That file is too big to be a badge. Choose the file you saved from your badge's page."
_CHANGED = "That picture was changed by other software, and its badge can't be read. Save your badge again."


def unbake(data: bytes) -> str:
    """The text of the one credential in a PNG, an SVG or a file of JSON."""
    if len(data) > MOST_BYTES:
        raise BadFile(_BIG)
    if data.startswith(_SIGNATURE):
        text = _of_png(data)
    else:
        plain = data.removeprefix(_CHARACTER_MARK).strip(b" \t\r\n")
        if plain.startswith(b"<"):
            text = _of_svg(plain)
        elif plain.startswith(b"{"):
            text = plain
        elif plain and _SIGNATURE.startswith(plain):
            raise BadFile(_CUT)
        else:
            raise BadFile
    if len(text) > MOST_TEXT:
        raise BadFile(_BIG)
    return _utf8(text)


def _utf8(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise BadFile(_CUT) from None


def bake_png(png: bytes, text: str) -> bytes:
    """A picture with a credential right after its head, in place of any that was in it."""
    kept = [_chunk(kind, body) for kind, body in _chunks(png) if not _is_credential(kind, body)]
    kept.insert(1, _chunk(b"iTXt", _PLAIN + text.encode()))
    return _SIGNATURE + b"".join(kept)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def _is_credential(kind: bytes, body: bytes) -> bool:
    return kind in _TEXTS and body.startswith(KEYWORD + b"\0")


def _of_png(data: bytes) -> bytes:
    found = [(kind, body) for kind, body in _chunks(data) if _is_credential(kind, body)]
    if not found:
        raise BadFile
    if len(found) > 1:
        raise BadFile(_TWO)
    [(kind, body)] = found
    # Nobody bakes it compressed, and what is never unpacked can't be a bomb.
    if kind != b"iTXt" or not body.startswith(_PLAIN):
        raise BadFile(_CHANGED)
    return body.removeprefix(_PLAIN)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk, from the head to the end mark. What stands behind that is no part of the picture."""
    if not png.startswith(_SIGNATURE):
        raise BadFile(_CUT)
    at, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        size = int.from_bytes(png[at : at + 4])
        first, kind = not kind, png[at + 4 : at + 8]
        body, crc = png[at + 8 : at + 8 + size], png[at + 8 + size : at + 12 + size]
        if crc != zlib.crc32(kind + body).to_bytes(4) or first != (kind == b"IHDR"):
            raise BadFile(_CUT)
        yield kind, body
        at += 12 + size


def bake_svg(svg: str, text: str) -> str:
    """A picture whose first child is a credential, in place of any that was in it."""
    data = svg.encode()
    walk = _Walk(data)
    for start, end in reversed(walk.places):
        data = data[:start] + data[end:]
    opening = _tag(data, walk.root)
    if opening.endswith(b"/>") or walk.prefixes.get(PREFIX, NAMESPACE) != NAMESPACE:
        raise BadFile("No badge can be put into this picture: it is empty, or has a badge of an older kind in it.")
    # The one thing that would end the section early is cut in two, each half in a section of its own.
    inner = "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    child = f"<{PREFIX}:credential>{inner}</{PREFIX}:credential>"
    declared = "" if PREFIX in walk.prefixes else f' xmlns:{PREFIX}="{NAMESPACE}"'
    head = opening[:-1] + f"{declared}>{child}".encode()
    return (data[: walk.root] + head + data[walk.root + len(opening) :]).decode()


def _of_svg(data: bytes) -> bytes:
    walk = _Walk(data)
    if len(walk.texts) > 1:
        raise BadFile(_TWO)
    text = "".join(walk.texts).strip()
    if not text:
        raise BadFile
    return text.encode()


def _tag(data: bytes, at: int) -> bytes:
    """The whole tag that begins there, in a document that was read before."""
    found = _TAG.match(data, at)
    return found[0] if found else b""


class _Walk:
    """An SVG read once from its start to its end: where its root begins, and the credentials in it."""

    def __init__(self, data: bytes) -> None:
        self.root = -1
        self.prefixes: dict[str, str] = {}
        """Those that the root declares."""
        self.texts: list[str] = []
        self.places: list[tuple[int, int]] = []
        self._data = data
        self._begun: int | None = None
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._prefix
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.EndElementHandler = self._end
        try:
            parser.Parse(data, True)
        except expat.ExpatError:
            raise BadFile(_CUT) from None

    def _doctype(self, *_: object) -> None:
        # No document type, no entities: there is nothing to expand and nothing to fetch.
        raise BadFile(_CHANGED)

    def _prefix(self, prefix: str | None, address: str | None) -> None:
        if self.root < 0:
            self.prefixes[prefix or ""] = address or ""

    def _start(self, name: str, _: object) -> None:
        if self.root < 0:
            self.root = self._parser.CurrentByteIndex
            if name != _SVG:
                raise BadFile
        if self._begun is not None:
            raise BadFile(_TWO if name == _CREDENTIAL else _CHANGED)
        if name == _CREDENTIAL:
            self._begun = self._parser.CurrentByteIndex
            self.texts.append("")

    def _text(self, text: str) -> None:
        if self._begun is not None:
            self.texts[-1] += text

    def _end(self, _: str) -> None:
        if self._begun is not None:
            opening = _tag(self._data, self._begun)
            at = self._parser.CurrentByteIndex
            empty = opening.endswith(b"/>")
            end = self._begun + len(opening) if empty else at + len(_tag(self._data, at))
            self.places.append((self._begun, end))
            self._begun = None

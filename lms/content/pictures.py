"""Pictures: their type, and how large they are drawn, read from their own first bytes; and types of other files.

Bytes in, numbers out; a page can then keep the room free before the picture has come. Nothing is
decoded, and a size that can't be read is simply left out. A file that is not what its name says, one
that is cut off, and an SVG with a script in it, are told to the author.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from lms.content.faults import Faults
from lms.content.source import MOST_BYTES

Size = tuple[int, int]
"""Width and height in CSS pixels."""

MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt",
}

_ROOT = re.compile(rb"<svg\b[^>]{0,2000}>")
_BOX = re.compile(rb"\bviewBox\s*=\s*[\"']\s*[-+.\d]+[\s,]+[-+.\d]+[\s,]+([.\d]+)[\s,]+([.\d]+)\s*[\"']")
_SIDE = rb"\s%s\s*=\s*[\"']\s*([.\d]+)(?:px)?\s*[\"']"
_LARGEST = 20_000


def media_type(path: str) -> str:
    """By the file name's ending; an unknown one is only ever offered as a download."""
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


def check_picture(path: str, data: bytes, faults: Faults) -> None:
    """A picture is of the kind its name says, and an SVG runs nothing. One that is too big is not looked at."""
    kind = _KINDS.get(media_type(path))
    if kind is None or len(data) > MOST_BYTES:
        return
    name, is_one = kind
    try:
        if not is_one(data):
            instead = f"Save it again as {name}, or give it the ending of what it is."
            faults.error(1, "picture-kind", f"this is not {name} picture.", instead)
        elif not _ENDS.get(media_type(path), bool)(data):
            message = "this picture is cut off: its end is missing."
            faults.error(1, "picture-cut", message, "Copy or save it again, whole.")
    except _Script:
        faults.error(1, "picture-script", "this picture holds a script.", "Save it again as a plain SVG.")


class _Script(Exception):
    """Something in an SVG that runs, or could."""


def _is_svg(data: bytes) -> bool:
    """Whether it is whole XML with `<svg>` round it, and no entities, which could grow without end."""
    elements: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        elements.append(name)
        if _word(name) in _RUNNING or any(_runs(_word(it), value) for it, value in attributes.items()):
            raise _Script

    def entity(*_: object) -> None:
        raise expat.ExpatError

    reader = expat.ParserCreate(namespace_separator=" ")
    reader.StartElementHandler, reader.EntityDeclHandler = element, entity
    try:
        reader.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):  # the last two: an encoding it does not know
        return False
    return _word(elements[0]) == "svg"


def _word(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2].lower()


def _runs(name: str, value: str) -> bool:
    """`onload="..."`, `href="javascript:..."`, and an animation that would make one of them."""
    said = "".join(value.split()).lower()
    leads = name in _LEADING and "javascript:" in said
    return leads or name.startswith("on") or (name == "attributename" and said.startswith("on"))


def size_of(path: str, data: bytes) -> Size | None:
    """Width and height of a picture, or None where its head does not say."""
    reader = _READERS.get(media_type(path))
    size = reader(data) if reader else None
    return size if size and all(0 < side <= _LARGEST for side in size) else None


def _svg(data: bytes) -> Size | None:
    root = _ROOT.search(data, 0, 8192)
    if root is None:
        return None
    if box := _BOX.search(root[0]):
        return _whole(box[1]), _whole(box[2])
    width, height = (re.search(_SIDE % side, root[0]) for side in (b"width", b"height"))
    return (_whole(width[1]), _whole(height[1])) if width and height else None


def _whole(number: bytes) -> int:
    """A length rounded to whole pixels; one that is no number counts as none."""
    try:
        return round(float(number))
    except (ValueError, OverflowError):
        return 0


def _png(data: bytes) -> Size | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg(data: bytes) -> Size | None:
    """Walk from segment to segment up to the frame header, which holds height and width."""
    place = 2
    while data[:2] == b"\xff\xd8" and place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = data[place + 5 : place + 7], data[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 1 if marker == 0xFF else 2 + max(length, 2)
    return None


def _webp(data: bytes) -> Size | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
    return (width & 0x3FFF, height & 0x3FFF) if data[12:16] == b"VP8 " else None


_EXTENT = re.compile(rb"ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_TURN = re.compile(rb"irot(.)", re.DOTALL)


def _avif(data: bytes) -> Size | None:
    """The largest extent its properties name: a picture may be laid of tiles, and may hold a small one of itself."""
    head = data[:8192]
    extents = [(int.from_bytes(it[1], "big"), int.from_bytes(it[2], "big")) for it in _EXTENT.finditer(head)]
    width, height = max(extents, key=lambda it: it[0] * it[1], default=(0, 0))
    turn = _TURN.search(head)
    return (height, width) if turn and turn[1][0] % 2 else (width, height)


def _png_ends(data: bytes) -> bool:
    """From chunk to chunk, to the last."""
    place = 8
    while place + 12 <= len(data):
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return False


def _jpeg_ends(data: bytes) -> bool:
    """From segment to segment to the picture itself, and its end behind that: a small one before it has its own."""
    place = 2
    while data[place : place + 1] == b"\xff" and data[place + 1 : place + 2] != b"\xda" and place + 4 <= len(data):
        place += 2 + max(int.from_bytes(data[place + 2 : place + 4], "big"), 2) if data[place + 1] != 0xFF else 1
    return data.find(b"\xff\xd9", place) >= 0


def _webp_ends(data: bytes) -> bool:
    return int.from_bytes(data[4:8], "little") + 8 <= len(data)


_READERS: dict[str, Callable[[bytes], Size | None]] = {
    "image/svg+xml": _svg,
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/avif": _avif,
}

_ENDS: dict[str, Callable[[bytes], bool]] = {
    "image/png": _png_ends,
    "image/jpeg": _jpeg_ends,
    "image/webp": _webp_ends,
}
"""Whether all of a picture is there, as its own lengths say: nothing is decoded."""
_RUNNING = frozenset({"script", "handler", "listener", "iframe", "object", "embed"})
_LEADING = frozenset({"href", "src", "from", "to", "by", "values"})
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "image/svg+xml": ("an SVG", _is_svg),
    "image/png": ("a PNG", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n")),
    "image/jpeg": ("a JPEG", lambda data: data.startswith(b"\xff\xd8\xff")),
    "image/webp": ("a WebP", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP"),
    "image/avif": ("an AVIF", lambda data: data[4:8] == b"ftyp" and b"avi" in data[8:40]),
}
"""What a kind of picture is called, and how its files begin."""

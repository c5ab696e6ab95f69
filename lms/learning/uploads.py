"""Files learners hand in: what a file is by its bytes, and what of it may be kept.

In: the bytes of a file somebody sent, whatever its name says. Out: pictures written anew, PDFs and texts as they
are; or the reason why not, in a sentence. Pure: where files lie is `services.uploads`.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.errors import N_, Refused

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 2_000_000
"""Of one file. A photo sent as a message, or one that the page made smaller, is well below it."""
LONGEST_SIDE = 1_600
"""Pixels: enough to read a shop's poster in."""
MOST_PIXELS = 50_000_000
"""Of a JPEG, which is read at a fraction of its size; a phone's camera makes 12 to 50 million."""
MOST_DRAWN = 16_000_000
"""Of a PNG or WebP, which has to be read whole: 64 MB for a moment."""
LONGEST_NAME = 80

JPEG, PDF, TEXT = "image/jpeg", "application/pdf", "text/plain"
ENDINGS = {JPEG: "jpg", PDF: "pdf", TEXT: "txt"}
"""What is kept, and how its name ends, whatever it was called."""

_PICTURES = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))
_UNPACKED = 20_000_000
"""Bytes a PDF is unpacked to, in the search for what acts."""
_ACTS = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE|Encrypt)"
    rb"(?![A-Za-z0-9])"
)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

NOTHING = N_("Choose a file first.")
TOO_LARGE = N_("This file is too large. It can have 2 MB at most. Send a smaller picture, or a picture of the screen.")
STRANGE = N_("We can't keep this kind of file. Send a photo (JPEG, PNG or WebP), a PDF or a plain text.")
BROKEN = N_("This picture is broken, or it is not a picture. Take it again and send that.")
TOO_WIDE = N_("This picture has too many dots to be read. Send a smaller one.")
ACTING = N_("This PDF holds more than pages, such as a script or a lock. Print it as a new PDF and send that.")


@dataclass(frozen=True)
class Kept:
    """What is kept of a file: its bytes, what they are, and what it is called."""

    body: bytes
    media_type: str
    name: str


def to_keep(name: str, sent: bytes) -> Kept:
    """What is kept of a file that was sent. Refused, with why and what to do, for what can't be kept.

    A picture is read and written anew as JPEG: where it was taken, by which phone, and whatever else stood in
    the file beside it is not in the new one.
    """
    if not sent:
        raise Refused(NOTHING, "file")
    if len(sent) > MOST_BYTES:
        raise Refused(TOO_LARGE, "file")
    body, media_type = _read(sent)
    return Kept(body, media_type, called(name, media_type))


def _read(sent: bytes) -> tuple[bytes, str]:
    form = _picture(sent)
    if form:
        return _drawn_anew(sent, form), JPEG
    if sent.startswith(b"%PDF-"):
        _check_shows_pages(sent)
        return sent, PDF
    return _readable(sent), TEXT


def called(name: str, media_type: str) -> str:
    """A file's name without a path, without what can't be seen, and with the ending of what it is.

    >>> called("C:\\\\pictures\\\\Shop window.PNG", JPEG)
    'Shop window.jpg'
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in last)
    stem = " ".join(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", seen.strip()).split())
    clean = re.sub(r'[<>:"|?*;%]', "", stem).strip(". ")[:LONGEST_NAME].strip()
    return f"{clean or 'file'}.{ENDINGS[media_type]}"


def _picture(sent: bytes) -> str:
    """The form of a picture; nothing for what is none."""
    if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP":
        return "WEBP"
    return next((form for begins, form in _PICTURES if sent.startswith(begins)), "")


def _drawn_anew(sent: bytes, form: str) -> bytes:
    """A picture's dots alone, the right way up, no larger than `LONGEST_SIDE`, on white."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(sent), formats=[form]) as picture:
            width, height = picture.size
            if width * height > (MOST_PIXELS if form == "JPEG" else MOST_DRAWN):
                raise Refused(TOO_WIDE, "file")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _as_jpeg(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError as fault:
        raise Refused(TOO_WIDE, "file") from fault
    except (OSError, ValueError, SyntaxError, EOFError) as fault:
        raise Refused(BROKEN, "file") from fault


def _as_jpeg(picture: Image.Image) -> bytes:
    from PIL import Image

    whole = picture.convert("RGBA")
    ground = Image.new("RGB", whole.size, "white")
    ground.paste(whole, mask=whole.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _check_shows_pages(sent: bytes) -> None:
    """Refuse a PDF that does more than show pages. What acts is looked for in what is packed in it as well."""
    for part in _parts(sent):
        if _ACTS.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)):
            raise Refused(ACTING, "file")


def _parts(sent: bytes) -> Iterator[bytes]:
    """A PDF as it is written, and each part that is packed in it. Refused where unpacking would not end."""
    yield _STREAM.sub(b"", sent)
    left = _UNPACKED
    for found in _STREAM.finditer(sent):
        packed = zlib.decompressobj()
        try:
            part = packed.decompress(found[1], left)
        except zlib.error:
            continue  # a picture, or something that is not packed like this
        left -= len(part)
        if packed.unconsumed_tail or left <= 0:
            raise Refused(ACTING, "file")
        yield part


def _readable(sent: bytes) -> bytes:
    """A text that a person can read, without the mark that may stand before it."""
    try:
        text = sent.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(STRANGE, "file") from fault
    if any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text) or not text.strip():
        raise Refused(STRANGE, "file")
    return text.encode()

"""Bytes that never change: the style sheets, and the pictures of published courses.

Both stand under a hash of what they say, so a browser asks once and keeps them. A course's file is
an author's: opened by itself it is sandboxed, and a drawing is offered for saving, not shown.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request

from lms.errors import NotFound
from lms.services.courses import media_type
from lms.web.headers import FOR_EVER, SANDBOXED
from lms.web.signed import allow_anyone
from lms.web.site import site, store

pages = Blueprint("files", __name__)

_HASH = re.compile(r"[0-9a-f]{64}")
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif"})
SAVED = frozenset({"image/svg+xml"})
"""A drawing may hold links and text in any shape: inside a page it is only a picture, alone it is a file."""
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "image/svg+xml": "svg"}


@pages.get("/static/<digest>/<name>")
@allow_anyone
def static(digest: str, name: str) -> Response:
    """A style sheet or the site's sign, packed once at the start."""
    path = f"/static/{digest}/{name}"
    asset = next((it for it in (site().learner_style, site().staff_style, site().icon) if it.path == path), None)
    if asset is None:
        raise NotFound
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(asset.zipped if packed else asset.body, content_type=asset.content_type)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.vary.add("Accept-Encoding")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@pages.get("/files/<digest>")
@allow_anyone
def file(digest: str) -> Response:
    """A picture of a published course."""
    if not _HASH.fullmatch(digest):
        raise NotFound
    kind = media_type(store(), digest)
    if kind not in _ENDINGS:
        raise NotFound
    body = _read(store().files / digest)
    packed = kind in SAVED and request.accept_encodings["gzip"] > 0
    answer = Response(_packed(body) if packed else body, content_type=kind)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["Content-Security-Policy"] = SANDBOXED
    name = f"{digest[:12]}.{_ENDINGS[kind]}"
    answer.headers["Content-Disposition"] = f'{"attachment" if kind in SAVED else "inline"}; filename="{name}"'
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    if kind in SAVED:
        answer.vary.add("Accept-Encoding")
    return answer


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound from error


@lru_cache(maxsize=256)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)

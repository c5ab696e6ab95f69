"""Bytes that never change: the style sheets and scripts, and the pictures and videos of published courses.

All stand under a hash of what they say, so a browser asks once and keeps them. A course's file is
an author's: opened by itself it is sandboxed, and a drawing is offered for saving, not shown. A video
is sent from the disk, in the pieces a player asks for, and never read whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request, send_file

from lms.errors import NotFound
from lms.services import packing
from lms.services.courses import media_type
from lms.web.headers import FOR_EVER, KEEP, SANDBOXED
from lms.web.signed import allow_anyone
from lms.web.site import site, store

pages = Blueprint("files", __name__)

_HASH = re.compile(r"[0-9a-f]{64}")
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif"})
SAVED = frozenset({"image/svg+xml"})
"""A drawing may hold links and text in any shape: inside a page it is only a picture, alone it is a file."""
FILMS = frozenset({"video/mp4", "video/webm"})
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",
    "text/vtt": "vtt",
    "video/mp4": "mp4",
    "video/webm": "webm",
}


@pages.get("/static/<digest>/<name>")
@allow_anyone
def static(digest: str, name: str) -> Response:
    """A style sheet, a script or the site's sign."""
    path, it = f"/static/{digest}/{name}", site()
    assets = it.assets
    asset = next((asset for asset in assets if asset.path == path), None)
    if asset is None:
        raise NotFound
    answer = _in_fewest(asset.body, asset.content_type, _packed_asset(digest, asset.body))
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers[KEEP] = "yes"
    return answer


@lru_cache(maxsize=64)
def _packed_asset(digest: str, body: bytes) -> Mapping[str, bytes]:
    """Made once after each change of the engine, then read once by each process."""
    packing.pack(packing.folder_of(store()), digest, body)
    return _packed(digest)


def _packed(digest: str) -> Mapping[str, bytes]:
    """Coding -> a file as it was packed, the smallest first."""
    folder = packing.folder_of(store())
    found = {coding: packing.packed(folder, digest, coding) for coding in packing.CODINGS}
    return {coding: body for coding, body in found.items() if body is not None}


def _in_fewest(body: bytes, content_type: str, packed: Mapping[str, bytes]) -> Response:
    """The smallest form that the browser can unpack."""
    coding = next((it for it in packed if request.accept_encodings[it] > 0), "")
    answer = Response(packed.get(coding, body), content_type=content_type)
    if coding:
        answer.headers["Content-Encoding"] = coding
    answer.vary.add("Accept-Encoding")
    return answer


@pages.get("/files/<digest>")
@allow_anyone
def file(digest: str) -> Response:
    """A picture, a video or its captions, of a published course."""
    if not _HASH.fullmatch(digest):
        raise NotFound
    kind = media_type(store(), digest)
    if kind not in _ENDINGS:
        raise NotFound
    path = store().files / digest
    answer = _film(path, kind, digest) if kind in FILMS else _picture(path, kind)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers[KEEP] = "yes"
    answer.headers["Content-Security-Policy"] = SANDBOXED
    # A badge wallet shows a badge's picture on its own site. All here is public to who knows the hash.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    name = f"{digest[:12]}.{_ENDINGS[kind]}"
    answer.headers["Content-Disposition"] = f'{"attachment" if kind in SAVED else "inline"}; filename="{name}"'
    return answer


def _picture(path: Path, kind: str) -> Response:
    """Small enough to be read whole. What is text travels packed."""
    if kind not in packing.TEXT:
        return Response(_read(path), content_type=kind)
    return _in_fewest(_read(path), _CALLED.get(kind, kind), _packed(path.name))


_CALLED = {"text/vtt": "text/vtt; charset=utf-8"}


def _film(path: Path, kind: str, digest: str) -> Response:
    """All of a video, or the part a player asks for: 206, or 416 for a part it does not have."""
    try:
        return send_file(path, mimetype=kind, conditional=True, etag=digest, last_modified=None)
    except OSError as error:
        raise NotFound from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound from error

"""What every answer carries: the content policy, who may keep it, and fewer bytes.

One `after_request`, errors included. The policy is that of `docs/reference/addresses.md`: nothing
but our own origin, no script that is not a file of ours, no frame round us.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SANDBOXED = f"{POLICY}; sandbox"
"""For files of a course: opened by themselves they may do nothing at all."""

FOR_EVER = "public, max-age=31536000, immutable"
"""For an address that holds a hash of what it leads to."""

KEEP = "Keep-On-Phone"
"""Says `yes` where a phone may keep an answer: it is nobody's, and it is what was asked for."""

SHORTEST = 500
"""Bytes below which packing an answer costs more than it saves."""
_PACKED = (
    "text/html",
    "text/css",
    "text/plain",
    "text/javascript",
    "application/json",
    "application/manifest+json",
    "application/problem+json",
    "image/svg+xml",
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it a browser sends `Origin: null` with our own forms, and they would be refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=63072000"


def install(app: Flask, secure: bool) -> None:
    """Put the headers on every answer of an app. `secure`: people reach it by https."""
    always = {**_ALWAYS, "Strict-Transport-Security": _HSTS} if secure else _ALWAYS
    app.session_interface = _Sessions()

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in always.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        # Whatever does not say otherwise may be about a person: no copy of it stays on a shared phone.
        response.headers.setdefault("Cache-Control", "no-store")
        return packed(response)


class _Sessions(SecureCookieSessionInterface):
    """What is kept for ever is the same for everybody and sets no cookie.

    Flask-Login looks at the session of every request, so Flask would say `Vary: Cookie` of every answer, and a browser
    would fetch style sheets and pictures again whenever somebody signs in or out.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if response.headers.get("Cache-Control") != FOR_EVER:
            super().save_session(app, session, response)


def packed(response: Response) -> Response:
    """The same answer in fewer bytes, where the browser can unpack it."""
    if response.mimetype not in _PACKED or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if not _may_pack(response):
        return response
    body = response.get_data()
    if len(body) >= SHORTEST:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _may_pack(response: Response) -> bool:
    return "Content-Encoding" not in response.headers and request.accept_encodings["gzip"] > 0

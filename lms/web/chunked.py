"""A body that does not say how long it is: read to its end before any page, or refused.

Werkzeug would hand a page as much of it as may be sent and quietly cut off the rest; a page would then
record half of what was sent. Pages see every body as if its length had been said.
"""

from __future__ import annotations

import io

from flask import Flask, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge


def install(app: Flask, most: int) -> None:
    """Refuse a body of more than so many bytes, or one that is not written as chunks are."""

    @app.before_request
    def read() -> None:
        environ = request.environ
        if "CONTENT_LENGTH" in environ or not environ.get("wsgi.input_terminated"):
            return
        body = _body(environ["wsgi.input"], most + 1)
        if len(body) > most:
            raise RequestEntityTooLarge
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def _body(stream: io.BufferedIOBase, size: int) -> bytes:
    try:
        return stream.read(size)
    except Exception as fault:  # whatever the server calls it: the sender broke off, or sent no chunks
        raise BadRequest from fault

"""A bad connection: what stands between a browser and the site, and fails as a phone's connection does.

A browser's own switch for "offline" is not used: each fault here is one that the page, the script behind it and the
site all meet for real, on the wire.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding"})


class Wire:
    """`mode`: `fine`, `cut` (nothing gets through), `silent` (nothing comes back: the site is never reached), `deaf`
    (one form or batch gets through, its answer is lost, and nothing follows), `astray` (all leads to signing in)."""

    def __init__(self, site_url: str, url: str) -> None:
        self.site = urlsplit(site_url)
        self.url = url
        self.mode = "fine"
        self.asked: list[tuple[str, str]] = []
        """(method, path) of what reached the site, in order."""
        self.sent: list[bytes] = []
        """The batches that did. One of nothing, which asks whether her account is still there, is none."""
        self.replaced: dict[str, tuple[bytes, bytes]] = {}
        """Path -> what in its answer is something else: a new version of a file."""
        self.changed = threading.Event()

    def batches(self) -> int:
        return len(self.sent)

    def pass_on(self, it: BaseHTTPRequestHandler) -> None:
        body = it.rfile.read(int(it.headers.get("Content-Length") or 0))
        if self.mode == "silent":
            self.changed.wait(60)
        if self.mode in ("cut", "silent"):
            it.close_connection = True
            return
        if self.mode == "astray" and it.path != "/sign-in":
            it.send_response(303)
            it.send_header("Location", "/sign-in")
            it.send_header("Content-Length", "0")
            it.end_headers()
            return
        self.asked.append((it.command, urlsplit(it.path).path))
        if it.path == "/events" and b'"events":[]' not in body:
            self.sent.append(body)
        answer, said = self._ask(it, body)
        if self.mode == "deaf" and it.command == "POST":
            self.mode = "cut"
            it.close_connection = True
            return
        self._answer(it, answer, said)

    def _ask(self, it: BaseHTTPRequestHandler, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        to_site = http.client.HTTPConnection(self.site.hostname or "", self.site.port, timeout=180)
        headers = {name: value for name, value in it.headers.items() if name.lower() not in _HOP}
        to_site.request(it.command, it.path, body or None, headers)
        answer = to_site.getresponse()
        said = answer.read()
        to_site.close()
        return answer, said

    def _answer(self, it: BaseHTTPRequestHandler, answer: http.client.HTTPResponse, said: bytes) -> None:
        old, new = self.replaced.get(urlsplit(it.path).path, (b"\0", b"\0"))
        said = said.replace(old, new)
        it.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                it.send_header(name, value)
        it.send_header("Content-Length", str(len(said)))
        it.end_headers()
        it.wfile.write(said)


@contextmanager
def wired(site_url: str, port: int) -> Iterator[Wire]:
    """A wire to a site, at an address of its own."""
    wire = Wire(site_url, f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            wire.pass_on(self)

        do_GET = do_POST = do_HEAD = do  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            """Nothing: a test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield wire
    finally:
        wire.changed.set()
        server.shutdown()
        server.server_close()

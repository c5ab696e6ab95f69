"""Bodies in chunks, which do not say how long they are, sent to real gunicorn workers."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from lms.web.app import MOST_BYTES
from tests.ports import a_port
from tests.workers.test_two_workers import environ, lms, wait_until_it_answers, write

BROKEN = [
    b"zz\r\n{}\r\n0\r\n\r\n",
    b"-2\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}{}0\r\n\r\n",
    b"2\r\n{}\r\n0\r\nbad trailer\r\n\r\n",
    b"2\r\n{}\r\n",
    b"40\r\n{}",
]
"""The last two end too early."""
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a server, and its log."""
    folder = tmp_path_factory.mktemp("chunked")
    write(folder, 0)
    lms(folder, "migrate")
    lms(folder, "publish", "tea")
    port = a_port()
    options = ["--workers=1", "--threads=4", "--worker-class=gthread", "--no-control-socket", "--log-level=warning"]
    command = [sys.executable, "-m", "gunicorn", "lms.web.app:create_app()", f"--bind=127.0.0.1:{port}", *options]
    with (folder / "log").open("w") as log:
        told = {**environ(), "LMS_PORT": str(port), "PYTHONPATH": os.getcwd()}
        server = subprocess.Popen(command, cwd=folder, env=told, stdout=log, stderr=log)
        try:
            wait_until_it_answers(server, f"http://127.0.0.1:{port}/readyz")
            yield port, folder / "log"
        finally:
            server.terminate()
            server.wait(120)


def raw(port: int, path: str, body: bytes, kind: str) -> tuple[int, str]:
    """Status and text of what is answered to a body as it goes over the wire, after which nothing more is sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(head.encode() + body)
        wire.shutdown(socket.SHUT_WR)
        answer = b""
        while part := wire.recv(65536):
            answer += part
    return int(answer.split()[1]), answer.decode(errors="replace")


def in_chunks(body: bytes) -> bytes:
    parts = [body[at : at + 50_000] for at in range(0, len(body), 50_000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(("path", "kind"), [("/events", "application/json"), ("/sign-in", FORM)])
def test_more_than_may_be_sent_is_told_and_not_cut(served, path, kind):
    """What is over is white space: cut off, the rest would look whole."""
    port, _ = served
    body = b"{}" if kind != FORM else b"username=lena&password="
    status, text = raw(port, path, in_chunks(body.ljust(MOST_BYTES + 1)), kind)
    assert (status, "too big to send" in text) == (413, True)


def test_exactly_as_much_as_may_be_sent_is_read(served):
    port, _ = served
    assert raw(port, "/events", in_chunks(b"{}".ljust(MOST_BYTES)), "application/json")[0] == 401, "nobody is signed in"


def test_a_form_in_chunks_is_read_to_its_end(served):
    port, _ = served
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as browser:
        browser.request("GET", "/sign-in")
        page = browser.getresponse()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page.read().decode())[1]
        form = f"username={'x' * 60_000}&csrf_token={token}".encode()  # the token comes with the second chunk
        said = {"Content-Type": FORM, "Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
        browser.request("POST", "/sign-in", iter((form[:50_000], form[50_000:])), said, encode_chunked=True)
        answer = browser.getresponse()
        assert (answer.status, b"csrf" in answer.read()) == (422, True), "nobody's name; without the token it is 403"


@pytest.mark.parametrize("path", ["/events", "/sign-in"])
@pytest.mark.parametrize("body", BROKEN)
def test_what_is_not_written_as_chunks_are_is_the_senders_fault(served, path, body):
    port, log = served
    status, text = raw(port, path, body, "application/json" if path == "/events" else FORM)
    assert status == 400
    if path == "/events":
        assert json.loads(text.partition("\r\n\r\n")[2])["title"] == "We did not understand that"
    assert "Traceback" not in log.read_text()

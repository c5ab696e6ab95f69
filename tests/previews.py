"""A `lms preview` that runs, as its author and her browser reach it."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import lms
from tests.ports import a_port

HERE = str(Path(lms.__file__).parent.parent)
PATIENCE = 180


def environ(folder: Path, **settings: str) -> dict[str, str]:
    """Its temporary folders are made in `folder`, so that a test can see what is left of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return kept | {"PYTHONPATH": HERE, "TMPDIR": str(folder)} | settings


def _hear_ctrl_c() -> None:
    """A shell that runs the tests in the background has them ignore it, and so whatever they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Preview:
    """One that runs. `greeting` are the lines it prints before it tells of the course."""

    def __init__(self, course: Path, temporary: Path, *arguments: str, **settings: str) -> None:
        self._start(course, temporary, arguments, settings)
        while not (greeting := self._greeting()):  # another run of the tests was quicker
            assert self.process.stderr
            assert "Address already in use" in self.process.stderr.read()
            self.close()
            self._start(course, temporary, arguments, settings)
        self.greeting = greeting

    def _start(self, course: Path, temporary: Path, arguments: tuple[str, ...], settings: dict[str, str]) -> None:
        self.port = a_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "lms", "preview", str(course), "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(
            command,
            env=environ(temporary, **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_ctrl_c,
        )
        self._lines: Queue[str | None] = Queue()
        threading.Thread(target=self._read, args=(self._lines,), daemon=True).start()

    def _read(self, lines: Queue[str | None]) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    def _greeting(self) -> list[str]:
        lines = []
        while len(lines) < 4 and (line := self._lines.get(timeout=PATIENCE)) is not None:
            lines.append(line)
        return lines

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe
            pipe.close()

    def told(self) -> str:
        """What is told of the next save, without its time."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None
            if re.match(r"\d\d:\d\d:\d\d  ", line):
                return line[10:]

    def ended_by(self, number: signal.Signals) -> tuple[int, str]:
        """The exit code and what was said, once it has been told to end."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        assert self.process.stderr
        return self.process.returncode, self.process.stderr.read()

    def answers(self) -> bool:
        """Whether anybody listens at its port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def browser(self) -> Browser:
        return Browser(self.url)


@contextmanager
def previewing(course: Path, temporary: Path, *arguments: str, **settings: str) -> Iterator[Preview]:
    temporary.mkdir(exist_ok=True)
    running = Preview(course, temporary, *arguments, **settings)
    try:
        yield running
    finally:
        running.close()


class Browser:
    """Somebody's browser: it keeps cookies, follows redirects and sends the forms of the page it is on."""

    def __init__(self, url: str) -> None:
        self.url, self.status, self.text, self.at = url, 0, "", "/"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def open(self, path: str, data: dict[str, str] | None = None, **headers: str) -> str:
        sent = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(self.url + path, sent, headers)
        try:
            answer = self._opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            self.status, self.text = answer.status, answer.read().decode()
            self.headers, self.at = answer.headers, answer.geturl().removeprefix(self.url)
        return self.text

    def send(self, action: str = "", **fields: str) -> str:
        """Send the form of the page that leads to `action` (the page itself), filled in so."""
        forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.text, re.DOTALL)
        path, inside = next(it for it in forms if it[0] == (action or self.at.partition("?")[0].partition("#")[0]))
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inside))
        return self.open(path, {**hidden, **fields}, Origin=self.url)

    def until(self, words: str, path: str = "") -> str:
        """The page once it says so; loaded again and again, as a person would."""
        until = time.monotonic() + PATIENCE
        while words not in self.open(path or self.at):
            assert time.monotonic() < until, self.text
            time.sleep(0.1)
        return self.text


def save(path: Path, old: str, new: str) -> None:
    """As editors do: a new file in place of the old."""
    text = path.read_text("utf-8")
    assert old in text
    half = path.with_suffix(".half")
    half.write_text(text.replace(old, new), "utf-8")
    half.replace(path)

"""A release published over a running server with two workers: nobody sees the old one for long, nobody a mixture."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lms.services import compiling, publishing
from lms.services.stores import open_store
from tests.cli.conftest import COURSE
from tests.ports import a_port

REQUESTS, SECONDS = 100, 2.0
OLD_UNTIL = 1.0
"""Seconds after publishing from which nothing old may be shown (docs/reference/data.md, rule 10)."""


def environ() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return {**kept, "LMS_SECRET_KEY": "9f2c41d07be85a3612c8f4907d3e6ba5"}


def lms(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "lms", *arguments]
    subprocess.run(command, cwd=folder, env=environ(), check=True, capture_output=True, timeout=180)


def write(folder: Path, number: int) -> None:
    """The course with a number in the title of the lesson, which is in the plan, and in a step's text."""
    (folder / "tea").mkdir(exist_ok=True)
    for name, text in COURSE.items():
        numbered = text.replace("## The water", f"## Water {number}").replace("Water for tea", f"Tea {number}")
        (folder / "tea" / name).write_text(numbered.replace("# Making tea", f"# Course {number}"), "utf-8")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder whose course is served by gunicorn as `lms serve` runs it, and the server's address.

    Its log says which worker answered: `workers.log`, a line a request.
    """
    write(tmp_path, 0)
    lms(tmp_path, "migrate")
    lms(tmp_path, "publish", "tea")
    port = a_port()
    options = ["--workers=2", "--threads=4", "--worker-class=gthread", "--no-control-socket", "--log-level=warning"]
    logged = ["--access-logfile=workers.log", "--access-logformat=%(p)s"]
    where = ["--config=python:lms.cli.server", f"--bind=127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "lms.web.app:create_app()", *where, *options, *logged]
    server = subprocess.Popen(command, cwd=tmp_path, env=environ())
    try:
        wait_until_it_answers(server, f"http://127.0.0.1:{port}/readyz")
        yield tmp_path, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(120)


def wait_until_it_answers(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def numbers(address: str) -> set[str]:
    """Every number on the page of the step: the frame's, from the plan, and the body's, from the page's row."""
    with urllib.request.urlopen(f"{address}/courses/tea/brewing/water?step=boil", timeout=120) as answer:
        page = answer.read().decode()
    frame, body = re.findall(r"(?:Course|Water) (\d+)", page), re.findall(r"Tea (\d+)", page)
    assert frame
    assert body
    return {*frame, *body}


def publish(folder: Path, number: int) -> float:
    """Publish the course with a number; gives the moment it was done, by this machine's clock."""
    write(folder, number)
    with closing(open_store(f"sqlite:///{folder}/var/lms.db", folder / "var")) as store:
        ready = publishing.prepare(store, "tea", compiling.read_folder(folder / "tea"), date.today())
        publishing.show(store, ready, time.time_ns() // 1_000_000)
        return time.monotonic()


def test_a_second_after_publishing_no_worker_shows_the_old_release_and_none_ever_two(served: tuple[Path, str]):
    folder, address = served
    with ThreadPoolExecutor(8) as readers:
        list(readers.map(numbers, [address] * 40))
        assert len(set((folder / "workers.log").read_text().split())) == 2, "both workers answer"
        for number in (1, 2):
            stop = threading.Event()
            reading = [readers.submit(read_until, stop, address) for _ in range(4)]  # the old one is at hand in both
            published = publish(folder, number)

            def ask(place: int, published: float = published) -> tuple[float, set[str]]:
                time.sleep(max(0.0, published + place * SECONDS / REQUESTS - time.monotonic()))
                return time.monotonic() - published, numbers(address)

            with ThreadPoolExecutor(8) as askers:
                shown = list(askers.map(ask, range(REQUESTS)))
            stop.set()
            meanwhile = [found for reader in reading for found in reader.result()]
            assert all(len(found) == 1 for found in (*meanwhile, *(found for _, found in shown))), "never a mixture"
            assert {*map(frozenset, meanwhile)} <= {frozenset({str(number - 1)}), frozenset({str(number)})}
            late = [found for asked, found in shown if asked >= OLD_UNTIL]
            assert len(late) >= REQUESTS // 3
            assert all(found == {str(number)} for found in late)


def read_until(stop: threading.Event, address: str) -> list[set[str]]:
    """What a reader sees who turns pages until she is stopped."""
    seen: list[set[str]] = []
    while not stop.is_set():
        seen.append(numbers(address))
        time.sleep(0.05)
    return seen

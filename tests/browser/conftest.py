"""A real server with the demo on it, and real browsers as narrow as a small phone.

The server is one process of ours for the whole run, on a folder of its own; a test that must know an
answer, or end a sign-in from outside, opens the same folder in its own process (`Site.store`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from lms.learning.shapes import Shape
from lms.services import people, publishing, stores
from lms.services.courses import Catalogue, Shelf
from lms.services.stores import Store
from tests.inbox import FROM, Inbox, inbox
from tests.ports import a_port
from tests.web.kinds import ARABIC, FILES

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "sock kettle moon"
PHONE = {"width": 320, "height": 640}


@dataclass
class Site:
    """The running site, as its visitors and as its operator reach it."""

    url: str
    var: Path
    inbox: Inbox
    """Where the letters of the site arrive."""
    cookies: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """User name -> the cookies of a sign-in kept for all tests that only look."""
    names: dict[str, str] = field(default_factory=dict)
    """What stands in addresses of pages, made once for all tests that only look."""

    @cached_property
    def store(self) -> Store:
        return stores.open_store(f"sqlite:///{self.var}/lms.db", self.var)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.store)

    @property
    def shelf(self) -> Shelf:
        return self.catalogue.shelf(now_ms())

    def publish(self, courses: Mapping[str, Mapping[str, bytes]]) -> None:
        """Publish courses, each by its name and files, and wait until the server shows them."""
        for name, files in courses.items():
            publishing.publish(self.store, name, files, date(2026, 11, 22), now_ms())
        time.sleep(1.1)  # it looks for new publications every second

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a statement finds in the site's database."""
        with self.store.read() as db:
            return [tuple(row) for row in db.exec_driver_sql(statement, values)]

    def person_id(self, username: str) -> int:
        ((person_id,),) = self.sql("select person_id from people where username = ?", username)
        assert isinstance(person_id, int)
        return person_id


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="session")
def site(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the whole run."""
    with served(tmp_path_factory.mktemp("served"), a_port()) as running:
        yield running


@dataclass
class Clock:
    """A clock that is ahead of the real one, for a server and the tests that talk to it."""

    file: Path

    def __post_init__(self) -> None:
        self.file.write_text("0")

    def forward(self, days: float) -> None:
        """Let so many days go by. The file is replaced whole: the server may be reading it."""
        new = self.file.with_name("clock-new")
        new.write_text(str(int(self.file.read_text()) + int(days * 86_400_000)))
        new.replace(self.file)

    def now_ms(self) -> int:
        return now_ms() + int(self.file.read_text())

    @property
    def environ(self) -> dict[str, str]:
        return {"TEST_CLOCK": str(self.file), "PYTHONPATH": f"{Path(__file__).parent / 'clock'}:{ROOT}"}


@contextmanager
def served(folder: Path, port: int, clock: Clock | None = None) -> Iterator[Site]:
    """`lms serve` in a folder of its own, and a mail server for it, both stopped at the end."""
    with inbox() as box:
        yield from _served(folder, port, box, clock.environ if clock else {})


def _served(folder: Path, port: int, box: Inbox, more: Mapping[str, str]) -> Iterator[Site]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environ |= {"LMS_VAR": str(folder / "var"), "LMS_DEMO_PASSWORD": PASSWORD, "LMS_WORKERS": "1"}
    environ |= {"LMS_SMTP_URL": box.url, "LMS_MAIL_FROM": FROM, "LMS_PSEUDO_LANGUAGE": "true", **more}
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "lms", "serve", "--port", str(port)],
        cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    running = Site(f"http://127.0.0.1:{port}", folder / "var", box)
    try:
        _wait_for(server, running.url, folder / "log")
        yield running
        running.store.engine.dispose()
    finally:
        server.terminate()
        server.wait(120)
        log.close()


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until it answers: making half a year of demo learning takes a while the first time."""
    until = time.monotonic() + 180
    while True:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=180):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)


@pytest.fixture(scope="session")
def kinds(site: Site) -> Shape:
    """The course of every kind on the running site, and Kira, who has done nothing in it."""
    site.publish({"kinds": FILES, "kinds-ar": ARABIC})
    people.sign_up(site.store, "Demo Kira", "kira", PASSWORD, "yes", "en", now_ms())
    return site.catalogue.shelf(now_ms() + 2_000).course("kinds")


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


Profile = Callable[..., Page]


@pytest.fixture
def profile(chromium: Browser, site: Site) -> Iterator[Profile]:
    """Make a new browser profile with one page in it: nothing is known of anybody there."""
    made: list[BrowserContext] = []

    def new(*, javascript: bool = True, dark: bool = False, worker: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site.url,
            viewport=PHONE,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            has_touch=True,
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(60_000)
        made.append(context)
        return context.new_page()

    yield new
    for context in made:
        context.close()

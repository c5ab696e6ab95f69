"""What all tests share: the stores and the browser where they are found, and the rule about skipping.

Set LMS_NOTHING_SKIPPED=true and a test that is left out fails, saying what is missing. Set LMS_CORPUS to
a folder of outside files and the tests that take the fixture `corpus` run; without it they are not collected.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from lms.content.collector import keep_for_good
from lms.services import passwords
from tests import postgres

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from playwright.sync_api import Browser

NOTHING_SKIPPED = os.environ.get("LMS_NOTHING_SKIPPED") == "true"
CORPUS = os.environ.get("LMS_CORPUS")

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

MARKED_BY = {"postgres_url": "postgres", "chromium_path": "browser"}
"""Fixture -> the mark of every test that takes it, so that `-m 'not browser'` needs no list."""

LONGEST = (
    "tests/faults/test_outbox.py",
    "tests/content/test_hostile.py",
    "tests/content/test_corpus.py",
    "tests/browser/test_pages.py",
    "tests/services/test_reports_dates.py",
    "tests/browser/test_sorting.py",
    "tests/content/test_bounds.py",
    "tests/web/test_matrix.py",
    "tests/browser/test_kinds.py",
    "tests/web/test_hostile.py",
    "tests/browser/test_journey.py",
    "tests/browser/test_offline.py",
    "tests/faults/test_kills.py",
    "tests/cli/test_serve.py",
)
"""Begun first, the longest of them before the others: no process is left alone with one at the end of a run."""

# A busy machine is slow, not wrong: laws are judged by what they say, not by how long they took.
hypothesis.settings.register_profile("steady", deadline=None, print_blob=True)
hypothesis.settings.load_profile("steady")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    places = {path: place for place, path in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        for fixture in MARKED_BY.keys() & set(fixtures):
            item.add_marker(MARKED_BY[fixture])
    if not CORPUS:
        wanting = [item for item in items if "corpus" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]


def pytest_collection_finish() -> None:
    """What is loaded stays to the end: the memory collector walked over it again and again, a sixth of a run."""
    gc.collect()
    keep_for_good()
    gc.set_threshold(10_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if NOTHING_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"left out, and nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    if NOTHING_SKIPPED and report.skipped:
        report.outcome, report.longrepr = "failed", f"left out, and nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands keep what they compiled where this run's other tests find it, and nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


_costly = passwords._hasher


@lru_cache(maxsize=1)
def _cheap() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """The same algorithm at the least cost. What it costs for real is for `costly_passwords` to test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", _cheap)
        yield


@pytest.fixture
def costly_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept and checked at what that costs a site."""
    monkeypatch.setattr(passwords, "_hasher", _costly)
    monkeypatch.setattr(passwords, "_nobodys", passwords._nobodys.__wrapped__)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of files nobody here wrote."""
    return Path(CORPUS or "")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own for the whole run; `postgres_database` gives a test its own database."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip(postgres.MISSING)
    with postgres.cluster(folder) as url:
        yield url


_numbers = itertools.count(1)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of an empty database."""
    with postgres.database(postgres_url, f"lms_test_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that Playwright drives. One that draws no windows does a page in a quarter of the time."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium is not here: on Debian it is in the package chromium-headless-shell, and in chromium")
    return found


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the whole run, as two can't be driven at once; a test takes a profile of its own from it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()

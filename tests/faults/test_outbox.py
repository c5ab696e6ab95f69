"""The outbox under 1,000 random schedules: nothing is lost, nothing doubled, and her order stays, whatever happens."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Error, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.services import stores
from tests.faults.phones import Server, life, schedule, wrong
from tests.ports import a_port
from tests.store.databases import hasty

SCHEDULES = 1_000
AT_ONCE = 50
"""Schedules played in one call."""
KILLS = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("site")
    with closing(hasty(stores.open_store(f"sqlite:///{folder}/lms.db", folder))) as store:
        made = Server(store, a_port())
        running = make_server("127.0.0.1", made.port, made, request_handler=Quiet)
        Thread(target=running.serve_forever, daemon=True).start()
        yield made
        running.shutdown()


class Quiet(WSGIRequestHandler):
    """One connection for all that a page asks, and no line for each of it."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        pass


PLAY = "async plans => { const all = []; for (const it of plans) all.push(await play(it)); return all }"


def test_whatever_happens_each_answer_gets_there_once_and_in_order(chromium, server):
    page = chromium.new_page()
    page.goto(server.url)
    for first in range(0, SCHEDULES, AT_ONCE):
        plans = [schedule(seed) for seed in range(first, first + AT_ONCE)]
        everybody = iter(server.people(2 * AT_ONCE))
        for plan in plans:
            plan |= {"people": [next(everybody), next(everybody)], "release": server.shown()}
        for plan, played in zip(plans, page.evaluate(PLAY, plans), strict=True):
            faults = wrong(plan, played, server)
            assert not faults, f"seed {plan['seed']}: {faults}\n{json.dumps([plan['acts'], played])[:9_000]}"


def test_a_phone_that_is_killed_loses_no_answer_it_said_it_had_kept(chromium, chromium_path, server, tmp_path):
    dice, people, said, deaths = random.Random(1), server.people(1), [], 0
    while deaths < KILLS:
        plan = life(dice) | {"people": people, "release": server.shown()}
        with started(chromium, chromium_path, server, tmp_path) as (program, page):
            server.told.clear()
            server.kill = partial(_kill, program)
            server.fuse, server.early = dice.randint(1, len(plan["acts"])), dice.random() < 0.3
            with suppress(Error):  # it may be dead before it has said that it began
                page.evaluate("plan => { live(plan) }", plan)
            deaths += program.wait(120) == -signal.SIGKILL
        said += [
            {"act": it, "who": 0, "kept": "yes" if it["event"]["id"] in server.told else "perhaps"}
            for it in plan["acts"]
        ]
    plan = {"people": people, "release": server.shown(), "restored": False}
    with started(chromium, chromium_path, server, tmp_path) as (_, page):
        ended = page.evaluate("plan => revive(plan)", plan)
    assert not (faults := wrong(plan, {"said": said, "ended": ended}, server)), faults


@contextmanager
def started(
    chromium: Browser, path: str, server: Server, folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Page]]:
    """A browser of the test's own that can be killed, with all that an earlier one left on the phone."""
    port = a_port()
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--remote-debugging-port={port}"]
    command = [path, *options, f"--user-data-dir={folder / 'phone'}", "about:blank"]
    program = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        driven = _driven(chromium, f"http://127.0.0.1:{port}")
        page = driven.contexts[0].new_page()
        page.goto(server.url)
        yield program, page
    finally:
        _kill(program)
        program.wait(120)


def _kill(program: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)


def _driven(chromium: Browser, address: str) -> Browser:
    """The browser at an address, once it listens there."""
    until = time.monotonic() + 180
    while True:
        try:
            return chromium.browser_type.connect_over_cdp(address)
        except Error:
            assert time.monotonic() < until
            time.sleep(0.1)

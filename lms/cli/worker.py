"""`lms worker`: does the jobs that publishing and others leave behind, one after another.

In production it runs by itself beside `lms serve`; several may run at once. A demo's `lms serve` starts it
with `--beside`: then a process that does nothing else keeps one worker going and starts another when it
dies, and both end when their standard input does, which is when the server has ended, however it did.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lms.cli import home
from lms.cli.parts import Commands, Parser, add_command, now_ms, open_site
from lms.errors import LmsError

if TYPE_CHECKING:
    from lms.services.jobs import Job

AGAIN_SECONDS = 10.0
"""A worker that died is followed by another, but not sooner than so long after it was started."""
HEAD_START_SECONDS = 1.0
"""What a server that was just started has before its first worker: people wait for pages, and nobody for a job."""
STANDARD_INPUT = 0


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "worker",
        worker,
        "do the jobs that are waiting, such as marking answers again after a publication, and send mail",
        """
        lms worker
        lms worker --once
        lms worker --list
        lms worker --again
        """,
    )
    way = command.add_mutually_exclusive_group()
    way.add_argument("--once", action="store_true", help="end when no job is due; 1 where one has failed")
    way.add_argument("--list", action="store_true", help="only show every job and what became of it")
    way.add_argument("--again", action="store_true", help="let the jobs that were left alone be tried once more")
    way.add_argument("--beside", action="store_true", help="end with standard input: so a demo's server starts it")


def worker(args: argparse.Namespace) -> int:
    if args.list:
        return _list()
    if args.again:
        return _again()
    stop = _Stop(args.beside)
    return _keep_one(stop) if args.beside else _work(stop, args.once)


def start_beside(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a worker that ends with this process and with whatever takes its place.

    It reads from a pipe whose other end stays open through exec and in every process of the server: when
    the last of them has ended, however it did, the pipe ends.
    """
    theirs, ours = os.pipe()
    command = [sys.executable, "-P", "-m", "lms", "worker", "--beside"]  # -P: no module that lies about here is run
    started = subprocess.Popen(command, stdin=theirs, env=dict(environ))  # noqa: S603 - our own arguments
    os.close(theirs)
    os.set_inheritable(ours, True)
    return started


class _Stop:
    """Told by SIGTERM, by Ctrl-C or by the end of standard input. A step that is under way is finished first."""

    def __init__(self, beside: bool, told: bool = False) -> None:
        self.told = told
        self._beside = beside
        self._parent = os.getppid()
        self._woken, wake = os.pipe()  # so that a signal just before a wait ends it too
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self._heard)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until told or a child has ended. Whether to stop."""
        heard = [self._woken, *([STANDARD_INPUT] if self._beside else [])]
        ready, _, _ = select.select(heard, [], [], 0 if self.told else seconds)
        if self._woken in ready:
            os.read(self._woken, 512)
        if STANDARD_INPUT in ready:
            self.told |= not os.read(STANDARD_INPUT, 512)
        self.told |= self._beside and os.getppid() != self._parent
        return self.told

    def _heard(self, number: int, _frame: object) -> None:
        self.told |= number != signal.SIGCHLD


def _keep_one(stop: _Stop) -> int:
    """Keep a worker going until told to stop. This process opens no database and holds next to nothing."""
    _wait(stop, time.monotonic() + HEAD_START_SECONDS)
    while not stop.wait(0):
        began, child = time.monotonic(), os.fork()
        if child == 0:
            return _work(_Stop(beside=True, told=stop.told), once=False)
        while not stop.wait(3600) and not _has_ended(child):
            pass
        if stop.wait(0):
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        else:
            _wait(stop, began + AGAIN_SECONDS)
    return 0


def _has_ended(child: int) -> bool:
    return os.waitpid(child, os.WNOHANG)[0] == child


def _wait(stop: _Stop, until: float) -> None:
    while (left := until - time.monotonic()) > 0 and not stop.wait(left):
        pass


def _work(stop: _Stop, once: bool) -> int:
    from lms.services.courses import Catalogue
    from lms.services.credentials import UNSIGNED, signer
    from lms.services.jobs import Tools
    from lms.services.smtp import post_of
    from lms.services.worker import work

    failed: list[Job] = []

    def ended(job: Job) -> None:
        print(_line(job), flush=True)
        failed.extend([job] if job.failed else [])

    def held_up(fault: LmsError) -> None:
        print(f"The database can't be written to now ({_cause(fault)}). Waiting for it.", flush=True)

    def said(what: str) -> None:
        print(what, file=sys.stderr, flush=True)

    with open_site() as (settings, store):
        by = signer(settings)
        if by is None:
            print(UNSIGNED, file=sys.stderr, flush=True)
        post = post_of(replace(settings, public_url=home.address(settings, os.environ)))
        tools = Tools(store, Catalogue(store), settings.timezone, now_ms, by, post)
        work(tools, stop.wait, ended, once, held_up, said)
    return int(once and bool(failed))


def _cause(fault: LmsError) -> str:
    """The driver's own words: those of the fault are for learners."""
    driver = getattr(fault.__cause__, "orig", None) or fault.__cause__ or fault
    return f"{type(driver).__name__}: {driver}".partition("\n")[0]


def _list() -> int:
    from lms.services.jobs import every_job

    with open_site() as (_, store):
        for job in every_job(store):
            print(_line(job))
    return 0


def _again() -> int:
    """Whichever worker is there takes them at its next look."""
    from lms.services.jobs import try_again

    with open_site() as (_, store):
        count = try_again(store, now_ms())
    print(f"{count} {'job' if count == 1 else 'jobs'} to be tried again.")
    return 0


_DONE = {"forget": "forgotten", "sign": "signed", "remind": "reminded", "roster": "added"}
"""Kind -> what it has done so often; other kinds write."""


def _line(job: Job) -> str:
    """`remark course=1 publication=2 steps=[7]: done, 3 written.`"""
    said = " ".join((job.kind, *(f"{name}={value}" for name, value in job.args.items())))
    tries = "once" if job.result.tries == 1 else f"{job.result.tries} times"
    failure = f" It failed {tries}: {job.result.failure}" if job.failed else ""
    return f"{said}: {job.state}, {job.result.count:,} {_DONE.get(job.kind, 'written')}.{failure}"

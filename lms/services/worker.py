"""What a worker does: jobs of every kind there is, one after another, and a letter that is due after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms.errors import Busy, DiskFull, LmsError
from lms.learning.days import day_of
from lms.services import adding, asking, expiry, jobs, longlists, released, remark, reminders, signing
from lms.services.badges import reissue_unknown
from lms.services.courses import REMARK
from lms.services.jobs import Job, Run, Tools, run_one
from lms.services.posting import Postman
from lms.services.throttles import HOUR_MS

KINDS: Mapping[str, Run] = {
    REMARK: remark.run,
    released.KIND: released.run,
    expiry.KIND: expiry.run,
    signing.KIND: signing.run,
    reminders.KIND: reminders.run,
    longlists.KIND: adding.run,
    asking.KIND: asking.run,
}
WAIT_SECONDS = 1.5
"""Between two looks. A look is four reads of small indexes; SQLite's gate is not asked for."""


def work(
    tools: Tools,
    wait: Callable[[float], bool],
    ended: Callable[[Job], None],
    once: bool = False,
    held_up: Callable[[LmsError], None] = lambda _: None,
    said: Callable[[str], None] = lambda _: None,
) -> None:
    """Do jobs and send letters until `wait` says to stop; with `once`, until none is due. `ended` is told of each job.

    Those of a day are asked for here, at the first look of the day, and the signing of badges where one is due. Lists
    that have waited for a day are wiped here, every hour.
    `wait` waits so many seconds and says whether to stop; it is asked with none between two steps of a job.
    A database that can't be reached now is waited for: the job it was is taken up again when its lease ends.
    `held_up` is told at the first look that found it so, `said` what is wrong with mail.
    """
    day, hour, is_held_up = 0, 0, False
    postman = Postman(tools, tools.post, said) if tools.post else None
    while not wait(0):
        try:
            day = _ask_daily(tools, day)
            hour = _wipe_hourly(tools, hour)
            if tools.signer is not None:
                signing.ask(tools)
            job = run_one(tools, KINDS, lambda: wait(0))
            sent = postman is not None and postman.send_one()
        except (Busy, DiskFull) as fault:
            if once:
                raise
            if not is_held_up:
                held_up(fault)
            job, sent, is_held_up = None, False, True
        else:
            is_held_up = False
        if job is not None:
            ended(job)
        elif not sent and (once or wait(WAIT_SECONDS)):
            return


def _ask_daily(tools: Tools, asked: int) -> int:
    """Ask for what is done once a day, on the first look of one; the day it was asked for.

    Whether a key was taken out is looked at then too: the first look after a start is one of these.
    """
    now_ms = tools.clock()
    today = day_of(now_ms, tools.zone)
    if today != asked:
        jobs.ask_of_day(tools.store, expiry.KIND, today, now_ms)
        if tools.post is not None:
            jobs.ask_of_day(tools.store, reminders.KIND, today, now_ms)
            jobs.ask_of_day(tools.store, asking.KIND, today, now_ms)
        if tools.signer is not None:
            reissue_unknown(tools.store, tools.signer.known, now_ms)
    return today


def _wipe_hourly(tools: Tools, wiped: int) -> int:
    """Forget names that have waited too long, at the first look of an hour; the hour."""
    now_ms = tools.clock()
    if now_ms // HOUR_MS != wiped:
        longlists.wipe_old(tools.store, now_ms)
    return now_ms // HOUR_MS

"""Jobs: taken by one worker at a time, gone on with after a kill, tried again later, left alone in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from lms.errors import Busy, DiskFull
from lms.services import jobs, worker
from lms.services.jobs import BACK_OFF_MS, BEAT_MS, LEASE_MS, MOST_TRIES, At, Job, State, Tools, run_one
from lms.store.tables import jobs as table
from tests.services.site import Site, at_once
from tests.store.databases import every_kind

pytestmark = every_kind


class Killed(BaseException):
    """What a process sees of kill -9: nothing. No code of ours runs after it."""


class Counting:
    """A kind of job that counts to its argument, and remembers what it did."""

    def __init__(self, during: Callable[[int], None] = lambda _: None) -> None:
        self.counted: list[int] = []
        self._during = during

    def __call__(self, _tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
        for number in range(int(at_key or 0) + 1, args["to"] + 1):
            self._during(number)
            self.counted.append(number)
            yield At(str(number), 1)


def ask(site: Site, to: int = 5, kind: str = "count") -> None:
    with site.store.write() as db:
        jobs.enqueue(db, kind, {"to": to}, site.now_ms)


def tools(site: Site) -> Tools:
    return Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms)


def do(site: Site, run: Counting, stopping: Callable[[], bool] = lambda: False) -> Job | None:
    return run_one(tools(site), {"count": run}, stopping)


def only(site: Site) -> Job:
    (job,) = jobs.every_job(site.store)
    return job


def at(number: int, act: Callable[[], Any]) -> Callable[[int], None]:
    return lambda now: act() if now == number else None


def fails(*_: object) -> None:
    raise ValueError("the kettle is empty\nand cold")


def dies(*_: object) -> None:
    raise Killed


def test_a_job_is_done_once_and_says_what_it_came_to(site: Site):
    run = Counting()
    assert do(site, run) is None
    ask(site)
    done = do(site, run)
    assert (done.state, done.at_key, done.result.count, done.due_ms) == (State.DONE, "5", 5, None)
    assert run.counted == [1, 2, 3, 4, 5]
    assert do(site, run) is None
    assert only(site) == done


def test_asked_for_twice_it_is_one_job_until_it_has_ended(site: Site):
    run = Counting()
    for _ in range(3):
        ask(site)
    assert site.count(table) == 1
    do(site, run)
    ask(site)
    assert only(site).state is State.WAITING
    do(site, run)
    assert run.counted == [1, 2, 3, 4, 5] * 2
    ask(site, to=6)
    assert site.count(table) == 2, "other arguments, another job"


def test_many_who_ask_at_once_make_one_job(site: Site):
    assert at_once([partial(ask, site)] * 8) == [None] * 8
    assert site.count(table) == 1


def test_what_breaks_leaves_no_job_behind(site: Site):
    def half() -> None:
        with site.store.write() as db:
            jobs.enqueue(db, "count", {"to": 1}, site.now_ms)
            raise KeyError("half way")

    assert isinstance(at_once([half])[0], KeyError)
    assert site.count(table) == 0


def test_of_many_workers_one_does_it(site: Site):
    runs = [Counting() for _ in range(8)]
    ask(site, to=3)
    ended = at_once([partial(do, site, run) for run in runs])
    assert sorted(run.counted for run in runs) == [[]] * 7 + [[1, 2, 3]]
    assert sorted(job is None for job in ended) == [False] + [True] * 7


def test_many_workers_share_many_jobs_and_none_is_done_twice(site: Site):
    runs = [Counting() for _ in range(4)]
    for to in range(1, 9):
        ask(site, to=to)

    def all_day(run: Counting) -> None:
        while do(site, run):
            pass

    at_once([partial(all_day, run) for run in runs])
    assert sum(sum(run.counted) for run in runs) == sum(sum(range(to + 1)) for to in range(1, 9))
    assert {job.state for job in jobs.every_job(site.store)} == {State.DONE}


def test_killed_it_is_gone_on_with_by_another_when_its_lease_is_over(site: Site):
    beats = at(3, lambda: site.later(BEAT_MS))
    ask(site)
    run = Counting(lambda number: (beats(number), at(5, dies)(number)))
    with pytest.raises(Killed):
        do(site, run)
    assert run.counted == [1, 2, 3, 4]
    again = Counting()
    assert do(site, again) is None, "its lease is not over"
    assert only(site).state is State.RUNNING
    site.later(LEASE_MS)
    done = do(site, again)
    assert again.counted == [4, 5], "from what was written down last"
    assert done.state is State.DONE
    assert done.result.failure == "Its worker stopped before it ended."


def test_a_worker_that_comes_back_late_leaves_the_job_to_whoever_has_it(site: Site):
    ask(site)
    other = Counting()

    def overtaken() -> None:
        site.later(LEASE_MS + BEAT_MS)
        assert do(site, other).state is State.DONE

    late = Counting(at(2, overtaken))
    do(site, late)
    assert late.counted == [1, 2], "it noticed at its next beat"
    assert other.counted == [1, 2, 3, 4, 5]
    assert only(site).state is State.DONE
    assert only(site).result.count == 5


def test_beats_keep_a_long_job_with_its_worker(site: Site):
    other = Counting()

    def slow(_: int) -> None:
        site.later(LEASE_MS // 2)
        assert do(site, other) is None

    ask(site)
    assert do(site, Counting(slow)).state is State.DONE
    assert other.counted == []


def test_one_that_fails_is_tried_again_later_each_time_and_says_why(site: Site):
    ask(site)
    broken = Counting(at(3, fails))
    waits, first_ms = [], site.now_ms
    for tries in range(1, MOST_TRIES):
        job = do(site, broken)
        assert (job.state, job.at_key, job.result.tries) == (State.WAITING, "2", tries)
        assert job.result.failure == "ValueError: the kettle is empty"
        assert do(site, broken) is None
        waits.append(job.due_ms - site.now_ms)
        site.later(waits[-1])
    assert waits == [BACK_OFF_MS * 2**no for no in range(MOST_TRIES - 1)]
    job = do(site, broken)
    assert (job.state, job.due_ms, job.failed) == (State.FAILED, None, True)
    assert [it.result.since_ms for it in jobs.left_alone(site.store)] == [first_ms]
    assert broken.counted == [1, 2]
    site.later(365 * 86_400_000)
    assert do(site, broken) is None
    ask(site)
    assert do(site, Counting()).state is State.DONE, "asked for anew"


def test_one_that_gets_further_each_time_is_never_left_alone(site: Site):
    ask(site, to=20)
    run = Counting()
    for number in range(2, 20):
        run._during = at(number, fails)
        assert do(site, run).result.tries == 1
        site.later(BACK_OFF_MS)
    run._during = lambda _: None
    assert do(site, run).state is State.DONE
    assert run.counted == list(range(1, 21))


def test_one_that_kills_its_worker_each_time_is_left_alone_too(site: Site):
    ask(site)
    deadly = Counting(dies)
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            do(site, deadly)
        site.later(LEASE_MS)
    left_alone = do(site, deadly)
    assert (left_alone.state, left_alone.failed) == (State.FAILED, True), "so that somebody reads it"
    assert only(site) == left_alone
    assert do(site, deadly) is None


def test_what_was_left_alone_goes_on_when_it_is_asked_to(site: Site):
    ask(site)
    broken = Counting(at(3, fails))
    while do(site, broken).state is not State.FAILED:
        site.later(BACK_OFF_MS * 2**MOST_TRIES)
    ask(site, to=1)
    assert jobs.try_again(site.store, site.now_ms) == 1
    assert jobs.try_again(site.store, site.now_ms) == 0
    mended = Counting()
    ended = [do(site, mended), do(site, mended)]
    assert {(job.args["to"], job.state, job.result.count) for job in ended} == {(1, State.DONE, 1), (5, State.DONE, 5)}
    assert sorted(mended.counted) == [1, 3, 4, 5]


def test_what_a_clock_that_was_wrong_put_off_is_done_when_it_is_right_again(site: Site):
    """A year ahead, one was asked for, one failed, and the worker of a third was killed."""
    right_ms = site.now_ms
    site.later(365 * 86_400_000)
    ask(site, to=3)
    with pytest.raises(Killed):
        do(site, Counting(dies))
    ask(site, to=2)
    do(site, Counting(fails))
    ask(site, to=1)
    site.now_ms = right_ms
    run = Counting()
    ended = [do(site, run) for _ in range(3)]
    assert [job.state for job in ended] == [State.DONE] * 3
    assert do(site, run) is None


def test_a_job_that_is_asked_for_once_never_begins_anew(site: Site):
    def asked() -> None:
        with site.store.write() as db:
            jobs.enqueue_once(db, "count", {"to": 2}, site.now_ms)

    run = Counting()
    assert at_once([asked] * 4) == [None] * 4
    assert do(site, run).state is State.DONE
    asked()
    assert do(site, run) is None
    assert run.counted == [1, 2]


def test_told_to_stop_it_finishes_the_step_and_gives_the_job_back_at_once(site: Site):
    ask(site)
    run = Counting()
    job = do(site, run, stopping=lambda: len(run.counted) == 2)
    assert (job.state, job.at_key, job.result.tries, job.failed) == (State.WAITING, "2", 0, False)
    assert do(site, run).state is State.DONE
    assert run.counted == [1, 2, 3, 4, 5]


def now(site: Site, run: Counting, to: int = 5) -> Job | None:
    return jobs.run_now(tools(site), "count", {"to": to}, run)


def test_whoever_waits_for_a_job_does_it_at_once_even_before_it_is_due(site: Site):
    run = Counting()
    assert now(site, run) is None, "nobody asked for it"
    with site.store.write() as db:
        jobs.enqueue(db, "count", {"to": 5}, site.now_ms + 5_000)
    assert now(site, run).state is State.DONE
    assert now(site, run) is None
    site.later(5_000)
    assert do(site, run) is None
    assert run.counted == [1, 2, 3, 4, 5]


def test_a_worker_leaves_a_job_that_somebody_waits_for(site: Site):
    ask(site)
    waiting = Counting()

    def taken_over() -> None:
        assert now(site, waiting).state is State.DONE
        site.later(BEAT_MS)

    working_on = Counting(at(2, taken_over))
    do(site, working_on)
    assert working_on.counted == [1, 2], "it noticed at its next beat"
    assert waiting.counted == [1, 2, 3, 4, 5]
    assert (only(site).state, only(site).result.failure) == (State.DONE, "")


def test_one_that_was_left_alone_is_done_when_somebody_waits_for_it(site: Site):
    ask(site)
    broken = Counting(at(3, fails))
    for _ in range(MOST_TRIES):
        site.later(365 * 86_400_000)
        do(site, broken)
    assert only(site).state is State.FAILED
    job = now(site, broken)
    assert (job.state, job.failed, job.result.tries) == (State.WAITING, True, 1)
    assert now(site, Counting()).state is State.DONE
    assert only(site).result.count == 5


def test_many_who_wait_for_one_job_all_come_to_an_end(site: Site):
    runs = [Counting() for _ in range(4)]
    ask(site)
    ended = at_once([partial(now, site, run) for run in runs])
    assert not [it for it in ended if isinstance(it, BaseException)]
    assert only(site).state is State.DONE
    assert [1, 2, 3, 4, 5] in [run.counted for run in runs]


def test_what_is_due_longest_comes_first_and_a_kind_nobody_knows_waits(site: Site):
    ask(site, kind="from-tomorrow")
    site.later(1)
    ask(site, to=2)
    site.later(1)
    ask(site, to=1)
    run = Counting()
    for _ in range(3):
        do(site, run)
    assert run.counted == [1, 2, 1]
    waiting = [job.kind for job in jobs.every_job(site.store) if job.state is State.WAITING]
    assert waiting == ["from-tomorrow"]


def test_a_failure_says_nothing_of_what_a_statement_was_given(site: Site):
    from sqlalchemy import text

    def asks(*_: object) -> None:
        with site.store.read() as db:
            db.execute(text("SELECT :words FROM no_such_table"), {"words": "her secret"})

    ask(site)
    failure = do(site, Counting(asks)).result.failure
    assert "no_such_table" in failure
    assert "her secret" not in failure


# --- the worker -----------------------------------------------------------------------------------------


def working(site: Site, run: Counting, monkeypatch, once: bool = True, wait=lambda _: False) -> list[Job]:
    ended: list[Job] = []
    monkeypatch.setattr(worker, "KINDS", {"count": run})
    worker.work(tools(site), wait, ended.append, once, no_trouble)
    return ended


def no_trouble(fault: Exception) -> None:
    raise fault


def test_a_worker_that_works_once_does_all_that_is_due_and_ends(site: Site, monkeypatch):
    for to in (1, 2, 3):
        ask(site, to=to)
    ended = working(site, Counting(), monkeypatch)
    assert [job.state for job in ended] == [State.DONE] * 3


def test_a_worker_waits_for_jobs_and_stops_when_it_is_told(site: Site, monkeypatch):
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.extend([seconds] if seconds else [])
        if len(waited) == 2 and seconds:
            ask(site, to=2)
        return len(waited) == 4

    run = Counting()
    working(site, run, monkeypatch, once=False, wait=wait)
    assert run.counted == [1, 2]
    assert waited == [worker.WAIT_SECONDS] * 4


@pytest.mark.parametrize("trouble", [Busy, DiskFull])
def test_a_worker_outlives_a_database_that_takes_no_writes(site: Site, monkeypatch, trouble):
    ask(site, to=2)
    troubles = iter([trouble(), trouble()])
    take = jobs._Lease.take

    def troubled(lease: Any, now_ms: int) -> bool:
        for each in troubles:
            raise each
        return take(lease, now_ms)

    monkeypatch.setattr(jobs._Lease, "take", troubled)
    ended: list[Job] = []
    monkeypatch.setattr(worker, "KINDS", {"count": Counting()})
    told: list[Exception] = []
    worker.work(tools(site), lambda _: bool(ended), ended.append, held_up=told.append)
    assert [job.state for job in ended] == [State.DONE]
    assert [type(fault) for fault in told] == [trouble], "it says so once"


def test_looking_for_jobs_asks_for_no_gate(site: Site):
    """Whoever writes meanwhile is not held up, and holds nobody up."""
    with site.store.write():
        assert at_once([partial(do, site, Counting())]) == [None]

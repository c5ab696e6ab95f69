"""Forgetting what has expired, on every kind of database."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import select

from lms.cli import serve
from lms.errors import DiskFull, NotFound, Refused
from lms.learning.days import day_of
from lms.learning.people import Role, ScopeKind
from lms.services import codes, expiry, jobs, people, throttles, worker
from lms.services.jobs import Job, State, Tools
from lms.services.people import Token
from lms.services.stores import open_store
from lms.settings import Mode, Settings
from lms.store import handles as handle_rows
from lms.store.tables import handles, sign_ins
from lms.store.tables import throttles as throttle_rows
from tests.services.site import ADDRESS, SECRET, Site, at_once
from tests.store.databases import NOW_MS, every_kind

DAY_MS, MINUTE_MS = 86_400_000, 60_000


def forget(site: Site) -> None:
    expiry.forget_expired(site.store, site.now_ms)


def sign_in(site: Site, person_id: int) -> Token:
    with site.store.write() as db:
        return people.sign_in_here(db, person_id, site.now_ms)


def kinds(site: Site) -> list[str]:
    with site.store.read() as db:
        return sorted(db.execute(select(handles.c.kind).where(handles.c.expires_ms.is_not(None))).scalars())


@every_kind
def test_sign_ins_that_have_expired_go_and_live_ones_stay(site: Site):
    lena, mira = site.person("Lena"), site.person("Mira")
    site.later(10 * DAY_MS)
    live = sign_in(site, lena.person_id)
    site.later(20 * DAY_MS)
    forget(site)
    assert len(site.rows(sign_ins, lena)) == 1
    assert site.rows(sign_ins, mira) == []
    assert people.signed_in(site.store, live.person_id, live.secret, site.now_ms)


@every_kind
def test_old_codes_and_invitations_go_and_live_ones_work(site: Site):
    ada = site.administrator()
    lena = site.person("Lena")
    invite = partial(codes.invite, site.store, Role.FUNDER, ScopeKind.SITE, 0, None)
    old, _ = invite(site.now_ms), site.later(7 * DAY_MS - MINUTE_MS)
    codes.use_code(site.store, codes.give_code(site.store, ada, lena.public_id, site.now_ms)[1], ADDRESS, site.now_ms)
    new, _ = invite(site.now_ms), site.later(MINUTE_MS)
    assert kinds(site) == ["by-code", "invite", "invite", "sign-in-code"]
    forget(site)
    assert kinds(site) == ["by-code", "invite", "sign-in-code"]
    site.later(30 * MINUTE_MS)
    forget(site)
    assert kinds(site) == ["invite"]
    assert codes.look_at_invite(site.store, new, site.now_ms)
    with pytest.raises(NotFound, match="more than a week old"):
        codes.look_at_invite(site.store, old, site.now_ms)


@every_kind
def test_user_names_and_public_ids_never_expire(site: Site):
    token = people.sign_up(site.store, "Lena", "lena", "three words you like", "yes", "en", site.now_ms)
    site.later(10_000 * DAY_MS)
    forget(site)
    again = people.sign_in(site.store, "lena", "three words you like", ADDRESS, site.now_ms)
    assert again.person_id == token.person_id
    with site.store.read() as db:
        assert handle_rows.find(db, "username", "lena")


@every_kind
def test_wrong_tries_go_when_they_count_no_more(site: Site):
    for number in range(5):
        throttles.guess(site.store, f"person {number}", f"192.0.2.{number}", site.now_ms, lambda: False)
    site.later(50 * MINUTE_MS)
    throttles.guess(site.store, "lena", ADDRESS, site.now_ms, lambda: False)
    forget(site)
    assert site.count(throttle_rows) == 12
    site.later(10 * MINUTE_MS + 1)
    forget(site)
    assert site.count(throttle_rows) == 2


@every_kind
def test_a_great_many_are_forgotten_a_few_at_a_time(site: Site, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 3)
    lena, *_others = [site.person(f"Lena {number}") for number in range(10)]
    for number in range(10):
        throttles.guess(site.store, f"person {number}", f"192.0.2.{number}", site.now_ms, lambda: False)
        with site.store.write() as db:
            handle_rows.add(db, "sign-in-code", f"code {number}", lena.person_id, site.now_ms, site.now_ms + 1)
    site.later(30 * DAY_MS)
    forget(site)
    assert (site.count(sign_ins), site.count(throttle_rows), kinds(site)) == (0, 0, [])


def test_a_start_is_not_held_up_by_very_many_the_rest_goes_at_the_next(site: Site, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 3)
    monkeypatch.setattr(expiry, "MOST_BATCHES", 2)
    for number in range(10):
        site.person(f"Lena {number}")
    site.later(30 * DAY_MS)
    left = []
    for _ in range(2):
        forget(site)
        left.append(site.count(sign_ins))
    assert left == [4, 0]


# --- every day ------------------------------------------------------------------------------------------


def tools(site: Site) -> Tools:
    return Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms)


def work(site: Site) -> list[Job]:
    """A worker starts, does all there is and ends; what it told."""
    ended: list[Job] = []
    worker.work(tools(site), lambda _: False, ended.append, True, no_trouble)
    return [job for job in ended if job.kind == expiry.KIND]


def no_trouble(fault: Exception) -> None:
    raise fault


def days(site: Site) -> list[int]:
    return [job.args["day"] for job in jobs.every_job(site.store) if job.kind == expiry.KIND]


@every_kind
def test_a_worker_forgets_what_has_expired_once_a_day(site: Site):
    people_ = [site.person(f"Lena {number}") for number in range(3)]
    site.later(30 * DAY_MS)
    today = day_of(site.now_ms, site.zone)
    (job,) = work(site)
    assert (job.args, job.state, job.result.count) == ({"day": today}, State.DONE, 3)
    assert site.count(sign_ins) == 0
    assert work(site) == [], "it was done today"
    sign_in(site, people_[0].person_id)
    site.later(30 * DAY_MS)
    (job,) = work(site)
    assert job.result.count == 1
    assert days(site) == [day_of(site.now_ms, site.zone)], "of earlier days nothing is left"


@every_kind
def test_many_workers_that_start_at_once_do_it_once(site: Site):
    for number in range(5):
        site.person(f"Lena {number}")
    site.later(30 * DAY_MS)
    ended = at_once([partial(work, site)] * 6)
    assert [job.result.count for told in ended for job in told] == [5]
    assert len(days(site)) == 1


def test_a_worker_that_goes_on_for_days_does_it_on_each(site: Site):
    ended: list[Job] = []

    def wait(seconds: float) -> bool:
        if seconds:
            site.later(DAY_MS // 4)
        return len(ended) == 3

    worker.work(tools(site), wait, ended.append, held_up=no_trouble)
    assert [job.args["day"] for job in ended] == [20261121, 20261122, 20261123]


@every_kind
def test_forgetting_that_was_killed_is_gone_on_with(site: Site, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    for number in range(5):
        site.person(f"Lena {number}")
    site.later(30 * DAY_MS)
    jobs.ask_of_day(site.store, expiry.KIND, 20261221, site.now_ms)
    killed = expiry.run(tools(site), {"day": 20261221}, "")
    assert [next(killed).count, next(killed).count] == [2, 2]
    killed.close()
    assert site.count(sign_ins) == 1
    (job,) = work(site)
    assert (job.state, job.result.count, site.count(sign_ins)) == (State.DONE, 1, 0)


def test_a_full_disk_is_said_and_another_day_forgets_it_too(site: Site, monkeypatch):
    def full(*_: object) -> None:
        raise DiskFull

    site.person()
    site.later(30 * DAY_MS)
    with monkeypatch.context() as broken:
        broken.setattr(expiry, "_forget", full)
        (job,) = work(site)
    assert (job.state, job.failed) == (State.WAITING, True)
    assert job.result.failure.startswith("DiskFull")
    site.later(DAY_MS)
    assert [job.state for job in work(site)] == [State.DONE, State.DONE]
    assert site.count(sign_ins) == 0


@every_kind
def test_forgetting_while_people_come_disturbs_nobody(site: Site):
    people_ = [site.person(f"Lena {number}") for number in range(6)]
    for number in range(20):
        throttles.guess(site.store, f"person {number}", ADDRESS, site.now_ms, lambda: False)
    site.later(30 * DAY_MS)

    def come(number: int) -> bool:
        sign_in(site, people_[number].person_id)
        return throttles.guess(site.store, f"person {number}", ADDRESS, site.now_ms, lambda: True)

    came = at_once([partial(forget, site), *(partial(come, number) for number in range(6)), partial(forget, site)])
    assert came == [None, *[True] * 6, None]
    assert site.count(sign_ins) == 6
    assert site.count(throttle_rows) == 0


def test_twice_is_once(site: Site):
    site.person()
    site.later(30 * DAY_MS)
    forget(site)
    forget(site)
    assert site.count(sign_ins) == 0


def test_a_site_with_a_full_disk_still_starts(site: Site, monkeypatch):
    def full(*_: object) -> None:
        raise DiskFull

    monkeypatch.setattr(expiry, "_forget", full)
    site.person()
    site.later(30 * DAY_MS)
    forget(site)
    assert site.count(sign_ins) == 1


def test_her_own_old_sign_ins_go_when_she_signs_in(site: Site):
    lena, mira = site.person("Lena"), site.person("Mira")
    site.later(30 * DAY_MS)
    sign_in(site, lena.person_id)
    assert len(site.rows(sign_ins, lena)) == len(site.rows(sign_ins, mira)) == 1


def test_what_is_forgotten_is_told_like_what_never_was(site: Site):
    ada, lena = site.administrator(), site.person()
    code = codes.give_code(site.store, ada, lena.public_id, site.now_ms)[1]
    site.later(31 * MINUTE_MS)
    said = []
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            codes.use_code(site.store, code, ADDRESS, site.now_ms)
        said.append(refused.value.sentence)
        forget(site)
    assert len(set(said)) == 1


def test_a_site_forgets_when_it_starts(tmp_path):
    settings = Settings(
        var=tmp_path, database_url=f"sqlite:///{tmp_path}/lms.db", secret_key=SECRET, mode=Mode.PRODUCTION
    )
    with closing(open_store(settings.database_url, tmp_path)) as store:
        serve._fill(store, settings, {})
        site = Site(store, now_ms=NOW_MS - 400 * DAY_MS)
        site.person()
        serve._fill(store, settings, {})
        assert site.count(sign_ins) == 0

"""Throttles on guessing: a wait that grows to a minute and never locks anybody out."""

from __future__ import annotations

from functools import partial

import pytest

from lms.errors import Refused, TooManyTries
from lms.services import people, throttles
from lms.services.throttles import delay_ms
from lms.store.tables import throttles as table
from tests.services.site import ADDRESS, Site, at_once

WORDS = "three words you like"
SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000


def fail(site: Site, account: str = "lena", address: str = ADDRESS, times: int = 1) -> None:
    for _ in range(times):
        throttles.failed(site.store, account, address, site.now_ms)
        site.later(1)


def wait(site: Site, account: str = "lena", address: str = ADDRESS) -> int:
    """Seconds to wait; 0 for none."""
    try:
        throttles.check(site.store, account, address, site.now_ms)
    except TooManyTries as throttled:
        return throttled.wait
    return 0


def test_the_wait_doubles_after_five_free_failures_up_to_a_minute():
    waits = [delay_ms(failures) // SECOND_MS for failures in range(14)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert delay_ms(10**9) == MINUTE_MS


def test_five_failures_are_free_and_then_each_waits_longer(site: Site):
    waits = []
    for _ in range(12):
        fail(site)
        waits.append(wait(site))
        site.later(waits[-1] * SECOND_MS)
        assert wait(site) == 0, "after the wait one may try"
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_it_is_never_a_lock_out(site: Site):
    fail(site, times=90)
    assert 0 < wait(site) <= 60
    site.later(MINUTE_MS)
    assert wait(site) == 0


def test_after_an_hour_an_old_failure_counts_no_more(site: Site):
    fail(site, times=8)
    site.later(HOUR_MS)
    fail(site)
    assert wait(site) == 0


def test_one_account_does_not_make_another_wait(site: Site):
    fail(site, times=20)
    assert wait(site, "mira") == 0


def test_an_address_may_fail_a_hundred_times_in_ten_minutes_whoever_is_tried(site: Site):
    for number in range(100):
        assert wait(site, f"person {number}") == 0
        fail(site, f"person {number}")
    assert wait(site, "somebody else") == 60
    assert wait(site, "somebody else", "198.51.100.9") == 0
    site.later(10 * MINUTE_MS)
    assert wait(site, "somebody else") == 0


def test_signing_in_counts_failures_and_forgets_them_after_a_success(site: Site):
    people.sign_up(site.store, "Lena", "lena", WORDS, "yes", "en", site.now_ms)
    for _ in range(5):
        with pytest.raises(Refused):
            people.sign_in(site.store, "lena", "wrong words", ADDRESS, site.now_ms)
    with pytest.raises(TooManyTries):
        people.sign_in(site.store, "lena", WORDS, ADDRESS, site.now_ms)
    site.later(SECOND_MS)
    people.sign_in(site.store, "lena", WORDS, ADDRESS, site.now_ms)
    with pytest.raises(Refused):
        people.sign_in(site.store, "lena", "wrong words", ADDRESS, site.now_ms)


def test_a_name_nobody_has_is_throttled_like_any_other(site: Site):
    for _ in range(5):
        with pytest.raises(Refused):
            people.sign_in(site.store, "nobody", "wrong words", ADDRESS, site.now_ms)
    with pytest.raises(TooManyTries):
        people.sign_in(site.store, "NOBODY", "wrong words", ADDRESS, site.now_ms)


def test_a_name_typed_like_another_throttle_does_not_touch_it(site: Site):
    for _ in range(6):
        with pytest.raises((Refused, TooManyTries)):
            people.sign_in(site.store, f"join|{ADDRESS}", "wrong words", ADDRESS, site.now_ms)
    assert wait(site, f"join|{ADDRESS}") == 0


def test_failures_at_the_same_moment_are_all_counted(site: Site):
    at_once([partial(throttles.failed, site.store, "lena", ADDRESS, site.now_ms)] * 10)
    assert wait(site) == 32


def test_what_no_longer_counts_is_not_kept(site: Site):
    fail(site, times=30)
    site.later(HOUR_MS + 1)
    fail(site)
    assert site.count(table) == 2

"""Throttles on guessing: a wait that grows to a minute and never locks anybody out."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Barrier

import pytest

from lms.errors import Refused, TooManyTries
from lms.services import people, throttles, ways_in
from lms.services.throttles import delay_ms, home_of
from lms.store import handles
from lms.store.tables import throttles as table
from tests.services.site import ADDRESS, Site, at_once
from tests.store.databases import every_kind

WORDS = "three words you like"
SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000


def fail(site: Site, account: str = "lena", address: str = ADDRESS, times: int = 1) -> None:
    """Wrong guesses as they are kept, also more of them than would be let through."""
    for _ in range(times):
        with site.store.write() as db:
            handles.count_try(db, handles.key_hash("tries", account), site.now_ms)
            throttles.count_wrong(db, address, site.now_ms)
        site.later(1)


def guess(site: Site, account: str = "lena", *, right: bool = False, address: str = ADDRESS) -> bool:
    return throttles.guess(site.store, account, address, site.now_ms, lambda: right)


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
    at_once([partial(fail, site)] * 10)
    assert wait(site) == 32


def test_what_no_longer_counts_is_not_kept(site: Site):
    fail(site, times=30)
    site.later(HOUR_MS + 1)
    guess(site)
    assert site.count(table) == 2


def test_of_twenty_wrong_passwords_at_once_five_are_looked_at(site: Site):
    people.sign_up(site.store, "Lena", "lena", WORDS, "yes", "en", site.now_ms)
    came = at_once([partial(people.sign_in, site.store, "lena", "wrong words", ADDRESS, site.now_ms)] * 20)
    assert Counter(map(type, came)) == {Refused: throttles.FREE, TooManyTries: 20 - throttles.FREE}
    site.later(SECOND_MS)
    assert people.sign_in(site.store, "lena", WORDS, ADDRESS, site.now_ms)


def test_of_twenty_guesses_at_a_password_while_changing_it_five_are_looked_at(site: Site):
    token = people.sign_up(site.store, "Lena", "lena", WORDS, "yes", "en", site.now_ms)
    lena = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    change = partial(ways_in.change_password, site.store, lena, token.secret)
    came = at_once([partial(change, "wrong words", "three other words", ADDRESS, site.now_ms)] * 20)
    assert Counter(map(type, came)) == {Refused: throttles.FREE, TooManyTries: 20 - throttles.FREE}
    site.later(SECOND_MS)
    assert change(WORDS, "three other words", ADDRESS, site.now_ms)
    assert guess(site, "username|lena") is False, "and she begins afresh"


@every_kind
def test_twenty_guesses_of_twenty_processes_at_once_are_counted_before_they_are_looked_at(site: Site):
    """Within one process they take turns; here they come to the database together, as from many."""
    ready = Barrier(20)

    def begin() -> None:
        ready.wait()
        throttles._begin(site.store, "lena", ADDRESS, site.now_ms)

    came = at_once([begin] * 20)
    let_in = came.count(None)
    assert let_in == throttles.FREE
    assert [type(it) for it in came if it is not None] == [TooManyTries] * 15


def test_a_guess_that_must_wait_is_not_looked_at_and_not_counted(site: Site):
    fail(site, times=6)
    for _ in range(10):
        with pytest.raises(TooManyTries):
            throttles.guess(site.store, "lena", ADDRESS, site.now_ms, lambda: pytest.fail("looked at"))
    site.later(2 * SECOND_MS)
    assert guess(site, right=True)


def test_a_right_guess_after_a_few_wrong_ones_is_let_in_at_once_and_begins_afresh(site: Site):
    for _ in range(3):
        assert [guess(site, right=right) for right in (False, False, False, False, True)] == [False] * 4 + [True]
    assert site.count(table) == 1, "only what the address had wrong"


def test_many_right_ones_at_once_are_all_let_in(site: Site):
    """Such as a training where everyone signs in as the same demo person."""
    assert at_once([partial(guess, site, right=True)] * 20) == [True] * 20


def test_a_club_that_signs_in_all_at_once_takes_nothing_from_its_address(site: Site):
    fail(site, "somebody", times=throttles.ADDRESS_TRIES - 1)
    came = at_once([partial(guess, site, f"person {number}", right=True) for number in range(40)])
    assert came == [True] * 40
    assert guess(site, "somebody else") is False, "the hundredth wrong one"
    with pytest.raises(TooManyTries):
        guess(site, "somebody else")


def test_guesses_at_many_accounts_at_once_are_held_by_the_address(site: Site):
    fail(site, "somebody", times=throttles.ADDRESS_TRIES - 1)
    came = at_once([partial(guess, site, f"person {number}") for number in range(20)])
    assert Counter(map(type, came))[bool] <= 2, "as many as are looked at in one moment"


def test_a_worker_whose_clock_is_a_little_ahead_makes_nobody_wait(site: Site):
    fail(site, times=4)
    site.later(-1_000)
    assert guess(site, right=True)


def test_a_clock_that_was_put_back_locks_nobody_out(site: Site):
    site.later(24 * HOUR_MS)
    fail(site, times=90)
    site.later(-24 * HOUR_MS)
    assert guess(site, right=True)
    fail(site, times=90)
    site.later(-30_000)
    assert 0 < wait(site) <= 60
    site.later(2 * MINUTE_MS)
    assert wait(site) == 0


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("2001:db8:1:3:aaaa::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_an_address_is_counted_by_the_household_it_belongs_to(address: str, home: str):
    assert home_of(address) == home


def test_another_device_address_of_the_same_household_is_no_way_round(site: Site):
    for number in range(throttles.ADDRESS_TRIES):
        fail(site, f"person {number}", f"2001:db8::{number:x}")
    assert wait(site, "somebody else", "2001:db8::ffff") == 60
    assert wait(site, "somebody else", "2001:db8:0:1::1") == 0

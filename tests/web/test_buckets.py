"""Buckets of tokens: what one key may take in a while, in memory of a known size."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from lms.web.buckets import Buckets, Limits
from tests.services.site import at_once

sizes = st.integers(1, 20)
token_mss = st.integers(1, 5_000)
comings = st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5)), max_size=60)
"""How long after the one before somebody comes, and how many tokens she wants."""


def took(bucket: Buckets, times: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The instants and tokens of those who were let in."""
    return [(at, tokens) for at, tokens in times if bucket.take("lena", at, tokens) == 0]


def clock(comes: list[tuple[int, int]], start: int = 0) -> list[tuple[int, int]]:
    times = []
    for later, tokens in comes:
        start += later
        times.append((start, tokens))
    return times


@given(sizes, token_mss, comings)
def test_no_stretch_of_time_gives_more_than_the_bucket_and_what_came_back_in_it(size, token_ms, comes):
    let_in = took(Buckets(size, token_ms), clock(comes))
    for begin, (since, _) in enumerate(let_in):
        for end, (until, _) in enumerate(let_in[begin:], begin):
            tokens = sum(taken for _, taken in let_in[begin : end + 1])
            assert tokens <= size + (until - since) / token_ms


@given(sizes, token_mss, st.integers(1, 50))
def test_who_comes_no_oftener_than_tokens_come_back_never_waits(size, token_ms, times):
    bucket = Buckets(size, token_ms)
    assert [bucket.take("lena", number * token_ms) for number in range(times)] == [0] * times


@given(sizes, token_mss, comings)
def test_who_waits_as_long_as_she_is_told_is_let_in_and_not_a_second_sooner(size, token_ms, comes):
    bucket = Buckets(size, token_ms)
    for at, tokens in clock(comes):
        wait = bucket.take("lena", at, min(tokens, size))
        if wait:
            assert bucket.take("lena", at + (wait - 1) * 1000, min(tokens, size)) > 0
            assert bucket.take("lena", at + wait * 1000, min(tokens, size)) == 0
            return


@given(sizes, token_mss, comings)
def test_what_is_given_back_was_never_taken(size, token_ms, comes):
    bucket, plain = Buckets(size, token_ms), Buckets(size, token_ms)
    for at, tokens in clock(comes):
        if bucket.take("lena", at) == 0:
            bucket.give_back("lena")
        assert bucket.take("lena", at, tokens) == plain.take("lena", at, tokens)


@given(sizes, token_mss, comings, st.integers(0, 10**9))
def test_a_clock_put_back_makes_nobody_wait_longer_than_an_empty_bucket(size, token_ms, comes, back):
    bucket = Buckets(size, token_ms)
    times = clock(comes, start=10**9)
    took(bucket, times)
    assert bucket.take("lena", (times[-1][0] if times else 10**9) - back) <= -(-token_ms // 1000)


@given(sizes, token_mss, comings)
def test_one_key_takes_nothing_from_another(size, token_ms, comes):
    bucket = Buckets(size, token_ms)
    took(bucket, clock(comes))
    assert bucket.take("mira", 0, size) == 0


@given(st.integers(1, 10), st.lists(st.integers(0, 30), max_size=100))
def test_no_more_keys_are_remembered_than_there_is_room_for_and_the_newest_are(most, keys):
    bucket = Buckets(1, 10_000, most=most)
    for key in keys:
        bucket.take(key, 0)
        assert len(bucket) <= most
    let_in = dict.fromkeys(keys[-1:])
    assert all(bucket.take(key, 0) > 0 for key in let_in)


def test_of_many_threads_at_once_no_more_are_let_in_than_there_are_tokens():
    bucket = Buckets(7, 60_000)
    came = at_once([partial(bucket.take, "lena", 1_000)] * 40)
    assert came.count(0) == 7


def test_a_whole_batch_fits_into_the_smallest_bucket_it_is_taken_from():
    """Else it could never be sent."""
    assert Limits().events.take("lena", 0, 200) == 0

"""The digits of an app: RFC 6238's own examples, a clock that is a little wrong, and nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.totp import STEP_MS, address_of, digits, spelled, step_of

KEY = b"12345678901234567890"
SPECIMENS = [  # RFC 6238, appendix B, SHA-1
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("second", "shown"), SPECIMENS)
def test_the_digits_are_those_of_the_standard(second, shown):
    assert digits(KEY, second * 1000 // STEP_MS, 8) == shown
    assert digits(KEY, second * 1000 // STEP_MS) == shown[2:]


@given(st.binary(min_size=20, max_size=20), st.integers(10**6, 10**8), st.integers(-3, 3))
def test_a_clock_may_be_half_a_minute_wrong_and_no_more(key, step, off):
    found = step_of(key, digits(key, step + off), step * STEP_MS + 7, 0)
    near = {digits(key, step + beside) for beside in (-1, 0, 1)}
    assert (found is not None) is (digits(key, step + off) in near)


@given(st.integers(10**6, 10**8))
def test_what_was_used_is_used(step):
    typed = digits(KEY, step)
    used = step_of(KEY, typed, step * STEP_MS, 0)
    assert used is not None
    assert step_of(KEY, typed, step * STEP_MS, step) is None


def test_it_may_be_typed_as_apps_show_it():
    typed = digits(KEY, 40_000_000)
    assert step_of(KEY, f" {typed[:3]} {typed[3:]}\n", 40_000_000 * STEP_MS, 0) == 40_000_000
    for wrong in ("", "000000"[: 6 - len(typed)], "٣٤٥٦٧٨", "\udce9", typed[:5]):
        assert step_of(KEY, wrong, 40_000_000 * STEP_MS, 0) is None


def test_an_app_reads_the_key_the_site_and_who_it_is_for():
    assert spelled(KEY).replace(" ", "") == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert address_of(KEY, "Learn at home", "ada") == (
        "otpauth://totp/Learn%20at%20home:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Learn%20at%20home"
    )

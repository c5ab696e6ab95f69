"""Figures and dates in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import ip_network

import pytest

from lms.settings import LONDON
from lms.web import saying, words
from lms.web.catalogues import Tongue
from lms.web.proxies import believed


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2026-11-22T12:00:00")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (None, "Not yet"),
        ("2026-11-22T00:30:00", "Today"),
        ("2026-11-21T23:59:00", "Yesterday"),
        ("2026-11-17T10:00:00", "Tuesday"),
        ("2026-11-16T10:00:00", "Monday"),
        ("2026-11-15T10:00:00", "15 Nov"),
        ("2025-12-31T10:00:00", "31 Dec 2025"),
        ("2026-11-23T10:00:00", "Today"),
    ],
)
def test_when_somebody_was_last_here(at, said):
    assert words.last_here(at and ms(at), NOW, LONDON) == said


def test_the_day_somebody_was_last_here_is_said_in_the_language_of_the_words():
    welsh = saying.Speech(Tongue("cy", "cy"), "cy")
    said = [
        words.last_here(ms(at), NOW, LONDON).piece(welsh)[0] for at in ("2026-11-17T10:00:00", "2025-12-31T10:00:00")
    ]
    assert said == ["Dydd Mawrth", "31 Rhag 2025"]


def test_summer_nights_belong_to_the_next_day():
    assert words.day_of(ms("2026-07-01T23:30:00"), LONDON).isoformat() == "2026-07-02"


@pytest.mark.parametrize(
    ("nbytes", "said"),
    [
        (0, "1 kB"),
        (1, "1 kB"),
        (37_001, "38 kB"),
        (999_000, "999 kB"),
        (1_000_000, "1.0 MB"),
        (1_000_001, "1.1 MB"),
        (12_340_000, "12.4 MB"),
    ],
)
def test_data_is_never_promised_too_low(nbytes, said):
    assert words.data(nbytes) == said.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(("names", "said"), [([], ""), ([1], "1"), ([1, 2], "1 and 2"), ([1, 2, 3], "1, 2 and 3")])
def test_a_list_in_a_sentence(names, said):
    assert words.listed(names) == said


PROXY = (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "is_believed"),
    [
        ("203.0.113.9", "1.2.3.4", PROXY, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4", PROXY, "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", PROXY, "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", PROXY, "1.2.3.4"),
        ("10.0.0.1", "", PROXY, "10.0.0.1"),
        ("10.0.0.1", "rubbish", PROXY, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", (), "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", PROXY, "2001:db8::1"),
    ],
)
def test_an_address_is_believed_only_from_a_proxy_of_ours(peer, forwarded, trusted, is_believed):
    assert believed(peer, forwarded, trusted) == is_believed


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
    ],
)
def test_places_are_said_as_people_say_them(number, said):
    assert words.nth(number) == said


def test_dates_and_numbers_are_written_as_the_language_does():
    before = saying._NOW.get()
    try:
        saying.speak(saying.Speech(Tongue("cy", "cy"), "cy"))
        assert str(words.on(date(2026, 11, 21))) == "21 Tachwedd 2026"
        saying.speak(saying.Speech(Tongue("fr", "fr"), "fr"))
        assert str(words.data(1_234_000)) == "1,3\N{NO-BREAK SPACE}MB"
        assert saying.number(12_345) == "12\N{NARROW NO-BREAK SPACE}345"
    finally:
        saying.speak(before)
    assert str(words.on(date(2026, 11, 21))) == "21 November 2026"

"""The feed against RFC 5545: lines, escapes, one stable id an event, and nothing that says what a club is about."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from lms.interop.calendar import Entry, feed

ENTRIES = st.builds(
    Entry,
    uid=st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
    starts_ms=st.integers(0, 4_000_000_000_000),
    minutes=st.integers(1, 1440),
    place=st.text(max_size=300),
    changes=st.integers(0, 99),
    cancelled=st.booleans(),
    changed_ms=st.integers(0, 4_000_000_000_000),
)


def unfolded(body: bytes) -> list[str]:
    assert body.endswith(b"\r\n")
    lines = body[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert [line.decode() for line in lines], "no letter is cut in two"
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


@given(st.lists(ENTRIES, max_size=4))
def test_whatever_a_place_is_called_each_line_is_whole(entries):
    lines = unfolded(feed(entries, "learn.example.org"))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(entries)
    assert all(re.match(r"[A-Z-]+(;[A-Z-]+=[A-Z]+)?:", line) for line in lines)
    for line in lines:
        if line.startswith("LOCATION:"):
            assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", line[9:])
    assert [line for line in lines if line.startswith("UID:")] == [f"UID:{it.uid}@learn.example.org" for it in entries]


def test_a_meeting_stands_there_in_world_time_and_cancelled_when_it_is():
    entry = Entry("m1", 1_795_600_800_000, 90, "Hall; 1 Mill Road, Leeds", 2, True, 1_795_000_000_000)
    lines = unfolded(feed([entry], "learn.example.org"))
    for line in (
        "DTSTART:20261125T100000Z",
        "DURATION:PT90M",
        "SEQUENCE:2",
        "STATUS:CANCELLED",
        "SUMMARY:Club",
        r"LOCATION:Hall\; 1 Mill Road\, Leeds",
    ):
        assert line in lines

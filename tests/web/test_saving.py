"""A site that can't save anything: it can be read on, says so, and notices by itself when it can again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lms.web import saving
from tests.web.conftest import URL, Browser, House, hidden

BANNER = "We can't save just now. You can read on; come back later to answer."
LESSON = "/courses/tea/brewing/water"
READABLE = (
    "/",
    LESSON,
    f"{LESSON}?step=q-hot",
    "/courses/tea",
    "/me",
    "/me/settings",
    "/help",
    "/help-now",
    "/nowhere",
)


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """SQLite itself refuses every write, as it does on a folder that may only be read."""
    forbid(house, True)
    try:
        yield
    finally:
        forbid(house, False)


def forbid(house: House, no_writes: bool) -> None:
    on_its_writer(house, f"PRAGMA query_only = {'ON' if no_writes else 'OFF'}")


def on_its_writer(house: House, statement: str) -> object:
    """Run a statement on the connection that writes, beside SQLAlchemy; gives what it finds."""
    return house.store._writing().connection.driver_connection.execute(statement).fetchone()


def answer(browser: Browser) -> int:
    """Send an answer to a question; gives the status."""
    token = hidden(browser.get("/sign-in").text, "/sign-in")["csrf_token"]
    form = {"csrf_token": token, "event_id": str(uuid.uuid4()), "act": "answered", "step": "q-hot", "answer": "a"}
    browser.last = browser.client.post(LESSON, data=form, base_url=URL)
    return browser.last.status_code


def shows_banner(browser: Browser, path: str = "/") -> bool:
    return BANNER in browser.get(path).text.replace("&#39;", "'")


@pytest.fixture
def clock(monkeypatch) -> list[int]:
    """Milliseconds that have gone by, for what asks whether it is time to try again."""
    gone, right = [0], saving.now_ms
    monkeypatch.setattr(saving, "now_ms", lambda: right() + gone[0])
    return gone


def test_all_is_well_and_no_page_says_anything(lena):
    assert not any(shows_banner(lena, path) for path in READABLE)


def test_an_answer_that_cant_be_saved_is_told_and_every_page_can_be_read_on(house, lena):
    with read_only(house):
        assert answer(lena) == 507
        assert "What you typed is still on your page" in lena.last.text.replace("&#39;", "'")
        for path in READABLE:
            assert shows_banner(lena, path), path
            assert shows_banner(house.browser(), path) or path.startswith("/me"), path
            assert lena.last.status_code == (404 if path == "/nowhere" else 200)


def test_a_batch_of_a_phone_sets_it_too(house, lena):
    with read_only(house):
        batch = {"person": "x", "sent": "2026-11-22T00:00:00Z", "events": []}
        assert lena.client.post("/events", json=batch, headers={"Origin": URL}, base_url=URL).status_code == 409
        assert not shows_banner(lena), "nothing was tried, so nothing is known"
        assert answer(lena) == 507
        assert shows_banner(lena)


def test_it_is_over_when_a_write_works_again_and_that_is_asked_at_most_every_ten_seconds(
    house, lena, clock, monkeypatch
):
    asked, right = [], saving.can_write
    monkeypatch.setattr(saving, "can_write", lambda store: bool(asked.append(1)) or right(store))
    with read_only(house):
        assert answer(lena) == 507
        assert (answer(lena), len(asked)) == (507, 0)
        clock[0] += 10_000
        assert (answer(lena), len(asked)) == (507, 1)
        assert (answer(lena), len(asked)) == (507, 1)
    assert answer(lena) == 303, "what is sent is tried, whatever was found before"
    assert shows_banner(lena), "but nobody has asked since"
    clock[0] += 10_000
    assert shows_banner(lena), "looking at a page never asks"
    assert len(asked) == 1
    assert (answer(lena), len(asked)) == (303, 2)
    assert not shows_banner(lena)
    assert (answer(lena), len(asked)) == (303, 2)


def test_looking_at_pages_writes_nothing_while_nothing_can_be_saved(house, lena, clock):
    with read_only(house):
        answer(lena)
        clock[0] += 60_000
    before = house.rows()
    changes = on_its_writer(house, "SELECT total_changes()")
    for path in READABLE:
        assert shows_banner(lena, path)
    assert house.rows() == before
    assert on_its_writer(house, "SELECT total_changes()") == changes


def test_the_page_that_tells_of_it_does_not_say_it_twice(house, lena):
    with read_only(house):
        answer(lena)
        assert BANNER not in lena.last.text.replace("&#39;", "'")

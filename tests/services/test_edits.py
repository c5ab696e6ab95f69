"""A year of edits to a course that people are learning from: whatever its author does, nobody loses a thing."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.lock import LOCK
from lms.services import compiling, publishing
from tests.services import written
from tests.services.garden import garden
from tests.services.site import Site
from tests.services.slips import SLIPS
from tests.services.years import DEEDS, MOMENTS, Moment, Year, live
from tests.store.databases import on

CODING = Path(__file__).resolve().parents[2] / "courses" / "coding-basics"


def any_year(bases: Any, folders: Any, kind: str, files: dict[str, bytes], examples: int) -> None:
    """As many years as are asked for, each on a site of its own."""

    @settings(max_examples=examples)
    @given(st.lists(MOMENTS, min_size=5, max_size=25), st.randoms(use_true_random=False))
    def nobody_loses_a_thing(moments: list[Moment], chance: Random) -> None:
        with bases[kind].fresh(folders.mktemp("year")) as store:
            live(Year(Site(store), files, chance), moments)

    nobody_loses_a_thing()


@pytest.mark.parametrize("kind", on("sqlite", "postgresql"))
def test_in_a_year_of_any_edits_nobody_loses_a_thing(bases, tmp_path_factory, kind: str):
    any_year(bases, tmp_path_factory, kind, garden(), 12 if kind == "sqlite" else 2)


def test_so_it_is_with_a_course_that_comes_with_the_engine(bases, tmp_path_factory):
    any_year(bases, tmp_path_factory, "sqlite", compiling.read_folder(CODING), 2)


def test_everything_an_author_does_happens_in_a_year_and_every_slip_is_refused(bases, tmp_path):
    every = [*DEEDS, *SLIPS]
    with bases["sqlite"].fresh(tmp_path) as store:
        year = Year(Site(store), garden(), Random(1))
        year.chance.shuffle(every)
        for _ in range(3):  # some can only be done after others
            live(year, (moment for name in every if not year.seen[name] for moment in (("learn",), (name,))))
    assert {name for name in every if not year.seen[name]} == set()


@pytest.mark.parametrize("tried_first", [True, False], ids=["tried first", "live first"])
def test_a_site_to_try_things_on_and_the_live_one_publish_one_folder_with_one_lock(bases, tmp_path, tried_first: bool):
    """One is shown each step of an edit, the other only what came of it: the lock of the first is right for both."""
    renamed = "2026-11-21 renamed q-hot to q-boiled"
    name, words = ("{#q-hot}", "{#q-boiled}"), ("[ ] It is warm", "[ ] It was warm")
    steps = [
        written.changed(name, changes=renamed),
        written.changed(name, words, changes=renamed),
        written.changed(name, words, ("[x] It has just boiled", "[x] It boils"), changes=renamed),
    ]
    for folder in ("tried", "live"):
        (tmp_path / folder).mkdir()
    with bases["sqlite"].fresh(tmp_path / "tried") as tried, bases["sqlite"].fresh(tmp_path / "live") as live_store:
        sites = [Site(tried), Site(live_store)]
        first, then = sites if tried_first else reversed(sites)
        lena = then.person()
        then.send(lena, then.event("q-hot", "answered", ["a"]))
        for files in steps:
            publishing.publish(first.store, "tea", files, written.TODAY, first.later(2_000))
        lock = publishing.lock_of(first.store, "tea")
        publishing.publish(then.store, "tea", {**steps[-1], LOCK: lock.encode()}, written.TODAY, then.later(2_000))
        assert publishing.lock_of(then.store, "tea") == lock
        assert then.results(lena, then.event("q-boiled", "answered", ["b"])) == ["new"]
        assert {row["step_no"] for row in then.events(lena)} == {then.shape().numbers["brewing", "q-boiled"]}
        assert then.progress(lena)["done_count"] == 1

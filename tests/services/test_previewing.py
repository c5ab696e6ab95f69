"""Looking at a course again and again: what is shown, what stays, and what never piles up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lms.services.preview import OneCourse, States, set_up
from lms.services.previewing import Previewer
from lms.services.stores import Store
from lms.settings import LONDON
from tests.cli.conftest import COURSE
from tests.previews import save

TODAY = date(2026, 11, 22)
NOW_MS = 1_795_000_000_000
POURING = COURSE["brewing.md"].replace("brewing", "pouring").replace("Brewing", "Pouring")


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    folder = tmp_path / "tea"
    folder.mkdir()
    for name, text in COURSE.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def var(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


@pytest.fixture
def store(var: Path) -> Iterator[Store]:
    made = set_up(var, "http://127.0.0.1:8000", NOW_MS)
    yield made
    made.close()


@pytest.fixture
def previewer(tea: Path, var: Path, store: Store) -> Previewer:
    return Previewer(store, var, tea, LONDON)


def test_a_save_that_changes_nothing_gives_no_new_version(previewer, tea):
    first = previewer.look(NOW_MS, TODAY)
    (tea / "notes.txt").write_text("Buy tea.")
    assert previewer.look(NOW_MS + 1, TODAY) == first
    save(tea / "brewing.md", "Water for tea", "The water for tea")
    second = previewer.look(NOW_MS + 2, TODAY)
    assert (second.version, second.release) != (first.version, first.release)


def test_what_is_told_is_told_where_its_line_stands(previewer, tea):
    text = (tea / "brewing.md").read_text("utf-8").replace("[x]", "[ ]")
    (tea / "brewing.md").write_text(
        text.replace("Water for", "```\n## Not a lesson {#none}\n```\n\nWater for"), "utf-8"
    )
    (told,) = previewer.look(NOW_MS, TODAY).told
    assert (told.problem.code, told.module, told.lesson, told.step) == ("no-right-option", "brewing", "water", "q-hot")


def test_a_draft_that_is_not_fit_yet_is_left_out_and_one_that_is_stays(previewer, tea):
    (tea / "pouring.md").write_text(POURING, "utf-8")
    (tea / "serving.md").write_text(POURING.replace("pouring", "serving").replace(" {#boil}", ""), "utf-8")
    state = previewer.look(NOW_MS, TODAY)
    assert (state.drafts, state.is_behind) == (("pouring",), False)
    save(tea / "serving.md", "### Boil it", "### Boil it {#boil}")
    assert previewer.look(NOW_MS + 1, TODAY).drafts == ("pouring", "serving")


def test_drafts_are_not_needed_to_finish_the_course(previewer, tea, var, store):
    (tea / "pouring.md").write_text(POURING, "utf-8")
    previewer.look(NOW_MS, TODAY)
    shape = OneCourse(store, States(var)).shelf(NOW_MS).course("tea")
    assert [module.module for module in shape.plan.modules] == ["brewing", "pouring"]
    assert (shape.completed.need, shape.completed.of) == (1, ("brewing",))


def test_a_number_stays_with_a_name_until_its_answers_could_not_be_shown(previewer, tea, var, store):
    def number() -> int:
        previewer.look(NOW_MS, TODAY)
        return OneCourse(store, States(var)).shelf(NOW_MS).course("tea").numbers["brewing", "q-hot"]

    first = number()
    save(tea / "brewing.md", "How hot is the water?", "How hot should it be?")
    save(tea / "brewing.md", "- [ ] It is warm", "- [ ] It is warm\n- [ ] It is cold")
    assert number() == first
    save(tea / "brewing.md", "\n- [ ] It is cold", "")
    second = number()
    assert second != first
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text[: text.index("### Question")] + "### Reflect: Well? {#q-hot}\n", "utf-8")
    assert number() not in (first, second)


def test_saves_do_not_pile_up(previewer, tea, store):
    for number in range(30):
        save(tea / "brewing.md", "Water for tea", f"{number} Water for tea")
        assert not previewer.look(NOW_MS + number, TODAY).is_behind
    with store.read() as db:
        counts = [
            db.exec_driver_sql(f"select count(*) from {table}").scalar_one()
            for table in ("releases", "publications", "release_pages")
        ]
    assert counts[:2] == [20, 20]
    assert counts[2] == 20 * 3

"""What a publication would mean for learners, said before it is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.services import publishing
from lms.services.compiling import CourseFaulty
from lms.services.impact import Impact, impact_of
from lms.services.numbering import NamesLost
from lms.store import courses as rows
from lms.store import progress as progress_rows
from lms.store.tables import METADATA
from tests.services import translated, written
from tests.services.site import Site

_STEAM = "### Look at the steam {#steam}\n\nOnly if you like.\n\n- Optional: yes\n"


def told(site: Site, files: dict[str, bytes]) -> Impact:
    return impact_of(site.store, publishing.prepare(site.store, "tea", files, written.TODAY))


def said(site: Site, files: dict[str, bytes]) -> list[str]:
    return [str(effect) for effect in told(site, files).effects]


def learners(site: Site) -> None:
    """Three have done the whole lesson, one answered wrongly, one only opened it, one has done another step of it."""
    for _ in range(3):
        site.send(site.person(), *site.lesson(), site.event("steam", "done"))
    site.send(site.person(), site.event("q-hot", "answered", ["b"]))
    site.send(site.person(), site.event("water", "opened"))
    site.send(site.person(), site.event("fill-it", "done"))


def test_each_line_says_how_many_learners_it_meets_and_what_comes_of_it(site: Site):
    learners(site)
    for verb, comes in {
        "remarked": "Their answers are marked again in a moment, none below a pass.",
        "reopened": "They are asked again; what they finished, passed or earned stays.",
        "corrected": "Translations stay in use.",
    }.items():
        line = f"2026-11-21 {verb} q-hot"
        assert said(site, written.changed(changes=line)) == [
            f"brewing.md: {line}: 1 half-way, 3 finished; 0 lose anything. {comes}"
        ]
    line = "2026-11-21 renamed q-hot to q-boiled"
    assert said(site, written.changed(("{#q-hot}", "{#q-boiled}"), changes=line)) == [
        f"brewing.md: {line}: 1 half-way, 3 finished; 0 lose anything. Their progress follows."
    ]
    line = "2026-11-21 removed steam"
    assert said(site, written.changed((_STEAM, ""), changes=line)) == [
        f"brewing.md: {line}: 0 half-way, 3 finished; 0 lose anything. "
        "It stays in their record, marked retired, and stops counting."
    ]


def test_a_lesson_is_begun_by_anything_in_it_and_finished_as_a_lesson(site: Site):
    learners(site)
    line = "2026-11-21 corrected water"
    assert said(site, written.changed(changes=line))[0].startswith(
        f"brewing.md: {line}: 3 half-way, 3 finished; 0 lose anything."
    )


def test_a_quiz_is_finished_when_it_is_passed(site: Site):
    lena, mona = site.person(), site.person("Mona")
    for person, name in ((lena, "q-first"), (mona, "q-lid")):
        site.send(person, site.quiz("started", 1), site.quiz("answered", 1, name, ["a"]), site.quiz("finished", 1))
    line = "2026-11-21 reopened quiz"
    assert said(site, written.changed(changes=line))[0].startswith(f"brewing.md: {line}: 2 half-way, 0 finished;")


def test_a_module_taken_out_of_the_course_says_who_is_in_it(site: Site):
    site.send(site.person(), *[site.event(it, "done", module="pouring") for it in ("hold-it", "tilt-it")])
    site.send(site.person(), site.event("hold-it", "done", module="pouring"))
    files = written.tea()
    files["course.md"] = files["course.md"].replace(b"[brewing, pouring]", b"[brewing]")
    assert said(site, files) == [
        "course.md: pouring is taken out of `order`: 1 half-way, 1 finished; 0 lose anything. "
        "It is hidden from newcomers; what was earned stays."
    ]


def test_new_words_are_named_and_what_is_new_is_counted(site: Site):
    learners(site)
    found = told(site, written.changed(("Cold water", "Warm water")))
    assert (found.learners, found.added) == (6, 0)
    assert [str(it) for it in found.effects] == [
        "brewing.md: new words or order in fill-it: 0 half-way, 4 finished; 0 lose anything. What they did stays."
    ]
    more = written.changed((_STEAM, f"{_STEAM}\n### Smell it {{#smell}}\n\nNot too near.\n"))
    assert told(site, more).added == 1


def test_a_line_about_nothing_says_so(site: Site):
    assert said(site, written.changed(changes="2026-11-21 reopened q-typo")) == [
        "brewing.md: 2026-11-21 reopened q-typo: Nothing was published here under this name, so this line does nothing."
    ]


def fallen(site: Site, files: dict[str, bytes]) -> list[str]:
    return [str(it) for it in told(site, files).fall_back]


_WATER = ("How hot is the water?", "How hot must the water be?")


def test_each_file_is_told_which_of_its_steps_fall_back(site: Site):
    publishing.publish(site.store, "tea", translated.tea(), written.TODAY, site.later(2_000))
    assert fallen(site, translated.changed(("Cold water", "Warm water"))) == [
        "brewing.ar.md: 1 Arabic step falls back to English: fill-it."
    ]
    assert fallen(site, translated.changed(_WATER, ("What is in the bag?", "What is in this bag?"))) == [
        "brewing.ar.md: 1 Arabic step falls back to English: q-hot.",
        "brewing.cy.md: 2 Welsh steps fall back to English: q-hot, q-bag.",
    ]


def test_nothing_falls_back_that_says_the_same_is_followed_or_never_was_translated(site: Site):
    publishing.publish(site.store, "tea", translated.tea(), written.TODAY, site.later(2_000))
    assert fallen(site, translated.changed(_WATER, changes="2026-11-21 corrected q-hot")) == []
    assert fallen(site, translated.changed(("Only if you like.", "If you like."))) == []
    line = "2026-11-21 renamed q-hot to q-boiled"
    assert fallen(site, translated.changed(("{#q-hot}", "{#q-boiled}"), changes=line)) == []
    welsh = translated.WELSH.replace("Pa mor boeth yw", "Pa mor boeth ydy")
    assert [
        it.split(":")[0] for it in fallen(site, translated.changed(_WATER) | {"brewing.cy.md": welsh.encode()})
    ] == ["brewing.ar.md"]
    publishing.publish(site.store, "tea", translated.changed(_WATER), written.TODAY, site.later(2_000))
    assert fallen(site, translated.changed((_WATER[0], "And how hot is it?"))) == []


def test_a_translation_that_is_taken_away_falls_back_whole(site: Site):
    publishing.publish(site.store, "tea", translated.tea(), written.TODAY, site.later(2_000))
    files = {path: data for path, data in translated.tea().items() if ".cy." not in path}
    assert fallen(site, files) == [
        "brewing.cy.md: 5 Welsh steps fall back to English: water, q-hot, q-bag, quiz, q-first."
    ]


def test_looking_writes_nothing_and_publishing_then_does_what_was_looked_at(site: Site):
    learners(site)
    before = {table.name: site.count(table) for table in METADATA.sorted_tables}
    prepared = publishing.prepare(
        site.store, "tea", written.changed(changes="2026-11-21 reopened q-hot"), written.TODAY
    )
    impact_of(site.store, prepared)
    assert {table.name: site.count(table) for table in METADATA.sorted_tables} == before
    assert publishing.show(site.store, prepared, site.later(2_000)).new
    again = publishing.prepare(site.store, "tea", written.tea(), written.TODAY)
    assert impact_of(site.store, again) == Impact(0, (), 0)


def test_what_would_orphan_anything_is_refused_before_it_is_counted(site: Site):
    with pytest.raises(CourseFaulty, match="was published and is gone"):
        publishing.prepare(site.store, "tea", written.changed((_STEAM, "")), written.TODAY)
    with site.store.write() as db:
        rows.add_steps(db, site.shape().course_id, {("brewing", "stray"): (99, "reading")}, site.now_ms)
    with pytest.raises(NamesLost, match="brewing/stray"):
        told(site, written.changed(("Cold water", "Warm water")))


def test_progress_is_read_in_pages_and_whichever_fold_wrote_it(site: Site):
    for _ in range(7):
        site.send(site.person(), site.event("q-hot", "answered", ["a"]))
    with site.store.read() as db:
        pages = list(progress_rows.states_of(db, site.shape().course_id, page=3))
        assert [len(page) for page in pages] == [3, 3, 1]
        assert list(progress_rows.states_of(db, 99)) == []


# What needs no line is named all the same


def effects(site: Site, *pairs: tuple[str, str], changes: str = "") -> list[str]:
    return said(site, written.changed(*pairs, changes=changes))


_LID = "## Hotter {#hotter}\n\n- Skills: eds-2022/F1\n\n"
_HOT = "### Question: How hot is the water? {#q-hot}"


def test_a_lesson_that_is_split_is_named_with_what_stands_in_the_new_one(site: Site):
    learners(site)
    assert effects(site, (_HOT, f"{_LID}{_HOT}")) == [
        "brewing.md: water is split: q-hot, q-bag, q-minutes stand in hotter now: 1 half-way, 3 finished; "
        "0 lose anything. What they did counts where it stands now; a lesson they finished stays finished."
    ]
    publishing.publish(site.store, "tea", written.changed((_HOT, f"{_LID}{_HOT}")), written.TODAY, site.later(2_000))
    joined = effects(site, changes="2026-11-21 removed hotter")
    assert joined[1].startswith(
        "brewing.md: hotter goes into water: q-hot, q-bag, q-minutes stand there now: 1 half-way,"
    )
    assert "0 lose anything" in joined[0]


def test_a_step_that_goes_to_another_lesson_is_named_with_both(site: Site):
    learners(site)
    pot = "A pot has a lid.\n\n- Skills: eds-2022/F1\n"
    there = (pot, f"- Skills: eds-2022/F1\n\n{_STEAM}")
    assert effects(site, (_STEAM, ""), there)[1] == (
        "brewing.md: steam moved from water to pot: 0 half-way, 3 finished; 0 lose anything. "
        "What they did counts where it stands now; a lesson they finished stays finished."
    )


def test_a_question_that_goes_from_a_lesson_to_the_quiz_is_said_to_be_asked_afresh(site: Site):
    learners(site)
    bag, first = "### Question: What is in the bag? {#q-bag}\n\n- Answer: tea*\n\n", "### Question: What comes first?"
    assert [it for it in effects(site, (bag, ""), (first, f"{bag}{first}")) if "moved" in it] == [
        "brewing.md: q-bag moved from water to quiz: 0 half-way, 3 finished; 0 lose anything. "
        "It is asked afresh there; what they finished or passed stays."
    ]


def test_another_order_is_named(site: Site):
    learners(site)
    fill = "### Fill the kettle {#fill-it}\n\nCold water from the tap.\n\n"
    assert effects(site, (fill, ""), (_HOT, f"{fill}{_HOT}")) == [
        "brewing.md: another order in water: 3 half-way, 3 finished; 0 lose anything. Nothing changes for them."
    ]


def test_a_quiz_that_asks_for_something_else_is_named(site: Site):
    site.send(site.person(), site.quiz("started", 1))
    assert effects(site, ("- Pass: 2", "- Pass: 1")) == [
        "brewing.md: quiz asks for something else: 1 half-way, 0 finished; 0 lose anything. What is done stays done."
    ]


def test_words_that_a_line_is_about_are_not_named_twice(site: Site):
    line = "2026-11-21 corrected fill-it"
    assert [it.split(":")[1].strip() for it in effects(site, ("Cold water", "Warm water"), changes=line)] == [line]


def test_a_step_that_is_renamed_in_a_lesson_that_is_renamed_too_has_not_moved(site: Site):
    line = "2026-11-21 renamed water to first-water\n  - 2026-11-21 renamed q-hot to q-boiled"
    found = effects(site, ("{#water}", "{#first-water}"), ("{#q-hot}", "{#q-boiled}"), changes=line)
    assert [it.split(": ")[1] for it in found] == line.split("\n  - ")


def test_a_task_that_is_ticked_in_part_is_half_way(site: Site):
    task = "### Task: Make a cup {#t-cup}\n\n- [ ] I boiled the water\n- [ ] I poured it\n"
    publishing.publish(
        site.store, "tea", written.changed((_STEAM, f"{_STEAM}\n{task}")), written.TODAY, site.later(2_000)
    )
    lena, mona = site.person(), site.person("Mona")
    site.send(lena, site.event("t-cup", "ticked", ["a"]))
    site.send(mona, site.event("t-cup", "ticked", ["a", "b"]))
    line = "2026-11-21 reopened t-cup"
    assert effects(site, (_STEAM, f"{_STEAM}\n{task}"), changes=line)[0].startswith(
        f"brewing.md: {line}: 1 half-way, 1 finished; 0 lose anything."
    )


def test_how_many_lose_anything_is_counted(site: Site):
    """What keeps a name another kind of thing from being published is asked nothing here."""
    learners(site)
    prepared = publishing.prepare(
        site.store, "tea", written.changed(("How hot is the water?", "How hot is it?")), written.TODAY
    )
    assert prepared.release
    place = ("brewing", "q-hot")
    named = dict(prepared.release.names.named)
    named[place] = replace(named[place], kind="task")
    spoilt = replace(prepared.release, names=replace(prepared.release.names, named=named))
    assert [it.lose for it in impact_of(site.store, prepared).effects] == [0]
    assert [it.lose for it in impact_of(site.store, replace(prepared, release=spoilt)).effects] == [4]


def test_of_a_course_that_is_new_here_the_lines_that_do_nothing_are_named(site: Site):
    files = written.toast()
    files["course.md"] = files["course.md"].replace(b"course: toast", b"course: jam")
    files["toasting.md"] = files["toasting.md"].replace(b"badge: none", b"changes:\n  - 2026-11-21 removed q-typo")
    found = impact_of(site.store, publishing.prepare(site.store, "jam", files, written.TODAY))
    assert [str(it) for it in found.effects] == [
        "toasting.md: 2026-11-21 removed q-typo: Nothing was published here under this name, so this line does nothing."
    ]


def test_how_much_of_each_language_there_is_is_a_line_for_each(site: Site):
    prepared = publishing.prepare(site.store, "tea", translated.tea(), written.TODAY)
    assert [str(it) for it in impact_of(site.store, prepared).spoken] == [
        "Arabic: 5 of 19 texts are translated; the others are read in English. `lms check` lists them.",
        "Welsh: 7 of 19 texts are translated; the others are read in English. `lms check` lists them.",
    ]


def test_what_need_not_be_done_any_more_and_what_has_to_be_is_named(site: Site):
    learners(site)
    optional = "Cold water from the tap.\n", "Cold water from the tap.\n\n- Optional: yes\n"
    assert (
        "brewing.md: fill-it is optional now: 0 half-way, 4 finished; 0 lose anything. Nobody has to do it any more."
        in (effects(site, optional))
    )
    asked = _STEAM, _STEAM.replace("\n- Optional: yes\n", "")
    assert (
        "brewing.md: steam is no longer optional: 0 half-way, 3 finished; 0 lose anything. "
        "Who has not finished what it stands in is asked for it; what is finished stays finished."
    ) in effects(site, asked)


def test_another_way_to_finish_the_course_is_named(site: Site):
    learners(site)
    files = written.tea()
    files["course.md"] = files["course.md"].replace(b"badge: none", b"badge: none\ncompleted: any 1")
    assert said(site, files) == [
        "course.md: `completed` asks for something else: 6 half-way, 0 finished; 0 lose anything. "
        "Who has done enough by it finishes the course; who has finished it stays so."
    ]

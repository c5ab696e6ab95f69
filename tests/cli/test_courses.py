"""An author's commands: look at a course, freeze it, show it to learners."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path

from lms.learning.events import Event, EventKind
from lms.services import released
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.people import person_values
from lms.services.stores import open_store
from lms.settings import LONDON
from lms.store import people as people_rows
from tests.cli.conftest import COURSES


def spoil(tea: Path) -> None:
    """Two faults in one file, a third in another."""
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text.replace("[x]", "[ ]").replace("{#boil}", "{#Boil it}"), "utf-8")
    (tea / "course.md").write_text((tea / "course.md").read_text("utf-8") + "\n<script>1</script>\n", "utf-8")


def test_a_course_without_a_fault_is_fine_and_says_nothing(run, tea):
    done = run("check", tea)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_every_fault_is_shown_at_once_with_its_place_from_where_one_stands(run, tea):
    spoil(tea)
    done = run("check", "tea")
    assert done.code == 1
    files = {line.split(":")[0] for line in done.out.splitlines()}
    assert files == {"tea/brewing.md", "tea/course.md"}
    assert all(line.split(":")[1].isdigit() for line in done.out.splitlines())


def test_one_file_is_judged_as_part_of_its_course_and_told_alone(run, tea, monkeypatch):
    spoil(tea)
    done = run("check", "tea/brewing.md")
    assert done.code == 1
    assert {line.split(":")[0] for line in done.out.splitlines()} == {"tea/brewing.md"}
    monkeypatch.chdir(tea)
    assert {line.split(":")[0] for line in run("check", "brewing.md").out.splitlines()} == {"brewing.md"}


def test_a_file_without_a_fault_is_fine_though_its_neighbour_has_some(run, tea):
    (tea / "course.md").write_text((tea / "course.md").read_text("utf-8") + "\n<script>1</script>\n", "utf-8")
    assert run("check", "tea/brewing.md").code == 0
    assert run("check", "tea").code == 1


def test_a_module_that_is_in_no_course_yet_is_checked_alone(run, tea, tmp_path):
    shutil.copy(tea / "brewing.md", tmp_path / "alone.md")
    assert run("check", "alone.md").code == 0
    spoil(tea)
    shutil.copy(tea / "brewing.md", tmp_path / "alone.md")
    done = run("check", "alone.md")
    assert done.code == 1
    assert {line.split(":")[0] for line in done.out.splitlines()} == {"alone.md"}


def test_a_file_of_another_kind_in_no_course_is_not_called_fine(run, tmp_path):
    (tmp_path / "notes.txt").write_text("milk")
    done = run("check", "notes.txt")
    assert done.code == 2
    assert "notes.txt is in no course" in done.err


def test_several_paths_are_all_looked_at(run, tea):
    shutil.copytree(tea, tea.parent / "coffee")
    spoil(tea.parent / "coffee")
    done = run("check", "coffee", "tea")
    assert done.code == 1
    assert "coffee/course.md" in done.out


def test_a_program_reads_the_faults_as_json(run, tea):
    assert json.loads(run("check", "--format", "json", tea).out) == []
    spoil(tea)
    done = run("check", "--format", "json", "tea")
    faults = json.loads(done.out)
    assert done.code == 1
    assert {"file", "line", "column", "code", "message", "instead", "severity"} == set(faults[0])


def test_a_file_that_is_no_text_is_a_fault_and_not_a_crash(run, tea):
    (tea / "brewing.md").write_bytes(b"\xff\xfe\x00# \x80")
    done = run("check", tea)
    assert done.code == 1
    assert "brewing.md:" in done.out


def test_compiling_gives_the_same_bytes_on_the_screen_and_in_a_file_every_time(run, tea, tmp_path):
    assert run("compile", tea, "-o", "tea.json").code == 0
    first = (tmp_path / "tea.json").read_bytes()
    assert run("compile", tea, "-o", "-").out.encode() == first
    assert json.loads(first)["course"] == "tea"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tea", "tea.json"]


def test_a_faulty_course_is_not_compiled_and_the_file_stays_as_it_was(run, tea, tmp_path):
    spoil(tea)
    (tmp_path / "tea.json").write_text("before")
    done = run("compile", "tea", "-o", "tea.json")
    assert (done.code, done.out) == (1, "")
    assert "tea/brewing.md:" in done.err
    assert (tmp_path / "tea.json").read_text() == "before"


def test_where_the_file_cant_be_written_it_says_so(run, tea):
    done = run("compile", tea, "-o", "nowhere/tea.json")
    assert done.code == 2
    assert "nowhere/tea.json can't be written" in done.err


def publications(folder: Path) -> list[int]:
    with sqlite3.connect(folder / "var/lms.db") as db:
        found = [row[0] for row in db.execute("SELECT release_id FROM publications ORDER BY publication_no")]
    db.close()
    return found


def test_publishing_twice_is_one_publication_and_an_older_course_rolls_back(run, tea, tmp_path):
    run("migrate")
    first = run("publish", tea)
    assert first.code == 0
    assert "tea is shown to learners: publication 1" in first.out
    assert "nothing has changed" in run("publish", tea).out
    before = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(before.replace("just boiled.", "just boiled, in a kettle."), "utf-8")
    assert "publication 2" in run("publish", tea).out
    (tea / "brewing.md").write_text(before, "utf-8")
    assert "publication 3" in run("publish", tea).out
    assert publications(tmp_path) == [1, 2, 1]


def learner(folder: Path, *done: str) -> None:
    """Somebody who has done some steps of the course."""
    now, person_id = time.time_ns() // 1_000_000, 7
    with closing(open_store(f"sqlite:///{folder}/var/lms.db", folder / "var")) as store:
        with store.write() as db:
            people_rows.add_person(db, person_values(person_id, "Lena", None, {}, "en", now))
        shape = Catalogue(store).shelf(now).course("tea")
        made = [Event(uuid.uuid4(), "tea", shape.hash, "brewing", name, EventKind.DONE, "en", now) for name in done]
        results = record(store, Catalogue(store), person_id, made, now, LONDON)
        assert [it.result for it in results] == ["new"] * len(made)


def without_the_question(tea: Path) -> None:
    text = (tea / "brewing.md").read_text("utf-8").partition("### Question")[0]
    gone = "badge: none\nchanges:\n  - 2026-11-21 removed q-hot\n---"
    (tea / "brewing.md").write_text(text.replace("badge: none\n---", gone, 1), "utf-8")


def test_who_has_nothing_left_to_do_has_finished_and_the_author_is_told_once(run, tea, tmp_path):
    run("migrate")
    run("publish", tea)
    learner(tmp_path, "boil")
    without_the_question(tea)
    told = run("publish", tea).out.splitlines()
    assert told[1:] == [
        "1 learner has now finished the course.",
        "1 learner has now finished a module.",
        "1 learner has now finished a lesson.",
    ]
    assert len(run("publish", tea).out.splitlines()) == 1
    assert "no difference" in run("rebuild", "--check").out


def test_what_a_publication_was_interrupted_in_is_ended_by_publishing_again(run, tea, tmp_path, monkeypatch):
    run("migrate")
    run("publish", tea)
    learner(tmp_path, "boil")
    without_the_question(tea)
    with monkeypatch.context() as broken:
        broken.setattr(released, "_record", lambda *_: os._exit(9))
        child = os.fork()
        if child == 0:
            run("publish", tea)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    again = run("publish", tea).out.splitlines()
    assert "nothing has changed: publication 2" in again[0]
    assert "1 learner has now finished a module." in again


def test_a_faulty_course_is_not_published(run, tea, tmp_path):
    run("migrate")
    spoil(tea)
    done = run("publish", tea)
    assert done.code == 1
    assert "nothing was published" in done.err
    assert publications(tmp_path) == []


def test_publishing_never_makes_a_site_in_a_mistyped_folder(run, tea, monkeypatch, tmp_path):
    monkeypatch.setenv("LMS_VAR", str(tmp_path / "vat"))
    done = run("publish", tea)
    assert done.code == 2
    assert f"There is no {tmp_path}/vat" in done.err
    assert not (tmp_path / "vat").exists()


def test_the_courses_that_come_with_the_engine_have_no_problem(run):
    done = run("check", *sorted(COURSES.iterdir()))
    assert (done.code, done.out) == (0, "")


def test_the_hash_of_a_release_can_be_computed_again_from_the_file(run, tea):
    whole = json.loads(run("compile", tea, "-o", "-").out)
    covered = {key: value for key, value in whole.items() if key not in ("hash", "names")}
    text = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == whole["hash"]

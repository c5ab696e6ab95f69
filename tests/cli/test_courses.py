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


def told(out: str) -> list[str]:
    """The first line of each problem; what stands below it is set in."""
    return [line for line in out.splitlines() if not line.startswith(" ")]


def test_a_course_without_a_fault_is_fine_and_says_nothing(run, tea):
    done = run("check", tea)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_every_fault_is_shown_at_once_with_its_place_from_where_one_stands(run, tea):
    spoil(tea)
    done = run("check", "tea")
    assert done.code == 1
    places = [line.split(":")[:3] for line in told(done.out)]
    assert {file for file, _, _ in places} == {"tea/brewing.md", "tea/course.md"}
    assert all(line.isdigit() and column.isdigit() for _, line, column in places)


def test_below_a_problem_stand_its_line_with_a_mark_under_the_place_and_the_page_to_read(run, tea):
    spoil(tea)
    lines = run("check", "tea").out.splitlines()
    assert lines[:4] == [
        """tea/brewing.md:12:13: "Boil it" can't be a name. A name is 1 to 40 of a-z, 0-9 and -, a letter first. """
        "Type {#boil-it}.",
        "    12 | ### Boil it {#Boil it}",
        "       |             ^",
        "         docs/messages/name-form.md",
    ]


def test_problems_come_file_by_file_and_line_by_line(run, tea):
    spoil(tea)
    (tea / "a.vtt").write_text("no captions", "utf-8")
    (tea / "kettle.svg").write_bytes(b"x" * 201_000)
    done = json.loads(run("check", "--format", "json", "tea").out)
    places = [(it["file"], it["line"], it["column"]) for it in done["problems"]]
    assert places == sorted(places)
    assert [file for file, _, _ in places] == [
        *["tea/a.vtt"] * 2,
        *["tea/brewing.md"] * 2,
        "tea/course.md",
        "tea/kettle.svg",
    ]


def test_one_file_is_judged_as_part_of_its_course_and_told_alone(run, tea, monkeypatch):
    spoil(tea)
    done = run("check", "tea/brewing.md")
    assert done.code == 1
    assert {line.split(":")[0] for line in told(done.out)} == {"tea/brewing.md"}
    monkeypatch.chdir(tea)
    assert {line.split(":")[0] for line in told(run("check", "brewing.md").out)} == {"brewing.md"}


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
    assert {line.split(":")[0] for line in told(done.out)} == {"alone.md"}


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


def test_a_program_reads_the_faults_as_one_json_object(run, tea):
    assert json.loads(run("check", "--format", "json", tea).out) == {"errors": 0, "warnings": 0, "problems": []}
    spoil(tea)
    done = run("check", "--format", "json", "tea")
    found = json.loads(done.out)
    assert done.code == 1
    assert (found["errors"], found["warnings"]) == (3, 0)
    assert found["problems"][1] == {
        "file": "tea/brewing.md",
        "line": 18,
        "column": 1,
        "code": "no-right-option",
        "severity": "error",
        "message": "no choice is right.",
        "instead": "Mark one with [x].",
        "page": "docs/messages/no-right-option.md",
    }


def test_a_code_host_is_told_beside_which_line_to_show_each_problem(run, tea):
    assert run("check", "--format", "github", tea).out == ""
    spoil(tea)
    done = run("check", "--format", "github", "tea")
    assert done.code == 1
    assert (
        "::error file=tea/brewing.md,line=18,col=1,title=no-right-option::no choice is right. Mark one with [x]."
        "%0Adocs/messages/no-right-option.md\n"
    ) in done.out


def leave_out_skills(tea: Path) -> None:
    """A warning and no more."""
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text.replace("- Skills: eds-2022/F1\n", ""), "utf-8")


def test_a_warning_alone_is_fine_unless_the_author_is_strict(run, tea):
    leave_out_skills(tea)
    done = run("check", tea)
    assert done.code == 0
    assert ": warning: this lesson names no skill." in done.out
    strict = run("check", "--strict", tea)
    assert strict.code == 1
    assert ": this lesson names no skill." in strict.out
    assert ": warning:" not in strict.out
    assert json.loads(run("check", "--strict", "--format", "json", tea).out)["errors"] == 1
    assert run("check", "--strict", "--format", "github", tea).out.startswith("::error ")
    assert run("check", "--format", "github", tea).out.startswith("::warning ")


def be_strict(tea: Path, about: str) -> None:
    text = (tea / "course.md").read_text("utf-8")
    (tea / "course.md").write_text(text.replace("\norder:", f"\nstrict: {about}\norder:", 1), "utf-8")


def test_what_a_course_is_strict_about_stops_it_for_everybody(run, tea):
    leave_out_skills(tea)
    be_strict(tea, "reading-age, no-skills")
    done = run("check", tea)
    assert done.code == 1
    assert ": this lesson names no skill." in done.out
    assert ": warning:" not in done.out
    assert run("compile", tea, "-o", "-").code == 1
    run("migrate")
    refused = run("publish", tea)
    assert refused.code == 1
    assert ": this lesson names no skill." in refused.err


def test_a_course_is_not_stopped_by_a_warning_it_is_not_strict_about(run, tea):
    leave_out_skills(tea)
    be_strict(tea, "reading-age")
    assert run("check", tea).code == 0
    run("migrate")
    assert run("publish", tea).code == 0


def test_strict_for_one_run_is_what_strict_all_is_for_the_course(run, tea):
    leave_out_skills(tea)
    run("migrate")
    once = run("check", "--strict", tea)
    refused = run("publish", "--strict", tea)
    be_strict(tea, "all")
    always = run("check", tea)
    assert told(always.out) == told(once.out) != []
    assert told(run("publish", tea).err) == told(refused.err) != []


def test_what_was_published_before_can_be_shown_again_but_not_strictly_while_it_has_a_warning(run, tea):
    leave_out_skills(tea)
    run("migrate")
    assert run("publish", tea).code == 0
    assert run("publish", "--strict", tea).code == 1
    assert "was shown already" in run("publish", tea).out


def test_watching_is_for_a_person_and_says_so(run, tea):
    done = run("check", "--watch", "--format", "json", tea)
    assert done.code == 2
    assert "Leave out --format, or --watch." in done.err


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


def test_a_device_is_written_into_and_never_replaced(run, tea, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert run("compile", tea, "-o", "pipe").code == 0
        assert pipe.is_fifo()
        assert os.read(reading, 1_000_000).startswith(b"{")
    finally:
        os.close(reading)


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
    assert [line for line in run("publish", tea).out.splitlines() if "now finished" in line] == [
        "1 learner has now finished the course.",
        "1 learner has now finished a module.",
        "1 learner has now finished a lesson.",
    ]
    assert "now finished" not in run("publish", tea).out
    assert "no difference" in run("rebuild", "--check").out


def interrupted(run, tea: Path, monkeypatch) -> None:
    """Publishing finishes the course for a learner, and dies just before."""
    run("migrate")
    run("publish", tea)
    learner(tea.parent, "boil")
    without_the_question(tea)
    with monkeypatch.context() as broken:
        broken.setattr(released, "_record", lambda *_: os._exit(9))
        child = os.fork()
        if child == 0:
            run("publish", tea)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_what_a_publication_was_interrupted_in_is_ended_by_publishing_again(run, tea, monkeypatch):
    interrupted(run, tea, monkeypatch)
    again = run("publish", tea).out.splitlines()
    assert any("nothing has changed: publication 2" in line for line in again)
    assert "1 learner has now finished a module." in again
    assert "done, 1 written" in run("worker", "--list").out


def test_what_a_publication_was_interrupted_in_is_ended_by_a_worker(run, tea, tmp_path, monkeypatch):
    interrupted(run, tea, monkeypatch)
    assert (tea / "names.lock").exists(), "that came first"
    with closing(sqlite3.connect(tmp_path / "var/lms.db")) as db, db:
        db.execute("UPDATE jobs SET lease_ms = lease_ms - 60000")  # a minute later
    assert "released course=1 publication=2: done, 1 written.\n" in run("worker", "--once").out
    assert "now finished" not in run("publish", tea).out
    assert "no difference" in run("rebuild", "--check").out


def test_who_publishes_is_told_what_stopped_it_and_that_it_goes_on(run, tea, tmp_path, monkeypatch):
    run("migrate")
    run("publish", tea)
    learner(tmp_path, "boil")
    without_the_question(tea)
    with monkeypatch.context() as broken:
        broken.setattr(released, "_record", lambda *_: 1 // 0)
        done = run("publish", tea)
    assert done.code == 0, "it is shown"
    assert "publication 2" in done.out
    assert "Not all learners were looked at" in done.err
    assert "lms worker" in done.err


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

"""`lms names` and what `lms publish` says and keeps: names written, impact told, `names.lock` beside the course."""

from __future__ import annotations

from pathlib import Path

PLAIN = """---
module: brewing
lang: en
badge: none
---
# Brewing

## The water

- Skills: eds-2022/F1

### Boil it

Water for tea has just boiled.

### Question: How hot is the water? {#“Q–hot”}

•\u00a0[x] It has just boiled
- [ ] It is warm
"""


def spoil(tea: Path) -> None:
    (tea / "brewing.md").write_bytes(PLAIN.replace("\n", "\r\n").encode("utf-8-sig"))


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_says_what_it_would_write_and_writes_nothing(run, tea):
    spoil(tea)
    before = everything(tea)
    done = run("names", "tea")
    assert done.code == 1
    assert done.out.splitlines() == [
        "tea/brewing.md:8: it is named {#the-water}.",
        "tea/brewing.md:12: it is named {#boil-it}.",
        "tea/brewing.md:16: a name is written as names are.",
        "tea/brewing.md:18: a bullet is a hyphen.",
        "tea/brewing.md:18: a character nobody can see beside a mark is gone.",
        "5 changes in 1 file to make: add --write to make them.",
    ]
    assert everything(tea) == before


def test_it_writes_them_with_the_fewest_bytes_and_then_has_nothing_to_do(run, tea):
    spoil(tea)
    assert run("check", tea).code == 1
    assert run("names", "--write", tea).code == 0
    text = (tea / "brewing.md").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf---\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert b"{#q-hot}" in text
    assert b"- [x] It has" in text
    assert run("check", tea).code == 0
    after = everything(tea)
    again = run("names", "--write", tea)
    assert (again.code, again.out, everything(tea)) == (0, "", after)


def test_a_name_in_a_second_place_is_told_with_both_lines_and_left_to_its_author(run, tea):
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text + "\n### A copy {#boil}\n\nWords.\n", "utf-8")
    before = everything(tea)
    done = run("names", "--write", "tea")
    assert done.code == 1
    assert 'tea/brewing.md:21:12: the name "boil" is used twice, first on line 12.' in done.err
    assert everything(tea) == before


def test_publishing_writes_the_lock_once_and_the_folder_alone_then_knows_what_was_published(run, tea):
    run("migrate")
    first = run("publish", "tea")
    assert "tea/names.lock is up to date: commit it." in first.out
    lock = (tea / "names.lock").read_bytes()
    assert b"name brewing/q-hot question " in lock
    assert "names.lock" not in run("publish", "tea").out
    assert (tea / "names.lock").read_bytes() == lock
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text.replace("{#q-hot}", "{#q-how-hot}"), "utf-8")
    done = run("check", "tea")
    assert done.code == 1
    assert "`renamed q-hot to q-how-hot`" in done.out
    assert run("compile", "tea", "-o", "-").code == 1


def test_publishing_says_which_translation_has_to_follow(run, tea):
    welsh = tea / "brewing.cy.md"
    source = (tea / "brewing.md").read_text("utf-8")
    translated = (
        source.replace("lang: en", "lang: cy").replace("badge: none\n", "").replace("- Skills: eds-2022/F1\n", "")
    )
    welsh.write_text(translated, "utf-8")
    run("migrate")
    assert run("publish", "tea").code == 0
    (tea / "brewing.md").write_text(source.replace("just boiled.", "just boiled, in a kettle."), "utf-8")
    assert "  brewing.cy.md: 1 Welsh step falls back to English: boil.\n" in run("publish", "--dry-run", "tea").out
    assert "  brewing.cy.md: 1 Welsh step falls back to English: boil.\n" in run("publish", "tea").out
    assert "falls back" not in run("publish", "tea").out


def test_publishing_says_in_a_line_for_each_language_what_check_says_file_by_file(run, tea):
    (tea / "course.cy.md").write_text("---\ncourse: tea\nlang: cy\n---\n# Te\n\nPopeth am de.\n", "utf-8")
    run("migrate")
    assert "translation-missing" in run("check", "tea").out
    assert "translation-missing" in run("publish", "--strict", "tea").err
    told = run("publish", "tea").out
    assert "translation-" not in told
    assert told.count("texts are translated; the others are read in English. `lms check` lists them.") == 1


def test_a_dry_run_says_what_it_means_and_publishes_nothing(run, tea, tmp_path):
    run("migrate")
    run("publish", "tea")
    text = (tea / "brewing.md").read_text("utf-8")
    line = "changes:\n  - 2026-11-21 renamed q-hot to q-how-hot\n---\n# Brewing"
    (tea / "brewing.md").write_text(text.replace("{#q-hot}", "{#q-how-hot}").replace("---\n# Brewing", line), "utf-8")
    before = everything(tea)
    done = run("publish", "--dry-run", "tea")
    assert done.code == 0
    assert done.out.splitlines() == [
        "0 learners have begun it.",
        "  brewing.md: 2026-11-21 renamed q-hot to q-how-hot: 0 half-way, 0 finished; 0 lose anything. "
        "Their progress follows.",
        "Nothing was published. Leave --dry-run out to publish tea.",
    ]
    assert everything(tea) == before
    assert "publication 2" in run("publish", "tea").out
    assert b"was brewing/q-hot brewing/q-how-hot" in (tea / "names.lock").read_bytes()


def test_line_ends_of_another_system_leave_the_lock_alone(run, tea):
    run("migrate")
    run("publish", "tea")
    lock = (tea / "names.lock").read_bytes().replace(b"\n", b"\r\n")
    (tea / "names.lock").write_bytes(lock)
    assert "names.lock" not in run("publish", "tea").out
    assert (tea / "names.lock").read_bytes() == lock


def test_a_folder_stands_where_the_lock_should_and_it_is_published_all_the_same(run, tea):
    run("migrate")
    (tea / "names.lock").mkdir()
    done = run("publish", "tea")
    assert done.code == 0
    assert "tea/names.lock can't be written" in done.err


def test_a_lock_that_disagrees_stops_publishing_and_can_be_taken_from_the_site(run, tea):
    run("migrate")
    run("publish", "tea")
    good = (tea / "names.lock").read_text()
    (tea / "names.lock").write_text(good.replace("name brewing/boil", "removed brewing/boil"))
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text.replace("just boiled.", "just now boiled."), "utf-8")
    done = run("publish", "tea")
    assert done.code == 1
    assert 'tea/names.lock:3:1: "brewing/boil" is removed in this file' in done.err
    assert run("names", "--lock", "tea").code == 1
    assert (tea / "names.lock").read_text() != good
    assert run("names", "--lock", "--write", "tea").code == 0
    assert (tea / "names.lock").read_text() == good
    assert run("names", "--lock", "tea").code == 0
    assert "publication 2" in run("publish", "tea").out


def test_a_site_that_never_showed_a_course_knows_no_names_of_it(run, tea):
    run("migrate")
    done = run("names", "--lock", tea)
    assert done.code == 2
    assert "This site has never published tea" in done.err

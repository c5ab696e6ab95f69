"""Publishing: the whole release or nothing, names that keep their numbers, going back, two at once."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest
from sqlalchemy import select

from lms.errors import CannotRun
from lms.services import publishing
from lms.services.courses import Catalogue
from lms.services.publishing import CourseFaulty, Published
from lms.store.tables import (
    METADATA,
    badge_versions,
    publications,
    release_pages,
    releases,
    step_names,
    steps,
)
from tests.services import written
from tests.services.site import Site, at_once

LATER = 2_000


def publish(site: Site, files: dict[str, bytes]) -> Published:
    return publishing.publish(site.store, "tea", files, written.TODAY, site.later(LATER))


def whole(site: Site) -> dict[str, int]:
    """How many rows every table has."""
    return {table.name: site.count(table) for table in METADATA.sorted_tables}


def numbers(site: Site) -> dict[tuple[str, str], int]:
    """(module, name) -> number, of every name tea ever had."""
    rows = select(step_names.c.module, step_names.c.name, step_names.c.step_no)
    with site.store.read() as db:
        found = db.execute(rows.where(step_names.c.course_id == site.shape().course_id))
        return {(module, name): no for module, name, no in found}


def test_publishing_the_same_again_changes_nothing(site: Site):
    before = whole(site)
    again = publish(site, written.tea())
    assert (again.new, again.publication_no, again.hash) == (False, 1, site.shape().hash)
    assert whole(site) == before


def test_a_change_is_shown_and_counted(site: Site):
    first = site.shape()
    published = publish(site, written.changed(("Cold water from the tap.", "Cold water, please.")))
    assert (published.new, published.publication_no) == (True, 2)
    assert site.shape().hash == published.hash != first.hash
    assert site.shape().numbers == first.numbers
    assert "please" in site.catalogue.fragments(site.shape(), "brewing", "water")[1].html


def test_rolling_back_is_publishing_the_old_files(site: Site):
    old = site.shape()
    publish(site, written.changed(("Cold water from the tap.", "Cold water, please.")))
    back = publish(site, written.tea())
    assert (back.new, back.publication_no, back.hash) == (True, 3, old.hash)
    assert site.shape() == old
    assert site.count(releases) == 3, "two of tea, one of toast: no release is made twice"


def test_files_that_say_the_same_in_another_way_are_the_release_that_is_shown(site: Site):
    first, before = site.shape(), whole(site)
    noted = written.changed(("Cold water from the tap.", "Cold water from the tap.\n\n<!-- nobody sees this -->"))
    same = publish(site, noted)
    assert (same.new, same.hash) == (False, first.hash)
    assert whole(site) == before
    assert not publish(site, noted).new


def test_going_back_with_a_note_shows_the_old_release_and_keeps_the_record_of_names(site: Site):
    first = site.shape()
    publish(site, written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 renamed q-hot to q-boiled"))
    back = publish(site, written.changed(changes="2026-11-21 renamed q-boiled to q-hot"))
    assert (back.new, back.hash) == (True, first.hash)
    assert site.shape().numbers == first.numbers
    on = publish(
        site, written.changed(("Cold water from the tap.", "Cold."), changes="2026-11-21 renamed q-boiled to q-hot")
    )
    assert on.new
    assert site.shape().numbers == first.numbers


def test_a_renamed_step_keeps_its_number_and_what_was_done(site: Site):
    lena, before = site.person(), numbers(site)
    site.send(lena, *site.lesson())
    old = site.event("q-hot", "answered", ["b"])
    publish(site, written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 renamed q-hot to q-boiled"))
    after = numbers(site)
    assert after["brewing", "q-boiled"] == before["brewing", "q-hot"]
    assert after.items() >= before.items()
    assert site.results(lena, old) == ["new"], "an answer to the old release, under the old name, is taken"
    assert site.results(lena, site.event("q-hot", "answered", ["b"])) == ["refused no-such-step"]
    assert site.results(lena, site.event("q-boiled", "answered", ["b"])) == ["new"]


def test_a_moved_step_keeps_its_number(site: Site):
    before = numbers(site)
    hot = written._BREWING[
        written._BREWING.index("### Question: How hot") : written._BREWING.index("### Question: What is in")
    ]
    line = "changes:\n  - 2026-11-21 moved q-hot to pouring\n---\n# Brewing"
    brewing = written._BREWING.replace(hot, "").replace("---\n# Brewing", line, 1)
    publish(site, written.tea(brewing, f"{written._POURING}\n{hot}"))
    assert numbers(site)["pouring", "q-hot"] == before["brewing", "q-hot"]
    assert site.shape().numbers["pouring", "q-hot"] == before["brewing", "q-hot"]


def test_a_removed_step_is_retired_and_its_number_is_never_used_again(site: Site):
    before = numbers(site)
    steam = "### Look at the steam {#steam}\n\nOnly if you like.\n\n- Optional: yes\n"
    publish(site, written.changed((steam, ""), changes="2026-11-21 removed steam"))
    new = "### Smell it {#smell-it}\n\nNot too near.\n"
    publish(site, written.changed((steam, new), changes="2026-11-21 removed steam"))
    assert numbers(site)["brewing", "smell-it"] == max(before.values()) + 1
    with site.store.read() as db:
        retired = db.execute(select(steps.c.step_no).where(steps.c.retired_ms.is_not(None))).scalars().all()
    assert retired == [before["brewing", "steam"]]


def test_a_name_that_is_gone_without_a_line_stops_publishing_and_changes_nothing(site: Site):
    before = whole(site)
    with pytest.raises(CourseFaulty) as faulty:
        publish(site, written.changed(("{#q-hot}", "{#q-other}")))
    assert faulty.value.problems
    assert whole(site) == before


def test_a_course_with_a_fault_changes_nothing(site: Site):
    before = whole(site)
    with pytest.raises(CourseFaulty) as faulty:
        publish(site, written.changed(("- [x] It has just boiled", "- [ ] It has just boiled")))
    assert "brewing.md" in str(faulty.value)
    assert whole(site) == before


def test_a_badge_that_says_something_else_gets_a_new_version_and_one_that_does_not_stays(site: Site):
    publish(site, written.changed(("badge: Brewer", "badge: Master brewer")))
    publish(site, written.changed(("badge: Brewer", "badge: Master brewer"), ("Cold water", "Colder water")))
    with site.store.read() as db:
        names = db.execute(select(badge_versions.c.name).order_by(badge_versions.c.version)).scalars().all()
    assert sorted(names) == ["Brewer", "Master brewer", "Toaster"]


def test_two_who_publish_the_same_at_once_publish_it_once(site: Site):
    files = written.changed(("Cold water from the tap.", "Cold water, please."))
    now = site.later(LATER)
    came = at_once([partial(publishing.publish, site.store, "tea", files, written.TODAY, now) for _ in range(6)])
    assert sorted(it.new for it in came) == [False] * 5 + [True]
    assert {it.publication_no for it in came} == {2}


def test_of_two_who_publish_different_changes_at_once_none_is_lost_unseen(site: Site):
    """The second is told, or comes after the first: never a mixture, never two with one number."""
    each = [written.changed(("Cold water", f"Water {number}")) for number in range(5)]
    now = site.later(LATER)
    came = at_once([partial(publishing.publish, site.store, "tea", files, written.TODAY, now) for files in each])
    done = [it for it in came if isinstance(it, Published)]
    told = [it for it in came if isinstance(it, CannotRun)]
    assert done
    assert len(done) + len(told) == 5
    assert sorted(it.publication_no for it in done) == list(range(2, 2 + len(done)))
    last = max(done, key=lambda it: it.publication_no)
    assert Catalogue(site.store).shelf(now).course("tea").hash == last.hash


def test_two_who_publish_a_new_course_at_once_make_one_course(site: Site):
    coffee = {path: data.replace(b"course: toast", b"course: coffee") for path, data in written.toast().items()}
    each = [coffee, {**coffee, "toasting.md": coffee["toasting.md"].replace(b"long knife", b"short knife")}]
    now = site.later(LATER)
    came = at_once([partial(publishing.publish, site.store, "coffee", files, written.TODAY, now) for files in each * 2])
    assert all(isinstance(it, Published | CannotRun) for it in came)
    assert "coffee" in Catalogue(site.store).shelf(now).courses


def test_rolling_back_and_on_again_at_once_gives_each_publication_a_number_of_its_own(site: Site):
    new = written.changed(("Cold water", "Warm water"))
    publish(site, new)
    now = site.later(LATER)
    calls = [
        partial(publishing.publish, site.store, "tea", files, written.TODAY, now) for files in (written.tea(), new)
    ]
    came = at_once(calls * 4)
    assert all(isinstance(it, Published) for it in came)
    with site.store.read() as db:
        mine = publications.c.course_id == site.shape().course_id
        found = db.execute(select(publications.c.publication_no).where(mine)).scalars().all()
    assert sorted(found) == list(range(1, len(found) + 1))


def test_pictures_are_there_before_anything_names_them(site: Site, monkeypatch):
    """Killed between the files and the transaction, nothing of the new release can be seen."""
    before = whole(site)
    drawn = written.PICTURE + b"<!-- two -->"
    files = written.tea() | {"leaf.svg": drawn}

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "_store", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(site, files)
    kept = {path.name for path in site.store.files.iterdir()}
    assert hashlib.sha256(drawn).hexdigest() in kept
    assert whole(site) == before
    assert site.shape().hash == Catalogue(site.store).shelf(site.now_ms).course("tea").hash
    monkeypatch.undo()
    assert publish(site, files).new


def test_a_transaction_that_breaks_half_way_leaves_nothing(site: Site, monkeypatch):
    before = whole(site)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for step in ("add_release_parts", "badge_version", "add_publication"):
        with monkeypatch.context() as broken:
            broken.setattr(publishing.rows, step, killed)
            with pytest.raises(KeyboardInterrupt):
                publish(site, written.changed(("Cold water", "Warm water")))
        assert whole(site) == before, step


def test_no_half_written_picture_is_ever_under_its_name(site: Site):
    for path in site.store.files.iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    assert site.count(release_pages) > 0


def test_a_folder_is_read_with_all_that_is_in_it_but_what_is_hidden(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("course.md", "in/leaf.svg", ".hidden", "in/.half"):
        (tmp_path / name).write_text(name)
    (tmp_path / "way-out.md").symlink_to("/etc/passwd")
    assert publishing.read_folder(tmp_path) == {"course.md": b"course.md", "in/leaf.svg": b"in/leaf.svg"}
    with pytest.raises(CannotRun, match="not a folder"):
        publishing.read_folder(tmp_path / "nowhere")

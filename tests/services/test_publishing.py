"""Publishing: the whole release or nothing, names that keep their numbers, going back, two at once."""

from __future__ import annotations

import hashlib
import json
from functools import partial

import pytest
from sqlalchemy import select

from lms.content.lock import lock_text
from lms.content.plan import canonical
from lms.errors import CannotRun
from lms.learning.places import go_of
from lms.services import compiling, publishing
from lms.services.compiling import CourseFaulty
from lms.services.courses import Catalogue
from lms.services.jobs import every_job
from lms.services.numbering import NamesLost
from lms.services.own import everything
from lms.services.progress import where
from lms.services.publishing import Published
from lms.services.rebuild import rebuild
from lms.store import courses as rows
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


def test_rolling_back_also_works_with_files_that_others_which_said_the_same_have_followed(site: Site):
    first = site.shape()
    noted = written.changed(("Cold water from the tap.", "Cold water from the tap.\n\n<!-- nobody sees this -->"))
    for files in (
        noted,
        written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 renamed q-hot to q-boiled"),
        written.changed(("Cold water", "Warm water"), ("{#q-hot}", "{#q-boiled}")),
    ):
        publish(site, files)
    assert site.shape().hash != first.hash
    back = publish(site, written.tea())
    assert (back.new, back.hash) == (True, first.hash)
    with pytest.raises(CourseFaulty, match="q-boiled"):
        publish(site, written.changed(("Cold water", "Hot water")))


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

    monkeypatch.setattr(publishing, "store_release", killed)
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
    assert compiling.read_folder(tmp_path) == {"course.md": b"course.md", "in/leaf.svg": b"in/leaf.svg"}
    with pytest.raises(CannotRun, match="not a folder"):
        compiling.read_folder(tmp_path / "nowhere")


# --- remarked, reopened, corrected ------------------------------------------------------------------


def hot(site: Site) -> int:
    return site.shape().numbers["brewing", "q-hot"]


def reopened(*pairs: tuple[str, str], name: str = "q-hot") -> dict[str, bytes]:
    return written.changed(*pairs, changes=f"2026-11-21 reopened {name}")


def test_a_remarked_step_asks_for_the_job_that_marks_again(site: Site):
    other = ("- [x] It has just boiled", "- [ ] It has just boiled"), ("- [ ] It is warm", "- [x] It is warm")
    with pytest.raises(CourseFaulty, match="what is right"):
        publish(site, written.changed(*other))
    done = publish(site, written.changed(*other, changes="2026-11-21 remarked q-hot"))
    asked = {"course": site.shape().course_id, "publication": done.publication_no, "steps": [hot(site)]}
    assert [job.args for job in every_job(site.store) if job.kind == "remark"] == [asked]
    publish(site, written.changed(*other, ("Cold", "Colder"), changes="2026-11-21 remarked q-hot"))
    assert [job.args for job in every_job(site.store) if job.kind == "remark"] == [asked], "a line acts once"


def test_a_reopened_step_is_asked_again_and_what_was_finished_stays(site: Site):
    lena, old = site.person(), hot(site)
    site.send(lena, *site.lesson())
    before = site.milestones(lena)
    events = site.events(lena)
    assert old in json.loads(site.progress(lena)["state"])["done"]
    publish(site, reopened())
    new = hot(site)
    assert new == max(numbers(site).values())
    assert site.milestones(lena) == before
    assert site.events(lena) == events, "nothing of hers is touched"
    assert new not in where(site.store, site.catalogue, site.shape(), lena.person_id).state.done
    assert site.results(lena, site.event("q-hot", "answered", ["d"])) == ["new"]
    state = where(site.store, site.catalogue, site.shape(), lena.person_id).state
    assert new not in state.done, "d is wrong now: its letters are c and d"
    assert site.results(lena, site.event("q-hot", "answered", ["c"])) == ["new"]
    state = where(site.store, site.catalogue, site.shape(), lena.person_id).state
    assert {old, new} <= state.done
    assert site.milestones(lena) == before, "a lesson is finished once"


def test_an_answer_from_before_it_was_reopened_is_kept_for_what_it_was(site: Site):
    """She learns with no connection while the step is reopened."""
    lena, mona, old = site.person(), site.person("Mona"), hot(site)
    offline = site.lesson()
    publish(site, reopened())
    assert set(site.results(lena, *offline)) == {"new"}
    assert old in where(site.store, site.catalogue, site.shape(), lena.person_id).state.done
    assert ("lesson", str(site.shape().numbers["brewing", "water"])) in site.milestones(lena), "as she was promised"
    late = [it if it["name"] != "q-hot" else {**it, "answer": ["c"]} for it in site.lesson()]
    assert set(site.results(mona, *late)) == {"new"}
    assert old not in where(site.store, site.catalogue, site.shape(), mona.person_id).state.done


def test_an_old_release_keeps_its_numbers_also_where_it_is_read_for_the_first_time(site: Site):
    first, old = site.shape(), hot(site)
    publish(site, reopened())
    fresh = Catalogue(site.store)
    assert fresh.release(first.release_id).numbers == first.numbers
    assert fresh.release(first.release_id).numbers["brewing", "q-hot"] == old
    assert rebuild(site.store, fresh, site.zone).differences == ()


def test_a_release_made_before_anything_could_be_reopened_keeps_its_numbers_too(site: Site):
    first = site.shape()
    with site.store.write() as db:
        row = rows.release(db, first.release_id)
        manifest = {part: it for part, it in json.loads(row.manifest).items() if part != "numbers"}
        rows.keep_manifest(db, first.release_id, canonical(manifest))
    assert Catalogue(site.store).release(first.release_id).numbers == first.numbers
    publish(site, reopened())
    assert Catalogue(site.store).release(first.release_id).numbers == first.numbers


def test_rolling_back_over_it_shows_the_old_step_and_forward_again_the_new(site: Site):
    old = hot(site)
    publish(site, reopened())
    new = hot(site)
    publish(site, written.tea())
    assert hot(site) == old
    publish(site, reopened())
    assert hot(site) == new
    publish(site, reopened(("Cold water", "Warm water")))
    assert hot(site) == new, "the line acted once"


def test_reopened_twice_and_renamed_back_it_goes_on_with_its_newest_number(site: Site):
    publish(site, written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 renamed q-hot to q-boiled"))
    publish(site, written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 reopened q-boiled"))
    second = site.shape().numbers["brewing", "q-boiled"]
    publish(site, written.changed(changes="2026-11-22 renamed q-boiled to q-hot"))
    assert hot(site) == second
    publish(site, written.changed(changes="2026-11-23 reopened q-hot"))
    assert hot(site) == second + 1
    assert len(set(site.shape().numbers.values())) == len(site.shape().numbers)


def test_a_reopened_quiz_is_taken_anew_and_the_pass_stays(site: Site):
    lena = site.person()
    pass_quiz(site, lena)
    before = site.milestones(lena)
    quiz = site.shape().numbers["brewing", "quiz"]
    publish(site, reopened(name="quiz"))
    there = where(site.store, site.catalogue, site.shape(), lena.person_id)
    now = site.shape().numbers["brewing", "quiz"]
    assert quiz in there.state.passed
    assert now not in there.state.passed
    assert site.results(lena, site.quiz("started", 1)) == ["new"], "with all its tries again"
    assert site.milestones(lena) == before


def pass_quiz(site: Site, lena) -> None:
    right = {"q-first": "a", "q-second": "a", "q-lid": "a", "q-cold": "a"}
    site.send(lena, *site.lesson(), site.quiz("started", 1))
    shape = site.shape()
    there = where(site.store, site.catalogue, shape, lena.person_id)
    names = [shape.places[no][1] for no in go_of(there, shape, shape.numbers["brewing", "quiz"], 1).asked]
    answers = [site.quiz("answered", 1, name, [right[name]]) for name in names]
    site.send(lena, *answers, site.quiz("finished", 1))


def test_what_she_takes_away_says_which_step_an_old_answer_was_to(site: Site):
    lena, old = site.person(), hot(site)
    site.send(lena, *site.lesson())
    publish(site, reopened())
    site.send(lena, site.event("q-hot", "answered", ["c"]))
    steps = [row["step"] for row in everything(site.store, lena.person_id)["events"]]
    assert f"brewing/q-hot@{old}" in steps
    assert "brewing/q-hot" in steps


def test_names_that_the_record_has_lost_stop_publishing(site: Site):
    """A site's numbers and its record of names are written together; where they differ something broke."""
    before = whole(site)
    with site.store.write() as db:
        row = rows.last_release(db, "tea")
        manifest = json.loads(row.manifest)
        del manifest["names"]["named"]["brewing/q-hot"]
        rows.keep_manifest(db, row.release_id, canonical(manifest))
    with pytest.raises(NamesLost, match="brewing/q-hot"):
        publish(
            site, written.changed(("### Question: How hot", "### Question: How very hot"), ("{#q-hot}", "{#q-new}"))
        )
    assert whole(site) == before


# --- names.lock -------------------------------------------------------------------------------------


def lock(site: Site) -> dict[str, bytes]:
    return {"names.lock": publishing.lock_of(site.store, "tea").encode()}


def test_the_lock_is_the_sites_record_and_no_source(site: Site):
    before = whole(site)
    again = publish(site, written.tea() | lock(site))
    assert (again.new, whole(site)) == (False, before)
    assert b"name brewing/q-hot question 2026-11-21 " in lock(site)["names.lock"]
    assert b"course tea" in lock(site)["names.lock"]


def test_with_its_lock_a_folder_alone_tells_what_publishing_would(site: Site):
    files = written.changed(("{#q-hot}", "{#q-other}")) | lock(site)
    assert any("was published and is gone" in str(problem) for problem in compiling.check(files, written.TODAY))
    assert compiling.check(written.tea() | lock(site), written.TODAY) == ()


def test_a_lock_that_is_behind_is_fine_and_one_of_another_site_is_not(site: Site):
    old = lock(site)
    other = ("- [x] It has just boiled", "- [ ] It has just boiled"), ("- [ ] It is warm", "- [x] It is warm")
    changed = written.changed(*other, changes="2026-11-21 remarked q-hot")
    publish(site, changed | old)
    assert publish(site, changed | {"leaf.svg": written.PICTURE + b"<!-- -->"} | old).new
    spoilt = old["names.lock"].replace(b"name brewing/q-hot question", b"removed brewing/q-hot question")
    before = whole(site)
    with pytest.raises(CourseFaulty) as faulty:
        publish(site, written.changed(("Cold water", "Warm water"), *other) | {"names.lock": spoilt})
    assert '"brewing/q-hot" is removed in this file, and on this site it is published.' in str(faulty.value)
    assert whole(site) == before


def test_a_lock_that_is_ahead_by_what_is_published_now_is_fine(site: Site):
    """A course that comes with its lock from those who made it, to a site that showed it before."""
    new = written.changed(("{#q-hot}", "{#q-boiled}"), changes="2026-11-21 renamed q-hot to q-boiled")
    release = compiling.compile_release("tea", new | lock(site), written.TODAY)
    ahead = {"names.lock": lock_text("tea", release.names).encode()}
    assert publish(site, new | ahead).new


def test_a_site_that_never_showed_a_course_takes_its_lock_over(site: Site):
    coffee = {path: data.replace(b"course: tea", b"course: coffee") for path, data in reopened().items()}
    of_coffee = {path: data.replace(b"course: tea", b"course: coffee") for path, data in written.tea().items()}
    first = compiling.compile_release("coffee", of_coffee, written.TODAY)
    second = compiling.compile_release(
        "coffee", coffee | {"names.lock": lock_text("coffee", first.names).encode()}, written.TODAY
    )
    files = of_coffee | {"names.lock": lock_text("coffee", second.names).encode()}
    publishing.publish(site.store, "coffee", files, written.TODAY, site.later(LATER))
    shape = site.shape("coffee")
    assert shape.hash == second.hash
    assert set(shape.steps[shape.numbers["brewing", "q-hot"]].letters) == {"c", "d"}
    copied = written.toast() | lock(site)
    copied["course.md"] = copied["course.md"].replace(b"course: toast", b"course: rolls")
    with pytest.raises(CourseFaulty, match="a copied course starts afresh"):
        publishing.publish(site.store, "rolls", copied, written.TODAY, site.later(LATER))


def test_a_start_with_the_demo_passes_over_a_lock_that_disagrees(site: Site):
    spoilt = {"names.lock": lock(site)["names.lock"].replace(b"name brewing/q-hot", b"removed brewing/q-hot")}
    files = written.changed(("Cold water", "Warm water")) | spoilt
    assert publishing.publish(site.store, "tea", files, written.TODAY, site.later(LATER), heed_lock=False).new

"""What a publication finishes: once for each learner, with its badge, whatever interrupts it."""

from __future__ import annotations

import uuid
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from lms.learning.people import Role, ScopeKind
from lms.services import erasure, jobs, publishing, released, remark, worker
from lms.services.courses import Catalogue
from lms.services.jobs import Job, State, Tools, run_one
from lms.services.publishing import Published
from lms.services.rebuild import rebuild
from lms.services.released import record_released
from lms.store.events import Ledger
from lms.store.tables import awards, learner_months, milestones, progress
from tests.services import written
from tests.services.site import TABLES, Site, at_once
from tests.store.databases import every_kind

pytestmark = every_kind

TILT = "### Tilt it {#tilt-it}\n\nNot too far.\n"
SLICED = "### Butter it {#butter-it}\n\nWhile it is warm.\n"


def without_butter() -> dict[str, bytes]:
    """`toast`, whose only lesson no longer asks for butter."""
    text = written._TOASTING.replace(SLICED, "").replace(
        "---\n# Toasting", "changes:\n  - 2026-11-21 removed butter-it\n---\n# Toasting", 1
    )
    return {**written.toast(), "toasting.md": text.encode()}


def publish(site: Site, files: dict[str, bytes], course: str = "toast") -> Published:
    return publishing.publish(site.store, course, files, written.TODAY, site.later(2_000))


def sliced(site: Site, name: str = "Lena") -> Any:
    """Somebody who has cut her bread and not buttered it."""
    person = site.person(name)
    site.send(person, site.event("slice-it", "done", module="toasting", course="toast"))
    return person


def tools(site: Site) -> Tools:
    return Tools(site.store, Catalogue(site.store), site.zone, lambda: site.now_ms)


def passed(site: Site, done: Published) -> dict[str, int]:
    """What whoever published is told."""
    return dict(record_released(tools(site), done.course_id, done.publication_no).finished)


def work(site: Site) -> list[Job]:
    """A worker does what is due."""
    done = []
    while job := run_one(tools(site), worker.KINDS):
        done.append(job)
    return done


def kinds(site: Site, person: Any) -> list[str]:
    return [row["kind"] for row in site.events(person)]


def everything(site: Site) -> dict[str, list[Any]]:
    with site.store.read() as db:
        return {
            it.name: sorted(
                map(tuple, db.execute(it.select().where(it.c.person_id > 0).order_by("person_id"))), key=repr
            )
            for it in TABLES
        }


def test_whoever_has_nothing_left_to_do_has_finished_with_her_badge_once(site: Site):
    lena, mira = sliced(site), sliced(site, "Mira")
    done = publish(site, without_butter())
    assert site.milestones(lena) == {("started", "")}
    assert passed(site, done) == {"lesson": 2, "module": 2, "course": 2}
    lesson = site.shape("toast").numbers["toasting", "bread"]
    for person in (lena, mira):
        assert site.milestones(person) >= {("lesson", str(lesson)), ("module", "toasting"), ("course", "")}
        assert kinds(site, person) == ["done", "released"]
        assert len(site.rows(awards, person)) == 1
    before = everything(site)
    assert passed(site, done) == {}
    assert everything(site) == before
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_the_event_says_when_she_was_done_and_when_it_was_recorded(site: Site):
    lena = sliced(site)
    done = publish(site, without_butter())
    published = site.now_ms
    site.later(86_400_000)
    passed(site, done)
    event = site.events(lena)[-1]
    assert (event["at_ms"], event["recorded_ms"], event["day"]) == (published, site.now_ms, 20261121)
    assert event["release_id"] == site.shape("toast").release_id
    module = next(row for row in site.rows(milestones, lena) if row["kind"] == "module")
    assert (module["at_ms"], module["recorded_ms"], module["release_id"]) == (
        published, site.now_ms, event["release_id"],
    )  # fmt: skip
    assert site.progress(lena, "toast")["last_at_ms"] < published, "publishing did that, not she"


def test_she_was_not_active_because_something_was_published(site: Site):
    lena = sliced(site)
    before = site.rows(learner_months, lena)
    site.later(60 * 86_400_000)
    passed(site, publish(site, without_butter()))
    assert site.rows(learner_months, lena) == before


def test_whoever_has_something_left_to_do_is_left_as_she_was(site: Site):
    opened, done = site.person("Mira"), site.person("Olga")
    site.send(opened, site.event("slice-it", "opened", module="toasting", course="toast"))
    site.send(done, *site.toast())
    before = everything(site)
    assert passed(site, publish(site, without_butter())) == {}
    assert everything(site) == before


def test_a_lesson_that_is_finished_in_a_module_that_is_not_is_told_as_a_lesson(site: Site):
    lena = site.person()
    site.send(lena, site.event("hold-it", "done", module="pouring"))
    site.send(lena, *site.lesson()[:2])
    cup = written.tea(pouring=written._POURING.replace(TILT, "").replace(
        "---\n# Pouring", "changes:\n  - 2026-11-21 removed tilt-it\n---\n# Pouring", 1
    ))  # fmt: skip
    assert passed(site, publish(site, cup, "tea")) == {"lesson": 1, "module": 1}
    assert ("module", "brewing") not in site.milestones(lena)
    assert site.rows(awards, lena) == [], "this module gives no badge"


def test_only_learners_of_the_course_are_looked_at_page_by_page(site: Site, monkeypatch):
    learners = [sliced(site, f"Learner {number}") for number in range(5)]
    other = site.person("Olga")
    site.send(other, *site.lesson())
    done = publish(site, without_butter())
    told: list[int] = []
    monkeypatch.setattr(released, "PAGE", 2)
    it = record_released(tools(site), done.course_id, done.publication_no, told.append)
    assert (it.finished, it.failure) == ({"lesson": 5, "module": 5, "course": 5}, "")
    assert told == [1, 2, 3, 4, 5]
    assert all(kinds(site, person)[-1] == "released" for person in learners)
    assert "released" not in kinds(site, other)


@pytest.mark.parametrize("at", ["add", "add_milestone", "save", "award"])
def test_stopped_in_the_middle_of_one_and_run_again_it_comes_to_the_same(site: Site, monkeypatch, at: str):
    learners = [sliced(site, f"Learner {number}") for number in range(4)]
    done = publish(site, without_butter())
    right, calls = getattr(Ledger, at), 0

    def killed(self, *given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return right(self, *given, **more)

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, at, killed)
        with pytest.raises(KeyboardInterrupt):
            passed(site, done)
    before = len([1 for person in learners if "released" in kinds(site, person)])
    assert before < 4
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()
    assert passed(site, done)["module"] == 4 - before
    assert [kinds(site, person) for person in learners] == [["done", "released"]] * 4
    assert [len(site.rows(awards, person)) for person in learners] == [1] * 4
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()
    assert passed(site, done) == {}


def test_two_passes_at_once_and_learners_who_go_on_meanwhile_finish_once(site: Site):
    learners = [sliced(site, f"Learner {number}") for number in range(4)]
    done = publish(site, without_butter())
    going_on = [
        partial(site.send, person, site.event("slice-it", "opened", module="toasting", course="toast"))
        for person in learners
    ]
    came = at_once([partial(passed, site, done), *going_on, partial(passed, site, done)])
    assert not [it for it in came if isinstance(it, BaseException)]
    for person in learners:
        assert kinds(site, person).count("released") <= 1
        assert ("module", "toasting") in site.milestones(person)
        assert len(site.rows(awards, person)) == 1
        assert site.seqs(person, "toast") == list(range(1, len(kinds(site, person)) + 1))
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_what_is_left_of_someone_who_was_erased_changes_no_more(site: Site):
    lena = sliced(site)
    site.person("Ada", (Role.ADMINISTRATOR, ScopeKind.SITE, 0))
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    assert passed(site, publish(site, without_butter())) == {}
    assert kinds(site, lena) == ["done"]


def test_progress_of_an_older_fold_is_folded_first(site: Site):
    lena = sliced(site)
    with site.store.write() as db:
        mine = progress.c.person_id == lena.person_id
        db.execute(progress.update().where(mine).values(state='{"an":"older form"}', fold_version=99))
    assert passed(site, publish(site, without_butter()))["module"] == 1
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_each_publication_has_events_of_its_own_and_nobody_gets_two_for_the_same(site: Site):
    lena = sliced(site)
    done = publish(site, without_butter())
    passed(site, done)
    back = written.toast()
    back["toasting.md"] = back["toasting.md"].replace(b"{#butter-it}", b"{#spread-it}").replace(
        b"---\n# Toasting", b"changes:\n  - 2026-11-21 removed butter-it\n---\n# Toasting", 1
    )  # fmt: skip
    again = publish(site, back)
    mira = sliced(site, "Mira")
    assert passed(site, again) == {}
    last = publish(site, without_butter())
    assert passed(site, last) == {"lesson": 1, "module": 1, "course": 1}
    assert kinds(site, lena) == kinds(site, mira) == ["done", "released"]
    one, other = (site.events(person)[-1]["event_id"] for person in (lena, mira))
    assert one == made_of(done.course_id, 2, lena.person_id)
    assert other == made_of(done.course_id, 4, mira.person_id)


def made_of(course_id: int, publication_no: int, person_id: int) -> uuid.UUID:
    """The id of the event by which a publication finishes something for a person."""
    publication = uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, "lms released"), f"{course_id} {publication_no}")
    return uuid.uuid5(publication, str(person_id))


# --- the job --------------------------------------------------------------------------------------------


def asked(site: Site) -> list[tuple[int, State]]:
    """The publications whose job was asked for, and where it is."""
    return [(it.args["publication"], it.state) for it in jobs.every_job(site.store) if it.kind == released.KIND]


def test_a_publication_asks_for_it_and_the_first_one_and_one_that_changes_nothing_do_not(site: Site):
    assert asked(site) == [], "nobody is a learner of what was never shown"
    publish(site, without_butter())
    publish(site, without_butter())
    assert asked(site) == [(2, State.WAITING)]


def test_a_publication_that_does_not_come_about_leaves_no_job(site: Site, monkeypatch):
    def broken(*_: object) -> None:
        raise KeyError("just before the end")

    monkeypatch.setattr(publishing, "_mark_again", broken)
    with pytest.raises(KeyError):
        publish(site, without_butter())
    assert asked(site) == []


def test_a_worker_does_what_nobody_waited_for(site: Site):
    lena, mira = sliced(site), sliced(site, "Mira")
    done = publish(site, without_butter())
    assert work(site) == [], "whoever published is given a moment to do it"
    site.later(released.OWN_MS)
    (job,) = work(site)
    assert (job.kind, job.state, job.result.count) == ("released", State.DONE, 2)
    assert job.args == {"course": done.course_id, "publication": 2}
    for person in (lena, mira):
        assert kinds(site, person) == ["done", "released"]
        assert site.events(person)[-1]["event_id"] == made_of(done.course_id, 2, person.person_id)
    before = everything(site)
    assert passed(site, done) == {}, "it is done"
    assert everything(site) == before
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_what_the_publisher_did_leaves_a_worker_nothing(site: Site):
    sliced(site)
    passed(site, publish(site, without_butter()))
    site.later(jobs.LEASE_MS)
    assert work(site) == []
    assert asked(site) == [(2, State.DONE)]


def test_a_publisher_who_is_killed_is_followed_by_a_worker(site: Site):
    learners = [sliced(site, f"Learner {number}") for number in range(4)]
    done = publish(site, without_butter())

    def killed(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record_released(tools(site), done.course_id, done.publication_no, killed)
    assert asked(site) == [(2, State.RUNNING)]
    assert work(site) == [], "who knows that he is dead?"
    site.later(jobs.LEASE_MS)
    (job,) = work(site)
    assert job.state is State.DONE
    assert [kinds(site, person) for person in learners] == [["done", "released"]] * 4
    assert [len(site.rows(awards, person)) for person in learners] == [1] * 4


def test_what_stops_it_is_said_and_a_worker_tries_again(site: Site, monkeypatch):
    lena = sliced(site)
    done = publish(site, without_butter())
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "save", lambda *_, **__: 1 // 0)
        it = record_released(tools(site), done.course_id, done.publication_no)
    assert it.finished == {}
    assert it.failure.startswith("ZeroDivisionError")
    assert kinds(site, lena) == ["done"]
    site.later(jobs.BACK_OFF_MS)
    (job,) = work(site)
    assert job.state is State.DONE
    assert kinds(site, lena) == ["done", "released"]


def test_showing_an_older_release_again_finishes_whom_it_leaves_nothing(site: Site):
    publish(site, without_butter())
    publish(site, written.toast())
    lena = sliced(site)
    site.later(released.OWN_MS)
    work(site)
    assert kinds(site, lena) == ["done", "released"], "by the second publication, which came before the third"
    mira = sliced(site, "Mira")
    again = publish(site, without_butter())
    assert (again.new, again.publication_no) == (True, 4)
    assert passed(site, again) == {"lesson": 1, "module": 1, "course": 1}
    assert site.events(mira)[-1]["event_id"] == made_of(again.course_id, 4, mira.person_id)
    assert kinds(site, lena) == ["done", "released"]


def remarked_and_removed() -> dict[str, bytes]:
    """`tea`, where one step of a lesson is gone and another one's right answer was the wrong one."""
    return written.changed(
        ("- [x] It has just boiled", "- [ ] It has just boiled"),
        ("- [ ] It is warm", "- [x] It is warm"),
        ("### Fill the kettle {#fill-it}\n\nCold water from the tap.\n\n", ""),
        changes="2026-11-21 remarked q-hot\n  - 2026-11-21 removed fill-it",
    )


def learners_of_the_water(site: Site) -> list[Any]:
    """One has answered wrongly, one rightly and not filled the kettle, one has done neither."""
    wrong, right, neither = (site.person(name) for name in ("Wilma", "Rita", "Nora"))
    lesson = [it for it in site.lesson() if it["name"] != "fill-it"]
    site.send(right, *[{**it, "id": str(uuid.uuid4())} for it in lesson])
    site.send(wrong, *[it for it in site.lesson(wrong=True) if it["name"] != "fill-it"])
    site.send(neither, lesson[0])
    return [wrong, right, neither]


@pytest.mark.parametrize("order", list(permutations(("remark", "released"))))
def test_with_the_job_that_marks_again_in_any_order_it_comes_to_the_same(site: Site, order: tuple[str, ...]):
    wrong, right, neither = learners_of_the_water(site)
    lesson = ("lesson", str(site.shape().numbers["brewing", "water"]))
    publish(site, remarked_and_removed(), "tea")
    site.later(remark.SETTLED_MS)
    for kind in (*order, *order):
        run_one(tools(site), {kind: worker.KINDS[kind]})
    assert work(site) == []
    assert lesson in site.milestones(wrong)
    assert lesson in site.milestones(right)
    assert lesson not in site.milestones(neither)
    assert {kinds(site, it)[-1] for it in (wrong, right)} == {"remarked", "released"}
    assert not {"remarked", "released"} & set(kinds(site, neither))
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_nothing_is_held_open_between_two_learners(site: Site):
    for number in range(3):
        sliced(site, f"Learner {number}")
    done = publish(site, without_butter())
    before, held = site.store.engine.pool.checkedout(), []
    for _ in released.run(tools(site), {"course": done.course_id, "publication": 2}, ""):
        held.append(site.store.engine.pool.checkedout())
    assert len(held) == 3
    assert set(held) == {before}


def test_an_answer_to_the_older_release_that_comes_after_it_finishes_what_it_would_have_before(site: Site):
    """Her phone was offline while the last thing she had not done was taken away."""
    lena, early = site.person(), sliced(site, "Mira")
    waiting = site.event("slice-it", "done", module="toasting", course="toast")
    done = publish(site, without_butter())
    site.later(2_000)
    passed(site, done)
    site.send(lena, waiting)
    assert kinds(site, lena) == kinds(site, early) == ["done", "released"]
    assert site.milestones(lena) == site.milestones(early)
    assert len(site.rows(awards, lena)) == 1
    assert site.events(lena)[-1]["event_id"] == made_of(done.course_id, 2, lena.person_id)
    assert site.results(lena, waiting) == ["dup"]
    assert passed(site, done) == {}
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_a_mark_raised_after_it_finishes_what_it_would_have_before(site: Site):
    """One publication finds her answer right; the next removes the last thing she has not done, and is done first."""
    lena = site.person()
    site.send(lena, *(it for it in site.lesson(wrong=True) if it["name"] not in ("fill-it", "pot")))
    boiled = (("[x] It has just boiled", "[ ] It has just boiled"), ("[ ] It is warm", "[x] It is warm"))
    line = "2026-11-21 remarked q-hot"
    publish(site, written.changed(*boiled, changes=line), "tea")
    kettle = ("### Fill the kettle {#fill-it}\n\nCold water from the tap.\n\n", "")
    done = publish(site, written.changed(*boiled, kettle, changes=f"{line}\n  - 2026-11-21 removed fill-it"), "tea")
    water = ("lesson", str(site.shape().numbers["brewing", "water"]))
    assert passed(site, done) == {}
    site.later(remark.SETTLED_MS)
    assert {it.kind: it.result.count for it in work(site)}["remark"] == 1
    assert water in site.milestones(lena)
    assert kinds(site, lena)[-2:] == ["remarked", "released"]
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()

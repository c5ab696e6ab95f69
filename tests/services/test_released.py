"""What a publication finishes: once for each learner, with its badge, whatever interrupts it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest

from lms.learning.people import Role, ScopeKind
from lms.services import erasure, publishing, released
from lms.services.rebuild import rebuild
from lms.services.released import record_released
from lms.store import progress as progress_rows
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


def publish(site: Site, files: dict[str, bytes], course: str = "toast") -> int:
    """Publish; gives the course's id."""
    return publishing.publish(site.store, course, files, written.TODAY, site.later(2_000)).course_id


def sliced(site: Site, name: str = "Lena") -> Any:
    """Somebody who has cut her bread and not buttered it."""
    person = site.person(name)
    site.send(person, site.event("slice-it", "done", module="toasting", course="toast"))
    return person


def passed(site: Site, course_id: int) -> dict[str, int]:
    return dict(record_released(site.store, course_id, site.zone, site.now_ms))


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
    course_id = publish(site, without_butter())
    assert site.milestones(lena) == {("started", "")}
    assert passed(site, course_id) == {"lesson": 2, "module": 2, "course": 2}
    lesson = site.shape("toast").numbers["toasting", "bread"]
    for person in (lena, mira):
        assert site.milestones(person) >= {("lesson", str(lesson)), ("module", "toasting"), ("course", "")}
        assert kinds(site, person) == ["done", "released"]
        assert len(site.rows(awards, person)) == 1
    before = everything(site)
    assert passed(site, course_id) == {}
    assert everything(site) == before
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()


def test_the_event_says_when_she_was_done_and_when_it_was_recorded(site: Site):
    lena = sliced(site)
    course_id = publish(site, without_butter())
    published = site.now_ms
    site.later(86_400_000)
    passed(site, course_id)
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
    course_id = publish(site, without_butter())
    told: list[int] = []
    monkeypatch.setattr(released.rows, "progress_in", partial(progress_rows.progress_in, page=2))
    finished = record_released(site.store, course_id, site.zone, site.now_ms, told.append)
    assert finished == {"lesson": 5, "module": 5, "course": 5}
    assert told == [1, 2, 3, 4, 5]
    assert all(kinds(site, person)[-1] == "released" for person in learners)
    assert "released" not in kinds(site, other)


@pytest.mark.parametrize("at", ["add", "add_milestone", "save", "award"])
def test_stopped_in_the_middle_of_one_and_run_again_it_comes_to_the_same(site: Site, monkeypatch, at: str):
    learners = [sliced(site, f"Learner {number}") for number in range(4)]
    course_id = publish(site, without_butter())
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
            passed(site, course_id)
    before = len([1 for person in learners if "released" in kinds(site, person)])
    assert before < 4
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()
    assert passed(site, course_id)["module"] == 4 - before
    assert [kinds(site, person) for person in learners] == [["done", "released"]] * 4
    assert [len(site.rows(awards, person)) for person in learners] == [1] * 4
    assert rebuild(site.store, site.catalogue, site.zone, True).differences == ()
    assert passed(site, course_id) == {}


def test_two_passes_at_once_and_learners_who_go_on_meanwhile_finish_once(site: Site):
    learners = [sliced(site, f"Learner {number}") for number in range(4)]
    course_id = publish(site, without_butter())
    going_on = [
        partial(site.send, person, site.event("slice-it", "opened", module="toasting", course="toast"))
        for person in learners
    ]
    came = at_once([partial(passed, site, course_id), *going_on, partial(passed, site, course_id)])
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
    course_id = publish(site, without_butter())
    passed(site, course_id)
    back = written.toast()
    back["toasting.md"] = back["toasting.md"].replace(b"{#butter-it}", b"{#spread-it}").replace(
        b"---\n# Toasting", b"changes:\n  - 2026-11-21 removed butter-it\n---\n# Toasting", 1
    )  # fmt: skip
    publish(site, back)
    mira = sliced(site, "Mira")
    assert passed(site, course_id) == {}
    publish(site, without_butter())
    assert passed(site, course_id) == {"lesson": 1, "module": 1, "course": 1}
    assert kinds(site, lena) == kinds(site, mira) == ["done", "released"]
    one, other = (site.events(person)[-1]["event_id"] for person in (lena, mira))
    assert one == made_of(course_id, 2, lena.person_id)
    assert other == made_of(course_id, 4, mira.person_id)


def made_of(course_id: int, publication_no: int, person_id: int) -> uuid.UUID:
    """The id of the event by which a publication finishes something for a person."""
    publication = uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, "lms released"), f"{course_id} {publication_no}")
    return uuid.uuid5(publication, str(person_id))

"""Marking answers again after a publication: nobody loses anything, and whoever was right gets what it is worth."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import select, update

from lms.content.plan import canonical
from lms.content.planjson import key_from_json, key_to_json
from lms.learning.quiz import draw
from lms.learning.remark import remark_id
from lms.services import erasure, own, publishing, quiz, remark, worker
from lms.services.courses import Catalogue
from lms.services.jobs import At, State, Tools, every_job, run_one
from lms.services.rebuild import rebuild
from lms.store import courses as course_rows
from lms.store.events import Ledger
from lms.store.tables import (
    awards,
    learner_months,
    release_keys,
    release_steps,
    releases,
    words,
)
from tests.services import written
from tests.services.site import TABLES, Site, at_once
from tests.store.databases import every_kind

pytestmark = every_kind

DAY_MS = 86_400_000
QUESTIONS = ("q-first", "q-second", "q-lid", "q-cold")


def publish(site: Site, keys: dict[str, dict[str, Any]], letters: dict[str, str] | None = None) -> int:
    """The release that is shown, with other keys, shown from now on; gives the number of the publication.

    Made by hand, as publishing does it: a release of its own, and in the same transaction the job.
    """
    site.later(2_000)
    old, steps = site.shape(), sorted(site.shape().numbers["brewing", name] for name in keys)
    with site.store.write() as db:
        row = db.execute(select(releases).where(releases.c.release_id == old.release_id)).mappings().one()
        manifest = row["manifest"]
        for now, then in (letters or {}).items():
            assert now in manifest
            manifest = manifest.replace(now, then)
        made = {**row, "hash": uuid.uuid4().hex * 2, "sources_hash": uuid.uuid4().hex * 2, "manifest": manifest}
        del made["release_id"]
        release_id = course_rows.add_release(db, made)
        for table in (release_steps, release_keys):
            rows = db.execute(select(table).where(table.c.release_id == old.release_id)).mappings().all()
            db.execute(table.insert(), [{**it, "release_id": release_id} for it in rows])
        for name, key in keys.items():
            _change_key(db, release_id, old.numbers["brewing", name], key)
        number = course_rows.add_publication(db, old.course_id, release_id, site.now_ms, None)
        remark.enqueue(db, old.course_id, number, steps, site.now_ms)
    site.later(remark.SETTLED_MS)
    return number


def _change_key(db: Any, release_id: int, no: int, changed: dict[str, Any]) -> None:
    mine = (release_keys.c.release_id == release_id) & (release_keys.c.step_no == no)
    key = json.loads(db.execute(select(release_keys.c.key_json).where(mine)).scalar_one())
    whole = key_to_json(key_from_json({**key, **changed}))
    db.execute(update(release_keys).where(mine).values(key_json=canonical(whole)))


def tools(site: Site) -> Tools:
    return Tools(site.store, Catalogue(site.store), site.zone, lambda: site.now_ms)


def work(site: Site) -> int:
    """Do every job; gives how many answers were raised."""
    found = 0
    while job := run_one(tools(site), worker.KINDS):
        assert job.state is State.DONE, job.result.failure
        found += job.result.count
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()
    return found


def kinds(site: Site, person: Any) -> list[str]:
    return [row["kind"] for row in site.events(person)]


def everything(site: Site) -> dict[str, list[Any]]:
    with site.store.read() as db:
        found = {it.name: db.execute(it.select().where(it.c.person_id > 0).order_by("person_id")) for it in TABLES}
        return {name: sorted(repr(tuple(row)) for row in rows) for name, rows in found.items()}


def drawn(site: Site, person: Any, number: int) -> tuple[str, ...]:
    """The names of the questions an attempt asks."""
    shape = site.shape()
    view = quiz.see(site.store, site.catalogue, shape, "brewing", person.person_id)
    return tuple(shape.places[no][1] for no in draw(view.where.seed, view.quiz, number))


def taken(site: Site, person: Any, number: int, *, right: int, finished: bool = True) -> None:
    """An attempt at the quiz with so many right answers, of two."""
    site.send(person, site.quiz("started", number))
    for place, name in enumerate(drawn(site, person, number)):
        site.send(person, site.quiz("answered", number, name, ["a" if place < right else "b"]))
    if finished:
        site.send(person, site.quiz("finished", number))


ALL_B = {name: {"right": ["b"]} for name in QUESTIONS}
"""Of every question of the quiz the other choice is right."""
ALL_A = {name: {"right": ["a"]} for name in QUESTIONS}


def test_a_practice_answer_that_was_right_after_all_does_its_step_and_what_waited_for_it(site: Site):
    lena, mira = site.person(), site.person("Mira")
    site.send(lena, *site.lesson(wrong=True))
    site.send(mira, *site.lesson())
    water = ("lesson", str(site.shape().numbers["brewing", "water"]))
    assert water not in site.milestones(lena)
    before = everything(site)
    number = publish(site, {"q-hot": {"right": ["b"]}})
    assert everything(site) == before, "publishing touches nobody"
    published = site.now_ms - remark.SETTLED_MS
    site.later(DAY_MS)
    assert work(site) == 1
    assert water in site.milestones(lena)
    (event,) = (row for row in site.events(lena) if row["kind"] == "remarked")
    answer = next(row for row in site.events(lena) if row["step_no"] == event["step_no"])
    assert event["event_id"] == remark_id(site.shape().course_id, number, answer["event_id"])
    assert (event["mark"], event["attempt_no"], event["at_ms"], event["recorded_ms"]) == (1, 0, published, site.now_ms)
    assert (event["day"], event["release_id"]) == (20261121, site.shape().release_id)
    assert json.loads(event["choice"])["answer"] == str(answer["event_id"])
    assert answer["mark"] == 0, "what was recorded stays as it was"
    assert kinds(site, mira) == kinds(site, lena)[:-1], "she was right then and loses nothing"
    assert water in site.milestones(mira)


def test_words_and_numbers_are_marked_again_and_erased_words_keep_their_mark(site: Site):
    lena, mira = site.person(), site.person("Mira")
    for person in (lena, mira):
        site.send(person, site.event("q-bag", "answered", "Coffee "), site.event("q-minutes", "answered", "7"))
    with site.store.write() as db:
        db.execute(words.delete().where(words.c.person_id == mira.person_id))
    new = {
        "q-bag": {"answers": [{"value": "coffee", "exact": False, "feedback": ""}]},
        "q-minutes": {"number": {"low": "3", "high": "9", "feedback": ""}},
    }
    publish(site, new)
    assert work(site) == 2
    assert site.progress(lena)["done_count"] == 2
    assert site.progress(mira)["done_count"] == 0


def test_an_answer_whose_letters_are_gone_keeps_its_mark(site: Site):
    lena = site.person()
    site.send(lena, site.event("q-hot", "answered", ["b"]))
    whole = json.dumps({"letters": ["a", "b"], "name": "q-hot"}, separators=(",", ":"))[1:-1]
    manifest = manifest_of(site)
    part = next(it for it in manifest.split("{") if '"name":"q-hot"' in it and '"letters"' in it)
    assert whole.partition(",")[0] in part
    publish(site, {"q-hot": {"right": ["c"]}}, {part: part.replace('"letters":["a","b"]', '"letters":["a","c"]')})
    assert work(site) == 0
    assert kinds(site, lena) == ["answered"]


def manifest_of(site: Site) -> str:
    with site.store.read() as db:
        found = course_rows.release(db, site.shape().release_id)
    return found.manifest


def test_a_finished_attempt_is_passed_by_it_and_the_badge_is_given_once(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    taken(site, lena, 1, right=1)
    assert site.rows(awards, lena) == []
    publish(site, ALL_B)
    assert work(site) == 1
    assert site.progress(lena)["score"] == 2, "what was right stays right, what was wrong is right now"
    assert ("module", "brewing") in site.milestones(lena)
    (badge,) = site.rows(awards, lena)
    assert badge["release_id"] == site.shape().release_id
    publish(site, ALL_A)
    publish(site, ALL_B)
    assert work(site) == 0
    assert site.rows(awards, lena) == [badge]


def test_a_running_attempt_goes_on_with_what_was_raised_and_the_last_answer_counts_still(site: Site):
    lena = site.person()
    taken(site, lena, 1, right=0, finished=False)
    publish(site, ALL_B)
    assert work(site) == 2
    _first, second = drawn(site, lena, 1)
    assert site.results(lena, site.quiz("answered", 1, second, ["a"])) == ["new"], "wrong by the release she sees now"
    site.send(lena, site.quiz("finished", 1))
    assert site.progress(lena)["score"] == 1


def test_answers_that_do_not_count_are_left_alone(site: Site):
    lena = site.person()
    taken(site, lena, 1, right=2)
    asked = drawn(site, lena, 1)
    other = next(name for name in QUESTIONS if name not in asked)
    late = [site.quiz("answered", 1, asked[0], ["b"]), site.quiz("answered", 9, asked[0], ["b"])]
    assert site.results(lena, site.quiz("answered", 2, other, ["b"]), *late)[1:] == ["new late", "new no-try-left"]
    publish(site, ALL_B)
    is_drawn = other in drawn(site, lena, 2)
    assert work(site) == int(is_drawn)
    assert site.progress(lena)["score"] == 2


def test_the_page_of_an_attempt_says_what_its_score_says(site: Site):
    lena = site.person()
    taken(site, lena, 1, right=0)
    publish(site, ALL_B)
    work(site)
    view = quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id)
    told = quiz.told(site.store, site.catalogue, view.go, lena.person_id)
    assert view.go.score == 2
    assert [it.mark.right for it in told.values()] == [True, True]


def test_what_she_takes_away_does_not_tell_that_an_answer_of_a_running_attempt_is_right(site: Site):
    lena = site.person()
    taken(site, lena, 1, right=0, finished=False)
    publish(site, ALL_B)
    assert work(site) == 2
    assert {row["kind"] for row in own.everything(site.store, lena.person_id)["events"]} == {"started", "answered"}
    site.send(lena, site.quiz("finished", 1))
    assert "remarked" in {row["kind"] for row in own.everything(site.store, lena.person_id)["events"]}


def test_it_is_no_activity_of_hers(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(wrong=True))
    months, last = site.rows(learner_months, lena), site.progress(lena)["last_at_ms"]
    publish(site, {"q-hot": {"right": ["b"]}})
    site.later(60 * DAY_MS)
    assert work(site) == 1
    assert site.rows(learner_months, lena) == months
    assert site.progress(lena)["last_at_ms"] == last


def test_whoever_was_erased_stays_as_she_was(site: Site):
    lena, mira = site.person(), site.person("Mira")
    for person in (lena, mira):
        site.send(person, *site.lesson(wrong=True))
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    before = site.progress(lena)
    publish(site, {"q-hot": {"right": ["b"]}})
    assert work(site) == 1
    assert site.progress(lena) == before
    assert "remarked" in kinds(site, mira)


def test_done_again_from_the_beginning_it_changes_nothing(site: Site):
    people = [site.person(f"Learner {number}") for number in range(4)]
    for number, person in enumerate(people):
        site.send(person, *site.lesson(wrong=True))
        taken(site, person, 1, right=number % 3)
    number = publish(site, {"q-hot": {"right": ["b"]}, **ALL_B})
    assert work(site) == 4 + sum(2 - it % 3 for it in range(4))
    before = everything(site)
    steps = [site.shape().numbers["brewing", name] for name in ("q-hot", *QUESTIONS)]
    site.later(DAY_MS)
    with site.store.write() as db:
        remark.enqueue(db, site.shape().course_id, number, steps, site.now_ms)
    site.later(remark.SETTLED_MS)
    assert work(site) == 0
    assert everything(site) == before


def test_learners_are_taken_page_by_page_and_a_stop_loses_nothing(site: Site, monkeypatch):
    monkeypatch.setattr(remark, "PAGE", 2)
    people = [site.person(f"Learner {number}") for number in range(7)]
    for number, person in enumerate(people):
        site.send(person, *(site.lesson(wrong=True) if number % 3 else site.toast()))
    publish(site, {"q-hot": {"right": ["b"]}})
    stops = 0
    while (job := run_one(tools(site), worker.KINDS, stopping=lambda: True)) and job.state is not State.DONE:
        stops += 1
    assert stops >= 4
    assert job.result.count == 4
    assert [kinds(site, person).count("remarked") for person in people] == [0, 1, 1, 0, 1, 1, 0]
    assert work(site) == 0


def test_two_publications_one_after_the_other_raise_an_answer_once(site: Site):
    lena = site.person()
    taken(site, lena, 1, right=0)
    publish(site, ALL_B)
    publish(site, {**ALL_B, "q-first": {"right": ["a", "b"]}})
    assert at_once([partial(run_one, tools(site), worker.KINDS)] * 2)[0]
    work(site)
    assert kinds(site, lena).count("remarked") == 2
    assert site.progress(lena)["score"] == 2
    assert {job.state for job in every_job(site.store)} == {State.DONE}


def test_learning_meanwhile_loses_nothing(site: Site):
    people = [site.person(f"Learner {number}") for number in range(4)]
    for person in people:
        site.send(person, *site.lesson(wrong=True))
    old = site.shape()
    publish(site, {"q-hot": {"right": ["b"]}, **ALL_B})
    lessons = [[{**event, "release": old.hash} for event in site.lesson()] for _ in people]
    sending = [partial(site.send, person, *batch) for person, batch in zip(people, lessons, strict=True)]
    at_once([partial(run_one, tools(site), worker.KINDS), *sending, *sending])
    work(site)
    for person in people:
        assert site.seqs(person) == list(range(1, len(site.events(person)) + 1))
        assert kinds(site, person).count("remarked") == 1


def test_it_begins_when_every_request_has_heard_of_the_publication(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(wrong=True))
    publish(site, {"q-hot": {"right": ["b"]}})
    site.later(-1)
    assert run_one(tools(site), worker.KINDS) is None
    site.later(1)
    assert work(site) == 1


def test_a_publication_that_is_not_there_is_no_work(site: Site):
    with site.store.write() as db:
        remark.enqueue(db, site.shape().course_id, 99, [1], site.now_ms - remark.SETTLED_MS)
    assert work(site) == 0


def test_what_breaks_half_way_through_a_learner_leaves_her_as_she_was(site: Site, monkeypatch):
    lena = site.person()
    site.send(lena, *site.lesson(wrong=True))
    publish(site, {"q-hot": {"right": ["b"]}})
    before = everything(site)
    with broken(monkeypatch):
        job = run_one(tools(site), worker.KINDS)
    assert (job.state, job.result.failure) == (State.WAITING, "KeyError: 'half way'")
    assert everything(site) == before
    site.later(DAY_MS)
    assert work(site) == 1


@contextmanager
def broken(monkeypatch) -> Iterator[None]:
    def save(*_: object, **__: object) -> None:
        raise KeyError("half way")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "save", save)
        yield


def test_the_steps_of_a_job_are_complete_each_in_itself(site: Site):
    """After every one of them progress is what the events come to."""
    for number in range(3):
        site.send(site.person(f"Learner {number}"), *site.lesson(wrong=True))
    publication = publish(site, {"q-hot": {"right": ["b"]}})
    args = {"course": site.shape().course_id, "publication": publication, "steps": [3, 4, 5, 6, 7]}
    seen: list[At] = []
    for at in remark.run(tools(site), args, ""):
        seen.append(at)
        assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()
    assert [at.count for at in seen] == [1, 1, 1, 0]
    assert list(remark.run(tools(site), args, seen[0].key))[-1] == seen[-1]


# --- answers that come after the job --------------------------------------------------------------------


def test_an_answer_to_an_older_release_that_comes_after_the_job_is_raised_as_it_comes(site: Site):
    lena, mira = site.person(), site.person("Mira")
    old = [{**event, "release": site.shape().hash} for event in site.lesson(wrong=True)]
    site.send(mira, *site.lesson(wrong=True))
    number = publish(site, {"q-hot": {"right": ["b"]}})
    assert work(site) == 1
    assert site.results(lena, *old, *old) == ["new"] * len(old) + ["dup"] * len(old)
    assert sorted(kinds(site, lena)) == sorted(kinds(site, mira))
    assert site.milestones(lena) == site.milestones(mira)
    answer, event = (row for row in site.events(lena) if row["kind"] in ("answered", "remarked") and is_hot(site, row))
    assert (answer["mark"], event["mark"], event["seq"]) == (0, 1, answer["seq"] + 1)
    assert event["event_id"] == remark_id(site.shape().course_id, number, answer["event_id"])
    steps = [site.shape().numbers["brewing", "q-hot"]]
    with site.store.write() as db:
        remark.enqueue(db, site.shape().course_id, number, steps, site.now_ms)
    site.later(remark.SETTLED_MS)
    assert work(site) == 0, "the job comes to the same"
    months = [row["answers"] for row in site.rows(learner_months, lena)]
    assert months == [row["answers"] for row in site.rows(learner_months, mira)]


def is_hot(site: Site, row: dict[str, Any]) -> bool:
    return row["step_no"] == site.shape().numbers["brewing", "q-hot"]


def test_whole_attempts_sent_after_the_job_come_to_what_they_would_have_before(site: Site):
    lena, mira = site.person(), site.person("Mira")
    for person in (lena, mira):
        site.send(person, *site.lesson())
    old = site.shape().hash
    made = [[site.quiz("started", 1), *attempt(site, person), site.quiz("finished", 1)] for person in (lena, mira)]
    late = site.quiz("answered", 1, drawn(site, lena, 1)[0], ["b"])
    site.send(mira, *made[1])
    publish(site, ALL_B)
    work(site)
    sent = [{**event, "release": old} for event in (*made[0], late)]
    assert site.results(lena, *sent) == ["new"] * len(made[0]) + ["new late"]
    assert site.progress(lena)["score"] == site.progress(mira)["score"] == 2
    assert ("module", "brewing") in site.milestones(lena)
    assert len(site.rows(awards, lena)) == 1
    assert work(site) == 0


def attempt(site: Site, person: Any) -> list[dict[str, Any]]:
    return [site.quiz("answered", 1, name, ["b"]) for name in drawn(site, person, 1)]


def test_an_answer_to_a_newer_release_is_marked_by_that_one_alone(site: Site):
    lena = site.person()
    publish(site, {"q-hot": {"right": ["b"]}})
    publish(site, {"q-hot": {"right": ["a"]}})
    site.send(lena, site.event("q-hot", "answered", ["b"]))
    assert work(site) == 0
    assert kinds(site, lena) == ["answered"], "what was right for a while is wrong now, and she saw the new one"


def test_a_correction_taken_back_by_showing_the_old_release_again_raises_what_the_new_one_marked_wrong(site: Site):
    lena, mira = site.person(), site.person("Mira")
    old, steps = site.shape(), [site.shape().numbers["brewing", "q-hot"]]
    publish(site, {"q-hot": {"right": ["b"]}})
    given = [site.event("q-hot", "answered", ["a"]) for _ in range(2)]
    site.send(lena, given[0])
    with site.store.write() as db:
        number = course_rows.add_publication(db, old.course_id, old.release_id, site.now_ms, None)
        remark.enqueue(db, old.course_id, number, steps, site.now_ms)
    site.later(remark.SETTLED_MS)
    assert work(site) == 1
    site.send(mira, given[1])
    assert kinds(site, lena) == kinds(site, mira) == ["answered", "remarked"]


def test_what_an_author_publishes_is_marked_again(site: Site):
    """From the line in `changes` to the finished lesson, with nothing made by hand."""
    lena = site.person()
    site.send(lena, *site.lesson(wrong=True))
    swapped = (
        ("- [x] It has just boiled", "- [ ] It has just boiled"),
        ("- [ ] It is warm", "- [x] It is warm"),
    )
    files = written.changed(*swapped, changes="2026-11-21 remarked q-hot")
    publishing.publish(site.store, "tea", files, written.TODAY, site.later(2_000))
    site.later(remark.SETTLED_MS)
    assert work(site) == 1
    assert ("lesson", str(site.shape().numbers["brewing", "water"])) in site.milestones(lena)

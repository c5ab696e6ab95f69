"""The event path when much happens at the same moment: two phones, a double tap, a whole outbox twice."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from functools import partial

from lms.learning.events import EventKind
from lms.services import quiz
from lms.services.rebuild import rebuild
from lms.store import handles
from lms.store.tables import awards, enrolments, milestones, progress
from tests.services.site import Site, at_once
from tests.store.databases import every_kind

pytestmark = every_kind


def all_is_well(site: Site) -> bool:
    """Progress is what the events come to, and their numbers have no gaps."""
    found = rebuild(site.store, site.catalogue, site.zone, check_only=True)
    return found.differences == () and found.learners > 0


def test_the_same_event_eight_times_at_once_is_one_event(site: Site):
    lena, event = site.person(), site.event("q-hot", "answered", ["a"])
    came = at_once([partial(site.results, lena, event)] * 8)
    assert Counter(map(tuple, came)) == {("new",): 1, ("dup",): 7}
    assert len(site.events(lena)) == 1
    assert all_is_well(site)


def test_one_id_with_eight_answers_at_once_is_one_answer_and_seven_conflicts(site: Site):
    lena, event = site.person(), site.event("q-bag", "answered", "")
    came = at_once([partial(site.results, lena, event | {"answer": f"tea {number}"}) for number in range(8)])
    assert Counter(map(tuple, came)) == {("new",): 1, ("conflict other-body",): 7}
    assert len(site.events(lena)) == 1


def test_one_id_in_two_courses_at_once_is_one_event(site: Site):
    lena, own_id = site.person(), str(uuid.uuid4())
    tea = site.event("fill-it", "done", id=own_id)
    toast = site.event("slice-it", "done", module="toasting", course="toast", id=own_id)
    came = at_once([partial(site.results, lena, it) for it in (tea, toast) * 4])
    assert Counter(it for (it,) in came) == {"new": 1, "dup": 3, "conflict other-body": 4}
    assert len(site.rows(enrolments, lena)) == len(site.rows(progress, lena)) == 1
    assert all_is_well(site)


def test_answers_from_many_phones_at_once_are_numbered_without_gaps(site: Site):
    lena = site.person()
    batches = [[site.event("q-hot", "answered", ["b"]) for _ in range(5)] for _ in range(12)]
    came = at_once([partial(site.results, lena, *batch) for batch in batches])
    assert came == [["new"] * 5] * 12
    assert site.seqs(lena) == list(range(1, 61))
    assert json.loads(site.progress(lena)["state"])["wrong"] == {str(site.shape().numbers["brewing", "q-hot"]): 60}
    assert all_is_well(site)


def test_the_first_events_of_many_phones_at_once_enrol_once(site: Site):
    lena = site.person()
    came = at_once([partial(site.results, lena, site.event("steam", "opened")) for _ in range(12)])
    assert came == [["new"]] * 12
    assert len(site.rows(enrolments, lena)) == 1
    assert [row["kind"] for row in site.rows(milestones, lena)] == ["started"]
    assert site.seqs(lena) == list(range(1, 13))


def test_outboxes_that_mix_courses_in_any_order_do_not_hold_each_other_up(site: Site):
    lena, batches = site.person(), []
    for number in range(10):
        mixed = [site.event("steam", "opened"), site.event("slice-it", "opened", module="toasting", course="toast")]
        batches.append(mixed if number % 2 else mixed[::-1])
    assert at_once([partial(site.results, lena, *batch) for batch in batches]) == [["new", "new"]] * 10
    assert site.seqs(lena, "tea") == site.seqs(lena, "toast") == list(range(1, 11))


def test_a_whole_outbox_sent_by_eight_requests_at_once_counts_once(site: Site):
    lena, outbox = site.person(), []
    for _ in range(4):
        outbox += site.lesson()
    came = at_once([partial(site.results, lena, *outbox)] * 8)
    assert [Counter(it) for it in zip(*came, strict=True)] == [Counter({"new": 1, "dup": 7})] * len(outbox)
    assert site.seqs(lena) == list(range(1, len(outbox) + 1))
    assert all_is_well(site)


# --- quizzes --------------------------------------------------------------------------------------------


def attempts(site: Site, lena) -> dict[str, list]:
    """Number of each attempt that counts -> (release, is it over, marks)."""
    return json.loads(site.progress(lena)["state"])["attempts"].get(str(site.shape().quiz("brewing").no), {})


def go(site: Site, lena):
    view = quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id)
    assert view.go
    return view.go


def test_twenty_starts_at_once_are_one_attempt(site: Site):
    lena = site.person()
    begin = partial(
        quiz.start, site.store, site.catalogue, site.shape(), "brewing", lena.person_id, 1, site.now_ms, site.zone
    )
    came = at_once([begin] * 20)
    assert Counter(it.result for it in came) == {"new": 1, "dup": 19}
    assert list(attempts(site, lena)) == ["1"]
    assert len(site.events(lena)) == 1


def test_two_phones_that_begin_the_same_attempt_are_asked_the_same(site: Site):
    lena = site.person()
    assert at_once([partial(site.results, lena, site.quiz("started", 1)) for _ in range(2)]) == [["new"]] * 2
    assert list(attempts(site, lena)) == ["1"]
    assert go(site, lena).asked == go(site, lena).asked
    assert len(go(site, lena).asked) == 2


def test_of_twenty_attempts_at_once_only_as_many_count_as_there_are_tries(site: Site):
    lena = site.person()
    came = at_once([partial(site.results, lena, site.quiz("started", number)) for number in range(1, 21)])
    assert Counter(it for (it,) in came) == {"new": 2, "new no-try-left": 18}
    assert sorted(attempts(site, lena)) == ["1", "2"]
    assert all_is_well(site)


def test_twenty_whole_attempts_at_once_give_no_third_try(site: Site):
    """Each thread starts, answers every question rightly and hands in, under a number of its own."""
    lena, names = site.person(), ("q-first", "q-second", "q-lid", "q-cold")

    def attempt(number: int) -> list[str]:
        answers = [site.quiz("answered", number, name, ["a"]) for name in names]
        return site.results(lena, site.quiz("started", number), *answers, site.quiz("finished", number))

    at_once([partial(attempt, number) for number in range(1, 21)])
    assert {number: it[1] for number, it in attempts(site, lena).items()} == {"1": True, "2": True}
    assert site.progress(lena)["score"] == 2
    assert len(site.events(lena)) == 120, "nothing she sent is dropped"
    assert all_is_well(site)


def test_an_attempt_handed_in_twenty_times_at_once_is_over_once(site: Site):
    lena = site.person()
    site.send(lena, site.quiz("started", 1))
    running = go(site, lena)
    finish = partial(quiz.finish, site.store, site.catalogue, running, lena.person_id, site.now_ms, site.zone)
    answers = [
        partial(
            quiz.answer, site.store, site.catalogue, running, no, ("a",), uuid.uuid4(), lena.person_id, site.now_ms,
            site.zone,
        )
        for no in running.asked * 5
    ]  # fmt: skip
    came = at_once([*[finish] * 10, *answers])
    assert Counter(it.result for it in came[:10]) == {"new": 1, "dup": 9}
    assert {(it.result, it.why) for it in came[10:]} <= {("new", ""), ("new", "late")}
    assert attempts(site, lena)["1"][1] is True
    assert all_is_well(site)


# --- badges ---------------------------------------------------------------------------------------------


def test_a_badge_is_awarded_once_however_many_phones_finish_at_once(site: Site):
    lena = site.person()
    site.send(lena, site.toast()[0])
    came = at_once([partial(site.results, lena, *site.toast()) for _ in range(12)])
    assert came == [["new", "new"]] * 12
    assert len(site.rows(awards, lena)) == 1
    with site.store.read() as db:
        found = handles.find(db, "badge", site.rows(awards, lena)[0]["public_id"])
    assert found is not None
    assert found.person_id == lena.person_id
    assert site.count(awards) == 1


def test_a_quiz_passed_on_two_phones_at_once_gives_one_badge(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(), site.quiz("started", 1))
    asked = [site.shape().places[no][1] for no in go(site, lena).asked]
    answers = [site.quiz("answered", 1, name, ["a"]) for name in asked]
    came = at_once([partial(site.results, lena, *answers, site.quiz("finished", 1)) for _ in range(10)])
    assert sum(it[-1] == "new" for it in came) >= 1
    assert len(site.rows(awards, lena)) == 1
    assert ("module", "brewing") in site.milestones(lena)
    assert all_is_well(site)


def test_handing_in_by_the_form_and_by_the_phone_is_one_badge(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(), site.quiz("started", 1))
    running = go(site, lena)
    site.send(lena, *(site.quiz("answered", 1, site.shape().places[no][1], ["a"]) for no in running.asked))
    form = partial(quiz.finish, site.store, site.catalogue, running, lena.person_id, site.now_ms, site.zone)
    at_once([form, partial(site.send, lena, site.quiz("finished", 1))] * 4)
    assert len(site.rows(awards, lena)) == 1
    assert [row["kind"] for row in site.events(lena)].count(EventKind.FINISHED) == 2

"""The event path: what becomes of each event of a batch, and what is written down."""

from __future__ import annotations

import json
import uuid

from lms.learning.days import LATEST_MS
from lms.learning.events import EventKind
from lms.services.practice import act
from lms.store.tables import awards, enrolments, events, learner_months, milestones, words
from tests.services.site import MINUTE_MS, Site, clock
from tests.store.databases import NOW_MS, every_kind

pytestmark = every_kind

DAY_MS = 86_400_000


# --- what becomes of an event ---------------------------------------------------------------------------


def test_a_new_event_is_new_and_the_same_again_is_known(site: Site):
    lena, event = site.person(), site.event("fill-it", "done")
    assert site.results(lena, event) == ["new"]
    assert site.results(lena, event) == ["dup"]
    assert site.results(lena, event, event) == ["dup", "dup"]
    assert len(site.events(lena)) == 1


def test_the_same_event_twice_in_one_batch_counts_once(site: Site):
    lena, event = site.person(), site.event("fill-it", "done")
    assert site.results(lena, event, event) == ["new", "dup"]
    assert site.seqs(lena) == [1]


def test_an_event_sent_again_at_another_time_is_the_same_event(site: Site):
    lena, event = site.person(), site.event("q-hot", "answered", ["a"])
    site.send(lena, event)
    assert site.results(lena, event | {"at": clock(site.later(MINUTE_MS))}) == ["dup"]


def test_a_known_id_that_says_something_else_is_a_conflict_and_changes_nothing(site: Site):
    lena, event = site.person(), site.event("q-hot", "answered", ["a"])
    site.send(lena, event)
    before = site.progress(lena), site.events(lena)
    others = [{"answer": ["b"]}, {"name": "q-minutes", "answer": "4"}, {"lang": "cy"}, {"kind": "opened", "answer": []}]
    assert site.results(lena, *(event | other for other in others)) == ["conflict other-body"] * 4
    assert (site.progress(lena), site.events(lena)) == before


def test_an_erased_body_is_taken_for_the_same_event(site: Site):
    lena, event = site.person(), site.event("fill-it", "done")
    site.send(lena, event)
    with site.store.write() as db:
        db.execute(events.update().where(events.c.person_id == lena.person_id).values(body_hash=None))
    assert site.results(lena, event) == ["dup"]


def test_two_people_may_use_the_same_id(site: Site):
    lena, mira, event = site.person(), site.person("Mira"), site.event("fill-it", "done")
    assert site.results(lena, event) == site.results(mira, event) == ["new"]


def test_results_come_in_the_order_sent_whatever_became_of_each(site: Site):
    lena = site.person()
    known, other = site.event("fill-it", "done"), site.event("q-hot", "answered", ["a"])
    site.send(lena, known, other)
    sent = [
        site.event("slice-it", "done", module="toasting", course="toast"),
        known,
        site.event("never-written", "done"),
        site.event("steam", "done"),
        other | {"answer": ["b"]},
        b'{"id": "no event"}',
        site.event("butter-it", "done", module="toasting", course="toast"),
    ]
    results = site.send(lena, *sent)
    assert [it.result for it in results] == ["new", "dup", "refused", "new", "conflict", "refused", "new"]
    assert [it.event_id for it in results] == [it["id"] if isinstance(it, dict) else "no event" for it in sent]
    assert all(it.say for it in results if it.result in ("refused", "conflict"))


def test_numbers_have_no_gaps_whatever_is_refused_or_known(site: Site):
    lena, known = site.person(), site.event("fill-it", "done")
    site.send(lena, known, site.event("nowhere", "done"), known, site.event("steam", "done"))
    site.send(lena, b"7", known, site.event("q-hot", "answered", ["zz"]), site.event("q-hot", "answered", ["b"]))
    assert site.seqs(lena) == [1, 2, 3]
    assert site.progress(lena)["last_seq"] == 3


def test_two_courses_in_one_batch_are_numbered_each_for_itself(site: Site):
    lena = site.person()
    mixed = [it for pair in zip(site.lesson(), site.toast() * 3, strict=True) for it in pair]
    assert set(site.results(lena, *mixed)) == {"new", "dup"}
    assert site.seqs(lena, "tea") == [1, 2, 3, 4, 5, 6]
    assert site.seqs(lena, "toast") == [1, 2]


# --- refused alone --------------------------------------------------------------------------------------


def test_asking_for_an_answer_is_always_recorded_and_counts_when_two_wrong_tries_are_known(site: Site):
    lena = site.person()
    assert site.results(lena, site.event("q-hot", "revealed")) == ["new too-early"]
    assert site.send(lena, site.event("q-bag", "revealed"))[0].say.startswith("Try twice")
    assert site.progress(lena)["done_count"] == 0
    wrong = [site.event("q-hot", "answered", ["b"]) for _ in range(2)]
    assert site.results(lena, wrong[0], wrong[0]) == ["new", "dup"]
    assert site.progress(lena)["done_count"] == 0, "the same try sent twice is one"
    assert site.results(lena, wrong[1]) == ["new"]
    assert site.progress(lena)["done_count"] == 1
    assert len(site.events(lena)) == 4


def test_an_event_nested_five_thousand_deep_is_refused_alone(site: Site):
    lena, good = site.person(), site.event("fill-it", "done")
    named = json.dumps(site.event("steam", "done") | {"answer": "deep"}).encode()
    assert site.results(lena, named.replace(b'"deep"', b"[" * 5_000 + b"]" * 5_000), good) == [
        "refused bad-event",
        "new",
    ]


BAD = (
    ({"course": "coffee"}, "no-such-course"),
    ({"release": "0" * 64}, "no-such-release"),
    ({"release": ""}, "no-such-release"),
    ({"module": "pouring"}, "no-such-step"),
    ({"name": "fill-it-up"}, "no-such-step"),
    ({"name": "q-first"}, "wrong-kind"),
    ({"kind": "answered"}, "wrong-kind"),
    ({"kind": "released"}, "bad-event"),
    ({"kind": "eaten"}, "bad-event"),
    ({"attempt": 1}, "wrong-attempt"),
    ({"attempt": -1}, "wrong-attempt"),
    ({"attempt": 2**40}, "wrong-attempt"),
    ({"attempt": 10**30}, "wrong-attempt"),
    ({"kind": "opened", "attempt": 10**30}, "wrong-attempt"),
    ({"attempt": 1.5}, "bad-event"),
    ({"attempt": True}, "bad-event"),
    ({"attempt": None}, "bad-event"),
    ({"answer": ["a"]}, "bad-answer"),
    ({"answer": {"a": "b"}}, "bad-answer"),
    ({"kind": "answered", "name": "q-hot", "answer": {"a": "b"}}, "no-answer"),
    ({"evidence": "a photo"}, "bad-answer"),
    ({"answer": 4}, "bad-event"),
    ({"answer": [["a"]]}, "bad-event"),
    ({"id": "7"}, "bad-event"),
    ({"id": None}, "bad-event"),
    ({"at": "yesterday"}, "bad-event"),
    ({"at": "2026-11-21T10:00:00"}, "bad-event"),
    ({"at": "2026-11-21T10:00:00+01:00Z"}, "bad-event"),
    ({"score": 100}, "bad-event"),
    ({"mark": 1}, "bad-event"),
    ({"lang": "e\0n"}, "bad-text"),
    ({"course": "te\0a"}, "bad-text"),
    ({"release": "\0" * 64}, "bad-text"),
    ({"release": "\ud800"}, "bad-event"),
    ({"lang": "\udfff"}, "bad-event"),
    ({"name": "\ud83d"}, "bad-event"),
    ({"kind": "answered", "name": "q-hot", "answer": []}, "no-answer"),
    ({"kind": "answered", "name": "q-hot", "answer": "a"}, "no-answer"),
    ({"kind": "answered", "name": "q-hot", "answer": ["a", "b"]}, "bad-answer"),
    ({"kind": "answered", "name": "q-hot", "answer": ["a", "a"]}, "bad-answer"),
    ({"kind": "answered", "name": "q-hot", "answer": ["c"]}, "bad-answer"),
    ({"kind": "answered", "name": "q-bag", "answer": "  "}, "no-answer"),
    ({"kind": "answered", "name": "q-bag", "answer": ["a"]}, "no-answer"),
    ({"kind": "answered", "name": "q-bag", "answer": "x" * 4_001}, "too-long"),
    ({"kind": "rated", "name": "can-you", "answer": ["a", "b"]}, "bad-answer"),
    ({"name": "water"}, "wrong-kind"),
    ({"name": "quiz"}, "wrong-kind"),
)


def test_each_bad_event_is_refused_alone_and_told_why(site: Site):
    """All in one batch, a good one after each."""
    lena, sent = site.person(), []
    for change, _ in BAD:
        sent += [site.event("fill-it", "done") | change, site.event("q-hot", "answered", ["b"])]
    results = site.results(lena, *sent)
    assert dict(zip(map(str, BAD), results[::2], strict=True)) == {str(it): f"refused {it[1]}" for it in BAD}
    assert results[1::2] == ["new"] * len(BAD)
    assert site.seqs(lena) == list(range(1, len(BAD) + 1))


def test_an_event_that_lacks_a_field_is_refused_alone(site: Site):
    lena, whole = site.person(), site.event("fill-it", "done")
    lacking = [{key: value for key, value in whole.items() if key != field} for field in whole]
    assert site.results(lena, *lacking, site.event("steam", "done")) == ["refused bad-event"] * len(whole) + ["new"]


BROKEN = (
    *(
        rb'"\ud800"',
        rb'"a\udc00b"',
        rb'"\ud83d and more"',
        rb'["\udfff"]',
        rb'"\u0000"',
        rb'"tea\u0000"',
        rb'["a\u0000"]',
    ),
    *(b'"\xff"', b'"\xc3\x28"', b'"\xed\xa0\x80"', b'"\xf0\x9f\x98"'),
)
"""Answers that no database can keep, or that are no text at all."""


def test_letters_nobody_can_keep_hold_up_nothing_else_she_answered(site: Site):
    lena = site.person()
    for answer in BROKEN:
        event = site.event("q-bag", "answered", "ODD")
        odd = json.dumps(event).encode().replace(b'"ODD"', answer)
        results = site.send(lena, site.event("fill-it", "done"), odd, site.event("steam", "done"))
        assert [it.result for it in results] == ["new", "refused", "new"], answer
        assert results[1].event_id == event["id"], answer


def test_what_is_no_event_at_all_is_refused_and_named_only_by_a_name_that_can_be_sent_back(site: Site):
    odd = [b"null", b"[]", b'"event"', b"7", b"true", b"{}", b'{"id": 7}', rb'{"id": "\ud800"}', rb'{"id": "a\u0000"}']
    results = site.send(site.person(), *odd, site.event("steam", "done"))
    assert [(it.result, it.why) for it in results] == [("refused", "bad-event")] * len(odd) + [("new", "")]
    json.dumps([it.event_id for it in results], ensure_ascii=False).encode()


def test_the_longest_answer_is_kept_whole(site: Site):
    lena = site.person()
    assert site.results(lena, site.event("q-bag", "answered", "é" * 4_000)) == ["new"]
    assert [row["body"] for row in site.rows(words, lena)] == ["é" * 4_000]


def test_a_step_of_another_course_is_refused(site: Site):
    lena = site.person()
    elsewhere = site.event("slice-it", "done", module="toasting") | {"release": site.shape("toast").hash}
    mixed = site.event("slice-it", "done", module="toasting", course="toast") | {"release": site.shape("tea").hash}
    assert site.results(lena, elsewhere, mixed) == ["refused no-such-release", "refused no-such-release"]


def test_opened_is_taken_of_every_name_that_was_published(site: Site):
    lena = site.person()
    opened = [site.event(name, "opened", module=module) for module, name in site.shape().places.values()]
    assert site.results(lena, *opened) == ["new"] * len(opened)
    assert len(opened) == 16
    assert site.progress(lena)["done_count"] == 0


def test_answers_are_marked_here_whatever_was_sent(site: Site):
    lena = site.person()
    marks = {
        ("q-hot", ("a",)): 1,
        ("q-hot", ("b",)): 0,
        ("q-bag", "TEAPOT!"): 1,
        ("q-bag", "coffee"): 0,
        ("q-minutes", "4 minutes"): 1,
        ("q-minutes", "9"): 0,
    }
    assert site.results(lena, *(site.event(name, "answered", answer) for name, answer in marks)) == ["new"] * 6
    assert [row["mark"] for row in site.events(lena)] == list(marks.values())


def test_two_hundred_events_are_one_batch(site: Site):
    lena = site.person()
    sent = [site.event("q-hot", "answered", ["b"]) for _ in range(200)]
    assert site.results(lena, *sent) == ["new"] * 200
    assert site.seqs(lena) == list(range(1, 201))


# --- instants -------------------------------------------------------------------------------------------


def test_a_phone_whose_clock_is_wrong_by_years_is_still_right_about_how_long_ago(site: Site):
    lena, years = site.person(), 3 * 365 * DAY_MS
    event = site.event("fill-it", "done") | {"at": clock(NOW_MS - years - 10 * MINUTE_MS)}
    site.send(lena, event, at_ms=NOW_MS - years)
    row = site.events(lena)[0]
    assert (row["at_ms"], row["recorded_ms"]) == (NOW_MS - 10 * MINUTE_MS, NOW_MS)


def test_nothing_happened_after_it_was_recorded_or_more_than_92_days_before(site: Site):
    lena = site.person()
    said = [clock(NOW_MS - 400 * DAY_MS), clock(NOW_MS + DAY_MS), "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    site.send(lena, *(site.event("q-hot", "answered", ["b"], at=at) for at in said))
    earliest = NOW_MS - LATEST_MS
    assert [row["at_ms"] for row in site.events(lena)] == [earliest, NOW_MS, earliest, NOW_MS]


def test_the_day_is_the_one_where_people_live(site: Site):
    lena = site.person()
    site.now_ms = 1_784_070_600_000  # 00:10 on 15 July in London, 23:10 on the 14th in UTC
    site.send(lena, site.event("fill-it", "done"))
    assert [row["day"] for row in site.events(lena)] == [20260715]


# --- what is written besides ----------------------------------------------------------------------------


def test_the_first_event_enrols_and_her_group_and_area_of_that_day_stay_in_the_facts(site: Site):
    north, south = site.area("N"), site.area("S")
    organisation = site.organisation()
    femi = site.facilitator(organisation)
    lena = site.person(area_id=south)
    site.join(lena, site.group(femi, "toast", area_id=south))
    site.later(1)
    site.join(lena, site.group(femi, "tea", area_id=north))
    site.later(1)
    site.send(lena, site.event("fill-it", "opened"))
    first = site.rows(enrolments, lena)
    site.later(DAY_MS)
    site.join(lena, site.group(femi, "tea", area_id=south))
    site.send(lena, *site.lesson())
    assert site.rows(enrolments, lena) == first
    assert [(row["area_id"], row["at_ms"], row["release_id"]) for row in first] == [
        (north, NOW_MS + 2, site.shape().release_id)
    ]


def test_outside_a_group_she_counts_where_she_lives(site: Site):
    north = site.area("N")
    lena, mira = site.person(area_id=north), site.person("Mira")
    site.send(lena, *site.toast())
    site.send(mira, *site.toast())
    assert [row["area_id"] for row in site.rows(enrolments, lena)] == [north]
    assert [(row["area_id"], row["group_id"]) for row in site.rows(enrolments, mira)] == [(None, None)]


def test_an_event_that_is_refused_or_known_from_another_course_enrols_in_none(site: Site):
    lena, event = site.person(), site.event("fill-it", "done")
    site.send(lena, event)
    toast = site.event("slice-it", "done", module="toasting", course="toast") | {"id": event["id"]}
    assert site.results(lena, toast) == ["conflict other-body"]
    assert site.results(lena, site.event("nowhere", "done", course="toast")) == ["refused no-such-step"]
    assert [row["course_id"] for row in site.rows(enrolments, lena)] == [site.shape().course_id]


def test_first_times_are_kept_with_both_instants_and_never_change(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(), at_ms=site.now_ms + 5 * MINUTE_MS)
    shape = site.shape()
    water, pot = (str(shape.numbers["brewing", name]) for name in ("water", "pot"))
    assert site.milestones(lena) == {("started", ""), ("lesson", water), ("lesson", pot)}
    first = site.rows(milestones, lena)
    assert {(row["at_ms"], row["recorded_ms"], row["day"]) for row in first} == {
        (NOW_MS - 5 * MINUTE_MS, NOW_MS, 20261121)
    }
    site.later(DAY_MS)
    site.send(lena, *site.lesson())
    assert site.rows(milestones, lena) == first


def test_a_month_counts_days_answers_and_lessons_when_they_were_recorded(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    site.later(2 * DAY_MS)
    site.send(lena, site.event("q-hot", "answered", ["a"]), site.event("steam", "done"))
    site.later(10 * DAY_MS)
    late = site.event("q-hot", "answered", ["b"]) | {"at": clock(NOW_MS)}
    site.send(lena, late)
    rows = [(row["month"], row["day_bits"], row["answers"], row["lessons"]) for row in site.rows(learner_months, lena)]
    assert rows == [(202611, 1 << 20 | 1 << 22, 5, 2), (202612, 1 << 2, 1, 0)]


def test_her_own_words_lie_beside_the_event_and_not_in_it(site: Site):
    lena, event = site.person(), site.event("q-bag", "answered", "tea, I think 😀")
    site.send(lena, event, site.event("q-hot", "answered", ["b"]))
    assert [(row["event_id"], row["body"]) for row in site.rows(words, lena)] == [
        (uuid.UUID(event["id"]), "tea, I think 😀")
    ]
    assert [row["choice"] for row in site.events(lena)] == [None, '["b"]']


def test_progress_is_what_she_did_and_its_row_says_so(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson(wrong=True))
    row = site.progress(lena)
    state = json.loads(row["state"])
    assert (row["last_seq"], row["done_count"], row["score"], row["last_at_ms"]) == (6, 5, 0, NOW_MS)
    assert state["wrong"] == {str(site.shape().numbers["brewing", "q-hot"]): 1}


def test_nothing_is_awarded_before_all_is_done(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    assert site.rows(awards, lena) == []
    site.send(lena, *site.toast())
    assert len(site.rows(awards, lena)) == 1


# --- from a form ----------------------------------------------------------------------------------------


def test_a_double_tap_is_one_event_and_another_choice_a_second(site: Site):
    lena, shape, form = site.person(), site.shape(), uuid.uuid4()

    def tap(answer: str) -> uuid.UUID:
        return act(
            site.store, site.catalogue, shape, "brewing", "q-hot", EventKind.ANSWERED, (answer,), form,
            lena.person_id, site.now_ms, site.zone,
        )  # fmt: skip

    assert tap("b") == tap("b")
    assert tap("a") != tap("b")
    assert [row["choice"] for row in site.events(lena)] == ['["b"]', '["a"]']

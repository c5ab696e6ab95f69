"""Doing the steps of a lesson from a form."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.content.plan import Kind, Sort
from lms.errors import Refused
from lms.learning.answers import Answer
from lms.learning.events import EventKind
from lms.services import own, practice, publishing, quiz
from tests.services import written
from tests.services.site import Site


def act(site: Site, lena, name: str, kind: EventKind, answer: Answer = (), form: UUID | None = None) -> UUID:
    return practice.act(
        site.store, site.catalogue, site.shape(), "brewing", name, kind, answer, form or uuid4(), lena.person_id,
        site.now_ms, site.zone,
    )  # fmt: skip


def said(site: Site, lena, event_id: UUID):
    return practice.said(site.store, site.catalogue, site.shape(), lena.person_id, event_id)


def test_an_answer_is_marked_and_what_is_said_to_it_can_be_shown_again(site: Site):
    lena = site.person()
    wrong = said(site, lena, act(site, lena, "q-hot", EventKind.ANSWERED, ("b",)))
    right = said(site, lena, act(site, lena, "q-hot", EventKind.ANSWERED, ("a",)))
    typed = said(site, lena, act(site, lena, "q-bag", EventKind.ANSWERED, "tea leaves"))
    assert (wrong.mark.right, right.mark.right, typed.mark.right) == (False, True, True)
    assert (wrong.answer, right.answer, typed.answer) == (("b",), ("a",), "tea leaves")
    assert "a minute ago" in wrong.mark.feedback[0][1]


def test_an_answer_is_shown_as_it_was_marked_then_whatever_is_published_since(site: Site):
    lena = site.person()
    event_id = act(site, lena, "q-hot", EventKind.ANSWERED, ("b",))
    new = written.changed(("It was, a minute ago.", "Not warm enough."))
    publishing.publish(site.store, "tea", new, written.TODAY, site.later(2_000))
    assert "a minute ago" in said(site, lena, event_id).mark.feedback[0][1]


def test_nobody_sees_what_another_answered(site: Site):
    lena, sam = site.person(), site.person("Sam")
    event_id = act(site, lena, "q-hot", EventKind.ANSWERED, ("b",))
    assert said(site, sam, event_id) is None
    assert said(site, lena, uuid4()) is None
    read = act(site, lena, "fill-it", EventKind.DONE)
    assert said(site, lena, read) is None, "reading on is no answer"
    elsewhere = practice.said(site.store, site.catalogue, site.shape("toast"), lena.person_id, event_id)
    assert elsewhere is None


def test_a_hint_and_the_answer_can_be_asked_for(site: Site):
    lena = site.person()
    act(site, lena, "q-hot", EventKind.HINTED)
    for _ in range(2):
        act(site, lena, "q-hot", EventKind.ANSWERED, ("b",))
    act(site, lena, "q-hot", EventKind.REVEALED)
    assert [row["kind"] for row in site.events(lena)] == ["hinted", "answered", "answered", "revealed"]
    assert site.progress(lena)["done_count"] == 1


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("q-hot", EventKind.ANSWERED, ()),
        ("q-hot", EventKind.ANSWERED, ("z",)),
        ("q-bag", EventKind.ANSWERED, " "),
        ("q-bag", EventKind.ANSWERED, "a\0b"),
        ("q-bag", EventKind.ANSWERED, "\ud83d"),
        ("q-bag", EventKind.ANSWERED, "x" * 4_001),
        ("nowhere", EventKind.DONE, ()),
        ("fill-it", EventKind.ANSWERED, ("a",)),
        ("quiz", EventKind.DONE, ()),
    ],
)
def test_what_can_not_be_taken_is_refused_with_a_sentence_and_kept_nowhere(site: Site, name, kind, answer):
    lena = site.person()
    with pytest.raises(Refused) as refused:
        act(site, lena, name, kind, answer)
    assert refused.value.sentence
    assert site.events(lena) == []


def test_the_fields_of_a_form_become_an_answer(site: Site):
    steps = site.shape().plan.steps()
    assert practice.given(steps["brewing", "q-hot"], ["a", "", "b"]) == ("a", "b")
    assert practice.given(steps["brewing", "q-bag"], [" tea ", "more"]) == "tea"
    assert practice.given(steps["brewing", "q-minutes"], []) == ""
    assert {steps["brewing", name].sort for name in ("q-bag", "q-minutes")} == {Sort.WORDS, Sort.NUMBER}
    assert steps["brewing", "can-you"].kind is Kind.RATE


def test_what_is_said_to_a_quiz_answer_waits_for_the_end_of_the_attempt(site: Site):
    lena = site.person()
    site.send(lena, site.quiz("started", 1))
    go = quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id).go
    answered = site.quiz("answered", 1, site.shape().places[go.asked[0]][1], ["a"])
    site.send(lena, answered)
    assert said(site, lena, UUID(answered["id"])) is None
    told = own.everything(site.store, lena.person_id)
    assert all("mark" not in row for row in told["events"])
    assert [0] * len(told["progress"]) == [len(marks_in(row)) for row in told["progress"]]
    site.send(lena, site.quiz("finished", 1))
    told = own.everything(site.store, lena.person_id)
    assert any("mark" in row for row in told["events"]), "when it is over it is hers to see"


def marks_in(row: dict[str, Any]) -> dict[str, int]:
    """The marks of the one attempt in a row of progress."""
    state = row["state"] if isinstance(row["state"], dict) else json.loads(row["state"])
    ((_release, _finished, marks, _score),) = [go for goes in state["attempts"].values() for go in goes.values()]
    return marks

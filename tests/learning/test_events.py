"""What a phone may send: an event well formed, or a refusal with its reason; and which events are the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.learning.days import instant
from lms.learning.events import (
    MOST_BYTES,
    MOST_WORDS,
    OWN,
    Event,
    EventKind,
    Refusal,
    is_text,
    read_event,
)

SENT: dict[str, Any] = {
    "id": "123e4567-e89b-42d3-a456-426614174000",
    "course": "online-safety",
    "release": "f" * 64,
    "module": "mail",
    "name": "q-strong",
    "kind": "answered",
    "lang": "en",
    "at": "2026-11-21T09:30:00Z",
    "attempt": 2,
    "answer": ["b"],
}


def raw(**changed: Any) -> bytes:
    return json.dumps({**SENT, **changed}).encode()


def why(body: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read_event(body)
    assert refused.value.say.endswith("."), "a person is told in a sentence"
    return refused.value.why


def test_an_event_is_read_as_it_was_sent():
    assert read_event(raw()) == Event(
        event_id=UUID(SENT["id"]),
        course="online-safety",
        release="f" * 64,
        module="mail",
        name="q-strong",
        kind=EventKind.ANSWERED,
        lang="en",
        at_ms=instant(SENT["at"]),
        attempt=2,
        answer=("b",),
    )


def test_attempt_and_answer_may_be_left_out():
    read = read_event(json.dumps({key: SENT[key] for key in SENT if key not in ("attempt", "answer")}).encode())
    assert (read.attempt, read.answer) == (0, ())


@pytest.mark.parametrize("field", [field for field in SENT if field not in ("attempt", "answer")])
def test_every_other_field_is_needed(field):
    body = json.dumps({key: value for key, value in SENT.items() if key != field}).encode()
    assert why(body) == "bad-event"


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in OWN])
def test_a_phone_sends_every_kind_but_those_of_the_site_itself(kind):
    assert read_event(raw(kind=kind)).kind is kind


@pytest.mark.parametrize("kind", sorted(OWN))
def test_a_phone_cannot_say_what_only_the_site_says(kind):
    assert why(raw(kind=kind)) == "bad-event"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"score": 10}, id="a-field-nobody-knows"),
        pytest.param({"mark": 1}, id="a-mark-of-its-own"),
        pytest.param({"by_id": 1}, id="in-someone-else's-name"),
        pytest.param({"id": "lena-1"}, id="an-id-that-is-none"),
        pytest.param({"id": 7}, id="a-number-for-an-id"),
        pytest.param({"id": None}, id="no-id"),
        pytest.param({"kind": "Answered"}, id="a-kind-in-capitals"),
        pytest.param({"kind": "attended"}, id="a-kind-nobody-knows"),
        pytest.param({"kind": ["answered"]}, id="kinds-in-a-list"),
        pytest.param({"attempt": True}, id="true-for-a-number"),
        pytest.param({"attempt": "2"}, id="a-number-in-quotes"),
        pytest.param({"attempt": 2.5}, id="half-a-go"),
        pytest.param({"attempt": None}, id="null-for-a-number"),
        pytest.param({"course": 1}, id="a-number-for-a-name"),
        pytest.param({"answer": None}, id="null-for-an-answer"),
        pytest.param({"answer": True}, id="true-for-an-answer"),
        pytest.param({"answer": 12}, id="a-number-for-an-answer"),
        pytest.param({"answer": [1]}, id="numbers-for-letters"),
        pytest.param({"answer": [["a"]]}, id="lists-in-a-list"),
        pytest.param({"answer": {"a": ["b"]}}, id="lists-in-an-object"),
        pytest.param({"at": 1_795_253_400_000}, id="a-number-for-a-time"),
        pytest.param({"at": "yesterday"}, id="a-word-for-a-time"),
        pytest.param({"at": "2026-11-21T09:30:00"}, id="a-time-without-Z"),
        pytest.param({"at": "2026-11-21T09:30:00+01:00"}, id="a-time-elsewhere"),
        pytest.param({"at": "2026-02-30T09:30:00Z"}, id="a-day-there-never-was"),
        pytest.param({"at": "99999-01-01T00:00:00Z"}, id="a-year-too-far"),
    ],
)
def test_what_is_not_of_the_shape_is_refused(changed):
    assert why(raw(**changed)) == "bad-event"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"7",
        b'"answered"',
        b"{" * 10_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        raw()[:-1],
        raw() + b"x",
        raw() + raw(),
        b"\xef\xbb\xbf" + raw(),
        raw().decode().encode("utf-16"),
        raw(name="q").replace(b'"q"', b'"\xff"'),
        raw(name="q").replace(b'"q"', b'"\xed\xa0\x80"'),
        raw(name="q").replace(b'"q"', rb'"\ud800"'),
        raw(name="q").replace(b'"q"', rb'"\udc00\ud800"'),
        raw(answer="q").replace(b'"q"', rb'"hello \ud83d"'),
        raw(answer="q").replace(b'"q"', b'"' + b"[" * 100_000 + b'"' + b"]" * 10),
        raw(attempt=1).replace(b": 1,", b": 1e400,"),
        raw(attempt=1).replace(b": 1,", b": NaN,"),
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.usefixtures("within_two_seconds")
def test_what_is_no_event_at_all_is_refused(body):
    assert why(body) == "bad-event"


def test_letters_beyond_the_first_plane_are_kept():
    assert read_event(raw(answer="q").replace(b'"q"', rb'"\ud83d\ude00"')).answer == "😀"


@pytest.mark.parametrize("field", ["course", "release", "module", "name", "lang", "answer"])
def test_nul_is_refused_wherever_it_stands(field):
    assert why(raw(**{field: "a\0b"})) == "bad-text"


def test_nul_in_a_letter_is_refused():
    assert why(raw(answer=["a", "\0"])) == "bad-text"


@pytest.mark.parametrize("answer", ["x" * (MOST_WORDS + 1), ["x" * MOST_WORDS, "y"], ["x"] * (MOST_WORDS + 1)])
def test_an_answer_has_an_end(answer):
    assert why(raw(answer=answer)) == "too-long"


def test_the_longest_answer_is_kept_and_fits_what_a_batch_may_weigh():
    longest = "ß" * MOST_WORDS
    body = json.dumps({**SENT, "answer": longest}, ensure_ascii=True).encode()
    assert read_event(body).answer == longest
    assert len(body) < MOST_BYTES


def test_an_answer_that_pairs_letters_is_one_in_whatever_order_they_come():
    one, other = read_event(raw(answer={"a": "c", "b": "d"})), read_event(raw(answer={"b": "d", "a": "c"}))
    assert one.answer == {"a": "c", "b": "d"}
    assert one.body_hash == other.body_hash
    assert one.body_hash != read_event(raw(answer={"a": "d", "b": "c"})).body_hash


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"a": 1}, "bad-event"), ({"a": ["b"]}, "bad-event"), ({"a": "x" * 4_001}, "too-long"), ({"a": "\0"}, "bad-text")],
)
def test_pairs_that_are_none_are_refused(answer, expected):
    assert why(raw(answer=answer)) == expected


def test_what_is_handed_in_tells_two_events_apart_and_changes_none_that_hands_nothing_in():
    plain, handed = read_event(raw(answer=["a"])), read_event(raw(answer=["a"], evidence="https://example.org"))
    assert handed.evidence == "https://example.org"
    assert plain.body_hash != handed.body_hash
    assert plain.body_hash == read_event(raw(answer=["a"], evidence="")).body_hash


@pytest.mark.parametrize(
    ("evidence", "expected"), [("x" * 4_001, "too-long"), ("\0", "bad-text"), (["a"], "bad-event")]
)
def test_what_is_handed_in_is_text_that_can_be_kept(evidence, expected):
    assert why(raw(evidence=evidence)) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read_or_refused(body: bytes) -> Event | None:
    try:
        read = read_event(body)
    except Refusal:
        return None
    assert all(map(is_text, (read.course, read.release, read.module, read.name, read.lang)))
    assert all(map(is_text, [read.answer] if isinstance(read.answer, str) else read.answer))
    assert len(read.body_hash) == 32
    return read


@given(st.sampled_from([*SENT, "more"]), JSON)
@example("attempt", 10**40)
def test_whatever_one_field_holds_the_event_is_read_or_refused(field, value):
    read_or_refused(raw(**{field: value}))


@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(body):
    read_or_refused(body)


@given(st.data())
def test_an_event_cut_or_bent_anywhere_is_read_or_refused(data):
    body = bytearray(raw(answer="naïve", attempt=0))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(body))


EVENT = read_event(raw())
OTHERWISE: dict[str, Any] = {
    "course": "coding-basics",
    "release": "e" * 64,
    "module": "money",
    "name": "q-weak",
    "kind": EventKind.HINTED,
    "lang": "cy",
    "attempt": 3,
    "answer": ("a",),
}


@pytest.mark.parametrize("field", OTHERWISE)
def test_an_event_sent_again_with_anything_changed_is_a_conflict(field):
    assert replace(EVENT, **{field: OTHERWISE[field]}).body_hash != EVENT.body_hash


@given(st.uuids(), st.integers())
def test_the_same_form_sent_again_at_another_instant_is_a_repeat(event_id, at_ms):
    assert replace(EVENT, event_id=event_id, at_ms=at_ms).body_hash == EVENT.body_hash


ANSWERS = st.text(max_size=5) | st.lists(st.text(max_size=2), max_size=3).map(tuple)


@given(st.tuples(st.text(max_size=3), st.text(max_size=3), ANSWERS), st.tuples(st.text(), st.text(), ANSWERS))
@example(("a", "b", ("c",)), ("a", "b", "c"))
@example(("ab", "c", ()), ("a", "bc", ()))
@example(("a", "b", ("c", "d")), ("a", "b", ("d", "c")))
@example(("a", "b", ("cd",)), ("a", "b", ("c", "d")))
def test_two_bodies_have_one_hash_only_if_they_are_the_same(one, other):
    def hashed(body: tuple[str, str, Any]) -> bytes:
        module, name, answer = body
        return replace(EVENT, module=module, name=name, answer=answer).body_hash

    assert (hashed(one) == hashed(other)) is (one == other)


def test_words_that_no_database_can_keep_are_not_text():
    assert is_text("Grüße, 你好, 😀, \u202e and \n")
    assert not is_text("\0")
    assert not is_text("hello \ud83d")

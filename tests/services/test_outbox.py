"""What a phone's outbox sends, before anybody looks at an event of it."""

from __future__ import annotations

import json
import uuid

import pytest

from lms.services.events import BadEnvelope, form_id, read_batch
from lms.services.outbox import id_of


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"person":"p","sent":"2026-11-21T10:00:00Z"}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":{}}',
        b'{"person":7,"sent":"2026-11-21T10:00:00Z","events":[]}',
        b'{"person":"p","sent":"today","events":[]}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[],"more":1}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[' + b"[" * 9_000 + b"]" * 9_000 + b"]}",
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud800"}],"more":1}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[' + b",".join([b"1"] * 201) + b"]}",
    ],
)
def test_an_envelope_that_can_not_be_read_records_nothing(body: bytes):
    with pytest.raises(BadEnvelope):
        read_batch(body)


def test_the_events_of_a_batch_stay_as_they_were_sent():
    batch = read_batch(b'{"sent":"2026-11-21T10:00:00.5Z","events":[{"id" : 1}, 2 ,"\xff"],"person":"p"}')
    assert (batch.person, batch.sent_ms) == ("p", 1_795_255_200_500)
    assert batch.events == (b'{"id" : 1}', b"2", b'"\xff"')


def test_half_a_surrogate_pair_spoils_only_its_event():
    batch = read_batch(
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud83d"},{"b":"\xff\\ud83d"},{"c":1}]}'
    )
    assert batch.events == (b'{"a": "\\ud83d"}', b'{"b": "\\udcff\\ud83d"}', b'{"c": 1}')


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (b'{"id": "one", "answer": "\\ud800"}', "one"),
        (b'{"id": "\xe2\x82"}', ""),
        (b'{"id": "\\u0000"}', ""),
        (b'{"id": 7}', ""),
        (b"[]", ""),
        (b"[" * 100_000, ""),
        (json.dumps({"id": "x" * 100}).encode(), "x" * 64),
    ],
)
def test_an_event_nobody_can_read_is_named_if_it_has_a_name(raw: bytes, known: str):
    assert id_of(raw) == known


def test_the_id_of_a_form_follows_from_what_it_says():
    form = uuid.uuid4()
    assert form_id(form, ["a", ("b",)]) == form_id(form, ["a", ["b"]])
    assert len({form_id(form, "a"), form_id(form, "b"), form_id(uuid.uuid4(), "a")}) == 3

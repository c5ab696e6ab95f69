"""What a phone's outbox sends, before anybody looks at an event of it."""

from __future__ import annotations

import contextlib
import json
import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.learning.events import MOST_BYTES
from lms.services.events import form_id
from lms.services.outbox import BadEnvelope, id_of, read_batch
from tests.services.site import Site


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
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":' + b"[" * 9_000 + b"]" * 8_999 + b"}",
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud800"}]} {}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud800"}],"events":[1]}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud800"}]',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[{"a":"\\ud800}]}',
        b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":{"a":"\\ud800"}}',
        b'["person","p","sent","2026-11-21T10:00:00Z","events",["\\ud800"]]',
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
    assert batch.events == (b'{"a":"\\ud83d"}', b'{"b":"\xff\\ud83d"}', b'{"c":1}')


def deep(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("depth", [900, 1_000, 5_000, 100_000])
def test_an_event_nested_however_deep_leaves_the_others_as_they_were_sent(depth: int):
    sent = (b'{"id":"one"}', b'{"id":"two","answer":' + deep(depth) + b"}", b"[]", b'{"c":"}\\"],["}', b"7")
    for space in (b"", b" \n"):
        said = b"%s,%s" % (space, space)
        batch = read_batch(b'{ "events" : [%s],"sent":"2026-11-21T10:00:00Z","person":"p"} ' % said.join(sent))
        assert (batch.person, *(it.strip() for it in batch.events)) == ("p", *sent)
    assert id_of(batch.events[1]) == "two"


def test_an_empty_list_of_events_stays_empty_however_it_is_read():
    for body in (b'"person":"p"', b'"person":"\xff"'):
        with contextlib.suppress(BadEnvelope):
            assert read_batch(b'{%s,"sent":"2026-11-21T10:00:00Z","events":[ ]}' % body).events == ()


@pytest.mark.parametrize("garbage", [b'"\\', b'"', b"[", b"{", b'"a",', b" ", b'\\"', b'{"events":', b'"events":['])
def test_no_garbage_takes_long_to_read(garbage: bytes):
    body = b'{"person":"p","sent":"2026-11-21T10:00:00Z","events":[' + garbage * (MOST_BYTES // len(garbage))
    for end in (b"", b"]}"):
        began = time.process_time()
        with contextlib.suppress(BadEnvelope):
            read_batch(body + end)
        id_of(body + end)
        assert time.process_time() - began < 5, "half a second, or minutes where each sign is looked at again"


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


TEXTS = st.text(st.characters(codec=None, categories=None), max_size=20)  # half surrogates, NUL and all
NUMBERS = st.integers() | st.integers(min_value=0, max_value=4_000).map(lambda zeros: 10**zeros) | st.floats()
NAMES = st.sampled_from(["id", "course", "release", "module", "name", "kind", "lang", "at", "attempt", "answer"])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def garbage(draw: st.DrawFn) -> bytes:
    """Any JSON at all, perhaps wrapped deeply, perhaps with letters in it that are none."""
    raw = json.dumps(draw(JSON), ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    depth = draw(st.sampled_from([0, 0, 1, 500, 990, 5_000]))
    if depth and draw(st.booleans()):
        return b'{"id":"wrapped","answer":' + b"[" * depth + raw + b"]" * depth + b"}"
    return b'{"answer":' * depth + raw + b"}" * depth


def test_no_json_among_good_events_harms_them(site: Site):
    @settings(max_examples=100, deadline=None)
    @given(garbage(), st.integers(0, 2))
    def is_refused_alone(raw: bytes, at: int) -> None:
        lena = site.person()
        sent: list[dict | bytes] = [site.event("fill-it", "done"), site.event("q-hot", "answered", ["a"])]
        sent.insert(at, raw)
        results = site.send(lena, *sent)
        assert [it.result for it in results[:at] + results[at + 1 :]] == ["new", "new"]
        assert (results[at].result, bool(results[at].why), bool(results[at].say)) == ("refused", True, True)
        assert site.progress(lena)["done_count"] == 2

    is_refused_alone()


def test_the_id_of_a_form_follows_from_what_it_says():
    form = uuid.uuid4()
    assert form_id(form, ["a", ("b",)]) == form_id(form, ["a", ["b"]])
    assert len({form_id(form, "a"), form_id(form, "b"), form_id(uuid.uuid4(), "a")}) == 3

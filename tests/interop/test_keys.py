"""Keys as the web writes them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lms.interop import keys
from tests.interop.awards import DID, KEY, STRANGER

SEEDS = st.binary(min_size=32, max_size=32)


@given(SEEDS)
def test_a_key_is_read_from_its_own_line_and_shows_which_half_it_is(seed: bytes):
    key = keys.SigningKey.made(seed)
    assert key.secret.startswith("z3u2")
    assert key.multibase.startswith("z6Mk")
    assert keys.read_secret(f" {key.secret}\n") == key
    assert keys.read_public(f"{key.multibase}\n") == key.multibase


def test_a_key_never_shows_itself_by_accident():
    assert KEY.secret not in f"{KEY} {KEY!r}"
    assert KEY.seed.hex() not in f"{KEY} {KEY!r}"
    assert str(KEY.seed) not in repr(KEY)


@pytest.mark.parametrize(
    "line",
    ["", "z", "z3u2", "hunter2", KEY.multibase, KEY.secret[:-1], KEY.secret + "1", KEY.secret.replace("z3u2", "z3u20"),
     "z1" + KEY.secret[1:], KEY.secret.upper(), "z" * 50, "z" + "2" * 5_000, "\u202e" + KEY.secret],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_a_sentence_that_does_not_repeat_it(line: str):
    with pytest.raises(keys.BadKey) as told:
        keys.read_secret(line)
    assert told.value.sentence == "This is no signing key. One is a single word that starts with z3u2."


def test_a_private_key_is_no_public_one():
    with pytest.raises(keys.BadKey, match="z6Mk"):
        keys.read_public(KEY.secret)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_signature_holds_for_what_was_signed_and_for_nothing_else(data: bytes, other: bytes):
    signature = KEY.sign(data)
    assert signature == KEY.sign(data) == Ed25519PrivateKey.from_private_bytes(KEY.seed).sign(data)
    assert keys.is_signed_by(KEY.multibase, signature, data)
    assert keys.is_signed_by(KEY.multibase, signature, other) is (data == other)
    assert not keys.is_signed_by(STRANGER.multibase, signature, data)
    assert not keys.is_signed_by("no key", signature, data)
    assert not keys.is_signed_by(KEY.multibase, signature[:-1], data)
    assert not keys.is_signed_by(KEY.multibase, signature + b"\0", data)


@given(st.binary(max_size=100))
def test_bytes_survive_being_written_in_base_58(data: bytes):
    assert keys.read_multibase(keys.multibase(data)) == data


@given(st.text("123ABCabcz0OIl", max_size=40))
def test_two_texts_never_stand_for_the_same_bytes(text: str):
    data = keys.read_multibase("z" + text)
    assert data is None or keys.multibase(data) == "z" + text


@pytest.mark.parametrize(
    ("url", "did", "name"),
    [
        ("https://learn.example.org", "did:web:learn.example.org", "learn.example.org"),
        ("https://learn.example.org/", "did:web:learn.example.org", "learn.example.org"),
        ("https://Learn.Example.ORG:443", "did:web:learn.example.org", "learn.example.org"),
        ("https://learn.example.org:8443", "did:web:learn.example.org%3A8443", "learn.example.org:8443"),
        ("https://example.org/learn/here", "did:web:example.org:learn:here", "example.org"),
        ("https://bücher.example", "did:web:xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_an_issuer_is_named_by_its_web_address(url: str, did: str, name: str):
    assert keys.did_web(url) == did
    assert keys.web_name(did) == name


@pytest.mark.parametrize(
    "url",
    ["http://learn.example.org", "https://127.0.0.1:8000", "https://[::1]", "https://", "learn.example.org", "",
     "https://learn.example.org:port", "https://[oops", "https://" + "a" * 64 + ".example"],
)  # fmt: skip
def test_an_address_that_nobody_else_can_ask_names_no_issuer(url: str):
    with pytest.raises(keys.NoWebName, match="https://"):
        keys.did_web(url)


def test_an_issuer_without_an_address_is_named_by_its_key():
    did = keys.did_key(KEY.multibase)
    assert did == f"did:key:{KEY.multibase}"
    assert keys.web_name(did) is None
    assert keys.method(did, KEY.multibase) == f"did:key:{KEY.multibase}#{KEY.multibase}"


def test_the_document_of_an_issuer_has_every_key_as_checkers_look_for_it():
    document = keys.did_document(DID, [KEY.multibase, STRANGER.multibase])
    first, retired = document["verificationMethod"]
    assert document["id"] == first["controller"] == retired["controller"] == DID
    assert first == {
        "id": f"{DID}#{KEY.multibase}", "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY.multibase,
    }  # fmt: skip
    assert document["assertionMethod"] == [first["id"], retired["id"]] == [
        f"{DID}#{KEY.multibase}", f"{DID}#{STRANGER.multibase}",
    ]  # fmt: skip

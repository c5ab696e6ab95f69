"""What is said of a file that somebody was handed: a badge that holds, a forged one, and anything else."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.interop import baking, credentials, keys, proofs, statuslist, terms, verifying
from lms.interop.verifying import Kind, What
from tests.interop.awards import DID, GIVEN, KEY, LIST, NOW, STRANGER, copied, file_of, issued_by, ours, signed
from tests.interop.test_proofs import LEAVES, Path_, changed

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
SECONDS = 5.0
"""What an answer may take on a busy machine, in processor time; most take hundredths of it."""


def said_of(data: bytes, known: verifying.Ours | None = None, now: datetime = NOW) -> dict[str, Any]:
    """What is found, by what it is about; and that it is found in time, in a sentence."""
    began = time.process_time()
    verdict = verifying.check(data, known or ours(), now)
    assert time.process_time() - began < SECONDS
    assert verdict.findings
    assert all(finding.sentence.endswith(".") and "{" not in finding.sentence for finding in verdict.findings)
    found = {finding.what.value: finding.holds for finding in verdict.findings}
    assert (verdict.credential is not None) == (found.get("unchanged") is True)
    return {"kind": verdict.kind, "holds": verdict.holds} | found


GOOD = {"kind": Kind.OURS, "holds": True, "issuer": True, "unchanged": True, "revoked": True, "expired": True}
CHANGED = {"kind": Kind.OURS, "holds": False, "issuer": None, "unchanged": False}
FORGED = {"kind": Kind.OURS, "holds": False, "issuer": False, "unchanged": None}
STRANGE = {"kind": Kind.STRANGE, "holds": False, "issuer": False}
UNREADABLE = {"kind": Kind.UNREADABLE, "holds": False, "file": False}


def sentence_of(what: What, data: bytes, now: datetime = NOW) -> str:
    [found] = [finding.sentence for finding in verifying.check(data, ours(), now).findings if finding.what is what]
    return found


def test_a_badge_of_ours_holds():
    assert said_of(file_of(signed())) == GOOD | {"whose": None}
    verdict = verifying.check(file_of(signed()), ours(), NOW)
    assert verdict.credential == signed()
    assert [finding.sentence for finding in verdict.findings] == [
        "It was made here, by Learn Together (learn.example.org).",
        "Nothing in it was changed since it was made.",
        "It was not taken back.",
        "It has no end date.",
        "It was given to Lena Lindqvist.",
    ]


def test_a_badge_holds_in_its_picture_too():
    svg = baking.bake_svg(SVG, credentials.as_text(signed()))
    assert said_of(svg.encode()) == GOOD | {"whose": None}


def test_a_badge_without_a_name_says_how_whose_it_is_can_be_shown():
    unnamed = file_of(signed(replace(GIVEN, holder=credentials.Holder("lena-0d1f", "salt"))))
    assert sentence_of(What.WHOSE, unnamed) == "There is no name in it. Whose it is can be shown by signing in here."


def test_a_badge_of_a_name_this_site_had_before_still_holds():
    before = keys.did_web("https://old.example.org")
    known = ours(dids={DID: [KEY.multibase], before: [STRANGER.multibase]})
    assert said_of(file_of(signed(issued_by(before), STRANGER)), known)["holds"]
    assert said_of(file_of(signed(issued_by(before), KEY)), known) == FORGED


def test_a_badge_signed_with_a_retired_key_holds():
    known = ours(dids={DID: [KEY.multibase, STRANGER.multibase]})
    assert said_of(file_of(signed(key=STRANGER)), known)["holds"]


def test_a_badge_that_names_its_key_alone_says_that_it_proves_no_address():
    did = keys.did_key(KEY.multibase)
    badge = file_of(signed(issued_by(did), credentialStatus=None))
    known = ours(dids={did: [KEY.multibase]})
    assert said_of(badge, known) == GOOD | {"revoked": None, "whose": None}
    assert "no web address" in verifying.check(badge, known, NOW).findings[0].sentence
    assert said_of(badge) == STRANGE


def test_a_badge_that_was_taken_back_holds_no_more():
    found = said_of(file_of(signed()), ours(revoked=True))
    assert (found["holds"], found["revoked"], found["unchanged"]) == (False, False, True)


def test_a_badge_whose_list_nobody_knows_is_not_vouched_for():
    assert not said_of(file_of(signed()), ours(revoked=None))["holds"]
    assert not said_of(file_of(signed(replace(GIVEN, status=credentials.Status(LIST, 9)))))["holds"]


def test_a_badge_counts_from_its_first_to_its_last_moment():
    until = file_of(signed(validUntil="2027-05-03T00:00:00Z"))
    assert sentence_of(What.EXPIRED, until) == "It counts until 3 May 2027."
    assert said_of(until, now=datetime.fromisoformat("2027-05-03T00:00:00Z"))["holds"]
    late = datetime.fromisoformat("2027-05-03T00:00:01Z")
    assert said_of(until, now=late)["expired"] is False
    assert not said_of(until, now=late)["holds"]
    assert sentence_of(What.EXPIRED, until, late) == "It ended on 3 May 2027."
    early = NOW - timedelta(seconds=1)
    assert not said_of(until, now=early)["holds"]
    assert sentence_of(What.EXPIRED, until, early) == "It does not count yet. It starts on 22 November 2026."


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_badge_with_one_value_changed_does_not_hold(path: Path_):
    found = said_of(file_of(changed(signed(), path)))
    assert not found["holds"]
    assert found["kind"] is (Kind.STRANGE if path == ("issuer", "id") else Kind.OURS)


def forged(**members: Any) -> dict[str, Any]:
    return signed() | members


def with_proof(**members: Any) -> dict[str, Any]:
    return forged(proof=[signed()["proof"][0] | members])


def achievement(**members: Any) -> dict[str, Any]:
    document = copied(signed())
    document["credentialSubject"]["achievement"] |= members
    return document


def another_key_under_our_name() -> dict[str, Any]:
    return signed(key=STRANGER)


FOUND: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another key": (another_key_under_our_name(), FORGED),
    "another issuer with our key": (forged(issuer=signed()["issuer"] | {"id": "did:web:a.example"}), STRANGE),
    "a key of ours by another way": (with_proof(verificationMethod=f"did:key:{KEY.multibase}#{KEY.multibase}"), FORGED),
    "a defined term that we never write": (achievement(tag=["gold"]), CHANGED),
    "another context": (forged(**{"@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "a:"}]}), CHANGED),
    "an end by its whole name": (forged(**{"https://www.w3.org/2018/credentials#validUntil": "2020"}), CHANGED),
    "a proof of an older kind": (with_proof(cryptosuite="eddsa-2022"), CHANGED),
    "a proof of no kind": (with_proof(cryptosuite="none"), CHANGED),
    "an empty signature": (with_proof(proofValue=""), CHANGED),
    "a signature that is no text": (with_proof(proofValue=7), CHANGED),
    "a token of the other format": (forged(proof=[{"type": "JwtProof2020", "jwt": "e30.e30."}]), CHANGED),
    "text that is no text": (achievement(name="Tea\ud800"), CHANGED),
    "text that is a number": (achievement(version=1), CHANGED),
    "a list of ours": (
        proofs.sign(statuslist.list_document(LIST, DID, statuslist.empty(), NOW), KEY, DID, NOW),
        STRANGE,
    ),
    "an issuer that is no name": (forged(issuer={"id": [DID]}), STRANGE),
}


@pytest.mark.parametrize(("document", "found"), FOUND.values(), ids=FOUND)
def test_a_forged_badge_is_refused(document: dict[str, Any], found: dict[str, Any]):
    assert said_of(json.dumps(document).encode()) == found


TEXT = credentials.as_text(signed())
NOTHING: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b"  \n",
    "words": b"my badge",
    "a byte that starts no letter": b'{"a": "\xff"}',
    "a badge twice": (TEXT + TEXT).encode(),
    "a row of badges": f"[{TEXT},{TEXT}]".encode(),
    "a megabyte of JSON": b'{"a":"' + b"x" * 1_000_000 + b'"}',
    "a hundred thousand members": json.dumps({f"m{n}": n for n in range(100_000)}).encode(),
    "a number that is none": TEXT.replace('"1"', "NaN", 1).encode(),
    "a number without end": b'{"a": -Infinity}',
    "a number too long to read": b'{"a": ' + b"9" * 10_000 + b"}",
    "a member twice": TEXT.replace('{"@context"', '{"name":"Tea","@context"', 1).encode(),
    "a depth without end": b'{"a":' * 30_000,
    "a deep thing that ends": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "deep rows": b'{"a":' + b"[" * 90_000 + b"]" * 90_000 + b"}",
    "another alphabet's bytes": TEXT.encode("utf-16"),
    "a page": b"<!doctype html><p>Badge</p>",
    "a picture without a badge": SVG.encode(),
    "a picture of a picture's start": b"\x89PNG\r\n\x1a\n",
    "a picture that grows when read": b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "a picture with two badges": baking.bake_svg(SVG, TEXT).replace("<path", "<openbadges:credential/><path").encode(),
    "a picture with no JSON in it": baking.bake_svg(SVG, "a.b.c").encode(),
}


@pytest.mark.parametrize("data", NOTHING.values(), ids=NOTHING)
def test_a_file_without_a_badge_is_told_so(data: bytes):
    assert said_of(data) == UNREADABLE


@pytest.mark.parametrize("part", [1, 10, 50, 90, 99])
def test_a_file_cut_short_is_told_so(part: int):
    whole = file_of(signed())
    assert said_of(whole[: len(whole) * part // 100]) == UNREADABLE
    svg = baking.bake_svg(SVG, TEXT).encode()
    assert said_of(svg[: len(svg) * part // 100]) == UNREADABLE


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.text('{}[]":,\\nul01-', max_size=40).map(str.encode))
def test_any_bytes_get_an_answer(data: bytes):
    assert said_of(data)["holds"] is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(DID),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["id", "type", "@id", "@graph", "@context", "proof", "issuer", "credentialSubject", "achievement", "name"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(terms.Credential.__struct_encode_fields__)), JSON)
def test_any_json_in_a_badge_gets_an_answer(member: str, value: object):
    document = json.dumps(signed() | {member: value}).encode()
    found = said_of(document)
    assert found["holds"] is False or json.loads(document) == signed()


def test_a_graph_made_to_take_for_ever_is_never_computed():
    """Blank nodes that all point at each other: 2.6 kB keep a naive checker busy for many seconds."""
    nodes = [
        {"id": f"_:n{this}", "evidence": [{"id": f"_:n{other}"} for other in range(12) if other != this]}
        for this in range(12)
    ]
    for place in ("evidence", "credentialSubject", "credentialSchema", "@graph", "issuer", "proof"):
        value = {"id": DID, "evidence": nodes} if place == "issuer" else nodes
        assert said_of(json.dumps(signed() | {place: value}).encode()) == CHANGED


def test_the_largest_badge_that_has_our_form_is_still_answered_in_time():
    """As many equal parts as the form allows, under our name and key: the most that can reach the normal form."""
    alignment = [{"type": ["Alignment"], "targetName": "a", "targetUrl": "https://a.example"}] * 50
    evidence = [{"type": ["Evidence"], "name": "a" * 1_000, "narrative": "a" * 10_000}] * 10
    document = achievement(alignment=alignment, description="d" * 10_000) | {"evidence": evidence}
    document["credentialSubject"]["identifier"] = [{
        "type": "IdentityObject", "hashed": True, "identityHash": "a", "identityType": "name",
    }] * 3  # fmt: skip
    terms.read(document)
    assert said_of(json.dumps(document).encode()) == CHANGED


def test_what_is_signed_here_is_never_too_big_to_be_checked_here():
    given = replace(GIVEN, evidence=tuple(credentials.Evidence("e", "\U0001f600" * 9_000) for _ in range(10)))
    with pytest.raises(credentials.TooLong):
        file_of(signed(given))

"""What a credential says, member by member, and the text it is kept as."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.interop import credentials, proofs, terms
from tests.interop.awards import GIVEN, KEY, LIST, NOW, signed

ROOT = Path(__file__).parents[2]


def test_a_badge_says_who_gave_what_to_whom_and_when():
    document = credentials.document(GIVEN)
    assert document["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["issuer"]["name"] == "Learn Together"
    assert document["awardedDate"] == document["validFrom"] == "2026-11-22T09:30:00Z"
    achievement = document["credentialSubject"]["achievement"]
    assert (achievement["name"], achievement["achievementType"], achievement["version"]) == ("Tea maker", "Badge", "1")
    assert achievement["criteria"] == {"narrative": 'Finished the module "Brewing".'}
    assert achievement["image"]["caption"] == "A cup on a line"
    assert achievement["alignment"][0]["targetName"] == "Hot drinks"
    assert document["credentialStatus"]["statusListIndex"] == "7001"
    assert document["credentialStatus"]["statusListCredential"] == LIST
    assert document["evidence"][0]["id"] == "https://lena.example.org/tea"
    assert document["credentialSchema"][0]["type"] == "1EdTechJsonSchemaValidator2019"


def test_a_badge_with_too_long_a_name_is_cut_and_can_be_signed():
    named = replace(GIVEN.achievement, name="Tea " * 1_000, picture=credentials.Picture(LIST, "Tea " * 9_000))
    document = credentials.document(replace(GIVEN, achievement=named))
    terms.read(document)
    assert document["name"].endswith("…")


def test_what_a_badge_is_given_for_says_the_same_at_its_own_address():
    alone = credentials.achievement_document(GIVEN.achievement)
    assert {name: value for name, value in alone.items() if name != "@context"} == credentials.document(GIVEN)[
        "credentialSubject"
    ]["achievement"]
    assert "Lena" not in str(alone)
    assert proofs.normal(alone).count("Tea maker") == 1


def test_work_that_is_an_address_is_that_address_where_nothing_else_in_the_badge_is():
    link, here = "https://lena.example.org/tea?cup=2#milk", GIVEN.id
    words = (
        link,
        f" {link}\n",
        here,
        f"See {link}",
        "https://",
        "https://[x",
        "https://tea.example.org/%zz",
        "https://é/ü",
    )
    document = credentials.document(replace(GIVEN, evidence=tuple(credentials.Evidence("Tea", it) for it in words)))
    assert [it.get("id") for it in document["evidence"]] == [link] + [None] * 7
    assert [it["narrative"] for it in document["evidence"]] == list(words)
    terms.read(document)
    assert proofs.is_whole(proofs.sign(document, KEY, GIVEN.issuer.did, NOW), KEY.multibase)


def test_a_badge_has_room_for_ten_works_and_for_no_more_than_can_be_read_back():
    long = tuple(credentials.Evidence("Tea", "\u2615" * 1_500) for _ in range(10))
    assert credentials.has_room(long)
    assert not credentials.has_room((*long, credentials.Evidence("Tea", "")))
    assert not credentials.has_room(tuple(credentials.Evidence("Tea", "\u2615" * 4_000) for _ in range(9)))
    credentials.as_text(signed(replace(GIVEN, evidence=long)))


def test_what_was_not_given_is_not_there():
    achievement = replace(GIVEN.achievement, picture=None, alignments=(), kind="course")
    bare = replace(GIVEN, achievement=achievement, status=None, evidence=(), holder=credentials.Holder("x", "y"))
    document = credentials.document(bare)
    assert not {"credentialStatus", "evidence"} & set(document)
    assert not {"image", "alignment"} & set(document["credentialSubject"]["achievement"])
    assert document["credentialSubject"]["achievement"]["achievementType"] == "Course"
    assert len(document["credentialSubject"]["identifier"]) == 1
    terms.read(document)


def test_an_identity_is_hashed_as_the_standard_shows():
    """Its own example: a@example.com with the salt "Kosher"."""
    assert credentials.identity_hash("a@example.com", "Kosher").startswith("sha256$b5809d8a92f8")
    assert credentials.identity_hash("é", "ï") == "sha256$" + hashlib.sha256("éï".encode()).hexdigest()


def test_her_name_is_in_it_only_where_she_wants_it():
    named = credentials.document(GIVEN)
    unnamed = credentials.document(replace(GIVEN, holder=credentials.Holder("lena-0d1f", "a-grain-of-salt")))
    assert named["credentialSubject"]["identifier"][1] == {
        "type": "IdentityObject", "hashed": False, "identityHash": "Lena Lindqvist", "identityType": "name",
    }  # fmt: skip
    assert "Lena" not in credentials.as_text(unnamed)
    assert "lena-0d1f" not in credentials.as_text(named)


def test_an_email_is_hashed_however_she_types_it():
    one = replace(GIVEN, holder=replace(GIVEN.holder, email=" Lena@Example.ORG "))
    other = replace(GIVEN, holder=replace(GIVEN.holder, email="lena@example.org"))
    assert credentials.document(one) == credentials.document(other)
    found = credentials.document(one)["credentialSubject"]["identifier"][1]
    assert found["identityType"] == "emailAddress"
    assert found["identityHash"] == credentials.identity_hash("lena@example.org", "a-grain-of-salt")


def test_only_whose_it_is_can_show_it():
    document = signed()
    assert credentials.is_held_by(document, "lena-0d1f")
    assert not credentials.is_held_by(document, "sam-77ab")
    assert not credentials.is_held_by(document, "Lena Lindqvist")
    assert not credentials.is_held_by(document, "")


def test_facts_do_not_show_whose_they_are_by_accident():
    assert "lena-0d1f" not in repr(GIVEN)
    assert "a-grain-of-salt" not in repr(GIVEN)


def test_an_instant_is_written_in_world_time():
    summer = datetime(2026, 6, 1, 10, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert credentials.document(replace(GIVEN, awarded=summer))["awardedDate"] == "2026-06-01T09:30:00Z"
    assert (
        credentials.document(replace(GIVEN, awarded=datetime(1, 2, 3, tzinfo=UTC)))["awardedDate"]
        == "0001-02-03T00:00:00Z"
    )
    with pytest.raises(ValueError, match="time zone"):
        credentials.document(replace(GIVEN, awarded=NOW.replace(tzinfo=None)))


@given(st.text(max_size=60))
def test_a_badge_is_kept_in_letters_that_all_software_reads(words: str):
    document = credentials.document(replace(GIVEN, achievement=replace(GIVEN.achievement, description=words)))
    text = credentials.as_text(document)
    assert json.loads(text) == document
    assert text.isascii()
    assert text.isprintable()


@given(st.text('{}"\\u007b', max_size=12))
def test_counting_braces_finds_the_end_of_a_badge(words: str):
    text = credentials.as_text(
        credentials.document(replace(GIVEN, achievement=replace(GIVEN.achievement, criteria=words)))
    )
    depth = list(accumulate((letter == "{") - (letter == "}") for letter in text))
    assert depth[-1] == 0
    assert 0 not in depth[:-1]


def test_letters_that_software_writes_in_different_ways_are_spaces():
    def plain(words: str) -> str:
        document = credentials.document(replace(GIVEN, achievement=replace(GIVEN.achievement, description=words)))
        found: str = document["credentialSubject"]["achievement"]["description"]
        return found

    assert plain("one\ttwo\r\nthree\x00four\ud800five\x7f") == "one two\nthree four five "
    assert plain("\u0627\u0644 \u2066x\u2069 \U0001f600") == "\u0627\u0644 \u2066x\u2069 \U0001f600"


def test_neither_reading_nor_writing_a_badge_loads_the_heavy_libraries_before_one_is_signed():
    """A web worker knows these modules, and must not grow by them (docs/decisions/0001)."""
    code = "import sys, lms.interop.verifying, lms.interop.statuslist; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "lms.interop.proofs" in done.stdout
    assert not {"cryptography", "pyld", "lxml"} & set(done.stdout.split())

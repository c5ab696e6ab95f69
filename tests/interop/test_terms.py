"""The form of our documents, and that the reference describes every member of it and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lms.interop import credentials, keys, proofs, statuslist, terms
from tests.interop.awards import DID, GIVEN, KEY, LIST, NOW, signed

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "badges.md").read_text("utf-8")


def described(heading: str) -> list[str]:
    """The members in the table under a heading."""
    part = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        name for line in part.splitlines() for name in re.findall("`([^`]+)`", line.split(" | ")[0]) if line[0] == "|"
    ]


def members(part: Any, path: str = "") -> Iterator[str]:
    """The paths of a document's values, without the places in lists."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from members(value, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for value in part:
            yield from members(value, path)
    else:
        yield path


LISTED = proofs.sign(statuslist.list_document(LIST, DID, statuslist.empty(), NOW), KEY, DID, NOW)


@pytest.mark.parametrize(
    ("heading", "document"),
    [
        ("The credential", signed(validUntil="2027-05-03T00:00:00Z")),
        ("The list of badges taken back", LISTED),
        ("The keys", keys.did_document(DID, [KEY.multibase])),
    ],
)
def test_every_member_is_described_once_and_no_other(heading: str, document: dict[str, Any]):
    names = described(heading)
    assert len(names) == len(set(names))
    assert set(names) == set(members(document))


def test_whatever_is_written_here_has_the_form():
    assert isinstance(terms.read(signed()), terms.Credential)
    assert isinstance(terms.read(credentials.document(GIVEN)), terms.Credential)
    assert isinstance(terms.read(LISTED), terms.StatusList)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "_:b0", "relative", "https://", "https://a.example/ b", "https://a.example/é",
     'https://a.example/"', "https://a.example/{", "https://a.example/\n", "file:///a", "HTTPS://a.example", ""],
)  # fmt: skip
def test_an_address_that_software_reads_in_different_ways_is_refused(url: str):
    document = credentials.document(GIVEN)
    document["evidence"][0]["id"] = url
    with pytest.raises(terms.UndefinedTerm, match="evidence"):
        terms.read(document)

"""Lena's badge as the tests of credentials make it: the facts, the keys that sign it, and what we know of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lms.interop import credentials, keys, proofs, verifying

KEY = keys.SigningKey.made(bytes(range(32)))
STRANGER = keys.SigningKey.made(bytes(range(32, 64)))
SITE = "https://learn.example.org"
DID = keys.did_web(SITE)
LIST = f"{SITE}/badges/status/1"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

GIVEN = credentials.Given(
    id=f"{SITE}/badges/6f3e0a4c",
    issuer=credentials.Issuer(DID, "Learn Together", SITE),
    achievement=credentials.Achievement(
        id=f"{SITE}/badges/achievement/tea/1",
        name="Tea maker",
        description="Knows how to make tea for {everyone} \u2615 \u0627\u0644\u0634\u0627\u064a.",
        criteria='Finished the module "Brewing".',
        version="1",
        kind="module",
        picture=credentials.Picture(f"{SITE}/badges/pictures/tea.svg", "A cup on a line"),
        alignments=(credentials.Alignment("Hot drinks", "https://skills.example.org/drinks/2", "D.2", "Home skills"),),
        language="en",
    ),
    holder=credentials.Holder("lena-0d1f", "a-grain-of-salt", "Lena Lindqvist"),
    awarded=NOW,
    valid_from=NOW,
    status=credentials.Status(LIST, 7_001),
    evidence=(credentials.Evidence("My tea", "https://lena.example.org/tea"),),
)


def signed(given: credentials.Given = GIVEN, key: keys.SigningKey = KEY, **members: Any) -> dict[str, Any]:
    """A credential with its proof; `members` are written over it, or left out where None, before it is signed."""
    document = credentials.document(given) | members
    bare = {name: value for name, value in document.items() if value is not None}
    return proofs.sign(bare, key, given.issuer.did, NOW)


def issued_by(did: str) -> credentials.Given:
    """The same badge from another issuer."""
    return replace(GIVEN, issuer=replace(GIVEN.issuer, did=did))


def ours(revoked: bool | None = False, dids: Mapping[str, list[str]] | None = None) -> verifying.Ours:
    """What this site knows of its own badges."""
    known = {DID: [KEY.multibase]} if dids is None else dids
    return verifying.Ours(known, lambda list_url, slot: revoked if (list_url, slot) == (LIST, 7_001) else None)


def file_of(document: Mapping[str, Any]) -> bytes:
    """A credential as the file that is saved."""
    return credentials.as_text(document).encode()


def copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy whose parts can be written over."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    return copy

"""Whether a badge is one of ours and still holds, in words for whoever was handed it.

In: a file from anybody, what we know of our own badges, and the time. Out: a `Verdict`; whatever the
file is, it is an answer and never an error. Strangers' badges are refused with a sentence: theirs is
the place to ask, and the normal form of a document that others wrote can take for ever to compute.
So a file is first read as JSON within bounds, then held against the exact form of our documents
(`terms`), and only then its signature is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import UnsetType

from lms.interop import proofs, terms
from lms.interop.baking import BadFile, unbake
from lms.interop.keys import method, web_name


class Kind(StrEnum):
    """What a file turned out to be."""

    OURS = "ours"
    """A badge that says it is from here: the findings say what is true of it."""
    STRANGE = "strange"
    """Something else: a badge of another place, or another document."""
    UNREADABLE = "unreadable"
    """No badge could be read."""


class What(StrEnum):
    """What a finding is about. Each holds if all is well: `revoked` holds where a badge was not taken back."""

    FILE = "file"
    ISSUER = "issuer"
    UNCHANGED = "unchanged"
    REVOKED = "revoked"
    EXPIRED = "expired"
    WHOSE = "whose"


@dataclass(frozen=True)
class Ours:
    """What we know of our own badges.

    `dids`: every name this site ever had, each with all its keys. `is_revoked`: of a list's address and a
    slot in it; None where we know no such place.
    """

    dids: Mapping[str, Sequence[str]]
    is_revoked: Callable[[str, int], bool | None]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `holds`: None where it can't be told."""

    what: What
    holds: bool | None
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What was found. `credential`: the document, only where it is ours and unchanged."""

    kind: Kind
    findings: tuple[Finding, ...]
    credential: dict[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether this badge can be believed."""
        return self.kind is Kind.OURS and all(finding.holds is not False for finding in self.findings)


def check(data: bytes, ours: Ours, now: datetime) -> Verdict:
    """What can be said of a file: JSON, or a PNG or SVG with a badge in it."""
    try:
        document = _parsed(unbake(data))
    except BadFile as fault:
        return Verdict(Kind.UNREADABLE, (Finding(What.FILE, False, fault.sentence),))
    did = _said_issuer(document)
    if did not in ours.dids:
        return Verdict(Kind.STRANGE, (Finding(What.ISSUER, False, _STRANGE),))
    try:
        credential = terms.read(document)
    except terms.UndefinedTerm:
        return Verdict(Kind.OURS, _CHANGED)
    if not isinstance(credential, terms.Credential) or not isinstance(credential.proof, tuple):
        return Verdict(Kind.OURS, _CHANGED)
    signed_with = {method(did, key): key for key in ours.dids[did]}.get(credential.proof[0].verificationMethod)
    if signed_with is None:
        return Verdict(Kind.OURS, _FORGED)
    if not proofs.is_whole(document, signed_with):
        return Verdict(Kind.OURS, _CHANGED)
    return Verdict(Kind.OURS, _findings(credential, ours, now), document)


_STRANGE = "We did not make this badge, so we can't check it. Ask the place that gave it."
_NO_BADGE = "We can't find a badge in that file. Choose the file you saved from your badge's page."
_CHANGED = (
    Finding(What.ISSUER, None, "It says that it is from here. We can't be sure of that."),
    Finding(
        What.UNCHANGED, False, "It is not as we made it, so it proves nothing. The page of the badge has a good copy."
    ),
)
_FORGED = (
    Finding(What.ISSUER, False, "It says that it is from here, but it was not signed with a key of ours."),
    Finding(What.UNCHANGED, None, "We can't tell whether something in it was changed."),
)


def _parsed(text: str) -> dict[str, Any]:
    """A file's JSON object. Twice the same member, or a number that is none, would mean different things to others."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadFile(_NO_BADGE) from None
    if not isinstance(found, dict):
        raise BadFile(_NO_BADGE)
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _said_issuer(document: Mapping[str, Any]) -> str:
    """Who gave a badge, as it says itself; "" where it says nothing that could be us."""
    issuer = document.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else None
    return did if isinstance(did, str) else ""


def _findings(credential: terms.Credential, ours: Ours, now: datetime) -> tuple[Finding, ...]:
    return (
        _issuer(credential.issuer),
        Finding(What.UNCHANGED, True, "Nothing in it was changed since it was made."),
        _revoked(credential.credentialStatus, ours),
        _expired(credential, now),
        _whose(credential.credentialSubject),
    )


def _issuer(issuer: terms.Profile) -> Finding:
    name = web_name(issuer.id)
    if name:
        return Finding(What.ISSUER, True, f"It was made here, by {issuer.name} ({name}).")
    sentence = "It was signed with our key. It names no web address, so others can check the key, but not whose it is."
    return Finding(What.ISSUER, True, sentence)


def _revoked(status: terms.Status | UnsetType, ours: Ours) -> Finding:
    if not isinstance(status, terms.Status):
        return Finding(What.REVOKED, None, "It has no place in a list, so we can't look whether it was taken back.")
    match ours.is_revoked(status.statusListCredential, int(status.statusListIndex)):
        case False:
            return Finding(What.REVOKED, True, "It was not taken back.")
        case True:
            return Finding(What.REVOKED, False, "It was taken back. It does not count any more.")
        case _:
            sentence = "We can't find its place in our lists, so we can't say that it still counts."
            return Finding(What.REVOKED, False, sentence)


def _expired(credential: terms.Credential, now: datetime) -> Finding:
    until = credential.validUntil
    if now < credential.validFrom:
        return Finding(What.EXPIRED, False, f"It does not count yet. It starts on {_day(credential.validFrom)}.")
    if not isinstance(until, datetime):
        return Finding(What.EXPIRED, True, "It has no end date.")
    if now <= until:
        return Finding(What.EXPIRED, True, f"It counts until {_day(until)}.")
    return Finding(What.EXPIRED, False, f"It ended on {_day(until)}.")


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _whose(subject: terms.Subject) -> Finding:
    """Nobody proves by holding a file that it is hers, so this is never said to hold."""
    names = [each.identityHash for each in subject.identifier if each.identityType == "name"]
    if names:
        return Finding(What.WHOSE, None, f"It was given to {names[0]}.")
    return Finding(What.WHOSE, None, "There is no name in it. Whose it is can be shown by signing in here.")

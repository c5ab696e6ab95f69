"""An Open Badges 3.0 credential: what somebody earned, as a document that others' software reads.

In: the facts of one award. Out: the document, still unsigned (`proofs.sign`), and the text that is
served, stored and put into pictures. docs/reference/badges.md has every member and the rule it comes from.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from lms.errors import LmsError
from lms.interop import terms
from lms.interop.baking import MOST_TEXT
from lms.interop.instants import written


class TooLong(LmsError):
    """A credential that nobody could read back from a picture."""

    sentence = "There is too much text in this badge. Take some of its evidence away."


LEARNER = "ext:learner"
"""The kind of identity that only this site gives, and only signing in here proves."""


@dataclass(frozen=True)
class Issuer:
    """Who gives the badge. `did`: how its keys are found (`keys.did_web`, `keys.did_key`)."""

    did: str
    name: str
    url: str


@dataclass(frozen=True)
class Picture:
    """Where the badge's picture stands, and what is seen on it."""

    url: str
    caption: str


@dataclass(frozen=True)
class Alignment:
    """A skill of a published framework that the badge stands for."""

    name: str
    url: str
    code: str = ""
    framework: str = ""


@dataclass(frozen=True)
class Achievement:
    """What the badge is given for. `version`: of its rule, so that a later rule is another achievement."""

    id: str
    name: str
    description: str
    criteria: str
    version: str
    kind: Literal["module", "course"]
    picture: Picture | None
    alignments: tuple[Alignment, ...]
    language: str


@dataclass(frozen=True)
class Holder:
    """Whose it is: an id that says nothing to others, and her name only where she wants it in the file.

    `email`: one that was shown to be hers. It is written as a salted hash, which hides it from a reader
    but not from somebody who guesses it.
    """

    identity: str = field(repr=False)
    salt: str = field(repr=False)
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Status:
    """Where others look whether it was taken back: a place in a list."""

    list_url: str
    slot: int


@dataclass(frozen=True)
class Evidence:
    """Something of hers that shows it, which she chose to add: her words, or the address of what she made."""

    name: str
    words: str


@dataclass(frozen=True)
class Given:
    """One award. `awarded` never moves; `valid_from` does when it is issued anew."""

    id: str
    issuer: Issuer
    achievement: Achievement
    holder: Holder
    awarded: datetime
    valid_from: datetime
    status: Status | None
    evidence: tuple[Evidence, ...] = ()


def document(given: Given) -> dict[str, Any]:
    """The credential, unsigned."""
    bare = _without_evidence(given)
    return {**bare, "evidence": _evidence(given.evidence, bare)} if given.evidence else bare


def _without_evidence(given: Given) -> dict[str, Any]:
    return {
        "@context": [terms.CREDENTIALS, terms.BADGES, terms.EXTENSIONS],
        "id": given.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _name(given.achievement.name),
        "issuer": _issuer(given.issuer),
        "validFrom": written(given.valid_from),
        "awardedDate": written(given.awarded),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(given.holder),
            "achievement": _achievement(given.achievement),
        },
        "credentialSchema": [{"id": terms.SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        **({"credentialStatus": _status(given.status)} if given.status else {}),
    }


def _issuer(issuer: Issuer) -> dict[str, Any]:
    return {"id": issuer.did, "type": ["Profile"], "name": _plain(issuer.name), "url": _address(issuer.url)}


def _identifiers(holder: Holder) -> list[dict[str, Any]]:
    """The hashes, then her name: software shows a name only where it stands unhashed."""
    found = [_hashed(holder.identity, LEARNER, holder.salt)]
    if holder.email:
        found.append(_hashed(holder.email.strip().lower(), "emailAddress", holder.salt))
    if holder.name:
        name = _plain(holder.name)
        found.append({"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"})
    return found


def _hashed(identity: str, kind: str, salt: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(identity, salt),
        "identityType": kind,
        "salt": salt,
    }


def identity_hash(identity: str, salt: str) -> str:
    """An identity that only who knows it can recognise (Open Badges 3.0, IdentityObject): salt last."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def is_held_by(document: Mapping[str, Any], identity: str) -> bool:
    """Whether a credential of ours was given to the person with this id."""
    return any(
        each["identityType"] == LEARNER
        and hmac.compare_digest(each["identityHash"], identity_hash(identity, each.get("salt", "")))
        for each in document["credentialSubject"]["identifier"]
    )


def is_named(document: Mapping[str, Any], name: str) -> bool:
    """Whether a credential of ours calls its holder exactly so; with no name, whether it has none."""
    said = [each["identityHash"] for each in document["credentialSubject"]["identifier"] if not each["hashed"]]
    return said == ([_plain(name)] if name else [])


def _achievement(achievement: Achievement) -> dict[str, Any]:
    picture, alignments = achievement.picture, achievement.alignments
    return {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": "Course" if achievement.kind == "course" else "Badge",
        "name": _name(achievement.name),
        "description": _cut(_plain(achievement.description), terms.MOST_WORDS),
        "criteria": {"narrative": _cut(_plain(achievement.criteria), terms.MOST_WORDS)},
        "version": achievement.version,
        "inLanguage": achievement.language,
        **({"image": _image(picture)} if picture else {}),
        **({"alignment": [_alignment(each) for each in alignments]} if alignments else {}),
    }


def achievement_document(achievement: Achievement) -> dict[str, Any]:
    """What a badge is given for, as it stands at its own address. Nobody's, so not signed."""
    return {"@context": [terms.CREDENTIALS, terms.BADGES], **_achievement(achievement)}


def _image(picture: Picture) -> dict[str, Any]:
    return {"id": _address(picture.url), "type": "Image", "caption": _name(picture.caption)}


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": _plain(alignment.name),
        "targetUrl": _address(alignment.url),
        **({"targetCode": _plain(alignment.code)} if alignment.code else {}),
        **({"targetFramework": _plain(alignment.framework)} if alignment.framework else {}),
    }


def _status(status: Status) -> dict[str, Any]:
    """1EdTech's schema demands the `id` that the W3C leaves open."""
    return {
        "id": f"{status.list_url}#{status.slot}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(status.slot),
        "statusListCredential": status.list_url,
    }


def _evidence(chosen: Iterable[Evidence], bare: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Her words, and where they are but an address that nothing else in the badge has, that as an id too."""
    taken, found = set(terms.ids(bare)), []
    for each in chosen:
        url = _address(each.words.strip())
        ids = {url} - taken if _LINK.fullmatch(url) and len(url) <= terms.MOST_ADDRESS else set()
        taken |= ids
        said = {"type": ["Evidence"], "name": _name(each.name), "narrative": _plain(each.words)}
        found.append({**({"id": url} if ids else {}), **said})
    return found


_PART = r"(?:[a-z0-9!$&'()*+,./:;=?@_~-]|%[0-9a-f]{2})*"
_LINK = re.compile(rf"https?://[a-z0-9.-]+(:[0-9]+)?([/?]{_PART})?(#{_PART})?", re.IGNORECASE)
"""Well-formed, as no software drops it."""


def has_room(evidence: Sequence[Evidence]) -> bool:
    """Whether a badge has room for so much beside what else it says."""
    return len(evidence) <= terms.MOST_EVIDENCE and len(json.dumps(_evidence(evidence, {}))) <= MOST_TEXT // 2


def is_evidenced(document: Mapping[str, Any], evidence: Iterable[Evidence]) -> bool:
    """Whether a credential of ours holds exactly this."""
    said = [(each["name"], each["narrative"]) for each in document.get("evidence", ())]
    return said == [(_name(each.name), _plain(each.words)) for each in evidence]


def _name(text: str) -> str:
    return _cut(_plain(text), terms.MOST_NAME)


def _cut(text: str, most: int) -> str:
    """A course may have any number of lessons with long titles, and its badge is to be signed all the same."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _plain(text: str) -> str:
    """A text without control letters and halves of letters: see `terms` for what they would break."""
    return re.sub(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text.replace("\r\n", "\n"))


def _address(url: str) -> str:
    """An address as all software writes it: other alphabets' letters as %-codes."""
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")


def as_text(document: Mapping[str, Any]) -> str:
    """The document as a file: JSON in plain ASCII, with every brace of its words escaped.

    Wallets find the JSON in a picture by counting braces, and some break on other letters. Neither
    changes what is said, so the proof holds.
    """
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    text = _STRING.sub(lambda found: found[0].replace("{", r"\u007b").replace("}", r"\u007d"), text)
    if len(text) > MOST_TEXT:
        raise TooLong
    return text


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

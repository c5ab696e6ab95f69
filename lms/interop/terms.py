"""The documents that are signed, member by member: which terms stand where, and what each may hold.

Signing and checking ask the same question here, so that nothing is signed that would be refused later.
It matters twice. JSON-LD drops a term that no context defines, so such a term would be left unsigned
without a word. And the normal form that is signed takes exponential time on crafted input: what is
not of this form never gets that far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder

from lms.errors import LmsError

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
"""Without the third, the type of `credentialSchema` is undefined and strict checkers refuse the badge."""

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"

_NO_CONTROL = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]*\Z"
"""Checkers disagree on how to write a control letter in the normal form (a tab: `\\t` here, itself in
others), so only a line's end is let in, which all write alike. Half a surrogate pair has no bytes."""

_ADDRESS = r"https?://[!#-;=?-\[\]_a-z~]+"
_WEB = rf"^{_ADDRESS}\Z"
_ID = rf"^({_ADDRESS}|urn:uuid:[0-9a-f-]{{36}})\Z"
_DID = r"^did:(web|key):[A-Za-z0-9.:%_-]+\Z"
"""Absolute and plain ASCII: another one is dropped or written in other ways by other software."""

MOST_NAME, MOST_WORDS = 1_000, 10_000
"""Letters of a name, and of any other text."""
MOST_ADDRESS = 2_000
MOST_EVIDENCE = 10
"""Works of hers in one badge."""

Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME, pattern=_NO_CONTROL)]
Text = Annotated[str, Meta(max_length=MOST_WORDS, pattern=_NO_CONTROL)]
Short = Annotated[str, Meta(min_length=1, max_length=200, pattern=_NO_CONTROL)]
Web = Annotated[str, Meta(max_length=MOST_ADDRESS, pattern=_WEB)]
Id = Annotated[str, Meta(max_length=MOST_ADDRESS, pattern=_ID)]
Did = Annotated[str, Meta(max_length=500, pattern=_DID)]
Instant = Annotated[datetime, Meta(tz=True)]
Slot = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,5})\Z")]


class UndefinedTerm(LmsError):
    """A document with a member that has no meaning there, or holds what it may not. The sentence names the path."""


class _Part(Struct, forbid_unknown_fields=True):
    """A part of a document: exactly these members."""


class Profile(_Part):
    """Who gave the badge."""

    id: Did
    type: tuple[Literal["Profile"]]
    name: Name
    url: Web


class Image(_Part):
    """Where the picture stands, and what is seen on it."""

    id: Web
    type: Literal["Image"]
    caption: Text | UnsetType = UNSET


class Criteria(_Part):
    """What had to be done."""

    narrative: Text


class Alignment(_Part):
    """A skill of a published framework."""

    type: tuple[Literal["Alignment"]]
    targetName: Name
    targetUrl: Web
    targetCode: Short | UnsetType = UNSET
    targetFramework: Name | UnsetType = UNSET


class Achievement(_Part):
    """What the badge is given for."""

    id: Id
    type: tuple[Literal["Achievement"]]
    achievementType: Literal["Badge", "Course"]
    name: Name
    description: Text
    criteria: Criteria
    version: Short
    inLanguage: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{2,35}\Z")]
    image: Image | UnsetType = UNSET
    alignment: Annotated[list[Alignment], Meta(min_length=1, max_length=50)] | UnsetType = UNSET


class IdentityObject(_Part):
    """A way to tell whose it is: a salted hash, or a name in the clear."""

    type: Literal["IdentityObject"]
    hashed: bool
    identityHash: Name
    identityType: Literal["ext:learner", "name", "emailAddress"]
    salt: Short | UnsetType = UNSET


class Subject(_Part):
    """Whose it is, and for what."""

    type: tuple[Literal["AchievementSubject"]]
    identifier: Annotated[list[IdentityObject], Meta(min_length=1, max_length=3)]
    achievement: Achievement


class Evidence(_Part):
    """Something of hers that shows it, which she chose to add."""

    type: tuple[Literal["Evidence"]]
    name: Name
    narrative: Text
    id: Web | UnsetType = UNSET


class Schema(_Part):
    """1EdTech's own schema, for software that checks by it."""

    id: Literal["https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"]
    type: Literal["1EdTechJsonSchemaValidator2019"]


class Status(_Part):
    """Where to look whether it was taken back."""

    id: Web
    type: Literal["BitstringStatusListEntry"]
    statusPurpose: Literal["revocation"]
    statusListIndex: Slot
    statusListCredential: Web


class Proof(_Part):
    """The signature, and with what it was made."""

    type: Literal["DataIntegrityProof"]
    cryptosuite: Literal["eddsa-rdfc-2022"]
    created: Instant
    verificationMethod: Annotated[str, Meta(max_length=600, pattern=_DID.replace(r"\Z", r"#z[A-Za-z0-9]+\Z"))]
    proofPurpose: Literal["assertionMethod"]
    proofValue: Annotated[str, Meta(max_length=100)]


class Credential(_Part, rename={"context": "@context"}):
    """A badge somebody holds."""

    context: tuple[
        Literal["https://www.w3.org/ns/credentials/v2"],
        Literal["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        Literal["https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
    ]
    id: Id
    type: tuple[Literal["VerifiableCredential"], Literal["OpenBadgeCredential"]]
    name: Name
    issuer: Profile
    validFrom: Instant
    awardedDate: Instant
    credentialSubject: Subject
    credentialSchema: tuple[Schema]
    validUntil: Instant | UnsetType = UNSET
    credentialStatus: Status | UnsetType = UNSET
    evidence: Annotated[list[Evidence], Meta(min_length=1, max_length=MOST_EVIDENCE)] | UnsetType = UNSET
    proof: tuple[Proof] | UnsetType = UNSET


class Bits(_Part):
    """The list's bits."""

    id: Web
    type: Literal["BitstringStatusList"]
    statusPurpose: Literal["revocation"]
    encodedList: Annotated[str, Meta(max_length=32_768, pattern=r"^u[A-Za-z0-9_-]+\Z")]


class StatusList(_Part, rename={"context": "@context"}):
    """Which badges were taken back."""

    context: tuple[Literal["https://www.w3.org/ns/credentials/v2"]]
    id: Web
    type: tuple[Literal["VerifiableCredential"], Literal["BitstringStatusListCredential"]]
    issuer: Did
    validFrom: Instant
    credentialSubject: Bits
    proof: tuple[Proof] | UnsetType = UNSET


# Their checks are built here, once: two threads that did it at the same moment would end the process (msgspec 0.22).
_BUILT = tuple(Decoder(form) for form in (Credential, StatusList))


def read(document: Mapping[str, Any]) -> Credential | StatusList:
    """A document as its members. Raises UndefinedTerm for one that is not of the form."""
    try:
        if isinstance(document.get("issuer"), str):
            return convert(document, StatusList)
        credential = convert(document, Credential)
    except ValidationError as error:
        raise UndefinedTerm(f"This can't be a badge of ours: {error}.") from None
    found = list(ids(document))
    if len(set(found)) != len(found):
        raise UndefinedTerm("This can't be a badge of ours: two parts of it have the same id, so they would be one.")
    return credential


def ids(part: object) -> Iterator[str]:
    """The ids of a document's parts. What is said of the same id anywhere is said of one thing."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from [value] if name == "id" else ids(value)
    elif isinstance(part, list):
        for each in part:
            yield from ids(each)

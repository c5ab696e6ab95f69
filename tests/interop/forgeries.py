"""Badges that claim what is not so, by name: what a liar, a vandal or another site could hand in.

Each is one badge of the tests made false in one way. `sound_to` names the checkers of others that take
it for good: a true badge of somebody else's, or the same said in other words. We take none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lms.interop import credentials, keys, proofs
from lms.interop.verifying import Kind
from tests.interop.awards import DID, GIVEN, KEY, NOW, SITE, STRANGER, copied, issued_by, signed
from tests.interop.peers import web

ELSEWHERE = "https://other.example.org"
THEIRS = keys.did_web(ELSEWHERE)
THEIR_KEY = keys.did_key(STRANGER.multibase)
VC, CORE, PYTHON = "@digitalbazaar/vc", "verifier-core", "openbadgeslib"
EVERYBODY = frozenset({VC, CORE, PYTHON})

Document = dict[str, Any]


@dataclass(frozen=True)
class Forgery:
    """`kind`: what we take it for. `taken_back`: only our list says that it does not count."""

    document: Callable[[], Document]
    kind: Kind = Kind.OURS
    taken_back: bool = False
    sound_to: frozenset[str] = frozenset()


GONE = object()


def changed(path: str, value: object, of: Callable[[], Document] = signed) -> Document:
    """A badge of ours with one member written over, put in or taken out (GONE) after it was signed."""
    document = copied(of())
    part: Any = document
    *steps, last = [int(step) if step.isdigit() else step for step in path.split()]
    for step in steps:
        part = part[step]
    if value is GONE:
        del part[last]
    elif isinstance(part, list):
        part[last : last + 1] = [value]
    else:
        part[last] = value
    return document


def later(path: str, value: object, *sound_to: str, of: Callable[[], Document] = signed) -> Forgery:
    return Forgery(partial(changed, path, value, of), sound_to=frozenset(sound_to))


def under(document: Mapping[str, Any], key: keys.SigningKey, method: str, **options: Any) -> Document:
    """Any document, signed with any key in any key's name: what somebody does who keeps to no rules."""
    how = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-22T09:30:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        **options,
    }
    value = keys.multibase(key.sign(proofs.to_sign(document, how)))
    return {**document, "proof": [{**how, "proofValue": value}]}


def by_stranger(method: str, did: str = DID) -> Document:
    return under(credentials.document(issued_by(did)), STRANGER, method)


def with_context(*contexts: object, sound_to: Iterable[str] = ()) -> Forgery:
    return later("@context", list(contexts), *sound_to)


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def ended() -> Document:
    return signed(validUntil=written(NOW - timedelta(days=1)))


def with_two_proofs() -> Document:
    """Ours, and a stranger's in front of it."""
    theirs = by_stranger(keys.method(THEIR_KEY, STRANGER.multibase))
    return {**theirs, "proof": [*theirs["proof"], *signed()["proof"]]}


def with_anothers_proof() -> Document:
    return {**signed(), "proof": signed(name="Another badge")["proof"]}


def in_a_presentation() -> Document:
    contexts = signed()["@context"][:1]
    return {"@context": contexts, "type": ["VerifiablePresentation"], "verifiableCredential": [signed()]}


SUBJECT = "credentialSubject"
BADGE = f"{SUBJECT} achievement"
NAME = {"type": "IdentityObject", "hashed": False, "identityHash": "Sam Stranger", "identityType": "name"}
V2, BADGES, EXTENSIONS = signed()["@context"]
CONTEXT_1 = "https://www.w3.org/2018/credentials/v1"

CHANGED = {
    "an earlier day": later("awardedDate", "2020-01-01T09:00:00Z"),
    "an earlier start": later("validFrom", "2020-01-01T09:00:00Z"),
    "a later end": later("validUntil", "2126-01-01T00:00:00Z", of=ended),
    "an end taken out": later("validUntil", GONE, of=ended),
    "an end put in": later("validUntil", "2126-01-01T00:00:00Z"),
    "another holder": later(f"{SUBJECT} identifier 0 identityHash", "sha256$" + "0" * 64),
    "another salt": later(f"{SUBJECT} identifier 0 salt", "pepper"),
    "another name": later(f"{SUBJECT} identifier 1 identityHash", "Sam Stranger"),
    "one more name": later(f"{SUBJECT} identifier 2", NAME),
    "an id of a holder": later(f"{SUBJECT} id", "did:example:sam"),
    "another badge": later(f"{BADGE} name", "Master brewer"),
    "another rule": later(f"{BADGE} criteria narrative", "Built a bridge."),
    "another version of the rule": later(f"{BADGE} version", "2"),
    "a swapped picture": later(f"{BADGE} image id", f"{ELSEWHERE}/gold.svg"),
    "another skill": later(f"{BADGE} alignment 0 targetName", "Surgery"),
    "one more skill": later(f"{BADGE} alignment 1", {"type": ["Alignment"], "targetName": "A", "targetUrl": SITE}),
    "evidence taken out": later("evidence", GONE),
    "evidence of others": later("evidence 0 id", f"{ELSEWHERE}/essay"),
    "another name of the issuer": later("issuer name", "University of Tea"),
    "no status": later("credentialStatus", GONE),
    "another slot": later("credentialStatus statusListIndex", "7002"),
    "another list": later("credentialStatus statusListCredential", f"{ELSEWHERE}/list"),
    "another purpose of the list": later("credentialStatus statusPurpose", "message"),
    "one part named as another": later(f"{BADGE} id", GIVEN.id),
}

PROOFS = {
    "no proof": later("proof", GONE),
    "an empty list of proofs": later("proof", []),
    "a proof of another badge": Forgery(with_anothers_proof),
    "two proofs": Forgery(with_two_proofs, sound_to=frozenset({VC, CORE})),
    "a proof for signing in": later("proof 0 proofPurpose", "authentication"),
    "a proof of another kind": later("proof 0 cryptosuite", "eddsa-jcs-2022"),
    "a proof of another day": later("proof 0 created", "2020-01-01T00:00:00Z"),
    "a proof with an end": later("proof 0 expires", "2126-01-01T00:00:00Z"),
    "a proof cut short": Forgery(lambda: changed("proof 0 proofValue", signed()["proof"][0]["proofValue"][:-1])),
    "a proof of zeros": later("proof 0 proofValue", "z" + "1" * 64),
    "a proof that is none": later("proof 0 proofValue", "signed, honestly"),
}

KEYS = {
    "a stranger's hand under our key's name": Forgery(lambda: by_stranger(keys.method(DID, KEY.multibase))),
    "a stranger's key named as ours": Forgery(lambda: by_stranger(keys.method(DID, STRANGER.multibase))),
    "a stranger's key in our name": Forgery(lambda: by_stranger(keys.method(THEIR_KEY, STRANGER.multibase))),
    "a stranger's site in our name": Forgery(lambda: by_stranger(keys.method(THEIRS, STRANGER.multibase))),
    "our key for a stranger's site": Forgery(
        lambda: under(credentials.document(issued_by(THEIRS)), KEY, keys.method(DID, KEY.multibase)), Kind.STRANGE
    ),
}

ISSUERS = {
    "a stranger's site with our words": Forgery(
        lambda: by_stranger(keys.method(THEIRS, STRANGER.multibase), THEIRS), Kind.STRANGE, sound_to=EVERYBODY
    ),
    "a stranger's key with our words": Forgery(
        lambda: by_stranger(keys.method(THEIR_KEY, STRANGER.multibase), THEIR_KEY), Kind.STRANGE, sound_to=EVERYBODY
    ),
    **{
        f"an issuer that looks like us: {did}": Forgery(
            partial(by_stranger, keys.method(did, STRANGER.multibase), did), Kind.STRANGE
        )
        for did in (
            "did:web:LEARN.example.org",
            "did:web:learn.example.org.",
            "did:web:learn.example.org:badges",
            "did:web:learn.example.org%2F",
            "did:web:learn%2Eexample.org",
            "did:web:l\u0435arn.example.org",  # a Cyrillic letter
            "did:web:learn.example.org#",
            f"{SITE}/",
        )
    },
}

LIFE = {
    "an end that has come": Forgery(ended),
    "a start to come": Forgery(lambda: signed(validFrom=written(NOW + timedelta(days=3650)))),
    "taken back": Forgery(signed, taken_back=True, sound_to=frozenset({VC})),
}

TERMS = {
    "a mark": later("grade", "A"),
    "a mark inside": later(f"{BADGE} grade", "A"),
    "a mark that software skips": later("@grade", "A"),
    "a mark of no name": later("_:grade", "A"),
    "a mark of a full name": later("https://schema.org/award", "A"),
    "a mark beside the proof": later("proof 0 grade", "A"),
    "another type": later("type 2", "EndorsementCredential"),
    "a type of no meaning": later(f"{BADGE} type 1", "GoldMedal"),
    "more said of the same": later("@included", [{"id": GIVEN.id, "name": "Master brewer"}]),
    "the other way round": later("@reverse", {"issuer": {"id": GIVEN.id}}),
    "a heap": later("@graph", [{"id": GIVEN.id}]),
    "a name in two languages": later("name", {"en": "Tea maker", "fr": "Médecin"}),
}

CONTEXTS = {
    "one more context": with_context(V2, BADGES, EXTENSIONS, CONTEXT_1),
    "an older context": with_context(CONTEXT_1, BADGES, EXTENSIONS),
    "an unknown context": with_context(V2, BADGES, EXTENSIONS, f"{ELSEWHERE}/context.json"),
    "a word more": with_context(V2, BADGES, EXTENSIONS, {"grade": "https://schema.org/name"}, sound_to=(VC, CORE)),
    "words made to mean others": with_context(V2, BADGES, EXTENSIONS, {"narrative": "https://schema.org/name"}),
    "contexts in another order": with_context(BADGES, V2, EXTENSIONS),
    "fewer contexts": with_context(V2, BADGES),
    "no context": later("@context", GONE),
}

RESPELLED = {
    "nothing said of evidence": later("endorsement", [], VC, CORE, PYTHON),
    "a name in a list": later("name", ["Tea maker"], VC, CORE, PYTHON),
    "a name in a box": later("name", {"@value": "Tea maker"}, VC, CORE),
    "a description of nothing": later("description", None, VC, CORE),
    "a proof out of its list": Forgery(lambda: {**signed(), "proof": signed()["proof"][0]}, sound_to=EVERYBODY),
}
"""The same statements in other words, which a signature allows. Ours is always written in one way."""

OTHERS = {
    "an issuer without a name": Forgery(partial(changed, "issuer", DID), Kind.STRANGE),
    "a presentation": Forgery(in_a_presentation, Kind.STRANGE),
    "an older badge": Forgery(
        lambda: {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Assertion",
            "id": GIVEN.id,
            "recipient": {"type": "email", "hashed": False, "identity": "sam@example.org"},
            "verification": {"type": "hosted"},
        },
        Kind.STRANGE,
    ),
    "nothing at all": Forgery(dict, Kind.STRANGE),
}

FORGERIES = {**CHANGED, **PROOFS, **KEYS, **ISSUERS, **LIFE, **TERMS, **CONTEXTS, **RESPELLED, **OTHERS}


def pages(taken_back: bool = False) -> dict[str, Any]:
    """The web that they are checked on: our site, and the stranger's."""
    theirs = {f"{ELSEWHERE}/.well-known/did.json": keys.did_document(THEIRS, [STRANGER.multibase])}
    return {**web(taken_back=7_001 if taken_back else None), **theirs}

"""The signature inside a badge: Data Integrity's `eddsa-rdfc-2022` (https://www.w3.org/TR/vc-di-eddsa/).

In: a document, a key and an instant. Out: the document with its proof, or whether a proof holds.
What is signed is the document's meaning, not its letters: a checker may lay out the JSON anew.
The contexts that give the meaning are files here, each known by its hash; nothing is ever fetched.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from lms.interop import terms
from lms.interop.instants import written
from lms.interop.keys import SigningKey, is_signed_by, method, multibase, read_multibase

CONTEXTS = Path(__file__).parent / "contexts"

_ONE_AT_A_TIME = threading.Lock()
"""PyLD keeps what it knows of a context in one place for all threads, without a lock of its own."""


def sign(document: Mapping[str, Any], key: SigningKey, did: str, created: datetime) -> dict[str, Any]:
    """The document with its proof. The same document, key and instant give the same proof."""
    terms.read(document)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": written(created),
        "verificationMethod": method(did, key.multibase),
        "proofPurpose": "assertionMethod",
    }
    value = multibase(key.sign(to_sign(document, options)))
    # 1EdTech's schema knows `proof` only as an array.
    return {**document, "proof": [{**options, "proofValue": value}]}


def is_whole(document: Mapping[str, Any], multibase: str) -> bool:
    """Whether this key signed exactly this, and nothing in it was left unsigned."""
    try:
        terms.read(document)
    except terms.UndefinedTerm:
        return False
    if "proof" not in document:
        return False
    options = dict(document["proof"][0])
    signature = read_multibase(options.pop("proofValue"))
    bare = {name: value for name, value in document.items() if name != "proof"}
    return signature is not None and is_signed_by(multibase, signature, to_sign(bare, options))


def to_sign(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """The 64 bytes that are signed: the hash of how it was signed, then of what."""
    how = {"@context": document["@context"], **options}
    return _hash(how) + _hash(document)


def _hash(document: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(normal(document).encode()).digest()


def normal(document: Mapping[str, Any]) -> str:
    """The normal form of what a document says: its statements as N-Quads, in order (RDFC-1.0)."""
    from pyld import jsonld

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    with _ONE_AT_A_TIME:
        quads: str = jsonld.normalize(dict(document), options)
    return quads


def _load(url: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """A context, as PyLD asks for it. `static`: it is read once, which halves the time of a signature."""
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "tag": "static",
        "document": json.loads(context(url)),
    }


@cache
def context(url: str) -> str:
    """The text of a context. One that is not ours, or not as it was vendored, is a fault of the program."""
    entry: dict[str, str] = json.loads((CONTEXTS / "manifest.json").read_bytes())[url]
    data = (CONTEXTS / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{entry['file']} is not the file whose hash is in manifest.json")
    return data.decode()

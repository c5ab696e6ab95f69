"""Sign the badges of many awards, against what the two libraries below take for the same signatures.

    python benchmarks/bench_sign.py                    # 10,000 awards, five rounds
    python benchmarks/bench_sign.py --awards 500

A round is its share of the awards: first the floor, then ours, then the floor once more, so that a machine
that grows busier is not taken for slower signing. The floor is handed documents that are ready and does
only what the format demands: PyLD's normal form of the document and of how it is signed, two hashes, one
Ed25519 signature. Ours makes the document of an award's facts, holds it against the form of our badges,
signs it and writes the text that is kept. Both find the contexts in memory after the first badge.
Processor time is compared; one thread signs. Goal: at most 1.25 times the floor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

sys.path.insert(0, str(Path(__file__).parents[1]))

from lms.interop import credentials, proofs
from tests.interop.awards import DID, GIVEN, KEY, NOW, SITE

GOAL = 1.25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--awards", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    awards = [_award(number) for number in range(options.awards)]
    _ours(awards[:5]), _floor(_documents(awards[:5]))
    rounds = [_round(awards[first :: options.rounds]) for first in range(options.rounds)]
    ratio = statistics.median(ours / floor for floor, ours in rounds)
    floor, ours = (statistics.median(its) * 1_000 for its in zip(*rounds, strict=True))
    print(f"{options.awards:,} awards: the floor {floor:.1f} ms a badge, ours {ours:.1f} ms; "
          f"{ratio:.2f} times the floor (goal at most {GOAL:g})")  # fmt: skip
    return int(ratio > GOAL)


def _round(awards: Sequence[credentials.Given]) -> tuple[float, float]:
    """Processor seconds a badge of the floor and of ours."""
    documents = _documents(awards)
    before, ours, after = (_timed(work) for work in (partial(_floor, documents), partial(_ours, awards),
                                                     partial(_floor, documents)))  # fmt: skip
    floor = (before + after) / 2
    said = f"floor {floor / len(awards) * 1_000:.1f} ms a badge, ours {ours / len(awards) * 1_000:.1f} ms"
    print(f"  {len(awards):,} awards: {said}; {ours / floor:.2f}", flush=True)
    return floor / len(awards), ours / len(awards)


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _award(number: int) -> credentials.Given:
    """A learner's badge for a module, as the tests have it, with two skills, no name and a slot of its own."""
    skills = tuple(
        credentials.Alignment(f"Skill {skill}", f"https://skills.example.org/{skill}", f"D.{skill}", "Skills")
        for skill in (number % 5, number % 5 + 1)
    )
    tea = f"{SITE}/badges/achievement/tea-{number % 20}/1"
    return replace(
        GIVEN,
        id=f"{SITE}/badges/{number:032x}",
        achievement=replace(GIVEN.achievement, id=tea, alignments=skills),
        holder=credentials.Holder(f"learner-{number}", f"salt-{number:016x}"),
        status=credentials.Status(f"{SITE}/badges/status/1", number % 131_072),
        evidence=(),
    )


def _documents(awards: Sequence[credentials.Given]) -> list[dict[str, Any]]:
    return [credentials.document(award) for award in awards]


def _ours(awards: Sequence[credentials.Given]) -> list[str]:
    return [credentials.as_text(proofs.sign(credentials.document(award), KEY, DID, NOW)) for award in awards]


def _floor(documents: Sequence[Mapping[str, Any]]) -> list[bytes]:
    key = Ed25519PrivateKey.from_private_bytes(KEY.seed)
    how = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-22T09:30:00Z",
        "verificationMethod": f"{DID}#{KEY.multibase}",
        "proofPurpose": "assertionMethod",
    }
    return [
        key.sign(_hash({"@context": document["@context"], **how}) + _hash(document))
        for document in documents
    ]  # fmt: skip


def _hash(document: Mapping[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def _load(url: str, _: object) -> dict[str, Any]:
    """Kept by PyLD after the first time."""
    return {"contextUrl": None, "documentUrl": url, "document": json.loads(proofs.context(url)), "tag": "static"}


if __name__ == "__main__":
    sys.exit(main())

"""The process that looks at a stranger's file: little memory, little time, no key, no database.

    python -m lms.services.verifier

On standard input a line of JSON with what we know of our own badges, then the file; out comes what was found.
Whatever the file is, the worst it can do is end this process.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from datetime import UTC, datetime
from typing import Any

MEMORY = 1024 * 1024 * 1024
"""Bytes of addresses, of which what signs needs some 300 million and uses a few."""
SECONDS = 10
_LIST = re.compile(r"/badges/status/([1-9]\d{0,8})\Z")


def main() -> None:
    """Look at one file, and say what was found."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    known = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(_found(known, sys.stdin.buffer.read())))


def _found(known: dict[str, Any], data: bytes) -> dict[str, Any]:
    from lms.interop.statuslist import decoded, is_set
    from lms.interop.verifying import Ours, check

    def is_revoked(address: str, slot: int) -> bool | None:
        """Its address was signed by us, so its number says which list: the site may have had another name."""
        number = _LIST.search(address)
        text = known["lists"].get(number[1]) if number else None
        return is_set(decoded(text), slot) if text else None

    verdict = check(data, Ours(known["dids"], is_revoked), datetime.fromtimestamp(known["now_ms"] / 1000, UTC))
    findings = [[it.what, it.holds, it.sentence] for it in verdict.findings]
    return {"kind": verdict.kind, "findings": findings, "credential": verdict.credential}


if __name__ == "__main__":
    main()

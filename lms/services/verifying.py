"""Whether a file is a badge of ours that holds.

Anybody may ask, with any file, so it is looked at in a process of its own (`verifier`), one at a time: what
checks signatures never loads here, and a file that was made to be slow or large ends nothing but that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

from lms.errors import Busy
from lms.interop import keys
from lms.interop.credentials import is_held_by
from lms.interop.statuslist import encoded
from lms.interop.verifying import Finding, Kind, Verdict, What
from lms.services.credentials import issuer
from lms.services.people import SignedIn
from lms.services.verifier import SECONDS
from lms.settings import Settings
from lms.store import credentials as rows
from lms.store.gate import Store

_ONE_AT_A_TIME = threading.Lock()
_WAIT_SECONDS = 0.5
"""For somebody else's file. A site has few threads, and who waits holds one."""
_UNREADABLE = Finding(What.FILE, False, "We could not read that file. Save your badge again and try with the new file.")
_HERS = "This is your badge."
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG")
"""Of the environment. No setting: there are keys and passwords among them."""


def verify(store: Store, settings: Settings, data: bytes, reader: SignedIn | None, now_ms: int) -> Verdict:
    """What can be said of a file. Busy while somebody else's is being looked at."""
    known = _known(store, settings, now_ms)
    if not _ONE_AT_A_TIME.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        found = _looked_at(known, data)
    finally:
        _ONE_AT_A_TIME.release()
    return _whose(_verdict(found), reader)


def _known(store: Store, settings: Settings, now_ms: int) -> dict[str, Any]:
    """What we know of our own badges: every name we signed under, every key, and what was taken back."""
    with store.read() as db:
        dids, lists = rows.issuers_known(db), rows.every_list(db)
    if settings.badge_keys:
        dids += [issuer(settings).did, *map(keys.did_key, settings.badge_keys)]
    return {
        "dids": {did: [key for key in settings.badge_keys if _may_sign(did, key)] for did in dids},
        "lists": {str(list_no): encoded(bits) for list_no, bits in lists},
        "now_ms": now_ms,
    }


def _may_sign(did: str, key: str) -> bool:
    """A name that is a key is that key's alone."""
    return not did.startswith("did:key:") or did == keys.did_key(key)


def _looked_at(known: dict[str, Any], data: bytes) -> dict[str, Any] | None:
    """What the other process says; None where it came to no end."""
    environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-P", "-m", "lms.services.verifier"]  # -P: a json.py that lies about here is not run
    sent = json.dumps(known).encode() + b"\n" + data
    try:
        done = subprocess.run(command, input=sent, env=environ, capture_output=True, timeout=2 * SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _verdict(found: dict[str, Any] | None) -> Verdict:
    if found is None:
        return Verdict(Kind.UNREADABLE, (_UNREADABLE,))
    findings = tuple(Finding(What(what), holds, sentence) for what, holds, sentence in found["findings"])
    return Verdict(Kind(found["kind"]), findings, found["credential"])


def _whose(verdict: Verdict, reader: SignedIn | None) -> Verdict:
    """Who is signed in may be told that it is hers: nothing else proves it."""
    if verdict.credential is None or reader is None or not is_held_by(verdict.credential, reader.public_id):
        return verdict
    others = tuple(it for it in verdict.findings if it.what is not What.WHOSE)
    return replace(verdict, findings=(*others, Finding(What.WHOSE, True, _HERS)))

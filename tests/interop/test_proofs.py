"""The signature inside a badge: against the published example, over any text, and refused for any change."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.interop import credentials, keys, proofs, terms
from tests.interop.awards import DID, GIVEN, KEY, NOW, STRANGER, copied, signed

ROOT = Path(__file__).parents[2]
VECTOR: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "open-badges-3.0.json").read_bytes())

ANY_TEXT = st.text(min_size=1, max_size=40) | st.text(
    '{}[]"\\:,\u2066\u202e\u0627\u05d0\u0000\t\n\r \U0001f600', min_size=1
)
"""Text of any kind, and often what has meaning in JSON, turns direction or breaks software."""
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_example_of_1edtech_is_signed_as_they_published_it():
    key = keys.SigningKey.made(bytes.fromhex(VECTOR["secretKey"]))
    assert key.multibase == VECTOR["publicKeyMultibase"]
    data = proofs.to_sign(VECTOR["document"], VECTOR["options"])
    assert data.hex() == VECTOR["proofHash"] + VECTOR["documentHash"]
    assert key.sign(data).hex() == VECTOR["signature"]
    assert keys.multibase(key.sign(data)) == VECTOR["proofValue"]


def test_the_same_award_is_signed_alike_each_time():
    assert signed() == signed()
    [proof] = signed()["proof"]
    assert proof["verificationMethod"] == f"{DID}#{KEY.multibase}"


def test_only_the_key_that_signed_it_fits():
    assert proofs.is_whole(signed(), KEY.multibase)
    assert not proofs.is_whole(signed(), STRANGER.multibase)
    assert not proofs.is_whole(signed(key=STRANGER), KEY.multibase)


@FEW
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_words_are_signed_and_read_again(name: str, words: str, holder: str):
    achievement = replace(GIVEN.achievement, name=name, description=words, criteria=words)
    given = replace(GIVEN, achievement=achievement, holder=replace(GIVEN.holder, name=holder))
    text = credentials.as_text(signed(given))
    assert proofs.is_whole(json.loads(text), KEY.multibase)


@FEW
@given(st.from_regex(r"https://example\.org/[^\x00-\x20]{1,20}", fullmatch=True))
def test_any_address_of_a_skill_is_signed_and_read_again(url: str):
    given = replace(GIVEN, achievement=replace(GIVEN.achievement, alignments=(credentials.Alignment("A", url),)))
    assert proofs.is_whole(signed(given), KEY.multibase)


def test_laying_out_the_json_anew_breaks_nothing():
    backwards = json.loads(json.dumps(signed(), indent=3), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert proofs.is_whole(backwards, KEY.multibase)


Path_ = tuple[str | int, ...]


def leaves(part: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where a document's values stand."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from leaves(value, (*path, name))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from leaves(value, (*path, place))
    else:
        yield path


def changed(document: Mapping[str, Any], path: Path_) -> dict[str, Any]:
    """A copy in which one value is another one of its kind."""
    copy = copied(document)
    part: Any = copy
    for step in path[:-1]:
        part = part[step]
    value = part[path[-1]]
    part[path[-1]] = (not value) if isinstance(value, bool) else _another(value)
    return copy


def _another(text: str) -> str:
    """One digit is another, so that a date stays a date and an address an address; else the last letter."""
    digits = [at for at, letter in enumerate(text) if letter in "0123456789"]
    at = digits[-1] if digits else len(text) - 1
    return text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]


LEAVES = list(leaves(signed()))


def test_the_badge_of_the_tests_has_every_kind_of_member():
    assert len(LEAVES) > 50


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_change_of_any_one_value_is_seen(path: Path_):
    assert not proofs.is_whole(changed(signed(), path), KEY.multibase)


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_the_loss_of_any_one_value_is_seen(path: Path_):
    document = copied(signed())
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    assert not proofs.is_whole(document, KEY.multibase)


def test_every_statement_counts_for_the_signature():
    """Nothing we write is dropped without a word: each value changes what is signed."""
    bare = credentials.document(GIVEN)
    dropped = [path for path in leaves(bare) if path[0] != "@context" and "type" not in path]
    forms = {proofs.normal(changed(bare, path)) for path in dropped}
    assert len(forms) == len(dropped)
    assert proofs.normal(bare) not in forms


def parts(part: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where a document's objects stand."""
    if isinstance(part, Mapping):
        yield path
        for name, value in part.items():
            yield from parts(value, (*path, name))
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from parts(value, (*path, place))


@pytest.mark.parametrize("path", list(parts(signed())), ids=lambda path: ".".join(map(str, path)) or "top")
@pytest.mark.parametrize("term", ["grade", "@graph", "@context", "https://schema.org/alternateName", "previousProof"])
def test_a_term_that_means_nothing_there_is_refused_and_named(path: Path_, term: str):
    document = copied(signed())
    part: Any = document
    for step in path:
        part = part[step]
    part[term] = "excellent"
    assert not proofs.is_whole(document, KEY.multibase)
    if path[:1] != ("proof",):
        del document["proof"]
        with pytest.raises(terms.UndefinedTerm) as told:
            proofs.sign(document, KEY, DID, NOW)
        where = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        assert (f"`{term}` - at `{where}`" if path else f"`{term}`") in told.value.sentence or term == "@context"


def test_two_parts_of_one_id_are_never_signed():
    document = credentials.document(GIVEN)
    document["evidence"].append(document["evidence"][0] | {"name": "Another"})
    with pytest.raises(terms.UndefinedTerm, match="same id"):
        proofs.sign(document, KEY, DID, NOW)


THREADS = """
from threading import Barrier, Thread
from lms.interop.credentials import as_text
from tests.interop.awards import signed

found, start = set(), Barrier(8)

def sign():
    start.wait()
    found.update(as_text(signed()) for _ in range(15))

threads = [Thread(target=sign) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(*found)
"""


def test_threads_that_sign_at_once_all_sign_alike_from_the_first_badge_on():
    """In a process of its own: what the libraries keep is not there yet, and a crash is told from a pass."""
    done = subprocess.run([sys.executable, "-c", THREADS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == credentials.as_text(signed())


@pytest.mark.parametrize("url", json.loads((proofs.CONTEXTS / "manifest.json").read_bytes()))
def test_a_context_is_the_file_that_was_vendored(url: str):
    entry = json.loads((proofs.CONTEXTS / "manifest.json").read_bytes())[url]
    data = (proofs.CONTEXTS / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    assert proofs.context(url) == data.decode()
    assert "@context" in json.loads(data)
    assert all(entry[member] for member in ("package", "version", "path", "taken", "licence"))


def test_no_context_lies_about_without_an_entry():
    entries = json.loads((proofs.CONTEXTS / "manifest.json").read_bytes()).values()
    assert {path.name for path in proofs.CONTEXTS.iterdir()} == {entry["file"] for entry in entries} | {"manifest.json"}


def test_a_context_that_was_changed_stops_the_signing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for path in proofs.CONTEXTS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"narrative", b"narrativ_"))
    monkeypatch.setattr(proofs, "CONTEXTS", tmp_path)
    proofs.context.cache_clear()
    with pytest.raises(ValueError, match=r"open-badges-3\.0\.3\.json"):
        proofs.context(terms.BADGES)
    proofs.context.cache_clear()


def test_nothing_is_ever_fetched(monkeypatch: pytest.MonkeyPatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("asked the net")

    monkeypatch.setattr(socket, "socket", never)
    monkeypatch.setattr(socket, "create_connection", never)
    assert proofs.is_whole(signed(), KEY.multibase)
    document = credentials.document(GIVEN)
    document["@context"][2] = "https://example.org/context.json"
    with pytest.raises(terms.UndefinedTerm, match="@context"):
        proofs.sign(document, KEY, DID, NOW)
    with pytest.raises(Exception, match="normaliz"):
        proofs.normal(document)

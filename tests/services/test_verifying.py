"""Looking at a file in a process of its own: what holds, what does not, and that no file can do harm."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lms.errors import Busy
from lms.interop.verifying import Kind, What
from lms.services import badges, credentials, verifying
from lms.services.people import SignedIn
from lms.store.tables import badge_versions
from tests.services.signers import FIRST, KNOWN, SECOND, URL, Worker, settings_of
from tests.services.site import Site
from tests.services.test_signing import earned


@pytest.fixture
def worker(site: Site) -> Worker:
    return Worker(site, settings_of(site))


def look(worker: Worker, data: bytes | str, reader: SignedIn | None = None):
    site = worker.site
    sent = data if isinstance(data, bytes) else data.encode()
    return verifying.verify(site.store, worker.settings, sent, reader, site.now_ms)


def said(verdict) -> dict[What, bool | None]:
    return {it.what: it.holds for it in verdict.findings}


GOOD = {What.ISSUER: True, What.UNCHANGED: True, What.REVOKED: True, What.EXPIRED: True, What.WHOSE: None}


def test_all_three_files_of_a_badge_hold_and_only_she_is_told_that_it_is_hers(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    found = credentials.files(site.store, KNOWN, public_id, lena)
    for data in (found.document, found.png, found.svg):
        verdict = look(worker, data)
        assert verdict.holds
        assert said(verdict) == GOOD
    assert said(look(worker, found.document, site.person("Sam"))) == GOOD
    hers = look(worker, found.document, lena)
    assert said(hers) == {**GOOD, What.WHOSE: True}
    assert [it.sentence for it in hers.findings][-1] == "This is your badge."


def test_one_that_was_taken_back_does_not_hold_from_that_moment(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    document = credentials.files(site.store, KNOWN, public_id, lena).document
    badges.revoke(site.store, public_id, "A slip", site.now_ms)
    verdict = look(worker, document)
    assert not verdict.holds
    assert said(verdict) == {**GOOD, What.REVOKED: False}


def test_files_hold_after_a_new_key_a_new_name_of_hers_and_a_move_of_the_site(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    old = credentials.files(site.store, KNOWN, public_id, lena).document
    moved = Worker(site, settings_of(site, "https://academy.example.org", SECOND, FIRST))
    badges.show(site.store, lena, public_id, shown=True, named=True, at_ms=site.later(1_000))
    moved.work()
    new = credentials.files(site.store, KNOWN, public_id, lena).document
    assert '"https://academy.example.org/badges/' in new
    for document in (old, new):
        assert look(moved, document).holds
    badges.revoke(site.store, public_id, "A slip", site.now_ms)
    for document in (old, new):
        assert said(look(moved, document))[What.REVOKED] is False


def test_a_badge_of_any_number_of_words_is_signed_and_holds(site: Site, worker: Worker):
    lena, public_id = earned(site)
    with site.store.write() as db:
        long = {"description": "Toast; " * 10_000, "criteria": "Toast " * 10_000}
        db.execute(badge_versions.update().values(**long))
    worker.work()
    document = credentials.files(site.store, KNOWN, public_id, lena).document
    assert look(worker, document).holds
    said = json.loads(document)["credentialSubject"]["achievement"]
    assert said["description"].endswith("…")
    assert said["criteria"]["narrative"].endswith("…")


def test_what_a_key_that_leaked_signed_holds_no_more(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    document = credentials.files(site.store, KNOWN, public_id, lena).document
    without = Worker(site, settings_of(site, URL, SECOND))
    assert said(look(without, document))[What.ISSUER] is False


def test_a_badge_signed_by_its_key_alone_holds_here_and_can_be_taken_back(site: Site):
    local = Worker(site, settings_of(site, "http://127.0.0.1:8000"))
    lena, public_id = earned(site)
    local.work()
    document = credentials.files(site.store, KNOWN, public_id, lena).document
    later = Worker(site, settings_of(site, "http://127.0.0.1:8017"))
    assert look(later, document).holds
    badges.revoke(site.store, public_id, "A slip", site.now_ms)
    assert not look(later, document).holds


def test_strangers_files_and_no_files_at_all_are_answered(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    document = credentials.files(site.store, KNOWN, public_id, lena).document
    other = replace(worker.settings, public_url="https://elsewhere.example", badge_keys=(SECOND.multibase,))
    known = dict.fromkeys((b"", b"\0" * 3_000_000, b"[" * 100_000, b"{}", document[:-40].encode()))
    for data in known:
        verdict = look(worker, data)
        assert not verdict.holds
        assert verdict.findings[0].sentence.endswith(".")
    strange = json.dumps({**json.loads(document), "issuer": {"id": "did:web:elsewhere.example"}})
    assert look(worker, strange).kind is Kind.STRANGE
    stranger = Worker(site, other)
    assert said(look(stranger, document))[What.ISSUER] is False
    keyless = Worker(site, replace(worker.settings, signing_key="", badge_keys=()))
    assert not look(keyless, document).holds


def test_a_file_that_ends_the_process_is_only_a_file_that_can_not_be_read(site: Site, worker: Worker, monkeypatch):
    monkeypatch.setattr(verifying, "SECONDS", 0.01)
    verdict = look(worker, b"{}")
    assert (verdict.kind, verdict.holds) == (Kind.UNREADABLE, False)
    assert "could not read" in verdict.findings[0].sentence


def test_no_program_that_lies_beside_a_file_is_run(site: Site, worker: Worker, monkeypatch, tmp_path: Path):
    lena, public_id = earned(site)
    worker.work()
    (tmp_path / "json.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert look(worker, credentials.files(site.store, KNOWN, public_id, lena).document).holds


def test_who_comes_while_another_file_is_looked_at_is_told_so_soon(site: Site, worker: Worker):
    with verifying._ONE_AT_A_TIME:
        began = time.monotonic()
        with pytest.raises(Busy):
            look(worker, b"{}")
    assert time.monotonic() - began < 3
    assert look(worker, b"{}").kind is Kind.STRANGE


def test_the_process_that_looks_is_told_no_setting(site: Site, worker: Worker, monkeypatch):
    monkeypatch.setenv("LMS_SECRET_KEY", "a secret of forty letters for these tests")
    seen: dict[str, str] = {}
    run = verifying.subprocess.run

    def heard(*args, **how):
        seen.update(how["env"])
        return run(*args, **how)

    monkeypatch.setattr(verifying.subprocess, "run", heard)
    look(worker, b"{}")
    assert not [name for name in seen if name.startswith("LMS_")]

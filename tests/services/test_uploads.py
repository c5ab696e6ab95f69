"""Files that are handed in: kept once, seen by who may, taken back, and gone with her; nothing is left on the disk."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.answers import MENTOR, ONLY_ME
from lms.services import erasure, guests, own, pairings, people, uploads
from lms.services.people import SignedIn
from lms.services.uploads import Sent, Thing
from lms.settings import LONDON
from lms.store.tables import evidence
from tests.learning.test_uploads import photo
from tests.services.site import Site
from tests.services.test_pairings import member, mentor, pair

LOAF = Thing(uploads.TASK, UUID(int=7), MENTOR)
HOUR = 3_600_000


@pytest.fixture
def lena(site: Site) -> SignedIn:
    return site.person()


def send(site: Site, person: SignedIn, its_id: UUID | None = None, body: bytes = b"My loaf rose.") -> uploads.Upload:
    return uploads.keep(site.store, person, LOAF, Sent(its_id or uuid4(), "loaf.txt", body), site.now_ms)


def on_disk(site: Site) -> list[Path]:
    return sorted(site.store.files.with_name("evidence").rglob("*/*"))


def read(site: Site, reader: SignedIn, owner: SignedIn, its_id: UUID) -> bytes:
    return uploads.read_for(site.store, reader, owner.public_id, its_id, site.now_ms, LONDON)[1]


def test_a_file_is_kept_once_under_a_random_name_and_read_by_her(site: Site, lena: SignedIn):
    its_id = uuid4()
    assert send(site, lena, its_id).name == "loaf.txt"
    send(site, lena, its_id)
    assert [it.evidence_id for it in uploads.of(site.store, lena, LOAF.kind, LOAF.its_id)] == [its_id]
    assert read(site, lena, lena, its_id) == b"My loaf rose."
    (path,) = on_disk(site)
    assert len(path.name) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert "stored_as" not in own.everything(site.store, lena.person_id)["evidence"][0]


def test_nobody_else_reads_it_not_even_who_runs_the_site(site: Site, lena: SignedIn):
    its_id = send(site, lena).evidence_id
    for reader in (site.person("Sam"), site.administrator()):
        with pytest.raises(NotFound):
            read(site, reader, lena, its_id)
        with pytest.raises(NotFound):
            read(site, reader, reader, its_id)


def test_her_mentor_reads_it_while_she_is_one_and_not_what_only_she_may(site: Site):
    organisation_id = site.organisation()
    femi = site.facilitator(organisation_id)
    lena, mira = member(site, site.group(femi, "tea"), "Lena"), mentor(site, organisation_id, "Mira")
    shown = send(site, lena).evidence_id
    own_ = Thing(uploads.TASK, UUID(int=8), ONLY_ME)
    hidden = uploads.keep(site.store, lena, own_, Sent(uuid4(), "a.txt", b"Mine."), site.now_ms).evidence_id
    paired = pair(site, femi, lena, mira)
    assert read(site, mira, lena, shown) == b"My loaf rose."
    with pytest.raises(NotFound):
        read(site, mira, lena, hidden)
    pairings.end(site.store, femi, lena.public_id, paired, site.now_ms)
    with pytest.raises(NotFound):
        read(site, mira, lena, shown)


def test_a_guest_is_told_to_make_an_account_and_nothing_is_written(site: Site):
    token = guests.begin(site.store, uuid4(), site.now_ms)
    guest = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    with pytest.raises(Forbidden, match="account"):
        send(site, guest)
    assert on_disk(site) == []


def test_a_file_taken_back_is_gone_for_good_and_twice_is_once(site: Site, lena: SignedIn):
    its_id = send(site, lena).evidence_id
    with pytest.raises(NotFound):
        uploads.take_back(site.store, site.person("Sam"), its_id, site.now_ms)
    for _ in range(2):
        uploads.take_back(site.store, lena, its_id, site.now_ms)
    assert on_disk(site) == []
    with pytest.raises(NotFound):
        read(site, lena, lena, its_id)
    assert site.rows(evidence, lena)[0]["name"] == ""


def test_there_are_three_for_one_thing_and_twenty_a_day(site: Site, lena: SignedIn):
    kept = [send(site, lena).evidence_id for _ in range(uploads.MOST_FOR_ONE)]
    with pytest.raises(Refused, match="3 files"):
        send(site, lena)
    for _ in range(uploads.MOST_A_DAY - uploads.MOST_FOR_ONE):
        uploads.take_back(site.store, lena, kept.pop(), site.now_ms)
        kept.append(send(site, lena).evidence_id)
    uploads.take_back(site.store, lena, kept.pop(), site.now_ms)
    with pytest.raises(Refused, match="20 files today"):
        send(site, lena)
    assert len(on_disk(site)) == 2, "what was refused left nothing behind"
    site.later(25 * HOUR)
    send(site, lena)


def test_what_can_t_be_kept_leaves_nothing(site: Site, lena: SignedIn):
    with pytest.raises(Refused):
        send(site, lena, body=photo()[:300])
    assert on_disk(site) == []
    assert site.rows(evidence, lena) == []


def test_with_her_account_her_files_go(site: Site, lena: SignedIn):
    send(site, lena)
    sam = site.person("Sam")
    send(site, sam)
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    assert [path.parent.name for path in on_disk(site)] == [f"{sam.person_id:016x}"]
    assert site.rows(evidence, lena) == []


def test_what_a_stop_left_behind_is_swept_up_and_nothing_else(site: Site, lena: SignedIn):
    its_id = send(site, lena).evidence_id
    left = uploads.folder_of(site.store, lena.person_id) / ("0" * 64)
    left.write_bytes(b"half")
    stranger = uploads.folder_of(site.store, 12345)
    stranger.mkdir()
    (stranger / ("1" * 64)).write_bytes(b"of somebody who is gone")
    now_ms = left.stat().st_mtime_ns // 1_000_000
    assert uploads.sweep(site.store, now_ms) == 0, "one may be about to get its row"
    assert uploads.sweep(site.store, now_ms + 2 * HOUR) == 2
    assert read(site, lena, lena, its_id) == b"My loaf rose."
    assert not stranger.exists()
    assert len(on_disk(site)) == 1

"""Signing badges: once for each time it is asked for, whatever happens meanwhile; the file outlives its course."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from lms.errors import CannotRun, NotFound
from lms.interop.statuslist import decoded, is_set
from lms.services import badges, credentials, erasure, own, people, publishing, signing
from lms.services.jobs import State, every_job
from lms.services.people import SignedIn
from lms.services.rebuild import rebuild
from lms.services.stores import Store
from lms.store import credentials as rows
from lms.store.tables import awards, badge_versions, status_lists, status_slots
from lms.store.tables import badges as badge_table
from lms.store.tables import credentials as table
from tests.services import written
from tests.services.signers import DID, FIRST, KNOWN, SECOND, URL, Worker, settings_of, signed_by
from tests.services.site import Site, at_once


@pytest.fixture
def worker(site: Site) -> Worker:
    return Worker(site, settings_of(site))


def earned(site: Site, name: str = "Lena") -> tuple[SignedIn, str]:
    """Somebody with the badge of the course on toast, and its address."""
    lena = site.person(name)
    site.send(lena, *site.toast())
    (badge,) = badges.mine(site.store, lena)
    return lena, badge.public_id


def file_of(site: Site, public_id: str, reader: SignedIn | None) -> dict[str, Any]:
    return json.loads(credentials.files(site.store, KNOWN, public_id, reader).document)


def issues(site: Site, person: SignedIn) -> list[dict[str, Any]]:
    return site.rows(table, person)


def taken_back(site: Site, document: dict[str, Any]) -> bool:
    """What the list that a file names says of it, as everybody can fetch it."""
    status = document["credentialStatus"]
    address, _, number = status["statusListCredential"].rpartition("/")
    assert address == f"{URL}/badges/status"
    found = json.loads(credentials.status_list(site.store, int(number)))
    assert signed_by(found, FIRST) or signed_by(found, SECOND)
    assert found["id"] == status["statusListCredential"]
    return is_set(decoded(found["credentialSubject"]["encodedList"]), int(status["statusListIndex"]))


def test_a_badge_is_signed_by_the_worker_and_says_what_she_earned(site: Site, worker: Worker):
    lena, public_id = earned(site)
    with pytest.raises(NotFound):
        credentials.files(site.store, KNOWN, public_id, lena)
    assert not badges.page(site.store, public_id, lena).signed
    site.later(2_000)
    assert worker.work() == ["sign done 2"]
    assert badges.page(site.store, public_id, lena).signed
    found = file_of(site, public_id, lena)
    assert signed_by(found, FIRST)
    assert found["id"] == f"{URL}/badges/{public_id}"
    assert found["issuer"]["id"] == DID
    assert (found["awardedDate"], found["validFrom"]) == ("2026-11-21T10:00:00Z", "2026-11-21T10:00:02Z")
    said = found["credentialSubject"]["achievement"]
    assert (said["name"], said["criteria"]["narrative"]) == ("Toaster", 'Finished the course "Toast".')
    assert said["id"] == f"{URL}/badges/achievement/toast/1"
    assert not taken_back(site, found)


def test_nothing_is_signed_twice_and_nothing_is_asked_for_where_nothing_is_due(site: Site, worker: Worker):
    lena, _ = earned(site)
    assert worker.work() == ["sign done 2"]
    before = issues(site, lena)
    for _ in range(3):
        site.later(60_000)
        assert worker.work() == []
    assert issues(site, lena) == before
    assert [row["due_ms"] for row in site.rows(awards, lena)] == [None]


def test_two_workers_at_once_sign_each_badge_once(site: Site):
    earned(site)
    Worker(site, settings_of(site)).work()  # the picture is drawn: real workers are two processes
    learners = [earned(site, f"Learner {number}")[0] for number in range(6)]
    work = [Worker(site, settings_of(site)) for _ in range(2)]
    passes = [lambda it=it: sum(at.count for at in signing.run(it.tools(), {}, "")) for it in work]
    assert sum(at_once(passes)) >= 6
    assert [len(issues(site, it)) for it in learners] == [1] * 6
    assert site.count(status_slots) == 7
    assert site.count(status_lists) == 1


def test_her_name_is_in_the_file_only_where_she_wants_it(site: Site, worker: Worker):
    lena, public_id = earned(site, "Lena Brown")
    worker.work()
    assert "Lena" not in credentials.files(site.store, KNOWN, public_id, lena).document
    badges.show(site.store, lena, public_id, shown=True, named=True, at_ms=site.later(1_000))
    assert worker.work() == ["sign done 1"]
    old, new = (json.loads(row["document"]) for row in issues(site, lena))
    assert "Lena" in json.dumps(new)
    assert "Brown" not in json.dumps(new), "she has not said that she is 18"
    assert old["awardedDate"] == new["awardedDate"]
    assert old["validFrom"] < new["validFrom"]
    assert old["credentialStatus"] == new["credentialStatus"]
    assert (old["id"], signed_by(old, FIRST), signed_by(new, FIRST)) == (new["id"], True, True)


def test_a_new_name_of_hers_is_signed_where_her_name_is_in_the_file(site: Site, worker: Worker):
    lena, named = earned(site)
    sam, _ = earned(site, "Sam")
    badges.show(site.store, lena, named, shown=False, named=True, at_ms=site.now_ms)
    worker.work()
    for person in (lena, sam):
        people.change_settings(site.store, person, "Mary Ann", {"adult": "yes", "text": "large"}, site.later(1_000))
    assert worker.work() == ["sign done 1"]
    assert "Mary Ann" in credentials.files(site.store, KNOWN, named, lena).document
    people.change_settings(site.store, lena, "Mary Ann", {"adult": "no"}, site.later(1_000))
    worker.work()
    assert "Mary Ann" not in credentials.files(site.store, KNOWN, named, lena).document
    people.change_settings(site.store, lena, "Mary Ann", {"text": "small"}, site.later(1_000))
    assert worker.work() == []
    assert (len(issues(site, lena)), len(issues(site, sam))) == (3, 1)


def test_others_read_no_name_that_she_took_back_also_before_a_worker_has_signed(site: Site, worker: Worker):
    lena, public_id = earned(site, "Lena Brown")
    people.change_settings(site.store, lena, "Lena Brown", {"adult": "yes"}, site.later(1_000))

    def others_wait() -> bool:
        assert credentials.files(site.store, KNOWN, public_id, lena).document
        with pytest.raises(NotFound):
            credentials.files(site.store, KNOWN, public_id, None)
        worker.work()
        return '"identityType":"name"' in credentials.files(site.store, KNOWN, public_id, None).document

    worker.work()
    badges.show(site.store, lena, public_id, shown=True, named=True, at_ms=site.later(1_000))
    assert others_wait()
    people.change_settings(site.store, lena, "Lena Brown", {"adult": "no"}, site.later(1_000))
    assert others_wait()
    people.change_settings(site.store, lena, "Mary", {"adult": "no"}, site.later(1_000))
    assert others_wait()
    badges.show(site.store, lena, public_id, shown=True, named=False, at_ms=site.later(1_000))
    assert not others_wait()


def test_what_is_asked_for_while_it_is_being_signed_is_not_forgotten(site: Site, worker: Worker, monkeypatch):
    lena, public_id = earned(site)
    sign = signing.proofs.sign

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(signing.proofs, "sign", sign)
        badges.show(site.store, lena, public_id, shown=False, named=True, at_ms=site.now_ms)
        return sign(*args)

    monkeypatch.setattr(signing.proofs, "sign", meanwhile)
    worker.work()
    (only,) = issues(site, lena)
    assert '"identityType":"name"' in only["document"]


def test_one_that_can_not_be_signed_is_put_off_and_stands_in_nobodys_way(site: Site, worker: Worker):
    lena, _ = earned(site)
    site.send(lena, *site.lesson())
    mira, public_id = earned(site, "Mira")
    with site.store.write() as db:
        gone = {"picture_hash": "0" * 64}
        before = db.execute(select(badge_versions.c.badge_id, badge_versions.c.picture_hash)).all()
        db.execute(badge_versions.update().values(**gone))
    assert [it.split()[1] for it in worker.work()] == ["waiting"]
    (failed,) = [job for job in worker.told if job.kind == "sign"]
    assert "put off by a day" in failed.result.failure
    assert issues(site, lena) == issues(site, mira) == []
    with site.store.write() as db:
        for badge_id, picture in before:
            same = badge_versions.c.badge_id == badge_id
            db.execute(badge_versions.update().where(same).values(picture_hash=picture))
    site.later(60_000)
    assert worker.work() == ["sign done 0"], "tried again, it has nothing to do today"
    site.later(2 * 86_400_000)
    assert worker.work() == ["sign done 3"]
    assert signed_by(file_of(site, public_id, mira), FIRST)


def test_one_that_was_put_off_is_signed_as_soon_as_it_is_asked_for(site: Site, worker: Worker):
    lena, public_id = earned(site)
    with site.store.write() as db:
        db.execute(awards.update().where(awards.c.person_id == lena.person_id).values(due_ms=site.now_ms + 86_400_000))
    assert worker.work() == []
    badges.reissue(site.store, public_id, site.later(1_000))
    worker.work()
    assert len(issues(site, lena)) == 1


def test_what_is_asked_for_twice_in_a_moment_is_asked_for_anew_each_time(site: Site):
    lena, public_id = earned(site)
    asked = []
    for _ in range(4):
        badges.reissue(site.store, public_id, site.now_ms)
        asked += [row["due_ms"] for row in site.rows(awards, lena)]
    assert len(set(asked)) == 4


def test_lists_and_who_comes_meanwhile_do_not_wait_for_everybody(site: Site, worker: Worker, monkeypatch):
    monkeypatch.setattr(signing, "PAGE", 1)
    monkeypatch.setattr(signing, "PASS", 2)
    holders = sorted((earned(site, f"Learner {number}") for number in range(4)), key=lambda it: it[0].person_id)
    first, public_id = holders[0]
    steps = signing.run(worker.tools(), {}, "")
    next(steps)
    next(steps)
    assert credentials.status_list(site.store, 1), "a badge that is out can be checked"
    badges.reissue(site.store, public_id, site.later(1_000))
    list(steps)
    assert [len(issues(site, person)) for person, _ in holders] == [1, 1, 0, 0]
    assert next(iter(signing.run(worker.tools(), {}, ""))).key == str(first.person_id)
    assert len(issues(site, first)) == 2
    assert set(worker.work()) <= {"sign done 2", "sign done 1", "sign done 0"}
    assert [len(issues(site, person)) for person, _ in holders] == [2, 1, 1, 1]


def test_a_list_that_a_clock_ahead_signed_is_signed_again(site: Site, worker: Worker):
    earned(site)
    site.later(20 * 86_400_000)
    worker.work()
    site.later(-20 * 86_400_000)
    assert worker.work() == ["sign done 1"]
    assert json.loads(credentials.status_list(site.store, 1))["validFrom"] == "2026-11-21T10:00:00Z"
    assert worker.work() == []


def test_without_a_key_nothing_is_signed_and_nothing_fails(site: Site, worker: Worker):
    lena, _ = earned(site)
    keyless = Worker(site, replace(worker.settings, signing_key="", badge_keys=()))
    assert keyless.work() == []
    assert issues(site, lena) == []
    assert worker.work() == ["sign done 2"]


def test_a_new_key_signs_what_is_new_and_what_the_old_one_signed_still_holds(site: Site, worker: Worker):
    lena, first = earned(site)
    worker.work()
    rotated = Worker(site, settings_of(site, URL, SECOND, FIRST))
    mira, second = earned(site, "Mira")
    rotated.work()
    assert signed_by(file_of(site, first, lena), FIRST)
    assert signed_by(file_of(site, second, mira), SECOND)
    document = credentials.did_document(rotated.settings)
    assert [it.rpartition("#")[2] for it in document["assertionMethod"]] == [SECOND.multibase, FIRST.multibase]
    assert badges.reissue_all(site.store, site.later(1_000)) == 2
    assert rotated.work() == ["sign done 3"]
    old, new = issues(site, lena)
    assert (old["key_id"], new["key_id"]) == (FIRST.multibase, SECOND.multibase)
    assert signed_by(old["document"], FIRST)
    assert signed_by(new["document"], SECOND)
    with site.store.read() as db:
        assert signed_by(rows.status_list(db, 1).document, SECOND)


def test_what_a_key_signed_that_is_not_known_any_more_is_given_to_nobody_and_signed_anew(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    left = (SECOND.multibase,)
    for known in (left, ()):
        with pytest.raises(NotFound):
            credentials.files(site.store, known, public_id, lena)
        assert credentials.every_file(site.store, known, lena.person_id) == []
    changed = Worker(site, settings_of(site, URL, SECOND))
    assert changed.work() == ["sign done 2"]
    assert signed_by(credentials.files(site.store, left, public_id, lena).document, SECOND)
    assert signed_by(credentials.status_list(site.store, 1), SECOND)
    assert changed.work() == []


def test_what_is_still_signed_with_a_key_is_known(site: Site, worker: Worker):
    earned(site)
    _, back = earned(site, "Mira")
    worker.work()
    assert badges.signed_with(site.store, FIRST.multibase) == 3, "two badges and their list"
    badges.revoke(site.store, back, "A slip", site.now_ms)
    assert badges.signed_with(site.store, FIRST.multibase) == 2
    badges.reissue_all(site.store, site.later(1_000))
    assert badges.signed_with(site.store, FIRST.multibase) == 2
    Worker(site, settings_of(site, URL, SECOND, FIRST)).work()
    assert badges.signed_with(site.store, FIRST.multibase) == 0
    assert badges.signed_with(site.store, SECOND.multibase) == 2


def test_no_two_badges_of_hers_have_files_of_one_name(site: Site, worker: Worker):
    lena, _ = earned(site)
    worker.work()
    called = set()
    for slug in ("toast/at-home", "toast-at/home"):
        with site.store.write() as db:
            db.execute(badge_table.update().where(badge_table.c.slug.startswith("toast")).values(slug=slug))
        called |= {it.name for it in credentials.every_file(site.store, KNOWN, lena.person_id)}
    assert called == {"toast.at-home", "toast-at.home"}


def test_a_badge_that_is_taken_back_is_in_the_list_and_only_she_can_read_why(site: Site, worker: Worker):
    lena, public_id = earned(site)
    badges.show(site.store, lena, public_id, shown=True, named=False, at_ms=site.now_ms)
    worker.work()
    kept = file_of(site, public_id, None)
    assert not taken_back(site, kept)
    assert badges.revoke(site.store, public_id, "Given to the wrong Lena", site.later(1_000))
    assert not badges.revoke(site.store, public_id, "Again", site.now_ms)
    assert worker.work() == ["sign done 1"]
    assert taken_back(site, kept)
    for reader in (None, lena, site.person("Sam")):
        with pytest.raises(NotFound):
            credentials.files(site.store, KNOWN, public_id, reader)
    page = badges.page(site.store, public_id, lena)
    assert page.revoked
    assert "wrong Lena" not in repr(page)
    with pytest.raises(NotFound):
        badges.page(site.store, public_id, None)
    hers = own.everything(site.store, lena.person_id)
    assert [row["why"] for row in hers["awards"]] == ["Given to the wrong Lena"]
    assert "revoked-badge" in {row["action"] for row in hers["audit"]}
    with pytest.raises(NotFound):
        badges.reissue(site.store, public_id, site.now_ms)


def test_one_taken_back_before_it_was_signed_is_never_signed(site: Site, worker: Worker):
    lena, public_id = earned(site)
    badges.revoke(site.store, public_id, "A mistake", site.now_ms)
    assert worker.work() == []
    assert badges.reissue_all(site.store, site.now_ms) == 0
    assert issues(site, lena) == []


def test_who_is_erased_leaves_no_file_here_and_what_she_kept_still_holds(site: Site, worker: Worker):
    lena, public_id = earned(site)
    badges.show(site.store, lena, public_id, shown=True, named=True, at_ms=site.now_ms)
    worker.work()
    kept = file_of(site, public_id, None)
    badges.reissue(site.store, public_id, site.now_ms)
    erasure.erase(site.store, lena.person_id, None, site.later(1_000))
    assert issues(site, lena) == []
    assert badges.reissue_all(site.store, site.now_ms) == 0
    worker.work()
    assert issues(site, lena) == []
    assert signed_by(kept, FIRST)
    assert not taken_back(site, kept)
    assert site.count(status_slots) == 1
    (award,) = site.rows(awards, lena)
    assert (award["shown"], award["named"], award["due_ms"], award["why"]) == (False, False, None, None)


def test_being_erased_while_it_is_signed_leaves_no_file_either(site: Site, worker: Worker, monkeypatch):
    lena, _ = earned(site)
    sign = signing.proofs.sign

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(signing.proofs, "sign", sign)
        erasure.erase(site.store, lena.person_id, None, site.now_ms)
        return sign(*args)

    monkeypatch.setattr(signing.proofs, "sign", meanwhile)
    worker.work()
    assert issues(site, lena) == []


def test_a_badge_outlives_new_words_of_its_course_and_is_signed_in_the_old(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    renamed = written.toast()
    renamed["course.md"] = renamed["course.md"].replace(b"badge: Toaster", b"badge: Master of toast")
    publishing.publish(site.store, "toast", renamed, written.TODAY, site.later(2_000))
    badges.reissue(site.store, public_id, site.later(1_000))
    worker.work()
    said = file_of(site, public_id, lena)["credentialSubject"]["achievement"]
    assert (said["name"], said["id"]) == ("Toaster", f"{URL}/badges/achievement/toast/1")
    assert credentials.achievement(site.store, worker.settings, "toast", "2").name == "Master of toast"


def test_a_badge_whose_course_is_gone_is_shown_and_signed_all_the_same(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    before = file_of(site, public_id, lena)["credentialSubject"]["achievement"]
    with site.store.write() as db:
        db.execute(badge_table.update().values(course_id=None))
    page = badges.page(site.store, public_id, lena)
    assert (page.course, page.name, page.title, page.criteria) == (
        "",
        "Toaster",
        "Toast",
        'Finished the course "Toast".',
    )
    badges.reissue(site.store, public_id, site.later(1_000))
    worker.work()
    assert file_of(site, public_id, lena)["credentialSubject"]["achievement"] == before
    assert credentials.achievement(site.store, worker.settings, "toast", "1").name == "Toaster"


def test_rebuilding_keeps_every_file(site: Site, worker: Worker):
    lena, _ = earned(site)
    worker.work()
    before = issues(site, lena)
    assert rebuild(site.store, site.catalogue, site.zone).differences == ()
    assert issues(site, lena) == before
    assert worker.work() == []


def test_she_can_take_her_files_away_with_everything_else(site: Site, worker: Worker):
    lena, public_id = earned(site)
    worker.work()
    (row,) = own.everything(site.store, lena.person_id)["credentials"]
    assert row["document"] == file_of(site, public_id, lena)
    assert row["signed"] == "2026-11-21T10:00:00Z"


def test_a_site_without_a_public_name_signs_by_its_key_alone(site: Site):
    for url in ("http://127.0.0.1:8000", "https://127.0.0.1", "https://learn", "https://learn.local"):
        settings = settings_of(site, url)
        assert credentials.issuer(settings).did == f"did:key:{FIRST.multibase}"
        with pytest.raises(NotFound):
            credentials.did_document(settings)
    lena, public_id = earned(site)
    Worker(site, settings_of(site, "http://127.0.0.1:8000")).work()
    found = file_of(site, public_id, lena)
    assert signed_by(found, FIRST)
    assert found["id"].startswith("urn:uuid:")
    assert "127.0.0.1" not in json.dumps(found["credentialSubject"].get("image", ""))


def test_lists_are_used_to_half_and_places_do_not_follow_one_another(site: Site, worker: Worker, monkeypatch):
    monkeypatch.setattr(signing, "FULL", 4)
    for number in range(3):
        for learner in range(2):
            earned(site, f"Learner {number}{learner}")
        worker.work()
    with site.store.read() as db:
        slots = list(db.execute(select(status_slots.c.list_no, status_slots.c.slot_no)))
    assert sorted(list_no for list_no, _ in slots) == [1, 1, 1, 1, 2, 2]
    assert max(slot for _, slot in slots) > 1_000
    assert site.count(status_lists) == 2


def test_an_old_badge_without_a_picture_gets_one_when_it_is_signed(site: Site, worker: Worker):
    lena, public_id = earned(site)
    with site.store.write() as db:
        db.execute(badge_versions.update().values(picture_hash=""))
    worker.work()
    found = credentials.files(site.store, KNOWN, public_id, lena)
    assert found.png.startswith(b"\x89PNG")
    assert "Toaster" in found.svg


def test_the_worker_that_finds_the_wrong_half_of_a_key_says_so(site: Site):
    wrong = replace(settings_of(site), badge_keys=(SECOND.multibase,))
    with pytest.raises(CannotRun, match="is not the public half"):
        credentials.signer(wrong)


def test_a_job_that_was_left_alone_is_not_asked_for_again(site: Site, worker: Worker, store: Store):
    earned(site)
    signing.ask(worker.tools())
    with store.write() as db:
        db.exec_driver_sql("UPDATE jobs SET state = 'failed', lease_ms = NULL")
    assert worker.work() == []
    assert [job.state for job in every_job(store) if job.kind == "sign"] == [State.FAILED]

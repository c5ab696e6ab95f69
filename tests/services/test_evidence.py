"""Her own work in a badge: only what she chose, only of what the badge is for, and gone with her."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.errors import NotFound, Refused
from lms.services import badges, credentials, erasure, evidence, own, publishing
from lms.services.people import SignedIn
from lms.store.tables import awards, words
from lms.store.tables import credentials as signed_files
from tests.services import written
from tests.services.bread import FILES
from tests.services.signers import FIRST, KNOWN, Worker, settings_of, signed_by
from tests.services.site import Site

LINK = "https://lena.example.org/loaf"


@pytest.fixture
def site(site: Site) -> Site:
    publishing.publish(site.store, "bread", FILES, written.TODAY, site.now_ms)
    site.later(2_000)
    return site


@pytest.fixture
def worker(site: Site) -> Worker:
    return Worker(site, settings_of(site))


@pytest.fixture
def lena(site: Site) -> SignedIn:
    """She has done the whole course: something she wrote or handed in stands at each step."""
    lena = site.person()
    write(site, lena, "r-well", "It rose.")
    site.send(lena, site.event("t-loaf", "ticked", [], module="baking", course="bread", evidence=LINK))
    write(site, lena, "r-cook", "Plum jam.", module="jam")
    return lena


def write(site: Site, person: SignedIn, name: str, text: str, module: str = "baking") -> None:
    assert site.results(person, site.event(name, "reflected", text, module=module, course="bread")) == ["new"]
    site.later(1_000)


def badge(site: Site, person: SignedIn, name: str = "Baker") -> str:
    return next(it.public_id for it in badges.mine(site.store, person) if it.name == name)


def offered(site: Site, person: SignedIn, public_id: str) -> dict[str, evidence.Work]:
    return {it.words: it for it in evidence.offered(site.store, site.catalogue, person, public_id)}


def choose(site: Site, person: SignedIn, public_id: str, *texts: str) -> None:
    works = offered(site, person, public_id)
    ids = {works[text].event_id for text in texts}
    evidence.choose(site.store, site.catalogue, person, public_id, ids, site.later(1_000))


def file_of(site: Site, person: SignedIn | None, public_id: str) -> dict[str, Any]:
    return json.loads(credentials.files(site.store, KNOWN, public_id, person).document)


def test_nothing_she_wrote_is_in_a_badge_until_she_chooses_it(site: Site, worker: Worker, lena: SignedIn):
    public_id = badge(site, lena)
    assert not any(it.chosen for it in offered(site, lena, public_id).values())
    worker.work()
    before = file_of(site, lena, public_id)
    assert "evidence" not in before
    choose(site, lena, public_id, LINK, "It rose.")
    assert worker.work() == ["sign done 1"]
    after = file_of(site, lena, public_id)
    assert after["evidence"] == [
        {"type": ["Evidence"], "name": "What went well?", "narrative": "It rose."},
        {"id": LINK, "type": ["Evidence"], "name": "Bake a loaf", "narrative": LINK},
    ]
    assert signed_by(after, FIRST)
    assert before["awardedDate"] == after["awardedDate"]
    assert before["validFrom"] < after["validFrom"]
    assert before["credentialStatus"] == after["credentialStatus"]
    assert [row["issue_no"] for row in site.rows(signed_files, lena) if row["document"].find("Baker") > 0] == [1, 2]
    assert [it.seen_by for it in offered(site, lena, public_id).values()] == ["mentor", "me"]


def test_she_is_offered_what_the_badge_is_for_and_of_each_step_the_last(site: Site, lena: SignedIn):
    write(site, lena, "r-well", "It rose well.")
    assert set(offered(site, lena, badge(site, lena))) == {LINK, "It rose well."}
    assert set(offered(site, lena, badge(site, lena, "Cook"))) == {LINK, "It rose well.", "Plum jam."}
    site.send(lena, site.event("t-loaf", "ticked", [], module="baking", course="bread"))
    assert set(offered(site, lena, badge(site, lena))) == {"It rose well."}, "she has taken the link out"


def test_what_is_chosen_stays_what_it_was_when_she_writes_again(site: Site, worker: Worker, lena: SignedIn):
    public_id = badge(site, lena)
    choose(site, lena, public_id, "It rose.")
    write(site, lena, "r-well", "It rose well.")
    works = offered(site, lena, public_id)
    assert {text: it.chosen for text, it in works.items()} == {"It rose.": True, LINK: False, "It rose well.": False}
    worker.work()
    assert [it["narrative"] for it in file_of(site, lena, public_id)["evidence"]] == ["It rose."]


def test_others_read_no_work_that_she_took_out_also_before_a_worker_has_signed(
    site: Site, worker: Worker, lena: SignedIn
):
    public_id = badge(site, lena)
    badges.show(site.store, lena, public_id, shown=True, named=False, at_ms=site.now_ms)
    choose(site, lena, public_id, "It rose.")
    worker.work()
    assert file_of(site, None, public_id)["evidence"]
    assert [it.words for it in badges.page(site.store, public_id, None).evidence] == ["It rose."]
    choose(site, lena, public_id)
    assert badges.page(site.store, public_id, None).evidence == ()
    with pytest.raises(NotFound):
        file_of(site, None, public_id)
    worker.work()
    assert "evidence" not in file_of(site, None, public_id)


def test_choosing_the_same_again_asks_for_no_new_file(site: Site, worker: Worker, lena: SignedIn):
    public_id = badge(site, lena)
    choose(site, lena, public_id, "It rose.")
    worker.work()
    choose(site, lena, public_id, "It rose.")
    assert worker.work() == []


def test_only_she_chooses_and_only_among_what_she_is_offered(site: Site, lena: SignedIn):
    public_id, sam = badge(site, lena), site.person("Sam")
    write(site, sam, "r-well", "Sam's own.")
    theirs = site.rows(words, sam)[0]["event_id"]
    jam = offered(site, lena, badge(site, lena, "Cook"))["Plum jam."].event_id
    for odd in (theirs, jam, uuid4()):
        with pytest.raises(Refused):
            evidence.choose(site.store, site.catalogue, lena, public_id, {UUID(str(odd))}, site.now_ms)
    for person, address in ((sam, public_id), (lena, "no-such-badge")):
        with pytest.raises(NotFound):
            evidence.offered(site.store, site.catalogue, person, address)
        with pytest.raises(NotFound):
            evidence.choose(site.store, site.catalogue, person, address, (), site.now_ms)
    badges.revoke(site.store, public_id, "A slip", site.now_ms)
    with pytest.raises(NotFound):
        evidence.choose(site.store, site.catalogue, lena, public_id, (), site.now_ms)


def test_more_than_a_badge_can_hold_is_refused_and_nothing_changes(site: Site, worker: Worker, lena: SignedIn):
    public_id = badge(site, lena)
    texts = []
    for number in range(11):
        texts.append(f"Loaf {number}")
        write(site, lena, "r-well", texts[-1])
        if number < 10:
            choose(site, lena, public_id, *texts)
    with pytest.raises(Refused, match="10 at most"):
        choose(site, lena, public_id, *texts)
    worker.work()
    assert len(file_of(site, lena, public_id)["evidence"]) == 10


def test_her_own_data_say_what_she_chose(site: Site, lena: SignedIn):
    choose(site, lena, badge(site, lena), "It rose.")
    told = own.everything(site.store, lena.person_id)
    (chosen,) = [row["evidence"] for row in told["awards"] if "evidence" in row]
    assert [title for _, title in chosen] == ["What went well?"]
    assert "chose-evidence" in {row["action"] for row in told["audit"]}


def test_who_is_erased_leaves_no_work_here_and_a_file_she_gave_away_stays_hers(
    site: Site, worker: Worker, lena: SignedIn
):
    public_id = badge(site, lena)
    choose(site, lena, public_id, "It rose.")
    worker.work()
    kept = file_of(site, lena, public_id)
    erasure.erase(site.store, lena.person_id, None, site.later(1_000))
    assert site.rows(signed_files, lena) == site.rows(words, lena) == []
    assert [row["evidence"] for row in site.rows(awards, lena)] == [None, None]
    assert signed_by(kept, FIRST)
    assert kept["evidence"][0]["narrative"] == "It rose."

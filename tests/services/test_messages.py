"""Messages: who may begin, who reads and until when, that nothing is lost, changed or written twice."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.messages import LONGEST
from lms.learning.people import Role, ScopeKind
from lms.services import concerns, erasure, memberships, merging, messages, own, pairings, reading, roles
from lms.services.people import SignedIn
from lms.services.threads import Talk
from lms.settings import LONDON
from lms.store.people import change_person
from lms.store.tables import audit, thread_staff
from lms.store.tables import messages as table
from tests.services.site import Site
from tests.services.test_pairings import club, femi, here, in_days, lena, mira, pair

__all__ = ["club", "femi", "here", "lena", "mira"]

HELLO = "Hello, can you help me?"


def able(site: Site, *people: SignedIn) -> None:
    """They have taken their invitations: they can sign in."""
    with site.store.write() as db:
        for who in people:
            change_person(db, who.person_id, username=f"u{who.person_id}")


@pytest.fixture
def orla(site: Site, here: int) -> SignedIn:
    who = site.person("Orla", (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, here))
    able(site, who)
    return who


@pytest.fixture
def staff(site: Site, femi: SignedIn, mira: SignedIn, orla: SignedIn) -> None:
    able(site, femi, mira)


def talks(site: Site, learner: SignedIn) -> list[Talk]:
    return [it.talk for it in messages.mine(site.store, site.again(learner.person_id), site.now_ms, LONDON)]


def thread(site: Site, learner: SignedIn, kind: str) -> UUID:
    return next(it.row.thread_id for it in talks(site, learner) if it.row.kind == kind)


def write(site: Site, who: SignedIn, thread_id: UUID, words: str = HELLO, its_id: UUID | None = None) -> bool:
    its_id = its_id or uuid4()
    return messages.write(site.store, who, thread_id, its_id, words, site.later(1000), LONDON, by_mail=True)


def answer(site: Site, who: SignedIn, to: SignedIn, thread_id: UUID, words: str = "Yes."):
    who, at_ms = site.again(who.person_id), site.later(1000)
    return messages.answer(site.store, who, to.public_id, thread_id, uuid4(), words, at_ms, LONDON, by_mail=True)


def read(site: Site, who: SignedIn, learner: SignedIn, thread_id: UUID) -> list[str]:
    """What somebody of the staff reads of a thread; nothing where it is not hers to read."""
    who = site.again(who.person_id)
    try:
        page = messages.staffs(site.store, who, learner.public_id, thread_id, site.now_ms, LONDON)
    except NotFound:
        found = messages.of_one(site.store, who, learner.public_id, site.now_ms, LONDON)
        assert thread_id not in {it.talk.row.thread_id for it in found}
        assert messages.unread_for_staff(site.store, who, site.now_ms, LONDON) == 0
        return []
    return [it.body for it in page.messages]


def test_she_writes_with_her_mentor_and_sees_who_else_can_read(site, femi, lena, mira, orla, staff):
    pair(site, femi, lena, mira)
    first, second = talks(site, lena)
    assert (sorted(first.writes.values()), sorted(first.reads.values())) == (["Mira"], ["Femi", "Orla"])
    assert (sorted(second.writes.values()), second.reads) == (["Femi", "Orla"], {})
    its_id = first.row.thread_id
    assert write(site, lena, its_id)
    assert answer(site, mira, lena, its_id)
    page = messages.hers(site.store, lena, its_id, site.now_ms, LONDON)
    assert [it.body for it in page.messages] == ["Yes.", HELLO]
    assert read(site, femi, lena, its_id) == read(site, orla, lena, its_id) == ["Yes.", HELLO]
    with pytest.raises(Forbidden):
        answer(site, femi, lena, its_id)


def test_nobody_else_reads_or_writes_it(site, femi, club, lena, mira, orla, staff, here):
    pair(site, femi, lena, mira)
    its_id = thread(site, lena, "mentor")
    write(site, lena, its_id)
    there = site.organisation()
    others = [
        site.person("Other mentor", (Role.MENTOR, ScopeKind.ORGANISATION, here)),
        site.person("Safi", (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, here)),
        site.person("Nell", (Role.ORGANISATION_LEAD, ScopeKind.ORGANISATION, there)),
        site.administrator(),
        site.person("Sam"),
    ]
    able(site, *others)
    for who in others:
        assert read(site, who, lena, its_id) == []
        with pytest.raises(NotFound):
            answer(site, who, lena, its_id)
        with pytest.raises(NotFound):
            messages.hers(site.store, who, its_id, site.now_ms, LONDON)
        with pytest.raises(NotFound):
            write(site, who, its_id)


def test_one_alone_of_the_staff_is_not_enough(site, femi, lena):
    able(site, femi)
    its_id = thread(site, lena, "group")
    with pytest.raises(Refused, match="there is only one"):
        write(site, lena, its_id)
    assert site.rows(table, lena) == []


def test_who_has_not_said_that_she_is_18_writes_first(site, femi, lena, mira, orla, staff):
    pair(site, femi, lena, mira)
    its_id = thread(site, lena, "mentor")
    with pytest.raises(Refused, match="writes first"):
        answer(site, mira, lena, its_id)
    with site.store.write() as db:
        change_person(db, lena.person_id, wishes='{"adult":"yes"}')
    assert answer(site, mira, lena, its_id, "Welcome.")
    assert [row["body"] for row in site.rows(table, lena)] == ["Welcome."]


def test_twice_pressed_is_once_and_too_much_is_refused(site, femi, lena, mira, orla, staff):
    pair(site, femi, lena, mira)
    its_id, form_id = thread(site, lena, "mentor"), uuid4()
    assert [write(site, lena, its_id, its_id=form_id) for _ in range(2)] == [True, False]
    for words, said in ((" \u200b\u202e ", "Write something"), ("a" * (LONGEST + 1), "at most"), ("\0", "kept")):
        with pytest.raises(Refused, match=said):
            write(site, lena, its_id, words)
    hostile = "<script>alert(1)</script>\u202e\x07 hi\u200b"
    write(site, lena, its_id, hostile)
    assert {row["body"] for row in site.rows(table, lena)} == {HELLO, "<script>alert(1)</script> hi"}


def test_after_the_end_a_mentor_reads_nothing_and_the_next_one_only_by_hand_over(site, femi, here, lena, mira, staff):
    nadia, olga = (site.person(name, (Role.MENTOR, ScopeKind.ORGANISATION, here)) for name in ("Nadia", "Olga"))
    able(site, nadia, olga)
    pairing_id, new_id = pair(site, femi, lena, mira), uuid4()
    its_id = thread(site, lena, "mentor")
    write(site, lena, its_id)
    assert messages.unread_for_staff(site.store, mira, site.now_ms, LONDON) == 1
    pairings.hand_over(site.store, femi, lena.public_id, pairing_id, nadia.public_id, new_id, site.later(1000), LONDON)
    assert read(site, mira, lena, its_id) == []
    assert messages.unread_for_staff(site.store, nadia, site.now_ms, LONDON) == 1
    assert read(site, nadia, lena, its_id) == [HELLO]
    assert thread(site, lena, "mentor") == its_id
    answer(site, nadia, lena, its_id)
    until = {row["staff_id"]: row["until_ms"] for row in site.rows(thread_staff, lena)}
    assert until[mira.person_id] is not None
    assert until[nadia.person_id] is None
    pairings.end(site.store, femi, lena.public_id, new_id, site.later(1000))
    assert read(site, nadia, lena, its_id) == []
    with pytest.raises(Refused, match="Nobody is here to read this"):
        write(site, lena, its_id)
    assert len(messages.hers(site.store, lena, its_id, site.now_ms, LONDON).messages) == 2, "she still reads it"
    pair(site, femi, lena, olga)
    assert read(site, olga, lena, its_id) == []


def test_after_its_last_day_too_and_when_a_role_ends(site, femi, lena, mira, orla, staff):
    pair(site, femi, lena, mira)
    its_id, group_id = thread(site, lena, "mentor"), thread(site, lena, "group")
    for one in (its_id, group_id):
        write(site, lena, one)
    assert read(site, femi, lena, group_id) == [HELLO]
    with site.store.read() as db:
        (row,) = messages.people.roles_of(db, [femi.person_id])
    roles.end_role(site.store, site.administrator(), femi.public_id, row.role_id, site.later(1000))
    assert read(site, femi, lena, group_id) == read(site, femi, lena, its_id) == []
    site.later(184 * DAY_MS)
    assert in_days(site, 0)
    assert read(site, mira, lena, its_id) == []


def test_who_left_the_group_is_read_by_nobody_who_runs_it(site, femi, club, lena, orla, staff):
    its_id = thread(site, lena, "group")
    write(site, lena, its_id)
    memberships.take_out(site.store, femi, club.public_id, lena.public_id, site.later(1000))
    assert read(site, femi, lena, its_id) == read(site, orla, lena, its_id) == []
    assert len(messages.hers(site.store, lena, its_id, site.now_ms, LONDON).messages) == 1


def test_reporting_goes_to_the_lead_who_reads_it_once_she_took_it_up(site, femi, lena, mira, orla, staff, here):
    safi = site.person("Safi", (Role.SAFEGUARDING_LEAD, ScopeKind.ORGANISATION, here))
    able(site, safi)
    pair(site, femi, lena, mira)
    its_id, concern_id = thread(site, lena, "mentor"), uuid4()
    write(site, lena, its_id)
    answer(site, mira, lena, its_id, "Come to my house.")
    (bad,) = (row["message_id"] for row in site.rows(table, lena) if row["author_id"] == mira.person_id)
    told = [messages.report(site.store, lena, "", its_id, bad, concern_id, "", site.now_ms, LONDON) for _ in range(2)]
    assert told == [True, False]
    (row,) = (row for row in site.rows(table, lena) if row["message_id"] == bad)
    assert (row["reported_by"], row["reported_ms"]) == (lena.person_id, site.now_ms)
    assert messages.report(site.store, mira, lena.public_id, its_id, None, uuid4(), "", site.now_ms, LONDON)
    assert len(concerns.listed(site.store, safi, site.now_ms)) == 2
    with pytest.raises(Refused, match="Take this up first"):
        reading.by_lead(site.store, safi, lena.public_id, concern_id, site.now_ms)
    concerns.take(site.store, safi, lena.public_id, concern_id, site.now_ms)
    whole = reading.by_lead(site.store, safi, lena.public_id, concern_id, site.now_ms)
    assert ([it.body for it in whole.messages], whole.about) == ([HELLO, "Come to my house."], bad)
    assert b"Come to my house." in reading.file_by_lead(site.store, safi, lena.public_id, concern_id, site.now_ms)
    said = [it["action"] for it in site.rows(audit, safi)]
    assert said[-2:] == ["read-thread", "exported-thread"]
    assert {it["action"] for it in site.rows(audit, lena)} >= {"opened-thread", "wrote-message"}
    for who in (orla, femi):
        with pytest.raises((NotFound, Forbidden)):
            reading.by_lead(site.store, who, lena.public_id, concern_id, site.now_ms)
    taken = reading.file_by_head(site.store, orla, lena.public_id, its_id, site.now_ms, LONDON)
    assert b"Come to my house." in taken
    assert b"reported" not in taken
    with pytest.raises(Forbidden):
        reading.file_by_head(site.store, mira, lena.public_id, its_id, site.now_ms, LONDON)


def test_her_data_has_them_and_not_that_somebody_else_reported(site, femi, lena, mira, orla, staff):
    pair(site, femi, lena, mira)
    its_id = thread(site, lena, "mentor")
    write(site, lena, its_id)
    answer(site, mira, lena, its_id)
    first, _second = site.rows(table, lena)
    messages.report(site.store, mira, lena.public_id, its_id, first["message_id"], uuid4(), "", site.now_ms, LONDON)
    found = own.everything(site.store, lena.person_id)
    assert {(row["body"], row["from"]) for row in found["messages"]} == {
        (HELLO, "you"),
        ("Yes.", "somebody who works here"),
    }
    assert not any("reported" in row for row in found["messages"])
    assert len(found["threads"]) == 1
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    assert {row["body"] for row in site.rows(table, lena)} == {""}
    assert read(site, mira, lena, its_id) == []


def test_threads_of_all_her_ids_are_hers(site, femi, club, lena, orla, staff):
    other = site.person("Lena again")
    site.join(other, club)
    its_id = thread(site, other, "group")
    write(site, other, its_id)
    merging.merge(site.store, lena.person_id, other.person_id, None, site.later(1000))
    lena = site.again(lena.person_id)
    assert [it.body for it in messages.hers(site.store, lena, its_id, site.now_ms, LONDON).messages] == [HELLO]
    assert answer(site, femi, lena, its_id)
    assert messages.unread(site.store, lena) == 1
    assert messages.hers(site.store, lena, its_id, site.now_ms, LONDON).unread
    assert messages.unread(site.store, lena) == 1, "looking changes nothing"
    messages.read_by_her(site.store, lena, its_id, site.now_ms, LONDON)
    assert messages.unread(site.store, lena) == 0

"""A business is asked once a week by a letter through a real server, and answers once: agreed, or not quite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.mail import HOUR_MS
from lms.learning.placing import Line, State
from lms.services import asking, erasure, groups, hours
from lms.services import weeks as service
from lms.services.people import SignedIn
from lms.settings import LONDON
from lms.store import people as people_rows
from lms.store.tables import audit, confirmations, handles, week_links
from lms.store.tables import mail as letters
from tests.inbox import inbox
from tests.services.site import ADDRESS, Site, at_once
from tests.services.test_mail import SATURDAY, PostOffice
from tests.services.test_pairings import in_days, member
from tests.services.test_placements import bakery, placed, weeks, worked

FIRM = "bakery@example.org"
WEEK = 20261116
"""The Monday of the week of that Saturday."""


@dataclass(kw_only=True)
class Work(PostOffice):
    """A placement at the bakery, in whose first week she worked two hours on the Saturday."""

    femi: SignedIn
    lena: SignedIn
    placement_id: UUID
    line_id: UUID

    def link(self, at: int = -1) -> str:
        """The code of a letter to the bakery."""
        text = self.inbox.to(FIRM)[at].get_content()
        return next(it for it in text.splitlines() if "/confirm/" in it).rpartition("/")[2]

    def look(self, code: str) -> service.Asked:
        return service.look(self.site.store, code, ADDRESS, self.site.now_ms, LONDON)

    def answer(self, code: str, minutes: int | None = None, said: str = "", seen: str = "") -> bool:
        seen = seen or self.look(code).seen
        return service.answer(self.site.store, code, ADDRESS, seen, minutes, said, self.site.later(1), LONDON)

    def state(self) -> State:
        return weeks(self.site, self.lena)[0].state

    def asked(self) -> tuple[str, UUID, int, int, object]:
        return self.lena.public_id, self.placement_id, WEEK, self.site.now_ms, LONDON

    def show(self) -> str:
        return asking.show(self.site.store, self.femi, *self.asked())

    def send(self) -> None:
        asking.send(self.site.store, self.femi, *self.asked(), posts=True)
        self.work()


@pytest.fixture
def here(site: Site) -> int:
    return site.organisation()


@pytest.fixture
def femi(site: Site, here: int) -> SignedIn:
    return site.facilitator(here)


@pytest.fixture
def club(site: Site, femi: SignedIn) -> groups.Group:
    return site.group(femi, "tea")


@pytest.fixture
def job(site: Site, femi: SignedIn, club: groups.Group, here: int) -> Iterator[Work]:
    lena = member(site, club, "Lena Marie Secret")
    its = placed(site, femi, lena, bakery(site, femi, here), weeks=2)
    line = worked(site, lena, its)
    with inbox() as box:
        yield Work(site, box, femi=femi, lena=lena, placement_id=its, line_id=line)


def test_one_letter_comes_when_the_week_is_over_and_says_next_to_nothing(job):
    job.on(1, 23)
    assert job.inbox.letters == [], "the week is not over"
    job.on(2, 7)
    assert job.inbox.letters == [], "not before nine"
    job.on(2, 10)
    job.work()
    (letter,) = job.inbox.to(FIRM)
    text = letter.get_content()
    assert "Lena wrote down" in text
    assert "Monday 16 November 2026" in text
    for secret in ("Marie", "Secret", "Wrote posts", "2 hours", str(job.lena.public_id)):
        assert secret not in f"{letter['Subject']}{text}"
    job.on(3, 10)
    assert len(job.inbox.letters) == 1
    asked = job.look(job.link())
    assert (asked.name, asked.firm.name, asked.week.minutes) == ("Lena", "Bakery", 120)
    assert job.state() is State.WAITING, "looking is not answering: mail programs look"


def test_yes_counts_once_also_of_two_at_once_and_the_link_is_used_up(job):
    job.on(2, 10)
    code, seen = job.link(), job.look(job.link()).seen
    told = at_once([lambda: job.answer(code, seen=seen)] * 4)
    assert sorted(map(str, told))[:3] == [service.USED] * 3
    assert told.count(True) == 1
    assert job.state() is State.CONFIRMED
    assert len(job.site.rows(confirmations, job.lena)) == 1
    with pytest.raises(NotFound, match="used up"):
        job.look(code)
    job.on(7, 10)
    assert len(job.inbox.letters) == 1, "who answered is not asked again"
    assert {"asked-business", "business-agreed"} <= {it["action"] for it in job.site.rows(audit, job.lena)}


def test_not_quite_says_how_much_and_why_and_keeps_the_link_until_it_is_whole(job):
    job.on(2, 10)
    code = job.link()
    with pytest.raises(Refused) as told:
        job.answer(code, -1, "")
    assert {told.value.field, *(it.field for it in told.value.also)} == {"hours", "said"}
    with pytest.raises(Refused, match="what she wrote down"):
        job.answer(code, 120, "No.")
    assert job.answer(code, 60, "She left at noon.") is False
    (week,) = weeks(job.site, job.lena)
    assert (week.state, week.business.words, week.business.minutes) == (State.DISPUTED, "She left at noon.", 60)


def test_a_corrected_week_is_asked_about_by_a_new_link(job):
    job.on(2, 10)
    job.answer(job.link(), 60, "She left at noon.")
    worked(job.site, job.lena, job.placement_id, -2, 90, replaces=job.line_id)
    assert job.state() is State.DISPUTED
    job.send()
    assert len(job.inbox.letters) == 2
    assert job.answer(job.link()) is True
    assert job.state() is State.CONFIRMED


def test_an_answer_counts_for_what_stood_on_the_page(job):
    job.on(2, 10)
    seen = job.look(job.link()).seen
    worked(job.site, job.lena, job.placement_id, -2, 300, replaces=job.line_id)
    with pytest.raises(Refused, match="changed her hours"):
        job.answer(job.link(), seen=seen)
    assert job.answer(job.link())
    assert weeks(job.site, job.lena)[0].business.minutes == 300


def test_one_reminder_leads_to_the_same_page_and_then_none(job):
    job.on(2, 10)
    first = job.link()
    job.on(5, 10)
    assert len(job.inbox.letters) == 1
    for day in (6, 7, 9, 12):
        job.on(day, 10)
    assert [it["Subject"] for it in job.inbox.to(FIRM)][1:] == ["Are these hours right? We ask once more"]
    assert job.link() == first
    job.on(16, 8)
    job.look(first)
    job.on(16, 11)
    with pytest.raises(NotFound, match="does not work any more"):
        job.look(first)
    job.on(40, 10)
    assert len(job.inbox.letters) == 2
    job.show()


def test_a_newer_link_closes_those_before_and_guesses_lead_nowhere(job):
    job.on(2, 10)
    first = job.link()
    shown = job.show()
    with pytest.raises(NotFound, match="newer link"):
        job.look(first)
    newest = job.show()
    with pytest.raises(NotFound, match="newer link"):
        job.look(shown)
    assert job.answer(newest)
    with pytest.raises(Refused, match="Nobody needs to be asked"):
        job.show()
    with pytest.raises(NotFound, match="does not work"):
        job.look("x" * 32)
    assert newest not in str(job.site.rows(week_links, job.lena)), "the database knows no code"
    ways = [(it["way"], it["used_ms"] is not None) for it in job.site.rows(week_links, job.lena)]
    assert sorted(ways) == [("letter", False), ("shown", False), ("shown", True)]


def test_after_the_end_the_last_week_is_still_asked_about_and_then_nothing(job):
    job.site.now_ms = SATURDAY + 15 * DAY_MS + 10 * HOUR_MS
    worked(job.site, job.lena, job.placement_id, -3, 60)
    for day in (16, 17, 20, 30, 60, 90):
        job.on(day, 10)
    weeks_asked = {it["week"] for it in job.site.rows(week_links, job.lena)}
    assert weeks_asked == {WEEK, 20261130}
    assert len(job.inbox.letters) == 4, "a letter and a reminder each"


def test_staff_next_door_and_she_herself_send_no_links(job):
    other = job.site.facilitator(job.site.organisation())
    job.on(2, 10)
    for who in (other, job.lena):
        with pytest.raises((NotFound, Exception)):
            asking.show(job.site.store, who, *job.asked())
    assert len(job.site.rows(week_links, job.lena)) == 1


def test_what_staff_settled_needs_no_answer(job):
    job.on(2, 10)
    job.answer(job.link(), 60, "She left at noon.")
    code = job.show()
    args = job.lena.public_id, job.placement_id, WEEK, 90, "We rang them.", uuid4(), job.site.later(1), LONDON
    assert hours.settle(job.site.store, job.femi, *args)
    with pytest.raises(NotFound, match="clear now"):
        job.look(code)


def test_a_mailbox_that_is_not_there_is_noted_and_not_reminded(job):
    job.inbox.answers[FIRM] = "550 no such mailbox"
    for day in (2, 6, 8):
        job.on(day, 10)
    (link,) = job.site.rows(week_links, job.lena)
    assert link["refused_ms"]
    assert not link["sent_ms"]
    assert job.inbox.letters == []
    assert FIRM not in str(job.said)


def test_of_who_is_erased_nothing_is_asked(job):
    job.on(2, 8)
    erasure.erase(job.site.store, job.lena.person_id, None, job.site.later(1))
    for day in (2, 3, 9):
        job.on(day, 10)
    assert job.inbox.letters == []
    assert job.site.rows(letters, job.lena) == []
    assert not [it for it in job.site.rows(handles, job.lena) if it["kind"] == "week"]


@pytest.mark.parametrize("name", ["http://evil.example", "<b>Lena</b>", "4"], ids=["link", "markup", "number"])
def test_a_name_that_is_no_name_is_in_no_letter(job, name):
    with job.site.store.write() as db:
        people_rows.change_person(db, job.lena.person_id, display_name=name)
    job.on(2, 10)
    assert "Somebody on a placement wrote down" in job.inbox.to(FIRM)[0].get_content()


def test_no_line_no_letter(job):
    line = Line(uuid4(), in_days(job.site, 0), 0, replaces=job.line_id)
    hours.log(job.site.store, job.lena, job.placement_id, line, job.site.now_ms, LONDON)
    job.on(3, 10)
    assert job.inbox.letters == []

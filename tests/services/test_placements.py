"""Placements from the checks of the business to the end record: who may, what is refused, nothing half written."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS, day_of
from lms.learning.placing import Line, State
from lms.services import (
    badges,
    businesses,
    completing,
    erasure,
    evidence,
    groups,
    hours,
    merging,
    own,
    pairings,
    placements,
)
from lms.services.businesses import About
from lms.services.pairings import Term
from lms.services.people import SignedIn
from lms.services.placements import Terms
from lms.settings import LONDON
from lms.store import placements as rows
from lms.store.placements import ConfirmationRow
from lms.store.tables import audit, memberships
from lms.store.tables import businesses as business_table
from lms.store.tables import hours as hours_table
from lms.store.tables import placements as table
from tests.services.signers import Worker, settings_of
from tests.services.site import Site, at_once
from tests.services.test_pairings import in_days, member, mentor

CHECKED = ("visited", "insured", "safe")


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
def lena(site: Site, club: groups.Group) -> SignedIn:
    return member(site, club, "Lena")


def about(site: Site, name: str = "Bakery") -> About:
    day = in_days(site, -3)
    return About(name, "Ada", "bakery@example.org", "", CHECKED, day, day)


def bakery(site: Site, femi: SignedIn, here: int, **more: object) -> str:
    return businesses.add(site.store, femi, here, replace(about(site), **more), uuid4(), site.now_ms)


def placed(site: Site, femi: SignedIn, lena: SignedIn, its: str, weeks: int = 4, **more: object) -> UUID:
    new = uuid4()
    terms = replace(Terms(its, in_days(site, 0), in_days(site, 7 * weeks - 1)), **more)
    assert placements.place(site.store, femi, lena.public_id, terms, new, site.now_ms, LONDON)
    return new


def worked(site: Site, lena: SignedIn, placement_id: UUID, ahead: int = 0, minutes: int = 120, replaces=None) -> UUID:
    new = uuid4()
    line = Line(new, in_days(site, ahead), minutes, "Wrote posts.", None, replaces)
    assert hours.log(site.store, lena, placement_id, line, site.now_ms, LONDON)
    return new


def weeks(site: Site, lena: SignedIn):
    with site.store.read() as db:
        (row,) = rows.of_learners(db, [lena.person_id])
        return hours.weeks_of(db, row, day_of(site.now_ms, LONDON))


def test_nobody_begins_where_nobody_has_looked(site, femi, lena, here):
    its = bakery(site, femi, here, checks=("visited",), agreement_day=None)
    with pytest.raises(Refused, match="Nobody can begin there yet"):
        placed(site, femi, lena, its)
    assert site.rows(table, lena) == []
    businesses.change(site.store, femi, its, about(site), site.now_ms)
    placed(site, femi, lena, its)
    (row,) = site.rows(table, lena)
    assert (row["week_minutes"], row["paid"], row["organisation_id"]) == (600, True, here)
    assert "placed" in [it["action"] for it in site.rows(audit, lena)]


def test_a_business_tells_all_its_faults_at_once_and_is_made_once(site, femi, here):
    with pytest.raises(Refused) as told:
        businesses.add(site.store, femi, here, About("", "", "no address", "", CHECKED), uuid4(), site.now_ms)
    assert {told.value.field, *(it.field for it in told.value.also)} == {"name", "email", "checked"}
    its = uuid4()
    made = {businesses.add(site.store, femi, here, about(site), its, site.now_ms) for _ in range(2)}
    assert len(made) == site.count(business_table) == 1


def test_next_door_neither_sees_nor_places(site, femi, lena, here):
    its, there = bakery(site, femi, here), site.organisation()
    other = site.facilitator(there)
    assert businesses.mine(site.store, other, site.now_ms)[0] == []
    theirs = businesses.add(site.store, other, there, about(site, "Forge"), uuid4(), site.now_ms)
    for act in (
        lambda: businesses.change(site.store, other, its, about(site), site.now_ms),
        lambda: placements.choose(site.store, other, lena.public_id, site.now_ms),
        lambda: placed(site, other, lena, theirs),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Refused, match="Choose a business"):
        placed(site, femi, lena, theirs)
    with pytest.raises(Forbidden):
        placed(site, lena, lena, its)


def test_a_form_sent_twice_and_from_two_phones_at_once_places_her_once(site, femi, lena, here):
    terms = Terms(bakery(site, femi, here), in_days(site, 0), in_days(site, 20))
    new = uuid4()
    once = [placements.place(site.store, femi, lena.public_id, terms, new, site.now_ms, LONDON) for _ in range(2)]
    assert once == [True, False]

    def another() -> bool:
        try:
            return placements.place(site.store, femi, lena.public_id, terms, uuid4(), site.now_ms, LONDON)
        except Refused:
            return False

    assert at_once([another] * 4).count(True) == 0
    assert len(site.rows(table, lena)) == 1


def test_hours_of_the_future_of_more_than_a_day_or_elsewhere_are_refused_and_nothing_is_written(
    site, femi, lena, club, here
):
    its = placed(site, femi, lena, bakery(site, femi, here))
    worked(site, lena, its, minutes=1_000)
    kept = site.rows(hours_table, lena)
    for ahead, minutes, told in ((1, 60, "still to come"), (-1, 60, "before your first day"), (0, 441, "24 hours")):
        with pytest.raises(Refused, match=told):
            worked(site, lena, its, ahead, minutes)
    line = Line(uuid4(), in_days(site, 1), 5_000, "", "ftp://x")
    with pytest.raises(Refused) as told:
        hours.log(site.store, lena, its, line, site.now_ms, LONDON)
    assert {told.value.field, *(it.field for it in told.value.also)} == {"what", "link", "hours"}
    with pytest.raises(NotFound):
        worked(site, member(site, club, "Sam"), its)
    assert site.rows(hours_table, lena) == kept


def test_a_correction_counts_in_place_of_what_it_corrects(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here))
    first = worked(site, lena, its, minutes=300)
    worked(site, lena, its, minutes=30, replaces=first)
    assert [week.minutes for week in weeks(site, lena)] == [30]
    with pytest.raises(NotFound):
        worked(site, lena, its, replaces=uuid4())


def test_her_mentor_signs_what_stands_there_and_staff_settle_a_dispute(site, femi, lena, here):
    mira = mentor(site, here, "Mira")
    term = Term(in_days(site, 0))
    pairings.pair(site.store, femi, lena.public_id, mira.public_id, term, uuid4(), site.now_ms, LONDON)
    its = placed(site, femi, lena, bakery(site, femi, here))
    worked(site, lena, its)
    ((monday, minutes),) = [(week.monday, week.minutes) for week in weeks(site, lena)]
    sign = lambda who, said: hours.sign(  # noqa: E731
        site.store, who, lena.public_id, its, monday, said, uuid4(), site.now_ms, LONDON
    )
    with pytest.raises(Refused, match="She changed this week"):
        sign(mira, minutes - 1)
    with pytest.raises(NotFound):
        sign(mentor(site, here, "Nora"), minutes)
    assert sign(mira, minutes)
    assert weeks(site, lena)[0].signed
    settle = lambda: hours.settle(  # noqa: E731
        site.store, femi, lena.public_id, its, monday, 90, "We rang them.", UUID(int=9), site.later(1_000), LONDON
    )
    with pytest.raises(Refused, match="Nothing is in dispute"):
        settle()
    site.later(7 * DAY_MS)
    with site.store.write() as db:
        no = ConfirmationRow(lena.person_id, its, monday, uuid4(), True, 60, False, "An hour.", None, site.now_ms)
        assert rows.confirm(db, no)
    with pytest.raises(Refused, match="The business said something else"):
        sign(mira, minutes)
    assert settle()
    assert not settle()
    assert [(week.state, week.counted) for week in weeks(site, lena)] == [(State.SETTLED, 90)]
    pairings_row = site.rows(audit, lena)
    assert {"signed-week", "settled-week"} <= {it["action"] for it in pairings_row}


def test_what_became_of_it_is_asked_at_the_end_and_three_months_later(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here), weeks=2)
    with pytest.raises(Refused, match="from its first one to today"):
        placements.end(site.store, femi, lena.public_id, its, "job", in_days(site, 1), site.now_ms, LONDON)
    site.later(14 * DAY_MS)
    placements.end(site.store, femi, lena.public_id, its, "kept-on", in_days(site, -1), site.now_ms, LONDON)
    with pytest.raises(Refused, match="91 days after"):
        placements.tell_later(site.store, lena, its, "job", site.now_ms, LONDON)
    site.later(91 * DAY_MS)
    placements.tell_later(site.store, site.again(lena.person_id), its, "job", site.now_ms, LONDON)
    (row,) = site.rows(table, lena)
    assert (row["ended"], row["later"]) == ("kept-on", "job")


def test_who_left_every_group_is_still_reached_by_who_placed_her(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here))
    with site.store.write() as db:
        db.execute(update(memberships).where(memberships.c.person_id == lena.person_id).values(left_ms=1))
    assert placements.choose(site.store, femi, lena.public_id, site.now_ms).placements[0][0].placement_id == its
    with pytest.raises(NotFound):
        placements.choose(site.store, site.facilitator(site.organisation()), lena.public_id, site.now_ms)


def test_a_learner_with_two_entries_has_one_day_of_24_hours_and_one_log(site, femi, club, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here))
    worked(site, lena, its, minutes=1_000)
    kept = member(site, club, "Lena again")
    merging.merge(site.store, kept.person_id, lena.person_id, None, site.now_ms)
    again = site.again(kept.person_id)
    with pytest.raises(Refused, match="24 hours"):
        worked(site, again, its, minutes=600)
    worked(site, again, its, minutes=60)
    assert [week.minutes for week in weeks(site, lena)] == [1_060]


def test_an_erased_learner_leaves_no_words(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here), risks="Ladder teapot")
    worked(site, lena, its)
    erasure.erase(site.store, lena.person_id, None, site.later(1))
    assert "teapot" not in str(site.rows(table, lena.person_id))
    assert "posts" not in str(site.rows(hours_table, lena.person_id))


def confirmed(site: Site, lena: SignedIn, its: UUID, minutes: int | None = None) -> None:
    """The business says of every week what she does, or something else."""
    for week in weeks(site, lena):
        with site.store.write() as db:
            said = week.minutes if minutes is None else minutes
            word = (said, said == week.minutes, None, None, site.now_ms)
            assert rows.confirm(db, ConfirmationRow(lena.person_id, its, week.monday, uuid4(), True, *word))


def test_a_completed_placement_earns_a_badge_that_holds_what_she_chose(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here), weeks=2)
    chosen = worked(site, lena, its, minutes=600)
    complete = lambda note="": completing.complete(  # noqa: E731
        site.store, femi, lena.public_id, its, note, site.now_ms, LONDON
    )
    with pytest.raises(Refused, match="not over yet"):
        complete()
    site.later(14 * DAY_MS)
    with pytest.raises(Refused, match="not confirmed yet"):
        complete()
    confirmed(site, lena, its)
    with pytest.raises(Refused, match="Fewer hours"):
        complete()
    assert [complete("The shop closed for a week."), complete()] == [True, False]
    me = site.again(lena.person_id)
    (badge,) = badges.mine(site.store, me)
    assert (badge.name, badge.course, badge.module) == ("Work placement", "", "")
    offered = evidence.offered(site.store, site.catalogue, me, badge.public_id)
    assert [(it.title, it.words) for it in offered] == [
        ("Work at Bakery", "10 hours in 1 week at Bakery, confirmed week by week."),
        (f"{str(in_days(site, -14))[:4]}-{str(in_days(site, -14))[4:6]}-{str(in_days(site, -14))[6:]} at Bakery",
         "10 hours. Wrote posts."),
    ]  # fmt: skip
    assert not any(it.chosen for it in offered)
    evidence.choose(site.store, site.catalogue, me, badge.public_id, [chosen], site.now_ms)
    (shown,) = badges.page(site.store, badge.public_id, me).evidence
    assert shown.words == "10 hours. Wrote posts."
    assert "sign done 2" in Worker(site, settings_of(site)).work()
    assert badges.page(site.store, badge.public_id, me).signed


def test_a_dispute_stands_in_the_way_of_the_badge_and_next_door_can_not_give_it(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here), weeks=2)
    worked(site, lena, its, minutes=600)
    site.later(14 * DAY_MS)
    confirmed(site, lena, its, minutes=60)
    for who, told in ((femi, Refused), (site.facilitator(site.organisation()), NotFound)):
        with pytest.raises(told):
            completing.complete(site.store, who, lena.public_id, its, "why", site.now_ms, LONDON)
    assert badges.mine(site.store, lena) == []


def test_a_line_is_corrected_once_and_its_files_stay_with_the_first(site, femi, lena, here):
    its = placed(site, femi, lena, bakery(site, femi, here))
    first = worked(site, lena, its, minutes=60)
    second = worked(site, lena, its, minutes=90, replaces=first)
    with pytest.raises(Refused, match="changed this line before"):
        worked(site, lena, its, minutes=70, replaces=first)
    (line,) = weeks(site, lena)[0].lines
    assert (line.hours_id, line.files_id) == (second, first)
    worked(site, lena, its, minutes=0, replaces=second)
    assert weeks(site, lena) == []


def test_with_two_businesses_at_once_she_works_48_hours_a_week_at_most(site, femi, lena, here):
    one, two = bakery(site, femi, here), bakery(site, femi, here, name="Forge")
    placed(site, femi, lena, one, week_minutes=40 * 60)
    with pytest.raises(Refused, match="With her other placements"):
        placed(site, femi, lena, two, week_minutes=8 * 60 + 1)
    placed(site, femi, lena, two, week_minutes=8 * 60)
    with pytest.raises(Refused, match="year"):
        placed(site, femi, lena, two, starts_day=99991201, ends_day=99991231)


def test_it_does_not_end_before_hours_she_wrote_down_and_one_that_never_began_can_be_called_off(site, femi, lena, here):
    one, two = bakery(site, femi, here), bakery(site, femi, here, name="Forge")
    its, planned = placed(site, femi, lena, one), placed(site, femi, lena, two, starts_day=in_days(site, 9))
    worked(site, lena, its)
    end = lambda which, day: placements.end(  # noqa: E731
        site.store, femi, lena.public_id, which, "none", day, site.now_ms, LONDON
    )
    end(planned, in_days(site, 0))
    yesterday = in_days(site, 0)
    site.later(DAY_MS)
    worked(site, lena, its)
    with pytest.raises(Refused, match="wrote down hours after that day"):
        end(its, yesterday)
    placed(site, femi, lena, two, starts_day=in_days(site, 9))


def test_a_mentor_asks_about_a_week_and_a_settled_one_stays(site, femi, lena, here):
    mira = mentor(site, here, "Mira")
    pairings.pair(
        site.store, femi, lena.public_id, mira.public_id, Term(in_days(site, 0)), uuid4(), site.now_ms, LONDON
    )
    its = placed(site, femi, lena, bakery(site, femi, here))
    line = worked(site, lena, its)
    monday = weeks(site, lena)[0].monday
    no = ConfirmationRow(lena.person_id, its, monday, uuid4(), True, 60, False, "An hour.", None, site.later(1))
    with site.store.write() as db:
        rows.confirm(db, no)
    hours.sign(site.store, mira, lena.public_id, its, monday, 120, uuid4(), site.later(1_000), LONDON, "On which days?")
    assert (weeks(site, lena)[0].asked, weeks(site, lena)[0].state) == ("On which days?", State.DISPUTED)
    hours.settle(
        site.store, femi, lena.public_id, its, monday, 90, "Rang.", uuid4(), site.later(1_000), LONDON
    )  # fmt: skip
    assert weeks(site, lena)[0].state is State.SETTLED
    for act in (
        lambda: worked(site, lena, its, minutes=60, replaces=line),
        lambda: hours.sign(site.store, mira, lena.public_id, its, monday, 120, uuid4(), site.now_ms, LONDON),
    ):
        with pytest.raises(Refused, match="settled"):
            act()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://", "http://[oops", "https://a@b.example", "ftp://a"])
def test_a_link_is_one_a_browser_opens_and_nothing_else(site, femi, lena, here, link):
    its = placed(site, femi, lena, bakery(site, femi, here))
    with pytest.raises(Refused) as told:
        hours.log(
            site.store, lena, its, Line(uuid4(), in_days(site, 0), 60, "Posts.", link), site.now_ms, LONDON
        )  # fmt: skip
    assert told.value.field == "link"


def test_she_takes_it_away_with_the_name_of_the_business(site, femi, lena, here):
    worked(site, lena, placed(site, femi, lena, bakery(site, femi, here), risks="Hot ovens."))
    found = own.everything(site.store, lena.person_id)
    (row,) = found["placements"]
    assert (row["business"], row["risks"], found["hours"][0]["what"]) == ("Bakery", "Hot ovens.", "Wrote posts.")
    assert not {"business_id", "by_id", "mentor_id"} & set(row)

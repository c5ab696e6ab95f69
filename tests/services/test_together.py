"""Done together: a lesson counts for those who were there and agreed; and what she says against it."""

from __future__ import annotations

import uuid

import pytest

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.events import Refusal, check
from lms.services import clubs, together
from lms.store.tables import attendance, progress
from tests.services.club import meeting
from tests.services.test_registers import club, enter, femi, lena, shown

__all__ = ["club", "femi", "lena"]

LESSON = "tea/brewing/pour"


@pytest.fixture
def its(site, femi, club, lena):
    its = meeting(site, club)
    site.later(3_600_000)
    enter(site, femi, its, lena.public_id, new=["Nadia"])
    return its


def lessons(site, reader, its):
    return {
        it.value: it for it in together.offer(site.store, site.catalogue, reader, its.public_id, site.now_ms).lessons
    }


def enter_it(site, reader, its, lesson, *agreed):
    ids = [it if isinstance(it, str) else it.public_id for it in agreed]
    return together.enter(site.store, site.catalogue, reader, its.public_id, lesson, ids, site.now_ms, site.zone)


def test_what_can_be_chosen_is_of_the_groups_courses_and_who_was_there(site, femi, its, lena):
    found = together.offer(site.store, site.catalogue, femi, its.public_id, site.now_ms)
    assert {it.value.split("/")[0] for it in found.lessons} == {"tea"}
    assert [it.display_name for it in found.present] == ["Lena", "Nadia"]


def test_it_is_recorded_for_those_who_agreed_as_of_the_meeting_and_by_whom(site, femi, its, lena):
    zara = site.person("Zara")
    (value,) = [it for it in lessons(site, femi, its) if it.endswith("/water")]
    assert enter_it(site, femi, its, value, lena) == 1
    assert enter_it(site, femi, its, value, lena) == 0
    rows = site.events(lena)
    assert {row["kind"] for row in rows} == {"done"}
    assert {(row["by_id"], row["at_ms"], row["recorded_ms"]) for row in rows} == {
        (femi.person_id, its.starts_ms, site.now_ms)
    }
    assert site.events(zara) == []
    assert site.progress(lena)["done_count"] >= len(rows) - 1


def test_quiz_steps_and_what_is_hers_alone_are_never_entered(site):
    shape = site.shape()
    for no, step in shape.steps.items():
        event = next(iter(_events(shape, no)))
        if shape.in_quiz(no) or step.kind.value in ("rate", "rate-again", "task", "reflect"):
            with pytest.raises(Refusal):
                check(event, shape, together=True)
        elif step.kind.value in ("question", "order", "match", "gaps", "code"):
            assert check(event, shape, together=True) == no
            with pytest.raises(Refusal):
                check(event, shape)


def _events(shape, no):
    from lms.learning.events import Event, EventKind

    module, name = shape.places[no]
    yield Event(uuid.uuid4(), shape.plan.course, shape.hash, module, name, EventKind.DONE, "en", 0)


@pytest.mark.parametrize("wrong", ["nobody", "absent", "no lesson", "another course", "too late"])
def test_what_cant_be_entered_is_refused_and_nothing_is_written(site, femi, its, lena, wrong):
    (value,) = [it for it in lessons(site, femi, its) if it.endswith("/water")]
    who = {"nobody": [], "absent": [lena, site.person("Zara")]}.get(wrong, [lena])
    lesson = {"no lesson": "", "another course": "toast/toasting/slice"}.get(wrong, value)
    if wrong == "too late":
        site.later(93 * DAY_MS)
    with pytest.raises(Refused):
        enter_it(site, femi, its, lesson, *who)
    assert site.count(progress) == 0


def test_somebody_elses_meeting_is_not_found(site, its, lena):
    elsewhere = site.facilitator(site.organisation())
    with pytest.raises(NotFound):
        enter_it(site, elsewhere, its, "tea/brewing/water", lena)


def test_she_sees_what_was_entered_and_by_whom(site, femi, its, lena):
    (value,) = [it for it in lessons(site, femi, its) if it.endswith("/water")]
    enter_it(site, femi, its, value, lena)
    found = clubs.mine(site.store, site.catalogue, lena)
    assert [(it.meeting.meeting_id, it.present, it.by) for it in found.meetings] == [(its.meeting_id, True, "Femi")]
    (entered,) = found.entered
    assert (entered.by, entered.at_ms, entered.href) == ("Femi", its.starts_ms, f"/courses/{value}")


def test_she_says_that_she_was_not_there_and_it_stays_said(site, femi, its, lena):
    form = uuid.uuid4()
    for _ in range(2):
        clubs.not_me(site.store, lena, its.public_id, form, site.later(1))
    assert shown(site, femi, its) == {"Lena": False, "Nadia": True}
    (attended,) = clubs.mine(site.store, site.catalogue, lena).meetings
    assert (attended.present, attended.by_herself, clubs.mine(site.store, site.catalogue, lena).came) == (
        False,
        True,
        0,
    )
    assert len(site.rows(attendance, lena)) == 2
    with pytest.raises(NotFound):
        clubs.not_me(site.store, site.person("Sam"), its.public_id, form, site.now_ms)

"""Asking again, day by day: what is due, and that nothing else knows of it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from lms.errors import NotFound, Refused
from lms.learning.answers import Answer
from lms.learning.days import DAY_MS
from lms.services import erasure, merging, recall
from lms.services.people import SignedIn
from lms.services.progress import where
from lms.services.rebuild import rebuild
from lms.store.tables import enrolments, events, words
from tests.services.site import TABLES, Site

POT = ("brewing", "pot")


def due(site: Site, lena: SignedIn) -> list[str]:
    """The names of the questions that open the second lesson now."""
    her = where(site.store, site.catalogue, site.shape(), lena.person_id)
    found = recall.due(site.store, her, lena.ids, *POT, site.now_ms, site.zone)
    return [site.shape().places[no][1] for no in found]


def says(site: Site, lena: SignedIn, name: str, given: Answer = (), form: UUID | None = None) -> UUID:
    no = site.shape().numbers["brewing", name]
    return recall.answer(
        site.store, site.catalogue, site.shape(), no, given, form or uuid4(), lena.person_id, site.now_ms, site.zone
    )  # fmt: skip


def held(site: Site, lena: SignedIn) -> list[object]:
    """All that learning leaves behind, but for what was said and how many events there are."""
    rows = [site.rows(table, lena) for table in TABLES if table not in (events, words)]
    return [[{name: it for name, it in row.items() if name != "last_seq"} for row in its] for its in rows]


def a_days_learning(site: Site, lena: SignedIn) -> None:
    """Something is done, and nothing finished."""
    site.send(lena, site.event("steam", "opened"))


def test_a_lesson_is_asked_about_one_three_and_seven_learning_days_later_and_on_no_other(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    asked = [bool(due(site, lena))]
    for day in range(1, 10):
        site.later(DAY_MS if day != 4 else 40 * DAY_MS)  # she was away for a while
        asked.append(bool(due(site, lena)))
        a_days_learning(site, lena)
    assert [day for day, was in enumerate(asked) if was] == [1, 3, 7]


def test_days_are_those_on_which_it_happened_not_those_on_which_it_was_sent(site: Site):
    lena, done = site.person(), site.lesson()
    site.later(3 * DAY_MS)
    site.send(lena, *done)
    assert due(site, lena), "three days ago, and sent just now"


def test_nothing_she_has_or_has_not_done_changes_by_being_asked_again(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    site.later(DAY_MS)
    before, (name,) = held(site, lena), due(site, lena)
    form = uuid4()
    for given in ("999" if name != "q-hot" else ("b",),) * 2:
        says(site, lena, name, given, form)
    says(site, lena, "q-bag", "tea leaves")
    assert [(row["mark"], row["kind"]) for row in site.events(lena)[-2:]] == [(0, "recalled"), (1, "recalled")]
    assert held(site, lena) == before
    assert due(site, lena) == []
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()
    site.later(DAY_MS)
    assert due(site, lena), "a day of nothing else was no learning day: the lesson is still one such day ago"


def test_it_enrols_nobody_and_asks_nobody_who_has_not_begun(site: Site):
    sam = site.person("Sam")
    assert due(site, sam) == []
    assert site.rows(enrolments, sam) == []


def test_a_question_of_a_quiz_and_a_step_that_is_no_question_are_refused(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    with pytest.raises(NotFound):
        says(site, lena, "q-first", ("a",))
    with pytest.raises(Refused):
        says(site, lena, "fill-it")
    with pytest.raises(Refused):
        says(site, lena, "q-hot", ("z",))
    assert all(row["kind"] != "recalled" for row in site.events(lena))


def test_two_ids_are_asked_as_one_and_a_skip_of_either_is_hers(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.lesson())
    site.later(DAY_MS)
    assert due(site, lena) == []
    merging.merge(site.store, lena.person_id, guest.person_id, None, site.now_ms)
    lena = site.again(lena.person_id)
    (name,) = due(site, lena)
    says(site, guest, name)
    assert due(site, lena) == []
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()


def test_what_she_typed_goes_when_she_is_erased(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    site.later(DAY_MS)
    says(site, lena, "q-bag", "something of mine")
    assert "something of mine" in {row["body"] for row in site.rows(words, lena)}
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    assert site.rows(words, lena) == []

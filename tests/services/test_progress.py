"""Where a learner is, and rebuilding it all from what she did."""

from __future__ import annotations

import json
import random
import re
from functools import partial

import pytest

from lms.learning import progress as fold_rules
from lms.services import badges, publishing
from lms.services import progress as service
from lms.services.erasure import erase
from lms.services.jobs import Tools
from lms.services.rebuild import Rebuilt, rebuild
from lms.services.released import record_released
from lms.store import progress as rows
from lms.store.tables import awards, enrolments, events, handles, learner_months, milestones, progress
from tests.services import written
from tests.services.site import Site, at_once
from tests.store.databases import every_kind

pytestmark = every_kind


def again(site: Site, check_only: bool = False) -> Rebuilt:
    return rebuild(site.store, site.catalogue, site.zone, check_only)


def history(site: Site, seed: int) -> list[dict]:
    """What somebody may have done, in an odd order, with a release in between."""
    dice = random.Random(seed)
    made = site.lesson(wrong=True) + site.lesson() + site.toast()
    made += [site.quiz("started", number) for number in (1, 2, 3)]
    made += [
        site.quiz("answered", dice.randrange(1, 4), name, [dice.choice("ab")])
        for name in ("q-first", "q-second", "q-lid", "q-cold") * 2
    ]
    made += [site.quiz("finished", number) for number in (1, 2)]
    made += [site.event(name, "opened") for name in ("water", "steam", "quiz")]
    dice.shuffle(made)
    return made


def test_what_the_events_come_to_is_what_was_folded_as_they_came(site: Site):
    people = [site.person(f"Learner {number}") for number in range(6)]
    for seed, person in enumerate(people):
        site.send(person, *history(site, seed))
    publishing.publish(site.store, "tea", written.changed(("- Optional: yes", "")), written.TODAY, site.later(2_000))
    for seed, person in enumerate(people):
        site.send(person, *history(site, seed + 100))
    found = again(site)
    assert found.differences == ()
    assert (found.learners, found.events) == (12, site.count(events))


TAMPERED = (
    {"state": fold_rules.state_to_json(fold_rules.State())},
    {"done_count": 77},
    {"score": 9},
    {"last_at_ms": 1},
    {"last_seq": 1},
)


def test_a_row_that_was_tampered_with_is_found_and_put_right(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    right = site.progress(lena)
    for wrong in TAMPERED:
        tamper(site, lena, wrong)
        (column,) = wrong
        said = (f"person {lena.person_id}, course {right['course_id']}: progress differs from events ({column})",)
        assert again(site, check_only=True).differences == said
        assert site.progress(lena) == right | wrong, "a check changes nothing"
        assert again(site).differences == said
        assert site.progress(lena) == right
        assert again(site).differences == ()


def tamper(site: Site, lena, values: dict) -> None:
    with site.store.write() as db:
        db.execute(progress.update().where(progress.c.person_id == lena.person_id).values(**values))


def test_a_learner_whose_number_was_tampered_with_goes_on_after_the_rebuild(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    tamper(site, lena, {"last_seq": 2})
    again(site)
    assert site.results(lena, site.event("steam", "done")) == ["new"]
    assert site.seqs(lena) == [1, 2, 3, 4, 5, 6, 7]


def test_a_milestone_that_is_missing_is_put_back_as_it_was(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    before = site.rows(milestones, lena)
    with site.store.write() as db:
        gone = (milestones.c.person_id == lena.person_id) & (milestones.c.kind == "lesson")
        db.execute(milestones.delete().where(gone))
    site.later(86_400_000)
    assert len(again(site, check_only=True).differences) == 2
    again(site)
    assert site.rows(milestones, lena) == before


def everything(site: Site) -> dict[str, list[dict]]:
    """What follows from events, of everybody. A badge's page is made anew, at another address."""
    with site.store.read() as db:
        found = {it.name: [dict(row) for row in db.execute(whole(it)).mappings()] for it in DERIVED}
    own = {"award_id", "public_id"}
    return {
        name: sorted(
            ([*it.items()] for it in ({k: v for k, v in row.items() if k not in own} for row in its)), key=repr
        )
        for name, its in found.items()
    }


DERIVED = (awards, learner_months, milestones, progress)


def whole(table):
    return table.select().where(table.c.person_id > 0).order_by("person_id")


def change(site: Site, person, statement) -> None:
    table = statement.table
    with site.store.write() as db:
        db.execute(statement.where(table.c.person_id == person.person_id))


def learned(site: Site) -> list:
    """Two learners, in the middle of it over two months, one with a badge."""
    lena, mira = site.person(), site.person("Mira")
    site.send(lena, *site.lesson(wrong=True), *site.toast())
    site.send(mira, *history(site, 3))
    site.later(20 * 86_400_000)
    site.send(lena, *site.lesson())
    return [lena, mira]


def test_progress_rows_that_are_missing_are_found_and_made_again(site: Site):
    people, before = learned(site), everything(site)
    for person in people:
        change(site, person, progress.delete())
    found = again(site, check_only=True)
    assert len(found.differences) == found.learners == 4
    assert all(said.endswith("progress is missing") for said in found.differences)
    assert again(site).differences == found.differences
    assert again(site) == Rebuilt(4, site.count(events), ())
    assert everything(site) == before
    assert site.results(people[0], site.event("steam", "done")) == ["new"]


def test_a_badge_that_is_missing_is_given_again_as_it_was(site: Site):
    lena, before = learned(site)[0], everything(site)
    renamed = written.toast()
    renamed["course.md"] = renamed["course.md"].replace(b"badge: Toaster", b"badge: Master of toast")
    publishing.publish(site.store, "toast", renamed, written.TODAY, site.later(2_000))
    assert again(site, check_only=True).differences == ()
    change(site, lena, awards.delete())
    (said,) = again(site, check_only=True).differences
    assert re.fullmatch(rf"person {lena.person_id}, course \d+: badge \d+ is missing", said)
    assert site.rows(awards, lena) == []
    again(site)
    assert everything(site) == before
    (badge,) = badges.mine(site.store, lena)
    assert badges.page(site.store, badge.public_id, lena).name == "Toaster", "its page is there too"
    assert again(site).differences == ()


def test_a_badge_that_no_release_of_hers_gave_is_not_missing(site: Site):
    plain = written.toast()
    plain["course.md"] = plain["course.md"].replace(b"badge: Toaster", b"badge: none")
    publishing.publish(site.store, "toast", plain, written.TODAY, site.later(2_000))
    lena = site.person()
    site.send(lena, *site.toast())
    change(site, lena, awards.delete())
    assert again(site).differences == ()
    assert site.rows(awards, lena) == []


def test_the_badge_of_somebody_erased_leads_nowhere_when_it_is_given_again(site: Site):
    lena = site.person()
    site.send(lena, *site.toast())
    erase(site.store, lena.person_id, None, site.now_ms)
    before = everything(site)
    change(site, lena, awards.delete())
    again(site)
    assert everything(site) == before
    with site.store.read() as db:
        assert not list(db.execute(handles.select().where(handles.c.person_id == lena.person_id)))


MONTHS = (
    learner_months.update().values(answers=learner_months.c.answers + 1),
    learner_months.update().values(lessons=0),
    learner_months.update().values(day_bits=1),
    learner_months.delete().where(learner_months.c.month == 202612),
    learner_months.delete(),
)


@pytest.mark.parametrize("statement", MONTHS, ids=["answers", "lessons", "days", "one-gone", "all-gone"])
def test_months_that_were_changed_are_found_and_counted_anew(site: Site, statement):
    lena, before = learned(site)[0], everything(site)
    change(site, lena, statement)
    wrong = everything(site)
    found = again(site, check_only=True).differences
    assert found
    assert all(re.search(r"month \d{6} differs from events$", said) for said in found)
    assert everything(site) == wrong, "a check changes nothing"
    assert again(site).differences == found
    assert everything(site) == before
    assert again(site).differences == ()


def test_a_month_in_which_she_did_nothing_is_taken_out(site: Site):
    lena, before = learned(site)[0], everything(site)
    first = site.rows(learner_months, lena)[0]
    with site.store.write() as db:
        db.execute(learner_months.insert().values({**first, "month": 202701}))
    (said,) = again(site, check_only=True).differences
    assert said.endswith("month 202701 differs from events")
    again(site)
    assert everything(site) == before


def test_a_lesson_that_a_publication_finished_counts_in_no_month(site: Site):
    lena = site.person()
    site.send(lena, site.event("slice-it", "done", module="toasting", course="toast"))
    shorter = written.toast()
    text = shorter["toasting.md"].decode().replace("### Butter it {#butter-it}\n\nWhile it is warm.\n", "")
    head = "changes:\n  - 2026-11-21 removed butter-it\n---\n# Toasting"
    shorter["toasting.md"] = text.replace("---\n# Toasting", head, 1).encode()
    done = publishing.publish(site.store, "toast", shorter, written.TODAY, site.later(2_000))
    tools = Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms)
    assert record_released(tools, done.course_id, done.publication_no).finished["lesson"] == 1
    before = everything(site)
    assert again(site, check_only=True).differences == ()
    for statement in (progress.delete(), awards.delete(), milestones.delete(), learner_months.delete()):
        change(site, lena, statement)
    again(site)
    assert everything(site) == before


def test_a_fold_that_has_changed_meaning_folds_everyone_again_as_they_come(site: Site):
    lena, mira = site.person(), site.person("Mira")
    for person in (lena, mira):
        site.send(person, *site.lesson())
    right = site.progress(lena)
    with site.store.write() as db:
        for person in (lena, mira):
            old = {"state": json.dumps({"an": "older form"}), "fold_version": fold_rules.FOLD_VERSION + 7}
            db.execute(progress.update().where(progress.c.person_id == person.person_id).values(**old))
    where = service.where(site.store, site.catalogue, site.shape(), lena.person_id)
    assert where.lesson_finished("brewing", "water"), "a page folds what it shows"
    assert site.results(lena, site.event("steam", "done")) == ["new"]
    assert site.progress(lena)["done_count"] == right["done_count"] + 1
    assert site.progress(lena)["fold_version"] == fold_rules.FOLD_VERSION
    assert again(site).differences == (), "it is not wrong to be of an older version"
    assert site.progress(mira)["state"] == right["state"]


def test_people_who_learn_meanwhile_are_no_difference(site: Site):
    learners = [site.person(f"Learner {number}") for number in range(4)]
    for person in learners:
        site.send(person, *site.lesson())
    sending = [partial(site.send, person, *site.lesson()) for person in learners for _ in range(3)]
    came = at_once([partial(again, site, True), *sending, partial(again, site, True)])
    assert [it.differences for it in came if isinstance(it, Rebuilt)] == [(), ()]


def test_a_rebuild_says_how_far_it_is(site: Site):
    for number in range(3):
        site.send(site.person(f"Learner {number}"), *site.toast())
    told: list[int] = []
    rebuild(site.store, site.catalogue, site.zone, step=told.append)
    assert told == [1, 2, 3]


def test_a_rebuild_takes_people_page_by_page(site: Site, monkeypatch):
    for number in range(5):
        site.send(site.person(f"Learner {number}"), *site.toast())
    monkeypatch.setattr(rows, "every_enrolled", partial(rows.every_enrolled, page=2))
    assert again(site) == Rebuilt(5, 10, ())


def test_where_she_is_is_asked_for_one_course_and_for_all(site: Site):
    lena = site.person()
    site.send(lena, *site.toast())
    tea, toast = service.everywhere(site.store, site.catalogue, site.catalogue.shelf(site.now_ms), lena.person_id)
    assert (tea.begun, toast.begun) == (False, True)
    assert toast.lesson_finished("toasting", "bread")
    assert not service.where(site.store, site.catalogue, site.shape("toast"), None).begun
    assert service.where(site.store, site.catalogue, site.shape("toast"), lena.person_id).last_at_ms == site.now_ms


@pytest.mark.parametrize("size", [1, 7, 200])
def test_the_same_events_in_any_batches_come_to_the_same(site: Site, size: int):
    whole, cut, made = site.person(), site.person("Mira"), history(site, 5)
    seed = {"draw_seed": 77}
    for person in (whole, cut):  # the same draws for both
        site.send(person, made[0], next(it for it in made if it["course"] != made[0]["course"]))
        with site.store.write() as db:
            db.execute(enrolments.update().where(enrolments.c.person_id == person.person_id).values(**seed))
    site.send(whole, *made)
    for first in range(0, len(made), size):
        site.send(cut, *made[first : first + size])
    for course in ("tea", "toast"):
        assert site.progress(whole, course)["state"] == site.progress(cut, course)["state"]

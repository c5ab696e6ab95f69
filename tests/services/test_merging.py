"""Two people who are one: what is hers then, and what it is again when that was a mistake."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

import pytest

from lms.errors import NotFound, Refused
from lms.learning import measures
from lms.learning.people import Role, ScopeKind
from lms.services import (
    badges,
    codes,
    erasure,
    groups,
    memberships,
    merging,
    own,
    people,
    practice,
    quiz,
    reports,
    roles,
    ways_in,
)
from lms.services.people import SignedIn
from lms.services.progress import where
from lms.services.rebuild import rebuild
from lms.store.audit import chain_holds
from lms.store.people import person
from lms.store.tables import audit, awards, enrolments, merges
from tests.services.site import ADDRESS, SECRET, TABLES, Site, at_once
from tests.services.test_reports_dates import tables

WORDS = "three words you like"


def merge(site: Site, kept: SignedIn, other: SignedIn, by: SignedIn | None = None):
    return merging.merge(site.store, kept.person_id, other.person_id, by.person_id if by else None, site.later(1))


def undo(site: Site, kept: SignedIn, merge_id) -> None:
    merging.undo(site.store, kept.person_id, merge_id, None, site.later(1))


def nothing_differs(site: Site) -> None:
    assert rebuild(site.store, site.catalogue, site.zone, check_only=True).differences == ()


def learning(site: Site, *people: SignedIn) -> list[list[dict]]:
    return [site.rows(table, it) for it in people for table in TABLES]


def account(site: Site, name: str, username: str) -> SignedIn:
    token = people.sign_up(site.store, name, username, WORDS, "yes", "en", site.now_ms)
    return site.again(token.person_id)


def test_what_two_ids_did_is_one_persons_and_finishes_what_neither_did_alone(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.lesson()[:3], *site.toast()[:1])
    site.later(60_000)
    site.send(lena, *site.lesson()[3:])
    merge(site, lena, guest)
    assert site.progress(lena)["done_count"] == 6
    assert "lesson" in {kind for kind, _ in site.milestones(lena)} - {kind for kind, _ in site.milestones(guest)}
    assert site.progress(lena, "toast")["done_count"] == 1, "begun by the guest alone"
    nothing_differs(site)
    site.send(lena, *site.toast()[1:])
    assert len(site.rows(awards, lena)) == 1, "the half of one and the half of the other are the course"
    nothing_differs(site)


def test_merged_and_undone_is_as_if_it_had_never_been(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.lesson(), *site.toast(), site.quiz("started", 1))
    site.send(lena, *site.lesson()[:2])
    before = learning(site, lena, guest)
    merge_id = merge(site, lena, guest)
    assert learning(site, lena, guest) != before
    undo(site, lena, merge_id)
    assert learning(site, lena, guest) == before
    undo(site, lena, merge_id)
    assert learning(site, lena, guest) == before, "twice is once"
    nothing_differs(site)
    with site.store.read() as db:
        assert chain_holds(db, lena.person_id)
        assert chain_holds(db, guest.person_id)
    said = [[row["action"] for row in site.rows(audit, it)] for it in (lena, guest)]
    assert said == [["merged", "unmerged"], ["merged-into", "unmerged-from"]]


def test_what_each_did_while_they_were_one_is_each_ones_own_afterwards(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.lesson())
    merge_id = merge(site, lena, guest)
    site.later(60_000)
    site.send(lena, *site.lesson())
    assert not site.milestones(lena), "she has finished it before, as the guest"
    site.send(guest, *site.toast())
    assert site.progress(lena, "toast")["done_count"] == 2, "a phone that still sends as the guest sends what is hers"
    nothing_differs(site)
    undo(site, lena, merge_id)
    assert "lesson" in {kind for kind, _ in site.milestones(lena)}
    assert [row["course_id"] for row in site.rows(enrolments, lena)] == [site.shape().course_id]
    assert len(site.rows(awards, guest)) == 1
    nothing_differs(site)


def test_attempts_of_the_same_number_are_two_and_the_best_mark_counts(site: Site):
    lena, guest = site.person(), site.person("A guest")
    for its, right in ((guest, "a"), (lena, "b")):
        site.send(its, site.quiz("started", 1))
        go = quiz.see(site.store, site.catalogue, site.shape(), "brewing", its.person_id).go
        assert go
        for no in go.asked:
            site.send(its, site.quiz("answered", 1, site.shape().places[no][1], [right]))
        site.send(its, site.quiz("finished", 1))
    best = where(site.store, site.catalogue, site.shape(), guest.person_id).best("brewing")
    assert best
    merge(site, lena, guest)
    view = quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id)
    assert view.where.best("brewing") == best
    assert len(view.where.state.attempts[view.quiz.no]) == 2
    assert view.next_number == 2, "her tries are her own: none is taken and none given"
    nothing_differs(site)


def test_an_attempt_the_guest_began_goes_on_as_it_was_drawn(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, site.quiz("started", 1))
    see = partial(quiz.see, site.store, site.catalogue, site.shape(), "brewing")
    began = see(guest.person_id).go
    merge(site, lena, guest)
    view = see(lena.person_id)
    assert view.running
    assert (view.go.asked, view.go.seed) == (began.asked, began.seed)
    clock = (site.now_ms, site.zone)
    for no in view.go.asked:
        name = site.shape().places[no][1]
        event = site.event(name, "answered")
        given = practice.given(site.shape().steps[no], ["a"])
        quiz.answer(site.store, site.catalogue, view.go, no, given, UUID(event["id"]), lena.person_id, *clock)
    quiz.finish(site.store, site.catalogue, view.go, lena.person_id, *clock)
    view = see(lena.person_id)
    assert view.go.attempt.finished
    assert len(view.go.attempt.marks) == len(view.go.asked)
    assert quiz.told(site.store, site.catalogue, view.go, lena.person_id).keys() == set(view.go.asked)
    nothing_differs(site)


def test_nobody_is_merged_into_herself_however_many_there_are(site: Site):
    a, b, c = (site.person(name) for name in "ABC")
    merge(site, b, a)
    merge(site, c, b)
    for kept, other in ((a, b), (b, c), (a, c), (c, c)):
        with pytest.raises(Refused):
            merge(site, kept, other)
    site.send(a, *site.toast()[:1])
    site.send(b, *site.toast()[1:])
    assert site.progress(c, "toast")["done_count"] == 2
    undo(site, b, site.rows(merges, b)[0]["merge_id"])
    assert site.progress(c, "toast")["done_count"] == 1, "A is herself again"
    assert site.progress(a, "toast")["done_count"] == 1
    nothing_differs(site)
    with pytest.raises(NotFound):
        merging.merge(site.store, a.person_id, 5, None, site.now_ms)


def test_either_way_round_at_once_is_one_merge_and_what_is_done_meanwhile_is_in_it(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.lesson()[:1])
    calls = [
        partial(merge, site, lena, guest),
        partial(merge, site, guest, lena),
        partial(site.send, guest, *site.lesson()[1:]),
        partial(site.send, guest, *site.toast()),
        partial(site.send, lena, *site.toast()[:1]),
    ]
    came = at_once(calls)
    assert sorted(type(it).__name__ for it in came[:2]) == ["Refused", "UUID"]
    (row,) = site.rows(merges, lena) + site.rows(merges, guest)
    assert site.progress(row["person_id"])["done_count"] == 6
    assert site.progress(row["person_id"], "toast")["done_count"] == 2
    nothing_differs(site)


def test_both_user_names_lead_to_the_kept_one_with_her_password_alone(site: Site):
    lena, old = account(site, "Lena", "lena"), account(site, "Lena B", "lena-old")
    people.sign_up(site.store, "Sam", "sam", "another three words", "yes", "en", site.now_ms)
    merge_id = merge(site, lena, old)
    for name in ("lena", "lena-old"):
        token = people.sign_in(site.store, name, WORDS, ADDRESS, site.later(1))
        assert token.person_id == lena.person_id
    now = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    assert now.ids == (lena.person_id, old.person_id)
    site.later(1)
    ways_in.change_password(site.store, now, token.secret, WORDS, "quite other words", ADDRESS, site.now_ms)
    with pytest.raises(Refused):
        people.sign_in(site.store, "lena-old", WORDS, ADDRESS, site.later(1))
    undo(site, lena, merge_id)
    assert people.sign_in(site.store, "lena-old", WORDS, ADDRESS, site.later(1)).person_id == old.person_id


def test_an_account_is_not_merged_into_a_guest_nor_somebody_with_a_role_into_another(site: Site):
    lena, guest = account(site, "Lena", "lena"), site.person("A guest")
    femi = site.facilitator(site.organisation())
    for kept, other in ((guest, lena), (lena, femi)):
        with pytest.raises(Refused):
            merge(site, kept, other)
    merge(site, lena, guest)
    with pytest.raises(Refused):
        roles.give_role(
            site.store, site.administrator(), guest.public_id, Role.ADMINISTRATOR, ScopeKind.SITE, 0, None, site.now_ms
        )


def test_a_code_for_one_of_her_ids_is_a_code_for_her_and_no_way_up(site: Site):
    femi = site.facilitator(site.organisation())
    group, lena, guest = site.group(femi), site.person(), site.person("A guest")
    site.join(guest, group)
    merge(site, lena, guest)
    _, code = codes.give_code(site.store, femi, guest.public_id, site.now_ms)
    token = codes.use_code(site.store, code, ADDRESS, site.now_ms)
    assert token.person_id == lena.person_id
    assert ways_in.came_by_code(site.store, token.person_id, token.secret, site.now_ms)
    roles.give_role(
        site.store, site.administrator(), lena.public_id, Role.ADMINISTRATOR, ScopeKind.SITE, 0, None, site.later(1)
    )
    with pytest.raises(Exception, match="Only an administrator"):
        codes.give_code(site.store, femi, guest.public_id, site.later(1))


def test_a_badge_given_to_both_is_shown_once_and_neither_is_taken_back(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.toast())
    site.later(60_000)
    site.send(lena, *site.toast())
    merge(site, lena, guest)
    lena = site.again(lena.person_id)
    (shown,) = badges.mine(site.store, lena)
    (first,) = site.rows(awards, guest)
    assert (shown.public_id, shown.holder) == (first["public_id"], "Lena")
    badges.show(site.store, lena, shown.public_id, shown=True, named=True, at_ms=site.now_ms)
    assert badges.page(site.store, shown.public_id, None).holder == "Lena"
    assert [row["revoked_ms"] for it in (lena, guest) for row in site.rows(awards, it)] == [None, None]


def test_she_is_in_a_group_once_and_leaves_it_once(site: Site):
    femi = site.facilitator(site.organisation())
    group, other = site.group(femi, "toast"), site.group(femi, "toast")
    lena, guest = site.person(), site.person("A guest")
    site.join(guest, group)
    site.join(guest, other)
    site.join(lena, group)
    site.send(guest, *site.toast())
    merge(site, lena, guest)

    def seen(public_id: str) -> list[tuple[str, int]]:
        page = groups.members(site.store, femi, public_id, SECRET, site.now_ms)
        shape = site.shape("toast")
        return [(it.display_name, len(it.where(site.store, site.catalogue, shape).state.done)) for it in page.members]

    assert seen(group.public_id) == seen(other.public_id) == [("Lena", 2)]
    lena = site.again(lena.person_id)
    assert len(memberships.joined(site.store, lena)) == 2
    memberships.leave(site.store, lena, group.public_id, site.later(1))
    assert (seen(group.public_id), len(seen(other.public_id))) == ([], 1)


def test_her_data_holds_all_her_ids_and_erasing_her_erases_all_of_them(site: Site):
    lena, guest = site.person(), site.person("A guest")
    site.send(guest, *site.toast())
    merge(site, lena, guest)
    lena = site.again(lena.person_id)
    assert len(own.everything(site.store, *lena.ids)["people"]) == 2
    assert erasure.to_erase(site.store, site.administrator(), guest.public_id, site.now_ms).several
    erasure.erase(site.store, guest.person_id, None, site.later(1))
    with site.store.read() as db:
        assert [person(db, its_id) for its_id in lena.ids] == [None, None]
    nothing_differs(site)


def test_reports_count_her_once_from_then_on(site: Site, tmp_path, monkeypatch):
    monkeypatch.setattr(measures, "FEWEST_SHOWN", 1)
    monkeypatch.setattr(measures, "ROUNDED_TO", 1)
    lena, guest = site.person(), site.person("A guest")
    for its in (lena, guest):
        site.send(its, *site.toast())
        site.later(60_000)
    day = datetime.fromtimestamp(site.now_ms / 1000, site.zone).date()

    def counts() -> dict[str, str]:
        package = reports.export(site.store, site.zone, day, site.now_ms, tmp_path).read_bytes()
        return {row["measure"]: row["count"] for row in tables(package)["data/by-area.csv"]}

    def single() -> list[tuple[object, ...]]:
        with site.store.read() as db:
            about = reports._period(db, site.zone, day, site.now_ms)
            return sorted(cell[1:] for cell in reports.learner_cells(db, about, b"", lambda _: None))

    twice, both = counts(), single()
    assert (twice["started"], twice["active"], twice["badges"], len(both)) == ("2", "2", "2", 2)
    merge_id = merge(site, lena, guest)
    assert counts() == {measure: str(int(count) // 2) for measure, count in twice.items()}
    assert single() == both[:1]
    undo(site, lena, merge_id)
    assert (counts(), single()) == (twice, both)

"""Roles: given, ended, listed; a site is never left without an administrator."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import codes, people, roles, ways_in
from lms.services.erasure import erase
from lms.services.people import SignedIn
from lms.store import people as rows
from lms.store.audit import chain_holds
from lms.store.tables import audit
from lms.store.tables import roles as table
from tests.services.site import ADDRESS, TABLES, Site, at_once
from tests.store.databases import every_kind

DAY_MS = 86_400_000
WORDS = "three words you like"


def administrator(site: Site, username: str) -> SignedIn:
    """One who can sign in."""
    ada = site.administrator()
    with site.store.write() as db:
        rows.change_person(db, ada.person_id, username=username)
    return site.again(ada.person_id)


def give(site: Site, giver: SignedIn, person: SignedIn, role: Role = Role.FUNDER, **more) -> None:
    scope, scope_id = more.get("scope", ScopeKind.SITE), more.get("scope_id", 0)
    roles.give_role(site.store, giver, person.public_id, role, scope, scope_id, more.get("ends_ms"), site.now_ms)


def end(site: Site, ender: SignedIn, person: SignedIn, role_id: UUID) -> None:
    roles.end_role(site.store, ender, person.public_id, role_id, site.now_ms)


def role_ids(site: Site, person: SignedIn) -> list[UUID]:
    return [row["role_id"] for row in site.rows(table, person)]


def test_a_role_is_given_holds_at_once_and_ends_at_once(site: Site):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    give(site, ada, fola)
    assert [it.role for it in site.again(fola.person_id).roles if it.holds(site.now_ms)] == [Role.FUNDER]
    site.later(1)
    end(site, ada, fola, *role_ids(site, fola))
    assert [it.role for it in site.again(fola.person_id).roles if it.holds(site.now_ms)] == []
    assert [row["action"] for row in site.rows(audit, fola)] == ["gave-role", "ended-role"]
    with site.store.read() as db:
        assert chain_holds(db, fola.person_id)


def test_a_role_with_an_end_ends_by_itself(site: Site):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    give(site, ada, fola, ends_ms=site.now_ms + DAY_MS)
    (held,) = site.again(fola.person_id).roles
    assert held.holds(site.now_ms + DAY_MS - 1)
    assert not held.holds(site.now_ms + DAY_MS)


def test_a_role_is_ended_once(site: Site):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    give(site, ada, fola)
    (role_id,) = role_ids(site, fola)
    site.later(1)
    end(site, ada, fola, role_id)
    for other in (role_id, uuid4()):
        with pytest.raises(NotFound):
            end(site, ada, fola, other)


@pytest.mark.parametrize(
    ("role", "scope", "scope_id"),
    [
        (Role.LEARNER, ScopeKind.SITE, 0),
        (Role.ADMINISTRATOR, ScopeKind.GROUP, 1),
        (Role.FACILITATOR, ScopeKind.SITE, 0),
        (Role.FACILITATOR, ScopeKind.ORGANISATION, 99),
        (Role.FACILITATOR, ScopeKind.GROUP, 99),
        (Role.FUNDER, ScopeKind.SITE, 1),
        (Role.FUNDER, ScopeKind.SITE, 10**12),
    ],
)
def test_a_role_is_given_only_where_it_can_hold(site: Site, role: Role, scope: ScopeKind, scope_id: int):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    with pytest.raises(Refused) as refused:
        give(site, ada, fola, role, scope=scope, scope_id=scope_id)
    assert refused.value.field == "scope"
    assert site.rows(table, fola) == []


def test_a_role_can_not_end_before_it_starts(site: Site):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    with pytest.raises(Refused):
        give(site, ada, fola, ends_ms=site.now_ms)


def test_only_an_administrator_gives_and_ends_roles(site: Site):
    ada, fola = administrator(site, "ada"), site.person("Fola")
    give(site, ada, fola)
    (role_id,) = role_ids(site, fola)
    for other in (fola, site.person("Sam"), site.facilitator(site.organisation())):
        for do in (partial(give, site, other, fola), partial(end, site, other, fola, role_id)):
            with pytest.raises(Forbidden):
                do()
        with pytest.raises(Forbidden):
            roles.people_page(site.store, other, site.now_ms)
        with pytest.raises(Forbidden):
            roles.scopes(site.store, other, site.now_ms)


def test_nobody_is_found_by_an_id_that_is_nobodys(site: Site):
    ada = administrator(site, "ada")
    for odd in ("", "\0", "\ud800", "x" * 10_000, str(ada.person_id)):
        with pytest.raises(NotFound):
            roles.give_role(site.store, ada, odd, Role.FUNDER, ScopeKind.SITE, 0, None, site.now_ms)
        with pytest.raises(NotFound):
            roles.end_role(site.store, ada, odd, uuid4(), site.now_ms)


def test_the_last_administrator_stays(site: Site):
    ada = administrator(site, "ada")
    (role_id,) = role_ids(site, ada)
    site.later(1)
    with pytest.raises(Refused, match="last administrator"):
        end(site, ada, ada, role_id)
    with pytest.raises(Refused, match="last administrator"):
        erase(site.store, ada.person_id, None, site.now_ms)
    bert = administrator(site, "bert")
    site.later(1)
    end(site, bert, ada, role_id)
    assert not [it for it in site.again(ada.person_id).roles if it.holds(site.now_ms)]


def test_two_administrators_can_not_end_each_other_at_once(site: Site):
    ada, bert = administrator(site, "ada"), administrator(site, "bert")
    site.later(1)
    came = at_once(
        [partial(end, site, ada, bert, *role_ids(site, bert)), partial(end, site, bert, ada, *role_ids(site, ada))]
    )
    assert sorted(map(type, came), key=str) == sorted([type(None), Refused], key=str)
    with site.store.read() as db:
        assert len(rows.holders(db, Role.ADMINISTRATOR, site.now_ms)) == 1


def test_two_administrators_can_not_be_erased_at_once(site: Site):
    ada, bert = administrator(site, "ada"), administrator(site, "bert")
    came = at_once([partial(erase, site.store, it.person_id, None, site.now_ms) for it in (ada, bert)])
    assert sorted(map(type, came), key=str) == sorted([type(None), Refused], key=str)


def test_people_are_listed_a_page_at_a_time_with_their_roles(site: Site):
    ada = administrator(site, "ada")
    for number in range(roles.PAGE + 5):
        site.person(f"Learner {number}")
    give(site, ada, ada)
    first = roles.people_page(site.store, ada, site.now_ms)
    second = roles.people_page(site.store, ada, site.now_ms, first.after)
    listed = [*first.listed, *second.listed]
    assert (len(first.listed), len(second.listed), second.after) == (roles.PAGE, 6, 0)
    assert len({it.public_id for it in listed}) == roles.PAGE + 6
    mine = next(it for it in listed if it.public_id == ada.public_id)
    assert {it.held.role for it in mine.roles} == {Role.ADMINISTRATOR, Role.FUNDER}
    assert {it.where for it in mine.roles} == {"the whole site"}


def test_a_page_beyond_everybody_is_empty(site: Site):
    ada = administrator(site, "ada")
    for after in (2**63 - 1, 2**63, 10**30):
        assert roles.people_page(site.store, ada, site.now_ms, after).listed == ()


def test_the_places_a_role_can_be_given_for(site: Site):
    ada = administrator(site, "ada")
    femi = site.facilitator(site.organisation())
    site.group(femi)
    found = [(it.scope, it.name) for it in roles.scopes(site.store, ada, site.now_ms)]
    assert found == [
        (ScopeKind.SITE, "The whole site"),
        (ScopeKind.ORGANISATION, "Organisation 1"),
        (ScopeKind.GROUP, "Tuesdays"),
    ]


def test_who_gets_her_first_role_signs_in_anew_and_has_it(site: Site):
    ada = administrator(site, "ada")
    token = people.sign_up(site.store, "Fola", "fola", WORDS, "yes", "en", site.now_ms)
    give(site, ada, people.signed_in(site.store, token.person_id, token.secret, site.now_ms))
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms) is None
    anew = people.sign_in(site.store, "fola", WORDS, ADDRESS, site.now_ms)
    again = people.signed_in(site.store, anew.person_id, anew.secret, site.now_ms)
    assert [it.role for it in again.roles] == [Role.FUNDER]


def test_a_second_role_given_while_she_is_signed_in_is_hers_on_her_next_page(site: Site):
    ada = administrator(site, "ada")
    token = people.sign_up(site.store, "Fola", "fola", WORDS, "yes", "en", site.now_ms)
    fola = site.again(token.person_id)
    give(site, ada, fola)
    token = people.sign_in(site.store, "fola", WORDS, ADDRESS, site.now_ms)
    give(site, ada, fola, Role.MENTOR, scope=ScopeKind.SITE, scope_id=0)
    again = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    assert {it.role for it in again.roles} == {Role.FUNDER, Role.MENTOR}


@every_kind
def test_a_code_made_for_a_learner_does_not_open_what_she_was_given_since(site: Site):
    femi, lena = site.facilitator(site.organisation()), site.person()
    site.join(lena, site.group(femi))
    _, used = codes.give_code(site.store, femi, lena.public_id, site.now_ms)
    inside = codes.use_code(site.store, used, ADDRESS, site.now_ms)
    _, kept = codes.give_code(site.store, femi, lena.public_id, site.now_ms)
    give(site, administrator(site, "ada"), lena, Role.ADMINISTRATOR)
    assert people.signed_in(site.store, inside.person_id, inside.secret, site.now_ms) is None
    assert not ways_in.came_by_code(site.store, inside.person_id, inside.secret, site.now_ms)
    with pytest.raises(Refused):
        codes.use_code(site.store, kept, ADDRESS, site.now_ms)
    with pytest.raises(Forbidden):
        codes.give_code(site.store, femi, lena.public_id, site.now_ms)


@every_kind
def test_a_code_made_or_used_in_the_same_instant_does_not_either(site: Site):
    femi, ada = site.facilitator(site.organisation()), administrator(site, "ada")
    group = site.group(femi)
    for _ in range(8):
        lena = site.person()
        site.join(lena, group)
        _, code = codes.give_code(site.store, femi, lena.public_id, site.now_ms)
        used, made, _ = at_once(
            [
                partial(codes.use_code, site.store, code, ADDRESS, site.now_ms),
                partial(codes.give_code, site.store, femi, lena.public_id, site.now_ms),
                partial(give, site, ada, lena, Role.ADMINISTRATOR),
            ]
        )
        if isinstance(used, people.Token):
            assert people.signed_in(site.store, used.person_id, used.secret, site.now_ms) is None
        if not isinstance(made, Exception):
            with pytest.raises(Refused):
                codes.use_code(site.store, made[1], ADDRESS, site.now_ms)


def test_what_a_learner_did_stays_when_her_sign_ins_end(site: Site):
    lena = site.person()
    site.send(lena, *site.lesson())
    before = [site.rows(table_, lena) for table_ in TABLES]
    give(site, administrator(site, "ada"), lena)
    assert [site.rows(table_, lena) for table_ in TABLES] == before


def found(site: Site, reader: SignedIn, asked: str, after: int = 0) -> list[str]:
    return [it.display_name for it in roles.people_page(site.store, reader, site.now_ms, after, asked).listed]


def test_people_are_found_by_the_beginning_of_a_name_or_a_whole_user_name(site: Site):
    ada = administrator(site, "ada")
    for name in ("Lena Brown", "Nora Lenz", "Zoe\u0308 Green"):
        site.person(name)
    people.sign_up(site.store, "Kim", "lena", "three words you like", "yes", "en", site.now_ms)
    assert found(site, ada, "Lena")[0] == "Kim"
    assert sorted(found(site, ada, "LEN")) == ["Kim", "Lena Brown", "Nora Lenz"]
    assert found(site, ada, "bro le") == ["Lena Brown"]
    assert len(found(site, ada, "zo\u00eb")) == 1
    for nobody in ("ena", "lena green", "%", "_", "\0", "\ud800", "x" * 500):
        assert found(site, ada, nobody) == []


def test_a_search_goes_on_where_it_stopped_and_finds_everybody_once(site: Site, monkeypatch):
    ada = administrator(site, "ada")
    for number in range(9):
        site.person(f"Learner {number}")
    monkeypatch.setattr(roles, "LOOKED_THROUGH", 4)
    names, after, pages = [], 0, 0
    while pages == 0 or after:
        page = roles.people_page(site.store, ada, site.now_ms, after, "learner")
        names += [it.display_name for it in page.listed]
        after, pages = page.after, pages + 1
        assert page.looked == (4 if after else 0)
    assert (sorted(names), pages) == ([f"Learner {number}" for number in range(9)], 3)


def test_more_hits_than_a_page_holds_go_on_without_a_gap(site: Site):
    ada = administrator(site, "ada")
    for number in range(roles.PAGE + 7):
        site.person(f"Learner {number}")
    first = roles.people_page(site.store, ada, site.now_ms, 0, "learner")
    second = roles.people_page(site.store, ada, site.now_ms, first.after, "learner")
    assert (len(first.listed), len(second.listed), second.after) == (roles.PAGE, 7, 0)
    assert len({it.public_id for it in (*first.listed, *second.listed)}) == roles.PAGE + 7


def test_a_whole_user_name_is_found_at_once_among_very_many(site: Site, monkeypatch):
    ada = administrator(site, "ada")
    people.sign_up(site.store, "Kim", "kim.k", "three words you like", "yes", "en", site.now_ms)
    monkeypatch.setattr(roles, "LOOKED_THROUGH", 0)
    assert found(site, ada, " KIM.K ") == ["Kim"]


def test_a_search_finds_nobody_who_was_erased(site: Site):
    ada = administrator(site, "ada")
    token = people.sign_up(site.store, "Kim", "kim", "three words you like", "yes", "en", site.now_ms)
    assert found(site, ada, "kim") == ["Kim"]
    erase(site.store, token.person_id, ada.person_id, site.now_ms)
    assert found(site, ada, "kim") == []

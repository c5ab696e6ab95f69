"""Links and codes that work once: sign-in codes for a learner, invitations with a role."""

from __future__ import annotations

from collections import Counter
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.errors import Forbidden, NotFound, Refused, TooManyTries
from lms.learning.people import SCOPES, Held, Role, ScopeKind
from lms.services import codes, people, throttles, ways_in
from lms.services.people import SignedIn, Token
from lms.store import handles as handle_rows
from lms.store import people as rows
from lms.store.audit import chain_holds
from lms.store.tables import audit, handles, sign_ins
from lms.store.tables import throttles as throttle_rows
from tests.services.site import ADDRESS, MINUTE_MS, Site, at_once
from tests.store.databases import every_kind

WORDS = "three words you like"
DAY_MS = 86_400_000


@pytest.fixture
def femi(site: Site) -> SignedIn:
    return site.facilitator(site.organisation())


@pytest.fixture
def lena(site: Site, femi: SignedIn) -> SignedIn:
    """A member of a group of Femi's."""
    lena = site.person()
    site.join(lena, site.group(femi))
    return lena


def give(site: Site, giver: SignedIn, person: SignedIn) -> str:
    name, code = codes.give_code(site.store, giver, person.public_id, site.now_ms)
    assert name == person.display_name
    return code


def use(site: Site, code: str, address: str = ADDRESS) -> Token:
    return codes.use_code(site.store, code, address, site.now_ms)


# --- sign-in codes --------------------------------------------------------------------------------------


def test_a_code_signs_her_in_once(site: Site, femi: SignedIn, lena: SignedIn):
    code = give(site, femi, lena)
    token = use(site, code)
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms).public_id == lena.public_id
    with pytest.raises(Refused):
        use(site, code)


def test_a_code_may_be_typed_in_any_way_it_is_read(site: Site, femi: SignedIn, lena: SignedIn):
    for typed in ("{0}{1}", "{0} {1}", " {0}-{1} ", "{0}.{1}"):
        code = give(site, femi, lena).split("-")
        assert use(site, typed.format(*code).lower()).person_id == lena.person_id


def test_of_two_who_use_a_code_at_once_one_comes_in(site: Site, femi: SignedIn, lena: SignedIn):
    code = give(site, femi, lena)
    came = at_once([partial(use, site, code, f"192.0.2.{number}") for number in range(8)])
    assert Counter(type(it) for it in came) == {Token: 1, Refused: 7}
    assert len(site.rows(sign_ins, lena)) == 2


def test_a_code_works_for_half_an_hour(site: Site, femi: SignedIn, lena: SignedIn):
    first, _ = give(site, femi, lena), site.later(30 * MINUTE_MS - 1)
    assert use(site, first)
    second, _ = give(site, femi, lena), site.later(30 * MINUTE_MS)
    with pytest.raises(Refused):
        use(site, second)


def test_a_new_code_ends_the_one_before(site: Site, femi: SignedIn, lena: SignedIn):
    old, new = give(site, femi, lena), give(site, femi, lena)
    with pytest.raises(Refused):
        use(site, old)
    assert use(site, new)


def test_a_spent_an_old_and_a_wrong_code_are_told_the_same(site: Site, femi: SignedIn, lena: SignedIn):
    spent = give(site, femi, lena)
    use(site, spent)
    old = give(site, femi, lena)
    site.later(31 * MINUTE_MS)
    said = []
    for typed in (spent, old, "ABCD-EFGH", "", "\0", "\ud800", "x" * 10_000):
        with pytest.raises(Refused) as refused:
            use(site, typed, f"198.51.100.{len(said)}")
        said.append(refused.value.sentence)
    assert len(set(said)) == 1


def test_a_hundred_wrong_codes_from_one_address_are_enough(site: Site):
    for _ in range(throttles.ADDRESS_TRIES):
        with pytest.raises(Refused):
            use(site, "ABCD-EFGH")
    with pytest.raises(TooManyTries):
        use(site, "ABCD-EFGH")


@every_kind
def test_of_wrong_codes_at_once_no_more_are_looked_at_than_are_left(site: Site):
    for _ in range(throttles.ADDRESS_TRIES - 3):
        with pytest.raises(Refused):
            use(site, "ABCD-EFGH")
    came = at_once([partial(use, site, "ABCD-EFGH")] * 20)
    assert Counter(type(it) for it in came) == {Refused: 3, TooManyTries: 17}


def test_codes_that_were_right_count_for_nothing(site: Site, femi: SignedIn, lena: SignedIn):
    for _ in range(throttles.ADDRESS_TRIES - 1):
        with pytest.raises(Refused):
            use(site, "ABCD-EFGH")
    for _ in range(3):
        assert use(site, give(site, femi, lena))
    assert site.count(throttle_rows) == 1


def test_a_club_behind_one_address_is_not_kept_out_by_a_few_typing_mistakes(site: Site, femi: SignedIn, lena: SignedIn):
    for _ in range(20):
        with pytest.raises(Refused):
            use(site, "ABCD-EFGH")
    code = give(site, femi, lena)
    assert use(site, code).person_id == lena.person_id


def test_a_code_is_given_only_to_those_one_may_see(site: Site, femi: SignedIn, lena: SignedIn):
    other, sam = site.facilitator(site.organisation()), site.person("Sam")
    for giver, person in ((other, lena), (femi, sam)):
        with pytest.raises(NotFound):
            give(site, giver, person)
    for giver in (sam, lena, site.person("Fola", (Role.FUNDER, ScopeKind.SITE, 0))):
        with pytest.raises(Forbidden):
            give(site, giver, lena)
    for odd in ("", "\0", "\ud800", "x" * 10_000, str(lena.person_id)):
        with pytest.raises(NotFound):
            codes.give_code(site.store, femi, odd, site.now_ms)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FUNDER, Role.FACILITATOR, Role.MENTOR])
def test_a_code_is_no_way_up(site: Site, femi: SignedIn, lena: SignedIn, role: Role):
    """Nobody with a role, running or yet to come, is signed in by a code of anyone but an administrator."""
    scope = ScopeKind.SITE if ScopeKind.SITE in SCOPES[role] else ScopeKind.ORGANISATION
    with site.store.write() as db:
        held = Held(role, scope, 0, site.now_ms + DAY_MS, None)
        rows.add_role(db, lena.person_id, uuid4(), held, None, site.now_ms)
    with pytest.raises(Forbidden):
        give(site, femi, lena)
    assert give(site, site.administrator(), lena)


def test_a_role_that_has_ended_is_no_reason(site: Site, femi: SignedIn, lena: SignedIn):
    with site.store.write() as db:
        held = Held(Role.FUNDER, ScopeKind.SITE, 0, site.now_ms - DAY_MS, site.now_ms)
        rows.add_role(db, lena.person_id, uuid4(), held, None, site.now_ms)
    assert give(site, femi, lena)


def test_an_ended_role_gives_no_codes(site: Site, femi: SignedIn, lena: SignedIn):
    ended = SignedIn(femi.person_id, femi.public_id, "Femi", "", "en", (), {})
    with pytest.raises(Forbidden):
        give(site, ended, lena)


def test_who_came_in_by_a_code_may_choose_a_password_for_half_an_hour(site: Site, femi: SignedIn, lena: SignedIn):
    token = use(site, give(site, femi, lena))
    assert ways_in.came_by_code(site.store, token.person_id, token.secret, site.now_ms)
    fresh = ways_in.change_password(site.store, lena, token.secret, "", WORDS, ADDRESS, site.now_ms)
    assert not ways_in.came_by_code(site.store, fresh.person_id, fresh.secret, site.now_ms)
    with pytest.raises(Refused):
        ways_in.change_password(site.store, lena, fresh.secret, "", "three other words", ADDRESS, site.now_ms)
    later = use(site, give(site, femi, lena))
    site.later(30 * MINUTE_MS)
    assert not ways_in.came_by_code(site.store, later.person_id, later.secret, site.now_ms)


def test_codes_are_noted_in_her_chain(site: Site, femi: SignedIn, lena: SignedIn):
    use(site, give(site, femi, lena))
    assert [row["action"] for row in site.rows(audit, lena)] == ["joined-group", "gave-code", "used-code"]
    assert [row["actor_id"] for row in site.rows(audit, lena)][1] == femi.person_id
    with site.store.read() as db:
        assert chain_holds(db, lena.person_id)


# --- invitations ----------------------------------------------------------------------------------------


def invite(site: Site, role: Role = Role.ADMINISTRATOR, scope: ScopeKind = ScopeKind.SITE, scope_id: int = 0) -> str:
    return codes.invite(site.store, role, scope, scope_id, None, site.now_ms)


def accept(site: Site, code: str, username: str = "ada") -> Token:
    return codes.accept_invite(site.store, code, "Ada", username, WORDS, site.now_ms)


def test_an_invitation_makes_one_account_with_its_role(site: Site):
    code = invite(site)
    assert codes.look_at_invite(site.store, code, site.now_ms).role == "administrator"
    token = accept(site, code)
    ada = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    assert ada
    assert [it.role for it in ada.roles] == [Role.ADMINISTRATOR]
    assert (ada.display_name, ada.username) == ("Ada", "ada")
    assert people.sign_in(site.store, "ada", WORDS, ADDRESS, site.now_ms).person_id == ada.person_id


def test_a_code_made_for_somebody_invited_ends_when_she_has_her_account(site: Site):
    invited = invite(site)
    person_id = codes.look_at_invite(site.store, invited, site.now_ms).person_id
    before = use(site, give(site, site.administrator(), site.again(person_id)))
    unused = give(site, site.administrator(), site.again(person_id))
    token = accept(site, invited)
    assert people.signed_in(site.store, before.person_id, before.secret, site.now_ms) is None
    assert people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
    with pytest.raises(Refused):
        use(site, unused)


def test_of_many_who_use_an_invitation_at_once_one_gets_the_account(site: Site):
    code = invite(site)
    came = at_once([partial(accept, site, code, f"ada{number}") for number in range(6)])
    assert Counter(type(it) for it in came) == {Token: 1, NotFound: 5}
    names = [it for it in range(6) if site_has(site, f"ada{it}")]
    assert len(names) == 1, "the others' user names stay free"


def site_has(site: Site, username: str) -> bool:
    with site.store.read() as db:
        return handle_rows.find(db, "username", username) is not None


def test_an_invitation_is_spent_only_when_the_account_is_made(site: Site):
    code = invite(site)
    people.sign_up(site.store, "Lena", "lena", WORDS, "yes", "en", site.now_ms)
    with pytest.raises(Refused):
        accept(site, code, "lena")
    with pytest.raises(Refused):
        codes.accept_invite(site.store, code, "Ada", "ada", "short", site.now_ms)
    assert accept(site, code)


def test_an_invitation_lasts_a_week_and_works_once(site: Site):
    old, spent = invite(site), invite(site)
    accept(site, spent)
    site.later(7 * DAY_MS)
    for code in (old, spent, "", "no-such", "\0", "\ud800", "x" * 10_000):
        with pytest.raises(NotFound):
            codes.look_at_invite(site.store, code, site.now_ms)
        with pytest.raises(NotFound):
            accept(site, code, "somebody")


def test_an_invitation_is_for_a_place_that_is_there(site: Site):
    organisation = site.organisation()
    assert invite(site, Role.FACILITATOR, ScopeKind.ORGANISATION, organisation)
    for role, scope, scope_id in (
        (Role.FACILITATOR, ScopeKind.ORGANISATION, organisation + 7),
        (Role.FACILITATOR, ScopeKind.GROUP, 1),
        (Role.FACILITATOR, ScopeKind.SITE, 0),
        (Role.ADMINISTRATOR, ScopeKind.SITE, 5),
        (Role.LEARNER, ScopeKind.SITE, 0),
    ):
        with pytest.raises(Refused):
            invite(site, role, scope, scope_id)


def test_no_code_is_in_the_database(site: Site, femi: SignedIn, lena: SignedIn):
    found = {invite(site), give(site, femi, lena), give(site, femi, lena).replace("-", "")}
    with site.store.read() as db:
        kept = db.execute(select(handles)).all()
    assert not any(code in str(row) for row in kept for code in found)

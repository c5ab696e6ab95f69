"""Accounts: signing up, in and out, who is signed in, settings, a new password."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import pytest

from lms.errors import Refused
from lms.learning.people import Role, ScopeKind
from lms.services import codes, passwords, people, ways_in
from lms.services.people import Token
from lms.store import handles
from lms.store.audit import chain_holds
from lms.store.tables import audit, secrets, sign_ins
from lms.store.tables import people as people_table
from tests.services.site import ADDRESS, Site, at_once

WORDS = "three words you like"
DAY_MS = 86_400_000


def sign_up(site: Site, username: str = "lena", password: str = WORDS, name: str = "Lena", adult: str = "yes") -> Token:
    return people.sign_up(site.store, name, username, password, adult, "en", site.now_ms)


def sign_in(site: Site, username: str = "lena", password: str = WORDS) -> Token:
    return people.sign_in(site.store, username, password, ADDRESS, site.now_ms)


def who(site: Site, token: Token):
    return people.signed_in(site.store, token.person_id, token.secret, site.now_ms)


def test_who_signs_up_is_signed_in_and_can_sign_in_again(site: Site):
    first = sign_up(site)
    lena = who(site, first)
    assert lena
    assert (lena.display_name, lena.username, lena.lang, lena.roles, lena.wishes) == (
        "Lena", "lena", "en", (), {"adult": "yes"},
    )  # fmt: skip
    second = sign_in(site)
    assert second.person_id == first.person_id
    assert second.secret != first.secret
    assert who(site, second) == lena


def test_a_user_name_is_the_same_however_it_is_typed(site: Site):
    token = sign_up(site)
    for typed in ("LENA", " lena ", "Lena", "ｌｅｎａ"):
        assert sign_in(site, typed).person_id == token.person_id
        with pytest.raises(Refused, match="Someone else"):
            sign_up(site, typed)


def test_of_two_who_want_one_user_name_at_once_one_gets_it(site: Site):
    came = at_once([partial(sign_up, site)] * 5)
    assert sum(isinstance(it, Token) for it in came) == 1
    assert [str(it) for it in came if isinstance(it, Refused)] == [
        "Someone else has that user name. Add a number or another word."
    ] * 4
    assert site.count(people_table) == site.count(secrets) == site.count(sign_ins) == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", ["", "   ", "\t\n", "\u202e", "\u200b", "x" * 81, "a\0b", "\ud800", "\ud83d"]),
        (
            "username",
            ["", "ab", "x" * 41, "le na", "lena!", "@lena", "-lena", "le\0na", "le\ud800na", "<lena>", "lena\u202e"],
        ),
        ("password", ["", "short", "x" * 129, "password", "PASSWORD1", "lena.the.first", "a\ud800 long password"]),
    ],
)
def test_what_can_not_be_taken_is_refused_with_its_field_and_a_way_out(site: Site, field: str, values: list[str]):
    for value in values:
        given = {"username": "lena.the.first", "password": WORDS, "name": "Lena"} | {field: value}
        with pytest.raises(Refused) as refused:
            sign_up(site, **given)
        assert refused.value.field == field, value
        refused.value.sentence.encode()
    assert site.count(people_table) == site.count(handles.handles) == 0


def test_the_smallest_and_largest_of_everything_is_taken(site: Site):
    for number, (name, username, password) in enumerate(
        [("L", "abc", "12 3456x"), ("é" * 80, "x" * 40, "😀" * 128), ("لينا", "лена-1", "чай с лимоном")]
    ):
        token = sign_up(site, username, password, name)
        assert sign_in(site, username, password).person_id == token.person_id, number


def test_anything_but_yes_is_taken_for_not_grown_up(site: Site):
    for said, kept in (("yes", "yes"), ("no", "no"), ("unsaid", "unsaid"), ("", "unsaid"), ("18", "unsaid")):
        lena = who(site, sign_up(site, f"lena{len(said)}{kept}{said}", adult=said))
        assert lena
        assert lena.wishes == {"adult": kept}


def test_an_unknown_name_and_a_wrong_password_are_told_the_same(site: Site):
    sign_up(site)
    said = []
    for username, password in [
        ("lena", "wrong password"),
        ("nobody", WORDS),
        ("", ""),
        ("\ud800", "\ud800"),
        ("\0", "\0"),
    ]:
        with pytest.raises(Refused) as refused:
            sign_in(site, username, password)
        said.append((refused.value.sentence, refused.value.field))
    assert len(set(said)) == 1


@pytest.mark.usefixtures("costly_passwords")
def test_an_unknown_name_costs_a_whole_check_like_a_known_one(site: Site, monkeypatch):
    """Else the time would tell who has an account."""
    sign_up(site)
    hasher, checked = passwords._hasher(), []

    def verify(kept: str, given: bytes) -> bool:
        checked.append(kept)
        return hasher.verify(kept, given)

    monkeypatch.setattr(passwords, "_hasher", lambda: SimpleNamespace(verify=verify, hash=hasher.hash))
    for username in ("lena", "nobody"):
        with pytest.raises(Refused):
            sign_in(site, username, "wrong password")
    assert len(checked) == 2
    assert len({kept.rsplit("$", 2)[0] for kept in checked}) == 1, "the same cost"


def test_a_user_name_that_is_taken_costs_no_hash(site: Site, monkeypatch):
    """Hashing is what an account costs the server, and what is refused is not counted."""
    sign_up(site)
    invite = codes.invite(site.store, Role.FUNDER, ScopeKind.SITE, 0, None, site.now_ms)
    hasher, kept = passwords._hasher(), []
    monkeypatch.setattr(
        passwords, "_hasher", lambda: SimpleNamespace(hash=lambda it: kept.append(it) or hasher.hash(it))
    )
    with pytest.raises(Refused):
        sign_up(site)
    with pytest.raises(Refused):
        codes.accept_invite(site.store, invite, "Fola", "lena", WORDS, site.now_ms)
    assert kept == []
    assert codes.accept_invite(site.store, invite, "Fola", "fola", WORDS, site.now_ms)
    assert kept == [WORDS]


@pytest.mark.usefixtures("costly_passwords")
def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own(site: Site):
    people_ = [sign_up(site, username).person_id for username in ("lena", "mira")]
    kept = [row["secret"] for person_id in people_ for row in site.rows(secrets, person_id)]
    assert all(it.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for it in kept)
    assert len(set(kept)) == 2


def test_signing_out_ends_this_sign_in_alone(site: Site):
    one, two = sign_up(site), sign_in(site)
    people.sign_out(site.store, one.person_id, one.secret)
    assert who(site, one) is None
    assert who(site, two)


def test_signing_out_everywhere_ends_them_all_and_nobody_elses(site: Site):
    one, two, mira = sign_up(site), sign_in(site), sign_up(site, "mira")
    people.sign_out_everywhere(site.store, one.person_id, site.now_ms)
    assert (who(site, one), who(site, two)) == (None, None)
    assert who(site, mira)


def test_a_token_of_one_person_opens_nothing_of_another(site: Site):
    lena, mira = sign_up(site), sign_up(site, "mira")
    assert who(site, Token(mira.person_id, lena.secret)) is None
    for odd in ("", "x", "\0", "\ud800", "x" * 10_000):
        assert who(site, Token(lena.person_id, odd)) is None


def test_the_secret_of_a_sign_in_is_not_in_the_database(site: Site):
    token = sign_up(site)
    (row,) = site.rows(sign_ins, token.person_id)
    assert token.secret.encode() not in map(bytes, (it for it in row.values() if isinstance(it, bytes | memoryview)))
    assert token.secret not in row.values()


def test_a_sign_in_ends_after_thirty_days_without_use_and_goes_on_with_it(site: Site):
    token = sign_up(site)
    site.later(29 * DAY_MS)
    assert who(site, token)
    site.later(29 * DAY_MS)
    assert who(site, token)
    site.later(31 * DAY_MS)
    assert who(site, token) is None


def test_being_here_is_noted_at_most_every_ten_minutes(site: Site):
    token = sign_up(site)

    def seen() -> int:
        return site.rows(sign_ins, token.person_id)[0]["seen_ms"]

    first = seen()
    site.later(599_999)
    who(site, token)
    assert seen() == first
    site.later(1)
    who(site, token)
    assert seen() == first + 600_000


def test_settings_are_changed_and_what_was_not_asked_stays(site: Site):
    token = sign_up(site)
    people.change_settings(site.store, who(site, token), "  Lena   Marie ", {"text": "large"}, site.now_ms)
    after = who(site, token)
    assert (after.display_name, after.wishes) == ("Lena Marie", {"adult": "yes", "text": "large"})
    with pytest.raises(Refused):
        people.change_settings(site.store, after, " ", {}, site.now_ms)


def test_a_new_password_ends_every_sign_in_but_the_new_one(site: Site):
    one, two = sign_up(site), sign_in(site)
    fresh = ways_in.change_password(
        site.store, who(site, one), one.secret, WORDS, "three other words", ADDRESS, site.now_ms
    )
    assert (who(site, one), who(site, two)) == (None, None)
    assert who(site, fresh)
    with pytest.raises(Refused):
        sign_in(site)
    assert sign_in(site, password="three other words")


def test_a_new_password_needs_the_old_one_and_must_be_good(site: Site):
    token = sign_up(site)
    for old, new, field in (("wrong words here", "three other words", "old"), (WORDS, "short", "password")):
        with pytest.raises(Refused) as refused:
            ways_in.change_password(site.store, who(site, token), token.secret, old, new, ADDRESS, site.now_ms)
        assert refused.value.field == field
    assert who(site, token)


def test_a_common_password_is_refused_in_any_case(site: Site):
    for common in ("password", "Password", "12345678", "QWERTYUIOP", "iloveyou"):
        with pytest.raises(Refused, match="easy to guess"):
            passwords.check_new(common, "")


def test_roles_come_with_the_sign_in(site: Site):
    ada = site.administrator()
    assert [(it.role, it.scope) for it in ada.roles] == [(Role.ADMINISTRATOR, ScopeKind.SITE)]


def test_what_was_done_to_her_account_is_noted_in_one_chain(site: Site):
    token = sign_up(site)
    sign_in(site)
    people.change_settings(site.store, who(site, token), "Lena", {}, site.now_ms)
    people.sign_out_everywhere(site.store, token.person_id, site.now_ms)
    assert [row["action"] for row in site.rows(audit, token.person_id)] == [
        "signed-up", "signed-in", "changed-settings", "signed-out-everywhere",
    ]  # fmt: skip
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)


def test_many_sign_ins_at_once_are_all_noted(site: Site):
    token = sign_up(site)
    came = at_once([partial(sign_in, site)] * 6)
    assert {it.person_id for it in came} == {token.person_id}
    assert [row["n"] for row in site.rows(audit, token.person_id)] == list(range(1, 8))
    with site.store.read() as db:
        assert chain_holds(db, token.person_id)

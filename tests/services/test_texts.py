"""Hostile strings in every text a service takes: refused with a sentence, or kept and given back unharmed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.errors import LmsError
from lms.learning.events import EventKind, is_text
from lms.learning.people import Role, ScopeKind
from lms.services import badges, changing, codes, groups, organisations, people, practice, roles, throttles
from lms.services.changing import Standing
from lms.services.compiling import read_folder
from lms.services.courses import media_type
from lms.store.tables import events, words
from lms.store.tables import groups as groups_table
from lms.store.tables import people as people_table
from tests.services.site import ADDRESS, SECRET, Site
from tests.services.texts import HOSTILE, LONE, NUL

WORDS = "three words you like"


def tried(call: Callable[[], Any]) -> Any:
    """What a call gave; None where it was refused with a sentence of ours."""
    try:
        return call()
    except LmsError as refused:
        refused.sentence.encode()
        return None


def is_shown_whole(name: str, longest: int) -> bool:
    """One line without spaces at its ends, nothing in it that can't be seen or turns the line round."""
    hidden = [c for c in name if unicodedata.category(c) in ("Cc", "Cf") and c not in "\u200c\u200d"]
    return 0 < len(name) <= longest and not hidden and name == " ".join(name.split())


def test_there_are_enough_of_them():
    assert len(HOSTILE) == len(set(HOSTILE)) > 40
    assert not is_text(NUL)
    assert not is_text(LONE)


def test_a_name_is_kept_as_it_is_shown_or_refused(site: Site):
    token = people.sign_up(site.store, "Lena", "lena", WORDS, "yes", "en", site.now_ms)
    for text in HOSTILE:
        lena = people.signed_in(site.store, token.person_id, token.secret, site.now_ms)
        tried(partial(people.change_settings, site.store, lena, text, {}, site.now_ms))
        kept = people.signed_in(site.store, token.person_id, token.secret, site.now_ms).display_name
        assert is_shown_whole(kept, 80), text
    assert site.count(people_table) == 1


def test_a_user_name_and_a_password_are_refused_or_work(site: Site):
    for number, text in enumerate(HOSTILE):
        site.later(60_000)
        made = tried(partial(people.sign_up, site.store, "Lena", text, WORDS, "yes", "en", site.now_ms))
        if made:
            assert people.sign_in(site.store, text, WORDS, ADDRESS, site.now_ms).person_id == made.person_id
        name = f"lena-{number}"
        made = tried(partial(people.sign_up, site.store, "Lena", name, text, "yes", "en", site.now_ms))
        if made:
            assert people.sign_in(site.store, name, text, ADDRESS, site.now_ms).person_id == made.person_id
        assert tried(partial(people.sign_in, site.store, text, text, f"192.0.2.{number}", site.now_ms)) is None
        other = partial(people.sign_up, site.store, "Lena", f"other-{number}", WORDS, text, "en", site.now_ms)
        assert other()


def test_wishes_are_kept_as_they_are_or_refused(site: Site):
    lena = site.person()
    for text in HOSTILE:
        tried(partial(people.change_settings, site.store, lena, "Lena", {"text": text}, site.now_ms))
        kept = site.rows(people_table, lena)[0]["wishes"]
        json.loads(kept)
        kept.encode()
        if is_text(text):
            assert json.loads(kept)["text"] == text


def test_an_answer_in_words_is_kept_letter_by_letter_or_refused_alone(site: Site):
    lena = site.person()
    sent = [site.event("q-bag", "answered", text) for text in HOSTILE]
    results = site.send(lena, *sent)
    kept = {str(row["event_id"]): row["body"] for row in site.rows(words, lena)}
    for text, event, result in zip(HOSTILE, sent, results, strict=True):
        fit = is_text(text) and text.strip() and len(text) <= 4_000
        assert result.result == ("new" if fit else "refused"), text
        assert kept.get(event["id"]) == (text if fit else None)


def test_an_answer_from_a_form_is_kept_letter_by_letter_or_refused(site: Site):
    lena, shape = site.person(), site.shape()

    def act(text: str) -> UUID:
        return practice.act(
            site.store, site.catalogue, shape, "brewing", "q-bag", EventKind.ANSWERED, text, uuid4(), lena.person_id,
            site.now_ms, site.zone,
        )  # fmt: skip

    for text in HOSTILE:
        event_id = tried(partial(act, text))
        fit = is_text(text) and text.strip() and len(text) <= 4_000
        assert (event_id is not None) == bool(fit), text
        if event_id:
            assert practice.said(site.store, site.catalogue, shape, lena.person_id, event_id).answer == text


def test_every_text_of_an_event_is_refused_alone_where_it_is_odd(site: Site):
    lena, count = site.person(), 0
    for field in ("id", "course", "release", "module", "name", "kind", "lang", "at"):
        odd = [site.event("fill-it", "done") | {field: text} for text in HOSTILE]
        results = site.send(lena, *odd, site.event("steam", "opened"))
        assert results[-1].result == "new", field
        json.dumps([vars(it) for it in results], ensure_ascii=False).encode()
        new = [it.result for it in results].count("new")
        assert new == 1 or field == "lang", field
        count += new
    assert len(site.events(lena)) == count
    assert all(len(row["lang"]) <= 16 for row in site.events(lena))


def test_a_group_is_named_as_it_is_shown_or_refused(site: Site):
    femi = site.facilitator(site.organisation())
    course_ids = (site.shape().course_id,)
    for text in HOSTILE:
        made = tried(partial(changing.add, site.store, femi, Standing(text, course_ids), SECRET, site.now_ms))
        assert made is None or is_shown_whole(made.name, 120)
    assert site.count(groups_table) == len(groups.mine(site.store, femi, SECRET, site.now_ms)) > 20


def test_an_organisation_and_an_area_are_named_as_they_are_shown_or_refused(site: Site):
    ada = site.administrator()
    for number, text in enumerate(HOSTILE):
        tried(partial(organisations.add_organisation, site.store, ada, text, site.now_ms))
        tried(partial(organisations.add_area, site.store, ada, f"E{number:08}", text, site.now_ms))
        tried(partial(organisations.add_area, site.store, ada, text, "Leeds", site.now_ms))
    found = organisations.places(site.store)
    assert len(found.organisations) > 20
    assert all(is_shown_whole(name, 120) for name in found.organisations)
    assert all(is_shown_whole(name, 120) for _, _, name in found.areas)


def test_every_code_and_address_that_is_none_is_not_found_or_refused(site: Site):
    """Whatever is typed into an address or a field for a code leads nowhere, and says so in a sentence."""
    femi, ada, lena = site.facilitator(site.organisation()), site.administrator(), site.person()
    for number, text in enumerate(HOSTILE):
        address = f"192.0.2.{number}"
        for ask in (
            partial(badges.page, site.store, text, lena),
            partial(badges.show, site.store, lena, text, shown=True, named=True, at_ms=site.now_ms),
            partial(codes.look_at_invite, site.store, text, site.now_ms),
            partial(codes.accept_invite, site.store, text, "Ada", "ada-1", WORDS, site.now_ms),
            partial(codes.use_code, site.store, text, address, site.now_ms),
            partial(codes.give_code, site.store, femi, text, site.now_ms),
            partial(groups.look_at_code, site.store, text, site.now_ms),
            partial(groups.join, site.store, lena, text, address, site.now_ms),
            partial(groups.members, site.store, femi, text, SECRET, site.now_ms),
            partial(groups.renew_code, site.store, femi, text, SECRET, site.now_ms),
            partial(roles.give_role, site.store, ada, text, Role.FUNDER, ScopeKind.SITE, 0, None, site.now_ms),
            partial(roles.end_role, site.store, ada, text, uuid4(), site.now_ms),
            partial(people.signed_in, site.store, lena.person_id, text, site.now_ms),
            partial(media_type, site.store, text),
            partial(site.catalogue.release_by_hash, site.shape().course_id, text),
            partial(site.catalogue.shelf(site.now_ms).course, text),
        ):
            assert tried(ask) is None, (ask, text)
    assert site.count(events) == 0


def test_an_address_a_request_comes_from_may_be_anything(site: Site):
    for text in HOSTILE:
        assert not throttles.guess(site.store, text, text, site.now_ms, lambda: False)
        throttles.check(site.store, text, text, site.now_ms)


@pytest.mark.parametrize("name", ["<b>.md", "a b.md", "%2e%2e", "x" * 200 + ".md", "ünïcode.md"])
def test_a_folder_with_odd_names_is_read(tmp_path, name: str):
    (tmp_path / name).write_bytes(b"words")
    assert read_folder(tmp_path) == {name: b"words"}

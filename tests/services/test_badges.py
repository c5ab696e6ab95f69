"""Badges: earned once, kept whatever is published later, shown only by their holder."""

from __future__ import annotations

import pytest

from lms.errors import NotFound
from lms.services import badges, people, publishing
from lms.store import handles
from lms.store.audit import chain_holds
from lms.store.tables import awards
from tests.services import written
from tests.services.site import Site


def earned(site: Site):
    """Lena with the badge of the course on toast."""
    lena = site.person()
    site.send(lena, *site.toast())
    (badge,) = badges.mine(site.store, lena)
    return lena, badge


def test_finishing_gives_the_badge_with_what_it_says_now(site: Site):
    _, badge = earned(site)
    assert (badge.name, badge.course, badge.module, badge.at_ms) == ("Toaster", "toast", "", site.now_ms)
    assert badge.holder == "Lena"
    assert badge.criteria == 'Finished the course "Toast".'
    assert not badge.shown


def test_learning_it_all_again_gives_no_second_badge(site: Site):
    lena, badge = earned(site)
    site.later(86_400_000)
    site.send(lena, *site.toast(), *site.toast())
    assert badges.mine(site.store, lena) == [badge]


def test_a_badge_is_never_taken_away_by_what_is_published_later(site: Site):
    lena, badge = earned(site)
    more = written.toast()
    more["toasting.md"] += b"\n### Eat it {#eat-it}\n\nAt once.\n"
    publishing.publish(site.store, "toast", more, written.TODAY, site.later(2_000))
    assert badges.mine(site.store, lena) == [badge]
    site.send(lena, site.event("slice-it", "done", module="toasting", course="toast"))
    assert badges.mine(site.store, lena) == [badge]


def test_a_badge_keeps_the_words_it_was_given_with(site: Site):
    lena, badge = earned(site)
    renamed = written.toast()
    renamed["course.md"] = renamed["course.md"].replace(b"badge: Toaster", b"badge: Master of toast")
    publishing.publish(site.store, "toast", renamed, written.TODAY, site.later(2_000))
    mira = site.person("Mira")
    site.send(mira, *site.toast())
    assert [it.name for it in badges.mine(site.store, lena)] == ["Toaster"] == [badge.name]
    assert [it.name for it in badges.mine(site.store, mira)] == ["Master of toast"]


def test_a_badge_page_is_hers_alone_until_she_shows_it(site: Site):
    lena, badge = earned(site)
    sam = site.person("Sam")
    assert badges.page(site.store, badge.public_id, lena).own
    for reader in (None, sam):
        with pytest.raises(NotFound):
            badges.page(site.store, badge.public_id, reader)
    badges.show(site.store, lena, badge.public_id, shown=True, named=False, at_ms=site.now_ms)
    for reader in (None, sam):
        assert badges.page(site.store, badge.public_id, reader).holder == "Lena"
    badges.show(site.store, lena, badge.public_id, shown=False, named=False, at_ms=site.now_ms)
    with pytest.raises(NotFound):
        badges.page(site.store, badge.public_id, sam)
    with site.store.read() as db:
        assert chain_holds(db, lena.person_id)


def named(site: Site, name: str, wishes: dict[str, str]):
    """Somebody of a name who said something of her age, and her badge, shown."""
    lena, badge = earned(site)
    people.change_settings(site.store, lena, name, wishes, site.now_ms)
    badges.show(site.store, lena, badge.public_id, shown=True, named=False, at_ms=site.now_ms)
    return site.again(lena.person_id), badge.public_id


@pytest.mark.parametrize("wishes", [{"adult": "no"}, {"adult": "unsaid"}, {}])
def test_of_who_did_not_say_she_is_18_others_read_the_first_word_and_she_sees_the_same(site: Site, wishes):
    lena, address = named(site, "Lena Brown", wishes)
    for reader in (None, site.person("Sam"), site.administrator(), lena):
        seen = badges.page(site.store, address, reader)
        assert (seen.holder, seen.shortened) == ("Lena", True)


def test_of_who_says_she_is_18_others_read_the_whole_name_from_then_on(site: Site):
    lena, address = named(site, "Lena Brown", {"adult": "no"})
    people.change_settings(site.store, lena, "Lena Brown", {"adult": "yes"}, site.now_ms)
    seen = badges.page(site.store, address, None)
    assert (seen.holder, seen.shortened) == ("Lena Brown", False)
    people.change_settings(site.store, lena, "Lena Brown", {"adult": "unsaid"}, site.now_ms)
    assert badges.page(site.store, address, None).holder == "Lena"


def test_a_badge_its_holder_and_what_she_said_are_one_question(site: Site):
    from sqlalchemy import event

    _, address = named(site, "Lena Brown", {})
    asked: list[str] = []
    event.listen(site.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    badges.page(site.store, address, None)
    assert [it for it in asked if "FROM awards" in it] == [it for it in asked if "people" in it] != []
    assert len([it for it in asked if it.startswith("SELECT")]) == 3, "its handle, itself, and whether she was merged"


def test_nobody_shows_someone_elses_badge(site: Site):
    _, badge = earned(site)
    with pytest.raises(NotFound):
        badges.show(site.store, site.person("Sam"), badge.public_id, shown=True, named=False, at_ms=site.now_ms)


def test_a_revoked_badge_is_shown_to_its_holder_alone(site: Site):
    lena, badge = earned(site)
    badges.show(site.store, lena, badge.public_id, shown=True, named=False, at_ms=site.now_ms)
    with site.store.write() as db:
        db.execute(awards.update().where(awards.c.person_id == lena.person_id).values(revoked_ms=site.now_ms))
    assert badges.page(site.store, badge.public_id, lena).revoked
    with pytest.raises(NotFound):
        badges.page(site.store, badge.public_id, None)


def test_the_address_of_a_badge_can_not_be_guessed_from_another(site: Site):
    _, first = earned(site)
    _, second = earned(site)
    assert first.public_id != second.public_id
    assert min(len(first.public_id), len(second.public_id)) >= 24


def test_an_address_of_another_kind_of_thing_leads_to_no_badge(site: Site):
    lena, _ = earned(site)
    for odd in ("", "x", lena.public_id, "\0", "\ud800", "e" * 10_000):
        with pytest.raises(NotFound):
            badges.page(site.store, odd, lena)
        with pytest.raises(NotFound):
            badges.show(site.store, lena, odd, shown=True, named=False, at_ms=site.now_ms)


def test_a_badge_handle_without_a_badge_leads_nowhere(site: Site):
    lena = site.person()
    with site.store.write() as db:
        handles.add(db, "badge", "no-such", lena.person_id, site.now_ms)
    with pytest.raises(NotFound):
        badges.page(site.store, "no-such", lena)

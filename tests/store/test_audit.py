"""The audit: one chain a person, which breaks wherever somebody has been at it."""

from __future__ import annotations

from functools import partial

from lms.store import audit
from lms.store.tables import audit as table
from tests.services.site import Site, at_once


def noted(site: Site, count: int = 5) -> int:
    lena = site.person()
    for number in range(count):
        with site.store.write() as db:
            audit.note(db, lena.person_id, f"did-{number}", site.later(1), 7, "a thing", "in detail")
    return lena.person_id


def holds(site: Site, person_id: int) -> bool:
    with site.store.read() as db:
        return audit.chain_holds(db, person_id)


def test_a_chain_nobody_touched_holds_and_so_does_an_empty_one(site: Site):
    assert holds(site, noted(site))
    assert holds(site, site.person().person_id)


def test_a_chain_breaks_where_an_entry_is_changed_taken_out_or_put_in(site: Site):
    changes = (
        {"action": "did-nothing"},
        {"at_ms": 1},
        {"actor_id": None},
        {"object": "another"},
        {"detail": None},
        {"prev_hash": bytes(32)},
        {"n": 99},
    )
    for change in changes:
        person_id = noted(site)
        with site.store.write() as db:
            db.execute(table.update().where(table.c.person_id == person_id, table.c.n == 3).values(**change))
        assert not holds(site, person_id), change
    person_id = noted(site)
    with site.store.write() as db:
        db.execute(table.delete().where(table.c.person_id == person_id, table.c.n == 3))
    assert not holds(site, person_id)


def test_an_entry_of_one_person_does_not_fit_into_the_chain_of_another(site: Site):
    one, two = noted(site), noted(site)
    (theirs,) = (row for row in site.rows(table, two) if row["n"] == 3)
    del theirs["person_id"]
    with site.store.write() as db:
        db.execute(table.update().where(table.c.person_id == one, table.c.n == 3).values(**theirs))
    assert not holds(site, one)
    assert holds(site, two)


def test_many_notes_at_once_make_one_chain(site: Site):
    person_id = noted(site, 1)

    def note() -> None:
        with site.store.write() as db:
            audit.note(db, person_id, "did", site.now_ms, None)

    assert at_once([note] * 10) == [None] * 10
    assert [row["n"] for row in site.rows(table, person_id)] == list(range(1, 12))
    assert holds(site, person_id)


def test_a_note_is_written_with_what_it_is_about_or_not_at_all(site: Site):
    person_id = noted(site, 1)

    def half() -> None:
        with site.store.write() as db:
            audit.note(db, person_id, "did", site.now_ms, None)
            raise KeyError("half way")

    assert isinstance(at_once([partial(half)])[0], KeyError)
    assert len(site.rows(table, person_id)) == 1

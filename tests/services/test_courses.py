"""The shelf: what is shown, a second old at most, and never two releases in one answer."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import Engine, event

from lms.errors import NotFound
from lms.services import publishing
from lms.services.courses import Catalogue, media_type
from tests.services import written
from tests.services.site import Site, at_once


def words(catalogue: Catalogue, shelf) -> str:
    """What the lesson on the water says, from its own page and its plan."""
    shape = shelf.course("tea")
    return shape.plan.title + " ".join(it.html for it in catalogue.fragments(shape, "brewing", "water"))


def test_both_courses_stand_in_the_order_they_were_published(site: Site):
    shelf = site.catalogue.shelf(site.now_ms)
    assert list(shelf.courses) == ["tea", "toast"]
    with pytest.raises(NotFound):
        shelf.course("coffee")


def test_a_publication_is_shown_within_a_second_and_not_looked_for_sooner(site: Site):
    old = site.catalogue.shelf(site.now_ms)
    publishing.publish(site.store, "tea", written.changed(("Cold", "Warm")), written.TODAY, site.now_ms)
    assert site.catalogue.shelf(site.now_ms + 999) is old
    new = site.catalogue.shelf(site.now_ms + 1_000)
    assert new.course("tea").hash != old.course("tea").hash
    assert Catalogue(site.store).shelf(site.now_ms).course("tea").hash == new.course("tea").hash


def test_a_clock_set_back_does_not_keep_old_pages(site: Site):
    site.catalogue.shelf(site.now_ms)
    publishing.publish(site.store, "tea", written.changed(("Cold", "Warm")), written.TODAY, site.now_ms)
    assert "Warm" in words(site.catalogue, site.catalogue.shelf(site.now_ms - 86_400_000))


def test_who_holds_a_shelf_sees_one_release_to_the_end(site: Site):
    """As a request does: it takes the shelf once, and publications come and go meanwhile."""
    old = site.catalogue.shelf(site.now_ms)
    before = words(site.catalogue, old)
    publishing.publish(site.store, "tea", written.changed(("Cold", "Warm")), written.TODAY, site.now_ms)
    now = site.catalogue.shelf(site.later(1_000))
    assert words(site.catalogue, old) == before
    assert "Warm" in words(site.catalogue, now)


def test_requests_while_publishing_never_mix_two_releases(site: Site):
    """Each change puts its number into three places of the course; no answer has two numbers."""
    stop, mixed = threading.Event(), []

    def publish() -> None:
        for number in range(6):
            files = written.changed(("Cold water", f"{number} water"), ("It has just boiled", f"It boiled {number}"))
            files["course.md"] = files["course.md"].replace(b"Making tea", b"Tea %d" % number)
            publishing.publish(site.store, "tea", files, written.TODAY, site.now_ms + number)
        stop.set()

    def read(catalogue: Catalogue) -> int:
        asked = 0
        while not stop.is_set() or asked < 20:
            asked += 1
            shelf = catalogue.shelf(site.now_ms + asked * 1_000)
            shape = shelf.course("tea")
            water = catalogue.fragments(shape, "brewing", "water")
            title = shape.plan.title.removeprefix("Tea ")
            if title.isdigit():
                said = "".join(it.html + "".join(html for _, html in it.options) for it in water)
                if f"{title} water" not in said or f"boiled {title}" not in said:
                    mixed.append(said)
        return asked

    other = Catalogue(site.store)
    at_once([publish, partial(read, site.catalogue), partial(read, site.catalogue), partial(read, other)])
    assert not mixed


def test_many_who_ask_at_once_look_once(site: Site):
    site.catalogue.shelf(site.now_ms)
    looked = []

    def count(_db, _cursor, statement: str, *_: object) -> None:
        looked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        came = at_once([partial(site.catalogue.shelf, site.now_ms + 1_000)] * 12)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert len({id(shelf) for shelf in came}) == 1
    assert len(looked) == 1


def test_a_second_look_that_finds_nothing_new_asks_one_question_and_keeps_what_it_has(site: Site):
    first = site.catalogue.shelf(site.now_ms)
    second = site.catalogue.shelf(site.now_ms + 5_000)
    assert second.courses is first.courses
    assert second.badges is first.badges


def test_any_release_ever_published_can_be_had_by_its_hash(site: Site):
    old = site.shape()
    publishing.publish(site.store, "tea", written.changed(("Cold", "Warm")), written.TODAY, site.now_ms)
    other = Catalogue(site.store)
    assert other.release_by_hash(old.course_id, old.hash) == old
    assert other.release_by_hash(site.shape("toast").course_id, old.hash) is None
    for odd in ("", "0" * 64, "\0", "\ud800", "x" * 10_000):
        assert other.release_by_hash(old.course_id, odd) is None
    with pytest.raises(NotFound):
        other.release(10**6)


def test_badges_are_those_of_the_newest_release(site: Site):
    badges = site.catalogue.shelf(site.now_ms).badges
    assert set(badges[site.shape("tea").course_id]) == {"brewing"}
    assert set(badges[site.shape("toast").course_id]) == {""}


def test_a_file_is_known_by_its_hash_alone(site: Site):
    (known,) = site.store.files.iterdir()
    assert media_type(site.store, known.name) == "image/svg+xml"
    for odd in ("", known.name.upper(), "../lms.db", "\0", "\ud800"):
        with pytest.raises(NotFound):
            media_type(site.store, odd)

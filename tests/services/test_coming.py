"""How often somebody came to her group's meetings, as her facilitator sees it on the group's page and on hers."""

from __future__ import annotations

import uuid

from sqlalchemy import event

from lms.learning.attendance import OFTEN_MS, Often
from lms.learning.days import DAY_MS
from lms.services import groups, merging, registers, ring
from lms.store import attendance
from tests.services.club import meeting
from tests.services.site import SECRET, Site
from tests.store.databases import every_kind


def ticked(site: Site, femi, its, *present, was=()) -> None:
    registers.fill_in(site.store, femi, its.public_id, uuid.uuid4(), was, present, (), site.now_ms)


def often(site: Site, femi, club) -> dict[str, Often]:
    page = groups.members(site.store, femi, club.public_id, SECRET, site.now_ms)
    return {it.display_name: it.often for it in page.members}


@every_kind
def test_it_counts_meetings_with_a_register_from_when_she_joined_each_once(site: Site):
    femi = site.facilitator(site.organisation())
    club, other = site.group(femi), site.group(femi)
    lena, sam, again = site.person("Lena"), site.person("Sam"), site.person("Lena again")
    site.join(lena, club)
    start = site.now_ms
    met = [meeting(site, club, start + week * 7 * DAY_MS) for week in range(4)]
    elsewhere = meeting(site, other, start + DAY_MS)
    off = meeting(site, club, start + 2 * DAY_MS)
    meeting(site, club, start + 3 * DAY_MS)  # nobody filled in its register
    site.later(22 * DAY_MS)
    site.join(sam, club)
    for its in (*met[:2], elsewhere, off):
        ticked(site, femi, its, lena.public_id)
    with site.store.write() as db:
        db.exec_driver_sql(f"update meetings set cancelled_ms = 1 where meeting_id = {off.meeting_id}")
    assert often(site, femi, club) == {"Lena": Often(2, 2), "Sam": Often(0, 0)}
    site.later(1)
    ticked(site, femi, met[1], was=[lena.public_id])  # it was a mistake
    site.join(again, club)
    ticked(site, femi, met[0], sam.public_id)
    ticked(site, femi, met[3], again.public_id, sam.public_id)
    merging.merge(site.store, lena.person_id, again.person_id, None, site.now_ms)
    assert often(site, femi, club) == {"Lena": Often(2, 3), "Sam": Often(2, 2)}
    site.join(lena, other)
    hers = ring.one(site.store, site.catalogue, femi, lena.public_id, site.now_ms, site.zone).often
    assert sorted(hers, key=lambda it: it[1].of) == [("Tuesdays", Often(1, 1)), ("Tuesdays", Often(2, 3))]
    site.later(OFTEN_MS - 2 * DAY_MS)
    assert often(site, femi, club) == {"Lena": Often(1, 1), "Sam": Often(1, 1)}


@every_kind
def test_guests_who_are_members_now_take_one_more_look_however_many_they_are(site: Site):
    femi = site.facilitator(site.organisation())
    club = site.group(femi)
    its = meeting(site, club)
    registers.fill_in(site.store, femi, its.public_id, uuid.uuid4(), (), (), ["Guest"] * 4, site.now_ms)
    with site.store.read() as db:
        guests = [it.person_id for it in attendance.of_meetings(db, [its.meeting_id])]
    people = [site.person("Demo") for _guest in guests]
    site.later(DAY_MS)
    for person in people:
        site.join(person, club)
    asked: list[str] = []
    event.listen(site.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert often(site, femi, club) == {"Demo": Often(0, 0)}
    before = len(asked)
    for person, guest in zip(people, guests, strict=True):
        merging.merge(site.store, person.person_id, guest, None, site.now_ms)
    asked.clear()
    assert often(site, femi, club) == {"Demo": Often(1, 1)}
    assert len(asked) == before + 1

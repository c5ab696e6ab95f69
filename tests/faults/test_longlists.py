"""kill -9 while a long list is added: it goes on where it was, everybody is added once, and no name is left behind."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path

from sqlalchemy import select

from lms.services import groups
from lms.services.adding import TOGETHER
from lms.services.jobs import LEASE_MS, State, every_job
from lms.services.longlists import Stage
from lms.services.stores import Store
from lms.store.audit import chain_holds
from lms.store.tables import handles, long_list_rows, memberships, people
from tests.faults.found import worked, wrong
from tests.services.site import SECRET, Site
from tests.services.test_longlists import ask, keep, look

NAMES = [f"Demo {number:02} person" for number in range(6 * TOGETHER + 4)]
KILLED = (3, 36, 72, 74, 76, 110, 78, 80, 150, 82, 90)
"""Before which statement of its own each worker dies: taking the job, among ten people, between two tens."""


def test_killed_again_and_again_it_adds_everybody_once(durable: Store, tmp_path: Path):
    site = Site(durable)
    femi = site.facilitator(site.organisation())
    group = site.group(femi, "tea")
    list_id = keep(site, femi, group, "\n".join(NAMES).encode())
    ask(site, femi, group, list_id)
    url, died = durable.url.render_as_string(hide_password=False), 0
    for start, statement in zip(count(site.now_ms + LEASE_MS, 10 * LEASE_MS), (*KILLED, 99_999), strict=False):
        killed = worked(url, tmp_path, 0, statement, start)
        died += killed
        assert_nobody_twice_and_nobody_lost(site)
        if not killed:
            break
    assert died >= 6, died
    assert {job.state for job in every_job(durable)} == {State.DONE}
    found = look(site, femi, group, list_id)
    assert (found.stage, found.added) == (Stage.DONE, len(NAMES))
    page = groups.members(site.store, femi, group.public_id, SECRET, site.now_ms)
    assert sorted(it.display_name for it in page.members) == NAMES
    assert site.rows(long_list_rows, femi) == []
    assert wrong(durable) == []


def assert_nobody_twice_and_nobody_lost(site: Site) -> None:
    """Each is on the list or is there, whole, and never both."""
    with site.store.read() as db:
        waiting = Counter(db.execute(select(long_list_rows.c.name)).scalars())
        every = db.execute(select(people.c.person_id, people.c.display_name))
        there = {row.person_id: row.display_name for row in every}
        made = {its_id: name for its_id, name in there.items() if name in NAMES}
        inside = Counter(db.execute(select(memberships.c.person_id)).scalars())
        named = Counter(db.execute(select(handles.c.person_id).where(handles.c.kind == "username")).scalars())
        assert all(chain_holds(db, its_id) for its_id in made)
    assert waiting + Counter(made.values()) == Counter(NAMES)
    assert {its_id: inside[its_id] for its_id in made} == dict.fromkeys(made, 1)
    assert {its_id: named[its_id] for its_id in made} == dict.fromkeys(made, 1)

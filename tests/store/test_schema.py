"""The schema's history: forward and back with people in the tables, and always the tables of the package."""

from __future__ import annotations

import io
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from alembic import op
from sqlalchemy import Connection, insert, inspect, select, text

from lms.services import complaints, groups, longlists, merging, people, remark, stores
from lms.services.stores import Store
from lms.store import badges as badge_rows
from lms.store import mail, schema
from lms.store.mail import ConsentRow, MailRow
from lms.store.tables import (
    METADATA,
    attendance,
    bookings,
    businesses,
    concern_steps,
    concerns,
    confirmations,
    contacts,
    credentials,
    devices,
    events,
    evidence,
    goals,
    hours,
    meetings,
    mentors,
    messages,
    pairings,
    placements,
    programme_organisations,
    programmes,
    targets,
    thread_staff,
    threads,
    venues,
    week_links,
)
from tests.services.signers import Worker, settings_of
from tests.services.site import SECRET, Site
from tests.store.databases import fill, on

SIGNED = {"credentials", "issuers", "status_lists", "status_slots"}
"""What signed badges brought."""
HOME = {"merges", "devices"}
"""What learning at home brought."""
HERS = {"complaints", "complaint_steps"}
"""What her rights brought."""
MAIL = {"consents", "mail"}
"""What reminders brought."""
CLUBS = {"attendance", "bookings", "contacts", "meetings"}
PROGRAMMES = {"venues", "programmes", "programme_organisations", "targets"} | CLUBS
"""What programmes brought."""
MENTORS = {"mentors", "pairings", "goals", "concerns", "concern_steps", "evidence"}
"""What mentors brought."""
LISTS = {"long_lists", "long_list_rows"}
"""What long lists of learners brought."""
TALKS = {"threads", "thread_staff", "messages"}
"""What messages brought."""
WORK = {"businesses", "placements", "hours", "confirmations", "week_links"}
"""What placements brought."""
SINCE_LISTS = LISTS | TALKS | WORK
SINCE_MENTORS = MENTORS | SINCE_LISTS
SINCE_PROGRAMMES = PROGRAMMES | SINCE_MENTORS


@pytest.fixture(params=on("sqlite", "postgresql"))
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/lms.db" if sqlite else request.getfixturevalue("postgres_database")
    with closing(stores.open_store(url, tmp_path)) as store:
        yield store


def lived_in(store: Store) -> Site:
    """A site where each table has rows."""
    fill(store)
    site = Site(store)
    organisation_id, area_id = site.organisation(), site.area("N")
    femi = site.facilitator(organisation_id)
    token = people.sign_up(store, "Lena", "lena", "three words you like", "yes", "en", site.now_ms)
    lena = people.signed_in(store, token.person_id, token.secret, site.now_ms)
    site.join(lena, site.group(femi, "tea", area_id=area_id))
    site.send(lena, *site.lesson(), *site.toast())
    sam = site.person("Sam")
    merging.undo(store, lena.person_id, merging.merge(store, lena.person_id, sam.person_id, None, 1), None, 2)
    people.throttles.guess(store, "lena", "192.0.2.1", site.now_ms, lambda: False)
    number = complaints.send(store, lena, UUID(int=1), "Somebody read it.", "", site.now_ms)
    complaints.answer(store, site.administrator(), number, UUID(int=2), "Mended.", closes=False, at_ms=site.now_ms)
    with store.write() as db:
        remark.enqueue(db, site.shape().course_id, 1, [7], site.now_ms)
        db.execute(insert(devices).values(person_id=lena.person_id, device_hash=bytes(32), made_ms=1))
        mail.add(db, MailRow(lena.person_id, uuid.uuid4(), "gone", "gone-1", "lena@example.net", 1, 1, 1 << 60))
        mail.give(db, ConsentRow(lena.person_id, uuid.uuid4(), "reminders", "Write to me.", "tuesday", 1))
        _programme(db, lena.person_id, organisation_id, area_id, site.now_ms)
        _mentored(db, lena.person_id, femi.person_id, organisation_id, site.now_ms)
    public_id = groups.mine(store, femi, SECRET, site.now_ms)[0].public_id
    assert longlists.keep(store, femi, public_id, io.BytesIO(b"Ada\nBea\n"), site.now_ms).list_id
    site.later(60_000)
    assert "sign done 2" in Worker(site, settings_of(site)).work()
    assert [table.name for table in METADATA.sorted_tables if not site.count(table)] == []
    return site


def _programme(db: Connection, person_id: int, organisation_id: int, area_id: int, at_ms: int) -> None:
    """A programme with a venue, a meeting there, who came, and whom somebody rang."""
    where = {"organisation_id": organisation_id, "area_id": area_id}
    db.execute(insert(venues).values(**where, name="Hall", address="1 Mill Road", note=""))
    dates = {"starts_day": 20260901, "ends_day": 20270831}
    db.execute(insert(programmes).values(slug="mums", name="Mums", **dates))
    db.execute(insert(programme_organisations).values(programme_id=1, organisation_id=organisation_id))
    db.execute(insert(targets).values(programme_id=1, area_id=area_id, measure="learners", number=100))
    told = {"kind": "workshop", "name": "", "place": "", "starts_ms": at_ms, "minutes": 90, "made_ms": at_ms}
    db.execute(insert(meetings).values(**where, **told, public_id="m1"))
    hers = {"person_id": person_id}
    came = {"meeting_id": 1, "present": True, "guest": False, "at_ms": at_ms, "recorded_ms": at_ms}
    db.execute(insert(attendance).values(**hers, **came, tick_id=UUID(int=3)))
    db.execute(insert(bookings).values(**hers, meeting_id=1, made_ms=at_ms))
    rang = {"kind": "call", "at_ms": at_ms, "recorded_ms": at_ms, "outcome": "spoke", "seen_by": "group"}
    db.execute(insert(contacts).values(**hers, **rang, contact_id=UUID(int=4)))


def _mentored(db: Connection, person_id: int, mentor_id: int, organisation_id: int, at_ms: int) -> None:
    """A mentor, a goal, a worry that was passed on and taken up, a file, a thread and a placement."""
    hers, its_id, when = {"person_id": person_id}, UUID(int=5), {"at_ms": at_ms, "recorded_ms": at_ms}
    days = {"starts_day": 20260901, "ends_day": 20270228}
    db.execute(insert(mentors).values(person_id=mentor_id, capacity=2, recorded_ms=at_ms))
    pair = {"mentor_id": mentor_id, "organisation_id": organisation_id, "rhythm_days": 14, "recorded_ms": at_ms}
    db.execute(insert(pairings).values(**hers, **days, **pair, pairing_id=its_id))
    db.execute(insert(goals).values(**hers, **when, goal_id=its_id, body="Work again."))
    db.execute(insert(concerns).values(**hers, **when, concern_id=its_id, body="Bruises."))
    db.execute(insert(concern_steps).values(**hers, step_id=its_id, concern_id=its_id, at_ms=at_ms, said="Rang."))
    shown = {"for_kind": "task", "for_id": its_id, "seen_by": "mentor", "name": "Shop.jpg", "media_type": "image/jpeg"}
    kept = {"bytes": 9, "stored_as": "00" * 32, "made_ms": at_ms}
    db.execute(insert(evidence).values(**hers, **shown, **kept, evidence_id=its_id))
    near = {"organisation_id": organisation_id, "pairing_id": its_id}
    db.execute(insert(threads).values(**hers, **near, thread_id=its_id, kind="mentor", made_ms=at_ms))
    db.execute(insert(thread_staff).values(**hers, thread_id=its_id, staff_id=mentor_id, from_ms=at_ms))
    said = {"thread_id": its_id, "author_id": mentor_id, "body": "Hello."}
    db.execute(insert(messages).values(**hers, **when, **said, message_id=its_id))
    _placed(db, person_id, organisation_id, at_ms)


def _placed(db: Connection, person_id: int, organisation_id: int, at_ms: int) -> None:
    """A placement at a bakery with a week of work, and what the bakery says of it."""
    hers, its_id = {"person_id": person_id}, UUID(int=5)
    firm = {"name": "Bakery", "contact": "Ada", "email": "", "phone": "", "checks": "{}", "made_ms": at_ms}
    db.execute(insert(businesses).values(public_id="b1", organisation_id=organisation_id, **firm))
    days = {"starts_day": 20260901, "ends_day": 20270228, "recorded_ms": at_ms}
    works = {"business_id": 1, "organisation_id": organisation_id, "week_minutes": 600, "paid": True, "risks": ""}
    db.execute(insert(placements).values(**hers, **days, **works, placement_id=its_id))
    did = {"placement_id": its_id, "day": 20260907, "minutes": 120, "what": "Posted pictures."}
    db.execute(insert(hours).values(**hers, **did, hours_id=its_id, at_ms=at_ms, recorded_ms=at_ms))
    week = {"placement_id": its_id, "week": 20260907, "confirmation_id": its_id, "by_business": True}
    db.execute(insert(confirmations).values(**hers, **week, minutes=120, agreed=True, at_ms=at_ms))
    asked = {"week": 20260907, "way": "letter", "made_ms": at_ms, "expires_ms": at_ms + 1}
    db.execute(insert(week_links).values(**hers, **asked, placement_id=its_id, link_id=its_id))


def tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names()) - {"alembic_version"}


def test_what_the_migrations_make_is_what_the_package_says(bare: Store):
    assert schema.current(bare) is None
    schema.migrate(bare)
    assert schema.differences(bare) == []
    assert schema.current(bare) == schema.newest() == schema.revisions()[-1]
    assert tables(bare) == set(METADATA.tables)


def test_a_difference_would_be_found(bare: Store):
    schema.migrate(bare)
    with bare.write() as db:
        db.execute(text("ALTER TABLE people ADD COLUMN shoe_size INTEGER"))
        db.execute(text("DROP INDEX ix_memberships_group_id"))
    assert len(schema.differences(bare)) == 2


def test_each_step_goes_back_and_forward_with_people_in_the_tables(bare: Store):
    lived_in(bare)
    steps = ["base", *schema.revisions()]
    for revision in reversed(steps[:-1]):
        schema.back_to(bare, revision)
        assert schema.current(bare) == (None if revision == "base" else revision)
    assert tables(bare) == set()
    for revision in steps[1:]:
        schema.migrate(bare, revision)
        assert schema.current(bare) == revision
    assert schema.differences(bare) == []
    lived_in(bare)


@pytest.mark.parametrize(
    ("revision", "gone"),
    [
        ("0013", WORK),
        ("0012", TALKS | WORK),
        ("0010", SINCE_LISTS),
        ("0009", SINCE_MENTORS),
        ("0008", SINCE_PROGRAMMES),
        ("0007", SINCE_PROGRAMMES | MAIL),
        ("0006", SINCE_PROGRAMMES | MAIL | HERS),
        ("0003", SINCE_PROGRAMMES | MAIL | HERS | HOME),
        ("0002", SINCE_PROGRAMMES | MAIL | HERS | HOME | SIGNED),
        ("0001", SINCE_PROGRAMMES | MAIL | HERS | HOME | SIGNED | {"jobs"}),
    ],
)
def test_what_a_revision_brought_comes_and_goes_and_nothing_else_is_touched(bare: Store, revision: str, gone: set[str]):
    site = lived_in(bare)
    before = {table.name: site.count(table) for table in METADATA.sorted_tables if table.name not in gone}
    schema.back_to(bare, revision)
    assert tables(bare) == set(METADATA.tables) - gone
    assert {name: counted(bare, name) for name in before} == before
    schema.migrate(bare)
    assert {name: site.count(METADATA.tables[name]) for name in before} == before
    assert {name: site.count(METADATA.tables[name]) for name in gone} == dict.fromkeys(gone, 0)
    assert counted(bare, "enrolments WHERE counted_ms = recorded_ms") == before["enrolments"], "all count as they did"
    assert schema.differences(bare) == []


def counted(store: Store, name: str) -> int:
    with store.read() as db:
        return db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()


def test_badges_that_were_earned_before_they_could_be_signed_are_signed_and_say_what_they_did(bare: Store):
    site = lived_in(bare)
    with bare.read() as db:
        said = badge_rows.version(db, "toast", 1)
    schema.back_to(bare, "0002")
    schema.migrate(bare)
    with bare.read() as db:
        after = badge_rows.version(db, "toast", 1)
    assert (after.title, after.lang, after.name, after.criteria) == ("Toast", "en", said.name, said.criteria)
    assert after.description == said.criteria
    assert "sign done 2" in Worker(site, settings_of(site)).work()
    assert site.count(credentials) == 1


def test_migrating_what_is_up_to_date_keeps_every_row(bare: Store):
    site = lived_in(bare)
    before = {table.name: site.count(table) for table in METADATA.sorted_tables}
    schema.migrate(bare)
    assert {table.name: site.count(table) for table in METADATA.sorted_tables} == before
    assert stores.not_ready(bare) == ""


def test_a_migration_that_breaks_leaves_the_database_as_it_was(bare: Store, monkeypatch):
    site = lived_in(bare)
    dropped = []

    def broken(name: str) -> None:
        dropped.append(name)
        if len(dropped) == 9:
            raise KeyboardInterrupt
        op_drop(name)

    op_drop = op.drop_table
    monkeypatch.setattr(op, "drop_table", broken)
    with pytest.raises(KeyboardInterrupt):
        schema.back_to(bare, "base")
    assert schema.current(bare) == schema.newest()
    assert schema.differences(bare) == []
    assert site.count(events) == 8


def test_nothing_of_alembic_is_needed_to_say_where_the_database_is(bare: Store):
    """A web worker asks at every `/readyz`."""
    schema.migrate(bare)
    url = bare.url.render_as_string(hide_password=False)
    program = (
        "import sys; from pathlib import Path; from lms.services import stores\n"
        f"store = stores.open_store({url!r}, Path('.'))\n"
        "print(stores.not_ready(store), 'alembic' in sys.modules); store.close()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "No course is published. Run lms publish FOLDER. False\n"


def test_uuids_come_back_as_they_were_written(site: Site):
    lena = site.person()
    event = site.event("fill-it", "done")
    site.send(lena, event)
    with site.store.read() as db:
        found = db.execute(select(events.c.event_id).where(events.c.person_id == lena.person_id)).scalar_one()
    assert str(found) == event["id"]

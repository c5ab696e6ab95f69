"""Opening a database, bringing it up to date, and whether a site is fit to serve."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import text

from lms.errors import CannotRun, ReadOnly
from lms.services import publishing, stores
from lms.services.stores import Store
from lms.store import schema, site
from lms.store.gate import _Gate
from tests.services import written
from tests.services.site import at_once
from tests.store.databases import NOW_MS, ZONE, on


@pytest.fixture(params=on("sqlite", "postgresql"))
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A database with nothing in it."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/lms.db" if sqlite else request.getfixturevalue("postgres_database")
    with closing(stores.open_store(url, tmp_path)) as store:
        yield store


def test_a_new_site_says_step_by_step_what_it_needs(bare: Store):
    assert "Run lms migrate" in stores.not_ready(bare)
    stores.migrate(bare, ZONE, NOW_MS)
    assert "Run lms publish" in stores.not_ready(bare)
    publishing.publish(bare, "tea", written.tea(), written.TODAY, NOW_MS)
    assert stores.not_ready(bare) == ""


def test_migrating_twice_or_by_many_at_once_is_migrating_once(bare: Store):
    came = at_once([partial(stores.migrate, bare, ZONE, NOW_MS)] * 4)
    assert came == [schema.newest()] * 4
    epoch = stores.db_epoch(bare)
    assert stores.migrate(bare, ZONE, NOW_MS + 1) == schema.newest()
    assert stores.db_epoch(bare) == epoch
    assert len(epoch) == 32


def test_the_time_zone_is_fixed_the_first_time(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    with bare.read() as db:
        assert site.timezone(db) == "Europe/London"


def test_a_start_in_another_zone_is_refused_with_the_one_to_write_and_changes_nothing(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    with pytest.raises(CannotRun, match="Write LMS_TIMEZONE=Europe/London, not Asia/Tokyo"):
        stores.migrate(bare, ZoneInfo("Asia/Tokyo"), NOW_MS)
    with bare.read() as db:
        assert site.timezone(db) == "Europe/London"
    assert stores.migrate(bare, ZONE, NOW_MS) == schema.newest()


def test_a_database_that_was_stopped_before_it_had_a_zone_takes_the_one_it_is_given(bare: Store):
    schema.migrate(bare)
    stores.migrate(bare, ZoneInfo("Asia/Tokyo"), NOW_MS)
    with bare.read() as db:
        assert site.timezone(db) == "Asia/Tokyo"


def test_a_database_from_the_future_is_left_alone(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    with bare.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotRun, match="newer than this version knows"):
        stores.migrate(bare, ZONE, NOW_MS)
    assert "9999" in stores.not_ready(bare)


def test_a_database_that_may_only_be_read_is_read_and_says_that_nothing_can_be_saved(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    assert stores.can_write(bare)
    allow_writes(bare, False)
    assert not stores.can_write(bare)
    with pytest.raises(ReadOnly, match="can't save anything"), bare.write() as db:
        site.set_epoch(db, "another")
    assert stores.db_epoch(bare) != "another"
    allow_writes(bare, True)
    assert stores.can_write(bare)


def allow_writes(store: Store, yes: bool) -> None:
    """As an operator does who takes a backup, or a standby server does by itself."""
    if store.is_sqlite:
        store._writing().connection.driver_connection.execute(f"PRAGMA query_only = {0 if yes else 1}")
        return
    with psycopg.connect(store.url.set(drivername="postgresql").render_as_string(False), autocommit=True) as db:
        db.execute("SET default_transaction_read_only = off")
        db.execute(f"ALTER DATABASE {store.url.database} SET default_transaction_read_only = {'off' if yes else 'on'}")
    store.engine.dispose()


def test_asking_whether_anything_can_be_saved_changes_nothing(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    with bare.read() as db:
        before = db.execute(text("SELECT * FROM site")).all()
    assert stores.can_write(bare)
    with bare.read() as db:
        assert db.execute(text("SELECT * FROM site")).all() == before


def test_a_folder_that_may_only_be_read_has_a_name_at_the_gate_itself():
    with pytest.raises(ReadOnly), _Gate("/sys/lms.gate", threading.Lock()).passed(time.monotonic() + 5):
        pass


def test_a_new_epoch_is_another(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    before = stores.db_epoch(bare)
    with bare.write() as db:
        site.set_epoch(db, "another")
    assert stores.db_epoch(bare) == "another" != before

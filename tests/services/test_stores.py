"""Opening a database, bringing it up to date, and whether a site is fit to serve."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from lms.errors import CannotRun
from lms.services import publishing, stores
from lms.services.stores import Store
from lms.store import schema, site
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


def test_a_database_from_the_future_is_left_alone(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    with bare.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotRun, match="newer than this version knows"):
        stores.migrate(bare, ZONE, NOW_MS)
    assert "9999" in stores.not_ready(bare)


def test_a_new_epoch_is_another(bare: Store):
    stores.migrate(bare, ZONE, NOW_MS)
    before = stores.db_epoch(bare)
    with bare.write() as db:
        site.set_epoch(db, "another")
    assert stores.db_epoch(bare) == "another" != before

"""The tables keep the rules of their classes, and migrations lead to them and back with people in them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, inspect

from lms.errors import CannotRun
from lms.services import stores
from lms.services.stores import Store
from lms.store import schema
from lms.store.tables import METADATA
from tests.services.site import Site
from tests.store.databases import NOW_MS, ZONE

TABLES = METADATA.sorted_tables
CLASSES = {"ref", "person", "handle", "local"}


def of(kind: str) -> list[str]:
    return [table.name for table in TABLES if table.info["class"] == kind]


def test_every_table_says_its_class():
    assert {table.info.get("class") for table in TABLES} <= CLASSES


@pytest.mark.parametrize("name", of("person"))
def test_a_person_table_puts_person_id_first_in_every_key(name: str):
    for constraint in METADATA.tables[name].constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            assert next(iter(constraint.columns)).name == "person_id", constraint


@pytest.mark.parametrize("name", of("person"))
def test_no_index_of_a_person_table_is_unique(name: str):
    assert not any(index.unique for index in METADATA.tables[name].indexes)


@pytest.mark.parametrize("name", of("handle"))
def test_a_handle_table_is_keyed_by_a_hash(name: str):
    assert next(iter(METADATA.tables[name].primary_key.columns)).name == "key_hash"


@pytest.mark.parametrize("name", of("ref"))
def test_a_ref_table_leads_to_no_person(name: str):
    led_to = {key.column.table.info["class"] for key in METADATA.tables[name].foreign_keys}
    assert led_to <= {"ref"}


@pytest.mark.parametrize("name", of("handle"))
def test_a_handle_table_hangs_on_nothing(name: str):
    assert not METADATA.tables[name].foreign_keys


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path):
    url = f"sqlite:///{tmp_path}/lms.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")
    with closing(stores.open_store(url, tmp_path)) as store:
        yield store


def test_migrations_make_the_tables_of_the_package(empty: Store):
    stores.migrate(empty, ZONE, NOW_MS)
    assert schema.differences(empty) == []
    assert stores.migrate(empty, ZONE, NOW_MS) == schema.newest(), "a second time it is a no-op"


def test_migrations_lead_back_to_nothing(empty: Store):
    stores.migrate(empty, ZONE, NOW_MS)
    stores.migrate_back(empty, "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    stores.migrate(empty, ZONE, NOW_MS)
    assert schema.differences(empty) == []


def test_an_unknown_revision_is_refused_by_name(empty: Store):
    stores.migrate(empty, ZONE, NOW_MS)
    with pytest.raises(CannotRun, match=r"There is no revision 9999\. There are: base, 0001"):
        stores.migrate_back(empty, "9999")


def test_a_database_of_a_newer_version_is_refused(empty: Store):
    stores.migrate(empty, ZONE, NOW_MS)
    with empty.write() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotRun, match="newer than this version knows"):
        stores.migrate(empty, ZONE, NOW_MS)


def test_migrations_back_and_forth_work_with_people_in_the_tables(store: Store):
    site = Site(store)
    lena = site.person()
    assert set(site.results(lena, *site.lesson())) == {"new"}
    stores.migrate_back(store, "base")
    stores.migrate(store, ZONE, NOW_MS)
    assert schema.differences(store) == []

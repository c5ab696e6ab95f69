"""Every table keeps the rules of its class (docs/reference/data.md), and a distributed database can take them all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import BigInteger, Float, Numeric, Table, UniqueConstraint

from lms.store import schema
from lms.store.tables import METADATA
from tests.store.databases import Bases
from tests.store.partitioned import KEYS, PARTS

TABLES = METADATA.sorted_tables
PERSON = [table for table in TABLES if table.info["class"] == "person"]
HANDLE = [table for table in TABLES if table.info["class"] == "handle"]
REF = [table for table in TABLES if table.info["class"] == "ref"]
LOCAL = [table for table in TABLES if table.info["class"] == "local"]


def unique_keys(table: Table) -> list[list[str]]:
    """The columns of every unique thing of a table but its primary key."""
    constraints = [list(it.columns.keys()) for it in table.constraints if isinstance(it, UniqueConstraint)]
    return constraints + [list(it.columns.keys()) for it in table.indexes if it.unique]


def test_every_table_is_of_one_class():
    assert {table.info.get("class") for table in TABLES} <= {"ref", "person", "handle", "local"}
    assert len(TABLES) == len(PERSON) + len(HANDLE) + len(REF) + len(LOCAL) >= 32


@pytest.mark.parametrize("table", PERSON, ids=str)
def test_person_id_comes_first_in_every_key_of_a_person_table(table: Table):
    keys = [table.primary_key.columns.keys(), *unique_keys(table)]
    assert [key[0] for key in keys] == ["person_id"] * len(keys)
    assert isinstance(table.c.person_id.type, BigInteger)
    assert not table.c.person_id.autoincrement or table.c.person_id.autoincrement == "auto"


@pytest.mark.parametrize("table", [table for table in PERSON if table.name != "people"], ids=str)
def test_a_person_table_belongs_to_people_by_its_first_key_alone(table: Table):
    """Anyone else a row names (`by_id`, `actor_id`) may be on another machine: no foreign key leads there."""
    to_people = [key for key in table.foreign_keys if key.column.table.info["class"] != "ref"]
    assert [(key.parent.name, key.target_fullname) for key in to_people] == [("person_id", "people.person_id")]


@pytest.mark.parametrize("table", HANDLE, ids=str)
def test_a_handle_is_keyed_by_a_hash_and_hangs_on_nothing(table: Table):
    assert table.primary_key.columns.keys()[0] == "key_hash"
    assert all(key[0] == "key_hash" for key in unique_keys(table))
    assert not table.foreign_keys


@pytest.mark.parametrize("table", REF, ids=str)
def test_a_ref_table_says_nothing_of_a_person_and_leads_to_none(table: Table):
    assert "person_id" not in table.columns
    assert {key.column.table.info["class"] for key in table.foreign_keys} <= {"ref"}


@pytest.mark.parametrize("table", LOCAL, ids=str)
def test_a_local_table_hangs_on_nothing_and_says_nothing_of_a_person(table: Table):
    """It stays on one machine, whichever the rows of a person are on."""
    assert not table.foreign_keys
    assert "person_id" not in table.columns


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_columns_are_named_after_what_they_hold(table: Table):
    for column in table.columns:
        if column.name.endswith("_ms"):
            assert isinstance(column.type, BigInteger), "an instant is milliseconds"
        if column.name.endswith("_hash") and isinstance(column.type.python_type, type(bytes)):
            assert getattr(column.type, "length", 32) in (16, 32, 64)
        assert not isinstance(column.type, Float) or isinstance(column.type, Numeric), "nothing is counted in floats"


@pytest.mark.parametrize("table", PERSON + HANDLE, ids=str)
def test_rows_of_one_person_lie_together_on_sqlite(table: Table):
    assert table.dialect_options["sqlite"]["with_rowid"] is False


def test_tables_are_made_in_the_order_in_which_they_are_distributed():
    """Reference tables, people, their tables, handles: the order a distributed database needs."""
    (first,) = (path.read_text("utf-8") for path in schema._MIGRATIONS.glob("versions/0001*.py"))
    made = re.findall(r'create_table\(\s+"(\w+)"', first)
    rank = {"ref": 0, "person": 2, "handle": 3, "local": 4}
    ranks = [1 if name == "people" else rank[METADATA.tables[name].info["class"]] for name in made]
    assert ranks == sorted(ranks)
    assert re.findall(r'drop_table\("(\w+)"\)', first) == made[::-1]


@pytest.mark.postgres
def test_the_whole_schema_stands_with_every_person_and_handle_table_cut_by_hash(bases: Bases):
    """PostgreSQL itself refuses a key that lacks what its table is cut by."""
    import psycopg

    cut = """
        SELECT c.relname, pg_get_partkeydef(c.oid), count(*) FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid JOIN pg_inherits i ON i.inhparent = c.oid GROUP BY c.oid, c.relname
    """
    with psycopg.connect(bases["partitioned"].url.replace("+psycopg", "")) as db:
        found = {name: (key, parts) for name, key, parts in db.execute(cut)}
    assert found == {table.name: (f"HASH ({KEYS[table.info['class']]})", PARTS) for table in PERSON + HANDLE}

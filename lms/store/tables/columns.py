"""Kinds of column and of table, so that a table reads as its list of facts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, MetaData, Table, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Id(TypeDecorator[UUID]):
    """A UUID made by a phone or a form: 16 bytes on SQLite, `uuid` on PostgreSQL."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = LargeBinary(16) if dialect.name == "sqlite" else Uuid()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> object:
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return UUID(bytes=value) if value is not None and dialect.name == "sqlite" else value


def instant(name: str, null: bool = False) -> Column[int]:
    """An instant: integer milliseconds UTC."""
    return Column(name, BigInteger, nullable=null)


def owner() -> Column[int]:
    """`person_id` as the first column of a person table's key."""
    return Column("person_id", BigInteger, ForeignKey("people.person_id"), primary_key=True, autoincrement=False)


def ref_table(name: str, *parts: SchemaItem) -> Table[Any]:
    """A table of class ref."""
    return Table(name, METADATA, *parts, info={"class": "ref"})


def person_table(name: str, *parts: SchemaItem) -> Table[Any]:
    """A table of class person: on SQLite its rows lie together by person."""
    return Table(name, METADATA, *parts, info={"class": "person"}, sqlite_with_rowid=False)


def local_table(name: str, *parts: SchemaItem) -> Table[Any]:
    """A table of class local: this installation's own work lists."""
    return Table(name, METADATA, *parts, info={"class": "local"})


def handle_table(name: str, *parts: SchemaItem) -> Table[Any]:
    """A table of class handle: keyed by a hash."""
    return Table(name, METADATA, *parts, info={"class": "handle"}, sqlite_with_rowid=False)

"""What is typed, tapped or linked, by its hash: the only way to a person without her id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String

from lms.store.tables.columns import handle_table, instant

handles = handle_table(
    "handles",
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("ref", String(64)),
    instant("made_ms"),
    instant("expires_ms", null=True),
    instant("used_ms", null=True),
)
Index(None, handles.c.person_id)

throttles = handle_table(
    "throttles",
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("window_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("tries", Integer, nullable=False),
)

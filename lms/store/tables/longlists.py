"""Long lists of learners while they wait to be added: the rows of one, and what came of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Text

from lms.store.tables.columns import Id, instant, owner, person_table

long_lists = person_table(
    "long_lists",
    owner(),
    Column("list_id", Id, primary_key=True),
    Column("group_id", Integer, ForeignKey("groups.group_id"), nullable=False),
    Column("total", Integer, nullable=False),
    Column("unread", Text, nullable=False),
    instant("made_ms"),
    instant("asked_ms", null=True),
    instant("ended_ms", null=True),
    Column("added", Integer),
)

long_list_rows = person_table(
    "long_list_rows",
    owner(),
    Column("list_id", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("plain", String(240), nullable=False),
    Column("username", String(40)),
    Column("told", String(200)),
)

"""Tables of messages between a learner and the staff she may write to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Text

from lms.store.tables.columns import Id, instant, owner, person_table

threads = person_table(
    "threads",
    owner(),
    Column("thread_id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("group_id", Integer, ForeignKey("groups.group_id")),
    Column("pairing_id", Id),
    instant("made_ms"),
    instant("seen_ms", null=True),
)

thread_staff = person_table(
    "thread_staff",
    owner(),
    Column("thread_id", Id, primary_key=True),
    Column("staff_id", BigInteger, primary_key=True, autoincrement=False),
    instant("from_ms"),
    instant("until_ms", null=True),
    instant("seen_ms", null=True),
)
Index(None, thread_staff.c.staff_id)

messages = person_table(
    "messages",
    owner(),
    Column("message_id", Id, primary_key=True),
    Column("thread_id", Id, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("body", Text, nullable=False),
    instant("reported_ms", null=True),
    Column("reported_by", BigInteger),
)

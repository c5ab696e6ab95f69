"""Tables of this installation's own work: what is to be done, and the lists that say which badges are taken back."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Text

from lms.store.tables.columns import Id, instant, local_table

jobs = local_table(
    "jobs",
    Column("job_id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("args", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    instant("lease_ms", null=True),
    Column("at_key", Text),
    Column("result", Text),
)

status_lists = local_table(
    "status_lists",
    Column("list_no", Integer, primary_key=True, autoincrement=False),
    instant("signed_ms", null=True),
    instant("due_ms", null=True),
    Column("bits", LargeBinary, nullable=False),
    Column("document", Text),
)

status_slots = local_table(
    "status_slots",
    Column("list_no", Integer, primary_key=True, autoincrement=False),
    Column("slot_no", Integer, primary_key=True, autoincrement=False),
    Column("award_id", Id, nullable=False, unique=True),
)

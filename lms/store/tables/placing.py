"""Tables of placements: where a learner works, what she says of it, and what the business does."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Text

from lms.store.tables.columns import Id, instant, owner, person_table

placements = person_table(
    "placements",
    owner(),
    Column("placement_id", Id, primary_key=True),
    Column("business_id", Integer, ForeignKey("businesses.business_id"), nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("mentor_id", BigInteger),
    Column("starts_day", Integer, nullable=False),
    Column("ends_day", Integer, nullable=False),
    Column("week_minutes", Integer, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("risks", Text, nullable=False),
    Column("by_id", BigInteger),
    instant("recorded_ms"),
    Column("ended", String(16)),
    Column("ended_day", Integer),
    instant("ended_ms", null=True),
    Column("later", String(16)),
    instant("later_ms", null=True),
    instant("completed_ms", null=True),
    Column("completed_note", Text),
)
Index(None, placements.c.business_id)

hours = person_table(
    "hours",
    owner(),
    Column("hours_id", Id, primary_key=True),
    Column("placement_id", Id, nullable=False),
    Column("day", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("link", String(500)),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("replaces", Id),
)

confirmations = person_table(
    "confirmations",
    owner(),
    Column("placement_id", Id, primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("confirmation_id", Id, primary_key=True),
    Column("by_business", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("said", Text),
    Column("by_id", BigInteger),
    instant("at_ms"),
)

"""Tables of the path from a mentor to a placement: pairings, messages, concerns, hours worked, and what shows them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Text

from lms.store.tables.columns import Id, instant, owner, person_table

pairings = person_table(
    "pairings",
    owner(),
    Column("pairing_id", Id, primary_key=True),
    Column("mentor_id", BigInteger, nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("starts_day", Integer, nullable=False),
    Column("ends_day", Integer, nullable=False),
    Column("rhythm_days", Integer, nullable=False),
    instant("ended_ms", null=True),
    Column("after_id", Id),
    Column("by_id", BigInteger),
    instant("recorded_ms"),
)
Index(None, pairings.c.mentor_id)

mentors = person_table(
    "mentors",
    owner(),
    Column("capacity", Integer, nullable=False),
    Column("by_id", BigInteger),
    instant("recorded_ms"),
)

goals = person_table(
    "goals",
    owner(),
    Column("goal_id", Id, primary_key=True),
    Column("body", Text, nullable=False),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("by_id", BigInteger),
    instant("reached_ms", null=True),
    instant("dropped_ms", null=True),
)

threads = person_table(
    "threads",
    owner(),
    Column("thread_id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    instant("made_ms"),
    instant("seen_ms", null=True),
    instant("closed_ms", null=True),
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

concerns = person_table(
    "concerns",
    owner(),
    Column("concern_id", Id, primary_key=True),
    Column("about", String(16), nullable=False),
    Column("about_id", Id),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id")),
    Column("by_id", BigInteger),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("body", Text, nullable=False),
    instant("taken_ms", null=True),
    Column("taken_by", BigInteger),
    instant("closed_ms", null=True),
)
Index(None, concerns.c.recorded_ms)

concern_steps = person_table(
    "concern_steps",
    owner(),
    Column("step_id", Id, primary_key=True),
    Column("concern_id", Id, nullable=False),
    instant("at_ms"),
    Column("by_id", BigInteger),
    Column("said", Text, nullable=False),
)

placements = person_table(
    "placements",
    owner(),
    Column("placement_id", Id, primary_key=True),
    Column("business_id", Integer, ForeignKey("businesses.business_id"), nullable=False),
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
    Column("by_business", Boolean, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("said", Text),
    Column("by_id", BigInteger),
    instant("at_ms"),
)

evidence = person_table(
    "evidence",
    owner(),
    Column("evidence_id", Id, primary_key=True),
    Column("for_kind", String(16), nullable=False),
    Column("for_id", Id, nullable=False),
    Column("seen_by", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("stored_as", String(64), nullable=False),
    instant("made_ms"),
    instant("removed_ms", null=True),
)

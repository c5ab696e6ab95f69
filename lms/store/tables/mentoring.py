"""Tables of mentors: pairings, goals, worries that were passed on, and files that were handed in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Text

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

concerns = person_table(
    "concerns",
    owner(),
    Column("concern_id", Id, primary_key=True),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id")),
    Column("by_id", BigInteger),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("body", Text, nullable=False),
    instant("taken_ms", null=True),
    Column("taken_by", BigInteger),
    instant("closed_ms", null=True),
    Column("thread_id", Id),
    Column("message_id", Id),
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

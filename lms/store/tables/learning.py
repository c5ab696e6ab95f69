"""Tables about a person's learning: what she did, what it came to, what she earned."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)

from lms.store.tables.columns import Id, instant, owner, person_table

enrolments = person_table(
    "enrolments",
    owner(),
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True, autoincrement=False),
    Column("release_id", Integer, ForeignKey("releases.release_id"), nullable=False),
    Column("group_id", Integer, ForeignKey("groups.group_id")),
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    instant("at_ms"),
    instant("recorded_ms"),
    instant("counted_ms", null=True),
    Column("draw_seed", BigInteger, nullable=False),
    instant("ended_ms", null=True),
)

progress = person_table(
    "progress",
    owner(),
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True, autoincrement=False),
    Column("last_seq", Integer, nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("done_count", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    instant("last_at_ms", null=True),
    Column("state", Text, nullable=False),
)

events = person_table(
    "events",
    owner(),
    Column("event_id", Id, primary_key=True),
    Column("course_id", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("step_no", Integer),
    Column("release_id", Integer, nullable=False),
    Column("attempt_no", Integer, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("choice", Text),
    Column("mark", Integer),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("day", Integer, nullable=False),
    Column("by_id", BigInteger),
    Column("body_hash", LargeBinary(32)),
    UniqueConstraint("person_id", "course_id", "seq"),
)

words = person_table(
    "words",
    owner(),
    Column("event_id", Id, primary_key=True),
    Column("body", Text, nullable=False),
    Column("seen_by", String(16), nullable=False),
)

milestones = person_table(
    "milestones",
    owner(),
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("name", String(40), primary_key=True),
    instant("at_ms"),
    Column("day", Integer, nullable=False),
    instant("recorded_ms"),
    Column("release_id", Integer, nullable=False),
)

learner_months = person_table(
    "learner_months",
    owner(),
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True, autoincrement=False),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("day_bits", BigInteger, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("lessons", Integer, nullable=False),
)

awards = person_table(
    "awards",
    owner(),
    Column("award_id", Id, primary_key=True),
    Column("badge_id", Integer, ForeignKey("badges.badge_id"), nullable=False),
    Column("badge_version", Integer, nullable=False),
    Column("release_id", Integer),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("public_id", String(32), nullable=False),
    Column("shown", Boolean, nullable=False),
    instant("revoked_ms", null=True),
    Column("why", Text),
    Column("named", Boolean, nullable=False, server_default=false()),
    instant("due_ms", null=True),
    Column("evidence", Text),
    UniqueConstraint("person_id", "badge_id"),
)
_DUE = awards.c.due_ms.is_not(None)
Index("ix_awards_due", awards.c.person_id, awards.c.due_ms, sqlite_where=_DUE, postgresql_where=_DUE)
"""Of the few that wait to be signed, and of no other."""

credentials = person_table(
    "credentials",
    owner(),
    Column("award_id", Id, primary_key=True),
    Column("issue_no", Integer, primary_key=True, autoincrement=False),
    Column("key_id", String(64), nullable=False),
    Column("list_no", Integer, nullable=False),
    Column("slot_no", Integer, nullable=False),
    Column("document", Text, nullable=False),
    instant("signed_ms"),
)

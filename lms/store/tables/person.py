"""Tables about a person: who she is, how she signs in, what she may do, which groups she is in."""

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
)

from lms.store.tables.columns import Id, instant, owner, person_table

people = person_table(
    "people",
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("public_id", String(32), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("display_name", String(80), nullable=False),
    Column("username", String(40)),
    Column("email", String(254)),
    Column("lang", String(16), nullable=False),
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    Column("wishes", Text, nullable=False),
    Column("sign_in_epoch", Integer, nullable=False),
    instant("made_ms"),
    instant("erased_ms", null=True),
)

secrets = person_table(
    "secrets",
    owner(),
    Column("kind", String(16), primary_key=True),
    Column("secret_no", Integer, primary_key=True, autoincrement=False),
    Column("device_hash", LargeBinary(32)),
    Column("secret", Text, nullable=False),
    Column("fails", Integer, nullable=False),
    instant("locked_ms", null=True),
)

sign_ins = person_table(
    "sign_ins",
    owner(),
    Column("sign_in_hash", LargeBinary(32), primary_key=True),
    Column("device_hash", LargeBinary(32)),
    instant("made_ms"),
    instant("seen_ms"),
    instant("expires_ms"),
)
Index(None, sign_ins.c.expires_ms)

devices = person_table(
    "devices",
    owner(),
    Column("device_hash", LargeBinary(32), primary_key=True),
    instant("made_ms"),
)

roles = person_table(
    "roles",
    owner(),
    Column("role_id", Id, primary_key=True),
    Column("role", String(24), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("scope_id", Integer, nullable=False),
    instant("starts_ms"),
    instant("ends_ms", null=True),
    Column("by_id", BigInteger),
    instant("recorded_ms"),
)
Index(None, roles.c.scope, roles.c.scope_id)

memberships = person_table(
    "memberships",
    owner(),
    Column("membership_id", Id, primary_key=True),
    Column("group_id", Integer, ForeignKey("groups.group_id"), nullable=False),
    instant("joined_ms"),
    instant("left_ms", null=True),
    instant("recorded_ms"),
    Column("by_id", BigInteger),
)
Index(None, memberships.c.group_id)

merges = person_table(
    "merges",
    owner(),
    Column("merge_id", Id, primary_key=True),
    Column("other_id", BigInteger, nullable=False),
    instant("at_ms"),
    Column("by_id", BigInteger),
    instant("undone_ms", null=True),
)

complaints = person_table(
    "complaints",
    owner(),
    Column("complaint_id", Id, primary_key=True),
    Column("number", String(16), nullable=False),
    instant("at_ms"),
    Column("body", Text, nullable=False),
    Column("reach", String(200), nullable=False),
    instant("seen_ms", null=True),
    instant("closed_ms", null=True),
)

complaint_steps = person_table(
    "complaint_steps",
    owner(),
    Column("step_id", Id, primary_key=True),
    Column("complaint_id", Id, nullable=False),
    instant("at_ms"),
    Column("by_id", BigInteger),
    Column("said", Text, nullable=False),
)

consents = person_table(
    "consents",
    owner(),
    Column("consent_id", Id, primary_key=True),
    Column("purpose", String(24), nullable=False),
    Column("wording", Text, nullable=False),
    Column("chosen", String(24)),
    instant("given_ms"),
    instant("withdrawn_ms", null=True),
)

mail = person_table(
    "mail",
    owner(),
    Column("mail_id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("dedup", String(64), nullable=False),
    Column("address", String(254)),
    instant("made_ms"),
    instant("due_ms"),
    instant("late_ms"),
    Column("tries", Integer, nullable=False),
    instant("done_ms", null=True),
    Column("outcome", String(16)),
    UniqueConstraint("person_id", "dedup"),
)
_WAITS = mail.c.done_ms.is_(None)
Index("ix_mail_waiting", mail.c.due_ms, sqlite_where=_WAITS, postgresql_where=_WAITS)
"""Of the letters that wait to be sent, and of no other."""

audit = person_table(
    "audit",
    owner(),
    Column("n", Integer, primary_key=True, autoincrement=False),
    instant("at_ms"),
    Column("actor_id", BigInteger),
    Column("action", String(48), nullable=False),
    Column("object", String(200), nullable=False),
    Column("detail", Text),
    Column("prev_hash", LargeBinary(32), nullable=False),
)
Index(None, audit.c.actor_id)

attendance = person_table(
    "attendance",
    owner(),
    Column("tick_id", Id, primary_key=True),
    Column("meeting_id", Integer, ForeignKey("meetings.meeting_id"), nullable=False),
    Column("present", Boolean, nullable=False),
    Column("guest", Boolean, nullable=False),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("by_id", BigInteger),
)
Index(None, attendance.c.meeting_id)

bookings = person_table(
    "bookings",
    owner(),
    Column("meeting_id", Integer, ForeignKey("meetings.meeting_id"), primary_key=True, autoincrement=False),
    instant("made_ms"),
    instant("cancelled_ms", null=True),
    Column("by_id", BigInteger),
)
Index(None, bookings.c.meeting_id)

contacts = person_table(
    "contacts",
    owner(),
    Column("contact_id", Id, primary_key=True),
    Column("by_id", BigInteger),
    Column("kind", String(16), nullable=False),
    instant("at_ms"),
    instant("recorded_ms"),
    Column("outcome", String(16), nullable=False),
    Column("note", Text),
    Column("seen_by", String(16), nullable=False),
)

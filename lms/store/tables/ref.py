"""Reference tables: courses and their releases, groups, areas, organisations, badges."""

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

from lms.store.tables.columns import instant, ref_table

site = ref_table(
    "site",
    Column("site_id", Integer, primary_key=True),
    Column("db_epoch", String(32), nullable=False),
    Column("timezone", String(64), nullable=False),
    instant("made_ms"),
)

issuers = ref_table(
    "issuers",
    Column("did", String(300), primary_key=True),
    instant("since_ms"),
)

areas = ref_table(
    "areas",
    Column("area_id", Integer, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("parent_id", Integer, ForeignKey("areas.area_id")),
)

organisations = ref_table(
    "organisations",
    Column("organisation_id", Integer, primary_key=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(32), nullable=False),
)

courses = ref_table(
    "courses",
    Column("course_id", Integer, primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("origin_id", Integer, ForeignKey("courses.course_id")),
)

steps = ref_table(
    "steps",
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True),
    Column("step_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    instant("retired_ms", null=True),
)

step_names = ref_table(
    "step_names",
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True),
    Column("module", String(40), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("step_no", Integer, nullable=False),
    instant("since_ms"),
)

releases = ref_table(
    "releases",
    Column("release_id", Integer, primary_key=True),
    Column("course_id", Integer, ForeignKey("courses.course_id"), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("compiler", String(32), nullable=False),
    Column("sources_hash", String(64), nullable=False, index=True),
    Column("manifest", Text, nullable=False),
    instant("made_ms"),
)
releases.append_constraint(UniqueConstraint("course_id", "hash"))

release_steps = ref_table(
    "release_steps",
    Column("release_id", Integer, ForeignKey("releases.release_id"), primary_key=True),
    Column("step_no", Integer, primary_key=True, autoincrement=False),
    Column("module", String(40), nullable=False),
    Column("lesson", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("optional", Boolean, nullable=False),
    Column("meaning_hash", String(16), nullable=False),
)

release_keys = ref_table(
    "release_keys",
    Column("release_id", Integer, ForeignKey("releases.release_id"), primary_key=True),
    Column("step_no", Integer, primary_key=True, autoincrement=False),
    Column("key_json", Text, nullable=False),
)

release_pages = ref_table(
    "release_pages",
    Column("release_id", Integer, ForeignKey("releases.release_id"), primary_key=True),
    Column("lang", String(16), primary_key=True),
    Column("module", String(40), primary_key=True),
    Column("lesson", String(40), primary_key=True),
    Column("body", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
)

publications = ref_table(
    "publications",
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True),
    Column("publication_no", Integer, primary_key=True, autoincrement=False),
    Column("release_id", Integer, ForeignKey("releases.release_id"), nullable=False),
    instant("from_ms"),
    Column("by_id", BigInteger),
)

files = ref_table(
    "files",
    Column("file_hash", String(64), primary_key=True),
    Column("media_type", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
)

badges = ref_table(
    "badges",
    Column("badge_id", Integer, primary_key=True),
    Column("slug", String(96), nullable=False, unique=True),
    Column("course_id", Integer, ForeignKey("courses.course_id")),
    Column("module", String(40)),
)

badge_versions = ref_table(
    "badge_versions",
    Column("badge_id", Integer, ForeignKey("badges.badge_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("rule", Text, nullable=False),
    Column("picture_hash", String(64), nullable=False),
    Column("criteria", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("lang", String(16), nullable=False, server_default=""),
    Column("png_hash", String(64)),
)

groups = ref_table(
    "groups",
    Column("group_id", Integer, primary_key=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("join_hash", LargeBinary(32), nullable=False, unique=True),
    Column("join_salt", String(32), nullable=False),
    Column("name", String(120), nullable=False),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    Column("venue_id", Integer, ForeignKey("venues.venue_id")),
    Column("programme_id", Integer, ForeignKey("programmes.programme_id")),
    Column("kind", String(16), nullable=False, server_default="learners"),
    Column("starts_day", Integer),
    Column("ends_day", Integer),
    Column("late_join", Boolean, nullable=False),
)
for _of in (groups.c.organisation_id, groups.c.venue_id, groups.c.programme_id):
    Index(None, _of)

group_courses = ref_table(
    "group_courses",
    Column("group_id", Integer, ForeignKey("groups.group_id"), primary_key=True),
    Column("course_id", Integer, ForeignKey("courses.course_id"), primary_key=True),
)

venues = ref_table(
    "venues",
    Column("venue_id", Integer, primary_key=True),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    Column("name", String(120), nullable=False),
    Column("address", String(300), nullable=False),
    Column("note", String(500), nullable=False),
)

programmes = ref_table(
    "programmes",
    Column("programme_id", Integer, primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("starts_day", Integer, nullable=False),
    Column("ends_day", Integer, nullable=False),
)

programme_organisations = ref_table(
    "programme_organisations",
    Column("programme_id", Integer, ForeignKey("programmes.programme_id"), primary_key=True),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), primary_key=True),
)

targets = ref_table(
    "targets",
    Column("programme_id", Integer, ForeignKey("programmes.programme_id"), primary_key=True),
    Column("area_id", Integer, ForeignKey("areas.area_id"), primary_key=True),
    Column("measure", String(24), primary_key=True),
    Column("number", Integer, nullable=False),
)

meetings = ref_table(
    "meetings",
    Column("meeting_id", Integer, primary_key=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("group_id", Integer, ForeignKey("groups.group_id")),
    Column("venue_id", Integer, ForeignKey("venues.venue_id")),
    Column("programme_id", Integer, ForeignKey("programmes.programme_id")),
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    Column("kind", String(16), nullable=False),
    Column("name", String(120), nullable=False),
    Column("place", String(300), nullable=False),
    instant("starts_ms"),
    Column("minutes", Integer, nullable=False),
    Column("capacity", Integer),
    Column("series_id", String(32)),
    instant("cancelled_ms", null=True),
    instant("made_ms"),
    Column("by_id", BigInteger),
    Column("changes", Integer, nullable=False, server_default="0"),
)
Index(None, meetings.c.group_id, meetings.c.starts_ms)

businesses = ref_table(
    "businesses",
    Column("business_id", Integer, primary_key=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("organisation_id", Integer, ForeignKey("organisations.organisation_id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("contact", String(120), nullable=False),
    Column("email", String(254), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("checks", Text, nullable=False),
    Column("checked_day", Integer),
    Column("agreement_day", Integer),
    instant("made_ms"),
    Column("by_id", BigInteger),
    instant("ended_ms", null=True),
)

"""The tables of the spine: courses and releases, people and sign-ins, events and progress, groups and badges.

Later wings bring their own tables; the keys here are the ones docs/reference/data.md reserves.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.store.tables.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.area_id"], name=op.f("fk_areas_parent_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_areas")),
        sa.UniqueConstraint("code", name=op.f("uq_areas_code")),
        info={"class": "ref"},
    )
    op.create_table(
        "courses",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["courses.course_id"], name=op.f("fk_courses_origin_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_courses")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_slug")),
        info={"class": "ref"},
    )
    op.create_table(
        "files",
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("pk_files")),
        info={"class": "ref"},
    )
    op.create_table(
        "organisations",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisations_public_id")),
        info={"class": "ref"},
    )
    op.create_table(
        "site",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("db_epoch", sa.String(length=32), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site")),
        info={"class": "ref"},
    )
    op.create_table(
        "badges",
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=96), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("module", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_badges_course_id")),
        sa.PrimaryKeyConstraint("badge_id", name=op.f("pk_badges")),
        sa.UniqueConstraint("slug", name=op.f("uq_badges_slug")),
        info={"class": "ref"},
    )
    op.create_table(
        "groups",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("join_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("join_salt", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("starts_day", sa.Integer(), nullable=True),
        sa.Column("ends_day", sa.Integer(), nullable=True),
        sa.Column("late_join", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.area_id"], name=op.f("fk_groups_area_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.organisation_id"], name=op.f("fk_groups_organisation_id")
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_groups")),
        sa.UniqueConstraint("join_hash", name=op.f("uq_groups_join_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_groups_public_id")),
        info={"class": "ref"},
    )
    op.create_table(
        "releases",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("compiler", sa.String(length=32), nullable=False),
        sa.Column("sources_hash", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_releases_course_id")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_releases")),
        sa.UniqueConstraint("course_id", "hash", name=op.f("uq_releases_course_id_hash")),
        info={"class": "ref"},
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_releases_sources_hash"), ["sources_hash"], unique=False)

    op.create_table(
        "step_names",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_step_names_course_id")),
        sa.PrimaryKeyConstraint("course_id", "module", "name", name=op.f("pk_step_names")),
        info={"class": "ref"},
    )
    op.create_table(
        "steps",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_steps_course_id")),
        sa.PrimaryKeyConstraint("course_id", "step_no", name=op.f("pk_steps")),
        info={"class": "ref"},
    )
    op.create_table(
        "badge_versions",
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["badge_id"], ["badges.badge_id"], name=op.f("fk_badge_versions_badge_id")),
        sa.PrimaryKeyConstraint("badge_id", "version", name=op.f("pk_badge_versions")),
        info={"class": "ref"},
    )
    op.create_table(
        "group_courses",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_group_courses_course_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.group_id"], name=op.f("fk_group_courses_group_id")),
        sa.PrimaryKeyConstraint("group_id", "course_id", name=op.f("pk_group_courses")),
        info={"class": "ref"},
    )
    op.create_table(
        "publications",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("publication_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_publications_course_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.release_id"], name=op.f("fk_publications_release_id")),
        sa.PrimaryKeyConstraint("course_id", "publication_no", name=op.f("pk_publications")),
        info={"class": "ref"},
    )
    op.create_table(
        "release_keys",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.release_id"], name=op.f("fk_release_keys_release_id")),
        sa.PrimaryKeyConstraint("release_id", "step_no", name=op.f("pk_release_keys")),
        info={"class": "ref"},
    )
    op.create_table(
        "release_pages",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("lesson", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.release_id"], name=op.f("fk_release_pages_release_id")),
        sa.PrimaryKeyConstraint("release_id", "lang", "module", "lesson", name=op.f("pk_release_pages")),
        info={"class": "ref"},
    )
    op.create_table(
        "release_steps",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("lesson", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("meaning_hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.release_id"], name=op.f("fk_release_steps_release_id")),
        sa.PrimaryKeyConstraint("release_id", "step_no", name=op.f("pk_release_steps")),
        info={"class": "ref"},
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("sign_in_epoch", sa.Integer(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("erased_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.area_id"], name=op.f("fk_people_area_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_audit_person_id")),
        sa.PrimaryKeyConstraint("person_id", "n", name=op.f("pk_audit")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "awards",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("award_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("badge_version", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["badge_id"], ["badges.badge_id"], name=op.f("fk_awards_badge_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_awards_person_id")),
        sa.PrimaryKeyConstraint("person_id", "award_id", name=op.f("pk_awards")),
        sa.UniqueConstraint("person_id", "badge_id", name=op.f("uq_awards_person_id_badge_id")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolments",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("draw_seed", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.area_id"], name=op.f("fk_enrolments_area_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_enrolments_course_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.group_id"], name=op.f("fk_enrolments_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_enrolments_person_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.release_id"], name=op.f("fk_enrolments_release_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_enrolments")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("attempt_no", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_events_person_id")),
        sa.PrimaryKeyConstraint("person_id", "event_id", name=op.f("pk_events")),
        sa.UniqueConstraint("person_id", "course_id", "seq", name=op.f("uq_events_person_id_course_id_seq")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "learner_months",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day_bits", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_learner_months_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_learner_months_person_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", "month", name=op.f("pk_learner_months")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("membership_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("joined_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.group_id"], name=op.f("fk_memberships_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("person_id", "membership_id", name=op.f("pk_memberships")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_group_id"), ["group_id"], unique=False)

    op.create_table(
        "milestones",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_milestones_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_milestones_person_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", "kind", "name", name=op.f("pk_milestones")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "progress",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("fold_version", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("last_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.course_id"], name=op.f("fk_progress_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_progress_person_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_progress")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roles",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role_id", name=op.f("pk_roles")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roles_scope_scope_id"), ["scope", "scope_id"], unique=False)

    op.create_table(
        "secrets",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("secret_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("locked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_secrets_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", "secret_no", name=op.f("pk_secrets")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sign_ins",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sign_in_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("person_id", "sign_in_hash", name=op.f("pk_sign_ins")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_expires_ms"), ["expires_ms"], unique=False)

    op.create_table(
        "words",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_words_person_id")),
        sa.PrimaryKeyConstraint("person_id", "event_id", name=op.f("pk_words")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "handles",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", "kind", name=op.f("pk_handles")),
        info={"class": "handle"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("handles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handles_person_id"), ["person_id"], unique=False)

    op.create_table(
        "throttles",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("window_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "window_ms", name=op.f("pk_throttles")),
        info={"class": "handle"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("throttles")
    with op.batch_alter_table("handles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handles_person_id"))

    op.drop_table("handles")
    op.drop_table("words")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_expires_ms"))

    op.drop_table("sign_ins")
    op.drop_table("secrets")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roles_scope_scope_id"))

    op.drop_table("roles")
    op.drop_table("progress")
    op.drop_table("milestones")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_group_id"))

    op.drop_table("memberships")
    op.drop_table("learner_months")
    op.drop_table("events")
    op.drop_table("enrolments")
    op.drop_table("awards")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_actor_id"))

    op.drop_table("audit")
    op.drop_table("people")
    op.drop_table("release_steps")
    op.drop_table("release_pages")
    op.drop_table("release_keys")
    op.drop_table("publications")
    op.drop_table("group_courses")
    op.drop_table("badge_versions")
    op.drop_table("steps")
    op.drop_table("step_names")
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_releases_sources_hash"))

    op.drop_table("releases")
    op.drop_table("groups")
    op.drop_table("badges")
    op.drop_table("site")
    op.drop_table("organisations")
    op.drop_table("files")
    op.drop_table("courses")
    op.drop_table("areas")

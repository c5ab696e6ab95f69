"""Every table, each of one of four classes named in its `info` (docs/reference/data.md).

- ref: the same for everyone and small; nothing about a person, no foreign key to a person table.
- person: `person_id` is the first column of the primary key and of every unique constraint.
- handle: what is typed, tapped or linked, by its hash, to a `person_id`.
- local: this installation's own work lists (none yet).
"""

from __future__ import annotations

from lms.store.tables.columns import METADATA
from lms.store.tables.handle import handles, throttles
from lms.store.tables.learning import awards, enrolments, events, learner_months, milestones, progress, words
from lms.store.tables.person import audit, memberships, people, roles, secrets, sign_ins
from lms.store.tables.ref import (
    areas,
    badge_versions,
    badges,
    courses,
    files,
    group_courses,
    groups,
    organisations,
    publications,
    release_keys,
    release_pages,
    release_steps,
    releases,
    site,
    step_names,
    steps,
)

__all__ = [
    "METADATA",
    "areas",
    "audit",
    "awards",
    "badge_versions",
    "badges",
    "courses",
    "enrolments",
    "events",
    "files",
    "group_courses",
    "groups",
    "handles",
    "learner_months",
    "memberships",
    "milestones",
    "organisations",
    "people",
    "progress",
    "publications",
    "release_keys",
    "release_pages",
    "release_steps",
    "releases",
    "roles",
    "secrets",
    "sign_ins",
    "site",
    "step_names",
    "steps",
    "throttles",
    "words",
]

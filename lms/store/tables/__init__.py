"""Every table, each of one of four classes named in its `info` (docs/reference/data.md).

- ref: the same for everyone and small; nothing about a person, no foreign key to a person table.
- person: `person_id` is the first column of the primary key and of every unique constraint.
- handle: what is typed, tapped or linked, by its hash, to a `person_id`.
- local: this installation's own work lists.
"""

from __future__ import annotations

from lms.store.tables.columns import METADATA
from lms.store.tables.handle import handles, throttles
from lms.store.tables.learning import (
    awards,
    credentials,
    enrolments,
    events,
    learner_months,
    milestones,
    progress,
    words,
)
from lms.store.tables.local import jobs, status_lists, status_slots
from lms.store.tables.person import (
    audit,
    complaint_steps,
    complaints,
    consents,
    devices,
    mail,
    memberships,
    merges,
    people,
    roles,
    secrets,
    sign_ins,
)
from lms.store.tables.ref import (
    areas,
    badge_versions,
    badges,
    courses,
    files,
    group_courses,
    groups,
    issuers,
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
    "complaint_steps",
    "complaints",
    "consents",
    "courses",
    "credentials",
    "devices",
    "enrolments",
    "events",
    "files",
    "group_courses",
    "groups",
    "handles",
    "issuers",
    "jobs",
    "learner_months",
    "mail",
    "memberships",
    "merges",
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
    "status_lists",
    "status_slots",
    "step_names",
    "steps",
    "throttles",
    "words",
]

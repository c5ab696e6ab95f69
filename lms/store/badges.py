"""Rows of awards with what their badge said when it was given."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from lms.store.tables import awards, badge_versions, badges, courses, people


class AwardRow(NamedTuple):
    """An award, its badge's version, and its holder's name and what she told of herself."""

    person_id: int
    public_id: str
    release_id: int | None
    at_ms: int
    shown: bool
    revoked_ms: int | None
    slug: str | None
    module: str | None
    name: str
    criteria: str
    picture_hash: str
    display_name: str
    wishes: str


def _awards() -> Any:
    return (
        select(
            awards.c.person_id,
            awards.c.public_id,
            awards.c.release_id,
            awards.c.at_ms,
            awards.c.shown,
            awards.c.revoked_ms,
            courses.c.slug,
            badges.c.module,
            badge_versions.c.name,
            badge_versions.c.criteria,
            badge_versions.c.picture_hash,
            people.c.display_name,
            people.c.wishes,
        )
        .join(people, people.c.person_id == awards.c.person_id)
        .join(badges, badges.c.badge_id == awards.c.badge_id)
        .join(
            badge_versions,
            (badge_versions.c.badge_id == awards.c.badge_id) & (badge_versions.c.version == awards.c.badge_version),
        )
        .outerjoin(courses, courses.c.course_id == badges.c.course_id)
    )


def awards_of(db: Connection, person_id: int) -> list[AwardRow]:
    """A person's awards, the latest first."""
    rows = db.execute(_awards().where(awards.c.person_id == person_id).order_by(awards.c.at_ms.desc()))
    return [AwardRow(*row) for row in rows]


def award(db: Connection, person_id: int, award_ref: str) -> AwardRow | None:
    """One award by the id its handle holds."""
    row = db.execute(_awards().where(awards.c.person_id == person_id, awards.c.award_id == UUID(award_ref))).first()
    return AwardRow(*row) if row else None


def show(db: Connection, person_id: int, award_ref: str, shown: bool) -> None:
    """Open or close an award's page."""
    db.execute(
        update(awards).where(awards.c.person_id == person_id, awards.c.award_id == UUID(award_ref)).values(shown=shown)
    )

"""Rows of awards with what their badge said when it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, case, func, select, update

from lms.store import handles, merges
from lms.store.people import person
from lms.store.statements import insert_into
from lms.store.tables import awards, badge_versions, badges, courses, credentials, people


class VersionRow(NamedTuple):
    """What a version of a badge says, for everybody who earned it by that."""

    badge_id: int
    badge: str
    module: str | None
    version: int
    name: str
    criteria: str
    skills: str
    title: str
    description: str
    lang: str
    picture_hash: str
    png_hash: str | None
    rule: str


_VERSION: tuple[Any, ...] = (
    badges.c.badge_id,
    badges.c.slug,
    badges.c.module,
    badge_versions.c.version,
    badge_versions.c.name,
    badge_versions.c.criteria,
    badge_versions.c.skills,
    badge_versions.c.title,
    badge_versions.c.description,
    badge_versions.c.lang,
    badge_versions.c.picture_hash,
    badge_versions.c.png_hash,
    badge_versions.c.rule,
)


class AwardRow(NamedTuple):
    """An award with what its badge says, and its holder's name and what she told of herself."""

    person_id: int
    award_id: UUID
    public_id: str
    release_id: int | None
    at_ms: int
    shown: bool
    named: bool
    evidence: str | None
    """JSON of (event, title) of each work of hers that she wants in its file."""
    revoked_ms: int | None
    due_ms: int | None
    issue_no: int | None
    """Of the newest credential that was signed for it."""
    course_id: int | None
    slug: str | None
    holder: str
    display_name: str
    wishes: str
    erased_ms: int | None
    says: VersionRow


_NEWEST = (
    select(func.max(credentials.c.issue_no))
    .where(credentials.c.person_id == awards.c.person_id, credentials.c.award_id == awards.c.award_id)
    .scalar_subquery()
)
_AWARD: tuple[Any, ...] = (
    awards.c.person_id,
    awards.c.award_id,
    awards.c.public_id,
    awards.c.release_id,
    awards.c.at_ms,
    awards.c.shown,
    awards.c.named,
    awards.c.evidence,
    awards.c.revoked_ms,
    awards.c.due_ms,
    _NEWEST,
    badges.c.course_id,
    courses.c.slug,
    people.c.public_id,
    people.c.display_name,
    people.c.wishes,
    people.c.erased_ms,
)


def _awards(db: Connection, *where: Any) -> list[AwardRow]:
    """Awards, the latest first."""
    same = (badge_versions.c.badge_id == awards.c.badge_id) & (badge_versions.c.version == awards.c.badge_version)
    found = (
        select(*_AWARD, *_VERSION)
        .join(people, people.c.person_id == awards.c.person_id)
        .join(badges, badges.c.badge_id == awards.c.badge_id)
        .join(badge_versions, same)
        .outerjoin(courses, courses.c.course_id == badges.c.course_id)
    )
    rows = db.execute(found.where(*where).order_by(awards.c.at_ms.desc()))
    return [_hers(db, AwardRow._make((*row[: len(_AWARD)], VersionRow(*row[len(_AWARD) :])))) for row in rows]


def awards_of(db: Connection, ids: Sequence[int]) -> list[AwardRow]:
    """Somebody's awards under any of her ids, the latest first."""
    return _awards(db, awards.c.person_id.in_(list(ids)))


def award(db: Connection, person_id: int, award_ref: str) -> AwardRow | None:
    """One award by the id its handle holds."""
    return next(iter(_awards(db, *_one(person_id, UUID(award_ref)))), None)


def by_public_id(db: Connection, public_id: str) -> AwardRow | None:
    """One award by the end of the address of its page."""
    handle = handles.find(db, "badge", public_id)
    return award(db, handle.person_id, handle.ref) if handle and handle.ref else None


def _hers(db: Connection, row: AwardRow) -> AwardRow:
    """An award with the name of whom its holder was merged into, if she was."""
    kept = merges.kept_of(db, row.person_id)
    named = person(db, kept) if kept != row.person_id else None
    return row._replace(display_name=named.display_name, wishes=named.wishes) if named else row


def due_of(db: Connection, person_id: int, now_ms: int, far_ms: int) -> list[AwardRow]:
    """Those of a person's awards that are to be signed."""
    return _awards(db, awards.c.person_id == person_id, _is_due(now_ms, far_ms))


def due_people(db: Connection, now_ms: int, far_ms: int, after: int, limit: int) -> list[int]:
    """Ids of people of whom some award is to be signed, in their order, from after one: a look at a small index."""
    due = select(awards.c.person_id).where(_is_due(now_ms, far_ms), awards.c.person_id > after)
    return list(db.execute(due.distinct().order_by(awards.c.person_id).limit(limit)).scalars())


def _is_due(now_ms: int, far_ms: int) -> Any:
    """Its instant has come, or is too far away to be true."""
    due = awards.c.due_ms
    return due.is_not(None) & ((due <= now_ms) | (due > far_ms))


def show(db: Connection, row: AwardRow, shown: bool, named: bool) -> None:
    """Open or close an award's page, with her name in its file or without."""
    db.execute(update(awards).where(*_one(row.person_id, row.award_id)).values(shown=shown, named=named))


def choose(db: Connection, row: AwardRow, evidence: str | None) -> None:
    """What of hers is to be in an award's file."""
    db.execute(update(awards).where(*_one(row.person_id, row.award_id)).values(evidence=evidence))


_NEAR_MS = 1_000


def ask(db: Connection, person_id: int, at_ms: int, award_id: UUID | None = None, *, named: bool = False) -> int:
    """Ask for a new file of an award, or of all of hers; with `named`, of those that have her name in them. How many.

    Each time something else is asked for, also twice in a millisecond: what was being signed meanwhile is not it. One
    that was put off, or asked for by a clock that was ahead, is asked for now.
    """
    hers = [awards.c.person_id == person_id, awards.c.revoked_ms.is_(None)]
    hers += [awards.c.award_id == award_id] if award_id else []
    hers += [awards.c.named.is_(True)] if named else []
    near = awards.c.due_ms.between(at_ms, at_ms + _NEAR_MS)
    later = case((near, awards.c.due_ms + 1), else_=at_ms)
    return db.execute(update(awards).where(*hers).values(due_ms=later)).rowcount


def answer(db: Connection, seen: AwardRow, due_ms: int | None) -> bool:
    """A file that was asked for is there, or is put off; False where something else was asked for since."""
    asked = update(awards).where(*_one(seen.person_id, seen.award_id), awards.c.due_ms == seen.due_ms)
    return bool(db.execute(asked.values(due_ms=due_ms)).rowcount)


def ask_nothing(db: Connection, person_id: int) -> None:
    """Nothing of hers is to be signed."""
    db.execute(update(awards).where(awards.c.person_id == person_id).values(due_ms=None))


def revoke(db: Connection, person_id: int, award_id: UUID, why: str, at_ms: int) -> bool:
    """Take a badge back; False where that was done before."""
    held = update(awards).where(*_one(person_id, award_id), awards.c.revoked_ms.is_(None))
    return bool(db.execute(held.values(revoked_ms=at_ms, why=why, due_ms=None)).rowcount)


def people_after(db: Connection, person_id: int, limit: int) -> list[int]:
    """Ids of people who have a badge, in their order, from after one."""
    found = select(awards.c.person_id).where(awards.c.person_id > person_id)
    return list(db.execute(found.distinct().order_by(awards.c.person_id).limit(limit)).scalars())


def _one(person_id: int, award_id: UUID) -> tuple[Any, Any]:
    return awards.c.person_id == person_id, awards.c.award_id == award_id


def version(db: Connection, badge: str, number: int) -> VersionRow | None:
    """A version of the badge of a slug."""
    found = select(*_VERSION).join(badges, badges.c.badge_id == badge_versions.c.badge_id)
    row = db.execute(found.where(badges.c.slug == badge, badge_versions.c.version == number)).first()
    return VersionRow(*row) if row else None


def say(db: Connection, slug: str, said: Mapping[str, str]) -> tuple[int, int]:
    """(badge id, version) of a badge of no course that says just this: made where there is none. Safe at once twice."""
    db.execute(insert_into(db, badges).values(slug=slug).on_conflict_do_nothing(index_elements=["slug"]))
    its_id = db.execute(select(badges.c.badge_id).where(badges.c.slug == slug)).scalar_one()
    of = badge_versions.c.badge_id == its_id
    same = [badge_versions.c[column] == text for column, text in said.items()]
    known = select(badge_versions.c.version).where(of, *same).order_by(badge_versions.c.version.desc()).limit(1)
    version_no = db.execute(known).scalar()
    if version_no is None:
        newest = db.execute(select(func.max(badge_versions.c.version)).where(of)).scalar() or 0
        row = {"badge_id": its_id, "version": newest + 1, **said}
        db.execute(insert_into(db, badge_versions).values(**row).on_conflict_do_nothing())
        version_no = newest + 1
    return int(its_id), int(version_no)


def keep_png(db: Connection, badge_id: int, number: int, png_hash: str) -> None:
    """Where the picture of a version lies, drawn as a PNG."""
    one = (badge_versions.c.badge_id == badge_id) & (badge_versions.c.version == number)
    db.execute(update(badge_versions).where(one).values(png_hash=png_hash))

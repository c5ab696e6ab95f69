"""The rows of a release: its plan, steps, keys, pages, files and badges, written once and never changed.

A frozen release and the numbers of its names in; rows out, in the transaction of the publication.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from lms.content.plan import QUIZ, BadgePlan, CoursePlan, canonical
from lms.content.planjson import keys_to_json, plan_to_json
from lms.content.release import COMPILER, Names, Release, body_to_json, names_to_json
from lms.learning.badges import badge_about, badge_says
from lms.services.numbering import Numbering
from lms.store import courses as rows

Place = tuple[str, str]


def store_release(
    db: Connection,
    course_id: int,
    release: Release,
    numbering: Numbering,
    before: rows.ReleaseRow | None,
    sources: str,
    at_ms: int,
) -> int:
    """Every row of a new release; returns its id. Sources that come to a release made before are that release."""
    _keep_numbers(db, course_id, numbering, at_ms)
    known = rows.release_by_hash(db, course_id, release.hash)
    if known and before:
        rows.keep_sources(db, known.release_id, sources)
        rows.keep_manifest(db, before.release_id, _manifest(json.loads(before.manifest), release.names))
        return known.release_id
    numbers = numbering.of(release.plan)
    said = {"numbers": {"/".join(place): no for place, no in numbers.items()}, "plan": plan_to_json(release.plan)}
    manifest = _manifest(said, release.names)
    own = {"course_id": course_id, "hash": release.hash, "compiler": COMPILER, "sources_hash": sources}
    release_id = rows.add_release(db, {**own, "manifest": manifest, "made_ms": at_ms})
    _store_parts(db, release, numbers, release_id)
    for module, badge in _badges(release.plan):
        _store_badge(db, course_id, release.plan, module, badge)
    return release_id


def _store_parts(db: Connection, release: Release, numbers: Mapping[Place, int], release_id: int) -> None:
    rows.add_files(
        db,
        (
            {"file_hash": hash_, "media_type": file.media_type, "bytes": len(file.data)}
            for hash_, file in sorted(release.files.items())
        ),
    )
    rows.add_release_parts(
        db,
        _step_rows(release, numbers, release_id),
        (
            {
                "release_id": release_id,
                "step_no": numbers[place],
                "key_json": canonical(keys_to_json(key, release.other_keys(place))),
            }
            for place, key in sorted(release.keys.items())
        ),
        _page_rows(release, release_id),
    )


def _manifest(said: Mapping[str, object], names: Names) -> str:
    """What a release's own row holds: its plan and its numbers, which never change, and the record as it was made."""
    return canonical({**said, "names": names_to_json(names)})


def _keep_numbers(db: Connection, course_id: int, numbering: Numbering, at_ms: int) -> None:
    if numbering.again:
        rows.keep_own_numbers(db, course_id)
    rows.add_steps(db, course_id, numbering.new, at_ms)
    rows.number_again(db, course_id, numbering.again, at_ms)
    rows.retire_steps(db, course_id, sorted(numbering.retired), at_ms)


def _step_rows(release: Release, numbers: Mapping[Place, int], release_id: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for module in release.plan.modules:
        within = [(lesson.name, step) for lesson in module.lessons for step in lesson.steps]
        within += [(QUIZ, step) for step in (module.quiz.questions if module.quiz else ())]
        for position, (lesson, step) in enumerate(within, start=1):
            place = (module.module, step.name)
            found.append(
                {
                    "release_id": release_id,
                    "step_no": numbers[place],
                    "module": module.module,
                    "lesson": lesson,
                    "position": position,
                    "optional": step.optional,
                    "meaning_hash": release.names.named[place].meaning,
                }
            )
    return found


def _page_rows(release: Release, release_id: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    pages = ((lang, place, page) for lang in release.plan.langs for place, page in release.pages_of(lang).items())
    for lang, (module, lesson), fragments in sorted(pages, key=lambda page: page[:2]):
        body = body_to_json(fragments)
        place = {"release_id": release_id, "lang": lang, "module": module, "lesson": lesson}
        found.append({**place, "body": body, "bytes": len(body.encode())})
    return found


def _badges(plan: CoursePlan) -> list[tuple[str, BadgePlan]]:
    """(module, badge) of every badge a release gives; the course's own under the empty name."""
    given = [(module.module, module.badge) for module in plan.modules] + [("", plan.badge)]
    return [(module, badge) for module, badge in given if badge is not None]


def _store_badge(db: Connection, course_id: int, plan: CoursePlan, module: str, badge: BadgePlan) -> None:
    """A badge of a release: a new one, or a new version where what it says has changed."""
    slug = f"{plan.course}/{module}" if module else plan.course
    said = badge_says(plan, module, badge)
    known = rows.badge_version(db, slug)
    if known is None:
        known = (rows.add_badge(db, slug, course_id, module or None), 0, {})
    if known[2] != said:
        rows.add_badge_version(db, known[0], known[1] + 1, {**said, **badge_about(plan, module)})

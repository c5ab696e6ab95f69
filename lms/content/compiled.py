"""The document `lms compile` writes: a whole release as canonical JSON, described by `course.schema.json`.

A release in, text out. Keys stand in a part of their own, so that whoever sends the rest to a
browser has nothing to take out of it. `hash` is the SHA-256 of the canonical JSON of everything
but `hash` and `names`; a file is given by its hash, which is that of its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lms.content.plan import QUIZ, CoursePlan, Key, canonical
from lms.content.release import COMPILER, File, Fragment, Place, Release, names_to_json
from lms.content.stored import key_to_json, plan_to_json

Json = dict[str, Any]
_Pages = Mapping[Place, tuple[Fragment, ...]]


def compiled_json(release: Release) -> str:
    """A release as one line of canonical JSON, the same for the same release everywhere."""
    whole = contents(release.plan, release.pages, release.keys, release.files)
    return canonical(whole | {"hash": release.hash, "names": names_to_json(release.names)})


def contents(plan: CoursePlan, pages: _Pages, keys: Mapping[Place, Key], files: Mapping[str, File]) -> Json:
    """What the hash of a release covers."""
    whole = plan_to_json(plan)
    for module in whole["modules"]:
        _fill_module(module, pages)
    return whole | {
        "compiler": COMPILER,
        "welcome": _fragments(pages["", ""]),
        "help_pages": _fragments(pages.get(("", "help"), ())),
        "keys": {"/".join(place): key_to_json(key) for place, key in keys.items()},
        "files": {digest: _file(file) for digest, file in files.items()},
    }


def _fill_module(module: Json, pages: _Pages) -> None:
    name = module["module"]
    module["welcome"] = _fragments(pages[name, ""])
    for lesson in module["lessons"]:
        _fill(lesson, lesson["steps"], pages[name, lesson["name"]])
    if module["quiz"]:
        _fill(module["quiz"], module["quiz"]["questions"], pages[name, QUIZ])


def _fill(page: Json, steps: Iterable[Json], fragments: Iterable[Fragment]) -> None:
    """Put each fragment into what it shows: the page itself, or the step of its name."""
    shown = {fragment.name: _shown(fragment) for fragment in fragments}
    for part in (page, *steps):
        part.update(shown.get(part["name"], {}))


def _fragments(fragments: Iterable[Fragment]) -> list[Json]:
    return [{"name": fragment.name, **_shown(fragment)} for fragment in fragments]


def _shown(fragment: Fragment) -> Json:
    options = [{"letter": letter, "html": html} for letter, html in fragment.options]
    shown: Json = {"heading": fragment.title, "html": fragment.html, "options": options, "foot": fragment.foot}
    return {part: value for part, value in shown.items() if value or part in ("heading", "html")}


def _file(file: File) -> Json:
    return {"path": file.path, "type": file.media_type, "bytes": len(file.data)}

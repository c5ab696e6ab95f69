"""The document `lms compile` writes: a whole release as canonical JSON, described by `course.schema.json`.

A release in, text out. Keys stand in a part of their own, so that whoever sends the rest to a
browser has nothing to take out of it. `hash` is the SHA-256 of the canonical JSON of everything
but `hash` and `names`; a file is given by its hash, which is that of its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lms.content.plan import QUIZ, CoursePlan, canonical
from lms.content.planjson import keys_to_json, plan_to_json
from lms.content.release import COMPILER, File, Fragment, Names, Place, Release, Translation, names_to_json

Json = dict[str, Any]
_Pages = Mapping[Place, tuple[Fragment, ...]]


def compiled_json(release: Release) -> str:
    """A release as one line of canonical JSON, the same for the same release everywhere."""
    return canonical(contents(release) | {"hash": release.hash, "names": names_to_json(release.names)})


def reopened_in(plan: CoursePlan, names: Names) -> dict[str, int]:
    """How often what stands in a release was reopened: asked again, it is not the same release."""
    found = {place: it.reopened for place, it in names.named.items() if it.reopened}
    here = plan.steps() if found else {}
    return {"/".join(place): times for place, times in found.items() if place in here}


def contents(release: Release) -> Json:
    """What the hash of a release covers: everything but itself and the record of names."""
    pages, reopened = release.pages, reopened_in(release.plan, release.names)
    whole = plan_to_json(release.plan)
    for module in whole["modules"]:
        _fill_module(module, pages)
    translations = {lang: _translated(it) for lang, it in release.translations.items()}
    return whole | {
        "compiler": COMPILER,
        "welcome": _fragments(pages["", ""]),
        "help_pages": _fragments(pages.get(("", "help"), ())),
        "keys": _keys(release),
        "files": {digest: _file(file) for digest, file in release.files.items()},
        **({"reopened": reopened} if reopened else {}),
        **({"translations": translations} if translations else {}),
    }


def _translated(translation: Translation) -> Json:
    return {"/".join(place): _fragments(page) for place, page in translation.pages.items()}


def _keys(release: Release) -> Json:
    """Every key, and within it what it is in other languages."""
    return {"/".join(place): keys_to_json(key, release.other_keys(place)) for place, key in release.keys.items()}


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
    shown: Json = {
        "heading": fragment.title,
        "html": fragment.html,
        "options": _lettered(fragment.options),
        "foot": fragment.foot,
        "choices": _lettered(fragment.meanings),
        "heads": list(fragment.heads),
        "code": [{"language": language, "start": text} for language, text in fragment.code],
        "lang": fragment.lang,
    }
    return {part: value for part, value in shown.items() if value or part in ("heading", "html")}


def _lettered(texts: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"letter": letter, "html": html} for letter, html in texts]


def _file(file: File) -> Json:
    return {"path": file.path, "type": file.media_type, "bytes": len(file.data)}

"""A release: a course frozen. Never edited, only followed by another.

What `freeze` gives and `services.courses.publish` stores: the plan, the bodies of its pages, the
keys that mark it, its files, and the record of every name it ever had.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.content.plan import CoursePlan, Key, canonical

COMPILER = "1"
"""Raised whenever the same sources would give other bytes."""

Place = tuple[str, str]
"""(module, name), or (module, lesson) for a page; ("", "") is the course's welcome, (module, "") a module's."""


@dataclass(frozen=True)
class Fragment:
    """One screen of a lesson or quiz: a step, or a lesson's own first page (named as the lesson).

    `title`, `html`, `foot` and the options' texts are sanitised HTML; `options` are (letter, HTML)
    in the author's order; `foot` holds the terms and facts the text links to.
    """

    name: str
    title: str
    html: str
    options: tuple[tuple[str, str], ...] = ()
    foot: str = ""


@dataclass(frozen=True)
class File:
    """A picture of the course, found by the SHA-256 of its bytes."""

    path: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Named:
    """What is remembered of one published name: see `format.md`, Names, letters and fingerprints."""

    kind: str
    meaning: str
    wording: str
    letters: Mapping[str, str] = field(default_factory=dict)
    """Letter -> fingerprint of its plain text, of every letter ever given, those of gone parts too, in the order last
    shown. Of a lesson: the names of its steps, so that a line about it covers them."""
    gone: tuple[str, ...] = ()
    """Letters whose parts are no longer there."""
    removed: bool = False


@dataclass(frozen=True)
class Names:
    """Every name a course ever published, as of one release."""

    named: Mapping[Place, Named] = field(default_factory=dict)
    earlier: Mapping[Place, Place] = field(default_factory=dict)
    """Name it had -> name it has now, for every `renamed` and `moved` line that has acted."""
    done: tuple[str, ...] = ()
    """The lines of `changes` that have acted, `module: line`, in order: a file's name means nothing."""


@dataclass(frozen=True)
class Release:
    """A frozen course. `hash` is the SHA-256, in hex, of everything else but the names' record."""

    hash: str
    plan: CoursePlan
    pages: Mapping[Place, tuple[Fragment, ...]]
    keys: Mapping[Place, Key]
    files: Mapping[str, File]
    """By hash."""
    names: Names


def body_to_json(fragments: tuple[Fragment, ...]) -> str:
    """A page's body: what `release_pages.body` holds and a phone keeps. Byte-identical for equal fragments."""
    return canonical([vars(fragment) for fragment in fragments])


def body_from_json(body: str) -> tuple[Fragment, ...]:
    """The inverse of `body_to_json`."""
    return tuple(
        Fragment(f["name"], f["title"], f["html"], tuple((letter, html) for letter, html in f["options"]), f["foot"])
        for f in json.loads(body)
    )


def names_to_json(names: Names) -> dict[str, Any]:
    """The record as JSON values; a place is written `module/name`."""
    return {
        "named": {
            "/".join(place): {
                "kind": it.kind,
                "meaning": it.meaning,
                "wording": it.wording,
                "letters": [list(pair) for pair in it.letters.items()],
                "gone": list(it.gone),
                "removed": it.removed,
            }
            for place, it in names.named.items()
        },
        "earlier": {"/".join(old): "/".join(new) for old, new in names.earlier.items()},
        "done": list(names.done),
    }


def names_from_json(value: Mapping[str, Any]) -> Names:
    """The inverse of `names_to_json`."""
    return Names(
        named={
            _place(text): Named(
                kind=it["kind"],
                meaning=it["meaning"],
                wording=it["wording"],
                letters=dict(it["letters"]),
                gone=tuple(it["gone"]),
                removed=it["removed"],
            )
            for text, it in value["named"].items()
        },
        earlier={_place(old): _place(new) for old, new in value["earlier"].items()},
        done=tuple(value["done"]),
    )


def _place(text: str) -> Place:
    module, _, name = text.partition("/")
    return module, name

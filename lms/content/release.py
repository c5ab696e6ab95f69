"""A release: a course frozen. Never edited, only followed by another.

What `freeze` gives and `services.courses.publish` stores: the plan, the bodies of its pages, the
keys that mark it, its files, and the record of every name it ever had.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.content.plan import CoursePlan, Key, canonical

COMPILER = "4"
"""Raised whenever the same sources would give other bytes."""

Place = tuple[str, str]
"""(module, name), or (module, lesson) for a page; ("", "") is the course's welcome, (module, "") a module's."""


@dataclass(frozen=True)
class Fragment:
    """One screen of a lesson or quiz: a step, or a lesson's own first page (named as the lesson).

    `title`, `html`, `foot` and the texts behind letters are sanitised HTML. In the `html` of Gaps each
    gap is exactly `<span class="gap" id="gap-1"></span>`, counted from 1: no author can write one.
    """

    name: str
    title: str
    html: str
    options: tuple[tuple[str, str], ...] = ()
    """(letter, HTML) of options, points, boxes or left cells in the author's order; of an Order's items and Gaps'
    words in the letters' own order, which says nothing of the right one."""
    foot: str = ""
    """The terms and facts the text links to."""
    meanings: tuple[tuple[str, str], ...] = ()
    """Of a Match: (letter, HTML) of all there is to choose from, in the letters' own order."""
    heads: tuple[str, ...] = ()
    """Of a Match: what stands above its two columns."""
    code: tuple[tuple[str, str], ...] = ()
    """Of a Code: (language, text) of its starts; text, not HTML."""
    lang: str = ""
    """Its own language, where that is not the page's: the source language, on a page that is only partly translated."""


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
    choices: tuple[str, ...] = ()
    """Of the letters those that are choices: see `letters`."""
    since: str = ""
    """The day it was first published, `2026-11-21`; empty until it is."""
    reopened: int = 0
    """How often it was: each time it got a new number, and its letters started anew."""
    translations: Mapping[str, Made] = field(default_factory=dict)
    """By language."""


@dataclass(frozen=True)
class Made:
    """What a translation of a name says, and what it was made from: fingerprints."""

    wording: str
    source_wording: str
    source_meaning: str

    def followed(self, wording: str, meaning: str) -> bool:
        """Was it made from a source that says and means this?"""
        return (self.source_wording, self.source_meaning) == (wording, meaning)


@dataclass(frozen=True)
class Names:
    """Every name a course ever published, as of one release."""

    named: Mapping[Place, Named] = field(default_factory=dict)
    earlier: Mapping[Place, Place] = field(default_factory=dict)
    """Name it had -> name it has now, for every `renamed` and `moved` line that has acted."""
    done: tuple[str, ...] = ()
    """The lines of `changes` that have acted, `module: line`, in order: a file's name means nothing."""
    texts: Mapping[Place, Mapping[str, Made]] = field(default_factory=dict)
    """By language, what translations of texts without a place in `named` were made from: of ("", "") the course's
    title and welcome, of (module, "") a module's, of ("glossary.md", name) a term, of ("facts.md", name) a fact."""


@dataclass(frozen=True)
class Act:
    """A line of `changes` that acted when a release was frozen, and on what."""

    file: str
    line: str
    """As its author typed it: `2026-11-21 remarked q-length`."""
    verb: str
    places: tuple[Place, ...] = ()
    """The names it was about, as they are called in this release; none where the name was never published."""


def acted_on(acts: Iterable[Act], verb: str) -> tuple[Place, ...]:
    """Every name that lines of one kind were about: of `remarked`, those whose answers are to be marked again."""
    return tuple(dict.fromkeys(place for act in acts if act.verb == verb for place in act.places))


@dataclass(frozen=True)
class Translation:
    """A release in another language, as far as it is translated: what is missing here is as in the source language."""

    pages: Mapping[Place, tuple[Fragment, ...]]
    """Those on which anything is translated, whole: fragments that are not have the source's `lang`."""
    keys: Mapping[Place, Key]
    """Of the steps that are translated. The letters are the source's; its Answers are accepted beside their own."""


@dataclass(frozen=True)
class Release:
    """A frozen course. `hash` is the SHA-256, in hex, of everything else but the record of names and `acts`."""

    hash: str
    plan: CoursePlan
    pages: Mapping[Place, tuple[Fragment, ...]]
    keys: Mapping[Place, Key]
    files: Mapping[str, File]
    """By hash."""
    names: Names
    acts: tuple[Act, ...] = ()
    """What this publication did to published names, in order: nothing where it is published again."""
    translations: Mapping[str, Translation] = field(default_factory=dict)
    """By language; `plan.titles` has the titles of each."""

    def other_keys(self, place: Place) -> dict[str, Key]:
        """What marks a step in each language it is translated into."""
        return {lang: it.keys[place] for lang, it in self.translations.items() if place in it.keys}

    def pages_of(self, lang: str) -> Mapping[Place, tuple[Fragment, ...]]:
        """The pages written in a language: all of them in the source's, those with anything translated in another."""
        return self.pages if lang == self.plan.lang else self.translations[lang].pages


def body_to_json(fragments: tuple[Fragment, ...]) -> str:
    """A page's body: what `release_pages.body` holds and a phone keeps. Byte-identical for equal fragments."""
    return canonical([_said(fragment) for fragment in fragments])


def _said(fragment: Fragment) -> dict[str, Any]:
    """A fragment without the parts that only some kinds have, where they say nothing."""
    whole = vars(fragment)
    return {part: value for part, value in whole.items() if value or part not in ("meanings", "heads", "code", "lang")}


def body_from_json(body: str) -> tuple[Fragment, ...]:
    """The inverse of `body_to_json`."""
    return tuple(
        Fragment(
            name=f["name"],
            title=f["title"],
            html=f["html"],
            options=_pairs(f["options"]),
            foot=f["foot"],
            meanings=_pairs(f.get("meanings", ())),
            heads=tuple(f.get("heads", ())),
            code=_pairs(f.get("code", ())),
            lang=f.get("lang", ""),
        )
        for f in json.loads(body)
    )


def _pairs(value: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in value)


def names_to_json(names: Names) -> dict[str, Any]:
    """The record as JSON values; a place is written `module/name`."""
    texts = {
        "/".join(place): {lang: _made_to_json(it) for lang, it in made.items()} for place, made in names.texts.items()
    }
    return {
        "named": {"/".join(place): _named_to_json(it) for place, it in names.named.items()},
        "earlier": {"/".join(old): "/".join(new) for old, new in names.earlier.items()},
        "done": list(names.done),
        **({"texts": texts} if texts else {}),
    }


def _named_to_json(named: Named) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "kind": named.kind,
        "meaning": named.meaning,
        "wording": named.wording,
        "letters": [list(pair) for pair in named.letters.items()],
        "gone": list(named.gone),
        "removed": named.removed,
    }
    made = {lang: _made_to_json(it) for lang, it in named.translations.items()}
    some = {
        "choices": list(named.choices),
        "since": named.since,
        "reopened": named.reopened,
        "translations": made,
    }
    return whole | {part: value for part, value in some.items() if value}


def _made_to_json(made: Made) -> list[str]:
    return [made.wording, made.source_wording, made.source_meaning]


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
                choices=tuple(it.get("choices", ())),
                since=it.get("since", ""),
                reopened=it.get("reopened", 0),
                translations={lang: Made(*made) for lang, made in it.get("translations", {}).items()},
            )
            for text, it in value["named"].items()
        },
        earlier={_place(old): _place(new) for old, new in value["earlier"].items()},
        done=tuple(value["done"]),
        texts={
            _place(text): {lang: Made(*made) for lang, made in it.items()}
            for text, it in value.get("texts", {}).items()
        },
    )


def _place(text: str) -> Place:
    module, _, name = text.partition("/")
    return module, name

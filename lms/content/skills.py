"""Skills: the frameworks that lessons name, each version a data file of this package.

A skill is typed `framework/code`, such as `eds-2022/F7`. Where a framework is written anew, a file is
added and the old one stays, so that what was measured by it keeps its meaning. The files are read
when something first asks, which only compiling and reports do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lms.content.faults import Faults


@dataclass(frozen=True)
class Skill:
    """A task, category or competence of a framework. `group` is the part of the framework it stands in."""

    code: str
    title: str
    group: str
    plain: str
    """What somebody who has it can do, in our own words for learners: `I can ...`."""


@dataclass(frozen=True)
class Framework:
    """One version of a framework: whose it is, where its words are from, and what is not sure about them."""

    name: str
    title: str
    version: str
    publisher: str
    sources: tuple[str, ...]
    checked: str
    notes: tuple[str, ...]
    skills: Mapping[str, Skill]


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework there is, by its name, in the order of the names."""
    folder = files("lms.content") / "frameworks"
    found = (it for it in folder.iterdir() if it.name.endswith(".json"))
    texts = (it.read_text(encoding="utf-8") for it in sorted(found, key=lambda it: it.name))
    return {framework.name: framework for framework in map(_framework, texts)}


def _framework(text: str) -> Framework:
    value = json.loads(text)
    skills = [Skill(it["code"], it["title"], it["group"], it.get("plain", it["title"])) for it in value["skills"]]
    return Framework(
        name=value["framework"],
        title=value["title"],
        version=value["version"],
        publisher=value["publisher"],
        sources=tuple(value["source"]),
        checked=value["checked"],
        notes=tuple(value["note"]),
        skills={skill.code: skill for skill in skills},
    )


def skill_named(typed: str) -> Skill | None:
    """The skill of a `framework/code`, or None."""
    framework, _, code = typed.partition("/")
    return frameworks()[framework].skills.get(code) if framework in frameworks() else None


def check_skill(faults: Faults, line: int, column: int, typed: str) -> bool:
    """Is there such a skill? Says so if not; `typed` has the form `framework/code` already."""
    if skill_named(typed):
        return True
    name, _, code = typed.partition("/")
    framework = frameworks().get(name)
    if framework is None:
        message = faults.unknown(f'there is no framework "{name[:40]}"', name, frameworks())
        faults.error(line, "framework-unknown", message, f"There are {', '.join(frameworks())}.", column)
    else:
        message = faults.unknown(f'{name} has no skill "{code[:40]}"', code, framework.skills)
        faults.error(line, "skill-unknown", message, f"It has {', '.join(framework.skills)}.", column)
    return False

"""A throw-away site for one course, as its author looks at it: who is signed in there, and what is told of the course.

It stands in a temporary folder of its own. One process looks at the course's files and writes (`previewing`); the
server beside it reads. Between them are two files: what the server needs to begin, and the newest `State`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from lms.content.problems import Problem, Severity
from lms.services import people
from lms.services.courses import Catalogue, Shelf
from lms.services.people import Token
from lms.services.stores import Store, migrate, open_store
from lms.settings import DATABASE_FILE, LONDON
from lms.store import people as rows
from lms.store.gate import retried

NAME = "Demo learner"
_OPENING, _STATE = "opening.json", "state.json"

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Opening:
    """What the server begins with."""

    public_url: str
    secret_key: str
    learner: Token
    """The sign-in of the one learner there is: whoever opens the preview is she."""


@dataclass(frozen=True)
class Told:
    """A problem, and the names under which its line stands; empty where they can't be told."""

    problem: Problem
    module: str = ""
    lesson: str = ""
    step: str = ""


@dataclass(frozen=True)
class State:
    """What is known of a course since its files were looked at last."""

    folder: str
    """What it is called."""
    version: int = 0
    """Another one whenever anything below has changed."""
    course: str = ""
    """The course that is shown; empty until one was fit to be."""
    release: str = ""
    shown_ms: int = 0
    """When the files shown were read."""
    drafts: tuple[str, ...] = ()
    """Modules of it that learners will not see."""
    told: tuple[Told, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """The text of every file that has a problem."""
    trouble: str = ""
    """Why the files can't be looked at just now."""

    def count(self, severity: Severity) -> int:
        return sum(it.problem.severity == severity for it in self.told)

    @property
    def is_behind(self) -> bool:
        """Whether an older version than the files' is shown, or none."""
        return bool(self.trouble) or self.count(Severity.ERROR) > 0


def set_up(var: Path, public_url: str, at_ms: int) -> Store:
    """Make the database with its learner, and what the server begins with."""
    store = open_store(database_url(var), var)
    migrate(store, LONDON, at_ms)
    _write(var / _OPENING, Opening(public_url, secrets.token_hex(32), _make_learner(store, at_ms)))
    return store


def database_url(var: Path) -> str:
    return f"sqlite:///{var / DATABASE_FILE}"


@retried
def _make_learner(store: Store, at_ms: int) -> Token:
    person_id = people.new_person_id()
    with store.write() as db:
        values = people.person_values(person_id, NAME, None, people.first_wishes("yes"), "en", at_ms)
        rows.add_person(db, values)
        return people.sign_in_here(db, person_id, at_ms)


def opening(var: Path) -> Opening:
    """What was written when it was set up, with the learner's newest sign-in."""
    return _read(var / _OPENING, Opening)


def sign_in_again(store: Store, var: Path, at_ms: int) -> Token:
    """A new sign-in of the learner, once she has signed out."""
    before = opening(var)
    token = _new_sign_in(store, before.learner.person_id, at_ms)
    _write(var / _OPENING, replace(before, learner=token))
    return token


@retried
def _new_sign_in(store: Store, person_id: int, at_ms: int) -> Token:
    with store.write() as db:
        return people.sign_in_here(db, person_id, at_ms)


def keep_state(var: Path, state: State) -> None:
    _write(var / _STATE, state)


class States:
    """The newest state, read anew when it has been written anew."""

    def __init__(self, var: Path) -> None:
        self._path = var / _STATE
        self._known: tuple[tuple[int, int], State] | None = None

    def now(self) -> State:
        known, about = self._known, os.stat(self._path)
        stamp = about.st_ino, about.st_mtime_ns
        if known is None or known[0] != stamp:
            known = self._known = stamp, _read(self._path, State)
        return known[1]


class OneCourse(Catalogue):
    """The course as it is this instant, alone: one that was given another name is not shown under the old one too."""

    def __init__(self, store: Store, states: States) -> None:
        super().__init__(store)
        self._states = states

    def shelf(self, now_ms: int) -> Shelf:
        with self._lock:
            shelf = self._look(now_ms)
        course = self._states.now().course
        return replace(shelf, courses={slug: it for slug, it in shelf.courses.items() if slug == course})


def _write(path: Path, kept: object) -> None:
    """Whole or not at all: somebody may be reading."""
    half = path.with_name(f".{path.name}")
    half.write_bytes(msgspec.json.encode(kept))
    half.replace(path)


def _read(path: Path, kind: type[Kept]) -> Kept:
    return msgspec.json.decode(path.read_bytes(), type=kind)

"""What reading a module gave, kept, so that the next compile reads only the modules that changed.

A mapping of keys to bytes in, which the caller keeps where he likes; modules and their faults out.
A key is made of all that reading a module depends on: the file's path and bytes, the language of
the course, this compiler's own sources and data and the versions of what it reads with. So nothing
goes stale, and anything may be deleted at any time. An entry is data and never code: it is checked
by a digest and by the shape it must have, and one that is not whole is read anew from its source.

An entry has two parts. The head is what other files are held against, and is small; the body, the
tokens of every text, is only fetched when somebody asks for them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec

from lms.content.course import BadgeSetting, Change, Module, Roll
from lms.content.faults import Faults
from lms.content.manuscript import Coded, Link, Manuscript, Named, Repeat
from lms.content.modules import ModuleFile
from lms.content.problems import Problem
from lms.content.sealed import Store, compiler_digest, opened, sealed
from lms.content.source import Source
from lms.content.tree import Tree, grown, pruned
from lms.content.words import language

_TEXTS = ("title", "welcome", "lessons", "quiz")
_QUICK = 1


class _Light(msgspec.Struct, frozen=True, array_like=True):
    """What of a module is not text."""

    module: str
    lang: str
    badge: BadgeSetting
    leave: bool
    care: str
    changes: tuple[Change, ...]
    roll: Roll


class _Burdens(msgspec.Struct, frozen=True, array_like=True):
    """What was warned of, while the files it shows weighed so much."""

    weights: dict[str, int]
    problems: list[Problem]


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """What other files are held against, and everything that was wrong."""

    name: str | None
    name_line: int
    lang: str
    lang_line: int
    language: str
    problems: list[Problem]
    suggested: int
    links: list[Link]
    named: dict[str, Named]
    repeats: list[Repeat]
    codes: list[Coded]
    labels: set[str]
    references: dict[str, Any]
    light: _Light | None
    burdens: _Burdens | None = None


class Shelf:
    """The kept modules of one course."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._heads: dict[str, tuple[str, _Head]] = {}
        """The file of each module: its key, and what is kept of it."""
        self._new: set[str] = set()

    def take(self, file: str, data: bytes, lang: str, faults: Faults) -> ModuleFile | None:
        """The module a file is, and its faults, as they were when these bytes were read; None if nobody knows."""
        key = _key(file, data, lang)
        head = opened(self.store.get(key), _Head)
        if head is None:
            return None
        self._heads[file] = key, head
        faults.again(head.problems)
        faults.suggested = head.suggested
        ms = _manuscript(head, file, data, faults)
        module = _kept_module(self.store, key, ms, head.light) if head.light else None
        return ModuleFile(ms, head.name, head.name_line, head.lang, head.lang_line, module)

    def put(self, data: bytes, lang: str, read: ModuleFile, before: int) -> None:
        """Keep a module as it has just been read; `before` of its faults were known without reading it."""
        ms = read.ms
        module = read.module
        head = _Head(
            name=read.name,
            name_line=read.name_line,
            lang=read.lang,
            lang_line=read.lang_line,
            language=ms.lang,
            problems=ms.faults.problems[before:],
            suggested=ms.faults.suggested,
            links=ms.links,
            named=ms.named,
            repeats=ms.repeats,
            codes=ms.codes,
            labels=ms.labels,
            references=ms.env.get("references", {}),
            light=_light(module) if module else None,
        )
        key = _key(ms.source.file, data, lang)
        self._heads[ms.source.file] = key, head
        self._new.add(ms.source.file)
        if module:
            self.store[_body(key)] = zlib.compress(sealed(pruned(module)), _QUICK)

    def burdens(self, file: str, weights: dict[str, int]) -> Sequence[Problem] | None:
        """What a module was warned of, if the files it shows weigh what they weighed."""
        known = self._heads[file][1].burdens if file in self._heads else None
        return known.problems if known and known.weights == weights else None

    def put_burdens(self, file: str, weights: dict[str, int], problems: Sequence[Problem]) -> None:
        key, head = self._heads[file]
        self._heads[file] = key, msgspec.structs.replace(head, burdens=_Burdens(weights, list(problems)))
        self._new.add(file)

    def beside(self, file: str, what: str) -> bytes | None:
        """What else is kept of a module of this course."""
        return self.store.get(f"{self._heads[file][0]}.{what}") if file in self._heads else None

    def put_beside(self, file: str, what: str, data: bytes) -> None:
        if file in self._heads:
            self.store[f"{self._heads[file][0]}.{what}"] = data

    def close(self) -> None:
        """Keep what is new."""
        for file in sorted(self._new):
            key, head = self._heads[file]
            self.store[key] = sealed(head)


def _light(module: Module) -> _Light:
    return _Light(module.module, module.lang, module.badge, module.leave, module.care, module.changes, module.roll)


def _manuscript(head: _Head, file: str, data: bytes, faults: Faults) -> Manuscript:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Manuscript(
        source=Source(file, text.replace("\0", "\ufffd"), text.split("\n")),
        faults=faults,
        language=language(head.language),
        env={"references": head.references} if head.references else {},
        links=head.links,
        named=head.named,
        repeats=head.repeats,
        codes=head.codes,
        labels=head.labels,
        lang=head.language,
    )


class _KeptModule(Module):
    """A module whose texts are fetched when somebody first asks for one."""

    def __getattr__(self, name: str) -> object:
        if name not in _TEXTS:
            raise AttributeError(name)
        self.__dict__.update(self.__dict__["_fetch"]())
        return self.__dict__[name]


def _kept_module(store: Store, key: str, ms: Manuscript, light: _Light) -> Module:
    def fetch() -> dict[str, object]:
        tree = opened(_unpacked(store.get(_body(key))), Tree)
        if tree is None:
            return _read_anew(ms)
        return grown(tree)

    # The class checks nothing and its fields are plain: what it is made without is made when asked for.
    module = object.__new__(_KeptModule)
    module.__dict__.update(
        module=light.module,
        file=ms.source.file,
        lang=light.lang,
        badge=light.badge,
        leave=light.leave,
        care=light.care,
        changes=light.changes,
        roll=light.roll,
        _fetch=fetch,
    )
    return module


def _read_anew(ms: Manuscript) -> dict[str, object]:
    """The body of an entry is gone or spoilt: what it held stands in the source, and had no faults."""
    from lms.content.frontmatter import FrontMatter, read_front_matter
    from lms.content.modules import read_module

    faults = Faults(ms.source.file)
    matter = read_front_matter(ms.source, faults) or FrontMatter()
    module = read_module(Manuscript(ms.source, faults, ms.language, lang=ms.lang), matter).module
    return {name: getattr(module, name) for name in _TEXTS}


def _body(key: str) -> str:
    return f"{key}.body"


def _key(file: str, data: bytes, lang: str) -> str:
    digest = hashlib.sha256(compiler_digest())
    digest.update(f"\n{file}\n{lang}\n".encode(errors="backslashreplace"))
    digest.update(data)
    return digest.hexdigest()


def _unpacked(entry: bytes | None) -> bytes | None:
    try:
        return zlib.decompress(entry) if entry else None
    except zlib.error:
        return None

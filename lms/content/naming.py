"""Names written into a course's files, once they are mended.

The bytes of a course's files in; the same bytes with as few changed as can be, and a list of what was
changed on which line, out. Lines stay lines, with the ends they had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from lms.content.course import Lesson, Module, Rating, Step, Text
from lms.content.folder import Role, role
from lms.content.headings import name_like
from lms.content.library import read_files
from lms.content.lock import LOCK, read_lock
from lms.content.mending import ENDS, Edit, Sheet
from lms.content.names import wording_of
from lms.content.plain import fingerprint
from lms.content.plan import QUIZ, Kind
from lms.content.release import Names
from lms.content.source import MOST_BYTES, MOST_LINES
from lms.content.words import COLON, KIND_WORDS

_NAMED = (Role.MODULE, Role.GLOSSARY, Role.FACTS)
"""Files whose headings have names of their own. A translation takes its source's."""
_MENDED = (*_NAMED, Role.COURSE, Role.TRANSLATION)
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_MODULE = re.compile(r"(?m)^module:[ \t]*[\"']?([a-z0-9-]+)")
_CLOSING = re.compile(r"(?<![ \t])[ \t]+#+[ \t]*$")
_LONGEST = 30


@dataclass(frozen=True)
class Mended:
    """A file as it should be. The bytes are the same where there are no edits."""

    data: bytes
    edits: tuple[Edit, ...]


def mend_all(files: Mapping[str, bytes]) -> dict[str, Mended]:
    """The files of a course that something is mended in.

    A published name that a paste has lost is written back where its words stand; no other is used again.
    """
    names = read_lock(files[LOCK]).names if LOCK in files else Names()
    pages = {path: page for path, data in sorted(files.items()) if (page := _mend(path, data))}
    lost = _lost({**files, **{path: page.mended().data for path, page in pages.items()}}, names)
    for path, page in pages.items():
        _write_names(page, _used(page.sheet.text, names), lost.get(path, {}))
    return {path: page.mended() for path, page in pages.items() if page.sheet.edits}


def mend(path: str, data: bytes) -> Mended:
    """Mend a file, and write the names that are missing in it."""
    return mend_all({path: data}).get(path, Mended(data, ()))


@dataclass(frozen=True)
class _Page:
    """A file while it is mended: its text, the mark it may start with, and what its lines end with."""

    what: Role
    mark: str
    sheet: Sheet
    ends: list[str]

    def mended(self) -> Mended:
        lines = zip(self.sheet.text.split("\n"), self.ends, strict=True) if self.ends else ()
        whole = self.mark + "".join(line + end for line, end in lines)
        return Mended(whole.encode(), tuple(sorted(set(self.sheet.edits))))


def _mend(path: str, data: bytes) -> _Page | None:
    """None for what has nothing to mend."""
    text = _text(data) if role(path) in _MENDED else None
    if text is None:
        return None
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = [match for match in _LINE.finditer(text.removeprefix("\ufeff")) if match[0]]
    page = _Page(role(path), mark, Sheet("\n".join(line[1] for line in lines)), [line[2] for line in lines])
    page.sheet.mend()
    return page


def _text(data: bytes) -> str | None:
    """None for what the compiler would not read either."""
    try:
        text = data.decode("utf-8") if len(data) <= MOST_BYTES else None
    except UnicodeDecodeError:
        return None
    return text if text is not None and sum(map(bool, re.split("[\r\n]", text))) <= MOST_LINES else None


def _used(text: str, names: Names) -> dict[str, str]:
    """The names a module's file may not use, "", and those it may use for a thing of their kind only."""
    typed = _MODULE.search(text)
    module = typed[1] if typed else ""
    found = {name: "" for its, name in names.earlier if its == module}
    return found | {
        name: "" if named.removed else named.kind for (its, name), named in names.named.items() if its == module
    }


def _lost(files: Mapping[str, bytes], names: Names) -> dict[str, dict[int, str]]:
    """File -> line -> the published name of what stands there, by its words, where its heading has none any more."""
    found: dict[str, dict[int, str]] = {}
    if not names.named:
        return found
    for read in read_files(files, None).modules:
        if read.module:
            found[read.ms.source.file] = _lost_in(read.module, set(read.ms.named), names)
    return found


def _lost_in(module: Module, there: set[str], names: Names) -> dict[int, str]:
    gone = {
        (named.kind, named.wording): name
        for (its, name), named in names.named.items()
        if its == module.module and not named.removed and name not in there
    }
    found: dict[int, str] = {}
    points: dict[str, tuple[Text, ...]] = {}
    for what in sorted(_named_in(module), key=_is_again):  # a Rate again has the points of its Rate
        if isinstance(what, Step) and isinstance(what.asked, Rating) and what.asked.same_as:
            what = replace(what, asked=replace(what.asked, points=points.get(what.asked.same_as, ())))
        kind = what.kind if isinstance(what, Step) else Kind.LESSON
        name = what.name or gone.pop((kind.value, fingerprint(wording_of(what))), "")
        if name and what.name is None:
            found[what.line] = name
        if isinstance(what, Step) and isinstance(what.asked, Rating):
            points[name] = what.asked.points
    return found


def _named_in(module: Module) -> Iterator[Lesson | Step]:
    for lesson in module.lessons:
        yield lesson
        yield from lesson.steps
    yield from module.quiz.questions if module.quiz else ()


def _is_again(what: Lesson | Step) -> bool:
    return isinstance(what, Step) and what.kind == Kind.RATE_AGAIN


def _write_names(page: _Page, used: Mapping[str, str], lost: Mapping[int, str]) -> None:
    """Write a name behind each heading that has none. `lost` are published ones to write back, by line."""
    if page.what not in _NAMED:
        return
    sheet, lines = page.sheet, page.sheet.text.split("\n")
    headings = list(_headings(page))
    new = _NewNames({QUIZ, *lost.values(), *(name for _, _, _, name in headings if name)}, used)
    for line, kind, title, name in headings:
        if name is None and kind != Kind.QUIZ:
            made = lost.get(line) or new.name(title, kind)
            lines[line - 1] = _with_name(lines[line - 1], made)
            sheet.note(line, f"it is named {{#{made}}}")
    sheet.text = "\n".join(lines)


def _headings(page: _Page) -> Iterator[tuple[int, Kind, str, str | None]]:
    """(line, kind, title, name) of each heading that may have a name: None for none, "" for one out of place."""
    words = page.sheet.language()
    levels = ("h2", "h3") if page.what == Role.MODULE else ("h2",)
    for token, inline in pairwise(page.sheet.blocks()):
        if token.type == "heading_open" and token.level == 0 and token.tag in levels and "#" in token.markup:
            title, name = _title_and_name(inline.content)
            match = re.match(rf"({KIND_WORDS}){COLON}[ \t]*", title)
            kind = words.kind(match[1]) if match else None
            if title.strip() and token.map:
                its = kind or (Kind.LESSON if token.tag == "h2" else Kind.READING)
                yield token.map[0] + 1, its, title[match.end() :] if match and kind else title, name


def _title_and_name(content: str) -> tuple[str, str | None]:
    above, mark, name = content.rpartition("{#")
    if mark and name.find("}") == len(name.rstrip()) - 1:
        return above, name.rstrip()[:-1]
    return content, "" if re.search(r"\{\s*#", content) else None


class _NewNames:
    """Names that are not `taken`, and not `used` for another kind of thing."""

    def __init__(self, taken: set[str], used: Mapping[str, str]) -> None:
        self._taken = taken
        self._used = used
        self._numbers: dict[tuple[str, Kind], int] = {}

    def name(self, title: str, kind: Kind) -> str:
        """A name made from a title: `why-length-matters`, `why-length-matters-2`."""
        whole = name_like(re.sub("[*_`]|['’]", "", title)) or kind.value
        stem = whole if len(whole) <= _LONGEST else whole[:_LONGEST].rpartition("-")[0] or whole[:_LONGEST]
        number, name = self._numbers.get((stem, kind), 1), stem
        while name in self._taken or self._used.get(name, kind) != kind:
            number += 1
            name = f"{stem}-{number}"
        self._numbers[stem, kind] = number
        self._taken.add(name)
        return name


def _with_name(line: str, name: str) -> str:
    """A heading's line with a name at its end, before any marks that close it."""
    match = _CLOSING.search(line)
    above = line[: match.start()] if match else line
    shown = above.rstrip(ENDS)
    rest = above[len(shown) :].translate(dict.fromkeys(map(ord, ENDS[2:])))
    return f"{shown} {{#{name}}}{rest}{line[len(above) :]}"

"""`names.lock`: the record of a course's published names as a text that lies beside `course.md`.

The record in, sorted text out, byte for byte the same for the same record; and back, with a Problem
for each line that can't be read. One line a name, so that two authors' changes merge by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from lms.content.plan import Kind
from lms.content.problems import Problem
from lms.content.release import Made, Named, Names, Place
from lms.content.sealed import Store, compiler_digest, opened, sealed

LOCK = "names.lock"
MOST_BYTES = 10_000_000
"""About 85,000 names."""
_MOST_FAULTS = 100
"""A file with more of them is no lock at all; nobody reads them."""
_HEAD = "# Written by lms when a course is published. Commit it beside course.md, and leave it as it is."
_NAME = "[a-z][a-z0-9-]{0,39}"
_PRINT = "[0-9a-f]{16}"
_LETTER = "[a-z]{1,4}"
_LANG = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"
_DAY = r"\d{4}-\d{2}-\d{2}"
_WORD = re.compile(r"\S+")
_IS_PRINT = re.compile(_PRINT)
_LETTERED, _STEP = re.compile(f"({_LETTER}):({_PRINT})"), re.compile(f"({_NAME}):({_PRINT})")
_LETTERS = re.compile(f"{_LETTER}(?:,{_LETTER})*")
_DONE = re.compile(rf"done ({_NAME}) ({_DAY} [a-z]+ {_NAME}(?: to {_NAME})?)")
_WAS = re.compile(rf"was ({_NAME})/({_NAME}) ({_NAME})/({_NAME})")
_COURSE = re.compile(rf"course ({_NAME})")
_TEXT = re.compile(rf"text ({_NAME}|glossary\.md|facts\.md|)/({_NAME}|)((?: [^ =]+=[^ =]+)+)")
_NAMED = re.compile(rf"(name|removed) ({_NAME})/({_NAME}) ([a-z-]+) ({_DAY}|-)((?: [^ =]+=[^ =]+)*)")
_KINDS = frozenset(kind.value for kind in Kind)
_MERGE = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
JUDGED = frozenset({Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.RATE, Kind.RATE_AGAIN})
"""Kinds whose answers are judged or compared by what they mean."""
_PUT_BACK = "Take the file as it was last committed, or write it anew with `lms names --lock --write`."


@dataclass
class Lock:
    """A lock as read: whose it is, what it remembers, and where each name stands."""

    course: str = ""
    names: Names = field(default_factory=Names)
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def lock_text(course: str, names: Names) -> str:
    """The lock of a course's record of names."""
    lines = [_HEAD, f"course {course}"]
    lines += [_named_line(place, it) for place, it in sorted(names.named.items())]
    lines += [f"text {'/'.join(place)} {' '.join(_made_parts(made))}" for place, made in sorted(names.texts.items())]
    lines += [f"was {'/'.join(old)} {'/'.join(new)}" for old, new in sorted(names.earlier.items())]
    lines += sorted("done " + line.replace(":", "", 1) for line in names.done)
    return "\n".join(lines) + "\n"


def _named_line(place: Place, it: Named) -> str:
    first = "removed" if it.removed else "name"
    parts = {
        "meaning": it.meaning,
        "wording": it.wording,
        "steps" if it.kind == Kind.LESSON else "letters": ",".join(f"{a}:{b}" for a, b in it.letters.items()),
        "gone": ",".join(it.gone),
        "choices": ",".join(it.choices),
        "reopened": str(it.reopened or ""),
    }
    said = (f"{part}={value}" for part, value in parts.items() if value)
    return " ".join((first, "/".join(place), it.kind, it.since or "-", *said, *_made_parts(it.translations)))


def _made_parts(translations: Mapping[str, Made]) -> list[str]:
    """`cy=...` of each language: what it says, and what it was made from."""
    made = sorted(translations.items())
    return [f"{lang}={it.wording},{it.source_wording},{it.source_meaning}" for lang, it in made]


def known_names(files: Mapping[str, bytes], course: str, cache: Store | None = None) -> Lock:
    """What a course's folder says was published of it: nothing, without a lock. `course`: empty where it is unknown."""
    if LOCK not in files:
        return Lock(course)
    lock = _read_or_kept(files[LOCK], cache)
    if not lock.problems and course and lock.course != course:
        message = f'this file is of the course "{lock.course}", and the folder holds "{course}".'
        lock.problems.append(_problem(1, 1, "lock-course", message, "Delete it: a copied course starts afresh."))
    return lock


def _read_or_kept(data: bytes, cache: Store | None) -> Lock:
    """A lock is read a line at a time, which of 12,000 names takes longer than all else of a second check."""
    if cache is None:
        return read_lock(data)
    key = f"{sha256(compiler_digest() + data).hexdigest()}.lock"
    lock = opened(cache.get(key), Lock)
    if lock is None:
        lock = read_lock(data)
        cache[key] = sealed(lock)
    return lock


def read_lock(data: bytes) -> Lock:
    """The inverse of `lock_text`. Line ends may be those of any system."""
    lock = Lock()
    if len(data) > MOST_BYTES:
        message = f"the file has {-(-len(data) // 1_000_000)} MB, and 10 MB is the most."
        lock.problems.append(_problem(1, 1, "file-too-big", message, _PUT_BACK))
        return lock
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        lock.problems.append(_problem(1, 1, "lock-line", "this file is not UTF-8 text.", _PUT_BACK))
        return lock
    reader = _Reader(lock)
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        if line and not line.startswith("#"):
            reader.read(number, line)
        if len(lock.problems) == _MOST_FAULTS:
            break
    reader.finish()
    return lock


class _Reader:
    """Reads line after line into a lock."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.named: dict[Place, Named] = {}
        self.earlier: dict[Place, Place] = {}
        self.done: dict[str, int] = {}
        self.was_lines: dict[Place, int] = {}
        self.merged = False
        """Both versions of a line stand in it: that is said once, and not of each name again."""
        self.texts: dict[Place, Mapping[str, Made]] = {}
        self.kinds: dict[str, Callable[[int, str], None]] = {
            "course": self._course,
            "name": self._named,
            "removed": self._named,
            "text": self._text,
            "was": self._was,
            "done": self._done,
        }

    def read(self, number: int, line: str) -> None:
        if line.startswith(_MERGE):
            self.merged = True
            instead = "Keep the lines of both sides, and the newer of two about one name."
            self._fault(number, 1, "lock-merge", "two versions of this file were merged and not joined.", instead)
            return
        word = line.partition(" ")[0]
        if word in self.kinds:
            self.kinds[word](number, line)
        else:
            self._fault(number, 1, "lock-line", f'"{_short(word)}" starts no line of names.lock.', _PUT_BACK)

    def finish(self) -> None:
        """Hold the lines against one another."""
        if not self.lock.course and not self.lock.problems:
            self._fault(1, 1, "lock-line", "the line that says which course this is, is missing.", _PUT_BACK)
        for old, new in self.earlier.items():
            if len(self.lock.problems) >= _MOST_FAULTS:
                break
            name = "/".join(old)
            if old in self.named:
                self._fault(self.was_lines[old], 5, "lock-line", f'"{name}" is a name and an earlier name.', _PUT_BACK)
            elif new not in self.named and new not in self.lock.lines:
                message = f'"{name}" became "{"/".join(new)}", which stands nowhere.'
                self._fault(self.was_lines[old], 5, "lock-line", message, _PUT_BACK)
        self.lock.names = Names(
            dict(sorted(self.named.items())),
            dict(sorted(self.earlier.items())),
            tuple(self.done),
            dict(sorted(self.texts.items())),
        )

    def _course(self, number: int, line: str) -> None:
        match = _COURSE.fullmatch(line)
        if not match or self.lock.course:
            message = "a second course is named." if match else "this is no course's name."
            self._fault(number, 8, "lock-line", message, _PUT_BACK)
            return
        self.lock.course = match[1]

    def _named(self, number: int, line: str) -> None:
        match = _NAMED.fullmatch(line)
        if not match or match[4] not in _KINDS:
            self._fault(number, _odd_column(line), "lock-line", "this line about a name can't be read.", _PUT_BACK)
            return
        place = match[2], match[3]
        if place in self.lock.lines:
            self._twice(number, "/".join(place), self.lock.lines[place])
            return
        self.lock.lines[place] = number
        it = _Parts(match[4])
        for word in _WORD.finditer(line, match.start(6)):
            part, _, value = word[0].partition("=")
            if not it.fill(part, value):
                message = f'"{_short(word[0])}" is no part of a name\'s line.'
                self._fault(number, word.start() + 1, "lock-line", message, _PUT_BACK)
                return
        if not it.is_whole():
            self._fault(number, 1, "lock-line", "this line about a name is not whole.", _PUT_BACK)
            return
        self.named[place] = Named(
            kind=it.kind,
            meaning=it.meaning,
            wording=it.wording,
            letters=it.letters,
            gone=it.gone,
            removed=match[1] == "removed",
            choices=it.choices,
            since="" if match[5] == "-" else match[5],
            reopened=it.reopened,
            translations=it.translations,
        )

    def _text(self, number: int, line: str) -> None:
        match = _TEXT.fullmatch(line)
        parts = [part.partition("=") for part in match[3].split()] if match else []
        made = {lang: it for lang, _, value in parts if (it := _made(lang, value))}
        if not match or len(made) < len(parts):
            self._fault(number, 6, "lock-line", "this line about a translated text can't be read.", _PUT_BACK)
            return
        place = match[1], match[2]
        if place in self.texts:
            self._fault(number, 6, "lock-twice", f'"{"/".join(place)}" stands here twice.', "Keep the newer line.")
            return
        self.texts[place] = made

    def _was(self, number: int, line: str) -> None:
        match = _WAS.fullmatch(line)
        if not match:
            self._fault(number, 5, "lock-line", "this line about an earlier name can't be read.", _PUT_BACK)
            return
        old = match[1], match[2]
        if old in self.was_lines:
            self._twice(number, "/".join(old), self.was_lines[old])
            return
        self.was_lines[old] = number
        self.earlier[old] = match[3], match[4]

    def _done(self, number: int, line: str) -> None:
        match = _DONE.fullmatch(line)
        if not match:
            self._fault(number, 6, "lock-line", "this line of `changes` can't be read.", _PUT_BACK)
            return
        self.done.setdefault(f"{match[1]}: {match[2]}", number)

    def _twice(self, number: int, name: str, first: int) -> None:
        if self.merged:
            return
        message = f'"{name}" stands here twice, first on line {first}.'
        self._fault(number, 1, "lock-twice", message, "Keep the newer of the two lines.")

    def _fault(self, number: int, column: int, code: str, message: str, instead: str) -> None:
        self.lock.problems.append(_problem(number, column, code, message, instead))


@dataclass
class _Parts:
    """The parts of a name's line, as they are read."""

    kind: str
    meaning: str = ""
    wording: str = ""
    letters: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    reopened: int = 0
    translations: dict[str, Made] = field(default_factory=dict)

    def fill(self, part: str, value: str) -> bool:
        """Take one more part; False for one no name has, or one that is not what it should be."""
        if part in ("meaning", "wording") and _IS_PRINT.fullmatch(value):
            setattr(self, part, value)
        elif part in ("letters", "steps") and (part == "steps") == (self.kind == Kind.LESSON):
            shape = _STEP if part == "steps" else _LETTERED
            pairs = [shape.fullmatch(pair) for pair in value.split(",")]
            self.letters = {pair[1]: pair[2] for pair in pairs if pair}
            return len(self.letters) == len(pairs)
        elif part in ("gone", "choices") and _LETTERS.fullmatch(value):
            setattr(self, part, tuple(value.split(",")))
        elif part == "reopened" and re.fullmatch("[1-9][0-9]{0,5}", value):
            self.reopened = int(value)
        elif made := _made(part, value):
            self.translations[part] = made
        else:
            return False
        return True

    def is_whole(self) -> bool:
        return bool(self.meaning and self.wording) and {*self.gone, *self.choices} <= self.letters.keys()


def _made(lang: str, value: str) -> Made | None:
    """What a translation says and was made from; None where that can't be read."""
    prints = re.fullmatch(f"({_PRINT}),({_PRINT}),({_PRINT})", value)
    return Made(prints[1], prints[2], prints[3]) if prints and re.fullmatch(_LANG, lang) else None


def _odd_column(line: str) -> int:
    """Where a line about a name stops being one: its first word that is not what stands in that place."""
    shapes = ("name|removed", f"{_NAME}/{_NAME}", "|".join(_KINDS), f"{_DAY}|-")
    for word, shape in zip(_WORD.finditer(line), shapes, strict=False):
        if not re.fullmatch(shape, word[0]):
            return word.start() + 1
    odd = next((word for word in list(_WORD.finditer(line))[4:] if not re.fullmatch("[^ =]+=[^ =]+", word[0])), None)
    return odd.start() + 1 if odd else len(line) + 1


def _short(words: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words[:40])


def _problem(line: int, column: int, code: str, message: str, instead: str) -> Problem:
    return Problem(LOCK, line, column, code, message, instead)

"""Rosters: a pasted list of names or a CSV file of learners, read whole, with every fault and where it stands.

In: the bytes as they came, from a form, a spreadsheet or an old editor. Out: who is to be added, and what is
to be mended first; the one handed out while it is read, so that a long list takes no more memory than a short one.
A row's number is the one a spreadsheet shows, so that a fault can be found by it.
Only a name and, if wanted, a user name are read; every other column is left alone and named.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from lms.errors import N_, Refused
from lms.interop.lines import LONGEST_LINE, lines_of

MOST_ROWS = 5_000
MOST_FAULTS = 100
"""Told at most: who has more has sent the wrong file."""
LONGEST_NAME = 80
LONGEST_USERNAME = 40

_HEADINGS = {
    "name": "name fullname displayname learner learnername member membername participant person student",
    "first": "firstname forename givenname first",
    "last": "lastname surname familyname secondname last",
    "username": "username user login loginname userid signinname",
}
_MEANS = {heading: means for means, headings in _HEADINGS.items() for heading in headings.split()}
_SAYS_WHICH = re.compile(r"sep=(.)", re.IGNORECASE)
_TURNS_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULA = frozenset("=+-@|%＝＋－＠｜％")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a place, and what to do instead: a sentence of the catalogues and its values."""

    row: int
    column: str
    told: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Learner:
    """Somebody to add. `username` is empty where one is to be made."""

    row: int
    name: str
    username: str = ""


@dataclass(frozen=True)
class Roster:
    """What a file holds. Where there is a fault nobody is to be added."""

    learners: tuple[Learner, ...]
    faults: tuple[Fault, ...]
    unread: tuple[str, ...] = ()
    """Headings of columns that are left alone."""

    @property
    def twice(self) -> tuple[tuple[Learner, Learner], ...]:
        """(the first, a later one) of the same name: maybe one person, maybe two."""
        first: dict[str, Learner] = {}
        return tuple((first[key], it) for it in self.learners if first.setdefault(key := same(it.name), it) is not it)


def same(name: str) -> str:
    """A name as it is compared: case, marks of joining and ways of typing set aside."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


class Reading:
    """A roster while it is read: one learner after the other is handed out and none is held.

    `faults`, the first of them, and `count` are whole once `learners` is at its end. Refused from there where there is
    no name in it, or too many.
    """

    def __init__(self) -> None:
        self.learners: Iterator[Learner] = iter(())
        self.faults: list[Fault] = []
        self.unread: tuple[str, ...] = ()
        self.count = 0

    def note(self, fault: Fault) -> None:
        """One more fault, unless there are enough to see that it is the wrong file."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def each(self, found: Iterable[Learner]) -> Iterator[Learner]:
        """The same learners, counted."""
        for learner in found:
            self.count += 1
            if self.count > MOST_ROWS:
                raise Refused(N_("This is more than {most} people. Send them in two lists."), "roster", most=_MOST)
            yield learner
        if not self.count and not self.faults:
            raise Refused(N_("There is no name in it. Put one name on each line."), "roster")


_MOST = f"{MOST_ROWS:,}"


def read(sent: bytes) -> Roster:
    """Read a roster. Refused where it is no text, empty or too long; any other fault is in what is given back."""
    reading = begin(io.BytesIO(sent))
    learners = tuple(reading.learners)
    return Roster(learners, tuple(reading.faults), reading.unread)


def begin(file: BinaryIO) -> Reading:
    """Begin to read a roster from where a file stands, a line at a time. Refused as `read`."""
    reading, lines = Reading(), enumerate(lines_of(file), 1)
    number, line = next(((number, line) for number, line in lines if line.strip()), (0, ""))
    told = _SAYS_WHICH.fullmatch(line.strip())
    if told:
        number, line = next(lines, (number + 1, ""))
    split = _separator(line, told[1] if told else "")
    rest = itertools.chain([line], (it for _number, it in lines))
    if split is None:
        reading.learners = reading.each(_list(reading, enumerate(rest, number)))
    else:
        _begin_table(reading, _records(rest, split, number - 1))
    return reading


def _means(heading: str) -> str:
    """What a column of this heading holds; empty for what is not read."""
    return _MEANS.get("".join(c for c in heading.casefold() if c.isalnum()), "")


def _separator(heading: str, told: str) -> str | None:
    """What stands between the cells, by the heading with most columns that are known; None for a plain list."""
    found = {mark: sum(bool(_means(cell)) for cell in heading.split(mark)) for mark in (told or ",;\t")}
    best = max(found, key=lambda mark: (found[mark], heading.count(mark)))
    return best if found[best] else None


def _list(reading: Reading, lines: Iterable[tuple[int, str]]) -> Iterator[Learner]:
    for row, line in lines:
        name = line.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('""', '"')
        if not name.strip(" \t,;"):
            continue
        if any(mark in name for mark in ",;\t"):
            reading.note(
                Fault(row, "", N_("Write one name on a line. For more columns, put headings such as Name on top."))
            )
        else:
            yield _checked(Learner(row, _tidy(name)), "", "", reading)


def _records(lines: Iterable[str], mark: str, before: int) -> Iterator[tuple[int, list[str] | None]]:
    """(row of the spreadsheet, its cells) after the heading; None for cells where quote marks can't be paired."""
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader((line + "\n" for line in lines), delimiter=mark, strict=True)
    row = before
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield row, None
            return
        yield row, cells


def _begin_table(reading: Reading, records: Iterator[tuple[int, list[str] | None]]) -> None:
    """Read the headings, and leave the rows to be asked for."""
    first, cells = next(records)
    if cells is None:
        reading.note(_unpaired(first))
        return
    headings = [" ".join(cell.split())[:LONGEST_NAME] for cell in cells]
    means = [_means(cell) for cell in headings]
    known = [it for it in means if it]
    if len(known) > len(set(known)):
        reading.note(Fault(first, "", N_("Two columns have the same heading. Keep one of them.")))
    elif "name" not in known and "first" not in known:
        reading.note(Fault(first, "", N_("No column holds the names. Put Name on top of the one that does.")))
    else:
        unread = (it for it, means_ in zip(headings, means, strict=True) if it and not means_)
        reading.unread = tuple(itertools.islice(unread, MOST_FAULTS))
        reading.learners = reading.each(_table(reading, records, headings, means))


def _table(
    reading: Reading, records: Iterator[tuple[int, list[str] | None]], headings: list[str], means: list[str]
) -> Iterator[Learner]:
    column = dict(zip(means, headings, strict=True))
    for row, found in records:
        if found is None:
            reading.note(_unpaired(row))
            return
        if not any(cell.strip() for cell in found):
            continue
        if any(cell.strip() for cell in found[len(headings) :]):
            reading.note(
                Fault(row, "", N_("This row has more cells than the top row. Put quote marks round the name."))
            )
            continue
        its = dict(zip(means, found, strict=False))
        name = its.get("name", "") if "name" in its else f"{its.get('first', '')} {its.get('last', '')}"
        learner = Learner(row, _tidy(name), its.get("username", "").strip())
        yield _checked(learner, column.get("name", column.get("first", "")), column.get("username", ""), reading)


def _unpaired(row: int) -> Fault:
    return Fault(row, "", N_("A quote mark has no partner, from this row on. Take it out or add the other one."))


def _tidy(name: str) -> str:
    """A name in one line, without what can't be seen and says nothing; what turns a line round is left to be told."""
    letters = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf" or _joins(c))
    return " ".join("".join(letters).split())


def _joins(letter: str) -> bool:
    return letter in "\u200c\u200d" or letter in _TURNS_ROUND


def _checked(learner: Learner, in_name: str, in_username: str, reading: Reading) -> Learner:
    """The learner, her faults put with the others."""
    fault = _wrong(learner.name)
    if fault:
        reading.note(Fault(learner.row, in_name, *fault))
    if len(learner.username) > LONGEST_USERNAME:
        reading.note(Fault(learner.row, in_username, N_("Use 3 to 40 letters or numbers, without spaces.")))
    return learner


def _wrong(name: str) -> tuple[str, dict[str, object]] | None:
    if not any(unicodedata.category(c)[0] == "L" for c in name):
        return N_("There is no name here. Type one, or take the row out."), {}
    if name[0] in _FORMULA:
        return N_("This starts like a sum. Type the name alone, from its first letter."), {}
    if any(unicodedata.category(c) == "Cc" or c in _TURNS_ROUND for c in name):
        return N_("There are hidden marks in this name. Type it again by hand."), {}
    if len(name) > LONGEST_NAME:
        return N_("This name is too long. Use at most {most} letters."), {"most": LONGEST_NAME}
    return None

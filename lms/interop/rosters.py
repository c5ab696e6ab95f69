"""Rosters: a pasted list of names or a CSV file of learners, read whole, with every fault and where it stands.

In: the bytes as they came, from a form, a spreadsheet or an old editor. Out: who is to be added, and what is
to be mended first. A row's number is the one a spreadsheet shows, so that a fault can be found by it.
Only a name and, if wanted, a user name are read; every other column is left alone and named.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lms.errors import N_, Refused
from lms.learning.events import is_text

MOST_BYTES = 1_000_000
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
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


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


def read(sent: bytes) -> Roster:
    """Read a roster. Refused where it is no text, empty or too long; any other fault is in what is given back."""
    text = text_of(sent)
    rows = text.splitlines()
    at = next((n for n, line in enumerate(rows) if line.strip()), None)
    if at is None:
        raise Refused(N_("There is no name in it. Put one name on each line."), "roster")
    told = _SAYS_WHICH.fullmatch(rows[at].strip())
    if told:
        at += 1
    heading = rows[at] if at < len(rows) else ""
    split = _separator(heading, told[1] if told else "")
    if split is None:
        return _list(enumerate(rows[at:], at + 1))
    return _table(_records(rows[at:], split, at))


def text_of(sent: bytes) -> str:
    """The text of a file, however it was saved. Refused where it is none, or too long."""
    if len(sent) > MOST_BYTES:
        raise Refused(N_("This is too big. Send at most 5,000 rows, with names alone."), "roster")
    if sent.startswith(_BOOKS):
        raise Refused(N_("This is not a plain list. In your spreadsheet, choose Save as, then CSV."), "roster")
    for coding in _codings(sent):
        try:
            text = sent.decode(coding)
        except UnicodeDecodeError:
            continue
        if is_text(text):
            return text.removeprefix("\ufeff")
    raise Refused(N_("We can't read the letters in this file. Save it as CSV UTF-8 and send it again."), "roster")


def _codings(sent: bytes) -> tuple[str, ...]:
    if sent.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in sent[:200]:
        return ("utf-16-be", "utf-16-le") if sent[:1] == b"\0" else ("utf-16-le", "utf-16-be")
    return "utf-8-sig", "cp1252"


def _means(heading: str) -> str:
    """What a column of this heading holds; empty for what is not read."""
    return _MEANS.get("".join(c for c in heading.casefold() if c.isalnum()), "")


def _separator(heading: str, told: str) -> str | None:
    """What stands between the cells, by the heading with most columns that are known; None for a plain list."""
    found = {mark: sum(bool(_means(cell)) for cell in heading.split(mark)) for mark in (told or ",;\t")}
    best = max(found, key=lambda mark: (found[mark], heading.count(mark)))
    return best if found[best] else None


def _list(lines: Iterable[tuple[int, str]]) -> Roster:
    learners, faults = [], []
    for row, line in lines:
        name = line.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('""', '"')
        if not name.strip(" \t,;"):
            continue
        if any(mark in name for mark in ",;\t"):
            faults.append(
                Fault(row, "", N_("Write one name on a line. For more columns, put headings such as Name on top."))
            )
        else:
            learners.append(_checked(Learner(row, _tidy(name)), "", "", faults))
        _bound(learners)
    return _whole(learners, faults)


def _records(lines: list[str], mark: str, before: int) -> Iterator[tuple[int, list[str] | None]]:
    """(row of the spreadsheet, its cells) after the heading; None for cells where quote marks can't be paired."""
    csv.field_size_limit(MOST_BYTES)
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


def _table(records: Iterator[tuple[int, list[str] | None]]) -> Roster:
    first, cells = next(records)
    if cells is None:
        return Roster((), (_unpaired(first),))
    headings = [" ".join(cell.split())[:LONGEST_NAME] for cell in cells]
    means = [_means(cell) for cell in headings]
    known = [it for it in means if it]
    if len(known) > len(set(known)):
        return Roster((), (Fault(first, "", N_("Two columns have the same heading. Keep one of them.")),))
    if "name" not in known and "first" not in known:
        return Roster((), (Fault(first, "", N_("No column holds the names. Put Name on top of the one that does.")),))
    column = dict(zip(means, headings, strict=True))
    learners: list[Learner] = []
    faults: list[Fault] = []
    for row, found in records:
        if found is None:
            faults.append(_unpaired(row))
            break
        if not any(cell.strip() for cell in found):
            continue
        if any(cell.strip() for cell in found[len(headings) :]):
            faults.append(
                Fault(row, "", N_("This row has more cells than the top row. Put quote marks round the name."))
            )
            continue
        its = dict(zip(means, found, strict=False))
        name = its.get("name", "") if "name" in its else f"{its.get('first', '')} {its.get('last', '')}"
        learner = Learner(row, _tidy(name), its.get("username", "").strip())
        learners.append(
            _checked(learner, column.get("name", column.get("first", "")), column.get("username", ""), faults)
        )
        _bound(learners)
    unread = tuple(it for it, means_ in zip(headings, means, strict=True) if it and not means_)
    return _whole(learners, faults, unread)


def _unpaired(row: int) -> Fault:
    return Fault(row, "", N_("A quote mark has no partner, from this row on. Take it out or add the other one."))


def _bound(learners: list[Learner]) -> None:
    if len(learners) > MOST_ROWS:
        raise Refused(N_("This is more than {most} people. Send them in two lists."), "roster", most=f"{MOST_ROWS:,}")


def _whole(learners: list[Learner], faults: list[Fault], unread: tuple[str, ...] = ()) -> Roster:
    if not learners and not faults:
        raise Refused(N_("There is no name in it. Put one name on each line."), "roster")
    return Roster(tuple(learners), tuple(faults[:MOST_FAULTS]), unread)


def _tidy(name: str) -> str:
    """A name in one line, without what can't be seen and says nothing; what turns a line round is left to be told."""
    letters = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf" or _joins(c))
    return " ".join("".join(letters).split())


def _joins(letter: str) -> bool:
    return letter in "\u200c\u200d" or letter in _TURNS_ROUND


def _checked(learner: Learner, in_name: str, in_username: str, faults: list[Fault]) -> Learner:
    """The learner, her faults put with the others."""
    fault = _wrong(learner.name)
    if fault:
        faults.append(Fault(learner.row, in_name, *fault))
    if len(learner.username) > LONGEST_USERNAME:
        faults.append(Fault(learner.row, in_username, N_("Use 3 to 40 letters or numbers, without spaces.")))
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

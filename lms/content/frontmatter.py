"""The settings at the top of a file: YAML whose values are read as the text typed.

In: a file's lines. Out: its settings with their places, and the line its text starts on. Nothing is
guessed: `no`, `12` and `2026-11-21` stay the text they are. Tags, anchors, repeats and settings
inside settings are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from lms.content.faults import Faults
from lms.content.settingslips import Slip, find_slip, special
from lms.content.source import INVISIBLE, Source

MOST_CHARACTERS = 20_000
_FENCE = "---"
_JOINED = re.compile(r"[ \t]*(?=[-‐-―]*[‐-―])[-‐-―]+[ \t]*")
_NEARLY = re.compile(r"(?:-{2}|-{4,20}|\.{3}|\*{3,20}|_{3,20}|={3,20}|~{3,20}|\+{3,20})[ \t]*")
"""What people take for the line round the settings."""


@dataclass(frozen=True)
class Setting:
    """One `word: value`. A list has one value for each of its items, with the line of each."""

    word: str
    values: tuple[str, ...]
    lines: tuple[int, ...]
    listed: bool
    line: int
    column: int

    @property
    def text(self) -> str:
        return ", ".join(self.values)


@dataclass
class FrontMatter:
    """The settings of one file. The text under them starts after line `end`."""

    settings: dict[str, Setting] = field(default_factory=dict)
    end: int = 0
    partial: bool = False
    """Some of it could not be read: what is missing may yet be there."""


class _Mark(Protocol):
    """Where PyYAML stands; it has two classes of them."""

    line: int
    column: int


class _Refused(Exception):
    """Stops the reading of YAML at what it must not hold."""

    def __init__(self, slip: Slip) -> None:
        super().__init__(slip.message)
        self.slip = slip


def read_front_matter(source: Source, faults: Faults, needed: bool = True) -> FrontMatter | None:
    """The settings of a file; None where they have no end, so that the rest can't be read either."""
    if source.line(1).rstrip() != _FENCE:
        return _without(source, faults, needed)
    end = _closing(source.lines)
    if not end:
        _unclosed(source, faults)
        return None
    matter = FrontMatter(end=end)
    block = "\n".join(source.lines[1 : end - 1])
    if len(block) > MOST_CHARACTERS:
        faults.error(1, "settings-too-long", "the settings are longer than 20,000 characters.", "Shorten them.")
        matter.partial = True
        return matter
    _fill(matter, block, source, faults)
    return matter


def _closing(lines: list[str]) -> int:
    """The line that closes the settings, 0 if none does. A lesson before it means it is only a rule."""
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == _FENCE:
            return number
        if line.startswith("##"):
            return 0
    return 0


def _without(source: Source, faults: Faults, needed: bool) -> FrontMatter | None:
    first = next((number for number, line in enumerate(source.lines, 1) if line.strip()), 1)
    if _JOINED.fullmatch(source.line(first)):
        _joined(first, faults)
        return None
    if first > 1 and source.line(first).strip() == _FENCE:
        instead = "Delete the empty lines above it."
        faults.error(first, "settings-not-first", "the settings do not start on line 1.", instead)
        return None
    if _NEARLY.fullmatch(source.line(first)):
        _nearly(source, first, faults)
        return None
    if not needed:
        return FrontMatter()
    indented = source.line(1).strip() == _FENCE
    message = "the --- of the settings is indented." if indented else "the settings are missing."
    instead = "Start the file with a line ---, the settings, and another line ---."
    faults.error(1, "settings-missing", message, instead)
    headed = any(line.startswith("#") for line in source.lines)
    return FrontMatter(partial=True) if headed and not indented else None


def _unclosed(source: Source, faults: Faults) -> None:
    for number, line in enumerate(source.lines[1:200], start=2):
        if _JOINED.fullmatch(line):
            _joined(number, faults)
            return
        if _NEARLY.fullmatch(line):
            _nearly(source, number, faults)
            return
        if line.startswith("##"):
            break
    faults.error(1, "settings-unclosed", "the settings have no end.", "Put a line --- under the last one.")


def _nearly(source: Source, line: int, faults: Faults) -> None:
    message = f'the settings have "{source.line(line).strip()[:20]}" where --- belongs.'
    faults.error(line, "settings-unclosed" if line > 1 else "settings-missing", message, "Type three hyphens, ---.")


def _joined(line: int, faults: Faults) -> None:
    instead = "Type three hyphens, ---; if they join again, undo it."
    faults.error(line, "joined-hyphens", "the hyphens have become a dash.", instead)


def _fill(matter: FrontMatter, block: str, source: Source, faults: Faults) -> None:
    try:
        for setting in _settings(yaml.parse(block, Loader=yaml.BaseLoader)):
            if setting.word in matter.settings:
                first = matter.settings[setting.word].line
                message = f'"{setting.word}" is set twice, first on line {first}.'
                faults.error(setting.line, "setting-twice", message, "Leave one of them out.", setting.column)
                continue
            matter.settings[setting.word] = setting
            _check_characters(setting, faults)
    except _Refused as refused:
        slip = find_slip(source.lines, refused.slip.line) if refused.slip.code == "setting-shape" else None
        _give_up(matter, slip or refused.slip, faults)
    except yaml.MarkedYAMLError as fault:
        line, column = _place(fault.problem_mark or fault.context_mark)
        slip = find_slip(source.lines, min(line, matter.end - 1))
        _give_up(matter, slip or _not_yaml(fault.problem or "", line, column), faults)
    except yaml.YAMLError:
        matter.partial = True
        # The reader refuses characters that YAML does not allow; `source` has named each already.
        if not faults.between(1, matter.end):
            faults.error(1, "settings-unreadable", "the settings can't be read.", "Write each as word: value.")


def _settings(events: Iterator[yaml.Event]) -> Iterator[Setting]:
    next(events)  # the start of the stream
    if isinstance(next(events), yaml.StreamEndEvent):
        return
    opening = next(events)
    if not isinstance(opening, yaml.MappingStartEvent) or opening.anchor or opening.tag:
        raise _not_a_setting(opening)
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        word = _scalar(key)
        yield _setting(word, key, next(events), events)
    next(events)  # the end of the document
    rest = next(events)
    if not isinstance(rest, yaml.StreamEndEvent):
        raise _not_a_setting(rest)


def _setting(word: str, key: yaml.Event, event: yaml.Event, events: Iterator[yaml.Event]) -> Setting:
    line, column = _place(key.start_mark)
    if not isinstance(event, yaml.SequenceStartEvent):
        return Setting(word, (_scalar(event),), (_place(event.start_mark)[0],), False, line, column)
    if event.anchor or event.tag:
        raise _special(event)
    values: list[str] = []
    lines: list[int] = []
    while not isinstance(item := next(events), yaml.SequenceEndEvent):
        values.append(_scalar(item))
        lines.append(_place(item.start_mark)[0])
    return Setting(word, tuple(values), tuple(lines), True, line, column)


def _scalar(event: yaml.Event) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise _special(event) if isinstance(event, yaml.AliasEvent) else _not_a_setting(event)
    if event.anchor or event.tag:
        raise _special(event)
    return " ".join(event.value.split())


def _place(mark: _Mark | None) -> tuple[int, int]:
    """A mark counts from 0 and from below the first ---."""
    return (mark.line + 2, mark.column + 1) if mark else (1, 1)


def _special(event: yaml.Event) -> _Refused:
    return _Refused(special(*_place(event.start_mark)))


def _not_a_setting(event: yaml.Event) -> _Refused:
    message = "this is not a setting with one value or a plain list."
    instead = "Write each setting as word: value, on its own line."
    line, column = _place(event.start_mark)
    return _Refused(Slip(line, column, "setting-shape", message, instead))


def _not_yaml(problem: str, line: int, column: int) -> Slip:
    if "mapping values" in problem:
        instead = 'Put the whole value in double quotes: "...".'
        return Slip(line, column, "setting-colon", "a value holds a colon.", instead)
    instead = "Write it as word: value, on a line of its own, quotation marks round all of the value or none."
    return Slip(line, column, "settings-unreadable", "this setting can't be read.", instead)


def _give_up(matter: FrontMatter, slip: Slip, faults: Faults) -> None:
    """What is behind a slip is not read, and an indented line has spoilt the value above it."""
    matter.partial = True
    if slip.code == "setting-indented":
        above = [word for word, it in matter.settings.items() if it.line < slip.line]
        for word in above[-1:]:
            del matter.settings[word]
    faults.error(slip.line, slip.code, slip.message, slip.instead, slip.column)


def _check_characters(setting: Setting, faults: Faults) -> None:
    """A quoted value can spell out (`"\\u202e"`) what may not stand in the file."""
    for value, line in zip(setting.values, setting.lines, strict=True):
        if any(match.group(1) for match in INVISIBLE.finditer(value)):
            message = f'the value of "{setting.word}" holds a character nobody can see.'
            faults.error(line, "invisible-character", message, "Leave out what follows the backslash.")

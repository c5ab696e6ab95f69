"""Captions: what is said in a video, with its times, read from a WebVTT file.

A file's text in; its cues, and what is wrong with it line by line, out. Strict about what a player
would drop without a word (a time that can't be read, an empty line that is missing), kind about the
rest. What learners are sent is written anew from the cues: no style, place or markup of the file's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from lms.content.faults import Faults
from lms.content.source import INVISIBLE, Source

PAUSE = 2_000
"""Milliseconds of silence after a whole sentence that start a new paragraph of the transcript."""
LONG_PARAGRAPH = 60
"""Words after which a whole sentence ends a paragraph of it."""

_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?[ \t]*")
_BENT = re.compile(r"[ \t]*\d[\d:.,]*[ \t]*([-‐-―−=]*[>→⟶»]|[-‐-―−]+)[ \t]*\d[\d:.,]*[ \t]*")
"""Two times with something between them that should have been an arrow."""
_ONE_TIME = re.compile(_TIME)
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_TAG = re.compile(r"<([^<>]*)>")
_VOICE = re.compile(r"v(?:\.\S*)?[ \t]+(.*)")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔][\"'”’)\]]*$")
_OTHERS = ("NOTE", "STYLE", "REGION")
"""Words that start a block that is no cue."""


@dataclass(frozen=True)
class Said:
    """Words of one speaker; `who` is empty where the file names nobody."""

    who: str
    words: str


@dataclass(frozen=True)
class Cue:
    """What is shown together, from `start` to `end` in milliseconds."""

    start: int
    end: int
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Slip:
    """Something wrong in the file, or left out of it."""

    line: int
    column: int
    code: str
    message: str
    instead: str


@dataclass(frozen=True)
class Captions:
    """A file as read."""

    cues: tuple[Cue, ...]
    slips: tuple[Slip, ...]


def check_captions(source: Source, faults: Faults) -> None:
    """Say what is wrong with a file of captions."""
    for slip in captions_of(source.text).slips:
        tell = faults.warn if slip.code == "captions-style" else faults.error
        tell(slip.line, slip.code, slip.message, slip.instead, slip.column)


def captions_in(data: bytes) -> Captions:
    """The captions of a file that has been checked."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    return captions_of(text.replace("\r\n", "\n").replace("\r", "\n"))


@lru_cache(maxsize=256)
def captions_of(text: str) -> Captions:
    """Read captions; lines end with `\\n`. Checked when compiled and used when frozen, and read once."""
    lines = text.split("\n")
    reader = _Reader(lines)
    if not _HEADER.fullmatch(lines[0]):
        reader.fault(1, 1, "captions-header", "captions start with the word WEBVTT.", _header_help(lines))
        return Captions((), tuple(reader.slips))
    for first, block in _blocks(lines):
        reader.block(first, block)
    if not reader.cues and not reader.slips:
        instead = "Write the times, such as 00:01.000 --> 00:04.000, and under them what is said."
        reader.fault(1, 1, "captions-none", "there are no captions in this file.", instead)
    return Captions(tuple(reader.cues), tuple(reader.slips))


def transcript(cues: Sequence[Cue]) -> list[Said]:
    """Paragraphs to read: one starts with another speaker, after a pause, or where the last has grown long."""
    paragraphs: list[Said] = []
    before = 0
    for cue in cues:
        for said in cue.said:
            last = paragraphs[-1] if paragraphs else None
            if last is None or last.who != said.who or _is_whole(last.words, cue.start - before):
                paragraphs.append(said)
            else:
                paragraphs[-1] = Said(said.who, f"{last.words} {said.words}")
        before = cue.end
    return paragraphs


def written(cues: Sequence[Cue]) -> bytes:
    """The same cues as a file of nothing but times, names and words."""
    return "\n".join(["WEBVTT\n", *map(_written_cue, cues)]).encode()


def _header_help(lines: Sequence[str]) -> str:
    if any("-->" in line and "," in line for line in lines[:4]):
        return "Save the captions in the form WebVTT; these are SRT."
    return "Type WEBVTT as the first line, and leave the next line empty."


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


class _Reader:
    """Gathers cues and slips, block by block."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.cues: list[Cue] = []
        self.slips: list[Slip] = []

    def fault(self, line: int, column: int, code: str, message: str, instead: str) -> None:
        self.slips.append(Slip(line, column, code, message, instead))

    def block(self, first: int, block: Sequence[str]) -> None:
        """One block: a cue, with or without a name of its own above its times, or something else."""
        timed = [at for at, line in enumerate(block) if "-->" in line]
        bent = next(((at, match) for at, line in enumerate(block[:2]) if (match := _BENT.fullmatch(line))), None)
        if not timed and bent:
            message = "the arrow between these times is not made of two hyphens and a >."
            line, column = first + bent[0], bent[1].start(1) + 1
            self.fault(line, column, "captions-time", message, "Type 00:01.000 --> 00:04.000.")
        elif not timed:
            self._without_times(first, block[0].strip())
        elif first == 1 or timed[0] > 1 or len(timed) > 1 or (timed[0] == 1 and block[0].split()[0] in _OTHERS):
            line = first + timed[len(timed) > 1]
            instead = "Leave a line empty above the times, or above the name that stands over them."
            self.fault(line, 1, "captions-joined", "these times stand right under other words.", instead)
        else:
            self._cue(first + timed[0], block[timed[0] :])

    def _without_times(self, line: int, typed: str) -> None:
        """What may stand under WEBVTT says nothing the file's name does not; a note is for its author."""
        if line == 1 or typed.split()[0] == "NOTE":
            return
        if typed in _OTHERS:
            message = "styles and places of captions are left out; each phone shows captions its own way."
            self.fault(line, 1, "captions-style", message, f"Take the lines from {typed} on out.")
            return
        instead = "Type them on a line above, such as 00:01.000 --> 00:04.000."
        self.fault(line, 1, "captions-untimed", "these words have no times.", instead)

    def _cue(self, line: int, block: Sequence[str]) -> None:
        times = _TIMES.fullmatch(block[0].strip(" \t"))
        if not times:
            self._bad_times(line, block[0])
            return
        start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:8])
        if self._is_in_order(line, start, end):
            said = tuple(_said(" ".join(text.strip() for text in block[1:])))
            if said and not (self.cues and self.cues[-1].said == said):
                self.cues.append(Cue(start, end, said))

    def _bad_times(self, line: int, typed: str) -> None:
        """Point at the half that is wrong, or at the arrow between them."""
        start, _, end = typed.partition("-->")
        for half, at in ((start, 0), (end, len(start) + 3)):
            time = half.split()[0] if half.split() else ""
            if not _ONE_TIME.fullmatch(time):
                column = at + half.find(time) + 1
                message = f'"{time[:40]}" is not a time.' if time else "here a time is missing."
                instead = "Type minutes, seconds and thousandths, 01:02.500, or hours before them, 00:01:02.500."
                self.fault(line, column, "captions-time", message, instead)
                return
        message = "a space stands on either side of the arrow, and the times alone before it."
        self.fault(line, len(start) + 1, "captions-time", message, "Type 00:01.000 --> 00:04.000.")

    def _is_in_order(self, line: int, start: int, end: int) -> bool:
        """Cues may overlap; they may not run backwards."""
        if end <= start:
            column = self.lines[line - 1].find("-->") + 1
            message = "this caption ends before it has begun."
            self.fault(line, column, "captions-end", message, "Type a later time behind the arrow.")
        elif self.cues and start < self.cues[-1].start:
            message = "this caption starts before the one above it."
            self.fault(line, 1, "captions-order", message, "Mend its time, or move it up.")
        else:
            return True
        return False


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _said(text: str) -> list[Said]:
    """The words of a cue by who says them; where nobody is named twice running, those are one."""
    every: list[Said] = []
    for said in _voices(text):
        if every and not every[-1].who and not said.who:
            every[-1] = Said("", f"{every[-1].words} {said.words}")
        else:
            every.append(said)
    return every


def _voices(text: str) -> Iterator[Said]:
    """Every tag is taken off; `<` that starts none stays."""
    who, end, words = "", 0, ""
    for tag in _TAG.finditer(text):
        words += text[end : tag.start()]
        end = tag.end()
        if voice := _VOICE.fullmatch(tag[1]):
            yield from _spoken(who, words)
            who, words = _plain(voice[1]), ""
        elif tag[1].strip() == "/v":
            yield from _spoken(who, words)
            who, words = "", ""
    yield from _spoken(who, words + text[end:])


def _spoken(who: str, words: str) -> Iterator[Said]:
    if shown := _plain(words):
        yield Said(who, shown)


def _plain(words: str) -> str:
    """Entities as what they stand for, without what nobody can see, on one line."""
    seen = INVISIBLE.sub(lambda match: "" if match.group(1) else match.group(), unescape(words))
    return " ".join(seen.split())


def _is_whole(words: str, pause: int) -> bool:
    if not _SENTENCE_END.search(words):
        return False
    return pause >= PAUSE or len(words.split()) >= LONG_PARAGRAPH


def _written_cue(cue: Cue) -> str:
    words = "\n".join(_written_words(said) for said in cue.said)
    return f"{_time(cue.start)} --> {_time(cue.end)}\n{words}\n"


def _written_words(said: Said) -> str:
    words = escape(said.words, quote=False)
    return f"<v {escape(said.who, quote=False)}>{words}</v>" if said.who else words


def _time(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}"

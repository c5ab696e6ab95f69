"""What a phone or a word processor did to a file of a course, undone in its text.

A text cut at `\\n` alone in; the same text with as few characters changed as can be, and each change
with its line, out. What an author may have meant in two ways is left to her. Time grows no faster
than in proportion to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from lms.content.headings import NAME, name_like
from lms.content.lines import BEHIND_MARKS, BULLETS
from lms.content.markdown import parse_blocks
from lms.content.settings import COURSE, MODULE
from lms.content.skills import skill_named
from lms.content.source import BESIDE_MARK
from lms.content.words import COLON, LIST_WORDS, Language, Word, language

ENDS = " \t\u00a0\u202f\u200e\u200f\u061c"
"""What is not shown at the end of a line, and may not stand before a name but for spaces."""
_EDGE = "\u00a0\u202f\u200e\u200f\u061c"
_EDGES = re.compile(f"[{_EDGE}]")
_AS_SPACES = {ord("\u00a0"): " ", ord("\u202f"): " ", 0x200E: "", 0x200F: "", 0x061C: ""}
_AS_NOTHING = dict.fromkeys(_AS_SPACES, "")
# As `BESIDE_MARK` finds them, but all that stand together at once.
_EDGES_AT_START = re.compile(rf"(?m)^(?:[ \t{_EDGE}>#+*|-]|\d{{1,9}}[.)]|\[[ xX]?\])++")
_EDGES_BEFORE_NAME = re.compile(rf"(?<![{ENDS}])[{ENDS}]++(?=\{{#)")
_EDGES_IN_NAME = re.compile(rf"\{{#(?:[{_EDGE}]*+[^}}\n{_EDGE}]){{0,60}}+[{_EDGE}]*+(?:\}}[{ENDS}]*+)?")
_BRACES = re.compile(r"(?m)^(#{2,3}[ \t].*?)\{[ \t\u00a0]*#([^{}\n]{1,80})\}")
_LIKE_BRACES = re.compile(
    r"(?m)^(#{2,3}[ \t].*?)[{｛][ \t\u00a0]*+([#＃]?)[ \t\u00a0]*+([^{}｛｝\n]{1,80})[}｝](?=[ \t]*(?:#+[ \t]*)?$)"
)
"""At the end of a heading: braces of another width, or without their #."""
_HEADING = re.compile(rf"(?m)^(#{{2,3}})(?={BEHIND_MARKS})")
_JOINED = re.compile(r"[ \t]*(?=[-‐-―]*[‐-―])[-‐-―]+[ \t]*")
_DELIMITER = re.compile(r"[ \t>]*+(?=.*[‐-―])[-‐-― \t|:]+")
_DASHES = re.compile(r"[-‐-―]+")
_BULLET = re.compile(rf"(?m)^([ \t>]*)([{BULLETS}‐-―])(?=[ \t\u00a0]|\[[ xX]?\])")
_SKILLS = re.compile(rf"(?m)^([ \t>]*[-+*][ \t]+({LIST_WORDS}){COLON})(.*[‐-―].*)")
_SKILL = re.compile(r"[^\s,]+")
_NOTE_OPENS = re.compile(r"(?m)^([ \t]*)<!(?=-*[‐-―])[-‐-―]+")
_NOTE_ENDS = re.compile(r"(?m)<!-->|<!--|-->|((?<![-‐-―])(?=-*[‐-―])[-‐-―]+>(?=[ \t]*$))")
_SETTING = re.compile(r"([A-Za-z]+(?:-[A-Za-z]+)*)([ \t]*[:：][ \t\u00a0\u202f]*)(\S.*)")
_LANG = re.compile(r"(?m)^lang:[ \t]*[\"']?([A-Za-z-]+)")
_UNSEEN = re.compile("[\u200b\u2060\u00ad\ufeff]+")
"""Nothing is shown for these and nothing joined by them; the web's pages are full of them."""
_CURLY = str.maketrans(dict.fromkeys("“”„‟″‘’‚‛′\"'`", ""))
_MOST_ROUNDS = 12
"""One slip may hide another. What hides more than lists in lists do, nobody has typed."""


@dataclass(frozen=True, order=True)
class Edit:
    """One change, and the line it is on."""

    line: int
    what: str


class Sheet:
    """The text of a file while it is mended."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.edits: list[Edit] = []

    def mend(self) -> None:
        """Every slip, round by round until none is left."""
        for _ in range(_MOST_ROUNDS):
            before = self.text
            self._replace(_UNSEEN, lambda _: "", "a character nobody can see is gone")
            self._edges()
            self._outside_code(_HEADING, lambda it: f"{it[1]} ", "a space stands behind the marks of a heading")
            self._replace(_LIKE_BRACES, _like_braces, "a name is written as names are")
            self._replace(_BRACES, _braces, "a name is written as names are")
            self._front_matter()
            self._settings()
            self._notes()
            self._joined_lines()
            self._outside_code(_BULLET, _hyphen, "a bullet is a hyphen")
            self._skills()
            if self.text == before:
                return

    def note(self, line: int, what: str) -> None:
        self.edits.append(Edit(line, what))

    def after(self) -> int:
        """The line that closes the settings; 0 without any."""
        lines = self.text.split("\n")
        if lines[0].rstrip() != "---":
            return 0
        return next((at + 1 for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)

    def blocks(self) -> list[Token]:
        return _blocks(self.text, self.after())

    def language(self) -> Language:
        lang = _LANG.search("\n".join(self.text.split("\n")[: self.after()]))
        return language(lang[1] if lang else "en")

    def _replace(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], what: str) -> None:
        """Replace what is found, and note the lines on which that changed anything."""

        def one(match: re.Match[str]) -> str:
            made = new(match)
            if made != match[0]:
                self.note(self._line(match.start()), what)
            return made

        self.text = pattern.sub(one, self.text)

    def _line(self, at: int) -> int:
        return bisect_right(_starts(self.text), at)

    def _edges(self) -> None:
        """A no-break space beside a mark becomes a space, but inside a name; a mark of direction goes."""
        if not _EDGES.search(self.text):
            return
        what = "a character nobody can see beside a mark is gone"
        for pattern in (_EDGES_AT_START, _EDGES_BEFORE_NAME):
            self._replace(pattern, lambda it: it[0].translate(_AS_SPACES), what)
        self._replace(_EDGES_IN_NAME, lambda it: it[0].translate(_AS_NOTHING), what)
        self._replace(BESIDE_MARK, _edge, what)

    def _front_matter(self) -> None:
        """Hyphens a phone has joined above and below the settings."""
        lines = self.text.split("\n")
        if not (_JOINED.fullmatch(lines[0]) or lines[0].rstrip() == "---"):
            return
        closing = next((at for at, line in enumerate(lines[1:], 1) if _closes(line)), None)
        for at in (0, closing):
            if at is not None and _JOINED.fullmatch(lines[at]):
                lines[at] = "---"
                self.note(at + 1, "hyphens joined into a dash are three hyphens")
        self.text = "\n".join(lines)

    def _settings(self) -> None:
        """A phone starts each line with a capital, and ties the value to its colon."""
        lines = self.text.split("\n")
        for at in range(1, self.after() - 1):
            made = _setting(lines[at])
            if made != lines[at]:
                lines[at] = made
                self.note(at + 1, "a setting is written as settings are")
        self.text = "\n".join(lines)

    def _notes(self) -> None:
        """The two hyphens at either end of a note."""
        what, code = "hyphens joined into a dash are two hyphens", ("fence", "code_block")
        self._outside_code(_NOTE_OPENS, lambda it: f"{it[1]}<!--", what, code)
        opened = False

        def end(match: re.Match[str]) -> str:
            nonlocal opened
            was, opened = opened, match[0] == "<!--"
            return "-->" if match[1] and was else match[0]

        self._outside_code(_NOTE_ENDS, end, what, code)

    def _joined_lines(self) -> None:
        """Lines of dashes below the settings: those of a table, and rules."""
        lines = self.text.split("\n")
        skipped, after = self._code_lines(), self.after()
        for at, line in enumerate(lines[after:], after):
            if at + 1 not in skipped and _DELIMITER.fullmatch(line):
                lines[at] = _DASHES.sub(lambda run: run[0] if run[0].strip("-") == "" else "---", line)
                self.note(at + 1, "hyphens joined into a dash are three hyphens")
        self.text = "\n".join(lines)

    def _skills(self) -> None:
        """The hyphen of `eds-2022/F7`, where that makes a skill there is."""
        words = self.language()

        def one(match: re.Match[str]) -> str:
            return match[1] + _SKILL.sub(_skill, match[3]) if words.word(match[2]) == Word.SKILLS else match[0]

        self._outside_code(_SKILLS, one, "a skill is written with a hyphen")

    def _outside_code(
        self,
        pattern: re.Pattern[str],
        new: Callable[[re.Match[str]], str],
        what: str,
        code: Collection[str] = ("fence", "code_block", "html_block"),
    ) -> None:
        """Replace what stands below the settings, and not in code."""
        skipped, after = self._code_lines(code), self.after()

        def one(match: re.Match[str]) -> str:
            made, line = new(match), self._line(match.start())
            return match[0] if line in skipped or line <= after else made

        self._replace(pattern, one, what)

    def _code_lines(self, kinds: Collection[str] = ("fence", "code_block", "html_block")) -> set[int]:
        maps = [it.map for it in self.blocks() if it.map and it.type in kinds]
        return {line for first, end in maps for line in range(first + 1, end + 1)}


@lru_cache(maxsize=1)
def _blocks(text: str, after: int) -> list[Token]:
    """Read anew only where something has changed."""
    return parse_blocks(text, after)[0]


@lru_cache(maxsize=1)
def _starts(text: str) -> list[int]:
    """Where each line starts."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _edge(match: re.Match[str]) -> str:
    at = match.start(match.lastindex or 0) - match.start()
    return match[0][:at] + match[0][at].translate(_AS_SPACES) + match[0][at + 1 :]


def _hyphen(match: re.Match[str]) -> str:
    """A bullet as a hyphen, with a space behind it."""
    return f"{match[1]}-" if match.string[match.end()] in " \t\u00a0" else f"{match[1]}- "


def _skill(match: re.Match[str]) -> str:
    meant = _DASHES.sub("-", match[0])
    return meant if skill_named(meant) else match[0]


def _braces(match: re.Match[str]) -> str:
    """`{#“Q–Strong”}` as it was meant; left alone where that is not plain."""
    typed = match[2]
    if NAME.fullmatch(typed) and match[0].endswith(f"{{#{typed}}}"):
        return match[0]
    meant = name_like(_DASHES.sub("-", typed.translate(_CURLY)))
    return f"{match[1]}{{#{meant}}}" if NAME.fullmatch(meant) else match[0]


def _like_braces(match: re.Match[str]) -> str:
    """`{q-strong}`, `｛＃q-strong｝`; what has neither # nor the form of a name is text."""
    typed = match[3].strip(ENDS)
    meant = match[2] or NAME.fullmatch(typed.lower())
    return f"{match[1]}{{#{typed}}}" if meant else match[0]


def _setting(line: str) -> str:
    """`Lang：“En”` as `lang: en`. Only of names it is known that no capital and no quotes belong to them."""
    match = _SETTING.fullmatch(line)
    if match is None or match[1].lower() not in (*COURSE, *MODULE):
        return line
    word, value = match[1].lower(), match[3]
    meant = (value if value.isascii() else value.translate(_CURLY)).strip().lower()
    if word in ("course", "module", "lang") and NAME.fullmatch(meant):
        value = meant
    between = match[2] if match[2].strip(" \t") == ":" else ": "
    return f"{word}{between}{value}"


def _closes(line: str) -> bool:
    return line.rstrip() == "---" or _JOINED.fullmatch(line) is not None

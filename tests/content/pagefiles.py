"""Reading `docs/messages/*.md`: one page a message, with an example that brings it and one that mends it.

Under `## Wrong` and `## Right` stand fenced examples, each a part of the module `passwords.md` or, behind a
line ``In `facts.md`:``, a whole file. Behind `The folder:` stand names of files and their sizes. What is
under `## Beside it` goes with both, and what is under `## Published before` was published before them.

`⟨U+200B⟩` stands for that character, `⟨0xE9⟩` for that byte, and `⟨Word. ×20⟩` for twenty times the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.content.casefiles import data_of

FOLDER = Path(__file__).parent.parent.parent / "docs" / "messages"
MODULE = "passwords.md"
SETTINGS = "---\nmodule: passwords\nlang: en\n---\n"
TITLE = "# Staying safe online\n\n"
LESSON = "## Strong passwords {#passwords}\n\n"
AROUND = {
    "course.md": b"---\ncourse: safety\nlang: en\norder: passwords\n---\n# Safety\n",
    MODULE: f"{SETTINGS}{TITLE}{LESSON}Three words beat one clever one.\n".encode(),
    "padlock.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
    "phrase.mp4": b"\0\0\0 ftypmp42",
    "phrase.en.vtt": b"WEBVTT\n\n00:01.000 --> 00:04.000\nPick three words.\n",
}
"""The course every example stands in."""

_FENCE = re.compile(r"(?:^(In `([^`\n]+)`|The folder):\n+)?^(`{3,}|~{3,})(\w+)\n(.*?)^\3$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_STARTS = {
    "avif": b"\0\0\0 ftypavif",
    "md": AROUND[MODULE],
    "mp4": b"\0\0\0 ftypmp42",
    "svg": AROUND["padlock.svg"],
    "webm": b"\x1a\x45\xdf\xa3",
}
_UNITS = {"kB": 1_000, "MB": 1_000_000}
_SIZED = re.compile(r"(.+) (\d+) (kB|MB)(?:, saved as (\w+))?")


@dataclass(frozen=True)
class Page:
    """One page. `examples`: the files under each of its headings."""

    code: str
    title: str
    text: str
    examples: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def files(self, heading: str) -> dict[str, bytes]:
        """The whole course with what stands under a heading; a file that says `(no such file)` is left out."""
        files = AROUND | self.examples.get("Beside it", {}) | self.examples.get(heading, {})
        return {path: data for path, data in files.items() if data != b"(no such file)\n"}


def all_pages() -> list[Page]:
    return [read_page(path) for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md"]


def read_page(path: Path) -> Page:
    text = path.read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    fences = list(_FENCE.finditer(text))
    headings = [it for it in _SECTION.finditer(text) if not any(f.start() < it.start() < f.end() for f in fences)]
    examples: dict[str, dict[str, bytes]] = {}
    for fence in fences:
        heading = next(it.group(1) for it in reversed(headings) if it.start() < fence.start())
        examples.setdefault(heading, {}).update(_files(fence.group(1) or "", fence.group(2) or "", fence.group(5)))
    return Page(path.stem, title, text, examples)


def _files(label: str, file: str, typed: str) -> dict[str, bytes]:
    if label == "The folder":
        return dict(map(_sized, typed.splitlines()))
    return {file: data_of(typed)} if file else {MODULE: data_of(_completed(typed))}


def _completed(typed: str) -> str:
    """A part of a module, with what it stands in put around it."""
    if typed.startswith("---\n"):
        settings_alone = typed.endswith("\n---\n")
        return f"{typed}{TITLE}{LESSON}Three words beat one clever one.\n" if settings_alone else typed
    title = "" if typed.startswith("# ") else TITLE
    lesson = "" if not title or typed.startswith("## ") else LESSON
    return f"{SETTINGS}{title}{lesson}{typed}"


def _sized(line: str) -> tuple[str, bytes]:
    """`padlock.svg 240 kB`, or `phrase.mp4 2 MB, saved as webm`."""
    match = _SIZED.fullmatch(line)
    assert match, line
    path, count, unit, kind = match.groups()
    start = _STARTS.get(kind or path.rpartition(".")[2].lower(), b"x")
    start = start.replace(b"module: passwords", b"module: " + path.rpartition("/")[2].partition(".")[0].encode())
    return path, start.ljust(int(count) * _UNITS[unit], b"\n")

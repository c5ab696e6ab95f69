"""An author with a text editor: a course as the Markdown she has, and the lines of `changes` she wrote.

A heading and what stands under it are a `Part`, a lesson or quiz a `Page`, a file a `Script`. Each has a
`who` that never changes, so that a test knows it through every rename and move. What she does to it is in
`rewording`, `renaming` and `slips`: a deed edits the text and writes the line it needs; False where there is
nothing it can be done to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lms.content.lock import LOCK

Place = tuple[str, str]
_HEADING = re.compile(r"(##|###) (.+) \{#([a-z0-9-]+)\}")
ITEM = re.compile(r"(?m)^\d+\. (.+)$")
WORDS = ("kettle", "saucer", "biscuit", "teapot")
"""What an author may come to take for right, and a learner may type before she does."""


@dataclass
class Part:
    """A step: its heading without the name, its name, what stands under it."""

    who: int
    title: str
    name: str
    body: str

    @property
    def kind(self) -> str:
        """`Question`, `Rate again`; empty for one that is read."""
        found = re.match(r"([A-Z][a-z ]+):", self.title)
        return found[1] if found else ""


@dataclass
class Page(Part):
    """A lesson, or the quiz."""

    parts: list[Part] = field(default_factory=list)

    @property
    def is_quiz(self) -> bool:
        return self.name == "quiz"


@dataclass
class Script:
    """A module's file."""

    module: str
    file: str
    front: str
    top: str
    pages: list[Page]
    lines: list[str] = field(default_factory=list)

    def lessons(self) -> list[Page]:
        return [page for page in self.pages if not page.is_quiz]

    def text(self) -> str:
        changes = "".join(["changes:\n", *(f"  - {line}\n" for line in self.lines)] if self.lines else [])
        told = [f"---\n{self.front}{changes}---\n{self.top}"]
        for page in self.pages:
            told.append(f"## {page.title} {{#{page.name}}}\n{page.body}")
            told += [f"### {part.title} {{#{part.name}}}\n{part.body}" for part in page.parts]
        return "\n".join(told)


@dataclass
class Author:
    """A course in her hands. What follows `scripts` is of the publication she is working towards."""

    chance: Random
    files: dict[str, bytes]
    """Everything that is no module's file."""
    order: list[str]
    scripts: dict[str, Script]
    number: int = 0
    day: date = date(2026, 11, 22)
    used: set[Place] = field(default_factory=set)
    """Every name that ever stood in a module."""
    said: set[tuple[str, str]] = field(default_factory=set)
    """Every line she wrote, of which module."""
    published: set[Place] = field(default_factory=set)
    homes: dict[int, int] = field(default_factory=dict)
    """Part -> the page it stood on when last published."""
    retold: list[int] = field(default_factory=list)
    """Whom lines say `reopened` of."""
    remarked: set[int] = field(default_factory=set)
    touched: list[int] = field(default_factory=list)
    """Whose parts were edited: too much at once can't be told apart."""
    may_refuse: set[str] = field(default_factory=set)
    """The codes of refusals that what she did may earn."""

    @classmethod
    def of(cls, files: dict[str, bytes], chance: Random) -> Author:
        """The author of a folder that nobody has published: what a past has left in it goes."""
        course = files["course.md"].decode()
        order = re.findall(r"[a-z][a-z-]+", re.search(r"(?s)\norder:(.*?)\n[a-z]+:", course)[1])  # type: ignore[index]
        author = cls(chance, {path: data for path, data in files.items() if path != LOCK}, order, {})
        for module in order:
            author.scripts[module] = author._script(author.files.pop(f"{module}.md").decode(), module)
        author.used = set(author.places().values())
        return author

    def _script(self, text: str, module: str) -> Script:
        _, front, rest = text.split("---\n", 2)
        script = Script(module, f"{module}.md", front.partition("changes:\n")[0], "", [])
        lines: list[str] = []
        for line in rest.split("\n"):
            heading = _HEADING.fullmatch(line)
            if heading:
                self._close(script, lines)
                made = (self.one_more(), heading[2], heading[3], "")
                if heading[1] == "##":
                    script.pages.append(Page(*made))
                else:
                    script.pages[-1].parts.append(Part(*made))
            else:
                lines.append(line)
        self._close(script, lines)
        return script

    @staticmethod
    def _close(script: Script, lines: list[str]) -> None:
        """What has stood so far belongs to the heading above it."""
        body = "\n".join(lines)
        lines.clear()
        if not script.pages:
            script.top = body
        else:
            page = script.pages[-1]
            (page.parts[-1] if page.parts else page).body = body

    # What she has.

    def folder(self) -> dict[str, bytes]:
        """The files as they would be published."""
        order = ", ".join(self.order)
        course = re.sub(r"(?s)\norder:.*?\n([a-z]+:)", rf"\norder: [{order}]\n\1", self._course(), count=1)
        texts = {script.file: script.text().encode() for script in self.scripts.values()}
        return {**self.files, **texts, "course.md": course.encode()}

    def _course(self) -> str:
        return self.files["course.md"].decode()

    def pages(self) -> list[tuple[Script, Page]]:
        return [(script, page) for it in self.order for script in [self.scripts[it]] for page in script.pages]

    def parts(self, *kinds: str) -> list[tuple[Script, Page, Part]]:
        every = [(script, page, part) for script, page in self.pages() for part in page.parts]
        return [it for it in every if not kinds or it[2].kind in kinds]

    def places(self) -> dict[int, Place]:
        """Where everything stands: who -> (module, name), in published modules."""
        pages = {page.who: (script.module, page.name) for script, page in self.pages()}
        return pages | {part.who: (script.module, part.name) for script, _, part in self.parts()}

    def reopened(self) -> set[int]:
        """Who is asked again: of a lesson its steps, unless it has none; of the quiz all of it."""
        within = {page.who: page for _, page in self.pages()}
        found: set[int] = set()
        for who in self.retold:
            page = within.get(who)
            found |= {part.who for part in page.parts} if page else set()
            found |= {who} if not page or page.is_quiz or not page.parts else set()
        return found

    def settled_elsewhere(self, page: Page) -> set[int]:
        """The steps of a page that were published on another one: its line does not cover them."""
        return {part.who for part in page.parts if self.homes.get(part.who, page.who) != page.who}

    # How she works.

    def shown(self) -> None:
        """It was published."""
        self.homes.update({part.who: page.who for _, page, part in self.parts()})
        self.published |= set(self.places().values())

    def one_more(self) -> int:
        self.number += 1
        return self.number

    def begin(self) -> None:
        """Another publication, mostly on another day. Some of the old lines go."""
        self.day += timedelta(days=self.chance.choice((0, 1, 1, 1)))
        shown = self.places()
        self.retold = [who for who in self.retold if who not in shown]  # said of a draft: that waits
        self.remarked -= shown.keys()
        self.touched, self.may_refuse = [], set()
        if self.chance.random() < 0.3:
            for script in map(self.scripts.__getitem__, self.order):
                script.lines = script.lines[self.chance.randint(0, len(script.lines)) :]

    def line(self, script: Script, said: str) -> None:
        """Dated a day on where she has said the same today."""
        if (script.module, f"{self.day} {said}") in self.said:
            self.day += timedelta(days=1)
        self.said.add((script.module, f"{self.day} {said}"))
        script.lines.append(f"{self.day} {said}")

    def forget_lines(self) -> None:
        """The lines of today, left out."""
        for script in self.scripts.values():
            script.lines = [line for line in script.lines if not line.startswith(str(self.day))]

    def touch(self, part: Part) -> None:
        if part.who in self.touched:
            self.may_refuse |= {"letters-unclear", "name-meaning"}
        self.touched.append(part.who)

    def fresh(self, like: str = "more") -> str:
        """A name nothing ever had."""
        return f"{like[:30].rstrip('-')}-{self.one_more()}"

    def relink(self, old: str, new: str) -> None:
        """Mend every link to a heading; to nothing, where it is gone."""
        link = re.compile(rf"\[([^\]]*)\]\({re.escape(old)}\)")
        self.each_text(lambda text: link.sub(rf"[\1]({new})" if new else r"\1", text))

    def each_text(self, edit: Callable[[str], str]) -> None:
        for script in self.scripts.values():
            script.top = edit(script.top)
            for page in script.pages:
                page.body = edit(page.body)
                for part in page.parts:
                    part.body = edit(part.body)
        for path in ("glossary.md", "facts.md", "course.md"):
            if path in self.files:
                self.files[path] = edit(self.files[path].decode()).encode()

    def verdict(self, script: Script, part: Part) -> None:
        """What is right in a step has changed: say which of the two is to come of it."""
        verb = self.chance.choice(("remarked", "remarked", "reopened"))
        self.line(script, f"{verb} {part.name}")
        if verb == "reopened":
            self.retold.append(part.who)
        else:
            self.remarked.add(part.who)


Deed = Callable[[Author], bool]

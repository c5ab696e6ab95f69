"""A sheet: one screen while it is rendered, and at its foot the terms and facts it uses.

Texts in, clean HTML out: `sanitise` looks through each block on its way. It remembers which
pictures were used and what was wrong. Ids begin with `c-`, so that they never meet one of the
site's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from lms.content.book import FACTS, GLOSSARY, Book, Picture
from lms.content.course import Fact, Term, Text
from lms.content.phrases import Phrases, phrases
from lms.content.problems import Problem
from lms.content.render import Writer, language_mark, only_words, outside_link, text_html
from lms.content.sanitise import faults
from lms.content.videos import Video


class Sheet:
    """One screen.

    `aside` is for feedback, hints and explanations, which are shown apart from the page and must not
    be given away by its foot: the meanings they need follow at once, and nothing has an id.
    """

    def __init__(self, book: Book, file: str, lang: str, aside: bool = False) -> None:
        self.book = book
        self.file = file
        self.lang = lang
        self.aside = aside
        self.phrases = phrases(lang)
        self.pictures: dict[str, int] = {}
        """The hash of each picture used, and the bytes it costs to open the page."""
        self.problems: list[Problem] = []
        self.used: dict[str, Term | Fact] = {}
        """The id of each entry used so far, first used first."""
        self.writes = file
        """The file the text being written stands in."""

    def html(self, text: Text) -> str:
        """A title or an option as inline HTML, a body as blocks."""
        if not text.tokens:
            return ""
        if (words := only_words(text)) is not None:
            return self._checked([text_html(words)], text.line)
        return self._checked(self._blocks(text, self.file), text.line)

    def apart(self, text: Text) -> str:
        """A text shown by itself, with the meanings it needs right behind it."""
        html = self.html(text) + self.foot()
        self.used.clear()
        return html

    def fact(self, fact: Fact) -> str:
        """A fact as a screen of its own: what it says, whose word it is, and since when."""
        return self._checked([*self._blocks(fact.body, FACTS, rings=True), _source(fact, self.phrases)], fact.line)

    def foot(self) -> str:
        """The entries used, each with a way back; those that their own texts use come too."""
        terms: list[str] = []
        facts: list[str] = []
        told: set[str] = set()
        while waiting := [key for key in self.used if key not in told]:
            told.update(waiting)
            for key in waiting:
                entry = self.used[key]
                (terms if isinstance(entry, Term) else facts).append(self._entry(key, entry))
        blocks = self._section("meanings", self.phrases.words_here, terms)
        blocks += self._section("meanings facts", self.phrases.facts_here, facts)
        return self._checked(blocks, 1) if blocks else ""

    def _section(self, mark: str, title: str, entries: Sequence[str]) -> list[str]:
        """A list of meanings: each entry is a block of its own to the sanitiser."""
        if not entries:
            return []
        heading = "" if self.aside else f"<h2>{title}</h2>"
        return [f'<div class="{mark}">{heading}<dl>', *entries, "</dl></div>"]

    def _entry(self, key: str, entry: Term | Fact) -> str:
        is_fact = isinstance(entry, Fact)
        file = FACTS if is_fact else GLOSSARY
        title = "".join(self._blocks(entry.title, file, rings=is_fact))
        body = "".join(self._blocks(entry.body, file, rings=is_fact))
        body += _source(entry, phrases(entry.lang or self.lang)) if isinstance(entry, Fact) else ""
        lang = language_mark(entry.lang)
        body = f"<div{lang}>{body}</div>" if lang else body
        if self.aside:
            return f"<dt{lang}>{title}</dt><dd>{body}</dd>"
        back = f'<p><a href="#c-use-{key}">{self.phrases.back}</a></p>'
        return f'<dt id="c-{key}"{lang}>{title}</dt><dd>{body}{back}</dd>'

    def _blocks(self, text: Text, file: str, rings: bool = False) -> list[str]:
        before, self.writes = self.writes, file
        blocks = list(Writer(self.book, self, file, self.lang, rings).blocks(text.tokens, text.line))
        self.writes = before
        return blocks

    def _checked(self, blocks: Sequence[str], line: int) -> str:
        """The blocks as one; a fault in any of them stops the freeze."""
        found = [fault for block in blocks for fault in faults(block)]
        if found:
            message = f"this can't be shown safely: {found[0]}."
            self.fault(line, "unsafe", message, "Write it in plain Markdown.")
        return "".join(blocks)

    def picture(self, picture: Picture) -> None:
        self.pictures[picture.hash] = len(picture.file.data)

    def video(self, video: Video) -> None:
        """A video weighs nothing here: nobody fetches it who does not press for it. Its captions come at once."""
        self.pictures[video.part.hash] = 0
        self.pictures.update((track.part.hash, len(track.part.file.data)) for track in video.tracks)

    def entry(self, entry: Term | Fact) -> tuple[str, str]:
        """The first use can be come back to; an aside leads nowhere, its meanings stand beside it."""
        key = f"{'fact' if isinstance(entry, Fact) else 'term'}-{entry.name}"
        mark = ' class="term"' if isinstance(entry, Term) else ""
        first = key not in self.used
        self.used.setdefault(key, entry)
        if self.aside:
            return (f"<span{mark}>", "</span>") if mark else ("", "")
        name = f' id="c-use-{key}"' if first else ""
        return f'<a{mark}{name} href="#c-{key}">', "</a>"

    def fault(self, line: int, code: str, message: str, instead: str) -> None:
        self.problems.append(Problem(self.writes, line, 1, code, message, instead))


def _source(fact: Fact, said: Phrases) -> str:
    host = (urlsplit(fact.source).hostname or fact.source).removeprefix("www.")
    words = [f"{said.source} {outside_link(fact.source, host)}.", said.checked(fact.checked)]
    words.append(text_html(said.only_in(fact.nations)))
    return f'<p class="fact-source">{" ".join(filter(None, words))}</p>'

"""A module: one Markdown file, read from its first line to its quiz.

A file's text in; its module, and the names and links other files are held against, out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.content.blocks import check_blocks
from lms.content.boxes import refuse_boxes
from lms.content.changelines import read_changes
from lms.content.course import Lesson, Module, Quiz, Text
from lms.content.frontmatter import FrontMatter
from lms.content.headings import Section, sections
from lms.content.inlines import read_inlines
from lms.content.lessons import read_lesson, read_quiz
from lms.content.lines import check_lines
from lms.content.manuscript import Manuscript, one_line, shown
from lms.content.markdown import parse_blocks
from lms.content.plain import heading
from lms.content.plan import Kind
from lms.content.settings import MODULE, Settings


@dataclass(frozen=True)
class ModuleFile:
    """A module's file as read. `module` is None where it has faults, `name` where even that is unknown."""

    ms: Manuscript
    name: str | None
    name_line: int
    lang: str
    lang_line: int
    module: Module | None


def read_module(ms: Manuscript, matter: FrontMatter) -> ModuleFile:
    """Read a module's file behind its front matter."""
    settings = Settings(ms, matter, MODULE)
    name, lang = settings.name("module"), settings.lang()
    found = read_sections(ms, matter.end)
    title, welcome = read_title(ms, found, matter.end)
    lessons, quiz = read_contents(ms, found)
    module = Module(
        module=name or "",
        file=ms.source.file,
        lang=lang,
        title=title,
        welcome=welcome,
        lessons=tuple(lessons),
        quiz=quiz,
        badge=settings.badge(heading(title)),
        leave=settings.yes("leave"),
        care=settings.text("care"),
        changes=read_changes(settings),
    )
    lines = (settings.line_of("module"), settings.line_of("lang"))
    return ModuleFile(ms, name, lines[0], lang, lines[1], None if ms.faults.errors else module)


def read_sections(ms: Manuscript, after: int) -> list[Section]:
    """The sections of a file, once the lines that mislead the parser are found."""
    tokens, ms.env = parse_blocks(ms.source.text, after)
    check_lines(ms, tokens, after)
    return sections(ms, tokens)


def read_title(ms: Manuscript, found: Sequence[Section], after: int) -> tuple[Text, Text]:
    """The title of a file and the welcome under it."""
    above, *below = found
    check_blocks(ms, above.tokens)
    if any(token.type != "html_block" for token in above.tokens) and below:
        line = next(token.map[0] + 1 for token in above.tokens if token.map)
        message = "text stands above the title."
        ms.faults.error(line, "text-above-title", message, "Start the text with the title, behind one #.")
    if not below or below[0].level != 1:
        line = below[0].line if below else min(after + 1, len(ms.source.lines))
        message, instead = "the title is missing.", "Write it first, behind one #: # Staying safe online."
        ms.faults.error(line, "title-missing", message, instead)
        return Text(), Text()
    for section in below[1:]:
        if section.level == 1:
            message = f"there is a second title; the first is on line {below[0].line}."
            ms.faults.error(section.line, "title-twice", message, "Type ## for a lesson, ### for a step.")
    return one_line(below[0].title), read_text(ms, below[0])


def read_text(ms: Manuscript, section: Section) -> Text:
    """A section that is only text: a welcome, a term."""
    check_blocks(ms, section.tokens)
    if not ms.faults.between(section.line + 1, section.end):
        refuse_boxes(ms, section.tokens)
    read_inlines(ms, [section.title, *section.tokens])
    return shown(section.tokens, section.line)


def read_contents(ms: Manuscript, found: Sequence[Section]) -> tuple[list[Lesson], Quiz | None]:
    """The lessons and the quiz among the sections."""
    lessons: list[Lesson] = []
    quiz: Quiz | None = None
    groups = _groups(ms, found)
    for group in groups:
        if group[0].kind == Kind.QUIZ:
            if group is not groups[-1]:
                message, instead = "the quiz is not the last ## of its module.", "Move it to the end of the file."
                ms.faults.error(group[0].line, "quiz-not-last", message, instead)
            quiz = read_quiz(ms, group[0], group[1:])
        elif lesson := read_lesson(ms, group[0], group[1:]):
            lessons.append(lesson)
    if not groups and not ms.translates and not ms.faults.between(found[0].end, len(ms.source.lines) + 1):
        message, instead = "this module has no lessons.", "Start one with ##."
        ms.faults.error(max(len(ms.source.lines) - 1, 1), "no-lessons", message, instead)
    return lessons, quiz


def _groups(ms: Manuscript, found: Sequence[Section]) -> list[list[Section]]:
    """Each `##` with the `###` below it. A second title counts as neither."""
    groups: list[list[Section]] = []
    orphan: Section | None = None
    for section in found:
        if section.level == 2:
            groups.append([section])
        elif section.level == 3 and groups:
            groups[-1].append(section)
        elif section.level == 3:
            orphan = orphan or section
    if orphan and not ms.faults.between(found[0].end, orphan.line):
        message = "this step stands in no lesson."
        ms.faults.error(orphan.line, "step-without-lesson", message, "Start a lesson above it with ##.")
    return groups

"""Rate: the points a learner places herself on, from least to most."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from lms.content.course import Text
from lms.content.headings import Section
from lms.content.manuscript import Manuscript, children, first_line, one_line, top_blocks
from lms.content.markdown import words_of
from lms.content.plain import repeated
from lms.content.questions import no_links

FEWEST, MOST = 2, 7


def take_points(ms: Manuscript, section: Section) -> tuple[Text, ...]:
    """Take a Rate's numbered list off what is shown above it; the language's own points if it has none."""
    blocks = top_blocks(section.tokens)
    lists = [(start, end) for start, end in blocks if section.tokens[start].type == "ordered_list_open"]
    if not lists and ms.translates:
        return ()  # as many as its source has, if those have no words of their own
    if not lists:
        return tuple(Text((words_of(point),), section.line) for point in ms.language.points)
    start, end = lists[-1]
    if len(lists) > 1:
        message = "a Rate has one numbered list, its points."
        ms.faults.error(first_line(section.tokens[start]), "rate-lists", message, "Use - marks for the other list.")
    points = [_point(ms, section.tokens, item) for item in children(section.tokens, start)]
    if not FEWEST <= len(points) <= MOST:
        message = f"a Rate has {FEWEST} to {MOST} points, and this list has {len(points)}."
        ms.faults.error(first_line(section.tokens[start]), "rate-points", message, "Add or leave out some.")
    section.tokens = section.tokens[:start] + section.tokens[end:]
    found = tuple(point for point in points if point)
    no_links(ms, found)
    _no_equals(ms, found)
    return found


def _point(ms: Manuscript, tokens: Sequence[Token], item: tuple[int, int]) -> Text | None:
    start, end = item
    blocks = children(tokens, start)
    if end - start == 5 and tokens[start + 1].type == "paragraph_open":
        return one_line(tokens[start + 2])
    more = len(blocks) > 1 and tokens[blocks[0][0]].type == "paragraph_open"
    line = first_line(tokens[blocks[1][0]] if more else tokens[start])
    message = "a point of a Rate is one paragraph."
    instead = "Move this above the list, or delete it." if more else "Write a few words behind its number."
    ms.faults.error(line, "rate-point", message, instead)
    return None


def _no_equals(ms: Manuscript, points: Sequence[Text]) -> None:
    for point, first in repeated(points):
        message = f"this point is the same as the one on line {first}."
        ms.faults.error(point.line, "rate-points-equal", message, "Reword one, or delete it.")

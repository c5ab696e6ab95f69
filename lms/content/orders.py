"""Order: things a learner puts in the right order. Its numbered list, taken off what is shown above it."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from lms.content.course import Ordering, Text
from lms.content.headings import Section
from lms.content.items import Item
from lms.content.manuscript import Manuscript, children, first_line, one_line, top_blocks
from lms.content.plain import repeated
from lms.content.questions import no_links

FEWEST = 2


def read_order(ms: Manuscript, section: Section, items: Sequence[Item]) -> Ordering | None:  # noqa: ARG001
    """The items of an Order; None after saying why that can't be told."""
    lists = [block for block in top_blocks(section.tokens) if section.tokens[block[0]].type == "ordered_list_open"]
    if not lists:
        instead = "Write what is put in order as a numbered list, 1. 2. 3., in the right order."
        ms.faults.error(section.line, "order-missing", "this Order has no numbered list.", instead)
        return None
    start, end = lists[-1]
    line = first_line(section.tokens[start])
    before = ms.faults.errors
    if len(lists) > 1:
        message = "an Order has one numbered list, what is put in order."
        ms.faults.error(line, "order-lists", message, "Use - marks for the other list.")
    found = [_item(ms, section.tokens, item) for item in children(section.tokens, start)]
    if len(found) < FEWEST:
        ms.faults.error(line, "order-short", "there is only one thing to put in order.", "Add another, 2.")
    section.tokens = section.tokens[:start] + section.tokens[end:]
    texts = tuple(item for item in found if item)
    no_links(ms, texts)
    for text, first in repeated(texts):
        message = f"this is the same as what stands on line {first}."
        ms.faults.error(text.line, "order-equal", message, "Reword one, or delete it.")
    return Ordering(texts) if ms.faults.errors == before else None


def _item(ms: Manuscript, tokens: Sequence[Token], item: tuple[int, int]) -> Text | None:
    start, end = item
    blocks = children(tokens, start)
    if end - start == 5 and tokens[start + 1].type == "paragraph_open":
        return one_line(tokens[start + 2])
    more = len(blocks) > 1 and tokens[blocks[0][0]].type == "paragraph_open"
    line = first_line(tokens[blocks[1][0]] if more else tokens[start])
    message = "what is put in order is one paragraph each: words, code, a picture."
    instead = "Write it behind its number; if it starts with a mark, in backticks."
    ms.faults.error(line, "order-item", message, "Move this above the list, or delete it." if more else instead)
    return None

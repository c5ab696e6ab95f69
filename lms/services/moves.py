"""Where the page of an old address is now: names and modules may change, the numbers behind them stay.

Asked only where a release has no such page, so that an address that holds costs nothing more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lms.content.plan import QUIZ
from lms.errors import NotFound
from lms.learning.shapes import Shape
from lms.store import courses as rows
from lms.store.gate import Store


@dataclass(frozen=True)
class Page:
    """A page of a release: a lesson, at a step of it; a quiz; without either, a module."""

    module: str
    name: str = ""
    step: str = ""


def page_now(store: Store, shape: Shape, module: str, page: str, step: str = "") -> Page:
    """The page that is a module's `page` now: where its `step` is, else where that lesson or quiz is."""
    known = _known(store, shape, module)
    if known.get(step) in shape.places:
        return page_of(shape, known[step])
    now = page_of(shape, known[page]) if known.get(page) in shape.places else None
    if now is None or now.step:
        raise NotFound
    return now


def module_now(store: Store, shape: Shape, module: str) -> Page:
    """The module that most of a module has become part of."""
    left = Counter(shape.places[no][0] for no in _known(store, shape, module).values() if no in shape.places)
    if not left:
        raise NotFound
    return Page(left.most_common(1)[0][0])


def page_of(shape: Shape, no: int) -> Page:
    """The page that shows what has a number."""
    module, name = shape.places[no]
    lesson = shape.lesson_of.get(no)
    if lesson is None:
        return Page(module, QUIZ)
    return Page(module, shape.places[lesson.no][1], "" if lesson.no == no else name)


def _known(store: Store, shape: Shape, module: str) -> dict[str, int]:
    with store.read() as db:
        return rows.numbers_of_module(db, shape.course_id, module)

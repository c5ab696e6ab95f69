"""The long first module of each of our courses became two short ones: nobody who was half-way loses a thing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lms.content.lock import LOCK
from lms.content.plan import Kind, StepPlan
from lms.learning.shapes import Shape
from lms.services import compiling, publishing
from lms.services.moves import Page, page_now
from lms.services.progress import where
from tests.services.lives import right_answer
from tests.services.site import Site
from tests.services.written import TODAY

COURSES = Path(__file__).resolve().parents[2] / "courses"
MOVED = re.compile(r"  - [0-9-]+ moved [a-z0-9-]+ to ([a-z0-9-]+)\n")
PART = re.compile(r"^(?=##+ )", re.MULTILINE)
SPLIT = [("coding-basics", "what-code-is"), ("online-safety", "your-phone"), ("social-media", "social-media-and-you")]


def one_again(files: dict[str, bytes], first: str) -> dict[str, bytes]:
    """The course as it was: what moved out of its first module stands there again, and there is no second."""
    text = files[f"{first}.md"].decode()
    second = MOVED.findall(text)[0]
    parts = PART.split(files[f"{second}.md"].decode())[1:]
    at = next(place for place, part in enumerate(parts) if "{#quiz}" in part)
    above, quiz = MOVED.sub("", text).replace("changes:\n", "").split("\n## Quiz:")
    whole = "".join([above, "\n", *parts[:at], "\n## Quiz:", quiz, "\n", *parts[at + 1 :]])
    rest = {path: data for path, data in files.items() if path not in (f"{second}.md", LOCK)}
    order = files["course.md"].decode().replace(f"  - {second}\n", "")
    return rest | {f"{first}.md": whole.replace(f"{second}.md#", f"{first}.md#").encode(), "course.md": order.encode()}


def does(site: Site, shape: Shape, module: str, step: StepPlan) -> dict[str, Any]:
    """What gets a step done, as her phone sends it."""
    kind, answer = "done", None
    if step.kind is Kind.QUESTION:
        kind, answer = "answered", right_answer(site, shape, shape.numbers[module, step.name])
    elif step.kind is not Kind.READING:
        kind, answer = "rated", step.letters[:1]
    return site.event(step.name, kind, answer, module=module, course=shape.plan.course, release=shape.hash)


def done(site: Site, shape: Shape, person_id: int) -> set[int]:
    """The numbers of all she has done."""
    here = where(site.store, site.catalogue, shape, person_id)
    return {no for place, no in shape.numbers.items() if here.done(*place)}


@pytest.mark.parametrize(("course", "first"), SPLIT)
def test_whoever_was_half_way_through_the_long_first_module_keeps_what_she_did(site: Site, course: str, first: str):
    files = compiling.read_folder(COURSES / course)
    publishing.publish(site.store, course, one_again(files, first), TODAY, site.later(2_000))
    old, lena = site.shape(course), site.person()
    long = old.plan.modules[0]
    stays, begun, moves, *_ = long.lessons
    steps = [*stays.steps, *begun.steps[:2], *moves.steps]
    *sent, late = [does(site, old, first, step) for step in steps]
    assert set(site.results(lena, *sent)) == {"new"}
    before, reached = done(site, old, lena.person_id), site.milestones(lena)
    assert len(before) == len(sent)

    publishing.publish(site.store, course, files, TODAY, site.later(2_000))
    new = site.shape(course)
    second = new.plan.modules[1].module
    assert page_now(site.store, new, first, moves.name) == Page(second, moves.name), "its old address leads there"
    assert done(site, new, lena.person_id) == before
    assert site.results(lena, late) == ["new"], "what waited on her phone, by the older release, is taken"
    here = where(site.store, site.catalogue, new, lena.person_id)
    assert here.lesson_finished(first, stays.name)
    assert here.lesson_finished(second, moves.name)
    assert site.milestones(lena) > reached

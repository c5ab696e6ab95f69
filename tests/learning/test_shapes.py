"""A plan laid out by the permanent numbers of its names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lms.learning.shapes import shape_of
from tests.learning.histories import histories
from tests.learning.plans import course, lesson, module, quiz, release, step

PLAN = course(module("mail", lesson("links", "why", step("aside", optional=True)), lesson("extra"), quiz=quiz("q")))


@settings(max_examples=20)
@given(histories(most=1))
def test_every_name_of_a_release_has_its_number_and_the_number_its_place(history):
    for shape in history.shapes.values():
        assert {shape.places[no]: no for no in shape.places} == shape.numbers
        assert set(shape.steps) == set(shape.module_of) == set(shape.places)
        for no, place in shape.places.items():
            assert shape.module_of[no].module == place[0]
            assert shape.steps[no].name == place[1]


def test_a_lesson_needs_its_steps_that_are_not_optional_or_else_itself():
    shape = release(*PLAN.modules)
    links, extra = shape.modules[0].lessons
    assert {shape.places[no][1] for no in links.required} == {"why"}
    assert {shape.places[no][1] for no in links.numbers} == {"links", "why", "aside"}
    assert extra.required == {extra.no}


def test_questions_of_the_quiz_and_the_quiz_itself_are_in_the_quiz():
    shape = release(*PLAN.modules)
    inside = {name for (_, name), no in shape.numbers.items() if shape.in_quiz(no)}
    assert inside == {"q", "quiz"}
    assert shape.quiz("mail") is shape.modules[0].quiz
    assert shape.quiz("no-such-module") is None


def test_a_name_without_a_number_is_a_fault_of_the_site_and_not_passed_over():
    with pytest.raises(KeyError):
        shape_of(PLAN, {("mail", "links"): 1}, 1, 1, "0" * 64)

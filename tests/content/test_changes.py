"""The lines of `changes`: which change needs which, what each does to the record, and what still stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lms.content.compile import compile as compile_course
from lms.content.course import Course, Doing, Lesson, Ordering, Reflecting, Step
from lms.content.freeze import freeze
from lms.content.names import dated
from lms.content.plan import Kind
from lms.content.release import Made, Names, Release, acted_on
from tests.content.handmade import (
    blocks,
    course,
    frozen,
    in_words,
    lesson,
    line,
    module,
    question,
    quiz,
    rate,
    reading,
    refusals,
)

DAY = "2026-11-21"


def safety(*steps: Step, changes: tuple[str, ...] = (), **more: object) -> Course:
    return course(module("safety", lesson("strong", *steps), changes=changes, **more))


def after(before: Release | Names, made: Course) -> Release:
    return frozen(made, before if isinstance(before, Names) else before.names)


def other(name: str, kind: Kind, asked: object) -> Step:
    return Step(name, kind, line("Do it"), blocks(""), asked, False, (), (), (), 1)


def order(name: str, *items: str) -> Step:
    return other(name, Kind.ORDER, Ordering(tuple(map(line, items))))


def task(name: str, *boxes: str, sign_off: str = "") -> Step:
    return other(name, Kind.TASK, Doing(tuple(map(line, boxes)), (), sign_off, ()))


# --- remarked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (question("q", "x long", "short"), question("q", "long", "x short")),
        (question("q", "x long", "short"), question("q", "x long", "short", "neither")),
        (question("q", "x long", "short", "neither"), question("q", "x long", "short")),
        (in_words("q", "phish"), in_words("q", "phish", "scam")),
        (order("q", "Stop", "Check", "Report"), order("q", "Check", "Stop", "Report")),
    ],
    ids=["another tick", "one more", "one less", "another word", "another order"],
)
def test_what_is_right_may_change_with_its_line(old: Step, new: Step) -> None:
    before = frozen(safety(old))
    assert "what is right" in refusals(safety(new), before.names)[0]
    made = after(before, safety(new, changes=(f"{DAY} remarked q",)))
    assert acted_on(made.acts, "remarked") == (("safety", "q"),)
    assert made.names.named["safety", "q"].meaning != before.names.named["safety", "q"].meaning


def test_a_remarked_line_acts_once_and_the_next_change_needs_its_own() -> None:
    before = frozen(safety(question("q", "x long", "short")))
    lines = (f"{DAY} remarked q",)
    made = after(before, safety(question("q", "long", "x short"), changes=lines))
    again = after(made, safety(question("q", "long", "x short"), changes=lines))
    assert again.acts == ()
    assert refusals(safety(question("q", "x long", "short"), changes=lines), made.names) == [
        'safety.md:1:1: what is right in "q" changed since it was published. Add a new line to `changes` '
        "with another date, since each acts once: the date, then `remarked q` to mark its answers again, "
        "or `reopened q` to ask it again."
    ]
    assert after(made, safety(question("q", "x long", "short"), changes=(*lines, "2026-11-22 remarked q"))).acts


def test_an_option_reworded_with_its_tick_changed_is_another_option_even_when_remarked() -> None:
    """Else an answer to "a short one" would be marked by what "enormous" says."""
    before = frozen(safety(question("q", "x long", "short", "middling")))
    lines = (f"{DAY} remarked q",)
    assert (
        "too much changed"
        in refusals(safety(question("q", "long", "x enormous", "middling"), changes=lines), before.names)[0]
    )
    kept = after(before, safety(question("q", "long", "very short", "x middling"), changes=lines))
    assert kept.keys["safety", "q"].right == ("c",)
    assert kept.names.named["safety", "q"].gone == ()


def test_so_it_is_with_many_options_too() -> None:
    options = [f"option {number}" for number in range(30)]
    before = frozen(safety(question("q", "x right", *options)))
    changed = question("q", "x right", "x other words", *options[1:])
    assert "too much changed" in refusals(safety(changed, changes=(f"{DAY} remarked q",)), before.names)[0]


def test_remarked_follows_a_rename_of_the_same_day_and_must_use_the_name_of_then() -> None:
    before = frozen(safety(question("q", "x long", "short")))
    changed = question("p", "long", "x short")
    for lines in ((f"{DAY} renamed q to p", f"{DAY} remarked p"), (f"{DAY} remarked q", f"{DAY} renamed q to p")):
        assert acted_on(after(before, safety(changed, changes=lines)).acts, "remarked") == (("safety", "p"),)
    wrong = refusals(safety(changed, changes=(f"{DAY} renamed q to p", f"{DAY} remarked q")), before.names)
    assert any('"q" is not a name here any more: it became "safety/p".' in sentence for sentence in wrong)


def test_remarked_has_nothing_to_say_of_what_is_not_marked() -> None:
    before = frozen(safety(task("t", "Done")))
    assert refusals(safety(task("t", "Done"), changes=(f"{DAY} remarked t",)), before.names) == [
        'safety.md:1:1: "t" is a task, and no answer of it was marked. To have it done again, write `reopened t`.'
    ]


def test_a_lessons_line_covers_its_steps_and_the_quizs_its_questions() -> None:
    whole = course(
        module(
            "safety",
            lesson("strong", question("q", "x long", "short"), reading("r"), order("o", "Stop", "Go")),
            quiz=quiz(question("z", "x a", "b"), question("y", "x a", "b")),
        )
    )
    changes = (f"{DAY} remarked strong", f"{DAY} remarked quiz")
    lined = replace(
        whole, modules=course(replace(whole.modules[0], changes=module("safety", changes=changes).changes)).modules
    )
    made = after(frozen(whole), lined)
    assert acted_on(made.acts, "remarked") == tuple(("safety", name) for name in ("q", "o", "z", "y"))


def test_a_module_whose_quiz_went_is_told_where_a_new_one_can_stand() -> None:
    asked = question("z", "x a", "b")
    before = frozen(course(module("safety", lesson("strong", reading("r")), quiz=quiz(asked))))
    lines = (f"{DAY} removed quiz", f"{DAY} removed z")
    gone = after(before, course(module("safety", lesson("strong", reading("r")), changes=lines)))
    again = course(
        module("safety", lesson("strong", reading("r")), quiz=quiz(question("y", "x a", "b")), changes=lines)
    )
    assert refusals(again, gone.names) == [
        'safety.md:1:1: "quiz" was published before and removed; a name is never used again. '
        "Give the new quiz a module of its own."
    ]


# --- reopened -------------------------------------------------------------------------------------


def test_reopened_letters_start_anew_and_no_old_one_is_used_again() -> None:
    before = frozen(safety(question("q", "x long", "short")))
    made = after(before, safety(question("q", "x tiny", "short", "enormous"), changes=(f"{DAY} reopened q",)))
    named = made.names.named["safety", "q"]
    assert [letter for letter, _ in made.pages["safety", "strong"][0].options] == ["c", "d", "e"]
    assert (named.gone, named.reopened) == (("a", "b"), 1)


def test_reopened_without_any_change_is_another_release() -> None:
    """A phone names a release by its hash, and what it asks is asked anew."""
    for step in (reading("s"), task("s", "Done"), rate("s")):
        before = frozen(safety(step))
        made = after(before, safety(step, changes=(f"{DAY} reopened s",)))
        assert made.hash != before.hash
        assert after(made, safety(step)).hash == made.hash, "and stays that release when the line goes"


def test_reopened_settles_what_letters_can_not() -> None:
    before = frozen(safety(question("q", "x long", "short", "middling")))
    changed = question("q", "tiny", "x long", "medium")
    assert "or add a line to `changes`: the date, then `reopened q`." in refusals(safety(changed), before.names)[0]
    assert after(before, safety(changed, changes=(f"{DAY} reopened q",)))


def test_a_rate_keeps_its_points_and_letters_when_it_is_reopened() -> None:
    before = frozen(safety(rate("r")))
    made = after(before, safety(rate("r"), changes=(f"{DAY} reopened r",)))
    assert made.names.named["safety", "r"].letters == before.names.named["safety", "r"].letters
    changed = safety(rate("r", "Never", "Always"), changes=(f"{DAY} reopened r",))
    assert "earlier ratings could not be compared" in refusals(changed, before.names)[0]


def test_a_kind_does_not_change_whatever_the_line() -> None:
    before = frozen(safety(reading("s")))
    for verb in ("remarked", "reopened", "corrected"):
        found = refusals(safety(task("s", "Done"), changes=(f"{DAY} {verb} s",)), before.names)
        assert any("was published as a reading and is a task now" in sentence for sentence in found), verb


def test_a_reopened_lesson_is_asked_again_through_its_steps() -> None:
    before = frozen(course(module("safety", lesson("strong", reading("r"), task("t", "Done")), lesson("alone"))))
    changes = (f"{DAY} reopened strong", f"{DAY} reopened alone")
    made = after(
        before,
        course(module("safety", lesson("strong", reading("r"), task("t", "Done")), lesson("alone"), changes=changes)),
    )
    assert acted_on(made.acts, "reopened") == (("safety", "r"), ("safety", "t"), ("safety", "alone"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (task("t", "Done"), task("t", "Done", sign_off="mentor")),
        (other("t", Kind.REFLECT, Reflecting("only me")), other("t", Kind.REFLECT, Reflecting("mentor"))),
        (task("t", "Done"), task("t", "Done", "And checked")),
    ],
)
def test_what_a_task_or_reflect_asks_may_change_without_a_line(old: Step, new: Step) -> None:
    assert after(frozen(safety(old)), safety(new)).acts == ()


# --- corrected ------------------------------------------------------------------------------------


def test_corrected_keeps_translations_that_had_followed_and_revives_no_stale_one() -> None:
    before = dated(frozen(safety(reading("r", "Old words."))).names, date(2026, 11, 20))
    named = before.named["safety", "r"]
    fresh, stale = Made("1" * 16, named.wording, named.meaning), Made("2" * 16, "3" * 16, named.meaning)
    known = replace(
        before, named={**before.named, ("safety", "r"): replace(named, translations={"cy": fresh, "ur": stale})}
    )
    plain = frozen(safety(reading("r", "New words.")), known).names.named["safety", "r"]
    assert plain.translations == {"cy": fresh, "ur": stale}
    made = frozen(safety(reading("r", "New words."), changes=(f"{DAY} corrected r",)), known).names.named["safety", "r"]
    assert made.translations == {"cy": replace(fresh, source_wording=made.wording), "ur": stale}
    assert made.since == "2026-11-20"


# --- lines of several files, and lines about nothing -------------------------------------------------


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_line_waits_for_what_another_file_brings_on_the_same_day(first: str) -> None:
    before = frozen(
        course(module("a", lesson("k"), lesson("l", question("q", "x yes", "no"))), module("b", lesson("m")))
    )
    a = module("a", lesson("k"), changes=(f"{DAY} moved q to b", f"{DAY} removed l"))
    b = module("b", lesson("m", question("q", "yes", "x no")), changes=(f"{DAY} remarked q",))
    made = after(before, course(*((a, b) if first == "a" else (b, a))))
    assert acted_on(made.acts, "remarked") == (("b", "q"),)
    assert made.names.earlier == {("a", "q"): ("b", "q")}


def test_a_line_about_a_name_that_was_never_published_does_nothing_and_says_so() -> None:
    before = frozen(safety(reading("r")))
    made = after(before, safety(reading("r"), changes=(f"{DAY} reopened typo",)))
    assert [(act.line, act.places) for act in made.acts] == [(f"{DAY} reopened typo", ())]
    assert made.hash == before.hash


def test_what_a_line_can_not_do_is_told_where_it_stands() -> None:
    course_md = b"---\ncourse: c\nlang: en\norder: m\n---\n# Course\n"
    text = "---\nmodule: m\nlang: en\nchanges:{}\n---\n# M\n## L {{#l}}\nText.\n### S {{#s}}\nMore.\n"
    first = compile_course({"course.md": course_md, "m.md": text.replace("changes:{}\n", "").format().encode()})
    assert first.course
    line_ = "\n  - 2026-11-21 remarked s"
    then = compile_course({"course.md": course_md, "m.md": text.format(line_).encode()})
    assert then.course
    told = freeze(then.course, frozen(first.course).names).problems
    assert [(it.code, it.line, it.column) for it in told] == [("change-kind", 5, 5)]


# --- in whatever order they were written -----------------------------------------------------------

_BOTH_WAYS = pytest.mark.parametrize("turned", [False, True], ids=["as written", "turned round"])


def two_lessons() -> Release:
    first, second = lesson("one", reading("r")), lesson("two", reading("s"), question("q", "x yes", "no"))
    return frozen(course(module("a", first, second), module("b", lesson("start", reading("x")))))


def edited(turned: bool, lines: tuple[str, ...], a: Lesson, *of_b: Step) -> Release:
    """`two_lessons` with lessons of other contents and these lines in the first file."""
    changes = tuple(f"{DAY} {said}" for said in (reversed(lines) if turned else lines))
    start = lesson("start", reading("x"), *of_b)
    return after(two_lessons(), course(module("a", a, changes=changes), module("b", start)))


@_BOTH_WAYS
def test_a_step_that_leaves_a_lesson_by_a_line_of_its_own_is_not_removed_with_it(turned: bool) -> None:
    moved = edited(turned, ("removed two", "moved s to b"), lesson("one", reading("r")), reading("s"))
    assert moved.names.earlier == {("a", "s"): ("b", "s")}
    assert not moved.names.named["b", "s"].removed
    assert moved.names.named["a", "q"].removed
    renamed = edited(turned, ("removed two", "renamed s to t"), lesson("one", reading("r"), reading("t")))
    assert renamed.names.earlier == {("a", "s"): ("a", "t")}
    assert not renamed.names.named["a", "t"].removed


def test_a_step_that_was_renamed_and_back_goes_with_its_lesson() -> None:
    lines = ("renamed s to t", "renamed t to s", "removed two")
    made = edited(False, lines, lesson("one", reading("r")))
    assert made.names.named["a", "s"].removed


@pytest.mark.parametrize("verb", ["reopened", "remarked"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_line_about_a_lesson_covers_its_steps_whatever_it_and_they_are_called_by_then(at: int, verb: str) -> None:
    lines = ["renamed q to p", "renamed two to zwei"]
    lines.insert(at, f"{verb} {'two' if at < 2 else 'zwei'}")
    a = (lesson("one", reading("r")), lesson("zwei", reading("s"), question("p", "x yes", "no")))
    changes = tuple(f"{DAY} {said}" for said in lines)
    made = after(two_lessons(), course(module("a", *a, changes=changes), module("b", lesson("start", reading("x")))))
    assert set(acted_on(made.acts, verb)) == {("a", "p")} | ({("a", "s")} if verb == "reopened" else set())
    assert made.names.named["a", "zwei"].reopened == 0


@pytest.mark.parametrize("verb", ["remarked", "reopened"])
def test_a_line_about_what_a_hidden_module_asks_waits_until_it_is_shown_again(verb: str) -> None:
    shown, old = module("a", lesson("one", reading("r"))), lesson("l", question("q", "x yes", "no"))
    new = module("b", lesson("l", question("q", "yes", "x no")), changes=(f"{DAY} {verb} q",))
    hidden = after(frozen(course(shown, module("b", old))), course(shown, drafts=(new,)))
    assert hidden.acts == ()
    again = after(hidden, course(shown, new))
    assert acted_on(again.acts, verb) == (("b", "q"),)
    assert after(again, course(shown, new)).acts == ()


def test_what_stands_under_a_name_that_a_line_may_not_give_is_not_told_beside_it() -> None:
    before = frozen(safety(reading("r"), question("q", "x yes", "no")))
    swapped = safety(
        reading("q"), question("r", "x yes", "no"), changes=(f"{DAY} renamed r to q", f"{DAY} renamed q to r")
    )
    assert {problem.code for problem in freeze(swapped, before.names).problems} == {"change-used"}

"""Names, letters and fingerprints: what an answer hangs on, from one publication to the next."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.course import ANumber, Course, Pattern, Range, Rating, Step
from lms.content.freeze import freeze
from lms.content.letters import Letters, give_letters, nth_letter
from lms.content.names import reconcile
from lms.content.plain import fingerprint, heading, plain_text
from lms.content.plan import Kind, canonical
from lms.content.release import Names, names_from_json, names_to_json
from lms.content.shown import plain
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
    rate_again,
    reading,
    refusals,
)

TEXTS = st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six", "seven"]), unique=True, max_size=6)


# --- plain text -----------------------------------------------------------------------------------


def test_plain_text_has_plain_quotes_dashes_and_spaces() -> None:
    assert plain("  “It’s”\u00a0—\n here–now ") == '"It\'s" - here-now'


def test_plain_text_is_the_same_for_both_spellings_of_an_accent() -> None:
    assert plain("cafe\u0301") == plain("café")


def test_plain_text_drops_emphasis_and_keeps_code_and_descriptions() -> None:
    typed = "Press **Save** or `Ctrl *S*` ![a *red* button](b.svg)\nnow"
    assert plain_text(line(typed)) == "Press Save or Ctrl *S* a red button now"


def test_each_paragraph_item_and_cell_is_a_block_of_plain_text() -> None:
    typed = "A\n\n- b\n- c\n\n> d\n\n---\n\n| e |\n|---|\n| f |\n\n```\n g\n```\n"
    assert list(blocks(typed).blocks) == ["A", "b", "c", "d", "e", "f", "g"]


def test_a_title_keeps_the_quotes_its_author_typed() -> None:
    assert heading(line("What is a *“phish”*?")) == "What is a “phish”?"


def test_a_fingerprint_is_sixteen_hex_digits_of_the_sha_256_of_compact_json() -> None:
    assert fingerprint(["é", 1]) == hashlib.sha256('["é",1]'.encode()).hexdigest()[:16]


# --- letters --------------------------------------------------------------------------------------


def test_letters_go_from_a_to_z_and_on_with_two() -> None:
    assert [nth_letter(number) for number in (0, 25, 26, 51, 52, 701, 702)] == ["a", "z", "aa", "az", "ba", "zz", "aaa"]


@given(TEXTS, st.randoms(use_true_random=False))
def test_reordering_keeps_every_letter_with_its_text(texts: list[str], chance: random.Random) -> None:
    first = _given(texts)
    shuffled = list(texts)
    chance.shuffle(shuffled)
    again = _given(shuffled, first)
    assert _by_text(shuffled, again) == _by_text(texts, first)
    assert not again.gone


@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_through_any_history_texts_keep_their_letters_and_gone_letters_stay_gone(history: list[list[str]]) -> None:
    known = Letters()
    before: dict[str, str] = {}
    gone: set[str] = set()
    for texts in history:
        now = give_letters(texts, known)
        if now is None:
            continue
        letters = _by_text(texts, now)
        assert len(set(now.shown)) == len(texts)
        assert gone.isdisjoint(now.shown), "a letter came back"
        assert all(letters[text] == before[text] for text in texts if text in before)
        assert set(now.prints) == set(now.shown) | set(now.gone)
        gone, before, known = set(now.gone), letters, now


@given(TEXTS)
def test_giving_letters_again_changes_nothing(texts: list[str]) -> None:
    first = _given(texts)
    assert _given(texts, first) == first


def test_one_reworded_option_keeps_its_letter_wherever_it_stands() -> None:
    first = _given(["Stop", "Go", "Wait"])
    assert _given(["Go on", "Stop", "Wait"], first).shown == ("b", "a", "c")


def test_several_options_reworded_in_their_places_keep_their_letters() -> None:
    first = _given(["Stop", "Go", "Wait"])
    assert _given(["Halt", "Go", "Hold on"], first).shown == ("a", "b", "c")


def test_places_are_those_of_the_last_publication_not_of_the_first() -> None:
    turned = _given(["Wait", "Go", "Stop"], _given(["Stop", "Go", "Wait"]))
    assert _given(["Hold on", "Go", "Halt"], turned).shown == ("c", "b", "a")


@pytest.mark.parametrize("texts", [["Go", "Halt", "Hold on"], ["Halt", "Go", "Hold on", "Run"], ["Halt", "Go now"]])
def test_letters_are_not_guessed_where_too_much_changed_at_once(texts: list[str]) -> None:
    assert give_letters(texts, _given(["Stop", "Go", "Wait"])) is None


def test_a_text_that_comes_back_gets_a_new_letter() -> None:
    without = _given(["Stop"], _given(["Stop", "Go"]))
    assert without.gone == ("b",)
    assert _given(["Stop", "Go"], without).shown == ("a", "c")


# --- a course and its own record ------------------------------------------------------------------


def test_freezing_a_course_again_with_its_own_names_changes_nothing() -> None:
    made = _safety(question("q-strong", "x long: yes", "short"), rate("before"))
    first = frozen(made)
    stored = names_from_json(json.loads(canonical(names_to_json(first.names))))
    again = frozen(made, stored)
    assert (again.hash, again.names) == (first.hash, first.names)


@given(st.permutations(["x long", "short", "middling"]), st.permutations(["q-a", "q-b", "q-c"]))
def test_reordering_options_and_steps_keeps_letters_and_needs_no_line(options: list[str], names: list[str]) -> None:
    before = frozen(_safety(*(question(name, "x long", "short", "middling") for name in ("q-a", "q-b", "q-c"))))
    after = frozen(_safety(*(question(name, *options) for name in names)), before.names)
    shown = dict(after.pages["safety", "strong"][1].options)
    assert {html: letter for letter, html in shown.items()} == {"long": "a", "short": "b", "middling": "c"}
    assert after.keys["safety", "q-a"].right == ("a",)


def test_words_titles_feedback_and_lessons_change_without_a_line() -> None:
    before = frozen(_safety(reading("length"), question("q-strong", "x long", "short")))
    after = course(
        module(
            "safety",
            lesson("strong", question("q-strong", "x very long: now with feedback", "short", title="Which one?")),
            lesson("more", reading("length", "Quite other words.")),
        )
    )
    assert frozen(after, before.names).keys["safety", "q-strong"].right == ("a",)


@pytest.mark.parametrize(
    "changed",
    [
        question("q", "long", "x short"),
        question("q", "x long", "x short", "middling"),
        question("q", "x long", "short", "middling", "added"),
        question("q", "x long", "short"),
        in_words("q", "long"),
    ],
    ids=["another tick", "two ticks", "one more", "one less", "another sort"],
)
def test_what_is_right_in_a_question_does_not_change_under_its_name(changed: Step) -> None:
    before = frozen(_safety(question("q", "x long", "short", "middling")))
    assert refusals(_safety(changed), before.names) == [
        'safety.md:1:1: what is right in "q" changed since it was published. '
        "Add a line to `changes`: the date, then `remarked q` to mark its answers again, or `reopened q` to ask it "
        "again."
    ]


def test_options_that_changed_too_much_at_once_are_refused() -> None:
    before = frozen(_safety(question("q", "x long", "short", "middling")))
    assert refusals(_safety(question("q", "tiny", "x long", "medium")), before.names) == [
        'safety.md:1:1: too much changed at once in "q" to tell which option became which. '
        "Reword them in two goes, publishing after each, or add a line to `changes`: the date, then `reopened q`."
    ]


def test_two_reworded_options_whose_ticks_changed_places_are_refused() -> None:
    before = frozen(_safety(question("q", "x long", "short")))
    told = refusals(_safety(question("q", "tiny", "x enormous")), before.names)
    assert "too much changed at once" in told[0]
    assert "remarked" not in told[0], "that line would be refused"
    line_ = ("2026-11-21 reopened q",)
    frozen(_safety(question("q", "tiny", "x enormous"), changes=line_), before.names)


def test_an_answer_in_words_may_change_its_order_and_closes_but_not_its_values() -> None:
    close = Pattern("fishing", False, blocks("Nearly."))
    before = frozen(_safety(in_words("q", "phish", "scam"))).names
    frozen(_safety(in_words("q", "scam", "phish", closes=(close,))), before)
    assert "what is right" in refusals(_safety(in_words("q", "scam")), before)[0]


def test_a_number_written_another_way_is_the_same_number() -> None:
    before = frozen(_safety(_number("12", "16"))).names
    frozen(_safety(_number("12.0", "16.00")), before)
    assert "what is right" in refusals(_safety(_number("12", "17")), before)[0]


@pytest.mark.parametrize(
    "changed",
    [
        rate("r", "Never", "Sometimes"),
        rate("r", skills=("eds-2022/F8",)),
        rate("r", "With help", "Not yet", "On my own"),
    ],
    ids=["points", "skills", "order"],
)
def test_the_points_and_skills_of_a_rate_stay_as_they_were(changed: Step) -> None:
    before = frozen(_safety(rate("r")))
    assert refusals(_safety(changed), before.names)[0].startswith(
        'safety.md:1:1: the points or skills of "r" changed, and earlier ratings could not be compared. Give it a new'
    )


def test_a_rate_again_may_follow_its_rate_to_a_new_name_but_not_to_another_rate() -> None:
    before = frozen(_safety(rate("r"), rate("s"), rate_again("again", "r"))).names
    renamed = _safety(
        rate("first"), rate("s"), rate_again("again", "first"), changes=("2026-11-22 renamed r to first",)
    )
    after = frozen(renamed, before).names
    frozen(renamed, after)
    assert refusals(_safety(rate("r"), rate("s"), rate_again("again", "safety/s")), before)


def test_a_rate_again_of_a_draft_is_refused() -> None:
    assert refusals(_safety(rate_again("again", "elsewhere/r"))) == [
        'safety.md:1:1: "again" repeats a Rate that is not published. Name a Rate of a module that is in `order`.'
    ]


def test_a_name_keeps_its_kind() -> None:
    before = frozen(_safety(reading("length")))
    assert refusals(_safety(rate("length")), before.names) == [
        'safety.md:1:1: "length" was published as a reading and is a rate now. '
        "Give it a new name, such as {#length-2}, and add a line to `changes`: the date, then `removed length`."
    ]


def test_a_missing_name_is_an_error_that_suggests_one() -> None:
    made = course(module("safety", lesson(None, reading(None, title="2 reasons: “length” matters"), title="Strong")))
    assert refusals(made) == [
        'safety.md:1:1: "2 reasons: "length" matters" has no name yet; only a draft can do without. '
        "End the heading with a name, such as {#reasons-length-matters}.",
        'safety.md:1:1: "Strong" has no name yet; only a draft can do without. '
        "End the heading with a name, such as {#strong}.",
    ]


def test_a_heading_that_lost_its_name_is_told_which_it_was_and_nothing_is_called_gone() -> None:
    before = frozen(_safety(reading("length"), reading("backups", "Other words.")))
    assert refusals(_safety(reading("length"), reading(None, "Other words.")), before.names) == [
        'safety.md:1:1: "A step" was published as "backups", and its heading has no name any more. '
        "End the heading with {#backups}."
    ]


def test_a_name_that_is_suggested_is_one_that_nothing_has_or_had() -> None:
    before = frozen(_safety(reading("a-step"), reading("other", "Other words."))).names
    made = _safety(reading("a-step"), reading("other", "Other words."), reading(None, "1"), reading(None, "2"))
    assert [it.rpartition(" ")[2] for it in refusals(made, before)] == ["{#a-step-2}.", "{#a-step-3}."]


# --- changes --------------------------------------------------------------------------------------


def test_a_name_that_is_gone_needs_its_line() -> None:
    before = frozen(_safety(reading("length"), reading("backups", "Other words.")))
    assert refusals(_safety(reading("length")), before.names) == [
        'safety.md:1:1: the step "backups" was published and is gone. '
        "Put it back, or add a line to `changes`: the date, then `removed backups`."
    ]


def test_a_gone_name_whose_words_stand_under_a_new_one_is_told_which_line_to_add() -> None:
    before = frozen(_safety(reading("length"), reading("backups", "Other words.")))
    renamed = refusals(_safety(reading("length"), reading("copies", "Other words.")), before.names)
    assert renamed[0].endswith("`renamed backups to copies`.")
    moved = course(
        module("safety", lesson("strong", reading("length"))),
        module("phones", lesson("keeping", reading("backups", "Other words."))),
    )
    assert refusals(moved, before.names)[0].endswith("`moved backups to phones`.")


def test_a_step_that_is_moved_and_named_anew_is_told_both_lines_and_they_are_taken() -> None:
    before = frozen(_safety(reading("length"), reading("backups", "Other words.")))

    def moved(*lines: str) -> Course:
        phones = module("phones", lesson("keeping", reading("copies", "Other words.")))
        return course(module("safety", lesson("strong", reading("length")), changes=lines), phones)

    assert refusals(moved(), before.names)[0].endswith(
        "add two lines to `changes`, each with the date: `renamed backups to copies`, then `moved copies to phones`."
    )
    after = frozen(moved("2026-11-21 renamed backups to copies", "2026-11-21 moved copies to phones"), before.names)
    assert after.names.earlier["safety", "backups"] == ("phones", "copies")


def test_a_step_with_other_words_and_another_name_may_be_the_same() -> None:
    before = frozen(_safety(reading("length"), reading("backups", "Other words.")))
    told = refusals(_safety(reading("length"), reading("copies", "Words nobody read.")), before.names)
    assert [it.partition("the date, then ")[2] for it in told] == [
        "`renamed backups to copies` if that is the same, or `removed backups` if it is another."
    ]
    two = _safety(reading("length"), reading("copies", "New words."), reading("more", "More words."))
    assert refusals(two, before.names)[0].endswith("the date, then `removed backups`.")


def test_a_rate_with_other_points_is_not_the_same() -> None:
    before = frozen(_safety(rate("can-you"), reading("length"))).names
    other = replace(rate("could-you"), asked=Rating((line("Never"), line("Often"))))
    assert refusals(_safety(other, reading("length")), before)[0].endswith("the date, then `removed can-you`.")


def test_a_lesson_with_the_same_steps_may_be_the_same() -> None:
    before = frozen(course(module("safety", lesson("strong", reading("length"), title="Strong"))))
    new = lesson("newer", reading("more"), title="New")
    told = refusals(course(module("safety", lesson("long", reading("length"), title="Long"), new)), before.names)
    assert [it.partition("the date, then ")[2] for it in told] == [
        "`renamed strong to long` if that is the same, or `removed strong` if it is another."
    ]


def test_a_renamed_name_keeps_its_letters_and_is_never_used_again() -> None:
    before = frozen(_safety(question("q-pass", "x long", "short")))
    line_ = ("2026-11-21 renamed q-pass to q-strong",)
    after = frozen(_safety(question("q-strong", "short", "x long"), changes=line_), before.names)
    assert after.names.earlier == {("safety", "q-pass"): ("safety", "q-strong")}
    assert after.keys["safety", "q-strong"].right == ("a",)
    again = _safety(question("q-strong", "short", "x long"), reading("q-pass"))
    assert refusals(again, after.names) == [
        'safety.md:1:1: "q-pass" is the earlier name of "safety/q-strong"; a name is never used again. '
        "Choose a new name. Type {#q-pass-2}."
    ]


def test_a_line_that_wants_a_name_of_before_is_refused_once_and_a_name_that_is_free_is_offered() -> None:
    before = frozen(_safety(reading("a"), reading("b", "Other words."), reading("b-2", "More words."))).names
    removed = frozen(_safety(reading("a"), reading("b-2", "More words."), changes=("2026-11-20 removed b",)), before)
    line_ = ("2026-11-21 renamed a to b",)
    assert refusals(_safety(reading("b"), reading("b-2", "More words."), changes=line_), removed.names) == [
        'safety.md:1:1: "safety/b" was published before, and a name is never used twice. '
        "Choose a new name, such as b-3, here and in the heading."
    ]


def test_a_moved_lesson_takes_its_steps_along() -> None:
    before = frozen(
        course(module("a", lesson("keep"), lesson("l", reading("s"), reading("t"))), module("b", lesson("m")))
    )
    after = course(
        module("a", lesson("keep"), changes=("2026-11-21 moved l to b",)),
        module("b", lesson("m"), lesson("l", reading("s"), reading("t"))),
    )
    names = frozen(after, before.names).names
    assert names.earlier == {("a", name): ("b", name) for name in ("l", "s", "t")}


def test_a_removed_lesson_covers_its_steps_but_no_other_that_is_missing() -> None:
    whole = course(module("a", lesson("keep", reading("s")), lesson("l", reading("t"), reading("u"))))
    before = frozen(whole).names
    line_ = ("2026-11-21 removed l",)
    after = frozen(course(module("a", lesson("keep", reading("s")), changes=line_)), before).names
    assert [name for (_, name), it in after.named.items() if it.removed] == ["l", "t", "u"]
    assert (
        'the step "s" was published and is gone'
        in refusals(course(module("a", lesson("keep"), changes=line_)), before)[0]
    )


def test_a_step_that_stays_in_another_lesson_is_not_covered_by_its_old_lessons_line() -> None:
    lessons = (lesson("keep", reading("s")), lesson("l", reading("t"), reading("u")))
    before = frozen(course(module("a", *lessons), module("b", lesson("m")))).names
    stays = lesson("keep", reading("s"), reading("t"))
    removed = frozen(course(module("a", stays, changes=("2026-11-21 removed l",)), module("b", lesson("m"))), before)
    assert [name for (_, name), it in removed.names.named.items() if it.removed] == ["l", "u"]
    went = module("b", lesson("m"), lesson("l", reading("u")))
    moved = frozen(course(module("a", stays, changes=("2026-11-21 moved l to b",)), went), before)
    assert moved.names.earlier == {("a", "l"): ("b", "l"), ("a", "u"): ("b", "u")}


def test_a_removed_name_is_never_used_again() -> None:
    before = frozen(_safety(reading("floppy"))).names
    removed = frozen(_safety(changes=("2026-11-21 removed floppy",)), before).names
    still_there = _safety(reading("floppy"), changes=("2026-11-21 removed floppy",))
    assert refusals(still_there, before) == [
        'safety.md:1:1: a line of `changes` says that "floppy" is removed, and here it stands. '
        "Take it out with all that is under it, or delete the line."
    ]
    assert refusals(still_there, removed) == [
        'safety.md:1:1: "floppy" was published before and removed; a name is never used again. '
        "Choose a new name. Type {#floppy-2}."
    ]


def test_a_line_that_renames_and_a_heading_that_does_not_are_one_mistake() -> None:
    before = frozen(_safety(reading("floppy"))).names
    line = "2026-11-21 renamed floppy to stick"
    assert refusals(_safety(reading("floppy"), changes=(line,)), before) == [
        'safety.md:1:1: a line of `changes` says that "floppy" is "stick" now. Type {#stick}, or delete the line.'
    ]
    assert refusals(_safety(reading("sticks"), changes=(line,)), before) == [
        'safety.md:1:1: a line of `changes` says that "floppy" is "stick" now, and no heading has that name. '
        "Type {#stick} behind its heading, or mend the line."
    ]


def test_lines_act_once_and_may_stay_or_go() -> None:
    first = frozen(_safety(reading("a"))).names
    changes = ("2026-11-21 renamed a to b", "2026-11-21 renamed b to c")
    second = frozen(_safety(reading("c"), changes=changes), first).names
    assert second.earlier == {("safety", "a"): ("safety", "c"), ("safety", "b"): ("safety", "c")}
    assert frozen(_safety(reading("c"), changes=changes), second).names == second
    without = frozen(_safety(reading("c")), second).names
    assert without == second
    assert frozen(_safety(reading("c"), changes=changes), without).names == second


def test_a_name_may_take_its_earlier_name_back() -> None:
    first = frozen(_safety(reading("a"))).names
    changes = ("2026-11-21 renamed a to b",)
    second = frozen(_safety(reading("b"), changes=changes), first).names
    back = frozen(_safety(reading("a"), changes=(*changes, "2026-11-22 renamed b to a")), second).names
    assert back.earlier == {("safety", "b"): ("safety", "a")}


def test_lines_of_a_course_that_was_never_published_here_do_nothing() -> None:
    changes = ("2025-01-01 renamed old to a", "2025-02-01 removed older")
    names = frozen(_safety(reading("a"), changes=changes)).names
    assert not names.earlier
    assert not any(it.removed for it in names.named.values())
    later = _safety(reading("a"), reading("older"), changes=changes)
    assert ("safety", "older") in frozen(later, names).names.named


def test_lines_of_several_files_act_by_their_days() -> None:
    before = frozen(course(module("a", lesson("k"), lesson("l", reading("s"))), module("b", lesson("m")))).names
    after = course(
        module("b", lesson("m", reading("t")), changes=("2026-11-22 renamed s to t",)),
        module("a", lesson("k"), lesson("l"), changes=("2026-11-21 moved s to b",)),
    )
    assert frozen(after, before).names.earlier == {("a", "s"): ("b", "t"), ("b", "s"): ("b", "t")}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("2026-11-21 renamed s to t", '"safety/t" was published before, and a name is never used twice.'),
        ("2026-11-21 moved s to attic", '"s" can\'t move to "attic": that is not a published module of this course.'),
    ],
)
def test_a_line_that_cannot_act_says_why(change: str, sentence: str) -> None:
    before = frozen(_safety(reading("s"), reading("t"))).names
    found = refusals(_safety(reading("s"), reading("t"), changes=(change,)), before)
    assert found[0].startswith(f"safety.md:1:1: {sentence}")


def test_a_line_about_a_name_that_has_moved_on_says_what_it_became() -> None:
    before = frozen(_safety(reading("a"))).names
    now = frozen(_safety(reading("b"), changes=("2026-11-21 renamed a to b",)), before).names
    assert refusals(_safety(reading("b"), changes=("2026-11-22 removed a",)), now) == [
        'safety.md:1:1: "a" is not a name here any more: it became "safety/b". Write the line for the name it has now.'
    ]


def test_a_name_given_to_something_else_after_a_rename_is_refused_in_a_line_too() -> None:
    before = frozen(_safety(reading("a"), reading("c"))).names
    changes = ("2026-11-21 renamed a to b", "2026-11-22 renamed c to a")
    found = refusals(_safety(reading("b"), reading("a"), changes=changes), before)
    assert any("never used twice" in sentence for sentence in found)


def test_a_module_that_is_called_something_else_would_leave_its_learners_behind_and_is_refused() -> None:
    before = frozen(course(module("a", lesson("l", reading("r"))), module("b", lesson("m"))))
    b = module("b", lesson("m"))
    for made in (
        course(module("z", lesson("l", reading("r"))), b),
        course(b, module("z", lesson("l", reading("r"))), drafts=(module("a", lesson("k")),)),
    ):
        problems = freeze(made, before.names).problems
        assert [(it.code, it.file) for it in problems] == [("name-left", "z.md")]
        assert '"l" was published in the module "a", and stands in "z"' in problems[0].message
    moved = module("a", lesson("k"), changes=("2026-11-21 moved l to z",))
    release = frozen(course(b, module("z", lesson("l", reading("r"))), drafts=(moved,)), before.names)
    assert release.names.earlier == {("a", "l"): ("z", "l"), ("a", "r"): ("z", "r")}
    copied = course(b, module("z", lesson("l", reading("r"))), drafts=(module("a", lesson("l", reading("r"))),))
    assert frozen(copied, before.names).names.earlier == {}, "a copy beside it starts afresh"
    alike = course(b, module("z", lesson("l", reading("other"))))
    assert frozen(alike, before.names).names.earlier == {}, "a lesson of that name with other steps is another"


def test_a_module_taken_out_of_order_is_retired_and_can_come_back() -> None:
    safety, phones = module("safety", lesson("strong")), module("phones", lesson("calls", reading("dial")))
    before = frozen(course(safety, phones))
    retired = frozen(course(safety, drafts=(phones,)), before.names)
    assert retired.plan.module("phones") is None
    assert retired.names == before.names
    assert frozen(course(safety, phones), retired.names).hash == before.hash


def test_drafts_need_no_names_and_leave_none() -> None:
    made = course(module("safety", lesson("strong")), drafts=(module("later", lesson(None, reading(None))),))
    assert {place[0] for place in frozen(made).names.named} == {"safety"}


def test_the_quiz_is_a_published_name_too() -> None:
    whole = module("safety", lesson("strong"), quiz=quiz(question("q", "x a", "b"), question("r", "x a", "b")))
    before = frozen(course(whole)).names
    gone = refusals(course(module("safety", lesson("strong"))), before)
    assert [sentence.split(" was")[0] for sentence in gone] == [
        f'safety.md:1:1: the {kind} "{name}"' for name, kind in (("q", "question"), ("r", "question"), ("quiz", "quiz"))
    ]


def test_reconciling_gives_letters_and_names_but_no_pages() -> None:
    found = reconcile(_safety(question("q", "x a", "b"), reading("s")), Names())
    assert found.letters["safety", "q"] == ("a", "b")
    assert found.letters["safety", "s"] == ()
    assert not found.problems


# --- helpers --------------------------------------------------------------------------------------


def _given(texts: Sequence[str], known: Letters | None = None) -> Letters:
    letters = give_letters(texts, known)
    assert letters is not None
    return letters


def _by_text(texts: Sequence[str], letters: Letters) -> dict[str, str]:
    return dict(zip(texts, letters.shown, strict=True))


def _safety(*steps: Step, changes: tuple[str, ...] = ()) -> Course:
    return course(module("safety", lesson("strong", *steps), changes=changes))


def _number(low: str, high: str) -> Step:
    asked = ANumber(Range(Decimal(low), Decimal(high)), ())
    return Step("q", Kind.QUESTION, line("How many?"), blocks(""), asked, False, (), (), (), 1)
